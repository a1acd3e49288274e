#include "gateway/base/zone.h"
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "/usr/share/zoneinfo/"

enum { FILE_MOST = 64 * 1024, HEADER = 44, TYPE_SIZE = 6, CHANGES_MOST = 2000, HOUR = 3600 };

struct Zone {
    int     n;
    int64_t at[CHANGES_MOST + 1];           /* from when on … */
    int32_t offset[CHANGES_MOST + 1];       /* … the wall is so many seconds ahead of UTC; the first holds for all time before */
};

typedef struct { uint32_t utc, standard, leap, changes, types, letters; } Counts;

static uint32_t word(const unsigned char *s)
{
    uint32_t w;
    memcpy(&w, s, sizeof w);
    return be32toh(w);
}

static int64_t long_word(const unsigned char *s)
{
    uint64_t w;
    memcpy(&w, s, sizeof w);
    return (int64_t)be64toh(w);
}

static bool counts_read(const unsigned char *s, size_t n, Counts *c)
{
    if (n < HEADER || memcmp(s, "TZif", 4) || s[4] < '2')
        return false;
    *c = (Counts){ word(s + 20), word(s + 24), word(s + 28), word(s + 32), word(s + 36), word(s + 40) };
    return c->changes <= CHANGES_MOST && c->types >= 1 && c->types <= 256 && c->letters < 4096 && c->leap < 4096 && c->utc <= 256 && c->standard <= 256;
}

static size_t block(const Counts *c, size_t time)
{
    return c->changes * time + c->changes + c->types * TYPE_SIZE + c->letters + c->leap * (time + 4) + c->standard + c->utc;
}

/* The second block, with times of 64 bits. The rule behind it, for times after the last change, is not needed: Debian's files list the changes of a
   place with summer time up to 2037, and a place without keeps its last offset. */
static bool read_second(const unsigned char *s, size_t n, Zone *z)
{
    Counts c;
    if (!counts_read(s, n, &c) || n < HEADER + block(&c, 8))
        return false;
    const unsigned char *times = s + HEADER, *which = times + 8 * (size_t)c.changes, *types = which + c.changes;
    z->offset[0] = (int32_t)word(types);
    z->at[0] = INT64_MIN;
    z->n = 1;
    for (uint32_t i = 0; i < c.changes; i++, z->n++) {
        if (which[i] >= c.types)
            return false;
        z->at[z->n] = long_word(times + 8 * i);
        z->offset[z->n] = (int32_t)word(types + which[i] * TYPE_SIZE);
    }
    return true;
}

static bool file_read(const unsigned char *s, size_t n, Zone *z)
{
    Counts first;
    if (!counts_read(s, n, &first))
        return false;
    size_t skip = HEADER + block(&first, 4);
    return n > skip && read_second(s + skip, n - skip, z);
}

Rc zone_load(const char *name, Zone **out, Error *err)
{
    static const size_t most = FILE_MOST;
    char path[128];
    snprintf(path, sizeof path, FOLDER "%s", name);
    FILE *f = fopen(path, "rbe");
    if (!f)
        return error_set(err, RC_FATAL, "%s: %s (the package tzdata)", path, strerror(errno));
    unsigned char *bytes = malloc(most);
    Zone *z = calloc(1, sizeof *z);
    if (!bytes || !z)
        abort();
    size_t n = fread(bytes, 1, most, f);
    fclose(f);
    bool good = file_read(bytes, n, z);
    free(bytes);
    if (!good) {
        zone_free(&z);
        return error_set(err, RC_FATAL, "%s: not a file of the tz database", path);
    }
    *out = z;
    return RC_OK;
}

void zone_free(Zone **z)
{
    free(*z);
    *z = NULL;
}

/* Which offset holds at an instant. */
static int place(const Zone *z, int64_t utc)
{
    int low = 0, high = z->n;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (z->at[middle] <= utc)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int64_t zone_wall(const Zone *z, int64_t utc_seconds) { return utc_seconds + z->offset[place(z, utc_seconds)]; }

/* No offset is more than a day, so the changes that may matter lie within two of it. */
int64_t zone_utc(const Zone *z, int64_t wall_seconds)
{
    int from = place(z, wall_seconds - 24 * HOUR), to = place(z, wall_seconds + 24 * HOUR);
    for (int i = from; i <= to; i++) {
        int64_t utc = wall_seconds - z->offset[i];
        bool begun = utc >= z->at[i], over = i + 1 < z->n && utc >= z->at[i + 1];
        if (begun && !over)
            return utc;
        if (!begun)
            return z->at[i];                /* skipped by the clock being put forward */
    }
    return wall_seconds - z->offset[to];
}

char *zone_version(char out[ZONE_VERSION])
{
    char line[64] = "";
    FILE *f = fopen("/usr/share/zoneinfo/tzdata.zi", "re");
    if (!f || !fgets(line, sizeof line, f) || sscanf(line, "# version %15s", out) != 1)
        snprintf(out, ZONE_VERSION, "unknown");
    if (f)
        fclose(f);
    return out;
}
