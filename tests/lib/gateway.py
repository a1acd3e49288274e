"""A gateway of one's own for a test, made by deploy/local.sh: private PostgreSQL, fictional parties, the build named by NQS_BUILD.

    with Gateway() as g:                                        # started; stopped and its folder removed at the end
        answer = g.post("/v1/deliveries", xml, {"Content-Type": "application/xml"}, by="391240000117")
        protocol = g.wait_done(answer.json["receipt"]["delivery"])

A party is named by its BIN or by a role (the first party that has it). Only loopback is contacted. Standard library only.
"""
import atexit
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
NATIONAL = "national-body"          # sees every delivery, and is a personal-reader
_running = []


def free_port(n=1):
    """A port nobody listens on just now, and neither on the next n - 1, of those the system gives no client of its own accord."""
    while True:
        port = random.randrange(12000, 32000)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for k in range(n):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port + k))
            return port


class Answer:
    """status, headers (case does not matter), body (bytes); json: the body read, None when it is not JSON; delivery: the id in its receipt."""

    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def delivery(self):
        return self.json["receipt"]["delivery"]

    def __repr__(self):
        return "%d %s" % (self.status, self.body[:600].decode("utf-8", "replace"))


class Gateway:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="nqs-test."))
        self.port = free_port()
        self.url = "http://127.0.0.1:%d" % self.port
        self.parties = []
        self.bin = None

    def _local(self, verb, **env):
        command = [str(ROOT / "deploy/local.sh"), verb, str(self.folder)] + (["--port", str(self.port)] if verb == "start" else [])
        build = os.environ.get("NQS_BUILD", str(ROOT / "build/debug"))
        done = subprocess.run(command, env={**os.environ, "NQS_BUILD": build, **env}, capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise RuntimeError("%s\n%s%s\n%s" % (" ".join(command), done.stdout, done.stderr, self.log()[-4000:]))
        self.bin = os.path.join(build, "nqs-gateway")

    def start(self, settings=None):
        """Starts it, with further lines of gateway.yaml ({"max_uploads": 2}); after stop(): the same parties and data again."""
        _running.append(self)
        self._local("start", NQS_SETTINGS="\n".join("%s: %s" % (k, json.dumps(v)) for k, v in (settings or {}).items()))
        self.parties = json.loads((self.folder / "parties.json").read_text())
        return self

    def stop(self, keep=False):
        """Stops it, removes its folder unless keep; returns what a sanitizer had to say, "" when nothing."""
        if self not in _running:
            return ""
        _running.remove(self)
        self._local("stop")
        log = self.log()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        reports = [line for line in log.splitlines() if "Sanitizer" in line or "runtime error" in line]
        return "\n".join(reports) and log[max(0, log.index(reports[0]) - 200):][:4000]

    def __enter__(self):
        return self.start()

    def __exit__(self, *exception):
        self.stop()

    def log(self):
        """What it has logged so far."""
        path = self.folder / "gateway.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def party(self, who):
        """{bin, name, roles, token, sender_id, password} of a BIN, or of the first party with a role."""
        return next(p for p in self.parties if p["bin"] == who or who in p["roles"])

    def token(self, who):
        return self.party(who)["token"]

    def request(self, method, path, body=None, headers=None, by=None):
        """One request on a connection of its own. by: whose token to send. A body that is an iterable goes out in chunks."""
        headers = dict(headers or {})
        if by:
            headers["Authorization"] = "Bearer " + self.token(by)
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            try:
                c.request(method, path, body, headers, encode_chunked=body is not None and not isinstance(body, (bytes, str)))
            except (BrokenPipeError, ConnectionResetError):
                if c.sock is None:                      # http.client would ask nobody for the answer
                    raise
                # refused before the whole body was read: the answer is there
            r = c.getresponse()
            return Answer(r, r.read())
        finally:
            c.close()

    def post(self, path, body, headers=None, by=None):
        return self.request("POST", path, body, headers, by)

    def get(self, path, headers=None, by=None):
        return self.request("GET", path, None, headers, by)

    def raw(self, request, timeout=30):
        """Sends these bytes as they are on a new connection and reads one answer (interim 1xx ones are passed over)."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as s:
            s.sendall(request)
            r = http.client.HTTPResponse(s)
            r.begin()
            return Answer(r, r.read())

    def deliver(self, body, by, content_type="application/xml", query=None, **headers):
        """POST /v1/deliveries; query: {feed, period, kind}; further headers as Idempotency_Key=…"""
        path = "/v1/deliveries" + ("?" + urllib.parse.urlencode(query) if query else "")
        return self.post(path, body, {"Content-Type": content_type, **{k.replace("_", "-"): v for k, v in headers.items()}}, by)

    def pages(self, path, key, by=NATIONAL, limit=None, **query):
        """All pages of a list, following next; key: the member that holds the list."""
        found, cursor = [], None
        while True:
            asked = {k: v for k, v in (("cursor", cursor), ("limit", limit), *query.items()) if v}
            answer = self.get(path + ("?" + urllib.parse.urlencode(asked) if asked else ""), by=by)
            if answer.status != 200:
                raise RuntimeError("%s: %r" % (path, answer))
            found += answer.json[key]
            cursor = answer.json["next"]
            if not cursor:
                return found

    def records(self, feed, by=NATIONAL, limit=None):
        """The current records of a feed, fields only, in key order."""
        return [r["record"] for r in self.pages("/v1/feeds/%s/records" % feed, "records", by, limit)]

    def wait_done(self, delivery, by=NATIONAL, seconds=60):
        """The protocol of a delivery, once it is not waiting any more."""
        until = time.monotonic() + seconds
        while True:
            protocol = self.get("/v1/deliveries/" + delivery, by=by).json
            if protocol.get("state") != "waiting":
                return protocol
            if time.monotonic() > until:
                raise RuntimeError("delivery %s is still waiting\n%s" % (delivery, self.log()[-4000:]))
            time.sleep(0.05)

    def psql(self, sql, database="nqs"):
        """What psql prints for it: rows by lines, columns by |."""
        psql = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"))[-1]
        done = subprocess.run([psql, "-X", "-At", "-v", "ON_ERROR_STOP=1", "-h", self.folder / "run", "-U", "nqs", "-d", database, "-c", sql],
                              capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def cli(self, *args, stdin=None, lang="en"):
        """nqs-gateway with these arguments; the finished process, its output as text."""
        env = {**os.environ, "NQS_CONFIG": str(self.folder / "gateway.yaml"), "LC_ALL": "%s.UTF-8" % lang}
        return subprocess.run([self.bin, *args], env=env, input=stdin, capture_output=True, text=True, timeout=120)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@atexit.register
def _stop_all():
    for g in list(_running):
        try:
            g.stop()
        except Exception as e:      # the others must be stopped all the same
            print(e, file=sys.stderr)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
