/* The block `notices` of gateway.yaml. */
#pragma once
#include "gateway/base/yaml.h"
#include "gateway/flow/channel.h"
#include "gateway/flow/gateway.h"

enum { NOTICE_TERMS = 10 };
extern const cyaml_schema_field_t notices_fields[];
void notices_fill(Config *c);
void notices_help(Buffer *out);
int  notices_minute(const NoticeSettings *s);         /* of the day; -1: it says no time */
