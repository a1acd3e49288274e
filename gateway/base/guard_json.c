#include "gateway/base/guard_internal.h"
#include "gateway/base/words.h"

typedef enum {
    BEGIN, FIRST_ITEM, ITEM, FIRST_KEY, KEY, COLON, AFTER,      /* what may come next */
    STRING, ESCAPE, HEX, LITERAL,
    MINUS, ZERO, DIGITS, POINT, FRACTION, EXPONENT, EXPONENT_SIGN, EXPONENT_DIGITS,
    STATES
} State;

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    return at;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static Rc malformed(const Piece *p, const char *what, Error *err) { return guard_malformed(err, what, piece_offset(p)); }

static bool in_object(const JsonGuard *j) { return j->depth && (j->objects >> (j->depth - 1) & 1); }

static Rc nest(JsonGuard *j, Piece *p, Error *err)
{
    if (j->depth == GUARD_DEPTH)
        return guard_refuse(err, "too_deep", GUARD_DEPTH);
    uint64_t bit = UINT64_C(1) << j->depth++;
    bool object = *p->at++ == '{';
    j->objects = object ? j->objects | bit : j->objects & ~bit;
    j->state = object ? FIRST_KEY : FIRST_ITEM;
    return RC_OK;
}

static Rc leave(JsonGuard *j, Piece *p)
{
    p->at++;
    j->depth--;
    j->state = AFTER;
    return RC_OK;
}

static Rc string_begin(JsonGuard *j, Piece *p, bool key)
{
    p->at++;
    j->begin = piece_offset(p);
    j->is_key = key;
    j->state = STRING;
    return RC_OK;
}

static const char *literal_of(char c)
{
    return c == 't' ? "true" : c == 'f' ? "false" : c == 'n' ? "null" : NULL;
}

static Rc item(JsonGuard *j, Piece *p, Error *err)
{
    char c = *p->at;
    if (c == '{' || c == '[')
        return nest(j, p, err);
    if (c == '"')
        return string_begin(j, p, false);
    j->begin = piece_offset(p);
    if (c == '-' || is_digit(c))
        j->state = c == '-' ? MINUS : c == '0' ? ZERO : DIGITS;
    else if ((j->rest = literal_of(c)))
        j->state = LITERAL;
    else
        return malformed(p, "value", err);
    p->at += j->state != LITERAL;
    return RC_OK;
}

static Rc first_item(JsonGuard *j, Piece *p, Error *err) { return *p->at == ']' ? leave(j, p) : item(j, p, err); }

static Rc key(JsonGuard *j, Piece *p, Error *err) { return *p->at == '"' ? string_begin(j, p, true) : malformed(p, "key", err); }

static Rc first_key(JsonGuard *j, Piece *p, Error *err) { return *p->at == '}' ? leave(j, p) : key(j, p, err); }

static Rc colon(JsonGuard *j, Piece *p, Error *err)
{
    if (*p->at != ':')
        return malformed(p, "colon", err);
    p->at++;
    j->state = ITEM;
    return RC_OK;
}

static Rc after(JsonGuard *j, Piece *p, Error *err)
{
    if (!j->depth)
        return malformed(p, "after_the_end", err);
    if (*p->at == (in_object(j) ? '}' : ']'))
        return leave(j, p);
    if (*p->at != ',')
        return malformed(p, "comma", err);
    p->at++;
    j->state = in_object(j) ? KEY : ITEM;
    return RC_OK;
}

static Rc string(JsonGuard *j, Piece *p, Error *err)
{
    p->at = skip_plain(p->at, p->end, '"', '\\', '\\');
    if (j->is_key && piece_offset(p) - j->begin > KEY_MAX)
        return guard_malformed(err, "long_key", j->begin);
    if (p->at == p->end)
        return RC_OK;
    if (*p->at != '"' && *p->at != '\\')
        return malformed(p, "control_character", err);
    j->state = *p->at++ == '\\' ? ESCAPE : j->is_key ? COLON : AFTER;
    return RC_OK;
}

static Rc escape(JsonGuard *j, Piece *p, Error *err)
{
    if (!strchr("\"\\/bfnrtu", *p->at))
        return malformed(p, "escape", err);
    j->state = *p->at++ == 'u' ? HEX : STRING;
    j->digits = 0;
    j->nonzero = false;
    return RC_OK;
}

static Rc hex(JsonGuard *j, Piece *p, Error *err)
{
    char c = *p->at;
    if (!is_digit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F'))
        return malformed(p, "escape", err);
    p->at++;
    j->nonzero |= c != '0';
    if (++j->digits < 4)
        return RC_OK;
    if (!j->nonzero)
        return guard_refuse(err, "nul_character", piece_offset(p) - 6);
    j->state = STRING;
    return RC_OK;
}

static Rc literal(JsonGuard *j, Piece *p, Error *err)
{
    if (*p->at != *j->rest)
        return guard_malformed(err, "value", j->begin);
    p->at++;
    if (!*++j->rest)
        j->state = AFTER;
    return RC_OK;
}

/* Where a number goes from each of its states; 0 for a character that cannot come there. */
static State number_next(State s, char c)
{
    bool e = c == 'e' || c == 'E';
    switch (s) {
    case MINUS:           return c == '0' ? ZERO : is_digit(c) ? DIGITS : 0;
    case ZERO:            return c == '.' ? POINT : e ? EXPONENT : 0;
    case DIGITS:          return is_digit(c) ? DIGITS : c == '.' ? POINT : e ? EXPONENT : 0;
    case POINT:           return is_digit(c) ? FRACTION : 0;
    case FRACTION:        return is_digit(c) ? FRACTION : e ? EXPONENT : 0;
    case EXPONENT:        return is_digit(c) ? EXPONENT_DIGITS : c == '+' || c == '-' ? EXPONENT_SIGN : 0;
    case EXPONENT_SIGN:
    case EXPONENT_DIGITS: return is_digit(c) ? EXPONENT_DIGITS : 0;
    default:              return 0;
    }
}

static bool number_whole(State s) { return s == ZERO || s == DIGITS || s == FRACTION || s == EXPONENT_DIGITS; }

static Rc number(JsonGuard *j, Piece *p, Error *err)
{
    for (; p->at < p->end; p->at++) {
        State next = number_next(j->state, *p->at);
        if (!next && !number_whole(j->state))
            return guard_malformed(err, "number", j->begin);
        if (!next) {
            j->state = AFTER;
            return RC_OK;
        }
        if (piece_offset(p) - j->begin >= NUMBER_MAX)
            return guard_malformed(err, "long_number", j->begin);
        j->state = next;
    }
    return RC_OK;
}

typedef Rc Step(JsonGuard *j, Piece *p, Error *err);

/* spaced: white space may stand in front. missing: what the document lacks if it ends there; NULL: only what is still open. */
static const struct { Step *step; bool spaced; const char *missing; } states[STATES] = {
    [BEGIN]         = { item,       true,  "value" }, [FIRST_ITEM]      = { first_item, true,  NULL },
    [ITEM]          = { item,       true,  "value" }, [FIRST_KEY]       = { first_key,  true,  NULL },
    [KEY]           = { key,        true,  "key" },   [COLON]           = { colon,      true,  ":" },
    [AFTER]         = { after,      true,  NULL },    [STRING]          = { string,     false, "\"" },
    [ESCAPE]        = { escape,     false, "\"" },    [HEX]             = { hex,        false, "\"" },
    [LITERAL]       = { literal,    false, "value" }, [MINUS]           = { number,     false, "number" },
    [ZERO]          = { number,     false, NULL },    [DIGITS]          = { number,     false, NULL },
    [POINT]         = { number,     false, "number" },[FRACTION]        = { number,     false, NULL },
    [EXPONENT]      = { number,     false, "number" },[EXPONENT_DIGITS] = { number,     false, NULL },
    [EXPONENT_SIGN] = { number,     false, "number" },
};

void json_guard_init(JsonGuard *j) { *j = (JsonGuard){ .state = BEGIN }; }

bool json_guard_fresh(const JsonGuard *j) { return j->state == BEGIN; }

Rc json_guard_feed(JsonGuard *j, Piece *p, Error *err)
{
    while (p->at < p->end) {
        if (states[j->state].spaced && (p->at = skip_space(p->at, p->end)) == p->end)
            return RC_OK;
        Rc rc = states[j->state].step(j, p, err);
        if (rc)
            return rc;
    }
    return RC_OK;
}

Rc json_guard_end(const JsonGuard *j, Error *err)
{
    if (states[j->state].missing)
        return guard_torn(err, states[j->state].missing);
    return j->depth ? guard_torn(err, in_object(j) ? "}" : "]") : RC_OK;
}
