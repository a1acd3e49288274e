"""What the Order makes of deliveries, written from its text and the register's first readings, and from nothing else: a duty for each period that a debtor's role covers whole, due at the end of
the period's last day, or of the next working day where that is none; the first delivery with at least one good record settles it."""
import calendar
import datetime
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "law"))
import reckoning  # noqa: E402

DAY = datetime.timedelta(days=1)
UTC = datetime.timezone.utc
MONTHS = {"month": 1, "quarter": 3, "half_year": 6}


def name(year, first_month, length):
    return {"month": "%d-%02d" % (year, first_month), "quarter": "%d-Q%d" % (year, (first_month + 2) // 3), "half_year": "%d-H%d" % (year, (first_month + 5) // 6)}[length]


def periods(length, first, last):
    """(name, first day, last day) of those that lie between two days whole."""
    for year in range(first.year, last.year + 1):
        for month in range(1, 13, MONTHS[length]):
            end_month = month + MONTHS[length] - 1
            begin, end = datetime.date(year, month, 1), datetime.date(year, end_month, calendar.monthrange(year, end_month)[1])
            if begin >= first and end <= last:
                yield name(year, month, length), begin, end


class Model:
    def __init__(self):
        self.law = reckoning.Law()

    def works(self, day, known_at):
        return day in self.law.year(day.year, known_at)[1]

    def due(self, last_day):
        """The day, and the first instant that is too late, by what of the calendar is known a week before the period ends."""
        known_at = datetime.datetime.combine(last_day - 7 * DAY, datetime.time(), UTC)
        day = last_day
        while not self.works(day, known_at):
            day += DAY
        return day, datetime.datetime.combine(day + DAY, datetime.time(), reckoning.ALMATY).astimezone(UTC)

    def verdicts(self, due_at, deliveries):
        """deliveries: (instant, good) of one party, feed and period."""
        good = sorted(at for at, is_good in deliveries if is_good)
        if not good:
            return ["overdue"]
        return ["in_time"] if good[0] < due_at else ["overdue", "late"]

    def told(self, key, deliveries):
        """What has no term is never late: how many days passed from the act to its first good delivery. Nothing is owed of an act of which nobody has told."""
        good = sorted(at for at, is_good in deliveries if is_good)
        if not good:
            return {}
        lag = good[0].astimezone(reckoning.ALMATY).date() - datetime.date.fromisoformat(key[3])
        return {key: (str(lag.days), "met", "")}
