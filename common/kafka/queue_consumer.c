/*
 * Queue: the consuming end; everything runs on the poll thread. Partitions, pauses and commits
 * stand in queue_assignment.c.
 */
#include "common/kafka/queue_internal.h"

#include "common/clock.h"
#include "common/fault.h"
#include "common/log.h"

#include <poll.h>
#include <stdio.h>

enum {
    SESSION_TIMEOUT_MS = 10000,
    SESSION_TIMEOUT_MIN_MS =
        4000, /* less than the first join takes, and nobody ever owns anything */
    MAX_POLL_INTERVAL_MS = 300000,
    FETCH_WAIT_MS = 500,
    PROBE_EVERY_MS = 1000,
    PROBE_MS = 200,
    LEAVE_MS = 4000,
    LEAVE_SLICE_MS = 50,
};

void queue_note_trouble(struct queue_consumer *consumer, int r, const struct err *why)
{
    if (consumer->trouble == ERR_FATAL)
        return;
    consumer->trouble = r;
    consumer->trouble_text = *why;
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    struct queue_consumer *consumer = opaque;
    char why[256];
    struct err err;

    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        consumer->connected = false;
    if (code == RD_KAFKA_RESP_ERR__FATAL) {
        rd_kafka_fatal_error(rk, why, sizeof why);
        queue_note_trouble(consumer, err_set(&err, ERR_FATAL, "kafka consumer: %s", why), &err);
    } else if (consumer->trouble == 0) {
        queue_note_trouble(consumer, err_set(&err, ERR_RETRY, "kafka: %s", reason), &err);
    }
}

/* --- life cycle --- */

static int consumer_conf(rd_kafka_conf_t **out, const struct queue_options *options,
                         const char *group, struct err *err)
{
    CLEANUP(rd_kafka_conf_destroyp) rd_kafka_conf_t *conf = NULL;
    int64_t session_ms =
        options->session_timeout_ms > 0 ? options->session_timeout_ms : SESSION_TIMEOUT_MS;
    int64_t interval_ms =
        options->max_poll_interval_ms > 0 ? options->max_poll_interval_ms : MAX_POLL_INTERVAL_MS;
    int64_t fetch_wait_ms = options->fetch_wait_ms > 0 ? options->fetch_wait_ms : FETCH_WAIT_MS;
    const struct queue_setting settings[] = {
        {"group.id", group},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        /* Reading begins where we say. When that is gone, to jump on in silence would lose records.
         */
        {"auto.offset.reset", "error"},
        /* Eager: in 2.0.2 the cooperative one can lose an assignment. */
        {"partition.assignment.strategy", "range"},
        /* queued.min.messages stays as it is: below it every other fetch waits a second. */
        {"queued.max.messages.kbytes", "32768"},
    };
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {
        {"session.timeout.ms", session_ms},
        {"heartbeat.interval.ms", session_ms / 4 < 3000 ? session_ms / 4 : 3000},
        {"max.poll.interval.ms", session_ms > interval_ms ? session_ms : interval_ms},
        {"fetch.wait.max.ms", fetch_wait_ms},
    };

    if (session_ms < SESSION_TIMEOUT_MIN_MS)
        return err_set(err, ERR_FATAL, "session timeout of %lld ms: at least %d are needed",
                       (long long)session_ms, SESSION_TIMEOUT_MIN_MS);
    int r = queue_conf_new(&conf, options, err);
    if (r < 0)
        return r;
    r = queue_conf_set(conf, settings, COUNT(settings), err);
    for (size_t i = 0; r == 0 && i < COUNT(numbers); i++)
        r = queue_conf_set_int(conf, numbers[i].name, numbers[i].value, err);
    if (r < 0)
        return r;

    rd_kafka_conf_set_rebalance_cb(conf, queue_on_rebalance);
    rd_kafka_conf_set_error_cb(conf, on_error);
    *out = STEAL(conf);
    return 0;
}

static int subscribe(rd_kafka_t *rk, const char *const *topics, size_t n, struct err *err)
{
    CLEANUP(rd_kafka_topic_partition_list_destroyp)
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)n);

    for (size_t i = 0; i < n; i++)
        rd_kafka_topic_partition_list_add(list, FAULT_TOPIC(topics[i]), RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t code = rd_kafka_subscribe(rk, list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_FATAL, "subscribe to %s…: %s", n > 0 ? topics[0] : "nothing",
                       rd_kafka_err2str(code));
    return 0;
}

int queue_consumer_new(struct queue_consumer **out, const struct queue_options *options,
                       const char *group, const char *const *topics, size_t n_topics,
                       struct err *err)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = calloc(1, sizeof *consumer);
    CLEANUP(rd_kafka_conf_destroyp) rd_kafka_conf_t *conf = NULL;

    if (consumer == NULL)
        return err_nomem(err);
    int r = offset_tracker_new(&consumer->tracker, QUEUE_UNFINISHED_MAX, err);
    if (r < 0)
        return r;
    r = consumer_conf(&conf, options, group, err);
    if (r < 0)
        return r;

    rd_kafka_conf_set_opaque(conf, consumer);
    r = queue_handle_new_give(&consumer->rk, RD_KAFKA_CONSUMER, STEAL(conf), err);
    if (r < 0)
        return r;
    rd_kafka_poll_set_consumer(consumer->rk);
    consumer->replies = rd_kafka_queue_new(consumer->rk);
    r = subscribe(consumer->rk, topics, n_topics, err);
    if (r < 0)
        return r;
    *out = STEAL(consumer);
    return 0;
}

/*
 * Leaves the group; false when librdkafka was not done in time. Its own close would wait for every
 * commit under way, however long that takes.
 */
static bool leave_group(rd_kafka_t *rk)
{
    rd_kafka_queue_t *events = rd_kafka_queue_new(rk);
    int64_t until_ms = clock_mono_ms() + LEAVE_MS;
    rd_kafka_error_t *error = rd_kafka_consumer_close_queue(rk, events);

    /* The revoke, which drops what is held, runs in here. */
    while (error == NULL && rd_kafka_consumer_closed(rk) == 0 && clock_mono_ms() < until_ms) {
        rd_kafka_message_t *message = rd_kafka_consume_queue(events, LEAVE_SLICE_MS);
        if (message != NULL)
            rd_kafka_message_destroy(message);
    }
    rd_kafka_queue_destroy(events);
    if (rd_kafka_consumer_closed(rk) != 0)
        return true;

    LOG_WARN("queue.leaves_late",
             LOG_TEXT("why", error != NULL ? rd_kafka_error_string(error) : "no answer came"));
    rd_kafka_error_destroy(error); /* NULL is fine */
    return false;
}

/* Every object of the handle goes before the handle: a forgotten one makes destroy wait for ever.
 */
static void handle_close(struct queue_consumer *consumer)
{
    struct queue_watchdog watchdog;

    queue_watchdog_start(&watchdog, "consumer");
    queue_commit_before_close(consumer);
    bool left = leave_group(consumer->rk);
    if (consumer->replies != NULL)
        rd_kafka_queue_destroy(consumer->replies);
    /* Only a handle that ends gives up requests that wait for a broker to come back. */
    rd_kafka_destroy_flags(consumer->rk, left ? 0 : RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    queue_watchdog_stop(&watchdog);
}

void queue_consumer_free(struct queue_consumer *consumer)
{
    if (consumer == NULL)
        return;
    if (consumer->rk != NULL)
        handle_close(consumer);
    queue_drop_held(consumer);
    queue_drop_awaited(consumer);
    offset_tracker_free(consumer->tracker);
    free(consumer->slots);
    free(consumer);
}

/* --- polling --- */

static int report_trouble(struct queue_consumer *consumer, struct err *err)
{
    int r = consumer->trouble;

    if (r != 0) {
        *err = consumer->trouble_text;
        if (r != ERR_FATAL)
            consumer->trouble = 0;
    }
    return r;
}

/* librdkafka tells when all brokers are gone, but not when one came back. */
static void probe(struct queue_consumer *consumer)
{
    struct err ignored;

    if (consumer->connected || clock_mono_ms() - consumer->probed_at_ms < PROBE_EVERY_MS)
        return;
    consumer->connected = queue_handle_ping(consumer->rk, PROBE_MS, &ignored) == 0;
    consumer->probed_at_ms = clock_mono_ms();
}

static int message_trouble(const rd_kafka_message_t *message, struct err *err)
{
    const char *topic = message->rkt != NULL ? rd_kafka_topic_name(message->rkt) : "kafka";

    return err_set(err, ERR_RETRY, "%s: %s", topic, rd_kafka_message_errstr(message));
}

static void notice_gap(struct queue_consumer *consumer, const rd_kafka_message_t *message,
                       size_t slot)
{
    int64_t expected = consumer->slots[slot].expected;

    if (expected >= 0 && message->offset > expected)
        LOG_ERROR("queue.records_lost", LOG_TEXT("topic", rd_kafka_topic_name(message->rkt)),
                  LOG_INT("partition", message->partition), LOG_INT("expected", expected),
                  LOG_INT("found", message->offset));
    if (expected >= 0 && message->offset < expected)
        LOG_WARN("queue.went_back", LOG_TEXT("topic", rd_kafka_topic_name(message->rkt)),
                 LOG_INT("partition", message->partition), LOG_INT("expected", expected),
                 LOG_INT("found", message->offset));
    consumer->slots[slot].expected = message->offset + 1;
}

/* What we would read next is not there: retention was faster than we, or the log was cut or is
 * another one. To go on anywhere else would lose records in silence. */
static void stop_partition(struct queue_consumer *consumer, const rd_kafka_message_t *message)
{
    int slot = message->rkt == NULL
                   ? -1
                   : offset_tracker_slot(consumer->tracker, rd_kafka_topic_name(message->rkt),
                                         message->partition);
    int64_t low = -1;
    int64_t high = -1;

    if (slot < 0)
        return;
    consumer->slots[slot].stopped = true;
    consumer->pauses_stale = true;
    (void)rd_kafka_query_watermark_offsets(consumer->rk, rd_kafka_topic_name(message->rkt),
                                           message->partition, &low, &high, PROBE_MS);
    LOG_ERROR("queue.partition_stopped", LOG_TEXT("topic", rd_kafka_topic_name(message->rkt)),
              LOG_INT("partition", message->partition),
              LOG_INT("wanted", consumer->slots[slot].expected), LOG_INT("first_there", low),
              LOG_INT("end", high), LOG_TEXT("why", rd_kafka_message_errstr(message)),
              LOG_TEXT("what_to_do", "docs/queue.md, \"A stopped partition\""));
}

/* 0 with *out NULL when the record is to be dropped. */
static int take_in(struct queue_consumer *consumer, const rd_kafka_message_t *message,
                   struct queue_record **out, struct err *err)
{
    int slot = offset_tracker_slot(consumer->tracker, rd_kafka_topic_name(message->rkt),
                                   message->partition);
    struct queue_record *record = NULL;

    consumer->connected = true;
    if (slot < 0)
        return 0;
    notice_gap(consumer, message, (size_t)slot);
    int r = queue_record_new(&record, message, offset_tracker_generation(consumer->tracker), err);
    if (r < 0)
        return r;
    r = offset_tracker_read(consumer->tracker, (size_t)slot, message->offset, clock_mono_ms(), err);
    if (r < 0 || r == OFFSET_DUPLICATE || r == OFFSET_FINISHED) {
        queue_record_free(record);
        return r < 0 ? r : 0;
    }
    if (r == OFFSET_FULL) { /* it is paused since the read that filled it, so this cannot be */
        queue_record_free(record);
        return err_set(err, ERR_FATAL, "%s[%d] was read on though %d offsets wait",
                       rd_kafka_topic_name(message->rkt), (int)message->partition,
                       QUEUE_UNFINISHED_MAX);
    }

    struct offset_view view;
    offset_tracker_view(consumer->tracker, (size_t)slot, &view);
    consumer->pauses_stale |= view.full;
    *out = record;
    return 0;
}

static int poll_broker(struct queue_consumer *consumer, int64_t timeout_ms,
                       struct queue_record **out, struct err *err)
{
    rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer->rk, (int)timeout_ms);
    int r;

    if (message == NULL)
        return report_trouble(consumer, err);
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        r = take_in(consumer, message, out, err);
    } else if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
        stop_partition(consumer, message);
        r = 0;
    } else {
        r = message_trouble(message, err);
    }
    rd_kafka_message_destroy(message);
    return r;
}

/* The clock is read only where something waits for it: this runs once for every record. */
static struct queue_record *take_due(struct queue_consumer *consumer)
{
    if (consumer->held == NULL || consumer->paused)
        return NULL;
    return queue_take_due(consumer, clock_unix_ms());
}

/* How long a poll may wait: a held record must not be kept past its moment. */
static int64_t wait_ms(const struct queue_consumer *consumer, int64_t timeout_ms)
{
    if (consumer->held == NULL || consumer->paused)
        return timeout_ms;
    int64_t due_ms = consumer->held->due_unix_ms - clock_unix_ms();
    return due_ms < 0 ? 0 : due_ms < timeout_ms ? due_ms : timeout_ms;
}

int queue_poll(struct queue_consumer *consumer, int64_t timeout_ms, struct queue_record **out,
               struct err *err)
{
    *out = NULL;
    if (consumer->trouble == ERR_FATAL)
        return report_trouble(consumer, err);
    *out = take_due(consumer);
    queue_begin_awaited(consumer);
    queue_apply_pauses(consumer);
    probe(consumer);
    if (*out != NULL)
        return 0;
    int64_t soft_ms = queue_soft_pause_left_ms(consumer);
    if (soft_ms > 0) {
        poll(NULL, 0, (int)(timeout_ms < soft_ms ? timeout_ms : soft_ms));
        return report_trouble(consumer, err);
    }

    int r = poll_broker(consumer, wait_ms(consumer, timeout_ms), out, err);
    if (consumer->paused && *out != NULL) /* fetched before the pause took hold */
        queue_hold_give(consumer, STEAL(*out), 0);
    if (r == 0 && *out == NULL)
        *out = take_due(consumer);
    return r;
}

void queue_done(struct queue_consumer *consumer, const char *topic, int32_t partition,
                int64_t offset, int64_t generation)
{
    int slot = offset_tracker_done(consumer->tracker, topic, partition, offset, generation);

    if (slot >= 0 && consumer->slots[slot].paused) /* it may have been full */
        consumer->pauses_stale = true;
}
