/*
 * Queue: the producing end. One thread per producer serves librdkafka's callbacks (delivery
 * reports, logs), so senders only wait on their batch's condition, or leave a receipt.
 */
#include "common/kafka/queue_internal.h"

#include "common/clock.h"
#include "common/fault.h"
#include "common/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

enum {
    SERVE_MS = 100,
    FLUSH_MS = 5000,
    ROOM_SLICE_MS = 200,
    DELIVERY_TIMEOUT_MS = 60000,
    /* Kafka's own default limit for a batch is 1,048,588 bytes; a record and its frame fit. */
    MESSAGE_MAX_BYTES = 1048000,
};

struct queue_producer {
    rd_kafka_t *rk;
    pthread_t server;
    atomic_bool stopping;
    pthread_mutex_t lock;
    pthread_cond_t room; /* reports came, so the local queue has room again */
    atomic_int waiters;  /* for room */
    int64_t delivery_timeout_ms;
};

struct queue_batch {
    struct queue_receipt receipt; /* first: of each message of the batch */
    pthread_mutex_t lock;
    pthread_cond_t reported;
    int64_t awaited;
    int64_t failed;
    char why[200]; /* of the first failure */
};

static void until_ms(struct timespec *out, int64_t ms)
{
    clock_gettime(CLOCK_MONOTONIC, out);
    out->tv_sec += ms / 1000;
    out->tv_nsec += (long)(ms % 1000) * 1000000L;
    if (out->tv_nsec >= 1000000000L) {
        out->tv_sec++;
        out->tv_nsec -= 1000000000L;
    }
}

static void monotonic_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
}

/* --- callbacks, on the serving thread --- */

static void tell_batch(struct queue_receipt *receipt, const char *why)
{
    struct queue_batch *batch = (struct queue_batch *)receipt;

    pthread_mutex_lock(&batch->lock);
    if (why != NULL && batch->failed++ == 0)
        (void)str_copy(batch->why, sizeof batch->why, why);
    /* Signalled under the lock: once it is free and awaited is 0, the batch may be gone. */
    if (--batch->awaited == 0)
        pthread_cond_broadcast(&batch->reported);
    pthread_mutex_unlock(&batch->lock);
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
    struct queue_producer *producer = opaque;
    struct queue_receipt *receipt = message->_private;
    char why[200];

    (void)rk;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        snprintf(why, sizeof why, "%s: %s", rd_kafka_topic_name(message->rkt),
                 rd_kafka_err2str(message->err));
    receipt->told(receipt, message->err != RD_KAFKA_RESP_ERR_NO_ERROR ? why : NULL);

    if (atomic_load(&producer->waiters) == 0) /* who begins to wait this instant looks again soon */
        return;
    pthread_mutex_lock(&producer->lock);
    pthread_cond_broadcast(&producer->room);
    pthread_mutex_unlock(&producer->lock);
}

/* The library's log lines tell the rest, and every send tells its own fate. */
static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    (void)rk;
    (void)opaque;
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || code == RD_KAFKA_RESP_ERR__FATAL)
        LOG_WARN("queue.producer_trouble", LOG_TEXT("text", reason));
}

static void *serve(void *context)
{
    struct queue_producer *producer = context;

    while (!atomic_load(&producer->stopping))
        rd_kafka_poll(producer->rk, SERVE_MS);
    return NULL;
}

/* --- life cycle --- */

static int producer_conf(rd_kafka_conf_t **out, const struct queue_options *options,
                         int64_t delivery_timeout_ms, struct err *err)
{
    CLEANUP(rd_kafka_conf_destroyp) rd_kafka_conf_t *conf = NULL;
    const struct queue_setting settings[] = {
        {"enable.idempotence", "true"},
        {"acks", "all"},
        {"linger.ms", "2"},
        {"compression.codec", "lz4"},
        {"partitioner", "murmur2_random"}, /* as Java's clients: one key, one partition */
        {"queue.buffering.max.kbytes", "32768"},
    };

    int r = queue_conf_new(&conf, options, err);
    if (r < 0)
        return r;
    r = queue_conf_set(conf, settings, COUNT(settings), err);
    if (r < 0)
        return r;
    r = queue_conf_set_int(conf, "message.max.bytes", MESSAGE_MAX_BYTES, err);
    if (r < 0)
        return r;
    r = queue_conf_set_int(conf, "message.timeout.ms", delivery_timeout_ms, err);
    if (r < 0)
        return r;

    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_error_cb(conf, on_error);
    *out = STEAL(conf);
    return 0;
}

int queue_producer_new(struct queue_producer **out, const struct queue_options *options,
                       struct err *err)
{
    CLEANUP(mem_freep) struct queue_producer *producer = calloc(1, sizeof *producer);
    CLEANUP(rd_kafka_conf_destroyp) rd_kafka_conf_t *conf = NULL;

    if (producer == NULL)
        return err_nomem(err);
    producer->delivery_timeout_ms =
        options->delivery_timeout_ms > 0 ? options->delivery_timeout_ms : DELIVERY_TIMEOUT_MS;
    int r = producer_conf(&conf, options, producer->delivery_timeout_ms, err);
    if (r < 0)
        return r;

    rd_kafka_conf_set_opaque(conf, producer);
    r = queue_handle_new_give(&producer->rk, RD_KAFKA_PRODUCER, STEAL(conf), err);
    if (r < 0)
        return r;

    pthread_mutex_init(&producer->lock, NULL);
    monotonic_cond_init(&producer->room);
    if (pthread_create(&producer->server, NULL, serve, producer) != 0) {
        rd_kafka_destroy(producer->rk);
        pthread_cond_destroy(&producer->room);
        pthread_mutex_destroy(&producer->lock);
        return err_set(err, ERR_FATAL, "cannot start the producer's thread");
    }
    *out = STEAL(producer);
    return 0;
}

void queue_producer_free(struct queue_producer *producer)
{
    struct queue_watchdog watchdog;

    if (producer == NULL)
        return;
    queue_watchdog_start(&watchdog, "producer");
    atomic_store(&producer->stopping, true);
    pthread_join(producer->server, NULL);
    if (rd_kafka_flush(producer->rk, FLUSH_MS) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        LOG_ERROR("queue.unsent_dropped", LOG_INT("records", rd_kafka_outq_len(producer->rk)));
        rd_kafka_purge(producer->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        rd_kafka_flush(producer->rk, FLUSH_MS / 5); /* serves the reports of what was purged */
    }
    rd_kafka_destroy(producer->rk);
    queue_watchdog_stop(&watchdog);
    pthread_cond_destroy(&producer->room);
    pthread_mutex_destroy(&producer->lock);
    free(producer);
}

int queue_batch_new(struct queue_batch **out, struct err *err)
{
    struct queue_batch *batch = calloc(1, sizeof *batch);

    if (batch == NULL)
        return err_nomem(err);
    batch->receipt.told = tell_batch;
    pthread_mutex_init(&batch->lock, NULL);
    monotonic_cond_init(&batch->reported);
    *out = batch;
    return 0;
}

void queue_batch_free(struct queue_batch *batch)
{
    if (batch == NULL)
        return;
    assert(batch->awaited == 0);
    pthread_cond_destroy(&batch->reported);
    pthread_mutex_destroy(&batch->lock);
    free(batch);
}

/* --- sending --- */

static int headers_new(rd_kafka_headers_t **out, const struct queue_message *message,
                       struct err *err)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(message->n_headers);

    for (size_t i = 0; i < message->n_headers; i++) {
        const struct queue_header *h = &message->headers[i];
        rd_kafka_resp_err_t code =
            rd_kafka_header_add(headers, h->key, -1, h->value, (ssize_t)h->len);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
            rd_kafka_headers_destroy(headers);
            return err_set(err, ERR_REJECT, "header %s: %s", h->key, rd_kafka_err2str(code));
        }
    }
    *out = headers;
    return 0;
}

static int check_size(const struct queue_message *message, struct err *err)
{
    size_t bytes = message->key_len + message->value_len;

    for (size_t i = 0; i < message->n_headers; i++)
        bytes += strlen(message->headers[i].key) + message->headers[i].len;
    if (bytes > QUEUE_RECORD_MAX_BYTES)
        return err_set(err, ERR_REJECT, "record for %s is %zu bytes; at most %zu are sent",
                       message->topic, bytes, QUEUE_RECORD_MAX_BYTES);
    return 0;
}

static void batch_expect(struct queue_batch *batch, int64_t more)
{
    pthread_mutex_lock(&batch->lock);
    batch->awaited += more;
    pthread_mutex_unlock(&batch->lock);
}

/* Takes the headers on success, as librdkafka does. */
static rd_kafka_resp_err_t enqueue(struct queue_producer *producer,
                                   const struct queue_message *message, rd_kafka_headers_t *headers,
                                   struct queue_receipt *receipt)
{
    return rd_kafka_producev(
        producer->rk, RD_KAFKA_V_TOPIC(FAULT_TOPIC(message->topic)),
        RD_KAFKA_V_PARTITION(message->to_partition ? message->partition : RD_KAFKA_PARTITION_UA),
        RD_KAFKA_V_KEY((void *)(uintptr_t)message->key, message->key_len),
        RD_KAFKA_V_VALUE((void *)(uintptr_t)message->value, message->value_len),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_TIMESTAMP(clock_unix_ms()), RD_KAFKA_V_OPAQUE(receipt), RD_KAFKA_V_END);
}

static void wait_for_room(struct queue_producer *producer)
{
    struct timespec until;

    until_ms(&until, ROOM_SLICE_MS);
    atomic_fetch_add(&producer->waiters, 1);
    pthread_mutex_lock(&producer->lock);
    pthread_cond_timedwait(&producer->room, &producer->lock, &until);
    pthread_mutex_unlock(&producer->lock);
    atomic_fetch_sub(&producer->waiters, 1);
}

static int refusal(struct queue_producer *producer, const char *topic, rd_kafka_resp_err_t code,
                   struct err *err)
{
    char why[256];

    switch (code) {
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
        return err_set(err, ERR_RETRY, "send to %s: the local queue stayed full for %lld ms", topic,
                       (long long)producer->delivery_timeout_ms);
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        return err_set(err, ERR_REJECT, "send to %s: the record is too large", topic);
    case RD_KAFKA_RESP_ERR__FATAL:
        rd_kafka_fatal_error(producer->rk, why, sizeof why);
        return err_set(err, ERR_FATAL, "send to %s: %s", topic, why);
    default:
        return err_set(err, ERR_RETRY, "send to %s: %s", topic, rd_kafka_err2str(code));
    }
}

int queue_send_told(struct queue_producer *producer, const struct queue_message *message,
                    struct queue_receipt *receipt, struct err *err)
{
    int64_t give_up_at_ms = clock_mono_ms() + producer->delivery_timeout_ms;
    rd_kafka_headers_t *headers = NULL;
    rd_kafka_resp_err_t code;

    int r = check_size(message, err);
    if (r < 0)
        return r;
    r = headers_new(&headers, message, err);
    if (r < 0)
        return r;

    while ((code = enqueue(producer, message, headers, receipt)) == RD_KAFKA_RESP_ERR__QUEUE_FULL &&
           clock_mono_ms() < give_up_at_ms)
        wait_for_room(producer);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;

    rd_kafka_headers_destroy(headers);
    return refusal(producer, message->topic, code, err);
}

int queue_send(struct queue_producer *producer, const struct queue_message *message,
               struct queue_batch *batch, struct err *err)
{
    batch_expect(batch, 1);
    int r = queue_send_told(producer, message, &batch->receipt, err);
    if (r < 0)
        batch_expect(batch, -1);
    return r;
}

int queue_batch_wait(struct queue_producer *producer, struct queue_batch *batch, struct err *err)
{
    int r = 0;

    (void)producer; /* its thread serves the reports; each message has its own time limit */
    pthread_mutex_lock(&batch->lock);
    while (batch->awaited > 0)
        pthread_cond_wait(&batch->reported, &batch->lock);
    if (batch->failed > 0)
        r = err_set(err, ERR_RETRY, "%lld records were not delivered; the first: %s",
                    (long long)batch->failed, batch->why);
    batch->failed = 0; /* ready for the next round */
    pthread_mutex_unlock(&batch->lock);
    return r;
}

int queue_send_wait(struct queue_producer *producer, const struct queue_message *message,
                    struct err *err)
{
    CLEANUP(queue_batch_freep) struct queue_batch *batch = NULL;

    int r = queue_batch_new(&batch, err);
    if (r < 0)
        return r;
    r = queue_send(producer, message, batch, err);
    if (r < 0)
        return r;
    return queue_batch_wait(producer, batch, err);
}

int queue_producer_ping(struct queue_producer *producer, int64_t timeout_ms, struct err *err)
{
    return queue_handle_ping(producer->rk, timeout_ms, err);
}

rd_kafka_t *queue_producer_handle(struct queue_producer *producer)
{
    return producer->rk;
}
