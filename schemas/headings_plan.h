/* Which column of a table fills what. Only for schemas/headings*.c. */
#pragma once
#include "schemas/headings.h"

enum { PLAN_STEPS = 8 };

typedef enum { PART_PLAIN, PART_WITHDRAW, PART_LIST, PART_TREE } Part;      /* PART_LIST: plain values in one cell; PART_TREE: JSON text */

typedef struct {
    const Field *top, *field;           /* the same: the column is the whole field */
    const char  *step[PLAN_STEPS];      /* members from the top-level field down to this one */
    unsigned     n_steps;
    Part         part;
    bool         in_items;              /* the top-level field is an array, each row has one item */
    bool         begins;                /* the first of the columns of such items */
} PlanColumn;

typedef struct {
    PlanColumn *column;  size_t n;      /* in the table's order */
    bool        gathers;                /* several rows may make one record */
} Plan;

/* By the members of a table's first row. The plan lives in a. RC_REJECT unknown_heading, doubled_heading {heading} {column}, heading_missing {field}. */
Rc plan_make(const Feed *feed, const Node *row, Arena *a, Plan *out, Error *err) MUST_USE;
