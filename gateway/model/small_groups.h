/* Figures about persons are anonymous (Law "On the National Qualification System", art. 17, by facts §11): groups of a few are not shown, nor what they could be reckoned from. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GROUP_LEAST = 5 };                 /* persons */

typedef enum { SHOWN, HIDDEN_SMALL, HIDDEN_BESIDE } Showing;        /* HIDDEN_BESIDE: large enough, but a small one could be reckoned from it */
typedef struct { int64_t count, persons; Showing showing; } SmallGroup;

typedef enum { GROUPS_AND_SUM, SUM_ONLY, NOTHING } TableShowing;

/* Decides what of a table of one dimension may be shown, of `persons` different ones altogether: sets `showing` of all. Groups of 0 stay. SUM_ONLY: the hidden ones could be told from the sum,
   whatever is hidden beside them; NOTHING: it is about few persons altogether. */
TableShowing small_groups_hide(SmallGroup *group, size_t n, int64_t persons);
