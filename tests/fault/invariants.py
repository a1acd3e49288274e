"""What must hold of the database after a round, whatever happened in it. Each question counts what is wrong, so each answer is to be 0.

Only what the round added is looked at (deliveries and settlements after its marks, keys they touched), and what is cheap to ask of all."""
import ctypes

OF_ALL = {
    "deliveries that wait": "select count(*) from nqs.queue",
    "deliveries set aside": "select count(*) from nqs.set_aside",
    "delivery numbers twice": "select count(*) - count(distinct number) from nqs.envelope",
    "message ids twice": "select count(*) - count(distinct (party, message_id)) from nqs.envelope where message_id is not null",
    "holes in the order of settlements": "select coalesce(max(ordinal), 0) - count(*) from nqs.settlement",
    "uploads left behind": "select count(*) from nqs.upload",
    "parts of nothing": "select count(*) from (select distinct envelope from nqs.envelope_part) p where not exists (select from nqs.envelope e where e.id = p.envelope)",
}
OF_THE_ROUND = {
    "deliveries neither settled nor refused": "select count(*) from nqs.envelope where number > {number} and state not in ('settled', 'refused')",
    "settled deliveries without their settlement": "select count(*) from nqs.envelope e where number > {number} and state = 'settled' and not exists"
                                                   " (select from nqs.settlement s where s.id = e.settlement and s.party = e.party and s.feed = e.feed)",
    "settlements of nothing": "select count(*) from nqs.settlement s where id > {settlement} and not exists (select from nqs.envelope e where e.settlement = s.id)",
    "moments that run backwards": "select count(*) from (select at, lag(at) over (order by ordinal) as before from nqs.settlement where id > {settlement}) s where at <= before",
    "envelopes whose parts are not all there": "select count(*) from nqs.envelope e where number > {number} and parts <>"
                                               " (select count(*) from nqs.envelope_part p where p.envelope = e.id and p.month = e.month)",
}
# One statement a table: $touched are the keys with a version of this round, $v all their versions that were current, in order.
VERSIONS = """
with touched as materialized (select distinct {key} from (select {key} from feed.{t} where settlement > {settlement}
        union all select {key} from feed.{t}_history where settlement > {settlement} or until > {settlement}) x),
    history as materialized (select h.* from feed.{t}_history h join touched using ({key})),
    current as materialized (select c.* from feed.{t} c join touched using ({key})),
    v as (select {key}, settlement, until, seq, period, number, coalesce(last_period, period) lp, coalesce(last_number, number) ln, false as now from history where until is not null
        union all select {key}, settlement, null, seq, period, number, coalesce(last_period, period), coalesce(last_number, number), true from current),
    o as (select v.*, s.ordinal as at, u.ordinal as ended, lead(v.settlement) over w as next, lead(v.period) over w as np, lead(v.number) over w as nn
        from v left join nqs.settlement s on s.id = v.settlement left join nqs.settlement u on u.id = v.until
        window w as (partition by {key} order by s.ordinal, v.now, u.ordinal, v.seq)),
    put as (select settlement, seq, number from history where settlement > {settlement} union all select settlement, seq, number from current where settlement > {settlement})
select (select count(*) from o where at is null or (until is not null and ended is null)),
    (select count(*) from history h where until is null and not exists (select from nqs.settlement s where s.id = h.settlement)),
    (select count(*) from o where not now and (until is distinct from next or ended < at)),
    (select count(*) from o where now and next is not null),
    (select count(*) from o where (np, nn) < (lp, ln)),
    (select count(*) from history h join current c using ({key}) where h.last_period is distinct from '' and (h.period, h.number) > (coalesce(c.last_period, c.period), coalesce(c.last_number, c.number))),
    (select count(*) from (select e.id, e.counts[1] + e.counts[2] + e.counts[4] + e.counts[5] as said, count(p.seq) as there, count(p.seq) filter (where p.number <> e.number) as others
        from nqs.envelope e left join put p on p.settlement = e.settlement and p.seq between e.first_seq and e.last_seq
        where e.number > {number} and e.feed = '{feed}' and e.state = 'settled' group by e.id) x where said <> there or others > 0)
"""
ANSWERS = ("rows that point to no settlement", "older versions that point to no settlement", "versions that overlap or leave a hole", "keys with two current versions",
           "versions after a newer one", "versions newer than the current one", "deliveries whose records are not there once each")
TABLES = {"things-listed": ("things_listed", "code, item"), "things-facts": ("things_facts", "code, item"), "things-edition": ("things_edition", "code, item"),
          "recognition-results": ("recognition_result", "centre_bin, attempt_number"), "recognition-documents": ("recognition_document", "centre_bin, document_number")}


def marks(g):
    """Where the database stands before a round."""
    number, settlement = g.psql("select (select coalesce(max(number), 0) from nqs.envelope), (select coalesce(max(id), 0) from nqs.settlement)").split("|")
    return {"number": number, "settlement": settlement}


def database(g, check, since):
    asked = {**OF_ALL, **{what: sql.format(**since) for what, sql in OF_THE_ROUND.items()}}
    counts = g.psql("select " + ", ".join("(%s)" % sql for sql in asked.values())).split("|")
    for what, n in zip(asked, counts):
        check.equal(what, n, "0")
    for feed, (table, key) in TABLES.items():
        counts = g.psql(VERSIONS.format(t=table, key=key, feed=feed, **since)).split("|")
        for what, n in zip(ANSWERS, counts):
            check.equal("%s: %s" % (feed, what), n, "0")


def unpacked(frame, n):
    """The outcomes of n records: four bits each, low ones first."""
    zstd = ctypes.CDLL("libzstd.so.1")
    zstd.ZSTD_decompress.restype = ctypes.c_size_t
    room = ctypes.create_string_buffer((n + 1) // 2 + 8)
    size = zstd.ZSTD_decompress(room, ctypes.c_size_t(len(room)), frame, ctypes.c_size_t(len(frame)))
    if size != (n + 1) // 2:
        return None
    return [room.raw[i // 2] >> i % 2 * 4 & 15 for i in range(n)]


def deliveries(g, check, since, plan):
    """Each of the plan once, under the id and with the receipt that were acknowledged, with an outcome for each record; and no other."""
    found = {}
    for line in g.psql("select message_id, id, encode(receipt, 'hex'), state, coalesce(refused_code, ''), array_to_string(counts, ','), encode(outcomes, 'hex'), feed"
                       " from nqs.envelope where number > %s" % since["number"]).splitlines():
        name, *rest = line.split("|")
        found[name] = rest
    check.equal("what was delivered is there, and nothing else", sorted(found), sorted(d.name for d in plan.all))
    for d in plan.all:
        if d.name in found and d.receipt:
            one(check, d, *found[d.name])


def one(check, d, id_, receipt, state, code, counts, outcomes, feed):
    check.equal(d.name + ": under the id acknowledged", id_, d.id)
    check.equal(d.name + ": with the receipt acknowledged", bytes.fromhex(receipt), d.receipt)
    check.that(d.name + ": settled, or an edition refused as a whole", state == "settled" or (feed == "things-edition" and code == "all_or_nothing"), (state, code))
    n = [int(c) for c in counts.split(",")]
    check.equal(d.name + ": outcomes add up", sum(n), d.n)
    each = unpacked(bytes.fromhex(outcomes), d.n) if d.n else []
    check.that(d.name + ": every record has one", each is not None and [each.count(i + 1) for i in range(len(n))] == n and (d.n > 0 or not outcomes),
               "%r in %r" % (n, outcomes[:80]))
