/* POST /v1/findings and /v1/drift; the story stands in intake.h. */
#include "producer/intake.h"

#include <stdio.h>
#include <strings.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/digest.h"
#include "common/fault.h"
#include "common/json.h"
#include "common/kafka/queue.h"
#include "common/log.h"
#include "common/metrics.h"
#include "producer/formats.h"
#include "producer/publish.h"
#include "proto/dead_letter.h"

#define TOLD_MAX 1000 /* refusals listed in one answer; all are counted */

struct intake {
    const struct config *config;
    struct queue_producer *producer;
};

/* One request. */
struct delivery {
    const struct intake *intake;
    struct queue_batch *batch;
    enum item_kind kind;
    char run_id[UUID_BYTES];
    int64_t now_unix_ms;
    int64_t n_accepted, n_refused;
    struct json *refused;
};

int intake_new(struct intake **out, const struct config *config, struct queue_producer *producer,
               struct err *err)
{
    struct intake *intake = calloc(1, sizeof *intake);

    if (intake == NULL)
        return err_nomem(err);
    *intake = (struct intake){config, producer};
    *out = intake;
    return 0;
}

void intake_free(struct intake *intake)
{
    free(intake);
}

static bool is_loopback(const char *address)
{
    return str_starts(address, "127.") || str_eq(address, "::1") || str_eq(address, "localhost");
}

bool intake_is_closed(const struct config *config)
{
    return config->intake_token[0] == '\0' && !is_loopback(config->http_address);
}

/* Hashes have one length, so nothing about the token shows in the time this takes. */
static bool same_secret(const char *a, const char *b)
{
    uint8_t hash_a[SHA256_BYTES], hash_b[SHA256_BYTES];

    sha256(a, strlen(a), hash_a);
    sha256(b, strlen(b), hash_b);
    return bytes_equal(hash_a, hash_b, sizeof hash_a);
}

static bool may_post(const struct intake *intake, const struct http_server_request *request)
{
    const char *token = intake->config->intake_token;
    const char *given = http_server_header(request, "Authorization");

    if (token[0] == '\0')
        return !intake_is_closed(intake->config);
    if (given == NULL || strncasecmp(given, "Bearer ", 7) != 0)
        return false;
    return same_secret(given + 7, token);
}

/* Absent is fine: the content decides. A form or a picture is a mistake of the sender. */
static bool is_known_type(const char *type)
{
    static const char *const known[] = {
        "application/json",   "application/x-ndjson",     "application/jsonl", "application/ndjson",
        "application/x-json", "application/octet-stream", "text/plain",        "text/json"};

    if (type == NULL || type[0] == '\0')
        return true;
    size_t len = strcspn(type, "; \t");
    for (size_t i = 0; i < COUNT(known); i++) {
        if (strlen(known[i]) == len && strncasecmp(known[i], type, len) == 0)
            return true;
    }
    return len > 5 && strncasecmp(type + len - 5, "+json", 5) == 0; /* application/sarif+json */
}

static char *repository_for(void *context, const char *resource)
{
    return config_repository_for(context, resource);
}

static int refuse(void *context, const char *bytes, size_t len, const char *why, struct err *err)
{
    struct delivery *delivery = context;
    const struct publish_origin origin = {.stage = "intake",
                                          .source = "intake",
                                          .run_id = delivery->run_id,
                                          .kind = delivery->kind,
                                          .now_unix_ms = delivery->now_unix_ms};
    int r =
        publish_refused(delivery->intake->producer, delivery->batch, &origin, bytes, len, why, err);

    if (r < 0)
        return r;
    if (delivery->n_refused < TOLD_MAX) {
        struct json *told = json_object();
        json_set_int(told, "index", delivery->n_accepted + delivery->n_refused);
        json_set_text(told, "error", why);
        json_push_give(delivery->refused, told);
    }
    delivery->n_refused++;
    return 0;
}

static int emit(void *context, const struct item *item, struct err *err)
{
    struct delivery *delivery = context;
    struct err why = {0};
    int r = publish_item(delivery->intake->producer, delivery->batch, item, delivery->now_unix_ms,
                         &why);

    if (r == ERR_REJECT) {
        CLEANUP(json_freep) struct json *record = item_to_json(item);
        CLEANUP(buf_done) struct buf text = BUF(DEAD_LETTER_VALUE_MAX);

        json_write(record, JSON_COMPACT, &text);
        return refuse(delivery, buf_str(&text), text.len, why.text, err);
    }
    if (r < 0)
        return *err = why, r;
    delivery->n_accepted++;
    return 0;
}

static int deliver(struct delivery *delivery, const struct http_server_request *request,
                   struct err *err)
{
    const struct config *config = delivery->intake->config;
    const struct format_options options = {
        .tenant = config->tenant,
        .run_id = delivery->run_id,
        .repository = http_server_query(request, "repository"),
        .repository_for = repository_for,
        .repository_context = (void *)(uintptr_t)config,
        .kind = delivery->kind,
        .now_unix_ms = delivery->now_unix_ms,
    };
    struct err later = {0};
    int r = queue_batch_new(&delivery->batch, err);

    if (r < 0)
        return r;
    r = format_read(delivery->kind == ITEM_DRIFT ? FORMAT_LINES : FORMAT_UNKNOWN, request->body,
                    request->body_len, &options, emit, refuse, delivery, err);
    int w = queue_batch_wait(delivery->intake->producer, delivery->batch, &later);
    w = FAULT_REPLY("intake.acked", w, &later);
    queue_batch_free(delivery->batch);
    if (r == 0 && w < 0)
        *err = later;
    return r < 0 ? r : w;
}

static void answer(struct http_server_reply *reply, const struct delivery *delivery)
{
    CLEANUP(json_freep) struct json *body = json_object();

    reply->status = delivery->n_accepted == 0 && delivery->n_refused > 0 ? 400 : 202;
    json_set_int(body, "accepted", delivery->n_accepted);
    json_set_int(body, "refused_total", delivery->n_refused);
    json_set_give(body, "refused", json_copy(delivery->refused));
    json_set_text(body, "run_id", delivery->run_id);
    json_write(body, JSON_COMPACT, &reply->body);
}

static void handle(const struct intake *intake, enum item_kind kind,
                   const struct http_server_request *request, struct http_server_reply *reply)
{
    CLEANUP(json_freep) struct json *refused = json_array();
    struct delivery delivery = {
        .intake = intake, .kind = kind, .now_unix_ms = clock_unix_ms(), .refused = refused};
    struct err err = {0};

    if (!may_post(intake, request)) {
        http_server_refuse(reply, 401, "%s",
                           intake_is_closed(intake->config)
                               ? "the intake is closed: set INTAKE_TOKEN"
                               : "send Authorization: Bearer and the INTAKE_TOKEN");
        return;
    }
    if (!is_known_type(http_server_header(request, "Content-Type"))) {
        http_server_refuse(reply, 415, "send JSON with Content-Type: application/json");
        return;
    }
    random_uuid(delivery.run_id);
    int r = deliver(&delivery, request, &err);
    if (r == 0) {
        answer(reply, &delivery);
    } else if (r == ERR_REJECT) {
        http_server_refuse(reply, 400, "%s", err.text);
    } else {
        LOG_ERROR("intake.failed", LOG_TEXT("run", delivery.run_id), LOG_ERR(&err));
        http_server_refuse(reply, 503, "the queue is away: send it again later");
    }
}

static void count_answer(const struct http_server_reply *reply)
{
    char code[16];

    snprintf(code, sizeof code, "%d", reply->status);
    metric_count("plumb_intake_requests_total", code, 1);
}

static void post_findings(void *context, const struct http_server_request *request,
                          struct http_server_reply *reply)
{
    handle(context, ITEM_FINDING, request, reply);
    count_answer(reply);
}

static void post_drift(void *context, const struct http_server_request *request,
                       struct http_server_reply *reply)
{
    handle(context, ITEM_DRIFT, request, reply);
    count_answer(reply);
}

void intake_routes(struct intake *intake, struct http_server_route out[INTAKE_ROUTES])
{
    out[0] = (struct http_server_route){"POST", "/v1/findings", post_findings, intake};
    out[1] = (struct http_server_route){"POST", "/v1/drift", post_drift, intake};
}
