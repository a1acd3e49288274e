"""The AsyncAPI document is good for the official parser, has the topics of every contract, and holds the very record schemas that are published: ajv, by way of
the document's references, says of the fixtures of tests/feeds what another validator says by the published schemas. Another contract is another document."""
import copy
import glob
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import yaml
from lxml import etree

from checks import Checks
from differential import CONTRACTS, FeedSchemas, Fixtures, ask

BUILD = os.environ["NQS_BUILD"]
GENERATED, FEEDS = "schemas/generated", "tests/feeds"
HOME = "#/components/schemas/"
# Of the newest AsyncAPI; ours is 3.0.0 on purpose.
EXPECTED = {"asyncapi-latest-version"}
checks = Checks()


def gateway(*words):
    done = subprocess.run([f"{BUILD}/nqs-gateway", "contract", "asyncapi", *words], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def written(*words):
    code, out, said = gateway(*words)
    assert code == 0, said
    return json.loads(out)


def node(*words, given=""):
    done = subprocess.run(["node", "tests/schemas/asyncapi_ask.js", *map(str, words)], input=given, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def refusals(document, questions):
    """Why ajv refuses each of (pointer, value)s: "" where it does not."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "document.json")
        file.write_text(json.dumps(document))
        answers = node("values", file, given="".join(json.dumps(q) + "\n" for q in questions))
    assert len(answers) == len(questions)
    return answers


def at(feed, channel, message, part):
    return f"/channels/{feed}.{channel}/messages/{message}/{part}"


def contract_of(feed, folder=CONTRACTS):
    with open(f"{folder}/{feed}.odcs.yaml", encoding="utf-8") as file:
        return yaml.safe_load(file)


def customs(thing):
    return {p["property"]: p["value"] for p in thing.get("customProperties", [])}


# The parser

def the_official_parser_finds_nothing(feeds):
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for words in ([], ["--bootstrap", "kafka-1.example.kz:9093,kafka-2.example.kz:9093"], *([feed] for feed in feeds)):
            files.append(pathlib.Path(folder, f"{len(files)}.json"))
            checks.equal("nothing is said of %s" % words, gateway(*words, "-o", str(files[-1])), (0, "", ""))
        spoilt = json.loads(files[0].read_text())
        spoilt["operations"]["send.protocol"]["channel"]["$ref"] = "#/channels/none"
        files.append(pathlib.Path(folder, "spoilt.json"))
        files[-1].write_text(json.dumps(spoilt))
        *found, of_spoilt = node("parse", *files)
    for file, findings in zip(files, found):
        checks.equal(f"document {file.name}", [f for f in findings if f[1] not in EXPECTED], [])
    checks.that("it does find what is wrong", [f for f in of_spoilt if f[0] == 0], of_spoilt)


# Topics

def every_feed_has_its_topics(document, feeds):
    addresses = sorted(c["address"] for c in document["channels"].values())
    wanted = sorted([a for f in feeds for a in ("nqs.in.{bin}." + f, "nqs.out." + f)] + ["nqs.in.{bin}.acknowledgements", "nqs.out.{bin}.deliveries", "nqs.out.{bin}.duties", "nqs.dead"])
    checks.equal("topics", addresses, wanted)
    for name, channel in document["channels"].items():
        acts = [o["action"] for o in document["operations"].values() if o["channel"]["$ref"] == "#/channels/" + name]
        checks.equal(f"what the gateway does with {name}", acts, ["receive" if name.endswith(".in") or name == "acknowledgements" else "send"])
    for feed in feeds:
        events = [m["name"] for c in ("in", "out") for m in document["channels"][f"{feed}.{c}"]["messages"].values()]
        checks.equal(f"messages of {feed}", events, [*(f"kz.nqs.{feed}.{e}" for e in ("record", "record", "delivery", "delivery", "delivery-completed", "changed", "withdrawn")),
                                                     "tombstone", *(f"kz.nqs.{feed}.{e}" for e in ("snapshot-started", "snapshot-completed"))])
        listed = [m["$ref"].split("/")[-1] for m in document["operations"][f"receive.{feed}"]["messages"]]
        checks.equal(f"messages that are received of {feed}", listed, list(document["channels"][feed + ".in"]["messages"]))
    checks.that("no mark is left", '"@' not in json.dumps(document))


def the_page_for_suppliers_says_the_same(document, feeds):
    """docs/kafka.md has the same types and headers, and no others."""
    with open("docs/kafka.md", encoding="utf-8") as file:
        page = file.read()
    messages = document["channels"][feeds[0] + ".in"]["messages"].values()
    told = {m["name"].replace(feeds[0], "<feed>") for m in messages}
    checks.equal("types", set(re.findall(r"kz\.nqs\.<feed>\.[a-z-]+", page)), told)
    schemas = document["components"]["schemas"]
    headers = {n for s in ("cloudevent", "delivering", "whole") for n in schemas[s]["properties"]}
    checks.equal("headers", set(re.findall(r"`(ce_[a-z]+|content-type)`", page)), headers)


def topics_are_told_as_contracts_tell(document, feeds):
    for feed in feeds:
        contract, channel = contract_of(feed), document["channels"][feed + ".in"]
        said = customs(contract)
        checks.equal(f"titles of {feed}", channel["title"], " / ".join([said["title.kk"], said["title.ru"], contract["schema"][0]["businessName"]]))
        checks.equal(f"version of {feed}", channel["x-contract-version"], contract["version"])
        checks.equal(f"suppliers of {feed}", channel["x-suppliers"], [r["role"] for r in contract["roles"] if r["access"] == "write"])


def a_document_of_one_feed_is_a_part_of_the_whole(document, feeds):
    for feed in feeds:
        one = written(feed)
        checks.equal(f"channels of {feed}", sorted(one["channels"]), sorted([feed + ".in", feed + ".out", "acknowledgements", "deliveries", "duties", "dead"]))
        for part in ("channels", "operations"):
            checks.that(f"{part} of {feed}", all(document[part][n] == v for n, v in one[part].items()))
        checks.that(f"schemas of {feed}", all(document["components"]["schemas"][n] == v for n, v in one["components"]["schemas"].items()))


def brokers_are_named_or_left_open(document):
    checks.equal("left open", list(document["servers"]["kafka"]["variables"]["bootstrap"]), ["description"])
    server = written("nrk", "--bootstrap", "a.example:9093,[::1]:9094")["servers"]["kafka"]
    bootstrap = server["variables"]["bootstrap"]
    checks.equal("named", (bootstrap["default"], bootstrap["enum"]), ("a.example:9093", ["a.example:9093", "[::1]:9094"]))
    checks.equal("by TLS", (server["protocol"], sorted(s["$ref"].split("/")[-1] for s in server["security"])), ("kafka-secure", ["certificate", "scram"]))
    checks.equal("how", {n: s["type"] for n, s in document["components"]["securitySchemes"].items()}, {"scram": "scramSha512", "certificate": "X509"})
    for wrong in ("", ",", "a.example", "a.example:", ":9093", "a:1,", "a:1,,b:2", "a:port"):
        checks.equal("refused: %r" % wrong, gateway("--bootstrap", wrong)[0], 2)
    checks.equal("a feed that does not exist", gateway("none")[0], 2)
    checks.equal("two feeds", gateway("nrk", "nkz")[0], 2)


# Records

def without_marks(node):
    if isinstance(node, dict):
        return {n: without_marks(v) for n, v in node.items() if n != "x-personal"}
    return [without_marks(v) for v in node] if isinstance(node, list) else node


def record_schemas_are_the_published_ones(document, feeds):
    """Word for word, but for where definitions stand."""
    for feed in feeds:
        with open(f"{GENERATED}/{feed}.schema.json", encoding="utf-8") as file:
            published = json.load(file)
        own = {"#/$defs/" + name: f"{HOME}{feed}.{name}" for name in ("record", "withdraw")}

        def moved(node):
            if isinstance(node, dict):
                return {n: own.get(v, v.replace("#/$defs/", HOME)) if n == "$ref" else moved(v) for n, v in node.items()}
            return [moved(v) for v in node] if isinstance(node, list) else node

        for name, definition in published["$defs"].items():
            here = document["components"]["schemas"][own.get("#/$defs/" + name, HOME + name)[len(HOME):]]
            checks.equal(f"{feed}: {name}", without_marks(here), moved(definition))
        message = document["channels"][feed + ".in"]["messages"]["record"]
        checks.equal(f"{feed}: what a message holds", message["payload"], moved(published["properties"]["records"]["items"]))
        whole = {n: moved(v) for n, v in published.items() if n in ("type", "properties", "required", "additionalProperties", "if", "then")}
        checks.equal(f"{feed}: a whole delivery", document["channels"][feed + ".in"]["messages"]["delivery"]["payload"], whole)
        headers = message["headers"]["properties"]
        checks.equal(f"{feed}: period and kind", [headers["ce_nqsperiod"], headers["ce_nqskind"]], [published["properties"][n] for n in ("period", "kind")])


def typed(element, schema, withdraw):
    """A record in XML as JSON has it, by its schema as far as its values allow."""
    kind = schema.get("type", "string")
    kind = kind if isinstance(kind, str) else kind[0]
    if kind == "array":
        return [typed(item, schema["items"], None) for item in element]
    if kind == "object":
        record = {etree.QName(e).localname: typed(e, schema["properties"].get(etree.QName(e).localname, {}), None) for e in element}
        return {"$withdraw": {"ground": element.get("ground")}, **record} if withdraw else record
    text = element.text or ""
    try:
        return json.loads(text) if kind in ("integer", "number", "boolean") else text
    except ValueError:
        return text


def entries(feed, schemas, fixtures):
    """What fixtures put and withdraw, and what we make of the good ones: (record, good for sure)."""
    made = [(r, True) for answer in ask(f"{BUILD}/record_checker", fixtures.good) for r in answer["records"]]
    for _, format, text in fixtures.good:
        if format == "json":
            made += [(r, False) for r in json.loads(text)["records"]]
    for _, _, text in fixtures.bad:
        for e in etree.fromstring(text.encode()):
            withdraw = etree.QName(e).localname == "withdraw"
            made.append((typed(e, schemas.json["$defs"]["withdraw" if withdraw and schemas.withdraws else "record"], withdraw), False))
    return made


def ajv_says_what_the_published_schemas_say(document, feeds):
    questions, said, sure = [], [], []
    for feed in feeds:
        schemas, fixtures = FeedSchemas(GENERATED, feed), Fixtures(FEEDS, feed)
        period = fixtures.envelope["period"]
        for record, good in entries(feed, schemas, fixtures):
            whole = {"feed": feed, "period": period, "kind": fixtures.envelope["kind"], "records": [record]}
            questions.append((at(feed, "in", "record", "payload"), record))
            said.append(schemas.refusal("json", json.dumps(whole)))
            sure.append(good)
    answers = refusals(document, questions)
    differing = [(q, s, a) for q, s, a in zip(questions, said, answers) if bool(s) != bool(a)]
    checks.equal("of all %d records the same" % len(questions), differing[:3], [])
    checks.equal("good ones are good", [(q, a) for q, a, good in zip(questions, answers, sure) if good and a][:3], [])
    for feed in feeds:
        own = [bool(a) for q, a in zip(questions, answers) if q[0].startswith(f"/channels/{feed}.in/")]
        checks.that(f"{feed}: good and bad ones were asked", any(own) and not all(own), len(own))


def what_is_published_is_a_record_or_a_part_of_one(document, feeds):
    questions, wanted = [], []
    for feed in feeds:
        records = [r for answer in ask(f"{BUILD}/record_checker", Fixtures(FEEDS, feed).good) for r in answer["records"] if "$withdraw" not in r]
        first = next(iter(records[0].items()))
        place = at(feed, "out", "changed", "payload")
        questions += [(place, r) for r in records] + [(place, dict([first])), (place, dict(records[0], colour="x")), (place, {first[0]: {"no": "value"}})]
        wanted += [True] * len(records) + [True, False, False]
        questions += [(at(feed, "out", "withdrawn", "payload"), v) for v in ({"ground": "Қате"}, {})] + [(at(feed, "out", "tombstone", "payload"), v) for v in (None, {})]
        personal = document["channels"][feed + ".out"]["x-personal"]
        wanted += [not personal, personal, True, False]
    answers = refusals(document, questions)
    checks.equal("as wanted", [(q, a) for q, a, w in zip(questions, answers, wanted) if bool(a) == w][:3], [])


def personal_paths(properties, path=(), inherited=False):
    for p in properties:
        personal = inherited or p.get("classification") == "personal"
        here = (*path, p["name"])
        if personal:
            yield here
        if "items" in p and "properties" in p["items"]:
            yield from personal_paths(p["items"]["properties"], here, personal)
        yield from personal_paths(p.get("properties", []), here, personal)


def marked_paths(schema, path=()):
    for name, p in schema.get("properties", {}).items():
        if p.get("x-personal"):
            yield (*path, name)
        yield from marked_paths(p, (*path, name))
        yield from marked_paths(p.get("items", {}), (*path, name))


def personal_fields_are_marked(document, feeds):
    some = 0
    for feed in feeds:
        wanted = sorted(personal_paths(contract_of(feed)["schema"][0]["properties"]))
        checks.equal(f"personal fields of {feed}", sorted(marked_paths(document["components"]["schemas"][feed + ".record"])), wanted)
        checks.equal(f"topics of {feed}", {document["channels"][f"{feed}.{c}"]["x-personal"] for c in ("in", "out")}, {bool(wanted)})
        subject = document["channels"][feed + ".out"]["messages"]["changed"]["bindings"]["kafka"]["key"]
        checks.equal(f"keys of {feed} are hidden", "pattern" in subject, bool(wanted))
        some += bool(wanted)
    checks.that("some feed has them and some has not", 0 < some < len(feeds), some)


# Headers and the rest

EVENT = {"ce_specversion": "1.0", "ce_id": "1", "ce_source": "urn:example:kz", "ce_time": "2026-11-02T04:11:09.120441Z", "content-type": "application/json"}
ABSENT = object()


def header_rows(feed, period, kind, changes, personal):
    """(channel, message, changed headers, good?)."""
    part = {"ce_nqsdelivery": "d-1", "ce_nqsperiod": period, "ce_nqskind": kind}
    published = {"ce_subject": "0" * 32, "ce_sequence": "000000000790.0000000003", "ce_nqsperiod": period}
    yield from (("in", "record", dict(part, **spoilt), good) for spoilt, good in (
        ({}, True), ({"ce_type": "kz.nqs.other.record"}, False), ({"ce_id": ABSENT}, False), ({"ce_source": ABSENT}, False), ({"ce_specversion": "0.3"}, False),
        ({"ce_nqsperiod": "2026-13"}, False), ({"ce_nqskind": "all"}, False), ({"ce_nqskind": ABSENT}, False), ({"ce_nqsperiod": ABSENT}, False),
        ({"ce_nqsdelivery": ABSENT, "ce_nqskind": ABSENT}, changes), ({"ce_time": "today"}, False)))
    xml = dict(part, **{"content-type": "application/xml"})
    yield from (("in", "record-xml", dict(xml, **spoilt), good) for spoilt, good in (
        ({}, True), ({"content-type": "text/xml; charset=utf-8"}, True), ({"content-type": "application/json"}, False), ({"ce_nqskind": ABSENT}, False)))
    bare = dict.fromkeys(EVENT, ABSENT) | {"ce_type": ABSENT}
    yield from (("in", "delivery", headers, good) for headers, good in (
        (bare, True), (part, True), ({"ce_id": ABSENT}, False), ({"ce_nqsperiod": "2026-13"}, False), ({"ce_nqskind": "all"}, False), ({"ce_type": "kz.nqs.other.delivery"}, False)))
    yield from (("in", "delivery-file", {**bare, "content-type": media}, good) for media, good in (
        ("text/csv", True), ("application/x-ndjson; charset=utf-8", True), ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", True),
        ("application/vnd-openxmlformats-officedocument.spreadsheetml.sheet", False), ("application/vnd.kz.nqs.kafka-frames", False), ("text/plain", False), (ABSENT, False)))
    yield from (("in", "delivery-completed", dict(part, **spoilt), good) for spoilt, good in (
        ({}, True), ({"ce_nqsdelivery": ABSENT}, False), ({"ce_nqskind": ABSENT}, False)))
    yield from (("out", "changed", dict(published, **spoilt), good) for spoilt, good in (
        ({}, True), ({"ce_nqssnapshot": "7"}, True), ({"ce_sequence": "790.3"}, False), ({"ce_subject": ABSENT}, False), ({"ce_subject": "a/b"}, not personal)))
    yield "out", "withdrawn", published, True
    yield "out", "snapshot-started", {"ce_nqssnapshot": "7"}, True
    yield "out", "snapshot-completed", {}, False


def name_of(document, feed, where, message):
    return document["channels"][f"{feed}.{where}"]["messages"][message]["name"]


def headers_are_those_of_the_feed(document, feeds):
    questions, wanted = [], []
    for feed in feeds:
        said = Fixtures(FEEDS, feed).envelope
        channel = document["channels"][feed + ".in"]
        changes = "changes" in channel["messages"]["record"]["headers"]["properties"]["ce_nqskind"]["enum"]
        for where, message, headers, good in header_rows(feed, said["period"], said["kind"], changes, channel["x-personal"]):
            whole = {**EVENT, "ce_type": name_of(document, feed, where, message), **headers}
            questions.append((at(feed, where, message, "headers"), {n: v for n, v in whole.items() if v is not ABSENT}))
            wanted.append(good)
    answers = refusals(document, questions)
    checks.equal("as wanted", [(q, a) for q, a, w in zip(questions, answers, wanted) if bool(a) == w][:3], [])


def what_ends_and_frames_is_described(document):
    digest = "0" * 64
    rows = [("in", "delivery-completed", {"records": 0}, True), ("in", "delivery-completed", {"records": -1}, False), ("in", "delivery-completed", {}, False),
            ("out", "snapshot-started", {"settlement": 790}, True), ("out", "snapshot-started", {}, False),
            ("out", "snapshot-completed", {"digest": digest, "records": 3, "settlement": 790}, True), ("out", "snapshot-completed", {"records": 3, "settlement": 790}, False)]
    answers = refusals(document, [(at("nrk", c, m, "payload"), v) for c, m, v, _ in rows])
    checks.equal("as wanted", [(r, a) for r, a in zip(rows, answers) if bool(a) == r[3]], [])
    place = "/channels/dead/messages/unreadable/payload"
    checks.equal("a reference says where", [bool(a) for a in refusals(document, [(place, {"code": "bad_period", "id": "1", "topic": "t", "partition": 0, "offset": 7}), (place, {"topic": "t"})])], [False, True])


# Other contracts

def another_contract_is_another_document(document):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(CONTRACTS, f"{folder}/contracts")
        path = pathlib.Path(folder, "contracts/nrk.odcs.yaml")
        checks.equal("the same contracts, the same document", written("--contracts", f"{folder}/contracts"), document)
        contract = yaml.safe_load(path.read_text())
        contract["version"] = "9.8.7"
        contract["schema"][0]["properties"].append({"name": "colour", "description": "Its colour.", "logicalType": "string", "physicalType": "text", "classification": "public"})
        path.write_text(yaml.safe_dump(contract, allow_unicode=True))
        changed, expected = written("--contracts", f"{folder}/contracts"), copy.deepcopy(document)
        for c in ("in", "out"):
            expected["channels"]["nrk." + c]["x-contract-version"] = "9.8.7"
        expected["channels"]["nrk.out"]["messages"]["changed"]["payload"]["properties"]["colour"] = {"$ref": HOME + "nrk.record/properties/colour"}
        expected["components"]["schemas"]["nrk.record"]["properties"]["colour"] = {"description": "Its colour.", "type": ["string", "null"]}
        checks.that("a field more is there, and nothing else is", changed == expected)
        path.unlink()
        gone = written("--contracts", f"{folder}/contracts")
        checks.equal("a feed less", set(document["channels"]) - set(gone["channels"]), {"nrk.in", "nrk.out"})


def the_published_file_is_this_document(document):
    with open(f"{GENERATED}/asyncapi.json", encoding="utf-8") as file:
        checks.that("the same", json.load(file) == document)


def main():
    feeds = sorted(os.path.basename(p).split(".")[0] for p in glob.glob(f"{CONTRACTS}/*.odcs.yaml"))
    document = written()
    checks.run(the_official_parser_finds_nothing, feeds)
    for test in (every_feed_has_its_topics, the_page_for_suppliers_says_the_same, topics_are_told_as_contracts_tell, a_document_of_one_feed_is_a_part_of_the_whole, record_schemas_are_the_published_ones,
                 ajv_says_what_the_published_schemas_say, what_is_published_is_a_record_or_a_part_of_one, personal_fields_are_marked, headers_are_those_of_the_feed):
        checks.run(test, document, feeds)
    for test in (the_published_file_is_this_document, brokers_are_named_or_left_open, what_ends_and_frames_is_described, another_contract_is_another_document):
        checks.run(test, document)
    checks.finish()


if __name__ == "__main__":
    main()
