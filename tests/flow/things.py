"""Feeds of one's own for tests of the rules: small records of every column type, and helpers to deliver them.

`things-listed` takes list, changes and nil; `things-facts` facts, changes and nil; `things-edition` is all or nothing. Two roles may deliver:
sector-body and education-authority; who delivered a key first owns it. Everything else comes from the contracts of the product.
"""
import contextlib
import copy
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time as clock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from gateway import Gateway, ROOT, free_port  # noqa: E402

SECTOR, EDUCATION, MINISTRY, NATIONAL = "sector-body", "education-authority", "authorised-body", "national-body"
CENTRE, CHAMBER, ACCREDITOR = "391240001016", "national-chamber", "accreditation-body"

CONTRACT = """apiVersion: v3.2.0
kind: DataContract
id: nqs.%(code)s
name: %(code)s
version: 1.0.0
status: active
domain: national-qualification-system
description: {purpose: Things to test the rules with., limitations: None., usage: Tests only.}
schema:
  - name: %(table)s
    businessName: Things
    logicalType: object
    physicalName: %(table)s
    description: A record is identified by code, item.
    properties:
      - {name: code, logicalType: string, physicalType: text, required: true, primaryKey: true, primaryKeyPosition: 1, classification: public, logicalTypeOptions: {minLength: 1, maxLength: 20}}
      - {name: item, logicalType: integer, physicalType: integer, required: true, primaryKey: true, primaryKeyPosition: 2, classification: public}
      - {name: title, logicalType: string, physicalType: text, required: true, classification: public, logicalTypeOptions: {minLength: 1, maxLength: 200}}
      - {name: day, logicalType: date, physicalType: date, classification: public}
      - {name: share, logicalType: number, physicalType: numeric, classification: public}
      - {name: tags, logicalType: array, physicalType: 'text[]', classification: public, items: {logicalType: string, physicalType: text}}
roles:
  - {role: sector-body, access: write}
  - {role: education-authority, access: write}
customProperties:
  - {property: title.kk, value: Заттар}
  - {property: title.ru, value: Вещи}
  - {property: period, value: month}
  - {property: kinds, value: %(kinds)s}
  - {property: onRefused, value: %(refused)s}
  - {property: public, value: true}
"""

LISTED, FACTS, EDITION = "things-listed", "things-facts", "things-edition"
FEEDS = {LISTED: ("list changes nil", "keep_good"), FACTS: ("facts changes nil", "keep_good"), EDITION: ("edition nil", "all_or_nothing")}


def thing(key, title, **more):
    return {"code": "K", "item": key, "title": title, **more}


def withdrawal(key, ground="entered by mistake"):
    return {"$withdraw": {"ground": ground}, "code": "K", "item": key}


def ndjson(records):
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records).encode()


class Flow(Gateway):
    """A gateway that knows the feeds above too, with the few more ways to ask and to hurt it that the tests of this folder need."""

    def __init__(self):
        super().__init__()
        self.others = []

    def start(self, settings=None):
        contracts = self.folder / "contracts"
        if not contracts.exists():
            shutil.copytree(ROOT / "schemas/contracts", contracts)
            for code, (kinds, refused) in FEEDS.items():
                text = CONTRACT % {"code": code, "table": code.replace("-", "_"), "kinds": kinds, "refused": refused}
                (contracts / (code + ".odcs.yaml")).write_text(text)
        self.settings = {"contracts": str(contracts), "answer_wait_ms": 20000, **(settings or {})}
        return super().start(self.settings)

    def send(self, feed, period, kind, records, by=SECTOR, **headers):
        """The answer to a delivery of these records as NDJSON (nil: of nothing)."""
        return self.deliver(ndjson(records), by, "application/x-ndjson", {"feed": feed, "period": period, "kind": kind}, **headers)

    def settle(self, feed, period, kind, records, by=SECTOR, **headers):
        """The protocol of such a delivery, worked; it must have been kept."""
        answer = self.send(feed, period, kind, records, by, **headers)
        if answer.status not in (200, 202):
            raise RuntimeError("refused at the door: %r" % answer)
        return self.wait_done(answer.delivery)

    def findings(self, protocol):
        return self.pages("/v1/deliveries/%s/findings" % protocol["delivery"], "findings", limit=1000)

    def each(self, protocol):
        return self.pages("/v1/deliveries/%s/outcomes" % protocol["delivery"], "each", limit=1000)

    def titles(self, feed, **as_of):
        """{key: title} of a feed of ours, now or as_known_at= / as_of_period=."""
        asked = "&".join("%s=%s" % item for item in as_of.items())
        answer = self.get("/v1/feeds/%s/records?limit=1000&%s" % (feed, asked), by=NATIONAL)
        if answer.status != 200:
            raise RuntimeError("%r" % answer)
        return {r["record"]["item"]: r["record"]["title"] for r in answer.json["records"]}

    def replay(self, delivery):
        done = self.cli("replay", delivery)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return self.wait_done(delivery)

    @contextlib.contextmanager
    def holding(self, who, feed):
        """Meanwhile no work of this party and feed is done: the lock it is done under is ours."""
        psql = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"))[-1]
        held = subprocess.Popen([psql, "-X", "-Atq", "-h", self.folder / "run", "-U", "nqs", "-d", "nqs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        held.stdin.write("select pg_advisory_lock(hashtextextended('%s', id)) from nqs.party where bin = '%s'; select 'held';\n" % (feed, self.party(who)["bin"]))
        held.stdin.flush()
        while held.stdout.readline().strip() != "held":
            pass
        try:
            yield
        finally:
            held.stdin.close()
            held.wait()

    def pid(self):
        return int((self.folder / "gateway.pid").read_text())

    def kill(self):
        """kill -9, and nothing tidied up. Nobody may be there to bury it, so it is dead when it is a zombie."""
        pid = self.pid()
        os.kill(pid, signal.SIGKILL)
        until(lambda: state_of_process(pid) in "Z", "the end of the gateway", 10)
        (self.folder / "gateway.pid").unlink()

    def quit(self):
        """Stops the gateway as one should; PostgreSQL goes on."""
        pid = self.pid()
        os.kill(pid, signal.SIGTERM)
        until(lambda: state_of_process(pid) in "Z", "the end of the gateway", 60)
        (self.folder / "gateway.pid").unlink()

    def bounce(self):
        self.quit()
        self.again()

    def session(self):
        """A connection to the database that somebody else holds: a process to be killed."""
        psql = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"))[-1]
        for _ in range(100):
            held = subprocess.Popen([psql, "-X", "-Atq", "-h", self.folder / "run", "-U", "nqs", "-d", "nqs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                    stderr=subprocess.DEVNULL, text=True)
            with contextlib.suppress(BrokenPipeError):
                held.stdin.write("select 'held';\n")
                held.stdin.flush()
            if held.stdout.readline().strip() == "held":
                return held
            held.wait()
            clock.sleep(0.1)
        raise RuntimeError("no connection to be had")

    def again(self):
        """Starts what was killed."""
        self._local("start", NQS_SETTINGS="\n".join("%s: %s" % (k, json.dumps(v)) for k, v in self.settings.items()))

    def stop(self, keep=False):
        for other in self.others:
            other.stop()
        return super().stop(keep)

    def pg_user(self):
        return "postgres" if os.getuid() == 0 else os.getuid()

    def as_pg(self, *command):
        if os.getuid() == 0:
            gid = subprocess.run(["id", "-g", "postgres"], capture_output=True, text=True, check=True).stdout.strip()
            command = ("setpriv", "--reuid=postgres", "--regid=" + gid, "--init-groups") + command
        return subprocess.run([str(c) for c in command], cwd="/", capture_output=True, text=True, timeout=120)

    def pg_ctl(self, *args, data=None):
        """data: of another cluster than ours."""
        bin_folder, data = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1], data or self.folder / "pg"
        done = self.as_pg(bin_folder / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", data / "server.log", *args)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)


class Beside:
    """One more gateway on the database of a flow: a process on a port of its own, begun again whenever it ends, until stop().

    door answers as the flow does, through this process; ends are the exit codes so far."""

    def __init__(self, flow, name, environment=None, **settings):
        self.flow, self.door, self.ends, self.wanted, self.process, self.environment = flow, copy.copy(flow), [], True, None, environment or {}
        self.door.port = free_port()
        self.config = flow.folder / (name + ".yaml")
        settings["listen"] = "127.0.0.1:%d" % self.door.port
        kept = [line for line in (flow.folder / "gateway.yaml").read_text().splitlines() if line.split(":")[0] not in settings]
        self.config.write_text("\n".join(kept + ["%s: %s" % (k, json.dumps(v)) for k, v in settings.items()]) + "\n")
        flow.others.append(self)
        self.watcher = threading.Thread(target=self._watch, daemon=True)
        self.watcher.start()

    def _watch(self):
        while self.wanted:
            with open(self.flow.folder / "gateway.log", "a") as log:
                self.process = subprocess.Popen([self.flow.bin, "serve", "--config", str(self.config)], stdout=log, stderr=log,
                                                env={**os.environ, **self.environment})
            self.ends.append(self.process.wait())
            clock.sleep(0.02)

    def answers(self):
        try:
            return self.door.get("/healthz").status == 200
        except (OSError, http.client.HTTPException):
            return False

    def send(self, number):
        """A signal to the process; it ends by it, and the next one takes its place."""
        self.process.send_signal(number)

    def kill(self):
        self.send(signal.SIGKILL)

    def stop(self):
        self.wanted = False
        if self.watcher.is_alive() and self.process:
            self.process.terminate()
        self.watcher.join(60)


def state_of_process(pid):
    try:
        return pathlib.Path("/proc/%d/stat" % pid).read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return ""


def tell(session, sql):
    """Has it done on a connection of Flow.session, which goes on."""
    session.stdin.write(sql + "; select 'done';\n")
    session.stdin.flush()
    while session.stdout.readline().strip() != "done":
        pass


def until(condition, what, seconds=60):
    """Waits for a condition to hold; returns what it returned."""
    end = clock.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if clock.monotonic() > end:
            raise RuntimeError("it never came: " + what)
        clock.sleep(0.05)
