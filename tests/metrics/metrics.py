#!/usr/bin/env python3
"""/metrics of a real gateway, read by the official client's parser: every outcome is made to happen, and is counted once and nowhere else. Alarms and dashboard ask
for nothing that is not on the page."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading

import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "flow"), str(HERE.parent / "fetch")]
from things import CENTRE, EDITION, FACTS, LISTED, NATIONAL, ROOT, SECTOR, Flow, ndjson, thing, until, withdrawal  # noqa: E402
import soap                                              # noqa: E402
from checks import Checks                                # noqa: E402
from page import TYPE, Page                              # noqa: E402
from supplier import Supplier                            # noqa: E402

check = Checks()
PERIOD = "2026-10"
DOOR, KEPT = "nqs_door_deliveries_total", "nqs_door_kept_bytes_total"
MAPPING = """name: things-pages
version: 1.0.0
title: Things as the supplier writes them
feed: things-listed
format: json-seq
kind: list
layout: {records: 'content[]'}
columns:
  - {to: code, from: code}
  - {to: item, from: item}
  - {to: title, from: title}
"""


def page():
    answer = g.get("/metrics")
    if answer.status != 200:
        raise RuntimeError("%r" % answer)
    return Page(answer.body.decode())


def moved(sentence, before, wanted):
    """So much has moved of these metrics since, and nothing else of them; an answer may be there a moment before it is counted."""
    def now():
        p = page()
        return {name: p.since(before, name) for name in wanted}
    try:
        until(lambda: now() == wanted, sentence, 20)
    except RuntimeError:
        pass
    check.equal(sentence, now(), wanted)


def deliver(body, by=SECTOR, feed=LISTED, period=PERIOD, kind="changes", **headers):
    return g.deliver(body, by, "application/x-ndjson", {"feed": feed, "period": period, "kind": kind}, **headers)


# The page

def the_page_is_well_formed():
    answer = g.get("/metrics")
    check.equal("its type", (answer.status, answer.headers["Content-Type"]), (200, TYPE))
    p = Page(answer.body.decode())
    check.equal("nothing is wrong with it", p.complaints(), [])
    check.that("the build is named", p.series("nqs_build_info") == {(version(),): 1}, p.series("nqs_build_info"))
    started = p.value("process_start_time_seconds")
    check.that("the start is the process's own", abs(started - float(g.psql("select extract(epoch from now())"))) < 3600, started)
    check.that("memory, processor time, descriptors", 1 << 20 < p.value("process_resident_memory_bytes") < 1 << 32 and p.value("process_cpu_seconds_total") > 0
               and 3 < p.value("process_open_fds") < p.value("process_max_fds"), p.text[:2000])
    check.equal("the database is there", (p.value("nqs_database_up"), p.value("nqs_database_read_only")), (1, 0))
    check.that("and its clock agrees", abs(p.value("nqs_database_clock_ahead_seconds")) < 1, p.value("nqs_database_clock_ahead_seconds"))
    feeds = {f["feed"] for f in g.get("/v1/feeds", by=NATIONAL).json["feeds"]}
    check.equal("each feed has its rows, and no other", [set(p.series("nqs_inbox_" + n)) for n in ("deliveries", "oldest_seconds", "set_aside")], [{(f,) for f in feeds}] * 3)


def version():
    return g.cli("--version").stdout.split()[-1]


# The door

def every_outcome_at_the_rest_door():
    before, body = page(), ndjson([thing(1, "one")])
    done = [deliver(body, Idempotency_Key="one"), deliver(body, Idempotency_Key="one"), deliver(ndjson([thing(1, "other")]), Idempotency_Key="one"),
            deliver(body, by=CENTRE), g.post("/v1/deliveries?feed=%s&period=%s&kind=changes" % (LISTED, PERIOD), body, {"Content-Type": "application/x-ndjson"}),
            deliver(body, period="2026-13"), deliver(body, feed="no-such-feed"), deliver(body, kind="facts"),
            g.deliver(b"<delivery", SECTOR, "application/xml", {"feed": LISTED, "period": PERIOD, "kind": "changes"}), deliver(b'{"code": "\xff"}\n'), deliver(b" " * (2 << 20)), deliver(iter([b" " * (1 << 19)] * 4))]
    check.equal("as they were answered", [200 if a.status == 202 else a.status for a in done], [200, 200, 409, 403, 401, 422, 422, 422, 400, 400, 413, 413])
    moved("each is counted once", before, {DOOR: {("kept", "rest"): 1, ("repeat", "rest"): 1, ("refused_repeat", "rest"): 1, ("refused_access", "rest"): 2,
                                                  ("refused_about", "rest"): 3, ("refused_content", "rest"): 2, ("refused_size", "rest"): 2},
                                           KEPT: {("rest",): len(body)}, "nqs_door_seconds_count": {("rest",): 1}})


def uploads_that_are_open_and_one_too_many():
    before, held = page(), []
    head = ("POST /v1/deliveries?feed=%s&period=%s&kind=changes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/x-ndjson\r\n"
            "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n" % (LISTED, PERIOD, g.token(SECTOR))).encode()
    for _ in range(2):
        held.append(socket.create_connection(("127.0.0.1", g.port)))
        held[-1].sendall(head)
    until(lambda: page().value("nqs_uploads_open") == 2, "two uploads")
    check.equal("of two", page().value("nqs_uploads_max"), 2)
    check.equal("one more is asked to come again", deliver(ndjson([thing(1, "late")])).status, 503)
    for s in held:
        s.close()
    moved("it is counted, and who hung up", before, {DOOR: {("again", "rest"): 1}, "nqs_http_exchanges_cut_total": {("broken",): 2}, "nqs_uploads_open": {}})


def every_outcome_at_the_soap_door():
    before, party, message = page(), g.party(SECTOR), "11111111-2222-3333-4444-555555555555"
    payload = ('<delivery xmlns="urn:kz:nqs:delivery:1" feed="%s" period="%s" kind="changes"><record><code>S</code><item>1</item><title>%%s</title></record></delivery>'
               % (LISTED, PERIOD))
    first = soap.envelope(soap.info(party, message_id=message), payload % "one")
    other = soap.envelope(soap.info(party, message_id=message), payload % "other")
    unknown = soap.envelope(soap.info(party, password="wrong"), payload % "one")
    torn = soap.envelope(soap.info(party), payload % "one")[:-40]
    strange = soap.envelope(soap.info(party, service="NO_SUCH"), payload % "one")
    faults = [soap.fault(soap.send(g, m))[0] for m in (first, first, other, unknown, torn, strange)]
    check.equal("as they were answered", faults, [None, None, "NQS409", "NQS401", "SCE001", "SCE004"])
    check.equal("who asks for a protocol delivers nothing", soap.fault(soap.fetch_protocol(g, party, message))[0], "NQS404")
    moved("each is counted once", before, {DOOR: {("kept", "soap"): 1, ("repeat", "soap"): 1, ("refused_repeat", "soap"): 1, ("refused_access", "soap"): 1,
                                                  ("refused_content", "soap"): 1, ("refused_about", "soap"): 1}, KEPT: {("soap",): len(first)}})


def files_and_fetches():
    before = page()
    body = ndjson([thing(50, "by file")])
    for name, content in (("things-listed_2026-10_changes.ndjson", body), ("things-listed_2026-10_changes_bad.xml", b"<delivery"), ("none.xyz", b"x")):
        (box / ("." + name)).write_bytes(content)
        (box / ("." + name)).rename(box / name)
    moved("of three files one is kept", before, {DOOR: {("kept", "folder"): 1, ("refused_content", "folder"): 2}, KEPT: {("folder",): len(body)}})
    before = page()
    supplier.be("good", [{"code": "F", "item": i, "title": "fetched"} for i in range(3)])
    g.psql("update nqs.fetch set since = since - interval '70 days' where name = 'monthly'")
    until(lambda: g.psql("select count(*) from nqs.fetch_run where state = 'kept'") == "1", "the run")
    moved("a fetch is kept", before, {DOOR: {("kept", "fetch"): 1}})
    before = page()
    g.psql("delete from nqs.fetch_run")
    moved("the same again is a repeat", before, {DOOR: {("repeat", "fetch"): 1}})


# Work

def records_by_what_became_of_them():
    before = page()
    protocols = [g.settle(LISTED, "2026-08", "changes", [thing(100, "a"), thing(101, "b"), thing(102, "c"), {"code": "K", "item": 103}]),
                 g.settle(LISTED, "2026-08", "changes", [thing(100, "a"), thing(101, "changed"), withdrawal(102)]),
                 g.settle(LISTED, "2026-07", "list", [thing(100, "older")]),
                 g.settle(FACTS, "2026-08", "facts", [thing(1, "a"), thing(2, "b")]), g.settle(FACTS, "2026-08", "nil", []),
                 g.settle(EDITION, "2026-08", "edition", [thing(1, "a"), {"code": "K", "item": 2}])]
    sums = {}
    for p in protocols:
        for outcome, n in p["outcomes"].items():
            sums[outcome] = sums.get(outcome, 0) + n
    check.that("all outcomes are among them", set(sums) == {"new", "changed", "unchanged", "withdrawn", "older", "refused"} and all(sums.values()), sums)
    check.equal("all but the last are settled", [p["state"] for p in protocols], ["settled"] * 5 + ["refused"])
    moved("as in their protocols", before, {"nqs_work_records_total": {(k,): v for k, v in sums.items()}, "nqs_work_deliveries_total": {("settled",): 5, ("refused",): 1},
                                            "nqs_work_settlements_total": {(): 5}, "nqs_work_seconds_count": {(): 6}, "nqs_work_failures_total": {}})


def what_waits_and_what_is_set_aside():
    before = page()
    with g.holding(SECTOR, FACTS):
        answer = g.deliver(ndjson([thing(7, "waits")]), SECTOR, "application/x-ndjson", {"feed": FACTS, "period": "2026-06", "kind": "changes"})
        until(lambda: page().value("nqs_inbox_deliveries", feed=FACTS) == 1, "it waits")
        first = page().value("nqs_inbox_oldest_seconds", feed=FACTS)
        until(lambda: page().value("nqs_inbox_oldest_seconds", feed=FACTS) > first > 0, "it grows older")
        g.psql("update nqs.envelope set committed = committed - interval '1 hour' where id = '%s'" % answer.delivery)
        check.that("its age is that of its commit", 3600 < page().value("nqs_inbox_oldest_seconds", feed=FACTS) < 7200, "")
        check.equal("nothing waits for others", [n for f, n in page().series("nqs_inbox_deliveries").items() if f != (FACTS,) and n], [])
        g.psql("update nqs.queue set attempt = 3, counted = pg_postmaster_start_time()")
    until(lambda: page().value("nqs_inbox_set_aside", feed=FACTS) == 1, "it is set aside")
    moved("it does not wait any more", before, {"nqs_inbox_deliveries": {}, "nqs_inbox_oldest_seconds": {}, "nqs_inbox_set_aside": {(FACTS,): 1},
                                                "nqs_work_set_aside_total": {(): 1}, "nqs_work_deliveries_total": {}})
    g.replay(answer.delivery)
    moved("worked again it is not", before, {"nqs_inbox_set_aside": {}, "nqs_work_deliveries_total": {("settled",): 1}})


def what_is_to_be_sent():
    out = g.folder / "out"
    until(lambda: page().value("nqs_outbox_parcels", publication="facts") == 0, "nothing waits")
    before = page()
    out.rename(g.folder / "elsewhere")
    g.deliver(ndjson([thing(9, "goes out")]), SECTOR, "application/x-ndjson", {"feed": FACTS, "period": "2026-06", "kind": "changes"})
    until(lambda: page().value("nqs_outbox_failed_attempts", publication="facts") == 1, "an attempt fails")
    first = page().value("nqs_outbox_oldest_seconds", publication="facts")
    until(lambda: page().value("nqs_outbox_oldest_seconds", publication="facts") > first > 0, "it grows older")
    moved("it waits", before, {"nqs_outbox_parcels": {("facts",): 1}, "nqs_outbox_dead": {}})
    g.psql("update nqs.outbox set state = 'dead'")
    moved("it is given up", before, {"nqs_outbox_parcels": {}, "nqs_outbox_dead": {("facts",): 1}, "nqs_outbox_failed_attempts": {}, "nqs_outbox_oldest_seconds": {}})
    (g.folder / "elsewhere").rename(out)
    g.psql("update nqs.outbox set state = 'waiting', attempts = 0, next_at = null")
    moved("it is sent", before, {"nqs_outbox_parcels": {}, "nqs_outbox_dead": {}})


def what_is_known_of_a_broker():
    g.psql("insert into nqs.kafka_mark (cluster, topic, partition, next, ends, read_at, trouble) values ('c', 'nqs.in.1.a', 0, 10, 17, now() - interval '1 hour', null), ('c', 'nqs.in.1.b', 3, 5, 4, null, 'offset_out_of_range')")
    g.psql("insert into nqs.stream (id, party, feed, supplier_id, period, kind, opened_at, held) select gen_random_uuid(), min(id), '%s', 's', '%s', 'changes', now() - interval '2 hours', false from nqs.party" % (LISTED, PERIOD))


def how_far_kafka_is_read():
    """A broker that is away: what is known of its partitions stands in the database."""
    p = page()
    check.equal("nothing is wrong with it", p.complaints(), [])
    check.equal("what is not kept yet, never below nothing", p.series("nqs_kafka_lag_messages"), {("0", "nqs.in.1.a"): 7, ("3", "nqs.in.1.b"): 0})
    check.equal("what has stopped", p.series("nqs_kafka_partition_stopped"), {("0", "nqs.in.1.a"): 0, ("3", "nqs.in.1.b"): 1})
    unread = p.series("nqs_kafka_unread_seconds")
    check.that("up to when it is read, where that is known", list(unread) == [("0", "nqs.in.1.a")] and 3590 < unread["0", "nqs.in.1.a"] < 3700, unread)
    check.that("what is open, since when", p.value("nqs_kafka_deliveries_open") == 1 and 7190 < p.value("nqs_kafka_deliveries_open_oldest_seconds") < 7300, p.series("nqs_kafka_deliveries_open_oldest_seconds"))
    check.equal("what was refused", p.value("nqs_kafka_messages_refused"), 0)


def faults_of_ours_are_told_from_the_worlds():
    before = page()
    g.psql("alter table nqs.finding rename to finding_gone")
    g.deliver(ndjson([thing(8, "x")]), SECTOR, "application/x-ndjson", {"feed": LISTED, "period": "2026-05", "kind": "changes"})
    until(lambda: page().since(before, "nqs_work_failures_total").get(("fault",), 0) >= 1, "a fault")
    g.psql("alter table nqs.finding_gone rename to finding")
    until(lambda: page().value("nqs_inbox_deliveries", feed=LISTED) == 0, "it is worked or set aside")
    p = page()
    check.that("the database said why", p.since(before, "nqs_database_errors_total").get(("other",), 0) >= 1, p.since(before, "nqs_database_errors_total"))
    check.equal("nobody interrupted it", p.since(before, "nqs_work_failures_total").get(("retry",)), None)


# HTTP

def answers_by_route():
    before = page()
    paths = ("/healthz", "/healthz", "/v1/feeds/" + LISTED, "/v1/feeds/no-such", "/v1/deliveries", "/no/such/route", "/v1/feeds?391240000117")
    statuses = [g.get(p, by=NATIONAL).status for p in paths]
    check.equal("as they were answered", statuses, [200, 200, 200, 404, 200, 404, 200])
    wanted = {("GET", "/healthz"): 3, ("GET", "/v1/feeds/{feed}"): 2, ("GET", "/v1/deliveries"): 1, ("other", "other"): 1, ("GET", "/v1/feeds"): 1}
    sent = len(g.request("HEAD", "/healthz").body)

    def now():
        p = page()
        return {k: v for k, v in p.since(before, "nqs_http_seconds_count").items() if k[1] != "/metrics"}
    try:
        until(lambda: now() == wanted, "all", 20)
    except RuntimeError:
        pass
    check.equal("by the pattern of their route; the head alone counts with the whole", (now(), sent), (wanted, 0))
    p = page()
    answered = p.since(before, "nqs_http_answers_total")
    check.equal("refused ones", answered.get(("4xx",)), 2)
    check.equal("every request is answered, cut or under way", sum(p.series("nqs_http_answers_total").values()) + sum(p.series("nqs_http_exchanges_cut_total").values())
                + p.value("nqs_http_exchanges_open"), p.value("nqs_http_exchanges_total"))
    check.that("bytes go out", p.since(before, "nqs_http_sent_bytes_total")[()] > 1000, p.since(before, "nqs_http_sent_bytes_total"))
    body = ndjson([thing(9, "nine")])
    before = page()
    deliver(body)
    moved("and in", before, {"nqs_http_received_bytes_total": {(): len(body)}})


def connections():
    before = page()
    held = [socket.create_connection(("127.0.0.1", g.port)) for _ in range(20)]
    until(lambda: page().value("nqs_http_connections_open") >= 20, "twenty connections")
    for s in held:
        s.close()
    until(lambda: page().value("nqs_http_connections_open") < 20, "and they are gone")
    check.that("they were counted as they came", page().since(before, "nqs_http_connections_total")[()] >= 20, "")
    check.equal("nobody was sent away", page().value("nqs_http_connections_crowded_total"), 0)


# Trouble

def what_the_database_refuses_is_told_by_kind():
    for kind, state in (("full", "53100"), ("busy", "53300"), ("read_only", "25006"), ("other", "40001")):
        before = page()
        g.psql("create function public.refuses() returns trigger language plpgsql as $$ begin raise exception 'no' using errcode = '%s'; end $$;"
               " create trigger refuses before insert on feed.things_facts for each row execute function public.refuses()" % state)
        delivery = g.send(FACTS, "2026-04", "changes", [thing(int(state), "refused")]).delivery
        until(lambda: page().since(before, "nqs_work_failures_total").get(("retry",), 0) >= 1, "a failure")
        g.psql("drop trigger refuses on feed.things_facts; drop function public.refuses")
        check.equal("%s is overcome" % state, g.wait_done(delivery)["state"], "settled")
        check.equal("%s is %s and nothing else" % (state, kind), set(page().since(before, "nqs_database_errors_total")), {(kind,)})


def the_database_takes_no_writes():
    before = page()
    g.psql("alter system set default_transaction_read_only = on", "postgres")
    g.pg_ctl("reload")
    try:
        until(lambda: page().value("nqs_database_read_only") == 1, "it is read-only")
        check.equal("a sender is asked to come again", deliver(ndjson([thing(1, "x")]), Idempotency_Key="read-only").status, 503)
        moved("that is counted", before, {DOOR: {("again", "rest"): 1}, "nqs_database_read_only": {(): 1}})
        check.that("and why", page().since(before, "nqs_database_errors_total").get(("read_only",), 0) >= 1, page().since(before, "nqs_database_errors_total"))
    finally:
        (g.folder / "pg/postgresql.auto.conf").write_text("")
        g.pg_ctl("reload")
    until(lambda: page().value("nqs_database_read_only") == 0, "it takes them again")


def the_database_away():
    before = page()
    g.pg_ctl("stop", "-m", "immediate")
    p = page()
    check.equal("the page is there, and says so", (p.value("nqs_database_up"), p.complaints()), (0, []))
    check.equal("what only the database knows is left out", [n for n in p.families if n.startswith("nqs_inbox") or n == "nqs_database_read_only"], [])
    check.equal("a sender is asked to come again", deliver(ndjson([thing(1, "x")]), Idempotency_Key="away").status, 503)
    until(lambda: page().since(before, "nqs_station_failures_total").get(("retry", "work"), 0) >= 1, "work notices")
    p = page()
    check.equal("the sender is counted", p.since(before, DOOR), {("again", "rest"): 1})
    check.equal("the errors are of one kind", set(p.since(before, "nqs_database_errors_total")), {("away",)})
    g.pg_ctl("start")
    until(lambda: page().value("nqs_database_up") == 1, "it is back")
    check.that("and so are the feeds", (LISTED,) in page().series("nqs_inbox_deliveries"), "")


def signal_all(processes, number):
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), number)


def the_database_stopped_in_its_tracks():
    postmaster = (g.folder / "pg/postmaster.pid").read_text().split()[0]
    processes = [postmaster] + subprocess.run(["ps", "-o", "pid=", "--ppid", postmaster], capture_output=True, text=True).stdout.split()
    try:
        signal_all(processes, signal.SIGSTOP)
        p = page()
        check.equal("the page does not wait for it", (p.value("nqs_database_up"), p.complaints()), (0, []))
    finally:
        signal_all(processes, signal.SIGCONT)
    until(lambda: page().value("nqs_database_up") == 1, "it goes on")


def asked_for_under_load():
    before, kept, odd, pages, stop = page(), [], [], [], threading.Event()

    def send(who):
        for i in range(60):
            answer = deliver(ndjson([thing(1000 + who * 1000 + i, "load")]))
            (kept if answer.status in (200, 202) else odd).append(answer)

    def scrape():
        while not stop.is_set():
            pages.append(page())

    senders, scrapers = [threading.Thread(target=send, args=(i,)) for i in range(2)], [threading.Thread(target=scrape) for _ in range(2)]
    for t in senders + scrapers:
        t.start()
    for t in senders:
        t.join()
    stop.set()
    for t in scrapers:
        t.join()
    check.equal("all was taken", (len(kept), odd[:2]), (120, []))
    check.that("many pages", len(pages) >= 10, len(pages))
    check.equal("nothing is wrong with any", [p.complaints() for p in pages if p.complaints()][:2], [])
    moved("and each delivery is counted once", before, {DOOR: {("kept", "rest"): 120}, "nqs_work_deliveries_total": {("settled",): 120},
                                                       "nqs_work_records_total": {("new",): 120}, "nqs_door_seconds_count": {("rest",): 120}, "nqs_work_seconds_count": {(): 120}})


def counters_never_fall():
    last = page()
    for name, family in first.families.items():
        if family.type != "gauge":
            fallen = [s for s in family.samples if last.samples.get((s.name, frozenset(s.labels.items())), -1) < s.value]
            check.equal("%s has not fallen" % name, fallen, [])
    check.equal("no series came or went, whatever was sent", set(last.samples) ^ set(first.samples), set())


def no_person_and_no_party_stands_in_it():
    text = page().text
    secret = [p[k] for p in g.parties for k in ("bin", "name", "token", "sender_id", "password") if p.get(k)]
    check.equal("no party, no credential", [s for s in secret if s in text], [])
    check.equal("no number that identifies somebody", [line for line in text.splitlines() if re.search(r'"[^"]*\d{6}[^"]*"', line)], [])


# What asks for it

FUNCTIONS = {"abs", "changes", "histogram_quantile", "increase", "delta", "max", "min", "rate", "sum", "count"}
WORDS = {"by", "unless", "on", "or", "and"}


def wrong_with(expr, names):
    """What of an expression is not on the page: a metric, a label, a value."""
    wrong = ["brackets: " + expr] if any(expr.count(a) != expr.count(b) for a, b in ("()", "{}", "[]")) else []
    bare = re.sub(r'"[^"]*"', '""', expr)
    groups = re.findall(r"\b(?:by|on) \(([^)]*)\)", bare)
    known = {label for labels in names.values() for label in labels} | {"job", "instance"}
    wrong += [label for group in groups for label in re.split(r", *", group) if label not in known]
    for name, selector in re.findall(r"\b((?:nqs|process)_\w+|up)(?:\{([^}]*)\})?", expr):
        if name not in names and name != "up":
            wrong.append(name)
        for label, how, value in re.findall(r'(\w+)(=~|!=|=)"([^"]*)"', selector):
            there = names.get(name, {}).get(label, set())
            if label not in ("job", "instance") and not all(v in there for v in value.split("|")):
                wrong.append("%s{%s%s%r}" % (name, label, how, value))
    rest = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\b(?:by|on) \([^)]*\)", " ", bare)
    return wrong + [w for w in re.findall(r"[A-Za-z_]\w*", rest) if w not in FUNCTIONS | WORDS and w not in names and w != "up"]


def alarms_ask_for_what_is_there():
    names, path = page().names(), ROOT / "deploy/prometheus/alerts.yaml"
    rules = [r for group in yaml.safe_load(path.read_text())["groups"] for r in group["rules"]]
    check.that("there are alarms", len(rules) >= 20, len(rules))
    check.equal("each has its own name", len({r["alert"] for r in rules}), len(rules))
    for r in rules:
        check.equal("%s asks for what is on the page" % r["alert"], wrong_with(r["expr"], names), [])
        check.that("%s says how grave it is, and what is wrong" % r["alert"], r["labels"]["severity"] in ("warning", "critical") and r["annotations"]["summary"]
                   and set(r) <= {"alert", "expr", "for", "labels", "annotations"} and re.fullmatch(r"\d+[smh]", r.get("for", "1m")), r)
    promtool = shutil.which("promtool")
    if promtool:
        done = subprocess.run([promtool, "check", "rules", path], capture_output=True, text=True)
        check.equal("promtool agrees", (done.returncode, done.stderr), (0, ""))
        done = subprocess.run([promtool, "check", "metrics"], input=page().text, capture_output=True, text=True)
        check.equal("and with the page", (done.returncode, done.stdout + done.stderr), (0, ""))


def the_dashboard_asks_for_what_is_there():
    names = page().names()
    board = json.loads((ROOT / "deploy/grafana/nqs-gateway.json").read_text())
    panels = [p for p in board["panels"] if p["type"] != "row"]
    check.equal("its panels have their own numbers and places", len({p["id"] for p in board["panels"]}), len(board["panels"]))
    for p in panels:
        for t in p["targets"]:
            check.equal("%s: %s" % (p["title"], t["legendFormat"]), wrong_with(t["expr"], names), [])
    asked = " ".join(t["expr"] for p in panels for t in p["targets"]) + (ROOT / "deploy/prometheus/alerts.yaml").read_text()
    idle = {re.sub("_(bucket|sum|count)$", "", n) for n in names if n.startswith("nqs_")} - {re.sub("_(bucket|sum|count)$", "", n) for n in re.findall(r"nqs_\w+", asked)}
    check.equal("no metric of ours is looked at by nobody", idle - {"nqs_http_exchanges_total"}, set())


def a_wrong_expression_is_found():
    names = page().names()
    for expr, wrong in (("nqs_nothing == 0", "nqs_nothing"), ('rate(nqs_door_deliveries_total{outcome="lost"}[5m])', "lost"), ("sum by (colour) (nqs_uploads_open)", "colour"),
                        ("frobnicate(nqs_uploads_open)", "frobnicate"), ("sum((nqs_uploads_open)", "brackets"), ("nqs_work_seconds", "nqs_work_seconds")):
        check.that("in " + expr, any(wrong in w for w in wrong_with(expr, names)), wrong_with(expr, names))


def settings():
    party = g_party(SECTOR)
    return {"answer_wait_ms": 1000, "max_message_mb": 1, "max_uploads": 2, "poll_seconds": 1, "kafka": {"bootstrap": "127.0.0.1:1", "protocols": "none", "dead": "none"}, "mappings": str(g.folder / "mappings"),
            "publications": [{"name": "facts", "feed": FACTS, "retry_seconds": 600, "file": {"folder": str(g.folder / "out")}}],
            "drop_boxes": [{"folder": str(box), "party": party}], "notices": {"webhook": True, "at": "23:59"},
            "fetches": [{"name": "monthly", "party": party, "source": "rest", "url": supplier.url + "/list", "feed": LISTED, "period": "current", "kind": "list",
                         "mapping": "things-pages", "schedule": "monthly 1 03:00",
                         "paging": {"parameter": "page", "total_pages": "page.totalPages", "total": "page.totalElements", "items": "content"}}]}


def g_party(role):
    lines = [line.split("|") for line in (ROOT / "deploy/demo/parties.txt").read_text().splitlines() if "|" in line]
    return next(line[0] for line in lines if role in line[2].split())


if __name__ == "__main__":
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    g, supplier = Flow(), Supplier()
    box = g.folder / "box"
    box.mkdir(mode=0o750)
    (g.folder / "mappings").mkdir()
    (g.folder / "out").mkdir()
    (g.folder / "mappings/things-pages.yaml").write_text(MAPPING)
    g.start(settings())
    what_is_known_of_a_broker()
    first = page()
    for test in (the_page_is_well_formed, every_outcome_at_the_rest_door, uploads_that_are_open_and_one_too_many, every_outcome_at_the_soap_door, files_and_fetches,
                 records_by_what_became_of_them, what_waits_and_what_is_set_aside, what_is_to_be_sent, how_far_kafka_is_read, faults_of_ours_are_told_from_the_worlds, answers_by_route, connections,
                 asked_for_under_load, what_the_database_refuses_is_told_by_kind,
                 the_database_takes_no_writes, the_database_away, the_database_stopped_in_its_tracks, counters_never_fall, no_person_and_no_party_stands_in_it,
                 alarms_ask_for_what_is_there, the_dashboard_asks_for_what_is_there, a_wrong_expression_is_found):
        if only in test.__name__:
            check.run(test)
    check.equal("no sanitizer complained", g.stop(), "")
    supplier.stop()
    check.finish()
