/* Endpoints for people, probes and Prometheus; the story stands in worker_http.h. */
#include "worker/worker_http.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/http/http_server.h"
#include "common/http/role_http.h"
#include "common/json.h"
#include "common/redis/redis.h"
#include "common/stop.h"
#include "version.h"
#include "worker/gate/cage.h"
#include "worker/gate/pool.h"
#include "worker/model.h"
#include "worker/services.h"

#define READY_TIMEOUT_MS 1000

static bool redis_answers(const struct config *config, struct err *err)
{
    CLEANUP(redis_freep) struct redis *redis = NULL;
    struct redis_options options = {
        .url = config->redis_url, .ca_file = config->redis_ca_file, .timeout_ms = READY_TIMEOUT_MS};

    return redis_new(&redis, &options, err) == 0 && redis_ping(redis, err) == 0;
}

static void ready(void *context, const struct http_server_request *request,
                  struct http_server_reply *reply)
{
    struct worker_status *status = context;
    struct err err;
    bool redis = redis_answers(status->shared->config, &err);
    bool kafka = atomic_load(&status->kafka_connected);
    bool ok = redis && kafka && !stop_requested();

    (void)request;
    reply->status = ok ? 200 : 503;
    buf_print(&reply->body, "{\"ready\":%s,\"redis\":%s,\"kafka\":%s,\"stopping\":%s}\n",
              ok ? "true" : "false", redis ? "true" : "false", kafka ? "true" : "false",
              stop_requested() ? "true" : "false");
}

/* What holds terraform here. */
static struct json *cage_json(void)
{
    struct json *json = json_object();

    json_set_text(json, "network",
                  cage_can_cut_network() ? "off (a namespace of its own)"
                                         : "not cut off: user namespaces are not permitted here");
    json_set_text(json, "environment", "empty but for what is listed");
    json_set_int(json, "runs_at_once", pool_max());
    return json;
}

static void show_status(void *context, const struct http_server_request *request,
                        struct http_server_reply *reply)
{
    struct worker_status *status = context;
    const struct shared *shared = status->shared;
    CLEANUP(json_freep) struct json *json = json_object();

    (void)request;
    json_set_text(json, "role", "work");
    json_set_text(json, "version", PLUMB_VERSION);
    json_set_text(json, "worker", shared->worker_id);
    json_set_text(json, "environment", shared->config->environment);
    json_set_bool(json, "dry_run", shared->dry_run);
    if (shared->dry_run)
        json_set_text(json, "dry_run_why", shared->dry_run_why);
    json_set_int(json, "uptime_seconds", (clock_unix_ms() - status->started_unix_ms) / 1000);
    json_set_int(json, "items_busy", atomic_load(&status->busy));
    json_set_int(json, "in_flight", atomic_load(&status->in_flight));
    json_set_int(json, "lag", atomic_load(&status->lag));
    json_set_int(json, "assigned_partitions", atomic_load(&status->assigned));
    json_set_int(json, "stopped_partitions", atomic_load(&status->stopped_partitions));
    json_set_bool(json, "stopping", stop_requested());
    json_set_text(json, "model",
                  str_eq(shared->config->llm_provider, "none") ? "none"
                                                               : model_name(shared->config));
    json_set_give(json, "cage", cage_json());
    json_write(json, JSON_PRETTY, &reply->body);
    buf_char(&reply->body, '\n');
}

int worker_http_start(struct http_server **out, struct worker_status *status, struct err *err)
{
    const struct config *config = status->shared->config;
    struct http_server_options options = {.address = config->http_address,
                                          .port = (uint16_t)config->http_port};
    struct http_server_route routes[] = {
        {"GET", "/health", role_http_health, NULL},
        {"GET", "/ready", ready, status},
        {"GET", "/status", show_status, status},
        {"GET", "/metrics", role_http_metrics, NULL},
    };

    return http_server_start(out, &options, routes, COUNT(routes), err);
}
