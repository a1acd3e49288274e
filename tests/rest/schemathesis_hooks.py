"""Schemathesis has no NDJSON: what it makes by the schema (a text) is sent as it is."""
import schemathesis


@schemathesis.serializer("application/x-ndjson", "application/ndjson")
def as_it_is(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")
