/* The HTTP client's requests: attempts, waits and whole bodies. The story stands in http.h. */
#include "common/clock.h"
#include "common/http/http_hosts.h"
#include "common/http/http_internal.h"

#include <pthread.h>
#include <stdio.h>

#define DEFAULT_CONNECT_MS 5000
#define DEFAULT_TIMEOUT_MS 30000
#define DEFAULT_ATTEMPTS   3
#define PATIENCE_JITTER_MS 250 /* so that all who were told "5 s" do not come back together */

static pthread_once_t global_once = PTHREAD_ONCE_INIT;
static bool global_ok;

static void global_init(void)
{
    global_ok = curl_global_init(CURL_GLOBAL_ALL) == CURLE_OK;
}

static int64_t or_default(int64_t value, int64_t fallback)
{
    return value > 0 ? value : fallback;
}

static int copy_options(struct http *http, const struct http_options *options, struct err *err)
{
    http->options = *options;
    http->options.connect_timeout_ms = or_default(options->connect_timeout_ms, DEFAULT_CONNECT_MS);
    http->options.timeout_ms = or_default(options->timeout_ms, DEFAULT_TIMEOUT_MS);
    http->options.silence_timeout_ms = or_default(options->silence_timeout_ms, DEFAULT_TIMEOUT_MS);
    http->user_agent = strdup(options->user_agent);
    if (http->user_agent == NULL)
        return err_nomem(err);
    if (options->proxy != NULL && options->proxy[0] != '\0') {
        http->proxy = strdup(options->proxy);
        if (http->proxy == NULL)
            return err_nomem(err);
    }
    http->options.user_agent = http->user_agent;
    http->options.proxy = http->proxy;
    http->options.ca_file = NULL; /* it lives in http->ca */
    return 0;
}

int http_new(struct http **out, const struct http_options *options, struct err *err)
{
    CLEANUP(http_freep) struct http *http = NULL;
    const char *ca_file = options->ca_file;
    int r;

    assert(options->user_agent != NULL && options->user_agent[0] != '\0');
    pthread_once(&global_once, global_init);
    http = calloc(1, sizeof *http);
    if (http == NULL || !global_ok)
        return err_nomem(err);

    r = copy_options(http, options, err);
    if (r < 0)
        return r;
    r = http_ca_take(&http->ca, ca_file != NULL && ca_file[0] != '\0' ? ca_file : NULL, err);
    if (r < 0)
        return r;
    http->easy = curl_easy_init();
    http->multi = curl_multi_init();
    if (http->easy == NULL || http->multi == NULL)
        return err_nomem(err);
    *out = STEAL(http);
    return 0;
}

void http_free(struct http *http)
{
    if (http == NULL)
        return;
    curl_easy_cleanup(http->easy);
    curl_multi_cleanup(http->multi);
    http_ca_drop(http->ca);
    free(http->user_agent);
    free(http->proxy);
    free(http);
}

void http_response_done(struct http_response *response)
{
    if (response == NULL)
        return;
    buf_done(&response->body);
    buf_done(&response->headers);
    response->status = 0;
}

const char *http_response_header(const struct http_response *response, const char *name,
                                 char *scratch, size_t scratch_size)
{
    return http_headers_find(&response->headers, name, scratch, scratch_size);
}

static int read_body(struct http_stream *stream, struct buf *body, struct err *err)
{
    char piece[16 * 1024];
    size_t len;
    int r;

    do {
        r = http_stream_read(stream, piece, sizeof piece, &len, err);
        if (r < 0)
            break;
        buf_bytes(body, piece, len);
        r = buf_check(body, err);
        if (r < 0)
            r = err_wrap(err, r, "answer body");
    } while (r == 0 && len > 0);
    if (body->secret)
        explicit_bzero(piece, sizeof piece);
    return r;
}

/* One attempt: the whole answer in *out, whatever its status. */
static int attempt(struct http *http, const struct http_request *request, struct http_response *out,
                   struct err *err)
{
    CLEANUP(http_stream_closep) struct http_stream *stream = NULL;
    int status = 0;
    int r;

    out->status = 0;
    buf_reset(&out->body);
    buf_reset(&out->headers);
    r = http_stream_open(http, request, &stream, &status, err);
    if (r < 0)
        return r;

    out->status = status;
    buf_bytes(&out->headers, buf_str(http_stream_headers(stream)),
              http_stream_headers(stream)->len);
    r = buf_check(&out->headers, err);
    if (r < 0)
        return r;
    return read_body(stream, &out->body, err);
}

static int status_error(const struct http_request *request, const struct http_response *response,
                        struct err *err)
{
    struct http_url url;
    char who[sizeof url.host + 32];

    if (http_url_parse(request->url, &url, err) < 0) /* it was sent, so it parses */
        return ERR_REJECT;
    snprintf(who, sizeof who, "%.20s %s", request->method, url.host);
    return http_status_error(who, response->status, &response->headers, err);
}

/* May the same request go out again after this failure? */
static bool may_repeat(const struct http *http, const struct http_request *request,
                       const struct http_response *response)
{
    if (http_request_is_idempotent(request))
        return true;
    if (response->status == 0)
        return http->never_sent;
    return http_status_is_unprocessed(response->status);
}

static int64_t wait_before(int n, const struct err *err)
{
    if (err->retry_after_ms <= 0)
        return http_backoff_ms(n);
    return err->retry_after_ms + http_backoff_ms(0) % PATIENCE_JITTER_MS;
}

int http_send(struct http *http, const struct http_request *request, struct http_response *out,
              struct err *err)
{
    size_t max = request->max_body_bytes != 0 ? request->max_body_bytes : HTTP_BODY_MAX_BYTES;
    int attempts = request->max_attempts;
    struct err failure;

    if (attempts <= 0)
        attempts = http_request_is_idempotent(request) ? DEFAULT_ATTEMPTS : 1;
    *out = (struct http_response){.body = BUF(max), .headers = BUF(2 * HTTP_HEADERS_MAX_BYTES)};
    out->body.secret = request->secret_body;
    if (http->options.hosts != NULL)
        http_hosts_first_try(http->options.hosts, clock_mono_ms());

    for (int n = 0;; n++) {
        err->retry_after_ms = 0;
        err->is_failure = false;
        http->left_alone = false;
        int r = attempt(http, request, out, err);
        out->never_sent = http->never_sent;
        if (http->left_alone && n > 0) { /* since it failed: that is what is to be told */
            *err = failure;
            return ERR_RETRY;
        }
        if (r == 0 && !http_status_is_retryable(out->status))
            return 0;
        if (r == 0)
            r = status_error(request, out, err);
        if (r != ERR_RETRY || n + 1 >= attempts || !may_repeat(http, request, out))
            return r;

        failure = *err;
        int64_t wait_ms = wait_before(n, err);
        if (err->retry_after_ms > HTTP_WAIT_MAX_MS)
            return r;
        if (http->options.hosts != NULL &&
            !http_hosts_may_retry(http->options.hosts, clock_mono_ms()))
            return r;
        if (!http_wait(http, wait_ms))
            return err_set(err, ERR_RETRY, "%s: stopped", request->method);
    }
}
