#include "adapters/rest_inside.h"

/* A file of 10 MB is 14 MB of base64. So much is held in memory only so many times at once; what is small is not counted. */
enum { BODY_LARGE = 15 * 1024 * 1024, AT_ONCE = 3 };
static atomic_int room = AT_ONCE;

void support_begin(Exchange *x, Desk *d)
{
    Error err = {0};
    uint64_t length = exchange_length(x);              /* 0: not told */
    Report *r = report_start(x, d);
    if (!r || (length && length <= BODY_SMALL))
        return;
    if (length > BODY_LARGE)
        error_refuse(&err, "too_large", "15 MB", NULL, NULL);
    else if (atomic_fetch_sub(&room, 1) <= 0) {
        atomic_fetch_add(&room, 1);
        error_refuse(&err, "too_many", NULL, NULL, NULL);
    } else {
        r->room = &room;
        r->most = BODY_LARGE;
    }
    if (err.rc)
        rest_refuse(x, &err);
}

static Rc take_support(Exchange *x, Desk *d, const Asker *a, const cJSON *json, const char *message_id, Buffer *out, Error *err)
{
    (void)x;
    SupportSaid s = { .message_id = message_id };
    const Member members[] = {
        { &s.full_name, NULL, "full_name" }, { &s.iin, NULL, "iin" }, { &s.login, NULL, "login" }, { &s.phone, NULL, "phone" }, { &s.email, NULL, "email" }, { &s.subject, NULL, "subject" },
        { &s.text, NULL, "text" }, { &s.file, NULL, "file" }, { &s.file_name, NULL, "file_name" }, { &s.message_id, NULL, "message_id" }, { NULL, NULL, NULL },
    };
    return members_take(json, members, err) || report_support(d, a, &s, out, err) ? err->rc : RC_OK;
}

static Rc take_class(Exchange *x, Desk *d, const Asker *a, const cJSON *json, const char *message_id, Buffer *out, Error *err)
{
    (void)message_id;
    const char *class_ = NULL, *reason = NULL;
    const Member members[] = { { &class_, NULL, "class" }, { &reason, NULL, "reason" }, { NULL, NULL, NULL } };
    return members_take(json, members, err) || report_support_class(d, a, exchange_parameter(x, 0), class_, reason, out, err) ? err->rc : RC_OK;
}

static Rc take_answer(Exchange *x, Desk *d, const Asker *a, const cJSON *json, const char *message_id, Buffer *out, Error *err)
{
    (void)message_id;
    const char *text = NULL;
    const Member members[] = { { &text, NULL, "text" }, { NULL, NULL, NULL } };
    return members_take(json, members, err) || report_support_answer(d, a, exchange_parameter(x, 0), text, out, err) ? err->rc : RC_OK;
}

void support_end(Exchange *x, Desk *d) { report_with(x, d, take_support); }
void support_class_end(Exchange *x, Desk *d) { report_with(x, d, take_class); }
void support_answer_end(Exchange *x, Desk *d) { report_with(x, d, take_answer); }
