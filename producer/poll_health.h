/*
 * The poll role's own pages: /health (the process lives), /ready (Redis and Kafka answer), /status
 * (each source), /metrics. Readiness is asked for at most once in two seconds, however often probes
 * come.
 *
 * Handlers run on the server's threads; one lock guards the Redis handle and the remembered answer.
 */
#ifndef PRODUCER_POLL_HEALTH_H
#define PRODUCER_POLL_HEALTH_H

#include "common/base.h"
#include "common/http/http_server.h"

#define POLL_HEALTH_ROUTES 4

struct config;
struct poll_health;
struct poller;
struct queue_producer;

/* The pollers are borrowed until poll_health_free. */
int poll_health_new(struct poll_health **out, const struct config *config,
                    struct queue_producer *producer, struct poller *const *pollers, size_t n,
                    struct err *err) MUST_USE;
void poll_health_free(struct poll_health *health);
DEFINE_CLEANUP(struct poll_health *, poll_health_free)
void poll_health_routes(struct poll_health *health,
                        struct http_server_route out[POLL_HEALTH_ROUTES]);

#endif
