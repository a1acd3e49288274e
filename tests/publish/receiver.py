"""Whoever is told what is published, with all its faults, on loopback.

    r = Receiver(secret)            # r.url
    r.be("error", "hang", "good")   # how it answers the next requests; afterwards good
    r.taken                         # batches it has answered 2xx, in order: lists of events
    r.asked                         # how many requests came
    r.most                          # how many requests were under way at once
    r.ids                           # messageIds of requests of ШЭП
    r.bad                           # what was wrong with requests: signature, content type
"""
import hashlib
import hmac
import http.server
import json
import socket
import threading
import time
import xml.etree.ElementTree

ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>%s</s:Body></s:Envelope>'
ANSWER = """<n:SendMessageResponse xmlns:n="http://bip.bee.kz/SyncChannel/v10/Types"><response><responseInfo><messageId>m-1</messageId><responseDate>2026-11-20T10:00:00+05:00</responseDate>
<status><code>%s</code><message>of the receiver's own</message></status></responseInfo></response></n:SendMessageResponse>"""
FAULT = """<s:Fault><faultcode>s:Server</faultcode><faultstring>no</faultstring><detail><f:SendMessageFault1_SendMessageFault xmlns:f="http://bip.bee.kz/SyncChannel/v10/Types">
<errorCode>%s</errorCode><errorMessage>no</errorMessage></f:SendMessageFault1_SendMessageFault></detail></s:Fault>"""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Whoever asked is gone: that is what some of the tests are about."""


class Receiver:
    def __init__(self, secret):
        self.secret, self.moods, self.always, self.taken, self.asked, self.bad, self.pause = secret, [], "good", [], 0, [], 0.0
        self.busy, self.most, self.ids = 0, 0, []
        self.lock, self.hold = threading.Lock(), threading.Event()
        handler = type("Handler", (Handler,), {"receiver": self})
        self.server = Server(("127.0.0.1", 0), handler)
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def be(self, *moods, always="good"):
        with self.lock:
            self.moods, self.always = list(moods), always

    def begin(self):
        with self.lock:
            self.busy += 1
            self.most = max(self.most, self.busy)

    def end(self):
        with self.lock:
            self.busy -= 1

    def mood(self):
        with self.lock:
            self.asked += 1
            return self.moods.pop(0) if self.moods else self.always

    def events(self):
        with self.lock:
            return [e for batch in self.taken for e in batch]

    def stop(self):
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    receiver = None

    def log_message(self, *args):
        pass

    def say(self, status, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def wrong(self, body):
        mac = hmac.new(self.receiver.secret.encode(), self.headers["NQS-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
        if self.headers["NQS-Signature"] != "sha256=" + mac:
            return "signature"
        if abs(int(self.headers["NQS-Timestamp"]) - time.time()) > 60:
            return "timestamp"
        return "" if self.headers["Content-Type"].startswith("application/cloudevents-batch+json") else "content type"

    def do_GET(self):
        self.receiver.bad.append("a redirect was followed")
        self.say(200)

    def soap(self, body):
        """A synchronous request of ШЭП: who sends it, and what stands in its data."""
        found = {e.tag: e.text for e in xml.etree.ElementTree.fromstring(body).iter()}
        self.receiver.ids.append(found["messageId"])
        if (found["senderId"], found["password"], found["serviceId"]) != ("us & co", self.receiver.secret, "NQS_EVENTS"):
            self.receiver.bad.append("credentials")
        getattr(self, "soap_" + self.receiver.mood())(json.loads(found["data"]))

    def soap_say(self, status, text):
        body = (ENVELOPE % text).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/xml;charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def soap_good(self, events):
        self.take(events)
        self.soap_say(200, ANSWER % "SCSS001")

    def soap_strange(self, events):
        self.soap_say(200, ANSWER % "ERR77")

    def soap_away(self, events):
        self.soap_say(500, FAULT % "SCE004")

    def soap_refuse(self, events):
        self.soap_say(500, FAULT % "SCE001")

    def soap_html(self, events):
        self.say(200)

    def do_POST(self):
        r = self.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/soap":
            self.soap(body)
            return
        wrong, mood = self.wrong(body), r.mood()
        if wrong:
            r.bad.append(wrong)
        r.begin()
        time.sleep(r.pause)
        r.end()                                        # before the answer, behind which the next request may be quicker than we are
        getattr(self, "post_" + mood)(json.loads(body))

    def take(self, events):
        with self.receiver.lock:
            self.receiver.taken.append(events)

    def post_good(self, events):
        self.take(events)
        self.say(204)

    def post_error(self, events):
        self.say(500)

    def post_busy(self, events):
        self.say(429)

    def post_patience(self, events):
        self.say(503, **{"Retry-After": "600"})

    def post_gone(self, events):
        self.say(410)

    def post_redirect(self, events):
        self.say(302, Location=self.receiver.url + "/elsewhere")

    def post_hang(self, events):
        self.receiver.hold.wait(30)

    def post_cut(self, events):
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def post_taken_and_cut(self, events):
        """Taken, but whoever sent it will not know."""
        self.take(events)
        self.post_cut(events)
