/* What the files of the inbox share. */
#pragma once

/* The keys of an advisory lock of two parts have 31 bits each. */
#define INBOX_31_BITS "2147483647"
