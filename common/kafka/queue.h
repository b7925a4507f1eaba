/*
 * Queue: Kafka behind one door (librdkafka). It moves bytes; what they mean is proto's. This is
 * the sender's half and what both share; the reader's half is queue_consumer.h.
 *
 *     queue_producer_new -> queue_send … queue_batch_wait -> queue_producer_free
 *
 * Holds:    producers are idempotent with acks=all, and a batch is done only when every delivery
 *           report came.
 * Does not: use transactions.
 * Threads:  a producer is for all threads.
 */
#ifndef COMMON_KAFKA_QUEUE_H
#define COMMON_KAFKA_QUEUE_H

#include "common/base.h"

#define QUEUE_RECORD_MAX_BYTES ((size_t)1000000)

struct queue_options {
    const char *brokers; /* "host:port,…" */
    const char *client_id;
    const char *security_protocol;                              /* NULL: PLAINTEXT */
    const char *sasl_mechanism, *sasl_username, *sasl_password; /* NULL: none */
    const char *ssl_ca_file, *ssl_certificate_file, *ssl_key_file;
    int64_t session_timeout_ms;   /* 0: 10000; at least 4000 */
    int64_t max_poll_interval_ms; /* 0: 300000; at least the session's */
    int64_t delivery_timeout_ms;  /* 0: 60000 */
    int64_t fetch_wait_ms;        /* 0: 500; 20 where latency counts */
};

struct queue_header {
    const char *key;
    const void *value;
    size_t len;
};

/* Whose value is a text; both borrowed. */
static inline struct queue_header queue_text_header(const char *key, const char *text)
{
    return (struct queue_header){key, text, strlen(text)};
}

struct queue_message { /* to produce; everything borrowed, copied by queue_send */
    const char *topic;
    const void *key;
    size_t key_len;
    const void *value;
    size_t value_len;
    const struct queue_header *headers;
    size_t n_headers;
    bool to_partition; /* to that one, not where the key leads */
    int32_t partition;
};

struct queue_producer;
struct queue_batch; /* counts the reports still awaited */

/* Who is told what became of one message, when nobody waits for it: on the producer's own thread,
 * so told must not wait. why: NULL when it is acked, else a text borrowed for the call. */
struct queue_receipt {
    void (*told)(struct queue_receipt *receipt, const char *why);
};

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
/* As queue_send. After 0 the receipt is told exactly once, when the producer is freed at the
 * latest, and is borrowed until then; after a failure it is not told. */
int queue_send_told(struct queue_producer *producer, const struct queue_message *message,
                    struct queue_receipt *receipt, struct err *err) MUST_USE;
/* Broker reachable? Asks for metadata within timeout_ms. */
int queue_producer_ping(struct queue_producer *producer, int64_t timeout_ms,
                        struct err *err) MUST_USE;
/* Creates the topics that are absent (existing ones are left alone). ERR_RETRY. */
int queue_ensure_topics(struct queue_producer *producer, const char *const *topics, size_t n,
                        int partitions, int replication, struct err *err) MUST_USE;

#endif
