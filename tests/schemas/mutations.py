"""Ways to spoil a document. Each is a function (rng, document, schema of its record) that returns False where it does not fit. What one does to
XML alone or JSON alone says so in its name."""
import unicodedata

from documents import Array, Literal, Object, Raw, Text, objects, sites

LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһіVWZxyz019-_/\U0001F600"
LOOK_ALIKE = dict(zip("ABEKMHOPCTXaeopcxy", "АВЕКМНОРСТХаеорсху"))
SPACES = [" ", "  ", "\t", "\n", "\u00a0", "\u2003", "\u3000"]


def pick(rng, document, schema, fits):
    all_sites = [s for s in sites(document.record, schema) if fits(s)]
    return rng.choice(all_sites) if all_sites else None


def replacing(fits, make):
    """A mutation that puts make(rng, document, site) in the place of one value: the one of number `at`, or any."""
    def mutate(rng, document, schema, at=None):
        if at is None:
            site = pick(rng, document, schema, fits)
        else:
            site = sites(document.record, schema)[at]
            site = site if fits(site) else None
        value = make(rng, document, site) if site else None
        if value is None:
            return False
        site.value = value
        return True
    mutate.at_a_site = True
    return mutate


def any_value(site): return True
def scalar(site): return site.is_scalar
def text(site): return site.is_text
def plain_text(site): return site.is_text and isinstance(site.value, Text) and len(site.value) > 0
def free_text(site): return plain_text(site) and "pattern" not in site.schema and "enum" not in site.schema
def date(site): return site.is_date
def integer(site): return site.type == "integer"
def decimal(site): return site.type == "number"
def number(site): return site.type in ("integer", "number")
def boolean(site): return site.type == "boolean"
def array(site): return isinstance(site.value, Array)
def object_(site): return isinstance(site.value, Object)
def patterned(site): return plain_text(site) and "pattern" in site.schema
def listed(site): return plain_text(site) and "enum" in site.schema


def nothing(rng, document, schema):
    return True


def drop(rng, document, schema):
    target = rng.choice(objects(document.record))
    if len(target) < 2:
        return False
    del target[rng.randrange(len(target))]
    return True


def unknown(rng, document, schema):
    target = rng.choice(objects(document.record))
    name = rng.choice(["colour", "item", "record", "Name", "x" * 80, "$withdraw_", "түс"] if document.format == "json" else ["colour", "item", "record", "түс"])
    target.insert(rng.randrange(len(target) + 1), [name, rng.choice([Text("көк"), Text(""), Object([("a", Text("b"))])])])
    return True


def double(rng, document, schema):
    target = rng.choice(objects(document.record))
    if not target:
        return False
    target.insert(rng.randrange(len(target) + 1), list(rng.choice(target)))
    return True


def shuffle(rng, document, schema):
    for target in objects(document.record):
        rng.shuffle(target)
    return True


def wrong_type(rng, document, site):
    if document.format == "xml":
        return Text(rng.choice(["көк", "true", "7", "2024-02-29", "-", "NaN", "1.2.3", "٣"]))
    return rng.choice([Literal("true"), Literal("7"), Literal("1.25"), Literal("-1"), Text("көк"), Object(), Array(), Array([Text("көк")])])


def resized(rng, document, site):
    """A text just at, or just beyond, one of its bounds."""
    least, most = site.schema.get("minLength", 0), site.schema.get("maxLength", 60)
    length = rng.choice([least, max(least - 1, 0), most, most + 1, most + 2])
    return Text("".join(rng.choice(LETTERS) for _ in range(length)))


def retyped(rng, document, site):
    """One character changed, left out or added."""
    value, at = str(site.value), rng.randrange(len(site.value))
    other = rng.choice(LETTERS + "0123456789٣۴\u0430")
    return Text(rng.choice([value[:at] + value[at + 1:], value[:at] + other + value[at:], value[:at] + other + value[at + 1:], value + other]))


def next_character(rng, document, site):
    at = rng.randrange(len(site.value))
    return Text(site.value[:at] + chr(ord(site.value[at]) + rng.choice([-1, 1])) + site.value[at + 1:])


def other_digit(rng, document, site):
    if not site.value.isdigit():
        return None
    at = rng.randrange(len(site.value))
    return Text(site.value[:at] + rng.choice("0123456789") + site.value[at + 1:])


def other_code(rng, document, site):
    value = str(site.value)
    return Text(rng.choice([value.upper(), value + "s", value[:-1], value.replace("-", "_"), "unknown", value.title(), *filter(None, site.schema["enum"])]))


def wrapped(rng, document, site):
    inner = site.value
    name = rng.choice(["value", "item", "name"])
    return rng.choice([Object([(name, inner)]), Array([inner])])


def unwrapped(rng, document, site):
    inner = [v for _, v in site.value] if isinstance(site.value, Object) else list(site.value)
    return rng.choice([Text("көк"), *inner])


def item_twice(rng, document, site):
    return Array(list(site.value) + [rng.choice(site.value)]) if site.value else None


def item_null_json(rng, document, site):
    return Array([*site.value, Literal("null")]) if document.format == "json" else None


def null_json(rng, document, site):
    fits = document.format == "json" and "withdraw_other_field" not in document.done
    return Literal("null") if fits else None


def of(*values):
    return lambda rng, document, site: Text(rng.choice(values))


def literal_json(*values):
    return lambda rng, document, site: Literal(rng.choice(values)) if document.format == "json" else None


def number_edge(rng, document, site):
    least, most = int(site.schema["minimum"]), int(site.schema["maximum"])
    value = str(rng.choice([least, least - 1, most, most + 1, 0, (least + most) // 2, 2**31, 2**63 - 1]))
    return Literal(value) if document.format == "json" else Text(value)


def decimal_edge(rng, document, site):
    value = rng.choice(["0", "0.5", "0.25", "-0.1", "100", "100.01", "99.99", "1.10", "0.000001", "50.123456789"])
    return Literal(value) if document.format == "json" else Text(value)


def decimal_digits(rng, document, site):
    value = "1." + "".join(rng.choice("123456789") for _ in range(rng.choice([16, 17, 18, 19])))
    return Literal(value) if document.format == "json" else Text(value)


def spaced(rng, document, site):
    value, at = str(site.value), rng.randrange(len(site.value) + 1)
    return Text(value[:at] + rng.choice(SPACES) + value[at:])


def look_alike(rng, document, site):
    value = "".join(LOOK_ALIKE.get(c, c) if rng.random() < 0.5 else c for c in site.value)
    return Text(value) if value != site.value else None


def decomposed(rng, document, site):
    value = unicodedata.normalize("NFD", str(site.value) + rng.choice(["й", "ё", ""]))
    return Text(rng.choice([value, "и\u0306"])) if value != site.value else None


# By what stands in the pattern that the schema has for such codes.
CODES = {
    "[BDM]": ["6В06101", "6М06101", "6B06101", "6B0610101", "6B0608801", "6X06101", "9B06101", "M"],
    "\u0425": ["2512-1", "X", "X251", "Х251", "251", "0110", "2512-12", "Ы"],
    "^([0-9]{5})$": ["62.01.1", "J 62.01.1", "J62011", "62011", "6201", "620.11"],
}


def codes_of(site):
    return next((codes for mark, codes in CODES.items() if mark in site.schema.get("pattern", "")), None)


def other_spelling(rng, document, site):
    return Text(rng.choice(codes_of(site)))


def number_as_text_json(rng, document, site):
    return Text(str(site.value)) if document.format == "json" and isinstance(site.value, Literal) else None


def nil_xml(rng, document, schema):
    site = pick(rng, document, schema, any_value)
    if document.format != "xml" or not site:
        return False
    site.value = Object()
    site.value.attributes = ' xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"'
    return True


def foreign_attribute_xml(rng, document, schema):
    target = rng.choice(objects(document.record))
    target.attributes = ' xmlns:o="urn:other" o:note="1"'
    return document.format == "xml"


def attribute_xml(rng, document, schema):
    target = rng.choice(objects(document.record))
    target.attributes = ' note="1"'
    return document.format == "xml"


def stray_text_xml(rng, document, schema):
    target = rng.choice(objects(document.record))
    target.insert(rng.randrange(len(target) + 1), ["", Raw("көк")])
    return document.format == "xml"


def foreign_element_xml(rng, document, site):
    return Raw('<o:x xmlns:o="urn:other">1</o:x>') if document.format == "xml" else None


def cdata_xml(rng, document, site):
    return Raw(f"<!-- x --><![CDATA[{site.value}]]>") if document.format == "xml" and "]]>" not in site.value else None


def ground(rng, document, schema):
    if document.ground is None:
        return False
    choices = ["", "  ", "\u00a0", "x", "Қате жіберілген", False]
    document.ground = rng.choice(choices + ([Array(), Literal("null"), Literal("7")] if document.format == "json" else []))
    return True


def withdraw_other_field(rng, document, schema):
    if document.ground is None:
        return False
    others = [n for n in schema["all"] if n not in document.record.names()]
    document.record.append([rng.choice(others), Text("көк")])
    return bool(others)


def withdraw_null_field_json(rng, document, schema):
    if document.ground is None or document.format != "json":
        return False
    document.record.append([[n for n in schema["all"] if n not in document.record.names()][0], Literal("null")])
    return True


def withdraw_from_list(rng, document, schema):
    if schema["withdraws"] or document.ground is not None:
        return False
    document.record = Object(p for p in document.record if p[0] in schema["key"])
    document.ground = "Қате жіберілген"
    return True


PERIODS = ["2026-10", "2026-Q4", "2026-H2", "2026", "2026-10-05", "2026-13", "2026-00", "2026-Q5", "2026-H3", "1989", "2200", "1990", "2199", "2026-02-29",
           "2028-02-29", "2100-02-29", "2000-02-29", "1996-02-29", "1990-02-29", "2026-04-31", "2199-12", "1989-12", "2026-1", "", " 2026-10", "2026-10-05 ",
           "2026-q4", "٢٠٢٦", "2026-10-5", "2026-10-05Z", "12026"]


def period(rng, document, schema):
    document.envelope["period"] = rng.choice(PERIODS)
    return True


def kind(rng, document, schema):
    document.envelope["kind"] = rng.choice(["list", "changes", "facts", "edition", "List", "all", "", " facts"])
    return True


def feed(rng, document, schema):
    document.envelope["feed"] = rng.choice(["nothing", document.feed + " ", document.feed.upper(), document.feed + "s", ""])
    return True


def envelope_left_out(rng, document, schema):
    del document.envelope[rng.choice(list(document.envelope))]
    return True


def envelope_more_json(rng, document, schema):
    document.envelope["note"] = "1"
    return document.format == "json"


def envelope_more_xml(rng, document, schema):
    document.envelope["note"] = "1"
    return document.format == "xml"


def records_first_json(rng, document, schema):
    document.records_first = True
    return document.format == "json"


MUTATIONS = {
    "nothing": nothing, "drop": drop, "unknown": unknown, "double": double, "shuffle": shuffle,
    "wrong_type": replacing(any_value, wrong_type),
    "resized": replacing(text, resized),
    "retyped": replacing(plain_text, retyped),
    "pattern": replacing(patterned, retyped),
    "next_character": replacing(patterned, next_character),
    "other_digit": replacing(patterned, other_digit),
    "other_code": replacing(listed, other_code),
    "wrapped": replacing(any_value, wrapped),
    "unwrapped": replacing(lambda s: array(s) or object_(s), unwrapped),
    "empty_text": replacing(text, of("")),
    "empty_other": replacing(lambda s: not s.is_text and s.is_scalar, of("")),
    "blank_text": replacing(text, of(*SPACES)),
    "empty_array": replacing(array, lambda r, d, s: Array()),
    "empty_object": replacing(object_, lambda r, d, s: Object()),
    "item_twice": replacing(array, item_twice),
    "item_null_json": replacing(array, item_null_json),
    "null_json": replacing(any_value, null_json),
    "nil_xml": nil_xml,
    "date_edge": replacing(date, of("2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "2100-02-29", "2024-02-30", "2024-04-31", "1900-01-01", "1899-12-31", "2199-12-31",
                                    "2200-01-01", "2024-13-01", "2024-00-10", "2024-1-09", "24-01-09", "2024-02-29Z", "2024-02-29+05:00", "-2024-02-29",
                                    "2024/02/29", "20240229", "٢٠٢٤-02-01", "12024-02-01", "2024-12-31", "2024-11-31")),
    "date_spelling": replacing(date, of("29.02.2024", "31.04.2024", "01.12.2025", "2024-02-29T10:00:00+05:00", "2024-02-29T24:00:00", "9.2.2024", " 2024-02-29 ")),
    "number_edge": replacing(integer, number_edge),
    "decimal_edge": replacing(decimal, decimal_edge),
    "decimal_digits": replacing(decimal, decimal_digits),
    "number_bad": replacing(number, of("07", "--1", "1-", "0x10", "NaN", "INF", "٣", "1 2", "99999999999999999999", "-")),
    "number_spelling": replacing(number, of("+5", "5.0", "5.00", "1e1", "5e0", "12,50", "1,000", "1.5e+1", "-0", "3", "7")),
    "number_literal_json": replacing(number, literal_json("5.0", "1e1", "-0", "50e-1", "1.5", "0.1e2", "123456789012345678901")),
    "number_as_text_json": replacing(lambda s: number(s) or boolean(s), number_as_text_json),
    "boolean_word": replacing(boolean, of("maybe", "tru", "2", "-1", "ok", "да нет", "ж")),
    "boolean_spelling": replacing(boolean, of("1", "0", "yes", "No", "TRUE", "да", "НЕТ", "иә", "жоқ", " true")),
    "spaced": replacing(plain_text, spaced),
    "look_alike": replacing(lambda s: plain_text(s) and not codes_of(s), look_alike),
    "decomposed": replacing(free_text, decomposed),
    "code_spelling": replacing(codes_of, other_spelling),
    "attribute_xml": attribute_xml, "foreign_attribute_xml": foreign_attribute_xml, "stray_text_xml": stray_text_xml,
    "foreign_element_xml": replacing(any_value, foreign_element_xml),
    "cdata_xml": replacing(plain_text, cdata_xml),
    "ground": ground, "withdraw_other_field": withdraw_other_field, "withdraw_null_field_json": withdraw_null_field_json,
    "withdraw_from_list": withdraw_from_list,
    "period": period, "kind": kind, "feed": feed, "envelope_left_out": envelope_left_out, "envelope_more_json": envelope_more_json,
    "envelope_more_xml": envelope_more_xml, "records_first_json": records_first_json,
}
