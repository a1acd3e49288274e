"""A database is backed up while the gateway serves, by pg_dump and by pg_basebackup, and restored on a cluster of its own as docs/operations.md says. With the key file all
is there to the byte, what waited is worked, and what came after the backup is taken anew; without it, or with another one, the gateway does not start, says why and changes nothing."""
from load import *  # noqa: F403
from things import *  # noqa: F403
from checks import Checks

check = Checks()
NOISE = 6                               # MB: several parts
PG = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
BY_CENTRE = CENTRES[0]


def number_of(key):
    return next(i for i in (iin(key, key * 7 + j) for j in range(20)) if i)


def result(key, outcome="passed"):
    return {**attempt(key, (number_of(key), "Сынақ А. Сынақов-%d" % key), outcome=outcome), "centre_bin": BY_CENTRE}


def delivered(name, by, feed, kind, records):
    """Sent and acknowledged."""
    d = Delivery(name, by, feed, "2026-02", kind, records)
    d.over_soap, d.body = False, ndjson(records)
    d.until_acknowledged([g], random.Random(name), 60)
    check.equal(name + " is acknowledged", (d.odd, d.receipt is not None), ([], True))
    return d


def what_is_there():
    many = [thing(5000 + i, random.randbytes(100).hex()) for i in range(NOISE * 4000)]
    there = [delivered("plain", SECTOR, LISTED, "changes", [thing(i, "plain") for i in range(20)]),
             delivered("many parts", SECTOR, FACTS, "facts", many),
             delivered("personal", BY_CENTRE, RESULTS, "changes", [result(i) for i in range(30)]),
             delivered("refused as a whole", SECTOR, EDITION, "edition", [thing(1, "")])]
    for d in there:
        g.wait_done(d.id)
    check.that("one has several parts", g.psql("select max(parts) > 1 from nqs.envelope") == "t")
    return there


def back_up():
    """Both kinds, while one delivery is kept and waits, as the gateway goes on serving."""
    with g.holding(EDUCATION, LISTED):
        waiting = delivered("waiting", EDUCATION, LISTED, "changes", [thing(900 + i, "waited") for i in range(5)])
        for command in ((PG / "pg_dump", "-h", g.folder / "run", "-U", "nqs", "-Fc", "-f", g.folder / "run/nqs.dump", "nqs"),
                        (PG / "pg_basebackup", "-h", g.folder / "run", "-U", "nqs", "-D", g.folder / "run/base", "-X", "stream", "-c", "fast")):
            done = g.as_pg(*command)
            check.equal("%s makes a backup while it serves" % command[0].name, (done.returncode, done.stderr), (0, ""))
    g.wait_done(waiting.id)
    return waiting


class Restored(Flow):
    """A cluster of its own, with nothing but what the backup and the two folders kept apart hold: key file and contracts (parties.json stands for what parties remember)."""

    def __init__(self):
        super().__init__()
        self.folder.chmod(0o711)
        (self.folder / "run").mkdir(mode=0o700)
        shutil.chown(self.folder / "run", g.pg_user())
        shutil.copy(g.folder / "parties.json", self.folder)
        shutil.copytree(g.folder / "contracts", self.folder / "contracts")
        self.bin = g.bin

    def from_base(self):
        shutil.move(g.folder / "run/base", self.folder / "pg")
        self._here()
        return self

    def from_dump(self):
        (self.folder / "pg").mkdir(mode=0o700)
        shutil.chown(self.folder / "pg", g.pg_user())
        self._must(PG / "initdb", "-D", self.folder / "pg", "-U", "nqs", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self._here()
        self._must(PG / "createdb", "-h", self.folder / "run", "-U", "nqs", "--encoding=UTF8", "--locale=C.UTF-8", "--template=template0", "nqs")
        shutil.move(g.folder / "run/nqs.dump", self.folder / "run")
        self._must(PG / "pg_restore", "-h", self.folder / "run", "-U", "nqs", "--exit-on-error", "-d", "nqs", self.folder / "run/nqs.dump")
        return self

    def _must(self, *command):
        done = self.as_pg(*command)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)

    def _here(self):
        with open(self.folder / "pg/postgresql.conf", "a") as f:
            f.write("listen_addresses = ''\nunix_socket_directories = '%s'\n" % (self.folder / "run"))
        self.pg_ctl("start")

    def fingerprint(self):
        """Of all that was kept and all that waits."""
        return self.psql("select (select md5(string_agg(e::text, ',' order by number)) from nqs.envelope e), (select md5(string_agg(q::text, ',' order by number)) from nqs.queue q),"
                         " (select md5(string_agg(k::text, ',' order by feed, month)) from nqs.raw_key k)")

    def refuses(self, key, why):
        """It does not start with this key file, says why, and has changed nothing."""
        text = (g.folder / "gateway.yaml").read_text().replace(str(g.folder), str(self.folder))
        (self.folder / "gateway.yaml").write_text(text)
        before = self.fingerprint()
        for command in ("serve", "migrate"):
            done = self.cli(command)
            check.that("%s: %s refuses" % (key, command), done.returncode not in (0, 2), done.returncode)
            check.that("%s: %s says why" % (key, command), why in done.stderr, done.stderr[-400:])
            check.equal("%s: once, and nothing that it knows" % key, (len(done.stderr.strip().splitlines()), (g.folder / "key").read_text().strip() in done.stderr), (1, False))
        check.equal("%s: nothing is changed" % key, self.fingerprint(), before)

    def refuses_without_its_key(self):
        self.refuses("without the key file", str(self.folder / "key"))
        made = self.cli("key", "make", str(self.folder / "key"))
        check.equal("another key is made", made.returncode, 0)
        self.refuses("with another key file", "not the one this database was written under")
        shutil.copy(g.folder / "key", self.folder / "key")


def is_as_it_was(r, there, waiting):
    check.equal("what waited is worked by itself", r.wait_done(waiting.id)["state"], "settled")
    check.equal("it is ready", r.get("/readyz").json["status"], "ok")
    verified = r.cli("audit", "verify")
    check.equal("the audit trail is whole", verified.returncode, 0)
    for d in there + [waiting]:
        got = r.get("/v1/deliveries/%s/content" % d.id, by=d.by)
        check.that(d.name + ": its bytes are as they were sent", got.status == 200 and got.body == d.body, got.status)
        check.equal(d.name + ": a repeat gets its first receipt", d.send(r), d.receipt)
        mine, first = (x.get("/v1/deliveries/" + d.id, by=d.by).json for x in (r, g))
        check.equal(d.name + ": its protocol", [mine[k] for k in ("state", "number", "outcomes")], [first[k] for k in ("state", "number", "outcomes")])
    for feed in (LISTED, FACTS, RESULTS):
        check.equal(feed + ": the same records", r.records(feed, limit=1000), RECORDS[feed])
    check.that("personal fields are read", any("Сынақов-7" in json.dumps(x, ensure_ascii=False) for x in RECORDS[RESULTS]), RECORDS[RESULTS][:1])


def goes_on(r, later):
    """What came after the backup is not known, and taken when it is sent again; rows of persons are recognised."""
    check.equal("what came later is not there", r.get("/v1/deliveries/" + later.id, by=later.by).status, 404)
    again = later.send(r)
    check.that("sent again it is taken as new", again and again != later.receipt, again)
    check.equal("and worked", r.wait_done(json.loads(again)["delivery"])["state"], "settled")
    p = r.settle(RESULTS, "2026-02", "changes", [result(7), result(8, "absent"), result(31)], by=BY_CENTRE)
    check.equal("an unchanged row of a person is known as such", [p["outcomes"][k] for k in ("new", "changed", "unchanged")], [1, 1, 1])


def restored_from(how):
    r = Restored()
    getattr(r, how)()
    try:
        r.refuses_without_its_key()
        r.start({"answer_wait_ms": 100})
        is_as_it_was(r, THERE, WAITING)
        goes_on(r, LATER)
    finally:
        if (r.folder / "pg/postmaster.pid").exists() and not (r.folder / "gateway.pid").exists():
            r.pg_ctl("stop", "-m", "fast")
        check.equal("no sanitizer complained", r.stop(), "")
        shutil.rmtree(r.folder, ignore_errors=True)


if __name__ == "__main__":
    g = Flow().start({"answer_wait_ms": 100})
    THERE = what_is_there()
    WAITING = back_up()
    RECORDS = {feed: g.records(feed, limit=1000) for feed in (LISTED, FACTS, RESULTS)}
    LATER = delivered("after the backup", SECTOR, LISTED, "changes", [thing(3000, "later")])
    for way in ("from_dump", "from_base"):
        check.run(restored_from, way)
    check.equal("no sanitizer complained", g.stop(), "")
    check.finish()
