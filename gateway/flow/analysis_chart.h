/* Charts of the analysis as SVG, to stand within a page; whole coordinates, so that the same figures make the same bytes. */
#pragma once
#include "gateway/base/buffer.h"

/* One bar of `n` against `most`, as wide as the cell it stands in. */
void chart_bar(int64_t n, int64_t most, Buffer *out);

/* One bar of parts beside one another, of `whole` altogether; part i has the class "pI". */
void chart_parts(const int64_t *part, size_t n, int64_t whole, Buffer *out);

/* Columns with what is written under each and over it; n at most 31. title: what it shows, for those who do not see it. */
typedef struct { const char *under, *over; int64_t n; } Column;
void chart_columns(const Column *column, size_t n, const char *title, Buffer *out);
