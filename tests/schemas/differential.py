"""The published schemas and the gateway's own check say the same of every document, but for what stands in the two tables below.

Documents are the fixtures of tests/feeds, every mutation of mutations.py at every place of a record, and records spoilt at random: always the
same ones for a seed. Whatever else differs is
printed with its document, and the run fails; it also fails where a row of a table is needed by nothing."""
import argparse
import collections
import glob
import json
import os
import random
import subprocess
import sys
import tempfile

import jsonschema_rs
import yaml
from lxml import etree
from xml.sax.saxutils import quoteattr

from documents import NS, Document, Object, sites, to_xml, tree_of
from mutations import MUTATIONS

# Findings that are ours alone: the schema may accept what we refuse for nothing but these. (finding, format or None, mutation or None): why.
OURS_ALONE = {
    ("bad_iin", None, None): "control digit",
    ("bad_bin", None, None): "control digit and kind of entity",
    ("bad_kato", None, None): "table of regions",
    ("bad_programme_code", None, None): "088 in the longer codes",
    ("duplicate_json_key", "json", None): "parsers give a schema the last of two members",
    ("claim_missing", "json", "records_first_json"): "records come last; JSON Schema knows no order",
    ("not_decimal", "json", "decimal_digits"): "JSON Schema knows no number of digits",
    ("too_short", None, "decomposed"): "characters are counted after composition (NFC)",
}

# Spellings that we take and write down in canonical form, which the schema may refuse: mutation: why. What we made of it must be good for the schema.
SPELLINGS = {
    "fixture": "good fixtures hold other spellings on purpose",
    "date_spelling": "days as 29.02.2024 and with a time",
    "number_spelling": "numbers with a plus, an exponent, a comma, idle zeros; in JSON as text",
    "number_as_text_json": "numbers and truths as text",
    "boolean_spelling": "truths in words",
    "empty_other": "an empty text is no value of another type: absent",
    "spaced": "white space of any kind, anywhere",
    "code_spelling": "codes with points, a section letter, Cyrillic look-alikes of Latin letters and the other way round",
    "decomposed": "letters that compose to fewer characters",
    "empty_object": "an empty XML element of an object is absent",
    "nil_xml": "xsi:nil is absent",
    "foreign_attribute_xml": "attributes of other namespaces are nobody's business",
    "envelope_more_xml": "so are attributes of the delivery that we do not know",
    "withdraw_null_field_json": "null says nothing of its field",
    "wrong_type": "a number as text, and 1.0 for 1",
}

# The schema is stricter than the check, whatever the spelling: mutation: why.
STRICTER = {"withdraw_from_list": "feeds that only have full lists have no withdrawals; the check of one record does not know the feed's kinds"}

USUAL_COUNT, DRAWS, SHOWN = 20000, 24, 20
CONTRACTS = "schemas/contracts"


class FeedSchemas:
    """The two schemas of a feed, and what of them is needed to spoil its records."""
    def __init__(self, folder, code):
        with open(f"{folder}/{code}.schema.json", encoding="utf-8") as file:
            self.json = json.load(file)
        jsonschema_rs.meta.validate(self.json)
        self.validator = jsonschema_rs.validator_for(self.json)
        self.xsd_path = f"{folder}/{code}.xsd"
        self.xsd = etree.XMLSchema(etree.parse(self.xsd_path))
        defs = self.json["$defs"]
        self.withdraws = "withdraw" in defs
        self.record = dict(defs["record"], withdraws=self.withdraws, all=list(defs["record"]["properties"]))
        with open(f"{CONTRACTS}/{code}.odcs.yaml", encoding="utf-8") as file:
            properties = yaml.safe_load(file)["schema"][0]["properties"]
        self.key = self.record["key"] = [p["name"] for p in properties if p.get("primaryKey")]

    def refusal(self, format, text):
        """None: the schema accepts it."""
        return self._xml_refusal(text) if format == "xml" else self._json_refusal(text)

    def _xml_refusal(self, text):
        try:
            tree = etree.fromstring(text.encode())
        except etree.XMLSyntaxError as error:
            return str(error)
        return None if self.xsd.validate(tree) else self.xsd.error_log[0].message

    def _json_refusal(self, text):
        error = next(self.validator.iter_errors(json.loads(text)), None)
        return error and f"{'/'.join(map(str, error.instance_path))}: {error.message}"


def ask(checker, documents):
    """What our check says of (feed, format, text)s: a list of its answers."""
    lines = "".join(json.dumps({"feed": f, "format": k, "document": t}) + "\n" for f, k, t in documents)
    done = subprocess.run([checker], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(documents), "the checker gave another number of answers than it was asked"
    return answers


class Fixtures:
    """good.xml, good.json and bad.xml of a feed; bad.xml as one document a record."""
    def __init__(self, folder, code):
        self.code = code
        with open(f"{folder}/{code}/request.json", encoding="utf-8") as file:
            said = json.load(file)
        self.envelope = {n: said[n] for n in ("feed", "period", "kind")}
        self.good = []
        for format in ("xml", "json"):
            with open(f"{folder}/{code}/good.{format}", encoding="utf-8") as file:
                self.good.append((code, format, file.read()))
        self.good = [(c, f, t.replace('<?xml version="1.0" encoding="UTF-8"?>', "")) for c, f, t in self.good]
        self.bad = [(code, "xml", text) for text in self._bad(f"{folder}/{code}/bad.xml")]
        self.records = []

    @staticmethod
    def _bad(path):
        root = etree.parse(path, etree.XMLParser(remove_comments=True)).getroot()
        for record in list(root):
            alone = etree.Element(root.tag, root.attrib, nsmap=root.nsmap)
            alone.append(record)
            yield etree.tostring(alone, encoding="unicode")


def make(rng, fixtures, schemas, format):
    record = tree_of(rng.choice(fixtures.records))
    ground = None
    if schemas.withdraws and rng.random() < 0.15:
        record, ground = Object(p for p in record if p[0] in schemas.key), "Қате жіберілген"
    document = Document(fixtures.code, format, fixtures.envelope, record, ground)
    for _ in range(1 if rng.random() < 0.8 else 2):
        mutate_once(rng, document, schemas.record)
    return document


def mutate_once(rng, document, schema):
    names = list(MUTATIONS)
    for _ in range(100):
        name = rng.choice(names)
        if not fits_format(name, document.format):
            continue
        if not document.envelope.keys() >= {"feed", "period", "kind"} and name in ("period", "kind", "feed", "envelope_left_out"):
            continue
        if MUTATIONS[name](rng, document, schema):
            document.done.append(name)
            return


def fits_format(name, format):
    return not name.endswith("_json" if format == "xml" else "_xml")


def fullest(fixtures):
    """One record with every field that any fixture has."""
    record = {}
    for other in fixtures.records:
        for name, value in other.items():
            record[name] = value if value != [] and len(str(value)) > len(str(record.get(name, ""))) else record.get(name, value)
    return record


def sweep(rng, fixtures, schemas, format):
    """Every mutation at every place that it fits, so often that its edges are met."""
    record = fullest(fixtures)
    missing = set(schemas.record["all"]) - set(record)
    assert not missing, f"no good fixture of {fixtures.code} has {missing}"
    wishes = [(record, None)]
    if schemas.withdraws:
        wishes.append(({n: record[n] for n in schemas.key}, "Қате жіберілген"))
    for wished, ground in wishes:
        places = len(sites(tree_of(wished), schemas.record))
        for name, mutation in MUTATIONS.items():
            for at in range(places) if hasattr(mutation, "at_a_site") else [None]:
                yield from draws(rng, lambda: Document(fixtures.code, format, fixtures.envelope, tree_of(wished), ground), name, schemas.record, at)


def draws(rng, fresh, name, schema, at):
    seen = set()
    for _ in range(DRAWS):
        document = fresh()
        if not fits_format(name, document.format) or not MUTATIONS[name](rng, document, schema, *([] if at is None else [at])):
            return
        if document.text() not in seen:
            seen.add(document.text())
            document.done.append(name)
            yield document


class Comparison:
    def __init__(self, schemas):
        self.schemas = schemas
        self.tally, self.of_mutation, self.needed = collections.Counter(), collections.Counter(), collections.Counter()
        self.differences = []

    def _ours_alone(self, errors, format, mutations):
        rows = []
        for error in errors:
            finding = error.split(" ")[0]
            row = next((r for r in OURS_ALONE if r[0] == finding and r[1] in (None, format) and (r[2] is None or r[2] in mutations)), None)
            if not row:
                return False
            rows.append(row)
        self.needed.update(rows)
        return True

    def _canonical(self, format, text, records):
        """The document with what we made of its records, in its own format."""
        if format == "json":
            return json.dumps(dict(json.loads(text), records=records), ensure_ascii=False)
        said = etree.fromstring(text.encode()).attrib
        inside = ""
        for record in records:
            wish = record.get("$withdraw")
            tree = tree_of({n: v for n, v in record.items() if n != "$withdraw"})
            tree.attributes = f" ground={quoteattr(wish['ground'])}" if wish else ""
            inside += to_xml("withdraw" if wish else "record", tree)
        return f'<delivery xmlns="{NS}" feed="{said["feed"]}" period="{said["period"]}" kind="{said["kind"]}">{inside}</delivery>'

    def _spelling(self, mutations):
        """Why the schema may refuse what we accept; empty: it may not."""
        rows = [m for m in mutations if m in STRICTER] or [m for m in mutations if m in SPELLINGS]
        self.needed.update(rows)
        return rows

    def _verdict(self, feed, format, text, mutations, answer, refusal):
        """What to count it as; None: a difference."""
        errors = answer["errors"]
        if errors:
            return "both refuse" if refusal else "ours alone" if self._ours_alone(errors, format, mutations) else None
        if refusal and not self._spelling(mutations):
            return None
        stricter = any(m in STRICTER for m in mutations)
        if not stricter and self.schemas[feed].refusal(format, self._canonical(format, text, answer["records"])):
            return None
        return "other spelling" if refusal else "both accept"

    def add(self, feed, format, text, mutations, answer):
        refusal = self.schemas[feed].refusal(format, text)
        verdict = self._verdict(feed, format, text, mutations, answer, refusal)
        if verdict:
            self.tally[verdict] += 1
            self.of_mutation.update((m, verdict) for m in mutations)
        else:
            self.differences.append((feed, format, mutations, answer, refusal, text))

    def report(self, ask_all):
        for feed, format, mutations, answer, refusal, text in self.differences[:SHOWN]:
            print(f"DIFFERS {feed} {format} ({', '.join(mutations)})\n  we say: {answer['errors'] or answer['records']}\n"
                  f"  the schema says: {refusal or 'good'}\n  {text}")
        rows = [*OURS_ALONE, *SPELLINGS, *STRICTER]
        unneeded = [row for row in rows if not self.needed[row]] if ask_all else []
        for row in unneeded:
            print(f"no document needs the row {row}: take it out, or make one that does")
        print(", ".join(f"{n} {what}" for what, n in sorted(self.tally.items())), f"; {len(self.differences)} differ", sep="")
        return not self.differences and not unneeded


def xmllint_agrees(schemas, comparison, fixtures):
    """The distribution's libxml2, not only lxml's own, reads the schemas; and tells good from bad by them."""
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for f in fixtures:
            document = Document(f.code, "xml", f.envelope, tree_of(f.records[0]))
            for spoilt, expected in ((False, 0), (True, 3)):
                if spoilt:
                    document.record.append(["colour", tree_of("көк")])
                path = os.path.join(folder, f.code)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(document.text())
                said = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", schemas[f.code].xsd_path, path], capture_output=True, text=True)
                if said.returncode != expected:
                    print(f"xmllint: {f.code}, {'spoilt' if spoilt else 'good'}: {said.stderr}")
                    good = False
    return good


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checker", default="build/record_checker")
    parser.add_argument("--schemas", default="schemas/generated")
    parser.add_argument("--feeds", default="tests/feeds")
    parser.add_argument("--count", type=int, default=USUAL_COUNT)
    parser.add_argument("--seed", type=int, default=391)
    return parser.parse_args()


def main():
    said = options()
    codes = sorted(os.path.basename(p)[:-len(".schema.json")] for p in glob.glob(f"{said.schemas}/*.schema.json"))
    schemas = {code: FeedSchemas(said.schemas, code) for code in codes}
    fixtures = [Fixtures(said.feeds, code) for code in codes]
    comparison = Comparison(schemas)

    fixed = [document for f in fixtures for document in f.good + f.bad]
    for document, answer in zip(fixed, ask(said.checker, fixed)):
        if document in [d for f in fixtures for d in f.good]:
            assert not answer["errors"], f"a good fixture of {document[0]} is refused: {answer['errors']}"
            next(f for f in fixtures if f.code == document[0]).records += json.loads(json.dumps(answer["records"]))
        comparison.add(*document, ["fixture"], answer)

    rng = random.Random(said.seed)
    made = [d for f in fixtures for format in ("xml", "json") for d in sweep(rng, f, schemas[f.code], format)]
    made += [make(rng, fixtures[i % len(fixtures)], schemas[codes[i % len(codes)]], ("xml", "json")[i // len(codes) % 2]) for i in range(said.count)]
    asked = [(d.feed, d.format, d.text()) for d in made]
    for document, question, answer in zip(made, asked, ask(said.checker, asked)):
        comparison.add(*question, document.done, answer)

    agrees = xmllint_agrees(schemas, comparison, fixtures)
    good = comparison.report(said.count >= USUAL_COUNT)
    wrong = len(comparison.differences) + (not agrees) + (not good and not comparison.differences)
    print(f"{0 if wrong else len(codes)} passed, {wrong} failed")
    return 0 if good and agrees else 1


if __name__ == "__main__":
    sys.exit(main())
