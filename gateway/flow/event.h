/* A CloudEvent (1.0) of ours: a record that changed or was withdrawn, or the frame of a snapshot. */
#pragma once
#include "gateway/base/buffer.h"

/* Texts live as long as whoever made the event says; data is canonical JSON (RFC 8785). */
typedef struct {
    const char *id, *source, *type;
    const char *subject;            /* the record's key, of personal feeds its HMAC; NULL: of a frame */
    const char *time;               /* when it was settled */
    const char *sequence;           /* rises with every version of a record: texts to be compared as they are; NULL: of a frame */
    const char *period;             /* NULL: of a frame */
    const char *snapshot;           /* the number of the snapshot it belongs to, or NULL */
    const char *data;  size_t data_len;
    const char *topic;              /* of letters: where a broker is to put it; NULL: where the sink's settings say */
    bool        gone;               /* the record is there no more */
} Event;

/* Structured mode: the event as one JSON object. */
void event_json(const Event *e, Json *j);

/* A JSON array of the first events (application/cloudevents-batch+json): at most `most` of n, at least one, and not many more bytes than `bytes`. How many they are. */
size_t events_batch(const Event *events, size_t n, size_t most, size_t bytes, Buffer *out);
