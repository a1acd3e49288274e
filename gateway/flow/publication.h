/* A publication: which feed goes to which sink, as changes or as snapshots, with which fields and records. */
#pragma once
#include "gateway/flow/sink.h"
#include "gateway/model/feed.h"

typedef enum { PUBLISH_CHANGES, PUBLISH_SNAPSHOT } PublishMode;

typedef struct { char *field; char **values; unsigned values_count; } PublishFilter;

/* As it stands in gateway.yaml. */
typedef struct {
    char          *name, *feed, *when, *source;
    PublishMode    mode;
    char         **fields;  unsigned fields_count;
    PublishFilter *filter;  unsigned filter_count;
    unsigned       retry_seconds, attempts;
    void          *settings[SINKS_MOST];           /* of the kind of sink it goes to, at that kind's place in the registry; the others NULL */
} PublicationEntry;

/* The same, understood. */
typedef struct {
    const PublicationEntry *entry;
    const char     *name, *source;                 /* source: of its events */
    const Feed     *feed;
    const SinkKind *kind;
    const void     *settings;
    const Field   **fields;  size_t n_fields;      /* that go out, in the order of their names */
    const Field   **filter;                        /* of each filter */
    const struct Timetable *timetable;             /* of snapshots; NULL: by command (changes: at once) */
    bool            personal;                      /* a field of persons goes out: what is read for it is journalled */
} Publication;

typedef struct { Publication *at; size_t n; } Publications;

typedef struct Config Config;
/* Lives in a. RC_FATAL: what is wrong with which. */
Rc publications_new(const Config *c, const Feeds *feeds, Arena *a, Publications *out, Error *err) MUST_USE;
const Publication *publication_find(const Publications *p, const char *name);                /* NULL: none of that name */
/* The names of those that are told every change of a feed; at most `most` of them. */
size_t publications_of_changes(const Publications *p, const Feed *f, const char **names, size_t most);

enum { PUBLICATIONS_MOST = 100 };
