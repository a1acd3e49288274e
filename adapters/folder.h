/* The folder source: takes what parties put into their drop boxes, and puts receipt and protocol beside it. */
#pragma once
#include "gateway/flow/pull.h"

typedef struct Folders Folders;

Folders *folders_new (const Gateway *g);        /* a database connection of its own */
void     folders_free(Folders **f);             /* NULL-safe */

/* A station's step, to be repeated every FOLDERS_MS: a look at the next box whose time has come, at most one file taken from it. RC_END: nothing to do in any. */
enum { FOLDERS_MS = 200 };
Rc       folders_step(void *folders, Error *err);
