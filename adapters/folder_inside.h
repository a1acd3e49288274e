/* Inside the folder source: one box while it is worked. */
#pragma once
#include "adapters/folder_box.h"
#include "gateway/flow/query.h"

typedef struct {
    const Gateway *g;
    Desk          *desk;
    Box            box;
    Sender         who;
    char           lang[3];
    bool           waits;           /* something is kept whose protocol is not there yet */
} BoxWork;

/* folder_take.c: hands in taken/NAME; it goes on to kept/ or refused/. RC_END: not now (it is gone, or still being written); RC_FATAL: a fault of ours, it
   stays where it is. */
Rc box_hand_in(BoxWork *w, const char *name, Error *err) MUST_USE;

/* folder_finish.c: what of kept/ has its protocol goes to done/ or refused/. *n: how many did. */
Rc box_finish (BoxWork *w, size_t *n, Error *err) MUST_USE;
/* A file refused at the door. id: of its message. */
Rc box_refuse (BoxWork *w, const char *name, const char *id, const Error *why, Error *err) MUST_USE;

/* folder_text.c: the protocol for people, in the party's language. name: of the file. */
void box_text        (const BoxWork *w, const char *name, const char *protocol, Buffer *out);
void box_text_refused(const BoxWork *w, const char *name, const Error *why, Buffer *out);
