/* A SendMessage that we send to a ШЭП service, and what its answer says (protocol.md §4, §6). */
#pragma once
#include "adapters/fetch_http.h"

typedef struct { const char *id, *service, *sender_id, *password_file; Instant date; } SoapCall;

/* The envelope up to the payload, and behind it. It holds a password: for SCOPED(soap_call_wipe). RC_REJECT fetch_secret. */
Rc   soap_call_begin(const SoapCall *c, Buffer *out, Error *err) MUST_USE;
void soap_call_end  (Buffer *out);
void soap_call_wipe (Buffer *b);

/* Is the word one of a list "A, B"? */
bool soap_listed(const char *list, const char *word);

/* The code of a whole answer, fault or not; NULL: these bytes are none. Lives in a. */
const char *soap_code(const char *bytes, size_t n, Arena *a);
