/* Records to items to ends; the story stands in item_thread.h. */
#include "worker/item_thread.h"

#include <pthread.h>
#include <stdatomic.h>

#include "common/channel.h"
#include "common/fault.h"
#include "common/clock.h"
#include "common/kafka/queue_consumer.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/redis/claim_store.h"
#include "common/stop.h"
#include "proto/item.h"
#include "worker/audit.h"
#include "worker/item.h"
#include "worker/outlet.h"
#include "worker/services.h"
#include "worker/settle.h"

#define STACK_BYTES   ((size_t)1024 * 1024)
#define WAIT_FIRST_MS 250
#define WAIT_LAST_MS  10000
#define THREADS_MAX   256

struct item_pool {
    struct shared *shared;
    struct channel *inbox, *outbox;
    pthread_t threads[THREADS_MAX];
    int n;
    atomic_int under_way;
    struct settle_desk *desk;
    pthread_mutex_t lock;
    bool failed;
    struct err failure;
};

static void fail(struct item_pool *pool, const struct err *err)
{
    pthread_mutex_lock(&pool->lock);
    if (!pool->failed)
        pool->failure = *err;
    pool->failed = true;
    pthread_mutex_unlock(&pool->lock);
}

static int reject(struct services *services, const struct queue_record *record, struct err *err)
{
    struct err why = *err;
    int r = outlet_dead_letter(services, record, NULL, "", "decode", why.text, err);

    LOG_WARN("record.rejected", LOG_TEXT("topic", record->topic),
             LOG_INT("partition", record->partition), LOG_INT("offset", record->offset),
             LOG_ERR(&why));
    return r < 0 ? r
                 : FAULT_REPLY("reject.told", audit_rejected(services, record, why.text, err), err);
}

static void log_end(const struct item *item, const struct item_end *end)
{
    if (end->repeated) {
        metric_count("plumb_items_duplicate_total", NULL, 1);
        LOG_DEBUG("item.repeated", LOG_TEXT("item", end->fp), LOG_TEXT("state", end->state));
        return;
    }
    metric_count("plumb_items_ended_total", end->state, 1);
    LOG_INFO("item.ended", LOG_TEXT("item", end->fp), LOG_TEXT("state", end->state),
             LOG_TEXT("repository", item->repository), LOG_TEXT("control", end->control),
             LOG_TEXT("pr_url", end->pr_url), LOG_TEXT("reason", end->reason));
}

/* Our own Redis or Kafka is away: waits, longer each time. False: a stop was asked. */
static bool wait_for_doors(int64_t *wait_ms, const struct err *err)
{
    if (stop_requested())
        return false;
    metric_count("plumb_own_door_waits_total", NULL, 1);
    LOG_WARN("worker.waits", LOG_INT("wait_ms", *wait_ms), LOG_ERR(err));
    if (stop_wait(*wait_ms))
        return false;
    *wait_ms = *wait_ms * 2 < WAIT_LAST_MS ? *wait_ms * 2 : WAIT_LAST_MS;
    return true;
}

/* Its claim is given back and its attempt charged: to walk it again for want of Kafka would charge
 * another one. */
static int send_on(struct services *services, const struct queue_record *record,
                   const struct item_end *end, struct err *err)
{
    int64_t wait_ms = WAIT_FIRST_MS;
    int r;

    do
        r = outlet_retry(services, record, end, err);
    while (r == ERR_RETRY && wait_for_doors(&wait_ms, err));
    return r;
}

/* 0: the offset may be done. ERR_RETRY: our own doors failed; the same again later. ERR_FATAL. */
static int handle(struct services *services, const struct queue_record *record, struct err *err)
{
    CLEANUP(item_freep) struct item *item = NULL;
    CLEANUP(item_end_done) struct item_end end = {0};
    FAULT_POINT("take.begun");
    int r = item_decode(&item, record->value, record->value_len, err);

    if (r == ERR_REJECT)
        return reject(services, record, err);
    if (r < 0)
        return r;
    r = item_walk(services, item, record, &end, err);
    if (r == ITEM_DEFERRED)
        return send_on(services, record, &end, err);
    if (r == 0)
        log_end(item, &end);
    return r;
}

enum outcome {
    GIVEN_UP, /* for a restart */
    DONE,
    PARKED, /* its event is under way, the record is the desk's */
};

/* As handle; *out says whose the record is after a 0. */
static int handle_and_park(struct services *services, struct queue_record *record,
                           enum outcome *out, struct err *err)
{
    int r = handle(services, record, err);
    struct settling *settling = STEAL(services->settling);

    *out = DONE;
    if (settling == NULL)
        return r;
    if (r != 0) {
        settling_drop(settling, true);
        return r;
    }
    switch (settling_park_give(settling, record)) {
    case SETTLE_PARKED:
        *out = PARKED;
        return 0;
    case SETTLE_FAILED:
        return err_set(err, ERR_RETRY, "the item's last event was not acked");
    default:
        return 0;
    }
}

/* The same item again while our own doors fail. */
static enum outcome handle_until_done(struct item_pool *pool, struct services *services,
                                      struct queue_record *record)
{
    int64_t wait_ms = WAIT_FIRST_MS;
    enum outcome outcome;
    struct err err;

    for (;;) {
        int r = handle_and_park(services, record, &outcome, &err);
        if (r == 0)
            return outcome;
        if (r != ERR_RETRY) {
            fail(pool, &err);
            return GIVEN_UP;
        }
        if (!wait_for_doors(&wait_ms, &err))
            return GIVEN_UP;
    }
}

static void handle_one(struct item_pool *pool, struct services *services,
                       struct queue_record *record)
{
    enum outcome outcome = handle_until_done(pool, services, record);

    if (outcome == PARKED)
        return;
    FAULT_POINT("done.given");
    if (outcome == GIVEN_UP || !channel_send(pool->outbox, record, 60000))
        queue_record_free(record);
    atomic_fetch_sub(&pool->under_way, 1);
}

/* One whose event was not acked: waited for now, so that failures have their waits between them. */
static bool handle_failed(struct item_pool *pool, struct services *services)
{
    struct queue_record *record = settle_take_failed(pool->desk);

    if (record == NULL)
        return false;
    services->desk = NULL;
    handle_one(pool, services, record);
    services->desk = pool->desk;
    return true;
}

static void *work(void *context)
{
    struct item_pool *pool = context;
    struct services services;
    struct err err;

    if (services_open(&services, pool->shared, &err) < 0) {
        fail(pool, &err);
        return NULL;
    }
    services.desk = pool->desk;
    for (;;) {
        if (handle_failed(pool, &services))
            continue;
        struct queue_record *record = channel_receive(pool->inbox, 1000);
        if (record == NULL) {
            if (stop_requested() || item_pool_failed(pool, &err))
                break;
            continue;
        }
        atomic_fetch_add(&pool->under_way, 1);
        handle_one(pool, &services, record);
    }
    services_close(&services);
    return NULL;
}

static int start_thread(struct item_pool *pool, struct err *err)
{
    pthread_attr_t attributes;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    int failed = pthread_create(&pool->threads[pool->n], &attributes, work, pool);
    pthread_attr_destroy(&attributes);
    if (failed != 0)
        return err_set(err, ERR_FATAL, "an item thread cannot be started: %s", strerror(failed));
    pool->n++;
    return 0;
}

int item_pool_start(struct item_pool **out, struct shared *shared, struct channel *inbox,
                    struct channel *outbox, int threads, struct err *err)
{
    struct item_pool *pool = calloc(1, sizeof *pool);

    if (pool == NULL)
        return err_nomem(err);
    *pool = (struct item_pool){.shared = shared, .inbox = inbox, .outbox = outbox};
    pthread_mutex_init(&pool->lock, NULL);
    if (threads > THREADS_MAX)
        threads = THREADS_MAX;
    int r =
        settle_desk_new(&pool->desk, outbox, &pool->under_way, ITEM_POOL_SETTLING(threads), err);
    for (int i = 0; r == 0 && i < threads; i++)
        r = start_thread(pool, err);
    if (r < 0) {
        stop_request();
        item_pool_stop(pool);
        return r;
    }
    *out = pool;
    return 0;
}

int item_pool_busy(struct item_pool *pool)
{
    return atomic_load(&pool->under_way);
}

void item_pool_give_up(struct item_pool *pool)
{
    settle_give_up_failed(pool->desk);
}

bool item_pool_failed(struct item_pool *pool, struct err *err)
{
    pthread_mutex_lock(&pool->lock);
    bool failed = pool->failed;
    if (failed)
        *err = pool->failure;
    pthread_mutex_unlock(&pool->lock);
    return failed;
}

void item_pool_stop(struct item_pool *pool)
{
    if (pool == NULL)
        return;
    for (int i = 0; i < pool->n; i++)
        pthread_join(pool->threads[i], NULL);
    settle_desk_free(pool->desk);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}
