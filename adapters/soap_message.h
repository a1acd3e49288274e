/* One SendMessage on its way in. */
#pragma once
#include "adapters/soap_head.h"
#include "adapters/http.h"

typedef struct {
    Guard    *guard;
    SoapScan  scan;
    Buffer    held;            /* the head until it is whole; later what may be the beginning of </data> */
    uint64_t  from;            /* offset in the message of its first byte */
    bool      opened, fetch;   /* fetch: a protocol is asked for, or a delivery acknowledged; nothing is delivered */
    bool      acknowledge;
    SoapHead  head;
    Sender    who;
    Door     *door;
    Buffer    asked;           /* fetch: the payload, holding a delivery's id */
    Receipt   receipt;
} SoapMessage;

SoapMessage *soap_message_new(void);
void soap_message_drop(void *message, Desk *d);

/* The next bytes; the sender is authenticated and the door opened as soon as the head is whole. RC_REJECT as guard.h and intake.h, and head_too_long,
   unauthorised, unknown_service. */
Rc soap_message_feed(SoapMessage *m, Exchange *x, Desk *d, const char *bytes, size_t n, Error *err) MUST_USE;
/* RC_REJECT torn, not_soap. Nothing is kept yet. */
Rc soap_message_end (SoapMessage *m, Error *err) MUST_USE;

/* soap_answer.c */
void soap_answer(Exchange *x, const SoapMessage *m, const char *id, const Buffer *receipt, const Buffer *protocol);     /* protocol empty: none */
void soap_element(Buffer *out, const char *name, const char *text, size_t n);      /* escaped */
/* soap_fault.c. m NULL: nothing is known of the message. */
void soap_fault(Exchange *x, const SoapMessage *m, const Error *why);
const char *soap_lang(const Exchange *x);      /* ru unless the sender asks for another */
