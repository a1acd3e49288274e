/* What all threads of one process share: configuration, feeds and their tables, keys, texts, the clock. Read-only once opened, but for the
   counters and the memory of identity.c and refusals.c, which guard themselves. */
#pragma once
#include "gateway/base/zone.h"
#include "gateway/flow/messages.h"
#include "gateway/flow/publication.h"
#include "gateway/flow/pull.h"
#include "gateway/law/calendar.h"
#include "gateway/law/obligation.h"
#include "gateway/model/indicator.h"
#include "persistence/table.h"
#include "persistence/vault.h"
#include "transforms/mapping.h"
#include "transforms/texts.h"
#include <stdatomic.h>

/* gateway.yaml. Every key has a default but database and key_file. */
struct Config {
    char    *database, *key_file, *listen, *share, *contracts, *mappings, *calendars, *obligations, *indicators, *outage, *outage_ground, *edge_user, *public_url, *log_level;
    char    *soap_deliver, *soap_protocol, *soap_acknowledge;
    unsigned *answer_wait_ms;                          /* never NULL once loaded; 0 has a meaning of its own */
    unsigned max_message_mb, max_uploads, idle_seconds, http_threads, work_threads, dispatch_threads, upload_hours, duty_months;
    unsigned poll_seconds;
    bool     public_read;
    DropBox *drop_boxes;  unsigned drop_boxes_count;
    Pull    *fetches;     unsigned fetches_count;
    Kafka   *kafka;                                    /* NULL: nothing comes by Kafka */
    struct NoticeSettings *notices;                    /* NULL: nobody is told of duties */
    PublicationEntry *publications;  unsigned publications_count;
};

Rc   config_load(const char *path, Config **out, Error *err) MUST_USE;
void config_free(Config **c);
void config_help(Buffer *out);                        /* every key, its default and what it is for */
char *config_share(void);                             /* the folder taken where `share` is not set; the caller frees it */
/* What of drop boxes and fetches only contracts and mappings can tell, and what no schema says. RC_FATAL: what is wrong with which. */
Rc   pulls_check(const Config *c, const Feeds *feeds, const Mappings *mappings, Error *err) MUST_USE;
Rc   kafka_check(const Config *c, Error *err) MUST_USE;          /* the same of Kafka */

typedef struct Keeper Keeper;                         /* those who keep at the same moment share a commit (keeper.c) */
typedef struct Identities Identities;                 /* remembered passwords and failures (identity.c) */
typedef struct TurnedAway TurnedAway;                 /* of known ones, because we were too busy (turned_away.c) */
typedef struct Refusals Refusals;                     /* of unknown senders, counted (refusals.c) */

struct Gateway {
    const Config *config;
    DoorSettings  settings;
    Arena        *arena;
    Feeds        *feeds;
    Table       **tables;         /* one a feed, in the same order */
    Vault        *vault;
    Texts        *texts, *papers;
    Mappings     *mappings;
    Publications  publications;
    Clock         clock;
    Zone         *zone;           /* Asia/Almaty */
    Calendar     *calendar;       /* lives in arena, as do */
    Obligations   obligations;
    Indicators    indicators;
    Identities   *identities;
    Refusals     *refusals;
    TurnedAway   *turned_away;
    Keeper       *keeper;
    struct Bell  *bell;           /* something was kept */
    struct Presence *presence;    /* doors open, heartbeats */
    atomic_uint   uploads;        /* doors open now */
};

/* Opens everything that needs no database. RC_FATAL says what is wrong and where. */
Rc   gateway_open(const Config *config, const Clock *clock, Gateway **out, Error *err) MUST_USE;
void gateway_free(Gateway **g);
const Table *gateway_table(const Gateway *g, const Feed *feed);

/* Contracts and texts only: for commands that need neither database nor keys. */
Rc   gateway_feeds(const char *contracts, Feeds **out, Error *err) MUST_USE;

/* The mappings of the product and those of the installation, for these feeds. */
Rc   gateway_mappings(const Config *c, const Feeds *feeds, Mappings **out, Error *err) MUST_USE;

/* Asia/Almaty, from a tz database that is new enough. */
Rc   gateway_zone(Zone **out, Error *err) MUST_USE;

/* The calendar of the product under share, with the installation's own editions (own NULL: none). Lives in a. */
Rc   gateway_calendar(const char *share, const char *own, Arena *a, Calendar **out, Error *err) MUST_USE;

/* Migrations, then the tables of all feeds, and what published ones need. RC_FATAL also when what is kept was kept under another installation key. */
Rc   gateway_migrate(const Gateway *g, int *applied, Error *err) MUST_USE;

/* Logs a warning when the database allows fewer connections than this process alone may need at once. */
Rc   gateway_room(const Gateway *g, Error *err) MUST_USE;

struct Desk { const Gateway *g; Db *db; };

/* Was this sender recognised under this state of access? If not it is looked up again and given its roles of now. RC_REJECT unauthorised: it may not any more. */
Rc sender_still(Desk *d, Sender *s, long long access, Error *err) MUST_USE;

Identities *identities_new(void);
void        identities_free(Identities **i);
