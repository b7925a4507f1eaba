/* The sink's HTTP endpoints: /drift/history, /health, /ready (Kafka, a disk with room), /status,
 * /metrics. */
#ifndef WORKER_SINK_SINK_HTTP_H
#define WORKER_SINK_SINK_HTTP_H

#include <stdatomic.h>

#include "common/base.h"

struct config;
struct http_server;
struct queue_producer;

struct sink_status { /* written by the sink's loop, read by the endpoints */
    const char *path;
    struct queue_producer *producer;
    atomic_llong seq, stored, duplicates, rejected, lag, assigned, stopped_partitions;
    atomic_bool is_waiting; /* for room on the disk, or for the dead-letter queue */
    int64_t started_unix_ms;
};

int sink_http_start(struct http_server **out, struct sink_status *status,
                    const struct config *config, struct err *err) MUST_USE;

#endif
