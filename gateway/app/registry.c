#include "adapters/sinks.h"
#include "gateway/app/command.h"

static const SinkKind *const sinks[] = { &file_sink, &webhook_sink, &soap_sink, &kafka_sink, NULL };

void registry_use(void) { sinks_register(sinks); }
