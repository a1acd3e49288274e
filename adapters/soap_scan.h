/* Where things stand in a SendMessage envelope, or in the answer to one, told by the guard's tags as the bytes go by; elements are matched by local name
   (protocol.md §4 form 4). */
#pragma once
#include "gateway/base/buffer.h"
#include "gateway/base/guard.h"

enum { SOAP_PATH = 6, SOAP_NAME_SIZE = 256 };      /* Envelope Body SendMessage request requestData data */

/* The elements down to the payload, and the one that must come before it. */
typedef struct { const char *path[SOAP_PATH], *info; } SoapShape;
extern const SoapShape soap_reply;                 /* SendMessageResponse … */

typedef struct {
    const SoapShape *shape;                        /* NULL: of a SendMessage */
    unsigned matched;                              /* how many elements of the path are open */
    char     name[SOAP_PATH][SOAP_NAME_SIZE];      /* as written, prefix included */
    bool     info_seen, data_seen, payload_known, payload_over;
    unsigned head_open;                            /* elements of the path open where the payload begins */
    uint64_t payload_begin, payload_end;
} SoapScan;                                        /* {0} is ready */

/* RC_REJECT not_soap {what}: another root, operation or order; payload_before_head. */
Rc soap_scan_tag(void *scan, const Tag *tag, Error *err) MUST_USE;

/* How many bytes at the end of s may be the beginning of the payload's end tag, and so have to wait for more. */
size_t soap_scan_tail(const SoapScan *s, const char *bytes, size_t n);

/* How the payload stands there, told by its first bytes. message: from the beginning on. */
typedef enum { FORM_UNKNOWN, FORM_ELEMENT, FORM_TEXT } SoapForm;
SoapForm soap_form(const SoapScan *s, const Buffer *message);

/* Hands on the first n held bytes, in pieces: around the payload, or of it. *from: offset in the message of the first of them. */
typedef Rc SoapPart(void *self, bool inside, const char *bytes, size_t n, Error *err);
Rc soap_pass(const SoapScan *s, Buffer *held, uint64_t *from, size_t n, SoapPart *part, void *self, Error *err) MUST_USE;
