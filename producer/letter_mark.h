/* A mark beside a dead letter, in its partition (proto/replay.h): it was sent again, or purged. */
#ifndef PRODUCER_LETTER_MARK_H
#define PRODUCER_LETTER_MARK_H

#include "common/base.h"

struct queue_producer;
struct queue_batch;

/* mark: MARK_RETRIED or MARK_PURGED; by: the id of who set it. Done when the batch is. */
int letter_mark_send(struct queue_producer *producer, struct queue_batch *batch, int32_t partition,
                     int64_t offset, const char *mark, const char *by, struct err *err) MUST_USE;

#endif
