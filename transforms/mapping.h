/* A supplier's own format: one file in transforms/mappings/ (or a folder of the installation's own) says how its records become records of a feed. Strict: what the loader does not know
   stops the start, with file, line and column. */
#pragma once
#include "gateway/base/clock.h"
#include "gateway/model/envelope.h"
#include "gateway/model/layout.h"
#include "gateway/model/party.h"
#include "gateway/model/record.h"

typedef struct Mapping Mapping;                 /* read-only once loaded; shared by all threads */
typedef struct Mappings Mappings;

/* All *.yaml of these folders (a folder that is not there holds none; NULL is passed over). RC_FATAL: a file is not as it must be, names an unknown feed or column, or two have one name. */
Rc   mappings_load(const char *const *folders, size_t n, const Feeds *feeds, Mappings **out, Error *err) MUST_USE;
/* One file that is in no folder yet (mapping check). */
Rc   mapping_load (const char *path, const Feeds *feeds, Mapping **out, Error *err) MUST_USE;
/* Where files of value tables may stand in several folders: the last that has one gives it, so an installation's own table goes before ours. */
Rc   mapping_load_in(const char *path, const char *const *folders, size_t n, const Feeds *feeds, Mapping **out, Error *err) MUST_USE;
void mappings_free(Mappings **m);
void mapping_free (Mapping **m);

size_t         mappings_n (const Mappings *m);
const Mapping *mappings_at(const Mappings *m, size_t i);          /* in order of name */

const char   *mapping_name  (const Mapping *m);
const char   *mapping_title (const Mapping *m);
const char   *mapping_file  (const Mapping *m);                   /* its path */
const Feed   *mapping_feed  (const Mapping *m);
Format        mapping_format(const Mapping *m);                   /* the first of those it reads */
bool          mapping_reads (const Mapping *m, Format format);
const Layout *mapping_layout(const Mapping *m);

/* What is known of a delivery when its mapping is looked for; NULL: not known, or not yet. */
typedef struct {
    const Sender *who;
    Format        format;
    const char   *name;             /* the sender or the configuration names the mapping; no other then */
    const char   *service;          /* SOAP: serviceId */
    const char   *file;             /* file name without folders */
    const char   *root;             /* XML: "{namespace}name" of the payload's root (or first element in <data>) */
} MappingAsk;

/* Which mapping is it bound to? RC_OK and *out NULL: none is. A mapping that asks for a root is chosen only when the root is given and is its; where several fit, the one that
   asks for more. RC_REJECT mapping_unknown {name}, mapping_format {name} {its format}, mapping_ambiguous {one} {other}. */
Rc   mapping_choose(const Mappings *m, const MappingAsk *ask, const Mapping **out, Error *err) MUST_USE;
const Mapping *mapping_find(const Mappings *m, const char *name);      /* NULL: none of that name */
bool mapping_service_known(const Mappings *m, const char *service);    /* some mapping is bound to this serviceId */

/* What the mapping itself says a delivery is about: its feed; kind and period where it gives them and `said` does not. sender_date 0: none. RC_REJECT period_missing where the
   period is to be taken from what is not there (a file name of another form). */
Rc   mapping_claim(const Mapping *m, const Claim *said, const char *file, Instant sender_date, Instant received, Claim *out, Error *err) MUST_USE;

/* Makes records of the feed out of source records; for one delivery, by one thread. */
typedef struct MappingRun MappingRun;
MappingRun *mapping_begin(const Mapping *m, RecordSink *sink, void *self);
void        mapping_free_run(MappingRun **run);                         /* NULL-safe */
Rc          mapping_record(void *run, const Record *source, Error *err);   /* a RecordSink, for the reader */
Rc          mapping_end   (MappingRun *run, Error *err) MUST_USE;         /* what was gathered over several source records goes out */

/* For those who want to see it work: told of each value that goes over, by the node that was made of it (NODE_BAD: none could be) and the source's own text. */
typedef void MappingTrace(void *self, const Node *made, const char *source, size_t len);
void        mapping_trace(MappingRun *run, MappingTrace *tell, void *self);
