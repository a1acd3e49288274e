"""`nqs-gateway law due`: every day of 2023-2035 by many terms against reckoning.py, the answers to wrong lines, and a program that asks line by line."""
import datetime
import json
import os
import pathlib
import select
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lib")]
from checks import Checks                               # noqa: E402
import reckoning                                        # noqa: E402

PROGRAM = pathlib.Path(os.environ.get("NQS_BUILD", ROOT / "build/debug")) / "nqs-gateway"
COMMAND = [str(PROGRAM), "law", "due", "--share", str(ROOT)]
YEARS = 2023, 2035
TERMS = [(0, "calendar"), (1, "calendar"), (10, "calendar"), (15, "calendar"), (30, "calendar"), (45, "calendar"),
         (0, "working"), (1, "working"), (3, "working"), (5, "working"), (10, "working"), (20, "working"), (60, "working")]
KNOWN = [None, "2022-06-01T00:00:00+06:00", "2024-06-06T23:59:59+05:00", "2025-01-15T00:00:00+05:00", "2026-02-01T00:00:00+05:00", "2026-03-18T00:00:00+05:00"]
MOST_SHOWN = 5
check = Checks()
law = reckoning.Law()


def due(lines):
    data = "".join(line + "\n" for line in lines)
    done = subprocess.run(COMMAND, input=data.encode(), capture_output=True, timeout=300)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return done.stdout.decode().splitlines()


def plus(n, unit):
    return "%d %s day%s" % (n, unit, "" if n == 1 else "s")


def compare(sentence, asked):
    """asked: (question, expected answer)."""
    answers = due(json.dumps(q) for q, _ in asked)
    check.equal(sentence + ": an answer a line", len(answers), len(asked))
    wrong = [(q, json.loads(a), e) for (q, e), a in zip(asked, answers) if json.loads(a) != e]
    check.that("%s: %d answers are the same" % (sentence, len(asked)), not wrong, "%d differ, e.g. %s" % (len(wrong), wrong[:MOST_SHOWN]))


def question(base, known_at, moves):
    more = {"known_at": known_at} if known_at else {}
    return {**base, **more, **({} if moves else {"shift": "none"})}


def every_day():
    days = [d for y in range(YEARS[0], YEARS[1] + 1) for d in reckoning.days_of(y)]
    check.equal("thirteen years have so many days", len(days), 4748)
    for known_at in KNOWN:
        r = reckoning.Reckoning(law, known_at)
        asked = [(question({"from": d.isoformat(), "plus": plus(n, unit)}, known_at, moves), r.answer(d, n, unit, moves))
                 for d in days for n, unit in TERMS for moves in ((True, False) if unit == "calendar" and n < 2 else (True,))]
        compare("every day, known at %s" % known_at, asked)


def every_period():
    for known_at in KNOWN:
        r = reckoning.Reckoning(law, known_at)
        asked = [(question({"period": p, "plus": plus(n, unit)}, known_at, moves), r.answer(end, n, unit, moves))
                 for p, end in reckoning.period_ends(*YEARS) for n, unit in TERMS for moves in (True, False)]
        compare("every period, known at %s" % known_at, asked)


def every_date_of_a_year():
    months = "January February March April May June July August September October November December".split()
    r = reckoning.Reckoning(law)
    asked = [({"period": str(d.year), "on": "%d %s" % (d.day, months[d.month - 1])}, r.answer(d, 0, "calendar"))
             for y in range(YEARS[0], YEARS[1] + 1) for d in reckoning.days_of(y) if (d.month, d.day) != (2, 29)]
    compare("every date of a year", asked)


def hours():
    r, asked = reckoning.Reckoning(law), []
    begin = datetime.datetime(2024, 2, 25, tzinfo=datetime.timezone.utc)
    for i in range(2000):
        at, n = begin + datetime.timedelta(minutes=17 * i), i % 100
        over = at + datetime.timedelta(hours=n)
        day = (over - datetime.timedelta(microseconds=1)).astimezone(reckoning.ALMATY).date()
        asked.append(({"from": at.isoformat(), "plus": "%d hour%s" % (n, "" if n == 1 else "s")}, r.told(day, reckoning.utc(over), ())))
    compare("hours, over the night in which the clocks went back", asked)


def explanation_fails(r, event, n, steps, due_day):
    """What is wrong with the steps of a term of working days; None: nothing."""
    days = [datetime.date.fromisoformat(s["day"]) for s in steps]
    walked = steps[1:-1]
    expected = [event + i * reckoning.DAY for i in range(1, len(walked) + 1)]
    kinds = ["counted" if d in r.set else "skipped" for d in expected]
    if days[0] != event or steps[0]["step"] != "event" or steps[-1]["step"] != "due" or steps[-1]["day"] != due_day:
        return "its ends"
    if days[1:-1] != expected or [s["step"] for s in walked] != kinds:
        return "its days"
    if [s["n"] for s in walked if s["step"] == "counted"] != list(range(1, n + 1)):
        return "its count"
    if not all(s["why"] for s in steps) or any((s["why"] == "working day") and s["step"] == "skipped" for s in steps):
        return "its reasons"
    return None


def explanations():
    r = reckoning.Reckoning(law)
    events = [d for y in (2024, 2025, 2026) for d in reckoning.days_of(y)]
    answers = due(json.dumps({"from": d.isoformat(), "plus": "7 working days", "explain": True}) for d in events)
    wrong = []
    for d, line in zip(events, answers):
        a = json.loads(line)
        steps = a.pop("steps")
        if a != r.answer(d, 7, "working") or explanation_fails(r, d, 7, steps, a["due_day"]):
            wrong.append((a, explanation_fails(r, d, 7, steps, a["due_day"])))
    check.that("each day is told, counted or skipped", not wrong and len(answers) == len(events), wrong[:MOST_SHOWN])
    steps = json.loads(due(['{"period":"2024","on":"15 December","explain":true}'])[0])["steps"]
    check.equal("a day that moved tells over what", [(s["day"], s["step"], s["why"]) for s in steps],
                [("2024-12-15", "event", "the term's last day"), ("2024-12-15", "skipped", "Sunday"), ("2024-12-16", "skipped", "Independence Day"), ("2024-12-17", "due", "working day")])


BAD = [
    ("", "the line is empty"),
    ("  ", "not a JSON object"),
    ("[]", "not a JSON object"),
    ('"from"', "not a JSON object"),
    ('{"from":"2024-12-12","plus":"5 working days"} x', "not a JSON object"),
    ('{"from":"2024-12-12","plus":"5 working days"', "not a JSON object"),
    ('{"from":"2024-12-12\\u0000","plus":"5 working days"}', "not a JSON object"),
    ("{}", "from: write from or period"),
    ('{"from":"2024-12-12"}', "plus: is missing"),
    ('{"plus":"5 working days"}', "from: write from or period"),
    ('{"from":"2024-12-12","period":"2024","plus":"5 working days"}', "not both"),
    ('{"from":"2024-02-30","plus":"5 working days"}', "from: '2024-02-30'"),
    ('{"from":"завтра","plus":"5 working days"}', "from: 'завтра'"),
    ('{"from":"2024-12-12","plus":"5 days"}', "plus: '5 days'"),
    ('{"from":"2024-12-12","plus":5}', "plus: write a string"),
    ('{"from":"2024-12-12","plus":"5000 working days"}', "at most 3660"),
    ('{"from":"2024-12-12","plus":"5 working days","shift":"previous"}', "shift: 'previous'"),
    ('{"from":"2024-12-12","plus":"5 working days","known_at":"2024-06-01"}', "known_at: '2024-06-01'"),
    ('{"from":"2024-12-12","plus":"5 working days","known_at":"2024-06-01T00:00:00"}', "known_at"),
    ('{"from":"2024-12-12","plus":"5 working days","explain":"yes"}', "explain: write true or false"),
    ('{"from":"2024-12-12","plus":"5 working days","from":"2024-12-13"}', "from: stands there twice"),
    ('{"from":"2024-12-12","pluss":"5 working days"}', "'pluss' is not known"),
    ('{"from":"2024-12-12","plus":"5 hours"}', "from: '2024-12-12' is a day"),
    ('{"from":"2024-12-12T10:00:00Z","plus":"5 hours","shift":"next_working_day"}', "shift: a term of hours"),
    ('{"period":"2024-12","plus":"5 hours"}', "plus: a term of hours"),
    ('{"period":"2024-13","plus":"5 working days"}', "period: '2024-13'"),
    ('{"period":"2024-12","on":"15 December"}', "period: '2024-12' is not a year"),
    ('{"period":"2024","on":"15.12"}', "on: '15.12'"),
    ('{"period":"2024","on":"15 December 10:00"}', "on: '15 December 10:00'"),
    ('{"period":"2024","on":"15 December","plus":"5 working days"}', "on: goes with period alone"),
    ('{"from":"2010-12-12","plus":"5 working days"}', "2010: the calendar has the years"),
    ('{"from":"2024-12-12","plus":"5 working days","x":"%s"}' % ("y" * 70000), "longer than"),
    ('{"from":"2024-12-12","plus":"5 working days","x":"%s"}' % ("y" * 200000), "longer than"),
    ('{"from":"%s","plus":"5 working days"}' % ("щ" * 100), "from: 'щщщ"),
]


def wrong_lines():
    good = '{"from":"2024-12-12","plus":"5 working days"}'
    lines = [line for bad, _ in BAD for line in (bad, good)]
    answers = due(lines)
    check.equal("a wrong line has an answer too", len(answers), len(lines))
    for (bad, said), answer, after in zip(BAD, answers[::2], answers[1::2]):
        error = json.loads(answer)
        check.that("%.80s is refused" % bad, set(error) == {"error"} and said in error["error"], answer[:200])
        check.that("after %.80s it goes on" % bad, after == '{"due_day":"2024-12-20","before":"2024-12-20T19:00:00Z","calendar":["kz-2024/3"]}', after)
    done = subprocess.run(COMMAND, input=b'{"from":"\xff"}\n' + good.encode(), capture_output=True, timeout=60)
    lines = done.stdout.splitlines()
    check.that("what is not UTF-8 is refused, and a last line without an end is answered", b"not UTF-8" in lines[0] and b"2024-12-20" in lines[1] and len(lines) == 2, lines)


def line_by_line():
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as p:
        answers = []
        for day in ("2024-12-12", "2024-12-13"):
            p.stdin.write(json.dumps({"from": day, "plus": "1 working day"}).encode())
            p.stdin.flush()
            early = select.select([p.stdout], [], [], 0)[0]
            p.stdin.write(b"\n")
            p.stdin.flush()
            deadline = time.monotonic() + 60
            answered = select.select([p.stdout], [], [], max(0, deadline - time.monotonic()))[0]
            answers.append(json.loads(p.stdout.readline())["due_day"] if answered and not early else None)
        p.stdin.close()
        check.equal("each question is answered before the next one comes", answers, ["2024-12-13", "2024-12-17"])
        check.equal("it ends with its input", p.wait(60), 0)


def wrong_usage():
    for args, code in ((["law"], 2), (["law", "overdue"], 2), (["law", "due", "--share", "/nowhere"], 1)):
        done = subprocess.run([str(PROGRAM), *args], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        check.that("%s fails and says why" % " ".join(args), done.returncode == code and done.stderr.startswith(b"nqs-gateway"), done)


for test in (every_day, every_period, every_date_of_a_year, hours, explanations, wrong_lines, line_by_line, wrong_usage):
    check.run(test)
check.finish()
