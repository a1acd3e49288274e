"""Terms counted a second time, by other means than gateway/law: the working days of all years stand in one sorted list, and a term is an index into it. Reads the
same data, schemas/law, with a YAML reader of its own."""
import bisect
import datetime
import pathlib
import zoneinfo

import yaml

LAW = pathlib.Path(__file__).resolve().parent.parent.parent / "schemas/law"
ALMATY = zoneinfo.ZoneInfo("Asia/Almaty")
DAY = datetime.timedelta(days=1)
FIRST, LAST = 2023, 2051
ALWAYS, EVER = datetime.datetime(1, 1, 2, tzinfo=datetime.timezone.utc), datetime.datetime(9999, 12, 30, tzinfo=datetime.timezone.utc)


def moment(value):
    return value if isinstance(value, datetime.datetime) else datetime.datetime.fromisoformat(value)


def days_of(year):
    day = datetime.date(year, 1, 1)
    while day.year == year:
        yield day
        day += DAY


class Law:
    def __init__(self):
        self.holidays = yaml.safe_load((LAW / "holidays.yaml").read_text("utf-8"))["holidays"]
        self.moments = sorted({moment(h[k]) for h in self.holidays for k in ("known_since", "end_known_since") if k in h})
        self.editions = [e for f in sorted((LAW / "calendar").glob("*.yaml")) for e in yaml.safe_load(f.read_text("utf-8"))["editions"]]

    def kept(self, year, known_at):
        """(day, does it move) of each holiday of that year, as the Law was known."""
        for h in self.holidays:
            dates = [datetime.date(year, *map(int, d.split("-"))) for d in h.get("days", [])]
            dates += [d for d in h.get("dates", []) + h.get("estimates", []) if d.year == year]
            for d in dates:
                begun = d >= h.get("from", datetime.date.min) and known_at >= moment(h.get("known_since", ALWAYS))
                ended = d > h.get("to", datetime.date.max) and known_at >= moment(h.get("end_known_since", ALWAYS))
                if begun and not ended:
                    yield d, h["shifts"]

    def computed(self, year, known_at):
        """The working days of a year by the Law alone."""
        kept = sorted(self.kept(year, known_at))
        off = {d for d, _ in kept}
        for d, moves in kept:
            if moves and d.isoweekday() > 5:
                off.add(next(n for n in days_of(year) if n > d and n.isoweekday() < 6 and n not in off))
        return frozenset(d for d in days_of(year) if d.isoweekday() < 6 and d not in off)

    def year(self, year, known_at):
        """(id, working days, provisional) of the edition that was known."""
        known = [e for e in self.editions if e["year"] == year and moment(e["known_since"]) <= known_at]
        if known:
            e = max(known, key=lambda e: moment(e["known_since"]))
            worked = {d for d in days_of(year) if d.isoweekday() < 6} - set(e["days_off"]) | set(e["worked_weekend_days"])
            return e["id"], worked, e.get("forecast", False)
        name, worked = "kz-%d/computed" % year, self.computed(year, ALWAYS)
        for m in self.moments:
            if m <= known_at and self.computed(year, m) != worked:
                name, worked = "kz-%d/computed-%s" % (year, m.astimezone(ALMATY).date()), self.computed(year, m)
        return name, worked, True


class Reckoning:
    """By the calendar as it was known at a moment; None: all that is known."""

    def __init__(self, law, known_at=None):
        at = moment(known_at) if known_at else EVER
        years = {y: law.year(y, at) for y in range(FIRST, LAST + 1)}
        self.names = {y: name for y, (name, _, _) in years.items()}
        self.provisional = {y for y, (_, _, provisional) in years.items() if provisional}
        self.worked = sorted(d for _, days, _ in years.values() for d in days)
        self.set = set(self.worked)

    def moved(self, day):
        return self.worked[bisect.bisect_left(self.worked, day)]

    def answer(self, event, n, unit, moves=True):
        asked = None
        if unit == "working":
            due = self.worked[bisect.bisect_right(self.worked, event) + n - 1] if n else event
            asked = event + DAY if n else None
        else:
            due = event + n * DAY
        if moves:
            asked = asked or due
            due = self.moved(due)
        years = range(asked.year, due.year + 1) if asked else ()
        return self.told(due, midnight(due + DAY), years)

    def told(self, due, before, years):
        told = {"due_day": due.isoformat(), "before": before, "calendar": [self.names[y] for y in years]}
        if self.provisional.intersection(years):
            told["provisional"] = True
        return told


def midnight(day):
    return utc(datetime.datetime(day.year, day.month, day.day, tzinfo=ALMATY))


def utc(at):
    return at.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def period_ends(first, last):
    """(period, its last day) of every month, quarter, half-year and year."""
    for year in range(first, last + 1):
        for length, form in ((1, "%d-%02d"), (3, "%d-Q%d"), (6, "%d-H%d"), (12, "%d")):
            for i in range(12 // length):
                month = (i + 1) * length
                end = datetime.date(year + month // 12, month % 12 + 1, 1) - DAY
                yield form % ((year, i + 1) if length < 12 else year), end
