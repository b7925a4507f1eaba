/*
 * Vanta's token: a fixed one (VANTA_API_TOKEN), or client credentials whose token all replicas
 * share.
 *
 * Asking for a token revokes the one before, so only the holder of the Redis lock asks; the others
 * wait for what it publishes. The token is published for its life less REFRESH_EARLY_MS: then it is
 * absent, and somebody refreshes.
 */
#include "producer/sources/vanta.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/http/http.h"
#include "common/json.h"
#include "common/text/redact.h"
#include "common/redis/source_state.h"

#define LOCK_MS          30000
#define LOCK_POLL_MS     250
#define LOCK_PATIENCE_MS 60000
#define REFRESH_EARLY_MS 60000
#define MINT_ATTEMPTS    3
#define BODY_MAX_BYTES   8192

static int token_body(const struct config *config, struct buf *out, struct err *err)
{
    CLEANUP(json_freep) struct json *body = json_object();

    json_set_text(body, "client_id", config->vanta_client_id);
    json_set_text(body, "client_secret", config->vanta_client_secret);
    json_set_text(body, "grant_type", "client_credentials");
    json_set_text(body, "scope", "vanta-api.all:read");
    json_write(body, JSON_COMPACT, out);
    return buf_check(out, err);
}

static int request_token(const struct vanta *vanta, struct http_response *out, struct err *err)
{
    CLEANUP(buf_done) struct buf body = BUF(BODY_MAX_BYTES);
    CLEANUP(buf_done) struct buf url = BUF(BODY_MAX_BYTES);
    const struct http_header headers[] = {{"Content-Type", "application/json"},
                                          {"Accept", "application/json"}};
    int r = token_body(vanta->context->config, &body, err);

    if (r < 0)
        return r;
    buf_print(&url, "%s/oauth/token", vanta->base);
    const struct http_request request = {.method = "POST",
                                         .url = buf_str(&url),
                                         .headers = headers,
                                         .n_headers = COUNT(headers),
                                         .body = buf_str(&body),
                                         .body_len = body.len,
                                         .max_attempts = 1};
    return http_send(vanta->context->http, &request, out, err);
}

static int read_token(const struct http_response *response, struct buf *out, int64_t *out_life_ms,
                      struct err *err)
{
    CLEANUP(json_freep) struct json *answer = NULL;
    struct err why = {0};

    if (response->status != 200 && response->status != 201)
        return err_set(err, ERR_REJECT,
                       "HTTP %d: check VANTA_CLIENT_ID, VANTA_CLIENT_SECRET and the application's "
                       "scopes: %.200s",
                       response->status, buf_str(&response->body));
    int r = json_parse(&answer, buf_str(&response->body), response->body.len, &why);
    if (r < 0)
        return err_set(err, ERR_RETRY, "the answer is not JSON: %s", why.text);
    const char *token = json_get_text(answer, "access_token", "");
    int64_t life_ms = json_get_int(answer, "expires_in", 3600) * 1000;
    if (token[0] == '\0' || life_ms <= 0 || life_ms > 86400000)
        return err_set(err, ERR_RETRY, "the answer has no usable access_token and expires_in");

    redact_register(token);
    buf_text(out, token);
    *out_life_ms = life_ms > 2 * REFRESH_EARLY_MS ? life_ms - REFRESH_EARLY_MS : life_ms / 2;
    return buf_check(out, err);
}

static int mint_once(const struct vanta *vanta, struct buf *out, int64_t *out_life_ms,
                     int *out_status, struct err *err)
{
    struct http_response response = {0};
    int r = vanta_take(vanta, VANTA_OAUTH, err);

    *out_status = 0;
    if (r < 0)
        return r;
    r = request_token(vanta, &response, err);
    *out_status = response.status;
    if (r == 0)
        r = read_token(&response, out, out_life_ms, err);
    http_response_done(&response);
    return r;
}

/* With the lock held. */
static int mint(const struct vanta *vanta, struct buf *out, struct err *err)
{
    int64_t life_ms = 0;
    int status = 0;
    int r = mint_once(vanta, out, &life_ms, &status, err);

    for (int attempt = 0; r == ERR_RETRY && attempt + 1 < MINT_ATTEMPTS; attempt++) {
        int64_t asked_ms = err->retry_after_ms;
        int w = status == 429 ? vanta_hold_back(vanta, VANTA_OAUTH, asked_ms, attempt, err)
                              : vanta_wait(vanta, 500 << attempt, err);
        if (w < 0)
            return w;
        buf_reset(out);
        r = mint_once(vanta, out, &life_ms, &status, err);
    }
    if (r < 0)
        return err_wrap(err, r, "vanta token");
    return shared_token_write(vanta->context->redis, vanta->provider, vanta->owner, buf_str(out),
                              life_ms, err);
}

static int shared(const struct vanta *vanta, struct buf *out, struct err *err)
{
    struct redis *redis = vanta->context->redis;
    int64_t give_up_at_ms = clock_mono_ms() + LOCK_PATIENCE_MS;

    for (;;) {
        int r = shared_token_read(redis, vanta->provider, out, err);
        if (r != TOKEN_ABSENT)
            return r;
        r = shared_token_lock(redis, vanta->provider, vanta->owner, LOCK_MS, err);
        if (r < 0)
            return r;
        if (r == 0) {
            /* Somebody may have published between our look and our lock. */
            r = shared_token_read(redis, vanta->provider, out, err);
            return r == TOKEN_ABSENT ? mint(vanta, out, err) : r;
        }
        if (clock_mono_ms() > give_up_at_ms)
            return err_set(err, ERR_RETRY,
                           "vanta token: another replica has been refreshing it "
                           "for a minute");
        r = vanta_wait(vanta, LOCK_POLL_MS, err);
        if (r < 0)
            return r;
    }
}

int vanta_token(const struct vanta *vanta, struct buf *out, struct err *err)
{
    const struct config *config = vanta->context->config;

    if (config->vanta_api_token[0] == '\0')
        return shared(vanta, out, err);
    buf_text(out, config->vanta_api_token);
    return buf_check(out, err);
}

int vanta_token_refused(const struct vanta *vanta, const char *token, struct err *err)
{
    if (vanta->context->config->vanta_api_token[0] != '\0')
        return err_set(err, ERR_REJECT,
                       "vanta: VANTA_API_TOKEN was refused (401): it has expired or was replaced");
    return shared_token_forget(vanta->context->redis, vanta->provider, token, err);
}
