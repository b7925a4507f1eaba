/*
 * A process of the simulation: its stop flag, its doors and services, its endpoints; in place of
 * common/stop.c, worker/services.c and worker/worker_http.c, whose state is a whole process'.
 */
#include <stdio.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/fault.h"
#include "common/http/http_server.h"
#include "common/kafka/kafka_options.h"
#include "common/redis/claim_store.h"
#include "common/redis/redis.h"
#include "common/retry_budget.h"
#include "common/stop.h"
#include "common/text/redact.h"
#include "tests/sim/outside.h"
#include "worker/alone.h"
#include "worker/lease.h"
#include "worker/services.h"
#include "worker/worker_http.h"

/* --- stop --- */

bool stop_requested(void)
{
    const struct worker *worker = task_worker();

    return worker != NULL && (worker->stopping || worker->dead);
}

void stop_request(void)
{
    struct worker *worker = task_worker();

    if (worker != NULL && !worker->stopping)
        worker->stopped_at_ms = sim_now_ms();
    if (worker != NULL)
        worker->stopping = true;
}

bool stop_wait(int64_t ms)
{
    int64_t until_ms = sim_now_ms() + ms;

    while (!stop_requested() && sim_now_ms() < until_ms)
        task_wait(task_worker(), until_ms + dice(50));
    return stop_requested();
}

/* --- fault points: each is a place to be killed at, or to be told that the answer was lost --- */

void fault_point(const char *name);
int fault_reply(const char *name, int r, struct err *err);
bool fault_io(const char *name);
const char *fault_topic(const char *topic);
void fault_subject(const char *subject);
int64_t fault_clock(void);

void fault_point(const char *name)
{
    trace("passes  %s", name);
    nature_at_point(name);
    task_yield();
}

int fault_reply(const char *name, int r, struct err *err)
{
    if (r != 0)
        return r;
    fault_point(name);
    return nature_lies() ? err_set(err, ERR_RETRY, "fault: the answer of %s was lost", name) : r;
}

bool fault_io(const char *name)
{
    fault_point(name);
    return false;
}

const char *fault_topic(const char *topic)
{
    return topic;
}

void fault_subject(const char *subject)
{
    (void)subject;
}

int64_t fault_clock(void)
{
    return 0; /* nature moves the clocks itself */
}

/* --- services --- */

bool environment_is_github(const struct config *config)
{
    (void)config;
    return false;
}

bool environment_is_local(const struct config *config)
{
    (void)config;
    return true;
}

/* What other items, which are not here, have spent of it. */
static void spend_retries(struct retry_budget *retries)
{
    for (uint32_t n = nature_retries_spent(); n > 0; n--)
        if (!retry_budget_retry(retries, clock_mono_ms()))
            return;
}

int shared_open(struct shared *out, const struct config *config, struct err *err)
{
    struct queue_options queue = kafka_options(config, "plumb-work");

    *out = (struct shared){.config = config, .policy = sim_policy};
    snprintf(out->worker_id, sizeof out->worker_id, "%s", task_worker()->name);
    int r = queue_producer_new(&out->producer, &queue, err);
    if (r == 0)
        r = alone_new(&out->alone, err);
    if (r == 0)
        r = retry_budget_new(&out->retries, err);
    if (r == 0)
        spend_retries(out->retries);
    if (r == 0)
        r = lease_keeper_start(&out->leases, config->redis_url, config->redis_ca_file,
                               config->lease_ms, err);
    if (r < 0)
        shared_close(out);
    return r;
}

void shared_close(struct shared *shared)
{
    lease_keeper_stop(shared->leases);
    retry_budget_free(shared->retries);
    alone_free(shared->alone);
    queue_producer_free(shared->producer);
    *shared = (struct shared){0};
}

bool services_should_stop(void *context)
{
    const struct services *services = context;

    return stop_requested() || (services->lease != NULL && !lease_holds(services->lease));
}

int services_open(struct services *out, struct shared *shared, struct err *err)
{
    struct redis_options redis = {.url = shared->config->redis_url};

    *out = (struct services){.shared = shared};
    int r = redis_new(&out->redis, &redis, err);
    if (r == 0)
        r = claim_store_new(&out->claims, out->redis, err);
    if (r < 0) {
        services_close(out);
        return r;
    }
    out->forge = forge_model_new();
    return 0;
}

void services_close(struct services *services)
{
    forge_free(services->forge);
    claim_store_free(services->claims);
    redis_free(services->redis);
    *services = (struct services){0};
}

/* --- endpoints: none --- */

int worker_http_start(struct http_server **out, struct worker_status *status, struct err *err)
{
    (void)status;
    (void)err;
    *out = NULL;
    return 0;
}

uint16_t http_server_port(const struct http_server *server)
{
    (void)server;
    return 0;
}

void http_server_stop(struct http_server *server)
{
    (void)server;
}

/* --- redaction: a pure function of a text, a fifth of all time, and no secret is about --- */

void __wrap_redact(struct buf *out, const char *text, size_t len);

void __wrap_redact(struct buf *out, const char *text, size_t len)
{
    buf_bytes(out, text, len);
}
