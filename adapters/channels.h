/* The kinds of channels there are (gateway/flow/channel.h). */
#pragma once
#include "gateway/flow/channel.h"

extern const Channel mail_channel;        /* one mail, to one recipient or the officers, by a mail server */
extern const Channel webhook_channel;     /* one CloudEvent by HTTP POST, signed */
extern const Channel kafka_channel;       /* one CloudEvent to the party's topic, in binary mode */
