/* What stands of the register now: of each obligation the reading that goes, and since when it is in force. */
#pragma once
#include "gateway/flow/gateway.h"
#include "gateway/law/obligation.h"

typedef struct {
    const Obligation *o;
    const Reading    *reading;             /* the one approved last, by the text that was approved; else the first of the file … */
    bool              provisional;         /* … which is only proposed */
    bool              changed;             /* the approved text is not in the file any more */
    bool              in_force;            /* false: no duty opens */
    CivilDay          since;
} Standing;

typedef struct { Standing *at; size_t n; const char *fingerprint; } LawState;      /* fingerprint: another when any of it is another */

/* Lives in a. */
Rc law_state_load(Desk *d, Arena *a, LawState *out, Error *err) MUST_USE;

/* Audited. RC_REJECT: unknown_obligation {id}, unknown_reading {id}. */
Rc law_reading_approve(Desk *d, const char *obligation, const char *reading, const char *by, const char *ground, Error *err) MUST_USE;
Rc law_force_from     (Desk *d, const char *obligation, CivilDay day, const char *by, const char *ground, Error *err) MUST_USE;

/* The register of the product under share, with the installation's own file (own NULL: none). Lives in a. */
Rc gateway_obligations(const char *share, const char *own, const Feeds *feeds, Arena *a, Obligations *out, Error *err) MUST_USE;
