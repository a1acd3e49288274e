#include "schemas/embedded.h"
#include "gateway/base/embed.h"

EMBED(asyncapi_json, NQS_SOURCE "/schemas/asyncapi.json");
