/* One line of `nqs-gateway law due`: a question in JSON, and its answer. */
#pragma once
#include "gateway/base/buffer.h"
#include "gateway/law/period.h"
#include "gateway/law/term.h"

typedef struct {
    bool     by_instant;           /* a term of hours, from … */
    Instant  instant;
    CivilDay event;                /* … or of days */
    Term     term;
    Instant  known_at;
    bool     explain;
} Question;

/* {"from", "plus"}, {"period", "plus"} or {"period", "on"}, each with "shift", "known_at" and "explain" where wanted. RC_REJECT: what is wrong with which member. */
Rc   question_read(const char *line, size_t n, const Zone *z, Question *out, Error *err) MUST_USE;
/* Writes the answer, or {"error": …}, and the end of the line. a is scratch, reset here. */
void question_answer(const char *line, size_t n, const Counting *by, Arena *a, Buffer *out);
