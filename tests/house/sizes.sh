#!/bin/sh
# How long files and functions are: fails over 400 lines a file and over 60 a function, and shows the longest.
# A function, in our brace style: from its first line (which begins in column 1) to the } in column 1 that ends it.
cd "$(dirname "$0")/../.." || exit 1
exec env PYTHONPATH=tests/lib PYTHONDONTWRITEBYTECODE=1 python3 - <<'E2'
import glob
import re
import sys
import c_source

FILE_MOST, FUNCTION_MOST, SHOWN = 400, 60, 5
TESTS = sorted({f.rsplit("/", 1)[0] for f in glob.glob("tests/*/*.[ch]")})
HEAD = re.compile(r"^(?!typedef|struct|enum|union|static const|const|extern|#)[A-Za-z_].*?\b([A-Za-z_]\w*)\s*\(")


def functions(text):
    """(name, first line, lines) of every function with a body of its own lines."""
    lines = c_source.code(text).split("\n")
    head = None
    for i, line in enumerate(lines):
        if line[:1] not in ("", " ", "{", "}", "#", "/", "\t") and not re.match(r"\w+:$", line):
            if head is None or lines[i - 1].endswith((";", "}")) or not lines[i - 1].strip():
                head = i
        elif line.startswith("{") and head is not None:
            match = HEAD.match(" ".join(lines[head:i]))
            end = next((j for j in range(i, len(lines)) if lines[j].startswith("}")), len(lines) - 1)
            if match and not lines[end].startswith("};"):
                yield match.group(1), head + 1, end - head + 1
            head = None
        elif line.startswith("}") or not line.strip():
            head = None


def longest(title, rows):
    print(title + ": " + ", ".join(f"{name} {n}" for n, name in sorted(rows, reverse=True)[:SHOWN]))


files = c_source.files(*c_source.ROOMS, *TESTS)
findings, sizes, lengths = [], [], []
for path in files:
    text = c_source.read(path)
    n = text.count("\n")
    sizes.append((n, path))
    if n > FILE_MOST:
        findings.append((path, n, f"a file of {n} lines, over {FILE_MOST}"))
    for name, at, n in functions(text):
        lengths.append((n, f"{path}:{name}"))
        if n > FUNCTION_MOST:
            findings.append((path, at, f"{name} has {n} lines, over {FUNCTION_MOST}"))
short = sum(n <= 15 for n, _ in lengths)
print(f"{len(lengths)} functions of several lines, {short} of at most 15, {sum(n > 40 for n, _ in lengths)} over 40")
longest("longest functions", lengths)
longest("longest files", sizes)
sys.exit(c_source.verdict(findings, len(files)))
E2
