"""A page of metrics, read by the official client's parser."""
import re

from prometheus_client.parser import text_string_to_metric_families

TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Page:
    """value("nqs_…_total", source="rest"); families: by the name of each family."""

    def __init__(self, text):
        self.text = text
        self.families = {f.name: f for f in text_string_to_metric_families(text)}
        samples = [s for f in self.families.values() for s in f.samples]
        self.samples = {(s.name, frozenset(s.labels.items())): s.value for s in samples}
        if len(self.samples) != len(samples):
            raise ValueError("a series stands twice")

    def value(self, name, **labels):
        return self.samples.get((name, frozenset(labels.items())))

    def series(self, name):
        """{the values of the labels, in the order of their names: value} of one sample name."""
        return {tuple(v for _, v in sorted(labels)): value for (n, labels), value in self.samples.items() if n == name}

    def since(self, before, name):
        """What has moved of it since another page."""
        then = before.series(name)
        return {labels: value - then.get(labels, 0) for labels, value in self.series(name).items() if value != then.get(labels, 0)}

    def names(self):
        """What may be named in an expression, with the labels it has."""
        found = {}
        for (name, labels) in self.samples:
            found.setdefault(name, {})
            for label, value in labels:
                found[name].setdefault(label, set()).add(value)
        return found

    def complaints(self):
        """What is wrong with it by the rules of the format and of naming."""
        wrong = []
        for f in self.families.values():
            if not f.documentation or f.type not in ("counter", "gauge", "histogram"):
                wrong.append("%s: %s %r" % (f.name, f.type, f.documentation))
            if f.type == "counter" and "# TYPE %s_total counter" % f.name not in self.text:
                wrong.append("%s: a counter ends in _total" % f.name)
            if f.type == "histogram":
                wrong += self._histogram(f)
        return wrong + ["%s %s: %s" % (name, dict(labels), value) for (name, labels), value in self.samples.items()
                        if not value >= 0 and name != "nqs_database_clock_ahead_seconds"]

    def _histogram(self, f):
        rows, wrong = {}, []
        for s in f.samples:
            labels = frozenset((k, v) for k, v in s.labels.items() if k != "le")
            rows.setdefault(labels, {})[s.labels.get("le", s.name[len(f.name):])] = s.value
        for labels, row in rows.items():
            bounds = [(float(le), value) for le, value in row.items() if re.match(r"[\d+]", le)]
            values = [value for _, value in bounds]
            if [le for le, _ in bounds] != sorted({le for le, _ in bounds}) or bounds[-1][0] != float("inf"):
                wrong.append("%s %s: its bounds do not rise to +Inf" % (f.name, dict(labels)))
            if values != sorted(values) or values[-1] != row["_count"]:
                wrong.append("%s %s: its buckets do not add up" % (f.name, dict(labels)))
            lowest = sum(low * (value - before) for (low, _), value, before in zip([(0, 0)] + bounds, values, [0] + values))
            highest = sum(high * (value - before) for (high, value), before in zip(bounds, [0] + values) if value != before)
            if not lowest <= row["_sum"] <= highest:
                wrong.append("%s %s: a sum of %s is not between %s and %s" % (f.name, dict(labels), row["_sum"], lowest, highest))
        return wrong
