"""Schemathesis knows neither NDJSON nor JSON sequences, tables or workbooks: what it makes by the schema (a text) is sent as it is."""
import schemathesis


@schemathesis.serializer("application/x-ndjson", "application/ndjson", "application/json-seq", "text/csv", "text/tab-separated-values",
                         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
def as_it_is(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")
