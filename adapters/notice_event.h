/* A notice as a CloudEvent. */
#pragma once
#include "gateway/flow/channel.h"
#include "gateway/flow/sink.h"

/* Of texts that live as long as those given; numbers and moments are put into memory. */
typedef struct { char number[24], at[INSTANT_TEXT]; } NoticeMemory;
Event notice_event(int64_t number, const char *message_id, Instant at, const char *data, size_t n, NoticeMemory *memory);
