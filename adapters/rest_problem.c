#include "adapters/rest_inside.h"
#include <microhttpd.h>
#include <string.h>

static const struct { const char *code; unsigned status; } statuses[] = {
    { "bad_request", 400 },      { "bad_parameter", 400 },        { "bad_cursor", 400 },        { "bad_digest_header", 400 },
    { "digest_mismatch", 400 },  { "bad_coding", 400 },           { "torn", 400 },              { "not_well_formed", 400 },
    { "not_utf8", 400 },         { "doctype", 400 },              { "too_deep", 400 },          { "too_large_markup", 400 },
    { "encoding", 400 },         { "too_many_attributes", 400 },  { "nul_character", 400 },     { "line_too_long", 400 },
    { "unauthorised", 401 },     { "forbidden", 403 },            { "not_found", 404 },         { "method_not_allowed", 405 },
    { "repeat_other_content", 409 }, { "too_large", 413 },        { "unsupported_type", 415 },  { "too_many", 503 },
    { "busy", 503 },             { "internal", 500 },
};

/* What the data itself gets wrong, and so every code not named above, is 422. */
static unsigned status_of(const Error *why)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (!strcmp(statuses[i].code, why->code))
            return statuses[i].status;
    return 422;
}

static void problem_write(Exchange *x, const Error *why, unsigned status, Buffer *out)
{
    SCOPED(buffer_free) Buffer detail = {0}, type = {0};
    refusal_text(exchange_gateway(x), exchange_lang(x), why, &detail);
    buffer_print(&type, "urn:kz:nqs:problem:%s", why->code);
    Json j = { .to = out };
    json_open(&j, '{');
    json_key(&j, "type");
    json_text(&j, buffer_string(&type));
    json_key(&j, "title");
    json_text(&j, MHD_get_reason_phrase_for(status));
    json_key(&j, "status");
    json_number(&j, status);
    json_key(&j, "detail");
    json_string(&j, detail.at ? detail.at : "", detail.len);
    json_close(&j, '}');
}

void rest_refuse(Exchange *x, const Error *why)
{
    Error own = refusal_of(why);
    Buffer body = {0};
    const char *source = exchange_parameter(x, 0);
    unsigned status = status_of(&own);
    if (!strcmp(own.code, "unknown_feed") && source)       /* the path names it; in a POST it is the data */
        status = 404;
    problem_write(x, &own, status, &body);
    answer_header(x, "Content-Language", exchange_lang(x));
    answer_header(x, "Vary", "Accept-Language");
    if (status == 401)
        answer_header(x, "WWW-Authenticate", exchange_header(x, "Authorization") ? "Bearer realm=\"nqs\", error=\"invalid_token\""
                                                                                 : "Bearer realm=\"nqs\"");
    if (status == 503)
        answer_header(x, "Retry-After", "5");
    else if (status == 401 && own.arg[0][0])               /* too many failures: seconds to wait */
        answer_header(x, "Retry-After", own.arg[0]);
    if (status == 415)
        answer_header(x, "Accept-Encoding", "zstd, gzip");
    answer_with(x, status, "application/problem+json", &body);
}
