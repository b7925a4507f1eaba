/*
 * Item threads of the queue bench: what item_thread.c's are, without git and GitHub. Each has a
 * claim store of its own; the producer is for all.
 *
 *     queue_pool_start -> queue_pool_give, queue_pool_take … -> queue_pool_stop -> _free
 *
 * A record that is taken back has been decoded and claimed, its end written and its event acked; or
 * its claim said that it had ended, and its event is acked again (or none is sent). Anything else
 * fails the pool.
 */
#ifndef TESTS_BENCH_QUEUE_POOL_H
#define TESTS_BENCH_QUEUE_POOL_H

#include "common/base.h"

struct queue_pool;
struct queue_record;

struct queue_pool_options {
    const char *brokers, *redis_url;
    size_t threads;
    bool ended_before; /* every item has; else none */
    bool silent;       /* no event: what the claims alone cost */
};

int queue_pool_start(struct queue_pool **out, const struct queue_pool_options *options,
                     struct err *err) MUST_USE;
/* False: no thread is free. */
bool queue_pool_give(struct queue_pool *pool, struct queue_record *record);
struct queue_record *queue_pool_take(struct queue_pool *pool);   /* NULL: none is finished */
int queue_pool_failed(struct queue_pool *pool, struct err *err); /* 0, or why */
void queue_pool_stop(struct queue_pool *pool);                   /* frees what it still has */
void queue_pool_free(struct queue_pool *pool);                   /* NULL is fine */

#endif
