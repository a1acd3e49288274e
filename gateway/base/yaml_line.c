#include "gateway/base/yaml.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

static void file_close(FILE **f)
{
    if (*f)
        fclose(*f);
}

static bool is_key(const yaml_node_t *n, const char *name, size_t len)
{
    return n && n->type == YAML_SCALAR_NODE && n->data.scalar.length == len && memcmp(n->data.scalar.value, name, len) == 0;
}

/* The value of a key; *line becomes that of the key. */
static yaml_node_t *member(yaml_document_t *doc, const yaml_node_t *of, const char *name, size_t len, unsigned *line)
{
    if (of->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *p = of->data.mapping.pairs.start; p < of->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = yaml_document_get_node(doc, p->key);
        if (is_key(key, name, len)) {
            *line = (unsigned)key->start_mark.line + 1;
            return yaml_document_get_node(doc, p->value);
        }
    }
    return NULL;
}

static yaml_node_t *item(yaml_document_t *doc, const yaml_node_t *of, unsigned long n, unsigned *line)
{
    if (of->type != YAML_SEQUENCE_NODE)
        return NULL;
    yaml_node_item_t *first = of->data.sequence.items.start;
    if (!n || n > (unsigned long)(of->data.sequence.items.top - first))
        return NULL;
    yaml_node_t *found = yaml_document_get_node(doc, first[n - 1]);
    if (found)
        *line = (unsigned)found->start_mark.line + 1;
    return found;
}

/* Goes down as far as the place can be followed. */
static unsigned line_in(yaml_document_t *doc, const char *place)
{
    unsigned line = 0;
    const yaml_node_t *at = yaml_document_get_root_node(doc);
    while (at && *place) {
        if (*place == '[') {
            char *end;
            at = item(doc, at, strtoul(place + 1, &end, 10), &line);
            place = end + (*end == ']');
        } else {
            place += *place == '.';
            size_t len = strcspn(place, ".[");
            at = member(doc, at, place, len, &line);
            place += len;
        }
    }
    return line;
}

unsigned yaml_line(const char *path, const char *place)
{
    yaml_parser_t parser;
    yaml_document_t doc;
    SCOPED(file_close) FILE *f = fopen(path, "rb");
    if (!f || !yaml_parser_initialize(&parser))
        return 0;
    yaml_parser_set_input_file(&parser, f);
    unsigned line = 0;
    if (yaml_parser_load(&parser, &doc)) {
        line = line_in(&doc, place);
        yaml_document_delete(&doc);
    }
    yaml_parser_delete(&parser);
    return line;
}
