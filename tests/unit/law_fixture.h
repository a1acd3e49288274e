/* The product's own calendar and time zone, and small words to ask them with. */
#pragma once
#include "gateway/law/almaty.h"
#include "gateway/law/term.h"
#include "schemas/calendar.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static Zone *almaty;
static Arena *law_arena;
static Calendar *calendar;

static int law_begin(void **state)
{
    Error err = {0};
    (void)state;
    law_arena = arena_new();
    if (zone_load("Asia/Almaty", &almaty, &err) || calendar_load("schemas/law", NULL, law_arena, &calendar, &err)) {
        print_error("%s\n", err.text);
        return -1;
    }
    return 0;
}

static int law_end(void **state)
{
    (void)state;
    zone_free(&almaty);
    arena_free(&law_arena);
    return 0;
}

static inline CivilDay day(const char *text)
{
    CivilDay d;
    if (!civil_read(text, &d))
        fail_msg("%s is no day", text);
    return d;
}

/* NULL: whatever is known at all. */
static inline Instant moment(const char *text)
{
    Instant i = KNOWN_NOW;
    bool zoned;
    if (text && (!instant_read(text, &i, &zoned) || !zoned))
        fail_msg("%s is no instant", text);
    return i;
}
