"""A broker that asks who one is: SCRAM over TLS, certificates, and access lists by topic."""
from kafka import *  # noqa: F403

check = Checks()
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


try:
    both_start(b, g, "--secure", "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer", "super.users=User:ANONYMOUS")
    for test in (only_its_supplier_writes_a_topic, the_gateway_reads_with_a_password_over_tls, the_gateway_reads_with_a_certificate):
        check.run(test)
    if check.failed:
        print(g.log()[-5000:])
finally:
    check.equal("no sanitizer complains", g.stop(keep=bool(os.environ.get("NQS_KEEP"))), "")
    b.stop()
check.finish()
