/*
 * One exchange on the wire, pulled. curl pushes; the caller of http_stream_read pulls. Between them
 * stands one small buffer: when it is full the transfer is paused, so a slow reader slows the
 * server down instead of filling memory.
 *
 *     open:  easy handle -> multi, drive until the headers are there (redirects start over)
 *     read:  take from the buffer; empty -> unpause, drive until something is in it or all is over
 *
 * Driving is the only place that waits. It ends on progress, on the server's silence, on
 * should_stop, or on curl's own limits (connecting, the whole request).
 */
#include "common/clock.h"
#include "common/http/http_hosts.h"
#include "common/http/http_internal.h"

#include <ctype.h>
#include <stdio.h>

#define STREAM_BUFFER_BYTES ((size_t)4 * CURL_MAX_WRITE_SIZE)

struct http_stream {
    struct http *http;
    struct curl_slist *list;
    char origin[300]; /* "GET https://host:port", for error texts: a path or query may hold secrets
                       */
    char host[280];   /* "host:port" */
    bool is_probe;
    bool owes_report; /* of this exchange, to http->options.hosts */
    struct buf url;
    struct buf headers;
    size_t header_bytes; /* of all header blocks, informational ones included */
    char *bytes;         /* STREAM_BUFFER_BYTES, from start to end filled */
    size_t start, end;
    int status;
    bool added;       /* the easy handle is in the multi handle */
    bool has_headers; /* the final header block is complete */
    bool headers_too_long;
    bool paused;
    bool is_over;
    CURLcode result; /* once is_over */
    curl_off_t uploaded;
    int64_t active_at_ms; /* when the last byte moved */
    int64_t silence_ms;   /* given up so long after it */
    char why[CURL_ERROR_SIZE];
};

const char *http_stream_url(const struct http_stream *stream)
{
    return buf_str(&stream->url);
}

const struct buf *http_stream_headers(const struct http_stream *stream)
{
    return &stream->headers;
}

const char *http_stream_header(const struct http_stream *stream, const char *name, char *scratch,
                               size_t scratch_size)
{
    return http_headers_find(&stream->headers, name, scratch, scratch_size);
}

int http_stream_check(const struct http_stream *stream, struct err *err)
{
    if (!http_status_is_retryable(stream->status))
        return 0;
    return http_status_error(stream->origin, stream->status, &stream->headers, err);
}

/* --- what curl calls --- */

static size_t on_body(char *bytes, size_t size, size_t n, void *context)
{
    struct http_stream *stream = context;
    size_t len = size * n;

    if (stream->start == stream->end)
        stream->start = stream->end = 0;
    if (len > STREAM_BUFFER_BYTES - stream->end) {
        stream->paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    memcpy(stream->bytes + stream->end, bytes, len);
    stream->end += len;
    stream->active_at_ms = clock_mono_ms();
    return len;
}

static void keep_header(struct buf *headers, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);

    if (colon == NULL)
        return;
    for (const char *c = line; c < colon; c++)
        buf_char(headers, (char)tolower((unsigned char)*c));
    const char *value = colon + 1;
    const char *end = line + len;
    while (value < end && isspace((unsigned char)*value))
        value++;
    while (end > value && isspace((unsigned char)end[-1]))
        end--;
    buf_text(headers, ": ");
    buf_bytes(headers, value, (size_t)(end - value));
    buf_char(headers, '\n');
}

static size_t on_header(char *line, size_t size, size_t n, void *context)
{
    struct http_stream *stream = context;
    size_t len = size * n;

    stream->active_at_ms = clock_mono_ms();
    stream->header_bytes += len;
    if (stream->header_bytes > HTTP_HEADERS_MAX_BYTES) {
        stream->headers_too_long = true;
        return 0;
    }

    if (len > 5 && memcmp(line, "HTTP/", 5) == 0) {
        long status = 0;
        curl_easy_getinfo(stream->http->easy, CURLINFO_RESPONSE_CODE, &status);
        stream->status = (int)status;
        buf_reset(&stream->headers);
    } else if (len <= 2) { /* the empty line; after a 1xx the real answer still comes */
        stream->has_headers = stream->status >= 200;
    } else if (!stream->has_headers) { /* else a trailer */
        keep_header(&stream->headers, line, len);
    }
    return len;
}

/* --- driving --- */

static void note_end(struct http_stream *stream)
{
    int left;
    CURLMsg *message;

    while ((message = curl_multi_info_read(stream->http->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        stream->is_over = true;
        stream->result = message->data.result;
    }
}

static void note_upload(struct http_stream *stream)
{
    curl_off_t sent = 0;

    curl_easy_getinfo(stream->http->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    if (sent == stream->uploaded)
        return;
    stream->uploaded = sent;
    stream->active_at_ms = clock_mono_ms();
}

static bool has_news(const struct http_stream *stream, bool want_headers)
{
    return stream->is_over || (want_headers ? stream->has_headers : stream->end > stream->start);
}

/* Until the headers (or else the body's next bytes) are there, or the exchange is over. */
static int drive(struct http_stream *stream, bool want_headers, struct err *err)
{
    struct http *http = stream->http;

    stream->active_at_ms = clock_mono_ms();
    while (!has_news(stream, want_headers)) {
        int running;
        if (curl_multi_perform(http->multi, &running) != CURLM_OK)
            return err_nomem(err);
        note_end(stream);
        note_upload(stream);
        if (has_news(stream, want_headers))
            break;

        if (http_stopped(http))
            return err_set(err, ERR_RETRY, "%s: stopped", stream->origin);
        int64_t left = stream->active_at_ms + stream->silence_ms - clock_mono_ms();
        if (left <= 0)
            return err_set(err, ERR_RETRY, "%s: the server was silent for %lld ms", stream->origin,
                           (long long)stream->silence_ms);
        curl_multi_poll(http->multi, NULL, 0, (int)(left < HTTP_SLICE_MS ? left : HTTP_SLICE_MS),
                        NULL);
    }
    return 0;
}

/* The exchange ended with a curl error: whose problem is it? */
static int fail(struct http_stream *stream, struct err *err)
{
    struct http *http = stream->http;
    curl_off_t connect_us = 0;
    long sent = 0;

    curl_easy_getinfo(http->easy, CURLINFO_REQUEST_SIZE, &sent);
    curl_easy_getinfo(http->easy, CURLINFO_PRETRANSFER_TIME_T, &connect_us);
    http->never_sent = sent == 0 && connect_us == 0;
    if (stream->headers_too_long)
        return err_set(err, ERR_REJECT, "%s: answer headers over %zu bytes", stream->origin,
                       HTTP_HEADERS_MAX_BYTES);
    if (stream->result == CURLE_COULDNT_CONNECT && http->refused)
        return err_set(err, ERR_REJECT,
                       "%s: refused, the address is %s; only public addresses may be called",
                       stream->origin, http->refused_text);
    if (stream->result == CURLE_URL_MALFORMAT)
        return err_set(err, ERR_REJECT, "%s: bad URL", stream->origin);
    if (stream->result == CURLE_OUT_OF_MEMORY)
        return err_nomem(err);
    return err_set(err, ERR_RETRY, "%s: %s", stream->origin,
                   stream->why[0] != '\0' ? stream->why : curl_easy_strerror(stream->result));
}

/* What this says of the server, to all who talk to it: once for each exchange. Returns r. */
static int report(struct http_stream *stream, int r)
{
    if (stream->owes_report)
        http_hosts_report(stream->http->options.hosts, stream->host, clock_mono_ms(),
                          stream->is_probe, http_outcome(stream->http, r, stream->status));
    stream->owes_report = false;
    return r;
}

/* --- life --- */

static void leave(struct http_stream *stream)
{
    if (stream->added)
        curl_multi_remove_handle(stream->http->multi, stream->http->easy);
    stream->added = false;
    curl_easy_reset(stream->http->easy);
    curl_slist_free_all(stream->list);
    stream->list = NULL;
}

void http_stream_close(struct http_stream *stream)
{
    if (stream == NULL)
        return;
    /* It answered, and the rest of it was not wanted; stopped, it says nothing. */
    (void)report(stream, http_stopped(stream->http) ? ERR_RETRY : 0);
    leave(stream);
    stream->http->in_use = false;
    buf_done(&stream->url);
    buf_done(&stream->headers);
    if (stream->bytes != NULL) /* it may have held a secret */
        explicit_bzero(stream->bytes, STREAM_BUFFER_BYTES);
    free(stream->bytes);
    free(stream);
}

static int stream_new(struct http *http, const struct http_request *request,
                      struct http_stream **out, struct err *err)
{
    struct http_url parsed;
    int r = http_request_check(request, err);

    if (r < 0)
        return r;
    r = http_url_parse(request->url, &parsed, err);
    if (r < 0)
        return r;
    r = http_guard_literal(http, parsed.host, err);
    if (r < 0)
        return r;

    struct http_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return err_nomem(err);
    assert(!http->in_use); /* one exchange at a time per handle */
    http->in_use = true;
    stream->http = http;
    stream->silence_ms = request->silence_timeout_ms > 0 ? request->silence_timeout_ms
                                                         : http->options.silence_timeout_ms;
    stream->url = BUF(HTTP_URL_MAX_BYTES);
    stream->headers = BUF(2 * HTTP_HEADERS_MAX_BYTES); /* ": " and newline may add a little */
    snprintf(stream->origin, sizeof stream->origin, "%s %s://%s:%s", request->method, parsed.scheme,
             parsed.host, parsed.port);
    snprintf(stream->host, sizeof stream->host, "%s:%s", parsed.host, parsed.port);
    buf_text(&stream->url, request->url);
    stream->bytes = malloc(STREAM_BUFFER_BYTES);
    if (stream->bytes == NULL || stream->url.no_memory) {
        http_stream_close(stream);
        return err_nomem(err);
    }
    *out = stream;
    return 0;
}

/* Sends the request to stream->url and waits for the answer's headers. */
static int start(struct http_stream *stream, const struct http_request *request, struct err *err)
{
    struct http *http = stream->http;
    CURL *easy = http->easy;
    int r;

    stream->status = 0;
    stream->start = stream->end = 0;
    stream->has_headers = stream->paused = stream->is_over = false;
    stream->why[0] = '\0';
    http->refused = false;
    http->never_sent = false;
    r = http_setup(http, request, buf_str(&stream->url), &stream->list, err);
    if (r < 0)
        return r;
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, stream);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, stream);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, stream->why);

    if (curl_multi_add_handle(http->multi, easy) != CURLM_OK)
        return err_nomem(err);
    stream->added = true;
    r = drive(stream, true, err);
    if (r < 0)
        return r;
    if (stream->is_over && stream->result != CURLE_OK && !stream->has_headers)
        return fail(stream, err);
    if (!stream->has_headers)
        return err_set(err, ERR_RETRY, "%s: no HTTP answer", stream->origin);
    return buf_check(&stream->headers, err);
}

static int open_following(struct http_stream *stream, const struct http_request *request,
                          struct err *err)
{
    for (int followed = 0;; followed++) {
        int r = start(stream, request, err);

        if (r < 0)
            return r;
        r = http_redirect(request, stream->status, &stream->headers, &stream->url, err);
        if (r < 0)
            return err_wrap(err, r, "%s", stream->origin);
        if (r == HTTP_NO_REDIRECT)
            return 0;
        if (followed == HTTP_REDIRECTS_MAX)
            return err_set(err, ERR_REJECT, "%s: more than %d redirects", stream->origin,
                           HTTP_REDIRECTS_MAX);
        leave(stream);
    }
}

int http_stream_open(struct http *http, const struct http_request *request,
                     struct http_stream **out, int *out_status, struct err *err)
{
    CLEANUP(http_stream_closep) struct http_stream *stream = NULL;
    int r = stream_new(http, request, &stream, err);

    if (r < 0)
        return r;
    if (http_stopped(http)) /* before a byte is sent: what is not to be done is not begun */
        return err_set(err, ERR_RETRY, "%s: stopped", stream->origin);
    if (http->options.hosts != NULL) {
        http->never_sent = true;
        r = http_hosts_ask(http->options.hosts, stream->host, clock_mono_ms(), &stream->is_probe,
                           err);
        http->left_alone = r < 0;
        if (r < 0)
            return r;
        stream->owes_report = true;
    }
    r = open_following(stream, request, err);
    if (r < 0)
        return report(stream, r);
    *out_status = stream->status;
    *out = STEAL(stream);
    return 0;
}

int http_stream_read(struct http_stream *stream, void *bytes, size_t size, size_t *out_len,
                     struct err *err)
{
    if (stream->start == stream->end && stream->paused) {
        stream->paused = false;
        curl_easy_pause(stream->http->easy, CURLPAUSE_CONT);
    }
    if (stream->start == stream->end) {
        int r = drive(stream, false, err);
        if (r < 0)
            return report(stream, r);
    }

    size_t len = stream->end - stream->start;
    if (len == 0 && stream->result != CURLE_OK)
        return report(stream, fail(stream, err));
    if (len > size)
        len = size;
    memcpy(bytes, stream->bytes + stream->start, len);
    stream->start += len;
    *out_len = len;
    if (len == 0)
        (void)report(stream, 0);
    return 0;
}
