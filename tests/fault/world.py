"""What the world does to a gateway while it serves: the disk is full, connections run out, PostgreSQL is restarted, becomes a standby, the clock is set back. Nothing that
was acknowledged is lost, nothing is set aside, /readyz says what is wrong, the log too, and all goes on by itself once it is over.

Needs root for the disk (a small tmpfs is mounted) and the Debian package faketime for the clock."""
import os
import random
import tempfile

from load import *  # noqa: F403
from things import *  # noqa: F403
import invariants
from checks import Checks

check = Checks()
FAKETIME = next(iter(sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)


class Load:
    """Deliveries under way while something happens; at the end each must be there once."""

    def __init__(self, doors=None, since=None, seconds=150):
        self.plan, self.since, self.seconds = Plan(random.randrange(1 << 32), 0), since or invariants.marks(g), seconds
        self.threads = [threading.Thread(target=self._client, args=(client, doors or [g]), daemon=True) for client in self.plan.clients]

    def _client(self, deliveries, doors):
        for d in deliveries:
            d.until_acknowledged(doors, random.Random(d.name), self.seconds)
            clock.sleep(0.05)

    def __enter__(self):
        for t in self.threads:
            t.start()
        return self

    def done(self):
        return sum(d.receipt is not None for d in self.plan.all)

    def reaches(self, part):
        until(lambda: self.done() >= part * len(self.plan.all) or not any(t.is_alive() for t in self.threads), "%.1f of the load" % part, self.seconds)

    def __exit__(self, *exception):
        if exception[0]:                                         # a test that failed waits for nobody
            for d in self.plan.all:
                d.odd.append("given up")
            return
        for t in self.threads:
            t.join()
        check.equal("nothing but 503 until it was acknowledged", [odd for d in self.plan.all for odd in d.odd][:3], [])
        check.equal("it was acknowledged", self.done(), len(self.plan.all))
        until(lambda: g.psql("select count(*) from nqs.queue") == "0", "all worked", 60)
        g.psql("update nqs.upload set seen_at = seen_at - interval '1 day'")
        g.bounce()
        until(lambda: g.psql("select count(*) from nqs.upload") == "0", "the sweep", 30)
        invariants.database(g, check, self.since)
        invariants.deliveries(g, check, self.since, self.plan)
        check.equal("it is ready again", until(lambda: readiness()[0] == 200 and readiness(), "ready", 60)[1]["status"], "ok")


def readiness():
    answer = g.get("/readyz")
    return answer.status, answer.json


def says(member, word):
    """/readyz is not ready and says why; it may take a while to be noticed."""
    def there():
        status, said = readiness()
        return status == 503 and said["status"] == "degraded" and said[member] == word
    check.equal("/readyz says %s: %s" % (member, word), bool(until(there, "%s: %s" % (member, word), 60)), True)


def log_since(mark):
    return g.log()[mark:]


def the_disk_is_full():
    """A tablespace of its own on a small tmpfs, filled up while deliveries come in."""
    disk = pathlib.Path(tempfile.mkdtemp(prefix="nqs-disk."))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m,mode=711", "none", str(disk)], check=True)
    try:
        (disk / "space").mkdir()
        shutil.chown(disk / "space", g.pg_user())
        move_database("small", disk / "space")
        mark = len(g.log())
        with Load() as load:
            load.reaches(0.2)
            filler = disk / "filler"
            fill(filler)
            noise = keep_trying(filler, load)
            says("database", "full")
            check.that("the log says so", "event=database_refuses why=full" in log_since(mark) or "53100" in log_since(mark), "")
            check.equal("nothing is set aside", g.psql("select count(*) from nqs.set_aside"), "0")
            check.equal("it lives", g.get("/healthz").status, 200)
            filler.unlink()
            for d in noise:
                d.until_acknowledged([g], random.Random(1), 60)
            load.plan.all += noise
    finally:
        move_database("pg_default")
        subprocess.run(["umount", "-l", str(disk)], check=True)
        disk.rmdir()


def fill(filler):
    with open(filler, "wb") as f:
        try:
            while True:
                f.write(bytes(64 * 1024))
                f.flush()
        except OSError:
            pass


def keep_trying(filler, load):
    """Deliveries of noise, a few MB each, until one is turned away for want of room."""
    sent = []
    for n in range(20):
        noise = [thing(200000 + i, os.urandom(100).hex()) for i in range(9000)]
        sent.append(Delivery("noise-%s-%d" % (load.plan.seed, n), EDUCATION, LISTED, "2026-02", "changes", len(noise), ndjson(noise)))
        sent[-1].receipt = sent[-1].send(g)
        if sent[-1].receipt is None:
            check.equal("a sender is asked to come again", sent[-1].odd, [])
            return sent
        with open(filler, "ab") as f:
            try:
                f.write(bytes(1 << 20))
            except OSError:
                pass
    raise RuntimeError("the disk never was full")


def move_database(space, folder=None):
    """The database as a whole into another tablespace; the gateway is stopped meanwhile."""
    g.quit()
    if folder:
        g.psql("create tablespace %s location '%s'" % (space, folder), "postgres")
    g.psql("alter database nqs set tablespace " + space, "postgres")
    if not folder:
        g.psql("drop tablespace small", "postgres")
    g.again()


def one_who_fails_keeps_nobody_waiting():
    """Work of one feed fails for want of resources time and again; another's goes on meanwhile, and the first one's follows when it can."""
    g.psql("create function public.full_up() returns trigger language plpgsql as $$ begin raise exception 'no room' using errcode = '53100'; end $$;"
           " create trigger full_up before insert on feed.things_facts for each row execute function public.full_up()")
    stuck = g.send(FACTS, "2026-09", "changes", [thing(70000 + i, "stuck") for i in range(3)]).delivery
    until(lambda: g.log().count("event=delivery_failed delivery=%s" % stuck) >= 4, "it has failed some times", 60)
    for n in range(30):
        g.settle(LISTED, "2026-09", "changes", [thing(70000 + n, "others go on")])
    check.equal("it waits, and is not set aside", g.get("/v1/deliveries/" + stuck, by=NATIONAL).json["state"], "waiting")
    says("database", "full")
    g.psql("drop trigger full_up on feed.things_facts; drop function public.full_up")
    check.equal("then it is worked", g.wait_done(stuck)["state"], "settled")


def connections_are_too_few():
    """Fewer than it may need at once (docs/operations.md: 16 + 2 × 2 + 7): it says so, and serves."""
    g.quit()
    g.psql("alter system set max_connections = 20", "postgres")
    g.pg_ctl("restart", "-m", "fast")
    mark = len(g.log())
    g.again()
    check.that("the log says how many it needs and has", "event=connections_short needs=27 allowed=20" in log_since(mark), log_since(mark))
    check.equal("deliveries are worked", g.settle(FACTS, "2026-09", "changes", [thing(90000, "few")])["state"], "settled")
    (g.folder / "pg/postgresql.auto.conf").write_text("")
    g.pg_ctl("restart", "-m", "fast")


def connections_run_out():
    """Others hold all connections but three of the 27 it may need. Who finds none is asked to come again; when the others are gone, all goes on."""
    g.quit()
    for setting in ("max_connections = 30", "superuser_reserved_connections = 0"):
        g.psql("alter system set " + setting, "postgres")
    g.pg_ctl("restart", "-m", "fast")
    mark, since = len(g.log()), invariants.marks(g)
    others = [g.session() for _ in range(27)]
    g.again()
    with Load(since=since) as load:
        says("database", "busy")
        check.that("the log says so", until(lambda: "event=database_refuses why=busy" in log_since(mark), "the log to say so"), "")
        for other in others:
            other.kill()
            other.wait()
        load.reaches(1)
        g.pg_ctl("stop", "-m", "fast")
        (g.folder / "pg/postgresql.auto.conf").write_text("")
        g.pg_ctl("start")
    check.equal("nothing is set aside", g.psql("select count(*) from nqs.set_aside"), "0")


def postgresql_is_restarted():
    pid = g.pid()
    with Load() as load:
        for part, how in ((0.1, "fast"), (0.4, "immediate"), (0.7, "fast")):
            load.reaches(part)
            g.pg_ctl("stop", "-m", how)
            says("database", "away")
            g.pg_ctl("start")
        check.equal("the same process goes on", g.pid(), pid)


def a_standby_takes_over():
    """The primary goes; a real standby stands at its address, can only read, and is promoted later."""
    bin_folder = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    standby = g.folder / "standby"
    with Load() as load:
        load.reaches(0.2)
        done = g.as_pg(bin_folder / "pg_basebackup", "-h", g.folder / "run", "-U", "nqs", "-D", g.folder / "pg/standby", "-R", "-X", "stream", "-c", "fast")
        check.equal("a base backup is made while it serves", (done.returncode, done.stderr), (0, ""))
        (g.folder / "pg/standby").rename(standby)
        with open(standby / "postgresql.auto.conf", "a") as f:
            f.write("unix_socket_directories = '%s'\nport = 5433\n" % (g.folder / "run"))
        g.pg_ctl("start", data=standby)
        g.psql("alter system set synchronous_standby_names = '*'", "postgres")
        g.psql("select pg_reload_conf()", "postgres")
        until(lambda: g.psql("select count(*) from pg_stat_replication where sync_state = 'sync'") == "1", "the standby follows at every commit", 30)
        load.reaches(0.5)
        g.pg_ctl("stop", "-m", "immediate")                    # acknowledged is what both have
        g.pg_ctl("stop", "-m", "fast", data=standby)
        (standby / "postgresql.auto.conf").write_text((standby / "postgresql.auto.conf").read_text().replace("port = 5433\n", "").replace("synchronous_standby_names", "#"))
        (g.folder / "pg").rename(g.folder / "pg-old")
        standby.rename(g.folder / "pg")
        g.pg_ctl("start")
        says("database", "read_only")
        answer = g.send(LISTED, "2026-01", "changes", [thing(1, "not now")])
        check.equal("a sender is asked to come again", (answer.status, bool(answer.headers["Retry-After"])), (503, True))
        # A thread that has not asked since finds its connection dead: it answers 503 once, and each of the 16 has one.
        answers = [g.get("/v1/feeds/%s/records?limit=1" % LISTED, by=NATIONAL).status]
        while answers[-1] == 503 and len(answers) <= 16:
            answers.append(g.get("/v1/feeds/%s/records?limit=1" % LISTED, by=NATIONAL).status)
        check.equal("what was kept can be read", answers[-1], 200)
        g.pg_ctl("promote")


def the_clock_is_set_back():
    """Ours, by an hour, while deliveries come in: settlements stay in order, and the difference to the database's clock is said."""
    check.that("the package faketime is there", FAKETIME, "deploy/packages.sh")
    shift = g.folder / "clock"
    shift.write_text("+0")
    faked = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(shift), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
             "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "detect_leaks=1") + ":verify_asan_link_order=0"}
    late = Beside(g, "late", faked, answer_wait_ms=100)
    until(late.answers, "the gateway whose clock is ours to set", 60)
    g.quit()
    before = g.psql("select max(at) from nqs.settlement")
    with Load([late.door]) as load:
        load.reaches(0.3)
        shift.write_text("-3600")
        until(lambda: (late.door.get("/readyz").json or {}).get("clocks") == "differ", "the difference to be said", 30)
        check.equal("it is not ready", late.door.get("/readyz").status, 503)
        load.reaches(0.6)
        check.equal("settlements go on", until(lambda: g.psql("select max(at) > '%s' from nqs.settlement" % before) == "t", "one more"), True)
        shift.write_text("+0")
        until(lambda: late.door.get("/readyz").status == 200, "ready again", 30)
        g.again()
    check.equal("none carries a moment before another that was there", g.psql(
        "select count(*) from (select at, lag(at) over (order by ordinal) as before from nqs.settlement) s where at <= before"), "0")
    late.stop()


if __name__ == "__main__":
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    g = Flow().start({"answer_wait_ms": 100})
    for test in (one_who_fails_keeps_nobody_waiting, the_disk_is_full, connections_are_too_few, connections_run_out, postgresql_is_restarted, the_clock_is_set_back, a_standby_takes_over):
        if only in test.__name__:
            check.run(test)
    check.equal("no sanitizer complained", g.stop(), "")
    check.finish()
