/* The part of gateway.yaml that holds drop boxes, fetches and Kafka. Internal to the configuration. */
#pragma once
#include "gateway/base/yaml.h"
#include "gateway/flow/gateway.h"

extern const cyaml_schema_value_t drop_box_schema, pull_schema;
extern const cyaml_schema_field_t kafka_fields[];

void pulls_fill(Config *c);                    /* defaults */
void pulls_help(Buffer *out);
void kafka_fill(Config *c);
void kafka_help(Buffer *out);
void config_line(Buffer *out, const char *key, const char *fallback, const char *help);      /* config.c: one key of the help; fallback NULL or "": none */
