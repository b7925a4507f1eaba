/* Item threads of the queue bench; the story stands in queue_pool.h. */
#include "tests/bench/queue_pool.h"

#include <pthread.h>
#include <stdio.h>

#include "common/channel.h"
#include "common/clock.h"
#include "common/kafka/queue_consumer.h"
#include "common/redis/claim_store.h"
#include "common/redis/redis.h"
#include "proto/audit.h"
#include "proto/item.h"
#include "proto/topics.h"
#include "worker/item_thread.h"
#include "worker/settle.h"

#define LEASE_MS     60000
#define RETENTION_MS (7LL * 24 * 3600 * 1000)
#define THREADS_MAX  256
#define STATE        "NO_CHANGE"

struct queue_pool {
    struct queue_pool_options options;
    struct channel *inbox, *outbox;
    struct queue_producer *producer;
    struct settle_desk *desk;
    atomic_int under_way;
    pthread_t threads[THREADS_MAX];
    size_t n;
    pthread_mutex_t lock;
    int failed;
    struct err failure;
};

static void fail(struct queue_pool *pool, int r, const struct err *err)
{
    pthread_mutex_lock(&pool->lock);
    if (pool->failed == 0) {
        pool->failed = r;
        pool->failure = *err;
    }
    pthread_mutex_unlock(&pool->lock);
}

int queue_pool_failed(struct queue_pool *pool, struct err *err)
{
    pthread_mutex_lock(&pool->lock);
    int r = pool->failed;
    if (r != 0)
        *err = pool->failure;
    pthread_mutex_unlock(&pool->lock);
    return r;
}

/* --- one item --- */

static int fill_event(struct audit_event *event, const struct item *item, const char *fp,
                      struct err *err)
{
    char id[SHA256_HEX_BYTES], resource[2048];

    item_resource_key(item, resource, sizeof resource);
    audit_event_id(fp, item->generation, "item.ended/0", id);
    event->generation = item->generation;
    event->at_unix_ms = clock_unix_ms();
    return audit_event_set(event, &event->event_id, id) &&
                   audit_event_set(event, &event->kind, "item.ended") &&
                   audit_event_set(event, &event->fingerprint, fp) &&
                   audit_event_set(event, &event->node_id, resource) &&
                   audit_event_set(event, &event->suggestion_id, item->control) &&
                   audit_event_set(event, &event->action, "remediate") &&
                   audit_event_set(event, &event->status, "success") &&
                   audit_event_set(event, &event->state, STATE) &&
                   audit_event_set(event, &event->worker, "bench:1")
               ? 0
               : err_nomem(err);
}

/* As worker/audit.c: the thread leaves the ack to the desk, while there is room. */
static int send(struct queue_pool *pool, const struct queue_message *message,
                struct settling **settling, struct err *err)
{
    *settling = settling_begin(pool->desk);
    if (*settling == NULL)
        return queue_send_wait(pool->producer, message, err);
    int r = queue_send_told(pool->producer, message, settling_receipt(*settling), err);
    if (r < 0)
        settling_drop(STEAL(*settling), false);
    return r;
}

static int tell(struct queue_pool *pool, const struct item *item, const char *fp,
                struct settling **settling, struct err *err)
{
    CLEANUP(audit_event_freep) struct audit_event *event = NULL;
    CLEANUP(buf_done) struct buf bytes = BUF(QUEUE_RECORD_MAX_BYTES);
    struct envelope envelope;
    struct queue_header_text texts[ENVELOPE_HEADERS];
    struct queue_header headers[ENVELOPE_HEADERS];
    int r = audit_event_new(&event, err);

    if (r == 0)
        r = fill_event(event, item, fp, err);
    if (r == 0)
        r = audit_event_encode(event, &bytes, err);
    if (r < 0)
        return r;
    envelope_start(&envelope, event->event_id, TYPE_AUDIT, "plumbline/bench", event->at_unix_ms);
    envelope_headers(&envelope, texts);
    for (size_t i = 0; i < ENVELOPE_HEADERS; i++)
        headers[i] = (struct queue_header){texts[i].key, texts[i].value, strlen(texts[i].value)};
    const struct queue_message message = {.topic = TOPIC_AUDIT,
                                          .key = fp,
                                          .key_len = strlen(fp),
                                          .value = bytes.bytes,
                                          .value_len = bytes.len,
                                          .headers = headers,
                                          .n_headers = ENVELOPE_HEADERS};
    return send(pool, &message, settling, err);
}

static int finish(struct claim_store *claims, const struct claim *claim, struct err *err)
{
    struct claim_record record = {.state = STATE};
    int r = claim_store_finish(claims, claim, &record, RETENTION_MS, err);

    return r <= 0 ? r : err_set(err, ERR_REJECT, "finish was answered with %d", r);
}

static int walk(struct queue_pool *pool, struct claim_store *claims,
                const struct queue_record *record, struct settling **settling, struct err *err)
{
    CLEANUP(item_freep) struct item *item = NULL;
    struct claim claim;
    struct claim_record known;
    char fp[SHA256_HEX_BYTES];
    int r = item_decode(&item, record->value, record->value_len, err);

    if (r < 0)
        return r;
    item_fingerprint(item, item->control, fp);
    r = claim_store_take(claims, fp, LEASE_MS, clock_mono_ms(), &claim, &known, err);
    if (r < 0)
        return r;
    if (r != (pool->options.ended_before ? CLAIM_ENDED : 0))
        return err_set(err, ERR_REJECT, "%s: the claim was answered with %d", item->address, r);
    if (r == 0)
        r = finish(claims, &claim, err);
    if (r < 0)
        return r;
    return pool->options.silent ? 0 : tell(pool, item, fp, settling, err);
}

/* --- threads --- */

static int end(struct queue_pool *pool, struct queue_record *record, struct settling *settling,
               struct err *err)
{
    enum settle_answer answer =
        settling != NULL ? settling_park_give(settling, record) : SETTLE_ACKED;

    if (answer == SETTLE_PARKED)
        return 0;
    if (answer == SETTLE_FAILED || !channel_send(pool->outbox, record, 60000))
        queue_record_free(record);
    atomic_fetch_sub(&pool->under_way, 1);
    return answer == SETTLE_FAILED ? err_set(err, ERR_RETRY, "an event was not acked") : 0;
}

static int serve(struct queue_pool *pool, struct err *err)
{
    CLEANUP(redis_freep) struct redis *redis = NULL;
    CLEANUP(claim_store_freep) struct claim_store *claims = NULL;
    const struct redis_options options = {.url = pool->options.redis_url};
    struct queue_record *record;
    int r = redis_new(&redis, &options, err);

    if (r == 0)
        r = claim_store_new(&claims, redis, err);
    while (r == 0 && (record = channel_receive(pool->inbox, 600000)) != NULL) {
        struct settling *settling = NULL;
        r = walk(pool, claims, record, &settling, err);
        if (r < 0)
            queue_record_free(record);
        else
            r = end(pool, record, settling, err);
    }
    return r;
}

static void *run(void *context)
{
    struct queue_pool *pool = context;
    struct err err;
    int r = serve(pool, &err);

    if (r < 0)
        fail(pool, r, &err);
    return NULL;
}

int queue_pool_start(struct queue_pool **out, const struct queue_pool_options *options,
                     struct err *err)
{
    const struct queue_options queue = {.brokers = options->brokers, .client_id = "bench"};
    struct queue_pool *pool = calloc(1, sizeof *pool);

    if (pool == NULL)
        return err_nomem(err);
    *out = pool;
    pool->options = *options;
    pthread_mutex_init(&pool->lock, NULL);
    if (options->threads > THREADS_MAX)
        return err_set(err, ERR_REJECT, "at most %d threads", THREADS_MAX);
    int r = channel_new(&pool->inbox, options->threads, err);
    if (r == 0) /* as the worker's: nobody waits to hand back */
        r = channel_new(&pool->outbox, ITEM_POOL_OUTBOX(options->threads), err);
    if (r == 0)
        r = settle_desk_new(&pool->desk, pool->outbox, &pool->under_way,
                            ITEM_POOL_SETTLING(options->threads), err);
    if (r == 0)
        r = queue_producer_new(&pool->producer, &queue, err);
    for (; r == 0 && pool->n < options->threads; pool->n++)
        if (pthread_create(&pool->threads[pool->n], NULL, run, pool) != 0)
            return err_set(err, ERR_FATAL, "no thread can be started");
    return r;
}

bool queue_pool_give(struct queue_pool *pool, struct queue_record *record)
{
    atomic_fetch_add(&pool->under_way, 1);
    if (channel_send(pool->inbox, record, 0))
        return true;
    atomic_fetch_sub(&pool->under_way, 1);
    return false;
}

struct queue_record *queue_pool_take(struct queue_pool *pool)
{
    return channel_receive(pool->outbox, 0);
}

static void empty(struct channel *channel)
{
    struct queue_record *record;

    while (channel != NULL && (record = channel_receive(channel, 0)) != NULL)
        queue_record_free(record);
}

void queue_pool_stop(struct queue_pool *pool)
{
    empty(pool->inbox);
    if (pool->inbox != NULL)
        channel_close(pool->inbox);
    while (pool->n > 0)
        pthread_join(pool->threads[--pool->n], NULL);
    empty(pool->outbox);
}

void queue_pool_free(struct queue_pool *pool)
{
    if (pool == NULL)
        return;
    queue_pool_stop(pool);
    queue_producer_free(pool->producer); /* its last reports hand back */
    if (pool->outbox != NULL)
        empty(pool->outbox);
    if (pool->desk != NULL)
        settle_give_up_failed(pool->desk);
    settle_desk_free(pool->desk);
    channel_free(pool->inbox);
    channel_free(pool->outbox);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}
