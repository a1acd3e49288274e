"""Hostile documents: a row says what it is, what it is made of and how it must end. `limit` in a maker is the gateway's max_message_mb in bytes: what is to cross
it is made a little longer, so that the same table serves small limits in every run and 2 GB in a long one.

A new format is a row of FORMATS and its rows in ATTACKS.
"""
import functools
import gzip
import io
import os
import pathlib
import random
import subprocess
import sys
import zipfile
from collections import namedtuple

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import documents    # noqa: E402

FEED, PERIOD, KIND, BIN, NS = documents.FEED, "2026-10", "facts", "391240001016", documents.NS

# form: media type, what feed, period and kind are said by ("document" or "query"), the option of nqs-gateway submit, and whether a document cut off can be told from a whole one
# (rows of CSV have no end but the file's)
Form = namedtuple("Form", "type claim option ends", defaults=[True])
FORMATS = {
    "xml": Form("application/xml", "document", "xml"),
    "json": Form("application/json", "document", "json"),
    "ndjson": Form("application/x-ndjson", "query", "ndjson"),
    "csv": Form("text/csv", "query", "csv", False),
    "xlsx": Form("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "query", "xlsx"),
}

# name; form; make(limit): pieces of bytes; codes, one of which it is refused with at the door, or of the delivery's own refusal or finding when it is kept (a set: any of them);
# coding: Content-Encoding; kept: it comes through the door and is found when it is worked; doors: where it makes sense ("rest", "soap", "cli")
Attack = namedtuple("Attack", "name form make codes coding kept doors")
MB = 1 << 20
MANY = int(os.environ.get("NQS_HOSTILE_MANY", "20000"))      # 1,000,000 in the long run
DEEP = max(MANY, 200000)


def attack(name, form, make, code, coding=None, kept=False, doors=("rest", "soap", "cli")):
    codes = code if isinstance(code, set) else {code}
    if isinstance(make, (bytes, str)):
        whole = make if isinstance(make, bytes) else make.encode()
        return Attack(name, form, lambda limit: [whole], codes, coding, kept, doors)
    return Attack(name, form, make, codes, coding, kept, ("rest",) if coding else doors)


def said_of(protocol):
    """What its work found, by the protocol: the codes of a delivery that was kept, or its state."""
    if protocol.get("refused"):
        return {protocol["refused"]["code"]}
    return {f["code"] for f in protocol["findings"]} or {protocol["state"]}


XML_HEAD = '<delivery xmlns="%s" feed="%s" period="%s" kind="%s">' % (NS, FEED, PERIOD, KIND)
JSON_HEAD = '{"feed":"%s","period":"%s","kind":"%s","records":[' % (FEED, PERIOD, KIND)


def good(form, n, period=PERIOD):
    """A good delivery of a few records, other ones for every n."""
    records = [documents.fields(i, BIN) for i in range(n * 3, n * 3 + 3)]
    if form == "xlsx":
        return workbook(sheet(row(HEADINGS) + "".join(row([str(c) for c in r[:5]] + ["Сварщик", str(r[6]), r[7], "issued"]) for r in records)))
    if form == "xml":
        return (XML_HEAD.replace(PERIOD, period) + "".join(map(documents.xml_record, records)) + "</delivery>").encode()
    lines = list(map(documents.json_record, records))
    return ("\n".join(lines) if form == "ndjson" else JSON_HEAD.replace(PERIOD, period) + ",".join(lines) + "]}").encode()


def within(head, unit, tail, times=None, at_once=MB):
    """head, unit again and again until the limit is passed (or `times` in all), tail; in pieces."""
    head, unit, tail = (s if isinstance(s, bytes) else s.encode() for s in (head, unit, tail))

    def make(limit):
        left = times or (limit + MB) // len(unit) + 1
        each = max(1, at_once // len(unit))
        yield head
        while left > 0:
            yield unit * min(each, left)
            left -= each
        yield tail
    return make


def counted(head, template, tail, times, at_once=5000):
    """head, the template with 0, 1, 2 … in it, tail."""
    def make(limit):
        yield head.encode()
        for start in range(0, times, at_once):
            yield "".join(template.replace("#", "%x" % i) for i in range(start, min(start + at_once, times))).encode()
        yield tail.encode()
    return make


@functools.lru_cache(maxsize=1)
def squeezed(command, length):
    """A bomb: so many blanks, as a tool makes little of them."""
    return subprocess.run("head -c %d /dev/zero | tr '\\0' ' ' | %s" % (length, command), shell=True, stdout=subprocess.PIPE, check=True).stdout


def bomb(command):
    """limit + 1 MB of blanks, through this command."""
    return lambda limit: [squeezed(command, limit + MB)]


def coded(data, *command):
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def record(inner):
    return XML_HEAD + "<record>" + inner + "</record></delivery>"


LAUGHS = '<!DOCTYPE d [<!ENTITY a0 "ha">' + "".join('<!ENTITY a%d "%s">' % (i, "&a%d;" % (i - 1) * 10) for i in range(1, 10)) + "]>"
ALL = ("rest", "soap", "cli")
NO_SOAP = ("rest", "cli")

XML = [
    attack("billion laughs", "xml", LAUGHS + record("&a9;"), "doctype"),
    attack("quadratic entities", "xml", '<!DOCTYPE d [<!ENTITY a "%s">]>' % ("x" * 30000) + record("&a;" * 30000), "doctype"),
    attack("an external entity", "xml", '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + record("&a;"), "doctype"),
    attack("an external DTD", "xml", '<!DOCTYPE d SYSTEM "http://localhost:1/d.dtd">' + record(""), "doctype"),
    attack("a parameter entity", "xml", '<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///dev/zero">%p;]>' + record(""), "doctype"),
    attack("an entity nobody declared", "xml", record("&a;"), {"not_well_formed", "unwrap"}),
    attack("100,000 attributes", "xml", counted(XML_HEAD + "<record ", 'a#="" ', "/></delivery>", 100000), {"too_many_attributes", "too_large_markup"}),
    attack("a tag without an end", "xml", within(XML_HEAD + "<", "a", "/></delivery>"), "too_large_markup"),
    attack("an attribute without an end", "xml", within(XML_HEAD + '<record a="', "a", '"/></delivery>'), "too_large_markup"),
    attack("a comment without an end", "xml", within(XML_HEAD + "<!--", "a", "--></delivery>"), "too_large_markup"),
    attack("an instruction without an end", "xml", within(XML_HEAD + "<?a ", "a", "?></delivery>"), "too_large_markup"),
    attack("distinct element names in a record", "xml", counted(XML_HEAD + "<record>", "<e#/>", "</record></delivery>", MANY), {"bad_record", "unknown_field", "not_well_formed"}, kept=True),
    attack("distinct element names in many records", "xml", counted(XML_HEAD, "<record><e#/></record>", "</delivery>", MANY), {"unknown_field", "not_well_formed"}, kept=True),
    attack("distinct names beside the records", "xml", counted(XML_HEAD, "<e#/>", "</delivery>", MANY), "not_a_delivery", kept=True),
    attack("distinct attribute names", "xml", counted(XML_HEAD, '<record a#=""/>', "</delivery>", MANY), {"bad_record", "not_well_formed"}, kept=True),
    attack("distinct namespaces", "xml", counted(XML_HEAD, '<record xmlns:p="urn:#"><p:a/></record>', "</delivery>", MANY), {"unknown_field", "bad_record", "not_well_formed"}, kept=True),
    attack("bottomless nesting", "xml", lambda limit: [XML_HEAD.encode(), b"<record>", b"<a>" * DEEP, b"</a>" * DEEP, b"</record></delivery>"], "too_deep"),
    attack("a record nested 60 deep", "xml", record("<a>" * 60 + "</a>" * 60), "bad_record", kept=True, doors=NO_SOAP),
    attack("one text over the limit", "xml", within(XML_HEAD + "<record><qualification>", "text ", "</qualification></record></delivery>"), "too_large"),
    attack("one text of 4 MB", "xml", within(XML_HEAD + "<record><qualification>", "text ", "</qualification></record></delivery>", 800000), "bad_record", kept=True),
    attack("CDATA over the limit", "xml", within(XML_HEAD + "<record><qualification><![CDATA[", "text ", "]]></qualification></record></delivery>"),
           {"too_large", "unwrap"}, doors=NO_SOAP),
    attack("an endless line of spaces", "xml", within(XML_HEAD, " ", "</delivery>"), "too_large"),
    attack("many records over the limit", "xml", within(XML_HEAD, "<record/>", "</delivery>"), "too_large"),
    attack("overlong UTF-8", "xml", record("\0").encode().replace(b"\0", b"\xc0\xaf"), "not_utf8"),
    attack("a surrogate in UTF-8", "xml", record("\0").encode().replace(b"\0", b"\xed\xa0\x80"), "not_utf8"),
    attack("beyond Unicode", "xml", record("\0").encode().replace(b"\0", b"\xf4\x90\x80\x80"), "not_utf8"),
    attack("windows-1251 that says UTF-8", "xml", record("<qualification>\0</qualification>").encode().replace(b"\0", "Сварщик".encode("cp1251")), "not_utf8"),
    attack("NUL in a text", "xml", record("<qualification>\0</qualification>"), "nul_character"),
    attack("NUL as a reference", "xml", record("<qualification>&#0;</qualification>"), {"not_well_formed", "unwrap"}),
    attack("a control character", "xml", record("<qualification>\x01</qualification>"), "not_well_formed"),
    attack("UTF-16 with its mark", "xml", record("").encode("utf-16"), "not_utf8", doors=NO_SOAP),
    attack("UTF-16 without a mark", "xml", record("").encode("utf-16-le"), "nul_character", doors=NO_SOAP),
    attack("UTF-32", "xml", record("").encode("utf-32"), "not_utf8", doors=NO_SOAP),
    attack("it says UTF-16", "xml", '<?xml version="1.0" encoding="UTF-16"?>' + record(""), {"encoding", "not_well_formed"}, doors=NO_SOAP),
    attack("it says UTF-7", "xml", '<?xml version="1.0" encoding="UTF-7"?>' + record("+ADw-a/+AD4-"), "encoding", doors=NO_SOAP),
    attack("all in UTF-7", "xml", record("").encode("utf-7").replace(b"<", b"+ADw-"), "not_well_formed", doors=NO_SOAP),
    attack("an attribute twice", "xml", record('<qualification a="1" a="2"/>'), "not_well_formed", kept=True),
    attack("a prefix nobody declared", "xml", record("<p:qualification/>"), "undeclared_prefix", kept=True),
    attack("two roots", "xml", record("") + record(""), "not_well_formed", doors=NO_SOAP),
    attack("end tags that do not match", "xml", record("<a></b>"), "not_well_formed"),
    attack("inclusions", "xml", record('<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'), {"unknown_field", "bad_record"}, kept=True),
    attack("a style sheet", "xml", '<?xml-stylesheet href="file:///etc/passwd" type="text/xsl"?>' + record(""), "required", kept=True, doors=NO_SOAP),
    attack("nothing", "xml", b"", "torn", doors=NO_SOAP),
    attack("another root", "xml", "<html/>", "unknown_root"),
]

JSON = [
    attack("bottomless nesting", "json", JSON_HEAD + "[" * DEEP, "too_deep"),
    attack("bottomless objects", "json", JSON_HEAD + '{"a":' * DEEP, "too_deep"),
    attack("a record nested 60 deep", "json", JSON_HEAD + '{"a":' + "[" * 60 + "]" * 60 + "}]}", "bad_record", kept=True),
    attack("keys twice in a record", "json", JSON_HEAD + '{"level":1,"level":2}]}', "duplicate_json_key", kept=True),
    attack("keys twice, one of them escaped", "json", JSON_HEAD + '{"level":1,"\\u006cevel":2}]}', "duplicate_json_key", kept=True),
    attack("feed twice", "json", '{"feed":"%s",' % FEED + JSON_HEAD[1:] + "]}", {"duplicate_json_key", "not_a_delivery"}, kept=True),
    attack("records twice", "json", JSON_HEAD + '],"records":[]}', {"duplicate_json_key", "records_not_last"}, kept=True),
    attack("distinct members", "json", counted(JSON_HEAD + "{", '"m#":1,', '"z":1}]}', MANY), "bad_record", kept=True),
    attack("as many members with one name", "json", JSON_HEAD + "{" + '"m":1,' * MANY + '"z":1}]}', {"duplicate_json_key", "bad_record"}, kept=True),
    attack("a million values", "json", JSON_HEAD + '{"skills":[' + "1," * 10**6 + "1]}]}", "bad_record", kept=True),
    attack("a number of 1 M digits", "json", JSON_HEAD + '{"level":' + "9" * 10**6 + "}]}", "not_well_formed"),
    attack("a number too great", "json", JSON_HEAD + '{"level":1e999999}]}', "bad_level", kept=True),
    attack("a number beyond 64 bits", "json", JSON_HEAD + '{"level":99999999999999999999}]}', "bad_level", kept=True),
    attack("not a number", "json", JSON_HEAD + '{"level":NaN}]}', "not_well_formed"),
    attack("a key of 1 MB", "json", JSON_HEAD + '{"%s":1}]}' % ("k" * MB), "not_well_formed"),
    attack("one text over the limit", "json", within(JSON_HEAD + '{"qualification":"', "text ", '"}]}'), "too_large"),
    attack("one text of 4 MB", "json", within(JSON_HEAD + '{"qualification":"', "text ", '"}]}', 800000), "bad_record", kept=True),
    attack("endless white space", "json", within(JSON_HEAD, " ", "]}"), "too_large"),
    attack("white space before all", "json", within("", " ", JSON_HEAD + "]}", 10**6), "claim_too_late"),
    attack("many records over the limit", "json", within(JSON_HEAD + "{}", ",{}", "]}"), "too_large"),
    attack("overlong UTF-8", "json", JSON_HEAD.encode() + b'{"qualification":"\xc0\xaf"}]}', "not_utf8"),
    attack("NUL in a text", "json", JSON_HEAD + '{"qualification":"\0"}]}', "nul_character"),
    attack("NUL escaped", "json", JSON_HEAD + '{"qualification":"\\u0000"}]}', "nul_character"),
    attack("half a surrogate", "json", JSON_HEAD + '{"qualification":"\\ud800"}]}', {"bad_record", "not_well_formed", "bad_text", "not_utf8"}, kept=True),
    attack("UTF-16 with its mark", "json", (JSON_HEAD + "]}").encode("utf-16"), "not_utf8"),
    attack("UTF-16 without a mark", "json", (JSON_HEAD + "]}").encode("utf-16-le"), "nul_character"),
    attack("UTF-7", "json", "+AHs-}", "not_well_formed"),
    attack("more behind the end", "json", JSON_HEAD + "]} {}", "not_well_formed"),
    attack("a prototype's name", "json", JSON_HEAD + '{"__proto__":{"level":1}}]}', "unknown_field", kept=True),
    attack("nothing", "json", b"", "torn"),
]

LINES = [
    attack("an endless line", "ndjson", within('{"qualification":"', "text ", '"}'), "line_too_long"),
    attack("a line of a million members", "ndjson", counted("{", '"#":1,', '"z":1}\n', 600000), "line_too_long"),
    attack("a line of 100,000 members", "ndjson", counted("{", '"#":1,', '"z":1}\n', 100000), "bad_record", kept=True),
    attack("keys twice in a line", "ndjson", '{"level":1,"level":2}\n', {"bad_record", "duplicate_json_key"}, kept=True),
    attack("a line nested 100,000 deep", "ndjson", "[" * 100000 + "]" * 100000 + "\n", "bad_record", kept=True),
    attack("a number of 100,000 digits", "ndjson", '{"level":' + "9" * 100000 + "}\n", {"bad_record", "bad_level"}, kept=True),
    attack("endless empty lines", "ndjson", within("", "\n", "{}"), "too_large"),
    attack("many lines over the limit", "ndjson", within("", "{}\n", ""), "too_large"),
    attack("overlong UTF-8", "ndjson", b'{"qualification":"\xc0\xaf"}\n', "not_utf8"),
    attack("NUL", "ndjson", b'{"qualification":"\0"}\n', "nul_character"),
    attack("UTF-16", "ndjson", '{"level":1}\n'.encode("utf-16"), "not_utf8"),
    attack("nothing", "ndjson", b" \n", "torn"),
]

# Tables

HEADINGS = ["centre_bin", "document_number", "issued_on", "valid_to", "profession_code", "qualification", "level", "attempt_number", "status"]
CSV_HEAD = ";".join(HEADINGS) + "\r\n"
XL = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK = {
    "_rels/.rels": '<Relationships><Relationship Id="a" Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>' % REL,
    "xl/workbook.xml": '<workbook %s xmlns:r="%s"><sheets><sheet name="S" sheetId="1" r:id="s"/></sheets></workbook>' % (XL, REL),
    "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="s" Type="%s/worksheet" Target="sheet.xml"/>'
                                  '<Relationship Id="t" Type="%s/sharedStrings" Target="texts.xml"/></Relationships>' % (REL, REL),
}
SHEET = "<worksheet %s><sheetData>" % XL, "</sheetData></worksheet>"


def cell(text):
    return '<c t="inlineStr"><is><t>%s</t></is></c>' % text


def row(cells):
    return "<row>%s</row>" % "".join(map(cell, cells))


def sheet(rows, before=""):
    return before + SHEET[0] + rows + SHEET[1]


def workbook(sheet_part, **more):
    """A workbook whose one sheet is this part: a text, bytes, or pieces of bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in {**BOOK, **{k.replace("__", "/") + ".xml": v for k, v in more.items()}}.items():
            z.writestr(name, content)
        with z.open("xl/sheet.xml", "w") as part:
            for piece in [sheet_part] if isinstance(sheet_part, (bytes, str)) else sheet_part:
                part.write(piece if isinstance(piece, bytes) else piece.encode())
    return out.getvalue()


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, content in parts.items():
            z.writestr(name, content)
    return out.getvalue()


def book(sheet_part, **more):
    return lambda limit: [workbook(sheet_part(limit) if callable(sheet_part) else sheet_part, **more)]


def many_entries(limit):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, content in BOOK.items():
            z.writestr(name, content)
        for i in range(12000):
            z.writestr("e%d" % i, b"")
    return [out.getvalue()]


HEAD_ROW = row(HEADINGS)
CSV = [
    attack("an endless line", "csv", within(CSV_HEAD, "text ", ""), "row_too_long"),
    attack("an endless quote", "csv", within(CSV_HEAD + '"', "text\n", '"'), {"row_too_long", "too_large"}),
    attack("a quote without an end", "csv", CSV_HEAD + '"text', "torn"),
    attack("a million columns", "csv", counted("", "h#;", "z\r\n", 10**6), {"too_many_columns", "row_too_long"}),
    attack("a million values in a row", "csv", within(CSV_HEAD, "1;", "\r\n", 10**6), {"too_many_columns", "row_too_long"}),
    attack("16,000 headings nobody knows", "csv", counted("", "h#;", "z\r\n1\r\n", 16000), "unknown_heading", kept=True),
    attack("endless empty lines", "csv", within(CSV_HEAD, "\n", ""), "too_large"),
    attack("many rows over the limit", "csv", within(CSV_HEAD, "1;2\n", ""), "too_large"),
    attack("a heading twice", "csv", CSV_HEAD.replace("status", "level") + "1\n", {"doubled_heading", "heading_missing"}, kept=True),
    attack("NUL", "csv", CSV_HEAD + "a\0b\n", "nul_character"),
    attack("overlong UTF-8 behind Cyrillic", "csv", CSV_HEAD.encode() + "Сварщик;".encode() + b"\xc0\xaf\n", "not_utf8"),
    attack("half of UTF-16", "csv", (CSV_HEAD + "a\n").encode("utf-16")[:-1], "torn"),
    attack("a lone surrogate in UTF-16", "csv", (CSV_HEAD + "a").encode("utf-16") + b"\x00\xd8a\0", {"not_in_charset", "not_utf8"}),
    attack("a formula", "csv", CSV_HEAD + "=cmd|' /C calc'!A0;1\n", "required", kept=True),
    attack("JSON nested 100,000 deep in a cell", "csv", CSV_HEAD.replace("level", "skills") + "a;b;c;d;e;f;%s\n" % ("[" * 100000), {"heading_missing"}, kept=True),
    attack("nothing", "csv", b"", "torn"),
]

XLSX = [
    attack("no zip", "xlsx", b"hello" * 100, "not_xlsx"),
    attack("an old workbook", "xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, "old_workbook"),
    attack("a zip that is no workbook", "xlsx", lambda limit: [zipped({"a.txt": "a"})], "not_xlsx", kept=True),
    attack("billion laughs in the sheet", "xlsx", book(sheet(HEAD_ROW + row(["&a9;"]), LAUGHS)), "doctype", kept=True),
    attack("an external entity in the sheet", "xlsx", book(sheet(row(["&a;"]), '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>')), "doctype", kept=True),
    attack("billion laughs in shared texts", "xlsx", book(sheet(HEAD_ROW), xl__texts=LAUGHS + "<sst><si><t>&a9;</t></si></sst>"), "doctype", kept=True),
    attack("a zip bomb", "xlsx", book(lambda limit: [SHEET[0] + HEAD_ROW] + [b" " * MB] * 64 + [SHEET[1]]), "zip_bomb", kept=True),
    attack("a zip bomb of empty rows", "xlsx", book(lambda limit: [SHEET[0] + HEAD_ROW] + ["<row></row>" * 100000] * 40 + [SHEET[1]]), "zip_bomb", kept=True),
    attack("a zip bomb of shared texts", "xlsx", book(sheet(HEAD_ROW), xl__texts="<sst>" + "<si><t>a</t></si>" * 3000000 + "</sst>"), "zip_bomb", kept=True),
    attack("12,000 entries", "xlsx", many_entries, "not_xlsx", kept=True),
    attack("bottomless nesting", "xlsx", book("<a>" * DEEP), {"too_deep", "zip_bomb"}, kept=True),
    attack("100,000 attributes", "xlsx", book(counted("<worksheet ", 'a#="" ', "/>", 100000)), {"too_many_attributes", "too_large_markup"}, kept=True),
    attack("distinct element names", "xlsx", book(counted(SHEET[0] + HEAD_ROW, "<e#/>", SHEET[1], MANY)), {"not_xlsx", "withdrawn_by_correction", "settled"}, kept=True),
    attack("a cell of 2 MB", "xlsx", book(lambda limit: [sheet(HEAD_ROW + row([" ".join("%x" % (i * 7919) for i in range(300000))]))]), {"not_xlsx", "bad_record"}, kept=True),
    attack("a column beyond the last", "xlsx", book(sheet('<row><c r="ZZZZZZZ1"><v>1</v></c></row>')), "not_xlsx", kept=True),
    attack("rows that go back", "xlsx", book(sheet('<row r="9">%s</row><row r="2"/>' % "".join(map(cell, HEADINGS)))), "not_xlsx", kept=True),
    attack("a shared text that is not there", "xlsx", book(sheet(HEAD_ROW + '<row><c t="s"><v>99999999999</v></c></row>')), "not_xlsx", kept=True),
    attack("a sheet in UTF-16", "xlsx", book(sheet(HEAD_ROW).encode("utf-16")), "not_utf8", kept=True),
    attack("NUL in the sheet", "xlsx", book(sheet(HEAD_ROW + row(["\0"]))), "nul_character", kept=True),
    attack("a sheet that is torn", "xlsx", book(sheet(HEAD_ROW)[:-20]), "torn", kept=True),
    attack("a number beyond all numbers", "xlsx", book(sheet(HEAD_ROW + "<row><c><v>1e999999</v></c></row>")), "required", kept=True),
    attack("nothing", "xlsx", b"", "torn"),
]

CODED = [
    attack("a zstd bomb", "xml", bomb("zstd -q -c -19"), {"too_large", "claim_too_late", "not_well_formed"}, "zstd"),
    attack("a zstd bomb of JSON", "json", bomb("zstd -q -c -3"), {"too_large", "claim_too_late"}, "zstd"),
    attack("a gzip bomb", "xml", bomb("gzip -9"), {"too_large", "claim_too_late"}, "gzip"),
    attack("a zstd window of 128 MB", "xml", bomb("zstd -q -c --ultra -22 --long=27"), "bad_coding", "zstd"),
    attack("gzip in gzip", "xml", lambda limit: [gzip.compress(gzip.compress(good("xml", 0)), mtime=0)], {"not_utf8", "not_well_formed", "nul_character"}, "gzip"),
    attack("gzip that is torn", "xml", lambda limit: [gzip.compress(good("xml", 0))[:-9]], "torn", "gzip"),
    attack("zstd that is torn", "xml", lambda limit: [coded(good("xml", 0), "zstd", "-q", "-c")[:-3]], "torn", "zstd"),
    attack("gzip with a wrong sum", "xml", lambda limit: [gzip.compress(good("xml", 0))[:-8] + b"\1\2\3\4" + gzip.compress(good("xml", 0))[-4:]], "bad_coding", "gzip"),
    attack("it says zstd and is not", "xml", lambda limit: [good("xml", 0)], "bad_coding", "zstd"),
    attack("it says gzip and is zstd", "xml", lambda limit: [coded(good("xml", 0), "zstd", "-q", "-c")], "bad_coding", "gzip"),
    attack("gzip that nobody spoke of", "xml", gzip.compress(good("xml", 0)), {"not_utf8", "not_well_formed", "nul_character"}, doors=NO_SOAP),
    attack("a coding nobody knows", "xml", lambda limit: [good("xml", 0)], "unsupported_type", "br"),
    attack("two codings", "xml", lambda limit: [good("xml", 0)], "unsupported_type", "gzip, zstd"),
]

ATTACKS = XML + JSON + LINES + CSV + XLSX + CODED


def cuts(form, n=200, seed=391):
    """A good document, cut off at n places that chance chose."""
    whole = good(form, 0)
    at = random.Random(seed)
    return whole, [at.randrange(1, len(whole.rstrip(b"\n")) - 1) for _ in range(n)]


def size_of(pieces):
    return sum(map(len, pieces))


