/*
 * Offset tracker: which records of the present assignment are read, which are finished, and so
 * what may be committed. Pure logic: no Kafka, no I/O; the caller says what time it is.
 *
 *     offset_tracker_assign()  ->  offset_tracker_begin()  of each partition that has a commit
 *         ->  offset_tracker_read() … offset_tracker_done()
 *         ->  offset_tracker_view(), offset_tracker_map()  -> offset_tracker_committed()
 *
 *     offsets of one partition   40  41  42  43  44  45      read next: 46
 *     finished                    x   x   .   x   .   x
 *                                         ^ committable = 42, the lowest unfinished
 *     map of the commit: 43 and 45 (offset_map.h)
 *
 * Only unfinished offsets are kept, so what is finished costs nothing, however far it lies above a
 * stuck one.
 *
 * Holds:    a committable offset is never above an unfinished one; a done from an earlier
 *           generation, of a foreign partition, or said twice changes nothing; an unfinished offset
 *           costs at most 32 bytes (offset_list.h) and a partition has at most unfinished_max of
 *           them; what an earlier owner's map says is finished is not handed out again.
 *           A partition is full from unfinished_max offsets, or three quarters of
 *           OFFSET_MAP_BYTES_MAX of map, until it is down to half of both.
 * Does not: know what the broker was told, but for what _begin and _committed say.
 * Threads:  one.
 */
#ifndef COMMON_KAFKA_OFFSET_TRACKER_H
#define COMMON_KAFKA_OFFSET_TRACKER_H

#include "common/base.h"
#include "common/kafka/offset_map.h"

struct offset_tracker;

struct offset_partition {
    const char *topic;
    int32_t partition;
};

/* What offset_tracker_begin and _read may answer besides 0 (done, tracked). */
enum offset_answer {
    OFFSET_BEHIND = 1,    /* below all that is tracked: the broker went back; work on it */
    OFFSET_DUPLICATE = 2, /* read already: drop it */
    OFFSET_FULL = 3,      /* unfinished_max offsets wait already: stop reading this partition */
    OFFSET_FINISHED = 4,  /* an earlier owner has finished it: drop it */
    OFFSET_NO_MAP = 5,    /* the text is no map of this offset: what was finished comes again */
};

struct offset_view {
    const char *topic; /* borrowed until the next assign */
    int32_t partition;
    int64_t committable;  /* the offset to commit; -1 when nothing was read yet */
    int64_t committed;    /* as the broker has it; -1 unknown */
    int64_t next;         /* above every offset read; -1 at first */
    int64_t oldest_at_ms; /* when the lowest unfinished offset was read; -1: none is */
    size_t unfinished;
    size_t bytes; /* of memory, for the offsets and an earlier owner's map */
    bool due;     /* there is something to commit: the offset or its map */
    bool full;
};

int offset_tracker_new(struct offset_tracker **out, size_t unfinished_max,
                       struct err *err) MUST_USE;
void offset_tracker_free(struct offset_tracker *tracker);
DEFINE_CLEANUP(struct offset_tracker *, offset_tracker_free)

/* A new generation that owns exactly these partitions (n may be 0; each at most once); all else is
 * forgotten. 0 or ERR_FATAL (no memory; the old generation stays). */
int offset_tracker_assign(struct offset_tracker *tracker, const struct offset_partition *partitions,
                          size_t n, struct err *err) MUST_USE;
int64_t offset_tracker_generation(const struct offset_tracker *tracker);

/* Before the first read: the group's commit, >= 0, and its metadata (borrowed; "" is no map and
 * fine). Of the map nothing at or above end counts: there are no such records. 0, OFFSET_NO_MAP
 * (the commit counts) or ERR_FATAL (no memory). */
int offset_tracker_begin(struct offset_tracker *tracker, size_t slot, int64_t committed,
                         const char *map, size_t map_len, int64_t end, struct err *err) MUST_USE;

/* Partitions have slots 0 … count - 1, valid until the next assign. -1 when not ours. */
size_t offset_tracker_count(const struct offset_tracker *tracker);
int offset_tracker_slot(const struct offset_tracker *tracker, const char *topic, int32_t partition);
void offset_tracker_view(const struct offset_tracker *tracker, size_t slot,
                         struct offset_view *out);

/* Offsets may have gaps. 0, an offset_answer, or ERR_FATAL (no memory). now_ms: any clock, >= 0. */
int offset_tracker_read(struct offset_tracker *tracker, size_t slot, int64_t offset, int64_t now_ms,
                        struct err *err) MUST_USE;
/* The slot, or -1 when it changed nothing. O(log unfinished). */
int offset_tracker_done(struct offset_tracker *tracker, const char *topic, int32_t partition,
                        int64_t offset, int64_t generation);
/* The metadata that goes with committable, and its bytes; O(unfinished). */
size_t offset_tracker_map(const struct offset_tracker *tracker, size_t slot,
                          char out[OFFSET_MAP_TEXT]);
/* The broker has this committed, with the map of now; lower than before is ignored. */
void offset_tracker_committed(struct offset_tracker *tracker, size_t slot, int64_t offset);
/* Unfinished offsets over all partitions. */
size_t offset_tracker_unfinished(const struct offset_tracker *tracker);

#endif
