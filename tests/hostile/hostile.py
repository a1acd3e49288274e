"""Hostile input at every door of a running gateway: refused or cut with its reason, within the memory it may have, and the next good delivery works.

hostile.py [--long] [PATTERN]      --long: limits of 2 GB and a table with seconds (the median of three, of what takes under 5 s) and peaks of resident
                                   memory; one that was stopped goes on
In ordinary runs max_message_mb is small, so that what crosses it crosses it soon. The bound on memory is 64 MB for a release build; a sanitizer's own memory
is more than that, and what it builds is held to SANITIZED_MB, which still shows what grows with its input.
"""
import argparse
import os
import pathlib
import re
import statistics
import sys
import tempfile
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / d) for d in ("lib", "big", "hostile")]
import attacks                                      # noqa: E402
import connections                                  # noqa: E402
import dropped                                      # noqa: E402
import fetched                                      # noqa: E402
import soap                                         # noqa: E402
from checks import Checks                           # noqa: E402
from gateway import Gateway                         # noqa: E402
from resume import Done                             # noqa: E402
from streams import peak_mb, pid_of, reset_peak     # noqa: E402

CENTRE, LIMIT_MB, SANITIZED_MB, SMALL_MB, DRAINED = "recognition-centre", 64, 320, 4, 8 << 20


class Run:
    def __init__(self, gateway, checks, long, limit, settings, box, supplier):
        self.g, self.check, self.long, self.limit, self.settings = gateway, checks, long, limit, settings
        self.box, self.supplier = box, supplier
        self.most = LIMIT_MB if "release" in os.environ["NQS_BUILD"] else SANITIZED_MB
        self.turn = self.sent = 0
        self.done = Done("hostile") if long else None

    def pieces(self, a, wrap=lambda piece: piece):
        """What an attack is made of, as a door wraps it; self.sent says how much of that was asked for."""
        self.sent = 0
        for piece in map(wrap, a.make(self.limit)):
            self.sent += len(piece)
            yield piece

    def good(self):
        """The next good delivery, by REST."""
        self.turn += 1
        answer = self.g.post("/v1/deliveries", attacks.good("xml", self.turn), {"Content-Type": "application/xml"}, by=CENTRE)
        if answer.status not in (200, 202):
            return "%r" % answer
        protocol = self.g.wait_done(answer.delivery)
        return "" if protocol["state"] == "settled" and not protocol["outcomes"]["refused"] else "%r" % protocol

    def found(self, delivery):
        """What its work found."""
        return " ".join(sorted(attacks.said_of(self.g.wait_done(delivery, seconds=600))))


def rest(run, a):
    """(code, what stood around it)"""
    form, path = attacks.FORMATS[a.form], "/v1/deliveries"
    if form.claim == "query":
        path += "?feed=%s&period=%s&kind=%s" % (attacks.FEED, attacks.PERIOD, attacks.KIND)
    headers = {"Content-Type": form.type, **({"Content-Encoding": a.coding} if a.coding else {})}
    try:
        answer = run.g.post(path, run.pieces(a), headers, by=CENTRE)
    except (ConnectionError, OSError) as e:
        return "cut", str(e)
    if answer.status in (200, 202):
        return run.found(answer.delivery), "kept"
    problem = answer.json or {}
    return problem.get("type", "").rpartition(":")[2] or "no problem document", "%d" % answer.status


def soap_door(wrap):
    def door(run, a):
        party = run.g.party(CENTRE)
        head, tail = soap.envelope(soap.info(party, message_id=None), "\0").split(b"\0")

        def pieces():
            yield head
            yield from run.pieces(a, wrap)
            yield tail
        try:
            answer = soap.send(run.g, pieces())
        except (ConnectionError, OSError) as e:
            return "cut", str(e)
        if answer.status == 200:
            return run.found(run.g.get("/v1/deliveries?limit=1", by=CENTRE).json["deliveries"][0]["delivery"]), "kept"
        run.check.equal("a SOAP refusal is a fault with status 500", (answer.status, bool(soap.member(answer, "faultcode"))), (500, True))
        return (soap.member(answer, "errorData") or "no fault").partition(":")[0], soap.fault(answer)[0]
    return door


def escaped(piece):
    return piece.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def cli(run, a):
    with tempfile.NamedTemporaryFile(dir=run.g.folder) as f:
        for piece in run.pieces(a):
            f.write(piece)
        f.flush()
        more = ["--feed", attacks.FEED, "--period", attacks.PERIOD, "--kind", attacks.KIND] if attacks.FORMATS[a.form].claim == "query" else []
        done = run.g.cli("submit", f.name, "--as", run.g.party(CENTRE)["bin"], "--format", attacks.FORMATS[a.form].option, *more)
    if done.returncode == 0:
        return run.found(done.stdout.split()[0]), "kept"
    said = re.search(r"\((\w+)\)\s*$", done.stderr)
    return said.group(1) if said and done.returncode == 3 else "status %d: %s" % (done.returncode, done.stderr[-200:]), "refused"


# a door by its name: which attacks go there, and how
DOORS = [
    ("rest", "rest", tuple(attacks.FORMATS), rest),
    ("soap element", "soap", ("xml",), soap_door(bytes)),
    ("soap string", "soap", ("xml",), soap_door(escaped)),
    ("cli", "cli", tuple(attacks.FORMATS), cli),
]


def one(run, name, door, a):
    """One attack at one door."""
    pid, seconds = pid_of(run.g), []
    title, failed = "%s, %s: %s" % (name, a.form, a.name), run.check.failed
    if run.done and run.done.get(title):
        print(run.done.get(title), flush=True)
        run.check.passed += 4
        return
    next(run.pieces(a))                               # a bomb is made now, and not while the gateway waits for it
    reset_peak(pid)
    while not seconds or (run.long and len(seconds) < 3 and seconds[0] < 5):
        begun = time.monotonic()
        code, around = door(run, a)
        seconds.append(time.monotonic() - begun)
    peak = peak_mb(pid)
    far = run.sent > DRAINED                          # what comes after a refusal is read for so long, then it is cut
    run.check.that("%s is refused" % title, set(code.split()) & a.codes or (far and code == "cut"), "%s (%s), wanted %s" % (code, around, " or ".join(sorted(a.codes))))
    run.check.equal("%s is found %s" % (title, "when it is worked" if a.kept else "at the door"), around == "kept", a.kept)
    run.check.that("%s leaves the memory within %d MB" % (title, run.most), peak <= run.most, "%.1f MB" % peak)
    wrong = run.good()
    run.check.that("after %s a good delivery is taken" % title, not wrong, wrong)
    if run.done:
        shown = (sorted(set(code.split()) & a.codes) or code.split())[0]
        line = "   %-12s %-6s %-42s %-22s %7.2f s  %5.1f MB" % (name, a.form, a.name, shown, statistics.median(seconds), peak)
        print(line, flush=True)
        if run.check.failed == failed:
            run.done.keep(title, line)


def torn(run, form):
    """A good document that ends too soon, at 200 places: by each of them refused, and nothing is kept."""
    path = "/v1/deliveries?feed=%s&period=%s&kind=%s" % (attacks.FEED, attacks.PERIOD, attacks.KIND)
    whole, places = attacks.cuts(form)
    before = run.g.psql("select count(*) from nqs.envelope")
    taken, kept = [], []
    for at in places:
        if form == "ndjson" and b"\n" in whole[at - 1:at + 1]:
            continue                                 # lines that are whole are a delivery of fewer records
        answer = run.g.post(path, whole[:at], {"Content-Type": attacks.FORMATS[form].type}, by=CENTRE)
        if form == "ndjson" and answer.status == 202:
            kept.append(answer.delivery)
        elif (answer.json or {}).get("type", "").rpartition(":")[2] != "torn":
            taken.append("%d: %r" % (at, answer))
    taken += [d for d in kept if "bad_record" not in run.found(d)]
    run.check.that("%s cut off anywhere is refused" % form, not taken, taken[:3])
    if form != "ndjson":
        run.check.equal("%s cut off leaves nothing" % form, run.g.psql("select count(*) from nqs.envelope"), before)
    run.check.that("after %s cut off a good delivery is taken" % form, not run.good())


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--long", action="store_true")
    p.add_argument("pattern", nargs="?", default="")
    a = p.parse_args()
    mb = 2048 if a.long else SMALL_MB
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=8"
    check = Checks()
    settings = {"max_message_mb": mb, "idle_seconds": connections.IDLE, "log_level": "warning", "answer_wait_ms": 0}
    g = Gateway()
    box = g.folder / "box"
    box.mkdir(mode=0o750)
    supplier = fetched.server()
    settings.update(poll_seconds=1, drop_boxes=[{"folder": str(box), "party": attacks.BIN, "lang": "en"}],
                    **fetched.settings(g.folder, "http://127.0.0.1:%d/" % supplier.server_address[1]))
    g.start(settings)
    run = Run(g, check, a.long, mb << 20, settings, box, supplier)
    try:
        for name, kind, forms, door in DOORS:
            before = check.failed
            for attack in attacks.ATTACKS:
                if kind in attack.doors and attack.form in forms and re.search(a.pattern, "%s %s %s" % (name, attack.form, attack.name)):
                    check.run(one, run, name, door, attack) if a.pattern else one(run, name, door, attack)
            if not a.long:
                check.say("%s  %s" % ("ok  " if check.failed == before else "FAIL", name))
        for form in attacks.FORMATS:
            if attacks.FORMATS[form].ends and re.search(a.pattern, "torn " + form):
                check.run(torn, run, form)
        for function in [dropped.files_in_a_drop_box, fetched.answers_of_a_supplier] + connections.ALL:
            if re.search(a.pattern, function.__name__):
                check.run(function, run)
    finally:
        said = g.stop()
    check.equal("no sanitizer complained", said, "")
    if run.done and not check.failed:
        run.done.finish()
    check.finish()


if __name__ == "__main__":
    main()
