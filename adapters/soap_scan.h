/* Where things stand in a SendMessage envelope, told by the guard's tags as the bytes go by; elements are matched by local name
   (protocol.md §4 form 4). */
#pragma once
#include "gateway/base/guard.h"

enum { SOAP_PATH = 6, SOAP_NAME_SIZE = 256 };      /* Envelope Body SendMessage request requestData data */

typedef struct {
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
