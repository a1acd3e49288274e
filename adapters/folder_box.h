/* A drop box on disk. A file goes from the box into taken/ (ours alone from then on), kept/ (ID.NAME, kept and waiting for its protocol), and done/ or refused/.
   Every step is one rename that never replaces anything, so whoever comes after a crash, or beside us, goes on where it stands. Nothing is followed
   that is a link, and nothing is named by more than one component below the box. */
#pragma once
#include "adapters/folder_name.h"
#include "gateway/base/buffer.h"
#include "gateway/flow/pull.h"
#include <sys/stat.h>

typedef struct {
    const DropBox *about;
    int    root, taken, kept, done, refused;       /* folders; -1: not open */
    char   lock[64];                               /* the name under which one process at a time works it */
    mode_t files;                                  /* mode of what we write: what may read the box may read that */
} Box;

/* RC_RETRY: it is not there, or not ours to write in. */
Rc   box_open (const DropBox *about, Box *out, Error *err) MUST_USE;
void box_close(Box *b);

/* The names of at most BOX_CHOICE files that wait to be taken, those changed longest ago first. */
enum { BOX_CHOICE = 64 };
typedef struct { char name[256]; struct timespec at; } BoxFile;
size_t box_waiting(const Box *b, BoxFile out[BOX_CHOICE]);

/* Calls for each name in a folder of ours until it returns other than RC_OK; names with a point in front are passed over. */
typedef Rc BoxVisit(void *self, const char *name, Error *err);
Rc   box_each(int folder, BoxVisit *visit, void *self, Error *err) MUST_USE;

/* Takes a file: from now on it is taken/SHORT. RC_END: it is gone, or its name is being worked. */
Rc   box_take (const Box *b, const char *name, char taken[BOX_NAME_SIZE], Error *err) MUST_USE;
/* What a process that died between the two renames of box_take left. */
void box_mend (const Box *b, const char *done_file);
void box_forget_done(const Box *b, const char *taken);     /* taken/NAME.done, the sign that it was whole */

/* A rename that replaces nothing. RC_END: the file is gone, or the name is taken (errno tells). */
Rc   box_move (int from, const char *name, int to, const char *as, Error *err) MUST_USE;

/* What is written beside a file. The one with the receipt is written first and reserves the name: *as becomes NAME, or NAME with the id in it where that is
   another's. id: the delivery's, or of the message where there is none; the receipt holds it. Safe to repeat. */
typedef struct { const Buffer *receipt, *protocol, *text; } Papers;
Rc   box_papers(const Box *b, int folder, const char *name, const char *id, const Papers *p, char as[256], Error *err) MUST_USE;
