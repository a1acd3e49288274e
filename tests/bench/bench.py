"""The benchmarks: this gateway beside the limit of the machine, in one run, medians of RUNS. See run.sh.

bench.py [--records N] [--runs N] [--seconds N] [--only PATTERN]
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))
sys.path.insert(0, str(HERE.parent / "big"))
sys.path.append(str(HERE.parent / "flow"))
import documents                                    # noqa: E402
from formats import formats                         # noqa: E402
from gateway import Gateway, ROOT                   # noqa: E402
import kafka_in                                     # noqa: E402
import kafka_out                                    # noqa: E402
from resume import Done                             # noqa: E402
from things import Flow                             # noqa: E402
from streams import peak_mb, pid_of, reset_peak     # noqa: E402

CENTRE = "recognition-centre"
TABLE, HISTORY = "feed.recognition_document", "feed.recognition_document_history"
PG = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]


class Bench:
    def __init__(self, g, a):
        self.g, self.a, self.run_no = g, a, 0
        self.data = ROOT / "build" / "bench-data"
        self.data.mkdir(parents=True, exist_ok=True)
        self.rows = []

    def shell(self, *command, **kw):
        return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True, **kw).stdout

    def psql_bin(self):
        return PG / "psql"

    def dsn(self):
        return "host=%s user=nqs dbname=nqs" % (self.g.folder / "run")

    def file(self, form, random_keys=False):
        """The document, made once and kept: the same bytes in every run."""
        party = self.g.party(CENTRE)
        path = self.data / ("%d-%s%s.%s" % (self.a.records, party["bin"], "-random" if random_keys else "", form))
        if not path.exists():
            print("   making %s" % path.name, flush=True)
            with open(str(path) + ".new", "wb") as f:
                f.writelines(documents.stream(form, self.a.records, party["bin"], random_keys=random_keys))
            os.rename(str(path) + ".new", path)
        return path

    def empty(self):
        self.g.psql("truncate %s, %s" % (TABLE, HISTORY))
        self.g.psql("checkpoint")

    def upload(self, form, random_keys=False):
        """One delivery by REST: seconds from its first byte to its last row, and the gateway's peak memory."""
        self.empty()
        self.run_no += 1
        pid = pid_of(self.g)
        reset_peak(pid)
        query = "?feed=%s&period=2026-10&kind=changes" % documents.FEED if form == "ndjson" else ""
        kind = {"xml": "application/xml", "ndjson": "application/x-ndjson"}[form]
        begun = time.monotonic()
        answer = json.loads(self.shell("curl", "-sS", "-T", self.file(form, random_keys), "-X", "POST", "-H", "Expect:", "-H", "Content-Type: " + kind,
                                       "-H", "Idempotency-Key: bench-%d" % self.run_no, "-H", "Authorization: Bearer " + self.g.token(CENTRE),
                                       self.g.url + "/v1/deliveries" + query))
        protocol = self.g.wait_done(answer["receipt"]["delivery"], seconds=1800)
        took = time.monotonic() - begun
        assert protocol["outcomes"]["new"] == self.a.records, protocol["outcomes"]
        return took, peak_mb(pid)

    def limit(self, random_keys=False):
        """psql \\copy of the same rows into a temporary table and INSERT … SELECT … ON CONFLICT into the generated table."""
        tsv = self.data / ("rows%s.tsv" % ("-random" if random_keys else ""))
        if not tsv.exists() or tsv.stat().st_mtime < (self.g.folder / "key").stat().st_mtime:
            self.upload("xml", random_keys)
            self.shell(PG / "psql", self.dsn(), "-c", "\\copy (select * from %s order by seq) to '%s'" % (TABLE, tsv))
        self.empty()
        begun = time.monotonic()
        self.shell(PG / "psql", self.dsn(), "-v", "ON_ERROR_STOP=1", "-q", input=
                   "create temporary table s (like %s);\n\\copy s from '%s'\ninsert into %s select * from s on conflict do nothing;\n" % (TABLE, tsv, TABLE))
        return time.monotonic() - begun

    def senders(self, n):
        return "\n".join("%s %s %s" % (p["sender_id"], p["password"], p["bin"]) for p in [p for p in self.g.parties if CENTRE in p["roles"]][:n])

    def load(self, clients, seconds, count, records, parties):
        """SOAP messages; what bench_load says, the seconds until all work was done, records worked, the peak."""
        self.empty()
        self.run_no += 1
        pid = pid_of(self.g)
        reset_peak(pid)
        before = int(self.g.psql("select count(*) from nqs.envelope"))
        begun = time.monotonic()
        out = json.loads(self.shell(pathlib.Path(os.environ["NQS_BUILD"]) / "bench_load", self.g.port, clients, seconds, count, records,
                                    int(time.time()) % 1000000 + self.run_no, input=self.senders(parties)))
        worked_meanwhile = int(self.g.psql("select count(*) from nqs.envelope where state = 'settled'")) - before
        while self.g.psql("select exists (select from nqs.queue)") == "t":
            time.sleep(0.05)
        out.update(all_done=time.monotonic() - begun, worked_meanwhile=worked_meanwhile, peak=peak_mb(pid),
                   rows=int(self.g.psql("select count(*) from " + TABLE)))
        return out

    def pgbench(self, clients, seconds, inbox):
        """Commits a second of one row that holds a message of 1 KB: a bare table with its key, or the inbox's own row with its own indexes."""
        like = "(like nqs.envelope including all)" if inbox else "(id uuid primary key, party int, feed text, receipt bytea, committed timestamptz)"
        self.g.psql("drop table if exists bench_row; create table bench_row " + like)
        columns, values = "id, party, feed, receipt, committed", "gen_random_uuid(), 1, 'recognition-documents', decode(repeat('ab', 1024), 'hex'), clock_timestamp()"
        if inbox:
            columns += (", number, period, kind, source, format, message_id, month, key, parts, kept_bytes, payload_form, payload_offset, payload_length, digest_payload,"
                        " first_byte, last_byte")
            values += (", nextval('nqs.delivery_number'), '2026-10', 'changes', 'soap', 'xml', gen_random_uuid()::text, '2026-11-01', decode(repeat('ab', 60), 'hex'), 1, 1500,"
                       " 'element', 600, 900, decode(repeat('ab', 32), 'hex'), clock_timestamp(), clock_timestamp()")
        script = self.data / "one-row.sql"
        script.write_text("insert into bench_row (%s) values (%s);\n" % (columns, values))
        out = self.shell(PG / "pgbench", "-n", "-c", clients, "-j", 2, "-T", seconds, "-M", "prepared", "-f", script, self.dsn())
        self.g.psql("drop table bench_row")
        return float(re.search(r"tps = ([\d.]+)", out).group(1))

    def say(self, name, figure, ratio="", bar="", memory=None, more=""):
        self.rows.append((name, figure, ratio, bar, "%.0f MB" % memory if memory else "", more))
        print("   " + " | ".join(str(c) for c in self.rows[-1]), flush=True)


def median(values):
    return statistics.median(values)


def spread(values):
    return "%.0f–%.0f" % (min(values), max(values))


def percent(part, whole):
    return "%.0f %%" % (100 * part / whole)


def bulk(b):
    """A million records by REST beside the limit; in turn, so that a drift of the machine meets both."""
    n, limits, xml, ndjson = b.a.records, [], [], []
    b.limit()
    for _ in range(b.a.runs):
        limits.append(n / b.limit())
        xml.append(b.upload("xml"))
        ndjson.append(b.upload("ndjson"))
    base = median(limits)
    b.base = base
    b.say("limit: \\copy + INSERT ON CONFLICT, rising keys", "%.0f rows/s" % base, "100 %", "", None, spread(limits))
    for name, runs, bar in (("XML", xml, "≥ 40 %, aim 55"), ("NDJSON", ndjson, "≥ 50 %, aim 65")):
        rates = [n / t for t, _ in runs]
        b.say("REST %s, one delivery of %d records" % (name, n), "%.0f rows/s" % median(rates), percent(median(rates), base), bar, max(m for _, m in runs), spread(rates))


def bulk_random(b):
    n = b.a.records
    base = n / b.limit(True)
    took, memory = b.upload("xml", True)
    b.say("limit, random keys (one run)", "%.0f rows/s" % base, "100 %")
    b.say("REST XML, random keys (one run)", "%.0f rows/s" % (n / took), percent(n / took, base), "shown", memory)


def soap_100k(b):
    runs = [b.load(8, 3600, 2000, 115, 8) for _ in range(b.a.runs)]
    rates = [r["rows"] / r["all_done"] for r in runs]
    messages = [r["acknowledged"] / r["all_done"] for r in runs]
    base = getattr(b, "base", None)
    b.say("SOAP 100 KB, 8 clients, to all work done", "%.0f rows/s, %.0f messages/s" % (median(rates), median(messages)),
          percent(median(rates), base) if base else "", "≥ 40 %, aim 60", max(r["peak"] for r in runs), spread(rates))


def soap_1k(b):
    bare, inbox, runs = [], [], []
    for _ in range(b.a.runs):
        bare.append(b.pgbench(64, b.a.seconds, False))
        inbox.append(b.pgbench(64, b.a.seconds, True))
        runs.append(b.load(64, b.a.seconds, 0, 1, 8))
    base = median(inbox)
    rates = [r["per_second"] for r in runs]
    b.say("limit: pgbench, 64 clients, one inbox row of 1 KB a commit", "%.0f commits/s" % base, "100 %", "", None,
          "%s; a bare table with its key: %.0f commits/s" % (spread(inbox), median(bare)))
    b.say("SOAP 1 KB, 64 clients of 8 parties, acknowledged", "%.0f/s" % median(rates), percent(median(rates), base), "≥ 25 %", max(r["peak"] for r in runs),
          "p50 %.1f ms, p99 %.1f ms; %s; %s of the bare table" % (median([r["p50_ms"] for r in runs]), median([r["p99_ms"] for r in runs]), spread(rates),
                                                                  percent(median(rates), median(bare))))


def soap_sustained(b):
    r = b.load(64, 60 if b.a.seconds >= 10 else b.a.seconds, 0, 1, 8)
    worked = r["worked_meanwhile"] / r["seconds"]
    b.say("SOAP 1 KB, sustained %.0f s, fully worked" % r["seconds"], "%.0f/s" % worked, "", "≥ 1,500/s", r["peak"], "acknowledged %.0f/s" % r["per_second"])


def kafka(b):
    kafka_out.kafka_out(b, b.broker)


def received(b):
    kafka_in.kafka_in(b, b.broker)


PARTS = [(bulk, {}), (bulk_random, {}), (soap_100k, {}), (soap_1k, {"answer_wait_ms": 0}), (soap_sustained, {"answer_wait_ms": 0}),
         (formats, {"answer_wait_ms": 0, "mappings": str(HERE / "mappings")}), (kafka, kafka_out.settings_of), (received, kafka_in.settings_of)]


MOST_MB = {kafka_out.WHAT: 128, kafka_in.WHAT: 128}         # resident; all else 64


def table(rows):
    heads = ("what", "median", "of the limit", "bar", "resident", "min–max, more")
    wide = [max(len(str(r[i])) for r in [heads] + rows) for i in range(6)]
    return "\n".join("  ".join(str(c).ljust(w) for c, w in zip(r, wide)).rstrip() for r in [heads] + rows)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--records", type=int, default=1000000)
    p.add_argument("--runs", type=int, default=5)
    p.add_argument("--seconds", type=int, default=15)
    p.add_argument("--peer-runs", type=int, default=2)
    p.add_argument("--only", default="")
    a = p.parse_args()
    rows, base = [], None
    done = Done("bench-%d-%d-%d" % (a.records, a.runs, a.seconds))
    for part, settings in PARTS:
        if not re.search(a.only or "^(?!formats|kafka|received)", part.__name__):      # they are a long run of their own
            continue
        if done.get(part.__name__):
            before, base = done.get(part.__name__)
            rows += [tuple(r) for r in before]
            continue
        g, broker = Flow() if part is received else Gateway(), None        # one that can be stopped and started alone
        if callable(settings):
            broker = kafka_out.Broker()
            settings = settings(broker)
        g.start(settings)
        b = Bench(g, a)
        b.broker = broker
        if base:
            b.base = base
        part(b)
        base = getattr(b, "base", base)
        rows += b.rows
        done.keep(part.__name__, (b.rows, base))
        g.stop()
        if broker:
            broker.stop()
    done.finish()
    print(table(rows))
    over = any(r[4] and float(r[4].split()[0]) > MOST_MB.get(r[0].split(",")[0], 64) for r in rows)
    print("%d passed, %d failed" % (not over, over))
    return over


sys.exit(main())
