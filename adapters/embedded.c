#include "adapters/embedded.h"
#include "gateway/base/embed.h"

EMBED(openapi_json, NQS_SOURCE "/adapters/openapi.json");
EMBED(sync_wsdl, NQS_SOURCE "/adapters/sync.wsdl");
