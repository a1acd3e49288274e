"""Messages become canonical rows (one record each, in streams and alone), what is wrong is said, and what is behind it goes on."""
from kafka import *  # noqa: F403

check = Checks()
b = Broker().start()
g = KafkaFlow(b)


def a_stream_of_records_becomes_rows():
    topic = g.topic(SECTOR, LISTED, 2)
    b.send(topic, items(500, "streamed"), delivery="s-1", partitions=2)
    g.all_kept(topic, 500)
    check.equal("every record is a row", g.psql("select count(*), count(distinct item) from feed.things_listed where title like 'streamed %'"), "500|500")
    check.equal("every message is in one batch", g.psql("select sum(messages), sum(next - first) from nqs.kafka_batch where topic = '%s'" % topic), "500|500")
    check.equal("they are one delivery of many messages", g.psql("select count(*), min(messages), min(state) from nqs.stream"), "1|500|open")
    check.equal("each batch is an envelope", g.psql("select count(*) from nqs.kafka_batch b join nqs.envelope e on e.id = b.envelope where e.source = 'kafka' and e.state = 'settled'"),
                g.psql("select count(*) from nqs.kafka_batch"))


def a_message_without_a_delivery_is_one_of_its_own():
    topic = g.topic(EDUCATION, LISTED)
    b.send(topic, items(20, "alone", 1000))
    g.all_kept(topic, 20)
    check.equal("each is a delivery", g.psql("select count(*) from nqs.envelope e join nqs.kafka_batch b on b.envelope = e.id where topic = '%s' and kind = 'changes' and stream is null" % topic), "20")
    check.equal("each is a row", g.psql("select count(*) from feed.things_listed where title like 'alone %'"), "20")


def forms_of_a_value():
    topic = g.topic(SECTOR, FACTS)
    xml = '<record xmlns="urn:kz:nqs:delivery:1"><code>K</code><item>1</item><title>by XML</title></record>'
    event = {"specversion": "1.0", "id": "1", "source": "/t", "type": "kz.nqs.%s.record" % FACTS, "datacontenttype": "application/json", "nqsperiod": "2026-01",
             "data": {"code": "K", "item": 2, "title": "structured", "tags": ["a", "b"]}}
    whole = '<delivery xmlns="urn:kz:nqs:delivery:1" feed="%s" period="2026-02" kind="facts"><record><code>K</code><item>3</item><title>whole</title></record></delivery>' % FACTS
    b.put(topic, xml, {"content-type": "application/xml", "ce_type": "kz.nqs.%s.record" % FACTS, "ce_nqsperiod": "2026-01"})
    b.put(topic, json.dumps(event), {"content-type": "application/cloudevents+json; charset=utf-8"})
    b.put(topic, whole, {"content-type": "application/xml"})
    b.flush()
    g.all_kept(topic, 3)
    check.equal("XML, a structured event, a whole delivery", g.psql("select string_agg(item || ' ' || title, ', ' order by item) from feed.things_facts"), "1 by XML, 2 structured, 3 whole")
    check.equal("the whole one is an ordinary envelope", g.psql("select format, kind, period from nqs.envelope where kind = 'facts'"), "xml|facts|2026-02")


def what_is_wrong_is_said_and_nothing_behind_it_waits():
    topic = g.topic(EDUCATION, FACTS)
    good, about = {"code": "K", "item": 100, "title": "behind"}, {"ce_type": "kz.nqs.%s.record" % FACTS, "ce_nqsperiod": "2026-01", "ce_nqsdelivery": "poison", "ce_nqskind": "changes"}
    b.put(topic, b"\xff\xfe no JSON", about)
    b.put(topic, None, about)
    b.put(topic, json.dumps({**good, "item": "x"}), about)
    b.put(topic, json.dumps(good), about)
    b.put(topic, json.dumps(good), {**about, "ce_type": "kz.nqs.%s.record" % LISTED})
    b.put(topic, json.dumps(good), {**about, "ce_nqsparty": "000000000000"})
    b.put(topic, json.dumps(good), {k: v for k, v in about.items() if k != "ce_nqsperiod"})
    b.put(topic, json.dumps(good), {**about, "ce_nqsperiod": "2026-13"})
    b.put(topic, "neither", {"content-type": "text/plain"})
    b.put(topic, json.dumps({**good, "item": 101, "title": "last"}), about)
    b.flush()
    g.all_kept(topic, 10)
    check.equal("what is good is there", g.psql("select string_agg(title, ', ' order by item) from feed.things_facts where item >= 100"), "behind, last")
    findings = g.psql("select f.code, f.source from nqs.finding f join nqs.kafka_batch b on b.envelope = f.envelope where b.topic = '%s' order by f.source" % topic)
    check.equal("what cannot be read is a finding with its place", findings.splitlines(), ["bad_record|0@0", "bad_record|0@1", "not_integer|0@2"])
    dead = g.psql("select \"offset\", code from nqs.kafka_dead where topic = '%s' order by 1" % topic)
    check.equal("what belongs to no delivery is put aside", dead.splitlines(), ["4|topic_disagrees", "5|topic_disagrees", "6|period_missing", "7|bad_period", "8|event_unknown"])


def who_may_not_deliver_blocks_nobody():
    topic = g.topic(CHAMBER, LISTED)
    stranger = "nqs.in.999999999999.%s" % LISTED
    b.topic(stranger)
    for t in (topic, stranger):
        b.send(t, items(2, "never"), delivery="no")
    g.all_kept(topic, 2)
    g.all_kept(stranger, 2)
    check.equal("put aside", g.psql("select code, count(*) from nqs.kafka_dead where topic in ('%s', '%s') group by 1 order by 1" % (topic, stranger)), "forbidden|2\nparty_unknown|2")


def killed_with_nine_every_record_is_there_once():
    topic = "nqs.in.%s.%s" % (g.party(SECTOR)["bin"], LISTED)
    before = g.mark(topic)
    total = 6000
    for n in range(6):
        b.send(topic, items(1000, "killed", 100000 + 1000 * n), delivery="k-1", partitions=2)
        if n % 2:
            g.kill()
            g.again()
    g.all_kept(topic, before + total, 90)
    check.equal("every record once", g.psql("select count(*), count(distinct item) from feed.things_listed where title like 'killed %'"), "%d|%d" % (total, total))
    check.equal("no message twice", g.psql("select sum(b.messages) from nqs.kafka_batch b join nqs.stream s on s.id = b.stream where supplier_id = 'k-1'"), str(total))
    check.equal("and none was unchanged, as a repeat would be", g.psql("select coalesce(sum(counts[3]), 0) from nqs.envelope e join nqs.kafka_batch b on b.envelope = e.id where topic = '%s'" % topic), "0")


try:
    g.start()
    for test in (a_stream_of_records_becomes_rows, a_message_without_a_delivery_is_one_of_its_own, forms_of_a_value, what_is_wrong_is_said_and_nothing_behind_it_waits,
                 who_may_not_deliver_blocks_nobody, killed_with_nine_every_record_is_there_once):
        check.run(test)
finally:
    check.equal("no sanitizer complains", g.stop(keep=bool(os.environ.get("NQS_KEEP"))), "")
    b.stop()
check.finish()
