"""The same documents as files in a drop box: all of a format at once, or in a long run one after the other, for they are large."""
import json
import time

import attacks
from streams import peak_mb, pid_of, reset_peak

CODINGS = {None: "", "gzip": ".gz", "zstd": ".zst"}
DEADLINE = 300


def named(a, n):
    """Formats that cannot say what they are about say it by their names."""
    said = "%s_%s_%s_" % (attacks.FEED, attacks.PERIOD, attacks.KIND) if attacks.FORMATS[a.form].claim == "query" else ""
    return "%sattack-%d.%s%s" % (said, n, attacks.FORMATS[a.form].option, CODINGS[a.coding])


def drop(run, a, n):
    name = named(a, n)
    hidden = run.box / ("." + name)
    with open(hidden, "wb") as f:
        for piece in run.pieces(a):
            f.write(piece)
    hidden.rename(run.box / name)
    return name


def ended(run, name):
    """The codes in the papers beside it, once they are there."""
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until:
        for folder in ("done", "refused"):
            if (run.box / folder / (name + ".protocol.txt")).exists():
                receipt, protocol = (json.loads((run.box / folder / (name + ".%s.json" % paper)).read_text()) for paper in ("receipt", "protocol"))
                return attacks.said_of(receipt if receipt.get("refused") else protocol)
        time.sleep(0.05)
    raise RuntimeError("%s lies in the box" % name)


def some(run, form, rows):
    pid = pid_of(run.g)
    reset_peak(pid)
    for a, name, size in [(a, drop(run, a, n), run.sent) for n, a in rows]:
        got, wanted = ended(run, name), a.codes | ({"too_large"} if size > run.limit else set())          # of a file that is known before it is opened
        run.check.that("drop box, %s: %s is refused" % (form, a.name), got & wanted, "%s, wanted %s" % (sorted(got), sorted(wanted)))
        for left in (run.box / "done", run.box / "refused"):
            for paper in left.glob(name + "*"):
                paper.unlink()
    peak = peak_mb(pid)
    run.check.that("drop box, %s: the memory stays within %d MB" % (form, run.most), peak <= run.most, "%.1f MB" % peak)
    wrong = run.good()
    run.check.that("drop box, %s: a good delivery is taken afterwards" % form, not wrong, wrong)
    if run.long:
        print("   %-12s %-6s %-62s %10.1f MB" % ("drop box", form, ", ".join(a.name for _, a in rows), peak), flush=True)


def files_in_a_drop_box(run):
    for form in attacks.FORMATS:
        rows = [(n, a) for n, a in enumerate(attacks.ATTACKS) if a.form == form and a.coding in CODINGS and ("cli" in a.doors or a.coding)]
        for part in [[row] for row in rows] if run.long else [rows]:
            some(run, form, part)
