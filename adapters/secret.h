/* Secrets that an installation keeps in files of their own. */
#pragma once
#include "gateway/base/error.h"

/* The first line of a secret file. out: SECRET_SIZE. RC_REJECT fetch_secret: it cannot be read, is empty, or can be read by others too. */
enum { SECRET_SIZE = 4096 };
Rc secret_read(const char *path, char *out, Error *err) MUST_USE;
