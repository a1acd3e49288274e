"""What is fetched: whole lists or nothing, each run once, whatever the supplier's system and our own process do."""
import pathlib
import subprocess
import sys
import time as clock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "flow"))
from things import *  # noqa: F403,E402
from checks import Checks  # noqa: E402
from gateway import free_port  # noqa: E402
from supplier import Supplier  # noqa: E402

check = Checks()
MAPPING = """name: %s
version: 1.0.0
title: Things as the supplier writes them
feed: things-listed
format: %s
kind: list
layout: {records: '%s'}
columns:
  - {to: code, from: %s}
  - {to: item, from: %s}
  - {to: title, from: %s}
"""
for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
    os.environ.pop(name, None)  # noqa: F405


def rows(n, title="first"):
    return [{"code": "K", "item": i, "title": "%s %d" % (title, i)} for i in range(n)]


def fetch(name, *more):
    """The finished command, and what it printed as JSON."""
    done = g.cli("fetch", name, "--json", *more)
    return done, json.loads(done.stdout) if done.returncode == 0 else None  # noqa: F405


def last(name):
    return next(f for f in json.loads(g.cli("fetches", "--json").stdout) if f["name"] == name)["last"]  # noqa: F405


def count():
    return int(g.psql("select count(*) from nqs.envelope where source = 'fetch'")), int(g.psql("select count(*) from nqs.upload"))


def fails(name, mood, code, pages=None, calls=None):
    """The run ends with this code, and nothing of it is kept."""
    before = count()
    s.be(mood)
    done, _ = fetch(name)
    run = last(name)
    check.equal("%s fails with %s" % (mood, code), (done.returncode, run["state"], run["error"]), (3, "failed", code))
    check.that("%s: the command says so" % mood, code in done.stderr, done.stderr)
    check.equal("%s: nothing is kept" % mood, count(), before)
    if pages is not None:
        check.equal("%s: pages got" % mood, run["pages"], pages)
    if calls is not None:
        check.equal("%s: it was asked so often" % mood, s.calls, calls)


def a_list_in_pages_is_one_delivery():
    s.be("good", rows(5))
    done, got = fetch("list", "--wait")
    if not check.equal("it is kept and settled", (done.returncode, got and got["state"], got and got["records"]), (0, "settled", 5)):
        print(done.stderr, g.log()[-2000:])
        return
    check.equal("under the party, feed and period of the configuration", (got["party"], got["feed"], got["kind"], got["source"]), (party, LISTED, "list", "fetch"))  # noqa: F405
    run = last("list")
    check.equal("the run is recorded", (run["state"], run["pages"], run["http_status"], run["delivery"], run["attempt"], run["error"]), ("kept", 3, 200, got["delivery"], 1, None))
    check.equal("pages were asked in order, with their size and the secret", [(p, h["X-Key"]) for p, h, _ in s.asked], [("/list?page=%d&size=2" % n, "s3cret") for n in range(3)])
    content = g.request("GET", "/v1/deliveries/%s/content" % got["delivery"], by=NATIONAL).body  # noqa: F405
    pages = [json.dumps(s.page(n), ensure_ascii=False).encode() for n in range(3)]  # noqa: F405
    check.equal("what is kept are the pages as they came, as a JSON text sequence", content, b"".join(b"\x1e" + p + b"\n" for p in pages))
    check.that("the secret is in no log", "s3cret" not in g.log() and "s3cret" not in done.stderr, "")


def the_same_again_is_a_repeat_and_another_is_a_correction():
    s.be("good", rows(5))
    _, first = fetch("list")
    _, again = fetch("list")
    check.equal("the same content is a repeat", (again["delivery"], again["repeat"], last("list")["state"]), (first["delivery"], True, "repeat"))
    s.be("good", rows(6, "second"))
    _, other = fetch("list")
    check.that("another content is another delivery", other["delivery"] != first["delivery"] and not other["repeat"], other)
    s.be("good", rows(5))
    _, back = fetch("list")
    check.that("and the first content after it is one more", back["delivery"] not in (first["delivery"], other["delivery"]), back)


def other_ways_through_pages():
    s.be("linked", rows(5, "linked"))
    check.equal("by links", fetch("linked", "--wait")[1]["records"], 5)
    s.be("good", rows(5, "until last"))
    check.equal("until the last one", fetch("until-last", "--wait")[1]["records"], 5)
    s.be("gzipped", rows(5, "gzipped"))
    check.equal("compressed", fetch("list", "--wait")[1]["records"], 5)
    s.be("good", [])
    check.equal("an empty list is a list", fetch("list", "--wait")[1]["records"], 0)
    s.be("redirected", rows(3, "moved"))
    check.equal("a redirect within the host", fetch("list", "--wait")[1]["records"], 3)
    s.be("good", rows(3, "period"))
    check.equal("another period by command", fetch("list", "--period", "2026-02", "--wait")[1]["period"], "2026-02")
    check.equal("one that is none", fetch("list", "--period", "2026-Q1")[0].returncode, 3)
    check.equal("a fetch that is not there", fetch("nothing")[0].returncode, 3)


def whole_or_nothing():
    s.be("good", rows(5))
    fails("list", "failed_records", "fetch_failed_records", pages=1, calls=2)
    fails("list", "always_500", "fetch_http", pages=0, calls=1)
    check.equal("its status is recorded", last("list")["http_status"], 500)
    fails("list", "not_found", "fetch_http", calls=1)
    fails("impatient", "slow", "fetch_timeout", pages=1)
    fails("list", "cut", "fetch_cut", pages=1)
    fails("list", "endless", "fetch_too_large", pages=0, calls=1)
    fails("list", "bomb", "fetch_too_large", pages=0)
    fails("list", "total_changes", "fetch_total_changed", pages=1)
    fails("list", "wrong_json", "fetch_not_json", pages=1)
    fails("list", "same_page", "fetch_page_twice", pages=1)
    fails("list", "short", "fetch_count", pages=3)
    fails("list", "no_members", "fetch_member", pages=0)
    fails("list", "round", "fetch_redirect", calls=6)
    fails("few", "good", "fetch_too_many_pages", pages=2)


def hosts_are_not_left_without_leave():
    other = Supplier()
    s.other, other.rows = other.url.replace("127.0.0.1", "localhost"), rows(2, "elsewhere")
    try:
        fails("list", "elsewhere", "fetch_redirect", calls=1)
        check.equal("the other host was not asked", other.asked, [])
        s.be("elsewhere")
        check.equal("where it is allowed it is followed", fetch("allowed", "--wait")[1]["records"], 2)
        check.that("but secrets do not go there", other.asked and all(h["X-Key"] is None for _, h, _ in other.asked), other.asked)
    finally:
        other.stop()


def attempts_go_on_until_one_is_good():
    s.be("twice_500", rows(4, "third time"))
    done, got = fetch("patient", "--wait")
    check.equal("the third attempt is the delivery", (done.returncode, got and got["records"], last("patient")["attempt"]), (0, 4, 3))
    fails("patient", "failed_records", "fetch_failed_records", calls=6)          # three attempts, two pages each
    fails("patient", "not_found", "fetch_http", calls=1)                         # that will not pass


def secrets_come_from_closed_files_only():
    (g.folder / "supplier-key").chmod(0o644)
    try:
        fails("list", "good", "fetch_secret", calls=0)
    finally:
        (g.folder / "supplier-key").chmod(0o600)


def a_refusal_of_the_door_is_no_failure_of_the_source():
    s.be("good", rows(2))
    done, _ = fetch("not-theirs")
    check.equal("who may not deliver is refused", (done.returncode, last("not-theirs")["state"], last("not-theirs")["error"]), (3, "refused", "forbidden"))
    check.equal("and nobody is asked for it", s.calls, 0)


def a_synchronous_service_of_shep():
    for mood in ("element", "typed_element", "text", "cdata"):
        s.be(mood, rows(3, mood))
        done, got = fetch("shep", "--wait")
        if check.equal(mood + " is settled", (done.returncode, got and got["state"], got and got["records"], got and got["outcomes"]["refused"]), (0, "settled", 3, 0)):
            continue
        print(done.stderr, got)
    _, headers, body = s.asked[0]
    check.that("the request is a SendMessage with our password", all(w in body for w in (b"<senderId>nqs</senderId><password>p&amp;ss</password>", b"<serviceId>THINGS_LIST</serviceId>", b"<data><ask year=\"2026\"/></data>")), body)
    check.equal("of type text/xml with an empty action", (headers["Content-Type"], headers["SOAPAction"]), ("text/xml;charset=utf-8", '""'))
    for mood, code in (("fault", "fetch_fault"), ("fault_with_200", "fetch_fault"), ("plain_500", "fetch_http"), ("wrong_code", "fetch_code"), ("torn", "fetch_not_soap"),
                       ("not_soap", "fetch_not_soap"), ("doctype", "fetch_not_soap")):
        fails("shep", mood, code)
    s.be("fault")
    check.that("a fault is told with its code", "SCE004" in fetch("shep")[0].stderr, "")
    s.be("no_data")
    check.equal("an answer without data is refused by the door", (fetch("shep")[0].returncode, last("shep")["state"]), (3, "refused"))


def backdate(name):
    g.psql("update nqs.fetch set since = since - interval '70 days' where name = '%s'" % name)


def runs_of(name):
    return g.psql("select string_agg(state || ' ' || attempt || ' ' || period, ', ' order by id) from nqs.fetch_run where name = '%s'" % name)


def what_was_missed_is_made_good_once():
    until(lambda: g.psql("select count(*) from nqs.fetch where name = 'monthly'") == "1", "the schedule is looked at")  # noqa: F405
    check.equal("what was due before it was known is not made good", runs_of("monthly"), "")
    s.be("good", rows(4, "monthly"))
    g.kill()
    backdate("monthly")
    g.again()
    until(lambda: runs_of("monthly").startswith("kept"), "the missed run")  # noqa: F405
    now = g.psql("select to_char((now() at time zone 'Asia/Almaty') - interval '1 month', 'YYYY-MM')")
    check.equal("one run for the month before, though two moments were missed", runs_of("monthly"), "kept 1 " + now)
    g.kill()
    g.again()
    clock.sleep(2.5)
    check.equal("and none after the next start", runs_of("monthly"), "kept 1 " + now)


def killed_in_the_middle_it_is_done_once():
    g.kill()
    s.be("slow", rows(4, "slowly"))
    s.hold.clear()
    g.psql("delete from nqs.fetch_run where name = 'monthly'")
    g.again()
    until(lambda: s.calls >= 2, "the second page is asked for")  # noqa: F405
    g.kill()
    check.that("the run is found running", runs_of("monthly").startswith("running 1"), runs_of("monthly"))
    s.hold.set()
    before = count()[0]
    g.again()
    until(lambda: runs_of("monthly").startswith("kept"), "the run goes on")  # noqa: F405
    check.that("as another attempt of the same", runs_of("monthly").startswith("kept 2"), runs_of("monthly"))
    check.equal("one delivery", count()[0], before + 1)
    # Killed between keeping and recording: as if only the intention had been written.
    g.kill()
    g.psql("update nqs.fetch_run set state = 'running', ended = null where name = 'monthly'")
    s.be("good", rows(4, "meanwhile another content"))
    g.again()
    until(lambda: runs_of("monthly").startswith("kept"), "the run is found kept")  # noqa: F405
    check.equal("without asking again", (s.calls, count()[0]), (0, before + 1))


def two_processes_fetch_once():
    port = free_port()
    lines = [line for line in (g.folder / "gateway.yaml").read_text().splitlines() if not line.startswith("listen")]
    (g.folder / "second.yaml").write_text("\n".join(lines + ["listen: \"127.0.0.1:%d\"" % port]) + "\n")
    g.kill()
    s.be("good", rows(6, "two"))
    g.psql("delete from nqs.fetch_run where name = 'monthly'")
    with open(g.folder / "second.log", "w") as log:
        other = subprocess.Popen([g.bin, "serve", "--config", str(g.folder / "second.yaml")], stdout=log, stderr=log)
    try:
        g.again()
        until(lambda: runs_of("monthly").startswith("kept"), "one of them does it")  # noqa: F405
        clock.sleep(2)
        check.equal("once", (runs_of("monthly").count("kept"), s.calls), (1, 3))
    finally:
        other.terminate()
        other.wait(30)


def the_configuration_is_checked():
    text = (g.folder / "gateway.yaml").read_text()
    for what, wrong, why in (("schedule", '"schedule": "monthly 1 03:00"', "schedule is not understood"), ("kind", '"kind": "list"', "does not take this kind"), ("mapping", '"mapping": "things-pages"', "there is no mapping")):
        (g.folder / "wrong.yaml").write_text(text.replace(wrong, wrong.rsplit('"', 2)[0] + '"sometimes"'))
        done = g.cli("config", "check", str(g.folder / "wrong.yaml"))
        check.that("a wrong %s is said" % what, done.returncode == 1 and why in done.stderr, done.stderr)
    (g.folder / "wrong.yaml").write_text(text.replace('"source": "rest"', '"source": "ftp"'))
    check.equal("a source that is none", g.cli("config", "check", str(g.folder / "wrong.yaml")).returncode, 1)


def settings():
    common = {"party": party, "feed": LISTED, "kind": "list", "period": "previous", "attempts": 1, "retry_seconds": 1, "connect_seconds": 5}  # noqa: F405
    paging = {"parameter": "page", "size_parameter": "size", "size": 2}
    rest = {**common, "source": "rest", "url": s.url + "/list", "mapping": "things-pages", "failed": "failedRecords", "timeout_seconds": 30, "max_page_mb": 8,
            "headers": [{"name": "X-Key", "secret_file": str(g.folder / "supplier-key")}]}
    whole = {**paging, "total_pages": "page.totalPages", "total": "page.totalElements", "items": "content"}
    (g.folder / "password").write_text("p&ss\n")
    (g.folder / "password").chmod(0o600)
    (g.folder / "ask.xml").write_text('<ask year="2026"/>')
    return {"answer_wait_ms": 0, "mappings": str(g.folder / "mappings"), "fetches": [
        {**rest, "name": "list", "paging": whole},
        {**rest, "name": "impatient", "paging": whole, "timeout_seconds": 1},
        {**rest, "name": "linked", "paging": {"parameter": "page", "next": "next"}},
        {**rest, "name": "until-last", "paging": {**paging, "last": "page.last"}},
        {**rest, "name": "few", "paging": {**whole, "max_pages": 2}},
        {**rest, "name": "allowed", "paging": whole, "redirect_hosts": "other.example, localhost"},
        {**rest, "name": "patient", "paging": whole, "attempts": 3},
        {**rest, "name": "not-theirs", "paging": whole, "party": g_party("recognition-centre")},
        {**rest, "name": "monthly", "paging": whole, "schedule": "monthly 1 03:00", "attempts": 3},
        {**common, "name": "shep", "source": "soap", "url": s.url + "/soap", "mapping": "things-answer",
         "soap": {"sender_id": "nqs", "password_file": str(g.folder / "password"), "service": "THINGS_LIST", "request_file": str(g.folder / "ask.xml")}},
    ]}


def g_party(role):
    lines = [line.split("|") for line in (ROOT / "deploy/demo/parties.txt").read_text().splitlines() if "|" in line]  # noqa: F405
    return next(line[0] for line in lines if role in line[2].split())


if __name__ == "__main__":
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    g, s, party = Flow(), Supplier(), g_party(SECTOR)  # noqa: F405
    (g.folder / "mappings").mkdir()
    (g.folder / "mappings/things-pages.yaml").write_text(MAPPING % ("things-pages", "json-seq", "content[]", "code", "item", "title"))
    (g.folder / "mappings/things-answer.yaml").write_text(MAPPING % ("things-answer", "xml", "{urn:x:things}Things/Thing", "Code", "'@no'", "Name"))
    (g.folder / "supplier-key").write_text("s3cret\n")
    (g.folder / "supplier-key").chmod(0o600)
    g.start(settings())
    for test in (a_list_in_pages_is_one_delivery, the_same_again_is_a_repeat_and_another_is_a_correction, other_ways_through_pages, whole_or_nothing, hosts_are_not_left_without_leave,
                 attempts_go_on_until_one_is_good, secrets_come_from_closed_files_only, a_refusal_of_the_door_is_no_failure_of_the_source, a_synchronous_service_of_shep,
                 what_was_missed_is_made_good_once, killed_in_the_middle_it_is_done_once, two_processes_fetch_once, the_configuration_is_checked):
        if only in test.__name__:
            check.run(test)
    check.equal("no sanitizer complained", g.stop(), "")
    s.stop()
    check.finish()
