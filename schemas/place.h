/* Where in a record something stands: a chain from the inside out, made on the stack and written as text only when there is a complaint. */
#pragma once
#include "gateway/model/record.h"

typedef struct Place Place;
struct Place {
    const Place *up;       /* NULL: the record itself */
    const char  *name;     /* of a field; NULL: an item of an array */
    size_t       len;
    unsigned     item;     /* 1, 2, 3 … */
    Origin       origin;   /* of the node found there; 0: not known */
};

/* "history[2].state"; "" for NULL. Lives in a. */
const char *place_text(const Place *p, Arena *a);
