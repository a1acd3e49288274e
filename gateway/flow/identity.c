#include "gateway/flow/refusals.h"
#include "persistence/certificate.h"
#include "persistence/parties.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who was right with a senderId and password is remembered for five minutes under a keyed hash of both, so that neither scrypt nor the database is asked for each
   message. A change acts at once all the same: access has a version, and what was remembered under another one is looked up again before anything is kept or read.
   A clock that is set back ends both memories. */
enum { REMEMBERED = 1024, FAILING = 1024, FAILURES = 10, SECOND = 1000000 };
static const Instant remember_for = 300ll * SECOND, failures_within = 60ll * SECOND;

typedef struct { unsigned char hash[HASH_SIZE]; Instant until; Sender sender; } Remembered;
typedef struct { unsigned char hash[HASH_SIZE]; Instant since; unsigned n; } Failing;

struct Identities {
    pthread_mutex_t lock;
    pthread_mutex_t computing[HASHES_AT_ONCE];      /* by sender, held by the one who pays for scrypt; who waited may find the answer remembered */
    unsigned char   key[KEY_SIZE];          /* of this process only */
    Remembered      known[REMEMBERED];      /* by the first bytes of the hash; a newcomer replaces what stands there */
    Failing         failing[FAILING];
};

Identities *identities_new(void)
{
    Identities *i = calloc(1, sizeof *i);
    if (!i)
        abort();
    pthread_mutex_init(&i->lock, NULL);
    for (int k = 0; k < HASHES_AT_ONCE; k++)
        pthread_mutex_init(&i->computing[k], NULL);
    random_bytes(i->key, sizeof i->key);
    return i;
}

void identities_free(Identities **i)
{
    free(*i);
    *i = NULL;
}

static size_t place(const unsigned char *hash) { return (size_t)(hash[0] << 8 | hash[1]) % REMEMBERED; }

static bool recall(Identities *i, const unsigned char hash[HASH_SIZE], Instant now, Sender *out)
{
    pthread_mutex_lock(&i->lock);
    const Remembered *r = &i->known[place(hash)];
    bool yes = r->until > now && r->until <= now + remember_for && same_bytes(r->hash, hash, HASH_SIZE);
    if (yes)
        *out = r->sender;
    pthread_mutex_unlock(&i->lock);
    return yes;
}

static void remember(Identities *i, const unsigned char hash[HASH_SIZE], Instant now, const Sender *sender)
{
    pthread_mutex_lock(&i->lock);
    Remembered *r = &i->known[place(hash)];
    memcpy(r->hash, hash, HASH_SIZE);
    r->until = now + remember_for;
    r->sender = *sender;
    pthread_mutex_unlock(&i->lock);
}

/* Seconds to wait when this senderId has failed too often; 0: go on. */
static unsigned held_off(Identities *i, const unsigned char who[HASH_SIZE], Instant now)
{
    pthread_mutex_lock(&i->lock);
    const Failing *f = &i->failing[place(who)];
    bool held = f->n >= FAILURES && f->since <= now && f->since + failures_within > now && same_bytes(f->hash, who, HASH_SIZE);
    unsigned seconds = held ? (unsigned)((f->since + failures_within - now) / SECOND) + 1 : 0;
    pthread_mutex_unlock(&i->lock);
    return seconds;
}

static void note_failure(Identities *i, const unsigned char who[HASH_SIZE], Instant now)
{
    pthread_mutex_lock(&i->lock);
    Failing *f = &i->failing[place(who)];
    if (!same_bytes(f->hash, who, HASH_SIZE) || f->since > now || f->since + failures_within <= now) {
        *f = (Failing){ .since = now };
        memcpy(f->hash, who, HASH_SIZE);
    }
    f->n++;
    pthread_mutex_unlock(&i->lock);
}

static Rc refuse(Desk *d, const char *how, unsigned seconds, Error *err)
{
    char wait[16] = "";
    if (seconds)
        snprintf(wait, sizeof wait, "%u", seconds);
    refusal_note(d, how, "unauthorised");
    return error_refuse(err, "unauthorised", seconds ? wait : NULL, NULL, NULL);
}

Rc sender_by_token(Desk *d, const char *token, Sender *out, Error *err)
{
    unsigned char lookup[HASH_SIZE];
    Credential c;
    sha256(token, strlen(token), lookup);
    Rc rc = credential_find(d->db, "token", lookup, sizeof lookup, clock_now(&d->g->clock), &c, err);
    if (rc == RC_OK)
        *out = c.sender;
    return rc == RC_END ? refuse(d, "token", 0, err) : rc;
}

static void password_print(const Identities *i, const char *sender_id, const char *password, unsigned char out[HASH_SIZE])
{
    SCOPED(buffer_free) Buffer b = {0};
    buffer_print(&b, "%s\n%s", sender_id, password);
    keyed_hash(i->key, "password", b.at, b.len, out);
    memset(b.at, 0, b.len);
}

static Rc password_wrong(Desk *d, const unsigned char who[HASH_SIZE], Instant now, Error *err)
{
    note_failure(d->g->identities, who, now);
    return refuse(d, "password", 0, err);
}

/* Of one sender one pays for scrypt at a time; who waited may find the answer remembered. */
static Rc password_check(Desk *d, const char *sender_id, const char *password, const unsigned char print[HASH_SIZE], const unsigned char who[HASH_SIZE], Instant now,
                         Sender *out, Error *err)
{
    Identities *i = d->g->identities;
    unsigned char tried[HASH_SIZE];
    Credential c;
    if (recall(i, print, now, out))
        return RC_OK;
    Rc rc = credential_find(d->db, "password", sender_id, strlen(sender_id), now, &c, err);
    if (rc == RC_END || (rc == RC_OK && !c.has_secret))
        return password_wrong(d, who, now, err);
    if (rc)
        return rc;
    password_hash(password, c.salt, tried);
    if (!same_bytes(tried, c.secret, HASH_SIZE))
        return password_wrong(d, who, now, err);
    remember(i, print, now, &c.sender);
    *out = c.sender;
    return RC_OK;
}

Rc sender_by_password(Desk *d, const char *sender_id, const char *password, Sender *out, Error *err)
{
    Identities *i = d->g->identities;
    Instant now = clock_now(&d->g->clock);
    unsigned char who[HASH_SIZE], print[HASH_SIZE];
    password_print(i, sender_id, password, print);
    if (recall(i, print, now, out))
        return RC_OK;                      /* first: others' wrong guesses must not keep the right one out */
    keyed_hash(i->key, "sender", sender_id, strlen(sender_id), who);
    unsigned seconds = held_off(i, who, now);
    if (seconds)
        return refuse(d, "password", seconds, err);
    pthread_mutex_t *lane = &i->computing[who[0] % HASHES_AT_ONCE];
    pthread_mutex_lock(lane);
    Rc rc = password_check(d, sender_id, password, print, who, now, out, err);
    pthread_mutex_unlock(lane);
    return rc;
}

Rc sender_still(Desk *d, Sender *s, long long access, Error *err)
{
    if (!s->credential || s->access == access)
        return RC_OK;
    Rc rc = sender_again(d->db, s, clock_now(&d->g->clock), err);
    return rc == RC_END ? refuse(d, s->by, 0, err) : rc;
}

Rc sender_confirm(Desk *d, Sender *s, Error *err)
{
    long long access;
    return access_version(d->db, &access, err) || sender_still(d, s, access, err) ? err->rc : RC_OK;
}

Rc sender_by_certificate(Desk *d, const char *pem, Sender *out, Error *err)
{
    char bin[BIN_SIZE];
    if (certificate_bin(pem, bin, err))
        return refuse(d, "certificate", 0, err);
    Rc rc = sender_find(d->db, bin, clock_now(&d->g->clock), out, err);
    if (rc == RC_END)
        return refuse(d, "certificate", 0, err);
    snprintf(out->by, sizeof out->by, "certificate");
    return rc;
}

void door_refused(Desk *desk, const Sender *who, const char *source, const Error *why)
{
    char actor[32];
    const char *code = why->code[0] ? why->code : "internal";
    if (!who || !who->party) {
        refusal_note(desk, source, code);
        return;
    }
    snprintf(actor, sizeof actor, "party:%s", who->bin);
    audit_quietly(desk, actor, "refused", source, code);
}
