#include "adapters/soap_message.h"
#include <string.h>

void soap_element(Buffer *out, const char *name, const char *text, size_t n)
{
    buffer_print(out, "<%s>", name);
    buffer_xml(out, text, n);
    buffer_print(out, "</%s>", name);
}

static void info(Buffer *out, const Exchange *x, const SoapMessage *m, const char *id)
{
    char now[INSTANT_TEXT];
    const SoapHead *h = &m->head;
    buffer_text(out, "<responseInfo>");
    soap_element(out, "messageId", id, strlen(id));
    if (h->message_id)
        soap_element(out, "correlationId", h->message_id, strlen(h->message_id));
    instant_text(clock_now(exchange_settings(x)->clock), now);
    soap_element(out, "responseDate", now, strlen(now));
    buffer_text(out, "<status><code>SCSS001</code><message>Message has been processed successfully</message></status>");
    if (h->session_id)
        soap_element(out, "sessionId", h->session_id, strlen(h->session_id));
    buffer_text(out, "</responseInfo>");
}

void soap_answer(Exchange *x, const SoapMessage *m, const char *id, const Buffer *receipt, const Buffer *protocol)
{
    Buffer out = {0};
    buffer_text(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                      "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>"
                      "<typ:SendMessageResponse xmlns:typ=\"http://bip.bee.kz/SyncChannel/v10/Types\"><response>");
    info(&out, x, m, id);
    buffer_text(&out, "<responseData><data><a:answer xmlns:a=\"urn:kz:nqs:answer:1\">");
    if (receipt->len)
        soap_element(&out, "a:receipt", receipt->at, receipt->len);
    if (protocol->len)
        soap_element(&out, "a:protocol", protocol->at, protocol->len);
    buffer_text(&out, "</a:answer></data></responseData></response></typ:SendMessageResponse></soap:Body></soap:Envelope>");
    answer_with(x, 200, "text/xml; charset=utf-8", &out);
}
