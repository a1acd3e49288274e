#!/bin/sh
# What the programs offer is what the documents say: every subcommand in the man page and in the completion, every key of gateway.yaml and every log event in
# docs/operations.md, every metric and every alarm too, every feed in README.md, every link between documents leads somewhere.
cd "$(dirname "$0")/../.." || exit 1
exec env PYTHONPATH=tests/lib PYTHONDONTWRITEBYTECODE=1 python3 - <<'E2'
import glob
import os
import re
import sys
import c_source

MAN, COMPLETION, OPERATIONS, README = "deploy/nqs-gateway.8", "deploy/completion.bash", "docs/operations.md", "README.md"
product = "\n".join(c_source.read(f) for f in c_source.files())
config, lists = c_source.read("gateway/flow/config.c"), c_source.read("gateway/flow/config_pull.c") + c_source.read("gateway/flow/config_kafka.c") + c_source.read("gateway/flow/config_publications.c")
main = c_source.read("gateway/app/main.c")
text = {path: c_source.read(path) for path in (MAN, COMPLETION, OPERATIONS, README)}
findings = []


def needs(path, what, words, form):
    if not words:
        findings.append((path, 1, f"no {what} was found in the code: this test must be mended"))
    for word in sorted(words):
        if not re.search(form % re.escape(word), text[path], re.M):
            findings.append((path, 1, f"{what} {word} is missing"))


commands = set(re.findall(r'^    \{ "(\w+)", "', main, re.M))
options = set(re.findall(r'\{ "([a-z-]+)", (?:&|NULL, &)', product)) - {"json", "config"}
needs(MAN, "command", commands, r"^\.(It )?Cm (.* )?%s\b")
needs(COMPLETION, "command", commands, r"commands='.*\b%s\b")
needs(MAN, "option", options, r"Fl -%s\b")
needs(COMPLETION, "option", options, r"--%s\b")
needs(OPERATIONS, "key", set(re.findall(r"^    (?:TEXT|NUMBER)\((\w+),", config, re.M)) | {"answer_wait_ms", "public_read"}, r"^\| `%s` \|")
needs(OPERATIONS, "key", set(re.findall(r'^    KEY\("([\w.]+)"', lists, re.M)), r"^\| `%s` \|")
SETTING = r'\bSINK_(?:TEXT|NUMBER)\("(\w+)"'
posted = re.findall(SETTING, c_source.read("adapters/post.h"))
for sink in sorted(glob.glob("adapters/*_sink.c")):
    kind = c_source.read(sink)
    keys = re.findall(SETTING, kind) + (posted if "POST_NUMBERS(" in kind else [])
    needs(OPERATIONS, "key", {"publications.%s.%s" % (re.search(r'\.name = "(\w+)"', kind).group(1), key) for key in keys}, r"^\| `%s` \|")
needs(OPERATIONS, "log event", set(re.findall(r'log_event\([^,]*, (?:cut \? )?"(\w+)"', product)) | {"answered"}, r"^\| .*`%s`.*\|")
metrics, alarms = c_source.read("gateway/model/metrics.c") + c_source.read("gateway/flow/query_metrics.c"), c_source.read("deploy/prometheus/alerts.yaml")
needs(OPERATIONS, "metric", set(re.findall(r'"((?:nqs|process)_\w+)", *"', metrics)), r"^\| .*`%s`[^|]*\| [^|]+ \| [^|]+ \|")
needs(OPERATIONS, "alarm", set(re.findall(r"^ +- alert: (\w+)$", alarms, re.M)), r"^\| `%s` \| [^|]+ \|$")
needs(README, "feed", {os.path.basename(f).split(".")[0] for f in glob.glob("schemas/contracts/*.odcs.yaml")}, r"^\| `%s` \|")

pages = ["README.md", *sorted(glob.glob("docs/**/*.md", recursive=True))]
for page in pages:
    for target in re.findall(r"\]\((?!http|#)([^)#\s]+)", c_source.read(page)):
        if not os.path.exists(os.path.join(os.path.dirname(page), target)):
            findings.append((page, 1, f"the link {target} leads nowhere"))
sys.exit(c_source.verdict(findings, len({MAN, COMPLETION, *pages})))
E2
