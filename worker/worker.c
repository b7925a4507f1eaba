/* The poll loop of the worker; the story stands in worker.h. */
#include "worker/worker.h"

#include <stdio.h>

#include "common/channel.h"
#include "common/clock.h"
#include "common/config.h"
#include "common/fault.h"
#include "common/http/http_server.h"
#include "common/kafka/kafka_options.h"
#include "common/kafka/queue_consumer.h"
#include "common/kafka/queue_metrics.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/redis/claim_store.h"
#include "common/stop.h"
#include "proto/topics.h"
#include "worker/item_thread.h"
#include "worker/outlet.h"
#include "worker/services.h"
#include "worker/worker_http.h"

#define POLL_MS         20
#define HAND_OVER_MS    2 /* while a record waits for a thread: the wait is the thread's too */
#define COMMIT_MS       200
#define STATS_MS        1000
#define HOLD_MAX_MS     (24LL * 3600 * 1000)
#define STARTUP_WAIT_MS 1000

struct loop {
    const struct config *config;
    struct queue_consumer *consumer;
    struct channel *inbox, *outbox;
    struct item_pool *pool;
    struct worker_status *status;
    struct queue_record *waiting; /* read, but no thread is free: partitions are paused */
    struct queue_metrics queue_metrics;
    int64_t commit_at_ms, stats_at_ms;
};

/* A record from a retry topic says when it is due, by its sender's clock, as its timestamp is: what
 * lies between them is the wait that was meant, whatever is wrong with either clock. 0: it is none.
 */
static bool is_early(const struct queue_record *record, int64_t *not_before_unix_ms)
{
    char text[24];

    *not_before_unix_ms = 0;
    if (queue_record_text(record, HEADER_NOT_BEFORE, text, sizeof text) != 0)
        return false;
    int64_t said_unix_ms = strtoll(text, NULL, 10);
    if (said_unix_ms <= 0)
        return false; /* and what follows cannot overflow */
    *not_before_unix_ms = said_unix_ms;
    if (record->held)
        return false; /* it has waited, by whichever clock */
    int64_t now_ms = clock_unix_ms();
    int64_t sent_ms = record->timestamp_unix_ms > 0 ? record->timestamp_unix_ms : 0;
    int64_t meant_ms = said_unix_ms - sent_ms;
    if (meant_ms >= 0 && said_unix_ms - now_ms > meant_ms)
        *not_before_unix_ms = now_ms + meant_ms;
    /* A whole partition waits behind it, so a date that no tier of ours gives is not believed. */
    return *not_before_unix_ms > now_ms && *not_before_unix_ms < now_ms + HOLD_MAX_MS;
}

static void note_due_age(const struct queue_record *record, int64_t not_before_unix_ms)
{
    int64_t age_ms = clock_unix_ms() - not_before_unix_ms;

    if (not_before_unix_ms > 0 && age_ms >= 0)
        metric_observe("plumb_retry_due_age_seconds", record->topic, (double)age_ms / 1000.0);
}

static void give(struct loop *loop, struct queue_record *record)
{
    if (channel_send(loop->inbox, record, 0))
        return;
    loop->waiting = record;
    queue_pause(loop->consumer);
}

static void give_waiting(struct loop *loop)
{
    if (loop->waiting == NULL || !channel_send(loop->inbox, loop->waiting, 0))
        return;
    loop->waiting = NULL;
    queue_resume(loop->consumer);
}

static int take_in(struct loop *loop, struct err *err)
{
    struct queue_record *record = NULL;
    int64_t not_before;
    int r =
        queue_poll(loop->consumer, loop->waiting != NULL ? HAND_OVER_MS : POLL_MS, &record, err);

    if (r == ERR_RETRY) {
        LOG_WARN("kafka.away", LOG_ERR(err));
        return 0;
    }
    if (r < 0 || record == NULL)
        return r;
    if (is_early(record, &not_before)) {
        queue_hold_give(loop->consumer, record, not_before);
        FAULT_POINT("retry.held");
        return 0;
    }
    note_due_age(record, not_before);
    give(loop, record);
    return 0;
}

static void take_back(struct loop *loop)
{
    struct queue_record *record;

    while ((record = channel_receive(loop->outbox, 0)) != NULL) {
        queue_done(loop->consumer, record->topic, record->partition, record->offset,
                   record->generation);
        queue_record_free(record);
        FAULT_POINT("done.taken");
    }
}

static void commit(struct loop *loop, int64_t now_ms)
{
    struct err err;

    if (now_ms < loop->commit_at_ms)
        return;
    loop->commit_at_ms = now_ms + COMMIT_MS;
    if (queue_commit(loop->consumer, &err) < 0)
        LOG_DEBUG("commit.deferred", LOG_ERR(&err));
}

static void publish_stats(struct loop *loop, int64_t now_ms)
{
    struct queue_stats stats;

    if (now_ms < loop->stats_at_ms)
        return;
    loop->stats_at_ms = now_ms + STATS_MS;
    queue_stats(loop->consumer, &stats);
    queue_metrics_publish(&loop->queue_metrics, loop->consumer, now_ms);
    atomic_store(&loop->status->stopped_partitions, stats.stopped_partitions);
    atomic_store(&loop->status->kafka_connected, stats.connected);
    atomic_store(&loop->status->lag, stats.lag);
    atomic_store(&loop->status->assigned, stats.assigned_partitions);
    atomic_store(&loop->status->in_flight, stats.in_flight);
    atomic_store(&loop->status->busy, item_pool_busy(loop->pool));
    metric_set("plumb_queue_lag", NULL, (double)stats.lag);
    metric_set("plumb_queue_assigned_partitions", NULL, (double)stats.assigned_partitions);
    metric_set("plumb_items_in_flight", NULL, (double)item_pool_busy(loop->pool));
}

static int turn(struct loop *loop, struct err *err)
{
    int64_t now_ms = clock_mono_ms();

    if (item_pool_failed(loop->pool, err))
        return ERR_FATAL;
    give_waiting(loop);
    int r = take_in(loop, err);
    if (r < 0)
        return r;
    take_back(loop);
    commit(loop, now_ms);
    publish_stats(loop, now_ms);
    return 0;
}

/* After the last record was given: the threads finish or give up, and what is done is committed. */
static void drain(struct loop *loop)
{
    struct err err;
    struct queue_record *record;

    FAULT_POINT("drain.begun");
    queue_pause(loop->consumer);
    while ((record = channel_receive(loop->inbox, 0)) != NULL)
        queue_record_free(record); /* not begun: it comes again */
    channel_close(loop->inbox);
    while (item_pool_busy(loop->pool) > 0) {
        struct queue_record *none = NULL;
        int r = queue_poll(loop->consumer, POLL_MS, &none, &err);
        if (r == 0)
            queue_record_free(none);
        take_back(loop);
        item_pool_give_up(loop->pool);
    }
    item_pool_stop(STEAL(loop->pool));
    take_back(loop);
    FAULT_POINT("drain.empty");
    if (queue_commit(loop->consumer, &err) < 0)
        LOG_WARN("commit.last_failed", LOG_ERR(&err));
    queue_record_free(loop->waiting);
}

/* Redis must be there and must not evict before the first item is taken. */
static int wait_for_redis(struct shared *shared, struct err *err)
{
    struct services services;
    int r = services_open(&services, shared, err);

    if (r < 0)
        return r;
    while ((r = claim_store_check(services.claims, err)) == ERR_RETRY && !stop_requested()) {
        LOG_WARN("redis.away", LOG_ERR(err));
        (void)stop_wait(STARTUP_WAIT_MS);
    }
    services_close(&services);
    return r == ERR_RETRY ? 0 : r;
}

static int wait_for_kafka(struct shared *shared, struct err *err)
{
    const struct config *config = shared->config;
    int r;

    while ((r = queue_ensure_topics(shared->producer, topics_all, TOPIC_COUNT,
                                    (int)config->kafka_partitions, (int)config->kafka_replication,
                                    err)) == ERR_RETRY &&
           !stop_requested()) {
        LOG_WARN("kafka.away", LOG_ERR(err));
        (void)stop_wait(STARTUP_WAIT_MS);
    }
    return r == ERR_RETRY ? 0 : r;
}

static int open_consumer(struct loop *loop, struct err *err)
{
    const char *topics[2 + RETRY_TIER_COUNT] = {TOPIC_FINDINGS, TOPIC_DRIFT};
    struct queue_options options = kafka_options(loop->config, "plumb-work");

    for (int i = 0; i < RETRY_TIER_COUNT; i++)
        topics[2 + i] = topics_retry[i];
    return queue_consumer_new(&loop->consumer, &options, loop->config->kafka_group, topics,
                              COUNT(topics), err);
}

static int run_loop(struct loop *loop, struct shared *shared, struct err *err)
{
    int threads = (int)loop->config->max_concurrent_workers;
    int r = channel_new(&loop->inbox, (size_t)threads, err);

    if (r ==
        0) /* room for every record that can be under way, so a thread never waits to hand back */
        r = channel_new(&loop->outbox, ITEM_POOL_OUTBOX(threads), err);
    if (r == 0)
        r = open_consumer(loop, err);
    if (r == 0)
        r = item_pool_start(&loop->pool, shared, loop->inbox, loop->outbox, threads, err);
    if (r < 0)
        return r;
    LOG_INFO("worker.started", LOG_TEXT("worker", shared->worker_id), LOG_INT("threads", threads),
             LOG_TEXT("dry_run", shared->dry_run ? shared->dry_run_why : "no"));
    while (r == 0 && !stop_requested())
        r = turn(loop, err);
    stop_request();
    drain(loop);
    LOG_INFO("worker.stopped");
    return r;
}

static void loop_done(struct loop *loop)
{
    queue_consumer_free(loop->consumer);
    channel_free(loop->inbox);
    channel_free(loop->outbox);
}

int worker_run(const struct config *config, struct err *err)
{
    CLEANUP(http_server_stopp) struct http_server *server = NULL;
    struct shared shared;
    struct worker_status status = {.shared = &shared, .started_unix_ms = clock_unix_ms()};
    struct loop loop = {.config = config, .status = &status};
    int64_t tiers[RETRY_TIER_COUNT];

    worker_declare_metrics();
    queue_metrics_declare();
    int r = outlet_parse_tiers(config->retry_tiers, tiers, err);
    if (r == 0)
        r = shared_open(&shared, config, err);
    if (r < 0)
        return r;
    r = worker_http_start(&server, &status, err);
    if (r == 0) {
        LOG_INFO("worker.listening", LOG_TEXT("address", config->http_address),
                 LOG_INT("port", http_server_port(server)));
        r = wait_for_redis(&shared, err);
    }
    if (r == 0)
        r = wait_for_kafka(&shared, err);
    if (r == 0 && !stop_requested())
        r = run_loop(&loop, &shared, err);
    loop_done(&loop);
    http_server_stop(STEAL(server));
    shared_close(&shared);
    return r;
}
