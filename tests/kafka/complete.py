"""A delivery of many messages ends when its end has come and all that it counts are there, over all partitions; before that it is open, and can be seen."""
from kafka import *  # noqa: F403

check = Checks()
b = Broker().start()
g = KafkaFlow(b)


def state(delivery):
    return g.psql("select state, messages, expected, counted from nqs.stream where supplier_id = '%s'" % delivery)


def head(delivery):
    """The protocol of a complete delivery."""
    return g.wait_done(g.psql("select head from nqs.stream where supplier_id = '%s'" % delivery))


def complete(delivery):
    until(lambda: state(delivery).startswith("complete"), delivery + " complete")
    return head(delivery)


def a_list_is_worked_when_it_is_complete():
    topic = g.topic(SECTOR, LISTED, 2)
    b.send(topic, items(10, "first"), delivery="list-1", kind="list", partitions=2)
    b.end(topic, 10, "list-1", kind="list", partition=0)
    p = complete("list-1")
    check.equal("all its records are in one settlement", (p["state"], p["records"], p["outcomes"]["new"]), ("settled", 10, 10))
    b.send(topic, items(9, "second"), delivery="list-2", kind="list", partitions=2)
    g.all_kept(topic, 20)
    check.equal("nothing of it is seen before its end", g.psql("select count(*) from feed.things_listed where title like 'second %'"), "0")
    check.equal("it is open, and it is known what is there", state("list-2"), "open|9||")
    b.end(topic, 9, "list-2", kind="list", partition=1)
    p = complete("list-2")
    check.equal("what it lacks is asked about", ([f["code"] for f in g.findings(p)], g.psql("select count(*) from feed.things_listed")), (["reconcile"], "10"))


def what_is_missing_keeps_it_open_and_repeats_do_not_count():
    topic = "nqs.in.%s.%s" % (g.party(SECTOR)["bin"], LISTED)
    kept = g.mark(topic)
    b.end(topic, 5, "late-1", partition=0)
    b.send(topic, items(4, "early", 100), delivery="late-1", partitions=2)
    b.send(topic, items(4, "early", 100), delivery="late-1", partitions=2)
    g.all_kept(topic, kept + 9)
    until(lambda: state("late-1") == "open|8|5|4", "it is counted")
    check.equal("eight messages, four records: it is open", state("late-1"), "open|8|5|4")
    check.equal("those that came are worked all the same", g.psql("select count(*) from feed.things_listed where title like 'early %'"), "4")
    b.send(topic, items(1, "early", 104), delivery="late-1", first_id=4)
    check.equal("the last one completes it", complete("late-1")["state"], "settled")
    b.send(topic, items(1, "too late", 105), delivery="late-1", first_id=5)
    g.all_kept(topic, kept + 11)
    check.equal("what comes then is put aside", g.psql("select code from nqs.kafka_dead"), "stream_complete")


def a_correction_of_facts_withdraws_what_it_lacks():
    topic = g.topic(SECTOR, FACTS, 2)
    for n, count in (("f-1", 6), ("f-2", 4)):
        b.send(topic, items(count, n), delivery=n, kind="facts", partitions=2)
        b.end(topic, count, n, kind="facts")
        p = complete(n)
    check.equal("withdrawn", (p["outcomes"]["changed"], sorted(g.titles(FACTS))), (4, [0, 1, 2, 3]))


def all_or_nothing():
    topic = g.topic(SECTOR, EDITION, 2)
    b.send(topic, items(5, "whole") + [{"code": "K", "item": 5}], delivery="e-1", kind="edition", partitions=2)
    b.end(topic, 6, "e-1", kind="edition")
    check.equal("one bad record refuses it", complete("e-1")["state"], "refused")
    check.equal("nothing is there", g.psql("select count(*) from feed.things_edition"), "0")
    b.send(topic, items(6, "whole"), delivery="e-2", kind="edition", partitions=2)
    b.end(topic, 6, "e-2", kind="edition")
    check.equal("all of the next is", (complete("e-2")["state"], g.psql("select count(*) from feed.things_edition")), ("settled", "6"))


try:
    g.start()
    for test in (a_list_is_worked_when_it_is_complete, what_is_missing_keeps_it_open_and_repeats_do_not_count, a_correction_of_facts_withdraws_what_it_lacks, all_or_nothing):
        check.run(test)
    if check.failed:
        print(g.log()[-5000:])
finally:
    check.equal("no sanitizer complains", g.stop(keep=bool(os.environ.get("NQS_KEEP"))), "")
    b.stop()
check.finish()
