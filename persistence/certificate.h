/* What a client certificate of the national CA says about its holder (wire/protocol.md §8). */
#pragma once
#include "gateway/base/error.h"

/* The BIN in the subject: OU=BIN…, or serialNumber=BIN…. RC_REJECT unauthorised: not a certificate, out of its dates, or without a BIN. */
Rc certificate_bin(const char *pem, char bin[13], Error *err) MUST_USE;
