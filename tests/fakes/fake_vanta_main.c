/*
 * fake_vanta: a process that speaks Vanta's API on loopback.
 *
 *     fake_vanta --scenario FILE [--port-file FILE] [--rpm-oauth N] [--rpm-management N]
 *                [--rpm-integrations N] [--retry-after SECONDS]
 *
 * Holds what hurts in the real one: one token lives, a new one revokes it at once; 5, 50 and 20
 * requests a minute, then 429 (with Retry-After only if asked for); pages of 10; entities without
 * ARN; null members. Further faults: common_faults.h, and "duplicate_cursor".
 */
#include <getopt.h>
#include <stdio.h>
#include <strings.h>

#include "common/clock.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/json.h"
#include "tests/fakes/fake_vanta_internal.h"

static bool within_limit(struct limit *limit)
{
    int64_t now_ms = clock_mono_ms();

    while (limit->n > 0 && limit->taken_at_ms[limit->first] <= now_ms - 60000) {
        limit->first = (limit->first + 1) % LIMIT_MAX;
        limit->n--;
    }
    if ((int64_t)limit->n >= limit->per_minute || limit->n == LIMIT_MAX) {
        limit->refused++;
        return false;
    }
    limit->taken_at_ms[(limit->first + limit->n++) % LIMIT_MAX] = now_ms;
    return true;
}

static void refuse_limited(const struct fake_vanta *vanta, struct fake_reply *reply)
{
    reply->status = 429;
    (void)str_copy(reply->content_type, sizeof reply->content_type, "text/plain");
    buf_text(&reply->body, "Too many requests");
    if (vanta->retry_after_seconds >= 0)
        fake_reply_header(reply, "Retry-After", "%lld", (long long)vanta->retry_after_seconds);
}

static void mint(struct fake_vanta *vanta, struct fake_reply *reply)
{
    int64_t life = json_get_int(vanta->scenario, "token_life_seconds", 3599);
    struct json *body = json_object();
    uint8_t bytes[16];
    char hex[33];

    random_bytes(bytes, sizeof bytes);
    hex_encode(bytes, sizeof bytes, hex);
    snprintf(vanta->token, sizeof vanta->token, "vat_%s", hex);
    vanta->token_ends_at_ms = clock_mono_ms() + life * 1000;
    vanta->minted++;
    json_set_text(body, "access_token", vanta->token);
    json_set_int(body, "expires_in", life);
    json_set_text(body, "token_type", "Bearer");
    fake_reply_json_give(reply, 200, body);
}

static bool knows_client(const struct fake_vanta *vanta, const struct json *asked)
{
    const char *id = json_get_text(vanta->scenario, "client_id", NULL);
    const char *secret = json_get_text(vanta->scenario, "client_secret", "");

    return id == NULL || (str_eq(json_get_text(asked, "client_id", ""), id) &&
                          str_eq(json_get_text(asked, "client_secret", ""), secret));
}

static void answer_token(struct fake_vanta *vanta, const struct fake_request *request,
                         struct fake_reply *reply)
{
    const char *type = fake_header(request, "Content-Type");
    CLEANUP(json_freep) struct json *asked = NULL;
    struct err err = {0};

    if (!within_limit(&vanta->limits[LIMIT_OAUTH]))
        refuse_limited(vanta, reply);
    else if (!str_eq(request->method, "POST"))
        fake_reply_error(reply, 405, "only POST here");
    else if (type == NULL || strncasecmp(type, "application/json", 16) != 0)
        fake_reply_error(reply, 415, "the body has to be JSON");
    else if (fake_header(request, "Authorization") != NULL)
        fake_reply_error(reply, 400, "no Authorization header here");
    else if (json_parse(&asked, request->body, request->body_len, &err) < 0)
        fake_reply_error(reply, 400, "%s", err.text);
    else if (!str_eq(json_get_text(asked, "grant_type", ""), "client_credentials"))
        fake_reply_error(reply, 400, "unsupported_grant_type");
    else if (!str_eq(json_get_text(asked, "scope", ""), "vanta-api.all:read"))
        fake_reply_error(reply, 400, "invalid_scope");
    else if (!knows_client(vanta, asked))
        fake_reply_error(reply, 401, "invalid_client");
    else
        mint(vanta, reply);
}

static bool is_authorized(const struct fake_vanta *vanta, const struct fake_request *request)
{
    const char *given = fake_header(request, "Authorization");
    const char *fixed = json_get_text(vanta->scenario, "api_token", NULL);

    if (given == NULL || !str_starts(given, "Bearer "))
        return false;
    if (fixed != NULL && str_eq(given + 7, fixed))
        return true;
    return vanta->token[0] != '\0' && str_eq(given + 7, vanta->token) &&
           clock_mono_ms() < vanta->token_ends_at_ms;
}

static void handle(void *context, const struct fake_request *request, struct fake_reply *reply)
{
    struct fake_vanta *vanta = context;
    enum limit_class class =
        str_starts(request->path, "/v1/integrations") ? LIMIT_INTEGRATIONS : LIMIT_MANAGEMENT;

    if (str_eq(request->path, "/_fake/flip")) {
        fake_vanta_flip(vanta, request, reply);
    } else if (str_eq(request->path, "/oauth/token")) {
        answer_token(vanta, request, reply);
    } else if (!within_limit(&vanta->limits[class])) {
        refuse_limited(vanta, reply);
    } else if (!is_authorized(vanta, request)) {
        vanta->unauthorized++;
        fake_reply_error(reply, 401, "the token is not valid");
    } else {
        fake_vanta_answer(vanta, request, reply);
    }
}

static struct json *state(void *context)
{
    static const char *const names[] = {"oauth", "management", "integrations"};
    struct fake_vanta *vanta = context;
    struct json *body = json_object();
    struct json *limited = json_object();

    json_set_int(body, "tokens_minted", vanta->minted);
    json_set_int(body, "unauthorized", vanta->unauthorized);
    for (size_t i = 0; i < LIMIT_COUNT; i++)
        json_set_int(limited, names[i], vanta->limits[i].refused);
    json_set_give(body, "limited", limited);
    return body;
}

static struct json *read_scenario(const char *path)
{
    CLEANUP(buf_done) struct buf text = BUF(FAKE_BODY_MAX);
    struct json *scenario = NULL;
    struct err err = {0};

    if (path == NULL) {
        fprintf(stderr, "fake_vanta: --scenario FILE is needed\n");
        return NULL;
    }
    if (files_read(path, &text, &err) < 0 ||
        json_parse(&scenario, buf_str(&text), text.len, &err) < 0)
        fprintf(stderr, "fake_vanta: %s: %s\n", path, err.text);
    return scenario;
}

int main(int argc, char **argv)
{
    static const struct option known[] = {
        {"scenario", required_argument, NULL, 's'},
        {"port-file", required_argument, NULL, 'p'},
        {"rpm-oauth", required_argument, NULL, 'o'},
        {"rpm-management", required_argument, NULL, 'm'},
        {"retry-after", required_argument, NULL, 'r'},
        {"rpm-integrations", required_argument, NULL, 'i'},
        {NULL, 0, NULL, 0},
    };
    static struct fake_vanta vanta = {.retry_after_seconds = -1};
    const char *scenario = NULL;
    const char *port_file = NULL;
    int c;

    vanta.limits[LIMIT_OAUTH].per_minute = 5;
    vanta.limits[LIMIT_MANAGEMENT].per_minute = 50;
    vanta.limits[LIMIT_INTEGRATIONS].per_minute = 20;
    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        int64_t number = optarg != NULL ? strtoll(optarg, NULL, 10) : 0;
        switch (c) {
        case 's':
            scenario = optarg;
            break;
        case 'p':
            port_file = optarg;
            break;
        case 'o':
            vanta.limits[LIMIT_OAUTH].per_minute = number;
            break;
        case 'm':
            vanta.limits[LIMIT_MANAGEMENT].per_minute = number;
            break;
        case 'i':
            vanta.limits[LIMIT_INTEGRATIONS].per_minute = number;
            break;
        case 'r':
            vanta.retry_after_seconds = number;
            break;
        default:
            return 2;
        }
    }
    vanta.scenario = read_scenario(scenario);
    if (vanta.scenario == NULL)
        return 2;
    const struct fake_options options = {
        .port_file = port_file, .handler = handle, .state = state, .context = &vanta};
    int r = fake_serve(&options);
    json_free(vanta.scenario);
    return r;
}
