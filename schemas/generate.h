/* What is published for suppliers, written from loaded contracts: XML Schema, JSON Schema, AsyncAPI and the page of feeds. They describe the canonical form
   of a delivery and are not used at run time; tests/schemas holds them against the record check. Same contracts, same bytes. */
#pragma once
#include "gateway/base/buffer.h"
#include "gateway/model/feed.h"

/* XSD 1.0 of a whole delivery in urn:kz:nqs:delivery:1. It cannot say: control digits and code tables, rules across fields, doubled keys, that "nil"
   has no records, that a required object whose members are all optional has one. */
void generate_xsd(const Feed *feed, Buffer *out);

/* JSON Schema 2020-12 of the same as a JSON document, patterns in ECMA 262. It cannot say: that "records" comes last, that a name stands twice in
   an object, how many digits a decimal has. */
void generate_json_schema(const Feed *feed, Buffer *out);

/* AsyncAPI 3.0.0 of n feeds: their Kafka topics and messages, records as generate_json_schema has them. brokers: HOST:PORT,… or NULL: left open. */
void generate_asyncapi(const Feed *feeds, size_t n, const char *brokers, Buffer *out);

/* docs/feeds.md: every feed for people, in Markdown. */
void generate_feeds_page(const Feeds *feeds, Buffer *out);
