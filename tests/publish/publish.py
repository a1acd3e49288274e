"""What is published: every change once at least, in order, under stable ids; whole files or none; nothing that is not named; what is given up is there to be seen."""
import base64
import hashlib
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "flow"))
from things import *  # noqa: F403,E402
from checks import Checks  # noqa: E402
from receiver import Receiver  # noqa: E402
import personal  # noqa: E402

check = Checks()
SECRET, PERSONAL = "a secret that both sides know", "recognition-results"
for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
    os.environ.pop(name, None)  # noqa: F405

place = pathlib.Path(tempfile.mkdtemp(prefix="nqs-publish."))
folder = place / "out"
folder.mkdir()
secret_file = place / "secret"
secret_file.write_text(SECRET + "\n")
secret_file.chmod(0o600)
receiver, filtered, strict, shep = (Receiver(SECRET) for _ in range(4))


def webhook(to, **more):
    return {"url": to.url + "/events", "secret_file": str(secret_file), "timeout_seconds": 2, **more}


PUBLICATIONS = [
    {"name": "facts-files", "feed": FACTS, "file": {"folder": str(folder)}},
    {"name": "listed-hook", "feed": LISTED, "mode": "changes", "when": "at_once", "retry_seconds": 1, "webhook": webhook(receiver, batch_events=4)},
    {"name": "listed-some", "feed": LISTED, "fields": ["title", "item"], "filter": [{"field": "title", "values": ["in", "also in"]}], "retry_seconds": 1, "webhook": webhook(filtered)},
    {"name": "persons", "feed": PERSONAL, "fields": ["outcome", "level"], "file": {"folder": str(folder)}},
    {"name": "facts-hook", "feed": FACTS, "mode": "snapshot", "retry_seconds": 1, "attempts": 2, "webhook": webhook(strict, batch_events=3)},
    {"name": "edition-shep", "feed": EDITION, "retry_seconds": 1, "soap": {"url": shep.url + "/soap", "sender_id": "us & co", "password_file": str(secret_file), "service": "NQS_EVENTS",
                                                                           "batch_events": 2}},
    {"name": "persons-named", "feed": PERSONAL, "fields": ["candidate"], "retry_seconds": 1, "file": {"folder": str(folder)}},
    # its moment is half a day away, so that it does not come by itself
    {"name": "facts-daily", "feed": FACTS, "mode": "snapshot", "when": clock.strftime("every day at %H:%M", clock.gmtime(clock.time() + (5 + 12) * 3600)), "file": {"folder": str(folder)}},
]


def state(name, flow=None):
    return next(p for p in json.loads((flow or g).cli("publications", "--json").stdout) if p["name"] == name)["state"]  # noqa: F405


def sent(name, flow=None):
    """Waits until nothing waits on this route."""
    return until(lambda: (s := state(name, flow))["waiting"] == 0 and s, "the end of what waits for " + name, 120)  # noqa: F405


def manifests(name):
    return [json.loads(f.read_text()) for f in sorted(folder.glob(name + "-" + 12 * "[0-9]" + ".*manifest.json"))]  # noqa: F405


def lines(manifest):
    return [json.loads(line) for line in (folder / manifest["file"]).read_text().splitlines()]  # noqa: F405


def pairs(events):
    return [(e["type"].rsplit(".", 1)[1], e["subject"], e["data"].get("title")) for e in events]


# ── files ──

def changes_go_to_files():
    g.settle(FACTS, "2026-10", "facts", [thing(1, "one", tags=["x", "ә"], share=1.5, day="2026-10-05"), thing(2, "two")])  # noqa: F405
    g.settle(FACTS, "2026-10", "changes", [thing(1, "one b"), thing(1, "one c"), withdrawal(2)])  # noqa: F405
    g.settle(FACTS, "2026-10", "changes", [thing(1, "one c")])  # noqa: F405
    g.settle(FACTS, "2026-10", "facts", [thing(3, "three")])  # noqa: F405
    g.settle(FACTS, "2026-09", "facts", [thing(3, "too old")])  # noqa: F405
    sent("facts-files")
    found = manifests("facts-files")
    events = [lines(m) for m in found]
    check.equal("what changed, in its order; what did not change or was older is no event", [pairs(e) for e in events],
                [[("changed", "K/1", "one"), ("changed", "K/2", "two")], [("changed", "K/1", "one b"), ("changed", "K/1", "one c"), ("withdrawn", "K/2", None)],
                 [("withdrawn", "K/1", None), ("changed", "K/3", "three")]])
    first = events[0][0]
    check.equal("a record's data is canonical", (folder / found[0]["file"]).read_bytes().splitlines()[0].split(b'"data":')[1],
                '{"code":"K","day":"2026-10-05","item":1,"share":1.5,"tags":["x","ә"],"title":"one"}}'.encode())
    check.equal("its attributes", {k: first[k] for k in ("specversion", "source", "type", "nqsperiod", "datacontenttype")},
                {"specversion": "1.0", "source": "urn:kz:nqs:" + FACTS, "type": "kz.nqs.%s.changed" % FACTS, "nqsperiod": "2026-10", "datacontenttype": "application/json"})  # noqa: F405
    check.equal("the ground of a withdrawal goes with it", events[1][2]["data"], {"ground": "entered by mistake"})
    ids = [e["id"] for batch in events for e in batch]
    check.equal("ids are different", len(set(ids)), len(ids))
    sequences = [e["sequence"] for batch in events for e in batch if e["subject"] == "K/1"]
    check.equal("sequences of a record rise", sequences, sorted(sequences))


def taken(delivery):
    """{publication: when it was sent} by the duty to hand this delivery over."""
    duty = until(lambda: g.psql("select id from nqs.duty where occasion = 'delivery:%s' and obligation = '8-hand-over'" % delivery), "the duty to hand it over")  # noqa: F405
    return {s["publication"]: s["at"] for s in g.get("/v1/duties/" + duty, by=NATIONAL).json["sent"]}  # noqa: F405


def what_was_sent_stands_on_the_duty_to_hand_it_over():
    """A delivery is sent when its receiver took all of it; not when nothing of it went out."""
    one = g.settle(FACTS, "2026-12", "changes", [thing(71, "seven"), thing(72, "eight")])["delivery"]  # noqa: F405
    same = g.settle(FACTS, "2026-12", "changes", [thing(71, "seven")])["delivery"]  # noqa: F405
    sent("facts-files")
    check.equal("taken by the files", set(taken(one)), {"facts-files"})
    at = g.psql("select to_char(at at time zone 'UTC', 'YYYY-MM-DD') from nqs.sent order by at desc limit 1")
    check.equal("and when", taken(one)["facts-files"][:10], at)
    check.equal("what changed nothing was not sent", taken(same), {})
    g.cli("publish", "facts-files")
    sent("facts-files")
    check.equal("but in a snapshot it is there", set(taken(same)), {"facts-files"})
    before = taken(one)
    check.equal("the first time stays", before["facts-files"] <= taken(same)["facts-files"], True)
    g.settle(FACTS, "2026-12", "changes", [withdrawal(71), withdrawal(72)])  # noqa: F405


def files_are_signed():
    key = place / "key.pem"
    key.write_text(g.cli("publications", "key").stdout)
    for m in manifests("facts-files"):
        data = (folder / m["file"]).read_bytes()
        check.equal("the manifest tells the file", (hashlib.sha256(data).hexdigest(), len(data), data.count(b"\n")), (m["sha256"], m["bytes"], m["events"]))
    for change, wanted in (("", 0), ("x", 1)):
        (place / "signed").write_text("nqs-publication-1\n%s\n%d\n%s\n%s" % (m["file"], m["events"], m["sha256"], change))
        (place / "signature").write_bytes(base64.b64decode(m["signature"]))
        done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", place / "signed", "-sigfile", place / "signature"], capture_output=True)
        check.equal("the signature fits only what was signed", done.returncode, wanted)


def of_persons_only_what_is_named():
    someone = [personal.somebody(n) for n in range(3)]
    body = personal.xml([personal.attempt(n, p) for n, p in enumerate(someone)])
    done = g.wait_done(g.deliver(body.encode(), CENTRE).delivery)  # noqa: F405
    check.equal("results of persons are settled", done["outcomes"]["new"], 3)
    sent("persons")
    manifest, = manifests("persons")
    text = (folder / manifest["file"]).read_text()
    check.equal("only the named fields go out", [e["data"] for e in lines(manifest)], [{"level": 3, "outcome": "passed"}] * 3)
    check.that("no identifier of a person or record goes out", not any(w in text for p in someone for w in (*p, "S-00000")), text)
    subjects = [e["subject"] for e in lines(manifest)]
    check.that("subjects are hashes, one a record", len(set(subjects)) == 3 and all(len(s) == 32 and set(s) <= set("0123456789abcdef") for s in subjects), subjects)
    again = personal.xml([personal.attempt(1, someone[1], level=4)])
    g.wait_done(g.deliver(again.encode(), CENTRE).delivery)  # noqa: F405
    sent("persons")
    check.equal("the same record has the same subject", lines(manifests("persons")[1])[0]["subject"], subjects[1])
    gone = "".join("<%s>%s</%s>" % (k, v, k) for k, v in (("centre_bin", CENTRE), ("attempt_number", "S-000001")))  # noqa: F405
    body = '<delivery xmlns="urn:kz:nqs:delivery:1" feed="%s" period="2026-10" kind="changes"><withdraw ground="%s">%s</withdraw></delivery>' % (PERSONAL, someone[1][1], gone)
    g.wait_done(g.deliver(body.encode(), CENTRE).delivery)  # noqa: F405
    sent("persons")
    event, = lines(manifests("persons")[2])
    check.equal("nor does the ground of a withdrawal", (event["type"].rsplit(".", 1)[1], event["subject"], event["data"]), ("withdrawn", subjects[1], {}))


def fields_of_persons_go_out_where_they_are_named():
    number, name = personal.somebody(7)
    g.wait_done(g.deliver(personal.xml([personal.attempt(70, (number, name)), personal.attempt(71, personal.somebody(8))]).encode(), CENTRE).delivery)  # noqa: F405
    sent("persons-named")
    held = lines(manifests("persons-named")[-1])
    check.equal("who is named goes out", held[0]["data"], {"candidate": {"iin": number, "name": name}})
    check.that("the audit knows", any("publish" in line and "persons-named" in line for line in g.cli("audit", "list").stdout.splitlines()))
    g.psql("delete from nqs.person where id = (select ('x' || encode(substr(candidate, 1, 8), 'hex'))::bit(64)::bigint from feed.recognition_result where attempt_number = 'S-000070')")
    g.cli("publish", "persons-named")
    sent("persons-named")
    held = {e["subject"]: e["data"] for e in lines(manifests("persons-named")[-1])[1:-1]}, held[0]["subject"]
    check.equal("who was erased goes out no more", held[0][held[1]], {})
    check.that("the others do", sum(1 for d in held[0].values() if d) >= 3, len(held[0]))


def a_fault_of_ours_stops_one_route():
    pid = g.pid()
    g.psql("update feed.recognition_result set candidate = set_byte(candidate, 30, 255 - get_byte(candidate, 30)) where attempt_number = 'S-000071'")
    g.cli("publish", "persons-named")
    until(lambda: "cannot be unsealed" in (state("persons-named")["error"] or ""), "what is wrong with it")  # noqa: F405
    g.settle(FACTS, "2026-10", "changes", [thing(3, "three")])  # noqa: F405
    sent("facts-files")
    check.equal("the process lives, the others go on", (g.pid(), state_of_process(pid) != "", state("persons-named")["waiting"]), (pid, True, 1))  # noqa: F405
    check.that("nothing half lies about", not list(folder.glob("persons-named*.part")))
    g.psql("update feed.recognition_result set candidate = set_byte(candidate, 30, 255 - get_byte(candidate, 30)) where attempt_number = 'S-000071'")
    sent("persons-named")


# ── snapshots ──

def framed(events):
    """The records between the frames, after the frames were held against them."""
    kinds = [e["type"].rsplit(".", 1)[1] for e in events]
    check.equal("frames stand first and last", (kinds[0], kinds[-1], set(kinds[1:-1])), ("snapshot-started", "snapshot-completed", {"changed"}))
    digest = bytes(32)
    for e in events[1:-1]:
        data = json.dumps(e["data"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()  # noqa: F405
        digest = hashlib.sha256(digest + hashlib.sha256(data).digest()).digest()
    frames = [{k: v for k, v in e["data"].items() if k not in ("due", "late", "period")} for e in (events[0], events[-1])]
    check.equal("the frame tells the records", frames[1], {"digest": digest.hex(), "records": len(events) - 2, "settlement": frames[0]["settlement"]})
    check.equal("all have the number of the snapshot", len({e["nqssnapshot"] for e in events}), 1)
    return {e["subject"]: e["data"]["title"] for e in events[1:-1]}


def a_snapshot_is_as_of_one_settlement():
    g.settle(FACTS, "2026-11", "changes", [thing(n, "eleven %d" % n) for n in range(10, 20)])  # noqa: F405
    at = json.loads(g.cli("delivery", g.settle(FACTS, "2026-11", "changes", [thing(10, "ten", tags=[])])["delivery"], "--json").stdout)["settlement"]["at"]  # noqa: F405
    g.settle(FACTS, "2026-11", "changes", [thing(10, "not yet"), thing(30, "not yet")])  # noqa: F405
    strict.be("good", "error", "good")
    done = g.cli("publish", "facts-hook", "--as-known-at", at)
    check.equal("a snapshot is ordered", done.returncode, 0)
    sent("facts-hook")
    held = framed(strict.events())
    check.equal("it holds what was known then", held, {"K/3": "three", "K/10": "ten", **{"K/%d" % n: "eleven %d" % n for n in range(11, 20)}})
    check.that("it came in several requests", len(strict.taken) > 2, len(strict.taken))
    before = len(manifests("facts-files"))
    g.cli("publish", "facts-files")
    sent("facts-files")
    check.equal("it is a file of its own", len(manifests("facts-files")), before + 1)
    check.equal("now it holds what is known now", framed(lines(next(m for m in manifests("facts-files") if m["snapshot"])))["K/10"], "not yet")
    check.equal("of what is not configured there is none", g.cli("publish", "nothing").returncode, 3)
    check.equal("nor before anything was settled", g.cli("publish", "facts-hook", "--as-known-at", "2020-01-01T00:00:00Z").returncode, 3)


def a_snapshot_by_schedule_is_made_once():
    check.equal("a schedule's next moment is told", [p["next"] is None for p in json.loads(g.cli("publications", "--json").stdout)], [True] * 7 + [False])  # noqa: F405
    check.equal("what was due before it was known is not made good", g.psql("select count(*) from nqs.outbox where route = 'facts-daily'"), "0")
    g.psql("update nqs.settlement set at = at - interval '3 days' where ordinal < (select max(ordinal) from nqs.settlement where feed = '%s')" % FACTS)  # noqa: F405
    check.equal("nothing went out yet", manifests("facts-daily"), [])
    g.quit()
    g.psql("update nqs.schedule set due = due - interval '5 days' where name = 'facts-daily'")
    g.again()
    until(lambda: manifests("facts-daily"), "the snapshot")  # noqa: F405
    g.bounce()
    sent("facts-daily")
    manifest, = manifests("facts-daily")
    events = lines(manifest)
    check.equal("of several moments missed one is made good, and says so", (events[0]["data"]["late"], events[-1]["data"]["late"], len(events[0]["data"]["period"])), (True, True, 10))
    framed(events)
    check.equal("it is as of the last settlement by that moment", manifest["settlement"],
                int(g.psql("select max(ordinal) from nqs.settlement where feed = '%s' and at <= '%s'" % (FACTS, events[0]["data"]["due"]))))  # noqa: F405
    g.psql("update nqs.settlement set at = at + interval '3 days' where ordinal < (select max(ordinal) from nqs.settlement where feed = '%s')" % FACTS)  # noqa: F405


# ── webhooks ──

def faults_delay_but_lose_nothing():
    receiver.be("error", "hang", "good", "cut", "busy", "redirect", "taken_and_cut")
    for n in range(3):
        g.settle(LISTED, "2026-10", "changes", [thing(k, "round %d" % n) for k in range(6)])  # noqa: F405
    sent("listed-hook")
    events, seen = receiver.events(), []
    for e in events:
        if e["id"] not in seen:
            seen.append(e["id"])
    first = {e["id"]: e for e in reversed(events)}
    check.equal("all came, in order", [(first[i]["subject"], first[i]["data"]["title"]) for i in seen], [("K/%d" % k, "round %d" % n) for n in range(3) for k in range(6)])
    check.that("what was cut behind the taking came twice", len(events) > len(seen), len(events))
    check.equal("a batch has at most four", max(map(len, receiver.taken)), 4)
    check.equal("nothing was wrong with the requests", receiver.bad, [])
    check.that("the log tells of it", "state=again" in g.log() and "the receiver answered 500" in g.log())


def a_receiver_may_ask_to_be_left_alone():
    receiver.taken.clear()
    receiver.be("patience")
    g.settle(LISTED, "2026-10", "changes", [thing(0, "for the patient")])  # noqa: F405
    asked = "select extract(epoch from next_at - now()) between 500 and 600 from nqs.outbox where route = 'listed-hook' and attempts = 1 and next_at is not null"
    until(lambda: g.psql(asked) == "t", "an attempt that is put off by what Retry-After asks for")  # noqa: F405
    g.psql("update nqs.outbox set next_at = now() where route = 'listed-hook' and attempts = 1 and next_at is not null")
    sent("listed-hook")
    check.equal("then it comes", pairs(receiver.events()), [("changed", "K/0", "for the patient")])


def filters_let_through_what_they_name():
    filtered.taken.clear()
    g.settle(LISTED, "2026-11", "changes", [thing(50, "in"), thing(51, "out"), thing(52, "in")])  # noqa: F405
    g.settle(LISTED, "2026-11", "changes", [thing(50, "also in"), thing(51, "still out"), thing(52, "out"), thing(52, "in"), thing(52, "gone out")])  # noqa: F405
    g.settle(LISTED, "2026-11", "changes", [withdrawal(50), withdrawal(51), withdrawal(52)])  # noqa: F405
    sent("listed-some")
    check.equal("what leaves the filter is withdrawn, what never was in it is no event", pairs(filtered.events()),
                [("changed", "K/50", "in"), ("changed", "K/52", "in"), ("changed", "K/50", "also in"), ("withdrawn", "K/52", None), ("changed", "K/52", "in"),
                 ("withdrawn", "K/52", None), ("withdrawn", "K/50", None)])
    check.equal("only named fields go out", {tuple(e["data"]) for e in filtered.events() if e["type"].endswith("changed")}, {("item", "title")})


def dead():
    return json.loads(g.cli("dead", "--json").stdout)  # noqa: F405


def what_is_given_up_is_a_dead_letter():
    sent("listed-hook")
    receiver.taken.clear()
    receiver.be("good", "gone", "gone", "good")
    g.settle(LISTED, "2026-12", "changes", [thing(k, "dead or not") for k in range(100, 114)])  # noqa: F405
    sent("listed-hook")
    taken = [e["subject"] for e in receiver.events()]
    check.equal("the others came", taken, ["K/%d" % k for k in (*range(100, 104), 112, 113)])
    letter, = dead()
    check.equal("parts that follow each other are one letter", (letter["publication"], letter["events"], letter["error"]), ("listed-hook", 8, "the receiver answered 410"))
    check.equal("publications tell of it", state("listed-hook")["dead"], 1)
    check.equal("a reason is wanted to drop one", g.cli("dead", "drop", str(letter["id"])).returncode, 2)
    check.equal("it is sent once more", g.cli("dead", "retry", str(letter["id"])).returncode, 0)
    sent("listed-hook")
    check.equal("then all have come", [e["subject"] for e in receiver.events()][6:], ["K/%d" % k for k in range(104, 112)])
    check.equal("and it is gone", dead(), [])
    check.equal("it is not there twice", g.cli("dead", "retry", str(letter["id"])).returncode, 3)
    receiver.be("gone")
    g.settle(LISTED, "2026-12", "changes", [thing(100, "never")])  # noqa: F405
    sent("listed-hook")
    letter, = dead()
    check.equal("it is dropped", g.cli("dead", "drop", str(letter["id"]), "--reason", "the receiver knows").returncode, 0)
    check.equal("then it is gone for good", dead(), [])
    check.that("the audit knows why", "the receiver knows" in g.cli("audit", "list").stdout)


def so_many_attempts_and_it_is_given_up():
    strict.taken.clear()
    strict.be(always="error")
    g.cli("publish", "facts-hook")
    letter = until(lambda: next((x for x in dead() if x["publication"] == "facts-hook"), None), "a dead letter", 60)  # noqa: F405
    check.equal("a snapshot is given up whole", letter["subject"], "snapshot")
    strict.be()
    g.cli("dead", "retry", str(letter["id"]))
    sent("facts-hook")
    check.that("and sent whole", len(framed(strict.events())) == 12, len(strict.events()))


# ── ШЭП ──

def services_of_shep_are_told_too():
    shep.be("good", "away", "strange", "html", "good", "refuse")
    g.settle(EDITION, "2026-10", "edition", [thing(n, "<%d> & \"more\" ә" % n) for n in range(7)])  # noqa: F405
    sent("edition-shep")
    check.equal("all came, in order, but what was refused", [e["data"]["title"] for e in shep.events()], ["<%d> & \"more\" ә" % n for n in (0, 1, 2, 3, 6)])
    check.equal("the same request has the same id", [len(set(shep.ids)), shep.ids[1:5]], [4, shep.ids[1:2] * 4])
    letter, = dead()
    check.equal("what was refused is a dead letter", (letter["publication"], letter["events"], letter["error"]), ("edition-shep", 2, "the receiver answered SCE001"))
    g.cli("dead", "retry", str(letter["id"]))
    sent("edition-shep")
    check.equal("it comes when it is sent again", [e["subject"] for e in shep.events()][5:], ["K/4", "K/5"])
    check.equal("nothing was wrong with the requests", shep.bad, [])


# ── crashes ──

def firsts(events):
    """Titles of each record as they first came; the ids must be stable."""
    seen, out = {}, {}
    for e in events:
        if e["id"] not in seen:
            out.setdefault(e["subject"], []).append(e["data"]["title"])
        check_same = seen.setdefault(e["id"], e)
        if check_same != e:
            check.that("an id stands for one event", False, e["id"])
    return out


def one_dispatcher_at_a_time():
    sent("listed-hook")
    receiver.taken.clear()
    receiver.be()
    receiver.most, receiver.pause = 0, 0.1
    for n in range(8):
        g.settle(LISTED, "2026-12", "changes", [thing(k, "%03d" % n) for k in range(300, 306)])  # noqa: F405
    sent("listed-hook")
    check.equal("several processes with two dispatchers each send one request at a time", receiver.most, 1)
    check.equal("and nothing twice", [e["data"]["title"] for e in receiver.events()], ["%03d" % n for n in range(8) for _ in range(6)])


def killed_dispatchers_lose_nothing():
    besides = [Beside(g, "beside%d" % n, work_threads=1) for n in range(2)]  # noqa: F405
    for b in besides:
        until(b.answers, "another process")  # noqa: F405
    one_dispatcher_at_a_time()
    receiver.taken.clear()
    receiver.be("good", "cut", *["good"] * 5, "error")
    receiver.pause = 0.02
    rounds, keys, kills = 40, 6, 0
    for n in range(rounds):
        g.settle(LISTED, "2027-01", "changes", [thing(k, "%03d" % n) for k in range(200, 200 + keys)])  # noqa: F405
        if n % 5 == 4:
            besides[n // 5 % 2].kill()
            kills += 1
        if n == rounds // 2:
            g.kill()
            g.again()
    sent("listed-hook")
    for b in besides:
        b.stop()
    receiver.pause = 0.0
    got = firsts(receiver.events())
    wanted = ["%03d" % n for n in range(rounds)]
    check.equal("after %d kills every change of every record came, in order" % kills, got, {"K/%d" % k: wanted for k in range(200, 200 + keys)})
    check.equal("no part of it is a dead letter", dead(), [])


def killed_in_the_middle_a_file_is_whole_or_absent():
    sent("facts-files")
    n, before = 30000, len(manifests("facts-files"))
    b = Beside(g, "large", dispatch_threads=1)  # noqa: F405
    until(b.answers, "another process")  # noqa: F405
    g.quit()
    b.door.send(FACTS, "2027-02", "changes", [thing(k, "x" * 150) for k in range(n)])  # noqa: F405
    killed = 0
    for _ in range(3):
        until(lambda: list(folder.glob("facts-files-*.part")) or len(manifests("facts-files")) > before, "a file begun", 120)  # noqa: F405
        if len(manifests("facts-files")) > before:
            break
        b.kill()
        killed += 1
        check.equal("no manifest of what is not whole", len(manifests("facts-files")), before)
    g.again()
    b.stop()
    until(lambda: len(manifests("facts-files")) > before, "the file", 120)  # noqa: F405
    check.that("it was killed while it wrote", killed > 0)
    m = manifests("facts-files")[-1]
    data = (folder / m["file"]).read_bytes()
    check.equal("then the file is whole", (m["events"], hashlib.sha256(data).hexdigest(), data.count(b"\n")), (n, m["sha256"], n))
    sent("facts-files")
    check.equal("and nothing half is left", list(folder.glob("*.part")), [])


# ── configuration ──

def what_is_wrong_is_said():
    good = {"name": "a", "feed": FACTS, "file": {"folder": "/tmp"}}
    for what, entry in (("unknown key", {**good, "file": {"folder": "/tmp", "colour": "red"}}), ("unexpected key", {**good, "pigeon": {"loft": "x"}}), ("folder", {**good, "file": {}}),
                        ("only one", {**good, "webhook": webhook(receiver)}), ("only one", {"name": "a", "feed": FACTS}), ("absolute", {**good, "file": {"folder": "tmp"}}),
                        ("at_once", {**good, "when": "first working day of month"}), ("by command", {**good, "when": "at_once", "mode": "snapshot"}),
                        ("when", {**good, "when": "every other day", "mode": "snapshot"}),
                        ("no such feed", {**good, "feed": "none"}), ("no field", {**good, "fields": ["none"]}), ("no such field", {**good, "filter": [{"field": "tags", "values": ["x"]}]}),
                        ("must be named", {**good, "feed": PERSONAL}), ("no such field", {**good, "feed": PERSONAL, "fields": ["level"], "filter": [{"field": "candidate", "values": ["x"]}]}),
                        ("https", {"name": "a", "feed": FACTS, "webhook": {**webhook(receiver), "url": "ftp://x"}})):
        config = place / "wrong.yaml"
        kept = [line for line in (g.folder / "gateway.yaml").read_text().splitlines() if not line.startswith("publications:")]
        config.write_text("\n".join(kept + ["publications: " + json.dumps([entry])]) + "\n")  # noqa: F405
        done = g.cli("config", "check", str(config))
        check.that("refused: %s" % what, done.returncode == 1 and ("nexpected key" in done.stderr if "key" in what else what in done.stderr), done.stderr)
    check.equal("what is good is good", g.cli("config", "check", str(g.folder / "gateway.yaml")).returncode, 0)


g = Flow()  # noqa: F405
g.start({"publications": PUBLICATIONS})
for step in (what_is_wrong_is_said, changes_go_to_files, files_are_signed, of_persons_only_what_is_named, fields_of_persons_go_out_where_they_are_named,
             a_fault_of_ours_stops_one_route, a_snapshot_is_as_of_one_settlement, what_was_sent_stands_on_the_duty_to_hand_it_over,
             a_snapshot_by_schedule_is_made_once, faults_delay_but_lose_nothing, a_receiver_may_ask_to_be_left_alone,
             filters_let_through_what_they_name, what_is_given_up_is_a_dead_letter, so_many_attempts_and_it_is_given_up, services_of_shep_are_told_too, killed_dispatchers_lose_nothing,
             killed_in_the_middle_a_file_is_whole_or_absent):
    check.run(step)
check.equal("no sanitizer complained", g.stop(), "")
for r in (receiver, filtered, strict, shep):
    r.stop()
shutil.rmtree(place, ignore_errors=True)  # noqa: F405
check.finish()
