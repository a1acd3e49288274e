#!/usr/bin/env python3
"""The REST contract, as a program that delivers sees it."""
import base64
import datetime
import gzip
import hashlib
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))
from checks import Checks                               # noqa: E402
from gateway import Gateway, NATIONAL, sha256           # noqa: E402

SUPPLIER, FEED, PERIOD = "authorised-body", "professions", "2026-H2"
GOOD = {"name_kk": "Бағдарламашы", "name_ru": "Программист", "nkz_code": "2512-1", "nkz_edition": "НК РК 01-2017", "recognition": "voluntary",
        "document_months": 36}
ABOUT = {"feed": FEED, "period": PERIOD, "kind": "changes"}
TIGHT = {"max_uploads": 2, "idle_seconds": 2, "max_message_mb": 1}
LETTERS = {"kk": set("әіңғүұқөһ"), "ru": set("ыэё") | set("бгдлпф"), "en": set("abcdefgh")}
SCHEMATHESIS_SECONDS = 30
# A request that schemathesis thinks wrong by its schema may be right here (an unknown parameter is passed over), and a wrong one may be refused for
# what is wrong with it first (401 before 400): so the two checks that foretell acceptance are not made.
SCHEMATHESIS_CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance"
checks = Checks()


def record(code, **more):
    return {"code": code, **GOOD, **more}


def document(*records, about=ABOUT):
    return json.dumps({**about, "records": list(records)}, ensure_ascii=False).encode()


def xml(inner, feed=FEED):
    return ('<delivery xmlns="urn:kz:nqs:delivery:1" feed="%s" period="%s" kind="changes">%s</delivery>' % (feed, PERIOD, inner)).encode()


def xml_record(code):
    return "<record>%s</record>" % "".join("<%s>%s</%s>" % (k, v, k) for k, v in record(code).items())


def post_json(g, body, **headers):
    return g.deliver(body, SUPPLIER, "application/json", **headers)


def rows(g):
    return g.psql("select " + ", ".join("(select count(*) from nqs.%s)" % t for t in ("envelope", "envelope_part", "upload")))


def refusals(g):
    """The codes in the audit of refused deliveries, newest first."""
    return g.psql("select detail from nqs.audit where act = 'refused' order by id desc").split("\n")


def is_problem(what, answer, status, code):
    problem = answer.json or {}
    return checks.equal("%s: %d %s" % (what, status, code), (answer.status, answer.headers["Content-Type"], problem.get("type"), problem.get("status")),
                        (status, "application/problem+json", "urn:kz:nqs:problem:" + code, status))


def digest_of(body, name="sha-256"):
    return "%s=:%s:" % (name, base64.b64encode(hashlib.new(name.replace("-", ""), body).digest()).decode())


# Digests and repeats

def content_digest(g):
    body = document(record("D-1"))
    checks.equal("a right digest is accepted", post_json(g, body, Content_Digest=digest_of(body)).status, 200)
    is_problem("a wrong digest", post_json(g, document(record("D-2")), Content_Digest=digest_of(body)), 400, "digest_mismatch")
    small = gzip.compress(document(record("D-3")))
    checks.equal("the digest is over the bytes as sent", post_json(g, small, Content_Digest=digest_of(small), Content_Encoding="gzip").status, 200)
    body = document(record("D-4"))
    checks.equal("another algorithm may stand beside", post_json(g, body, Content_Digest=digest_of(body, "sha-512") + ", " + digest_of(body)).status, 200)
    is_problem("no algorithm that we check", post_json(g, body, Content_Digest=digest_of(body, "sha-512")), 400, "bad_digest_header")
    is_problem("no digest at all", post_json(g, body, Content_Digest="sha-256=abc"), 400, "bad_digest_header")
    checks.equal("nothing of the wrong ones is kept", [r["code"] for r in g.records(FEED) if r["code"].startswith("D-")], ["D-1", "D-3", "D-4"])


def idempotency_key(g):
    body, before = document(record("K-1")), rows(g)
    first = post_json(g, body, Idempotency_Key='"k-1"')
    kept = rows(g)
    again = post_json(g, body, Idempotency_Key='"k-1"')
    checks.that("it is kept once", before != kept == rows(g), (before, kept, rows(g)))
    checks.equal("repeated: the first receipt, byte for byte", (again.status, again.headers["Idempotent-Replayed"], receipt_bytes(again)),
                 (200, "true", receipt_bytes(first)))
    checks.equal("and its place", again.headers["Location"], "/v1/deliveries/" + first.delivery)
    is_problem("the key with another content", post_json(g, document(record("K-2")), Idempotency_Key='"k-1"'), 409, "repeat_other_content")
    other = g.deliver(document(about={**ABOUT, "feed": "nrk", "period": "2024-02-29", "kind": "nil"}), SUPPLIER, "application/json", Idempotency_Key='"k-1"')
    is_problem("nor for another feed", other, 409, "repeat_other_content")
    is_problem("a key that is none", post_json(g, body, Idempotency_Key='"k'), 400, "bad_parameter")
    checks.equal("nothing more is kept", rows(g), kept)


def without_a_key(g):
    a, b = document(record("N-1")), document(record("N-1", document_months=48))
    ids = [post_json(g, body).delivery for body in (a, b, a, a)]
    checks.equal("A, B, A are three deliveries, and A after A is that one", [ids.index(i) for i in ids], [0, 1, 2, 2])
    checks.equal("the last one is in force", [r["document_months"] for r in g.records(FEED) if r["code"] == "N-1"], [36])
    spaced = a.replace(b'"records"', b' "records"')
    checks.that("other bytes are another delivery", post_json(g, spaced).delivery not in ids)


# The receipt

def receipt_bytes(answer):
    """The receipt in an answer as it stands there: it is found by writing it anew in canonical form, which it therefore must have."""
    wanted = b'{"receipt":' + jcs(answer.json["receipt"])
    if not answer.body.startswith(wanted):
        raise RuntimeError("the receipt is not in canonical form: %r" % answer)
    return wanted[len(b'{"receipt":'):]


def jcs(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def receipts(g):
    body = document(record("R-1"))
    small = gzip.compress(body)
    first = post_json(g, small, Content_Encoding="gzip")
    receipt = first.json["receipt"]
    checks.equal("its members", sorted(receipt), ["delivery", "digests", "feed", "kind", "moments", "number", "party", "period", "signature", "version"])
    checks.equal("digests of what was sent, kept, and the payload", receipt["digests"], {"sent": "sha-256:" + sha256(small), "kept": "sha-256:" + sha256(body),
                                                                                         "payload": "sha-256:" + sha256(body)})
    moments = receipt["moments"]
    checks.equal("the six moments", sorted(moments), ["clock_synchronised", "committed", "first_byte", "last_byte", "sender", "transport"])
    checks.equal("neither the sender nor a carrier said one", (moments["sender"], moments["transport"]), (None, None))
    times = [datetime.datetime.fromisoformat(moments[m]) for m in ("first_byte", "last_byte", "committed")]
    checks.that("ours are in order and of now", times == sorted(times) and
                abs(times[2] - datetime.datetime.now(datetime.timezone.utc)) < datetime.timedelta(seconds=60), moments)
    checks.that("whether the clock was synchronised is said", isinstance(moments["clock_synchronised"], bool))
    got = g.get("/v1/deliveries/%s/receipt" % first.delivery, by=SUPPLIER)
    checks.equal("it is served byte for byte", got.body, receipt_bytes(first))
    checks.equal("and on a repeat", receipt_bytes(post_json(g, small, Content_Encoding="gzip")), got.body)
    checks.equal("and kept so", g.psql("select encode(receipt, 'hex') from nqs.envelope where id = '%s'" % first.delivery), got.body.hex())
    content = g.get("/v1/deliveries/%s/content" % first.delivery, by=SUPPLIER)
    checks.equal("the content is what was sent, decoded", (content.status, content.headers["Content-Type"], content.body), (200, "application/json", body))


# Codings

def zstd(body, *options):
    return subprocess.run(["zstd", "-q", "-c", *options], input=body, capture_output=True, check=True).stdout


def encodings(g):
    body = document(record("E-1"))
    checks.equal("zstd", g.wait_done(post_json(g, zstd(body), Content_Encoding="zstd").delivery)["outcomes"]["new"], 1)
    body = document(record("E-2"))
    checks.equal("gzip of two members", g.wait_done(post_json(g, gzip.compress(body[:50]) + gzip.compress(body[50:]), Content_Encoding="gzip").delivery)
                 ["outcomes"]["new"], 1)
    before = rows(g)
    for coding, whole in (("gzip", gzip.compress(body)), ("zstd", zstd(body))):
        is_problem("torn %s" % coding, post_json(g, whole[:-5], Content_Encoding=coding), 400, "torn")
        is_problem("what is not %s" % coding, post_json(g, body, Content_Encoding=coding), 400, "bad_coding")
    is_problem("a zstd window of 128 MB", post_json(g, zstd(body, "--long=27"), Content_Encoding="zstd"), 400, "bad_coding")
    is_problem("an encoding we do not have", post_json(g, body, Content_Encoding="br"), 415, "unsupported_type")
    checks.equal("nothing is kept of these", rows(g), before)


def bombs(g):
    big, before = xml(" " * 3_000_000), rows(g)
    for coding, small in (("gzip", gzip.compress(big)), ("zstd", zstd(big))):
        checks.that("a %s bomb is small" % coding, len(small) < 5000)
        is_problem("a %s bomb" % coding, g.deliver(small, SUPPLIER, Content_Encoding=coding), 413, "too_large")
    is_problem("a plain one", g.deliver(big, SUPPLIER), 413, "too_large")
    is_problem("one in chunks", g.deliver((big[i:i + 100_000] for i in range(0, len(big), 100_000)), SUPPLIER), 413, "too_large")
    checks.equal("nothing is kept of them", rows(g), before)
    checks.equal("the audit has them", refusals(g)[:4], ["too_large"] * 4)


# Refusals

def refusal_table(g):
    some = "/v1/deliveries/00000000-0000-4000-8000-000000000000"
    body = xml(xml_record("Q-1"))
    return [
        (401, "unauthorised", lambda h: g.post("/v1/deliveries", body, {"Content-Type": "application/xml", **h})),
        (401, "unauthorised", lambda h: g.post("/v1/deliveries", body, {"Content-Type": "application/xml", "Authorization": "Bearer nonsense", **h})),
        (401, "unauthorised", lambda h: g.get("/v1/deliveries", h)),
        (403, "forbidden", lambda h: g.deliver(body, "sector-body", **h)),
        (403, "forbidden", lambda h: g.get("/v1/feeds/recognition-results/records", h, by="administrator")),
        (404, "not_found", lambda h: g.get(some, h, by=SUPPLIER)),
        (404, "not_found", lambda h: g.get("/v1/nothing", h, by=SUPPLIER)),
        (404, "not_found", lambda h: g.get("/v1/feeds/nothing/records", h, by=SUPPLIER)),
        (405, "method_not_allowed", lambda h: g.request("DELETE", some, None, h, SUPPLIER)),
        (413, "too_large", lambda h: g.raw(("POST /v1/deliveries HTTP/1.1\r\nHost: x\r\nContent-Type: application/xml\r\nContent-Length: 99999999999\r\n"
                                            "Accept-Language: %s\r\nAuthorization: Bearer %s\r\n\r\n" % (h["Accept-Language"], g.token(SUPPLIER))).encode())),
        (415, "unsupported_type", lambda h: g.deliver(body, SUPPLIER, "application/pdf", **h)),
        (415, "unsupported_type", lambda h: g.deliver(body, SUPPLIER, "application/xml; charset=windows-1251", **h)),
        (422, "unknown_feed", lambda h: g.deliver(xml("", "nothing"), SUPPLIER, **h)),
        (422, "bad_period", lambda h: g.deliver(body.replace(b"2026-H2", b"2026-10"), SUPPLIER, **h)),
        (422, "bad_kind", lambda h: g.deliver(body.replace(b"changes", b"facts"), SUPPLIER, **h)),
        (422, "kind_missing", lambda h: g.deliver(body.replace(b' kind="changes"', b""), SUPPLIER, **h)),
        (422, "disagree", lambda h: g.deliver(body, SUPPLIER, query={"period": "2026-H1"}, **h)),
        (422, "unknown_root", lambda h: g.deliver(b"<ProfessionList/>", SUPPLIER, **h)),
        (400, "bad_cursor", lambda h: g.get("/v1/deliveries?cursor=1", h, by=SUPPLIER)),
        (400, "bad_parameter", lambda h: g.get("/v1/deliveries?limit=0", h, by=SUPPLIER)),
    ]


def problems(g):
    before, headers = rows(g), {401: "WWW-Authenticate", 405: "Allow", 415: "Accept-Encoding"}
    for status, code, ask in refusal_table(g):
        details = {}
        for lang, letters in LETTERS.items():
            answer = ask({"Accept-Language": lang})
            if not is_problem("%s in %s" % (code, lang), answer, status, code):
                checks.say(repr(answer))
                continue
            details[lang] = answer.json["detail"]
            checks.that("%s is said in %s" % (code, lang), answer.headers["Content-Language"] == lang and letters & set(details[lang].lower()), details[lang])
            if status in headers:
                checks.that("%d says %s" % (status, headers[status]), answer.headers[headers[status]], answer.headers)
        checks.equal("%s: three languages, three texts" % code, len(set(details.values())), 3)
    checks.equal("nothing is kept of these", rows(g), before)
    one = g.get("/v1/nothing", {"Accept-Language": "de, ru;q=0.4, kk;q=0.8"})
    checks.equal("the language is the one most wished for that we have", one.headers["Content-Language"], "kk")


HOSTILE = [
    ("a DOCTYPE", "application/xml", b'<!DOCTYPE d [<!ENTITY a "b">]>' + xml(xml_record("H-1")), "doctype"),
    ("a torn document", "application/xml", xml(xml_record("H-1"))[:-20], "torn"),
    ("torn JSON", "application/json", document(record("H-1"))[:-2], "torn"),
    ("a NUL", "application/xml", xml(xml_record("H\0")), "nul_character"),
    ("not UTF-8", "application/xml", xml(xml_record("H-1")).replace("Программист".encode(), "Программист".encode("cp1251")), "not_utf8"),
    ("JSON not in UTF-8", "application/json", document(record("H-1")).replace("Программист".encode(), b"\xc3("), "not_utf8"),
    ("NDJSON not in UTF-8", "application/x-ndjson", b'{"code":"\xff"}\n', "not_utf8"),
    ("XML too deep", "application/xml", xml("<a>" * 200 + "</a>" * 200), "too_deep"),
    ("JSON too deep", "application/json", document(record("H-1")).replace(b'"H-1"', b"[" * 200 + b"]" * 200), "too_deep"),
    ("tags that cross", "application/xml", xml("<record><code>H-1</record></code>"), "not_well_formed"),
    ("two roots", "application/xml", xml("") + xml(""), "not_well_formed"),
    ("nothing", "application/xml", b"", "torn"),
]


def hostile_documents(g):
    before = rows(g)
    for what, content_type, body, code in HOSTILE:
        for chunked in (False, True):
            audited = len(refusals(g))
            sent = (body[i:i + 11] for i in range(0, len(body), 11)) if chunked else body
            answer = g.deliver(sent, SUPPLIER, content_type, ABOUT if "ndjson" in content_type else None)
            is_problem(what + (" in chunks" if chunked else ""), answer, 400, code)
            now = refusals(g)
            checks.equal("%s: the audit has one line more" % what, (len(now), now[0]), (audited + 1, code))
    checks.equal("nothing is kept of these", rows(g), before)
    wrong = g.psql("select count(*) from (select digest, nqs.audit_digest(previous, at, actor, act, subject, detail) d,"
                   " previous, lag(digest) over (order by id) l from nqs.audit) a where digest <> d or previous <> coalesce(l, '\\x00')")
    checks.equal("the audit's chain holds", wrong, "0")


# Deliveries

def one_bad_line(g):
    lines = [json.dumps(record("L-1")), '{"code": "L-2", ', "[1]", "", json.dumps(record("L-3")), json.dumps(record("L-4"))[:-1], '{"code": "L-6", "code": "L-7"}']
    answer = g.deliver("\n".join(lines).encode(), SUPPLIER, "application/x-ndjson", ABOUT)
    protocol = g.wait_done(answer.delivery)
    each = g.pages("/v1/deliveries/%s/outcomes" % answer.delivery, "each")
    checks.equal("good lines pass, bad ones do not", (protocol["state"], each), ("settled", ["new", "refused", "refused", "new", "refused", "refused"]))
    checks.equal("a finding for each bad one", [(f["record"], f["severity"]) for f in protocol["findings"]], [(2, "error"), (3, "error"), (5, "error"), (6, "error")])
    checks.equal("the good ones are there", [r["code"] for r in g.records(FEED) if r["code"].startswith("L-")], ["L-1", "L-3"])


def what_only_a_parser_sees(g):
    doubled = [("application/json", document(record("L-5")).replace(b'"records"', b'"kind": "changes", "records"'), None, "duplicate_json_key"),
               ("application/xml", xml(xml_record("L-5") + "<record><code a='1' a='2'>L-6</code></record>"), None, "not_well_formed"),
               ("application/xml", xml(xml_record("L-5") + "<p:record/>"), None, "undeclared_prefix")]
    for content_type, body, query, code in doubled:
        answer = g.deliver(body, SUPPLIER, content_type, query)
        if answer.status >= 400:
            is_problem("%s at the door" % code, answer, 400, code)
            continue
        protocol = g.wait_done(answer.delivery)
        checks.equal("%s: refused as a whole, with the reason" % code, (protocol["state"], protocol["refused"]["code"]), ("refused", code))
        checks.that("%s: in words" % code, protocol["refused"]["text"], protocol)
        checks.equal("%s: its bytes are kept" % code, g.get("/v1/deliveries/%s/content" % answer.delivery, by=SUPPLIER).body, body)
    checks.equal("no record of them is there", [r for r in g.records(FEED) if r["code"] in ("L-5", "L-6", "L-7")], [])


def nothing_to_report(g):
    nil = {**ABOUT, "kind": "nil"}
    forms = [("in the query, without a body", b"", "application/xml", nil), ("as XML", xml("").replace(b"changes", b"nil"), "application/xml", None),
             ("as JSON", document(about=nil), "application/json", None)]
    before = g.records(FEED)
    for what, body, content_type, query in forms:
        answer = g.deliver(body, SUPPLIER, content_type, query, Idempotency_Key=what)
        if checks.that("nil %s is accepted" % what, answer.status in (200, 202), answer):
            protocol = g.wait_done(answer.delivery)
            checks.equal("nil %s is settled" % what, (protocol["state"], protocol["kind"], protocol["records"]), ("settled", "nil", 0))
    answer = g.deliver(document(record("Z-1"), about=nil), SUPPLIER, "application/json")
    protocol = g.wait_done(answer.delivery)
    checks.equal("nil with records is refused as a whole", (protocol["state"], protocol["refused"]["code"]), ("refused", "nil_with_records"))
    checks.equal("nothing changes by them", g.records(FEED), before)


def reading(g):
    ids = [post_json(g, document(record("P-%d" % i))).delivery for i in range(5)]
    listed = g.pages("/v1/deliveries", "deliveries", by=SUPPLIER, limit=2)
    checks.equal("deliveries are listed newest first, by pages", [d["delivery"] for d in listed[:5]], ids[::-1])
    numbers = [d["number"] for d in listed]
    checks.equal("none twice, none left out", (numbers, len(numbers)), (sorted(set(numbers), reverse=True), int(g.psql(
        "select count(*) from nqs.envelope e join nqs.party p on p.id = e.party where p.bin = '%s'" % g.party(SUPPLIER)["bin"]))))
    for part in ("", "/findings", "/outcomes", "/receipt", "/content"):
        path = "/v1/deliveries/" + ids[0] + part
        checks.equal("another supplier knows nothing of %s" % (part or "it"), g.get(path, by="sector-body").status, 404)
        checks.equal("the national body does", g.get(path, by=NATIONAL).status, 200)
    cursor = g.get("/v1/feeds/%s/records?limit=1" % FEED).json["next"]
    is_problem("a cursor of another list", g.get("/v1/deliveries?cursor=" + cursor, by=SUPPLIER), 400, "bad_cursor")
    checks.equal("it lives and is ready", [g.get(p).status for p in ("/healthz", "/readyz")], [200, 200])
    head = g.request("HEAD", "/v1/feeds")
    checks.equal("HEAD is GET without a body", (head.status, head.body, head.headers["Content-Length"]), (200, b"", str(len(g.get("/v1/feeds").body))))


# The description

def openapi(g):
    from openapi_spec_validator import validate
    description = g.get("/openapi.json")
    checks.equal("it is served", (description.status, description.headers["Content-Type"]), (200, "application/json"))
    try:
        validate(description.json)
        checks.that("it is valid OpenAPI 3.1", description.json["openapi"].startswith("3.1"))
    except Exception as e:
        checks.that("it is valid OpenAPI 3.1", False, e)


def asyncapi(g):
    of_all, of_one = g.get("/v1/asyncapi.json"), g.get("/v1/asyncapi.json?feed=nrk")
    checks.equal("it is served", (of_all.status, of_all.headers["Content-Type"]), (200, "application/json"))
    checks.equal("as the command writes it", [of_all.body.decode(), of_one.body.decode()], [g.cli("contract", "asyncapi", *words).stdout for words in ([], ["nrk"])])
    checks.equal("of no other feed", g.get("/v1/asyncapi.json?feed=none").status, 404)


def schemathesis(g):
    program, some = pathlib.Path(sys.executable).parent / "schemathesis", g.get("/v1/deliveries?limit=1", by=SUPPLIER).json["deliveries"][0]["delivery"]
    (g.folder / "schemathesis.toml").write_text('[parameters]\n"path.id" = "%s"\n' % some)
    done = subprocess.run([program, "run", g.url + "/openapi.json", "-H", "Authorization: Bearer " + g.token(SUPPLIER), "-c", SCHEMATHESIS_CHECKS,
                           "--phases", "examples,coverage,fuzzing", "--max-time", str(SCHEMATHESIS_SECONDS), "-n", "60", "--seed", "1", "--no-color",
                           "--generation-database", "none", "--continue-on-failure", "--request-timeout", "20"],
                          capture_output=True, text=True, timeout=4 * SCHEMATHESIS_SECONDS, cwd=g.folder,
                          env={**os.environ, "SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HERE)})
    checks.that("schemathesis finds nothing", done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:])
    asked = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    checks.that("it has asked a thousand times", asked and int(asked.group(2)) >= 1000, done.stdout[-2000:])


# Slow and many

def slow_upload(g, body):
    """A delivery that has got its place, and is begun and not ended: its connection."""
    s = socket.create_connection(("127.0.0.1", g.port), timeout=20)
    s.sendall(("POST /v1/deliveries HTTP/1.1\r\nHost: x\r\nContent-Type: application/xml\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n"
               "Authorization: Bearer %s\r\n\r\n" % g.token(SUPPLIER)).encode())
    interim = s.recv(4096)
    if not interim.startswith(b"HTTP/1.1 100 "):
        raise RuntimeError("not asked to go on: %r" % interim)
    s.sendall(b"%x\r\n%s\r\n" % (len(body), body))
    return s


def ended(s):
    """Whether the other side has cut the connection, waiting for it."""
    try:
        while s.recv(4096):
            pass
        return True
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    finally:
        s.close()


def until(value, wanted, seconds=10):
    end = time.monotonic() + seconds
    while value() != wanted and time.monotonic() < end:
        time.sleep(0.05)
    return value()


def slow_sender(g):
    before, since = rows(g), time.monotonic()
    s = slow_upload(g, xml(xml_record("S-1"))[:-11] + b" " * 700_000)
    checks.equal("a part of what came is there", until(lambda: g.psql("select count(*) from nqs.upload"), "1"), "1")
    open_ones = g.psql("select count(*) from pg_stat_activity where usename = 'nqs' and pid <> pg_backend_pid() and xact_start is not null")
    checks.equal("no transaction waits for the sender", open_ones, "0")
    checks.that("it is cut", ended(s))
    checks.that("after idle_seconds, not at once and not much later", 1.5 < time.monotonic() - since < 8, time.monotonic() - since)
    checks.equal("nothing is left of it", until(lambda: rows(g), before), before)


def too_many(g):
    slow = [slow_upload(g, xml("")[:40]) for _ in range(2)]
    answer = g.deliver(xml(xml_record("M-1")), SUPPLIER)
    is_problem("a third one", answer, 503, "too_many")
    checks.that("says when to come again", int(answer.headers["Retry-After"] or 0) > 0, answer.headers)
    checks.equal("the audit has it", refusals(g)[0], "too_many")
    for s in slow:
        s.close()
    body = xml(xml_record("M-2"))
    checks.equal("when they have gone there is room", until(lambda: g.deliver(body, SUPPLIER).status in (200, 202), True), True)


def main():
    with Gateway() as g:
        checks.say("started")
        for test in (content_digest, idempotency_key, without_a_key, receipts, encodings, problems, hostile_documents, one_bad_line, what_only_a_parser_sees, nothing_to_report,
                     reading, openapi, asyncapi, schemathesis):
            checks.run(test, g)
        checks.equal("it ended without a sanitizer's complaint", g.stop(keep=True), "")
        g.start(TIGHT)
        for test in (bombs, slow_sender, too_many):
            checks.run(test, g)
        checks.equal("it ended so once more", g.stop(), "")
    checks.finish()


main()
