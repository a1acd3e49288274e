"""`nqs-gateway calendar`: what it shows, checks and imports, with the product's calendar and one of the installation's own; and what serve's configuration says of it."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE.parent / "lib")]
from checks import Checks                               # noqa: E402

PROGRAM = pathlib.Path(os.environ.get("NQS_BUILD", ROOT / "build/debug")) / "nqs-gateway"
check = Checks()
EDITION = """# decree of the summer
editions:
  - id: kz-2026/3
    year: 2026
    known_since: 2026-04-10T00:00:00+05:00
    known_since_is: read
    act: a decree that moves a day off
    days_off: [2026-01-01, 2026-01-02, 2026-01-07, 2026-03-09, 2026-03-23, 2026-03-24, 2026-03-25, 2026-05-01, 2026-05-07, 2026-05-08, 2026-05-11,
               2026-05-27, 2026-07-06, 2026-10-26, 2026-12-16]
    worked_weekend_days: [2026-05-16]
"""


def run(*args, stdin=None):
    return subprocess.run([str(PROGRAM), *map(str, args)], input=stdin, capture_output=True, text=True, timeout=60)


def calendar(*args, own=None):
    return run("calendar", *args, "--share", ROOT, *(("--calendars", own) if own else ()))


def due_with(own, line):
    return json.loads(run("law", "due", "--share", ROOT, "--calendars", own, stdin=line + "\n").stdout)


def shown():
    year = json.loads(calendar("show", "2024", "--json").stdout)
    check.equal("the edition in force", (year["edition"], year["known_since"], year["provisional"], year["working_days"]), ("kz-2024/3", "2024-06-06T19:00:00Z", False, 249))
    check.equal("as many days off as published", len(year["days_off"]), 14)
    check.equal("days worked on a weekend", [d["day"] for d in year["worked_weekend_days"]], ["2024-05-04"])
    check.equal("the months make up the year", sum(m["working_days"] for m in year["months"]), 249)
    check.equal("all editions", [e["edition"] for e in year["editions"]], ["kz-2024/computed", "kz-2024/1", "kz-2024/2", "kz-2024/3"])
    then = json.loads(calendar("show", "2024", "--as-known-at", "2024-06-01T00:00:00+05:00", "--json").stdout)
    check.equal("as known before", (then["edition"], then["working_days"]), ("kz-2024/2", 248))
    check.that("what was off then", "2024-06-17" in [d["day"] for d in then["days_off"]] and "2024-06-17" not in [d["day"] for d in year["days_off"]], then)
    computed = json.loads(calendar("show", "2029", "--json").stdout)
    check.equal("a year without an edition is provisional", (computed["provisional"], computed["known_since_is"]), (True, "computed"))
    text = calendar("show", "2024").stdout
    check.that("for people", "kz-2024/3" in text and "day off instead of Saturday 2024-07-06, Capital Day" in text and "G24G0000109" in text, text)


def refused():
    for args, code, said in ((["show", "2022"], 1, "2023 to 2100"), (["show", "20x4"], 2, "no year"), (["show", "2024", "--as-known-at", "yesterday"], 2, "no instant"),
                             (["show"], 2, "show YEAR"), (["sow", "2024"], 2, "show YEAR"), (["import", "/nowhere.yaml"], 1, "/nowhere.yaml")):
        done = calendar(*args)
        check.that("%s is refused" % " ".join(args), done.returncode == code and said in done.stderr, done)


def checked(folder):
    own = folder / "checked"
    done = calendar("check")
    check.that("all is good", done.returncode == 0 and "kz-2026/2" in done.stdout and "2024-05-08 Wednesday  was worked, is off" in done.stdout, done)
    check.that("years without Kurban Ait are named", "from 2029 on" in done.stdout, done.stdout)
    own.mkdir()
    (own / "wrong.yaml").write_text(EDITION.replace("2026-05-16", "2026-05-15"), "utf-8")
    done = calendar("check", own=own)
    check.that("a fault is named with file and line", done.returncode == 1 and "%s/wrong.yaml:10: editions[1].worked_weekend_days[1]: 2026-05-15 is a Friday" % own in done.stderr, done)


def imported(folder):
    own, file = folder / "calendars", folder / "decree.yaml"
    file.write_text(EDITION, "utf-8")
    line = '{"from":"2026-05-07","plus":"2 working days"}'
    check.equal("before", due_with(own, line)["due_day"], "2026-05-12")
    done = calendar("import", file, own=own)
    check.that("what it changes is said first", done.returncode == 0 and "beside kz-2026/2: 2 days change, 247 working days before, 247 now" in done.stdout
               and "2026-05-08 Friday     was worked, is off" in done.stdout and "2026-05-16 Saturday   was off, is worked" in done.stdout, done)
    check.that("and nothing is written", "nothing is written" in done.stdout and not own.exists(), done.stdout)
    done = calendar("import", file, "--yes", own=own)
    check.that("with --yes it is written", done.returncode == 0 and (own / "kz-2026-3.yaml").read_text("utf-8") == EDITION, done)
    check.equal("nothing else is left there", os.listdir(own), ["kz-2026-3.yaml"])
    check.equal("then it counts", due_with(own, line), {"due_day": "2026-05-13", "before": "2026-05-13T19:00:00Z", "calendar": ["kz-2026/3"]})
    check.equal("but not for what was known before", due_with(own, line[:-1] + ',"known_at":"2026-04-01T00:00:00+05:00"}')["due_day"], "2026-05-12")
    done = calendar("import", file, "--yes", own=own)
    check.that("twice is refused", done.returncode == 1 and "kz-2026/3" in done.stderr and "stands in" in done.stderr, done)
    late = folder / "late.yaml"
    late.write_text(EDITION.replace("kz-2026/3", "kz-2026/4").replace("2026-04-10", "2026-02-01"), "utf-8")
    done = calendar("import", late, own=own)
    check.that("one that comes behind a later one says so", "beside kz-2026/1" in done.stdout and "it holds only for what was known until 2026-04-09T19:00:00Z, when kz-2026/3" in done.stdout, done)
    late.write_text(EDITION.replace("kz-2026/3", "kz-2026/4"), "utf-8")
    check.that("two of one moment are refused", "known since the same moment as kz-2026/3" in calendar("import", late, own=own).stderr, "taken")
    check.that("without a folder it is said", calendar("import", file).returncode == 0 and calendar("import", file, "--yes").returncode == 1, "taken")


def several_at_once(folder):
    file = folder / "two.yaml"
    second = EDITION[EDITION.index("  - id"):].replace("kz-2026/3", "kz-2026/4").replace("2026-04-10", "2026-04-20").replace("2026-05-08, ", "")
    file.write_text(EDITION + second, "utf-8")
    done = calendar("import", file, own=folder / "none")
    check.that("each is compared with the one before it", "beside kz-2026/2: 2 days change" in done.stdout and "beside kz-2026/3: 1 day changes" in done.stdout, done)


def configured(folder):
    own, config = folder / "configured", folder / "gateway.yaml"
    own.mkdir()
    (own / "decree.yaml").write_text(EDITION, "utf-8")
    config.write_text("database: \"dbname=none\"\nkey_file: /nowhere/key\nshare: %s\ncalendars: %s\n" % (ROOT, own), "utf-8")
    year = json.loads(run("calendar", "show", "2026", "--json", "--config", config).stdout)
    check.equal("the configuration names the folder", (year["edition"], year["source"]), ("kz-2026/3", str(own / "decree.yaml")))
    check.equal("the configuration is good", run("config", "check", config).returncode, 0)
    (own / "decree.yaml").write_text(EDITION.replace("year: 2026", "year: 2025"), "utf-8")
    done = run("config", "check", config)
    check.that("and is not, with a calendar that cannot be loaded", done.returncode == 1 and "decree.yaml:3: editions[1].id" in done.stderr, done)


folder = pathlib.Path(tempfile.mkdtemp(prefix="nqs-editions-"))
try:
    for test, args in ((shown, ()), (refused, ()), (checked, (folder,)), (imported, (folder,)), (several_at_once, (folder,)), (configured, (folder,))):
        check.run(test, *args)
finally:
    shutil.rmtree(folder)
check.finish()
