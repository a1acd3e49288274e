/* Records counted for the annual analysis: one indicator (gateway/model/indicator.h). */
#pragma once
#include "gateway/model/indicator.h"
#include "persistence/table.h"

/* year: 1 to 9999; known_at: RFC 3339; table_of: the table of a feed. */
typedef struct { int year; const char *known_at; const Table *(*table_of)(const void *self, const Feed *feed); const void *self; } AnalysisAsked;

/* Columns: value (null: it is not said), how many, how many persons among them, names_kk, names_ru (null: none); rows in no order. With a column by which nothing is counted: no groups. The last
   row is the sum: its sixth column is true. */
Rc report_indicator(Db *db, const AnalysisAsked *asked, const Indicator *indicator, Rows *out, Error *err) MUST_USE;

/* What the records of all feeds rest on at known_at. Columns: number and moment of the last settlement (null: none). */
Rc report_last_settlement(Db *db, const char *known_at, Rows *out, Error *err) MUST_USE;
