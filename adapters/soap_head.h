/* The head of a SendMessage: everything up to the payload, read with all the deviations senders really have (protocol.md §4). */
#pragma once
#include "adapters/soap_scan.h"
#include "gateway/model/envelope.h"

typedef struct {
    const char *message_id, *correlation_id, *service_id, *message_date, *sender_id, *password;      /* NULL: missing or empty */
    const char *session_id;         /* only when it has the form of a guid */
    const char *prologue;           /* <w xmlns…> with the namespaces in scope at the payload */
    Claim       claim;              /* properties nqs-feed, nqs-period, nqs-kind */
    const char *mapping;            /* property nqs-mapping */
} SoapHead;                         /* texts live in the arena */

/* bytes: the message up to scan->payload_begin. RC_REJECT not_soap {what}, not_well_formed, bad_parameter {property}. */
Rc soap_head_read(const char *bytes, size_t n, const SoapScan *scan, Arena *a, SoapHead *out, Error *err) MUST_USE;

Instant soap_date(const SoapHead *h);   /* messageDate; 0: none, or not a date and time */
bool soap_guid(const char *s);      /* {8-4-4-4-12}, braces required */

/* What stands before the payload of an answer (scan->shape = &soap_reply). */
typedef struct { const char *code, *date, *prologue; } SoapReply;      /* NULL: missing or empty; in the arena */
Rc soap_reply_read(const char *bytes, size_t n, const SoapScan *scan, Arena *a, SoapReply *out, Error *err) MUST_USE;

/* The code of a SOAP fault: errorCode of its detail, else faultcode without its prefix. NULL: these bytes (the guard has passed them) are none. */
const char *soap_fault_code(const char *bytes, size_t n, Arena *a);
/* The status code of an answer that came whole; NULL: it has none. */
const char *soap_answer_code(const char *bytes, size_t n, Arena *a);
