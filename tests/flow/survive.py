"""What may happen to a gateway (design §1): killed in mid-work, its PostgreSQL gone, two of them on one database. Each delivery counts exactly once."""
import contextlib
import random
import threading

from things import *  # noqa: F403
from checks import Checks

check = Checks()
LARGE = 6000


def records_of(feed):
    return int(g.psql("select count(*) from feed.\"%s\"" % feed.replace("-", "_")))


def each_once(feed):
    """Settled deliveries, how often each is settled, rows that point to no settlement; nothing waits."""
    table = feed.replace("-", "_")
    return g.psql("""select (select count(*) from nqs.queue where feed = '{0}'), (select count(*) from nqs.envelope where feed = '{0}' and state <> 'settled'),
        (select count(*) from nqs.envelope e where feed = '{0}' and not exists (select from nqs.settlement s where s.id = e.settlement)),
        (select count(*) from feed.{1} t where not exists (select from nqs.settlement s where s.id = t.settlement)),
        (select count(*) from feed.{1}_history t where not exists (select from nqs.settlement s where s.id = t.settlement)),
        (select count(*) from nqs.settlement s where feed = '{0}' and not exists (select from nqs.envelope e where e.settlement = s.id))""".format(feed, table))


def all_worked(feed, seconds=90):
    until(lambda: g.psql("select count(*) from nqs.queue where feed = '%s'" % feed) == "0", "all of %s worked" % feed, seconds)


def killed_in_mid_work_each_delivery_counts_once():
    """Large deliveries, in which every record changes what the one before put; kill -9 while they are worked, twice for each at most."""
    draw = random.Random(391)
    for n, kills in enumerate((2, 1, 2, 0)):
        body = ndjson([thing(i, "round %d of %d" % (n, i)) for i in range(LARGE)])
        asked = {"feed": FACTS, "period": "2026-0%d" % (n + 1), "kind": "changes"}
        with g.holding(SECTOR, FACTS):
            threading.Thread(target=quietly, args=(g.deliver, body, SECTOR, "application/x-ndjson", asked)).start()
            until(lambda: g.psql("select count(*) from nqs.queue where feed = '%s'" % FACTS) == "1", "it is kept")
        for _ in range(kills):
            until(lambda: g.psql("select coalesce(max(attempt), 9) from nqs.queue") != "0", "work begins")
            clock.sleep(draw.random() * 0.6)
            g.kill()
            g.again()
        all_worked(FACTS)
        got = g.psql("select counts from nqs.envelope where feed = '%s' order by number desc limit 1" % FACTS)
        check.equal("outcomes after %d kills" % kills, got, "{%d,0,0,0,0,0}" % LARGE if n == 0 else "{0,%d,0,0,0,0}" % LARGE)
    check.equal("each is settled once, and no row points nowhere", each_once(FACTS), "0|0|0|0|0|0")
    check.equal("every version is there once", (records_of(FACTS), g.psql("select count(*), count(distinct (item, number)) from feed.things_facts_history")),
                (LARGE, "%d|%d" % (3 * LARGE, 3 * LARGE)))


def killed_at_the_door_nothing_or_all_is_kept():
    """kill -9 at any moment while deliveries come in. What was acknowledged is there; what was not may be sent again under its id."""
    draw, acknowledged = random.Random(7), {}
    bodies = {"d-%d" % i: ndjson([thing(i * 1000 + j, "door %d" % i) for j in range(300)]) for i in range(24)}
    asked = {"feed": LISTED, "period": "2026-01", "kind": "changes"}

    def sender(ids):
        for name in ids:
            while name not in acknowledged:
                try:
                    answer = g.deliver(bodies[name], SECTOR, "application/x-ndjson", asked, Idempotency_Key=name)
                    if answer.status in (200, 202):
                        acknowledged[name] = answer.delivery
                except (OSError, http.client.HTTPException):
                    clock.sleep(0.05)

    names = sorted(bodies)
    threads = [threading.Thread(target=sender, args=(names[i::4],)) for i in range(4)]
    for t in threads:
        t.start()
    for _ in range(4):
        clock.sleep(0.1 + draw.random() * 0.4)
        g.kill()
        g.again()
    for t in threads:
        t.join(90)
    all_worked(LISTED)
    check.equal("each was kept once", (len(acknowledged), g.psql("select count(*), count(distinct message_id) from nqs.envelope where feed = '%s'" % LISTED)), (24, "24|24"))
    check.equal("under the id that was acknowledged", g.psql("select string_agg(id::text, ' ' order by message_id) from nqs.envelope where feed = '%s'" % LISTED),
                " ".join(acknowledged[n] for n in sorted(acknowledged)))
    check.equal("all rows are there", records_of(LISTED), 24 * 300)
    check.equal("each is settled once, and no row points nowhere", each_once(LISTED), "0|0|0|0|0|0")


def postgresql_gone_and_back_under_load():
    """pg_ctl stop -m immediate, and start again; no hand touches the gateway."""
    forget(LISTED)
    pid, acknowledged, odd = g.pid(), {}, []
    asked = {"feed": LISTED, "period": "2026-02", "kind": "changes"}

    def sender(first):
        for i in range(first, 40, 4):
            body = ndjson([thing(i * 2000 + j, "load %d" % i) for j in range(30 if i % 8 else 1500)])
            while i not in acknowledged:
                try:
                    answer = g.deliver(body, SECTOR, "application/x-ndjson", asked, Idempotency_Key="pg-%d" % i)
                except (OSError, http.client.HTTPException) as e:
                    odd.append(repr(e))
                    continue
                if answer.status in (200, 202):
                    acknowledged[i] = answer.delivery
                elif answer.status != 503 or not answer.headers["Retry-After"]:
                    odd.append(repr(answer))
                else:
                    clock.sleep(0.1)

    threads = [threading.Thread(target=sender, args=(i,)) for i in range(4)]
    for t in threads:
        t.start()
    for _ in range(2):
        until(lambda: len(acknowledged) >= 40 or any(not t.is_alive() for t in threads) or clock.sleep(0.4) or True, "a while")
        g.pg_ctl("stop", "-m", "immediate")
        check.equal("without its database it is not ready", g.get("/readyz").status, 503)
        check.equal("but alive", g.get("/healthz").status, 200)
        clock.sleep(0.5)
        g.pg_ctl("start")
    for t in threads:
        t.join(120)
    all_worked(LISTED)
    check.equal("the same process goes on", g.pid(), pid)
    check.equal("senders saw nothing but 503 with Retry-After", odd[:3], [])
    check.equal("it is ready again", until(lambda: g.get("/readyz").status == 200, "ready"), True)
    check.equal("each was kept once", (len(acknowledged), g.psql("select count(*) from nqs.envelope where feed = '%s'" % LISTED)), (40, "40"))
    check.equal("none was set aside for it", g.psql("select count(*) from nqs.envelope where state = 'set_aside'"), "0")
    check.equal("all rows are there", records_of(LISTED), sum(30 if i % 8 else 1500 for i in range(40)))
    check.equal("each is settled once, and no row points nowhere", each_once(LISTED), "0|0|0|0|0|0")


def two_gateways_share_one_database():
    """Deliveries of three parties at both doors; one of the two is killed on the way."""
    forget(LISTED)
    other = Beside(g, "second")
    port = other.door.port
    until(other.answers, "the other gateway")
    protocols, lost = {}, []

    def sender(i):
        for n in range(12):
            who = (SECTOR, EDUCATION)[i % 2]
            body = ndjson([thing(10 * n + j, "%s %d" % (who, n)) for j in range(10)] + [thing(100000 * (i + 1) + n, "own")])
            name = "two-%d-%d" % (i, n)
            for at in [port if n % 2 else g.port] + [g.port] * 20:
                try:
                    c = http.client.HTTPConnection("127.0.0.1", at, timeout=60)
                    c.request("POST", "/v1/deliveries?feed=%s&period=2026-0%d&kind=changes" % (LISTED, 1 + n % 3), body,
                              {"Content-Type": "application/x-ndjson", "Authorization": "Bearer " + g.token(who), "Idempotency-Key": name})
                    protocols[name] = json.loads(c.getresponse().read())["receipt"]
                    break
                except (OSError, http.client.HTTPException, KeyError, ValueError) as e:
                    lost.append(repr(e))
                    clock.sleep(0.2)                     # asked to come again, it comes again

    threads = [threading.Thread(target=sender, args=(i,)) for i in range(4)]
    for t in threads:
        t.start()
    clock.sleep(1)
    other.wanted = False
    other.kill()
    for t in threads:
        t.join(120)
    all_worked(LISTED)
    check.equal("each was kept once", (len(protocols), g.psql("select count(*) from nqs.envelope where feed = '%s'" % LISTED)), (48, "48"))
    check.equal("each is settled once, and no row points nowhere", each_once(LISTED), "0|0|0|0|0|0")
    check.equal("numbers are unique", g.psql("select count(distinct number) from nqs.envelope where feed = '%s'" % LISTED), "48")
    check.equal("every party's own rows are there", g.psql("select count(*) from feed.things_listed where item >= 100000"), "48")
    check.equal("a shared key has one owner, and only its versions", g.psql("select count(*) from feed.things_listed_history h join feed.things_listed t using (code, item)"
                                                                            " where h.owner <> t.owner"), "0")
    check.equal("current is the highest (period, number)", g.psql(
        "select count(*) from feed.things_listed t where exists (select from feed.things_listed_history h where h.code = t.code and h.item = t.item"
        " and h.last_period is distinct from '' and (h.period, h.number) > (coalesce(t.last_period, t.period), coalesce(t.last_number, t.number)))"), "0")


def forget(feed):
    g.psql("truncate feed.{0}, feed.{0}_history; delete from nqs.envelope where feed = '{1}'; delete from nqs.settlement where feed = '{1}'".format(feed.replace("-", "_"), feed))


def quietly(ask, *args):
    with contextlib.suppress(OSError, http.client.HTTPException):
        ask(*args)


if __name__ == "__main__":
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    g = Flow().start({"answer_wait_ms": 200})
    for test in (killed_in_mid_work_each_delivery_counts_once, killed_at_the_door_nothing_or_all_is_kept, postgresql_gone_and_back_under_load,
                 two_gateways_share_one_database):
        if only in test.__name__:
            check.run(test)
    check.equal("no sanitizer complained", g.stop(), "")
    check.finish()
