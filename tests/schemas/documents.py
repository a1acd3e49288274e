"""Documents of a delivery as trees that may be spoilt and then written as XML or JSON, and the ways to spoil them."""
import json
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

NS = "urn:kz:nqs:delivery:1"


class Text(str):
    """A text; in XML character data."""


class Literal(str):
    """Anything else that is one value in JSON: a number, true, false, null."""


class Raw(str):
    """Markup that goes into XML as it is."""


class Array(list):
    pass


class Object(list):
    """[name, value] pairs: may hold a name twice, in any order. attributes go into XML."""
    def __init__(self, pairs=()):
        super().__init__([name, value] for name, value in pairs)
        self.attributes = ""

    def names(self):
        return [name for name, _ in self]


def tree_of(value):
    if isinstance(value, dict):
        return Object((name, tree_of(v)) for name, v in value.items())
    if isinstance(value, list):
        return Array(tree_of(v) for v in value)
    if isinstance(value, str):
        return Text(value)
    written = json.dumps(value)
    return Literal(format(Decimal(written), "f") if isinstance(value, float) else written)


def to_json(node):
    if isinstance(node, Object):
        return "{" + ",".join(json.dumps(n, ensure_ascii=False) + ":" + to_json(v) for n, v in node) + "}"
    if isinstance(node, Array):
        return "[" + ",".join(map(to_json, node)) + "]"
    return str(node) if isinstance(node, Literal) else json.dumps(str(node), ensure_ascii=False)


def to_xml(name, node):
    """Under the name "" a node is text between elements."""
    if not name:
        return str(node)
    attributes = getattr(node, "attributes", "")
    if isinstance(node, Object):
        inside = "".join(to_xml(n, v) for n, v in node)
    elif isinstance(node, Array):
        inside = "".join(to_xml("item", v) for v in node)
    else:
        inside = str(node) if isinstance(node, Raw) else escape(str(node))
    return f"<{name}{attributes}>{inside}</{name}>"


class Document:
    """One record or withdrawal, and what is said around it."""
    def __init__(self, feed, format, envelope, record, ground=None):
        self.feed, self.format, self.record, self.ground = feed, format, record, ground
        self.envelope = dict(envelope)
        self.done = []              # names of the mutations
        self.records_first = False

    def text(self):
        return self._xml() if self.format == "xml" else self._json()

    def _xml(self):
        attributes = "".join(f" {n}={quoteattr(v)}" for n, v in self.envelope.items())
        if self.ground is None:
            inside = to_xml("record", self.record)
        else:
            ground = f" ground={quoteattr(self.ground)}" if isinstance(self.ground, str) else ""
            inside = to_xml("withdraw", self.record).replace("<withdraw", "<withdraw" + ground, 1)
        return f'<delivery xmlns="{NS}"{attributes}>{inside}</delivery>'

    def _json(self):
        record = self.record
        if self.ground is not None:
            said = [("ground", Text(self.ground))] if isinstance(self.ground, str) else []
            wish = self.ground if isinstance(self.ground, (Array, Literal)) else Object(said)
            record = Object([("$withdraw", wish), *record])
        said = [(n, Text(v)) for n, v in self.envelope.items()]
        records = [("records", Array([record]))]
        return to_json(Object(records + said if self.records_first else said + records))


class Site:
    """A value of a record: where it stands and what its schema says."""
    def __init__(self, parent, at, schema):
        self.parent, self.at, self.schema = parent, at, schema
        types = schema.get("type", "")
        self.type = types if isinstance(types, str) else types[0]
        self.is_date = schema.get("allOf") == [{"$ref": "#/$defs/date"}]

    @property
    def value(self):
        return self.parent[self.at][1] if isinstance(self.parent, Object) else self.parent[self.at]

    @value.setter
    def value(self, value):
        if isinstance(self.parent, Object):
            self.parent[self.at][1] = value
        else:
            self.parent[self.at] = value

    @property
    def is_text(self):
        return self.type == "string" and not self.is_date

    @property
    def is_scalar(self):
        return self.type not in ("object", "array")


def sites(node, schema):
    """Every value inside node, outermost first."""
    found = []
    if isinstance(node, Object):
        inner = [(i, schema.get("properties", {}).get(node[i][0])) for i in range(len(node))]
    elif isinstance(node, Array):
        inner = [(i, schema.get("items")) for i in range(len(node))]
    else:
        return found
    for i, inner_schema in inner:
        if inner_schema is not None:
            site = Site(node, i, inner_schema)
            found.append(site)
            found += sites(site.value, inner_schema)
    return found


def objects(node):
    """Every object of a tree."""
    found = [node] if isinstance(node, Object) else []
    for child in node if isinstance(node, (Object, Array)) else ():
        found += objects(child[1] if isinstance(node, Object) else child)
    return found
