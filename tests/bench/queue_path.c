/*
 * The queue path with steps that do nothing. "noop": the poll thread alone, a record is done as
 * soon as it came. "path": as worker.c and item_thread.c, with threads that decode, claim, finish
 * and tell the event; "again" the same once more, when every claim says that the item has ended;
 * "known" is again without the event.
 */
#include <pthread.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/kafka/queue_consumer.h"
#include "tests/bench/queue_bench.h"
#include "tests/bench/queue_pool.h"

#define POLL_MS      20
#define HAND_OVER_MS 2
#define COMMIT_MS    200
#define PATIENCE_MS  120000

struct path {
    struct queue_consumer *consumer;
    struct queue_pool *pool; /* NULL: no threads, records are done at once */
    struct queue_record *waiting;
    struct queue_tally tally;
    int64_t commit_at_ms;
};

static int end_record(struct path *path, struct queue_record *record, struct err *err)
{
    int r = queue_tally_end(&path->tally, record->key, record->key_len, err);

    queue_done(path->consumer, record->topic, record->partition, record->offset,
               record->generation);
    queue_record_free(record);
    return r;
}

static int take_in(struct path *path, struct err *err)
{
    struct queue_record *record = NULL;
    int r =
        queue_poll(path->consumer, path->waiting != NULL ? HAND_OVER_MS : POLL_MS, &record, err);

    if (r < 0 || record == NULL)
        return r;
    if (path->tally.first_ns == 0)
        path->tally.first_ns = queue_now_ns();
    if (path->pool == NULL)
        return end_record(path, record, err);
    if (!queue_pool_give(path->pool, record)) {
        path->waiting = record;
        queue_pause(path->consumer);
    }
    return 0;
}

static int take_back(struct path *path, struct err *err)
{
    struct queue_record *record;
    int r = 0;

    while (path->pool != NULL && r == 0 && (record = queue_pool_take(path->pool)) != NULL)
        r = end_record(path, record, err);
    if (r == 0 && path->pool != NULL)
        r = queue_pool_failed(path->pool, err);
    return r;
}

static void give_waiting(struct path *path)
{
    if (path->waiting == NULL || !queue_pool_give(path->pool, path->waiting))
        return;
    path->waiting = NULL;
    queue_resume(path->consumer);
}

static int commit(struct path *path, bool last, struct err *err)
{
    int64_t now_ms = clock_mono_ms();

    if (!last && now_ms < path->commit_at_ms)
        return 0;
    path->commit_at_ms = now_ms + COMMIT_MS;
    return queue_commit(path->consumer, err);
}

/* From the first record to the commit of the last. */
static int run(struct path *path, struct err *err)
{
    int64_t give_up_at_ms = clock_mono_ms() + PATIENCE_MS;
    int r = 0;

    while (r == 0 && path->tally.ended < path->tally.items) {
        give_waiting(path);
        r = take_in(path, err);
        if (r == 0)
            r = take_back(path, err);
        if (r == 0 && commit(path, false, err) < 0)
            continue; /* the next one tries again */
        if (r == 0 && path->commit_at_ms > give_up_at_ms)
            r = err_set(err, ERR_RETRY, "%zu of %zu items ended", path->tally.ended,
                        path->tally.items);
    }
    if (r == 0)
        r = commit(path, true, err);
    path->tally.last_ns = queue_now_ns();
    return r;
}

static int measure(struct path *path, char *const *argv, struct err *err)
{
    const char *const topics[] = {argv[1]};
    const struct queue_options options = {
        .brokers = argv[0], .client_id = "bench", .fetch_wait_ms = 20};
    int r = queue_consumer_new(&path->consumer, &options, argv[3], topics, COUNT(topics), err);

    if (r == 0)
        r = run(path, err);
    if (path->pool != NULL)
        queue_pool_stop(path->pool);
    queue_record_free(path->waiting);
    queue_consumer_free(path->consumer);
    if (r == 0)
        queue_tally_print(&path->tally);
    return r;
}

int queue_verb_noop(int argc, char **argv, struct err *err)
{
    struct path path = {0};
    size_t items;
    int r = queue_number(argv[2], &items, err);

    (void)argc;
    if (r == 0)
        r = queue_tally_new(&path.tally, items, err);
    if (r == 0)
        r = measure(&path, argv, err);
    queue_tally_done(&path.tally);
    return r;
}

int queue_verb_path(int argc, char **argv, struct err *err)
{
    struct path path = {0};
    size_t items, threads;
    int r = queue_number(argv[2], &items, err);

    (void)argc;
    if (r == 0)
        r = queue_number(argv[5], &threads, err);
    if (r == 0)
        r = queue_tally_new(&path.tally, items, err);
    struct queue_pool_options options = {.brokers = argv[0],
                                         .redis_url = argv[4],
                                         .threads = threads,
                                         .ended_before = !str_eq(argv[6], "first"),
                                         .silent = str_eq(argv[6], "known")};
    if (r == 0)
        r = queue_pool_start(&path.pool, &options, err);
    if (r == 0)
        r = measure(&path, argv, err);
    queue_pool_free(path.pool);
    queue_tally_done(&path.tally);
    return r;
}
