"""The same documents as answers of a supplier's system: lists in JSON over REST, XML in the data of a ШЭП answer."""
import http.server
import json
import threading

import attacks
from streams import peak_mb, pid_of, reset_peak

FORMS = {"json": ("rest", "application/json"), "xml": ("soap", "text/xml")}
ANSWER = (b'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><n:SendMessageResponse xmlns:n="http://bip.bee.kz/SyncChannel/v10/Types">'
          b"<response><responseInfo><messageId>m</messageId><responseDate>2026-11-20T10:00:00+05:00</responseDate><status><code>SCSS001</code><message>m</message></status></responseInfo>"
          b"<responseData><data>", b"</data></responseData></response></n:SendMessageResponse></s:Body></s:Envelope>")
# a list over REST is read by a mapping: here one that takes every field as it is called
MAPPING = """name: hostile-list
version: 1.0.0
title: Documents as they are
feed: %s
format: json-seq
kind: %s
layout: {records: 'records[]'}
columns:
%s"""
# of a supplier's own document only what the mapping's path leads to is read
BESIDE = {"feed twice", "white space before all", "a prototype's name"}
# what a fetch itself says of an answer before the door sees it
OURS = {"fetch_not_json", "fetch_not_soap", "fetch_too_large", "fetch_cut", "fetch_timeout"}


class Supplier(http.server.ThreadingHTTPServer):
    """Answers with the pieces of one document, whatever it is asked."""
    daemon_threads = True
    pieces, type = (), ""

    def handle_error(self, request, client_address):
        """It was cut: that is what this is about."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", self.server.type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in self.server.pieces:
            if piece:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    do_POST = do_GET


def server():
    s = Supplier(("127.0.0.1", 0), Handler)
    threading.Thread(target=s.serve_forever, daemon=True).start()
    return s


def settings(folder, url):
    """What gateway.yaml says of this; the files it names lie in folder."""
    (folder / "mappings").mkdir()
    columns = "".join("  - {to: %s, from: %s}\n" % (field, field) for field in attacks.HEADINGS)
    (folder / "mappings/hostile-list.yaml").write_text(MAPPING % (attacks.FEED, attacks.KIND, columns))
    for name, text in (("password", "secret\n"), ("request.xml", "<q/>")):
        (folder / name).write_text(text)
        (folder / name).chmod(0o600)
    every = {"party": attacks.BIN, "url": url, "feed": attacks.FEED, "period": attacks.PERIOD, "kind": attacks.KIND, "attempts": 1, "timeout_seconds": 60}
    soap = {"sender_id": "nqs", "password_file": str(folder / "password"), "service": "List", "request_file": str(folder / "request.xml")}
    return {"mappings": str(folder / "mappings"), "fetches": [{**every, "name": "hostile-json", "source": "rest", "mapping": "hostile-list"},
                                                              {**every, "name": "hostile-xml", "source": "soap", "soap": soap}]}


def ended(run, form):
    done = run.g.cli("fetch", "hostile-" + form)
    last = next(f for f in json.loads(run.g.cli("fetches", "--json").stdout) if f["name"] == "hostile-" + form)["last"]
    return set(run.found(last["delivery"]).split()) if done.returncode == 0 else {last["error"]}


def answers_of_a_supplier(run):
    for form, (source, media) in FORMS.items():
        pid = pid_of(run.g)
        reset_peak(pid)
        for a in attacks.ATTACKS:
            if a.form != form or source not in a.doors or a.coding or (form == "json" and a.name in BESIDE):
                continue
            head, tail = ANSWER if source == "soap" else (b"", b"")
            run.supplier.pieces, run.supplier.type = (piece for part in ([head], run.pieces(a), [tail]) for piece in part), media
            got, wanted = ended(run, form), a.codes | OURS
            run.check.that("fetched, %s: %s is refused" % (form, a.name), got & wanted, "%s, wanted %s" % (sorted(got), sorted(wanted)))
        peak = peak_mb(pid)
        run.check.that("fetched, %s: the memory stays within %d MB" % (form, run.most), peak <= run.most, "%.1f MB" % peak)
        wrong = run.good()
        run.check.that("fetched, %s: a good delivery is taken afterwards" % form, not wrong, wrong)
        if run.long:
            print("   %-12s %-6s %-62s %10.1f MB" % ("fetched", form, "all of them, one after the other", peak), flush=True)
