/* The data of the annual analysis (Order 391, paragraphs 20(4), 21): every indicator of schemas/law/indicators.yaml and how timely suppliers were, of one year, as known at one moment. The same
   question has the same answer, byte for byte, whenever it is asked. Figures about persons are anonymous here already. */
#pragma once
#include "gateway/flow/gateway.h"
#include "gateway/model/small_groups.h"

typedef struct {
    const char *value;                    /* NULL: it is not said */
    const char *kk, *ru;                  /* NULL: no name but the value */
    int64_t     count;                    /* 0 where it is hidden */
    Showing     showing;
} Group;

typedef struct {
    const Indicator *of;
    const Group     *group;  size_t n;
    int64_t          sum;
    TableShowing     showing;             /* SUM_ONLY: n is 0; NOTHING: sum is 0 too */
} Figure;

/* A row of persistence/reports_timeliness.h, by feed or by party. */
typedef struct { const char *feed, *bin, *name; int64_t owed, in_time, late, overdue, missing, waived, held, provisional; const char *late_days_median; } Timely;
typedef struct { const Timely *at; size_t n; } TimelyRows;

typedef struct {
    int         year;
    const char *known_at;                 /* RFC 3339, UTC */
    int64_t     settlement;               /* the last one that counts; 0: none */
    const char *settled_at;
    const Indicators *indicators;
    const Figure *figure;                 /* one of each */
    TimelyRows  by_feed, by_party, by_both;
} Analysis;

/* Lives in a. */
Rc analysis_make(Desk *d, int year, const char *known_at, Arena *a, Analysis *out, Error *err) MUST_USE;

/* The forms it is given in; all in UTF-8. JSON holds both languages. The page stands alone: styles and charts (SVG) are in it, and no script. */
void analysis_json(const Analysis *n, Buffer *out);
void analysis_csv (const Gateway *g, const Analysis *n, Lang lang, Buffer *out);
void analysis_page(const Gateway *g, const Analysis *n, Lang lang, Buffer *out);
