/*
 * Item thread: takes records from the poll loop, walks each to its end, and says when its offset is
 * done. Offsets are only said to be done when the item has ended, or stands acked on a retry topic
 * or the dead-letter queue.
 */
#ifndef WORKER_ITEM_THREAD_H
#define WORKER_ITEM_THREAD_H

#include "common/base.h"

struct shared;
struct channel;
struct item_pool;

/* How many records may wait for the ack of their last event, and have room in the outbox. */
#define ITEM_POOL_SETTLING(threads) (4 * (int)(threads))
#define ITEM_POOL_OUTBOX(threads)   (8 * (size_t)(threads) + 4)

/* inbox carries struct queue_record *, which the thread owns; outbox carries them back when done.
 */
int item_pool_start(struct item_pool **out, struct shared *shared, struct channel *inbox,
                    struct channel *outbox, int threads, struct err *err) MUST_USE;
/* How many records are under way: walked by a thread, or with their last event not acked yet. */
int item_pool_busy(struct item_pool *pool);
/* After a stop: records that would have to be walked again are freed; they come again. */
void item_pool_give_up(struct item_pool *pool);
/* True when a thread met ERR_FATAL: *err says what. */
bool item_pool_failed(struct item_pool *pool, struct err *err);
/* The inbox must be closed. Waits for the threads. */
void item_pool_stop(struct item_pool *pool);
DEFINE_CLEANUP(struct item_pool *, item_pool_stop)

#endif
