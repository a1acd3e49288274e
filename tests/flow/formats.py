"""Tables and suppliers' own formats through the whole gateway: at the door, in the receipt and the protocol, in findings with their place in the sender's document."""
import io
import json
import sys

import openpyxl

from things import *  # noqa: F403
from checks import Checks

check = Checks()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAPPING = """name: %(name)s
version: 1.0.0
title: Things as %(name)s writes them
feed: things-listed
format: %(format)s
%(bind)skind: changes
%(period)s%(layout)scolumns:
  - {to: code, from: %(code)s}
  - {to: item, from: %(item)s}
  - {to: title, from: %(title)s}
"""


def mappings(folder):
    folder.mkdir(exist_ok=True)
    json_names = {"code": "id.code", "item": "id.no", "title": "name"}
    table_names = {"code": "Код", "item": "№ п/п", "title": "Наименование"}
    rows = [
        {"name": "things-json", "format": "json", "bind": "", "layout": "records: 'data.items[]'", **json_names},
        {"name": "things-ndjson", "format": "ndjson", "bind": "bind: {file: 'things_*.ndjson'}\n", "layout": "", **json_names},
        {"name": "things-csv", "format": "csv", "bind": "bind: {role: education-authority, file: '*.csv'}\n", "layout": "charset: windows-1251", **table_names},
        {"name": "things-xml", "format": "xml", "bind": "bind: {root: ['{urn:x:things}Things']}\n", "layout": "records: 'Things/Thing'",
         "code": "Code", "item": "'@no'", "title": "Name"},
        {"name": "things-pages", "format": "json-seq", "bind": "", "layout": "records: 'page[]'", **json_names},
    ]
    for row in rows:
        row["layout"] = row["layout"] and "layout: {%s}\n" % row["layout"]
        row["period"] = "period: {from: file, file: 'things_{yyyy}-{mm}.ndjson'}\n" if row["format"] == "ndjson" else ""
        (folder / (row["name"] + ".yaml")).write_text(MAPPING % row)


def asked(period="2026-01", kind="changes", **more):
    return {"feed": LISTED, "period": period, "kind": kind, **more}


def workbook(rows, sheet="Данные"):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def settled(what, answer, n):
    if answer.status not in (200, 202):
        check.that(what + " is kept", False, answer)
        return None
    protocol = g.wait_done(answer.delivery)
    check.equal(what + " is settled", (protocol["state"], protocol["records"], protocol["outcomes"]["refused"]), ("settled", n, 0))
    return protocol


def problem(answer):
    return answer.json["type"].rsplit(":", 1)[1]


def items(first):
    return {k: v for k, v in g.titles(LISTED).items() if first <= k < first + 100}


def a_table_in_canonical_form():
    text = "code;item;title;day;share;tags\r\nK;100;Бірінші;2026-01-31;12,5;[\"a\",\"b\"]\r\nK;101;\"Второй; с точкой\";;;\r\n"
    settled("CSV", g.deliver(text.encode(), SECTOR, "text/csv", asked()), 2)
    settled("CSV of windows-1251", g.deliver(text.replace("100", "102").replace("101", "103").replace("Бірінші", "Первый").encode("cp1251"), SECTOR, "text/csv", asked()), 2)
    settled("a workbook", g.deliver(workbook([["code", "item", "title", "share"], ["K", 104, "Төртінші", 0.1 + 0.2]]), SECTOR, XLSX, asked()), 1)
    check.equal("all of them are there", items(100), {100: "Бірінші", 101: "Второй; с точкой", 102: "Первый", 103: "Второй; с точкой", 104: "Төртінші"})
    check.equal("a number as it is shown", g.psql("select share from feed.things_listed where item = 104"), "0.3")


def a_bad_row_is_a_finding_with_its_cell():
    body = workbook([["code", "item", "title", "day"], ["K", 200, "good", "2026-01-31"], ["K", "x", "bad", "2026-02-31"], ["K", 202, None, None]])
    protocol = g.wait_done(g.deliver(body, SECTOR, XLSX, asked()).delivery)
    found = [(f["record"], f["code"], f["place"], f["source"]) for f in g.findings(protocol)]
    check.equal("each is named by sheet, column and row", found,
                [(2, "not_integer", "item", "Данные!B3"), (2, "not_date", "day", "Данные!D3"), (3, "required", "title", "Данные!C4")])
    check.equal("the good one is there", items(200), {200: "good"})


def a_table_nobody_understands_is_refused():
    for what, body, code in (("a heading nobody knows", "code;item;titel\r\nK;1;x\r\n", "unknown_heading"), ("a heading twice", "code;item;title;title\r\nK;1;x;y\r\n", "doubled_heading"),
                             ("a heading that lacks", "code;title\r\nK;x\r\n", "heading_missing")):
        protocol = g.wait_done(g.deliver(body.encode(), SECTOR, "text/csv", asked()).delivery)
        check.equal(what, (protocol["state"], protocol["refused"] and protocol["refused"]["code"]), ("refused", code))


def a_mapping_is_named_or_bound():
    theirs = [{"id": {"code": "M", "no": 300 + i}, "name": "mapped %d" % i} for i in range(3)]
    document = json.dumps({"total": 3, "data": {"items": theirs}}).encode()
    answer = g.deliver(document, SECTOR, "application/json", {"period": "2026-01", "mapping": "things-json"})
    check.equal("the receipt names it", answer.json["receipt"].get("mapping"), "things-json")
    protocol = settled("JSON by name", answer, 3)
    check.equal("so does the protocol", protocol["mapping"], "things-json")
    lines = "".join(json.dumps(t) + "\n" for t in theirs).replace("mapped", "file").encode()
    protocol = settled("NDJSON by its file's name", g.deliver(lines, SECTOR, "application/x-ndjson", {"file": "things_2026-02.ndjson"}), 3)
    check.equal("whose period is in the name", (protocol["period"], protocol["file_name"]), ("2026-02", "things_2026-02.ndjson"))
    xml = "<t:Things xmlns:t='urn:x:things'>%s</t:Things>" % "".join("<t:Thing no='%d'><t:Code>X</t:Code><t:Name>xml %d</t:Name></t:Thing>" % (310 + i, i) for i in range(2))
    settled("XML by its root", g.deliver(xml.encode(), SECTOR, "application/xml", {"period": "2026-01"}), 2)
    table = "Код;№ п/п;Наименование;Примечание\r\nT;320;Тізім;\r\n".replace("Тізім", "Список").encode("cp1251")
    settled("CSV by role and file", g.deliver(table, EDUCATION, "text/csv", {"period": "2026-01", "file": "list.csv"}), 1)
    pages = b"".join(b"\x1e" + json.dumps({"page": [t]}, indent=1).replace("mapped", "page").encode() + b"\n" for t in theirs)
    settled("pages", g.deliver(pages, SECTOR, "application/json-seq", {"period": "2026-03", "mapping": "things-pages"}), 3)
    check.equal("pages are the latest", items(300), {300: "page 0", 301: "page 1", 302: "page 2", 310: "xml 0", 311: "xml 1", 320: "Список"})


def a_finding_in_a_mapped_record_names_where_it_stood():
    document = json.dumps({"data": {"items": [{"id": {"code": "M", "no": "z"}, "name": "x"}]}}).encode()
    protocol = g.wait_done(g.deliver(document, SECTOR, "application/json", {"period": "2026-01", "mapping": "things-json"}).delivery)
    check.equal("by the path there", [(f["code"], f["place"], f["source"]) for f in g.findings(protocol)], [("not_integer", "item", "data.items[].id.no")])


def what_cannot_be_is_refused_at_the_door():
    rows = [
        ("a mapping nobody knows", {"mapping": "nobodys", "period": "2026-01"}, "application/json", "mapping_unknown"),
        ("a mapping of another format", {"mapping": "things-csv", "period": "2026-01"}, "application/json", "mapping_format"),
        ("pages without a mapping", asked(), "application/json-seq", "format_needs_mapping"),
        ("another feed than the mapping's", {"mapping": "things-json", "feed": FACTS, "period": "2026-01"}, "application/json", "disagree"),
        ("no period", {"mapping": "things-json"}, "application/json", "period_missing"),
    ]
    before = g.psql("select count(*) from nqs.envelope")
    for what, query, kind, code in rows:
        answer = g.deliver(b"{}", SECTOR, kind, query)
        check.equal(what, (400 <= answer.status < 500, problem(answer)), (True, code))
    answer = g.deliver(b"<Things xmlns='urn:x:others'/>", SECTOR, "application/xml", {"period": "2026-01"})
    check.equal("a root nobody is bound to", problem(answer), "unknown_root")
    check.equal("nothing was kept", g.psql("select count(*) from nqs.envelope"), before)


def a_mapping_that_is_gone_refuses_and_a_replay_heals():
    document = json.dumps({"data": {"items": [{"id": {"code": "G", "no": 400}, "name": "kept"}]}}).encode()
    path = g.folder / "mappings/things-json.yaml"
    text = path.read_text()
    with g.holding(SECTOR, LISTED):
        delivery = g.deliver(document, SECTOR, "application/json", {"period": "2026-01", "mapping": "things-json"}, Prefer="respond-async").delivery
        path.unlink()
        g.kill()
    g.again()
    protocol = g.wait_done(delivery)
    check.equal("it is refused as a whole", (protocol["state"], protocol["refused"]["code"]), ("refused", "mapping_gone"))
    path.write_text(text)
    g.kill()
    g.again()
    check.equal("put back and replayed, it is settled", (g.replay(delivery)["state"], items(400)), ("settled", {400: "kept"}))


if __name__ == "__main__":
    g = Flow()
    mappings(g.folder / "mappings")
    g.start({"mappings": str(g.folder / "mappings"), "answer_wait_ms": 200})
    for test in (a_table_in_canonical_form, a_bad_row_is_a_finding_with_its_cell, a_table_nobody_understands_is_refused, a_mapping_is_named_or_bound,
                 a_finding_in_a_mapped_record_names_where_it_stood, what_cannot_be_is_refused_at_the_door, a_mapping_that_is_gone_refuses_and_a_replay_heals):
        if len(sys.argv) < 2 or sys.argv[1] in test.__name__:
            check.run(test)
    check.equal("no sanitizer complained", g.stop(), "")
    check.finish()
