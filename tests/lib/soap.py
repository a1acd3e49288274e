"""Messages of the synchronous channel for tests: written without a toolkit, so that what is sent is known to the byte."""
import html
import re
import uuid

ENVELOPE = ('<soap:Envelope xmlns:soap="%s"><soap:Body><typ:SendMessage xmlns:typ="http://bip.bee.kz/SyncChannel/v10/Types"><request>%s%s'
            '</request></typ:SendMessage></soap:Body></soap:Envelope>')
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}


def properties(**values):
    """properties(feed="…", period="…", kind="…"): nqs-feed and so on, as XML."""
    return "".join("<properties><key>nqs-%s</key><value>%s</value></properties>" % (k, html.escape(v)) for k, v in values.items())


def info(party, service="NQS_DELIVER", message_id=None, more="", date="2026-11-23T18:43:39+05:00", password=None):
    """requestInfo; message_id None: a new one."""
    return ("<requestInfo><messageId>%s</messageId><serviceId>%s</serviceId><messageDate>%s</messageDate><sender><senderId>%s</senderId>"
            "<password>%s</password></sender>%s</requestInfo>" % (message_id or uuid.uuid4(), service, date, party["sender_id"],
                                                                  password or party["password"], more))


def envelope(head, data, version=SOAP11, data_first=False):
    """The message as bytes; data: what stands between the tags of <data>, as XML text."""
    parts = (head, "<requestData><data>%s</data></requestData>" % data)
    return (ENVELOPE % ((version,) + (parts[::-1] if data_first else parts))).encode()


def member(answer, name):
    """The text of the first element with this local name, entities resolved; None when there is none."""
    found = re.search(r"<(?:\w+:)?%s(?:\s[^>]*)?>(.*?)</(?:\w+:)?%s>" % (name, name), answer.body.decode(), re.S)
    return found and html.unescape(found.group(1))


def fault(answer):
    """(errorCode, errorMessage), (None, None) when it is none."""
    return member(answer, "errorCode"), member(answer, "errorMessage")


def send(gateway, message, headers=None):
    return gateway.post("/soap/sync", message, {**HEADERS, **(headers or {})})


def fetch_protocol(gateway, party, delivery, headers=None):
    """The answer to NQS_PROTOCOL."""
    return send(gateway, envelope(info(party, "NQS_PROTOCOL"), delivery), headers)
