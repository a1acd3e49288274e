"""Years of duties on a clock of the test's: parties deliver in time, in the last seconds and the first one after, late, wrongly, twice, for old periods, or not at all; roles begin and end; a new
edition of the calendar comes in mid-year. Every duty and every statement must be what the model says (order.py).

simulation.py [CENTRES [YEARS [SEED]]]      800 centres, 2025 alone; years from 2024 on when there are several
"""
import concurrent.futures
import datetime
import pathlib
import random
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "duties"), str(HERE.parent / "bench")]
from timed import *  # noqa: F403,E402
from checks import Checks  # noqa: E402
from order import Model, periods, DAY, UTC  # noqa: E402
import stampede  # noqa: E402

n_centres, n_years, seed = [int(x) for x in sys.argv[1:4] + ["800", "1", str(random.randrange(10 ** 6))][len(sys.argv) - 1:]]
FIRST = datetime.date(2025 if n_years == 1 else 2024, 1, 1)
LAST = datetime.date(FIRST.year + n_years - 1, 12, 31)
END = datetime.datetime(LAST.year + 1, 2, 10, tzinfo=UTC)                  # the last periods are over
NEW = datetime.datetime(LAST.year, 6, 9, 19, tzinfo=UTC)                   # when the new edition becomes known, and is taken
OFF = [datetime.date(LAST.year, 7, 31), datetime.date(LAST.year, 9, 30)]   # days that it makes days off, on which periods end
FINAL = {"7-4-accredited-centres", "7-5-recognition-results"}              # their readings are approved
# obligation, feed, how long a period is, who owes
OWED = [("7-5-recognition-results", "recognition-results", "month", "centre"), ("7-5-recognition-documents", "recognition-documents", "month", "centre"),
        ("7-4-accredited-centres", "accredited-centres", "month", CHAMBER), ("7-4-accredited-centres", "accredited-centres", "month", ACCREDITOR),  # noqa: F405
        ("7-4-centre-founders", "centre-founders", "month", CHAMBER), ("7-4-centre-founders", "centre-founders", "month", ACCREDITOR),  # noqa: F405
        ("7-2-sector-councils", "sector-councils", "quarter", SECTOR), ("7-1-national-council", "national-council", "half_year", MINISTRY),  # noqa: F405
        ("7-3-education-programmes", "education-programmes", "half_year", EDUCATION), ("7-3-education-programmes", "education-programmes", "half_year", "higher-education-authority"),  # noqa: F405
        ("7-1-professions", "professions", "half_year", MINISTRY)]  # noqa: F405
# Once, and then when the act changes (or by another act that is not at hand): who tells of it.
ON_CHANGE = [("7-1-nrk", "nrk", MINISTRY), ("7-1-nkz", "nkz", MINISTRY), ("7-1-legal-acts", "legal-acts", MINISTRY),  # noqa: F405
             ("7-2-sector-frameworks", "sector-frameworks", SECTOR), ("7-2-professional-standards", "professional-standards", SECTOR)]  # noqa: F405
# All that came is settled, and the station of duties has seen it.
WORKED = "not exists (select from nqs.queue) and (select ordinal from nqs.deadline) >= (select coalesce(max(ordinal), 0) from nqs.settlement)"
check, draw, model = Checks(), random.Random(seed), Model()
g = Timed((FIRST + DAY).isoformat() + " 12:00")  # noqa: F405
print("   seed %d: %d centres, %d to %d" % (seed, n_centres, FIRST.year, LAST.year), flush=True)


def new_edition():
    """The last one of that year with two more days off, in a folder of the installation's own; the model knows it too."""
    known = [e for e in model.law.editions if e["year"] == LAST.year]
    last = max(known, key=lambda e: str(e["known_since"]))
    edition = {**last, "id": "kz-%d/99" % LAST.year, "known_since": NEW.isoformat(), "known_since_is": "read", "act": "a simulated one", "days_off": sorted({*last["days_off"], *OFF})}
    edition.pop("forecast", None)
    folder = g.folder / "calendars"
    folder.mkdir()
    (folder / "new.yaml").write_text(yaml.safe_dump({"editions": [edition]}, allow_unicode=True))
    model.law.editions.append(edition)
    return folder


def roles_of(centres):
    """(first day, last day) of each centre's role: some begin, some end within the time."""
    spans = {}
    g.psql("update nqs.party_role set valid_from = '2020-01-01' where ground = 'the bench'")
    for b in centres:
        kind = draw.random()
        begin = FIRST + DAY * draw.randrange(30, 300) if kind < 0.08 else datetime.date(2020, 1, 1)
        end = FIRST + DAY * draw.randrange(60, 330) if 0.08 <= kind < 0.16 else None
        spans[b] = (begin, end)
        if begin > FIRST or end:
            g.psql("update nqs.party_role set valid_from = '%s', valid_to = %s where party = (select id from nqs.party where bin = '%s')" % (begin, "'%s'" % end if end else "null", b))
    return spans


def somewhen(begin, end):
    return begin + (end - begin) * draw.random()


def actions(begin, due_at):
    """(instant, good, repeats the period before) of what one party does about one duty."""
    start = datetime.datetime.combine(begin + 3 * DAY, datetime.time(), UTC)
    second, kind = datetime.timedelta(seconds=1), draw.random()
    before, after = somewhen(start, due_at - 60 * second), somewhen(due_at + 60 * second, min(due_at + 25 * DAY, END - DAY))
    if kind < 0.50:
        return [(before, True)]
    for share, made in ((0.55, [(due_at - 20 * second, True)]), (0.60, [(due_at + second, True)]), (0.75, [(after, True)]), (0.85, []), (0.89, [(before, False)]),
                        (0.93, [(before, False), (after, True)]), (0.97, [(before, True), (after, True)])):
        if kind < share:
            return made
    return [(before, False), (somewhen(before, due_at - 30 * second), True)]


def acts():
    """The same of what has no term: acts of random days, told some days later, wrongly at first, twice, or not at all; of each feed one is told for certain."""
    duties = {}
    for obligation, feed, who in ON_CHANGE:
        for n in range(draw.randint(2, 6) * n_years):
            act = FIRST + DAY * draw.randrange((LAST - FIRST).days)
            told = [datetime.datetime.combine(act + DAY * draw.randrange(1, 40), datetime.time(draw.randrange(24), 30), UTC) for _ in range(draw.randint(1, 2))]
            good = [n == 0 or draw.random() < 0.7 for _ in told]
            duties[(obligation, g.party(who)["bin"], feed, act.isoformat())] = (None, None, sorted(zip(told, good)))
    return duties


def plan(centres, spans):
    """{duty: (due day, due instant, its deliveries)}, and all deliveries in their order."""
    duties = {}
    for obligation, feed, length, who in OWED:
        for bin_ in centres if who == "centre" else [g.party(who)["bin"]]:
            begins, ends = spans.get(bin_, (datetime.date(2020, 1, 1), None))
            last_key = None
            for period, begin, end in periods(length, FIRST, LAST):
                if begins > begin or (ends and ends < end):
                    continue
                day, due_at = model.due(end)
                key = (obligation, bin_, feed, period)
                duties[key] = (day, due_at, actions(begin, due_at))
                if last_key and draw.random() < 0.05:       # the period before, once more
                    duties[last_key][2].append((somewhen(datetime.datetime.combine(begin + 3 * DAY, datetime.time(), UTC), due_at), True))
                last_key = key
    duties.update(acts())
    deliveries = sorted((at, key, good) for key, (_, _, made) in duties.items() for at, good in made)
    return duties, deliveries


def expected(spans, key, at, duties):
    """Whose role has ended may hand in what it owes, until that has come."""
    end = spans.get(key[1], (None, None))[1]
    come = any(good and when < at for when, good in duties[key][2])
    return (200, 202) if not end or at.astimezone(ALMATY).date() <= end or not come else (200, 202, 403)  # noqa: F405


def kinds():
    return {p.name.split(".")[0]: next(c["value"] for c in yaml.safe_load(p.read_text())["customProperties"] if c["property"] == "kinds").split() for p in (ROOT / "schemas/contracts").glob("*.odcs.yaml")}  # noqa: F405


def deliver(at, key, good, kinds_of, statuses):
    _, bin_, feed, period = key
    g.shift.write_text("%+d" % round(at.timestamp() - clock.time()))  # noqa: F405
    kind = "nil" if good else next(k for k in kinds_of[feed] if k != "nil")
    headers = {"Content-Type": "application/x-ndjson"}
    by = bin_ if any(p["bin"] == bin_ for p in g.parties) else None
    if not by:
        headers["Authorization"] = "Bearer token of " + bin_
    answer = g.door.request("POST", "/v1/deliveries?feed=%s&period=%s&kind=%s" % (feed, period, kind), b"" if good else b'{"no such field": 1}\n', headers, by)
    if answer.status not in statuses:
        raise RuntimeError("%s %s: %r" % (at, key, answer))


def at_hand(at):
    """The station has opened what is opened ahead by then, and said what was over: a month of a year is not over before that, however fast years go here."""
    g.shift.write_text("%+d" % round(at.timestamp() - clock.time()))  # noqa: F405
    month = at.astimezone(ALMATY).month - 1 + 3  # noqa: F405
    ahead = datetime.date(at.astimezone(ALMATY).year + month // 12, month % 12 + 1, 28)  # noqa: F405
    until(lambda: g.psql("select (select until from nqs.deadline) >= '%s' and not exists (select from nqs.duty where state = 'open' and due_at <= '%s') and %s" % (  # noqa: F405
        ahead, at.isoformat(), WORKED)) == "t", "the station to be at hand on %s" % at, 120)


def run(deliveries, folder):
    kinds_of, edition_taken, month = kinds(), False, None
    for n, (at, key, good) in enumerate(deliveries):
        if (at.year, at.month) != month:
            month = at.year, at.month
            at_hand(datetime.datetime(*month, 1, 19, 0, 30, tzinfo=UTC) if at.day > 1 else at)
        if at > NEW and not edition_taken:
            until(lambda: g.psql("select count(*) from nqs.queue") == "0", "all is worked", 120)  # noqa: F405
            g.shift.write_text("%+d" % round(NEW.timestamp() + 60 - clock.time()))  # noqa: F405
            g.beside.stop()
            g.serve(calendars=str(folder), duty_months=3, answer_wait_ms=0)
            moved = "select count(*) > 0 from nqs.duty_event where kind = 'moved' and at > '%s'" % NEW.isoformat()
            until(lambda: g.psql(moved) == "t", "the duties that the new edition moves", 120)  # noqa: F405
            edition_taken = True
        deliver(at, key, good, kinds_of, expected(spans, key, at, the_plan))
        if n % 5000 == 4999:
            print("   %d of %d deliveries" % (n + 1, len(deliveries)), flush=True)
    check.that("the new edition was taken", edition_taken)


def compare(duties):
    g.shift.write_text("%+d" % round(END.timestamp() - clock.time()))  # noqa: F405
    obligations = ", ".join("'%s'" % o for o in sorted({o for o, *_ in OWED + ON_CHANGE}))
    mine = "d.obligation in (%s) and (d.occasion = 'once' or d.cause_day between '%s' and '%s') and d.state <> 'cancelled'" % (obligations, FIRST, LAST)
    until(lambda: g.psql("select (%s) and not exists (select from nqs.duty d where %s and d.state = 'open')" % (WORKED, mine)) == "t", "every verdict", 600)  # noqa: F405
    said = g.psql("select d.obligation, p.bin, d.feed, d.occasion, coalesce(d.due_day::text, (select e.detail->>'lag_days' from nqs.duty_event e where e.duty = d.id and e.kind = 'delivered'), ''), d.state, coalesce((select string_agg(s.verdict || case when s.provisional then '?' else '' end, ' ' order by s.id)"
                  " from nqs.statement s where s.duty = d.id), '') from nqs.duty d join nqs.party p on p.id = d.party where %s and p.id in (select party from nqs.party_role)" % mine)
    got = {tuple(line.split("|")[:4]): tuple(line.split("|")[4:]) for line in said.splitlines()}
    got = {k: v for k, v in got.items() if k[1] in simulated}
    wanted = {}
    for key, (day, due_at, made) in duties.items():
        if not due_at:
            wanted.update(model.told(key, made))
            continue
        verdicts = model.verdicts(due_at, made)
        wanted[key] = (day.isoformat(), verdicts[-1], " ".join(v + ("" if key[0] in FINAL else "?") for v in verdicts))
    wanted.update({(o, g.party(who)["bin"], feed, "once"): ("", "met", "") for o, feed, who in ON_CHANGE})
    check.equal("duties that the model has and the gateway has not", sorted(set(wanted) - set(got))[:3], [])
    check.equal("duties that the gateway has and the model has not", sorted(set(got) - set(wanted))[:3], [])
    check.equal("duties that are not what the model says", [(k, got[k], wanted[k], duties[k][1:]) for k in sorted(set(got) & set(wanted)) if got[k] != wanted[k]][:3], [])
    check.equal("all feeds of paragraph 7 are in it", {k[2] for k in wanted}, set(kinds()))
    counted = {v: sum(w[1] == v for w in wanted.values()) for v in ("in_time", "late", "overdue", "met")}
    print("   %d duties compared, %d statements: %s" % (len(wanted), sum(len(w[2].split()) for w in wanted.values()), counted), flush=True)
    check.that("all kinds of verdicts were there", all(counted.values()), counted)
    check.that("some were moved by the new edition", any(d in (OFF[0] + DAY, OFF[1] + DAY) for d, _, _ in duties.values() if d), OFF)


g.start({"duty_months": 3}, in_force=FIRST.isoformat())
for obligation in FINAL:
    g.law("approve", obligation, "--reading", "1")
g.beside.stop()
found = stampede.centres(g, n_centres)
spans = roles_of(found)
simulated = set(found) | {g.party(w)["bin"] for w in (CHAMBER, ACCREDITOR, SECTOR, MINISTRY, EDUCATION, "higher-education-authority")}  # noqa: F405
calendars = new_edition()
g.serve(duty_months=3, answer_wait_ms=0)
the_plan, in_order = plan(found, spans)
check.run(run, in_order, calendars)
check.run(compare, the_plan)
check.equal("the chain is whole", g.then("duties", "verify").returncode, 0)
if check.failed:
    print("\n".join(line for line in g.log().splitlines() if "level=info" not in line and "absent_at_due" not in line)[-3000:])
check.equal("no sanitizer complained", g.stop(), "")
check.finish()
