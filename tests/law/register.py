"""Every quote of the register stands in the Order; what the Order asks for is there; approvals bind texts; what is wrong in a file is said with its place."""
import pathlib
import re
import sys

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "flow"))
from things import *  # noqa: F403,E402
from checks import Checks  # noqa: E402

check = Checks()
REGISTER = ROOT / "schemas/law/obligations.yaml"  # noqa: F405
obligations = yaml.safe_load(REGISTER.read_text())["obligations"]


def flat(text):
    """White space collapsed; a hyphen at the end of a line joins."""
    return re.sub(r"\s+", " ", re.sub(r"(?<=\w)-\s*\n\s*", "-", text))


def quotes():
    order = flat((ROOT / "tests/law/order-391.ru.txt").read_text())  # noqa: F405
    quoted = [o for o in obligations if o.get("quoted_from", "order") == "order"]
    check.that("most are of the Order", len(quoted) > 25, len(quoted))
    for o in quoted:
        check.that("the quote of %s stands in the Order" % o["id"], flat(o["quote"]) in order, o["quote"])
        check.equal("%s says which edition" % o["id"], (o["norm"]["act"], o["norm"]["edition"]), ("Order 391", "2023-09-18"))
    feeds = {p.name.split(".")[0] for p in (ROOT / "schemas/contracts").glob("*.odcs.yaml")}  # noqa: F405
    check.equal("paragraph 7 has one for each feed", {o["feed"] for o in obligations if o["norm"]["paragraph"].startswith("7(") and o["norm"]["act"] == "Order 391"}, feeds)
    count = lambda paragraph: sum(o["norm"]["paragraph"].split("(")[0] == paragraph for o in obligations if o["norm"]["act"] == "Order 391")  # noqa: E731
    check.equal("registrations, hand-over, support, analysis", [count(p) for p in ("4", "8", "16", "21")], [5, 1, 3, 1])
    for o in obligations:
        roles = yaml.safe_load((ROOT / "schemas/contracts" / (o["feed"] + ".odcs.yaml")).read_text())["roles"] if "feed" in o else None  # noqa: F405
        if roles:
            owes = o["debtor"].get("each_of") or [o["debtor"].get("one") or o["debtor"].get("every")]
            check.equal("who owes %s may deliver it" % o["feed"], sorted(owes), sorted(r["role"] for r in roles if r["access"] == "write"))


def listed(g):
    return {o["obligation"]: o for o in json.loads(g.cli("law", "obligations", "--json").stdout)}  # noqa: F405


def approvals(g):
    mine = g.folder / "own.yaml"
    text = """obligations:
  - id: own-report
    norm: {act: "Order 1 of the test", edition: "2026-01-01", paragraph: "1"}
    quote: "once a month"
    debtor: {one: administrator}
    creditor: national-body
    recurs: month
    settled_by: {event: analysis-handed-over}
    readings:
      - {id: "a", due: {end_of: period, plus: 5 working days}, decides: commit, why: "%s"}
      - {id: "b", due: {end_of: period, plus: 1 calendar day, shift: none}, decides: commit, why: "strictly"}
"""
    mine.write_text(text % "as a test has it")
    config = g.folder / "gateway.yaml"
    config.write_text(config.read_text() + "obligations: %s\n" % mine)
    o = listed(g)["own-report"]
    check.equal("an obligation of one's own is proposed, and not in force", (o["status"], o["in_force"], o["due"]), ("proposed", None, "period + 5 working days"))
    one = json.loads(g.cli("law", "explain", "own-report", "--period", "2026-04", "--json").stdout)  # noqa: F405
    check.equal("each reading has its day", [r["due_day"] for r in one["readings"]], ["2026-05-12", "2026-05-01"])
    check.that("and says how it was counted", any("Victory" in s["why"] or "day off" in s["why"] for s in one["readings"][0]["steps"]), one["readings"][0]["steps"])
    by = ("--by", "an officer", "--ground", "order 2")
    for sentence, args in (("an unknown reading is refused", ("approve", "own-report", "--reading", "c") + by), ("an unknown obligation", ("approve", "no-such", "--reading", "a") + by),
                           ("and for in-force", ("in-force", "no-such", "2026-01-01") + by)):
        done = g.cli("law", *args)
        check.that(sentence, done.returncode == 3 and done.stderr.strip(), done.stderr)
    check.equal("a decision has a name and a ground", g.cli("law", "approve", "own-report", "--reading", "a").returncode, 2)
    check.equal("approved", g.cli("law", "approve", "own-report", "--reading", "a", *by).returncode, 0)
    check.equal("in force", g.cli("law", "in-force", "own-report", "2026-01-01", *by).returncode, 0)
    o = listed(g)["own-report"]
    check.equal("the list says so", (o["status"], o["in_force"], o["reading"]), ("approved", "2026-01-01", "a"))
    mine.write_text((text % "another reason").replace("5 working days", "9 working days"))
    o = listed(g)["own-report"]
    check.equal("a text that changes later is not what was approved; that goes on", (o["status"], o["due"]), ("approved; the register has another text now", "period + 5 working days"))
    check.equal("all of it is in the audit trail", g.psql("select act || ' ' || subject from nqs.audit where act like 'law.%' and subject = 'own-report' order by id"),
                "law.approve own-report\nlaw.in_force own-report")
    history = json.loads(g.cli("law", "explain", "own-report", "--json").stdout)["history"]  # noqa: F405
    check.equal("and told", [(h["act"], h["by"], h["ground"]) for h in history], [("approved", "an officer", "order 2"), ("in_force", "an officer", "order 2")])
    faults(g, mine, text % "why")


def faults(g, file, good):
    for sentence, old, new, said in (
            ("a role that is none", "administrator", "king", "king"),
            ("an event that is none", "analysis-handed-over", "birthday", "birthday"),
            ("a term that is none", "5 working days", "5 moons", "5 moons"),
            ("two causes", "recurs: month", "recurs: month\n    starts: {event: platform-launched}", "recurs"),
            ("a key that is none", "creditor:", "credit:", "credit"),
            ("an id there is already", "own-report", "21-analysis", "21-analysis"),
            ("two readings of one id", 'id: "b"', 'id: "a"', "two readings"),
            ("no due", "{end_of: period, plus: 5 working days}", "{shift: none}", "one of"),
            ("a moment that is none", "decides: commit, why: \"why\"", "decides: noon, why: \"why\"", "noon"),
            ("a feed without contract", "settled_by: {event: analysis-handed-over}", "feed: no-such-feed", "no-such-feed")):
        file.write_text(good.replace(old, new, 1))
        done = g.cli("law", "obligations")
        check.that("%s is said, with file and line" % sentence, done.returncode and said in done.stderr and re.search(r"own\.yaml:\d+|own\.yaml: .*line: \d+", done.stderr), done.stderr)
    file.write_text(good)


def outage_is_checked(g):
    config = g.folder / "gateway.yaml"
    good = config.read_text()
    for line, said in (("outage: sometimes", "sometimes"), ("outage: extend", "outage_ground")):
        config.write_text(good + line + "\n")
        done = g.cli("law", "obligations")
        check.that("%s is refused" % line, done.returncode and said in done.stderr, done.stderr)
    config.write_text(good)


check.run(quotes)
with Flow() as flow:  # noqa: F405
    check.run(approvals, flow)
    check.run(outage_is_checked, flow)
check.finish()
