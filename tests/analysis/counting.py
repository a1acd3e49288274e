"""What the analysis must say: records as this script delivered them, counted by schemas/law/indicators.yaml as its comments explain it. Written apart from the gateway's own counting."""
import collections
import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
INDICATORS = yaml.safe_load((ROOT / "schemas/law/indicators.yaml").read_text())["indicators"]
LAST = {"month": "-12", "quarter": "-Q4", "half-year": "-H2", "year": "", "day": "-12-31"}


class Contract:
    def __init__(self, feed):
        c = yaml.safe_load((ROOT / ("schemas/contracts/%s.odcs.yaml" % feed)).read_text())
        self.fields = c["schema"][0]["properties"]
        self.key = [f["name"] for f in sorted((f for f in self.fields if f.get("primaryKey")), key=lambda f: f["primaryKeyPosition"])]
        self.form = next(p["value"] for p in c["customProperties"] if p["property"] == "period")

    def field(self, name):
        return next(f for f in self.fields if f["name"] == name)


class World:
    """Versions of records in the order in which they were settled."""

    def __init__(self):
        self.contracts = {}
        self.versions = collections.defaultdict(list)       # feed: (number, period, key, owner, record or None)
        self.number = 0

    def contract(self, feed):
        return self.contracts.setdefault(feed, Contract(feed))

    def settled(self, feed, period, kind, owner, records):
        self.number += 1
        key = self.contract(feed).key
        for r in records:
            self.versions[feed].append((self.number, period, tuple(str(r[k]) for k in key), owner, None if "$withdraw" in r else r))
        if kind in ("facts", "edition"):                    # a correction: what it leaves out is withdrawn
            named = {tuple(str(r[k]) for k in key) for r in records}
            for k, (_, p, who, record) in self._latest(feed, "9999", self.number - 1).items():
                if record and who == owner and p == period and k not in named:
                    self.versions[feed].append((self.number, period, k, owner, None))

    def _latest(self, feed, until, known):
        best = {}
        for number, period, key, owner, record in self.versions[feed]:
            if number <= known and period <= until and (key not in best or (period, number) > best[key][1::-1]):
                best[key] = (number, period, owner, record)
        return best

    def standing(self, feed, year, known):
        until = "%d%s" % (year, LAST[self.contract(feed).form])
        return [(period, record) for _, period, _, record in self._latest(feed, until, known).values() if record]


def tested(value, test, year):
    return value is not None if test == "present" else None if value is None else value <= "%d-12-31" % year


def values(r, by, year):
    """The groups that a record is in."""
    v = r.get(by["field"])
    if "test" in by:
        v = tested(v, by["test"], year)
    elif "take" in by:
        inside = [h for h in v or [] if h[by["last_by"]] <= "%d-12-31" % year]
        at = max((h[by["last_by"]] for h in inside), default=None)
        v = next((h[by["take"]] for h in reversed(inside) if h[by["last_by"]] == at), None)
    elif isinstance(v, list):
        return [str(x) for x in v] or [None]
    if isinstance(v, bool):
        v = str(v).lower()
    return [None if v is None else str(v)[:by.get("first")]]


def through(world, i, r, year, known):
    link = i["by"]["through"]
    found = {values(o, {k: v for k, v in i["by"].items() if k != "through"}, year)[0] for _, o in world.standing(link["feed"], year, known) if str(o[link["key"]]) == str(r[link["field"]])} - {None}
    return [found.pop() if len(found) == 1 else None]


def counted(world, i, year, known):
    """{group: (how many, how many persons)} and the same of all: what a gateway that hides nothing would say."""
    groups, all_ = collections.defaultdict(list), []
    for period, r in world.standing(i["feed"], year, known):
        if i["when"] == "reported" and period[:4] != str(year):
            continue
        if i["when"] == "dated" and (r.get(i["date"]) or "")[:4] != str(year):
            continue
        if not all(tested(r.get(c["field"]), c["test"], year) if "test" in c else str(r.get(c["field"])) in c["is"] for c in i.get("where", [])):
            continue
        all_.append(r)
        if "by" in i:
            for g in through(world, i, r, year, known) if "through" in i["by"] else values(r, i["by"], year):
                groups[g].append(r)

    def both(records):
        n = len({tuple(map(str, (r.get(d) for d in i["distinct"]))) for r in records}) if "distinct" in i else len(records)
        persons = {r["candidate"]["iin"] if r["candidate"].get("iin") else (r["centre_bin"], r["attempt_number"]) for r in records} if i["feed"] == "recognition-results" else records
        return n, len(persons)
    return {g: both(rs) for g, rs in groups.items()}, both(all_)
