"""Rounds in which everything is killed: two gateways on one database and twenty clients; kill -9 of a gateway and pg_ctl stop -m immediate at random moments.
After each round every acknowledged delivery is there exactly once and the history is consistent (invariants.py); its seed is printed.

kill.py [--rounds N] [--seed N] [--large-every N] [--name NAME] [--so-far "GOOD BAD"]
    --seed N          this round only
    --large-every N   every n-th round has a delivery of 30 MB among the others; 0: none
    --name NAME       rounds done are remembered (tests/lib/resume.py), so that a run that was stopped goes on
    --so-far          rounds of earlier runs, for the sum
"""
import argparse
import signal

from load import *  # noqa: F403
from things import *  # noqa: F403
import invariants
from checks import Checks
from resume import Done

ACKNOWLEDGED_S, WORKED_S = 120, 120
FRESH = 25              # rounds on one database: what must hold is asked of all that is in it


class Round:
    def __init__(self, g, gateways, seed, large):
        self.g, self.gateways, self.seed = g, gateways, seed
        self.plan = Plan(seed, LARGE_MB if large else 0)
        self.draw = random.Random("events of %s" % seed)
        self.kills, self.stops = 0, 0

    # An envelope that takes three workers with it is set aside, and rightly so: two kills a round are what an innocent one survives.
    def events(self):
        """[(how many are acknowledged then, what happens)], in order."""
        who = [self.draw.choice(((0,), (1,), (0, 1))) for _ in range(2)]
        what = [lambda: self.kill(who[0]), lambda: self.kill(who[1]), self.postgresql]
        self.draw.shuffle(what)
        return list(zip(sorted(int(self.draw.random() * (len(self.plan.all) + 1)) for _ in what), what))

    def kill(self, which):
        for i in which:
            self.gateways[i].kill()
            self.kills += 1

    def postgresql(self):
        self.g.pg_ctl("stop", "-m", "immediate")
        self.g.pg_ctl("start")
        self.stops += 1

    def deliver(self):
        doors = [b.door for b in self.gateways]
        until_all = [threading.Thread(target=client, args=(deliveries, doors, random.Random("%s %d" % (self.seed, i))))
                     for i, deliveries in enumerate(self.plan.clients)]
        for t in until_all:
            t.start()
        for n, happens in self.events():
            while self.acknowledged() < n and any(t.is_alive() for t in until_all):
                clock.sleep(0.005)
            clock.sleep(self.draw.random() * 0.1)
            happens()
        for t in until_all:
            t.join()

    def acknowledged(self):
        return sum(d.receipt is not None for d in self.plan.all)

    def sweep(self):
        """What was torn off is old now; a gateway that starts sweeps at once."""
        self.g.psql("update nqs.upload set seen_at = seen_at - interval '1 day'")
        before = [len(b.ends) for b in self.gateways]
        for b in self.gateways:
            b.send(signal.SIGTERM)
        for b, n in zip(self.gateways, before):
            until(lambda: len(b.ends) > n and b.answers(), "a gateway again", 60)
        until(lambda: self.g.psql("select count(*) from nqs.upload") == "0", "the sweep", 30)
        return [b.ends[n] for b, n in zip(self.gateways, before)]

    def run(self, check):
        since = invariants.marks(self.g)
        self.deliver()
        check.equal("nothing but 503 until it was acknowledged", [odd for d in self.plan.all for odd in d.odd][:3], [])
        check.equal("no client ended before its time", self.acknowledged(), len(self.plan.all))
        until(lambda: self.g.psql("select count(*) from nqs.queue") == "0", "all worked", WORKED_S)
        check.equal("both stop as they should", self.sweep(), [0, 0])
        invariants.database(self.g, check, since)
        invariants.deliveries(self.g, check, since, self.plan)
        self.repeat(check, since)

    def repeat(self, check, since):
        """Each once more: the first receipt, byte for byte, and nothing new. Of some the bytes themselves are asked for."""
        doors = [b.door for b in self.gateways]
        for d in self.plan.all:
            if d.receipt:
                check.equal(d.name + ": a repeat gets the first receipt", d.send(self.draw.choice(doors)), d.receipt)
        check.equal("repeats add nothing", self.g.psql("select count(*) from nqs.envelope where number > %s" % since["number"]), str(len(self.plan.all)))
        plain = [d for d in self.plan.all if not d.over_soap and d.receipt]
        for d in {plain[0], plain[-1], max(plain, key=lambda p: len(p.body)), self.draw.choice(plain)}:
            got = doors[0].get("/v1/deliveries/%s/content" % d.id, by=d.by)
            check.that(d.name + ": its bytes are as they were sent", got.status == 200 and got.body == d.body, got.status)


def client(deliveries, doors, draw):
    for d in deliveries:
        d.until_acknowledged(doors, draw, ACKNOWLEDGED_S)
        if d.receipt and draw.random() < 0.1:                    # asked again while others still deliver, and all is being killed
            again = Delivery.__new__(Delivery)
            again.__dict__.update(d.__dict__, receipt=None, odd=[])
            again.until_acknowledged(doors, draw, ACKNOWLEDGED_S)
            d.odd += again.odd if again.receipt == d.receipt else again.odd + ["%s: another receipt: %r" % (d.name, again.receipt)]


def one_round(r, check, number):
    begun, failed = clock.monotonic(), check.failed
    try:
        r.run(check)
    except Exception as e:
        check.that("the round came to its end", False, repr(e))
    took, bad = clock.monotonic() - begun, check.failed - failed
    tries = sum(d.tries for d in r.plan.all)
    check.say("round %d  seed %d  %.1f s  %d kills, %d stops  %d deliveries, %d attempts  %s" % (
        number, r.seed, took, r.kills, r.stops, r.acknowledged(), tries, "FAIL" if bad else "ok"))
    return {"seed": r.seed, "bad": bad, "kills": r.kills, "stops": r.stops, "deliveries": r.acknowledged(), "took": took}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seed", type=int)
    p.add_argument("--large-every", type=int, default=4)
    p.add_argument("--name")
    p.add_argument("--so-far")
    options = p.parse_args()
    check, done = Checks(), Done(options.name) if options.name else None
    rounds = done and done.get("rounds") or []
    wanted = 1 if options.seed is not None else options.rounds
    while len(rounds) < wanted and not (rounds and rounds[-1]["bad"]):
        on_one_database(options, check, done, rounds, min(wanted, len(rounds) + FRESH))
    report(rounds, options.so_far and [int(n) for n in options.so_far.split()])
    if done:
        done.finish()
    check.finish()


def on_one_database(options, check, done, rounds, upto):
    g = Flow().start({"answer_wait_ms": 100})
    g.kill()                                                  # only its folder, its parties and its PostgreSQL are wanted
    gateways = [Beside(g, name) for name in ("first", "second")]
    for b in gateways:
        until(b.answers, "a gateway", 60)
    while len(rounds) < upto:
        seed = options.seed if options.seed is not None else random.randrange(1 << 32)
        large = options.seed is not None or (options.large_every and len(rounds) % options.large_every == options.large_every // 2)
        rounds.append(one_round(Round(g, gateways, seed, large), check, len(rounds) + 1))
        if done:
            done.keep("rounds", rounds)
        if rounds[-1]["bad"]:                                 # what it left would spoil the next
            (ROOT / "build/log").mkdir(parents=True, exist_ok=True)
            shutil.copy(g.folder / "gateway.log", ROOT / "build/log" / ("kill-%d.log" % seed))
            break
    said = g.stop()
    check.equal("no sanitizer complained", said, "")


def report(rounds, so_far):
    total = {k: sum(r[k] for r in rounds) for k in ("kills", "stops", "deliveries", "took")}
    good = sum(not r["bad"] for r in rounds)
    print("   %d rounds good, %d bad%s  %d kills, %d stops of PostgreSQL, %d deliveries acknowledged, %.1f s a round" % (
        good, len(rounds) - good, "".join(" (seed %d)" % r["seed"] for r in rounds if r["bad"]), total["kills"], total["stops"], total["deliveries"],
        total["took"] / max(1, len(rounds))))
    if so_far:
        print("   in all %d rounds good, %d bad" % (so_far[0] + good, so_far[1] + len(rounds) - good))


if __name__ == "__main__":
    main()
