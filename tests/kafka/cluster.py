"""Three brokers, one of them killed under load: nothing is lost or doubled, in or out."""
import threading

from kafka import *  # noqa: F403

check = Checks()
b = Broker()
g = KafkaFlow(b)
OUT = "nqs.out." + FACTS
MANY, AT_ONCE = 6000, 200


def one_of_three_is_killed_under_load():
    topic = g.topic(SECTOR, FACTS, 3)
    b.topic(OUT, 3)
    sender = threading.Thread(target=lambda: [b.send(topic, items(AT_ONCE, "three", n), delivery="c-1", first_id=n, partitions=3) or clock.sleep(0.1) for n in range(0, MANY, AT_ONCE)])
    sender.start()
    until(lambda: g.mark(topic) > MANY // 6, "some of it is kept")
    b.node(2, "kill")
    sender.join(120)
    check.equal("the supplier could send all of it", (sender.is_alive(), b.errors), (False, []))
    b.end(topic, MANY, "c-1")
    g.all_kept(topic, MANY + 1, 90)
    until(lambda: g.psql("select state from nqs.stream where supplier_id = 'c-1'") == "complete", "its delivery is complete", 30)
    check.equal("every record once", g.psql("select count(*), count(distinct item) from feed.things_facts where title like 'three %'"), "%d|%d" % (MANY, MANY))
    p = g.wait_done(g.psql("select head from nqs.stream where supplier_id = 'c-1'"))
    check.equal("none of them came to work twice", (p["records"], p["outcomes"]["new"]), (MANY, MANY))
    until(lambda: g.psql("select not exists (select from nqs.outbox where route = 'facts')") == "t", "all is out", 90)
    out = {m.key() for m in b.everything(OUT)}
    check.equal("every change is out", len(out), MANY)
    b.node(2, "start")
    b.send(topic, items(3, "after", 90000), delivery="c-2")
    g.all_kept(topic, MANY + 4, 60)


try:
    b.start_three()
    g.start({"publications": [{"name": "facts", "feed": FACTS, "retry_seconds": 1, "kafka": {"timeout_seconds": 5}}]})
    check.run(one_of_three_is_killed_under_load)
    if check.failed:
        print("\n".join(line for line in g.log().splitlines() if "kafka" in line)[-6000:])
finally:
    check.equal("no sanitizer complains", g.stop(), "")
    b.stop()
check.finish()
