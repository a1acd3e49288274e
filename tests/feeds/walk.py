#!/usr/bin/env python3
"""Every feed by its fixtures (tests/feeds/CODE: good.xml, good.json, good.ndjson, bad.xml, expected.json, findings.json, request.json), and one
feed more, that nobody compiled in."""
import json
import pathlib
import sys
import tempfile
import xml.etree.ElementTree as ET

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))
import soap                                             # noqa: E402
from checks import Checks                               # noqa: E402
from gateway import Gateway, NATIONAL, ROOT             # noqa: E402

CONTRACTS = ROOT / "schemas/contracts"
FIXTURES = ["good.xml", "good.json", "good.ndjson", "bad.xml", "expected.json", "findings.json", "request.json"]
OUTCOMES = ["new", "changed", "unchanged", "withdrawn", "older", "refused"]
WORDS_OF_CORRECTION = {"list": "reconcile", "facts": "withdrawn_by_correction", "edition": "withdrawn_by_correction"}
LANGUAGES = ["kk", "ru", "en"]
NS = "{urn:kz:nqs:delivery:1}"
checks = Checks()


def feed_codes():
    return sorted(p.name[:-len(".odcs.yaml")] for p in CONTRACTS.glob("*.odcs.yaml"))


def fixture(feed, name):
    return (HERE / feed / name).read_bytes()


def every_contract_has_its_fixtures():
    for feed in feed_codes():
        missing = [f for f in FIXTURES if not (HERE / feed / f).is_file()]
        checks.that("%s has its fixtures" % feed, not missing, "missing: %s" % missing)
    checks.equal("no fixtures without a contract", sorted(p.name for p in HERE.iterdir() if p.is_dir() and p.name != "__pycache__"), feed_codes())


def delivered(g, request, body, content_type, in_query=False):
    """Delivers as the fixture's party; the receipt must say what was asked; returns the protocol."""
    said = {k: request[k] for k in ("feed", "period", "kind")}
    answer = g.deliver(body, request["bin"], content_type, said if in_query else None)
    if answer.status not in (200, 202):
        raise RuntimeError("not accepted: %r" % answer)
    receipt = answer.json["receipt"]
    checks.equal("the receipt says what it is about", {k: receipt[k] for k in said} | {"party": receipt["party"]}, said | {"party": request["bin"]})
    return g.wait_done(answer.delivery)


def outcomes_of(g, protocol):
    return g.pages("/v1/deliveries/%s/outcomes" % protocol["delivery"], "each", limit=7)


def findings_of(g, protocol):
    return g.pages("/v1/deliveries/%s/findings" % protocol["delivery"], "findings", limit=7)


def all_became(g, protocol, outcome, n):
    checks.equal("%s %s is settled" % (protocol["feed"], outcome), (protocol["state"], protocol["refused"]), ("settled", None))
    checks.equal("%s: all are %s" % (protocol["feed"], outcome), protocol["outcomes"], {o: n if o == outcome else 0 for o in OUTCOMES})
    checks.equal("%s: each is %s" % (protocol["feed"], outcome), outcomes_of(g, protocol), [outcome] * n)
    checks.equal("%s: nothing to find fault with" % protocol["feed"], findings_of(g, protocol), [])


def good_ones(g, feed, request, expected):
    forms = [("good.xml", "application/xml", "new", False), ("good.json", "application/json", "unchanged", False),
             ("good.ndjson", "application/x-ndjson", "unchanged", True)]
    for name, content_type, outcome, in_query in forms:
        all_became(g, delivered(g, request, fixture(feed, name), content_type, in_query), outcome, len(expected))
        checks.equal("%s %s: the records are the expected ones" % (feed, name), g.records(feed), expected)
    checks.equal("%s: and so by pages of one" % feed, g.records(feed, limit=1), expected)


def texts_by_name(element, names):
    return tuple((element.findtext(NS + n) or "").strip() for n in names)


def lacking_keys(g, feed, expected):
    """Keys of what is there that bad.xml does not name, as the findings write them."""
    key = sorted((f for f in g.get("/v1/feeds/" + feed).json["fields"] if f.get("key")), key=lambda f: f["key"])
    names = [f["name"] for f in key]
    named = {texts_by_name(r, names) for r in ET.fromstring(fixture(feed, "bad.xml"))}
    return sorted(", ".join(map(str, k)) for k in (tuple(str(r[n]) for n in names) for r in expected) if k not in named)


def outcomes_fit(feed, protocol, findings, each):
    counted = {o: each.count(o) for o in OUTCOMES}
    checks.equal("%s: counts are those of the records" % feed, protocol["outcomes"], counted)
    checks.equal("%s: each record has its outcome" % feed, (protocol["records"], sum(protocol["outcomes"].values())), (len(each), len(each)))
    wrong = {f["record"] for f in findings if f["severity"] == "error"}
    refused = {i + 1 for i, o in enumerate(each) if o == "refused"}
    checks.equal("%s: refused are the records with an error and no others" % feed, refused, wrong)
    checks.equal("%s: records there are so many" % feed, len(each), len(ET.fromstring(fixture(feed, "bad.xml"))))


def nothing_was_taken(feed, protocol, each):
    checks.equal("%s: the reason is said" % feed, protocol["refused"]["code"], "all_or_nothing")
    checks.equal("%s: no record is taken" % feed, set(each) | {o for o, n in protocol["outcomes"].items() if n} | {"refused"}, {"refused"})


def as_line(f):
    return (f["record"], f["code"], f["place"], f["severity"])


def bad_ones(g, feed, request, expected):
    protocol = delivered(g, request, fixture(feed, "bad.xml"), "application/xml")
    found, each = findings_of(g, protocol), outcomes_of(g, protocol)
    whole = g.get("/v1/feeds/" + feed).json["on_refused"] == "all_or_nothing"
    checks.equal("%s: it is %s" % (feed, "refused as a whole" if whole else "settled"), protocol["state"], "refused" if whole else "settled")
    checks.equal("%s: the findings are the expected ones" % feed, sorted(as_line(f) for f in found if f["record"]),
                 sorted(as_line(f) for f in json.loads(fixture(feed, "findings.json"))))
    checks.equal("%s: findings_total is their number" % feed, protocol["findings_total"], len(found))
    checks.that("%s: every finding has a text" % feed, all(f["text"] and "{" not in f["text"] for f in found), found)
    word = None if whole else WORDS_OF_CORRECTION.get(request["kind"])
    lacking = lacking_keys(g, feed, expected) if word else []
    checks.equal("%s: what it lacks is named" % feed, sorted((f["code"], f["severity"], f["arguments"]) for f in found if not f["record"]),
                 [(word, "warning", [k]) for k in lacking])
    if whole:
        nothing_was_taken(feed, protocol, each)
    else:
        outcomes_fit(feed, protocol, found, each)
        checks.that("%s: something is refused and something new" % feed, "refused" in each and "new" in each, each)
    left = [r for r in expected if word != "withdrawn_by_correction" or not lacking]
    now = g.records(feed)
    checks.that("%s: what it lacks is %s" % (feed, "withdrawn" if word == "withdrawn_by_correction" else "there still"),
                all((r in now) == (r in left) for r in expected), now)
    checks.equal("%s: and what is new is there" % feed, len(now), len(left) + each.count("new"))
    return protocol


def same_protocol_everywhere(g, request, delivery, lang):
    path = "/v1/deliveries/" + delivery
    rest = g.get(path, {"Accept-Language": lang}, by=request["bin"])
    by_soap = soap.fetch_protocol(g, g.party(request["bin"]), delivery, {"Accept-Language": lang})
    cli = g.cli("delivery", delivery, "--json", lang=lang)
    checks.equal("the protocol by SOAP is that of REST", soap.member(by_soap, "protocol"), rest.body.decode())
    checks.equal("the protocol by CLI is that of REST", json.loads(cli.stdout or "null"), rest.json)
    checks.equal("the receipt by SOAP is that of REST", soap.member(by_soap, "receipt"), g.get(path + "/receipt", by=request["bin"]).body.decode())
    lines = [json.loads(l)["findings"] for l in g.cli("findings", delivery, "--all", "--json", lang="en").stdout.splitlines()]
    checks.equal("the findings by CLI are those of REST", sum(lines, []), g.pages(path + "/findings", "findings"))


def walk(g, feed, lang):
    request, expected = json.loads(fixture(feed, "request.json")), json.loads(fixture(feed, "expected.json"))
    checks.that("%s: the fixture is of some use" % feed, expected and json.loads(fixture(feed, "findings.json")))
    good_ones(g, feed, request, expected)
    protocol = bad_ones(g, feed, request, expected)
    same_protocol_everywhere(g, request, protocol["delivery"], lang)


FOURTEENTH = """\
apiVersion: v3.2.0
kind: DataContract
id: nqs.test-workshops
name: test-workshops
version: 1.0.0
status: active
domain: national-qualification-system
description:
  purpose: Workshops of a test (no act names them).
  limitations: Invented.
  usage: By this test.
schema:
  - name: test_workshop
    businessName: Workshops
    logicalType: object
    physicalName: test_workshop
    description: A record is identified by town and number.
    properties:
      - name: town
        description: Town.
        logicalType: string
        physicalType: text
        required: true
        primaryKey: true
        primaryKeyPosition: 1
        classification: public
        customProperties:
          - {property: check, value: kato}
          - {property: label.kk, value: Қала}
          - {property: label.ru, value: Город}
      - name: workshop_number
        description: Number in the town.
        logicalType: integer
        physicalType: integer
        required: true
        primaryKey: true
        primaryKeyPosition: 2
        classification: public
        logicalTypeOptions: {minimum: 1, maximum: 999}
        customProperties:
          - {property: label.kk, value: Нөмірі}
          - {property: label.ru, value: Номер}
      - name: opened_on
        description: Day of opening.
        logicalType: date
        physicalType: date
        classification: public
        customProperties:
          - {property: label.kk, value: Ашылған күні}
          - {property: label.ru, value: Дата открытия}
      - name: tools
        description: What stands in it.
        logicalType: array
        physicalType: jsonb
        classification: public
        customProperties:
          - {property: label.kk, value: Құралдар}
          - {property: label.ru, value: Инструменты}
        items:
          logicalType: object
          properties:
            - name: tool
              description: Its name.
              logicalType: string
              physicalType: text
              required: true
              classification: public
              logicalTypeOptions: {minLength: 1, maxLength: 40}
            - name: pieces
              description: How many.
              logicalType: integer
              physicalType: integer
              classification: public
roles:
  - {role: regional-chamber, access: write}
  - {role: national-body, access: read}
customProperties:
  - {property: title.kk, value: Шеберханалар}
  - {property: title.ru, value: Мастерские}
  - {property: period, value: quarter}
  - {property: kinds, value: facts nil}
  - {property: onRefused, value: keep_good}
  - {property: public, value: true}
"""
WORKSHOPS_XML = """\
<delivery xmlns="urn:kz:nqs:delivery:1" feed="test-workshops" period="2026-Q4" kind="facts">
  <record><town>101033102</town><workshop_number>7</workshop_number><opened_on>05.10.2026</opened_on>
    <tools><item><tool>Қол ара</tool><pieces>3</pieces></item><item><tool>Тиски</tool></item></tools></record>
  <record><town>101033102</town><workshop_number>1000</workshop_number></record>
</delivery>"""
WORKSHOPS = [{"town": "101033102", "workshop_number": 7, "opened_on": "2026-10-05", "tools": [{"tool": "Қол ара", "pieces": 3}, {"tool": "Тиски"}]},
             {"town": "101033102", "workshop_number": 8}]


def a_fourteenth_feed_needs_no_compiling(g):
    with tempfile.TemporaryDirectory() as folder:
        for f in CONTRACTS.glob("*.yaml"):
            pathlib.Path(folder, f.name).write_bytes(f.read_bytes())
        pathlib.Path(folder, "test-workshops.odcs.yaml").write_text(FOURTEENTH)
        g.stop(keep=True)
        g.start({"contracts": folder})
        checks.equal("it is offered beside the others", sorted(f["feed"] for f in g.get("/v1/feeds").json["feeds"]), sorted(feed_codes() + ["test-workshops"]))
        request = {"feed": "test-workshops", "period": "2026-Q4", "kind": "facts", "bin": g.party("regional-chamber")["bin"]}
        first = delivered(g, request, WORKSHOPS_XML.encode(), "application/xml")
        checks.equal("a good record of it is new, a bad one refused", (outcomes_of(g, first), [as_line(f) for f in first["findings"]]),
                     (["new", "refused"], [(2, "above_maximum", "workshop_number", "error")]))
        checks.equal("its record reads back", g.records("test-workshops"), WORKSHOPS[:1])
        lines = "".join(json.dumps(w, ensure_ascii=False) + "\n" for w in WORKSHOPS).encode()
        second = delivered(g, request, lines, "application/x-ndjson", in_query=True)
        checks.equal("NDJSON of it is read the same", outcomes_of(g, second), ["unchanged", "new"])
        checks.equal("and reads back", g.records("test-workshops"), WORKSHOPS)
        checks.equal("who may not deliver it is refused", g.deliver(WORKSHOPS_XML.encode(), NATIONAL).status, 403)


def main():
    checks.run(every_contract_has_its_fixtures)
    with Gateway() as g:
        checks.say("started")
        for i, feed in enumerate(feed_codes()):
            checks.run(walk, g, feed, LANGUAGES[i % 3])
        checks.run(a_fourteenth_feed_needs_no_compiling, g)
        checks.equal("it ended without a sanitizer's complaint", g.stop(), "")
    checks.finish()


main()
