"""Whatever dies or stops, and whoever shares the partitions: every message is kept once, every record is there once, and every change goes out.

survive.py [ROUNDS [SEED]]      a harm a round, 5 unless said otherwise
"""
import random
import sys
import threading

from kafka import *  # noqa: F403
from things import Beside

check = Checks()
rounds, seed = [int(n) for n in sys.argv[1:3] + ["5", "391"][len(sys.argv) - 1:]]
b = Broker()
g = KafkaFlow(b)
OUT = "nqs.out." + LISTED
TITLES = {SECTOR: "sector", EDUCATION: "education"}


class Stream(threading.Thread):
    """Sends records of a party and feed until it is told to stop, over all partitions: a hundred at a time in deliveries of 700, or ten at a time that are deliveries of their own."""

    def __init__(self, who, feed, partitions, first, own=False):
        super().__init__(daemon=True)
        self.topic, self.who, self.partitions, self.first = g.topic(who, feed, partitions), who, partitions, first
        self.sent, self.going, self.failed, self.own, self.step = 0, True, None, own, 10 if own else 100

    def run(self):
        try:
            while self.going:
                delivery = None if self.own else "%s-%d" % (TITLES[self.who], self.sent // 700)
                b.send(self.topic, items(self.step, TITLES[self.who], self.first + self.sent), delivery=delivery, first_id=self.sent, partitions=self.partitions)
                self.sent += self.step
                clock.sleep(0.05)
        except Exception as e:
            self.failed = repr(e)

    def end(self):
        self.going = False
        self.join(120)
        check.equal("all of %s was sent" % self.topic, self.failed, None)


def each_once(stream):
    """All that was sent is kept and worked; no message is kept twice, no record seen twice."""
    g.all_kept(stream.topic, stream.sent, 120)
    title, feed = TITLES[stream.who], stream.topic.rsplit(".", 1)[1].replace("-", "_")
    check.equal("every record of %s once" % title, g.psql("select count(*), count(distinct item) from feed.%s where title like '%s %%'" % (feed, title)), "%d|%d" % (stream.sent, stream.sent))
    check.equal("every message of %s once" % title, g.psql("select sum(messages), sum(next - first) from nqs.kafka_batch where topic = '%s'" % stream.topic), "%d|%d" % (stream.sent, stream.sent))
    gaps = """select count(*) from (select first, lag(next, 1, 0::bigint) over (partition by partition order by first) as before from nqs.kafka_batch where topic = '%s') x
              where first <> before"""
    check.equal("batches of %s touch each other" % title, g.psql(gaps % stream.topic), "0")
    again = "select coalesce(sum(counts[3]), 0), count(*) filter (where state <> 'settled') from nqs.envelope e join nqs.kafka_batch b on b.envelope = e.id where topic = '%s'"
    check.equal("no record of %s came to work twice" % title, g.psql(again % stream.topic), "0|0")


def every_change_is_out(stream):
    """Of every record at least one event; of each key in the order of their sequence, and a repeat is the same event."""
    left = int(g.psql("select count(*) from nqs.outbox where route = 'listed'"))
    while left:                                         # however much it is, it becomes less
        left = int(until(lambda: (n := g.psql("select count(*) from nqs.outbox where route = 'listed'")) and int(n) < left and n,
                         "less than %d parcels wait: %s" % (left, g.psql("select id, attempts, next_at, error from nqs.outbox where route = 'listed' order by id limit 2")), 120))
    seen, last, wrong = {}, {}, []
    for m in b.everything(OUT):
        headers = {k: v.decode() for k, v in m.headers()}
        if m.value() and json.loads(m.value())["title"].startswith(TITLES[stream.who] + " "):
            known = seen.setdefault(headers["ce_id"], (m.key(), headers["ce_sequence"], m.value()))
            wrong += [] if known == (m.key(), headers["ce_sequence"], m.value()) else [headers["ce_id"]]
            wrong += [m.key()] if headers["ce_sequence"] < last.get(m.key(), "") else []
            last[m.key()] = headers["ce_sequence"]
    check.equal("every record is out, as one event, none before an older one of its key", (len(seen), len(last), wrong[:3]), (stream.sent, stream.sent, []))


def held_partitions():
    """How many partitions each process says it has, by the log of all."""
    return len([line for line in g.log().splitlines() if "event=kafka_partitions given=" in line])


def whatever_dies_every_record_is_there_once():
    """Two processes; kill -9 of either, of the broker and of PostgreSQL in random order, and one stopped for longer than its session."""
    draw = random.Random(seed)
    streams = [Stream(SECTOR, LISTED, 3, 0), Stream(EDUCATION, FACTS, 2, 0, own=True)]
    until(lambda: held_partitions() >= 1, "the group")
    second = Beside(g, "second")
    until(second.answers, "the other gateway")
    until(lambda: held_partitions() >= 3, "both are in the group")
    for s in streams:
        s.start()

    def gateway_killed():
        g.kill()
        clock.sleep(draw.random())
        g.again()

    def broker_killed():
        b.kill()
        b.again()

    def postgresql_killed():
        g.pg_ctl("stop", "-m", "immediate")
        clock.sleep(draw.random() * 2)
        g.pg_ctl("start")

    def stopped_beyond_its_session():
        second.send(signal.SIGSTOP)
        clock.sleep(8)
        second.send(signal.SIGCONT)

    harms = [gateway_killed, broker_killed, postgresql_killed, second.kill, stopped_beyond_its_session]
    for n in range(rounds):
        if n % len(harms) == 0:
            draw.shuffle(harms)
        harm = harms[n % len(harms)]
        harm()
        print("   round %d: %s" % (n + 1, harm.__name__), flush=True)
        before = [s.sent for s in streams]
        until(lambda: all(g.mark(s.topic) > n for s, n in zip(streams, before)), "it goes on after " + harm.__name__, 90)
    for s in streams:
        s.end()
    for s in streams:
        each_once(s)
    every_change_is_out(streams[0])
    second.stop()


def a_new_topic_is_picked_up():
    topic = g.topic(EDUCATION, LISTED)
    b.send(topic, items(10, "new", 500000000), delivery="n-1")
    g.all_kept(topic, 10, 30)
    check.equal("its records are there", g.psql("select count(*) from feed.things_listed where title like 'new %'"), "10")


def whoever_comes_late_keeps_nothing():
    """Somebody else moves the mark while a batch is in hand: what we have is not kept, and we go on from where the mark is."""
    topic = "nqs.in.%s.%s" % (g.party(EDUCATION)["bin"], LISTED)
    g.quit()
    g.settings["kafka"]["batch_ms"] = 4000
    g.again()
    b.send(topic, items(5, "late", 600000000), delivery="l-1")
    until(lambda: "kafka_partitions given=" in g.log(), "the group")
    g.psql("update nqs.kafka_mark set next = next + 5 where topic = '%s'" % topic)
    b.send(topic, items(5, "after", 600000100), delivery="l-2")
    g.all_kept(topic, 20, 60)
    check.equal("what somebody else kept is not kept again", g.psql("select count(*) filter (where title like 'late %'), count(*) filter (where title like 'after %') from feed.things_listed"), "0|5")


try:
    both_start(b, g, settings={"publications": [{"name": "listed", "feed": LISTED, "retry_seconds": 1, "kafka": {"timeout_seconds": 5}}]})
    b.topic(OUT, 2)
    for test in (whatever_dies_every_record_is_there_once, a_new_topic_is_picked_up, whoever_comes_late_keeps_nothing):
        check.run(test)
    if check.failed:
        print("\n".join(line for line in g.log().splitlines() if "kafka" in line)[-6000:])
finally:
    check.equal("no sanitizer complains", g.stop(keep=bool(os.environ.get("NQS_KEEP"))), "")
    b.stop()
check.finish()
