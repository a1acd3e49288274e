#!/bin/sh
# Who may include whom. A line: the including folder, then every prefix it may name. (docs/architecture.md, "Folders".)
cd "$(dirname "$0")/../.." || exit 1
. tests/lib/verdict.sh
allowed='
gateway/base   gateway/base/ cyaml/ yaml.h utf8proc.h iconv.h
gateway/model  gateway/base/ gateway/model/
gateway/law    gateway/base/ gateway/law/
schemas        gateway/base/ gateway/model/ gateway/law/ schemas/ libxml/ cyaml/ cjson/ regex.h iconv.h zip.h zlib.h xlsxwriter.h
transforms     gateway/base/ gateway/model/ transforms/ cyaml/ cjson/ fnmatch.h
persistence    gateway/base/ gateway/model/ persistence/ libpq-fe.h openssl/ zstd.h
adapters       gateway/base/ gateway/model/ gateway/flow/intake.h gateway/flow/query.h gateway/flow/pull.h gateway/flow/messages.h gateway/flow/sink.h gateway/flow/channel.h adapters/ microhttpd.h libxml/ zlib.h zstd.h curl/ cjson/ librdkafka/rdkafka.h
gateway/flow   gateway/base/ gateway/model/ gateway/law/ gateway/flow/ schemas/ transforms/ persistence/
gateway/app    gateway/ schemas/ transforms/ persistence/ adapters/ libpq-fe.h libxml/ cjson/ cyaml/
'
system='^(assert|ctype|dirent|endian|errno|fcntl|getopt|inttypes|limits|locale|malloc|math|netdb|poll|pthread|semaphore|pwd|grp|sched|signal|std[a-z]*|strings?|termios|time|unistd|arpa/.*|netinet/.*|sys/.*)\.h$'
files=$(find gateway schemas transforms persistence adapters -name '*.[ch]' | sort)
for file in $files; do
    dir=${file%/*}
    sed -n 's/^ *# *include *["<]\([^">]*\)[">].*/\1/p' "$file" | grep -Ev "$system" | while read -r name; do
        echo "$allowed" | awk -v d="$dir" -v n="$name" '$1 == d { for (i = 2; i <= NF; i++) if (index(n, $i) == 1) ok = 1 } END { exit !ok }' ||
            echo "$file: $dir must not include $name"
    done
done | verdict "$(echo "$files" | wc -l)"
