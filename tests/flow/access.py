"""Who may do what (design §8): every role at every route and by every door, credentials that change or end, and the audit trail that tells of it.
What a role may is worked out here from the contracts and the rules of the design, and asked of the gateway."""
import base64
import contextlib
import http.client
import re
import socket
import urllib.parse

from things import *  # noqa: F403
from checks import Checks
from digits import controlled
from gateway import free_port

check = Checks()
ROLES = ["authorised-body", "national-body", "administrator", "sector-body", "education-authority", "higher-education-authority", "national-chamber",
         "regional-chamber", "accreditation-body", "recognition-centre", "personal-reader"]
SOAP = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><SendMessage xmlns="http://bip.bee.kz/SyncChannel/v10/Types"><request xmlns="">
<requestInfo><messageId>%s</messageId><serviceId>%s</serviceId><messageDate>2026-11-23T18:43:39</messageDate><sender><senderId>%s</senderId><password>%s</password></sender></requestInfo>
<requestData><data>%s</data></requestData></request></SendMessage></s:Body></s:Envelope>"""
count = iter(range(1, 10 ** 6))


class Contract:
    """What matters here of one contract, read from its lines."""

    def __init__(self, path):
        text = path.read_text()
        self.code = re.search(r"^name: (\S+)", text, re.M)[1]
        self.table = re.search(r"^    physicalName: (\S+)", text, re.M)[1]
        self.writers = re.findall(r"role: (\S+), access: write", text)
        self.readers = re.findall(r"role: (\S+), access: read", text)
        self.personal = "classification: personal" in text
        self.public = "{property: public, value: true}" in text
        self.period = {"month": "2026-10", "quarter": "2026-Q3", "half-year": "2026-H2", "year": "2026", "day": "2026-10-05"}[
            re.search(r"property: period, value: (\S+)}", text)[1]]


def contracts():
    return [Contract(p) for p in sorted((ROOT / "schemas/contracts").glob("*.odcs.yaml"))]


def bin_for(serial):
    """A BIN of the right form with its control digit; serials that have none are passed over."""
    while True:
        number = controlled("3912409%04d" % serial)
        if number:
            return number
        serial += 5000


def new_party(*roles, since="2020-01-01", to=None):
    """A party of its own with these roles, a token and a password."""
    bin_no = bin_for(next(count))
    told(g.cli("party", "add", bin_no, "Тест " + " ".join(roles)))
    for role in roles:
        told(g.cli("party", "role", bin_no, role, "--from", since, *(("--to", to) if to else ())))
    token = told(g.cli("party", "token", bin_no)).strip()
    told(g.cli("party", "password", bin_no, "id_" + bin_no, stdin="password-" + bin_no + "\n"))
    g.parties.append({"bin": bin_no, "name": "", "roles": [], "token": token, "sender_id": "id_" + bin_no, "password": "password-" + bin_no})
    return bin_no


def told(done):
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def soap(service, sender, password, data):
    return soap_at(g, service, sender, password, data)


def soap_at(gateway, service, sender, password, data):
    body = SOAP % ("m-%d" % next(count), service, sender, password, data)
    return gateway.post("/soap/sync", body.encode(), {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'})


def nil_xml(c, kind="nil"):
    return '<delivery xmlns="urn:kz:nqs:delivery:1" feed="%s" period="%s" kind="%s"/>' % (c.code, c.period, kind)


def fault(answer):
    found = re.search(rb"<faultcode>([^<]*)</faultcode>", answer.body)
    return found[1].decode() if found else ""


# ── deliver ──

def only_the_contracts_roles_deliver():
    """Each role, each feed, by REST, SOAP and the command line; what is refused leaves nothing but a line in the audit."""
    empty = g.folder / "empty.xml"
    for role in ROLES:
        party = g.party(party_of[role])
        for c in feeds:
            may = role in c.writers
            empty.write_text(nil_xml(c))
            kept, refused = envelopes(), refusals(party["bin"])
            rest = g.deliver(nil_xml(c).encode(), party["bin"], Idempotency_Key="k-%d" % next(count))
            check.equal("REST: %s delivers %s" % (role, c.code), rest.status in (200, 202), may) or check.say(repr(rest))
            if not may:
                check.equal("it is forbidden", rest.status, 403)
            by_soap = soap("NQS_DELIVER", party["sender_id"], party["password"], nil_xml(c))
            check.equal("SOAP: %s delivers %s" % (role, c.code), (by_soap.status, fault(by_soap)), (200, "") if may else (500, "NQS403"))
            cli = g.cli("submit", str(empty), "--feed", c.code, "--period", c.period, "--kind", "nil", "--as", party["bin"], "--message-id", "c-%d" % next(count))
            check.equal("CLI: %s delivers %s" % (role, c.code), cli.returncode == 0, may)
            check.equal("kept: %s %s" % (role, c.code), envelopes() - kept, 3 if may else 0)
            check.that("refusals are in the audit", refusals(party["bin"]) - refused >= (0 if may else 2), refusals(party["bin"]) - refused)


def envelopes():
    return int(g.psql("select count(*) from nqs.envelope"))


def refusals(bin_no):
    return int(g.psql("select count(*) from nqs.audit where act = 'refused' and actor = 'party:%s'" % bin_no))


# ── read ──

def may_read(role, c, public_read):
    """200 or 403 for the records of a feed; None: nobody (401 where it is not public)."""
    if c.public and not c.personal and public_read:
        return 200
    if role is None:
        return 401
    if c.personal:
        return 200 if role == "personal-reader" else 403
    return 200 if role in c.readers + c.writers + ["national-body", "administrator"] else 403


def who_reads_records(public_read):
    for c in feeds:
        check.equal("nobody reads records of %s (public_read %s)" % (c.code, public_read), g.get("/v1/feeds/%s/records" % c.code).status, may_read(None, c, public_read))
        for role in ROLES:
            before = int(g.psql("select count(*) from nqs.audit where act = 'read'"))
            status = g.get("/v1/feeds/%s/records" % c.code, by=party_of[role]).status
            check.equal("%s reads records of %s (public_read %s)" % (role, c.code, public_read), status, may_read(role, c, public_read))
            journal = int(g.psql("select count(*) from nqs.audit where act = 'read'")) - before
            check.equal("reading personal data is in the access journal", journal, 1 if c.personal and status == 200 else 0)


def a_supplier_reads_its_own_rows_only():
    mine, other = g.party(CENTRE)["bin"], "391240001026"
    for bin_no in (mine, other):
        body = json.dumps([{"centre_bin": bin_no, "document_number": "A-1", "issued_on": "2026-10-15", "valid_to": "2029-10-14", "profession_code": "IT-0101",
                            "qualification": "Әзірлеуші", "level": 6, "status": "issued"}])
        g.wait_done(g.deliver(body.encode(), bin_no, "application/json", {"feed": "recognition-documents", "period": "2026-10", "kind": "changes"}).delivery)
    asked = "/v1/feeds/recognition-documents/records"
    for by, seen in ((mine, [mine]), (other, [other]), (NATIONAL, [mine, other]), ("administrator", [mine, other])):
        check.equal("%s sees" % by, [r["record"]["centre_bin"] for r in g.get(asked, by=by).json["records"]], seen)
        check.equal("%s sees as of a period" % by, [r["record"]["centre_bin"] for r in g.get(asked + "?as_of_period=2026-10", by=by).json["records"]], seen)


ROUTES = ["", "/findings", "/outcomes", "/receipt", "/content"]


def who_sees_a_delivery():
    """A supplier its own; the national body and the administrator all, the bytes of personal feeds only with the extra role."""
    plain = next(c for c in feeds if c.code == "recognition-documents")
    personal = next(c for c in feeds if c.code == "recognition-results")
    for c in (plain, personal):
        delivery = g.deliver(nil_xml(c).encode(), CENTRE, Idempotency_Key="k-%d" % next(count)).delivery
        g.wait_done(delivery)
        for role in ROLES:
            for route in ROUTES:
                sees = role in ("national-body", "administrator")
                wanted = 404 if not sees else 403 if route == "/content" and c.personal else 200
                check.equal("%s asks for %s%s" % (role, c.code, route), g.get("/v1/deliveries/" + delivery + route, by=party_of[role]).status, wanted)
        for route in ROUTES:
            check.equal("its sender asks for %s%s" % (c.code, route), g.get("/v1/deliveries/" + delivery + route, by=CENTRE).status, 200)
            check.equal("nobody asks for %s%s" % (c.code, route), g.get("/v1/deliveries/" + delivery + route).status, 401)
        both = new_party("administrator", "personal-reader")
        before = int(g.psql("select count(*) from nqs.audit where act = 'read' and actor = 'party:%s'" % both))
        check.equal("administrator and personal-reader reads the bytes of %s" % c.code, g.get("/v1/deliveries/%s/content" % delivery, by=both).status, 200)
        check.equal("and that is journalled when personal", int(g.psql("select count(*) from nqs.audit where act = 'read' and actor = 'party:%s'" % both)) - before, int(c.personal))
        own = soap("NQS_PROTOCOL", g.party(CENTRE)["sender_id"], g.party(CENTRE)["password"], "<id>%s</id>" % delivery)
        check.equal("SOAP: its sender fetches the protocol", (own.status, fault(own), delivery.encode() in own.body), (200, "", True))
        foreign = g.party("391240001026")
        strange = soap("NQS_PROTOCOL", foreign["sender_id"], foreign["password"], "<id>%s</id>" % delivery)
        check.equal("SOAP: another does not", (strange.status, fault(strange)), (500, "NQS404"))
    for role in ROLES:
        listed = {d["party"] for d in g.get("/v1/deliveries?limit=1000", by=party_of[role]).json["deliveries"]}
        if role in ("national-body", "administrator"):
            check.that("%s lists everybody's" % role, len(listed) > 3, listed)
        else:
            check.that("%s lists its own" % role, listed <= {party_of[role]}, listed)
    check.equal("nobody lists nothing", g.get("/v1/deliveries").status, 401)


def what_is_open_to_all():
    for path in ("/healthz", "/readyz", "/openapi.json", "/v1/asyncapi.json", "/v1/feeds", "/v1/feeds/nrk", "/soap/sync?wsdl"):
        check.equal("%s needs no credentials" % path, g.get(path).status, 200)
        check.equal("%s: wrong credentials are still wrong where they are looked at" % path,
                    g.get(path, {"Authorization": "Bearer " + "0" * 64}).status in (200, 401), True)
    check.equal("an id that is none", g.get("/v1/deliveries/..%2f..%2fetc", by=NATIONAL).status, 404)


# ── credentials ──

def a_token_ends_with_what_it_rests_on():
    bin_no = new_party("sector-body")
    c = next(c for c in feeds if c.code == "sector-councils")

    def status():
        return g.deliver(nil_xml(c).encode(), bin_no, Idempotency_Key="k-%d" % next(count)).status

    check.equal("in force", status() in (200, 202), True)
    told(g.cli("party", "disable", bin_no))
    check.equal("of a disabled party it is not known", status(), 401)
    check.equal("by SOAP neither", fault(soap("NQS_DELIVER", "id_" + bin_no, "password-" + bin_no, nil_xml(c))), "NQS401")
    empty = g.folder / "nil.xml"
    empty.write_text(nil_xml(c))
    check.that("by the command line neither", g.cli("submit", str(empty), "--feed", c.code, "--period", c.period, "--kind", "nil", "--as", bin_no).returncode != 0)
    told(g.cli("party", "enable", bin_no))
    check.equal("enabled again", status() in (200, 202), True)
    today = clock.strftime("%Y-%m-%d", clock.gmtime(clock.time() + 5 * 3600))
    yesterday = clock.strftime("%Y-%m-%d", clock.gmtime(clock.time() - 19 * 3600))
    told(g.cli("party", "role", bin_no, "sector-body", "--from", "2020-01-01", "--to", today))
    check.equal("a role's last day counts", status() in (200, 202), True)
    told(g.cli("party", "role", bin_no, "sector-body", "--from", "2020-01-01", "--to", yesterday))
    check.equal("a role that has expired forbids", status(), 403)
    told(g.cli("party", "role", bin_no, "sector-body", "--from", "2099-01-01"))
    check.equal("one that has not begun too", status(), 403)
    told(g.cli("party", "role", bin_no, "sector-body", "--from", today))
    check.equal("one that begins today allows", status() in (200, 202), True)
    second = told(g.cli("party", "token", bin_no)).strip()
    told(g.cli("party", "revoke", bin_no))
    check.equal("a revoked token is not known", (status(), g.get("/v1/deliveries", {"Authorization": "Bearer " + second}).status), (401, 401))
    check.equal("nor a revoked password", fault(soap("NQS_DELIVER", "id_" + bin_no, "password-" + bin_no, nil_xml(c))), "NQS401")


def odd_credentials_are_refused():
    token = g.token(CENTRE)
    for value in ("", "Bearer", "Bearer ", "Basic " + base64.b64encode(b"a:b").decode(), "Bearer " + token[:-1], "Bearer " + token + "0", "Bearer " + "0" * 64, token,
                  "Bearer %s %s" % (token, token), "Bearer ' or 1=1 --"):
        answer = g.get("/v1/deliveries", {"Authorization": value})
        check.equal("Authorization: %r" % value.replace(token, "TOKEN"), answer.status, 401)
    check.that("and the challenge is there", "Bearer" in answer.headers["WWW-Authenticate"])
    check.equal("the scheme's name in any case", g.get("/v1/deliveries", {"Authorization": "bearer " + token}).status, 200)


def tokens_are_kept_as_hashes_only():
    dumped = dump()
    for party in g.parties:
        check.that("no token in the database", party["token"].encode() not in dumped and party["password"].encode() not in dumped, party["bin"])
        check.equal("its SHA-256 is", g.psql("select count(*) from nqs.credential where kind = 'token' and lookup = sha256(convert_to('%s', 'UTF8'))" % party["token"]), "1")
    check.equal("passwords have a salt of their own", g.psql("select count(*) = count(distinct salt) and min(length(salt)) = 16 from nqs.credential where kind = 'password'"), "t")


def dump():
    pg_dump = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pg_dump"))[-1]
    return subprocess.run([pg_dump, "-h", g.folder / "run", "-U", "nqs", "nqs"], capture_output=True, check=True).stdout


def a_password_changed_acts_at_once():
    """Within the five minutes for which one that was right is remembered."""
    bin_no = new_party("sector-body")
    c = next(c for c in feeds if c.code == "sector-councils")

    def code(password):
        return fault(soap("NQS_DELIVER", "id_" + bin_no, password, nil_xml(c)))

    check.equal("right", [code("password-" + bin_no), code("password-" + bin_no)], ["", ""])
    told(g.cli("party", "password", bin_no, "id_" + bin_no, stdin="another-password\n"))
    check.equal("changed: the old one is wrong at once, the new one right", [code("password-" + bin_no), code("another-password")], ["NQS401", ""])
    told(g.cli("party", "disable", bin_no))
    check.equal("disabled: wrong at once", code("another-password"), "NQS401")
    told(g.cli("party", "enable", bin_no))
    check.equal("enabled: right", code("another-password"), "")
    thief = g.cli("party", "password", CENTRE, "id_" + bin_no, stdin="stolen-password\n")
    check.that("a senderId of another party is not taken over", thief.returncode != 0 and code("another-password") == "")
    check.that("a short password is not taken", g.cli("party", "password", bin_no, "id_" + bin_no, stdin="short\n").returncode != 0)


def failures_are_limited_per_sender():
    bin_no, other = new_party("sector-body"), new_party("sector-body")
    c = next(c for c in feeds if c.code == "sector-councils")
    check.equal("ten wrong ones", {fault(soap("NQS_DELIVER", "id_" + bin_no, "wrong", nil_xml(c))) for _ in range(10)}, {"NQS401"})
    held = soap("NQS_DELIVER", "id_" + bin_no, "password-" + bin_no, nil_xml(c))
    check.equal("then even the right one waits", fault(held), "NQS401")
    check.equal("others do not", fault(soap("NQS_DELIVER", "id_" + other, "password-" + other, nil_xml(c))), "")
    check.equal("an unknown sender is told the same as a wrong password", fault(soap("NQS_DELIVER", "id_of_nobody", "wrong", nil_xml(c))), "NQS401")


# ── certificates ──

def certificate(*subject, days=30):
    """A self-signed one: only the edge verifies, the gateway reads. days 0: over in a moment."""
    config, key, request, out = (g.folder / ("client." + ending) for ending in ("cnf", "key", "csr", "pem"))
    config.write_text("[req]\ndistinguished_name = d\nprompt = no\n[d]\n" + "\n".join(subject) + "\n")
    for command in (["req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-config", config],
                    ["x509", "-req", "-in", request, "-signkey", key, "-days", str(days), "-out", out]):
        subprocess.run(["openssl", *command], capture_output=True, check=True)
    return urllib.parse.quote(out.read_text())


class OverUnix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def ask_unix(path, pem, as_user=None):
    """The status of a request over the gateway's Unix socket, with this certificate."""
    c = OverUnix(path)
    c.request("GET", "/v1/deliveries", headers={"X-Client-Cert": pem} if pem else {})
    answer = c.getresponse()
    body = answer.read()
    c.close()
    return answer.status, body


def a_certificate_counts_only_from_the_edge():
    bin_no = g.party(CENTRE)["bin"]
    good = certificate("OU = BIN" + bin_no)
    check.equal("over TCP it is passed over", g.get("/v1/deliveries", {"X-Client-Cert": good}).status, 401)
    me = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    for edge, believed in ((me, True), ("nobody", False), (None, False)):
        path = g.folder / ("edge-%s.sock" % edge)
        with second(listen="unix:%s" % path, **({"edge_user": edge} if edge else {})):
            until(path.exists, "the socket")
            check.equal("mode of the socket", oct(path.stat().st_mode & 0o777), "0o660")
            check.equal("edge_user %s: believed" % edge, ask_unix(path, good)[0], 200 if believed else 401)
            if not believed:
                continue
            wrong = {"no certificate": None, "not a certificate": "-----BEGIN%20CERTIFICATE-----", "of no party": certificate("OU = BIN391240009990"),
                     "without a BIN": certificate("CN = BIN" + bin_no), "too short a BIN": certificate("OU = BIN" + bin_no[:-1]),
                     "expired": certificate("OU = BIN" + bin_no, days=0)}
            clock.sleep(1.1)
            for what, pem in wrong.items():
                check.equal("a certificate %s" % what, ask_unix(path, pem)[0], 401)
            check.equal("the BIN in serialNumber counts too", ask_unix(path, certificate("serialNumber = BIN" + bin_no))[0], 200)
            told(g.cli("party", "disable", bin_no))
            check.equal("of a disabled party it does not", ask_unix(path, good)[0], 401)
            told(g.cli("party", "enable", bin_no))


class second:
    """Another gateway on the same database, with these settings changed."""

    def __init__(self, **changed):
        self.changed = changed

    def __enter__(self):
        lines = [line for line in (g.folder / "gateway.yaml").read_text().splitlines() if line.split(":")[0] not in self.changed]
        self.config = g.folder / "second.yaml"
        self.config.write_text("\n".join(lines + ["%s: %s" % (k, json.dumps(v)) for k, v in self.changed.items()]) + "\n")
        self.log = open(g.folder / "gateway.log", "a")
        self.process = subprocess.Popen([g.bin, "serve", "--config", str(self.config)], stdout=self.log, stderr=self.log)
        return self

    def __exit__(self, *exception):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


@contextlib.contextmanager
def at_port(port):
    """Requests go to another gateway meanwhile."""
    until(lambda: answers(port), "the other gateway")
    g.port, before = port, g.port
    try:
        yield
    finally:
        g.port = before


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


# ── the audit trail ──

def audit(where="true"):
    return g.psql("select actor, act, subject, detail from nqs.audit where %s order by id" % where).splitlines()


def the_chain_holds_when_many_write_at_once():
    import threading
    strangers = [threading.Thread(target=lambda: [g.get("/v1/deliveries", {"Authorization": "Bearer nobody"}) for _ in range(25)]) for _ in range(12)]
    for t in strangers:
        t.start()
    for t in strangers:
        t.join()
    said = told(g.cli("audit", "verify"))
    check.that("300 refusals written at once are one whole chain", "the chain is whole" in said, said)


def every_administrative_act_is_audited():
    me = "cli:" + subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    last = g.psql("select max(id) from nqs.audit")
    bin_no = new_party("sector-body")
    for verb in ("disable", "enable", "revoke"):
        told(g.cli("party", verb, bin_no))
    told(g.cli("party", "list"))
    rows = audit("id > " + last)
    check.equal("each act, by whom, about whom", rows, ["%s|party.%s|%s|%s" % (me, act, bin_no, detail) for act, detail in (
        ("add", ""), ("role", "sector-body from 2020-01-01 to -, ground: -"), ("token", ""), ("password", "id_" + bin_no), ("disable", ""), ("enable", ""), ("revoke", ""))])
    failed = [g.cli("party", "disable", "391240009990"), g.cli("party", "add", "123456789012", "x"), g.cli("party", "role", bin_no, "no-such-role", "--from", "2026-01-01"),
              g.cli("party", "role", bin_no, "sector-body", "--from", "yesterday"), g.cli("replay", "01a20000-0000-7000-8000-000000000000")]
    check.equal("what did not happen is refused", [f.returncode != 0 for f in failed], [True] * 5)
    check.equal("and not told", len(audit("id > " + last)), 7)


def refusals_are_audited():
    for what, ask, wanted in (
            ("a wrong token", lambda: g.get("/v1/deliveries", {"Authorization": "Bearer " + "0" * 64}), "unknown|refused|token|unauthorised"),
            ("a wrong password", lambda: soap("NQS_DELIVER", "id_of_nobody", "wrong", "<x/>"), "unknown|refused|password|unauthorised"),
            ("a forbidden feed", lambda: g.send("nrk", "2024-02-29", "nil", [], by=CENTRE), "party:%s|refused|rest|forbidden" % CENTRE),
            ("an unknown feed", lambda: g.send("no-such-feed", "2026-10", "nil", [], by=CENTRE), "party:%s|refused|rest|unknown_feed" % CENTRE),
            ("a wrong period", lambda: g.send("recognition-documents", "2026", "nil", [], by=CENTRE), "party:%s|refused|rest|bad_period" % CENTRE),
            ("a torn document", lambda: g.deliver(b"<delivery", CENTRE), "party:%s|refused|rest|torn" % CENTRE)):
        last = g.psql("select max(id) from nqs.audit")
        ask()
        check.equal("%s is in the audit" % what, audit("id > " + last), [wanted])


def the_chain_holds_and_shows_tampering():
    done = g.cli("audit", "verify")
    check.equal("the chain holds", (done.returncode, done.stderr), (0, ""))
    for sql in ("update nqs.audit set detail = 'x' where id = 3", "delete from nqs.audit where id = 3", "truncate nqs.audit"):
        try:
            g.psql(sql)
            check.that("append-only: " + sql, False, "it was done")
        except subprocess.CalledProcessError as e:
            check.that("append-only: " + sql, "append-only" in e.stderr, e.stderr)
    for sql, undo in (("update nqs.audit set actor = 'cli:somebody' where id = 3", "update nqs.audit set actor = '%s' where id = 3" % g.psql("select actor from nqs.audit where id = 3")),
                      ("update nqs.audit set at = at + interval '1 microsecond' where id = 5", "update nqs.audit set at = at - interval '1 microsecond' where id = 5"),
                      ("delete from nqs.audit where id = 4", None)):
        g.psql("alter table nqs.audit disable trigger audit_append_only; %s; alter table nqs.audit enable trigger audit_append_only" % sql)
        done = g.cli("audit", "verify")
        check.equal("tampering shows: " + sql, (done.returncode != 0, "broken" in done.stderr), (True, True))
        if undo:
            g.psql("alter table nqs.audit disable trigger audit_append_only; %s; alter table nqs.audit enable trigger audit_append_only" % undo)
            check.equal("put right, it holds again", g.cli("audit", "verify").returncode, 0)


if __name__ == "__main__":
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    feeds = contracts()
    g = Flow().start()
    party_of = {role: new_party(role) for role in ROLES}
    TESTS = [refusals_are_audited, only_the_contracts_roles_deliver, who_sees_a_delivery, what_is_open_to_all, a_token_ends_with_what_it_rests_on, odd_credentials_are_refused,
             tokens_are_kept_as_hashes_only, a_password_changed_acts_at_once, failures_are_limited_per_sender, a_certificate_counts_only_from_the_edge,
             the_chain_holds_when_many_write_at_once, every_administrative_act_is_audited]
    for test in TESTS:
        if only in test.__name__:
            check.run(test)
    for public_read in (True, False):
        port = free_port()
        with second(listen="127.0.0.1:%d" % port, public_read=public_read), at_port(port):
            if only in "who_reads_records":
                check.run(who_reads_records, public_read)
            if not public_read and only in "a_supplier_reads_its_own_rows_only":
                check.run(a_supplier_reads_its_own_rows_only)
    if only in "the_chain_holds_and_shows_tampering":
        check.run(the_chain_holds_and_shows_tampering)
    check.equal("no sanitizer complained", g.stop(), "")
    check.finish()
