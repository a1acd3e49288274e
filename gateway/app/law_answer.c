#include "gateway/app/law_files.h"
#include "gateway/app/law_question.h"
#include "gateway/law/due_json.h"

static Rc answer(const char *line, size_t n, const Counting *by, Steps *steps, Json *j, Error *err)
{
    Question q;
    Due due;
    if (question_read(line, n, by->zone, &q, err))
        return err->rc;
    Counting then = { by->calendar, by->zone, q.known_at };
    if (q.by_instant ? term_due_hours(&then, &q.term, q.instant, &due, err) : term_due(&then, &q.term, q.event, &due, q.explain ? steps : NULL, err))
        return err->rc;
    json_open(j, '{');
    due_json(&due, q.explain ? steps : NULL, by->calendar, j);
    json_close(j, '}');
    return RC_OK;
}

void question_answer(const char *line, size_t n, const Counting *by, Arena *a, Buffer *out)
{
    Error err = {0};
    Json j = { out, false };
    Steps steps = { .a = a };
    arena_reset(a);
    if (answer(line, n, by, &steps, &j, &err)) {
        json_open(&j, '{');
        json_key(&j, "error");
        json_text(&j, err.text);
        json_close(&j, '}');
    }
    buffer_char(out, '\n');
}
