#!/bin/sh
# SQL stands in persistence/ only (gateway/law, which can reach no database, has a word that looks like it), and takes the time from the gateway's clock, not from the database's.
cd "$(dirname "$0")/../.." || exit 1
exec env PYTHONPATH=tests/lib PYTHONDONTWRITEBYTECODE=1 python3 - <<'E2'
import re
import sys
import c_source

SQL = re.compile(r"""^\s*(
      select\s.*\sfrom\s | select\s+[\w.]+\( | insert\s+into\s | update\s+\S+\s+(\w+\s+)?set\s | delete\s+from\s | with\s+\w+\s+as\s*\( | truncate\s+(table\s)?\w+\.
    | (create|alter|drop)\s+(temp(orary)?\s+)?(unlogged\s+)?(table|index|unique|view|function|trigger|role|sequence|schema|database)\s
    | copy\s+\S+.*\s(from|to)\s+std | (begin|commit|rollback|savepoint)(\s+\w+)?;?\s*$ | (listen|notify)\s+\w+;?\s*$ | lock\s+table\s
    ) | \bfrom\s+(nqs|feed)\. | \binto\s+(nqs|feed)\.""", re.I | re.X | re.S)
CLOCK = re.compile(r"\b(now\s*\(|current_(date|time|timestamp)\b|localtime(stamp)?\b|transaction_timestamp\(|statement_timestamp\()", re.I)

files = c_source.files()
findings = []
for path in files:
    for at, value in c_source.strings(c_source.read(path)):
        value = value.replace(r"\n", " ").replace(r"\"", '"')
        if not path.startswith(("persistence/", "gateway/law/")) and SQL.search(value):
            findings.append((path, at, f"SQL outside persistence/: {value[:60]}"))
        if path.startswith("persistence/") and CLOCK.search(value):
            findings.append((path, at, f"the database's clock: {CLOCK.search(value).group()}"))
sys.exit(c_source.verdict(findings, len(files)))
E2
