"""What parties and officers are told of duties, on a clock of the test's: once, in their language, by a real mail server and a webhook, whatever is away or killed."""
import email.utils
import hashlib
import hmac
import http.server
import pathlib
import re
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "duties")]
from timed import *  # noqa: F403,E402
from checks import Checks  # noqa: E402
from gateway import free_port  # noqa: E402
from post_office import PostOffice  # noqa: E402

check = Checks()
CENTRES = "accredited-centres"
OFFICERS = ["officer.one@example.kz", "officer.two@example.kz"]
post = PostOffice(free_port())
g = Timed("2026-09-22 08:00")  # noqa: F405
NOTICES = {"officers": OFFICERS, "officers_lang": "en", "mail": {"url": "smtp://127.0.0.1:%d" % post.port, "from": "nqs@example.kz", "timeout_seconds": 10}, "webhook": True}


class Receiver(http.server.ThreadingHTTPServer):
    """Of a webhook: keeps what is signed well."""
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.secret, self.moods, self.taken, self.bad = "", [], [], []
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = "http://127.0.0.1:%d/notices" % self.server_port


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_POST(self):
        body, r = self.rfile.read(int(self.headers["Content-Length"])), self.server
        mac = hmac.new(r.secret.encode(), self.headers["NQS-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
        if self.headers["NQS-Signature"] != "sha256=" + mac:
            r.bad.append(self.headers["NQS-Signature"])
        status = r.moods.pop(0) if r.moods else 204
        if status == 204:
            r.taken += json.loads(body)  # noqa: F405
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


def nine(day):
    """Nine o'clock of that day; returns when it was told."""
    g.at(day + " 08:59:58")
    until(lambda: g.psql("select day from nqs.notice_round") == day, "the telling of " + day)  # noqa: F405


def all_sent():
    until(lambda: g.psql("select count(*) from nqs.notice where state = 'waiting'") == "0", "all notices are sent", 30)  # noqa: F405


def box(who):
    return {CHAMBER: "chamber@example.kz", ACCREDITOR: "accreditor@example.kz", CENTRE: "centre@example.kz"}[who]  # noqa: F405


def text(mail):
    return mail.get_content().replace("\r\n", "\n")


def notices(*words):
    done = g.then("notices", "--json", *words)
    return json.loads(done.stdout)["notices"]  # noqa: F405


def whose_address_is_none_is_said():
    for words in (["set", g.party(CHAMBER)["bin"], "--mail", "a b@example.kz"], ["set", g.party(CHAMBER)["bin"], "--mail", "x@y.kz\r\nBcc: z@y.kz"], ["set", g.party(CHAMBER)["bin"]],  # noqa: F405
                  ["webhook", g.party(CHAMBER)["bin"], "ftp://example.kz"], ["webhook", "000000000000", "http://127.0.0.1:1/"]):  # noqa: F405
        check.equal("refused: %r" % words, g.cli("party", *words).returncode, 3)
    wrong = {"at": "25:00", "days_before": [0], "officers": ["nobody"], "officers_lang": "de", "kafka": True, "mail": {"url": "mail.local", "from": "nqs@example.kz"}}
    for key, value in wrong.items():
        config = g.folder / "wrong.yaml"
        kept = [line for line in (g.folder / "gateway.yaml").read_text().splitlines() if not line.startswith("notices")]
        config.write_text("\n".join(kept + ["notices: " + json.dumps({**NOTICES, key: value})]) + "\n")  # noqa: F405
        done = g.cli("config", "check", str(config))
        check.that("a wrong %s is said" % key, done.returncode == 1 and "notices: " in done.stderr and key.split("_")[0] in done.stderr, done.stderr)


def five_working_days_before():
    nine("2026-09-22")
    all_sent()
    check.equal("six working days before, suppliers are told nothing", [post.mails(box(w)) for w in (CHAMBER, ACCREDITOR, CENTRE)], [[], [], []])  # noqa: F405
    nine("2026-09-23")
    all_sent()
    mail, = post.mails(box(CHAMBER))  # noqa: F405
    check.equal("in its language", (mail["Subject"], mail["Content-Language"]), ("Национальная система квалификаций: сроки на 2026-09-23", "ru"))
    check.equal("to it", (mail["To"], mail["From"]), (box(CHAMBER), "nqs@example.kz"))  # noqa: F405
    title = next(p["value"] for p in __import__("yaml").safe_load(open("schemas/contracts/%s.odcs.yaml" % CENTRES, encoding="utf-8"))["customProperties"] if p["property"] == "title.ru")
    check.that("what is due, until when", "Приближается срок:\n- %s, 2026-09: последний день 2026-09-30\n" % title in text(mail), text(mail))
    check.that("its date is that day's", email.utils.parsedate_to_datetime(mail["Date"]).isoformat().startswith("2026-09-23T04:00:0"), mail["Date"])
    other, = post.mails(box(ACCREDITOR))  # noqa: F405
    check.that("another in its own", "Мерзімі жақындады:" in text(other) and mail["Message-ID"] != other["Message-ID"], text(other))
    check.equal("who has only provisional duties is told nothing", post.mails(box(CENTRE)), [])  # noqa: F405
    officers = [m for m in post.mails(OFFICERS[0]) if "2026-09-23" in m["Subject"]]
    check.equal("officers get one mail together", (len(officers), [r for s, r in post.envelopes() if OFFICERS[0] in r][-1]), (1, OFFICERS))
    said = text(officers[0])
    check.that("officers hear of both, and what is provisional", re.search(r"Due soon:\n.*2026-09: last day 2026-09-30 — 2: \d{12}, \d{12}\n", said) and "(provisional: the reading is not approved)" in said, said)
    raw = [r for s, to, r in post.taken if to == [box(CHAMBER)]][0]  # noqa: F405
    check.that("lines are short and ASCII", max(map(len, raw.split(b"\r\n"))) <= 998 and raw.isascii() and b"\n" not in raw.replace(b"\r\n", b""), raw[:300])


def nobody_is_told_twice():
    before = len(post.mails())
    g.beside.kill()
    until(lambda: g.beside.answers(), "the gateway again")  # noqa: F405
    other = Beside(g, "other", g.faked, notices=NOTICES)  # noqa: F405
    until(other.answers, "a second process")  # noqa: F405
    for day in ("2026-09-24", "2026-09-25", "2026-09-28"):
        nine(day)
        all_sent()
    other.stop()
    suppliers = [m for w in (CHAMBER, ACCREDITOR) for m in post.mails(box(w))]  # noqa: F405
    check.equal("a cause is told once", len(suppliers), 2)
    check.equal("each recipient once a day", g.psql("select count(*) from (select from nqs.notice group by day, party, channel having count(*) > 1) x"), "0")
    check.that("officers only where there is something new", len(post.mails()) - before <= 3, before)


def a_server_that_has_no_time():
    post.be("later", "later", "later")
    nine("2026-09-29")
    until(lambda: len(notices("--failing")) >= 3, "attempts fail")  # noqa: F405
    failing = notices("--failing")
    check.equal("they are shown with the server's answer", {n["state"] for n in failing} | {n["answer"].split(": ", 1)[1] for n in failing}, {"waiting", "451 4.3.2 come again"})
    g.at("2026-09-29 09:10")
    all_sent()
    check.equal("a minute later they go", [len(post.mails(box(w))) for w in (CHAMBER, ACCREDITOR)], [2, 2])  # noqa: F405
    check.equal("nothing fails any more", notices("--failing"), [])
    one = json.loads(g.then("notices", "show", str(failing[0]["number"]), "--json").stdout)  # noqa: F405
    check.equal("every attempt is kept", [(a["taken"], a["answer"].split(": ")[-1].split()[0]) for a in one["attempted"]], [(False, "451"), (True, "250")])


def a_server_that_refuses():
    g.nil(CHAMBER, CENTRES, "2026-09")  # noqa: F405
    g.becomes("in_time", CHAMBER, CENTRES, "2026-09")  # noqa: F405
    order = g.psql("select count(*) from nqs.notice")
    post.be(*["refuse"] * 9)
    nine("2026-09-30")
    until(lambda: g.psql("select count(*) > 0 and bool_and(state = 'dead') from nqs.notice where number > %s" % order) == "t", "they are given up")  # noqa: F405
    dead = [n for n in notices("--failing", "--party", g.party(CHAMBER)["bin"]) if n["state"] == "dead"]  # noqa: F405
    check.equal("what is refused is given up at once", [(n["attempts"], n["answer"].split(": ")[-1]) for n in dead], [(1, "550 5.1.1 no such user")])
    id_ = json.loads(g.then("notices", "show", str(dead[0]["number"]), "--json").stdout)["message_id"]  # noqa: F405
    post.be()
    check.equal("by command it goes once more", g.then("notices", "retry", str(dead[0]["number"])).returncode, 0)
    until(lambda: len(post.mails(box(CHAMBER))) == 3, "the mail")  # noqa: F405
    mail = post.mails(box(CHAMBER))[-1]  # noqa: F405
    check.that("it says that the delivery was in time", "Сдано в срок:\n" in text(mail) and "Приближается" not in text(mail), text(mail))
    check.equal("under the same id", mail["Message-ID"], "<%s@example.kz>" % id_)
    check.equal("what was taken is not sent again", g.then("notices", "retry", str(dead[0]["number"])).returncode, 3)
    check.equal("what there is none of", g.then("notices", "retry", "999999").returncode, 3)


def a_server_that_is_away():
    post.close()
    g.at("2026-10-01 00:00:05")
    g.becomes("overdue", ACCREDITOR, CENTRES, "2026-09")  # noqa: F405
    nine("2026-10-01")
    until(lambda: notices("--failing", "--party", g.party(ACCREDITOR)["bin"]), "it cannot be sent")  # noqa: F405
    post.open()
    post.before = g.beside.kill
    post.be("kill")
    g.at("2026-10-01 10:30")
    until(lambda: len(post.mails()) and g.psql("select count(*) from nqs.notice where state = 'waiting'") == "0", "all are sent", 60)  # noqa: F405
    mails = [m for m in post.mails(box(ACCREDITOR)) if "2026-10-01" in m["Subject"]]  # noqa: F405
    check.that("what is overdue is told", mails and "Мерзімі өтті, ештеңе түскен жоқ:\n- " in text(mails[0]), mails)
    ids = [m["Message-ID"] for m in post.mails() if "2026-10-01" in m["Subject"]]
    check.that("killed before it could note it, it sends again, under the same id", len(ids) == len(set(ids)) + 1, ids)


def by_webhook():
    receiver.secret = g.then("party", "webhook", g.party(ACCREDITOR)["bin"], receiver.url).stdout.strip()  # noqa: F405
    check.that("the secret is told", re.fullmatch("[0-9a-f]{64}", receiver.secret), receiver.secret)
    receiver.moods = [500]
    g.nil(ACCREDITOR, CENTRES, "2026-09")  # noqa: F405
    g.becomes("late", ACCREDITOR, CENTRES, "2026-09")  # noqa: F405
    nine("2026-10-02")
    until(lambda: notices("--failing", "--party", g.party(ACCREDITOR)["bin"]), "the receiver has no time")  # noqa: F405
    g.at("2026-10-02 09:30")
    all_sent()
    event, = receiver.taken
    check.equal("a signed event", (receiver.bad, event["type"], event["source"], event["data"]["day"], event["data"]["party"]),
                ([], "kz.nqs.duties.notice", "urn:kz:nqs:duties", "2026-10-02", g.party(ACCREDITOR)["bin"]))  # noqa: F405
    check.equal("of the verdict", [(i["what"], i["feed"], i["occasion"], i["due_day"]) for i in event["data"]["items"]], [("late", CENTRES, "2026-09", "2026-09-30")])


def a_day_that_moves_is_told_anew():
    for who in (CHAMBER, ACCREDITOR):  # noqa: F405
        d = g.duty(who, CENTRES, "2026-10")
        check.equal("31.10.2026 is a Saturday", d["due_day"], "2026-11-02")
    nine("2026-10-26")
    all_sent()
    last = post.mails(box(CHAMBER))[-1]  # noqa: F405
    check.that("five working days before", "2026-10: последний день 2026-11-02" in text(last), text(last))
    done = g.then("duty", "extend", str(g.duty(CHAMBER, CENTRES, "2026-10")["id"]), "2026-11-10", "--by", "the test", "--ground", "a test")  # noqa: F405
    check.equal("it is extended", done.returncode, 0)
    nine("2026-11-03")
    all_sent()
    again = post.mails(box(CHAMBER))[-1]  # noqa: F405
    check.that("told anew, of the new day", "2026-10: последний день 2026-11-10" in text(again), text(again))
    moved = g.psql("select count(distinct s.due_day) from nqs.notice_soon s join nqs.duty d on d.id = s.duty where d.id = %d and days = 5" % g.duty(CHAMBER, CENTRES, "2026-10")["id"])  # noqa: F405
    check.equal("both are noted", moved, "2")


def what_nobody_takes_is_given_up():
    post.close()
    g.nil(CHAMBER, CENTRES, "2026-10")  # noqa: F405
    g.becomes("in_time", CHAMBER, CENTRES, "2026-10")  # noqa: F405
    nine("2026-11-04")
    until(lambda: notices("--failing", "--party", g.party(CHAMBER)["bin"]), "it cannot be sent")  # noqa: F405
    page = g.door.get("/metrics").body.decode()
    check.that("metrics tell of it", re.search(r"^nqs_notices_failing [1-9]", page, re.M) and re.search(r"^nqs_notices_dead \d", page, re.M), page[-500:])
    g.at("2026-11-11 09:30")
    until(lambda: [n["state"] for n in notices("--failing", "--party", g.party(CHAMBER)["bin"]) if n["day"] == "2026-11-04"] == ["dead"], "it is given up after a week")  # noqa: F405
    post.open()


def before_its_hour_by_command():
    g.at("2026-11-12 08:00")
    check.equal("without notices in the configuration nobody is told", g.then("notices", "tell").returncode, 3)
    first, again = (g.then("notices", "tell", "--config", str(g.beside.config)) for _ in range(2))
    check.equal("a day is told once", (first.returncode, again.returncode, "2026-11-12" in again.stderr), (0, 3, True))
    made = g.psql("select count(*) from nqs.notice")
    g.at("2026-11-12 08:59:58")
    clock.sleep(4)  # noqa: F405
    check.equal("at its hour nothing is left to tell", g.psql("select count(*) from nqs.notice"), made)


def no_secret_and_no_person_in_logs():
    log = g.log()
    check.that("the log tells of notices", "event=notice " in log and "state=given_up" in log)
    check.equal("but neither of addresses nor of secrets", [w for w in (box(CHAMBER), OFFICERS[0], receiver.secret, receiver.url) if w in log], [])  # noqa: F405


receiver = Receiver()
g.start(in_force="2026-09-01")
g.law("approve", "7-4-accredited-centres", "--reading", "1")
for who, lang in ((CHAMBER, "ru"), (ACCREDITOR, "kk"), (CENTRE, "ru")):  # noqa: F405
    g.cli("party", "set", g.party(who)["bin"], "--lang", lang, "--mail", box(who))
g.beside.stop()
g.serve(notices=NOTICES)
for step in (whose_address_is_none_is_said, five_working_days_before, nobody_is_told_twice, a_server_that_has_no_time, a_server_that_refuses, a_server_that_is_away, by_webhook,
             a_day_that_moves_is_told_anew, what_nobody_takes_is_given_up, before_its_hour_by_command, no_secret_and_no_person_in_logs):
    check.run(step)
if check.failed:
    print(g.log()[-3000:])
check.equal("no sanitizer complained", g.stop(), "")
post.close()
check.finish()
