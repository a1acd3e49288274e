"""A real broker of one's own beside a gateway of one's own, and what is needed to send to it.

    b = Broker().start()
    b.topic("nqs.in.391240000117.things-listed", 2)
    b.send(topic, [record…], delivery="d-1", period="2026-01")
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time as clock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "flow"))
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "metrics"))
sys.path.append("/usr/lib/python3/dist-packages")       # the client is a Debian package, whichever Python runs this
from things import *  # noqa: E402, F403
from things import Flow, free_port, until  # noqa: E402
from checks import Checks  # noqa: E402, F401
import confluent_kafka  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402

SCRIPT = str(pathlib.Path(__file__).resolve().parent / "kafka.sh")


MAPPING = """name: things-own
title: Things as their supplier calls them
version: 1.0.0
feed: things-listed
format: json
layout: {records: "thing"}
columns:
  - {to: code, from: key}
  - {to: item, from: "no", as: [text]}
  - {to: title, from: called}
"""


class Broker:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="nqs-kafka."))
        self.port = free_port(24)       # a broker takes several, three of them stand ten apart
        self.address = "127.0.0.1:%d" % self.port
        self.producer = None
        self.errors, self.replicas = [], 1

    def _script(self, *args):
        done = subprocess.run([SCRIPT, *map(str, args)], capture_output=True, text=True, timeout=180)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout

    def start(self, *options):
        secure = [o for o in options if o == "--secure"]
        self._script("start", *secure, self.folder, self.port, *[o for o in options if o != "--secure"])
        self._clients()
        return self

    def _clients(self):
        self.producer = confluent_kafka.Producer({"bootstrap.servers": self.address, "enable.idempotence": True, "linger.ms": 5, "log_level": 2, "message.max.bytes": 90000000})
        self.admin = AdminClient({"bootstrap.servers": self.address, "log_level": 2})

    def kill(self):
        self._script("kill", self.folder)

    def again(self):
        self._script("start", self.folder)

    def start_three(self, *options):
        """A cluster: topics have three replicas, and two must have what is acknowledged."""
        self._script("start-cluster", self.folder, self.port, "min.insync.replicas=2", *options)
        self.address = ",".join("127.0.0.1:%d" % (self.port + 10 * n) for n in range(3))
        self._clients()
        self.replicas = 3
        return self

    def node(self, n, what):
        """kill (-9) or start one of three."""
        self._script(what, self.folder / str(n))

    def stop(self):
        self._script("stop", self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    def topic(self, name, partitions=1, **config):
        if name in self.admin.list_topics(timeout=10).topics:
            return
        made = self.admin.create_topics([NewTopic(name, partitions, self.replicas, config={k.replace("_", "."): str(v) for k, v in config.items()})])
        made[name].result(30)
        until(lambda: name in self.admin.list_topics(timeout=10).topics, "the topic " + name)

    def put(self, topic, value, headers=None, key=None, partition=None):
        """One message, as it is; it is there only after flush."""
        def told(err, _):
            if err:
                self.errors.append(str(err))
        more = {} if partition is None else {"partition": partition}
        while True:
            try:
                self.producer.produce(topic, value, key, headers=list((headers or {}).items()), on_delivery=told, **more)
                break
            except BufferError:
                self.producer.poll(0.1)
        self.producer.poll(0)

    def flush(self, seconds=60):
        left = self.producer.flush(seconds)
        if left or self.errors:
            raise RuntimeError("not sent: %d, %s" % (left, self.errors[:3]))

    def send(self, topic, records, delivery=None, period="2026-01", kind="changes", first_id=0, partitions=None, **more):
        """CloudEvents in binary mode, one record each, spread over so many partitions."""
        feed = topic.rsplit(".", 1)[1]
        for i, r in enumerate(records):
            headers = {"ce_specversion": "1.0", "ce_id": str(first_id + i), "ce_source": "/test", "ce_type": "kz.nqs.%s.record" % feed,
                       "content-type": "application/json", "ce_nqsperiod": period, **more}
            if delivery:
                headers.update(ce_nqsdelivery=delivery, ce_nqskind=kind)
            self.put(topic, json.dumps(r, ensure_ascii=False).encode(), headers, str(r.get("item")), i % partitions if partitions else None)
        self.flush()


    def end(self, topic, records, delivery, period="2026-01", kind="changes", partition=None):
        """The end of a delivery of so many records."""
        feed = topic.rsplit(".", 1)[1]
        self.put(topic, json.dumps({"records": records}), {"ce_specversion": "1.0", "ce_id": "end", "ce_source": "/test", "ce_type": "kz.nqs.%s.delivery-completed" % feed,
                                                           "content-type": "application/json", "ce_nqsdelivery": delivery, "ce_nqsperiod": period, "ce_nqskind": kind}, None, partition)
        self.flush()


    def everything(self, topic):
        """All messages of a topic, by partition and offset."""
        about = self.admin.list_topics(topic, timeout=10).topics[topic]
        c = confluent_kafka.Consumer({"bootstrap.servers": self.address, "group.id": "reader", "enable.auto.commit": False, "log_level": 2})
        out = []
        for p in about.partitions:
            low, high = c.get_watermark_offsets(confluent_kafka.TopicPartition(topic, p), timeout=10)
            c.assign([confluent_kafka.TopicPartition(topic, p, low)])
            end = clock.monotonic() + 60
            while low < high:
                if clock.monotonic() > end:
                    raise RuntimeError("%s [%d] was read up to %d of %d" % (topic, p, low, high))
                for m in c.consume(1000, 0.5):
                    if m.error():
                        raise RuntimeError(str(m.error()))
                    out.append(m)
                    low = m.offset() + 1
        c.close()
        return out

    def acl(self, *args):
        self._script("tool", self.folder, "kafka.admin.AclCommand", *args)

    def delete_before(self, topic, partition, offset):
        """What is before that offset is deleted, as by retention."""
        wanted = self.folder / "delete.json"
        wanted.write_text(json.dumps({"version": 1, "partitions": [{"topic": topic, "partition": partition, "offset": offset}]}))
        self._script("tool", self.folder, "DeleteRecordsCommand", "--offset-json-file", wanted)


class KafkaFlow(Flow):
    """A gateway that reads from a broker."""

    def __init__(self, broker, **settings):
        super().__init__()
        self.broker, self.kafka = broker, settings

    def start(self, settings=None):
        kafka = {"bootstrap": self.broker.address, "properties": [{"name": "session.timeout.ms", "value": "6000"}, {"name": "heartbeat.interval.ms", "value": "500"},
                                                                  {"name": "topic.metadata.refresh.interval.ms", "value": "1000"}, {"name": "topic.metadata.propagation.max.ms", "value": "1000"}], **self.kafka}
        mappings = self.folder / "mappings"
        mappings.mkdir(exist_ok=True)
        (mappings / "things-own.yaml").write_text(MAPPING)
        return super().start({"kafka": kafka, "mappings": str(mappings), **(settings or {})})

    def topic(self, who, feed, partitions=1, **config):
        name = "nqs.in.%s.%s" % (self.party(who)["bin"], feed)
        self.broker.topic(name, partitions, **config)
        return name

    def mark(self, topic):
        """The sum of the marks of a topic: how many messages of it have been kept."""
        return int(self.psql("select coalesce(sum(next), 0) from nqs.kafka_mark where topic = '%s'" % topic))

    def page(self):
        """/metrics, read by the official client."""
        from page import Page       # of a Python that has it
        return Page(self.get("/metrics").body.decode())

    def all_kept(self, topic, messages, seconds=60):
        until(lambda: self.mark(topic) >= messages or clock.sleep(0.1), "%d messages of %s kept" % (messages, topic), seconds)
        until(lambda: self.psql("select count(*) from nqs.queue") == "0", "all worked", seconds)


def both_start(broker, gateway, *options, settings=None):
    """At the same time: a gateway does not need its broker to start."""
    failed = []

    def begin():
        try:
            broker.start(*options)
        except Exception as e:
            failed.append(e)

    t = threading.Thread(target=begin)
    t.start()
    gateway.start(settings)
    t.join()
    if failed:
        raise failed[0]


def items(count, title, first=0):
    return [{"code": "K", "item": first + i, "title": "%s %d" % (title, first + i)} for i in range(count)]
