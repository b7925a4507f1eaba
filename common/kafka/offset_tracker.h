/*
 * Offset tracker: which records of the present assignment are read, which are finished, and so
 * what may be committed. Pure logic: no Kafka, no clock, no I/O.
 *
 *     offset_tracker_assign()  ->  offset_tracker_read() … offset_tracker_done()
 *                              ->  offset_tracker_view().committable  -> offset_tracker_committed()
 *
 *     offsets of one partition   40  41  42  43  44      read next: 45
 *     finished                    x   x   .   x   .
 *                                         ^ committable = 42, the lowest unfinished
 *
 * Holds:    a committable offset is never above an unfinished one; a done from an earlier
 *           generation, of a foreign partition, or said twice changes nothing; a partition keeps
 *           at most window_max offsets from its lowest unfinished on (16 bytes each).
 * Does not: know what the broker was told, but for what offset_tracker_committed says.
 * Threads:  one.
 */
#ifndef COMMON_KAFKA_OFFSET_TRACKER_H
#define COMMON_KAFKA_OFFSET_TRACKER_H

#include "common/base.h"

struct offset_tracker;

struct offset_partition {
    const char *topic;
    int32_t partition;
};

/* What offset_tracker_read may answer besides 0 (tracked). */
enum offset_answer {
    OFFSET_BEHIND = 1, /* below the window: the broker went back; work on it, it is not tracked */
    OFFSET_DUPLICATE = 2, /* in the window already: drop it */
    OFFSET_FULL = 3,      /* window_max offsets wait already: stop reading this partition */
};

struct offset_view {
    const char *topic; /* borrowed until the next assign */
    int32_t partition;
    int64_t committable; /* the offset to commit; -1 when nothing was read yet */
    int64_t committed;   /* as offset_tracker_committed said; -1 when it did not */
    size_t unfinished;
    size_t window; /* offsets kept, from the lowest unfinished on */
    bool full;
};

int offset_tracker_new(struct offset_tracker **out, size_t window_max, struct err *err) MUST_USE;
void offset_tracker_free(struct offset_tracker *tracker);
DEFINE_CLEANUP(struct offset_tracker *, offset_tracker_free)

/* A new generation that owns exactly these partitions (n may be 0; each at most once); all else is
 * forgotten. 0 or ERR_FATAL (no memory; the old generation stays). */
int offset_tracker_assign(struct offset_tracker *tracker, const struct offset_partition *partitions,
                          size_t n, struct err *err) MUST_USE;
int64_t offset_tracker_generation(const struct offset_tracker *tracker);

/* Partitions have slots 0 … count - 1, valid until the next assign. -1 when not ours. */
size_t offset_tracker_count(const struct offset_tracker *tracker);
int offset_tracker_slot(const struct offset_tracker *tracker, const char *topic, int32_t partition);
void offset_tracker_view(const struct offset_tracker *tracker, size_t slot,
                         struct offset_view *out);

/* Offsets may have gaps. 0, an offset_answer, or ERR_FATAL (no memory). */
int offset_tracker_read(struct offset_tracker *tracker, size_t slot, int64_t offset,
                        struct err *err) MUST_USE;
/* The slot whose window moved, or -1 when nothing did. O(log window). */
int offset_tracker_done(struct offset_tracker *tracker, const char *topic, int32_t partition,
                        int64_t offset, int64_t generation);
/* The broker has this committed; lower than before is ignored. */
void offset_tracker_committed(struct offset_tracker *tracker, size_t slot, int64_t offset);
/* Unfinished offsets over all partitions. */
size_t offset_tracker_unfinished(const struct offset_tracker *tracker);

#endif
