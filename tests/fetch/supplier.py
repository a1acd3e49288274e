"""A supplier's system, with all its faults, on loopback: a REST list in pages, and a synchronous service of ШЭП.

    s = Supplier()                  # s.url; s.asked: what came, in order: (path, headers, body)
    s.mood = "good"                 # how GET /list and POST /soap answer; see MOODS
    s.rows = [{…}, …]               # what the list holds
"""
import gzip
import http.server
import json
import socket
import threading
import urllib.parse

ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="urn:x:things"><soapenv:Body>%s</soapenv:Body></soapenv:Envelope>"""
ANSWER = """<n:SendMessageResponse xmlns:n="http://bip.bee.kz/SyncChannel/v10/Types"><response><responseInfo><messageId>m-1</messageId><responseDate>2026-11-20T10:00:00+05:00</responseDate><status><code>%s</code>
<message>Message has been processed successfully</message></status><sessionId></sessionId></responseInfo><responseData>%s</responseData></response></n:SendMessageResponse>"""
FAULT = """<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>no</faultstring><detail><f:SendMessageFault1_SendMessageFault xmlns:f="http://bip.bee.kz/SyncChannel/v10/Types">
<errorCode>SCE004</errorCode><errorMessage>no such service</errorMessage></f:SendMessageFault1_SendMessageFault></detail></soapenv:Fault>"""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Whoever asked is gone: that is what some of the tests are about."""


class Supplier:
    def __init__(self):
        self.mood, self.rows, self.asked, self.size, self.calls, self.other = "good", [], [], 2, 0, None
        self.hold = threading.Event()
        handler = type("Handler", (Handler,), {"supplier": self})
        self.server = Server(("127.0.0.1", 0), handler)
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()

    def be(self, mood, rows=None):
        self.mood, self.calls, self.asked = mood, 0, []
        if rows is not None:
            self.rows = rows

    def page(self, no):
        pages = max(1, -(-len(self.rows) // self.size))
        return {"content": self.rows[no * self.size:(no + 1) * self.size], "page": {"number": no, "totalPages": pages, "totalElements": len(self.rows), "last": no + 1 >= pages},
                "failedRecords": []}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    supplier = None

    def log_message(self, *args):
        pass

    def say(self, status, body, headers=None, length=None):
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body) if length is None else length), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        s = self.supplier
        url = urllib.parse.urlsplit(self.path)
        asked = dict(urllib.parse.parse_qsl(url.query))
        s.asked.append((self.path, self.headers, b""))
        s.calls += 1
        no = int(asked.get("page", asked.get("cursor", 0)))
        getattr(self, "get_" + s.mood)(no, s.page(no))

    def send_page(self, page, **more):
        self.say(200, json.dumps(page, ensure_ascii=False).encode(), **more)

    def get_good(self, no, page):
        self.send_page(page)

    def get_linked(self, no, page):
        page["next"] = None if page["page"]["last"] else "/list?cursor=%d" % (no + 1)
        self.send_page(page)

    def get_gzipped(self, no, page):
        self.say(200, gzip.compress(json.dumps(page).encode()), {"Content-Encoding": "gzip"})

    def get_failed_records(self, no, page):
        if no == 1:
            page["failedRecords"] = [{"id": 7, "reason": "locked"}]
        self.send_page(page)

    def get_twice_500(self, no, page):
        if self.supplier.calls <= 2:
            self.say(500, b"oops")
        else:
            self.send_page(page)

    def get_always_500(self, no, page):
        self.say(500, b"oops")

    def get_not_found(self, no, page):
        self.say(404, b"{}")

    def get_slow(self, no, page):
        if no == 1:
            self.supplier.hold.wait(30)
        self.send_page(page)

    def get_cut(self, no, page):
        body = json.dumps(page).encode()
        if no == 1:
            self.say(200, body[:len(body) // 2], length=len(body))
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        else:
            self.say(200, body)

    def get_endless(self, no, page):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            self.wfile.write(b'{"content": [')
            while True:
                self.wfile.write(b"1," * 50000)
        except OSError:
            pass

    def get_bomb(self, no, page):
        self.say(200, gzip.compress(b'{"content": ["' + b"x" * (40 << 20) + b'"]}'), {"Content-Encoding": "gzip"})

    def get_total_changes(self, no, page):
        page["page"]["totalElements"] += no
        self.send_page(page)

    def get_wrong_json(self, no, page):
        self.say(200, b"<html>maintenance</html>" if no else json.dumps(page).encode())

    def get_same_page(self, no, page):
        again = self.supplier.page(0)
        again["page"]["number"] = no
        self.send_page(again)

    def get_short(self, no, page):
        page["content"] = page["content"][:1]
        self.send_page(page)

    def get_no_members(self, no, page):
        self.say(200, b'{"status": "ok"}')

    def get_redirected(self, no, page):
        if self.path.startswith("/moved"):
            self.send_page(page)
        else:
            self.say(302, b"", {"Location": "/moved?page=%d" % no})

    def get_elsewhere(self, no, page):
        self.say(302, b"", {"Location": "%s/list?page=%d" % (self.supplier.other, no)})

    def get_round(self, no, page):
        self.say(302, b"", {"Location": self.path})

    def do_POST(self):
        s = self.supplier
        body = self.rfile.read(int(self.headers["Content-Length"]))
        s.asked.append((self.path, self.headers, body))
        s.calls += 1
        status, answer = getattr(self, "post_" + s.mood)()
        self.say(status, answer.encode(), {"Content-Type": "text/xml"})

    def things(self):
        return "<t:Things>%s</t:Things>" % "".join("<t:Thing no=\"%(item)s\"><t:Code>%(code)s</t:Code><t:Name>%(title)s</t:Name></t:Thing>" % r for r in self.supplier.rows)

    def post_element(self):
        return 200, ENVELOPE % (ANSWER % ("SCSS001", "<data>%s</data>" % self.things()))

    def post_typed_element(self):
        return 200, ENVELOPE % (ANSWER % ("Success", "<x:data xmlns:x=\"urn:any\">\n%s\n</x:data>" % self.things()))

    def as_text(self):
        return self.things().replace("<t:Things>", "<t:Things xmlns:t=\"urn:x:things\">")

    def post_text(self):
        escaped = self.as_text().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return 200, ENVELOPE % (ANSWER % ("SCSS001", "<data xmlns=\"http://www.w3.org/2001/XMLSchema-instance\" type=\"xsd:string\">%s</data>" % escaped))

    def post_cdata(self):
        return 200, ENVELOPE % (ANSWER % ("SCSS001", "<data><![CDATA[%s]]></data>" % self.as_text()))

    def post_fault(self):
        return 500, ENVELOPE % FAULT

    def post_fault_with_200(self):
        return 200, ENVELOPE % FAULT

    def post_plain_500(self):
        return 500, "<html>oops</html>"

    def post_wrong_code(self):
        return 200, ENVELOPE % (ANSWER % ("ERR77", "<data>%s</data>" % self.things()))

    def post_torn(self):
        return 200, (ENVELOPE % (ANSWER % ("SCSS001", "<data>%s</data>" % self.things())))[:-60]

    def post_not_soap(self):
        return 200, "<html>hello</html>"

    def post_doctype(self):
        return 200, "<!DOCTYPE x [<!ENTITY a \"b\">]>" + ENVELOPE % (ANSWER % ("SCSS001", "<data>&a;</data>"))

    def post_no_data(self):
        return 200, ENVELOPE % (ANSWER % ("SCSS001", "<data/>"))
