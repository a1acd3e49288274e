/* Migrations: numbered SQL files, applied once, in order, under an advisory lock, each in a transaction of its own. */
#pragma once
#include "persistence/db.h"

/* *applied: how many were new. RC_FATAL: a file that fails, or an applied one that is not there any more. */
Rc migrations_run(Db *db, const char *folder, int *applied, Error *err) MUST_USE;
