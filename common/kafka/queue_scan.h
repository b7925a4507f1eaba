/*
 * Queue, looked at from the side: what a topic holds between offsets, read by assignment. No group
 * is joined and nothing is committed, so no consumer's position ever moves.
 *
 *     queue_scan_new -> narrow the extents -> queue_scan_start -> queue_scan_next … END
 *         (-> queue_scan_start … once more) -> queue_scan_free
 *
 * Holds:   the ends are those of the moment of queue_scan_new: what is sent later is never read,
 *          not even by a reader that sends to the topic itself.
 * Threads: a scan belongs to one.
 */
#ifndef COMMON_KAFKA_QUEUE_SCAN_H
#define COMMON_KAFKA_QUEUE_SCAN_H

#include "common/kafka/queue_consumer.h"

struct queue_scan;

struct queue_extent { /* of one partition */
    int32_t partition;
    int64_t low, end; /* what the broker kept when the scan was made: low … end - 1 */
    int64_t from, to; /* what is read: from … to - 1; at first all of it */
};

enum queue_scan_answer {
    QUEUE_SCAN_END = 1, /* everything was read */
};

/* ERR_REJECT: there is no such topic. ERR_RETRY: brokers away. */
int queue_scan_new(struct queue_scan **out, const struct queue_options *options, const char *topic,
                   struct err *err) MUST_USE;
void queue_scan_free(struct queue_scan *scan);
DEFINE_CLEANUP(struct queue_scan *, queue_scan_free)

/* Borrowed; from and to may be changed until queue_scan_start. */
struct queue_extent *queue_scan_extents(struct queue_scan *scan, size_t *n);
/* Moves each from up to the first record of that time, where the broker knows it. A broker that
 * keeps no index by time (the embedded one) answers "at the end": that is not believed, and the
 * reader sorts out by each record's own time. */
int queue_scan_from_time(struct queue_scan *scan, int64_t unix_ms, struct err *err) MUST_USE;

/* From the start of every extent, also a second time. ERR_RETRY. */
int queue_scan_start(struct queue_scan *scan, struct err *err) MUST_USE;
/* 0: *out is the next record, or NULL when none came in time. QUEUE_SCAN_END. ERR_RETRY: go on. */
int queue_scan_next(struct queue_scan *scan, int64_t timeout_ms, struct queue_record **out,
                    struct err *err) MUST_USE;

#endif
