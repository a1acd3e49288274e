"""What must hold of duties whatever comes in which order: the order of deliveries of different parties does not matter, nor how many gateways work them; looked at once more nothing changes;
what is asked for as known at a moment is what was there at that moment. Random weeks, by a seed.

properties.py [SEED]
"""
import concurrent.futures
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from timed import *  # noqa: F403,E402
from checks import Checks  # noqa: E402

seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(10 ** 6)
draw, check = random.Random(seed), Checks()
CENTRES = ["3912400010%d" % n for n in (16, 26, 36, 46, 56, 66, 76, 86)]
SUPPLIERS = {"recognition-results": CENTRES, "recognition-documents": CENTRES, "accredited-centres": [CHAMBER, ACCREDITOR], "centre-founders": [CHAMBER, ACCREDITOR]}  # noqa: F405
PERIODS = ["2026-02", "2026-03", "2026-04"]
# Each after what came before it is worked; the gateway's clock goes on from there.
WINDOWS = ["2026-03-12 10:00", "2026-03-31 23:00", "2026-04-01 00:00:30", "2026-04-15 12:00", "2026-05-04 09:00", "2026-05-20 15:00"]
WORKED = "not exists (select from nqs.queue) and (select ordinal from nqs.deadline) >= (select coalesce(max(ordinal), 0) from nqs.settlement)"
SAID = ("select d.obligation, p.bin, coalesce(d.feed, ''), d.occasion, d.state, d.due_day, d.provisional, (select string_agg(s.verdict || s.provisional, ' ' order by s.id) from nqs.statement s where s.duty = d.id),"
        " (select string_agg(e.kind, ' ' order by e.no) from nqs.duty_event e where e.duty = d.id and e.kind <> 'outage') from nqs.duty d left join nqs.party p on p.id = d.party"
        " where d.occasion not like 'delivery:%' order by 1, 2, 3, 4")      # those are called by the delivery, and whether there was a heartbeat is a matter of how fast the clock goes


def made():
    """What is delivered in each window: (party, feed, period, good); of one party, feed and period at most one a window."""
    def one(window):
        for feed, parties in SUPPLIERS.items():
            for party in parties:
                for period in PERIODS:
                    if period <= window[:7] and draw.random() < 0.25:
                        yield party, feed, period, draw.random() < 0.7
    return [list(one(w)) for w in WINDOWS]


def acts():
    """What people do between windows: approvals, a role that ends, an extension, a waiver; the same in every world."""
    extended, waived = draw.sample(CENTRES[1:], 2)
    return {1: [("law", "approve", "7-5-recognition-results", "--reading", draw.choice("123"))],
            2: [("law", "approve", "7-4-accredited-centres", "--reading", draw.choice("12")), ("extend", extended, "recognition-documents", "2026-03")],
            3: [("role", CENTRES[0]), ("waive", waived, "recognition-documents", "2026-04")],
            4: [("law", "approve", "7-5-recognition-documents", "--reading", draw.choice("123"))]}


def deliver(g, one):
    party, feed, period, good = one
    kind = "nil" if good else "list" if feed in ("accredited-centres", "centre-founders") else "facts"
    answer = g.door.deliver(b"" if good else b'{"no such field": 1}\n', party, "application/x-ndjson", {"feed": feed, "period": period, "kind": kind})
    if answer.status not in (200, 202):
        raise RuntimeError("%s: %r" % (one, answer))


def do(g, act):
    if act[0] == "law":
        done = g.then(*act, "--by", "the test", "--ground", "a test")
        if done.returncode:
            raise RuntimeError(done.stderr)
    elif act[0] == "role":
        done = g.then("party", "role", act[1], "recognition-centre", "--from", "2024-01-01", "--to", "2026-06-30", "--ground", "test")
        if done.returncode:
            raise RuntimeError(done.stderr)
    else:
        d = g.duty(*act[1:])
        if d["state"] in ("open", "overdue"):
            g.then("duty", act[0], str(d["id"]), *(["2026-05-11"] if act[0] == "extend" else []), "--by", "an officer", "--ground", "test")


def settled(g):
    """All is worked, all verdicts that are due are given, and nothing changes any more."""
    until(lambda: g.psql("select %s and not exists (select from nqs.role_queue)" % WORKED) == "t", "all is worked", 120)  # noqa: F405
    last = None                                     # an approval is taken at the station's next look, within a second
    while last != (last := g.psql("select (select max(id) from nqs.statement), (select count(*) from nqs.duty_event), (select max(changed_at) from nqs.duty), (select law from nqs.deadline)")):
        clock.sleep(1.5)  # noqa: F405


def listed(g, **more):
    """Those that this clock has seen begin: before it was put there the gateway of today opened some."""
    ours = set(map(int, g.psql("select id from nqs.duty where opened_at < '2026-10-01'").split()))
    return {d["duty"]: (d["state"], d["due"], d["provisional"]) for d in g.door.pages("/v1/duties", "duties", limit=1000, **more) if d["duty"] in ours}


def live(plan, what_people_do, together):
    """One world; what its duties are at the end, and what they were behind each window. together: many at once, at two gateways."""
    g = Timed(WINDOWS[0])  # noqa: F405
    g.start({"duty_months": 4}, in_force="2026-02-01")
    second = None
    if together:
        second = Beside(g, "second", g.faked)  # noqa: F405
        until(second.answers, "another gateway", 60)  # noqa: F405
    order = random.Random(seed + together)
    seen = []
    for n, window in enumerate(WINDOWS):
        g.at(window)
        for act in what_people_do.get(n, []):
            do(g, act)
        settled(g)
        todo = plan[n][:]
        order.shuffle(todo)
        with concurrent.futures.ThreadPoolExecutor(6 if together else 1) as pool:
            for one in [pool.submit(deliver, second if together and i % 2 else g, one) for i, one in enumerate(todo)]:
                one.result()
        settled(g)
        seen.append((g.now(), listed(g)))
    if second:
        second.stop()
    return g, g.psql(SAID), seen


def order_does_not_matter():
    one, (a, b) = said, (x.splitlines() for x in (said, said_together))
    check.that("there are duties of every state", all(("|%s|" % s) in one for s in ("in_time", "late", "overdue", "open")), one[:500])
    check.equal("one by one, or in another order, many at once and at two gateways: the same is said", [(x, y) for x, y in zip(a, b) if x != y][:2], [])
    check.equal("of the same duties", len(a), len(b))


def as_it_was(g, seen):
    for at, then in seen:
        known = listed(g, as_known_at=at)
        check.equal("as known at %s it is what it was" % at, [(d, was, known.get(d)) for d, was in then.items() if known.get(d) != was][:2], [])
        check.equal("no duty more, no duty less (%s)" % at, set(known) ^ set(then), set())


def looked_at_once_more(g):
    whole = "select md5(string_agg(x::text, '\n' order by x::text)) from %s x"
    tables = ("nqs.duty", "nqs.duty_event", "nqs.statement", "nqs.counterfactual")
    before = [g.psql(whole % t) for t in tables]
    g.beside.stop()
    g.psql("update nqs.deadline set ordinal = 0, law = ''")
    g.psql("insert into nqs.role_queue select id from nqs.party on conflict do nothing")
    g.serve()
    settled(g)
    check.equal("all deliveries, the whole register and all roles looked at once more: not a byte is another", dict(zip(tables, [g.psql(whole % t) for t in tables])), dict(zip(tables, before)))


def always(g):
    """Of every duty, whatever was done."""
    def none(sentence, sql):
        check.equal(sentence, g.psql("select count(*) from nqs.duty d left join lateral (select * from nqs.statement s where s.duty = d.id order by s.id desc limit 1) s on true where " + sql), "0")
    none("a verdict is the last thing said", "d.state in ('in_time', 'late', 'overdue', 'missing', 'waived') and s.verdict is distinct from d.state")
    none("in time is before the time is over", "d.state = 'in_time' and s.moment_at >= s.due_at")
    none("late is not", "d.state = 'late' and s.moment_at < s.due_at")
    none("who was late was said to be overdue first, or something else by another reading", "d.state = 'late' and not exists (select from nqs.statement o where o.duty = d.id and o.id < s.id)")
    none("nothing is overdue before its time", "exists (select from nqs.statement o where o.duty = d.id and o.verdict = 'overdue' and o.at < o.due_at)")
    none("nothing is said twice", "exists (select from nqs.statement o where o.duty = d.id group by o.verdict, o.hash, o.provisional having count(*) > 1)")
    none("every duty began once", "(select count(*) from nqs.duty_event e where e.duty = d.id and e.kind = 'opened') <> 1 and d.state <> 'met'")
    none("what is final rests on an approved reading", "exists (select from nqs.statement o where o.duty = d.id and not o.provisional and not exists (select from nqs.law_approval a where a.hash = o.hash))")
    check.equal("the chain is whole", g.then("duties", "verify").returncode, 0)


print("   seed %d" % seed, flush=True)
the_plan, the_acts = made(), acts()
world, said, history = live(the_plan, the_acts, False)
check.run(as_it_was, world, history)
check.run(always, world)
check.run(looked_at_once_more, world)
check.equal("no sanitizer complained", world.stop(), "")
world, said_together, history = live(the_plan, the_acts, True)
check.run(order_does_not_matter)
check.run(as_it_was, world, history)
check.run(always, world)
check.equal("no sanitizer complained", world.stop(), "")
check.finish()
