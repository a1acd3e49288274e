#include "gateway/model/period.h"
#include "gateway/base/clock.h"
#include <stdio.h>

void period_of_day(PeriodForm form, int64_t day, bool previous, char out[PERIOD_SIZE])
{
    static const int lengths[] = { [PERIOD_MONTH] = 1, [PERIOD_QUARTER] = 3, [PERIOD_HALF_YEAR] = 6, [PERIOD_YEAR] = 12 };
    int year, month, of_month;
    calendar_date(form == PERIOD_DAY && previous ? day - 1 : day, &year, &month, &of_month);
    if (form == PERIOD_DAY) {
        snprintf(out, PERIOD_SIZE, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100, (unsigned)of_month % 100);
        return;
    }
    int64_t no = (12 * (int64_t)year + month - 1) / lengths[form] - previous, of_year = 12 / lengths[form];
    unsigned y = (unsigned)(no / of_year) % 10000, n = (unsigned)(no % of_year) % 100 + 1;
    switch (form) {
    case PERIOD_MONTH:     snprintf(out, PERIOD_SIZE, "%04u-%02u", y, n); break;
    case PERIOD_QUARTER:   snprintf(out, PERIOD_SIZE, "%04u-Q%u", y, n); break;
    case PERIOD_HALF_YEAR: snprintf(out, PERIOD_SIZE, "%04u-H%u", y, n); break;
    default:               snprintf(out, PERIOD_SIZE, "%04u", y); break;
    }
}
