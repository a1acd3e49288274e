/* The kinds of sinks there are (gateway/flow/sink.h). */
#pragma once
#include "gateway/flow/sink.h"

extern const SinkKind file_sink;          /* a file for each parcel in a folder, with a signed manifest beside it */
extern const SinkKind webhook_sink;       /* batches of events by HTTP POST, signed */
extern const SinkKind soap_sink;          /* batches of events by synchronous requests of ШЭП */
extern const SinkKind kafka_sink;         /* events one by one to a topic, in binary mode */
