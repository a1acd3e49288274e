"""Nothing personal lies about in plain (design §8): a dump, PostgreSQL's files and log, the gateway's log and files are searched for every IIN, name and
password that was sent; who may read gets them whole; a person erased is erased everywhere."""
import itertools
import random
import re

from things import *  # noqa: F403
from checks import Checks
from digits import controlled
import access                          # its SOAP envelope

check = Checks()
FEED, LARGE = "recognition-results", 1300
FIRST = ["Айгерім", "Бауыржан", "Гүлнәр", "Дәурен", "Ерасыл", "Жанна", "Зарина", "Қанат", "Ләззат", "Мадина", "Нұрлан", "Өмірбек", "Самат", "Төлеген", "Ұлан", "Шолпан"]
LAST = ["Ғабиденқызыева", "Әлмұхамеджанов", "Құрманбаевич", "Сүлейменовский", "Тілеубердиевна", "Өтепбергенский", "Шәймерденовна", "Ыбырайымовский"]
people = []                            # (iin, name) of everybody who was sent


def iin(day, n):
    """An IIN of somebody born on a day of 2039, with its control digit; None where there is none."""
    return controlled("39%02d%02d5%04d" % (day // 28 + 1, day % 28 + 1, n))


def somebody(n, draw=random.Random(2026)):
    number = next(i for i in (iin(draw.randrange(336), draw.randrange(10000)) for _ in itertools.count()) if i)
    person = number, "%s %s-%04d" % (FIRST[n % len(FIRST)], LAST[n // len(FIRST) % len(LAST)], n)
    people.append(person)
    return person


def attempt(n, person, **more):
    return {"centre_bin": CENTRE, "attempt_number": "S-%06d" % n, "candidate": {"iin": person[0], "name": person[1]}, "profession_code": "CON-0007",
            "qualification": "Электрогазосварщик", "level": 3, "basis": "formal", "mode": "voluntary", "outcome": "passed", **more}


def xml(records, period="2026-10"):
    def fields(r):
        return "".join("<%s>%s</%s>" % (k, fields(v) if isinstance(v, dict) else v, k) for k, v in r.items())
    return '<delivery xmlns="urn:kz:nqs:delivery:1" feed="%s" period="%s" kind="changes">%s</delivery>' % (
        FEED, period, "".join("<record>%s</record>" % fields(r) for r in records))


def keys(n):
    keys.next += n
    return range(keys.next - n, keys.next)


keys.next = 1


# ── sending, in every way, well and badly ──

def good_ones_of_every_form():
    for size in (3, LARGE):
        for form, content in (("xml", "application/xml"), ("json", "application/json"), ("ndjson", "application/x-ndjson")):
            records = [attempt(n, somebody(n)) for n in keys(size)]
            body = {"xml": lambda: xml(records).encode(), "json": lambda: json.dumps(records, ensure_ascii=False).encode(), "ndjson": lambda: ndjson(records)}[form]()
            p = g.wait_done(g.deliver(body, CENTRE, content, {"feed": FEED, "period": "2026-10", "kind": "changes"}).delivery)
            check.equal("%d as %s" % (size, form), (p["state"], p["outcomes"]["new"]), ("settled", size))
            sent.append((p["delivery"], body))
    escaped = [attempt(n, somebody(n)) for n in keys(4)]
    p = g.wait_done(g.deliver(json.dumps(escaped).encode(), CENTRE, "application/json", {"feed": FEED, "period": "2026-10", "kind": "changes"}).delivery)
    check.equal("names as \\u escapes", p["outcomes"]["new"], 4)


def corrections_fill_history():
    people_sent = people[:3]
    for period, outcome in (("2026-10", "absent"), ("2026-09", "passed"), ("2026-11", "passed")):
        records = [attempt(1 + i, p, outcome=outcome) for i, p in enumerate(people_sent)]
        g.wait_done(g.deliver(xml(records, period).encode(), CENTRE).delivery)
    check.equal("history holds them", g.psql("select count(*) > 3 from feed.recognition_result_history"), "t")


def over_soap():
    global secret
    centre = g.party(CENTRE)
    secret = centre["password"]
    for wrap in (lambda x: x, lambda x: "<![CDATA[" + x + "]]>", lambda x: x.replace("&", "&amp;").replace("<", "&lt;")):
        records = [attempt(n, somebody(n)) for n in keys(3)]
        answer = access.soap_at(g, "NQS_DELIVER", centre["sender_id"], secret, wrap(xml(records)))
        check.equal("SOAP", (answer.status, b"SCSS001" in answer.body), (200, True))
        check.that("the answer has nobody in it", not any(w in answer.body for w in words()))
    wrong = "a-wrong-password-9137"
    answer = access.soap_at(g, "NQS_DELIVER", centre["sender_id"], wrong, xml([attempt(n, somebody(n)) for n in keys(2)]))
    check.equal("refused", answer.status, 500)
    passwords.extend([secret, wrong])
    delivery = g.psql("select id from nqs.envelope where source = 'soap' order by number limit 1")
    content = g.get("/v1/deliveries/%s/content" % delivery, by=CENTRE)
    check.equal("its sender gets the payload, not the envelope with the password", (content.status, secret.encode() in content.body, b"<delivery" in content.body), (200, False, True))


def bad_ones():
    """Each value where it does not belong: a name as a number, an IIN as a code, both in unknown fields, in a key, in a withdrawal's ground."""
    a, b, c, d, e, f, h, i = (somebody(n) for n in keys(8))
    bad = [attempt(1, a, level=a[1]), attempt(2, b, profession_code=b[1], exam_dates=[b[0]]), attempt(3, c, outcome=c[1], basis=c[0]), attempt(4, d, candidate=d[1]),
           attempt(5, e, candidate={"iin": e[0][:-1] + str((int(e[0][-1]) + 1) % 10), "name": e[1], "mother": e[1]}), attempt(6, f, note=f[1]),
           attempt(7, h, candidate={"iin": h[1], "name": ""}), attempt(8, i, candidate={"iin": int(i[0]), "name": [i[1]]})]
    people.append((e[0][:-1] + str((int(e[0][-1]) + 1) % 10), e[1]))
    answers = []
    for body, content in ((ndjson(bad), "application/x-ndjson"), (json.dumps(bad, ensure_ascii=False).encode(), "application/json"), (xml(bad[:4]).encode(), "application/xml"),
                          (ndjson(bad * 200), "application/x-ndjson"), (ndjson(bad)[:-40], "application/x-ndjson")):
        answer = g.deliver(body, CENTRE, content, {"feed": FEED, "period": "2026-10", "kind": "changes"})
        p = g.wait_done(answer.delivery)
        check.that("bad records are refused (%s)" % content, p["outcomes"]["refused"] >= 4, p["outcomes"])
        answers += [answer.body, json.dumps(p, ensure_ascii=False).encode(), json.dumps(g.findings(p), ensure_ascii=False).encode(),
                    g.cli("findings", p["delivery"], "--all").stdout.encode()]
    torn = xml([attempt(9, a)]).encode()
    for body, content in ((torn[:-5], "application/xml"), (torn.replace(b"<level>", b"<level") , "application/xml"), (json.dumps([attempt(9, b)], ensure_ascii=False).encode()[:-3], "application/json"),
                          (b"<!DOCTYPE x [<!ENTITY e '" + c[1].encode() + b"'>]>" + torn, "application/xml"), (torn.replace(b"recognition-results", d[1].encode()), "application/xml"),
                          (torn.replace(b"2026-10", e[0].encode()), "application/xml"), (torn + f[1].encode(), "application/xml")):
        answer = g.deliver(body, CENTRE, content)
        answers.append(answer.body.replace(d[1].encode(), b"").replace(e[0].encode(), b"") if answer.status == 422 else answer.body)    # what was said as feed or period is said back
        check.that("refused at the door", 400 <= answer.status < 500, answer)
    twice = b'{"centre_bin": "%s", "candidate": {"name": "%s", "name": "%s"}}' % (CENTRE.encode(), h[1].encode(), h[1].encode())
    answers.append(json.dumps(g.wait_done(g.deliver(b"[" + twice + b"]", CENTRE, "application/json", {"feed": FEED, "period": "2026-10", "kind": "changes"}).delivery), ensure_ascii=False).encode())
    check.equal("no answer quotes anybody", sorted({w.decode() for w in words() for x in answers if w in x}), [])


def errors_within():
    """The database refuses a row of theirs (a constraint by a foreign hand), a part is broken: logs say what happened, not to whom."""
    n = keys(3)
    g.psql("alter table feed.recognition_result add constraint nobody check (attempt_number <> 'S-%06d')" % n[0])
    for size in (1, 1100):
        body = ndjson([attempt(n[0], somebody(n[0]))] + [attempt(x, somebody(x)) for x in keys(size)])
        answer = g.deliver(body, CENTRE, "application/x-ndjson", {"feed": FEED, "period": "2026-10", "kind": "changes"})
        until(lambda: g.get("/v1/deliveries/" + answer.delivery, by=CENTRE).json["state"] == "set_aside", "set aside")
    g.psql("alter table feed.recognition_result drop constraint nobody")
    check.that("the failure is in the log", "delivery_failed" in g.log())


# ── reading ──

def who_may_gets_them_whole():
    before = int(g.psql("select count(*) from nqs.audit where act = 'read'"))
    read = {r["attempt_number"]: r.get("candidate") for r in g.records(FEED, by=NATIONAL, limit=1000)}
    pages = -(-len(read) // 1000)
    check.equal("everybody that was taken is read in plain", [read["S-%06d" % n] for n in (1, 2, 3, 100)], [dict(zip(("iin", "name"), people[n - 1])) for n in (1, 2, 3, 100)])
    check.equal("a row of the access journal for each page", int(g.psql("select count(*) from nqs.audit where act = 'read'")) - before, pages)
    check.equal("it says who and what", g.psql("select actor, subject, detail from nqs.audit where act = 'read' order by id desc limit 1"),
                "party:%s|records|%s" % (g.party(NATIONAL)["bin"], FEED))
    history = g.get("/v1/feeds/%s/records?as_of_period=2026-10&limit=3" % FEED, by=NATIONAL).json["records"]
    check.equal("history too", history[0]["record"]["candidate"]["name"], people[0][1])
    check.that("by the command line", people[0][1] in g.cli("records", FEED, "--limit", "5", "--json").stdout)
    delivery, body = sent[0]
    check.equal("the bytes too", g.get("/v1/deliveries/%s/content" % delivery, by=NATIONAL).body, body)
    for who, status in (("administrator", 403), (CENTRE, 403), (MINISTRY, 403)):
        answer = g.get("/v1/feeds/%s/records" % FEED, by=who)
        check.equal("%s without the extra role" % who, (answer.status, any(w in answer.body for w in words())), (status, False))


def the_erased_are_gone():
    victim, other = people[0], people[1]
    lookups = int(g.psql("select count(*) from nqs.person where wrapped is null"))
    owner = g.psql("select get_byte(candidate, 6) * 256 + get_byte(candidate, 7) from feed.recognition_result where attempt_number = 'S-000001'")
    g.psql("update nqs.person set wrapped = null where id = %s" % owner)
    read = {r["attempt_number"]: r for r in g.records(FEED, by=NATIONAL, limit=1000)}
    check.equal("the erased person's candidate is absent", "candidate" in read["S-000001"], False)
    check.equal("the rest of the record stays, others too", (read["S-000001"]["outcome"], read["S-000002"]["candidate"]["name"]), ("passed", other[1]))
    old = {r["record"]["attempt_number"]: r["record"] for r in g.get("/v1/feeds/%s/records?as_of_period=2026-10&limit=3" % FEED, by=NATIONAL).json["records"]}
    check.equal("in history too", "candidate" in old["S-000001"], False)
    g.psql("update nqs.person set blocked = true where id = (select get_byte(candidate, 6) * 256 + get_byte(candidate, 7) from feed.recognition_result where attempt_number = 'S-000002')")
    read = {r["attempt_number"]: r for r in g.records(FEED, by=NATIONAL, limit=1000)}
    check.equal("a blocked person's too", "candidate" in read["S-000002"], False)
    check.equal("only that one was erased", int(g.psql("select count(*) from nqs.person where wrapped is null")), lookups + 1)
    check.equal("a row moved to another key cannot be read", moved(), 500)


def moved():
    """Sealed bytes of one record copied into another."""
    g.psql("create table public.aside as select * from feed.recognition_result where attempt_number = 'S-000004'")
    g.psql("update feed.recognition_result set candidate = (select candidate from feed.recognition_result where attempt_number = 'S-000003') where attempt_number = 'S-000004'")
    status = g.get("/v1/feeds/%s/records?limit=1000" % FEED, by=NATIONAL).status
    g.psql("update feed.recognition_result set candidate = (select candidate from public.aside) where attempt_number = 'S-000004'")
    return status


# ── searching ──

def words():
    """All that must not be found: IINs, names, parts of names that are nobody's else; passwords."""
    return [w.encode() for person in people for w in person] + [p.encode() for p in passwords]


def found_in(data, where):
    """Which words stand in these bytes: in plain, as \\u escapes, and as the hex text of a bytea. One pass over candidates by their shape."""
    hits = set()
    shaped = set(re.findall(rb"39\d{10}", data)) | {m for n in LAST for m in re.findall(re.escape(n.encode()) + rb"-\d{4}", data)}
    hits |= shaped & {w if w.isdigit() else w.split(b" ")[-1] for w in words() if b" " in w or w.isdigit()}
    for n in LAST:
        hits |= {b"hex of " + n.encode()} if n.encode().hex().encode() in data else set()
        hits |= {b"escaped " + n.encode()} if json.dumps(n)[1:-1].encode() in data else set()
    for w in passwords + [p[0] for p in people[:200]]:
        hits |= {w.encode()} if w.encode() in data or w.encode().hex().encode() in data else set()
    return {"%s: %s" % (where, h.decode()) for h in hits}


def nothing_lies_about():
    g.psql("checkpoint")
    pg_dump = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pg_dump"))[-1]
    dumped = subprocess.run([pg_dump, "-h", g.folder / "run", "-U", "nqs", "nqs"], capture_output=True, check=True).stdout
    check.that("the dump is whole", b"S-000001" in dumped and len(dumped) > 100000, len(dumped))
    check.equal("a dump", sorted(found_in(dumped, "dump"))[:5], [])
    files = size = 0
    hits, seen = set(), False
    for path in sorted(p for p in g.folder.rglob("*") if p.is_file() and not p.is_symlink()):
        data = path.read_bytes()
        files, size = files + 1, size + len(data)
        seen = seen or (b"S-000001" in data and "base" in str(path))
        if path.name in ("parties.json",):          # where the test's own passwords are kept
            continue
        hits |= found_in(data, str(path.relative_to(g.folder)))
    check.that("the files were searched where records are", seen and files > 500 and size > 30 << 20, (seen, files, size))
    check.equal("PostgreSQL's folder and log, the gateway's log and files", sorted(hits)[:5], [])
    others = [p for p in ("/tmp", "/var/tmp") for p in pathlib.Path(p).glob("nqs-gateway*") if p.is_file()]
    check.equal("temporary files", [x for p in others for x in found_in(p.read_bytes(), str(p))], [])


def the_search_finds():
    """What it searches for is found when it is there."""
    name, number = people[5][1], people[5][0]
    last = name.split(" ")[-1].rsplit("-", 1)[0]
    for data in (name.encode(), b"x" + number.encode() + b"y", last.encode().hex().encode(), json.dumps(name).encode(), passwords[0].encode()):
        check.that("found", found_in(b"\0" * 100 + data + b"\0" * 100, "sample"), data)


if __name__ == "__main__":
    sent, passwords, secret = [], [], None
    g = Flow().start()
    for test in (good_ones_of_every_form, corrections_fill_history, over_soap, bad_ones, errors_within, who_may_gets_them_whole, the_search_finds, nothing_lies_about,
                 the_erased_are_gone):
        check.run(test)
    check.equal("no sanitizer complained", g.stop(), "")
    check.finish()
