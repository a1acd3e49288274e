#!/bin/sh
# Calls and words that the product does without, and what is used instead.
cd "$(dirname "$0")/../.." || exit 1
exec env PYTHONPATH=tests/lib PYTHONDONTWRITEBYTECODE=1 python3 - <<'E2'
import re
import sys
import c_source

# names, what is used instead, the files that may
CALLS = [
    ("strcpy|strcat|strncpy|strncat|stpcpy|wcscpy|wcscat", "snprintf, memcpy or Buffer", ()),
    ("sprintf|vsprintf", "snprintf", ()),
    ("gets|scanf|fscanf", "a reader with a limit", ()),
    ("strtok", "strcspn, strchr", ()),
    ("atoi|atol|atoll|atof", "strtol and a check of its end", ()),
    ("alloca|strdupa|strndupa", "Arena", ()),
    ("system|popen", "nothing: we start no shells", ()),
    ("rand|srand|random|srandom|drand48|lrand48", "random_bytes", ()),
    ("setjmp|longjmp|sigsetjmp|siglongjmp", "Rc", ()),
    ("localtime|gmtime|ctime|asctime|ctime_r|asctime_r", "gmtime_r, localtime_r, instant_text", ()),
    ("time|gettimeofday|ftime", "Clock (gateway/base/clock.h)", ("gateway/base/clock.c",)),
    ("tmpnam|tempnam|mktemp", "mkstemp", ()),
    ("inet_ntoa|gethostbyname", "inet_ntop, getaddrinfo", ()),
]
WORDS = [
    (r"goto", "SCOPED, a function of its own", ()),
    # persistence/vault.c: a UUID of version 7 begins with the time so that ids rise; nothing reads it as a moment.
    (r"CLOCK_REALTIME(?:_COARSE)?|TIME_UTC", "Clock (gateway/base/clock.h)", ("gateway/base/clock.c", "persistence/vault.c")),
]
RULES = [(re.compile(r"(?<![\w.>])(" + names + r")\s*\("), instead, may) for names, instead, may in CALLS]
RULES += [(re.compile(r"\b(" + names + r")\b"), instead, may) for names, instead, may in WORDS]

files = c_source.files()
findings = []
for path in files:
    for at, line in enumerate(c_source.code(c_source.read(path)).split("\n"), 1):
        for rule, instead, files_that_may in RULES:
            findings += [(path, at, f"{m.group(1)} is banned: {instead}") for m in rule.finditer(line) if path not in files_that_may]
sys.exit(c_source.verdict(findings, len(files)))
E2
