"""Who owes what by when, on the clock of the test: in time and late to the second, what settles and what does not, proposed and approved readings, roles that change, outages, holds, events."""
import base64
import contextlib
import csv
import datetime
import html
import pathlib
import socket
import sys
import urllib.parse

import icalendar

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from timed import *  # noqa: F403,E402
from checks import Checks  # noqa: E402
import soap  # noqa: E402

check = Checks()
CENTRES, RESULTS, FOUNDERS = "accredited-centres", "recognition-results", "centre-founders"
CENTRE_B, CENTRE_C = "391240001026", "391240001036"
ADMINISTRATOR = "administrator"
g = Timed("2026-03-30 12:00")


def in_time_and_late():
    """March 2026 ends on a Tuesday: due at 24:00 of the 31st, in Almaty."""
    g.nil(CHAMBER, CENTRES, "2026-03")
    d = g.becomes("in_time", CHAMBER, CENTRES, "2026-03")
    check.equal("it is due at the end of the month's last day", d["due_at"][:19], "2026-03-31T19:00:00")
    said = g.said(d)
    check.equal("one statement is made, by the reading that is only proposed", g.verdicts(d), ["in_time, provisional"])
    check.equal("the moment that decided is the last byte's", said[0]["moment"], "last_byte")
    check.that("it names what it rests on", said[0]["envelope"] and said[0]["evidence"] and said[0]["tz"] and said[0]["editions"], said[0])
    beside = g.psql("select by, verdict, due_at at time zone 'Asia/Almaty' from nqs.counterfactual where statement = %d" % said[0]["id"])
    check.equal("beside it stands what the other reading would have said", beside, "reading 2|in_time|2026-04-15 00:00:00")
    g.nil(CHAMBER, CENTRES, "2026-03")
    g.at("2026-03-31 23:59:50")
    other = g.duty(ACCREDITOR, CENTRES, "2026-03")
    check.equal("in the last seconds nothing is late", other["state"], "open")
    g.nil(CENTRE, RESULTS, "2026-03")
    check.equal("who delivers in them is in time", g.verdicts(g.becomes("in_time", CENTRE, RESULTS, "2026-03")), ["in_time, provisional"])
    g.at("2026-04-01 00:00:05")
    g.becomes("overdue", ACCREDITOR, CENTRES, "2026-03")
    g.nil(ACCREDITOR, CENTRES, "2026-03")
    late = g.becomes("late", ACCREDITOR, CENTRES, "2026-03")
    check.equal("what is missing is overdue, what comes then is late", g.verdicts(late), ["overdue, provisional", "late, provisional"])
    by = g.said(late)[1]["detail"]["late_seconds"]
    check.that("by how much stands there", 0 <= by < 120, by)
    check.equal("corrections later change nothing", g.verdicts(g.duty(CHAMBER, CENTRES, "2026-03")), ["in_time, provisional"])
    check.equal("each of two suppliers owes separately", [g.duty(who, FOUNDERS, "2026-03")["state"] for who in (CHAMBER, ACCREDITOR)], ["overdue", "overdue"])


def what_does_not_settle():
    torn = g.door.deliver(b'{"no such field": 1}\n', CENTRE_B, "application/x-ndjson", {"feed": RESULTS, "period": "2026-03", "kind": "facts"})
    protocol = g.door.wait_done(torn.delivery)
    check.equal("all its records are refused", (protocol["state"], protocol["outcomes"]["refused"]), ("settled", 1))
    g.nil(CENTRE_B, RESULTS, "2026-02")
    g.becomes("late", CENTRE_B, RESULTS, "2026-02")
    check.equal("neither that nor an older period settles March", g.becomes("overdue", CENTRE_B, RESULTS, "2026-03")["state"], "overdue")


def who_sees_what():
    mine = g.door.get("/v1/duties?limit=1000", by=CENTRE)
    check.equal("a supplier is told nothing that only a proposed reading says", (mine.status, mine.json["duties"]), (200, []))
    all_ = g.door.pages("/v1/duties", "duties", limit=100)
    check.that("officers see all, marked", any(d["provisional"] and d["state"] == "late" for d in all_), len(all_))
    check.equal("pages hold each once", len({d["duty"] for d in all_}), len(all_))
    check.equal("who is nobody sees nothing", g.door.get("/v1/duties").status, 401)


def approval_says_it_finally():
    d = g.duty(ACCREDITOR, CENTRES, "2026-03")
    g.law("approve", "7-4-accredited-centres", "--reading", "1")
    until(lambda: len(g.said(d)) == 3, "the final statement")
    check.equal("the verdict is said once more, finally", g.verdicts(d), ["overdue, provisional", "late, provisional", "late"])
    mine = g.door.get("/v1/duties?period=2026-03&feed=" + CENTRES, by=ACCREDITOR).json["duties"]
    check.equal("now its party is told", [(m["state"], m["provisional"]) for m in mine], [("late", False)])
    one = g.door.get("/v1/duties/%d" % d["id"], by=ACCREDITOR).json
    check.equal("but not what was provisional", [s["verdict"] for s in one["statements"]], ["late"])
    check.that("the duty explains itself", "ежемесячно" in one["norm"]["quote"] and one["reading"]["steps"], one)
    check.equal("another party's duty is not there", g.door.get("/v1/duties/%d" % d["id"], by=CENTRE).status, 404)
    g.law("approve", "7-5-recognition-results", "--reading", "3")
    d = g.becomes("late", CENTRE_B, RESULTS, "2026-02")
    until(lambda: not g.duty(CENTRE_B, RESULTS, "2026-03")["provisional"], "March of the results, by the approved reading")
    check.equal("another reading, approved, has its own due day", g.duty(CENTRE_B, RESULTS, "2026-03")["due_at"][:19], "2026-04-14T19:00:00")
    check.equal("what was overdue before its time is open again", g.duty(CENTRE_B, RESULTS, "2026-03")["state"], "open")
    check.equal("by it February was delivered late", g.verdicts(d)[-1], "late")
    open_ = g.duty(CENTRE_B, RESULTS, "2026-05")
    check.that("open ones moved, and say why", any(e["kind"] == "moved" for e in g.events(open_)), g.events(open_))


def calendar_of(secret):
    answer = g.door.get("/v1/duties.ics?key=" + secret)
    check.equal("it is a calendar", (answer.status, answer.headers["Content-Type"]), (200, "text/calendar; charset=utf-8"))
    lines = answer.body.split(b"\r\n")
    check.that("no line is longer than 75 octets, or cut inside a letter", max(map(len, lines)) <= 75 and all(line.decode() is not None for line in lines), max(map(len, lines)))
    calendar = icalendar.Calendar.from_ical(answer.body)
    check.equal("the parser finds nothing wrong", (calendar.errors, [e.errors for e in calendar.walk("VEVENT") if e.errors]), ([], []))
    return {str(e["UID"]): e for e in calendar.walk("VEVENT")}


def in_ones_calendar():
    """The accreditation body's: of approved readings, each on its due day; it follows what moves."""
    secret = g.then("party", "calendar", g.party(ACCREDITOR)["bin"]).stdout.strip()
    days = calendar_of(secret)
    mine = g.door.pages("/v1/duties", "duties", by=ACCREDITOR, limit=1000)
    check.equal("each duty of one's own has its day, and nothing else is there", {(u.split("-")[1], e["DTSTART"].dt.isoformat()) for u, e in days.items()},
                {(str(d["duty"]), d["due_day"]) for d in mine if d["due_day"] and d["state"] != "cancelled"})
    check.that("there are some", len(days) > 5, len(days))
    one = [d for d in mine if d["state"] == "open" and d["feed"] == CENTRES][-1]
    uid = next(u for u in days if u.startswith("duty-%d-" % one["duty"]))
    check.that("it says what and for when, and where that stands", one["period"] in days[uid]["SUMMARY"] and "ежемесячно" in days[uid]["DESCRIPTION"], dict(days[uid]))
    check.equal("with an alarm five days and one day before", sorted(a["TRIGGER"].dt.days for a in days[uid].walk("VALARM")), [-5, -1])
    check.equal("all of the day", (days[uid]["DTEND"].dt - days[uid]["DTSTART"].dt).days, 1)
    later = (datetime.date.fromisoformat(one["due_day"]) + datetime.timedelta(days=3)).isoformat()
    check.equal("it is extended", g.then("duty", "extend", str(one["duty"]), later, "--by", "an officer", "--ground", "storm").returncode, 0)
    moved = calendar_of(secret)[uid]
    check.equal("the same event moves", (moved["DTSTART"].dt.isoformat(), int(moved["SEQUENCE"]) - int(days[uid]["SEQUENCE"])), (later, 1))
    check.equal("who has no secret finds nothing", [g.door.get("/v1/duties.ics" + q).status for q in ("", "?key=", "?key=" + "0" * 64)], [404] * 3)
    check.equal("the secret opens nothing else", g.door.get("/v1/duties", {"Authorization": "Bearer " + secret}).status, 401)
    g.then("party", "calendar", g.party(ACCREDITOR)["bin"])
    check.equal("a new one ends it", g.door.get("/v1/duties.ics?key=" + secret).status, 404)


def as_a_table():
    answer = g.door.get("/v1/duties?format=csv&feed=" + CENTRES, by=NATIONAL)
    rows = list(csv.DictReader(answer.body.decode("utf-8-sig").splitlines()))
    all_ = g.door.get("/v1/duties?limit=1000&feed=" + CENTRES, by=NATIONAL).json["duties"]
    check.equal("the table has each duty as the pages have it", [{k: v for k, v in r.items() if k != "name"} for r in rows],
                [{k: {None: "", True: "true", False: "false"}.get(d[k], str(d[k])) for k in rows[0] if k != "name"} for d in all_])
    check.equal("the command prints the same", g.then("duties", "--csv", "--feed", CENTRES).stdout.encode(), answer.body.replace(b"\r\n", b"\n"))
    check.equal("another format is refused", g.door.get("/v1/duties?format=xls", by=NATIONAL).status, 400)


def who_is_timely():
    """Counted here from the list of duties, whose time is over at that moment."""
    now = "2026-04-01T12:00:00+05:00"
    duties = [d for d in g.door.pages("/v1/duties", "duties", limit=500, as_known_at=now) if d["due"] and d["due"] <= "2026-04-01T07:00:00Z" and d["state"] != "cancelled"]

    def asked(by, who=NATIONAL, **more):
        answer = g.door.get("/v1/timeliness?" + urllib.parse.urlencode({"by": by, "as_known_at": now, **more}), by=who)
        return answer.json["timeliness"] if answer.status == 200 else answer.status

    def counted(row, names):
        mine = [d for d in duties if all(d[n] == row.get(n) for n in names)]
        return {"owed": len(mine), **{s: sum(d["state"] == s for d in mine) for s in ("in_time", "late", "overdue", "missing", "waived")}, "held": sum(d["state"] == "open" for d in mine),
                "provisional": sum(d["provisional"] for d in mine), "complete": not any(d["state"] in ("open", "overdue", "missing") for d in mine)}
    for names in (("feed", "period"), ("party",), ("feed", "period", "party"), ("feed",)):
        rows = asked(",".join(names))
        check.equal("by %s" % (names,), [(r, counted(r, names)) for r in rows if any(r[k] != v for k, v in counted(r, names).items())][:2], [])
        check.equal("all of them", sum(r["owed"] for r in rows), len(duties))
    march, = asked("feed,period", feed=FOUNDERS, period="2026-03")
    check.equal("two suppliers owe it: not complete, and who lacks", (march["owed"], march["complete"], march["lacking"]), (2, False, sorted(g.party(w)["bin"] for w in (CHAMBER, ACCREDITOR))))
    late, = asked("feed,period,party", feed=CENTRES, period="2026-03", party=g.party(ACCREDITOR)["bin"])
    check.equal("by how many days", (late["late"], late["late_days_median"], late["complete"]), (1, 0, True))
    mine = asked("feed,period", who=ACCREDITOR)
    check.equal("a supplier sees its own, by approved readings", ({r["feed"] for r in mine}, {r["owed"] for r in mine}, sum(r["provisional"] for r in mine)), ({CENTRES}, {1}, 0))
    check.equal("who is nobody sees nothing", g.door.get("/v1/timeliness").status, 401)
    check.equal("wrong ones are refused", [asked("colour"), asked("feed", **{"from": "2026-13-01"}), asked("feed", feed="none")], [400] * 3)
    table = list(csv.DictReader(g.then("timeliness", "--by", "feed,period", "--feed", FOUNDERS, "--period", "2026-03", "--csv").stdout.lstrip("\ufeff").splitlines()))
    check.equal("as a table", [(r["owed"], r["complete"]) for r in table], [("2", "false")])


def as_it_was_before(d):
    """An extended duty, as it was known a second before: of its former day, in the list and in what is counted by due days."""
    before = g.psql("select to_char((at - interval '1 microsecond') at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from nqs.duty_event where duty = %d and kind = 'extended'" % d["id"])
    same = {"party": g.party(CENTRE_C)["bin"], "feed": RESULTS, "period": "2026-03"}
    former, = g.door.pages("/v1/duties", "duties", as_known_at=before, **same)
    check.equal("of its former day, to which another reading had moved it", (former["due_day"], former["due"], former["state"]), (d["due_day"], "2026-04-14T19:00:00Z", "open"))
    check.equal("and by the reading before that of another", [x["due_day"] for x in g.door.pages("/v1/duties", "duties", as_known_at="2026-03-31T18:00:00Z", **same)], ["2026-03-31"])

    def owed(day, **more):
        rows = g.door.get("/v1/timeliness?" + urllib.parse.urlencode({"from": day, "to": day, "by": "feed", "feed": RESULTS, "period": "2026-03", **more}), by=NATIONAL).json["timeliness"]
        return sum(r["owed"] for r in rows)
    check.equal("what is counted by due days goes by those of then", (owed("2026-03-31", as_known_at="2026-03-31T19:00:05Z"), owed("2026-03-31")), (8, 0))


def as_known_now():
    """All that is known by now is all that there is: the same list, whichever way it is asked for."""
    names = ("duty", "state", "due_day", "due", "provisional")
    lists = [[{k: d[k] for k in names} for d in g.door.pages("/v1/duties", "duties", limit=1000, **q)] for q in ({}, {"as_known_at": "2027-06-01T00:00:00Z"})]
    by_duty = [{d["duty"]: d for d in l} for l in lists]
    check.equal("as it is known now, so it is", [(a, by_duty[1].get(n)) for n, a in by_duty[0].items() if a != by_duty[1].get(n)][:3], [])
    check.equal("every duty is there", set(by_duty[0]) ^ set(by_duty[1]), set())



def people_decide():
    d = g.duty(CENTRE_C, RESULTS, "2026-03")
    bad = g.then("duty", "extend", str(d["id"]), "2026-04-01", "--by", "an officer", "--ground", "flood")
    check.that("an extension is later than what it extends", bad.returncode and "parameter" in bad.stderr, bad.stderr)
    done = g.then("duty", "extend", str(d["id"]), "2026-04-20", "--by", "an officer", "--ground", "flood")
    check.equal("an officer extends a duty", (done.returncode, g.duty(CENTRE_C, RESULTS, "2026-03")["due_at"][:19]), (0, "2026-04-20T19:00:00"))
    as_it_was_before(d)
    waived = g.duty(CENTRE_B, RESULTS, "2026-03")
    done = g.then("duty", "waive", str(waived["id"]), "--by", "an officer", "--ground", "liquidated")
    check.equal("or waives it", (done.returncode, g.verdicts(g.duty(CENTRE_B, RESULTS, "2026-03"))[-1]), (0, "waived"))
    again = g.then("duty", "waive", str(waived["id"]), "--by", "an officer", "--ground", "liquidated")
    check.that("once", again.returncode and "waived" in again.stderr, again.stderr)
    check.equal("the audit knows", g.psql("select act from nqs.audit where act like 'duty.%' order by id"), "duty.extend\nduty.waive")


def roles_change():
    """A centre that became one in April owes nothing for April by this reading, but for May; ended, it owes nothing."""
    g.cli("party", "add", "391240002014", "New centre")
    done = g.cli("party", "role", "391240002014", "recognition-centre", "--from", "2026-04-10", "--ground", "test")
    check.equal("the role is granted", done.returncode, 0)
    def of(period):
        return g.psql("select d.state from nqs.duty d join nqs.party p on p.id = d.party where p.bin = '391240002014' and feed = '%s' and occasion = '%s'" % (RESULTS, period))
    until(lambda: of("2026-05") == "open", "the duty of May")
    check.equal("none for the month inside which it began", of("2026-04"), "")
    g.cli("party", "role", "391240002014", "recognition-centre", "--from", "2026-04-10", "--to", "2026-06-30", "--ground", "test")
    until(lambda: of("2026-07") == "cancelled", "the end of July's duty")
    check.equal("June is still owed", of("2026-06"), "open")
    g.cli("party", "role", "391240002014", "recognition-centre", "--from", "2026-04-10", "--ground", "renewed")
    until(lambda: of("2026-07") == "open", "July's duty again")


def whose_role_has_ended():
    """It owes what it owed, and may hand that in; nothing else."""
    who = "391240001076"
    until(lambda: g.duty(who, RESULTS, "2026-03"), "its duty of March")
    def ended(role, since):
        done = g.cli("party", "role", who, role, "--from", since, "--to", "2026-03-31", "--ground", "test")
        check.equal("its role ends", done.returncode, 0)
    since = g.psql("select valid_from from nqs.party_role r join nqs.party p on p.id = r.party where bin = '%s' and role = 'recognition-centre'" % who)
    ended("recognition-centre", since)
    g.becomes("cancelled", who, RESULTS, "2026-05")
    def hands_in(feed, period, kind="nil", body=b"", by_payload=False):
        if by_payload:
            body = ("<delivery xmlns='urn:kz:nqs:delivery:1' feed='%s' period='%s' kind='%s'/>" % (feed, period, kind)).encode()
        answer = g.door.deliver(body, who, "application/xml" if by_payload else "application/x-ndjson", None if by_payload else {"feed": feed, "period": period, "kind": kind})
        return answer.status in (200, 202) or answer.status
    check.equal("not what it does not owe", [hands_in(RESULTS, "2026-05"), hands_in(CENTRES, "2026-03"), hands_in(RESULTS, "2026-05", by_payload=True)], [403] * 3)
    check.equal("what it owes is looked at as any other", hands_in(RESULTS, "2026-03", "edition"), 422)
    check.equal("what it owes, by the payload's own word", hands_in(RESULTS, "2026-03", by_payload=True), True)
    g.becomes("in_time", who, RESULTS, "2026-03")
    check.equal("and then not once more", hands_in(RESULTS, "2026-03"), 403)
    check.equal("but for another feed, by the transport's word", hands_in("recognition-documents", "2026-03"), True)


def events_begin_and_settle():
    """A certificate received on Thursday 2 April: five working days end on the 9th."""
    said = g.door.post("/v1/events", json.dumps({"type": "certificate-received", "day": "2026-04-01", "party": CENTRE_B, "message_id": "e1"}), {"Content-Type": "application/json"}, by=CENTRE_B)
    check.equal("a party reports of itself", said.status, 200)
    d = until(lambda: g.duty(CENTRE_B, None, "event:" + said.json["event"], "4-centres"), "its duty")
    check.equal("five working days", (d["due_at"][:19], d["state"]), ("2026-04-08T19:00:00", "open"))
    again = g.door.post("/v1/events", json.dumps({"type": "certificate-received", "day": "2026-04-01", "party": CENTRE_B, "message_id": "e1"}), {"Content-Type": "application/json"}, by=CENTRE_B)
    check.equal("told twice is told once", (again.json["event"], again.json["repeat"]), (said.json["event"], True))
    for sentence, body, by, status in (
            ("nobody reports of another", {"type": "platform-registered", "day": "2026-04-01", "party": CENTRE}, CENTRE_B, 403),
            ("what is to come has not happened", {"type": "platform-registered", "day": "2026-12-01", "party": CENTRE_B}, CENTRE_B, 400),
            ("a person's number is no reference", {"type": "application-started", "day": "2026-04-01", "subject": "901123300258"}, NATIONAL, 400),
            ("types are known", {"type": "birthday", "day": "2026-04-01"}, NATIONAL, 400),
            ("members are known", {"type": "platform-registered", "day": "2026-04-01", "colour": "red"}, NATIONAL, 400)):
        answer = g.door.post("/v1/events", json.dumps(body), {"Content-Type": "application/json"}, by=by)
        check.equal(sentence, answer.status, status)
    g.door.post("/v1/events", json.dumps({"type": "platform-registered", "day": "2026-04-01", "party": CENTRE_B}), {"Content-Type": "application/json"}, by=CENTRE_B)
    check.equal("the other event settles it", g.verdicts(g.becomes("in_time", CENTRE_B, None, "event:" + said.json["event"], "4-centres")), ["in_time, provisional"])
    person = g.door.post("/v1/events", json.dumps({"type": "application-started", "day": "2026-04-01", "subject": "K-17"}), {"Content-Type": "application/json"}, by=NATIONAL).json["event"]
    until(lambda: g.psql("select state from nqs.duty where occasion = 'event:%s'" % person) == "open", "the duty of a person")
    g.door.post("/v1/events", json.dumps({"type": "candidate-registered", "day": "2026-04-01", "subject": "K-17"}), {"Content-Type": "application/json"}, by=NATIONAL)
    until(lambda: g.psql("select state from nqs.duty where occasion = 'event:%s'" % person) == "met", "its end")


def an_event_is_reported_while_the_station_looks():
    """Its report began before the time was over, and is kept only behind it: it is no late one, and nobody was called overdue meanwhile."""
    events, quick, silent = {}, "391240001046", "391240001056"
    g.at("2026-04-01 15:10")
    for who in (quick, silent):
        body = {"type": "certificate-received", "day": "2026-04-01", "party": who, "message_id": "c-" + who}
        events[who] = g.door.post("/v1/events", json.dumps(body), {"Content-Type": "application/json"}, by=who).json["event"]
        until(lambda: g.duty(who, None, "event:" + events[who], "4-centres"), "its duty")
    g.at("2026-04-08 23:59:30")
    clock.sleep(2)
    slow = g.session()
    tell(slow, "begin; lock table nqs.event in share mode")
    body = json.dumps({"type": "platform-registered", "day": "2026-04-08", "party": quick, "message_id": "r-" + quick})
    reporting = threading.Thread(target=g.door.post, args=("/v1/events", body, {"Content-Type": "application/json"}, quick))
    reporting.start()
    until(lambda: g.psql("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into nqs.event %' and datname = 'nqs'") == "1", "the report, under way")
    g.at("2026-04-09 00:00:05")
    clock.sleep(4)
    check.equal("nothing is said meanwhile", [g.said(g.duty(who, None, "event:" + events[who], "4-centres")) for who in (quick, silent)], [[], []])
    tell(slow, "commit")
    slow.stdin.close()
    slow.wait()
    reporting.join()
    check.equal("it was in time", g.verdicts(g.becomes("in_time", quick, None, "event:" + events[quick], "4-centres")), ["in_time, provisional"])
    check.equal("the other one is overdue", g.verdicts(g.becomes("overdue", silent, None, "event:" + events[silent], "4-centres")), ["overdue, provisional"])


PERSON = {"full_name": "Тестова Тест Тестовна", "iin": "901123300258", "login": "t.testova", "phone": "+7 000 000 00 00", "email": "t@example.kz", "subject": "Secret subject", "text": "Secret text"}


def ask(path, body, by):
    return g.door.post("/v1/support-requests" + path, json.dumps(body), {"Content-Type": "application/json"}, by=by)


def last_event(kind, number):
    return g.psql("select id from nqs.event where type = '%s' and subject = '%s'" % (kind, number))


def support_requests():
    """Submitted on Wednesday 1 April 2026: 3 working days end on the 6th, 10 on the 15th, 20 on the 29th."""
    g.at("2026-04-01 15:00")
    file = os.urandom(10 * 1024 * 1024)
    said = {**PERSON, "file": base64.b64encode(file).decode(), "file_name": "screen.png", "message_id": "s1"}
    for sentence, body, by, status in (
            ("nobody unknown submits", PERSON, None, 401),
            ("an IIN is one", {**PERSON, "iin": "901123300257"}, CENTRE, 400),
            ("all of the annex is asked for", {k: v for k, v in PERSON.items() if k != "phone"}, CENTRE, 400),
            ("a file is base64", {**PERSON, "file": "a b=", "file_name": "x"}, CENTRE, 400),
            ("a file has a name", {**PERSON, "file": "AAAA"}, CENTRE, 400),
            ("a file is of 10 MB at most", {**PERSON, "file": base64.b64encode(file + b"x").decode(), "file_name": "x"}, CENTRE, 413)):
        check.equal(sentence, ask("", body, by).status, status)
    check.equal("nothing of that is kept", g.psql("select count(*) from nqs.support_request"), "0")
    first = ask("", said, CENTRE)
    check.equal("a party submits on behalf of its user", (first.status, first.json.get("repeat")), (200, False))
    n = first.json["number"]
    check.equal("told twice it has the same number", (ask("", said, CENTRE).json["number"], ask("", {**said, "text": "other"}, CENTRE).status), (n, 409))
    d = until(lambda: g.duty(ADMINISTRATOR, None, "event:" + last_event("support-request", n), "16-support-request"), "the administrator's duty")
    check.equal("three working days", (d["due_at"][:19], d["subject"], d["state"]), ("2026-04-06T19:00:00", str(n), "open"))
    for path, body in (("/class", {"class": "correction", "reason": "x"}), ("/answer", {"text": "x"})):
        check.equal("only the administrator: " + path, ask("/%s%s" % (n, path), body, CENTRE).status, 403)
    check.equal("a class has a reason", ask("/%s/class" % n, {"class": "correction"}, ADMINISTRATOR).status, 400)
    for class_, due, days in (("correction", "2026-04-15T19:00:00", 10), ("functioning", "2026-04-29T19:00:00", 20)):
        before = d
        answer = ask("/%s/class" % n, {"class": class_, "reason": "why " + class_}, ADMINISTRATOR)
        check.equal("it becomes a " + class_, (answer.status, answer.json.get("class")), (200, class_))
        d = until(lambda: g.duty(ADMINISTRATOR, None, "event:" + last_event("support-request-" + class_, n), "16-support-" + class_), "the duty of the " + class_)
        check.equal("%d working days from the submission" % days, (d["due_at"][:19], d["state"]), (due, "open"))
        moved = [e["detail"] for e in g.events(d) if e["kind"] == "moved"]
        check.equal("the duty shows the old moment, the new one, and why", [(m["from"][:19], m["to"][:19], m["why"]) for m in moved], [(before["due_at"][:19], due, "why " + class_)])
        old = json.loads(g.psql("select row_to_json(d) from nqs.duty d where id = %d" % before["id"]))
        check.that("the one before is cancelled, and says why", old["state"] == "cancelled" and g.events(old)[-1]["detail"]["why"].endswith("why " + class_), g.events(old))
    check.equal("never downward", ask("/%s/class" % n, {"class": "correction", "reason": "x"}, ADMINISTRATOR).status, 400)
    g.at("2026-04-20 10:00")
    answer = ask("/%s/answer" % n, {"text": "Secret answer"}, ADMINISTRATOR)
    check.equal("it is answered", answer.status, 200)
    d = g.becomes("in_time", ADMINISTRATOR, None, d["occasion"], "16-support-functioning")
    check.equal("which settles it", g.verdicts(d), ["in_time, provisional"])
    check.equal("once", ask("/%s/answer" % n, {"text": "again"}, ADMINISTRATOR).status, 400)
    who_reads_support(n, file)


def who_reads_support(n, file):
    one = g.door.get("/v1/support-requests/%s" % n, by=CENTRE)
    check.equal("its party reads it", (one.json["request"]["full_name"], one.json["text"], one.json["answer"], base64.b64decode(one.json["file"]) == file), (PERSON["full_name"], PERSON["text"], "Secret answer", True))
    check.equal("and what became of it", [h["type"] for h in one.json["history"]], ["support-request", "support-request-correction", "support-request-functioning", "support-request-answered"])
    check.equal("another does not", (g.door.get("/v1/support-requests/%s" % n, by=CENTRE_B).status, g.door.get("/v1/support-requests", by=CENTRE_B).json["requests"]), (404, []))
    check.equal("nor the administrator who reads no personal data", [g.door.get("/v1/support-requests" + p, by=ADMINISTRATOR).status for p in ("", "/%s" % n)], [403, 403])
    check.equal("nor somebody who is nobody", g.door.get("/v1/support-requests").status, 401)
    g.cli("party", "role", g.party(ADMINISTRATOR)["bin"], "personal-reader", "--from", "2026-01-01", "--ground", "test")
    all_ = until(lambda: (x := g.door.get("/v1/support-requests", by=ADMINISTRATOR)).status == 200 and x.json["requests"], "the list")
    check.equal("as a reader of it, the administrator does", [(r["number"], r["request"]["subject"]) for r in all_], [(n, PERSON["subject"])])
    shown = g.then("support", str(n), "--file", str(g.folder / "file"))
    check.that("so does the command line, with the file", shown.returncode == 0 and (g.folder / "file").read_bytes() == file and "why correction" in shown.stdout, shown.stderr)
    check.that("each read is journalled", int(g.psql("select count(*) from nqs.audit where act = 'read' and subject like 'support-request%'")) >= 3, "")
    dump = subprocess.run([sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pg_dump"))[-1], "-h", g.folder / "run", "-U", "nqs", "--exclude-table-data=nqs.party", "nqs"], capture_output=True, check=True).stdout
    log = b"".join(f.read_bytes() for f in g.folder.glob("*.log"))
    secret = [PERSON["full_name"], PERSON["iin"], PERSON["login"], PERSON["email"], PERSON["subject"], PERSON["text"], "Secret answer"]
    hex_ = [s.encode().hex().encode() for s in secret]
    check.that("nothing of it is readable in the database or the logs", len(dump) > len(file) and log and not any(s.encode() in dump + log for s in secret) and not any(h in dump for h in hex_), "found")
    g.psql("update nqs.person set wrapped = null")
    gone = g.door.get("/v1/support-requests/%s" % n, by=CENTRE).json
    check.equal("a person erased is erased from it", (gone["request"], gone["text"], gone["file"], gone["answer"]), (None, None, None, None))


def the_second_hop():
    delivery = g.nil(CHAMBER, CENTRES, "2026-04")
    d = until(lambda: g.duty(NATIONAL, CENTRES, "delivery:" + delivery, "8-hand-over"), "the duty to hand it over")
    check.equal("it has no term and is open", (d["state"], d["due_at"]), ("open", None))
    answer = g.door.post("/v1/acknowledgements", json.dumps({"delivery": delivery, "records": 0}), {"Content-Type": "application/json"}, by=NATIONAL)
    check.equal("only the administrator acknowledges", answer.status, 403)
    answer = g.door.post("/v1/acknowledgements", json.dumps({"delivery": delivery, "records": 3}), {"Content-Type": "application/json"}, by=ADMINISTRATOR)
    check.that("another number is taken, with a warning", answer.status == 200 and "0 records" in answer.json["warning"], answer)
    g.becomes("met", NATIONAL, CENTRES, "delivery:" + delivery, "8-hand-over")
    check.equal("so is the National body's own term", g.becomes("in_time", NATIONAL, CENTRES, "2026-04", "9-accredited-centres")["state"], "in_time")


def the_second_hop_by_soap():
    delivery = g.nil(ACCREDITOR, FOUNDERS, "2026-04")
    until(lambda: g.duty(NATIONAL, FOUNDERS, "delivery:" + delivery, "8-hand-over"), "the duty to hand it over")

    def acknowledge(who, text):
        return soap.send(g.door, soap.envelope(soap.info(g.party(who), "NQS_ACKNOWLEDGE"), text))
    said = "<delivery>%s</delivery><records>0</records>" % delivery
    refused = {"of somebody else": acknowledge(NATIONAL, said), "without a number": acknowledge(ADMINISTRATOR, "<delivery>%s</delivery>" % delivery),
               "of none": acknowledge(ADMINISTRATOR, said.replace(delivery, "01a2ffff-0000-7000-8000-000000000000"))}
    check.equal("refused", {k: soap.fault(a)[0] for k, a in refused.items()}, {"of somebody else": "NQS403", "without a number": "SCE001", "of none": "NQS404"})
    check.equal("none of that settled it", g.duty(NATIONAL, FOUNDERS, "delivery:" + delivery, "8-hand-over")["state"], "open")
    for text in (said, html.escape(said)):
        answer = acknowledge(ADMINISTRATOR, text)
        check.that("taken, told twice too", answer.status == 200 and soap.member(answer, "code") == "SCSS001" and "event" in soap.member(answer, "receipt"), answer)
    g.becomes("met", NATIONAL, FOUNDERS, "delivery:" + delivery, "8-hand-over")


def what_is_on_its_way_holds_the_verdict():
    """An upload that began before the end of the term, unfinished when that is over."""
    g.at("2026-04-30 23:59:50")
    body = b"x" * 10
    with socket.create_connection(("127.0.0.1", g.door.port), timeout=60) as s:
        s.sendall(("POST /v1/deliveries?feed=%s&period=2026-04&kind=list HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100000\r\n\r\n" % (
            CENTRES, g.token(ACCREDITOR))).encode() + body)
        until(lambda: g.psql("select count(*) from nqs.process where oldest_upload is not null") == "1", "the upload to be seen")
        g.at("2026-05-01 00:00:10")
        held = until(lambda: (d := g.duty(ACCREDITOR, CENTRES, "2026-04"))["held"] and d, "the hold")
        check.equal("no verdict meanwhile", (held["state"], held["held"]), ("open", "upload"))
    check.equal("once that is over it is overdue", g.becomes("overdue", ACCREDITOR, CENTRES, "2026-04", seconds=40)["state"], "overdue")
    check.equal("of the feed two suppliers owe, one delivered", g.duty(CHAMBER, CENTRES, "2026-04")["state"], "in_time")


@contextlib.contextmanager
def upload(who, length):
    """The connection of an upload of which one byte has come."""
    with socket.create_connection(("127.0.0.1", g.door.port), timeout=60) as s:
        s.sendall(("POST /v1/deliveries?feed=%s&period=2026-04&kind=list HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n{" % (
            CENTRES, g.token(who), length)).encode())
        until(lambda: g.psql("select count(*) from nqs.process where oldest_upload is not null") == "1", "the upload to be seen")
        yield s


def what_we_turned_away_is_an_attempt():
    """The one place is taken by an upload that does not end: what others bring meanwhile is turned away, and stands on their duty; while there is no database too."""
    g.at("2026-05-01 00:01")
    g.bounce_then(max_uploads=1)
    query = {"feed": FOUNDERS, "period": "2026-04", "kind": "nil"}
    with upload(ACCREDITOR, 100000):
        answers = [g.door.deliver(b"", CHAMBER, "application/x-ndjson", query).status for _ in range(3)]
        check.equal("three are turned away", answers, [503] * 3)
        check.equal("and one that does not say its feed", g.door.deliver(b'{"a":1}\n', CHAMBER, "application/x-ndjson").status, 503)
        check.equal("an unknown one is no attempt of anybody", g.door.deliver(b"", None, "application/x-ndjson", query).status, 401)
    until(lambda: g.psql("select count(*) from nqs.process where oldest_upload is not null") == "0", "the end of the upload")
    with upload(CHAMBER, 100000) as s:
        g.pg_ctl("stop", "-m", "immediate")
        try:
            s.sendall(b'"a":"' + b"y" * 99992 + b'"}')
            answer = s.recv(1000)
        finally:
            g.pg_ctl("start")
    check.that("without a database nothing is taken", b" 503 " in answer.split(b"\r\n")[0], answer)
    g.bounce_then()
    for who, feed, turned_away in ((CHAMBER, FOUNDERS, {True: 3, False: 1}), (CHAMBER, CENTRES, {True: 1, False: 1}), (ACCREDITOR, FOUNDERS, {True: 0, False: 0})):
        one = g.door.get("/v1/duties/%d" % g.duty(who, feed, "2026-04")["id"], by=NATIONAL).json["attempts"]
        check.equal("attempts of %s for %s stand on its duty" % (who, feed), {said: sum(a["turned_away"] for a in one if a["feed_said"] == said) for said in (True, False)}, turned_away)


def absent_at_the_due_minute():
    """Nobody was there in the last minute of May (31.05.2026 is a Sunday: due on 1 June)."""
    g.at("2026-06-01 12:00")
    until(lambda: g.psql("select count(*) from nqs.heartbeat where minute >= '2026-06-01 11:59+05' and minute < '2026-06-01 12:05+05'") != "0", "a heartbeat")
    g.beside.stop()
    g.at("2026-06-02 09:00")
    g.serve(outage="extend", outage_ground="order 1 of the test")
    d = until(lambda: (x := g.duty(ACCREDITOR, CENTRES, "2026-05"))["extended"] and x, "the extension")
    check.equal("the policy extends it to the end of the next working day", d["due_at"][:19], "2026-06-03T19:00:00")
    said = ("heartbeats", "--from", "2026-06-01T11:00:00+05:00", "--to", "2026-06-02T10:00:00+05:00")
    done = g.then(*said, "--json")
    beats = json.loads(done.stdout)
    gap = max(beats["gaps"], key=lambda x: x["minutes"])
    check.that("the heartbeats show the gap, and are all ours", done.returncode == 0 and beats["signatures_good"] and beats["heartbeats"] > 0 and beats["bad"] == []
               and gap["minutes"] > 1190 and gap["from"] < "2026-06-01T07:10" and gap["to"] < "2026-06-02T04:05", beats)
    check.equal("and that nobody was there before and after", (beats["gaps"][0]["from"][:16], beats["gaps"][-1]["to"][:16]), ("2026-06-01T06:00", "2026-06-02T05:00"))
    g.psql("update nqs.heartbeat set minute = minute + interval '30 minutes' where minute = (select max(minute) from nqs.heartbeat where minute < '2026-06-01 12:05+05')")
    done = g.then(*said)
    check.that("one that was moved is not signed", done.returncode == 3 and "2026-06-01T07:3" in done.stdout, done.stdout + done.stderr)
    kinds = {e["kind"]: e["detail"] for e in g.events(d)}
    check.that("the duty shows the outage", kinds["outage"]["last_heartbeat"].startswith("2026-06-01T07:0"), kinds)
    check.equal("and the ground", kinds["extended"]["ground"], "order 1 of the test")


def nothing_is_rewritten():
    for table in ("statement", "duty_event", "event", "counterfactual", "law_approval", "law_in_force"):
        for sql in ("delete from nqs.%s", "truncate nqs.%s cascade"):
            try:
                g.psql("begin; " + sql % table + "; rollback")
                said = ""
            except subprocess.CalledProcessError as e:
                said = e.stderr
            check.that("%s: %s is refused" % (table, sql.split()[0]), "append-only" in said, said)
    before = g.psql("select count(*), max(id) from nqs.statement")
    g.bounce_then()
    g.psql("update nqs.deadline set ordinal = 0")
    until(lambda: g.psql("select ordinal = (select max(ordinal) from nqs.settlement) from nqs.deadline") == "t", "all settlements looked at once more")
    clock.sleep(2)
    check.equal("looked at again, nothing is said twice", g.psql("select count(*), max(id) from nqs.statement"), before)
    done = g.then("duties", "verify")
    check.that("the chain of statements is whole", done.returncode == 0 and "whole" in done.stdout, done.stdout + done.stderr)
    known = g.door.get("/v1/duties?feed=%s&period=2026-03&as_known_at=2026-04-01T00:00:00%%2B05:00" % FOUNDERS, by=NATIONAL).json["duties"]
    check.equal("as known then they were open", {d["state"] for d in known}, {"open"})


def two_stations():
    """Two gateways at once say everything once."""
    second = Beside(g, "second", g.faked)
    until(second.answers, "another gateway", 60)
    g.at("2026-07-01 00:00:20")
    until(lambda: g.psql("select count(*) from nqs.duty where occasion = '2026-06' and state = 'open' and due_at <= '2026-07-01 00:00+05'") == "0", "June's verdicts", 60)
    twice = g.psql("select count(*) from (select duty, verdict, s.provisional from nqs.statement s join nqs.duty d on d.id = s.duty where d.occasion = '2026-06' group by 1, 2, 3 having count(*) > 1) x")
    check.equal("each once", twice, "0")
    check.that("there were some", int(g.psql("select count(*) from nqs.statement s join nqs.duty d on d.id = s.duty where d.occasion = '2026-06' and s.verdict = 'overdue'")) > 10, "none")
    second.stop()


def bounce_then(**settings):
    g.beside.stop()
    g.serve(**settings)


g.bounce_then = bounce_then

if __name__ == "__main__":
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    g.start(in_force="2026-02-01")
    for test in (in_time_and_late, what_does_not_settle, who_sees_what, approval_says_it_finally, who_is_timely, people_decide, as_known_now, in_ones_calendar, as_a_table, roles_change, whose_role_has_ended, as_known_now, events_begin_and_settle, an_event_is_reported_while_the_station_looks, support_requests, the_second_hop, the_second_hop_by_soap,
                 what_is_on_its_way_holds_the_verdict, what_we_turned_away_is_an_attempt, absent_at_the_due_minute, nothing_is_rewritten, two_stations, as_known_now):
        if only in test.__name__:
            check.run(test)
    check.equal("no sanitizer complained", g.stop(), "")
    check.finish()
