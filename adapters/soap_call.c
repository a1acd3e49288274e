#include "adapters/soap_call.h"
#include "adapters/soap_head.h"
#include <string.h>

static void element(Buffer *out, const char *name, const char *text)
{
    buffer_print(out, "<%s>", name);
    buffer_xml(out, text, strlen(text));
    buffer_print(out, "</%s>", name);
}

static void put_secret(Buffer *out, char *secret)
{
    element(out, "password", secret);
    explicit_bzero(secret, SECRET_SIZE);
}

/* protocol.md: only the wrapper is in a namespace. */
Rc soap_call_begin(const SoapCall *c, Buffer *out, Error *err)
{
    char now[INSTANT_TEXT], secret[SECRET_SIZE];
    if (secret_read(c->password_file, secret, err))
        return err->rc;
    buffer_text(out, "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><typ:SendMessage xmlns:typ=\"http://bip.bee.kz/SyncChannel/v10/Types\">"
                     "<request><requestInfo>");
    element(out, "messageId", c->id);
    element(out, "serviceId", c->service);
    element(out, "messageDate", instant_text(c->date, now));
    buffer_text(out, "<sender>");
    element(out, "senderId", c->sender_id);
    put_secret(out, secret);
    buffer_text(out, "</sender></requestInfo><requestData><data>");
    return RC_OK;
}

void soap_call_end(Buffer *out) { buffer_text(out, "</data></requestData></request></typ:SendMessage></soap:Body></soap:Envelope>"); }

void soap_call_wipe(Buffer *b)
{
    if (b->at)
        explicit_bzero(b->at, b->len);
    buffer_free(b);
}

bool soap_listed(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *s = list; *s; s += strcspn(s, ",")) {
        s += strspn(s, ", ");
        if (strcspn(s, ",") == n && memcmp(s, word, n) == 0)
            return n > 0;
    }
    return false;
}

/* Nothing reaches a parser that has not passed the guard. */
const char *soap_code(const char *bytes, size_t n, Arena *a)
{
    Error err;
    SCOPED(guard_free) Guard *g = guard_new(FORMAT_XML, false, NULL, NULL);
    if (!n || guard_feed(g, bytes, n, &err) || guard_end(g, &err))
        return NULL;
    const char *fault = soap_fault_code(bytes, n, a);
    return fault ? fault : soap_answer_code(bytes, n, a);
}
