/* What the files of the HTTP adapter share. An Exchange belongs to the event thread, or while its connection is suspended to the pool, a worker,
   or the parking; the queues' locks carry it from one to the other. */
#pragma once
#include "adapters/http.h"
#include "adapters/http_decode.h"
#include "gateway/model/metrics.h"
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

enum {
    HTTP_PIECE = 64 * 1024,              /* of a body collected before a worker is asked */
    HTTP_CONNECTIONS = 2000, HTTP_EVENT_THREADS = 2,
    HTTP_CONNECTION_MEMORY = 20 * 1024,       /* an idle one keeps it: 2,000 of them must stay below 64 MB */
    HTTP_PARAMETERS = 2,
    HTTP_SLOWEST = 64,                   /* bytes a second: after idle_seconds, a body that comes more slowly is cut */
    STRANGERS_MOST = HTTP_CONNECTIONS - 64, STRANGERS_HOLD = 8 << 20,
    HTTP_DRAIN_BYTES = 8 << 20, HTTP_DRAIN_MS = 10000, HTTP_STOP_MS = 10000,
};

typedef struct { Exchange *first, **last; } Queue;             /* intrusive, through Exchange.next */

typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t  wake;
    Queue           queue;
    pthread_t      *thread;
    unsigned        n;
    bool            stopping;
    HttpServer     *server;
} Pool;

typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t  wake;
    Queue           queue;                                     /* those that waited longest since they were last asked for are first */
    pthread_t       thread;
    bool            stopping, hurry;                    /* hurry: nobody waits any longer */
    HttpServer     *server;
} Parking;

enum { LINGER_MAX = 256 };
typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t  wake;
    struct { int fd; int64_t until; size_t left; } at[LINGER_MAX];
    unsigned        n;
    pthread_t       thread;
    bool            stopping;
} Linger;

/* A connection whose sender is not known: it has no request under way, or one that nobody has authenticated. When there are too many connections, or what is
   held for strangers is too much, the one that has been here longest is sent away: who is in earnest is known within moments. */
typedef struct Stranger Stranger;
struct Stranger {
    Stranger *next, *previous;           /* NULL: known, or sent away */
    int       fd;
    bool      sent_away;
    size_t    held;                      /* bytes of memory, beside what every connection has */
};

typedef struct {
    pthread_mutex_t lock;
    Stranger        ring;                /* next is the one that has been here longest */
    size_t          connections, leaving, held;
    unsigned        unreported;
    int64_t         reported;
} Strangers;

typedef struct { int fd; unsigned port; bool is_unix, has_edge; uid_t edge; char path[108]; } Listener;

struct HttpServer {
    const Gateway      *g;
    const DoorSettings *settings;
    const Route *const *tables;
    void              (*refuse)(Exchange *, const Error *);
    struct MHD_Daemon  *daemon;
    Listener            listener;
    Pool                pool;
    Parking             parking;
    Linger              linger;
    Strangers           strangers;
    pthread_mutex_t     lock;            /* of what follows */
    unsigned            handed;          /* suspended connections */
    bool                closing;         /* nothing is handed over any more */
    HttpCounters        before;          /* what was counted before it was started */
};

typedef enum { PHASE_HEAD, PHASE_AHEAD, PHASE_BODY, PHASE_END } Phase;
typedef enum { JOB_WORK, JOB_REFUSE, JOB_PARKED, JOB_STREAM, JOB_DROP } Job;

typedef struct AnswerHeader { struct AnswerHeader *next; const char *name, *value; } AnswerHeader;
typedef struct {
    unsigned      status;
    const char   *type;
    AnswerHeader *headers;
    Buffer        body;
    const char   *fixed;   size_t   fixed_len;
    StreamNext   *next;    uint64_t length;
    const char   *piece;   size_t   piece_len;
    Rc            stream;                /* RC_END: all pieces were had */
} Answer;

struct Exchange {
    HttpServer            *server;
    struct MHD_Connection *connection;
    Stranger              *stranger;     /* NULL when the connection is gone */
    const Route           *route;        /* NULL: none takes it */
    Arena                 *arena;
    Exchange              *next;
    const char            *method, *parameter[HTTP_PARAMETERS];
    Phase                  phase;
    Job                    job;
    bool                   begun, whole, unread, has_body, answered, close;
    Coding                 coding;
    Decoder               *decoder;
    Digest                *digest;
    Buffer                 in;           /* as sent, not yet given to a worker */
    size_t                 kept_back;    /* bytes the adapter holds until it knows the sender */
    const char            *cut_why;
    uint64_t               length, seen, taken, drained, sent;      /* seen: of the body, as sent */
    Instant                first_byte, last_byte;
    int64_t                since, drain_until;               /* monotonic: us, ms */
    Error                  refusal;      /* of the server itself, on its way to a worker */
    void                  *state;
    void                 (*state_end)(void *, Desk *);
    char                   delivery[ID_SIZE];
    unsigned               park_ms;
    int64_t                park_until;
    bool                   park_done;
    Answer                 answer;
};

/* http_exchange.c */
Exchange *exchange_new (HttpServer *s, struct MHD_Connection *c, const char *method);
void      exchange_free(Exchange *x);                                    /* its state has ended by now */
bool      exchange_hand(Exchange *x, Job job);                           /* event thread: suspends; false: the server closes, cut it */
void      exchange_weigh (const Exchange *x);                            /* tells how much is held for it */
void      exchange_refuse(Exchange *x, Desk *d, const Error *why);       /* d NULL: no audit line */

/* http_step.c: a worker's turn. The exchange may be gone when it returns. */
void exchange_step(Exchange *x, Desk *d);

/* http_route.c. Which of all routes this one is: 0 none, else from 1 on, for the metrics. */
unsigned route_index(const Route *const *tables, const Route *route);
void     routes_tell(const Route *const *tables);                        /* names them to the metrics */

/* allow: the methods this path has, "" when the path is unknown. NULL: none takes it. */
const Route *route_find(const Route *const *tables, const char *method, const char *path, Arena *a, const char *parameter[HTTP_PARAMETERS],
                        Buffer *allow);

/* http_head.c: everything that can be refused by the header fields alone. */
Rc head_judge(Exchange *x, const char *version, Error *err) MUST_USE;

/* http_trust.c */
bool edge_trusted(const Exchange *x);

/* http_answer.c: event thread. */
enum MHD_Result answer_send(Exchange *x);

/* http_listen.c */
Rc   listener_open (const DoorSettings *settings, Listener *out, Error *err) MUST_USE;
void listener_close(Listener *l);
void descriptors_raise(void);            /* the customary 1,024 are fewer than the connections we take */

/* http_pool.c */
void pool_start(Pool *p, HttpServer *s, unsigned threads);
void pool_push (Pool *p, Exchange *x);
void pool_stop (Pool *p);                                                /* after the queue is empty */
void      queue_add (Queue *q, Exchange *x);
Exchange *queue_take(Queue *q);                                          /* NULL: empty */

/* http_parking.c */
void parking_start(Parking *p, HttpServer *s);
void parking_add  (Parking *p, Exchange *x);
void parking_hurry(Parking *p);
void parking_stop (Parking *p);

/* http_strangers.c. Any thread. */
void      strangers_start (Strangers *s);
void      strangers_stop  (Strangers *s);
void      strangers_notify(void *strangers, struct MHD_Connection *c, void **slot, enum MHD_ConnectionNotificationCode what);
Stranger *stranger_of     (struct MHD_Connection *c);
void      stranger_holds  (Strangers *s, Stranger *one, size_t bytes);
void      stranger_known  (Strangers *s, Stranger *one);
void      stranger_again  (Strangers *s, Stranger *one);                 /* its request has ended */

/* http_linger.c: reads and throws away what still comes after an early answer, so that the answer is not lost in a reset. */
void linger_start(Linger *l);
void linger_add  (Linger *l, int fd);                                    /* duplicates it */
void linger_stop (Linger *l);
