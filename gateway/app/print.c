#include "gateway/app/command.h"
#include "gateway/base/text.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 16, CELL = 60 };

static void json_end(cJSON **j) { cJSON_Delete(*j); }

void print_json(const Buffer *json)
{
    fwrite(json->at, 1, json->len, stdout);
    putchar('\n');
}

static const cJSON *member(const cJSON *of, const char *path)
{
    char name[64];
    while (of && *path) {
        size_t n = strcspn(path, ".");
        snprintf(name, sizeof name, "%.*s", (int)n, path);
        of = cJSON_GetObjectItemCaseSensitive(of, name);
        path += n + (path[n] == '.');
    }
    return of;
}

static void cell(const cJSON *of, char out[CELL * 4 + 1])
{
    out[0] = '\0';
    if (cJSON_IsString(of)) {
        size_t n = strlen(of->valuestring);
        if (n > CELL * 3)
            n = CELL * 3;
        while (n && ((unsigned char)of->valuestring[n] & 0xc0) == 0x80)
            n--;
        snprintf(out, CELL * 4 + 1, "%.*s", (int)n, of->valuestring);
    } else if (cJSON_IsNumber(of)) {
        snprintf(out, CELL * 4 + 1, "%.15g", of->valuedouble);
    } else if (cJSON_IsBool(of)) {
        snprintf(out, CELL * 4 + 1, "%s", cJSON_IsTrue(of) ? "yes" : "no");
    } else if (of && !cJSON_IsNull(of)) {
        char *text = cJSON_PrintUnformatted(of);
        snprintf(out, CELL * 4 + 1, "%.*s", (int)text_cut(text ? text : "", text ? strlen(text) : 0, CELL), text ? text : "");
        cJSON_free(text);
    }
}

static int width(const char *s)
{
    int n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

static void widths(const cJSON *rows, const char *const *columns, int *w)
{
    char text[CELL * 4 + 1];
    const cJSON *row;
    for (int c = 0; columns[c]; c++) {
        w[c] = width(columns[c]);
        cJSON_ArrayForEach(row, rows) {
            cell(member(row, columns[c]), text);
            w[c] = width(text) > w[c] ? width(text) : w[c];
        }
    }
}

static void put(const char *text, int w, bool last)
{
    printf("%s%*s", text, last ? 0 : w - width(text) + 2, "");
}

void print_table(const char *json, const char *list, const char *const *columns)
{
    SCOPED(json_end) cJSON *doc = cJSON_Parse(json);
    const cJSON *rows = *list ? member(doc, list) : doc, *row;
    char text[CELL * 4 + 1];
    int w[COLUMNS] = {0};
    widths(rows, columns, w);
    for (int c = 0; columns[c]; c++)
        put(columns[c], w[c], !columns[c + 1]);
    putchar('\n');
    cJSON_ArrayForEach(row, rows) {
        for (int c = 0; columns[c]; c++) {
            cell(member(row, columns[c]), text);
            put(text, w[c], !columns[c + 1]);
        }
        putchar('\n');
    }
    const cJSON *next = member(doc, "next");
    if (cJSON_IsString(next))
        printf("… more: --cursor %s\n", next->valuestring);
}

static void pair(const char *name, const cJSON *item)
{
    char text[CELL * 4 + 1];
    cell(item, text);
    printf("%-15s %s\n", name, cJSON_IsString(item) ? item->valuestring : text);
}

static bool is_long(const cJSON *object)
{
    char *text = cJSON_PrintUnformatted(object);
    bool yes = text && strlen(text) > CELL;
    cJSON_free(text);
    return yes;
}

/* Members of an object that does not fit on a line have one each. */
void print_pairs(const char *json)
{
    SCOPED(json_end) cJSON *doc = cJSON_Parse(json);
    const cJSON *item, *inner;
    char name[64];
    cJSON_ArrayForEach(item, doc) {
        if (cJSON_IsArray(item))
            continue;
        if (!cJSON_IsObject(item) || !is_long(item)) {
            pair(item->string, item);
            continue;
        }
        cJSON_ArrayForEach(inner, item) {
            snprintf(name, sizeof name, "%s.%s", item->string, inner->string);
            if (!cJSON_IsArray(inner))
                pair(name, inner);
        }
    }
}
