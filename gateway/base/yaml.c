#include "gateway/base/yaml.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What libcyaml had to say, in one line: the complaint, then the places from the innermost outwards. */
typedef struct { char text[400]; } Complaint;

static void PRINTF(3, 0) complaint_add(cyaml_log_t level, void *ctx, const char *fmt, va_list args)
{
    static const char own_prefix[] = "Load: ";
    (void)level;
    Complaint *c = ctx;
    char line[256], *s = line;
    vsnprintf(line, sizeof line, fmt, args);
    line[strcspn(line, "\n")] = '\0';
    if (strncmp(s, own_prefix, sizeof own_prefix - 1) == 0)
        s += sizeof own_prefix - 1;
    s += strspn(s, " ");
    if (strcmp(s, "Backtrace:") == 0)
        return;
    size_t used = strlen(c->text);
    snprintf(c->text + used, sizeof c->text - used, "%s%s", used ? ", " : "", s);
}

static cyaml_config_t config_of(Complaint *c)
{
    return (cyaml_config_t){ .log_fn = complaint_add, .log_ctx = c, .mem_fn = cyaml_mem, .log_level = CYAML_LOG_WARNING };
}

Rc yaml_load(const char *path, const cyaml_schema_value_t *schema, void **out, Error *err)
{
    Complaint c = { "" };
    cyaml_config_t config = config_of(&c);
    cyaml_data_t *data = NULL;
    errno = 0;
    cyaml_err_t rc = cyaml_load_file(path, &config, schema, &data, NULL);
    if (rc == CYAML_ERR_FILE_OPEN)
        return error_set(err, RC_FATAL, "%s: %s", path, strerror(errno));
    if (rc == CYAML_OK && data && !c.text[0]) {     /* a mere warning would be something in the file that has no effect */
        *out = data;
        return RC_OK;
    }
    if (rc == CYAML_OK)
        yaml_free(schema, data);
    const char *why = c.text[0] ? c.text : rc != CYAML_OK ? cyaml_strerror(rc) : "the file is empty";
    return error_set(err, RC_FATAL, "%s: %s", path, why);
}

void yaml_free(const cyaml_schema_value_t *schema, void *data)
{
    Complaint c = { "" };
    cyaml_config_t config = config_of(&c);
    cyaml_free(&config, schema, data, 0);
}
