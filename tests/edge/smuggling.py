"""Requests that two programs might read differently: each hides a second request behind a first one whose end is in doubt. What may come back is one
refusal, or nothing; never two answers, and never that of the hidden one. A few forms are read by everybody in one way, and neither nginx nor libmicrohttpd
refuses them: there the first request ends where it says, and the second one is no longer hidden."""
import re
from collections import namedtuple

HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: nqs.example.kz\r\n\r\n"
REFUSED = "one refusal or a cut"
ONE_READING = "one refusal or a cut, or an answer to each"

Form = namedtuple("Form", "name head body at_edge at_gateway")


def form(name, fields, body, at_edge=REFUSED, at_gateway=REFUSED):
    return Form(name, fields, body, at_edge, at_gateway)


CHUNKED = b"Transfer-Encoding: chunked\r\n"
EMPTY = b"0\r\n\r\n" + HIDDEN
FIVE = b"5\r\nabcde\r\n" + EMPTY


def length(n):
    return b"Content-Length: %s\r\n" % n


FORMS = [
    form("length and chunked", length(b"5") + CHUNKED, EMPTY),
    form("chunked and length", CHUNKED + length(b"5"), EMPTY),
    form("two lengths that differ", length(b"0") + length(b"%d" % len(HIDDEN)), HIDDEN),
    form("two lengths that agree", length(b"5") * 2, b"abcde" + HIDDEN),
    form("a list of lengths", length(b"5, 5"), b"abcde" + HIDDEN),
    form("a negative length", length(b"-1"), HIDDEN),
    form("a length with a sign", length(b"+5"), b"abcde" + HIDDEN),
    form("a length in hexadecimal", length(b"0x5"), b"abcde" + HIDDEN),
    form("a length with a space within", length(b"5 5"), b"abcde" + HIDDEN),
    form("an empty length", length(b""), HIDDEN),
    form("a length beyond 64 bits", length(b"18446744073709551621"), b"abcde" + HIDDEN),
    form("a length of 400 digits", length(b"9" * 400), b"abcde" + HIDDEN),
    form("a space before the colon of the length", b"Content-Length : 5\r\n", b"abcde" + HIDDEN),
    form("a space before the colon of the encoding", b"Transfer-Encoding : chunked\r\n", EMPTY),
    form("an encoding on a folded line", b"Transfer-Encoding:\r\n chunked\r\n", EMPTY),
    form("a folded line after the encoding", b"Transfer-Encoding: chunked\r\n , identity\r\n", EMPTY),
    form("a length on a folded line", b"Content-Length:\r\n 5\r\n", b"abcde" + HIDDEN),
    form("chunked twice", b"Transfer-Encoding: chunked, chunked\r\n", EMPTY),
    form("two encodings", CHUNKED * 2, EMPTY),
    form("identity, then chunked", b"Transfer-Encoding: identity, chunked\r\n", EMPTY),
    form("an encoding with another word", b"Transfer-Encoding: xchunked\r\n", EMPTY),
    form("an encoding with a vertical tab", b"Transfer-Encoding: \x0bchunked\r\n", EMPTY),
    form("an encoding in quotes", b'Transfer-Encoding: "chunked"\r\n', EMPTY),
    form("an encoding behind a bare CR", b"X: y\rTransfer-Encoding: chunked\r\n", EMPTY),
    form("a zero byte in a field", b"X: y\0z\r\n" + length(b"5"), b"abcde" + HIDDEN, REFUSED, ONE_READING),
    form("lines that end in LF alone", b"@LF" + length(b"5"), b"abcde" + HIDDEN, ONE_READING, ONE_READING),
    form("a chunk size beyond 64 bits", CHUNKED, b"fffffffffffffffff5\r\nabcde\r\n" + EMPTY),
    form("a negative chunk size", CHUNKED, b"-5\r\nabcde\r\n" + EMPTY),
    form("a chunk size with 0x", CHUNKED, b"0x5\r\nabcde\r\n" + EMPTY),
    form("a chunk longer than it says", CHUNKED, b"5\r\nabcdefgh\r\n" + EMPTY),
    form("a chunk without its line end", CHUNKED, b"5\r\nabcde0\r\n\r\n" + HIDDEN),
    form("an extension that ends in LF alone", CHUNKED, b"5;a\nabcde\r\n" + EMPTY, ONE_READING, ONE_READING),
    form("an extension with a bare CR", CHUNKED, b"5;a\rb\r\nabcde\r\n" + EMPTY, ONE_READING, ONE_READING),
    form("an extension of 100 KB", CHUNKED, b"5;" + b"a" * 100000 + b"\r\nabcde\r\n" + EMPTY, ONE_READING, ONE_READING),
]


def answers(s):
    """The status of every answer until the other side closes or falls silent."""
    got, s_timeout = b"", s.gettimeout()
    s.settimeout(3)
    try:
        while True:
            piece = s.recv(65536)
            if not piece:
                break
            got += piece
    except OSError:
        pass
    s.settimeout(s_timeout)
    # libmicrohttpd writes the head of its own refusals twice before it closes
    got = re.sub(rb"(HTTP/1\.1 4.*?\r\n\r\n)\1(?=<html>)", rb"\1", got, flags=re.S)
    return [int(m) for m in re.findall(rb"HTTP/1\.[01] ([0-9]{3}) ", got)]


def attempt(connect, f, token):
    head = (b"POST /v1/deliveries?feed=recognition-documents&period=2026-10&kind=facts HTTP/1.1\r\nHost: nqs.example.kz\r\nAuthorization: Bearer %s\r\n"
            b"Content-Type: application/x-ndjson\r\n" % token.encode())
    if f.head.startswith(b"@LF"):
        head = (head + f.head[3:] + b"\r\n").replace(b"\r\n", b"\n")
    else:
        head += f.head + b"\r\n"
    with connect() as s:
        try:
            s.sendall(head + f.body)
        except OSError:
            pass
        return answers(s)


def fits(got, wanted):
    refused = not got or (len(got) == 1 and got[0] >= 400)
    return refused or (wanted == ONE_READING and each_for_itself(got))


def each_for_itself(got):
    return len(got) == 2 and got[0] in (200, 202) and got[1] == 200
