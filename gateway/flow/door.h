/* Inside the door: what door.c, door_claim.c and receipt.c share. */
#pragma once
#include "gateway/base/unwrap.h"
#include "gateway/flow/gateway.h"
#include "gateway/flow/presence.h"
#include "persistence/inbox.h"

enum { CLAIM_CEILING = 64 * 1024 };

struct Door {
    const Gateway *g;
    Sender         who;
    Claim          said;            /* by the transport */
    const Feed    *feed;            /* NULL until the claim is known */
    MappingAsk     ask;             /* what is known for choosing a mapping; texts in the arena */
    const Mapping *mapping;         /* NULL: canonical form, or not known yet */
    Instant        sender_date;
    Arrival        a;
    Desk          *desk;            /* of the call under way */
    Arena         *arena;           /* the prologue, the receipt */
    Guard         *guard;           /* of the payload; NULL where the transport guards the whole message */
    Unwrap         unwrap;
    Hasher        *kept, *payload;  /* payload NULL: the same as kept */
    Buffer         raw;             /* bytes of the part being filled */
    Buffer         head;            /* first bytes of the payload, until the claim is known */
    size_t         tried;           /* how many of them were looked at last time */
    bool           placed;          /* counted among the uploads, and in its place among them */
    DoorPlace      place;
    bool           keyed;           /* a.wrapped is made */
};

/* Nothing more comes: the payload is judged as a whole, and the last part packed. */
Rc door_whole(Desk *desk, Door *d, Buffer *part, Error *err) MUST_USE;
/* It is kept: its parts are the envelope's, its place is free. */
void door_kept(Door *d);

/* Chooses the mapping by what is known; root NULL: not known. With one, the claim is what it and the transport say. Leaves d->mapping NULL when none is bound. */
Rc mapping_seek(Door *d, const char *root, Error *err) MUST_USE;

/* Looks for the claim in the first bytes of the payload; is_all: there will be no more. Leaves d->feed NULL when more bytes are needed. */
Rc claim_seek(Door *d, bool is_all, Error *err) MUST_USE;
/* claim_early for a sender that may come from memory: what its remembered roles forbid is asked once more with those of now; and who has no such role any more may still hand in what it owes. */
Rc claim_judge(Desk *desk, Sender *who, const Claim *said, Error *err) MUST_USE;
/* The same for what the transport alone says: refuses at once what can be refused. */
Rc claim_early(const Gateway *g, const Sender *who, const Claim *said, Error *err) MUST_USE;

/* The receipt in canonical JSON (RFC 8785); lives in the door's arena. */
void receipt_write(Door *d, const Meta *m, int64_t number, Instant committed, Receipt *out);
