"""A broker that asks who one is: SCRAM over TLS, certificates, and access lists by topic."""
from kafka import *  # noqa: F403

check = Checks()
PUBLICATIONS = [{"name": "facts-%s" % name, "feed": FACTS, "retry_seconds": 1, "kafka": {"topic": topic}} for name, topic in
                (("allowed", "nqs.out.things-facts"), ("seen", "others.seen"), ("unseen", "others.unseen"))]
b = Broker()
g = KafkaFlow(b)


def tls():
    return str(b.folder / "tls")


def scram(secret):
    """Of the gateway: user and password over TLS."""
    return [{"name": "security.protocol", "value": "sasl_ssl"}, {"name": "sasl.mechanism", "value": "SCRAM-SHA-512"}, {"name": "sasl.username", "value": "test"},
            {"name": "sasl.password", "secret_file": str(secret)}, {"name": "ssl.ca.location", "value": tls() + "/ca.pem"}]


def certificate():
    """Of whoever is CN=client."""
    return {"security.protocol": "ssl", "ssl.ca.location": tls() + "/ca.pem", "ssl.certificate.location": tls() + "/client.pem", "ssl.key.location": tls() + "/client.key"}


def allow(*what):
    b.acl("--add", *what)


def only_its_supplier_writes_a_topic():
    own, others = g.topic(SECTOR, LISTED), g.topic(EDUCATION, LISTED)
    allow("--allow-principal", "User:CN=client", "--operation", "Write", "--operation", "Describe", "--topic", own)
    allow("--allow-principal", "User:test", "--operation", "Read", "--operation", "Describe", "--resource-pattern-type", "prefixed", "--topic", "nqs.in.")
    allow("--allow-principal", "User:test", "--operation", "Read", "--group", "nqs-gateway")
    told = {}
    supplier = confluent_kafka.Producer({"bootstrap.servers": "localhost:%d" % (b.port + 3), "log_level": 2, "acks": "all", **certificate()})
    for topic, item in ((own, 1), (others, 2)):
        supplier.produce(topic, json.dumps({"code": "K", "item": item, "title": "by certificate"}), headers=[("ce_type", "kz.nqs.%s.record" % LISTED), ("ce_nqsperiod", "2026-01")],
                         on_delivery=lambda err, m: told.update({m.topic(): err and err.name()}))
    supplier.flush(30)
    check.equal("its own it may, another's it may not", told, {own: None, others: "TOPIC_AUTHORIZATION_FAILED"})


def the_gateway_reads_with_a_password_over_tls():
    secret = g.folder / "kafka-password"
    secret.write_text("test-secret\n")
    secret.chmod(0o644)
    g.quit()
    g.settings["kafka"].update(bootstrap="localhost:%d" % (b.port + 2), properties=scram(secret))
    g.again()
    until(lambda: "fetch_secret" in g.log(), "a password that others can read is not used")
    check.equal("and HTTP is served meanwhile", g.get("/healthz").status, 200)
    secret.chmod(0o600)
    until(lambda: g.psql("select count(*) from feed.things_listed where title = 'by certificate'") == "1", "it is read")
    check.that("the password is in no log", "test-secret" not in g.log())


def the_gateway_reads_with_a_certificate():
    allow("--allow-principal", "User:CN=client", "--operation", "Read", "--operation", "Describe", "--resource-pattern-type", "prefixed", "--topic", "nqs.in.")
    allow("--allow-principal", "User:CN=client", "--operation", "Read", "--group", "nqs-gateway")
    g.quit()
    g.settings["kafka"].update(bootstrap="localhost:%d" % (b.port + 3), properties=[{"name": k, "value": v} for k, v in certificate().items()])
    g.again()
    b.send("nqs.in.%s.%s" % (g.party(SECTOR)["bin"], LISTED), items(3, "to a certificate", 10), delivery="c-1")
    until(lambda: g.psql("select count(*) from feed.things_listed where title like 'to a certificate%'") == "3", "it is read")


def given_up():
    return [d for d in json.loads(g.cli("dead", "--json").stdout) if d["publication"].startswith("facts-")]


def what_the_gateway_may_not_write_is_given_up():
    """One topic it may write, one it may only see, one it may not even see."""
    for p in PUBLICATIONS:
        b.topic(p["kafka"]["topic"])
    allow("--allow-principal", "User:CN=client", "--operation", "Write", "--operation", "Describe", "--resource-pattern-type", "prefixed", "--topic", "nqs.out.")
    allow("--allow-principal", "User:CN=client", "--operation", "Describe", "--topic", "others.seen")
    g.settle(FACTS, "2026-01", "changes", items(5, "told"))
    until(lambda: g.psql("select count(*) from nqs.outbox where state = 'waiting' and subject = 'settlement'") == "0", "all is sent or given up")
    letters = given_up()
    why = "the broker does not let us write to the topic"
    check.equal("what may not be written is a dead letter", sorted((d["publication"], d["events"], d["error"]) for d in letters), [("facts-seen", 5, why), ("facts-unseen", 5, why)])
    check.equal("the other came", g.psql("select events from nqs.route where name = 'facts-allowed'"), "5")
    allow("--allow-principal", "User:CN=client", "--operation", "Write", "--topic", "others.seen")
    g.cli("dead", "retry", str(next(d["id"] for d in letters if d["publication"] == "facts-seen")))
    until(lambda: len(given_up()) == 1, "once it may be it is sent")


try:
    both_start(b, g, "--secure", "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer", "super.users=User:ANONYMOUS",
               settings={"publications": PUBLICATIONS})
    for test in (only_its_supplier_writes_a_topic, the_gateway_reads_with_a_password_over_tls, the_gateway_reads_with_a_certificate,
                 what_the_gateway_may_not_write_is_given_up):
        check.run(test)
    if check.failed:
        print(g.log()[-5000:])
finally:
    check.equal("no sanitizer complains", g.stop(keep=bool(os.environ.get("NQS_KEEP"))), "")
    b.stop()
check.finish()
