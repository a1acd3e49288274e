# without_progress: what a long test says on its way goes to standard error, and what it found goes on.
without_progress() { tee /dev/stderr | grep -vE '^ +[0-9]+ (s  ok |of [0-9]+ )'; }

# keep FILE NAME TITLE: prints standard input and puts it into FILE's section NAME (between its marks), with date and commit; the section is made when missing. What does
# not end with "N passed, M failed" was stopped on the way, and is not kept.
keep() {
    local file=$1 name=$2 title=$3 text
    text=$(tee >(cat >&2))
    [[ ${text##*$'\n'} =~ ^[0-9]+\ passed,\ [0-9]+\ failed$ ]] || { echo "stopped on the way: $file is left as it was" >&2; return 1; }
    FILE=$file NAME=$name TITLE=$title DAY=$(date -u +%F) COMMIT=$(git rev-parse --short HEAD) TEXT=$text python3 - <<'PY'
import os, re
e = os.environ
begin, end = "<!-- %s: begin -->" % e["NAME"], "<!-- %s: end -->" % e["NAME"]
section = "%s\n## %s\n\n%s, commit %s\n\n```\n%s\n```\n%s" % (begin, e["TITLE"], e["DAY"], e["COMMIT"], e["TEXT"], end)
text = open(e["FILE"]).read() if os.path.exists(e["FILE"]) else ""
if begin in text:
    text = re.sub(re.escape(begin) + ".*?" + re.escape(end), lambda _: section, text, flags=re.S)
else:
    text = text.rstrip("\n") + "\n\n" + section + "\n"
open(e["FILE"], "w").write(text.lstrip("\n"))
PY
    printf '%s\n' "$text" | tail -n 1
}
