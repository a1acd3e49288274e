"""Messages become canonical rows, one record each, in streams and alone; what is wrong is said, and what is behind it goes on. A delivery of many messages ends when its end has come and
all that it counts are there, over all partitions; before that it is open, and can be seen."""
import urllib.parse
from kafka import *  # noqa: F403

check = Checks()
b = Broker()
g = KafkaFlow(b)


def a_stream_of_records_becomes_rows():
    topic = g.topic(SECTOR, LISTED, 2)
    kept = g.mark(topic)
    b.send(topic, items(500, "streamed", 20000), delivery="s-1", partitions=2)
    g.all_kept(topic, kept + 500)
    check.equal("every record is a row", g.psql("select count(*), count(distinct item) from feed.things_listed where title like 'streamed %'"), "500|500")
    check.equal("every message is in one batch", g.psql("select sum(b.messages), sum(next - first) from nqs.kafka_batch b join nqs.stream s on s.id = b.stream where supplier_id = 's-1'"), "500|500")
    check.equal("they are one delivery of many messages", state("s-1"), "open|500||")
    check.equal("each batch is an envelope", g.psql("select count(*) from nqs.kafka_batch b join nqs.envelope e on e.id = b.envelope join nqs.stream s on s.id = b.stream where e.source = 'kafka'"
                                                " and e.state = 'settled' and supplier_id = 's-1'"), g.psql("select count(*) from nqs.kafka_batch b join nqs.stream s on s.id = b.stream where supplier_id = 's-1'"))


def a_message_without_a_delivery_is_one_of_its_own():
    topic = g.topic(EDUCATION, LISTED)
    b.send(topic, items(19, "alone", 1000))
    b.put(topic, json.dumps({"code": "K", "item": 1019, "title": "nobody's"}), {"ce_type": "kz.nqs.%s.record" % LISTED, "ce_nqsperiod": "2026-01", "ce_nqsmapping": "no-such"})
    b.send(topic, items(1, "alone", 1019))
    g.all_kept(topic, 21)
    check.equal("each is a delivery", g.psql("select count(*) from nqs.envelope e join nqs.kafka_batch b on b.envelope = e.id where topic = '%s' and kind = 'changes' and stream is null" % topic), "20")
    check.equal("what cannot be one is put aside", g.psql("select \"offset\", code from nqs.kafka_dead where topic = '%s'" % topic), "19|mapping_unknown")
    check.equal("each is a row", g.psql("select count(*) from feed.things_listed where title like 'alone %'"), "20")


def forms_of_a_value():
    topic = g.topic(SECTOR, FACTS, 2)
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


def a_format_of_the_suppliers_own_goes_through_its_mapping():
    topic = g.topic(SECTOR, LISTED, 2)
    kept = g.mark(topic)
    about = {"ce_type": "kz.nqs.%s.record" % LISTED, "ce_nqsperiod": "2026-01", "ce_nqsdelivery": "own-1", "ce_nqskind": "changes", "ce_nqsmapping": "things-own"}
    b.put(topic, json.dumps({"thing": {"key": "K", "no": 900, "called": "mapped one"}}), about, None, 0)
    b.put(topic, json.dumps({"thing": {"key": "K", "no": "nine", "called": "mapped bad"}}), about, None, 0)
    b.put(topic, json.dumps({"thing": {"key": "K", "no": 901, "called": "mapped two"}}), about, None, 0)
    b.flush()
    g.all_kept(topic, kept + 3)
    check.equal("its records are rows", g.psql("select string_agg(item || ' ' || title, ', ' order by item) from feed.things_listed where title like 'mapped %'"), "900 mapped one, 901 mapped two")
    found = g.psql("select f.code, f.source from nqs.finding f join nqs.kafka_batch b on b.envelope = f.envelope join nqs.stream s on s.id = b.stream where supplier_id = 'own-1'")
    check.that("a finding says which message, and where in it", found.startswith("not_integer|0@") and found.endswith(" thing.no"), found)


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


def a_message_larger_than_any_record_is_put_aside():
    topic = g.topic(CHAMBER, FACTS, max_message_bytes=95000000)
    about = {"ce_type": "kz.nqs.%s.record" % FACTS, "ce_nqsperiod": "2026-01"}
    b.put(topic, os.urandom(75 << 20), about)
    b.flush(120)
    g.all_kept(topic, 1)
    check.equal("its bytes are kept", g.psql("select code, (select sum(length(b)) from unnest(bytes) b) > 75 * 1048576 from nqs.kafka_dead where topic = '%s' order by \"offset\"" % topic), "too_large|t")
    b.send(topic, items(1, "behind", 1), delivery="big")
    g.all_kept(topic, 2)


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


def the_database_away_for_longer_than_a_session():
    """Reading pauses, the group is not left, and it goes on by itself."""
    topic = g.topic(SECTOR, LISTED, 2)
    until(lambda: g.log().count("event=kafka_partitions") > 0, "the group")
    before, kept = g.log().count("event=kafka_partitions"), g.mark(topic)
    g.pg_ctl("stop", "-m", "immediate")
    b.send(topic, items(10, "meanwhile", 8000), delivery="away", partitions=2)
    clock.sleep(9)                                       # a session is 6 seconds here
    g.pg_ctl("start")
    g.all_kept(topic, kept + 10, 60)
    check.equal("every record is there", g.psql("select count(*) from feed.things_listed where title like 'meanwhile %'"), "10")
    check.equal("and no partition was given or taken", g.log().count("event=kafka_partitions"), before)


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
    check.equal("what comes then is put aside", g.psql("select code from nqs.kafka_dead where topic = '%s'" % topic), "stream_complete")


def the_end_speaks_for_what_was_worked_as_it_came():
    """Its protocol sums up the batches, which its findings and outcomes are looked up in. It waits for them to be worked."""
    topic = g.topic(EDUCATION, LISTED)
    kept = g.mark(topic)
    bad = [{"code": "K", "item": "x%d" % n, "title": "no number"} for n in range(30)]
    b.send(topic, items(3, "summed", 3000), delivery="sum-1")
    b.send(topic, items(2, "other", 3100), delivery="sum-2")
    b.send(topic, bad + items(2, "summed", 3003), delivery="sum-1", first_id=3)
    g.all_kept(topic, kept + 37)
    b.send(topic, [{"code": "K", "item": "y", "title": "no number"}] + items(1, "summed", 3005), delivery="sum-1", first_id=35)
    b.end(topic, 37, "sum-1")
    p = complete("sum-1")
    batches = g.psql("select count(*) from nqs.kafka_batch b join nqs.stream s on s.id = b.stream where supplier_id = 'sum-1' and b.envelope <> s.head")
    check.that("it came in several batches", int(batches) >= 3, batches)
    check.equal("the protocol counts all of it", (p["records"], p["outcomes"]["new"], p["outcomes"]["refused"], p["findings_total"]), (37, 6, 31, 31))
    check.equal("and the row is the end's", g.psql("select e.counts, e.findings from nqs.envelope e join nqs.stream s on s.head = e.id where supplier_id = 'sum-1'"), "{6,0,0,0,0,31}|31")
    found, each = pages(p, "findings", "findings"), pages(p, "outcomes", "each")
    check.equal("its findings are those of all batches, in their order", [f["source"] for f in found], ["0@%d" % (kept + 5 + n) for n in range(30)] + ["0@%d" % (kept + 37)])
    check.equal("so are its outcomes", each, ["new"] * 3 + ["refused"] * 30 + ["new"] * 2 + ["refused", "new"])


def batches_that_wait_are_settled_together():
    topic = g.topic(EDUCATION, LISTED)
    kept = g.mark(topic)
    with g.holding(EDUCATION, LISTED):
        for n in range(3):
            b.send(topic, items(4, "together", 4000 + 4 * n), delivery="joined", first_id=4 * n)
            until(lambda: g.mark(topic) == kept + 4 * (n + 1), "a batch is kept before the next one is sent")
    g.all_kept(topic, kept + 12)
    came = g.psql("select count(*), count(distinct e.settlement), bool_and(e.state = 'settled') from nqs.envelope e join nqs.kafka_batch b on b.envelope = e.id join nqs.stream s on s.id = b.stream"
                  " where s.supplier_id = 'joined'")
    check.that("several batches, one settlement", int(came.split("|")[0]) >= 3 and came.endswith("|1|t"), came)


def pages(delivery, what, key):
    """All of a list of a delivery, a few at a time."""
    all, next = [], ""
    for _ in range(100):
        page = g.get("/v1/deliveries/%s/%s?limit=7%s" % (delivery["delivery"], what, next), by=NATIONAL).json
        all += page[key]
        if not page["next"]:
            return all
        next = "&cursor=" + urllib.parse.quote(page["next"])


def a_correction_of_facts_withdraws_what_it_lacks():
    topic = g.topic(SECTOR, FACTS, 2)
    for n, count in (("f-1", 6), ("f-2", 4)):
        b.send(topic, items(count, n, 200), delivery=n, kind="facts", partitions=2)
        b.end(topic, count, n, kind="facts")
        p = complete(n)
    check.equal("withdrawn", (p["outcomes"]["changed"], [k for k in sorted(g.titles(FACTS)) if k >= 200]), (4, [200, 201, 202, 203]))


def all_or_nothing():
    topic = g.topic(SECTOR, EDITION, 2)
    b.send(topic, items(5, "whole") + [{"code": "K", "item": 5}], delivery="e-1", kind="edition", partitions=2)
    b.end(topic, 6, "e-1", kind="edition")
    check.equal("one bad record refuses it", complete("e-1")["state"], "refused")
    check.equal("nothing is there", g.psql("select count(*) from feed.things_edition"), "0")
    b.send(topic, items(6, "whole"), delivery="e-2", kind="edition", partitions=2)
    b.end(topic, 6, "e-2", kind="edition")
    check.equal("all of the next is", (complete("e-2")["state"], g.psql("select count(*) from feed.things_edition")), ("settled", "6"))


def the_administrator_acknowledges_by_topic():
    settled = [g.settle(FACTS, "2026-03", "facts", [{"code": "K", "item": 7000 + n, "title": "handed over"}])["delivery"] for n in range(2)]
    topic, other = g.topic("administrator", "acknowledgements"), g.topic(NATIONAL, "acknowledgements")
    event = {"specversion": "1.0", "id": "1", "source": "/a", "type": "kz.nqs.delivery.acknowledged", "data": {"delivery": settled[1], "records": 1}}
    b.put(topic, json.dumps({"delivery": settled[0], "records": 1}), {})
    b.put(topic, "no JSON", {})
    b.put(topic, json.dumps({"delivery": settled[0]}), {})
    b.put(topic, json.dumps({"delivery": settled[0], "records": 1}), {})
    b.put(topic, json.dumps(event), {"content-type": "application/cloudevents+json"})
    b.put(topic, json.dumps({"delivery": settled[0], "records": 2}), {})
    b.put(other, json.dumps({"delivery": settled[0], "records": 1}), {})
    b.flush()
    for t, n in ((topic, 6), (other, 1)):
        g.all_kept(t, n)
    told = g.psql("select delivery, records, reported_by from nqs.event where delivery is not null order by reported_at")
    by = "party:" + g.party("administrator")["bin"]
    check.equal("each is told once", told.splitlines(), ["%s|1|%s" % (d, by) for d in settled])
    dead = g.psql("select \"offset\", code from nqs.kafka_dead where topic in ('%s', '%s') order by topic <> '%s', 1" % (topic, other, topic))
    check.equal("what makes no sense, and who may not, is put aside", dead.splitlines(), ["1|bad_parameter", "2|bad_parameter", "5|repeat_other_content", "0|forbidden"])


def offsets_that_are_not_there_stop_a_partition_until_somebody_decides():
    """Messages deleted before they were read, and a mark behind the end. Nothing is skipped, others go on, and a reason is recorded."""
    gone, beyond = "nqs.in.%s.%s" % (g.party(SECTOR)["bin"], FACTS), "nqs.in.%s.%s" % (g.party(EDUCATION)["bin"], FACTS)
    g.quit()
    marks = g.psql("select next from nqs.kafka_mark where topic = '%s' and partition = 0" % gone)
    b.send(gone, items(4, "lost", 700), delivery="o-1", partitions=1)
    b.delete_before(gone, 0, int(marks) + 2)
    g.psql("update nqs.kafka_mark set next = 5000 where topic = '%s'" % beyond)
    g.again()
    until(lambda: g.psql("select count(*) from nqs.kafka_mark where trouble = 'offset_out_of_range' and since is not null") == "2", "both have stopped")
    until(lambda: len([line for line in g.log().splitlines() if "level=error event=kafka_stopped" in line]) == 2, "the log says so")
    check.equal("nothing of them is read", g.psql("select count(*) from feed.things_facts where title like 'lost %'"), "0")
    shown = json.loads(g.cli("kafka", "--json").stdout)
    stopped = next(p for p in shown if p["topic"] == gone and p["trouble"])
    check.equal("the command shows where it begins and ends", (stopped["next"], stopped["beginning"], stopped["end"], stopped["lag"]), (int(marks), int(marks) + 2, int(marks) + 4, 4))
    until(lambda: g.page().value("nqs_kafka_lag_messages", topic=gone, partition="0") == 4, "the page shows what is not kept")
    p = g.page()
    check.equal("and that it has stopped", p.value("nqs_kafka_partition_stopped", topic=gone, partition="0"), 1)
    check.that("others are read up to now", p.value("nqs_kafka_unread_seconds", topic=gone, partition="1") < 30, p.series("nqs_kafka_unread_seconds"))
    check.that("open deliveries and refused messages are counted", p.value("nqs_kafka_deliveries_open") >= 2 and p.value("nqs_kafka_messages_refused") >= 10, p.text[-3000:])
    check.that("and what was kept together", 0 <= p.value("nqs_kafka_batch_messages_count") and p.complaints() == [], p.complaints())
    check.equal("a partition that is read is not moved", g.cli("kafka", "resume", gone, "1", "--at", "0", "--ground", "x").returncode, 3)
    check.equal("without a reason nothing is moved", g.cli("kafka", "resume", gone, "0", "--at", "0").returncode, 2)
    done = g.cli("kafka", "resume", gone, "0", "--at", str(stopped["beginning"]), "--ground", "deleted by the broker, told to the supplier")
    check.equal("it is resumed", done.returncode, 0)
    until(lambda: g.psql("select count(*) from feed.things_facts where title like 'lost %'") == "2", "what is still there is read")
    audited = g.psql("select subject, detail from nqs.audit where act = 'kafka.resume'")
    check.equal("the reason is in the audit", audited, "%s 0|from %s to %d: deleted by the broker, told to the supplier" % (gone, marks, int(marks) + 2))
    check.equal("open deliveries are shown with what is known of them", [(d["delivery"], d["messages"], d["expected"]) for d in json.loads(g.cli("kafka", "open", "--json").stdout)][-1], ("o-1", 2, None))
    check.that("what was refused is shown", len(json.loads(g.cli("kafka", "refused", "--json").stdout)) >= 10)


def many_stop_at_once_and_the_gateway_goes_on():
    """Each that stops changes what is read, while the change before it is still being made."""
    topic = g.topic("391240001086", FACTS, partitions=24)
    for n in range(24):
        b.put(topic, "no delivery", {}, partition=n)
    b.flush()
    g.bounce()
    until(lambda: g.psql("select count(*) from nqs.kafka_mark where topic = '%s'" % topic) == "24", "all have a mark")
    for _ in range(3):
        g.quit()
        g.psql("update nqs.kafka_mark set next = 9000, trouble = null, since = null where topic = '%s'" % topic)
        g.again()
        pid = g.pid()
        until(lambda: g.psql("select count(*) from nqs.kafka_mark where topic = '%s' and trouble = 'offset_out_of_range'" % topic) == "24", "all have stopped")
        check.equal("the process is still that one, and answers", (g.pid(), state_of_process(pid) in "SRD", g.get("/healthz").status), (pid, True, 200))


try:
    both_start(b, g)
    for test in (a_list_is_worked_when_it_is_complete, a_stream_of_records_becomes_rows, a_message_without_a_delivery_is_one_of_its_own, forms_of_a_value, a_format_of_the_suppliers_own_goes_through_its_mapping, what_is_wrong_is_said_and_nothing_behind_it_waits,
                 a_message_larger_than_any_record_is_put_aside, who_may_not_deliver_blocks_nobody, killed_with_nine_every_record_is_there_once, the_database_away_for_longer_than_a_session,
                 what_is_missing_keeps_it_open_and_repeats_do_not_count, the_end_speaks_for_what_was_worked_as_it_came, batches_that_wait_are_settled_together, a_correction_of_facts_withdraws_what_it_lacks, all_or_nothing, the_administrator_acknowledges_by_topic,
                 offsets_that_are_not_there_stop_a_partition_until_somebody_decides, many_stop_at_once_and_the_gateway_goes_on):
        check.run(test)
    if check.failed:
        print(g.log()[-5000:])
finally:
    check.equal("no sanitizer complains", g.stop(keep=bool(os.environ.get("NQS_KEEP"))), "")
    b.stop()
check.finish()
