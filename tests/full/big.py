"""Deliveries of millions: more keys than the gateway counts in memory, a correction that changes, leaves out and repeats, and the same once more.

big.py [--records N]       prints what became of them beside what must, with seconds and the peak of resident memory
"""
import argparse
import json
import pathlib
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / d) for d in ("lib", "big")]
import documents                                    # noqa: E402
from gateway import Gateway                         # noqa: E402
from streams import peak_mb, pid_of, reset_peak     # noqa: E402

CENTRE, LIMIT_MB = "recognition-centre", 64


def corrected(count, bin_, at_once=2000):
    """Of every ten records one is left out and one is changed; every hundredth stands twice, the same."""
    for start in range(0, count, at_once):
        lines = []
        for i in range(start, min(start + at_once, count)):
            line = documents.json_record(documents.fields(i, bin_))
            if i % 10 == 3:
                continue
            lines.append(line.replace('"issued"}', '"issued","annulled_on":null}').replace("CON-", "COR-") if i % 10 == 5 else line)
            if i % 100 == 0:
                lines.append(line)
        yield ("\n".join(lines) + "\n").encode()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--records", type=int, default=3000000)
    n = p.parse_args().records
    wrong = 0
    with Gateway() as g:
        bin_ = g.party(CENTRE)["bin"]
        steps = [("first", lambda: documents.stream("ndjson", n, bin_), {"new": n}),
                 ("correction", lambda: corrected(n, bin_), {"changed": n // 10, "unchanged": n * 8 // 10 + n // 100}),
                 ("the first again", lambda: documents.stream("ndjson", n, bin_), {"changed": n * 2 // 10, "unchanged": n * 8 // 10})]
        for name, pieces, must in steps:
            reset_peak(pid_of(g))
            begun = time.monotonic()
            answer = g.deliver(pieces(), CENTRE, "application/x-ndjson", {"feed": documents.FEED, "period": "2026-10", "kind": "facts"}, Idempotency_Key=name)
            protocol = g.wait_done(answer.delivery, seconds=3000)
            peak, got = peak_mb(pid_of(g)), {k: v for k, v in protocol["outcomes"].items() if v}
            good = got == must and peak <= LIMIT_MB
            wrong += not good
            print("   %-16s %9d records  %6.0f s  peak %5.1f MB  %s%s" % (name, n, time.monotonic() - begun, peak, json.dumps(got), "" if good else "  must be %s" % json.dumps(must)), flush=True)
        current = int(g.psql("select count(*) from feed.recognition_document where withdrawn is null"))
        wrong += current != n
        print("   %d current rows" % current)
    print("%d passed, %d failed" % (4 - wrong, wrong))
    return 1 if wrong else 0


sys.exit(main())
