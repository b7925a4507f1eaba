/*
 * Queue metrics: how each partition of a consumer stands, as gauges with topic and partition.
 *
 *     queue_metrics_declare(), once  ->  queue_metrics_publish() as often as the loop turns
 *
 * Threads: the consumer's. One consumer a process.
 */
#ifndef COMMON_KAFKA_QUEUE_METRICS_H
#define COMMON_KAFKA_QUEUE_METRICS_H

#include "common/kafka/queue_consumer.h"

struct queue_metrics { /* zeroed at first */
    int64_t due_at_ms;
    int64_t generation; /* of the series that are there */
};

void queue_metrics_declare(void);
/* Once a second and after each rebalance, else it does nothing. now_ms: monotonic. */
void queue_metrics_publish(struct queue_metrics *metrics, struct queue_consumer *consumer,
                           int64_t now_ms);

#endif
