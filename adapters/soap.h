/* The synchronous channel of the e-government gateway (ШЭП), wire/protocol.md §1-6: SendMessage in, SendMessageResponse or a fault out. */
#pragma once
#include "adapters/http.h"

extern const Route soap_routes[];
