/*
 * libgit2's smart protocol over our own HTTP client, so that timeouts, TLS, proxies, CA files and
 * the guard against private addresses have one home.
 *
 *     listing   GET  base/info/refs?service=git-upload-pack
 *     exchange  POST base/git-upload-pack          (the same with git-receive-pack for a push)
 *
 * libgit2 writes a request and reads its answer: what it writes is collected, the first read sends
 * it, and the answer's body is pulled as libgit2 asks for it. The token is only said when the
 * remote answers 401, and only there: http.h follows no redirect to another host.
 */
#include "common/digest.h"
#include "common/http/http.h"
#include "common/secret/token_source.h"
#include "worker/git/git_internal.h"

#include <stdio.h>

#define UPLOAD_MAX_BYTES    ((size_t)64 * 1024 * 1024)
#define EXCHANGE_TIMEOUT_MS ((int64_t)10 * 60 * 1000)
#define URL_MAX_BYTES       ((size_t)8 * 1024)
#define TOKEN_MAX_BYTES     ((size_t)16 * 1024)
#define LIMIT_WAIT_MS       60000

struct subtransport {
    git_smart_subtransport parent; /* first: libgit2 hands this one back */
    struct git_mirror *mirror;
};

struct substream {
    git_smart_subtransport_stream parent;
    struct git_mirror *mirror;
    const char *service; /* "git-upload-pack" */
    bool is_listing;
    struct buf request;
    struct http_stream *answer; /* NULL until the first read */
};

/* Keeps the whole story: libgit2 carries a code and a short text only. */
static int give_up(struct git_mirror *mirror, int r, const struct err *err)
{
    mirror->failed = r;
    mirror->failure = *err;
    git_error_set_str(GIT_ERROR_NET, err->text);
    return -1;
}

static int print_url(const struct substream *stream, struct buf *out, struct err *err)
{
    buf_reset(out);
    buf_text(out, stream->mirror->base);
    if (stream->is_listing)
        buf_print(out, "/info/refs?service=%s", stream->service);
    else
        buf_print(out, "/%s", stream->service);
    return buf_check(out, err);
}

static int print_basic(const struct git_mirror *mirror, struct buf *out, struct err *err)
{
    CLEANUP(buf_done) struct buf plain = BUF(TOKEN_MAX_BYTES);

    buf_print(&plain, "%s:%s", mirror->username, mirror->token);
    buf_text(out, "Basic ");
    base64_encode(out, buf_str(&plain), plain.len);
    return buf_check(out, err);
}

static int send_request(struct substream *stream, int *out_status, struct err *err)
{
    CLEANUP(buf_done) struct buf url = BUF(URL_MAX_BYTES);
    CLEANUP(buf_done) struct buf basic = BUF(2 * TOKEN_MAX_BYTES);
    struct git_mirror *mirror = stream->mirror;
    struct http_header headers[4] = {{"Accept", "*/*"}};
    struct http_request request = {.headers = headers, .n_headers = 1, .idempotent = true};
    char type[64];
    int r = print_url(stream, &url, err);

    if (r < 0)
        return r;
    request.url = buf_str(&url);
    request.method = "GET";
    if (!stream->is_listing) {
        snprintf(type, sizeof type, "application/x-%s-request", stream->service);
        headers[request.n_headers++] = (struct http_header){"Content-Type", type};
        request.method = "POST";
        request.body = buf_str(&stream->request);
        request.body_len = stream->request.len;
        request.timeout_ms = EXCHANGE_TIMEOUT_MS;
    }
    if (mirror->is_authorised) {
        r = print_basic(mirror, &basic, err);
        if (r < 0)
            return r;
        headers[request.n_headers++] = (struct http_header){"Authorization", buf_str(&basic)};
    }
    /* Sending a push twice is harmless: it creates, and the second one is told that it exists. */
    return http_stream_open(mirror->options.http, &request, &stream->answer, out_status, err);
}

static int judge_status(const struct substream *stream, int status, struct err *err)
{
    bool is_push = str_eq(stream->service, "git-receive-pack");
    int r = http_stream_check(stream->answer, err);

    /* A limit that does not say for how long: it is no failure of the item's all the same. */
    if (r < 0 && status == 429 && err->retry_after_ms == 0)
        err->retry_after_ms = LIMIT_WAIT_MS;
    if (r < 0)
        return r;
    if (status == 200)
        return 0;
    if (status == 401 || status == 403 || status == 404)
        return err_set(err, ERR_REJECT, "repository %s not found, or the token may not %s it (%d)",
                       stream->mirror->name, is_push ? "write to" : "see", status);
    if (status >= 300 && status < 400)
        return err_set(err, ERR_REJECT,
                       "repository %s: redirected to another host (%d); configure its new address",
                       stream->mirror->name, status);
    return err_set(err, ERR_REJECT, "repository %s: HTTP %d", stream->mirror->name, status);
}

/* A login page or a plain file server also says 200. */
static int judge_type(const struct substream *stream, struct err *err)
{
    char wanted[64];
    char scratch[128];
    const char *type = http_stream_header(stream->answer, "content-type", scratch, sizeof scratch);

    snprintf(wanted, sizeof wanted, "application/x-%s-%s", stream->service,
             stream->is_listing ? "advertisement" : "result");
    if (type != NULL && str_starts(type, wanted))
        return 0;
    return err_set(err, ERR_REJECT, "%s is no git repository: the server answered with %s",
                   stream->mirror->url, type != NULL ? type : "no content type");
}

/* A renamed repository redirects its listing on the same host; the exchange goes there too. */
static int follow_rename(struct substream *stream, struct err *err)
{
    struct git_mirror *mirror = stream->mirror;
    const char *url = http_stream_url(stream->answer);
    const char *tail = strstr(url, "/info/refs?");

    if (tail == NULL)
        return 0;
    char *base = strndup(url, (size_t)(tail - url));
    if (base == NULL)
        return err_nomem(err);
    free(mirror->base);
    mirror->base = base;
    return 0;
}

/* The token to be said from now on. */
static int renew_token(struct git_mirror *mirror, struct err *err)
{
    const struct token_source *tokens = mirror->options.tokens;
    CLEANUP(buf_done) struct buf token = BUF(TOKEN_MAX_BYTES);

    if (tokens == NULL)
        return 0;
    token.secret = true;
    int r = tokens->take(tokens->context, mirror->name, &token, err);
    if (r < 0)
        return r;
    char *copy = strdup(buf_str(&token));
    if (copy == NULL)
        return err_nomem(err);
    if (mirror->token != NULL)
        explicit_bzero(mirror->token, strlen(mirror->token));
    free(mirror->token);
    mirror->token = copy;
    mirror->options.token = copy;
    return 0;
}

static bool has_another_token(const struct git_mirror *mirror)
{
    const struct token_source *tokens = mirror->options.tokens;

    return tokens != NULL && tokens->refused(tokens->context, mirror->name, mirror->token);
}

static int send_again(struct substream *stream, int *out_status, struct err *err)
{
    int r = renew_token(stream->mirror, err);

    if (r < 0)
        return r;
    http_stream_close(STEAL(stream->answer));
    return send_request(stream, out_status, err);
}

static int begin(struct substream *stream, struct err *err)
{
    struct git_mirror *mirror = stream->mirror;
    int status = 0;
    int r = send_request(stream, &status, err);

    if (r == 0 && status == 401 && !mirror->is_authorised &&
        (mirror->token[0] != '\0' || mirror->options.tokens != NULL)) {
        mirror->is_authorised = true;
        r = send_again(stream, &status, err);
    }
    if (r == 0 && status == 401 && mirror->is_authorised && has_another_token(mirror))
        r = send_again(stream, &status, err);
    if (r == 0)
        r = judge_status(stream, status, err);
    if (r == 0)
        r = judge_type(stream, err);
    if (r == 0 && stream->is_listing)
        r = follow_rename(stream, err);
    return r;
}

static int pull(struct substream *stream, char *bytes, size_t size, size_t *out_len,
                struct err *err)
{
    struct git_mirror *mirror = stream->mirror;
    const struct git_options *options = &mirror->options;
    int r = stream->answer == NULL ? begin(stream, err) : 0;

    if (r < 0)
        return r;
    if (options->should_stop != NULL && options->should_stop(options->stop_context))
        return err_set(err, ERR_RETRY, "stopped");
    r = http_stream_read(stream->answer, bytes, size, out_len, err);
    if (r < 0)
        return r;
    mirror->received_bytes += (int64_t)*out_len;
    if (options->max_bytes > 0 && mirror->received_bytes > options->max_bytes)
        return err_set(err, ERR_REJECT, "too large: %lld bytes came, %lld are allowed",
                       (long long)mirror->received_bytes, (long long)options->max_bytes);
    return 0;
}

static int on_read(git_smart_subtransport_stream *parent, char *bytes, size_t size, size_t *out_len)
{
    struct substream *stream = (struct substream *)parent;
    struct err err = {0};
    int r = pull(stream, bytes, size, out_len, &err);

    return r < 0 ? give_up(stream->mirror, r, &err) : 0;
}

static int on_write(git_smart_subtransport_stream *parent, const char *bytes, size_t len)
{
    struct substream *stream = (struct substream *)parent;
    struct err err = {0};

    buf_bytes(&stream->request, bytes, len);
    int r = buf_check(&stream->request, &err);
    return r < 0 ? give_up(stream->mirror, r, &err) : 0;
}

static void on_free(git_smart_subtransport_stream *parent)
{
    struct substream *stream = (struct substream *)parent;

    http_stream_close(stream->answer);
    buf_done(&stream->request);
    free(stream);
}

static int on_action(git_smart_subtransport_stream **out, git_smart_subtransport *parent,
                     const char *url, git_smart_service_t action)
{
    struct subtransport *transport = (struct subtransport *)parent;
    bool is_push = action == GIT_SERVICE_RECEIVEPACK_LS || action == GIT_SERVICE_RECEIVEPACK;
    struct substream *stream = calloc(1, sizeof *stream);

    (void)url; /* the mirror knows it, and where it was redirected to */
    if (stream == NULL) {
        git_error_set_oom();
        return -1;
    }
    stream->parent = (git_smart_subtransport_stream){
        .subtransport = parent, .read = on_read, .write = on_write, .free = on_free};
    stream->mirror = transport->mirror;
    stream->service = is_push ? "git-receive-pack" : "git-upload-pack";
    stream->is_listing =
        action == GIT_SERVICE_UPLOADPACK_LS || action == GIT_SERVICE_RECEIVEPACK_LS;
    stream->request = BUF(UPLOAD_MAX_BYTES);
    *out = &stream->parent;
    return 0;
}

static int on_close(git_smart_subtransport *parent)
{
    (void)parent;
    return 0;
}

static void on_transport_free(git_smart_subtransport *parent)
{
    free(parent);
}

static int new_subtransport(git_smart_subtransport **out, git_transport *owner, void *mirror)
{
    struct subtransport *transport = calloc(1, sizeof *transport);

    (void)owner;
    if (transport == NULL) {
        git_error_set_oom();
        return -1;
    }
    transport->parent =
        (git_smart_subtransport){.action = on_action, .close = on_close, .free = on_transport_free};
    transport->mirror = mirror;
    *out = &transport->parent;
    return 0;
}

int git_transport_over_http(git_transport **out, git_remote *owner, void *mirror)
{
    git_smart_subtransport_definition definition = {
        .callback = new_subtransport, .rpc = 1, .param = mirror};

    return git_transport_smart(out, owner, &definition);
}
