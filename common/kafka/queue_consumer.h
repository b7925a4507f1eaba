/*
 * Queue, the reader's half: records out of Kafka, and the commits that say they are done.
 *
 *     queue_consumer_new -> queue_poll -> (work) -> queue_done … queue_commit
 *         -> queue_consumer_free
 *
 * Holds:    consumers never auto-commit: an offset is committed only when it and every lower one of
 *           its partition are done (offset_tracker.h), and only for the assignment generation it
 *           was read under; a done from before a rebalance is ignored. What is done above an
 *           unfinished record goes along as the commit's metadata (offset_map.h), and the next
 *           owner does not see it again. A group without a commit begins at the beginning. A
 *           partition whose next record is gone stops, with an error in the log and in the stats,
 *           and nothing beyond is committed: it never goes on elsewhere by itself.
 * Does not: use the batch consume API (it skips offsets around a pause in 2.0.2).
 * Threads:  a consumer belongs to its poll thread alone; a record may be freed on any.
 */
#ifndef COMMON_KAFKA_QUEUE_CONSUMER_H
#define COMMON_KAFKA_QUEUE_CONSUMER_H

#include "common/kafka/queue.h"

struct queue_record { /* as consumed; free with queue_record_free, on any thread */
    const char *topic;
    int32_t partition;
    int64_t offset;
    int64_t generation; /* of the assignment it was read under */
    int64_t timestamp_unix_ms;
    bool held; /* it was, by queue_hold_give, and its moment has come */
    const void *key;
    size_t key_len;
    const void *value;
    size_t value_len;
    void *handle;
};
void queue_record_free(struct queue_record *record);
DEFINE_CLEANUP(struct queue_record *, queue_record_free)
/* The last header of that name; false when absent. Borrowed from the record. */
bool queue_record_header(const struct queue_record *record, const char *key, const void **value,
                         size_t *len);

enum queue_text_answer {
    QUEUE_TEXT_ABSENT = 1, /* no header of that name, or one without a value; out is "" */
    QUEUE_TEXT_CUT = 2,    /* more than size - 1 bytes, or a NUL among them: out has the start */
};
/*
 * The last header of that name as a text, copied into out (size > 0 bytes) and ended with NUL:
 * valid UTF-8, with U+FFFD for each byte that is none, cut between two characters. 0: it is the
 * whole value; or an answer. A program goes by the whole only; for people the start of a text will
 * do.
 */
int queue_record_text(const struct queue_record *record, const char *key, char *out, size_t size);
/* All *n of them in the record's order, also two of one name; borrowed from the record. */
const struct queue_header *queue_record_headers(const struct queue_record *record, size_t *n);

struct queue_consumer;

int queue_consumer_new(struct queue_consumer **out, const struct queue_options *options,
                       const char *group, const char *const *topics, size_t n_topics,
                       struct err *err) MUST_USE;
/* Commits what is done and leaves the group. When brokers are away it does neither, and what was
 * done comes again. Never blocks for more than 10 s (a watchdog ends the process otherwise). */
void queue_consumer_free(struct queue_consumer *consumer);
DEFINE_CLEANUP(struct queue_consumer *, queue_consumer_free)

/* Serves callbacks, and gives the next record or NULL. Errors: ERR_RETRY (brokers away: keep
 * polling), ERR_FATAL. */
int queue_poll(struct queue_consumer *consumer, int64_t timeout_ms, struct queue_record **out,
               struct err *err) MUST_USE;
/* Not yet due: the partition is paused and the record comes again from queue_poll at not_before.
 * Takes ownership. */
void queue_hold_give(struct queue_consumer *consumer, struct queue_record *record,
                     int64_t not_before_unix_ms);
/* All partitions; polling goes on but hands out nothing, held records neither. A pause of less than
 * a second is not told to librdkafka and costs nothing. Resume: all but the held records'
 * partitions. */
void queue_pause(struct queue_consumer *consumer);
void queue_resume(struct queue_consumer *consumer);
/* This offset's work is finished. Idempotent; stale generations are ignored. */
void queue_done(struct queue_consumer *consumer, const char *topic, int32_t partition,
                int64_t offset, int64_t generation);
/* Commits what moved, synchronously, after asking whether the group's coordinator is there (an
 * unanswered commit would hold up the close). ERR_RETRY is harmless: the next call tries again. */
int queue_commit(struct queue_consumer *consumer, struct err *err) MUST_USE;

struct queue_stats {
    int64_t assigned_partitions;
    int64_t in_flight; /* read, not done */
    int64_t generation;
    int64_t lag;                /* end offsets minus committed, over the assignment; -1 unknown */
    int64_t stopped_partitions; /* whose next record is gone */
    bool connected;
};
void queue_stats(struct queue_consumer *consumer, struct queue_stats *out);

struct queue_partition_stats {
    const char *topic; /* borrowed until the next poll */
    int32_t partition;
    int64_t lag;          /* the end minus committed; -1 unknown */
    int64_t position_lag; /* the end minus what is read; -1 unknown */
    int64_t unfinished;   /* read, not done */
    int64_t oldest_ms;    /* since the lowest unfinished record was read here; 0: there is none */
    int64_t map_bytes;    /* of the metadata of a commit now */
    bool stopped;
};
/* i from 0 to assigned_partitions - 1. */
void queue_partition_stats(struct queue_consumer *consumer, size_t i,
                           struct queue_partition_stats *out);

#endif
