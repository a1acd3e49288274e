/* Strict YAML by libcyaml: what its schema does not name stops the load, with file, line and column in the error. */
#pragma once
#include "gateway/base/error.h"
#include <cyaml/cyaml.h>

/* *out is owned by the caller and released by yaml_free with the same schema. RC_FATAL: unreadable, empty, several documents, or
   not as the schema says. The schema's top is a mapping. For an unknown key the line may be that of the value before it. Thread-safe. */
Rc   yaml_load(const char *path, const cyaml_schema_value_t *schema, void **out, Error *err) MUST_USE;
/* Hidden: libyaml has a function of the same name and would call ours. */
__attribute__((visibility("hidden")))
void yaml_free(const cyaml_schema_value_t *schema, void *data);       /* data NULL: nothing */
/* The line of a file on which "columns[2].from" stands (items from 1), or of what holds it where that is not there; 0: not known. Reads the file again: for complaints. */
unsigned yaml_line(const char *path, const char *place);
