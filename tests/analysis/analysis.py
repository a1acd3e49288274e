"""The data of the annual analysis: random deliveries to every feed, corrected and withdrawn, then every figure against counting.py; what is hidden; that the same question has the same answer;
who may ask; the table and the page."""
import csv
import datetime
import json
import pathlib
import random
import subprocess
import sys
import time
import urllib.parse
import xml.etree.ElementTree as ET

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lib")]
from checks import Checks                                       # noqa: E402
from digits import controlled                                   # noqa: E402
from gateway import Gateway, NATIONAL                           # noqa: E402
from counting import INDICATORS, World, counted                 # noqa: E402

YEAR, LEAST = 2025, 5
seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(10 ** 6)
check, draw, world = Checks(), random.Random(seed), World()
print("   seed %d" % seed, flush=True)
SECTORS, CODES = ["IT", "CON", "AGR", "MED"], ["P-%02d" % i for i in range(30)]
MONTHLY = {i["id"] for i in INDICATORS if i.get("by", {}).get("first") == 7}
REGIONS = ["10", "19", "62", "71", "75", "79"]

g = Gateway()


def bins(n):
    """BINs with their control digit."""
    return [b for b in (controlled("39124%06d" % i) for i in range(500, 500 + 2 * n)) if b][:n]


def deliver(feed, period, kind, as_, records):
    body = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records)
    done = g.cli("submit", "-", "--format", "ndjson", "--feed", feed, "--period", period, "--kind", kind, "--as", as_, "--wait", "--json", stdin=body)
    protocol = json.loads(done.stdout or "{}")
    if done.returncode or protocol.get("state") != "settled" or protocol["outcomes"]["refused"]:
        raise RuntimeError("%s %s: %s %s" % (feed, period, done.stdout[:600], done.stderr))
    world.settled(feed, period, kind, as_, records)


def bin_of(role):
    return g.party(role)["bin"]


def day(year=YEAR):
    return "%d-%02d-%02d" % (year, draw.randint(1, 12), draw.randint(1, 28))


def profession(code):
    r = {"code": code, "name_kk": "Кәсіп " + code, "name_ru": "Профессия " + code, "nkz_code": "7212", "nkz_edition": "НК РК 01-2017", "recognition": draw.choice(["mandatory", "voluntary"]),
         "document_months": 36}
    return {**r, "sector": draw.choice(SECTORS)} if draw.random() < 0.9 else r


def standard(n, year):
    r = {"code": "PS-%03d" % n, "edition": "1", "name_kk": "Стандарт", "name_ru": "Стандарт", "sector": draw.choice(SECTORS), "profession_codes": [draw.choice(CODES)], "levels": [4], "act_number": "№ 1",
         "act_date": day(year)}
    due = day(draw.choice([year, YEAR, YEAR + 1]))
    return {**r, "update_due_on": due} if draw.random() < 0.8 and due >= r["act_date"] else r


def framework(sector, level):
    return {"sector": sector, "level": level, "edition": "1", "sector_name_kk": sector + " саласы", "sector_name_ru": "Отрасль " + sector, "knowledge_kk": "Білім", "knowledge_ru": "Знания",
            "skills_kk": "Машықтар", "skills_ru": "Навыки", "competence_kk": "Құзырет", "competence_ru": "Компетенции", "approved_by_kk": "Кеңес", "approved_by_ru": "Совет", "approved_on": day()}


def certificate(issuer, n, bin_):
    since = sorted({day(2024), day(), day(YEAR + 1)})
    r = {"issuer": issuer, "certificate_number": "KZ-%s-%d" % (issuer[:2], n), "centre_bin": bin_, "name_kk": "Орталық <%d>" % n, "name_ru": "Центр & %d" % n, "issued_on": "2024-01-10",
         "valid_to": "2027-01-09", "profession_codes": sorted(draw.sample(CODES, draw.randint(1, 4)))}
    if draw.random() < 0.9:
        r["kato"] = draw.choice(REGIONS) + "1010000"
    if draw.random() < 0.8:
        r["history"] = [{"state": s, "since": d} for s, d in zip(["active", draw.choice(["reissued", "active"]), draw.choice(["reissued", "non-renewable"])], since)][:draw.randint(1, 3)]
    if draw.random() < 0.5:
        r["non_renewable"] = draw.random() < 0.3
    return r


def iin(n):
    """Of fictional people."""
    while not (number := controlled("920%d15500%02d" % (1 + n % 9, n // 9))):
        n += 200
    return number


def attempt(bin_, n, month):
    outcome = draw.choices(["passed", "not-passed", "absent"], [70, 28, 1])[0]
    r = {"centre_bin": bin_, "attempt_number": "%s/%03d" % (month, n), "candidate": {"name": "Аты Жөні %d" % n}, "profession_code": draw.choices(CODES, [2 ** (-i / 3) for i in range(len(CODES))])[0],
         "qualification": "Біліктілік", "level": draw.choices(range(1, 9), [1, 4, 30, 40, 20, 8, 1, 0.4])[0], "basis": draw.choices(["formal", "non-formal", "informal"], [5, 90, 40])[0],
         "mode": "voluntary", "outcome": outcome}
    if draw.random() < 0.8:
        r["candidate"]["iin"] = iin(draw.randrange(300))
    return {**r, "resit_on": day(YEAR + 1)} if outcome == "not-passed" else r


def again_and_again(bin_, month):
    """Seven attempts of three persons at a profession that nobody else tries: a small group."""
    return [{**attempt(bin_, 900 + n, month), "profession_code": "P-RARE", "candidate": {"name": "Аты Жөні", "iin": iin(n % 3)}} for n in range(7)]


def document(bin_, n, year):
    issued = draw.choice(["%d-%02d" % (year, m) for m in (1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 6, 9, 11)]) + "-10"
    r = {"centre_bin": bin_, "document_number": "D-%d-%04d" % (year, n), "issued_on": issued, "valid_to": "2030-01-01", "profession_code": draw.choice(CODES), "qualification": "Біліктілік", "level": 4,
         "status": "issued"}
    return {**r, "status": "annulled", "annulled_on": "%d-12-20" % year, "annulment_ground": "қате берілген"} if draw.random() < 0.2 else r


def programme(n):
    r = {"organisation_bin": centres[n % len(centres)], "programme_id": str(n), "name_kk": "Бағдарлама", "name_ru": "Программа", "education_level": draw.choice(["higher", "postgraduate", "technical-vocational"]),
         "status": "in-register"}
    return {**r, "standard_code": "PS-%03d" % n} if draw.random() < 0.4 else r


def session(sector, n, quarter):
    r = {"sector": sector, "quarter": quarter, "item_number": n, "chairman": "Төраға", "link": "https://digital.example/%d" % n}
    return {**r, "session_date": "%s-%02d-10" % (quarter[:4], 3 * int(quarter[-1]) - draw.randint(0, 2))} if draw.random() < 0.8 else r


def deliver_all(year):
    """Everything of one year; of the years before some is said anew."""
    ministry, sector = bin_of("authorised-body"), bin_of("sector-body")
    deliver("sector-frameworks", "%d-02-01" % year, "edition", sector, [framework(s, n) for s in SECTORS for n in draw.sample(range(1, 9), 3)])
    for half in ("H1", "H2"):
        deliver("professions", "%d-%s" % (year, half), "changes", ministry, [profession(c) for c in draw.sample(CODES, 20)])
        deliver("education-programmes", "%d-%s" % (year, half), "changes", bin_of("higher-education-authority"), [programme(n) for n in draw.sample(range(200), 60)])
        deliver("national-council", "%d-%s" % (year, half), "facts", ministry, [
            {"session_number": "%d%s%d" % (year, half, n), "session_date": "%d-%02d-15" % (year, n + (6 if half == "H2" else 0)), "agenda_kk": "Күн тәртібі", "agenda_ru": "Повестка",
             "link": "https://enbek.example/%d" % n} for n in range(1, draw.randint(2, 4))])
    deliver("professional-standards", "%d-03-01" % year, "changes", sector, [standard(n, year) for n in draw.sample(range(60), 40)])
    for q in (1, 2, 3):
        deliver("sector-councils", "%d-Q%d" % (year, q), "facts", sector, [session(s, n, "%d-Q%d" % (year, q)) for s in SECTORS for n in range(1, 4)])
    for c, bin_ in enumerate(recognising):
        month = "%d-%02d" % (year, draw.randint(1, 12))
        deliver("recognition-results", month, "facts", bin_, [attempt(bin_, n, month) for n in range(draw.randint(20, 60))] + (again_and_again(bin_, month) if c == 1 else []))
        deliver("recognition-documents", month, "facts", bin_, [document(bin_, n, year) for n in range(draw.randint(3, 25))])


def certificates(period):
    for issuer, role in (("national-chamber", "national-chamber"), ("accreditation-body", "accreditation-body")):
        own = centres[:14] if issuer == "national-chamber" else centres[10:]
        deliver("accredited-centres", period, "list", bin_of(role), [certificate(issuer, n, b) for n, b in enumerate(own)])


def corrections():
    """Of the year that was told already: corrected months, a withdrawal."""
    bin_ = recognising[0]
    months = [period for _, period, _, owner, _ in world.versions["recognition-results"] if owner == bin_]
    deliver("recognition-results", months[0], "facts", bin_, [attempt(bin_, n, months[0]) for n in range(0, 30, 2)])
    deliver("professions", "%d-H2" % YEAR, "changes", bin_of("authorised-body"), [{"$withdraw": {"ground": "қайталанған"}, "code": CODES[0]}, *[profession(c) for c in CODES[1:5]]])


def ask(**query):
    return g.get("/v1/analysis?" + urllib.parse.urlencode({"year": YEAR, **query}), by=NATIONAL)


def figures(answer):
    return {i["id"]: i for c in answer["chapters"] for i in c["indicators"]}


def hidden_as_must(name, i, wanted, all_):
    """Of persons: small groups are hidden, what is shown is right, and the sum does not tell what is hidden."""
    shown = {x["value"]: x.get("count", x.get("hidden")) for x in i["groups"]}
    small = {v for v, (n, persons) in wanted.items() if 0 < persons < LEAST}
    if all_[1] < LEAST:
        check.equal(name + ": few persons altogether, nothing is said", (i.get("hidden"), i.get("sum"), i["groups"]), ("small" if all_[1] else None, None if all_[1] else 0, [] if all_[1] else i["groups"]))
        return
    check.equal(name + ": the sum", i["sum"], all_[0])
    if i.get("groups_hidden"):
        check.equal(name + ": no group is shown, for there are small ones", (i["groups"], bool(small)), ([], True))
        return
    check.equal(name + ": small groups are hidden, and no others as such", {v for v, n in shown.items() if n == "small"}, small)
    beside = {v for v, n in shown.items() if n == "beside"}
    check.equal(name + ": what is shown is right", [(v, n, wanted.get(v)) for v, n in shown.items() if isinstance(n, int) and n != wanted.get(v, (0, 0))[0]], [])
    check.equal(name + ": every group is there", set(wanted) - set(shown), set())
    rest = i["sum"] - sum(n for n in shown.values() if isinstance(n, int))
    if small:
        check.that(name + ": the sum leaves each small one anything from 1 to 4", rest >= len(small) + LEAST * len(beside) + LEAST - 2 and (beside or len(small) > 1), (shown, i["sum"]))
    else:
        check.equal(name + ": nothing is hidden without need", beside, set())


def as_counted(answer, known):
    check.equal("all indicators of the file are there, in its order", [i["id"] for c in answer["chapters"] for i in c["indicators"]], [i["id"] for i in INDICATORS])
    for i in INDICATORS:
        said = figures(answer)[i["id"]]
        wanted, all_ = counted(world, i, YEAR, known)
        if i.get("persons"):
            hidden_as_must(i["id"], said, wanted, all_)
            continue
        check.equal(i["id"] + ": every group", {x["value"]: x["count"] for x in said["groups"] if x["count"]}, {v: n for v, (n, _) in wanted.items()})
        check.equal(i["id"] + ": the sum", said["sum"], all_[0])
    check.that("there was something to count of each", all(counted(world, i, YEAR, known)[1][0] for i in INDICATORS), "")


def named(answer):
    said = figures(answer)
    check.equal("codes are called as the contract calls them", [(x["value"], x["kk"], x["ru"]) for x in said["professions-by-recognition"]["groups"]],
                [("mandatory", "міндетті", "обязательное"), ("voluntary", "ерікті", "добровольное")])
    sector = next(x for x in said["professions-by-sector"]["groups"] if x["value"] == "IT")
    check.equal("sectors as their frameworks call them", (sector["kk"], sector["ru"]), ("IT саласы", "Отрасль IT"))
    check.equal("regions stand in the order of the file, those without a centre too", [x["value"] for x in said["centres-by-region"]["groups"]][:4], ["10", "11", "15", "19"])
    check.equal("levels in their order", [x["value"] for x in said["attempts-by-level"]["groups"] if x["value"]], sorted(x["value"] for x in said["attempts-by-level"]["groups"] if x["value"]))


def timeliness(answer, known_at):
    """It is that of the other command: due in the year, by what was known."""
    for by, key in (("feed", "by_feed"), ("party", "by_party"), ("feed,party", "by_feed_and_party")):
        query = urllib.parse.urlencode({"by": by, "from": "%d-01-01" % YEAR, "to": "%d-12-31" % YEAR, "as_known_at": known_at})
        rows = g.get("/v1/timeliness?" + query, by=NATIONAL).json["timeliness"]
        for r in rows:
            for k in ("complete", "lacking", "period"):
                r.pop(k, None)
        check.equal("timeliness " + by, answer["timeliness"][key], rows)
    check.that("there were duties", answer["timeliness"]["by_feed_and_party"], "")


def stays(known_at, before):
    check.equal("the same question has the same answer, byte for byte", ask(as_known_at=known_at).body == before.body, True)
    for form in ("csv", "html"):
        one, two = (ask(as_known_at=known_at, format=form, lang="kk") for _ in range(2))
        check.equal("and so has " + form, (one.status, one.body == two.body), (200, True))


def who_may():
    check.equal("not a supplier", g.get("/v1/analysis?year=2025", by="recognition-centre").status, 403)
    check.equal("not one whom nobody knows", g.get("/v1/analysis?year=2025").status, 401)
    check.equal("wrong questions", [(ask(**q).status, ask(**q).json["type"].rsplit(":", 1)[-1]) for q in (
        {"year": "25"}, {"year": "0025"}, {"format": "pdf"}, {"lang": "en"}, {"as_known_at": "2025-01-01"}, {"as_known_at": "2999-01-01T00:00:00Z"})], [(400, "bad_parameter")] * 6)
    check.that("who asked is in the journal", int(g.psql("select count(*) from nqs.audit where act = 'read' and subject = 'analysis' and actor like 'party:%'")) > 0, "")
    wrong = g.cli("analysis")
    check.equal("the command wants a year", (wrong.returncode, "usage" in wrong.stderr), (2, True))


def table(answer, known_at):
    for lang in ("kk", "ru"):
        rows = list(csv.DictReader(g.cli("analysis", str(YEAR), "--as-known-at", known_at, "--format", "csv", "--lang", lang).stdout.lstrip("\ufeff").splitlines()))
        for name, i in figures(answer).items():
            mine = [r for r in rows if r["indicator"] == name]
            check.equal("%s as a table (%s)" % (name, lang), [(r["group"], r["label"], r["value"], r["hidden"]) for r in mine if r["measure"] == "count"],
                        [(x["value"] or "", x.get(lang, ""), str(x.get("count", "")), x.get("hidden", "")) for x in i["groups"]])
            check.equal("its sum", [(r["value"], r["title"]) for r in mine if r["measure"] == "sum"], [(str(i.get("sum", "")), i[lang])])
        owed = sum(int(r["value"]) for r in rows if r["indicator"] == "by_feed_and_party" and r["measure"] == "owed")
        check.equal("duties as a table", owed, sum(t["owed"] for t in answer["timeliness"]["by_feed_and_party"]))


def browser(*args):
    return subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--user-data-dir=%s" % (g.folder / "chromium"), *args],
                          capture_output=True, timeout=120)


def page(answer, known_at, lang):
    file = g.folder / ("analysis-%s.html" % lang)
    done = g.cli("analysis", str(YEAR), "--as-known-at", known_at, "--lang", lang, "--out", str(file))
    check.equal("the page is written, by the file's name", (done.returncode, done.stdout.strip()), (0, str(file)))
    html = file.read_text()
    check.that("it stands alone: no script, nothing from elsewhere", not any(w in html for w in ("<script", "http://", "https://", "src=", "@import", "url(")), "")
    check.equal("its language", html.split('lang="', 1)[1][:2], lang)
    check.equal("what was written by others is text", ("Центр & 1" in html, "<%d>" in html), (False, False))
    seen = browser("--dump-dom", file.as_uri()).stdout.decode()
    tree = ET.fromstring(seen[seen.index("<html"):].replace("&nbsp;", "\u00a0").replace('<meta charset="utf-8">', "").replace(" 'unsafe-inline'\">", " 'unsafe-inline'\"/>").replace('device-width">', 'device-width"/>'))
    sections = {s.get("id"): s for s in tree.iter() if s.tag.endswith("section")}
    for name, i in figures(answer).items():
        section = sections[name]
        check.equal("%s: its title" % name, section.find(".//h3").text, i[lang])
        cells = [[("".join(c.itertext())).replace("\u202f", "") for c in row] for row in section.iter("tr")]
        labels = {c[0]: c[2] for c in cells if len(c) == 4}
        wanted = {x.get(lang) or x["value"] or ("көрсетілмеген" if lang == "kk" else "не указано"): str(x["count"]) if "count" in x else "< 5" if x["hidden"] == "small" else None for x in i["groups"]}
        if not i.get("sum"):
            continue
        if name in MONTHLY:                                 # columns, with what they stand for over them
            labels = dict(zip(*[iter([t.text.replace("\u202f", "") for t in section.iter("text")][::-1])] * 2))
            wanted = {x["value"][5:]: str(x["count"]) if "count" in x else "< 5" if x["hidden"] == "small" else None for x in i["groups"]}
        check.equal("%s: as it is in the JSON" % name, [(k, v, wanted.get(k)) for k, v in labels.items() if k in wanted and wanted[k] is not None and v != wanted[k]], [])
        check.that("%s: its groups are there" % name, len(set(labels) & set(wanted)) >= min(len(wanted), 25), (labels, wanted))
    bars = [r for r in tree.iter() if r.tag.endswith("rect")]
    check.that("there are charts", len(bars) > 50 and all(int(r.get("width")) > 0 for r in bars), len(bars))
    shot, paper = g.folder / "page.png", g.folder / "page.pdf"
    browser("--screenshot=%s" % shot, "--window-size=960,3000", file.as_uri())
    browser("--print-to-pdf=%s" % paper, "--no-pdf-header-footer", file.as_uri())
    check.that("a browser shows it", shot.exists() and shot.stat().st_size > 20000, shot)
    check.that("and prints it", paper.exists() and paper.read_bytes().startswith(b"%PDF") and paper.stat().st_size > 20000, paper)


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z")


def duties_open():
    """Those of the year, all of which are over by today."""
    g.cli("law", "in-force", "all", "%d-10-01" % YEAR, "--by", "the test", "--ground", "a test")
    over = "select count(*) > 0 and count(*) filter (where state = 'open') = 0 from nqs.duty where due_day between '%d-11-01' and '%d-12-31'" % (YEAR, YEAR)
    until = time.monotonic() + 60
    while g.psql(over) != "t":
        if time.monotonic() > until:
            raise RuntimeError("no duties: " + g.psql("select state, count(*) from nqs.duty group by 1"))
        time.sleep(0.2)


g.start()
centres = bins(30)
recognising = centres[:8]
certificates("%d-11" % (YEAR - 1))
check.run(deliver_all, YEAR - 1)
certificates("%d-06" % YEAR)
check.run(deliver_all, YEAR)
check.run(duties_open)
first_known, first_number = now(), world.number
first = ask(as_known_at=first_known)
check.run(as_counted, first.json, first_number)
check.run(named, first.json)
check.run(timeliness, first.json, first_known)
check.run(corrections)
certificates("%d-02" % (YEAR + 1))
check.run(deliver_all, YEAR + 1)
check.run(stays, first_known, first)
latest = now()
second = ask(as_known_at=latest)
check.that("what came later changed it", second.body != first.body)
check.run(as_counted, second.json, world.number)
check.run(who_may)
check.run(table, second.json, latest)
check.run(page, second.json, latest, "kk")
check.run(page, second.json, latest, "ru")
check.equal("no sanitizer complained", g.stop(), "")
check.finish()
