"""How many terms `nqs-gateway law due` counts a second, beside jq, which reads and writes the same lines and counts nothing. Medians of five runs in turn, over the build in $NQS_BUILD; a line of the
table, then "N passed, M failed". Bar: 200,000 lines a second.

terms.py [LINES]
"""
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from checks import Checks  # noqa: E402

BAR, RUNS = 200000, 5
check, draw = Checks(), random.Random(391)


def question(n):
    day = "%d-%02d-%02d" % (draw.randint(2023, 2035), draw.randint(1, 12), draw.randint(1, 28))
    return ('{"from":"%s","plus":"%d working days"}' % (day, draw.choice([1, 3, 5, 10, 20])), '{"period":"%s","plus":"0 calendar days","shift":"next_working_day"}' % day[:7],
            '{"from":"%s","plus":"%d calendar days","known_at":"2024-06-01T00:00:00+05:00"}' % (day, draw.choice([1, 10, 30])), '{"period":"%s-Q%d","plus":"10 working days"}' % (day[:4], draw.randint(1, 4)))[n % 4]


def seconds(command, questions, answers):
    begun = time.monotonic()
    with open(questions) as i, open(answers, "w") as o:
        subprocess.run(command, stdin=i, stdout=o, check=True)
    return time.monotonic() - begun


def main(lines):
    ours, limit = [os.environ["NQS_BUILD"] + "/nqs-gateway", "law", "due"], ["jq", "-c", "."]
    with tempfile.TemporaryDirectory() as folder:
        questions, answers = folder + "/questions", folder + "/answers"
        pathlib.Path(questions).write_text("".join(question(n) + "\n" for n in range(lines)))
        took = [(seconds(ours, questions, answers), seconds(limit, questions, folder + "/same")) for _ in range(RUNS)]
        mine, other = (lines / statistics.median(t) for t in zip(*took))
        said = pathlib.Path(answers).read_text().splitlines()
    check.equal("each line has its answer", (len(said), all('"due_day"' in s for s in said)), (lines, True))
    check.that("at least %d lines a second" % BAR, mine >= BAR, mine)
    print("%-58s %.0f lines/s; jq -c . on the same lines %.0f; %.1f times as many" % ("law due, %d lines" % lines, mine, other, mine / other), flush=True)
    check.finish()


main(int(sys.argv[1]) if len(sys.argv) > 1 else 500000)
