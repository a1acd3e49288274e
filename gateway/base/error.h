/* What went wrong, and what to do next. The Rc is chosen by the reader of the error, not by its cause. */
#pragma once
#include "gateway/base/scope.h"

typedef enum {
    RC_OK,       /* go on */
    RC_END,      /* nothing (more) to read */
    RC_REJECT,   /* the data is wrong: tell its sender, never retry */
    RC_RETRY,    /* the world is wrong: undo, wait, try again */
    RC_FATAL,    /* we are wrong: stop the process */
} Rc;

enum { ERROR_ARGS = 3, ERROR_ARG_SIZE = 96 };

/* text is for logs and administrators, in English, and never holds a personal value. A refusal meant for a sender also
   carries the code of its text in schemas/texts/findings.yaml and the values for that text's {1} {2} {3}. */
typedef struct {
    Rc       rc;
    unsigned wait_seconds;         /* with RC_RETRY: not again before so long; 0: as the caller thinks best */
    char     code[40];
    char     arg[ERROR_ARGS][ERROR_ARG_SIZE];
    char     text[512];
} Error;

/* Starts an error and returns rc, so a failing function ends in one line. */
Rc error_set(Error *e, Rc rc, const char *fmt, ...) PRINTF(3, 4);

/* Starts a refusal (RC_REJECT) with a catalogue code; up to three text arguments, NULL ends them early. Arguments are cut to
   ERROR_ARG_SIZE on a character's border. text becomes "code: a, b, c". */
Rc error_refuse(Error *e, const char *code, const char *a, const char *b, const char *c);

/* Puts where we were in front of an error that is passing through; returns its code. */
Rc error_at(Error *e, const char *fmt, ...) PRINTF(2, 3);
