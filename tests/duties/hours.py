"""What the clock may do to duties: the hour of 29.02.2024 that came twice, a clock that is set back over the end of a term, a database that is restored from its backup, deliveries worked anew."""
import pathlib
import re
import sys

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from timed import *  # noqa: F403,E402
from checks import Checks  # noqa: E402

check = Checks()
CENTRES, RESULTS, PERIOD = "accredited-centres", "recognition-results", "2024-02"
CENTRE_B, CENTRE_C = "391240001026", "391240001036"
PG = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
g = Timed("2024-02-29 12:00")  # noqa: F405


def the_hour_that_came_twice():
    """At 24:00 of 29 February, by UTC+6, clocks in Almaty went back to 23:00: the term goes on until the second 24:00, 19:00Z."""
    d = until(lambda: g.duty(CHAMBER, CENTRES, PERIOD), "its duty")  # noqa: F405
    check.equal("the instant that is too late", d["due_at"][:19], "2024-02-29T19:00:00")
    g.at("2024-02-29 23:00:05")                     # 18:00:05Z: 24:00:05 by the clock of before
    g.nil(CHAMBER, CENTRES, PERIOD)  # noqa: F405
    check.equal("in the second of the two hours it is in time", g.verdicts(g.becomes("in_time", CHAMBER, CENTRES, PERIOD)), ["in_time, provisional"])  # noqa: F405
    check.equal("and nobody is overdue", g.duty(ACCREDITOR, CENTRES, PERIOD)["state"], "open")  # noqa: F405
    g.at("2024-02-29 23:59:50")
    g.nil(ACCREDITOR, CENTRES, PERIOD)  # noqa: F405
    g.becomes("in_time", ACCREDITOR, CENTRES, PERIOD)  # noqa: F405
    check.equal("in its last seconds as well", g.duty(CENTRE, RESULTS, PERIOD)["state"], "open")  # noqa: F405
    g.at("2024-03-01 00:00:01")
    g.becomes("overdue", CENTRE, RESULTS, PERIOD)  # noqa: F405
    g.nil(CENTRE, RESULTS, PERIOD)  # noqa: F405
    check.equal("behind them it is late", g.verdicts(g.becomes("late", CENTRE, RESULTS, PERIOD)), ["overdue, provisional", "late, provisional"])  # noqa: F405


def statements():
    return g.psql("select count(*), max(id) from nqs.statement")


def a_clock_that_is_set_back():
    g.becomes("overdue", CENTRE_B, RESULTS, PERIOD)
    until(lambda: g.psql("select count(*) from nqs.duty where due_at <= '2024-02-29 19:00Z' and state = 'open'") == "0", "all that was to be said")  # noqa: F405
    before = statements()
    g.at("2024-02-29 23:30")
    g.at("2024-03-01 00:00:30")
    clock.sleep(3)  # noqa: F405
    check.equal("nothing is said twice, nothing is taken back", statements(), before)
    g.at("2024-02-29 23:40")
    g.nil(CENTRE_B, RESULTS, PERIOD)
    d = g.becomes("in_time", CENTRE_B, RESULTS, PERIOD)
    check.equal("what our own clock then calls in time is said so, behind what was said", g.verdicts(d), ["overdue, provisional", "in_time, provisional"])
    g.at("2024-03-01 00:01")
    clock.sleep(3)  # noqa: F405
    check.equal("and stays", g.verdicts(g.duty(CENTRE_B, RESULTS, PERIOD)), ["overdue, provisional", "in_time, provisional"])


def what_is_settled_while_the_station_looks():
    """The station is stopped between looking at what came and at what did not; what is settled meanwhile had come in time, and is not called overdue first."""
    until(lambda: g.duty(CENTRE, RESULTS, "2024-03"), "its duty")  # noqa: F405
    g.at("2024-04-01 23:50")
    until(lambda: g.psql("select until >= '2025-04-01' from nqs.deadline") == "t" and g.psql("select max(minute) >= '2024-04-01 18:50Z' from nqs.heartbeat") == "t", "nothing else to do")  # noqa: F405
    clock.sleep(2)  # noqa: F405
    station, looking = g.session(), g.session()
    tell(station, "select pg_advisory_lock(hashtextextended('deadline', 7391))")        # no round begins
    tell(looking, "begin; lock table nqs.event_queue in access exclusive mode")
    g.at("2024-04-02 00:00:05")
    until(lambda: g.psql("select count(*) > 0 from nqs.process where seen_at >= '2024-04-01 19:00Z'") == "t", "the process to say that no upload is under way")  # noqa: F405
    tell(station, "select pg_advisory_unlock_all()")                                     # one begins behind the end of March's term, and waits for the events
    until(lambda: g.psql("select count(*) > 0 from pg_stat_activity where wait_event_type = 'Lock' and query like '%event_queue%' and datname = 'nqs'") == "t", "the round")  # noqa: F405
    g.at("2024-04-01 23:55")
    delivery = g.nil(CENTRE, RESULTS, "2024-03")  # noqa: F405
    until(lambda: g.psql("select state from nqs.envelope where id = '%s'" % delivery) == "settled", "the settlement")  # noqa: F405
    g.at("2024-04-02 00:00:30")
    tell(looking, "commit")
    check.equal("in time it is, and nothing else", g.verdicts(g.becomes("in_time", CENTRE, RESULTS, "2024-03")), ["in_time, provisional"])  # noqa: F405
    g.becomes("overdue", CENTRE_B, RESULTS, "2024-03")
    for who in (station, looking):
        who.stdin.close()
        who.wait()


def worked_anew():
    before = statements()
    for delivery in g.psql("select id from nqs.envelope order by number").splitlines():
        if g.then("replay", delivery).returncode:
            raise RuntimeError(delivery)
    until(lambda: g.psql("select count(*) from nqs.queue") == "0", "the replays")  # noqa: F405
    clock.sleep(3)  # noqa: F405
    check.equal("a replay changes no statement", statements(), before)


def a_new_edition_says_what_it_would_move():
    """30 April 2024 becomes a day off, before May Day: monthly duties would be due on 2 May."""
    known = [e for f in sorted((ROOT / "schemas/law/calendar").glob("*.yaml")) for e in yaml.safe_load(f.read_text(encoding="utf-8"))["editions"] if e["year"] == 2024]  # noqa: F405
    last = max(known, key=lambda e: str(e["known_since"]))
    edition = {**last, "id": "kz-2024/99", "known_since": "2024-03-01T00:00:00+05:00", "known_since_is": "read", "act": "a test", "days_off": sorted({*map(str, last["days_off"]), "2024-04-30"})}
    file = g.folder / "edition.yaml"
    file.write_text(yaml.safe_dump({"editions": [edition]}, allow_unicode=True))
    done = g.then("calendar", "import", str(file))
    told = sorted(re.findall(r"^  (\d+) dut(?:y|ies) of (\S+), counted from 2024-04-30: due 2024-05-02 instead of 2024-04-30$", done.stdout, re.M), key=lambda x: x[1])
    wanted = g.psql("select count(*), obligation from nqs.duty where due_day = '2024-04-30' and state = 'open' and not extended and cause_day = '2024-04-30' group by 2 order by 2")
    check.equal("it says which duties it would move, and where to", (done.returncode, ["|".join(t) for t in told]), (0, wanted.splitlines()))
    check.that("there are some", len(told) >= 5, done.stdout + done.stderr)
    check.equal("nothing was moved", g.psql("select count(*) from nqs.duty where due_day = '2024-05-02'"), "0")
    away = g.folder / "away.yaml"
    away.write_text((g.folder / "gateway.yaml").read_text().replace("host=%s" % (g.folder / "run"), "host=/nowhere"))
    done = g.then("calendar", "import", str(file), "--config", str(away))
    check.equal("without the database it says so, and what else there is to say", (done.returncode, "they could not be looked at" in done.stdout, "kz-2024/99" in done.stdout), (0, True, True))


def restored_from_a_backup():
    """Beside the one that goes on: the same duties and statements, whole, and they go on as well."""
    for command in ((PG / "pg_dump", "-h", g.folder / "run", "-U", "nqs", "-Fc", "-f", g.folder / "run/nqs.dump", "nqs"),
                    (PG / "createdb", "-h", g.folder / "run", "-U", "nqs", "--template=template0", "again"),
                    (PG / "pg_restore", "-h", g.folder / "run", "-U", "nqs", "--exit-on-error", "-d", "again", g.folder / "run/nqs.dump")):
        done = g.as_pg(*command)
        if done.returncode:
            raise RuntimeError(done.stderr)
    counted = "select (select count(*) from nqs.statement), (select max(id) from nqs.statement), (select count(*) from nqs.duty), (select count(*) from nqs.duty_event)"
    before = g.psql(counted, "again")
    other = Beside(g, "restored", g.faked, database="host=%s user=nqs dbname=again" % (g.folder / "run"), answer_wait_ms=5000)  # noqa: F405
    until(other.answers, "a gateway on the restored database", 60)  # noqa: F405
    clock.sleep(4)  # noqa: F405
    check.equal("nothing opens or is said anew", g.psql(counted, "again"), before)
    verified = g.then("duties", "verify", "--config", str(other.config))
    check.that("the chain is whole", verified.returncode == 0 and "whole" in verified.stdout, verified.stderr)
    answer = other.door.deliver(b"", CENTRE_C, "application/x-ndjson", {"feed": RESULTS, "period": PERIOD, "kind": "nil"})
    check.equal("it takes deliveries", answer.status in (200, 202), True)
    late = "select d.state from nqs.duty d join nqs.party p on p.id = d.party where p.bin = '%s' and d.feed = '%s' and d.occasion = '%s'" % (CENTRE_C, RESULTS, PERIOD)
    until(lambda: g.psql(late, "again") == "late", "the verdict")  # noqa: F405
    check.equal("which the other one knows nothing of", g.psql(late), "overdue")
    verified = g.then("duties", "verify", "--config", str(other.config))
    check.equal("and the chain goes on", verified.returncode, 0)
    other.stop()


if __name__ == "__main__":
    g.start(in_force="2024-02-01")
    for test in (the_hour_that_came_twice, a_clock_that_is_set_back, worked_anew, a_new_edition_says_what_it_would_move, what_is_settled_while_the_station_looks, restored_from_a_backup):
        check.run(test)
    if check.failed:
        print(g.log()[-3000:])
    check.equal("no sanitizer complained", g.stop(), "")
    check.finish()
