/*
 * Publish: items onto plumb.findings.v1 and plumb.drift.v1, and input that can never be an item
 * onto plumb.dlq.v1 with the reason.
 *
 *     publish_item() … publish_refused() …  then queue_batch_wait(): nothing counts before its acks
 *
 * The key is the repository, so that one worker's mirror of it stays warm. A refused record keeps
 * its bytes as they came (cut where a broker would not take them, dead_letter.h) and carries Kafka
 * Connect's
 * __connect.errors.* headers as text, so that tools which know those can read our dead-letter
 * queue.
 */
#ifndef PRODUCER_PUBLISH_H
#define PRODUCER_PUBLISH_H

#include "common/base.h"
#include "proto/item.h"

struct queue_producer;
struct queue_batch;
struct audit_event;

struct publish_origin {
    const char *stage;  /* "poll" or "intake" */
    const char *source; /* "vanta" */
    const char *run_id;
    enum item_kind kind; /* what it would have been */
    int64_t now_unix_ms;
};

/* ERR_REJECT: no valid item, or too large for the wire. ERR_RETRY: the queue. */
int publish_item(struct queue_producer *producer, struct queue_batch *batch,
                 const struct item *item, int64_t now_unix_ms, struct err *err) MUST_USE;
int publish_refused(struct queue_producer *producer, struct queue_batch *batch,
                    const struct publish_origin *origin, const char *bytes, size_t len,
                    const char *why, struct err *err) MUST_USE;
/* An event onto plumb.audit.v1; role: who tells it, "poll", "replay". ERR_REJECT: it lacks a field
 * or is too large. ERR_RETRY: the queue. */
int publish_event(struct queue_producer *producer, struct queue_batch *batch,
                  const struct audit_event *event, const char *role, struct err *err) MUST_USE;

#endif
