"""Reads C as the house tests need it: its comments and what its string literals say, apart from the code."""
import glob
import os
import re

ROOMS = ("gateway/base", "gateway/model", "gateway/law", "gateway/flow", "gateway/app", "schemas", "transforms", "persistence", "adapters")

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def files(*folders):
    """Every .c and .h file directly in these folders (default: the rooms of the product)."""
    return sorted(f for folder in folders or ROOMS for f in glob.glob(os.path.join(folder, "*.[ch]")))


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def code(text):
    """The same text, line for line, without comments and with empty string literals."""
    def blank(match):
        token = match.group()
        return token if token[0] == "'" else '""' if token[0] == '"' else "\n" * token.count("\n") or " "
    return TOKEN.sub(blank, text)


def strings(text):
    """(line, value) of every string literal outside comments and #include lines; neighbours are joined as the compiler joins them."""
    out, last = [], None
    for match in TOKEN.finditer(text):
        token = match.group()
        if token[0] != '"':
            continue
        start = text.rfind("\n", 0, match.start()) + 1
        if text[start:match.start()].lstrip().startswith("#include"):
            continue
        if last is not None and not text[last:match.start()].strip():
            out[-1] = (out[-1][0], out[-1][1] + token[1:-1])
        else:
            out.append((text.count("\n", 0, match.start()) + 1, token[1:-1]))
        last = match.end()
    return out


def verdict(findings, total):
    """Prints findings ("path", line, text) and the line every test script ends with; returns the exit code."""
    for path, line, text in findings:
        print(f"{path}:{line}: {text}")
    failed = len({path for path, _, _ in findings})
    print(f"{total - failed} passed, {failed} failed")
    return 1 if failed else 0
