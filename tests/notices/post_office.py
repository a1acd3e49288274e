"""A mail server on loopback that keeps what it takes, and does what it is told with what comes next."""
import email
import email.policy
import threading

from aiosmtpd.controller import Controller

MOODS = {"later": "451 4.3.2 come again", "refuse": "550 5.1.1 no such user", "full": "552 5.2.2 the box is full"}


class PostOffice:
    def __init__(self, port):
        self.port, self.lock, self.moods, self.taken, self.before = port, threading.Lock(), [], [], None
        self.open()

    def open(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=20)
        self.controller.start()

    def close(self):
        self.controller.stop(no_assert=True)

    def be(self, *moods):
        """For the next mails, one each; then good again. "kill": before() is called once all was read, and nothing is said."""
        with self.lock:
            self.moods = list(moods)

    async def handle_DATA(self, server, session, envelope):
        with self.lock:
            mood = self.moods.pop(0) if self.moods else "good"
        if mood in MOODS:
            return MOODS[mood]
        with self.lock:
            self.taken.append((envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.original_content)))
        if mood == "kill":
            self.before()
        return "250 2.0.0 taken as %d" % len(self.taken)

    def mails(self, to=None):
        """Those taken, parsed; to: with that recipient."""
        with self.lock:
            return [email.message_from_bytes(raw, policy=email.policy.default) for _, rcpt, raw in self.taken if to is None or to in rcpt]

    def envelopes(self):
        with self.lock:
            return [(sender, rcpt) for sender, rcpt, _ in self.taken]
