"""Documents of any size stream through: every way in, every row there, and the gateway's memory stays small.

streams.py SIZE_MB [--limit MB]      SIZE_MB of document each; resident memory at most --limit (default 64), by the kernel's own high-water mark
"""
import argparse
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import documents                        # noqa: E402
from gateway import Gateway             # noqa: E402
from resume import Done                 # noqa: E402

CENTRE = "recognition-centre"
TYPES = {"xml": "application/xml", "json": "application/json", "ndjson": "application/x-ndjson"}
WAYS = [("rest", "xml", ""), ("rest", "json", ""), ("rest", "ndjson", ""), ("rest", "xml", "zstd"), ("rest", "json", "zstd"), ("rest", "ndjson", "zstd"),
        ("soap", "element", ""), ("soap", "compound", ""), ("soap", "string", "")]


def pid_of(g):
    return int((g.folder / "gateway.pid").read_text())


def reset_peak(pid):
    pathlib.Path("/proc/%d/clear_refs" % pid).write_text("5")


def peak_mb(pid):
    return int(next(line for line in open("/proc/%d/status" % pid) if line.startswith("VmHWM")).split()[1]) / 1024


def zstd(pieces):
    """The pieces through the zstd command, a little at a time."""
    import threading
    p = subprocess.Popen(["zstd", "-3", "-q", "-c"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def feed():
        for piece in pieces:
            p.stdin.write(piece)
        p.stdin.close()
    threading.Thread(target=feed, daemon=True).start()
    while True:
        piece = p.stdout.read(65536)
        if not piece:
            return
        yield piece


def send(g, way, count, period):
    kind_of_way, form, coding = way
    party = g.party(CENTRE)
    if kind_of_way == "soap":
        body = documents.soap(form, "streams-%s-%s" % (form, period), party, documents.stream("xml", count, party["bin"], period), period)
        return g.post("/soap/sync", body, {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'})
    body = documents.stream(form, count, party["bin"], period)
    headers = {"Content-Type": TYPES[form]}
    if coding:
        body, headers["Content-Encoding"] = zstd(body), coding
    query = "?feed=%s&period=%s&kind=facts" % (documents.FEED, period) if form == "ndjson" else ""
    return g.post("/v1/deliveries" + query, body, headers, by=CENTRE)


def one(g, way, size, period):
    """Sends one document and waits for its last row; returns what went wrong, or None, the peak in MB, and a line about it."""
    pid = pid_of(g)
    count = documents.records_for("xml" if way[0] == "soap" else way[1], size)
    reset_peak(pid)
    begun = time.monotonic()
    answer = send(g, way, count, period)
    if answer.status not in (200, 202):
        return "answered %r" % answer, 0, ""
    sent = time.monotonic() - begun
    listed = g.get("/v1/deliveries?limit=1", by=CENTRE).json["deliveries"][0]["delivery"]
    protocol = g.wait_done(listed, seconds=1800)
    peak = peak_mb(pid)
    line = "   %-22s %4d MB  %8d records  sent in %6.1f s  rows after %6.1f s  peak %5.1f MB" % (
        "/".join(filter(None, way)), size >> 20, count, sent, time.monotonic() - begun, peak)
    fresh = sum(protocol["outcomes"][k] for k in ("new", "changed", "unchanged"))
    if protocol["state"] != "settled" or fresh != count:
        return "expected %d records settled, got %s %s" % (count, protocol["state"], protocol["outcomes"]), peak, line
    return None, peak, line


def main():
    p = argparse.ArgumentParser()
    p.add_argument("size", type=int)
    p.add_argument("--limit", type=float, default=64)
    a = p.parse_args()
    passed = failed = 0
    done = Done("streams-%d" % a.size)
    with Gateway() as g:
        for i, way in enumerate(WAYS):
            name = "/".join(filter(None, way))
            if done.get(name):
                print(done.get(name), flush=True)
                passed += 1
                continue
            wrong, peak, line = one(g, way, a.size << 20, "2026-%02d" % (i + 1))
            print(line, flush=True)
            if not wrong and peak > a.limit:
                wrong = "resident memory rose to %.1f MB, the limit is %.0f" % (peak, a.limit)
            passed, failed = passed + (not wrong), failed + bool(wrong)
            if not wrong:
                done.keep(name, line)
            else:
                print("   FAILED %s: %s" % ("/".join(way), wrong))
            g.psql("truncate feed.recognition_document, feed.recognition_document_history")
    done.finish()
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
