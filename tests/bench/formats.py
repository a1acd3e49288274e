"""Suppliers' own formats to canonical rows: CSV and XLSX of 100,000 rows, and mapped JSON beside the same records as canonical JSON. A part of bench.py."""
import csv
import json
import statistics
import time

import documents
from streams import peak_mb, pid_of, reset_peak

ROWS = 100000
HEADINGS = ("centre_bin", "document_number", "issued_on", "valid_to", "profession_code", "qualification", "level", "skills", "attempt_number", "status")
CENTRE = "recognition-centre"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What the supplier of tests/bench/mappings/bench-json.yaml calls these fields.
THEIRS = {"centre_bin": "centreBin", "document_number": "docNo", "issued_on": "issued", "valid_to": "validTo", "profession_code": "profession",
          "qualification": "qualificationName", "level": "nqfLevel", "skills": "skillList", "attempt_number": "attempt", "status": "state"}
STATES = {"issued": "1", "annulled": "2"}


def records(bin_):
    return (json.loads(documents.json_record(documents.fields(i, bin_))) for i in range(ROWS))


def cells(record):
    return [json.dumps(record[h], ensure_ascii=False) if h == "skills" else record[h] for h in HEADINGS]


def write_csv(path, bin_):
    with open(path, "w", newline="", encoding="utf-8") as f:
        w = csv.writer(f, delimiter=";")
        w.writerow(HEADINGS)
        w.writerows(cells(r) for r in records(bin_))


def write_xlsx(path, bin_):
    import openpyxl
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    sheet.append(HEADINGS)
    for r in records(bin_):
        sheet.append(cells(r))
    book.save(path)


def write_canonical(path, bin_):
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"feed": documents.FEED, "period": "2026-10", "kind": "changes", "records": list(records(bin_))}, f, ensure_ascii=False)


def write_mapped(path, bin_):
    items = [{**{THEIRS[k]: v for k, v in r.items()}, "state": STATES[r["status"]]} for r in records(bin_)]
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"total": ROWS, "data": {"items": items}}, f, ensure_ascii=False)


WAYS = {      # name: what makes the document, its media type, what the query says beside feed, period and kind
    "csv": (write_csv, "text/csv", ""),
    "xlsx": (write_xlsx, XLSX, ""),
    "canonical.json": (write_canonical, "application/json", ""),
    "mapped.json": (write_mapped, "application/json", "&mapping=bench-json"),
}


def hand_in(b, name):
    """Seconds from the first byte to the last row, and the gateway's peak memory."""
    write, kind, more = WAYS[name]
    bin_ = b.g.party(CENTRE)["bin"]
    path = b.data / ("formats-%d-%s.%s" % (ROWS, bin_, name))
    if not path.exists():
        print("   making %s" % path.name, flush=True)
        write(path, bin_)
    b.empty()
    b.run_no += 1
    pid = pid_of(b.g)
    reset_peak(pid)
    begun = time.monotonic()
    answer = json.loads(b.shell("curl", "-sS", "-T", path, "-X", "POST", "-H", "Expect:", "-H", "Content-Type: " + kind, "-H", "Idempotency-Key: formats-%d" % b.run_no,
                                "-H", "Authorization: Bearer " + b.g.token(CENTRE),
                                b.g.url + "/v1/deliveries?feed=%s&period=2026-10&kind=changes%s" % (documents.FEED, more)))
    protocol = b.g.wait_done(answer["receipt"]["delivery"], seconds=600)
    took = time.monotonic() - begun
    assert protocol["outcomes"]["new"] == ROWS, protocol
    return took, peak_mb(pid)


def formats(b):
    """In turn, so that a drift of the machine meets all of them."""
    runs = {name: [] for name in WAYS}
    for _ in range(b.a.runs):
        for name in WAYS:
            runs[name].append(hand_in(b, name))
    took = {name: statistics.median(t for t, _ in r) for name, r in runs.items()}
    peak = {name: max(m for _, m in r) for name, r in runs.items()}
    for name in ("csv", "xlsx", "canonical.json"):
        b.say("%s, one delivery of %d records" % (name, ROWS), "%.0f rows/s" % (ROWS / took[name]), "", "", peak[name], "%.1f s to the last row" % took[name])
    pairs = [m / c for (m, _), (c, _) in zip(runs["mapped.json"], runs["canonical.json"])]
    b.say("mapped.json, the same records", "%.0f rows/s" % (ROWS / took["mapped.json"]), "%+.0f %% of canonical JSON's time" % (100 * (statistics.median(pairs) - 1)),
          "≤ +25 %", peak["mapped.json"], "pairs %s" % " ".join("%+.0f %%" % (100 * (p - 1)) for p in pairs))
