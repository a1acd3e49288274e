/* The one clock of everything that has legal meaning. Instants are microseconds since 1970-01-01T00:00:00Z. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef int64_t Instant;                       /* 0 = not known */

typedef struct {
    Instant (*now)(void *self);
    bool    (*synchronised)(void *self);       /* did the kernel say the clock follows a time source (adjtimex) */
    void    *self;
} Clock;

extern const Clock system_clock;

Instant clock_now(const Clock *c);
bool    clock_synchronised(const Clock *c);

/* Time that only rises, for durations and pauses; it says nothing of the day. */
int64_t monotonic_us(void);
int64_t monotonic_ms(void);

enum { INSTANT_TEXT = 40 };
/* RFC 3339 in UTC with microseconds, "2026-11-23T15:04:05.123456Z". Writes "" for 0. Returns out. */
char *instant_text(Instant at, char out[INSTANT_TEXT]);

/* The day in Almaty on which an instant falls: UTC+5 since 2024-03-01, +6 before. */
typedef struct { int year, month, day; } Day;
Day instant_day(Instant at);

/* Reads RFC 3339 / xs:dateTime: fraction optional; without a zone it is taken as Asia/Almaty (UTC+5 since 2024-03-01, +6
   before; 23:00 to 24:00 of 2024-02-29, which came twice, is the first) and *zoned is false. Digits behind the microseconds are cut.
   Returns false, and writes nothing, when it is no such instant. */
bool instant_read(const char *s, Instant *out, bool *zoned);

/* Days since 1970-01-01 of a date of the Gregorian calendar, and back. */
int64_t calendar_days(int year, int month, int day);
void    calendar_date(int64_t days, int *year, int *month, int *day);
