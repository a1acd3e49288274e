#include "gateway/flow/query_access.h"
#include "persistence/people.h"
#include "persistence/sign.h"
#include "persistence/support.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* *owner 0: all. Its own a party may read, as it may the deliveries it made. */
static Rc may_read(const Asker *a, int *owner, Error *err)
{
    *owner = a->who->party;
    if (!a->who->party)
        return error_refuse(err, "unauthorised", NULL, NULL, NULL);
    if (!sender_has_role(a->who, "administrator"))
        return RC_OK;
    *owner = 0;
    return sender_has_role(a->who, "personal-reader") ? RC_OK : error_refuse(err, "forbidden", "support-requests", NULL, NULL);
}

/* Null: the person was erased or blocked, or there is none. */
static Rc open_value(Desk *d, const Support *s, const char *part, Value sealed, Arena *arena, Value *out, Error *err)
{
    *out = (Value){0};
    return sealed.text ? person_unseal(d->db, d->g->vault, arena_printf(arena, "support %s %s", s->id, part), sealed, arena, out, err) : RC_OK;
}

static Rc head_put(Desk *d, const Support *s, Arena *arena, Json *j, Error *err)
{
    Value data;
    char at[INSTANT_TEXT];
    if (open_value(d, s, "0", s->sealed[SUPPORT_DATA], arena, &data, err))
        return err->rc;
    json_put_number(j, "number", s->number);
    json_put_text(j, "class", s->class_);
    json_put_text(j, "party", s->party);
    json_put_text(j, "submitted_at", instant_text(s->at, at));
    json_put_text(j, "answered_at", s->answered);
    json_put_number(j, "file_size", s->file_size);
    json_key(j, "request");
    if (data.text)
        json_raw(j, data.text, data.len);
    else
        json_text(j, NULL);
    return RC_OK;
}

static void next_put(Desk *d, const Supports *all, unsigned limit, Json *j)
{
    SCOPED(buffer_free) Buffer cursor = {0};
    char text[24];
    json_key(j, "next");
    if (all->n > limit) {
        int n = snprintf(text, sizeof text, "%lld", (long long)all->at[limit - 1].number);
        cursor_write(d->g, "support", text, (size_t)n, &cursor);
    }
    json_string(j, cursor.at, cursor.len);
}

Rc query_supports(Desk *d, const Asker *a, Page page, Buffer *json, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    SCOPED(buffer_free) Buffer before = {0};
    unsigned limit = page_limit(&page);
    Supports all;
    int owner;
    if (may_read(a, &owner, err) || (page.cursor && cursor_read(d->g, "support", page.cursor, &before, err)) || journal(d, a, "support-requests", "", err)
        || supports_list(d->db, owner, page.cursor ? strtoll(buffer_string(&before), NULL, 10) : 0, limit + 1, arena, &all, err))
        return err->rc;
    Json j = { .to = json };
    json_open(&j, '{');
    json_key(&j, "requests");
    json_open(&j, '[');
    for (size_t i = 0; i < all.n && i < limit; i++) {
        json_open(&j, '{');
        if (head_put(d, &all.at[i], arena, &j, err))
            return err->rc;
        json_close(&j, '}');
    }
    json_close(&j, ']');
    next_put(d, &all, limit, &j);
    json_close(&j, '}');
    return RC_OK;
}

static void file_put(Value bytes, Arena *arena, Json *j, Buffer *file)
{
    if (file) {
        buffer_add(file, bytes.text ? bytes.text : "", bytes.len);
        return;
    }
    json_key(j, "file");
    json_text(j, bytes.text ? base64_text(bytes.text, bytes.len, arena_alloc(arena, (bytes.len + 2) / 3 * 4 + 1)) : NULL);
}

Rc query_support(Desk *d, const Asker *a, const char *number, Buffer *json, Buffer *file, Error *err)
{
    SCOPED(arena_free) Arena *arena = arena_new();
    Support s;
    Value text, answer, bytes;
    const char *history;
    int owner;
    int64_t n;
    if (may_read(a, &owner, err) || number_asked(number, &n, err) || journal(d, a, "support-request", number, err) || support_find(d->db, n, owner, false, arena, &s, err) || open_value(d, &s, "1", s.sealed[SUPPORT_TEXT], arena, &text, err)
        || open_value(d, &s, "2", s.sealed[SUPPORT_FILE], arena, &bytes, err) || open_value(d, &s, "answer", s.answer, arena, &answer, err) || support_history(d->db, n, arena, &history, err))
        return err->rc;
    Json j = { .to = json };
    json_open(&j, '{');
    if (head_put(d, &s, arena, &j, err))
        return err->rc;
    json_key(&j, "text"), json_string(&j, text.text, text.len);
    file_put(bytes, arena, &j, file);
    json_key(&j, "answer"), json_string(&j, answer.text, answer.len);
    json_key(&j, "history"), json_raw(&j, history, strlen(history));
    json_close(&j, '}');
    return RC_OK;
}
