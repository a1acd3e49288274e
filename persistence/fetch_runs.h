/* The record of every run of a fetch (nqs.fetch_run). The caller sees to it that one process at a time touches the runs of one fetch. */
#pragma once
#include "gateway/base/buffer.h"
#include "gateway/model/fetch_run.h"
#include "persistence/db.h"

/* Makes the run of a moment of the schedule. RC_END: one of that moment or later is there, or the moment was before the fetch was first seen. */
Rc fetch_run_due   (Db *db, const char *fetch, Instant due, const char *period, Instant now, Error *err) MUST_USE;
Rc fetch_run_new   (Db *db, const char *fetch, const char *period, Instant now, FetchRun *out, Error *err) MUST_USE;     /* by command; its first attempt has begun */
/* Runs found running though their process is gone: kept, if what they intended was; those by command, interrupted. */
Rc fetch_run_tidy  (Db *db, const char *fetch, Instant now, Error *err) MUST_USE;
Rc fetch_run_take  (Db *db, const char *fetch, Instant now, FetchRun *out, Error *err) MUST_USE;       /* begins an attempt; RC_END: no run's time has come */
Rc fetch_run_again (Db *db, FetchRun *run, Instant now, Error *err) MUST_USE;
Rc fetch_run_intend(Db *db, const FetchRun *run, const char *delivery, Error *err) MUST_USE;
Rc fetch_run_report(Db *db, const FetchRun *run, const FetchReport *report, Instant now, Error *err) MUST_USE;
/* The latest run as a JSON object; null: there is none. */
Rc fetch_run_last  (Db *db, const char *fetch, Buffer *json, Error *err) MUST_USE;
