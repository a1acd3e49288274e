"""What goes out over Kafka beside `psql \\copy | kcat` of the same records, both idempotent with zstd, on one broker in one run. A part of bench.py."""
import json
import os
import pathlib
import shlex
import socket
import statistics
import subprocess
import tempfile
import time

import documents
from streams import peak_mb, pid_of, reset_peak

ROUTE, WHAT = "bench", "published to Kafka"
SCRIPT = pathlib.Path(__file__).resolve().parents[1] / "kafka" / "kafka.sh"


class Broker:
    """Of one's own, with a compiler that is not in a hurry."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="nqs-bench-kafka.")
        with socket.socket() as a:
            a.bind(("127.0.0.1", 0))
            self.port = a.getsockname()[1] % 18000 + 12000
        self.address = "127.0.0.1:%d" % self.port
        os.environ["KAFKA_JVM_OPTS"] = "-XX:+UseG1GC"
        self._script("start", self.folder, self.port)

    def _script(self, *args):
        return subprocess.run([str(SCRIPT), *map(str, args)], check=True, capture_output=True, text=True).stdout

    def topic(self, name):
        self._script("topic", self.folder, name, 1)

    def messages(self, topic):
        return int(self._script("tool", self.folder, "GetOffsetShell", "--topic", topic).strip().rsplit(":", 1)[1])

    def stop(self):
        self._script("stop", self.folder)
        subprocess.run(["rm", "-rf", self.folder], check=True)


def settings_of(broker):
    return {"kafka": {"bootstrap": broker.address, "topics": "none", "protocols": "none", "dead": "none"},
            "publications": [{"name": ROUTE, "feed": documents.FEED, "kafka": {"topic": "ours"}}]}


def published(b):
    """The changes of the last settlement are sent once more: seconds from the order to the last acknowledgement known to the database (up to one of them until it is looked for)."""
    pid = pid_of(b.g)
    reset_peak(pid)
    begun = time.monotonic()
    b.g.psql("insert into nqs.outbox (route, subject, settlement, ordinal, since) select '%s', 'settlement', id, ordinal, now() from nqs.settlement order by ordinal desc limit 1" % ROUTE)
    while b.g.psql("select exists (select from nqs.outbox where state = 'waiting')") == "t":
        time.sleep(0.02)
    return time.monotonic() - begun, peak_mb(pid)


def copied(b, broker, columns):
    """The same records by psql and kcat, as rows of text or as JSON objects."""
    psql = os.environ.get("PSQL", "psql")
    copy = "\\copy (%s) to stdout" % columns
    line = "%s %s -q -c %s | kcat -P -b %s -t theirs -K '\\t' -z zstd -X enable.idempotence=true -X acks=all -X socket.nagle.disable=true" % (
        psql, shlex.quote(b.dsn()), shlex.quote(copy), broker.address)
    begun = time.monotonic()
    subprocess.run(["bash", "-o", "pipefail", "-c", line], check=True)
    return time.monotonic() - begun


def kafka_out(b, broker):
    n, table = b.a.records, "feed.recognition_document"
    for topic in ("ours", "theirs"):
        broker.topic(topic)
    b.upload("ndjson")
    while b.g.psql("select exists (select from nqs.outbox)") == "t":
        time.sleep(0.1)
    b.g.psql("vacuum analyze " + table)
    own = b.g.psql("select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute where attrelid = '%s'::regclass and attnum > 0 and attnum <= %d"
                   % (table, len(json.loads(documents.json_record(documents.fields(0, "391240001016"))))))
    as_json = "select t.centre_bin || '/' || t.document_number, row_to_json(t)::text from (select %s from %s order by seq) t" % (own, table)
    as_rows = "select centre_bin || '/' || document_number, %s from %s order by seq" % (own, table)
    ours, jsons, rows = [], [], []
    for _ in range(b.a.runs):
        rows.append(n / copied(b, broker, as_rows))
        jsons.append(n / copied(b, broker, as_json))
        ours.append(published(b))
    rates, base = [n / t for t, _ in ours], statistics.median(jsons)
    assert broker.messages("ours") >= n * (b.a.runs + 1), "not all went out"
    assert broker.messages("theirs") == 2 * n * b.a.runs, "kcat lost some"
    spread = lambda v: "%.0f–%.0f" % (min(v), max(v))       # noqa: E731
    b.say("limit: psql \\copy of JSON | kcat, idempotent, zstd", "%.0f messages/s" % base, "100 %", "", None, spread(jsons))
    b.say("psql \\copy of rows | kcat, the same", "%.0f messages/s" % statistics.median(rows), "%.0f %%" % (100 * statistics.median(rows) / base), "", None, spread(rows))
    b.say("%s, changes of %d records" % (WHAT, n), "%.0f messages/s" % statistics.median(rates), "%.0f %%" % (100 * statistics.median(rates) / base), "≥ 60 %",
          max(m for _, m in ours), spread(rates))
