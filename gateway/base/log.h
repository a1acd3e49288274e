/* One line a fact, on standard error: time level=… event=… key=value …  Values are quoted where needed. No personal data: callers
   pass ids, counts, codes, never contents. Thread-safe: a line is written by one write(2). */
#pragma once
#include "gateway/base/scope.h"

typedef enum { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR } LogLevel;

void log_level(LogLevel least);

/* log_event(LOG_INFO, "kept", "delivery", id, "feed", feed, NULL): pairs of texts up to a NULL key. */
void log_event(LogLevel level, const char *event, ...) __attribute__((sentinel));
