/* Requests to Vanta: budget, token, retries, pages; the story stands in vanta.h. */
#include "producer/sources/vanta.h"

#include <stdio.h>

#include "common/digest.h"
#include "common/http/http.h"
#include "common/json.h"
#include "common/log.h"
#include "common/redis/rate_limit.h"
#include "common/stop.h"

#define ATTEMPTS_MAX   6 /* of one request, 429 included */
#define WAIT_SLICE_MS  250
#define PAGES_MAX      1000
#define PAGE_SIZE      "100"
#define BACKOFF_MAX_MS 60000
#define PATH_MAX_BYTES 8192

static const int64_t per_minute[VANTA_CLASS_COUNT] = {
    [VANTA_OAUTH] = 5, [VANTA_MANAGEMENT] = 50, [VANTA_INTEGRATIONS] = 20};

int vanta_wait(const struct vanta *vanta, int64_t ms, struct err *err)
{
    const struct source_context *context = vanta->context;

    for (;;) {
        if (context->should_stop(context->stop_context))
            return err_set(err, ERR_RETRY, "stopped");
        if (ms <= 0)
            return 0;
        stop_wait(ms < WAIT_SLICE_MS ? ms : WAIT_SLICE_MS);
        ms -= WAIT_SLICE_MS;
    }
}

static struct rate_bucket bucket_of(const struct vanta *vanta, enum vanta_class class)
{
    return (struct rate_bucket){.scope = vanta->scopes[class],
                                .capacity = per_minute[class],
                                .refill = per_minute[class],
                                .period_ms = 60000};
}

int vanta_take(const struct vanta *vanta, enum vanta_class class, struct err *err)
{
    const struct rate_bucket bucket = bucket_of(vanta, class);

    for (;;) {
        int64_t wait_ms = 0;
        int r = rate_limit_take(vanta->context->redis, &bucket, 1, &wait_ms, err);
        if (r < 0)
            return r;
        int w = vanta_wait(vanta, r == RATE_WAIT ? wait_ms : 0, err);
        if (w < 0 || r != RATE_WAIT)
            return w;
    }
}

static int64_t backoff_ms(int64_t first_ms, int attempt)
{
    int64_t most = first_ms << (attempt < 6 ? attempt : 6);
    uint32_t dice;

    random_bytes(&dice, sizeof dice);
    if (most > BACKOFF_MAX_MS)
        most = BACKOFF_MAX_MS;
    return most / 2 + dice % (most / 2 + 1);
}

int vanta_hold_back(const struct vanta *vanta, enum vanta_class class, int64_t asked_ms,
                    int attempt, struct err *err)
{
    const struct rate_bucket bucket = bucket_of(vanta, class);

    return rate_limit_pause(vanta->context->redis, &bucket,
                            asked_ms > 0 ? asked_ms : backoff_ms(1000, attempt), err);
}

static int send_get(const struct vanta *vanta, const char *path, const char *token,
                    struct http_response *out, struct err *err)
{
    CLEANUP(buf_done) struct buf url = BUF(PATH_MAX_BYTES);
    CLEANUP(buf_done) struct buf bearer = BUF(PATH_MAX_BYTES);

    buf_print(&url, "%s%s", vanta->base, path);
    buf_print(&bearer, "Bearer %s", token);
    if (url.too_long || bearer.too_long)
        return err_set(err, ERR_REJECT, "the URL or the token is too long");
    const struct http_header headers[] = {{"Authorization", buf_str(&bearer)},
                                          {"Accept", "application/json"}};
    /* One attempt: every request is paid from the shared budget, so the retries are ours. */
    const struct http_request request = {.method = "GET",
                                         .url = buf_str(&url),
                                         .headers = headers,
                                         .n_headers = COUNT(headers),
                                         .max_attempts = 1};
    return http_send(vanta->context->http, &request, out, err);
}

/* One request with one token. *out_status is 0 when no answer came. */
static int ask_once(const struct vanta *vanta, const char *path, const char *token,
                    struct json **out, int *out_status, struct err *err)
{
    struct http_response response = {0};
    struct err why = {0};
    int r = send_get(vanta, path, token, &response, err);

    *out_status = response.status;
    if (r == 0 && response.status == 200) {
        r = json_parse(out, buf_str(&response.body), response.body.len, &why);
        if (r == ERR_REJECT) /* the server's trouble, not ours: it may be well again soon */
            r = err_set(err, ERR_RETRY, "the answer is not JSON: %s", why.text);
        else if (r < 0)
            *err = why;
    } else if (r == 0) {
        r = err_set(err, ERR_REJECT, "HTTP %d: %.200s", response.status, buf_str(&response.body));
    }
    http_response_done(&response);
    return r;
}

int vanta_get(const struct vanta *vanta, enum vanta_class class, const char *path,
              struct json **out, struct err *err)
{
    bool was_refused = false;

    for (int attempt = 0;; attempt++) {
        CLEANUP(buf_done) struct buf token = BUF(PATH_MAX_BYTES);
        int status = 0;
        int r = vanta_token(vanta, &token, err);
        if (r == 0)
            r = vanta_take(vanta, class, err);
        if (r < 0)
            return r;

        r = ask_once(vanta, path, buf_str(&token), out, &status, err);
        if (r == 0)
            return 0;
        if (status == 401 && !was_refused) {
            was_refused = true;
            r = vanta_token_refused(vanta, buf_str(&token), err);
            if (r < 0)
                return r;
            continue;
        }
        if (r != ERR_RETRY || attempt + 1 >= ATTEMPTS_MAX)
            return err_wrap(err, r, "vanta GET %.200s", path);

        int64_t asked_ms = err->retry_after_ms;
        if (status == 429)
            r = vanta_hold_back(vanta, class, asked_ms, attempt, err);
        else
            r = vanta_wait(vanta, asked_ms > 0 ? asked_ms : backoff_ms(250, attempt), err);
        if (r < 0)
            return r;
        err->retry_after_ms = 0;
    }
}

static int page_path(struct buf *out, const char *path, const char *cursor, struct err *err)
{
    buf_print(out, "%s%cpageSize=" PAGE_SIZE, path, strchr(path, '?') != NULL ? '&' : '?');
    if (cursor != NULL) {
        buf_text(out, "&pageCursor=");
        http_url_escape(out, cursor);
    }
    return buf_check(out, err);
}

static int each_of(const struct json *page, vanta_each_fn each, void *context, struct err *err)
{
    const struct json *data = json_find(page, "results.data");
    int r = 0;

    if (!json_is_array(data))
        return err_set(err, ERR_RETRY, "vanta: the answer has no results.data");
    for (size_t i = 0; i < json_count(data) && r == 0; i++)
        r = each(context, json_at(data, i), err);
    return r;
}

/* The cursor after this page, NULL at the end; the text is kept in seen. */
static int next_cursor(const struct json *page, struct json *seen, const char **out)
{
    const struct json *info = json_find(page, "results.pageInfo");
    const char *cursor = json_get_text(info, "endCursor", NULL);

    *out = NULL;
    if (!json_get_bool(info, "hasNextPage", false))
        return 0;
    if (cursor == NULL || json_get(seen, cursor) != NULL || json_count(seen) >= PAGES_MAX)
        return VANTA_INCOMPLETE;
    json_set_bool(seen, cursor, true);
    const struct json *ignored;
    json_member(seen, json_count(seen) - 1, out, &ignored);
    return 0;
}

int vanta_pages(const struct vanta *vanta, enum vanta_class class, const char *path,
                vanta_each_fn each, void *context, struct err *err)
{
    CLEANUP(json_freep) struct json *seen = json_object();
    const char *cursor = NULL;

    do {
        CLEANUP(buf_done) struct buf page_of = BUF(PATH_MAX_BYTES);
        CLEANUP(json_freep) struct json *page = NULL;
        int r = page_path(&page_of, path, cursor, err);
        if (r == 0)
            r = vanta_get(vanta, class, buf_str(&page_of), &page, err);
        if (r == 0)
            r = each_of(page, each, context, err);
        if (r == 0)
            r = next_cursor(page, seen, &cursor);
        if (r == VANTA_INCOMPLETE)
            LOG_ERROR("vanta.pages_repeat", LOG_TEXT("path", path),
                      LOG_INT("pages", (int64_t)json_count(seen) + 1));
        if (r != 0)
            return r;
    } while (cursor != NULL);
    return 0;
}
