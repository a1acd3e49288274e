#include "adapters/notice_event.h"
#include <inttypes.h>
#include <stdio.h>

Event notice_event(int64_t number, const char *message_id, Instant at, const char *data, size_t n, NoticeMemory *memory)
{
    snprintf(memory->number, sizeof memory->number, "%" PRId64, number);
    return (Event){ .id = message_id, .source = "urn:kz:nqs:duties", .type = "kz.nqs.duties.notice", .subject = memory->number, .time = instant_text(at, memory->at), .data = data, .data_len = n };
}
