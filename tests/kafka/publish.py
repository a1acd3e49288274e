"""What goes out over Kafka: every change once at least and by key in order, tombstones, snapshots, protocols, references to messages that were put aside; of persons only what is named."""
import hashlib
import random
import re

from kafka import *  # noqa: F403
from things import Beside, withdrawal, thing
import personal
from described import Described

check = Checks()
b = Broker()
g = KafkaFlow(b)
PERSONAL = "recognition-results"
OUT = {FACTS: 1, LISTED: 3, PERSONAL: 2}
DAILY = clock.strftime("every day at %H:%M", clock.gmtime(clock.time() + (5 + 12) * 3600))       # half a day away
PUBLICATIONS = [
    {"name": "facts", "feed": FACTS, "retry_seconds": 1, "kafka": {}},
    {"name": "listed", "feed": LISTED, "retry_seconds": 1, "kafka": {"timeout_seconds": 5}},
    {"name": "persons", "feed": PERSONAL, "fields": ["outcome", "level"], "retry_seconds": 1, "kafka": {"timeout_seconds": 5}},
    {"name": "listed-daily", "feed": LISTED, "mode": "snapshot", "when": DAILY, "kafka": {"topic": "snapshots.of-things"}},
    {"name": "small", "feed": EDITION, "retry_seconds": 1, "kafka": {"topic": "small"}},
]


def attributes(m):
    return {k: v.decode() for k, v in m.headers() or []}


def kind(m):
    return "tombstone" if m.value() is None else attributes(m)["ce_type"].rsplit(".", 1)[1]


def told(topic):
    """(what, key, title) of each message."""
    return [(kind(m), m.key().decode(), json.loads(m.value()).get("title") if m.value() else None) for m in b.everything(topic)]


def state(name):
    return next(p for p in json.loads(g.cli("publications", "--json").stdout) if p["name"] == name)["state"]


def sent(name, seconds=60):
    return until(lambda: (s := state(name))["waiting"] == 0 and s, "the end of what waits for " + name, seconds)


def changes_go_out_in_binary_mode():
    g.settle(FACTS, "2026-10", "facts", [thing(1, "one", tags=["x", "ә"], share=1.5, day="2026-10-05"), thing(2, "two")])
    g.settle(FACTS, "2026-10", "changes", [thing(1, "one b"), withdrawal(2)])
    sent("facts")
    topic = "nqs.out." + FACTS
    check.equal("changes in order; a withdrawal, then a tombstone", told(topic),
                [("changed", "K/1", "one"), ("changed", "K/2", "two"), ("changed", "K/1", "one b"), ("withdrawn", "K/2", None), ("tombstone", "K/2", None)])
    first, *_, withdrawn, tombstone = b.everything(topic)
    check.equal("the value is the record, canonical", first.value(), '{"code":"K","day":"2026-10-05","item":1,"share":1.5,"tags":["x","ә"],"title":"one"}'.encode())
    h = attributes(first)
    check.equal("the attributes are headers", {k: v for k, v in h.items() if k not in ("ce_id", "ce_time", "ce_sequence")},
                {"ce_specversion": "1.0", "ce_source": "urn:kz:nqs:" + FACTS, "ce_type": "kz.nqs.%s.changed" % FACTS, "ce_subject": "K/1", "ce_nqsperiod": "2026-10", "content-type": "application/json"})
    check.that("id, time and sequence are there", all(h.get(k) for k in ("ce_id", "ce_time", "ce_sequence")), h)
    check.equal("a withdrawal says why", json.loads(withdrawn.value()), {"ground": "entered by mistake"})
    check.equal("a tombstone says nothing", tombstone.headers() or [], [])


def framed(topic, wanted):
    events = b.everything(topic)[-wanted - 2:]
    check.equal("frames stand first and last", [kind(m) for m in events], ["snapshot-started", *["changed"] * wanted, "snapshot-completed"])
    digest = bytes(32)
    for m in events[1:-1]:
        digest = hashlib.sha256(digest + hashlib.sha256(m.value()).digest()).digest()
    done = json.loads(events[-1].value())
    check.equal("the frame tells the records", (done["digest"], done["records"]), (digest.hex(), wanted))
    check.equal("a frame's key is its type, all have one number", (events[0].key().decode(), len({attributes(m)["ce_nqssnapshot"] for m in events})), ("kz.nqs.%s.snapshot-started" % LISTED, 1))
    return done


def snapshots_by_command_and_by_schedule():
    g.settle(LISTED, "2026-10", "changes", [thing(n, "of a snapshot") for n in range(40)])
    sent("listed")
    before = len(told("nqs.out." + LISTED))
    g.cli("publish", "listed-daily")
    sent("listed-daily")
    framed("snapshots.of-things", 40)
    check.equal("they are not among the changes", len(told("nqs.out." + LISTED)), before)
    g.psql("update nqs.settlement set at = at - interval '3 days'")
    g.psql("update nqs.schedule set due = due - interval '5 days' where name = 'listed-daily'")
    g.quit()
    g.again()
    until(lambda: state("listed-daily")["events"] == 80, "the snapshot by schedule")
    check.equal("one that was due while we were away says so", framed("snapshots.of-things", 40)["late"], True)
    g.psql("update nqs.settlement set at = at + interval '3 days'")


def of_persons_only_what_is_named():
    someone = [personal.somebody(n) for n in range(3)]
    g.wait_done(g.deliver(personal.xml([personal.attempt(n, p) for n, p in enumerate(someone)]).encode(), CENTRE).delivery)
    gone = "".join("<%s>%s</%s>" % (k, v, k) for k, v in (("centre_bin", CENTRE), ("attempt_number", "S-000001")))
    body = '<delivery xmlns="urn:kz:nqs:delivery:1" feed="%s" period="2026-10" kind="changes"><withdraw ground="%s">%s</withdraw></delivery>' % (PERSONAL, someone[1][1], gone)
    g.wait_done(g.deliver(body.encode(), CENTRE).delivery)
    sent("persons")
    messages = b.everything("nqs.out." + PERSONAL)
    check.equal("only named fields", sorted(m.value() or b"" for m in messages), sorted([b'{"level":3,"outcome":"passed"}'] * 3 + [b"{}", b""]))
    keys = [m.key().decode() for m in messages]
    check.that("keys are HMACs, one a record, the tombstone's too", sorted(keys.count(k) for k in set(keys)) == [1, 1, 3] and all(len(k) == 32 and set(k) <= set("0123456789abcdef") for k in keys), keys)
    logs = b"".join(f.read_bytes() for f in (b.folder / "data").glob("nqs.out.%s-*/*.log" % PERSONAL))
    raw = logs + b"".join(repr((m.key(), m.value(), m.headers())).encode() for m in messages)
    check.that("no other byte of a person or a record's key is in the topic", len(logs) > 100 and not any(w.encode() in raw for p in someone for w in (*p, "S-00000", CENTRE)))


def protocols_wait_for_the_suppliers_topic():
    who = g.party(SECTOR)["bin"]
    topic, out = g.topic(SECTOR, LISTED), "nqs.out.%s.deliveries" % who
    b.send(topic, items(5, "by Kafka", 700), delivery="p-1")
    b.end(topic, 5, "p-1")
    b.send(topic, [{"code": "K", "item": 800, "title": "alone"}])
    b.send(topic, [{"code": "K"}])
    by_rest = g.settle(LISTED, "2026-10", "changes", [thing(900, "by REST")])["delivery"]
    g.all_kept(topic, 8)
    until(lambda: state("kafka.deliveries")["error"], "that there is no topic", 30)
    check.that("what cannot be told waits and is seen", state("kafka.deliveries")["waiting"] >= 2, state("kafka.deliveries"))
    b.topic(out)
    g.by_rest = by_rest


def protocols_come_once_it_is_there():
    out = "nqs.out.%s.deliveries" % g.party(SECTOR)["bin"]
    sent("kafka.deliveries")
    got = b.everything(out)
    ids = [m.key().decode() for m in got]
    heads = g.psql("select head from nqs.stream where supplier_id = 'p-1'")
    own = g.psql("select envelope from nqs.kafka_batch where stream is null").splitlines()
    check.equal("one for each delivery that came by Kafka, none for its batches", sorted(ids), sorted([heads, *own]))
    check.that("none of others", g.by_rest not in ids)
    for m in got:
        told_, asked = json.loads(m.value()), g.get("/v1/deliveries/" + m.key().decode(), by=SECTOR).json
        for p in (told_, asked):                        # texts are in each one's own language
            for f in p["findings"]:
                f.pop("text")
        check.equal("it is what REST tells the supplier", told_, asked)
    check.equal("its type", {attributes(m)["ce_type"] for m in got}, {"kz.nqs.delivery.closed"})
    check.equal("every event has an id of its own", len({attributes(m)["ce_id"] for m in got}), len(got))
    g.psql("insert into nqs.set_aside select id from nqs.envelope where id = '%s'" % own[0])
    until(lambda: len(b.everything(out)) > len(got), "what is set aside is told")
    check.equal("which it was", b.everything(out)[-1].key().decode(), own[0])
    g.psql("delete from nqs.set_aside")


def a_message_that_is_no_delivery_leaves_a_reference():
    topic = g.topic(SECTOR, FACTS)
    secret = "a secret of somebody's"
    b.put(topic, secret.encode(), {"ce_type": "kz.nqs.unheard-of", "ce_id": "1", "ce_source": secret}, key="the key")
    b.flush()
    until(lambda: state("kafka.dead")["events"] >= 1, "the reference", 30)
    message, = b.everything("nqs.dead")
    body = json.loads(message.value())
    check.equal("where it was and why", {k: body[k] for k in ("topic", "partition", "offset")}, {"topic": topic, "partition": 0, "offset": 0})
    shown, = [d for d in json.loads(g.cli("kafka", "refused", "--json").stdout) if d["topic"] == topic]
    check.equal("code and id are those that the administrator sees", (body["code"], body["id"], message.key().decode()), (shown["code"], shown["id"], shown["id"]))
    check.that("nothing of what it said", secret not in repr((message.value(), message.headers(), message.key())))
    check.equal("without a reason it is not shown", g.cli("kafka", "message", body["id"]).returncode, 2)
    done = g.cli("kafka", "message", body["id"], "--ground", "the supplier asks")
    check.equal("with one it is, as it came", (done.stdout.splitlines()[-1], "ce_source: " + secret in done.stdout, "key: the key" in done.stdout), (secret, True, True))
    check.equal("or its value alone", g.cli("kafka", "message", body["id"], "--value", "--ground", "once more").stdout, secret)
    check.equal("there is no other", g.cli("kafka", "message", "018f0000-0000-7000-8000-000000000000", "--ground", "x").returncode, 3)
    check.equal("the audit knows who read it", g.psql("select detail from nqs.audit where act = 'kafka.message' and subject = '%s' order by at" % body["id"]).splitlines(), ["the supplier asks", "once more"])


def what_the_broker_refuses_is_a_dead_letter():
    b.topic("small", 1, max_message_bytes=1000)
    wide = "".join(random.Random(7).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=1600))
    good, tags = [thing(n, "small %d" % n) for n in range(6)], [wide[k * 160:k * 160 + 160] for k in range(10)]
    g.settle(EDITION, "2026-10", "edition", good[:3] + [thing(3, "wide", tags=tags)] + good[4:])
    sent("small")
    letters = json.loads(g.cli("dead", "--json").stdout)
    check.equal("the one that is too large is given up", [(d["publication"], d["events"], d["error"]) for d in letters], [("small", 1, "the event is too large for the broker")])
    firsts = list(dict.fromkeys(key for _, key, _ in told("small")))
    check.equal("the others came, in order", firsts, ["K/%d" % n for n in (0, 1, 2, 4, 5)])
    for d in letters:
        g.cli("dead", "drop", str(d["id"]), "--reason", "it is too wide")


def firsts_of(topic):
    """Titles of each key in the order in which they first came; an id stands for one event."""
    seen, out = {}, {}
    for m in b.everything(topic):
        h = attributes(m)
        if not h:
            continue
        what = (m.key(), m.value())
        if h["ce_id"] not in seen:
            out.setdefault(m.key().decode(), []).append(json.loads(m.value())["title"])
        if seen.setdefault(h["ce_id"], what) != what:
            check.that("an id stands for one event", False, h["ce_id"])
    return out


def whoever_dies_every_change_goes_out_in_order():
    """Two processes with two dispatchers each; kill -9 of either and of the broker in the middle."""
    second = Beside(g, "second", work_threads=1)
    until(second.answers, "another process")
    rounds, keys = 30, 8
    for n in range(rounds):
        g.settle(LISTED, "2027-01", "changes", [thing(k, "%03d" % n) for k in range(200, 200 + keys)])
        if n == 6:
            g.kill()
            g.again()
        elif n == 12:
            b.kill()
        elif n == 16:
            b.again()
        elif n in (10, 22):
            second.kill()
    sent("listed", 90)
    got = {k: v for k, v in firsts_of("nqs.out." + LISTED).items() if k in ["K/%d" % n for n in range(200, 200 + keys)]}
    check.equal("every change of every record came, in order", got, {"K/%d" % k: ["%03d" % n for n in range(rounds)] for k in range(200, 200 + keys)})
    check.that("the log tells of the broker", "the broker acknowledged nothing" in g.log())
    check.equal("nothing is a dead letter", json.loads(g.cli("dead", "--json").stdout), [])
    second.stop()


def what_is_wrong_is_said():
    without = [line for line in (g.folder / "gateway.yaml").read_text().splitlines() if not line.startswith(("publications:", "kafka:"))]
    kafka = {"bootstrap": b.address}
    for what, lines in (("the block kafka, which gateway.yaml does not have", {"publications": PUBLICATIONS[:1]}), ("no name of a topic", {"kafka": kafka, "publications": [{**PUBLICATIONS[0], "kafka": {"topic": "a b"}}]}),
                        ("deliveries come by", {"kafka": kafka, "publications": [{**PUBLICATIONS[0], "kafka": {"topic": "nqs.in.x"}}]}),
                        ("the gateway sets them", {"kafka": {**kafka, "properties": [{"name": "acks", "value": "1"}]}}), ("protocols", {"kafka": {**kafka, "protocols": "some"}})):
        config = g.folder / "wrong.yaml"
        config.write_text("\n".join(without + ["%s: %s" % (k, json.dumps(v)) for k, v in lines.items()]) + "\n")
        done = g.cli("config", "check", str(config))
        check.that("refused: " + what, done.returncode == 1 and what in done.stderr, done.stderr)


def notices_of_duties_go_to_the_partys_topic():
    """Not before somebody made it."""
    bin = g.party(CHAMBER)["bin"]
    for words in (["in-force", "7-4-accredited-centres", "2026-01-01"], ["approve", "7-4-accredited-centres", "--reading", "1"]):
        check.equal("it goes: " + words[0], g.cli("law", *words, "--by", "the test", "--ground", "a test").returncode, 0)
    last = "select count(*) > 0 from nqs.statement s join nqs.duty d on d.id = s.duty join nqs.party p on p.id = d.party where p.bin = '%s' and not s.provisional" % bin
    until(lambda: g.psql(last) == "t", "what it makes of the chamber's duties")
    g.quit()
    g.settings["notices"] = {"kafka": True, "at": "00:00"}
    g.again()
    until(lambda: g.psql("select state, attempts > 0 from nqs.notice where party = (select id from nqs.party where bin = '%s')" % bin) == "waiting|t", "there is no topic")
    b.topic("nqs.out.%s.duties" % bin, 1)
    check.equal("tried again by command", [g.cli("notices", "retry", str(n["number"])).returncode for n in json.loads(g.cli("notices", "--failing", "--party", bin, "--json").stdout)["notices"]], [0])
    until(lambda: g.psql("select state from nqs.notice where party = (select id from nqs.party where bin = '%s')" % bin) == "sent", "it is there", 60)
    message, = b.everything("nqs.out.%s.duties" % bin)
    told_of = json.loads(message.value())
    check.equal("key and subject are its number", (message.key().decode(), attributes(message)["ce_subject"]), (str(told_of["number"]), str(told_of["number"])))
    check.that("what was established", told_of["party"] == bin and {i["what"] for i in told_of["items"]} <= {"overdue", "late", "in_time", "soon"} and {i["feed"] for i in told_of["items"]} == {"accredited-centres"}, told_of)


def all_of_it_is_as_the_document_says():
    document, seen = Described(g), set()
    protocols = ["nqs.out.%s.deliveries" % bin for bin in re.findall("[0-9]{12}", " ".join(t for t in b.admin.list_topics(timeout=10).topics if t.endswith(".deliveries")))]
    for topic in ["nqs.out." + feed for feed in OUT] + protocols + ["nqs.out.%s.duties" % g.party(CHAMBER)["bin"], "nqs.dead", "snapshots.of-things"]:
        wrong, names = document.refusals(b.everything(topic), "nqs.out." + LISTED if topic.startswith("snapshots.") else topic)
        check.equal("messages of " + topic, wrong[:3], [])
        seen |= names
    check.equal("there were all sorts", {n.rsplit(".", 1)[-1] for n in seen}, {"changed", "withdrawn", "tombstone", "snapshot-started", "snapshot-completed", "closed", "refused", "notice"})


def a_gateway_may_only_publish():
    g.quit()
    g.settings["kafka"].update(topics="none")
    g.again()
    topic, kept = "nqs.in.%s.%s" % (g.party(SECTOR)["bin"], LISTED), g.psql("select sum(next) from nqs.kafka_mark")
    b.send(topic, items(3, "unread", 5000))
    before = len(told("nqs.out." + FACTS))
    g.settle(FACTS, "2026-12", "changes", [thing(77, "only out")])
    sent("facts")
    check.equal("it publishes", told("nqs.out." + FACTS)[before:], [("changed", "K/77", "only out")])
    check.equal("it reads nothing", (g.psql("select sum(next) from nqs.kafka_mark"), "kafka_partitions" in g.log().rsplit("event=serving", 1)[-1]), (kept, False))


def topics_made():
    for feed, partitions in OUT.items():
        b.topic("nqs.out." + feed, partitions, cleanup_policy="compact")
    b.topic("snapshots.of-things", 1)
    b.topic("nqs.dead", 1)


try:
    both_start(b, g, settings={"publications": PUBLICATIONS})
    topics_made()
    for test in (what_is_wrong_is_said, changes_go_out_in_binary_mode, snapshots_by_command_and_by_schedule, of_persons_only_what_is_named, protocols_wait_for_the_suppliers_topic,
                 a_message_that_is_no_delivery_leaves_a_reference, protocols_come_once_it_is_there, what_the_broker_refuses_is_a_dead_letter, whoever_dies_every_change_goes_out_in_order,
                 notices_of_duties_go_to_the_partys_topic, all_of_it_is_as_the_document_says, a_gateway_may_only_publish):
        began = clock.monotonic()
        check.run(test)
        if os.environ.get("NQS_TIMES"):
            print("%5.1f s %s" % (clock.monotonic() - began, test.__name__))
    if check.failed:
        print("\n".join(line for line in g.log().splitlines() if "kafka" in line or "publish" in line or "letters" in line or "station" in line)[-6000:])
finally:
    check.equal("no sanitizer complains", g.stop(keep=bool(os.environ.get("NQS_KEEP"))), "")
    b.stop()
check.finish()
