#!/usr/bin/env python3
"""Real SOAP clients against a running gateway, their captured requests replayed, and what other toolkits put on the wire."""
import datetime
import gzip
import html
import http.client
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))
import soap                                             # noqa: E402
from checks import Checks                               # noqa: E402
from gateway import Answer, Gateway, NATIONAL, ROOT, sha256     # noqa: E402

SUPPLIER, FEED, PERIOD, KIND = "authorised-body", "professions", "2026-H2", "changes"
ABOUT = {"feed": FEED, "period": PERIOD, "kind": KIND}
RECORD = ("<code>TST-%04d</code><name_kk>Бағдарламалық &lt;жасақтама&gt; &amp; &quot;сынақ&quot;</name_kk><name_ru><![CDATA[Разработчик <ЕСЭДО> & 'т.п.']]>"
          "</name_ru><nkz_code>2512-1</nkz_code><nkz_edition>НК РК 01-2017</nkz_edition><recognition>voluntary</recognition>"
          "<document_months>36</document_months>")
ROOT_TAG = '<delivery xmlns="urn:kz:nqs:delivery:1" feed="%s" period="%s" kind="%s">' % (FEED, PERIOD, KIND)
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
SERVICES = {"soap_deliver": "NQS_DELIVER,NQS_PROFESSIONS_SYNC"}
TABLES = ["envelope", "envelope_part", "upload"]
CAPTURED = sorted((HERE / "captured").glob("*sync*.http"))
checks = Checks()


def records(first=1, n=2):
    return "\n".join("<record>%s</record>" % (RECORD % i) for i in range(first, first + n))


def payload(first=1, n=2):
    """A canonical delivery without its XML declaration."""
    return "%s\n%s\n</delivery>" % (ROOT_TAG, records(first, n))


def rows(g):
    return g.psql("select " + ", ".join("(select count(*) from nqs.%s)" % t for t in TABLES))


def settled(g, what, delivery, n=2):
    protocol = g.wait_done(delivery)
    counted = {o: c for o, c in protocol["outcomes"].items() if c}
    good = protocol["state"] == "settled" and protocol["records"] == n and set(counted) <= {"new", "changed", "unchanged"}
    checks.that("%s is settled" % what, good, protocol)


def receipt_of(answer):
    text = soap.member(answer, "receipt")
    return json.loads(text) if text else {}


def accepted(g, what, answer, n=2):
    """The answer says SCSS001 and carries a receipt; the delivery gets settled. Returns the receipt."""
    if not checks.equal("%s is accepted" % what, (answer.status, soap.member(answer, "code")), (200, "SCSS001")):
        checks.say(repr(answer))
        return None
    receipt = receipt_of(answer)
    settled(g, what, receipt["delivery"], n)
    return receipt


def refused(g, what, answer, code, *words, before=None):
    got, message = soap.fault(answer)
    checks.equal("%s is a fault %s" % (what, code), (answer.status, got), (500, code))
    checks.that("%s: it says why" % what, all(w in (message or "") for w in words), message)
    if before:
        checks.equal("%s: nothing is kept" % what, rows(g), before)


# Real clients

def node_path():
    folder = os.environ.get("NQS_NODE")
    return os.path.join(folder, "node_modules") if folder else os.environ.get("NODE_PATH", str(ROOT / "build/node/node_modules"))


CLIENTS = {"zeep": [sys.executable, str(HERE / "zeep_client.py")], "node": ["node", str(HERE / "node_client.js")]}


def call(g, client, options, payload_file, password=None):
    """The line the client prints."""
    p = g.party(SUPPLIER)
    done = subprocess.run(CLIENTS[client] + options + ["sync", g.url + "/soap/sync", p["sender_id"], password or p["password"], "NQS_PROFESSIONS_SYNC",
                          str(payload_file)], env={**os.environ, "NODE_PATH": node_path()}, capture_output=True, text=True, timeout=60)
    return done.stdout.strip() or done.stderr.strip()[-500:]


def delivers(g, client, options, file):
    what = " ".join([client] + [o for o in options if "/" not in o])
    line = call(g, client, options, file)
    if checks.that("%s delivers" % what, line.startswith("OK SCSS001 "), line):
        settled(g, what, line.split()[2])


def key_pair(folder):
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/C=KZ/CN=THROW AWAY", "-keyout", key, "-out", cert],
                   check=True, capture_output=True)
    return ["--key", str(key), "--cert", str(cert)]


def real_clients(g):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        good, foreign = folder / "good.xml", folder / "foreign.xml"
        good.write_text(DECLARATION + payload())
        foreign.write_text(DECLARATION + '<p:ProfessionList xmlns:p="urn:example:other"><p:Profession/></p:ProfessionList>')
        keys = key_pair(folder)
        for client, modes, signatures in (("zeep", ["element", "string", "typed", "cdata"], ["bst", "x509data"]),
                                          ("node", ["element", "string", "typed", "cdata"], ["plain", "timestamp"])):
            for mode in modes:
                delivers(g, client, ["--mode", mode], good)
            for signature in signatures:
                delivers(g, client, ["--sign", signature] + keys, good)
            line = call(g, client, [], good, "wrong")
            checks.that("%s sees a wrong password as a fault" % client, re.match(r"FAULT (soap:)?NQS401 NQS401 ", line), line)
            before = rows(g)
            line = call(g, client, [], foreign)
            checks.that("%s sees its foreign root named" % client, line.startswith("FAULT SCE001 SCE001 ") and "ProfessionList" in line, line)
            checks.equal("%s: and nothing is kept" % client, rows(g), before)
            checks.say("ok    %s" % client)
        line = call(g, "zeep", ["--mode", "compound"], good)
        checks.that("zeep compound says no feed, and is told so", line.startswith("FAULT SCE001 SCE001 ") and " feed" in line, line)


# Captured requests

class Captured:
    """A captured request with a test party's credentials; with(…) gives the bytes to send. Only the path, which is this gateway's, differs beside."""

    def __init__(self, g, path):
        self.name, self.party = path.stem, g.party(SUPPLIER)
        self.head, self.body = path.read_bytes().split(b"\r\n\r\n", 1)
        self.head = self.head.replace(b"POST /sync ", b"POST /soap/sync ")
        self.put(b"<senderId>nqs_demo</senderId>", b"<senderId>%s</senderId>" % self.party["sender_id"].encode())
        self.put(b"<password>secret</password>", b"<password>%s</password>" % self.party["password"].encode())
        self.date = re.search(rb"<messageDate>(.*?)<", self.body).group(1).decode()
        self.inside = re.search(rb"<data( [^>]*)?>(.*)</data>", self.body, re.S).group(2)
        self.form = self.form_of()

    def put(self, old, new):
        if self.body.count(old) != 1:
            raise RuntimeError("%s: %r stands %d times" % (self.name, old, self.body.count(old)))
        self.body = self.body.replace(old, new)

    def form_of(self):
        if self.inside.lstrip().startswith(b"<![CDATA["):
            return "cdata"
        if self.inside.lstrip().startswith(b"&lt;"):
            return "text"
        return "element" if b"ProfessionList" in self.inside else "compound"

    def bytes(self):
        return re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(self.body), self.head) + b"\r\n\r\n" + self.body

    def canonical(self, first):
        """Puts a canonical delivery where the foreign one stood, in the same form; returns what it is when unwrapped."""
        text = payload(first)
        if self.form == "compound":
            text = records(first).replace("<record>", '<record xmlns="urn:kz:nqs:delivery:1">')
            self.put(b"</sender></requestInfo>", b"</sender>%s</requestInfo>" % soap.properties(**ABOUT).encode())
        if self.form in ("text", "cdata"):
            text = DECLARATION + text
        self.put(b">%s</data>" % self.inside, b">%s</data>" % self.wrapped(text).encode())
        return text

    def wrapped(self, text):
        if self.form == "cdata":
            return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
        if self.form != "text":
            return text
        return html.escape(text).replace("\n", "&#xA;") if self.name.startswith("node") else html.escape(text, quote=False)


def captured_as_they_are(g):
    """Their own form, in transforms/mappings/professions-shep.yaml."""
    codes = set()
    for path in CAPTURED:
        c = Captured(g, path)
        theirs = {code.decode() for code in re.findall(rb"Code(?:>|&gt;)([0-9-]+)", c.inside)}
        receipt = accepted(g, c.name, g.raw(c.bytes()), len(theirs))
        if not receipt:
            continue
        codes |= theirs
        checks.equal("%s: the whole message is kept as it was sent" % c.name, (receipt["digests"]["kept"], receipt["digests"]["sent"]), ("sha-256:" + sha256(c.body),) * 2)
        checks.equal("%s: whose, about what, and how it is read" % c.name, {k: receipt.get(k) for k in ("party", "feed", "kind", "mapping")},
                     {"party": c.party["bin"], "feed": FEED, "kind": KIND, "mapping": "professions-shep"})
    kept = {r["code"]: r for r in g.records(FEED) if r["code"] in codes}
    checks.equal("every profession of them is there", set(kept), codes)
    checks.equal("as it was written", (kept["2512-1-004"]["name_kk"], kept["2512-1-004"]["nkz_code"]) if "2512-1-004" in kept else None, ("Жүйелік әкімші <\"1\"> & 'т.б.'", "2512-1"))
    checks.equal("all forms were among them", {Captured(g, p).form for p in CAPTURED}, {"element", "compound", "text", "cdata"})


def captured_foreign(g):
    """A root that no mapping is bound to."""
    before = rows(g)
    for path in CAPTURED:
        c = Captured(g, path)
        c.body = c.body.replace(b"urn:example:nqs:feed", b"urn:example:elsewhere")
        c.inside = c.inside.replace(b"urn:example:nqs:feed", b"urn:example:elsewhere")
        refused(g, c.name, g.raw(c.bytes()), "SCE001", "Profession" if c.form == "compound" else "ProfessionList", before=before)


def captured_canonical(g):
    for i, path in enumerate(CAPTURED):
        c = Captured(g, path)
        c.put(b"<messageId>", b"<messageId>canonical-")         # the captured id was used by what they sent themselves
        text = c.canonical(100 + 2 * i)
        receipt = accepted(g, c.name, g.raw(c.bytes()))
        if not receipt:
            continue
        checks.equal("%s: the whole message is kept as it was sent" % c.name, (receipt["digests"]["kept"], receipt["digests"]["sent"]),
                     ("sha-256:" + sha256(c.body),) * 2)
        checks.equal("%s: the payload is what was in data" % c.name, receipt["digests"]["payload"], "sha-256:" + sha256(text.encode()))
        content = g.get("/v1/deliveries/%s/content" % receipt["delivery"], by=NATIONAL)
        checks.equal("%s: and is served, nothing else" % c.name, content.body.decode(), text)
        checks.equal("%s: its signature" % c.name, receipt["signature"], "not_checked")
        checks.equal("%s: whose and about what" % c.name, {k: receipt[k] for k in ("party", *ABOUT)}, {"party": c.party["bin"], **ABOUT})
        checks.equal("%s: the sender's date is one of the moments" % c.name, *map(datetime.datetime.fromisoformat, (receipt["moments"]["sender"], c.date)))
    checks.equal("every record of them is there", len([r for r in g.records(FEED) if r["code"] >= "TST-0100"]), 2 * len(CAPTURED))


# The wire

def message(g, first=1, more="", **how):
    return soap.envelope(soap.info(g.party(SUPPLIER), more=more, **how), payload(first))


def chunks_split_characters(g):
    body = message(g, 300)
    for size in (1, 7):
        body = message(g, 300)
        receipt = accepted(g, "a body in chunks of %d" % size, soap.send(g, (body[i:i + size] for i in range(0, len(body), size))))
        checks.equal("chunks of %d: the same bytes are kept" % size, receipt["digests"]["kept"], "sha-256:" + sha256(body))


def gzip_bodies(g):
    body = message(g, 302)
    small = gzip.compress(body)
    receipt = accepted(g, "a gzip body", soap.send(g, small, {"Content-Encoding": "gzip"}))
    checks.equal("gzip: sent is what was sent, kept what it holds", (receipt["digests"]["sent"], receipt["digests"]["kept"]),
                 ("sha-256:" + sha256(small), "sha-256:" + sha256(body)))


def expect_continue(g):
    body = message(g, 304)
    head = "POST /soap/sync HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
    with socket.create_connection(("127.0.0.1", g.port), timeout=10) as s:
        s.sendall(head.encode())
        checks.that("the body is asked for", s.recv(4096).startswith(b"HTTP/1.1 100 "))
        s.sendall(body)
        r = http.client.HTTPResponse(s)
        r.begin()
        accepted(g, "a body that was waited with", Answer(r, r.read()))


def upgrade_is_passed_over(g):
    headers = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAAQCAAAAAAIAAAAA"}
    accepted(g, "a wish for HTTP/2", soap.send(g, message(g, 306), headers))


def repeats(g):
    body = message(g, 308, message_id="wish-1")
    first, before = soap.send(g, body), rows(g)
    accepted(g, "a message", first)
    again = soap.send(g, body)
    checks.equal("repeated, it gets the same receipt", (again.status, soap.member(again, "receipt")), (200, soap.member(first, "receipt")))
    refused(g, "another content under its id", soap.send(g, message(g, 310, message_id="wish-1")), "NQS409", before=before)


def services(g):
    before = rows(g)
    refused(g, "an unknown serviceId", soap.send(g, message(g, service="NQS_NOTHING")), "SCE004", before=before)
    delivered = soap.send(g, message(g, 312))
    accepted(g, "a delivery", delivered)
    delivery = receipt_of(delivered)["delivery"]
    fetched = soap.fetch_protocol(g, g.party(SUPPLIER), "<id>%s</id>" % delivery)
    wanted = g.get("/v1/deliveries/" + delivery, {"Accept-Language": "ru"}, by=SUPPLIER).body.decode()
    checks.equal("its protocol is fetched", (fetched.status, soap.member(fetched, "code"), soap.member(fetched, "protocol")), (200, "SCSS001", wanted))
    checks.equal("with its receipt", soap.member(fetched, "receipt"), soap.member(delivered, "receipt"))
    refused(g, "another's protocol", soap.fetch_protocol(g, g.party("sector-body"), delivery), "NQS404")
    refused(g, "a protocol of nothing", soap.fetch_protocol(g, g.party(SUPPLIER), "nothing"), "NQS404")


def credentials(g):
    before, disabled = rows(g), g.party("administrator")
    refused(g, "a wrong password", soap.send(g, message(g, password="wrong")), "NQS401", before=before)
    body = message(g).replace(g.party(SUPPLIER)["sender_id"].encode(), b"nobody")
    refused(g, "an unknown sender", soap.send(g, body), "NQS401", before=before)
    refused(g, "who may not deliver this", soap.send(g, soap.envelope(soap.info(disabled), payload())), "NQS403", before=before)
    g.cli("party", "disable", disabled["bin"])
    refused(g, "a disabled party", soap.send(g, soap.envelope(soap.info(disabled), payload())), "NQS401", before=before)


def heads_that_cannot_be(g):
    before, head = rows(g), soap.info(g.party(SUPPLIER))
    refused(g, "a payload before requestInfo", soap.send(g, soap.envelope(head, payload(), data_first=True)), "SCE001", "requestInfo", before=before)
    long = soap.properties(other="x" * 500) * 140
    refused(g, "a head over 64 KB", soap.send(g, message(g, more=long)), "SCE001", "65536", before=before)
    refused(g, "SOAP 1.2", soap.send(g, soap.envelope(head, payload(), version=soap.SOAP12)), "SCE001", "SOAP 1.2", before=before)
    refused(g, "no SOAP at all", soap.send(g, payload().encode()), "SCE001", before=before)
    refused(g, "a torn message", soap.send(g, message(g)[:-30]), "SCE001", before=before)
    refused(g, "a DOCTYPE", soap.send(g, b"<!DOCTYPE a>" + message(g)), "SCE001", before=before)
    refused(g, "an empty requestData", soap.send(g, soap.envelope(head, "")), "SCE001", before=before)
    refused(g, "payload and properties that disagree", soap.send(g, message(g, more=soap.properties(period="2026-H1"))), "SCE001", PERIOD, before=before)


def what_is_really_sent(g):
    """protocol.md §4: empty optional elements, a sessionId without braces, data in the xsi namespace, prefixes without end."""
    body = message(g, 314, more="<properties></properties><sessionId></sessionId><routeId/>").decode()
    accepted(g, "empty optional elements", soap.send(g, body.encode()))
    body = message(g, 316, more="<sessionId>7c5b9e1a-0000-4000-8000-000000000000</sessionId>", date="2026-11-23T18:43:39").decode()
    accepted(g, "a sessionId without braces, a date without zone", soap.send(g, body.encode()))
    body = soap.envelope(soap.info(g.party(SUPPLIER)), "@@").decode().replace(
        "<data>@@", '<data xmlns="http://www.w3.org/2001/XMLSchema-instance" type="xsd:string">' + html.escape(payload(318)))
    accepted(g, "data in the xsi namespace", soap.send(g, body.encode()))
    body = soap.envelope(soap.info(g.party(SUPPLIER), more=soap.properties(**ABOUT)), "@@").decode().replace(
        "<data>@@", '<data xmlns="urn:kz:nqs:delivery:1">' + records(320))
    accepted(g, "the namespace said by data itself", soap.send(g, body.encode()))
    body = message(g, 322).decode().replace("soap:Body", "s2:Body").replace("<s2:Body", '<s2:Body xmlns:s2="%s" wsu:Id="a" xmlns:wsu="urn:u"' % soap.SOAP11)
    accepted(g, "two prefixes of one namespace", soap.send(g, body.encode()))
    nil = soap.envelope(soap.info(g.party(SUPPLIER), more=soap.properties(**{**ABOUT, "kind": "nil"})), "")
    accepted(g, "nothing to report", soap.send(g, nil), 0)
    accepted(g, "another Content-Type", soap.send(g, message(g, 324), {"Content-Type": "application/soap+xml"}))


def description(g):
    wsdl = g.get("/soap/sync?wsdl", {"Host": "shep.example:8443"})
    text = wsdl.body.decode()
    checks.equal("the description is there", (wsdl.status, wsdl.headers["Content-Type"]), (200, "text/xml; charset=utf-8"))
    checks.equal("with the address the client used", re.findall(r'<soap:address location="([^"]*)"', text), ["http://shep.example:8443/soap/sync"])
    checks.that("in one document", "schemaLocation" not in text and "http://bip.bee.kz/SyncChannel/v10/Interfaces/Binding2" in text)


def main():
    g = Gateway().start(SERVICES)
    checks.say("started")
    for test in (description, real_clients, captured_foreign, captured_as_they_are, captured_canonical, chunks_split_characters, gzip_bodies, expect_continue,
                 upgrade_is_passed_over, repeats, services, heads_that_cannot_be, what_is_really_sent, credentials):
        checks.run(test, g)
    checks.equal("no upload is left", g.psql("select count(*) from nqs.upload"), "0")
    checks.equal("it ended without a sanitizer's complaint", g.stop(), "")
    checks.finish()


main()
