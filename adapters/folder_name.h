/* What the name of a dropped file says. Pure. */
#pragma once
#include "adapters/http_decode.h"
#include "gateway/model/envelope.h"

enum { BOX_NAME_SIZE = 201 };       /* of names as we keep them: room is left for an id and ".protocol.json" within 255 bytes */

/* Is a file of this name whole, where names tell? A point in front, or an ending that programs give to what is still being written, says no. */
bool box_name_complete(const char *name);

/* FEED_PERIOD_KIND[_anything][.ending]; what is not of that form claims nothing. */
void box_name_claim(const char *name, Claim *out);

/* By its ending, .gz or .zst behind it allowed. False: none we know. */
bool box_name_format(const char *name, Format *format, Coding *coding);

/* The name as we keep it: the same, or cut before its ending so that it fits. */
void box_name_short(const char *name, char out[BOX_NAME_SIZE]);

/* "list.csv" and an id: "list.ID.csv"; for a name that is taken. out: 256 bytes. */
void box_name_with(const char *name, const char *id, char *out);
