"""Files dropped into boxes: taken when complete, answered beside them, each counted exactly once however often the gateway is killed."""
import gzip
import pathlib
import random
import stat
import subprocess
import sys
import time as clock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "flow"))
from things import *  # noqa: F403,E402
from checks import Checks  # noqa: E402
from gateway import free_port, sha256  # noqa: E402

check = Checks()
MAPPING = """name: things-ndjson
version: 1.0.0
title: Things as the supplier writes them
feed: things-listed
format: ndjson
bind: {file: 'things_*.ndjson'}
kind: changes
period: {from: file, file: 'things_{yyyy}-{mm}.ndjson'}
columns:
  - {to: code, from: id.code}
  - {to: item, from: id.no}
  - {to: title, from: name}
"""
FILES = 160      # of the test that kills
OURS = ("taken", "kept", "done", "refused")
g = Flow()  # noqa: F405
boxes = g.folder / "boxes"
rename_box, done_box = boxes / "rename", boxes / "done"


def drop(box, name, content, whole=True):
    """Puts a file there as one should: under another name first."""
    path = box / name
    hidden = box / ("." + name + ".up")
    hidden.write_bytes(content if isinstance(content, bytes) else content.encode())
    hidden.rename(path)
    if whole and box == done_box:
        (box / (name + ".done")).touch()
    return path


def in_box(box, folder=""):
    return sorted(p.name for p in (box / folder).iterdir() if not p.name.startswith(".") and p.name not in OURS)


def papers(box, folder, name):
    at = box / folder
    return (json.loads((at / (name + ".receipt.json")).read_text()), json.loads((at / (name + ".protocol.json")).read_text()),  # noqa: F405
            (at / (name + ".protocol.txt")).read_text())


def finished(box, folder, name):
    """Waits for the file and its papers there."""
    until(lambda: (box / folder / name).exists(), "%s in %s" % (name, folder), 40)  # noqa: F405
    return papers(box, folder, name)


def kept_of(message_like="folder-%"):
    return int(g.psql("select count(*) from nqs.envelope where source = 'folder' and message_id like '%s'" % message_like))


def a_good_file_is_answered_beside_it():
    body = ndjson([thing(i, "first") for i in range(3)])  # noqa: F405
    drop(rename_box, FACTS + "_2026-01_facts.ndjson", body)  # noqa: F405
    receipt, protocol, text = finished(rename_box, "done", FACTS + "_2026-01_facts.ndjson")  # noqa: F405
    check.equal("the receipt's party", receipt["party"], g.party(SECTOR)["bin"])  # noqa: F405
    check.equal("receipt and protocol are of one delivery", receipt["delivery"], protocol["delivery"])
    check.equal("state and outcomes", (protocol["state"], protocol["records"], protocol["outcomes"]["new"], protocol["source"]), ("settled", 3, 3, "folder"))
    check.equal("the file is there byte for byte", (rename_box / "done" / (FACTS + "_2026-01_facts.ndjson")).read_bytes(), body)  # noqa: F405
    check.that("the text is in the party's language, which is Kazakh unless said otherwise", "Барлық жазба қабылданды." in text, text)
    check.equal("receipt is the one of the door", json.loads(g.cli("delivery", receipt["delivery"], "--receipt", "--json").stdout), receipt)  # noqa: F405
    mode = stat.S_IMODE((rename_box / "done" / (FACTS + "_2026-01_facts.ndjson.protocol.txt")).stat().st_mode)  # noqa: F405
    check.equal("who may read the box may read the papers", oct(mode), oct(stat.S_IMODE(rename_box.stat().st_mode) & 0o666))


def findings_are_told_in_the_language_of_the_party():
    check.equal("a language is set", g.cli("party", "set", g.party(SECTOR)["bin"], "--lang", "ru").returncode, 0)  # noqa: F405
    check.that("and listed", '"lang":"ru"' in g.cli("party", "list", "--json").stdout.replace(" ", ""), g.cli("party", "list", "--json").stdout[:300])
    check.equal("none of another kind", g.cli("party", "set", g.party(SECTOR)["bin"], "--lang", "de").returncode, 3)  # noqa: F405
    records = [thing(1, "good"), {"code": "K", "item": 2}, thing(3, "x" * 300)]  # noqa: F405
    drop(rename_box, "february.json", json.dumps({"feed": FACTS, "period": "2026-02", "kind": "facts", "records": records}))  # noqa: F405
    _, protocol, text = finished(rename_box, "done", "february.json")
    check.equal("two records are refused", protocol["outcomes"]["refused"], 2)
    for words in ("Файл: february.json", "Поставка принята, но записей отклонено: 2.", "- Ошибка. Запись 2, поле title", "- Ошибка. Запись 3, поле title", "Исправьте названные записи"):
        check.that("the text says: " + words, words in text, text)


def compressed_files_are_taken_apart():
    body = ndjson([thing(50, "packed")])  # noqa: F405
    packed = gzip.compress(body)
    drop(rename_box, FACTS + "_2026-03_changes_packed.ndjson.gz", packed)  # noqa: F405
    receipt, protocol, _ = finished(rename_box, "done", FACTS + "_2026-03_changes_packed.ndjson.gz")  # noqa: F405
    check.equal("one record", protocol["records"], 1)
    check.that("the digest of the file as it was dropped is in the receipt", sha256(packed) in json.dumps(receipt), receipt)  # noqa: F405
    drop(rename_box, "torn.ndjson.gz", packed[:-9])
    refusal, _, text = finished(rename_box, "refused", "torn.ndjson.gz")
    check.equal("a torn one is refused", refusal["refused"]["code"], "torn")
    check.that("and the text says that nothing is kept", "Файл не принят и не сохранён" in text, text)


def a_suppliers_own_format_is_known_by_the_name_of_the_file():
    rows = [{"id": {"code": "K", "no": 90}, "name": "own"}, {"id": {"code": "K"}, "name": "no number"}]
    drop(rename_box, "things_2026-06.ndjson", ndjson(rows))  # noqa: F405
    _, protocol, text = finished(rename_box, "done", "things_2026-06.ndjson")
    check.equal("period and kind come from name and mapping", (protocol["period"], protocol["kind"], protocol["records"], protocol["outcomes"]["refused"]), ("2026-06", "changes", 2, 1))
    source = protocol["findings"][0].get("source")
    check.that("the text says where in the file", source and source in text, text)


def a_table_of_the_feed_is_told_row_and_column():
    name = LISTED + "_2026-01_changes_table.csv"  # noqa: F405
    drop(rename_box, name, "code;item;title\r\nK;91;Первый\r\nK;many;Второй\r\n".encode("cp1251"))
    _, protocol, text = finished(rename_box, "done", name)
    check.equal("one row is good, one is not", (protocol["records"], protocol["outcomes"]["refused"]), (2, 1))
    source = protocol["findings"][0].get("source")
    check.that("the text says which cell", source and "место " + source in text and "3" in source and "B" in source, text)


def refused_at_the_door_or_as_a_whole():
    before, disagreeing = kept_of(), FACTS + "_2026-04_facts.json"  # noqa: F405
    drop(rename_box, "report.pdf", b"%PDF")
    drop(rename_box, "no-such-feed_2026-01_list.ndjson", b"")
    drop(rename_box, disagreeing, json.dumps({"feed": FACTS, "period": "2026-05", "kind": "facts", "records": []}))  # noqa: F405
    check.equal("an ending that tells no format", finished(rename_box, "refused", "report.pdf")[0]["refused"]["code"], "box_unknown_ending")
    check.equal("a feed that is not there", finished(rename_box, "refused", "no-such-feed_2026-01_list.ndjson")[1]["refused"]["code"], "unknown_feed")
    check.equal("name and payload that disagree", finished(rename_box, "refused", disagreeing)[0]["refused"]["code"], "disagree")
    check.equal("nothing of them is kept", kept_of(), before)
    check.that("refusals at the door are in the audit", "unknown_feed" in g.psql("select string_agg(detail, ' ') from nqs.audit where act = 'refused' and subject = 'folder'"), "")
    drop(rename_box, "whole.json", '{"feed": "%s", "period": "2026-04", "kind": "edition", "records": [{"code": "K", "code": "L", "item": 1, "title": "t"}]}' % EDITION)  # noqa: F405
    receipt, protocol, text = finished(rename_box, "refused", "whole.json")
    check.equal("one refused as a whole has its receipt and protocol", (receipt["delivery"], protocol["state"]), (protocol["delivery"], "refused"))
    check.that("and a text with the reason", "отклонена целиком" in text and protocol["refused"]["text"] in text, text)


def what_is_not_complete_is_left_alone():
    waiting = [".hidden.ndjson", "a.ndjson.part", "b.tmp", "c.filepart", "d.crdownload", "e.ndjson~"]
    for name in waiting:
        (rename_box / name).write_bytes(b"{}")
    (rename_box / "folder").mkdir(exist_ok=True)
    body, first, second, third = ndjson([thing(60, "done")]), *("%s_2026-01_changes_%s.ndjson" % (LISTED, c) for c in "abc")  # noqa: F405
    drop(done_box, first, body, whole=False)
    drop(done_box, second, body)
    drop(rename_box, third, ndjson([thing(61, "after")]))  # noqa: F405
    finished(done_box, "done", second)
    finished(rename_box, "done", third)
    check.equal("what has no sign yet is where it was", in_box(done_box), [first])
    check.equal("so are unfinished names and folders", sorted(p.name for p in rename_box.iterdir() if p.name not in OURS), sorted(waiting + ["folder"]))
    (done_box / (first + ".done")).touch()
    finished(done_box, "done", first)
    until(lambda: not in_box(done_box) and not in_box(done_box, "taken"), "no sign is left behind", 10)  # noqa: F405


def links_and_devices_are_refused():
    secret = g.folder / "secret.ndjson"
    secret.write_bytes(ndjson([thing(70, "secret")]))  # noqa: F405
    before = kept_of()
    (rename_box / (LISTED + "_2026-01_changes_link.ndjson")).symlink_to(secret)  # noqa: F405
    os.mkfifo(rename_box / "pipe.ndjson")  # noqa: F405
    (rename_box / "twice.ndjson").hardlink_to(secret)
    for name in (LISTED + "_2026-01_changes_link.ndjson", "pipe.ndjson"):  # noqa: F405
        until(lambda: os.path.lexists(rename_box / "refused" / name), name + " refused", 20)  # noqa: F405
        check.equal(name + " is told why", papers(rename_box, "refused", name)[0]["refused"]["code"], "box_no_file")
    check.that("a file with a second name stays where it is", (rename_box / "twice.ndjson").exists(), in_box(rename_box))
    (rename_box / "twice.ndjson").unlink()
    check.that("the link itself was moved, what it points to is untouched", (rename_box / "refused" / (LISTED + "_2026-01_changes_link.ndjson")).is_symlink() and secret.exists(), "")  # noqa: F405
    check.equal("nothing of them is kept", kept_of(), before)


def names_never_overwrite_and_the_same_content_is_a_new_hand_in():
    name, body = LISTED + "_2026-02_changes.ndjson", ndjson([thing(80, "a")])  # noqa: F405

    def files():
        return [f for f in in_box(rename_box, "done") if f.startswith(LISTED + "_2026-02_changes") and f.endswith(".ndjson")]  # noqa: F405

    for n in (1, 2):
        drop(rename_box, name, body)
        until(lambda: len(files()) == n, "hand-in %d" % n)  # noqa: F405
    check.that("the first has its own name", name in files(), files())
    check.equal("each is there as it was dropped", [(rename_box / "done" / f).read_bytes() for f in files()], [body, body])
    receipts = {f: papers(rename_box, "done", f)[0]["delivery"] for f in files()}
    check.equal("they are two deliveries", len(set(receipts.values())), 2)
    check.that("the second has its delivery's id in the name", all(f == name or receipts[f] in f for f in files()), receipts)


def the_log_names_no_file():
    check.that("boxes and deliveries are in the log", "event=box_taken" in g.log() and "event=box_finished" in g.log(), g.log()[-500:])
    check.that("names of files are not", "february" not in g.log() and "whole.json" not in g.log(), [x for x in g.log().splitlines() if "february" in x])


def killed_at_any_moment_each_file_counts_once():
    """Many files, some refused, in both boxes; kill -9 at random moments until all of them are done; then they are counted."""
    draw, wanted = random.Random(4), {"done": set(), "refused": set()}
    g.psql("truncate feed.things_listed, feed.things_listed_history")
    for n in range(FILES):
        box = (rename_box, done_box)[n % 2]
        good = n % 5 != 0
        name = "%s_2026-03_changes_n%d.ndjson" % (LISTED if good else "unknown-feed", n)  # noqa: F405
        drop(box, name, ndjson([thing(1000 * n + i, "file %d" % n) for i in range(900 if n % 7 == 0 else 5)]))  # noqa: F405
        wanted["done" if good else "refused"].add((box.name, name))

    def there():
        return {folder: {(box.name, f) for box in (rename_box, done_box) for f in in_box(box, folder) if "_n" in f and f.endswith(".ndjson")} for folder in wanted}

    def there_at_last():
        """One that was at work at three of the kills is set aside, as it must be: it is put back."""
        for delivery in g.psql("select id from nqs.envelope where state = 'set_aside'").split():
            g.cli("replay", delivery)
        return there() == wanted

    kills = 0
    for _ in range(25):
        clock.sleep(draw.random() * 0.1)
        if there() == wanted:
            break
        g.kill()
        kills += 1
        g.again()
    until(there_at_last, "every file at its place after %d kills" % kills, 90)  # noqa: F405
    until(lambda: g.psql("select count(*) from nqs.queue") == "0", "all worked")  # noqa: F405
    check.that("it was killed more than a few times on the way", kills >= 6, kills)
    check.equal("each good file is one delivery", g.psql("select count(*), count(distinct message_id) from nqs.envelope where source = 'folder' and feed = '%s' and period = '2026-03'" % LISTED),  # noqa: F405
                "%d|%d" % (FILES * 4 // 5, FILES * 4 // 5))
    records = sum(900 if n % 7 == 0 else 5 for n in range(FILES) if n % 5)
    check.equal("each record is there, and none was put twice", g.psql("select count(*), (select count(*) from feed.things_listed_history) from feed.things_listed"), "%d|0" % records)
    for folder, files in wanted.items():
        for box, name in sorted(files):
            receipt, protocol, _ = papers(boxes / box, folder, name)
            if folder == "done":
                check.equal(name + " has the protocol of its own receipt", (receipt["delivery"], protocol["state"]), (protocol["delivery"], "settled"))
            else:
                check.equal(name + " is told why", receipt["refused"]["code"], "unknown_feed")
    for box in (rename_box, done_box):
        check.equal("nothing is left on the way in " + box.name, (in_box(box, "taken"), in_box(box, "kept")), ([], []))
        papers_there = len([f for f in in_box(box, "done") + in_box(box, "refused") if "_n" in f and (".receipt." in f or ".protocol." in f)])
        check.equal("and no paper is there twice", papers_there, 3 * FILES // 2)
        check.equal("nor half a one", [p.name for folder in ("done", "refused") for p in (box / folder).iterdir() if p.name.startswith(".")], [])


def killed_between_keeping_and_moving_it_has_its_first_receipt():
    """As a kill leaves it: the file still in taken/, kept already, and some of its papers there."""
    name, body = LISTED + "_2026-03_changes_between.ndjson", ndjson([thing(1, "once")])  # noqa: F405
    drop(rename_box, name, body)
    receipt, _, _ = finished(rename_box, "done", name)
    before = kept_of()
    g.kill()
    (rename_box / "done" / name).rename(rename_box / "taken" / name)
    (rename_box / "done" / (name + ".protocol.txt")).unlink()
    g.again()
    again, _, text = finished(rename_box, "done", name)
    check.equal("it has its first receipt, and is kept once", (again, kept_of()), (receipt, before))
    check.that("what was missing is there again", receipt["delivery"] in text, text)
    check.equal("under its own name", [f for f in in_box(rename_box, "done") if "_between" in f], sorted(name + e for e in ("", ".receipt.json", ".protocol.json", ".protocol.txt")))


def the_database_away_and_back():
    drop(rename_box, LISTED + "_2026-04_changes_before.ndjson", ndjson([thing(1, "x")]))  # noqa: F405
    finished(rename_box, "done", LISTED + "_2026-04_changes_before.ndjson")  # noqa: F405
    g.pg_ctl("stop", "-m", "immediate")
    drop(rename_box, LISTED + "_2026-04_changes_during.ndjson", ndjson([thing(2, "x")]))  # noqa: F405
    until(lambda: "station=folder next=retry" in g.log(), "the log says that it tries again")  # noqa: F405
    g.pg_ctl("start")
    finished(rename_box, "done", LISTED + "_2026-04_changes_during.ndjson")  # noqa: F405
    check.equal("it came once", g.psql("select count(*) from nqs.envelope where feed = '%s' and period = '2026-04'" % LISTED), "2")  # noqa: F405


def two_processes_share_a_box():
    port = free_port()
    lines = [line for line in (g.folder / "gateway.yaml").read_text().splitlines() if not line.startswith("listen")]
    (g.folder / "second.yaml").write_text("\n".join(lines + ["listen: \"127.0.0.1:%d\"" % port]) + "\n")
    with open(g.folder / "second.log", "w") as log:
        other = subprocess.Popen([g.bin, "serve", "--config", str(g.folder / "second.yaml")], stdout=log, stderr=log)
    names = ["%s_2026-05_changes_t%d.ndjson" % (LISTED, n) for n in range(20)]  # noqa: F405
    try:
        for n, name in enumerate(names):
            drop(rename_box, name, ndjson([thing(n, "shared")]))  # noqa: F405
            if n == 10:
                finished(rename_box, "done", names[0])
                g.kill()                    # whoever is left goes on
        for name in names:
            finished(rename_box, "done", name)
        check.equal("each came once", g.psql("select count(*) from nqs.envelope where feed = '%s' and period = '2026-05'" % LISTED), "20")  # noqa: F405
    finally:
        other.terminate()
        other.wait(30)
        g.again()
    sanitizers = [line for line in (g.folder / "second.log").read_text().splitlines() if "Sanitizer" in line or "runtime error" in line]
    check.equal("no sanitizer complained in the other", sanitizers, [])


if __name__ == "__main__":
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    for box in (rename_box, done_box):
        box.mkdir(parents=True)
        box.chmod(0o750)
    first = next(p for p in (ROOT / "deploy/demo/parties.txt").read_text().splitlines() if SECTOR in p.split("|")[-1].split()).split("|")[0].strip()  # noqa: F405
    (g.folder / "mappings").mkdir()
    (g.folder / "mappings/things.yaml").write_text(MAPPING)
    g.start({"answer_wait_ms": 0, "poll_seconds": 1, "mappings": str(g.folder / "mappings"), "drop_boxes": [
        {"folder": str(rename_box), "party": first}, {"folder": str(done_box), "party": first, "complete": "done", "lang": "en"}]})
    for test in (a_good_file_is_answered_beside_it, findings_are_told_in_the_language_of_the_party, compressed_files_are_taken_apart,
                 a_suppliers_own_format_is_known_by_the_name_of_the_file, a_table_of_the_feed_is_told_row_and_column, refused_at_the_door_or_as_a_whole,
                 what_is_not_complete_is_left_alone, links_and_devices_are_refused, names_never_overwrite_and_the_same_content_is_a_new_hand_in, the_log_names_no_file,
                 killed_at_any_moment_each_file_counts_once,
                 killed_between_keeping_and_moving_it_has_its_first_receipt, the_database_away_and_back, two_processes_share_a_box):
        if only in test.__name__:
            check.run(test)
    check.equal("no sanitizer complained", g.stop(), "")
    check.finish()
