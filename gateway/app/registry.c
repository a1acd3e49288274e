#include "adapters/channels.h"
#include "adapters/sinks.h"
#include "gateway/app/command.h"

static const SinkKind *const sinks[] = { &file_sink, &webhook_sink, &soap_sink, &kafka_sink, NULL };
static const Channel *const channels[] = { &mail_channel, &webhook_channel, &kafka_channel, NULL };

void registry_use(void)
{
    sinks_register(sinks);
    channels_register(channels);
}
