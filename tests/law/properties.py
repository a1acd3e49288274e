"""What holds of every term: terms drawn at random (the seed is printed, NQS_SEED repeats it) against properties, not against a second reckoning."""
import datetime
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/lib"))
from checks import Checks                               # noqa: E402

PROGRAM = pathlib.Path(os.environ.get("NQS_BUILD", ROOT / "build/debug")) / "nqs-gateway"
SEED = int(os.environ.get("NQS_SEED") or random.SystemRandom().randrange(1 << 32))
DRAWN, HOLIDAYS, YEAR = 2000, 20, 2025
UNITS = "calendar", "working"
draw = random.Random(SEED)
check = Checks()


def due(asked, share=ROOT):
    lines = "".join(json.dumps({"from": day.isoformat(), "plus": "%d %s days" % (n, unit), "shift": "next_working_day"}) + "\n" for day, n, unit in asked)
    done = subprocess.run([str(PROGRAM), "law", "due", "--share", str(share)], input=lines.encode(), capture_output=True, timeout=60)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    answers = [json.loads(line)["before"] for line in done.stdout.splitlines()]
    if len(answers) != len(asked):
        raise RuntimeError("%d answers to %d lines" % (len(answers), len(asked)))
    return answers


def terms(many):
    first = datetime.date(YEAR, 1, 1)
    return [(first + datetime.timedelta(draw.randrange(300)), draw.randrange(2, 40), draw.choice(UNITS)) for _ in range(many)]


def never_earlier(sentence, asked, before, after):
    wrong = [t for t in zip(asked, before, after) if t[2] < t[1]]
    check.that(sentence, not wrong, wrong[:3])


def monotone():
    asked = terms(DRAWN)
    now = due(asked)
    never_earlier("a longer term never ends earlier", asked, now, due([(d, n + 1, u) for d, n, u in asked]))
    never_earlier("a term that begins later never ends earlier", asked, now, due([(d + datetime.timedelta(1), n, u) for d, n, u in asked]))


def the_same_twice():
    asked = terms(DRAWN)
    now = due(asked)
    order = draw.sample(range(DRAWN), DRAWN)
    check.equal("counted again it is the same", due(asked), now)
    check.equal("the order of the lines does not matter", due([asked[i] for i in order]), [now[i] for i in order])


def with_holiday(share, source, day):
    document = yaml.safe_load(source.read_text("utf-8"))
    for edition in document["editions"]:
        edition["days_off"] = sorted({str(d) for d in edition["days_off"]} | {day.isoformat()})
        edition["worked_weekend_days"] = [str(d) for d in edition["worked_weekend_days"]]
    (share / "schemas/law/calendar" / source.name).write_text(yaml.safe_dump(document), "utf-8")


def a_holiday_more():
    source = ROOT / ("schemas/law/calendar/kz-%d.yaml" % YEAR)
    worked = {str(d) for e in yaml.safe_load(source.read_text("utf-8"))["editions"] for d in e["days_off"] + e["worked_weekend_days"]}
    days = [d for d in (datetime.date(YEAR, 1, 1) + datetime.timedelta(n) for n in range(365)) if d.isoweekday() < 6 and d.isoformat() not in worked]
    asked = terms(DRAWN)
    before, moved = due(asked), 0
    with tempfile.TemporaryDirectory() as folder:
        share = pathlib.Path(folder)
        shutil.copytree(ROOT / "schemas", share / "schemas")
        for day in draw.sample(days, HOLIDAYS):
            with_holiday(share, source, day)
            after = due(asked, share)
            never_earlier("with %s a holiday no term ends earlier" % day, asked, before, after)
            moved += sum(a != b for a, b in zip(after, before))
    check.that("the holidays moved something", moved, moved)


print("seed %d" % SEED)
for test in (monotone, the_same_twice, a_holiday_more):
    check.run(test)
check.finish()
