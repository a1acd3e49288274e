"""Duties whose deliveries come by Kafka, on the clock of the test: no verdict before a topic was read up to the due moment; a delivery of many messages counts when the last of them is there."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "duties"))
from kafka import *  # noqa: F403,E402
from timed import Timed  # noqa: E402

check = Checks()


class TimedKafka(Timed, KafkaFlow):
    """A gateway that reads from a broker, on the clock of the test. Nothing goes out: while a clock jumps librdkafka gives a client up that is just being made."""

    def __init__(self, broker, since):
        KafkaFlow.__init__(self, broker, protocols="none", dead="none")
        self.since = since


REGISTER = """obligations:
  - id: test-things
    norm: {act: "Test", edition: "2026-01-01", paragraph: "1"}
    quote: "things, monthly"
    quoted_from: facts
    debtor: {each_of: [sector-body, education-authority]}
    creditor: national-body
    feed: things-listed
    recurs: month
    readings:
      - id: "1"
        due: {end_of: period, plus: 0 calendar days}
        decides: last_byte
        closes: never
        why: "A test."
"""
b = Broker()
g = TimedKafka(b, "2026-03-30 12:00")


def held(who, period):
    return until(lambda: g.duty(who, LISTED, period)["held"], "%s %s is held up" % (who, period), 30)


def no_verdict_before_the_topic_was_read():
    """The broker is away when March ends; who has no topic is told at once."""
    topic = g.topic(SECTOR, LISTED, 2)
    until(lambda: g.psql("select count(*) from nqs.kafka_mark where topic = '%s' and read_at is not null" % topic) == "2", "it is known to be read")
    b.kill()
    g.at("2026-04-01 00:00:05")
    g.becomes("overdue", EDUCATION, LISTED, "2026-03")
    check.equal("no verdict where nothing may have been read yet", (held(SECTOR, "2026-03"), g.duty(SECTOR, LISTED, "2026-03")["state"]), ("kafka_not_read", "open"))
    b.again()
    d = g.becomes("overdue", SECTOR, LISTED, "2026-03", seconds=60)
    check.equal("it is given when all is read", (g.verdicts(d), [e["kind"] for e in g.events(d) if e["kind"] == "source_outage"]), (["overdue, provisional"], []))


def many_messages_count_when_the_last_is_there():
    topic = g.topic(SECTOR, LISTED, 2)
    for who, period, delivery in ((SECTOR, "2026-04", "in-time"), (SECTOR, "2026-05", "late")):
        before = g.mark(topic)
        until(lambda: g.duty(who, LISTED, period), "its duty")
        g.at({"2026-04": "2026-04-30 12:00", "2026-05": "2026-06-01 12:00"}[period])        # 31 May is a Sunday: due at the end of Monday
        b.send(topic, items(3, delivery), delivery=delivery, period=period)
        g.all_kept(topic, before + 3)
        check.equal("a part of it settles nothing", g.duty(who, LISTED, period)["state"], "open")
        if delivery == "late":
            g.at("2026-06-02 00:00:05")
            check.equal("while it is open there is no verdict", held(who, period), "open_delivery")
        b.send(topic, items(1, delivery, 3), delivery=delivery, period=period, first_id=3)
        b.end(topic, 4, delivery, period=period)
        d = g.becomes("late" if delivery == "late" else "in_time", who, LISTED, period, seconds=30)
        head = g.psql("select head from nqs.stream where supplier_id = '%s'" % delivery)
        check.equal("its end is what settles", g.said(d)[-1]["envelope"], head)
        check.equal("by the moment of the last that was needed", g.said(d)[-1]["moment_at"][:13], {"in-time": "2026-04-30T07", "late": "2026-06-01T19"}[delivery])
        shown = g.door.get("/v1/duties/%d" % d["id"], by=NATIONAL).json
        check.equal("and stands there as one delivery", [x["delivery"] for x in shown["deliveries"]], [head])


def a_verdict_does_not_wait_for_ever():
    b.kill()
    g.at("2026-07-01 00:00:05")
    check.equal("for a day it waits", held(SECTOR, "2026-06"), "kafka_not_read")
    g.at("2026-07-02 00:00:05")
    d = g.becomes("overdue", SECTOR, LISTED, "2026-06", seconds=30)
    said = [e["detail"]["unread"] for e in g.events(d) if e["kind"] == "source_outage"]
    check.that("then the duty says what was not read, and up to when it was", len(said) == 1 and sorted(u["partition"] for u in said[0]) == [0, 1] and all(u["read_at"] < "2026-06-30T19" for u in said[0]), said)


try:
    (g.folder / "register.yaml").write_text(REGISTER)
    both_start(b, g, settings={"obligations": str(g.folder / "register.yaml")})
    for test in (no_verdict_before_the_topic_was_read, many_messages_count_when_the_last_is_there, a_verdict_does_not_wait_for_ever):
        check.run(test)
    if check.failed:
        print(g.log()[-5000:])
finally:
    # Under a faked clock librdkafka 2.0 may give a client up whose thread is only just starting, and uses it after that; the process is then begun again.
    said = g.stop()
    check.equal("no sanitizer complains", said if "background thread(s) to initialize" not in said else "", "")
    b.stop()
check.finish()
