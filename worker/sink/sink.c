/*
 * The sink's loop: take a batch of events, write what is new, sync, call it done, commit.
 *
 *     collect -> (decode -> known? -> append | dead letter) … -> sync -> done -> commit
 *
 * An offset is done only when its event is on disk (or its record in the dead-letter queue), so a
 * crash anywhere brings the batch again, and what was already written is recognised by its event
 * id. Not by topic, partition and offset: those start again when a broker is new, the log does not.
 */
#include "worker/sink/sink.h"

#include <limits.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/fault.h"
#include "common/http/http_server.h"
#include "common/kafka/kafka_options.h"
#include "common/kafka/queue_consumer.h"
#include "common/kafka/queue_metrics.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/stop.h"
#include "proto/audit.h"
#include "proto/topics.h"
#include "worker/sink/chain.h"
#include "worker/sink/reject.h"
#include "worker/sink/sink_http.h"

#define BATCH_RECORDS 256
#define BATCH_BYTES   ((size_t)4 * 1024 * 1024)

enum {
    POLL_MS = 500,  /* for a batch's first record */
    GATHER_MS = 20, /* for each of its further ones */
    BACK_OFF_MS = 1000,
    DELIVERY_TIMEOUT_MS = 15000,
};

static const struct metric_family families[] = {
    {"plumb_sink_stored_total", METRIC_COUNTER, "Events written to the audit log.", NULL, NULL},
    {"plumb_sink_duplicates_total", METRIC_COUNTER, "Events that the log held already.", NULL,
     NULL},
    {"plumb_sink_rejected_total", METRIC_COUNTER, "Records sent to the dead-letter queue.", NULL,
     NULL},
    {"plumb_sink_seq", METRIC_GAUGE, "Sequence number of the newest event.", NULL, NULL},
    {"plumb_sink_lag", METRIC_GAUGE, "Records behind the end of the audit topic.", NULL, NULL},
    {"plumb_sink_sync_seconds", METRIC_HISTOGRAM, "Time to write and sync a batch.", NULL, NULL},
};

struct sink {
    struct chain *chain;
    struct queue_producer *producer;
    struct queue_consumer *consumer;
    struct queue_record *batch[BATCH_RECORDS]; /* kept until they are done */
    size_t n;
    struct queue_metrics queue_metrics;
    struct sink_status status;
};

static void sink_done(struct sink *sink)
{
    for (size_t i = 0; i < sink->n; i++)
        queue_record_free(sink->batch[i]);
    queue_consumer_free(sink->consumer);
    queue_producer_free(sink->producer);
    chain_close(sink->chain);
}

/* The world has to change first. Polling goes on, so that the group keeps us; nothing is taken. */
static int wait_for_better_times(struct sink *sink, struct err *err)
{
    int64_t until_ms = clock_mono_ms() + BACK_OFF_MS;
    int r = 0;

    atomic_store(&sink->status.is_waiting, true);
    queue_pause(sink->consumer);
    while (r != ERR_FATAL && !stop_requested() && clock_mono_ms() < until_ms) {
        struct queue_record *none = NULL;
        r = queue_poll(sink->consumer, GATHER_MS, &none, err);
        assert(none == NULL);
    }
    queue_resume(sink->consumer);
    return r == ERR_FATAL ? r : 0;
}

/* Until it is sent or a stop is asked (ERR_RETRY then). */
static int reject(struct sink *sink, const struct queue_record *record, const char *why,
                  struct err *err)
{
    int r;

    while ((r = reject_record(sink->producer, record, why, err)) == ERR_RETRY &&
           !stop_requested()) {
        LOG_WARN("sink.dead_letter_waits", LOG_ERR(err));
        r = wait_for_better_times(sink, err);
        if (r < 0)
            return r;
    }
    atomic_store(&sink->status.is_waiting, false);
    if (r < 0)
        return r;
    atomic_fetch_add(&sink->status.rejected, 1);
    metric_count("plumb_sink_rejected_total", NULL, 1);
    LOG_WARN("sink.record_rejected", LOG_TEXT("topic", record->topic),
             LOG_INT("partition", record->partition), LOG_INT("offset", record->offset),
             LOG_TEXT("why", why));
    return 0;
}

static int store(struct sink *sink, const struct queue_record *record, struct err *err)
{
    CLEANUP(audit_event_freep) struct audit_event *event = NULL;
    const struct line_place place = {record->topic, record->partition, record->offset};

    int r = audit_event_decode(&event, record->value, record->value_len, err);
    if (r == 0 && chain_has(sink->chain, event->event_id)) {
        atomic_fetch_add(&sink->status.duplicates, 1);
        metric_count("plumb_sink_duplicates_total", NULL, 1);
        return 0;
    }
    if (r == 0)
        r = chain_append(sink->chain, event, &place, err);
    if (r == ERR_REJECT) {
        struct err why = *err;
        return reject(sink, record, why.text, err);
    }
    if (r == 0) {
        atomic_fetch_add(&sink->status.stored, 1);
        metric_count("plumb_sink_stored_total", NULL, 1);
    }
    return r;
}

/* Fills the batch; empty when nothing came. Broker trouble is told once and waited out. */
static int collect(struct sink *sink, struct err *err)
{
    while (sink->n < BATCH_RECORDS && chain_batch_bytes(sink->chain) < BATCH_BYTES) {
        struct queue_record *record = NULL;
        int r = queue_poll(sink->consumer, sink->n == 0 ? POLL_MS : GATHER_MS, &record, err);
        if (r == ERR_RETRY)
            LOG_WARN("sink.kafka_away", LOG_ERR(err));
        else if (r < 0)
            return r;
        if (record == NULL)
            return 0;
        sink->batch[sink->n++] = record;
        r = store(sink, record, err);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Until the batch is on disk; ERR_RETRY when a stop was asked before there was room. */
static int sync(struct sink *sink, struct err *err)
{
    int64_t from_ms = clock_mono_ms();
    int r;

    while ((r = chain_sync(sink->chain, err)) == ERR_RETRY && !stop_requested()) {
        LOG_ERROR("sink.disk_full", LOG_ERR(err));
        r = wait_for_better_times(sink, err);
        if (r < 0)
            return r;
    }
    atomic_store(&sink->status.is_waiting, false);
    if (r == 0)
        metric_observe("plumb_sink_sync_seconds", NULL, (double)(clock_mono_ms() - from_ms) / 1e3);
    return r;
}

static void finish_batch(struct sink *sink)
{
    for (size_t i = 0; i < sink->n; i++) {
        const struct queue_record *record = sink->batch[i];
        queue_done(sink->consumer, record->topic, record->partition, record->offset,
                   record->generation);
        queue_record_free(sink->batch[i]);
    }
    sink->n = 0;
}

static void show_state(struct sink *sink)
{
    struct queue_stats stats;
    int64_t seq = chain_head(sink->chain)->seq;

    queue_stats(sink->consumer, &stats);
    queue_metrics_publish(&sink->queue_metrics, sink->consumer, clock_mono_ms());
    atomic_store(&sink->status.stopped_partitions, stats.stopped_partitions);
    atomic_store(&sink->status.seq, seq);
    atomic_store(&sink->status.lag, stats.lag);
    atomic_store(&sink->status.assigned, stats.assigned_partitions);
    metric_set("plumb_sink_seq", NULL, (double)seq);
    metric_set("plumb_sink_lag", NULL, (double)stats.lag);
}

static int turn(struct sink *sink, struct err *err)
{
    struct err commit_err;

    int r = collect(sink, err);
    if (r < 0)
        return r;
    if (sink->n > 0) {
        r = sync(sink, err);
        if (r < 0)
            return r;
        FAULT_POINT("sink.synced");
        finish_batch(sink);
    }
    if (queue_commit(sink->consumer, &commit_err) < 0) /* the next turn tries again */
        LOG_DEBUG("sink.commit_waits", LOG_ERR(&commit_err));
    else
        FAULT_POINT("sink.committed");
    show_state(sink);
    return 0;
}

/* --- start --- */

static int open_log(struct sink *sink, const struct config *config, struct err *err)
{
    char directory[PATH_MAX];
    bool own = config->audit_dir != NULL && config->audit_dir[0] != '\0';

    snprintf(directory, sizeof directory, "%s%s", own ? config->audit_dir : config->data_dir,
             own ? "" : "/audit");
    int r = chain_open(&sink->chain, directory, err);
    if (r < 0)
        return r;
    sink->status.path = chain_path(sink->chain);
    return 0;
}

static int open_producer(struct sink *sink, const struct config *config, struct err *err)
{
    struct queue_options options = kafka_options(config, "plumb-sink");

    options.delivery_timeout_ms = DELIVERY_TIMEOUT_MS;
    int r = queue_producer_new(&sink->producer, &options, err);
    if (r == 0)
        sink->status.producer = sink->producer;
    return r;
}

static int open_consumer(struct sink *sink, const struct config *config, struct err *err)
{
    struct queue_options options = kafka_options(config, "plumb-sink");
    static const char *const topics[] = {TOPIC_AUDIT};
    char group[256];
    int r;

    snprintf(group, sizeof group, "%s-sink", config->kafka_group);
    while ((r = queue_ensure_topics(sink->producer, topics_all, TOPIC_COUNT,
                                    (int)config->kafka_partitions, (int)config->kafka_replication,
                                    err)) == ERR_RETRY &&
           !stop_wait(BACK_OFF_MS))
        LOG_WARN("sink.kafka_away", LOG_ERR(err));
    if (r == ERR_FATAL)
        return r;
    return queue_consumer_new(&sink->consumer, &options, group, topics, COUNT(topics), err);
}

static int run(struct sink *sink, const struct config *config, struct err *err)
{
    CLEANUP(http_server_stopp) struct http_server *server = NULL;

    int r = open_log(sink, config, err);
    if (r == 0)
        r = open_producer(sink, config, err);
    if (r == 0) /* before Kafka is waited for: a probe must find somebody at home */
        r = sink_http_start(&server, &sink->status, config, err);
    if (r == 0)
        r = open_consumer(sink, config, err);
    if (r < 0)
        return r;
    LOG_INFO("sink.started", LOG_TEXT("audit_log", chain_path(sink->chain)),
             LOG_INT("seq", chain_head(sink->chain)->seq),
             LOG_INT("http_port", http_server_port(server)));
    while (r == 0 && !stop_requested())
        r = turn(sink, err);
    LOG_INFO("sink.stopped", LOG_INT("seq", chain_head(sink->chain)->seq));
    return r == ERR_RETRY ? 0 : r; /* what a stop left undone comes again at the next start */
}

int sink_run(const struct config *config, struct err *err)
{
    struct sink *sink = calloc(1, sizeof *sink);

    if (sink == NULL)
        return err_nomem(err);
    metrics_declare(families, COUNT(families));
    queue_metrics_declare();
    sink->status.started_unix_ms = clock_unix_ms();
    int r = run(sink, config, err);
    sink_done(sink);
    free(sink);
    return r;
}
