"""What the rules of settling say, in as few words as possible: a feed of ours in memory, delivery by delivery."""


class Version:
    def __init__(self, period, number, seq, content, at):
        self.period, self.number, self.seq, self.content, self.at = period, number, seq, content, at    # content None: withdrawn
        self.last = (period, number)                    # the latest that said so

    def reach(self, period):
        """How strongly it speaks for a period: a version holds from its own period through the last one that confirmed it."""
        return min(self.last[0], period), self.last[1] if self.last[0] <= period else self.number, self.at, self.seq


class Model:
    def __init__(self, whole):
        self.whole = whole                              # "list": what it lacks is asked about; "facts": withdrawn
        self.owner, self.current, self.versions = {}, {}, {}
        self.settled = []                               # (party, period, number, kind)
        self.at = 0

    def settle(self, party, kind, period, number, records):
        """outcomes of the records, and {(code, key)} of what is said of keys that it lacks."""
        self.at += 1
        stale = kind != "changes" and any(s[:2] == (party, period) and s[2] > number and s[3] != "changes" for s in self.settled)
        twins = self.twins(records) if kind != "changes" else {}
        outcomes = []
        for seq, (key, content) in enumerate(records, 1):
            outcomes.append(twins.get(seq) or (self.passed(party, key) if stale else
                                               self.one(party, key, period, number, seq, content)))
        said = set() if stale else self.lacks(party, kind, period, number, {key for key, _ in records})
        entry = (party, period, number, kind)
        if entry not in self.settled:
            self.settled.append(entry)
        return outcomes, said

    @staticmethod
    def twins(records):
        told = {}
        for key in {k for k, _ in records}:
            places = [i for i, (k, _) in enumerate(records, 1) if k == key]
            same = len({c for k, c in records if k == key}) == 1
            for i in places if not same else places[1:]:
                told[i] = "unchanged" if same else "refused"
        return told

    def passed(self, party, key):
        return "refused" if self.owner.get(key, party) != party else "older"

    def note(self, key, period, number, seq, content):
        self.versions.setdefault(key, []).append(Version(period, number, seq, content, self.at))
        return "older"

    def one(self, party, key, period, number, seq, content):
        now = self.current.get(key)
        if now is None:
            if content is None:
                return "refused"
            self.owner[key] = party
            self.become(key, period, number, seq, content)
            return "new"
        if self.owner[key] != party:
            return "refused"
        if (period, number) < now.last:
            return self.note(key, period, number, seq, content)
        if now.content == content:
            if period > now.last[0]:
                now.last = period, number
            return "unchanged"
        self.become(key, period, number, seq, content)
        return "withdrawn" if content is None else "changed"

    def become(self, key, period, number, seq, content):
        self.current[key] = Version(period, number, seq, content, self.at)
        self.versions.setdefault(key, []).append(self.current[key])

    def lacks(self, party, kind, period, number, given):
        if kind == "changes" or (kind == "nil" and self.whole == "list"):
            return set()
        mine = [k for k, v in self.current.items() if self.owner[k] == party and v.content is not None and k not in given]
        if self.whole == "list":
            return {("reconcile", k) for k in mine} if any(s[0] == party and s[2] != number for s in self.settled) else set()
        if not any(s[:2] == (party, period) and s[2] < number for s in self.settled):
            return set()
        gone = [k for k in mine if self.current[k].period == period and self.current[k].last[0] == period and self.current[k].last[1] < number]
        for k in gone:
            self.become(k, period, number, 0, None)
        return {("withdrawn_by_correction", k) for k in gone}

    def now(self):
        return {k: v.content for k, v in self.current.items() if v.content is not None}

    def as_of(self, period):
        found = {}
        for key, versions in self.versions.items():
            about = [v for v in versions if v.period <= period]
            best = max(about, key=lambda v: v.reach(period), default=None)
            if best and best.content is not None:
                found[key] = best.content
        return found
