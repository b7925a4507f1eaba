/*
 * Worker: the role that turns items into pull requests.
 *
 *     worker_run(config, err)   until a stop is asked for
 *
 * Threads: this one polls Kafka, keeps the offsets and never blocks; MAX_CONCURRENT_WORKERS item
 * threads walk items as straight-line code, each with its own doors; one renews leases; the HTTP
 * server has its own. When every item thread is busy, partitions are paused and polling goes on.
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include "common/base.h"

struct config;

int worker_run(const struct config *config, struct err *err) MUST_USE;

/* Registers the worker's metric families; worker_run does it, and so must whoever walks items
 * alone. */
void worker_declare_metrics(void);

#endif
