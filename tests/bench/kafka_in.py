"""Kafka to canonical rows beside the limit of two connections and beside Kafka Connect with the Debezium JDBC sink: the same messages, on one broker, in one run. A part of bench.py."""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import documents
from kafka_out import Broker
from streams import peak_mb, pid_of, reset_peak

sys.path.append("/usr/lib/python3/dist-packages")       # the client is a Debian package, whichever Python runs this
PARTIES, THREADS, TABLE, WHAT = 4, 4, "feed.recognition_document", "received by Kafka"
PEER = pathlib.Path(__file__).resolve().parent / "peers" / "connect.sh"


def settings_of(broker):
    return {"work_threads": THREADS, "answer_wait_ms": 0,
            "kafka": {"bootstrap": broker.address, "protocols": "none", "dead": "none", "properties": [{"name": "topic.metadata.refresh.interval.ms", "value": "1000"}]}}


def centres(g):
    return [p for p in g.parties if "recognition-centre" in p["roles"]][:PARTIES]


def fill(b, broker):
    """One delivery of each party, of its part of the records, and its end; sent once, read in every run."""
    from confluent_kafka import Producer
    each = b.a.records // PARTIES
    for party in centres(b.g):
        topic = "nqs.in.%s.%s" % (party["bin"], documents.FEED)
        broker.topic(topic)
        p = Producer({"bootstrap.servers": broker.address, "enable.idempotence": True, "compression.type": "zstd", "linger.ms": 50, "queue.buffering.max.messages": 500000,
                      "queue.buffering.max.kbytes": 500000})
        about = [("ce_specversion", "1.0"), ("ce_source", "/bench"), ("ce_type", "kz.nqs.%s.record" % documents.FEED), ("content-type", "application/json"), ("ce_nqsperiod", "2026-10"),
                 ("ce_nqsdelivery", "october"), ("ce_nqskind", "changes")]
        for i in range(each):
            f = documents.fields(i, party["bin"])
            while True:
                try:
                    p.produce(topic, documents.json_record(f), f[1], headers=about + [("ce_id", str(i))])
                    break
                except BufferError:
                    p.poll(0.2)
        end = [(k, v.replace(".record", ".delivery-completed")) for k, v in about] + [("ce_id", "end"), ("bench_end", "")]      # the last: by which the peer leaves it out
        p.produce(topic, json.dumps({"records": each}), headers=end)
        assert p.flush(300) == 0, "not all was sent"


def emptied(b):
    """As if nothing had ever been read."""
    b.empty()
    b.g.psql("truncate nqs.kafka_mark, nqs.kafka_batch, nqs.stream")


def all_worked(b):
    while b.g.psql("select count(*) from nqs.stream s join nqs.envelope e on e.id = s.head where e.closed_at is not null") != str(PARTIES):
        time.sleep(0.2)


def received(b):
    """Seconds from the first message to the last row and the protocol of every delivery, and the peak."""
    b.g.quit()
    emptied(b)
    since = b.g.psql("select now()")
    b.g.again()
    pid = pid_of(b.g)
    reset_peak(pid)
    all_worked(b)
    took = float(b.g.psql("select extract(epoch from max(closed_at) - min(first_byte)) from nqs.envelope where committed >= '%s'" % since))
    new = b.g.psql("select sum(e.counts[1]) from nqs.stream s join nqs.envelope e on e.id = s.head")
    rows = b.g.psql("select count(*) from " + TABLE)
    each = b.a.records // PARTIES * PARTIES
    assert (new, rows) == (str(each), str(each)), (new, rows)
    return took, peak_mb(pid)


def limit(b):
    """psql \\copy of the same rows into temporary tables and INSERT … SELECT … ON CONFLICT, on two connections at once."""
    files = [b.data / ("kafka-%d.tsv" % half) for half in (0, 1)]
    b.empty()
    begun = time.monotonic()
    running = [subprocess.Popen([str(b.psql_bin()), "-X", "-q", "-v", "ON_ERROR_STOP=1", b.dsn()], stdin=subprocess.PIPE, text=True) for _ in files]
    for p, f in zip(running, files):
        p.stdin.write("create temporary table s (like %s);\n\\copy s from '%s'\ninsert into %s select * from s on conflict do nothing;\n" % (TABLE, f, TABLE))
        p.stdin.close()
    assert [p.wait() for p in running] == [0, 0]
    return time.monotonic() - begun


def rows_kept(b):
    halves = [p["bin"] for p in centres(b.g)]
    for half in (0, 1):
        wanted = "', '".join(halves[2 * half:2 * half + 2])
        b.shell(b.psql_bin(), "-X", b.dsn(), "-c", "\\copy (select * from %s where centre_bin in ('%s') order by seq) to '%s'" % (TABLE, wanted, b.data / ("kafka-%d.tsv" % half)))


# ---- the peer ----

ROW = {"type": "struct", "optional": False, "fields": [
    {"field": name, "type": kind, "optional": True, **({"items": {"type": "string", "optional": True}} if kind == "array" else {})}
    for name, kind in (("centre_bin", "string"), ("document_number", "string"), ("issued_on", "string"), ("valid_to", "string"), ("profession_code", "string"), ("qualification", "string"),
                       ("level", "int32"), ("skills", "array"), ("attempt_number", "string"), ("status", "string"))]}


def peer_prepared(b):
    """PostgreSQL by TCP, which the peer's driver needs, and the generated table with what only the gateway fills made optional."""
    subprocess.run([str(PEER), "install"], check=True)
    b.g.psql("alter system set listen_addresses = '127.0.0.1'")
    b.g.quit()
    b.g.pg_ctl("restart", "-m", "fast")
    b.g.again()
    b.g.psql("create table public.peer (like %s including all)" % TABLE)
    own = {f["field"] for f in ROW["fields"]}
    for column in b.g.psql("select attname from pg_attribute where attrelid = 'public.peer'::regclass and attnum > 0 and attnotnull").split():
        if column not in own:
            b.g.psql("alter table public.peer alter %s drop not null" % column)


def peer(b, broker, run):
    """Seconds from its first rows to its last, and the largest memory; Connect's start is not counted."""
    n, folder = b.a.records // PARTIES * PARTIES, pathlib.Path(broker.folder) / ("connect-%d" % run)
    folder.mkdir()
    b.g.psql("truncate public.peer; checkpoint")
    (folder / "schema.json").write_text(json.dumps(ROW))
    topics = ",".join("nqs.in.%s.%s" % (p["bin"], documents.FEED) for p in centres(b.g))
    url = "jdbc:postgresql://127.0.0.1:%s/nqs?reWriteBatchedInserts=true&stringtype=unspecified" % b.g.psql("show port")
    with open(folder / "log", "w") as log:
        p = subprocess.Popen([str(PEER), "run", folder, broker.address, "peer-%d" % run, topics, "peer", url, folder / "schema.json"], stdout=log, stderr=log)
    try:
        def wait(sql, pause):
            end = time.monotonic() + 600
            while b.g.psql(sql) != "t":
                if p.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("Kafka Connect does not go on: " + (folder / "log").read_text()[-3000:])
                time.sleep(pause)
            return time.monotonic()
        begun = wait("select pg_relation_size('public.peer') > 0", 0.05)
        took = wait("select count(*) >= %d from public.peer" % n, 1) - begun
        return took, peak_mb(p.pid)
    finally:
        p.kill()
        p.wait()


# ---- the figures ----

def kafka_in(b, broker):
    n = b.a.records // PARTIES * PARTIES
    fill(b, broker)
    all_worked(b)
    rows_kept(b)
    if b.a.peer_runs:
        peer_prepared(b)
    limits, ours, theirs = [], [], []
    for run in range(b.a.runs):
        limits.append(n / limit(b))
        ours.append(received(b))
        if run < b.a.peer_runs:
            theirs.append(peer(b, broker, run))
    rates, base = [n / t for t, _ in ours], statistics.median(limits)
    spread = lambda v: "%.0f–%.0f" % (min(v), max(v))       # noqa: E731
    b.say("limit: \\copy + INSERT ON CONFLICT on two connections", "%.0f rows/s" % base, "100 %", "", None, spread(limits))
    b.say("%s, %d deliveries of %d messages" % (WHAT, PARTIES, n // PARTIES), "%.0f rows/s" % statistics.median(rates), "%.0f %%" % (100 * statistics.median(rates) / base), "≥ 40 %, aim 60",
          max(m for _, m in ours), spread(rates))
    if theirs:
        them = [n / t for t, _ in theirs]
        b.say("Kafka Connect, Debezium JDBC sink, upsert", "%.0f rows/s" % statistics.median(them), "%.0f %%" % (100 * statistics.median(them) / base), "", None,
              "%s; %.0f MB; this gateway: %.1f times" % (spread(them), max(m for _, m in theirs), statistics.median(rates) / statistics.median(them)))
