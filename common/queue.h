/*
 * Queue: Kafka behind one door (librdkafka). It moves bytes; what they mean is proto's.
 *
 *     queue_producer_new -> queue_send … queue_batch_wait -> queue_producer_free
 *     queue_consumer_new -> queue_poll -> (work) -> queue_done … queue_commit ->
 * queue_consumer_free
 *
 * Holds:    producers are idempotent with acks=all, and a batch is done only when every delivery
 * report came. Consumers never auto-commit: an offset is committed only when it and every lower one
 * of its partition are done (offset_tracker.h), and only for the assignment generation it was read
 * under; a done from before a rebalance is ignored. Does not: use transactions, or the batch
 * consume API (skips offsets around pause in 2.0.2). Threads:  a producer is for all threads; a
 * consumer belongs to its poll thread alone.
 */
#ifndef COMMON_QUEUE_H
#define COMMON_QUEUE_H

#include "common/base.h"

#define QUEUE_RECORD_MAX_BYTES ((size_t)1000000)

struct queue_options {
    const char *brokers; /* "host:port,…" */
    const char *client_id;
    const char *security_protocol;                              /* NULL: PLAINTEXT */
    const char *sasl_mechanism, *sasl_username, *sasl_password; /* NULL: none */
    const char *ssl_ca_file, *ssl_certificate_file, *ssl_key_file;
    int64_t session_timeout_ms;  /* 0: 10000; at least 4000 */
    int64_t delivery_timeout_ms; /* 0: 60000 */
    int64_t fetch_wait_ms;       /* 0: 500; 20 where latency counts */
};

struct queue_header {
    const char *key;
    const void *value;
    size_t len;
};

struct queue_message { /* to produce; everything borrowed, copied by queue_send */
    const char *topic;
    const void *key;
    size_t key_len;
    const void *value;
    size_t value_len;
    const struct queue_header *headers;
    size_t n_headers;
};

struct queue_record { /* as consumed; free with queue_record_free, on any thread */
    const char *topic;
    int32_t partition;
    int64_t offset;
    int64_t generation; /* of the assignment it was read under */
    int64_t timestamp_unix_ms;
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
size_t queue_record_headers(const struct queue_record *record, struct queue_header *out,
                            size_t max);

/* --- producer --- */
struct queue_producer;
struct queue_batch; /* counts the reports still awaited */

int queue_producer_new(struct queue_producer **out, const struct queue_options *options,
                       struct err *err) MUST_USE;
void queue_producer_free(
    struct queue_producer *producer); /* waits up to 5 s for what is under way */
DEFINE_CLEANUP(struct queue_producer *, queue_producer_free)

int queue_batch_new(struct queue_batch **out, struct err *err) MUST_USE;
void queue_batch_free(struct queue_batch *batch); /* only after queue_batch_wait, or unused */
DEFINE_CLEANUP(struct queue_batch *, queue_batch_free)
/* Enqueues (waits while the local queue is full). ERR_REJECT: too large; ERR_RETRY; batch is
 * borrowed until its wait returned. */
int queue_send(struct queue_producer *producer, const struct queue_message *message,
               struct queue_batch *batch, struct err *err) MUST_USE;
/* 0 when everything sent with it is acked. ERR_RETRY: some failed or timed out (delivery_timeout_ms
 * decides). */
int queue_batch_wait(struct queue_producer *producer, struct queue_batch *batch,
                     struct err *err) MUST_USE;
/* send + wait of one message. */
int queue_send_wait(struct queue_producer *producer, const struct queue_message *message,
                    struct err *err) MUST_USE;
/* Broker reachable? Asks for metadata within timeout_ms. */
int queue_producer_ping(struct queue_producer *producer, int64_t timeout_ms,
                        struct err *err) MUST_USE;
/* Creates the topics that are absent (existing ones are left alone). ERR_RETRY. */
int queue_ensure_topics(struct queue_producer *producer, const char *const *topics, size_t n,
                        int partitions, int replication, struct err *err) MUST_USE;

/* --- consumer --- */
struct queue_consumer;

int queue_consumer_new(struct queue_consumer **out, const struct queue_options *options,
                       const char *group, const char *const *topics, size_t n_topics,
                       struct err *err) MUST_USE;
/* Leaves the group, committing what is done; never blocks for more than 10 s (a watchdog ends the
 * process otherwise). */
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
/* Commits what moved, synchronously. ERR_RETRY is harmless: the next call tries again. */
int queue_commit(struct queue_consumer *consumer, struct err *err) MUST_USE;

struct queue_stats {
    int64_t assigned_partitions;
    int64_t in_flight; /* read, not done */
    int64_t generation;
    int64_t lag; /* end offsets minus committed, over the assignment; -1 unknown */
    bool connected;
};
void queue_stats(struct queue_consumer *consumer, struct queue_stats *out);

#endif
