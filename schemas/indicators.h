/* The indicators of the annual analysis from their file. */
#pragma once
#include "gateway/model/indicator.h"

/* Lives in a. RC_FATAL: not as the file must be; a feed or field that no contract has; a personal field; two of one id; figures about persons by more than their groups; with file and line. */
Rc indicators_load(const char *file, const Feeds *feeds, Arena *a, Indicators *out, Error *err) MUST_USE;
