#include "gateway/app/command.h"
#include "gateway/base/log.h"
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *user_lang(void)
{
    static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *v = getenv(variables[i]);
        if (v && *v)
            return strncmp(v, "kk", 2) == 0 ? "kk" : strncmp(v, "ru", 2) == 0 ? "ru" : "en";
    }
    return "en";
}

const char *user_name(void)
{
    static char name[64];
    const struct passwd *p = getpwuid(getuid());
    snprintf(name, sizeof name, "cli:%s", p ? p->pw_name : "unknown");
    return name;
}

int app_complain(const Gateway *g, const Error *err)
{
    SCOPED(buffer_free) Buffer text = {0};
    if (g && err->rc == RC_REJECT && err->code[0]) {
        refusal_text(g, user_lang(), err, &text);
        fprintf(stderr, "nqs-gateway: %s (%s)\n", buffer_string(&text), err->code);
    } else {
        fprintf(stderr, "nqs-gateway: %s\n", err->text);
    }
    return err->rc == RC_REJECT ? EXIT_REFUSED : EXIT_FAILED;
}

static LogLevel level_of(const char *name)
{
    static const char *const names[] = { "debug", "info", "warning", "error" };
    for (int i = 0; i < 4; i++)
        if (strcmp(names[i], name) == 0)
            return (LogLevel)i;
    return LOG_INFO;
}

const char *config_path(const char *given)
{
    const char *env = getenv("NQS_CONFIG");
    return given ? given : env && *env ? env : "/etc/nqs-gateway/gateway.yaml";
}

const char *app_share(Arena *a)
{
    if (!access("schemas/texts/findings.yaml", R_OK))
        return ".";
    char *share = config_share();
    const char *kept = arena_text(a, share, strlen(share));
    free(share);
    return kept;
}

Rc app_open(const char *config, App *out, Error *err)
{
    *out = (App){ .admin = { .party = -1, .n_roles = 2, .role = { "administrator", "personal-reader" }, .by = "cli" } };
    if (config_load(config_path(config), &out->config, err) || gateway_open(out->config, &system_clock, &out->gateway, err))
        return err->rc;
    log_level(level_of(out->config->log_level));
    out->desk = desk_new(out->gateway);
    return RC_OK;
}

void app_close(App *app)
{
    desk_free(&app->desk);
    gateway_free(&app->gateway);
    config_free(&app->config);
}

Asker app_asker(const App *app) { return (Asker){ &app->admin, user_lang(), user_name() }; }

enum { WAIT_SECONDS = 3600 };

Rc app_wait(const App *app, const char *id, Error *err)
{
    bool done = false;
    for (int i = 0; i < WAIT_SECONDS * 10 && !done; i++) {
        if (deliveries_done(app->desk, &id, 1, &done, err))
            return err->rc;
        if (!done)
            usleep(100000);
    }
    return done ? RC_OK : error_set(err, RC_RETRY, "delivery %s is kept, but not worked yet: is nqs-gateway serve running?", id);
}

Rc app_write(const char *path, const Buffer *file, Error *err)
{
    FILE *f = fopen(path, "wb");
    bool good = f && fwrite(file->at, 1, file->len, f) == file->len;
    if (f && fclose(f))
        good = false;
    return good ? RC_OK : error_set(err, RC_FATAL, "%s: %s", path, strerror(errno));
}
