#!/usr/bin/env bash
# What `cmake --install` puts under a prefix works from there; the sample settings and the unit are good.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
root=$PWD
NQS_BUILD=${NQS_BUILD:-$root/build/debug}
folder=$(mktemp -d "${TMPDIR:-/tmp}/nqs-install.XXXXXX")
prefix=$folder/usr passed=0 failed=0 server=
. tests/lib/postgres.sh

leave() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; fi
    postgres_stop
    rm -rf "$folder"
}

check() {    # WHAT COMMAND…
    if "${@:2}" >"$folder/why" 2>&1; then
        passed=$((passed + 1))
        echo "ok    $1"
    else
        failed=$((failed + 1))
        echo "FAIL  $1"
        sed 's/^/      /' "$folder/why" | tail -n 20
    fi
}

all_there() {
    local file
    for file in bin/nqs-gateway share/nqs-gateway/schemas/contracts share/nqs-gateway/schemas/texts/findings.yaml \
        share/nqs-gateway/schemas/texts/papers.yaml share/nqs-gateway/schemas/law/holidays.yaml share/nqs-gateway/persistence/migrations \
        share/man/man8/nqs-gateway.8 share/bash-completion/completions/nqs-gateway lib/systemd/system/nqs-gateway.service \
        share/doc/nqs-gateway/examples/gateway.yaml share/doc/nqs-gateway/examples/nqs-gateway.conf \
        share/doc/nqs-gateway/examples/alerts.yaml share/doc/nqs-gateway/examples/nqs-gateway.json; do
        [ -e "$prefix/$file" ] || { echo "there is no $file"; return 1; }
    done
    diff -r schemas/contracts "$prefix/share/nqs-gateway/schemas/contracts" && diff -r schemas/law "$prefix/share/nqs-gateway/schemas/law" && diff -r persistence/migrations "$prefix/share/nqs-gateway/persistence/migrations"
}

sample=$prefix/share/doc/nqs-gateway/examples/gateway.yaml
sample_is_good() {
    local said
    said=$(cd / && "$prefix/bin/nqs-gateway" config check "$sample") || return 1
    echo "$said"
    grep -q "$(find schemas/contracts -name '*.odcs.yaml' | wc -l) contracts of $prefix/share/nqs-gateway/" <<<"$said"
}
keys_of_help() { "$prefix/bin/nqs-gateway" config help | sed -n 's/^  \([a-z_][a-z_]*\) .*/\1/p' | sort; }
keys_of_sample() { sed -n 's/^\(# \)\{0,1\}\([a-z_][a-z_]*\):\( .*\)\{0,1\}$/\2/p' "$sample" | sort; }
sample_has_every_key() { [ -n "$(keys_of_help)" ] && diff <(keys_of_help) <(keys_of_sample); }
sample_with_all_defaults_is_good() {
    sed 's/^# \([a-z_]*:\)/\1/; s/^#   /  /; /^share:/d; /^contracts:/d' "$sample" >"$folder/all.yaml"
    [ "$(grep -c '^[a-z_]*:' "$folder/all.yaml")" -ge 14 ] && "$prefix/bin/nqs-gateway" config check "$folder/all.yaml"
}
unknown_key_is_refused() {
    local said
    { cat "$sample"; echo 'colour: blue'; } >"$folder/wrong.yaml"
    if said=$("$prefix/bin/nqs-gateway" config check "$folder/wrong.yaml" 2>&1); then return 1; fi
    grep colour <<<"$said"
}
missing_file_is_refused() { ! "$prefix/bin/nqs-gateway" config check "$folder/none.yaml"; }

serves() {
    local socket=$folder/gateway.sock
    cat >"$folder/gateway.yaml" <<END
database: "$NQS_TEST_DSN"
key_file: $folder/key
listen: "unix:$socket"
END
    cd / || return 1
    "$prefix/bin/nqs-gateway" key make "$folder/key" || return 1
    "$prefix/bin/nqs-gateway" serve --config "$folder/gateway.yaml" >"$folder/gateway.log" 2>&1 &
    server=$!
    for _ in $(seq 300); do
        if curl -sf --unix-socket "$socket" http://localhost/readyz; then return; fi
        kill -0 "$server" || break
        sleep 0.1
    done
    cat "$folder/gateway.log"
    return 1
}
stops() { kill "$server" && wait "$server" && server=; }

unit=$prefix/lib/systemd/system/nqs-gateway.service
unit_verifies() {    # with the paths of this prefix, and a user who exists here
    local said
    sed "s|/usr/bin/nqs-gateway|$prefix/bin/nqs-gateway|; s/^\(User\|Group\)=.*/\1=$(id -un)/; s/^Documentation=.*//" "$unit" >"$folder/nqs-gateway.service"
    said=$(systemd-analyze verify --man=no "$folder/nqs-gateway.service" 2>&1)
    ! grep 'nqs-gateway.service' <<<"$said"
}
unit_is_hardened() { systemd-analyze security --offline=true --no-pager --threshold=20 "$unit"; }

postgres_start off || { echo '0 passed, 1 failed'; exit 1; }
trap leave EXIT
check 'it installs under any prefix' cmake --install "$NQS_BUILD" --prefix "$prefix"
check 'everything is there' all_there
check 'the sample is good, with the contracts beside the binary' sample_is_good
check 'the sample names every key' sample_has_every_key
check 'the sample with each default written out is good' sample_with_all_defaults_is_good
check 'an unknown key is refused by name' unknown_key_is_refused
check 'a file that does not exist is refused' missing_file_is_refused
check 'the installed binary starts with the installed share' serves
check 'and stops' stops
if command -v systemd-analyze >/dev/null; then
    check 'systemd finds nothing wrong with the unit' unit_verifies
    check 'the unit is hardened (exposure at most 2.0 of 10)' unit_is_hardened
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
