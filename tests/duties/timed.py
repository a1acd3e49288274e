"""A gateway whose clock is the test's: PostgreSQL and this script live today, the gateway when at() says.

    g = Timed("2026-03-30 12:00").start()      # Almaty time
    g.at("2026-04-01 00:00:30")                # its clock goes on from there
"""
import datetime
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "flow"))
from things import *  # noqa: F403,E402

FAKETIME = next(iter(sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
ALMATY = datetime.timezone(datetime.timedelta(hours=5))


def instant(text):
    """Of a wall clock in Almaty, since March 2024."""
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"):
        try:
            return datetime.datetime.strptime(text, form).replace(tzinfo=ALMATY)
        except ValueError:
            pass
    raise ValueError(text)


class Timed(Flow):  # noqa: F405
    def __init__(self, since):
        super().__init__()
        self.since = since

    def start(self, settings=None, in_force="2026-01-01"):
        if not FAKETIME:
            raise RuntimeError("the package faketime is not there: deploy/packages.sh")
        super().start({"poll_seconds": 1, **(settings or {})})
        self.quit()
        self.law("in-force", "all", in_force)
        self.shift = self.folder / "clock"
        self.at(self.since)
        self.faked = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(self.shift), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
                      "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "detect_leaks=1") + ":verify_asan_link_order=0"}  # noqa: F405
        self.serve()
        return self

    def serve(self, **settings):
        """Starts the gateway of that time; door is its."""
        self.beside = Beside(self, "then", self.faked, **{"answer_wait_ms": 5000, **settings})  # noqa: F405
        self.door = self.beside.door
        until(self.beside.answers, "the gateway whose clock is ours", 60)  # noqa: F405

    def at(self, text):
        self.shift.write_text("%+d" % round(instant(text).timestamp() - clock.time()))  # noqa: F405

    def now(self):
        """What the gateway's clock shows, RFC 3339."""
        at = datetime.datetime.fromtimestamp(clock.time() + int(self.shift.read_text()), datetime.timezone.utc)  # noqa: F405
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def law(self, *args):
        done = self.cli("law", *args, "--by", "the test", "--ground", "a test")
        if done.returncode:
            raise RuntimeError(done.stderr)

    def then(self, *args):
        """The command line, at that time."""
        env = {**os.environ, **self.faked, "NQS_CONFIG": str(self.folder / "gateway.yaml"), "LC_ALL": "en.UTF-8"}  # noqa: F405
        return subprocess.run([self.bin, *args], env=env, capture_output=True, text=True, timeout=60)  # noqa: F405

    def duty(self, who, feed, period, obligation=None):
        """{id, state, …} of the one duty of a party for a period (a row of the database), None when there is none."""
        rows = self.psql("select row_to_json(d) from nqs.duty d join nqs.party p on p.id = d.party where p.bin = '%s' and d.feed %s and d.occasion = '%s'%s" % (
            self.party(who)["bin"], "= '%s'" % feed if feed else "is null", period, " and d.obligation = '%s'" % obligation if obligation else ""))
        return json.loads(rows.splitlines()[0]) if rows else None  # noqa: F405

    def becomes(self, state, who, feed, period, obligation=None, seconds=20):
        def is_so():
            d = self.duty(who, feed, period, obligation)
            return d if d and d["state"] == state else None
        return until(is_so, "%s %s %s %s" % (who, feed, period, state), seconds)  # noqa: F405

    def said(self, duty):
        """The statements about a duty, oldest first."""
        rows = self.psql("select row_to_json(s) from nqs.statement s where duty = %d order by id" % duty["id"])
        return [json.loads(line) for line in rows.splitlines()]  # noqa: F405

    def verdicts(self, duty):
        return [s["verdict"] + (", provisional" if s["provisional"] else "") for s in self.said(duty)]

    def events(self, duty):
        rows = self.psql("select row_to_json(e) from nqs.duty_event e where duty = %d order by no" % duty["id"])
        return [json.loads(line) for line in rows.splitlines()]  # noqa: F405

    def nil(self, who, feed, period):
        answer = self.door.deliver(b"", who, "application/x-ndjson", {"feed": feed, "period": period, "kind": "nil"})
        if answer.status not in (200, 202):
            raise RuntimeError("%r" % answer)
        return answer.delivery
