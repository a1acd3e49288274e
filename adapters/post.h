/* A batch of events that goes to a receiver by one HTTP POST: what the kinds of sinks that do so have in common. */
#pragma once
#include "adapters/fetch_http.h"
#include "gateway/flow/sink.h"

typedef struct { char *url, *ca_file; unsigned connect_seconds, timeout_seconds, batch_events, batch_kb; } PostSettings;

/* Their rows in a table of settings; type has them as its member post. */
#define POST_URL(type, help) SINK_TEXT("url", type, post.url, NULL, true, help)
#define POST_CA_FILE(type)   SINK_TEXT("ca_file", type, post.ca_file, NULL, false, "certificates of authorities that may vouch for an https address; left out: the system's")
#define POST_NUMBERS(type, timeout, events, kb, kb_help) \
    SINK_NUMBER("connect_seconds", type, post.connect_seconds, "10", "for a connection"), \
    SINK_NUMBER("timeout_seconds", type, post.timeout_seconds, timeout, "for one request, whole"), \
    SINK_NUMBER("batch_events", type, post.batch_events, events, "events of one request, at most"), \
    SINK_NUMBER("batch_kb", type, post.batch_kb, kb, kb_help)

/* The first events of n as a JSON array in out; how many they are. */
size_t post_batch(const PostSettings *s, const Event *events, size_t n, Buffer *out);
/* Over the time and the body, so that nobody can send an old request again as a new one: values of the headers NQS-Timestamp and NQS-Signature. */
typedef struct { char time[24], mac[HEX_TEXT + 8]; } PostSignature;
void   post_sign(const Gateway *g, const char *secret, const Buffer *body, PostSignature *out);
/* 4xx but 408, 425, 429. */
bool   post_refused(unsigned status);
/* Any status is an answer; its bytes go to sink. RC_REJECT fetch_secret: of a header. */
Rc     post(FetchHttp *http, const PostSettings *s, PullHeader *headers, unsigned n_headers, const Buffer *body, FetchSink *sink, void *self, unsigned *status, Error *err) MUST_USE;
/* A status that may be another one later: RC_RETRY, not before the receiver asked to be asked again. */
Rc     post_later(const FetchHttp *http, unsigned status, const char *how, Error *err);
/* The error of post, as a sink tells it: a fault of ours stays, all else is tried again. */
Rc     post_unanswered(Error *err);
