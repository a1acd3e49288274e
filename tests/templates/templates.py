#!/usr/bin/env python3
"""The template of every feed in every language is what the feed's description says; filled in with the records of tests/feeds/CODE/good.json as a person
would and handed in, it gives the very records that good.json gives."""
import csv
import datetime
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import openpyxl

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))
from checks import Checks                               # noqa: E402
from gateway import Gateway, ROOT                       # noqa: E402

FEEDS = ROOT / "tests/feeds"
LANGUAGES = ["kk", "ru", "en"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEETS = {"kk": ["Деректер", "Түсіндірме", "Тізімдер"], "ru": ["Данные", "Пояснения", "Списки"], "en": ["Data", "Notes", "Lists"]}
TRUTHS = {"kk": {True: "иә", False: "жоқ"}, "ru": {True: "да", False: "нет"}, "en": {True: "yes", False: "no"}}
NUMBER_FORMATS = {"text": "@", "boolean": "@", "date": "yyyy-mm-dd", "integer": "0", "decimal": "General"}
ROWS = 10000
checks = Checks()


def feed_codes():
    return sorted(p.name[:-len(".odcs.yaml")] for p in (ROOT / "schemas/contracts").glob("*.odcs.yaml"))


def fixture(feed, name):
    return json.loads((FEEDS / feed / name).read_bytes())


# What the columns must be, by the description of the feed

class Column:
    """path: from a record to the cells' values; repeats: each on a row of its own."""

    def __init__(self, top, field, path, needed):
        self.top, self.field, self.path, self.needed = top, field, path, needed
        self.repeats = top["type"] == "array"

    def heading(self, lang):
        label, own = self.top.get("label_" + lang), self.field.get("label_" + lang)
        if lang == "en" or not label:
            return ".".join(self.path)
        if len(self.path) == 1:
            return label
        return "%s: %s (%s)" % (label, own, ".".join(self.path)) if own else "%s (%s)" % (label, ".".join(self.path))

    def cells(self, record):
        value = record.get(self.path[0])
        values = value if isinstance(value, list) else [value]
        return [(v or {}).get(self.path[1]) for v in values] if len(self.path) == 2 else values


def columns_of(description):
    columns = []
    for top in description["fields"]:
        inner = top["item"][0] if top["type"] == "array" else top
        if inner["type"] == "object":
            columns += [Column(top, f, [top["name"], f["name"]], top["required"] and f["required"]) for f in inner["fields"]]
        else:
            columns.append(Column(top, {**inner, **{k: top.get(k) for k in ("label_kk", "label_ru")}}, [top["name"]], top["required"]))
    return columns


def template(g, feed, ending, lang):
    answer = g.get("/v1/feeds/%s/template.%s?lang=%s" % (feed, ending, lang))
    checks.equal("%s.%s %s is a file of that name" % (feed, ending, lang), (answer.status, answer.headers["Content-Disposition"], answer.headers["Content-Language"]),
                 (200, 'attachment; filename="%s_template_%s.%s"' % (feed, lang, ending), lang))
    return answer.body


# The workbook as it is given out

def choices(column, lang):
    if column.field["type"] == "boolean":
        return list(TRUTHS[lang].values())
    return [c["value"] for c in column.field.get("codes", [])]


def drop_downs(sheet):
    """By column letter: the choices, read from the rule or from the range that it names."""
    found = {}
    for rule in sheet.data_validations.dataValidation:
        letter, last = re.fullmatch(r"([A-Z]+)2:\1(\d+)", str(rule.sqref)).groups()
        checks.equal("rules reach as far down as is said", int(last), ROWS + 1)
        if rule.type != "list":
            continue
        if rule.formula1.startswith('"'):
            found[letter] = rule.formula1.strip('"').split(",")
        else:
            name, cells = rule.formula1.replace("'", "").replace("$", "").split("!")
            found[letter] = [c.value for row in sheet.parent[name][cells] for c in row]
    return found


def column_is_right(what, sheet, column, cell, lang):
    kind = column.field["type"]
    comment = cell.comment.text if cell.comment else ""
    checks.that("%s has a comment that names the field" % what, comment.endswith(": " + ".".join(column.path)), comment)
    checks.that("%s: its codes are explained" % what, all(c in comment for c in choices(column, lang) if kind == "text"), comment)
    checks.equal("%s is formatted by its type" % what, sheet.column_dimensions[cell.column_letter].number_format, NUMBER_FORMATS[kind])
    checks.equal("%s: a required one is dark" % what, cell.fill.fgColor.rgb == "FF1F4E79", column.needed)


def workbook_is_right(g, feed, lang, columns):
    book = openpyxl.load_workbook(io.BytesIO(template(g, feed, "xlsx", lang)))
    sheet, listed = book.worksheets[0], any(choices(c, lang) for c in columns)
    what = "%s in %s" % (feed, lang)
    checks.equal(what + ": sheets", book.sheetnames, SHEETS[lang][:3 if listed else 2])
    checks.equal(what + ": headings", [c.value for c in sheet[1]], [c.heading(lang) for c in columns])
    checks.equal(what + ": nothing but headings", (sheet.max_row, sheet.freeze_panes), (1, "A2"))
    letters = [c.column_letter for c in sheet[1]]
    checks.equal(what + ": drop-downs", drop_downs(sheet), {l: choices(c, lang) for l, c in zip(letters, columns) if choices(c, lang)})
    for column, cell in zip(columns, sheet[1]):
        column_is_right("%s %s" % (what, ".".join(column.path)), sheet, column, cell, lang)
    told = [row[5].value for row in book.worksheets[1].iter_rows() if len(row) > 5]
    checks.equal(what + ": the notes tell of every field", told[-len(columns):], [".".join(c.path) for c in columns])


def csv_is_right(g, feed, lang, columns):
    body = template(g, feed, "csv", lang)
    checks.that("%s.csv %s: a mark, one line" % (feed, lang), body.startswith(b"\xef\xbb\xbf") and body.endswith(b"\r\n") and body.count(b"\n") == 1, body)
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=";"))
    checks.equal("%s.csv %s: headings" % (feed, lang), rows, [[c.heading(lang) for c in columns]])


# Filled in as a person would

def rows_of(columns, record):
    cells = [c.cells(record) for c in columns]
    return [[c[i] if i < len(c) else None for c in cells] for i in range(max(len(c) for c in cells))]


def typed(value, column, lang):
    if isinstance(value, bool):
        return TRUTHS[lang][value]
    if column.field["type"] == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", value or ""):
        return datetime.date.fromisoformat(value)
    return value


def filled_workbook(body, columns, records, lang):
    book = openpyxl.load_workbook(io.BytesIO(body))
    sheet = book.worksheets[0]
    lines = [line for r in records for line in rows_of(columns, r)]
    for n, line in enumerate(lines, 2):
        for i, (value, column) in enumerate(zip(line, columns), 1):
            if value is not None:
                cell = sheet.cell(n, i, typed(value, column, lang))
                cell.number_format = NUMBER_FORMATS[column.field["type"]]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def filled_csv(body, columns, records, lang):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    for r in records:
        for line in rows_of(columns, r):
            writer.writerow(["" if v is None else str(v).replace(".", ",") if isinstance(v, float) else typed(v, c, lang) for v, c in zip(line, columns)])
    return body + out.getvalue().encode()


def handed_in(g, request, body, content_type, outcome, n):
    """Every record must come to this outcome without a finding."""
    about = {k: request[k] for k in ("feed", "period", "kind")}
    answer = g.deliver(body, request["bin"], content_type, about)
    if not checks.that("%s as %s is taken" % (request["feed"], content_type), answer.status in (200, 202), answer):
        return
    protocol = g.wait_done(answer.delivery)
    checks.equal("%s as %s: all are %s" % (request["feed"], content_type, outcome),
                 (protocol["state"], protocol["findings"], {o: n for o, n in protocol["outcomes"].items() if n}), ("settled", [], {outcome: n}))


def round_trip(g, feed, columns):
    request, records, expected = fixture(feed, "request.json"), fixture(feed, "good.json")["records"], fixture(feed, "expected.json")
    outcome = "new"
    for lang in LANGUAGES:
        for ending, content_type, filled in (("xlsx", XLSX, filled_workbook), ("csv", "text/csv", filled_csv)):
            body = filled(template(g, feed, ending, lang), columns, records, lang)
            handed_in(g, request, body, content_type, outcome, len(records))
            checks.equal("%s %s %s: the records are those of good.json" % (feed, ending, lang), g.records(feed), expected)
            outcome = "unchanged"
    handed_in(g, request, (FEEDS / feed / "good.json").read_bytes(), "application/json", "unchanged", len(records))


def walk(g, feed):
    columns = columns_of(g.get("/v1/feeds/" + feed).json)
    for lang in LANGUAGES:
        workbook_is_right(g, feed, lang, columns)
        csv_is_right(g, feed, lang, columns)
    round_trip(g, feed, columns)


# Who asks, and how

def asked_in_other_ways(g):
    path = "/v1/feeds/nrk/template."
    liked = g.get(path + "csv", {"Accept-Language": "kk"})
    checks.equal("the language is that of Accept-Language", liked.body, g.get(path + "csv?lang=kk").body)
    for bad in ("de", "", "KK"):
        answer = g.get(path + "xlsx?lang=" + bad)
        checks.equal("lang=%s is refused" % bad, (answer.status, answer.json["type"]), (400, "urn:kz:nqs:problem:bad_parameter"))
    checks.equal("no such feed", g.get("/v1/feeds/nothing/template.xlsx").status, 404)
    checks.equal("no such format", g.get(path + "ods").status, 404)
    checks.equal("a wrong token", g.get(path + "csv", {"Authorization": "Bearer x"}).status, 401)
    head = g.request("HEAD", path + "xlsx?lang=ru")
    checks.equal("HEAD says how long it is", (head.status, head.headers["Content-Length"]), (200, str(len(g.get(path + "xlsx?lang=ru").body))))


def on_the_command_line(g):
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "LC_ALL": "ru_RU.UTF-8", "TMPDIR": "/nowhere"}
        for ending in ("xlsx", "csv"):
            out = pathlib.Path(folder, "nkz." + ending)
            done = subprocess.run([g.bin, "contract", "template", "nkz", "--lang", "kk", "-o", out], env=env, cwd=ROOT, capture_output=True, text=True)
            checks.equal("%s is that of REST" % ending, (done.returncode, done.stderr, out.read_bytes()), (0, "", template(g, "nkz", ending, "kk")))
        contracts = ROOT / "schemas/contracts"
        for args, code in ((["nothing"], 2), (["nkz", "--lang", "de"], 2), (["nkz", "-o", "nkz.ods"], 2), (["nkz", "-o", "/nowhere/nkz.csv"], 1), ([], 2)):
            done = subprocess.run([g.bin, "contract", "template", *args, "--contracts", contracts], env=env, cwd=ROOT, capture_output=True, text=True)
            checks.that("%s ends with %d" % (args, code), done.returncode == code and done.stderr, done)


def main():
    with Gateway() as g:
        checks.say("started")
        for feed in feed_codes():
            checks.run(walk, g, feed)
        checks.run(asked_in_other_ways, g)
        checks.run(on_the_command_line, g)
        checks.equal("it ended without a sanitizer's complaint", g.stop(), "")
    checks.finish()


main()
