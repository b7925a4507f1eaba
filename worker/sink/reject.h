/* Reject: an audit record that cannot be stored goes to the dead-letter queue: its bytes, as far as
 * they fit (dead_letter.h), and its headers (onward.h). */
#ifndef WORKER_SINK_REJECT_H
#define WORKER_SINK_REJECT_H

#include "common/base.h"

struct queue_producer;
struct queue_record;

/* Waits for the ack. ERR_RETRY: not sent; the record must not be called done. ERR_FATAL: no memory.
 */
int reject_record(struct queue_producer *producer, const struct queue_record *record,
                  const char *why, struct err *err) MUST_USE;

#endif
