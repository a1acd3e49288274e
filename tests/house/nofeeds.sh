#!/bin/sh
# Feeds are data: no C file of the product names one, in a string or in its own name. (A feed's code that is also the name of a check in the
# contracts, such as a classifier's, is that check's name here.)
cd "$(dirname "$0")/../.." || exit 1
exec env PYTHONPATH=tests/lib PYTHONDONTWRITEBYTECODE=1 python3 - <<'E2'
import glob
import os
import re
import sys
import c_source

names, checks = set(), set()
for contract in glob.glob("schemas/contracts/*.odcs.yaml"):
    text = c_source.read(contract)
    names.add(os.path.basename(contract)[:-len(".odcs.yaml")])
    names |= set(re.findall(r"^name: *(\S+)", text, re.M)) | set(re.findall(r"^schema:\n  - name: *(\S+)", text, re.M))
    checks |= set(re.findall(r"property: *check, *value: *([\w-]+)", text))
names |= {name.replace("-", "_") for name in names}
if not names:
    sys.exit("schemas/contracts holds no contract\n0 passed, 1 failed")
NAMED = re.compile(r"(?<![\w-])(" + "|".join(sorted(names - checks, key=len, reverse=True)) + r")(?![\w-])")

files = c_source.files()
findings = []
for path in files:
    for at, value in c_source.strings(c_source.read(path)):
        findings += [(path, at, f'a string names the feed or record "{m.group(1)}"') for m in NAMED.finditer(value)]
    stem = os.path.splitext(os.path.basename(path))[0]
    if stem in names or any(stem.endswith("_" + name) or stem.startswith(name + "_") for name in names - checks if "_" in name):
        findings.append((path, 1, "the file is named after a feed"))
sys.exit(c_source.verdict(findings, len(files)))
E2
