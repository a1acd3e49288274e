"""Every rule of design §5 about settling, one test each, over a real gateway. Where small deliveries (arrays) and large ones (staged by COPY)
take different ways, a test is run for both: `large` adds a thousand and more records that never change."""
import random
import sys
import threading

from things import *  # noqa: F403
from model import Model
from checks import Checks

MANY = 1100                                             # more than ARRAY_ROWS
check = Checks()


def filling(size, start=10000):
    return [thing(start + i, "always the same") for i in range(MANY)] if size == "large" else []


def outcomes(protocol, n):
    return g.each(protocol)[:n]


def codes(protocol):
    return sorted((f["record"], f["code"]) for f in g.findings(protocol))


def fresh():
    """A range of keys nobody has used, so that tests do not meet."""
    fresh.at += 100
    return fresh.at


fresh.at = 100000


def versions(feed, key):
    return g.psql("select xmin, ctid, settlement, number from feed.\"%s\" where item = %d" % (feed.replace("-", "_"), key))


# ── what becomes of a record ──

def every_record_has_its_outcome(size):
    k = fresh()
    p = g.settle(FACTS, "2026-03", "changes", [thing(k, "one"), thing(k + 1, "two"), thing(k + 2, "three")] + filling(size, k * 10))
    check.equal("what was not there is new", outcomes(p, 3), ["new"] * 3)
    before = versions(FACTS, k)
    p = g.settle(FACTS, "2026-03", "changes", [thing(k, "one"), thing(k + 1, "TWO"), withdrawal(k + 2), {"code": "K", "item": k + 3, "title": ""},
                                               withdrawal(k + 4)] + filling(size, k * 10))
    check.equal("unchanged, changed, withdrawn, refused", outcomes(p, 5), ["unchanged", "changed", "withdrawn", "refused", "refused"])
    check.that("a withdrawal of what is not there says unknown_key", (5, "unknown_key") in codes(p), codes(p))
    check.equal("an unchanged row is not written", versions(FACTS, k), before)
    check.equal("counts agree", p["outcomes"]["unchanged"], 1 + len(filling(size)))
    p = g.settle(FACTS, "2026-02", "changes", [thing(k + 1, "older two"), withdrawal(k)] + filling(size, k * 10))
    check.equal("an earlier period's version is older", outcomes(p, 2), ["older", "older"])
    now = g.titles(FACTS)
    check.equal("and changes nothing current", [now.get(k), now.get(k + 1), now.get(k + 2)], ["one", "TWO", None])


def a_later_period_that_says_the_same_is_remembered(size):
    k = fresh()
    g.settle(FACTS, "2026-03", "changes", [thing(k, "one")] + filling(size, k * 10))
    p = g.settle(FACTS, "2026-05", "changes", [thing(k, "one")] + filling(size, k * 10))
    check.equal("it is unchanged", outcomes(p, 1), ["unchanged"])
    p = g.settle(FACTS, "2026-04", "changes", [thing(k, "late")] + filling(size, k * 10))
    check.equal("what comes late about a month between is older", outcomes(p, 1), ["older"])
    check.equal("as of each month", [g.titles(FACTS, as_of_period=m).get(k) for m in ("2026-02", "2026-03", "2026-04", "2026-05", "2026-06")],
                [None, "one", "late", "one", "one"])


def a_withdrawal_said_again_is_remembered_too(size):
    k = fresh()
    g.settle(FACTS, "2026-03", "changes", [thing(k, "one")] + filling(size, k * 10))
    g.settle(FACTS, "2026-03", "changes", [withdrawal(k)] + filling(size, k * 10))
    p = g.settle(FACTS, "2026-05", "changes", [withdrawal(k)] + filling(size, k * 10))
    check.equal("it changes nothing", outcomes(p, 1), ["unchanged"])
    check.that("and says already_withdrawn", (1, "already_withdrawn") in codes(p), codes(p))
    p = g.settle(FACTS, "2026-04", "changes", [thing(k, "late")] + filling(size, k * 10))
    check.equal("what comes late about a month between is older", outcomes(p, 1), ["older"])
    p = g.settle(FACTS, "2026-06", "changes", [thing(k, "one")] + filling(size, k * 10))
    check.equal("what was withdrawn may be put again", (outcomes(p, 1), g.titles(FACTS).get(k)), (["changed"], "one"))


def september_corrected_leaves_october(size):
    k = fresh()
    at = []
    for month, title in (("2026-09", "September"), ("2026-10", "October"), ("2026-09", "September, corrected")):
        p = g.settle(FACTS, month, "changes", [thing(k, title)] + filling(size, k * 10))
        at.append(p["settlement"]["at"])
    check.equal("the correction is older", outcomes(p, 1), ["older"])
    check.equal("October is current", g.titles(FACTS).get(k), "October")
    check.equal("as of September the correction, as of October October", [g.titles(FACTS, as_of_period=m).get(k) for m in ("2026-09", "2026-10")],
                ["September, corrected", "October"])
    check.equal("as known at each settlement", [g.titles(FACTS, as_known_at=t).get(k) for t in at], ["September", "October", "October"])
    check.equal("as of September, as it was known before the correction", g.titles(FACTS, as_of_period="2026-09", as_known_at=at[1]).get(k), "September")


# ── the same key twice ──

def the_same_key_twice(size):
    k, month = fresh(), "2021-%02d" % (3 if size == "large" else 4)
    ground = "x" * 300
    g.settle(FACTS, month, "changes", [thing(k + 4, "there")])
    p = g.settle(FACTS, month, "facts", [thing(k, "a"), thing(k + 1, "b"), thing(k, "a"), thing(k + 1, "B"), withdrawal(k + 4, ground), withdrawal(k + 4, ground),
                                         thing(k + 2, "c"), thing(k + 2, "c"), thing(k + 2, "c"), thing(k + 3, "alone")] + filling(size, k * 10))
    check.equal("identical ones are one, different ones are refused", outcomes(p, 10),
                ["new", "refused", "unchanged", "refused", "withdrawn", "unchanged", "new", "unchanged", "unchanged", "new"])
    twins = sorted((f["record"], f["severity"], f["code"], f["arguments"]) for f in g.findings(p) if f["record"])
    check.equal("each names the other", twins, [(2, "error", "duplicate_key", ["4"]), (3, "warning", "duplicate_same", ["1"]), (4, "error", "duplicate_key", ["2"]),
                                                (6, "warning", "duplicate_same", ["5"]), (8, "warning", "duplicate_same", ["7"]), (9, "warning", "duplicate_same", ["7"])])
    check.equal("neither of the different ones is there", g.titles(FACTS).get(k + 1), None)


def in_changes_every_version_enters_history(size):
    k = fresh()
    p = g.settle(FACTS, "2026-03", "changes", [thing(k, "a"), thing(k, "b"), withdrawal(k), thing(k, "c"), thing(k, "c"), thing(k, "d")] + filling(size, k * 10))
    check.equal("each is taken in turn", outcomes(p, 6), ["new", "changed", "withdrawn", "changed", "unchanged", "changed"])
    check.equal("the last is current", g.titles(FACTS).get(k), "d")
    check.equal("the others are history", g.psql("select title, withdrawn is not null from feed.things_facts_history where item = %d order by seq" % k),
                "a|f\nb|f\nb|t\nc|f")


# ── what a delivery lacks ──

def a_list_that_lacks_rows_asks(size):
    feed, k = LISTED, fresh()
    g.settle(feed, "2026-03", "list", [thing(k, "a"), thing(k + 1, "b"), thing(k + 2, "c")] + filling(size, k * 10), by=EDUCATION)
    p = g.settle(feed, "2026-04", "list", [thing(k, "a"), {"code": "K", "item": k + 1, "title": ""}] + filling(size, k * 10), by=EDUCATION)
    said = [(f["record"], f["severity"], f["code"], f["arguments"]) for f in g.findings(p) if f["code"] == "reconcile" and f["arguments"][0] >= "K, %d" % k]
    check.equal("the one it lacks is asked about; a refused record counts as present", said, [(0, "warning", "reconcile", ["K, %d" % (k + 2)])])
    check.equal("nothing is deleted", [g.titles(feed).get(k + i) for i in range(3)], ["a", "b", "c"])
    p = g.settle(feed, "2026-05", "nil", [], by=EDUCATION)
    check.equal("nil is an answer, and deletes nothing either", ([g.titles(feed).get(k + i) for i in range(3)], p["state"]), (["a", "b", "c"], "settled"))
    p = g.settle(feed, "2026-04", "nil", [], by=EDUCATION)
    check.equal("not even where a list of that period came before", [g.titles(feed).get(k + i) for i in range(3)], ["a", "b", "c"])


def rows_that_changes_brought_are_missed_too(size):
    """In a feed where this party has delivered changes only."""
    k = fresh()
    g.settle(LISTED, "2026-07", "changes", [thing(k, "by changes")] + filling(size, k * 10), by=SECTOR)
    p = g.settle(LISTED, "2026-07", "list", filling(size, k * 10) or [thing(k + 1, "other")], by=SECTOR)
    check.that("a list asks about rows that changes brought", ["K, %d" % k] in [f["arguments"] for f in g.findings(p) if f["code"] == "reconcile"], codes(p)[:5])


def a_list_withdraws_nothing(size):
    k = fresh()
    g.settle(LISTED, "2026-03", "changes", [thing(k, "a")])
    p = g.settle(LISTED, "2026-04", "list", [withdrawal(k)] + filling(size, k * 10))
    check.equal("a withdrawal in a list is refused, and the row counts as present", (outcomes(p, 1), codes(p)[-1], g.titles(LISTED).get(k)),
                (["refused"], (1, "withdrawal_in_list"), "a"))
    check.equal("in changes it is taken", outcomes(g.settle(LISTED, "2026-04", "changes", [withdrawal(k)]), 1), ["withdrawn"])


def a_correction_of_facts_withdraws_what_it_lacks(size):
    k = fresh()
    month = "2025-%02d" % (3 if size == "large" else 4)
    other = filling(size, k * 10)
    p = g.settle(FACTS, month, "facts", [thing(k, "a"), thing(k + 1, "b"), thing(k + 2, "c"), thing(k + 3, "d")] + other)
    check.equal("the first facts of a period lack nothing", [f for f in codes(p) if f[1] == "withdrawn_by_correction"], [])
    g.settle(FACTS, "2025-12", "changes", [thing(k + 3, "d")])
    p = g.settle(FACTS, month, "facts", [thing(k, "a"), {"code": "K", "item": k + 1, "title": ""}] + other)
    said = [(f["record"], f["severity"], f["arguments"]) for f in g.findings(p) if f["code"] == "withdrawn_by_correction"]
    check.equal("what it lacks is withdrawn, and said; a refused record and what a later period asserts stay", said, [(0, "warning", ["K, %d" % (k + 2)])])
    now = g.titles(FACTS)
    check.equal("so it is", [now.get(k + i) for i in range(4)], ["a", "b", None, "d"])
    p = g.settle(FACTS, month, "facts", [thing(k + 2, "c")] + other)
    check.equal("put again, it is there again", (outcomes(p, 1), g.titles(FACTS).get(k + 2)), (["changed"], "c"))
    p = g.settle(FACTS, month, "nil", [])
    now = g.titles(FACTS)
    check.equal("nil as a correction withdraws all of that period", [now.get(k + i) for i in range(4)], [None, None, None, "d"])


def a_correction_whose_records_are_all_unreadable(size):
    k, month = fresh(), "2025-07" if size == "large" else "2025-08"
    g.settle(FACTS, month, "facts", [thing(k, "a")] + filling(size, k * 10))
    g.settle(FACTS, month, "facts", [{"code": "K", "item": k, "title": ""}])
    check.equal("a refused record counts as present", g.titles(FACTS).get(k), "a")


def facts_correct_what_changes_brought(size):
    k, month = fresh(), "2022-%02d" % (3 if size == "large" else 4)
    g.settle(FACTS, month, "changes", [thing(k, "a"), thing(k + 1, "b")] + filling(size, k * 10))
    g.settle(FACTS, month, "facts", [thing(k, "a")] + filling(size, k * 10))
    check.equal("all facts of a period means all", [g.titles(FACTS).get(k), g.titles(FACTS).get(k + 1)], ["a", None])


def facts_of_another_period_are_left_alone(size):
    k = fresh()
    g.settle(FACTS, "2024-01", "facts", [thing(k, "january")] + filling(size, k * 10))
    g.settle(FACTS, "2024-02", "facts", [thing(k + 1, "february")])
    g.settle(FACTS, "2024-02", "facts", [thing(k + 2, "february")])
    now = g.titles(FACTS)
    check.equal("a correction of February withdraws nothing of January", [now.get(k + i) for i in range(3)], ["january", None, "february"])
    g.settle(FACTS, "2024-01", "nil", [])
    g.settle(FACTS, "2024-02", "nil", [])


def a_withdrawal_needs_a_ground():
    k = fresh()
    g.settle(FACTS, "2026-03", "changes", [thing(k, "a")])
    for wish in ({}, {"ground": ""}, {"ground": "   "}):
        p = g.settle(FACTS, "2026-03", "changes", [{"$withdraw": wish, "code": "K", "item": k}, thing(k + 1, str(wish))])
        check.equal("without a ground (%r) it is refused" % wish, outcomes(p, 1), ["refused"])
    xml = '<delivery xmlns="urn:kz:nqs:delivery:1" feed="%s" period="2026-03" kind="changes"><withdraw%s><code>K</code><item>%d</item></withdraw></delivery>'
    for ground, outcome in (("", "refused"), (' ground="by mistake"', "withdrawn")):
        p = g.wait_done(g.deliver((xml % (FACTS, ground, k)).encode(), SECTOR).delivery)
        check.equal("in XML with%s" % (ground or "out"), outcomes(p, 1), [outcome])
    check.equal("the ground is kept", g.psql("select withdrawn from feed.things_facts where item = %d" % k), "by mistake")


# ── numbers ──

def a_stale_delivery_changes_nothing(size):
    feed, k, month = FACTS, fresh(), "2020-%02d" % (3 if size == "large" else 4)
    other = filling(size, k * 10)
    foreign = fresh()
    g.settle(feed, month, "changes", [thing(foreign, "theirs")], by=EDUCATION)
    first = g.settle(feed, month, "facts", [thing(k, "first"), thing(k + 1, "gone later"), thing(foreign, "not mine")] + other)
    check.equal("another's row is refused", outcomes(first, 3), ["new", "new", "refused"])
    g.settle(feed, month, "facts", [thing(k, "second"), withdrawal(k + 1)] + other)
    before = g.psql("select md5(string_agg(t::text, ',' order by item)) from feed.things_facts t")
    again = g.replay(first["delivery"])
    check.equal("replayed after a higher number of its period, all is older, and another's row is refused still", outcomes(again, 3), ["older", "older", "refused"])
    check.equal("nothing current has changed", g.psql("select md5(string_agg(t::text, ',' order by item)) from feed.things_facts t"), before)
    check.equal("as of its period too", [g.titles(feed, as_of_period=month).get(x) for x in (k, k + 1, foreign)], ["second", None, "theirs"])
    check.that("it reports the foreign row", (3, "not_yours") in codes(again), codes(again)[:5])
    check.equal("a settled delivery keeps its number", again["number"], first["number"])


def what_a_newer_whole_lacks_is_no_answer(size):
    """Settled after the next number of its period, it is not what is known of a key that the newer one lacks: one of an earlier period, one that was never there."""
    for feed, kind, first in ((FACTS, "facts", "changes"), (EDITION, "edition", "edition"), (LISTED, "list", "changes")):
        k = fresh()
        g.settle(feed, "2019-01", first, [thing(k, "earlier")])
        with g.holding(SECTOR, feed):
            late = g.send(feed, "2019-02", kind, [thing(k, "late"), thing(k + 1, "late"), thing(k + 2, "late")] + filling(size, k * 10)).delivery
            g.psql("update nqs.envelope set state = 'set_aside' where id = '{0}'; insert into nqs.set_aside values ('{0}'); delete from nqs.queue where envelope = '{0}'".format(late))
        g.settle(feed, "2019-02", kind, [thing(k + 2, "newer")] + filling(size, k * 10))
        p = g.replay(late)
        check.equal(feed + ": what comes after a newer one is older", outcomes(p, 3), ["older"] * 3)
        wanted = ["earlier", None, "newer"]
        for asked in ({}, {"as_known_at": p["settlement"]["at"]}, {"as_of_period": "2019-02"}, {"as_of_period": "2019-03", "as_known_at": p["settlement"]["at"]}):
            now = g.titles(feed, **asked)
            check.equal("%s: %s" % (feed, asked), [now.get(k + i) for i in range(3)], wanted)
        check.equal("it is in history all the same", g.psql("select count(*) from feed.%s_history where item between %d and %d and title = 'late'" % (feed.replace("-", "_"), k, k + 2)), "3")


def an_older_facts_does_not_withdraw_what_later_changes_brought():
    k = fresh()
    g.settle(FACTS, "2023-01", "facts", [thing(k, "a")])
    second = g.settle(FACTS, "2023-01", "facts", [thing(k, "A")])
    g.settle(FACTS, "2023-01", "changes", [thing(k + 1, "later")])
    g.replay(second["delivery"])
    check.equal("both are there", [g.titles(FACTS).get(k), g.titles(FACTS).get(k + 1)], ["A", "later"])
    g.settle(FACTS, "2023-01", "nil", [])


def replaying_a_settled_delivery_is_idempotent(size):
    k = fresh()
    p = g.settle(FACTS, "2026-03", "changes", [thing(k, "a"), thing(k + 1, "b")] + filling(size, k * 10))
    before = [versions(FACTS, k), versions(FACTS, k + 1)]
    again = g.replay(p["delivery"])
    check.equal("all is unchanged", outcomes(again, 2), ["unchanged"] * 2)
    check.equal("no row is written", [versions(FACTS, k), versions(FACTS, k + 1)], before)
    check.equal("the receipt is the same", g.get("/v1/deliveries/%s/receipt" % p["delivery"], by=SECTOR).json["number"], p["number"])


# ── whose it is ──

def who_delivers_first_owns():
    k = fresh()
    g.settle(LISTED, "2026-03", "changes", [thing(k, "mine")])
    p = g.settle(LISTED, "2026-04", "changes", [thing(k, "yours?"), withdrawal(k), thing(k + 1, "theirs")], by=EDUCATION)
    check.equal("another's row cannot be changed or withdrawn", outcomes(p, 3), ["refused", "refused", "new"])
    check.equal("it says why", [c for c in codes(p) if c[1] == "not_yours"], [(1, "not_yours"), (2, "not_yours")])
    check.equal("nothing of it stays, in history neither", (g.titles(LISTED).get(k), g.titles(LISTED, as_of_period="2026-04").get(k)), ("mine", "mine"))
    bin_of = g.party(EDUCATION)["bin"]
    for wrong in ([LISTED, "K", str(k), "--to", bin_of], [LISTED, "K", "--to", bin_of, "--ground", "x"], ["no-such-feed", "K", str(k), "--to", bin_of, "--ground", "x"]):
        check.equal("transfer wants feed, whole key, BIN and ground", g.cli("records", "transfer", *wrong).returncode, 2)
    check.that("and a party and a record that are there", g.cli("records", "transfer", LISTED, "K", str(k), "--to", "391240009999", "--ground", "x").returncode not in (0, 2))
    before = int(g.psql("select count(*) from nqs.audit where act = 'records.transfer'"))
    done = g.cli("records", "transfer", LISTED, "K", str(k), "--to", bin_of, "--ground", "by agreement of 1 April")
    check.equal("transfer works", (done.returncode, done.stderr), (0, ""))
    row = g.psql("select subject, detail from nqs.audit where act = 'records.transfer' order by id desc limit 1")
    check.equal("and is audited, once", (int(g.psql("select count(*) from nqs.audit where act = 'records.transfer'")), row),
                (before + 1, "%s K %d|by agreement of 1 April" % (LISTED, k)))
    p = g.settle(LISTED, "2026-05", "changes", [thing(k, "yours")], by=EDUCATION)
    q = g.settle(LISTED, "2026-06", "changes", [thing(k, "mine again?")])
    check.equal("then the new owner may, the old one may not", (outcomes(p, 1), outcomes(q, 1)), (["changed"], ["refused"]))


def document(number, **more):
    return {"centre_bin": CENTRE, "document_number": number, "issued_on": "2026-10-15", "valid_to": "2029-10-14", "profession_code": "IT-0101",
            "qualification": "Әзірлеуші", "level": 6, "status": "issued", **more}


def certificate(number, centre, issuer=CHAMBER, issued="2024-01-10", to="2030-01-09", history=()):
    return {"issuer": issuer, "certificate_number": number, "centre_bin": centre, "name_kk": "Тану орталығы", "name_ru": "Центр признания", "issued_on": issued,
            "valid_to": to, "profession_codes": ["IT-0101"], "history": [{"state": s, "since": d} for s, d in history]}


def the_contract_says_whose_it_is():
    p = g.settle("recognition-documents", "2026-10", "changes", [document("R-1"), document("R-2", centre_bin="391240001026"),
                                                                 {"$withdraw": {"ground": "not mine"}, "centre_bin": "391240001026", "document_number": "R-3"}], by=CENTRE)
    check.equal("by BIN", (outcomes(p, 3), codes(p)), (["new", "refused", "refused"], [(2, "owner_mismatch"), (3, "owner_mismatch")]))
    p = g.settle("accredited-centres", "2026-01", "list", [certificate("W-1", CENTRE, issuer=ACCREDITOR)], by=CHAMBER)
    check.equal("by role", (outcomes(p, 1), [c for c in codes(p) if c[0]]), (["refused"], [(1, "owner_mismatch")]))


def a_disabled_party_is_judged_as_it_was():
    """What it delivered before still counts."""
    body = ndjson([certificate("D-1", "391240001066", issuer=ACCREDITOR)])
    with g.holding(ACCREDITOR, "accredited-centres"):
        threading.Thread(target=g.deliver, args=(body, ACCREDITOR, "application/x-ndjson", {"feed": "accredited-centres", "period": "2026-02", "kind": "list"})).start()
        until(lambda: queued("accredited-centres"), "it is kept")
        delivery = queued("accredited-centres")[0]
        g.cli("party", "disable", g.party(ACCREDITOR)["bin"])
    p = g.wait_done(delivery)
    g.cli("party", "enable", g.party(ACCREDITOR)["bin"])
    check.equal("its record is taken", (outcomes(p, 1), codes(p)), (["new"], []))


def send_aside(feed, period, records, n):
    """Sends from another thread, for work is held; n: how many wait before. Returns the id, once it is kept."""
    threading.Thread(target=g.send, args=(feed, period, "changes", records)).start()
    until(lambda: len(queued(feed)) > n, "it is kept")
    return queued(feed)[-1]


def queued(feed):
    return g.psql("select envelope from nqs.queue where feed = '%s' order by number" % feed).split()


# ── granted roles ──

def roles_of(bin_no):
    return g.psql("select r.source, r.valid_from, r.valid_to from nqs.party_role r join nqs.party p on p.id = r.party"
                  " where p.bin = '%s' and r.role = 'recognition-centre' order by 1, 2" % bin_no)


def certificates_make_centres(size):
    one, two, old = ("391240002004", "391240002103", "391240002202") if size == "small" else ("391240002301", "391240002400", "391240002708")
    month = "2026-03" if size == "small" else "2026-05"
    tag = size[0]
    more = [certificate("%sF-%d" % (tag, i), "391240002609") for i in range(MANY)] if size == "large" else []
    p = g.settle("accredited-centres", month, "list", [
        certificate(tag + "1", one), certificate(tag + "2", two, history=[("active", "2024-01-10"), ("withdrawn", "2025-05-05")]),
        certificate(tag + "3", old, issued="2020-01-01", to="2022-12-31"), certificate(tag + "4", old, issued="2023-06-01", to="2028-05-31")] + more, by=CHAMBER)
    check.equal("all are taken", p["outcomes"]["refused"], 0)
    check.equal("from issue to expiry", roles_of(one), "accredited-centres|2024-01-10|2030-01-09")
    check.equal("an end state cuts it short", roles_of(two), "accredited-centres|2024-01-10|2025-05-05")
    check.equal("several certificates are the union", roles_of(old), "accredited-centres|2020-01-01|2022-12-31\naccredited-centres|2023-06-01|2028-05-31")
    g.cli("party", "role", two, "recognition-centre", "--from", "2026-01-01", "--ground", "by hand")
    month = month[:-1] + str(int(month[-1]) + 1)
    p = g.settle("accredited-centres", month, "list", [
        certificate(tag + "2", two, history=[("active", "2024-01-10"), ("withdrawn", "2025-05-05"), ("renewed", "2025-06-06")]),
        certificate(tag + "4", old, issued="2023-06-01", to="2028-05-31", history=[("ended", "2024-04-04")])] + more, by=CHAMBER)
    check.equal("renewed after withdrawn counts again; the administrator's own grant stands apart", roles_of(two),
                "accredited-centres|2024-01-10|2030-01-09\nadministrator|2026-01-01|")
    check.equal("absence from a list ends nothing", roles_of(one), "accredited-centres|2024-01-10|2030-01-09")
    check.equal("ended cuts one of two", roles_of(old), "accredited-centres|2020-01-01|2022-12-31\naccredited-centres|2023-06-01|2024-04-04")
    token = g.cli("party", "token", two).stdout.strip()
    answer = g.post("/v1/deliveries?feed=recognition-documents&period=2026-10&kind=changes", ndjson([document("G-1", centre_bin=two)]),
                    {"Content-Type": "application/x-ndjson", "Authorization": "Bearer " + token})
    check.equal("a centre so made may deliver", (answer.status, g.each(g.wait_done(answer.delivery))), (200, ["new"]))


# ── deliveries as a whole ──

def all_or_nothing(size):
    k = fresh()
    p = g.settle(EDITION, "2026-03", "edition", [thing(k, "a")] + filling(size, k * 10) + [thing(k + 1, "")])
    check.equal("one bad record refuses an edition", (p["state"], p["refused"]["code"], g.titles(EDITION).get(k)), ("refused", "all_or_nothing", None))
    check.equal("the finding is kept", [f["code"] for f in g.findings(p)], ["required"])
    p = g.settle(EDITION, "2026-03", "edition", [thing(k, "a")] + filling(size, k * 10) + [thing(k + 1, "b")])
    check.equal("corrected, it is taken", (p["state"], g.titles(EDITION).get(k)), ("settled", "a"))
    p = g.settle(EDITION, "2026-03", "edition", [thing(k, "a")] + filling(size, k * 10))
    check.equal("a correction of an edition withdraws what it lacks", g.titles(EDITION).get(k + 1), None)


def an_unreadable_delivery_is_refused_whole(size):
    k = fresh()
    body = json.dumps({"feed": FACTS, "period": "2026-03", "kind": "changes", "records": [thing(k, "a")] + filling(size, k * 10)})
    body = body[:-2] + ', {"code": "K", "code": "K"}]}'
    p = g.wait_done(g.deliver(body.encode(), SECTOR, "application/json").delivery)
    check.equal("a name twice, far inside: refused as a whole", (p["state"], p["records"], g.titles(FACTS).get(k)), ("refused", 0, None))
    check.that("the reason is kept, the bytes too", p["refused"]["code"] and g.get("/v1/deliveries/%s/content" % p["delivery"], by=SECTOR).body == body.encode(), p)


def small_deliveries_are_settled_together():
    """While work is held, fifty small deliveries of changes gather; one of them is unreadable."""
    k, n, bad = fresh(), 50, 20
    ids = []
    with g.holding(SECTOR, FACTS):
        for i in range(n):
            records = [thing(k + i, "first %d" % i), thing(k + 90, "shared %d" % i)] + ([] if i % 10 else [{"code": "K", "item": k + i, "title": ""}])
            body = json.dumps(records) if i != bad else '[{"code": "K", "code": "K", "item": 1}]'
            asked = {"feed": FACTS, "period": "2026-0%d" % (3 + i % 2), "kind": "changes"}
            threading.Thread(target=g.deliver, args=(body.encode(), SECTOR, "application/json", asked)).start()
            until(lambda: len(queued(FACTS)) > i, "delivery %d kept" % i)
            ids.append(queued(FACTS)[-1])
    protocols = [g.wait_done(d) for d in ids]
    settlements = {p["settlement"]["id"] for i, p in enumerate(protocols) if i != bad}
    check.that("they are one settlement or two", len(settlements) <= 2, settlements)
    numbers = [p["number"] for p in protocols]
    check.that("numbers are their own, rising as they came", numbers == sorted(set(numbers)), numbers)
    check.equal("the bad one is refused alone", (protocols[bad]["state"], protocols[bad]["records"]), ("refused", 0))
    for i, p in enumerate(protocols):
        if i == bad:
            continue
        wanted = ["new", "new" if i == 0 else "changed" if i % 2 else "older"] + ([] if i % 10 else ["refused"])
        check.equal("outcomes of the %dth are its own" % i, g.each(p), wanted)
        check.equal("its findings too", codes(p), [] if i % 10 else [(3, "required")])
    check.equal("the last of April is current", g.titles(FACTS).get(k + 90), "shared 49")
    check.equal("as of March, the last of March", g.titles(FACTS, as_of_period="2026-03").get(k + 90), "shared 48")


# ── what cannot be worked ──

def state_of(delivery):
    return g.get("/v1/deliveries/" + delivery, by=SECTOR).json["state"]


def what_cannot_be_worked_is_set_aside(size):
    """A part of its bytes is gone for a while."""
    k = fresh()
    with g.holding(SECTOR, FACTS):
        check.equal("another feed goes on", g.settle(LISTED, "2026-09", "changes", [thing(k, "goes on")])["state"], "settled")
        broken = send_aside(FACTS, "2026-09", [thing(k, "broken")] + filling(size, k * 10), 0)
        whole = send_aside(FACTS, "2026-09", [thing(k, "whole")] + filling(size, k * 10), 1)
        g.psql("create table public.aside as select * from nqs.envelope_part where envelope = '%s'; delete from nqs.envelope_part where envelope = '%s'" % (broken, broken))
    until(lambda: state_of(broken) == "set_aside", "set aside")
    check.equal("it blocks nobody: what came after it is settled", (g.wait_done(whole)["state"], g.titles(FACTS).get(k)), ("settled", "whole"))
    check.equal("it is counted in readiness", g.get("/readyz").json["set_aside"] >= 1, True)
    check.equal("three times it was tried", g.log().count("event=delivery_failed delivery=%s " % broken), 3)
    g.psql("insert into nqs.envelope_part select * from public.aside; drop table public.aside")
    p = g.replay(broken)
    check.equal("after the repair it is worked; what came later stays current", (p["state"], outcomes(p, 1), g.titles(FACTS).get(k)), ("settled", ["older"], "whole"))


def a_key_destroyed_stops_nobody():
    """An envelope whose own key cannot be unwrapped any more."""
    k = fresh()
    with g.holding(SECTOR, FACTS):
        lost = send_aside(FACTS, "2026-09", [thing(k, "lost")], 0)
        g.psql("update nqs.envelope set key = '\\x00' where id = '%s'" % lost)
    until(lambda: state_of(lost) == "set_aside", "set aside")
    check.equal("the gateway goes on", g.settle(LISTED, "2026-09", "changes", [thing(k, "goes on")])["state"], "settled")
    check.equal("this party's feed too", g.settle(FACTS, "2026-09", "changes", [thing(k + 1, "goes on")])["state"], "settled")


def what_is_said_again_in_the_meantime_stays_current():
    """A, then B that cannot be worked for a while, then A again: when B comes back it may not stand before what was said after it."""
    for period, again in (("2026-09", "2026-09"), ("2026-08", "2026-09")):
        k = fresh()
        g.settle(FACTS, period, "changes", [thing(k, "A")])
        with g.holding(SECTOR, FACTS):
            broken = send_aside(FACTS, again, [thing(k, "B")], 0)
            g.psql("create table public.aside as select * from nqs.envelope_part where envelope = '%s'; delete from nqs.envelope_part where envelope = '%s'" % (broken, broken))
        until(lambda: state_of(broken) == "set_aside", "set aside")
        p = g.settle(FACTS, again, "changes", [thing(k, "A")])
        check.equal("said again, it is unchanged", outcomes(p, 1), ["unchanged"])
        g.psql("insert into nqs.envelope_part select * from public.aside; drop table public.aside")
        p = g.replay(broken)
        check.equal("what comes back late is older", (outcomes(p, 1), g.titles(FACTS).get(k), g.titles(FACTS, as_of_period=again).get(k)), (["older"], "A", "A"))


def what_is_kept_later_is_worked_in_the_order_of_numbers():
    """A; then B draws its number, and before it is kept A is said again under a higher one: A is the last word, and nothing above B is worked before B."""
    k = fresh()
    first = g.settle(FACTS, "2026-09", "changes", [thing(k, "A")])["delivery"]
    held = g.session()                                        # a delivery with B's message id, by somebody who does not commit: B waits for it
    held.stdin.write("begin; insert into nqs.envelope select (jsonb_populate_record(e, '{\"id\": \"00000000-0000-7000-8000-%012d\", \"number\": -1, \"message_id\": \"b-%d\"}')).*"
                     " from nqs.envelope e where id = '%s'; select 'there';\n" % (k, k, first))
    held.stdin.flush()
    check.equal("somebody holds the message id", held.stdout.readline().strip(), "there")
    late = []
    sender = threading.Thread(target=lambda: late.append(g.settle(FACTS, "2026-09", "changes", [thing(k, "B")], Idempotency_Key="b-%d" % k)))
    sender.start()
    until(lambda: g.psql("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%insert into nqs.envelope%' and pid <> pg_backend_pid()") == "1", "B waits")
    again = g.send(FACTS, "2026-09", "changes", [thing(k, "A")], Idempotency_Key="a-%d" % k).delivery
    other = g.settle(LISTED, "2026-09", "changes", [thing(k, "other")])
    check.equal("another feed is worked meanwhile", other["state"], "settled")
    check.equal("what has the higher number waits", state_of(again), "waiting")
    held.stdin.write("rollback;\n")
    held.stdin.close()
    held.wait()
    sender.join()
    check.equal("B is a change, and so is A after it", (outcomes(late[0], 1), outcomes(g.wait_done(again), 1), late[0]["number"] < g.wait_done(again)["number"]), (["changed"], ["changed"], True))
    check.equal("the highest number is the last word", g.titles(FACTS).get(k), "A")


# ── the model ──

PERIODS, KEYS = ("2026-01", "2026-02", "2026-03"), range(1, 7)


def some_delivery(draw, whole):
    kind = draw.choice([whole, whole, "changes", "nil"])
    records = []
    for key in ([] if kind == "nil" else draw.sample(list(KEYS), draw.randint(1, 6)) + draw.sample(list(KEYS), draw.choice([0, 0, 1]))):
        records.append((key, None if kind != "list" and draw.random() < 0.2 else draw.choice("abc")))
    return kind, draw.choice(PERIODS), records


def any_sequence_agrees_with_the_model(size, seed, n):
    """Random deliveries of two parties, replays among them; at every point current rows, and all answers as of then and there."""
    draw = random.Random(seed)
    for feed, whole in ((LISTED, "list"), (FACTS, "facts")):
        g.psql("truncate feed.{0}, feed.{0}_history; delete from nqs.envelope where feed = '{1}'".format(feed.replace("-", "_"), feed))
        model, done, known = Model(whole), [], []
        for step in range(n):
            if done and draw.random() < 0.12:
                party, kind, period, records, delivery = draw.choice(done)
                if kind == "changes" and len({k for k, _ in records}) < len(records):
                    continue
                p = g.replay(delivery)
            else:
                party = draw.choice([SECTOR, SECTOR, EDUCATION])
                kind, period, records = some_delivery(draw, whole)
                wire = [thing(k, c) if c else withdrawal(k) for k, c in records] + (filling(size, 10000 if party == SECTOR else 20000) if kind != "nil" else [])
                p = g.settle(feed, period, kind, wire, by=party, Idempotency_Key="%s-%s-%d" % (feed, seed, step))
                done.append((party, kind, period, records, p["delivery"]))
            wanted, said = model.settle(party, kind, period, p["number"], records)
            story = "%s seed %s step %d: %s %s %s %s" % (feed, seed, step, party, kind, period, records)
            got = g.each(p)[:len(records)] if records else []
            if not check.that("outcomes agree with the model", got == wanted, "%s: got %s, wanted %s" % (story, got, wanted)):
                return
            lacks = {(f["code"], int(f["arguments"][0].split(", ")[1])) for f in g.findings(p) if f["code"] in ("reconcile", "withdrawn_by_correction")}
            lacks = {x for x in lacks if x[1] in KEYS}
            if not check.that("what it lacks agrees", lacks == said, "%s: got %s, wanted %s" % (story, lacks, said)):
                return
            known.append((p["settlement"]["at"], model.now(), {q: model.as_of(q) for q in PERIODS}))
            if not check.that("current rows agree", few(g.titles(feed)) == model.now(), "%s: got %s, wanted %s" % (story, few(g.titles(feed)), model.now())):
                return
        for at, now, about in known[::max(1, len(known) // 25)]:
            check.equal("%s seed %s as known at %s" % (feed, seed, at), few(g.titles(feed, as_known_at=at)), now)
        for period in PERIODS:
            check.equal("%s seed %s as of %s" % (feed, seed, period), few(g.titles(feed, as_of_period=period)), known[-1][2][period])
            for at, _, about in known[::max(1, len(known) // 8)]:
                check.equal("%s seed %s as of %s, as known at %s" % (feed, seed, period, at), few(g.titles(feed, as_of_period=period, as_known_at=at)), about[period])


def few(titles):
    return {k: t for k, t in titles.items() if k in KEYS}


def history_never_overlaps():
    """Of the versions of a key that were current, each begins at the settlement that ended the one before; settlements have one order."""
    for feed in FEEDS:
        table = feed.replace("-", "_")
        wrong = g.psql("""with v as (select code, item, settlement, until, false as now, seq from feed.{0}_history where until is not null
              union all select code, item, settlement, null, true, seq from feed.{0}),
            o as (select v.*, f.ordinal as begins, u.ordinal as ends from v join nqs.settlement f on f.id = v.settlement left join nqs.settlement u on u.id = v.until),
            n as (select o.*, lead(begins) over w as next, row_number() over w as nth from o window w as (partition by code, item order by begins, ends nulls last, seq))
            select count(*) from n where (now and ends is not null) or (not now and (ends < begins or next is distinct from ends))""".format(table))
        check.equal("no gap and no overlap in %s" % feed, wrong, "0")
    check.equal("ordinals and instants rise together, without gaps", g.psql(
        "select count(*) from (select ordinal - lag(ordinal) over w as step, at > lag(at) over w as later from nqs.settlement window w as (order by ordinal)) x"
        " where step <> 1 or not later"), "0")


SIZES = ("small", "large")
TESTS = [rows_that_changes_brought_are_missed_too, every_record_has_its_outcome, a_later_period_that_says_the_same_is_remembered, a_withdrawal_said_again_is_remembered_too, september_corrected_leaves_october,
         the_same_key_twice, in_changes_every_version_enters_history, a_list_that_lacks_rows_asks, a_list_withdraws_nothing,
         a_correction_of_facts_withdraws_what_it_lacks, a_correction_whose_records_are_all_unreadable, facts_correct_what_changes_brought, facts_of_another_period_are_left_alone,
         a_stale_delivery_changes_nothing, what_a_newer_whole_lacks_is_no_answer, replaying_a_settled_delivery_is_idempotent, certificates_make_centres, all_or_nothing,
         an_unreadable_delivery_is_refused_whole, what_cannot_be_worked_is_set_aside]
ONCE = [a_withdrawal_needs_a_ground, an_older_facts_does_not_withdraw_what_later_changes_brought, who_delivers_first_owns, the_contract_says_whose_it_is,
        a_disabled_party_is_judged_as_it_was, small_deliveries_are_settled_together, what_is_said_again_in_the_meantime_stays_current,
        what_is_kept_later_is_worked_in_the_order_of_numbers, a_key_destroyed_stops_nobody]

if __name__ == "__main__":
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    g = Flow().start()
    for test in TESTS:
        for size in SIZES:
            if only in test.__name__:
                check.run(test, size)
    for test in ONCE:
        if only in test.__name__:
            check.run(test)
    if only in "any_sequence_agrees_with_the_model":
        for size, seed, n in (("small", 391, 45), ("small", 2026, 45), ("large", 7, 14)):
            check.run(any_sequence_agrees_with_the_model, size, seed, n)
    check.run(history_never_overlaps)
    check.equal("no sanitizer complained", g.stop(), "")
    check.finish()
