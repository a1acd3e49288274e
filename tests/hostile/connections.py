"""What is wrong with the sender rather than with what it sends: lengths that are not true, silence, slowness, crowds; and heads of SOAP messages."""
import json
import socket
import time

import attacks
import soap
from streams import peak_mb, pid_of, reset_peak

CENTRE, IDLE = "recognition-centre", 3          # seconds a sender may be silent, as hostile.py sets it
DEADLINE = 60


def opened(run):
    s = socket.create_connection(("127.0.0.1", run.g.port), timeout=DEADLINE)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def head(run, length, path="/v1/deliveries", more="", kind="application/xml"):
    return ("POST %s HTTP/1.1\r\nHost: nqs\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n"
            % (path, run.g.token(CENTRE), kind, more, length)).encode()


def said(s):
    """All that comes until the other side closes: b"" when it was cut without a word."""
    got = b""
    try:
        while True:
            piece = s.recv(65536)
            if not piece:
                return got
            got += piece
    except ConnectionError:
        return got
    finally:
        s.close()


def envelopes(run):
    return int(run.g.psql("select count(*) from nqs.envelope"))


def good(run, what):
    wrong = run.good()
    run.check.that("after %s a good delivery is taken" % what, not wrong, wrong)
    peak = peak_mb(pid_of(run.g))
    run.check.that("%s leave the memory within %d MB" % (what, run.most), peak <= run.most, "%.1f MB" % peak)
    if run.long:
        print("   %-62s %34.1f MB" % (what, peak), flush=True)


def lengths_that_are_not_true(run):
    body, before = attacks.good("xml", 500), envelopes(run)
    s = opened(run)                                                   # more was promised, and the sender goes
    s.sendall(head(run, len(body) + 100) + body)
    s.shutdown(socket.SHUT_WR)
    run.check.equal("less than was promised is cut", said(s), b"")
    s = opened(run)                                                   # more was promised, and the sender stays
    s.sendall(head(run, len(body) + 100) + body)
    run.check.equal("less than was promised, then silence, is cut", said(s), b"")
    s = opened(run)                                                   # less was promised: the rest would be the next request
    s.sendall(head(run, len(body) - 50) + body)
    got = said(s)
    run.check.that("more than was promised is torn", b" 400 " in got.split(b"\r\n")[0] and b"torn" in got, got[:300])
    run.check.equal("what was refused left nothing", envelopes(run), before)
    good(run, "wrong lengths")


def idle_connections(run, n=10000):
    """In two processes' worth of descriptors: as many as this one may have."""
    reset_peak(pid_of(run.g))
    crowd = []
    for _ in range(n):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(("127.0.0.1", run.g.port))
        crowd.append(s)
        if len(crowd) % 250 == 0:
            time.sleep(0.01)                     # the other side has to accept them too
    begun = time.monotonic()
    good(run, "%d idle connections" % n)
    if run.long:
        print("   %-62s %34.2f s" % ("the good delivery among them took", time.monotonic() - begun), flush=True)
    for s in crowd:
        s.close()


def byte_a_second_senders(run, n=50):
    reset_peak(pid_of(run.g))
    slow = [opened(run) for _ in range(n)]
    for i, s in enumerate(slow):
        s.sendall(b"POST /v1/deliveries HTTP/1.1\r\nHost: nqs\r\nX: " if i % 2 else head(run, 10000))
    good(run, "%d senders of a byte a second" % n)
    alive, until = [s for i, s in enumerate(slow) if not i % 2], time.monotonic() + DEADLINE
    while alive and time.monotonic() < until:
        for s in list(alive):
            try:
                s.sendall(b" ")
                s.setblocking(False)
                if not s.recv(4096):
                    alive.remove(s)
            except BlockingIOError:
                s.setblocking(True)
            except ConnectionError:
                alive.remove(s)
        time.sleep(0.2)
    run.check.equal("senders of a byte a second are cut", len(alive), 0)
    for s in slow:
        s.close()
    good(run, "senders that were cut")


def bodies_held_back(run, n=2000):
    """As much as a sender nobody knows may send before it is known, from as many as there are places."""
    reset_peak(pid_of(run.g))
    start = soap.ENVELOPE.partition("%s%s")[0] % soap.SOAP11
    crowd = []
    for i in range(n):
        s = opened(run)
        try:
            s.sendall(("POST /soap/sync HTTP/1.1\r\nHost: nqs\r\nContent-Type: text/xml\r\nContent-Length: 100000\r\n\r\n" + start).encode() + b" " * 60000)
        except ConnectionError:
            pass
        crowd.append(s)
    good(run, "%d SOAP heads of 60 KB held back" % n)
    for s in crowd:
        s.close()
    reset_peak(pid_of(run.g))
    crowd = []
    for i in range(n):
        s = opened(run)
        try:
            s.sendall(head(run, 65000) + b"<delivery" + b" " * 60000)
        except ConnectionError:
            pass
        crowd.append(s)
    good(run, "%d REST bodies of 60 KB held back" % n)
    for s in crowd:
        s.close()


def strangers_fill_no_audit(run, n=200):
    def rows():
        return int(run.g.psql("select count(*) from nqs.audit where actor = 'unknown'"))
    before = rows()
    for _ in range(n):
        answer = run.g.post("/v1/deliveries", b"<a/>", {"Content-Type": "application/xml", "Authorization": "Bearer wrong"})
        assert answer.status == 401, answer
    run.check.that("%d refusals of strangers make a few rows of the audit" % n, 0 < rows() - before <= 42, rows() - before)
    run.g.stop(keep=True)
    run.g.start(run.settings)
    left = run.g.psql("select detail from nqs.audit where actor = 'unknown' and detail like '%more were left out' order by id")
    counted = sum(int(line.split()[0]) for line in left.split("\n") if line)
    run.check.that("those left out are counted in the audit", counted >= n - 42, left)
    verified = run.g.cli("audit", "verify")
    run.check.equal("the chain of the audit is whole", verified.returncode, 0)
    good(run, "refusals of strangers")


def soap_heads(run):
    party = run.g.party(CENTRE)
    info, payload = soap.info(party), attacks.good("xml", 501).decode()
    plain = soap.envelope(info, payload)
    mtom = (b"--b\r\nContent-Type: application/xop+xml; charset=UTF-8; type=\"text/xml\"\r\n\r\n" + plain + b"\r\n--b--\r\n")
    rows = [
        ("a head of 100 KB", plain.replace(b"<requestInfo>", b"<x>" + b"a" * 100000 + b"</x><requestInfo>"), {}, "head_too_long"),
        ("a head of 100 KB within requestInfo", soap.envelope(soap.info(party, more="<x>%s</x>" % ("a" * 100000)), payload), {}, "head_too_long"),
        ("a head that never ends", plain.partition(b"<requestInfo>")[0] + b"<!-- -->" * 100000, {}, "head_too_long"),
        ("a message id of 60 KB", soap.envelope(soap.info(party, message_id="m" * 60000), payload), {}, "bad_parameter"),
        ("a payload before requestInfo", soap.envelope(info, payload, data_first=True), {}, "payload_before_head"),
        ("two payloads", plain.replace(b"</requestData>", b"<data/></requestData>"), {}, "not_soap"),
        ("SOAP 1.2", soap.envelope(info, payload, version=soap.SOAP12), {}, "not_soap"),
        ("SOAP 1.2 by its type", soap.envelope(info, payload, version=soap.SOAP12), {"Content-Type": "application/soap+xml"}, "not_soap"),
        ("MTOM", mtom, {"Content-Type": 'multipart/related; type="application/xop+xml"; boundary=b; start-info="text/xml"'}, "unsupported_type"),
        ("MTOM that says it is XML", mtom, {}, "not_well_formed"),
        ("an attachment by reference", soap.envelope(info, '<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:a"/>'), {}, "unknown_root"),
        ("a DOCTYPE before the envelope", b'<!DOCTYPE a [<!ENTITY b "c">]>' + plain, {}, "doctype"),
        ("an envelope in UTF-16", plain.decode().encode("utf-16"), {}, "not_utf8"),
        ("a charset of UTF-16", plain, {"Content-Type": "text/xml; charset=utf-16"}, "unsupported_type"),
        ("an envelope nested 100 deep", plain.replace(b"<requestInfo>", b"<a>" * 100 + b"</a>" * 100 + b"<requestInfo>"), {}, "too_deep"),
        ("an envelope that is torn", plain[:-20], {}, "torn"),
        ("a password of 60 KB", soap.envelope(soap.info(party, password="p" * 60000), payload), {}, "unauthorised"),
        ("a wrong password in an endless message", plain.replace(party["password"].encode(), b"wrong").replace(b"<record>", b"<record>" + b" " * 4000000, 1), {}, "unauthorised"),
    ]
    before = envelopes(run)
    reset_peak(pid_of(run.g))
    for name, message, headers, code in rows:
        answer = soap.send(run.g, message, headers)
        got = (soap.member(answer, "errorData") or "").partition(":")[0]
        run.check.equal("%s is a fault" % name, (answer.status, got), (500, code))
        if run.long:
            print("   %-12s %-6s %-42s %-22s" % ("soap", "xml", name, got), flush=True)
    run.check.equal("refused messages leave nothing", envelopes(run), before)
    good(run, "heads of SOAP")


def headers_without_end(run):
    for name, bytes_ in (("a header of 1 MB", b"X: " + b"a" * 1000000), ("100,000 headers", b"X: a\r\n" * 100000), ("a request line of 1 MB", None)):
        s = opened(run)
        try:
            s.sendall(b"GET /%s HTTP/1.1\r\n\r\n" % (b"a" * 1000000) if bytes_ is None else b"GET / HTTP/1.1\r\nHost: nqs\r\n" + bytes_ + b"\r\n\r\n")
        except ConnectionError:
            pass
        got = said(s)
        run.check.that("%s is refused or cut" % name, got == b"" or got.split()[1] in (b"400", b"413", b"414", b"431"), got[:100])
    good(run, "headers without end")


def queries_that_are_odd(run):
    for path in ("/v1/deliveries?" + "a=b&" * 4000, "/v1/feeds/%00/records", "/v1/feeds/..%2f..%2fetc%2fpasswd", "/v1/feeds/" + "a" * 8000, "/v1/deliveries/%ff%fe",
                 "/v1/deliveries?limit=99999999999999999999", "/v1/deliveries?limit=-1", "/v1/deliveries?cursor=" + "A" * 4000, "/%c0%af"):
        try:
            answer = run.g.get(path, by=CENTRE)
        except ConnectionError:
            continue                             # too long to be looked at: cut
        run.check.that("GET %s is refused" % path[:40], answer.status in (200, 400, 404, 414, 431), answer)
        run.check.that("GET %s is refused in JSON or without words" % path[:40], not answer.body or answer.status in (414, 431) or json.loads(answer.body), answer)
    good(run, "odd queries")


ALL = [lengths_that_are_not_true, soap_heads, headers_without_end, queries_that_are_odd, byte_a_second_senders, bodies_held_back, idle_connections, strangers_fill_no_audit]
