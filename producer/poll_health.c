/* Health pages; the story stands in poll_health.h. */
#include "producer/poll_health.h"

#include <pthread.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/json.h"
#include "common/kafka/queue.h"
#include "common/text/redact.h"
#include "common/redis/redis.h"
#include "common/http/role_http.h"
#include "producer/poller.h"
#include "version.h"

#define PROBE_TIMEOUT_MS 2000
#define PROBE_EVERY_MS   2000

struct probe {
    bool ok;
    struct err err;
};

struct poll_health {
    const struct config *config;
    struct queue_producer *producer;
    struct poller *const *pollers;
    size_t n;
    int64_t started_unix_ms;

    pthread_mutex_t lock; /* of all below */
    struct redis *redis;
    int64_t probed_at_ms; /* monotonic; 0 never */
    struct probe redis_probe, kafka_probe;
};

int poll_health_new(struct poll_health **out, const struct config *config,
                    struct queue_producer *producer, struct poller *const *pollers, size_t n,
                    struct err *err)
{
    CLEANUP(poll_health_freep) struct poll_health *health = calloc(1, sizeof *health);

    if (health == NULL)
        return err_nomem(err);
    pthread_mutex_init(&health->lock, NULL);
    health->config = config;
    health->producer = producer;
    health->pollers = pollers;
    health->n = n;
    health->started_unix_ms = clock_unix_ms();
    const struct redis_options options = {
        .url = config->redis_url,
        .ca_file = config->redis_ca_file[0] != '\0' ? config->redis_ca_file : NULL,
        .timeout_ms = PROBE_TIMEOUT_MS};
    int r = redis_new(&health->redis, &options, err);
    if (r < 0)
        return r;
    *out = STEAL(health);
    return 0;
}

void poll_health_free(struct poll_health *health)
{
    if (health == NULL)
        return;
    redis_free(health->redis);
    pthread_mutex_destroy(&health->lock);
    free(health);
}

static void get_health(void *context, const struct http_server_request *request,
                       struct http_server_reply *reply)
{
    (void)context;
    (void)request;
    buf_text(&reply->body,
             "{\"status\":\"ok\",\"role\":\"poll\",\"version\":\"" PLUMB_VERSION "\"}");
}

static void add_probe(struct json *checks, const char *name, struct probe *probe)
{
    struct json *check = json_object();

    json_set_bool(check, "ok", probe->ok);
    if (!probe->ok) {
        redact_err(&probe->err);
        json_set_text(check, "error", probe->err.text);
    }
    json_set_give(checks, name, check);
}

static void probe_all(struct poll_health *health)
{
    int64_t now_ms = clock_mono_ms();

    if (health->probed_at_ms != 0 && now_ms - health->probed_at_ms < PROBE_EVERY_MS)
        return;
    health->redis_probe.ok = redis_ping(health->redis, &health->redis_probe.err) == 0;
    health->kafka_probe.ok =
        queue_producer_ping(health->producer, PROBE_TIMEOUT_MS, &health->kafka_probe.err) == 0;
    health->probed_at_ms = clock_mono_ms();
}

static void get_ready(void *context, const struct http_server_request *request,
                      struct http_server_reply *reply)
{
    struct poll_health *health = context;
    CLEANUP(json_freep) struct json *body = json_object();
    struct json *checks = json_object();

    (void)request;
    pthread_mutex_lock(&health->lock);
    probe_all(health);
    bool ready = health->redis_probe.ok && health->kafka_probe.ok;
    add_probe(checks, "redis", &health->redis_probe);
    add_probe(checks, "kafka", &health->kafka_probe);
    pthread_mutex_unlock(&health->lock);

    reply->status = ready ? 200 : 503;
    json_set_bool(body, "ready", ready);
    json_set_give(body, "checks", checks);
    json_write(body, JSON_COMPACT, &reply->body);
}

static struct json *source_json(struct poller *poller)
{
    struct json *source = json_object();
    struct poller_status status;
    char at[CLOCK_RFC3339_BYTES];

    poller_status(poller, &status);
    clock_format_rfc3339(status.polled_unix_ms, at);
    json_set_text(source, "source", status.source);
    json_set_bool(source, "leads", status.leads);
    json_set_text(source, "last_polled", status.polled_unix_ms > 0 ? at : NULL);
    json_set_int(source, "items", status.items);
    json_set_int(source, "refused", status.refused);
    json_set_int(source, "failures", status.failures);
    json_set_text(source, "error", status.error[0] != '\0' ? status.error : NULL);
    return source;
}

static void get_status(void *context, const struct http_server_request *request,
                       struct http_server_reply *reply)
{
    struct poll_health *health = context;
    CLEANUP(json_freep) struct json *body = json_object();
    struct json *sources = json_array();
    char at[CLOCK_RFC3339_BYTES];

    (void)request;
    clock_format_rfc3339(health->started_unix_ms, at);
    json_set_text(body, "role", "poll");
    json_set_text(body, "version", PLUMB_VERSION);
    json_set_text(body, "started", at);
    json_set_int(body, "poll_interval_seconds", health->config->poll_interval_seconds);
    for (size_t i = 0; i < health->n; i++)
        json_push_give(sources, source_json(health->pollers[i]));
    json_set_give(body, "sources", sources);
    json_write(body, JSON_COMPACT, &reply->body);
}

void poll_health_routes(struct poll_health *health,
                        struct http_server_route out[POLL_HEALTH_ROUTES])
{
    out[0] = (struct http_server_route){"GET", "/health", get_health, health};
    out[1] = (struct http_server_route){"GET", "/ready", get_ready, health};
    out[2] = (struct http_server_route){"GET", "/status", get_status, health};
    out[3] = (struct http_server_route){"GET", "/metrics", role_http_metrics, health};
}
