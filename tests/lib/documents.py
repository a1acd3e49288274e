"""Canonical deliveries of any size, as streams of bytes: realistic recognition documents with rising keys, always the same for the same number."""
import random

NS = "urn:kz:nqs:delivery:1"
FEED = "recognition-documents"


def fields(i, bin_, shuffled=None):
    n = shuffled[i] if shuffled else i
    day = 1 + n % 28
    return (bin_, "D-2026-%08d" % n, "2026-10-%02d" % day, "2031-10-%02d" % day, "CON-%04d" % (n % 10000), n % 6 + 1, n % 8 + 1, "2026/10-%08d" % n)


def xml_record(f):
    return ("  <record>\n    <centre_bin>%s</centre_bin>\n    <document_number>%s</document_number>\n    <issued_on>%s</issued_on>\n"
            "    <valid_to>%s</valid_to>\n    <profession_code>%s</profession_code>\n"
            "    <qualification>Электр-газбен дәнекерлеуші, %d-разряд, жоғары білікті маман; сварщик ручной и механизированной сварки</qualification>\n"
            "    <level>%d</level>\n    <skills>\n      <item>Аргонмен дәнекерлеу және металл кесу</item>\n      <item>Газовая резка металлов и сплавов</item>\n"
            "      <item>Ручная дуговая сварка деталей и узлов</item>\n    </skills>\n    <attempt_number>%s</attempt_number>\n    <status>issued</status>\n  </record>\n") % f


def json_record(f):
    return ('{"centre_bin":"%s","document_number":"%s","issued_on":"%s","valid_to":"%s","profession_code":"%s",'
            '"qualification":"Электр-газбен дәнекерлеуші, %d-разряд, жоғары білікті маман; сварщик ручной и механизированной сварки","level":%d,'
            '"skills":["Аргонмен дәнекерлеу және металл кесу","Газовая резка металлов и сплавов","Ручная дуговая сварка деталей и узлов"],'
            '"attempt_number":"%s","status":"issued"}') % f


HEADS = {
    "xml": ('<?xml version="1.0" encoding="UTF-8"?>\n<delivery xmlns="%s" feed="%s" period="%%s" kind="%%s">\n' % (NS, FEED), "", "</delivery>\n"),
    "json": ('{"feed":"%s","period":"%%s","kind":"%%s","records":[' % FEED, ",\n", "]}"),
    "ndjson": ("", "\n", "\n"),
}


def stream(form, count, bin_, period="2026-10", kind="facts", random_keys=False, at_once=2000):
    """The document in pieces. form: xml, json, ndjson."""
    head, between, tail = HEADS[form]
    record = xml_record if form == "xml" else json_record
    shuffled = None
    if random_keys:
        shuffled = list(range(count))
        random.Random(391).shuffle(shuffled)
    if head:
        yield (head % (period, kind)).encode()
    for start in range(0, count, at_once):
        piece = between.join(record(fields(i, bin_, shuffled)) for i in range(start, min(start + at_once, count)))
        yield ((between if start else "") + piece).encode()
    yield tail.encode()


def records_for(form, size):
    """How many records make about this many bytes."""
    record = xml_record if form == "xml" else json_record
    return max(1, size // (len(record(fields(0, "391240001016")).encode()) + 2))


SOAP_HEAD = ("<?xml version='1.0' encoding='utf-8'?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>"
             '<t:SendMessage xmlns:t="http://bip.bee.kz/SyncChannel/v10/Types"><request><requestInfo><messageId>%s</messageId><serviceId>NQS_DELIVER</serviceId>'
             "<messageDate>2026-11-23T10:00:00+05:00</messageDate><sender><senderId>%s</senderId><password>%s</password></sender>%s</requestInfo><requestData>")
SOAP_TAIL = b"</data></requestData></request></t:SendMessage></soap:Body></soap:Envelope>"


def soap(form, message, party, pieces, period="2026-10", kind="facts"):
    """The document of `pieces` (XML) in one of the forms of <data>: element, compound, string."""
    properties = "".join("<properties><key>nqs-%s</key><value>%s</value></properties>" % p for p in (("feed", FEED), ("period", period), ("kind", kind)))
    yield (SOAP_HEAD % (message, party["sender_id"], party["password"], properties if form == "compound" else "")).encode()
    yield b'<data xmlns="%s">' % NS.encode() if form == "compound" else b"<data>"
    for i, piece in enumerate(pieces):
        if form == "string":
            yield piece.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
        elif i == 0:
            yield b"" if form == "compound" else piece[piece.index(b"<delivery"):]
        elif form == "compound" and piece.endswith(b"</delivery>\n"):
            yield piece[:-len(b"</delivery>\n")]
        else:
            yield piece
    yield SOAP_TAIL
