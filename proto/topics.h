/*
 * Topics and headers: the names on the wire. Headers are CloudEvents 1.0 binary mode plus
 * traceparent (W3C), all UTF-8 text; ours start with x-plumb-.
 */
#ifndef PROTO_TOPICS_H
#define PROTO_TOPICS_H

#include "common/base.h"

#define TOPIC_FINDINGS  "plumb.findings.v1"
#define TOPIC_DRIFT     "plumb.drift.v1"
#define TOPIC_RETRY_30S "plumb.retry.30s.v1"
#define TOPIC_RETRY_5M  "plumb.retry.5m.v1"
#define TOPIC_RETRY_30M "plumb.retry.30m.v1"
#define TOPIC_RETRY_2H  "plumb.retry.2h.v1"
#define TOPIC_DLQ       "plumb.dlq.v1"
#define TOPIC_AUDIT     "plumb.audit.v1"

#define TOPIC_COUNT      8
#define RETRY_TIER_COUNT 4
extern const char *const topics_all[TOPIC_COUNT];
extern const char *const topics_retry[RETRY_TIER_COUNT]; /* shortest first */

#define TYPE_FINDING "com.plumbline.finding.detected.v1"
#define TYPE_DRIFT   "com.plumbline.drift.detected.v1"
#define TYPE_AUDIT   "com.plumbline.audit.v1"
#define TYPE_REFUSED "com.plumbline.input.refused.v1" /* bytes that never were a record of ours */

#define HEADER_NOT_BEFORE "not-before-ms"
#define HEADER_ATTEMPT    "attempt"
#define HEADER_ERROR      "error-message"

#define TRACEPARENT_BYTES 56 /* with the NUL */

/* Every record's headers, as text with storage. */
struct envelope {
    char id[80], type[64], source[128], time[32];
    char traceparent[TRACEPARENT_BYTES];
};
/* A new trace. time is now_unix_ms in RFC 3339. */
void envelope_start(struct envelope *out, const char *id, const char *type, const char *source,
                    int64_t now_unix_ms);
/* The same trace with a new parent id; an invalid traceparent starts a new one. */
void traceparent_next(const char *incoming, char out[TRACEPARENT_BYTES]);
bool traceparent_is_valid(const char *text);

struct queue_header_text {
    const char *key;
    const char *value;
};
#define ENVELOPE_HEADERS 7
/* ce_specversion, ce_id, ce_type, ce_source, ce_time, content-type (application/msgpack),
 * traceparent; borrowed from e. */
void envelope_headers(const struct envelope *e, struct queue_header_text out[ENVELOPE_HEADERS]);

#endif
