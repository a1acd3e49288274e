"""Publications in the Order's own terms, over a gateway whose clock is the test's: each at its moment and not before, one due while nobody was there made good once."""
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "duties"))
from timed import *  # noqa: F403,E402
from checks import Checks  # noqa: E402

check = Checks()
folder = pathlib.Path(tempfile.mkdtemp(prefix="nqs-schedule."))
WHEN = {"daily": "every day at 12:00", "monthly": "first working day of month", "quarterly": "quarter end + 5 working days", "yearly": "15 December"}
PUBLICATIONS = [{"name": name, "feed": FACTS, "mode": "snapshot", "when": when, "file": {"folder": str(folder)}} for name, when in WHEN.items()]  # noqa: F405


def made(name):
    """(due, period, late) of each snapshot, as its file says."""
    found = []
    for manifest in folder.glob(name + "-" + 12 * "[0-9]" + ".*manifest.json"):
        first = (folder / json.loads(manifest.read_text())["file"]).read_text().splitlines()[0]  # noqa: F405
        data = json.loads(first)["data"]  # noqa: F405
        found.append((data["due"][:19] + "Z", data["period"], data["late"]))
    return sorted(found)


def goes_by(day):
    """Noon of that day; by then all that was due earlier is there."""
    g.at(day + " 11:59:58")
    due = day + "T07:00:00Z"
    until(lambda: made("daily") and made("daily")[-1][0] == due, "noon of " + day)  # noqa: F405


def each_comes_at_its_moment():
    g.door.deliver(ndjson([thing(1, "one")]), SECTOR, "application/x-ndjson", {"feed": FACTS, "period": "2026-05", "kind": "facts"})  # noqa: F405
    goes_by("2026-06-30")
    check.equal("none of the others before its day", [made(n) for n in ("monthly", "quarterly", "yearly")], [[], [], []])
    g.at("2026-07-01 08:59:58")
    until(lambda: made("monthly"), "the first working day of the month")  # noqa: F405
    check.equal("about the month before, and not late", made("monthly"), [("2026-07-01T04:00:00Z", "2026-06", False)])
    goes_by("2026-07-07")
    check.equal("06.07.2026 is a holiday: 07.07 is the fourth working day", made("quarterly"), [])
    g.at("2026-07-08 08:59:58")
    until(lambda: made("quarterly"), "the fifth working day after the quarter")  # noqa: F405
    check.equal("about the quarter", made("quarterly"), [("2026-07-08T04:00:00Z", "2026-Q2", False)])
    check.equal("each day at noon; of days that the clock passed over the last", [(due[:10], late) for due, _, late in made("daily")],
                [("2026-06-30", False), ("2026-07-06", True), ("2026-07-07", False)])


def missed_ones_are_made_good_once():
    g.beside.stop()
    g.at("2026-12-15 09:30")
    g.serve(publications=PUBLICATIONS)
    until(lambda: made("yearly"), "what was due while nobody was there")  # noqa: F405
    check.equal("it says that it is late", made("yearly"), [("2026-12-15T04:00:00Z", "2026", True)])
    goes_by("2026-12-15")
    check.equal("of several that were missed the last one", made("monthly")[1:], [("2026-12-01T04:00:00Z", "2026-11", True)])
    check.equal("of quarters too", made("quarterly")[1:], [("2026-10-07T04:00:00Z", "2026-Q3", True)])
    g.beside.stop()
    g.at("2026-12-15 23:00")
    g.serve(publications=PUBLICATIONS)
    goes_by("2026-12-16")
    check.equal("a new start makes nothing again", [len(made(n)) for n in ("yearly", "monthly", "quarterly")], [1, 2, 2])


g = Timed("2026-06-29 12:30").start()
g.beside.stop()
g.serve(publications=PUBLICATIONS)
for step in (each_comes_at_its_moment, missed_ones_are_made_good_once):
    check.run(step)
check.equal("no sanitizer complained", g.stop(), "")
shutil.rmtree(folder, ignore_errors=True)
check.finish()
