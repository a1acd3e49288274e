/* The part of gateway.yaml that holds publications. Internal to the configuration. */
#pragma once
#include "gateway/base/yaml.h"
#include "gateway/flow/gateway.h"

/* Knows the keys of the registered sinks once it is made; before anything is loaded. */
extern const cyaml_schema_value_t publication_schema;
void publication_schema_make(void);

void publications_fill(Config *c);             /* defaults */
void publications_help(Buffer *out);
