#include "adapters/soap_message.h"
#include <string.h>

/* Our codes and the channel's (protocol.md §6); whatever is not here is a message not of its form. */
static const struct { const char *code, *fault; } faults[] = {
    { "unknown_service", "SCE004" }, { "internal", "SCE909" },             { "unauthorised", "NQS401" }, { "forbidden", "NQS403" },
    { "not_found", "NQS404" },       { "repeat_other_content", "NQS409" }, { "too_large", "NQS413" },    { "too_many", "NQS503" },
    { "busy", "NQS503" },
};

static const char *fault_of(const Error *why)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (!strcmp(faults[i].code, why->code))
            return faults[i].fault;
    return "SCE001";
}

const char *soap_lang(const Exchange *x) { return exchange_header(x, "Accept-Language") ? exchange_lang(x) : "ru"; }

static void detail(Buffer *out, const Exchange *x, const SoapMessage *m, const Error *why, const Buffer *message)
{
    char now[INSTANT_TEXT];
    const char *fault = fault_of(why);
    instant_text(clock_now(exchange_settings(x)->clock), now);
    buffer_text(out, "<detail><f:SendMessageFault1_SendMessageFault xmlns:f=\"http://bip.bee.kz/SyncChannel/v10/Types\">");
    soap_element(out, "errorCode", fault, strlen(fault));
    soap_element(out, "errorMessage", message->at ? message->at : "", message->len);
    soap_element(out, "errorData", why->text, strlen(why->text));
    soap_element(out, "errorDate", now, strlen(now));
    if (m && m->head.session_id)
        soap_element(out, "sessionId", m->head.session_id, strlen(m->head.session_id));
    buffer_text(out, "</f:SendMessageFault1_SendMessageFault></detail>");
}

void soap_fault(Exchange *x, const SoapMessage *m, const Error *why)
{
    Error own = refusal_of(why);
    SCOPED(buffer_free) Buffer message = {0};
    Buffer out = {0};
    const char *fault = fault_of(&own);
    refusal_text(exchange_gateway(x), soap_lang(x), &own, &message);
    buffer_text(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                      "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><soap:Fault>");
    soap_element(&out, "faultcode", fault, strlen(fault));
    soap_element(&out, "faultstring", message.at ? message.at : "", message.len);
    detail(&out, x, m, &own, &message);
    buffer_text(&out, "</soap:Fault></soap:Body></soap:Envelope>");
    answer_with(x, 500, "text/xml; charset=utf-8", &out);      /* other statuses make some toolkits drop the fault */
}
