#!/usr/bin/env python3
"""The edge as deployed: nginx with deploy/nginx/nqs-gateway.conf, TLS, client certificates, and the gateway behind it on a Unix socket."""
import http.client
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lib")]
import smuggling                                        # noqa: E402
from checks import Checks                               # noqa: E402
from gateway import Answer, Gateway, ROOT               # noqa: E402
from nginx import IDLE, NAME, Edge, worker_user         # noqa: E402

PARTY = "391240001016"
ABOUT = urllib.parse.urlencode({"feed": "recognition-documents", "period": "2026-10", "kind": "facts"})
MEGABYTES = 1024 if os.environ.get("NQS_FULL") == "1" else 64
checks = Checks()


class Behind:
    """A second gateway process on the same database, on a Unix socket, that trusts the edge's user."""

    def __init__(self, g, folder):
        self.socket = folder / "gateway.sock"
        lines = [line for line in (g.folder / "gateway.yaml").read_text().splitlines() if not line.startswith("listen:")]
        self.config, self.log = folder / "gateway.yaml", folder / "gateway.log"
        self.config.write_text("\n".join(lines + ['listen: "unix:%s"' % self.socket, "edge_user: " + worker_user()]) + "\n")
        self.process = subprocess.Popen([g.bin, "serve", "--config", str(self.config)], stdout=open(self.log, "w"), stderr=subprocess.STDOUT)
        until = time.monotonic() + 30
        while not self.socket.exists():
            if time.monotonic() > until or self.process.poll() is not None:
                raise RuntimeError("the gateway does not start: " + self.log.read_text())
            time.sleep(0.05)

    def connect(self):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(30)
        s.connect(str(self.socket))
        return s

    def request(self, method, path, headers=None):
        c = http.client.HTTPConnection(NAME)
        c.sock = self.connect()
        try:
            c.request(method, path, None, headers or {})
            r = c.getresponse()
            return Answer(r, r.read())
        finally:
            c.close()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
        reports = [line for line in self.log.read_text(errors="replace").splitlines() if "Sanitizer" in line or "runtime error" in line]
        checks.equal("no sanitizer complains", reports, [])


def bearer(g):
    return {"Authorization": "Bearer " + g.token(PARTY)}


def a_token_is_enough_without_a_certificate(g, edge):
    checks.equal("with a token", edge.request("GET", "/v1/deliveries", headers=bearer(g)).status, 200)
    checks.equal("with nothing", edge.request("GET", "/v1/deliveries").status, 401)


def a_certificate_is_enough_without_a_token(g, edge):
    body = (ROOT / "tests/feeds/recognition-documents/good.xml").read_bytes()
    answer = edge.request("POST", "/v1/deliveries", body, {"Content-Type": "application/xml"}, cert="party")
    checks.that("a delivery with it is taken", answer.status in (200, 202), answer)
    checks.equal("as the party of the certificate", answer.json["receipt"]["party"], PARTY)


def a_certificate_of_another_issuer_is_refused(edge):
    checks.equal("refused by nginx", edge.request("GET", "/v1/deliveries", cert="stranger").status, 400)


def a_forged_certificate_field_is_ignored(edge, behind):
    pem = urllib.parse.quote((edge.tls / "party.crt").read_text())
    for name in ("X-Client-Cert", "x-client-cert", "X_Client_Cert"):
        checks.equal("%s through the edge" % name, edge.request("GET", "/v1/deliveries", headers={name: pem}).status, 401)
    twice = edge.request("GET", "/v1/deliveries", headers={"X-Client-Cert": "forged"}, cert="party")
    checks.equal("beside a real certificate the real one counts", twice.status, 200)
    by_edge = worker_user() == "root" or os.getuid() != 0      # then this very process is the edge's user
    if not by_edge:
        checks.equal("from another user on the gateway's own socket", behind.request("GET", "/v1/deliveries", {"X-Client-Cert": pem}).status, 401)


def links_show_the_address_of_the_edge(g, edge):
    base = "https://%s:%d" % (NAME, edge.port)
    forged = {"X-Forwarded-Proto": "gopher", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    for headers in ({}, forged):
        wsdl = edge.request("GET", "/soap/sync?wsdl", headers=headers).body.decode()
        checks.that("the WSDL names it" + (", whatever is forged" if headers else ""), 'location="%s/soap/sync"' % base in wsdl,
                    wsdl[wsdl.find("<soap:address"):][:200])


def plain_http_is_sent_to_https(edge):
    c = http.client.HTTPConnection("127.0.0.1", edge.plain, timeout=30)
    c.request("POST", "/v1/deliveries?a=b", b"x", {"Host": NAME})
    r = c.getresponse()
    checks.equal("with the same method", (r.status, r.headers["Location"]), (308, "https://%s/v1/deliveries?a=b" % NAME))
    c.close()


def metrics_are_not_for_the_outside(edge, behind):
    for path in ("/metrics", "/metrics?x=1", "/%6detrics", "//metrics", "/v1/../metrics", "/./metrics"):
        answer = edge.request("GET", path)
        checks.that("not %s" % path, answer.status == 404 and b"nqs_" not in answer.body, answer)
    for path in ("/metrics/", "/METRICS", "/metrics;x"):
        checks.that("nor %s" % path, b"nqs_" not in edge.request("GET", path).body)
    checks.equal("not to the head alone", edge.request("HEAD", "/metrics").status, 404)
    checks.that("the gateway itself shows them", b"\nnqs_build_info{" in behind.request("GET", "/metrics").body)
    for method, path, status in (("GET", "/metrics", 200), ("POST", "/metrics", 403), ("GET", "/readyz", 404), ("GET", "/v1/feeds", 404)):
        c = http.client.HTTPConnection("127.0.0.1", edge.watch, timeout=30)
        c.request(method, path, headers={"X-Client-Cert": "forged"})
        r = c.getresponse()
        body = r.read()
        checks.equal("on this machine, %s %s" % (method, path), (r.status, b"\nnqs_build_info{" in body), (status, status == 200))
        c.close()


def security_fields_are_set(edge):
    headers = edge.request("GET", "/v1/deliveries").headers
    for name in ("Strict-Transport-Security", "X-Content-Type-Options", "Content-Security-Policy"):
        checks.that(name, headers[name], headers)
    checks.equal("no version is told", headers["Server"], "nginx")


def over_the_limit_is_refused_at_once(g, edge):
    with edge.connect() as s:
        s.sendall(b"POST /v1/deliveries HTTP/1.1\r\nHost: %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n\r\n" % (NAME.encode(), (2 << 30) + 1))
        checks.equal("before the body", smuggling.answers(s)[:1], [413])


def record(n):
    return ('{"centre_bin":"%s","document_number":"E-%09d","issued_on":"2026-10-14","valid_to":"2031-10-13","profession_code":"CON-0007",'
            '"qualification":"%s","level":"3","attempt_number":"2026/10-%d","status":"issued"}\n' % (PARTY, n, "Дәнекерлеуші " * 18, n)).encode()


def pieces(megabytes):
    """NDJSON of about so many megabytes; every record another."""
    n = 0
    for _ in range(megabytes):
        lines, size = [], 0
        while size < 1 << 20:
            lines.append(record(n))
            size += len(lines[-1])
            n += 1
        yield b"".join(lines)


def wait_for_upload(g, seconds=60):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if g.psql("select count(*) from nqs.upload u join nqs.envelope_part p on p.envelope = u.id") != "0":
            return True
        time.sleep(0.1)
    return False


def a_large_upload_streams_through(g, edge):
    with edge.connect(timeout=300) as s:
        s.sendall(("POST /v1/deliveries?%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/x-ndjson\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n" % (ABOUT, NAME, g.token(PARTY))).encode())
        half, seen = MEGABYTES // 2, False
        for i, piece in enumerate(pieces(MEGABYTES)):
            s.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            if i >= half and not seen:
                seen = True
                checks.that("the gateway has stored a part before the upload ended", wait_for_slow(g, s), "nqs.upload is empty at %d MB" % i)
                checks.equal("nginx has no temporary file meanwhile", edge.temp_files(), [])
        s.sendall(b"0\r\n\r\n")
        r = http.client.HTTPResponse(s)
        r.begin()
        answer = Answer(r, r.read())
    checks.that("it is taken whole: %d MB" % MEGABYTES, answer.status in (200, 202), answer)
    checks.equal("nginx wrote nothing to its disk", edge.temp_written(), [])
    kept = int(g.psql("select kept_bytes from nqs.envelope where id = '%s'" % answer.delivery))
    checks.equal("byte for byte", kept, sum(map(len, pieces(MEGABYTES))))


def wait_for_slow(g, s):
    """Waits for the first part without falling silent for longer than the edge allows: an empty line of NDJSON a second."""
    for _ in range(60):
        if wait_for_upload(g, 1):
            return True
        s.sendall(b"1\r\n\n\r\n")
    return False


def an_idle_sender_is_cut(g, edge):
    head = ("POST /v1/deliveries HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/xml\r\nContent-Length: 100000\r\n"
            % (NAME, g.token(PARTY))).encode()
    for what, sent in (("within the header fields", head), ("within the body", head + b"\r\n<delivery>")):
        with edge.connect() as s:
            s.sendall(sent)
            since = time.monotonic()
            try:
                s.recv(65536)
                while s.recv(65536):
                    pass
            except OSError:
                pass
            took = time.monotonic() - since
            checks.that(what, IDLE - 0.5 < took < IDLE + 6, "after %.1f s" % took)
    checks.equal("and the gateway holds nothing of it", int(g.psql("select count(*) from nqs.upload")), 0)


def smuggling_is_refused(g, edge, behind):
    open_ones = 0
    for name, connect in (("through the edge", edge.connect), ("at the gateway itself", behind.connect)):
        for form in smuggling.FORMS:
            got = smuggling.attempt(connect, form, g.token(PARTY))
            wanted = form.at_edge if name == "through the edge" else form.at_gateway
            open_ones += smuggling.each_for_itself(got)
            checks.that("%s, %s" % (form.name, name), smuggling.fits(got, wanted), "answers %r, wanted %s" % (got, wanted))
    served = [line for line in behind.log.read_text().splitlines() if "route=/healthz" in line]
    checks.equal("no hidden request was served", len(served), open_ones)
    checks.equal("what was kept is the body and nothing else", g.psql("select distinct kept_bytes from nqs.envelope"), "5")


def main():
    g = Gateway().start({"answer_wait_ms": 0})
    folder = g.folder / "edge"
    folder.mkdir(mode=0o755)
    behind = Behind(g, folder)
    edge = Edge(folder, behind.socket)
    try:
        edge.make_certificates(PARTY)
        edge.start()
        checks.run(smuggling_is_refused, g, edge, behind)
        checks.run(a_token_is_enough_without_a_certificate, g, edge)
        checks.run(a_certificate_is_enough_without_a_token, g, edge)
        checks.run(a_certificate_of_another_issuer_is_refused, edge)
        checks.run(a_forged_certificate_field_is_ignored, edge, behind)
        checks.run(links_show_the_address_of_the_edge, g, edge)
        checks.run(plain_http_is_sent_to_https, edge)
        checks.run(metrics_are_not_for_the_outside, edge, behind)
        checks.run(security_fields_are_set, edge)
        checks.run(over_the_limit_is_refused_at_once, g, edge)
        checks.run(an_idle_sender_is_cut, g, edge)
        checks.run(a_large_upload_streams_through, g, edge)
    finally:
        edge.stop()
        behind.stop()
        checks.equal("no sanitizer complains of the other one", g.stop(), "")
    checks.finish()


main()
