/* What a spreadsheet shows for a number. */
#include "gateway/base/clock.h"
#include "schemas/xlsx.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "[h]", "[mm]": hours, minutes or seconds that go on counting. [Magenta] is a colour. */
static bool is_elapsed(const char *bracket)
{
    size_t n = strspn(bracket + 1, "hHmMsS");
    return n && n <= 2 && bracket[n + 1] == ']';
}

/* Letters of dates count only outside of quotes, [brackets] but those of elapsed time, and escapes. */
bool format_is_date(const char *code)
{
    for (const char *s = code; *s; s++) {
        if (*s == '"') {
            const char *end = strchr(s + 1, '"');
            if (!end)
                return false;
            s = end;
        } else if (*s == '\\' || *s == '_' || *s == '*') {
            if (s[1])
                s++;
        } else if (*s == '[') {
            if (is_elapsed(s))
                return true;
            s += strcspn(s, "]");
            if (!*s)
                return false;
        } else if (strchr("dDmMyYhHsS", *s)) {
            return true;
        }
    }
    return false;
}

/* Day 1 of the 1900 system is 1900-01-01, and its day 60 is a 29 February that never was. */
static bool date_text(double value, bool date1904, char out[CELL_TEXT])
{
    double whole = floor(value);
    long seconds = lround((value - whole) * 86400);
    int64_t day = (int64_t)whole;
    int year, month, of_month;
    if (value < 0 || value > 2958466)
        return false;
    if (seconds == 86400) {
        seconds = 0;
        day++;
    }
    if (!date1904 && (day == 60 || day == 0))
        return false;
    day += date1904 ? calendar_days(1904, 1, 1) : calendar_days(1899, 12, 31) - (day > 60);
    calendar_date(day, &year, &month, &of_month);
    int n = snprintf(out, CELL_TEXT, "%04d-%02d-%02d", year, month, of_month);
    if (seconds)
        snprintf(out + n, CELL_TEXT - (size_t)n, "T%02ld:%02ld:%02ld", seconds / 3600, seconds / 60 % 60, seconds % 60);
    return true;
}

/* "1.5E-7" → "0.00000015"; at most 15 digits count. */
static bool plain_text(double value, char out[CELL_TEXT])
{
    char digits[32];
    if (fabs(value) >= 1e40 || (value != 0 && fabs(value) < 1e-40))
        return snprintf(out, CELL_TEXT, "%.15g", value) > 0;
    snprintf(digits, sizeof digits, "%.14e", value);
    int exponent = (int)strtol(strchr(digits, 'e') + 1, NULL, 10);
    int decimals = exponent > 14 ? 0 : 14 - exponent;
    int n = snprintf(out, CELL_TEXT, "%.*f", decimals, value);
    if (decimals) {
        while (out[n - 1] == '0')
            n--;
        n -= out[n - 1] == '.';
        out[n] = '\0';
    }
    if (strcmp(out, "-0") == 0)
        memcpy(out, "0", 2);
    return true;
}

static bool padded(double value, int digits, char out[CELL_TEXT])
{
    return value >= 0 && value == floor(value) && value < 1e15 && snprintf(out, CELL_TEXT, "%0*.0f", digits, value) > 0;
}

bool number_text(const char *value, int style, bool date1904, char out[CELL_TEXT])
{
    char *end;
    double x = strtod(value, &end);
    if (end == value || *end || !isfinite(x))
        return false;
    if (style == STYLE_DATE)
        return date_text(x, date1904, out);
    if (style > 0 && padded(x, style, out))
        return true;
    return plain_text(x, out);
}
