/* The worker's HTTP endpoints: /health, /ready (Redis and Kafka), /status, /metrics. */
#ifndef WORKER_WORKER_HTTP_H
#define WORKER_WORKER_HTTP_H

#include <stdatomic.h>

#include "common/base.h"

struct config;
struct http_server;
struct shared;

struct worker_status { /* written by the poll loop, read by the endpoints */
    struct shared *shared;
    atomic_int busy;
    atomic_llong lag, assigned, in_flight, stopped_partitions;
    atomic_bool kafka_connected;
    int64_t started_unix_ms;
};

int worker_http_start(struct http_server **out, struct worker_status *status,
                      struct err *err) MUST_USE;

#endif
