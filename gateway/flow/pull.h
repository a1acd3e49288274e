/* What sources that deliver by themselves need of the gateway: the drop boxes and fetches of gateway.yaml, the parties they stand for, who of several
   processes does it, and the record of every run. Everything read-only unless a Desk is asked. */
#pragma once
#include "gateway/flow/intake.h"
#include "gateway/model/fetch_run.h"

typedef enum { COMPLETE_RENAME, COMPLETE_DONE } Complete;       /* by its name; by NAME.done beside it */

typedef struct {
    char    *folder, *party, *lang, *mapping;      /* lang, mapping NULL: the party's; none named */
    Complete complete;
} DropBox;

typedef enum { PULL_REST, PULL_SOAP } PullKind;

/* Paths are names of JSON members, outermost first, with points between them. NULL: the source says no such thing. */
typedef struct {
    char    *parameter, *size_parameter;           /* of the query */
    unsigned first, size, max_pages;
    char    *total_pages, *last, *next;            /* where it stands how many pages there are, whether this is the last, a link to the next; one of them */
    char    *total, *items;                        /* where the number of all records stands, and the array of those of this page */
} Paging;

typedef struct { char *name, *value, *secret_file; } PullHeader;       /* value or the file that holds it */

/* A SendMessage to a ШЭП service. */
typedef struct { char *sender_id, *password_file, *service, *request_file, *success; } PullSoap;

typedef struct {
    char       *name, *party, *url, *feed, *period, *kind, *mapping, *schedule, *failed, *redirect_hosts, *ca_file;
    PullKind    source;
    Paging     *paging;                            /* NULL: the answer is the whole list */
    PullHeader *headers;  unsigned headers_count;
    PullSoap   *soap;                              /* of PULL_SOAP, else NULL */
    unsigned    connect_seconds, timeout_seconds, attempts, retry_seconds, max_page_mb;
} Pull;

const DropBox *drop_boxes(const Gateway *g, size_t *n);
const Pull    *pulls(const Gateway *g, size_t *n);
const Pull    *pull_find(const Gateway *g, const char *name);    /* NULL: none of that name */
unsigned       poll_seconds(const Gateway *g);

/* The party a source stands for, with its roles of now, and the language it is written to (lang: 3 bytes). RC_END: there is none in force. */
Rc sender_by_source(Desk *d, const char *bin, const char *by, Sender *out, char *lang, Error *err) MUST_USE;

/* One process at a time: a lock of this desk's database session under that name. It is gone with the connection, so it saves work and order; what must
   not be done twice must be safe by itself. Counted: each hold wants its release. */
Rc desk_hold   (Desk *d, const char *what, bool *held, Error *err) MUST_USE;
Rc desk_release(Desk *d, const char *what, Error *err) MUST_USE;

/* Appends a text of schemas/texts/papers.yaml. */
void paper_text(const Gateway *g, const char *lang, const char *code, const char *const *args, size_t n_args, Buffer *out);

/* RC_REJECT bad_period: the feed has no such period. rule NULL: that of the pull. */
Rc      pull_period(const Gateway *g, const Pull *p, const char *rule, Instant at, char out[PERIOD_SIZE], Error *err) MUST_USE;
Instant pull_due (const Gateway *g, const Pull *p, Instant now);        /* the latest moment of its schedule; 0: it has none */
Instant pull_next(const Gateway *g, const Pull *p, Instant now);        /* the next one */

/* All under the pull's lock. The run of a moment of the schedule, made unless there is one of that moment or later, or the pull was not known then. RC_END: none made. */
Rc run_due   (Desk *d, const Pull *p, Instant due, Error *err) MUST_USE;
Rc run_new   (Desk *d, const Pull *p, const char *period, FetchRun *out, Error *err) MUST_USE;      /* by command; begun */
/* Whatever others left behind: what was kept after all ends as kept, a command's run as interrupted. */
Rc run_tidy  (Desk *d, const Pull *p, Error *err) MUST_USE;
Rc run_take  (Desk *d, const Pull *p, FetchRun *out, Error *err) MUST_USE;      /* the run whose time has come, begun; RC_END: none */
Rc run_again (Desk *d, FetchRun *run, Error *err) MUST_USE;      /* another attempt of this one */
Rc run_intend(Desk *d, const FetchRun *run, const char *delivery, Error *err) MUST_USE;     /* before door_keep: who comes after a crash can look whether it was kept */
Rc run_report(Desk *d, const FetchRun *run, const FetchReport *report, Error *err) MUST_USE;

/* All pulls of gateway.yaml with their latest run, as JSON. */
Rc pulls_list(Desk *d, Buffer *json, Error *err) MUST_USE;
