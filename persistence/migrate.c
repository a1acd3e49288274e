#include "persistence/migrate.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_CEILING = 4 << 20 };

static int is_sql(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return n > 4 && strcmp(e->d_name + n - 4, ".sql") == 0;
}

static void names_free(struct dirent ***names)
{
    for (struct dirent **e = *names; e && *e; e++)
        free(*e);
    free(*names);
}

static Rc read_file(const char *path, Arena *a, char **out, Error *err)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return error_set(err, RC_FATAL, "%s: %m", path);
    char *text = arena_alloc(a, FILE_CEILING);
    size_t n = fread(text, 1, FILE_CEILING - 1, f);
    fclose(f);
    text[n] = '\0';
    *out = text;
    return RC_OK;
}

static Rc apply(Db *db, const char *folder, const char *name, int *applied, Error *err)
{
    SCOPED(rows_end) Rows done = {0};
    SCOPED(arena_free) Arena *a = arena_new();
    SCOPED(tx_end) Tx tx = {0};
    Args args = {0};
    char *sql = NULL;
    arg_text(&args, name);
    if (db_query(db, "select 1 from public.nqs_migration where name = $1", &args, &done, err))
        return err->rc;
    if (rows_n(&done))
        return RC_OK;
    if (read_file(arena_printf(a, "%s/%s", folder, name), a, &sql, err) || tx_begin(&tx, db, err) || db_exec(db, sql, err)
        || db_query(db, "insert into public.nqs_migration (name, applied_at) values ($1, clock_timestamp())", &args, NULL, err) || tx_commit(&tx, err))
        return error_at(err, "migration %s", name);
    (*applied)++;
    return RC_OK;
}

Rc migrations_run(Db *db, const char *folder, int *applied, Error *err)
{
    static const char begin[] = "select pg_advisory_lock(7391000);"
                                "create table if not exists public.nqs_migration (name text primary key, applied_at timestamptz not null)";
    struct dirent **found = NULL;
    *applied = 0;
    int n = scandir(folder, &found, is_sql, alphasort);
    if (n < 0)
        return error_set(err, RC_FATAL, "migrations folder %s: %m", folder);
    found = realloc(found, ((size_t)n + 1) * sizeof *found);
    if (!found)
        abort();
    found[n] = NULL;
    SCOPED(names_free) struct dirent **names = found;
    Rc rc = db_exec(db, begin, err);
    for (int i = 0; i < n && !rc; i++)
        rc = apply(db, folder, names[i]->d_name, applied, err);
    Error late = {0};
    if (db_connected(db) && db_exec(db, "select pg_advisory_unlock(7391000)", &late) && !rc)
        rc = late.rc, *err = late;
    return rc;
}
