"""A real nginx on loopback with deploy/nginx/nqs-gateway.conf, and the certificates it needs, all in one folder.

    with Edge(folder, socket) as edge:        # edge.port speaks TLS and sends to the Unix socket; edge.plain is port 80's stand-in, edge.watch Prometheus' port
        edge.request("GET", "/healthz", cert="party")
"""
import http.client
import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))
from gateway import Answer, ROOT, free_port                # noqa: E402

CONF = ROOT / "deploy/nginx/nqs-gateway.conf"
NAME = "nqs.example.kz"
IDLE = 2                    # seconds, instead of the minute of the file


def worker_user():
    """Whom the workers run as: as root, the customary user of Debian's nginx; else whoever calls."""
    return "www-data" if os.getuid() == 0 else __import__("pwd").getpwuid(os.getuid()).pw_name


def openssl(*args):
    subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True)


def make_ca(folder, name):
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 30, "-subj", "/CN=%s" % name, "-keyout", folder / (name + ".key"),
            "-out", folder / (name + ".crt"))


def make_certificate(folder, name, subject, ca, extra=""):
    request, ext = folder / (name + ".csr"), folder / (name + ".ext")
    ext.write_text("basicConstraints=CA:FALSE\n" + extra)
    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", subject, "-utf8", "-keyout", folder / (name + ".key"), "-out", request)
    openssl("x509", "-req", "-in", request, "-CA", folder / (ca + ".crt"), "-CAkey", folder / (ca + ".key"), "-CAcreateserial", "-days", 30,
            "-extfile", ext, "-out", folder / (name + ".crt"))


class Edge:
    def __init__(self, folder, upstream):
        self.folder, self.upstream = pathlib.Path(folder), upstream
        self.port, self.plain, self.watch = free_port(), free_port(), free_port()
        self.tls = self.folder / "tls"
        self.process = None

    def make_certificates(self, bin):
        self.tls.mkdir()
        make_ca(self.tls, "clients-ca")
        make_ca(self.tls, "strange-ca")
        make_certificate(self.tls, "edge", "/CN=" + NAME, "clients-ca", "subjectAltName=DNS:" + NAME)
        subject = "/C=KZ/O=ТОО «Тест»/OU=BIN%s/CN=ТЕСТ" % bin
        make_certificate(self.tls, "party", subject, "clients-ca")
        make_certificate(self.tls, "stranger", subject, "strange-ca")

    def _site(self):
        """The file as delivered, with other addresses and a shorter patience; each replacement must find its place."""
        text = CONF.read_text()
        changes = [(r"listen \[::\]:80;\n", "", 1), (r"listen \[::\]:443 ssl;\n", "", 1), (r"listen 80;", "listen 127.0.0.1:%d;" % self.plain, 1),
                   (r"listen 443 ssl;", "listen 127.0.0.1:%d ssl;" % self.port, 1), (r"listen 127.0.0.1:9464;", "listen 127.0.0.1:%d;" % self.watch, 1),
                   (r"/etc/nqs-gateway/tls", str(self.tls), 3),
                   (r"unix:/run/nqs-gateway/gateway.sock", "unix:%s" % self.upstream, 1), (r"client_header_timeout +15s", "client_header_timeout %ds" % IDLE, 2),
                   (r"client_body_timeout +60s", "client_body_timeout %ds" % IDLE, 1)]
        for pattern, value, times in changes:
            text, n = re.subn(pattern, value, text)
            if n != times:
                raise RuntimeError("%s stands %d times in %s, not %d" % (pattern, n, CONF, times))
        return text

    def start(self):
        temp = self.folder / "temp"
        temp.mkdir()
        (self.folder / "site.conf").write_text(self._site())
        temps = "".join("%s_temp_path %s/%s;\n" % (kind, temp, kind) for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user %s root;" % worker_user() if os.getuid() == 0 else ""      # the group of the gateway's socket
        (self.folder / "nginx.conf").write_text(
            "%s\nworker_processes 2;\npid %s/nginx.pid;\nerror_log %s/error.log info;\nevents { }\nhttp {\naccess_log %s/access.log;\n%sinclude %s/site.conf;\n}\n"
            % (user, self.folder, self.folder, self.folder, temps, self.folder))
        self.process = subprocess.Popen(["nginx", "-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "error.log"), "-g", "daemon off;"])
        until = time.monotonic() + 20
        while time.monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("nginx does not start: " + self.log())

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def log(self):
        return (self.folder / "error.log").read_text(errors="replace")

    def temp_files(self):
        return [str(p) for p in (self.folder / "temp").rglob("*") if p.is_file()]

    def temp_written(self):
        """What nginx says itself of bodies and answers that went to its disk."""
        return [line for line in self.log().splitlines() if "temporary file" in line]

    def _context(self, cert):
        context = ssl.create_default_context(cafile=self.tls / "clients-ca.crt")
        if cert:
            context.load_cert_chain(self.tls / (cert + ".crt"), self.tls / (cert + ".key"))
        return context

    def connect(self, cert=None, timeout=30):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout)
        return self._context(cert).wrap_socket(plain, server_hostname=NAME)

    def request(self, method, path, body=None, headers=None, cert=None):
        c = http.client.HTTPConnection(NAME, self.port)
        c.sock = self.connect(cert)
        try:
            c.request(method, path, body, headers or {})
            r = c.getresponse()
            return Answer(r, r.read())
        finally:
            c.close()
