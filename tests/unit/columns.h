/* A feed with a column of every type a contract may name. */
#pragma once
#include "persistence/vault.h"
#include "gateway/model/feed.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY, DAY, SHARE, SMALL, MIDDLE, BIG, FLAG, OBJECT, WORDS, SECRET, COLUMNS };

static Field columns[COLUMNS] = {
    [KEY]    = { .name = "key", .type = TYPE_TEXT, .column_type = "text", .required = true, .key_position = 1 },
    [DAY]    = { .name = "day", .type = TYPE_DATE, .column_type = "date" },
    [SHARE]  = { .name = "share", .type = TYPE_DECIMAL, .column_type = "numeric" },
    [SMALL]  = { .name = "small", .type = TYPE_INTEGER, .column_type = "smallint" },
    [MIDDLE] = { .name = "middle", .type = TYPE_INTEGER, .column_type = "integer" },
    [BIG]    = { .name = "big", .type = TYPE_INTEGER, .column_type = "bigint" },
    [FLAG]   = { .name = "flag", .type = TYPE_BOOLEAN, .column_type = "boolean" },
    [OBJECT] = { .name = "object", .type = TYPE_OBJECT, .column_type = "jsonb" },
    [WORDS]  = { .name = "words", .type = TYPE_ARRAY, .column_type = "text[]" },
    [SECRET] = { .name = "secret", .type = TYPE_TEXT, .column_type = "text", .personal = true },
};

static inline const Feed *columns_feed(void)
{
    static const Field *key[] = { &columns[KEY] };
    static Feed feed = { .code = "columns", .record = "columns", .fields = columns, .n_fields = COLUMNS, .key = key, .n_key = 1, .kinds = KIND_CHANGES, .personal = true };
    for (unsigned i = 0; i < COLUMNS; i++)
        columns[i].index = i;
    return &feed;
}
