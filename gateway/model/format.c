#include "gateway/model/format.h"
#include <string.h>
#include <strings.h>

const FormatName format_names[FORMATS] = {
    [FORMAT_XML]      = { "xml",      { "application/xml", "text/xml" }, false },
    [FORMAT_JSON]     = { "json",     { "application/json" }, false },
    [FORMAT_NDJSON]   = { "ndjson",   { "application/x-ndjson", "application/ndjson" }, false },
    [FORMAT_JSON_SEQ] = { "json-seq", { "application/json-seq" }, false },      /* RFC 7464 */
    [FORMAT_CSV]      = { "csv",      { "text/csv", "text/tab-separated-values" }, false },
    [FORMAT_XLSX]     = { "xlsx",     { "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" }, true },
    [FORMAT_KAFKA]    = { "kafka",    { "application/vnd.kz.nqs.kafka-frames" }, false },
};

bool format_by_name(const char *name, Format *out)
{
    for (Format f = 0; f < FORMATS; f++)
        if (strcasecmp(format_names[f].name, name) == 0) {
            *out = f;
            return true;
        }
    return false;
}

bool format_by_media(const char *content_type, Format *out)
{
    size_t len = strcspn(content_type, "; \t");
    for (Format f = 0; f < FORMAT_KAFKA; f++)          /* nobody sends that */
        for (int i = 0; i < 3 && format_names[f].media[i]; i++)
            if (strlen(format_names[f].media[i]) == len && strncasecmp(format_names[f].media[i], content_type, len) == 0) {
                *out = f;
                return true;
            }
    return false;
}

bool format_by_file(const char *file_name, Format *out)
{
    const char *dot = strrchr(file_name, '.');
    if (!dot)
        return false;
    if (strcasecmp(dot, ".tsv") == 0 || strcasecmp(dot, ".txt") == 0) {
        *out = FORMAT_CSV;
        return true;
    }
    return format_by_name(dot + 1, out) && *out != FORMAT_KAFKA;
}
