#include "gateway/flow/analysis_chart.h"
#include <inttypes.h>
#include <string.h>

enum { BAR_WIDTH = 1000, BAR_HEIGHT = 12, COLUMN_WIDTH = 56, COLUMN_GAP = 8, COLUMNS_HEIGHT = 140, COLUMNS_TOP = 18, COLUMNS_FOOT = 18 };

/* At least one unit for what is not nothing. */
static int64_t scaled(int64_t n, int64_t most, int64_t size)
{
    int64_t to = most > 0 ? n * size / most : 0;
    return n > 0 && to == 0 ? 1 : to;
}

static void bar_begin(Buffer *out)
{
    buffer_print(out, "<svg class=\"bar\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" aria-hidden=\"true\">", BAR_WIDTH, BAR_HEIGHT);
}

void chart_bar(int64_t n, int64_t most, Buffer *out)
{
    bar_begin(out);
    if (n > 0)
        buffer_print(out, "<rect class=\"p0\" width=\"%" PRId64 "\" height=\"%d\"/>", scaled(n, most, BAR_WIDTH), BAR_HEIGHT);
    buffer_text(out, "</svg>");
}

void chart_parts(const int64_t *part, size_t n, int64_t whole, Buffer *out)
{
    int64_t sum = 0;
    bar_begin(out);
    for (size_t i = 0; i < n; i++) {
        int64_t from = scaled(sum, whole, BAR_WIDTH), to = scaled(sum + part[i], whole, BAR_WIDTH);
        sum += part[i];
        if (part[i] > 0)
            buffer_print(out, "<rect class=\"p%zu\" x=\"%" PRId64 "\" width=\"%" PRId64 "\" height=\"%d\"/>", i, from, to > from ? to - from : 1, BAR_HEIGHT);
    }
    buffer_text(out, "</svg>");
}

static void written(int x, int y, const char *text, Buffer *out)
{
    buffer_print(out, "<text x=\"%d\" y=\"%d\">", x, y);
    buffer_xml(out, text, strlen(text));
    buffer_text(out, "</text>");
}

void chart_columns(const Column *column, size_t n, const char *title, Buffer *out)
{
    int width = (int)n * (COLUMN_WIDTH + COLUMN_GAP), height = COLUMNS_TOP + COLUMNS_HEIGHT + COLUMNS_FOOT;
    int64_t most = 0;
    for (size_t i = 0; i < n; i++)
        most = column[i].n > most ? column[i].n : most;
    buffer_print(out, "<svg class=\"columns\" viewBox=\"0 0 %d %d\" role=\"img\"><title>", width, height);
    buffer_xml(out, title, strlen(title));
    buffer_print(out, "</title><line x1=\"0\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>", width, COLUMNS_TOP + COLUMNS_HEIGHT, COLUMNS_TOP + COLUMNS_HEIGHT);
    for (size_t i = 0; i < n; i++) {
        int x = (int)i * (COLUMN_WIDTH + COLUMN_GAP) + COLUMN_GAP / 2, tall = (int)scaled(column[i].n, most, COLUMNS_HEIGHT), top = COLUMNS_TOP + COLUMNS_HEIGHT - tall;
        if (tall)
            buffer_print(out, "<rect class=\"p0\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", x, top, COLUMN_WIDTH, tall);
        written(x + COLUMN_WIDTH / 2, top - 4, column[i].over, out);
        written(x + COLUMN_WIDTH / 2, height - 4, column[i].under, out);
    }
    buffer_text(out, "</svg>");
}
