"""What twenty clients deliver in one round, drawn from its seed, and how each of them sends: under a message id, again and again until it is acknowledged.

A Delivery knows what it holds, so that what became of it can be held against that."""
import html
import http.client
import json
import pathlib
import random
import sys
import time as clock

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / d) for d in ("lib", "flow")]
import documents                                                                # noqa: E402
import soap                                                                     # noqa: E402
from personal import attempt, iin                                               # noqa: E402
from things import EDITION, EDUCATION, FACTS, LISTED, SECTOR, ndjson, thing, withdrawal      # noqa: E402

CENTRES = ["3912400010%d6" % i for i in range(1, 9)]
RESULTS, DOCUMENTS = "recognition-results", "recognition-documents"
KINDS = {LISTED: ["changes", "changes", "list", "nil"], FACTS: ["changes", "facts", "facts", "nil"], EDITION: ["edition"], RESULTS: ["facts", "changes"],
         DOCUMENTS: ["facts", "changes", "nil"]}
LARGE_MB, EACH = 30, 6
NDJSON, XML = "application/x-ndjson", "application/xml"


class Delivery:
    """One of the plan. receipt: the bytes acknowledged, None before."""

    def __init__(self, name, by, feed, period, kind, records, body=None):
        self.name, self.by, self.feed, self.period, self.kind, self.n = name, by, feed, period, kind, len(records) if body is None else records
        self.over_soap = body is None and feed in (LISTED, FACTS, EDITION) and hash_of(name) % 2 == 0
        self.body = body if body is not None else xml(feed, period, kind, records) if self.over_soap else ndjson(records)
        self.receipt, self.tries, self.odd = None, 0, []

    @property
    def id(self):
        return json.loads(self.receipt)["delivery"]

    def send(self, door):
        """One attempt. The receipt's bytes; None: not acknowledged, and it may be sent again."""
        self.tries += 1
        if self.over_soap:
            answer = soap.send(door, soap.envelope(soap.info(door.party(self.by), message_id=self.name), self.body.decode()))
            if answer.status == 200:
                return soap.member(answer, "receipt").encode()
            again = soap.fault(answer)[0] == "NQS503"
        else:
            asked = {"feed": self.feed, "period": self.period, "kind": self.kind}
            answer = door.deliver(self.body, self.by, NDJSON, asked, Idempotency_Key=self.name)
            if answer.status in (200, 202):
                return receipt_in(answer.body)
            again = answer.status == 503 and answer.headers["Retry-After"]
        if not again:
            self.odd.append("%s: %r" % (self.name, answer))
        return None

    def until_acknowledged(self, doors, draw, seconds):
        """What is thrown and is no broken connection is odd: a client that died of it unseen would leave a round that looks good."""
        end = clock.monotonic() + seconds
        while not self.receipt and not self.odd:
            if clock.monotonic() > end:
                self.odd.append("%s: not acknowledged in %d s" % (self.name, seconds))
            try:
                self.receipt = self.send(draw.choice(doors))
            except (OSError, http.client.HTTPException):
                pass
            except Exception as e:
                self.odd.append("%s: the client failed: %r" % (self.name, e))
            if not self.receipt:
                clock.sleep(0.02 + draw.random() * 0.05)


def hash_of(name):
    return sum(name.encode())


def receipt_in(body):
    """The receipt's own bytes within an answer of the REST door."""
    text = body.decode()
    begin = len('{"receipt":')
    return text[begin:json.JSONDecoder().raw_decode(text, begin)[1]].encode()


def xml(feed, period, kind, records):
    def fields(r):
        return "".join("<%s>%s</%s>" % (k, html.escape(str(v)), k) for k, v in r.items() if k != "$withdraw")
    rows = ("<withdraw ground=\"%s\">%s</withdraw>" % (r["$withdraw"]["ground"], fields(r)) if "$withdraw" in r else "<record>%s</record>" % fields(r) for r in records)
    return ('<delivery xmlns="%s" feed="%s" period="%s" kind="%s">%s</delivery>' % (documents.NS, feed, period, kind, "".join(rows))).encode()


class Plan:
    """The deliveries of each client of a round: clients[i] is a list, to be sent in order."""

    def __init__(self, seed, large_mb=LARGE_MB, each=EACH):
        self.draw, self.seed = random.Random(seed), seed
        feeds = [(by, feed) for by in (SECTOR, EDUCATION) for feed in (LISTED, FACTS, EDITION)]
        owners = feeds * 2 + [(c, DOCUMENTS if i % 2 else RESULTS) for i, c in enumerate(CENTRES)]
        self.clients = [[self.one("%s-%d-%d" % (seed, i, n), *owner) for n in range(each)] for i, owner in enumerate(owners)]
        if large_mb:
            self.clients[-1][:2] = [self.large("%s-large" % seed, CENTRES[-1], large_mb)]
        self.all = [d for client in self.clients for d in client]

    def one(self, name, by, feed):
        kind = self.draw.choice(KINDS[feed])
        period = "2026-0%d" % self.draw.choice((1, 2, 2, 3))
        size = 0 if kind == "nil" else 1500 if self.draw.random() < 0.03 else self.draw.randint(1, 25)
        make = {RESULTS: self.result, DOCUMENTS: self.document}.get(feed, self.thing)
        if size > 25:
            keys = range(1000, 1000 + size)
        else:
            keys = [self.draw.randrange(60) for _ in range(size)]
        return Delivery(name, by, feed, period, kind, [make(key, by, feed, kind) for key in keys])

    def thing(self, key, by, feed, kind):
        """Of the two that deliver things each has keys of its own and some that both name. An edition is mostly good, others have a bad record at times."""
        key += 40 if by == EDUCATION else 0
        if feed == EDITION:
            key += 1000 if by == EDUCATION and self.draw.random() < 0.98 else 0
        elif self.draw.random() < 0.04:
            return thing(key, "")
        elif kind in ("changes", "facts") and self.draw.random() < 0.1:
            return withdrawal(key)
        return thing(key, "title %d" % self.draw.randrange(5), share=self.draw.randrange(100) / 4)

    def result(self, key, by, *_):
        number = next(i for i in (iin(key % 300, key * 7 + j) for j in range(20)) if i)
        return {**attempt(key, (number, "Сынақ А. Сынақов-%d" % key), outcome=self.draw.choice(("passed", "absent"))), "centre_bin": by}

    def document(self, key, by, *_):
        line = json.loads(documents.json_record(documents.fields(key, by)))
        return {**line, "level": self.draw.randint(1, 8)}

    def large(self, name, by, megabytes):
        count = documents.records_for("ndjson", megabytes << 20)
        body = whole(count, by).replace(b"CON-", b"C%02d-" % self.draw.randrange(100))
        return Delivery(name, by, DOCUMENTS, "2026-02", self.draw.choice(("facts", "changes")), count, body)


def whole(count, by, made={}):
    if (count, by) not in made:
        made[count, by] = b"".join(documents.stream("ndjson", count, by))
    return made[count, by]
