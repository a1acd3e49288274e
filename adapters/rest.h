/* The REST interface: deliveries in, protocols and records out, all JSON; refusals as problem+json (RFC 9457) in the asker's language. */
#pragma once
#include "adapters/http.h"

extern const Route rest_routes[];

/* Any refusal as a problem document; also for requests that no route takes. */
void rest_refuse(Exchange *x, const Error *why);
