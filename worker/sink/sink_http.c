/* The sink's endpoints; the story stands in sink_http.h. */
#include "worker/sink/sink_http.h"

#include "common/clock.h"
#include "common/config.h"
#include "common/http/http_server.h"
#include "common/http/role_http.h"
#include "common/json.h"
#include "common/kafka/queue.h"
#include "common/stop.h"
#include "version.h"
#include "worker/sink/sink.h"

enum { READY_TIMEOUT_MS = 1000, LIMIT_DEFAULT = 10, LIMIT_MAX = 1000 };

static void ready(void *context, const struct http_server_request *request,
                  struct http_server_reply *reply)
{
    struct sink_status *status = context;
    struct err err;
    bool kafka = queue_producer_ping(status->producer, READY_TIMEOUT_MS, &err) == 0;
    bool writing = !atomic_load(&status->is_waiting);
    bool ok = kafka && writing && !stop_requested();

    (void)request;
    reply->status = ok ? 200 : 503;
    buf_print(&reply->body, "{\"ready\":%s,\"kafka\":%s,\"writing\":%s,\"stopping\":%s}\n",
              ok ? "true" : "false", kafka ? "true" : "false", writing ? "true" : "false",
              stop_requested() ? "true" : "false");
}

static void show_status(void *context, const struct http_server_request *request,
                        struct http_server_reply *reply)
{
    struct sink_status *status = context;
    CLEANUP(json_freep) struct json *json = json_object();

    (void)request;
    json_set_text(json, "role", "sink");
    json_set_text(json, "version", PLUMB_VERSION);
    json_set_int(json, "uptime_seconds", (clock_unix_ms() - status->started_unix_ms) / 1000);
    json_set_text(json, "audit_log", status->path);
    json_set_int(json, "seq", atomic_load(&status->seq));
    json_set_int(json, "stored", atomic_load(&status->stored));
    json_set_int(json, "duplicates", atomic_load(&status->duplicates));
    json_set_int(json, "rejected", atomic_load(&status->rejected));
    json_set_int(json, "lag", atomic_load(&status->lag));
    json_set_int(json, "assigned_partitions", atomic_load(&status->assigned));
    json_set_int(json, "stopped_partitions", atomic_load(&status->stopped_partitions));
    json_set_bool(json, "waiting", atomic_load(&status->is_waiting));
    json_set_bool(json, "stopping", stop_requested());
    json_write(json, JSON_PRETTY, &reply->body);
    buf_char(&reply->body, '\n');
}

/* Digits only: no sign, no space, no trailing text. */
static bool parse_limit(const char *text, size_t *out)
{
    size_t value = 0;

    if (text == NULL) {
        *out = LIMIT_DEFAULT;
        return true;
    }
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < '0' || *c > '9' || value > LIMIT_MAX)
            return false;
        value = 10 * value + (size_t)(*c - '0');
    }
    *out = value;
    return value >= 1 && value <= LIMIT_MAX;
}

static void history(void *context, const struct http_server_request *request,
                    struct http_server_reply *reply)
{
    struct sink_status *status = context;
    struct err err;
    size_t limit = 0;

    if (!parse_limit(http_server_query(request, "limit"), &limit)) {
        http_server_refuse(reply, 400, "limit must be a number from 1 to %d", LIMIT_MAX);
        return;
    }
    if (history_read(status->path, HISTORY_ALL, limit, &reply->body, &err) < 0)
        http_server_refuse(reply, 500, "%s", err.text);
}

int sink_http_start(struct http_server **out, struct sink_status *status,
                    const struct config *config, struct err *err)
{
    const struct http_server_options options = {.address = config->http_address,
                                                .port = (uint16_t)config->http_port};
    const struct http_server_route routes[] = {
        {"GET", "/drift/history", history, status},
        {"GET", "/health", role_http_health, NULL},
        {"GET", "/ready", ready, status},
        {"GET", "/status", show_status, status},
        {"GET", "/metrics", role_http_metrics, NULL},
    };

    return http_server_start(out, &options, routes, COUNT(routes), err);
}
