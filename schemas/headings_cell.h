/* What stands in the cells of a table becomes nodes of a record: plain values, lists, whole trees as JSON. Only for schemas/headings*.c. */
#pragma once
#include "gateway/base/arena.h"
#include "gateway/model/record.h"

/* A record that is being made; used: bytes it has taken so far. */
typedef struct { Arena *a; size_t used; } Making;

Node *cell_child(Making *m, Node *parent, const char *name, NodeKind kind, Origin origin);
/* n has the cell's text by now. What is no JSON stays a text, and the check says that it is none of what is wanted here. */
void  cell_tree (Making *m, Node *n, const Node *cell);
/* Adds the plain values of one cell: JSON, or divided by ";" or line breaks. */
void  cell_list (Making *m, Node *n, const Node *cell);
