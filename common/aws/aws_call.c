#include "common/aws/aws_call.h"

#include <ctype.h>
#include <stdio.h>
#include <time.h>

#include "common/clock.h"
#include "common/json.h"

static void copy_code(const char *from, char out[AWS_CODE_BYTES])
{
    const char *hash = strchr(from, '#'); /* "prefix#Code", "Code:http://…" */
    size_t n = 0;

    for (from = hash != NULL ? hash + 1 : from; isalnum((unsigned char)*from); from++) {
        if (n + 1 < AWS_CODE_BYTES)
            out[n++] = *from;
    }
    out[n] = '\0';
}

void aws_error_code(const struct http_response *response, char out[AWS_CODE_BYTES])
{
    CLEANUP(json_freep) struct json *json = NULL;
    char header[256];
    const char *told = http_response_header(response, "x-amzn-errortype", header, sizeof header);
    const char *xml = strstr(buf_str(&response->body), "<Code>");
    struct err err;

    out[0] = '\0';
    if (told != NULL) {
        copy_code(told, out);
    } else if (xml != NULL) {
        copy_code(xml + strlen("<Code>"), out);
    } else if (json_parse(&json, buf_str(&response->body), response->body.len, &err) == 0) {
        copy_code(json_get_text(json, "__type", json_get_text(json, "code", "")), out);
    }
}

bool aws_code_is_throttling(const char *code)
{
    static const char *const codes[] = {
        "ThrottlingException",      "Throttling",
        "ThrottledException",       "RequestThrottledException",
        "TooManyRequestsException", "RequestThrottled",
        "LimitExceededException",   "RequestLimitExceeded",
        "BandwidthLimitExceeded",   "SlowDown",
        "PriorRequestNotComplete",  "ProvisionedThroughputExceededException",
    };

    for (size_t i = 0; i < COUNT(codes); i++) {
        if (str_eq(codes[i], code))
            return true;
    }
    return false;
}

static bool is_expired(const char *code)
{
    static const char *const codes[] = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"};

    for (size_t i = 0; i < COUNT(codes); i++) {
        if (str_eq(codes[i], code))
            return true;
    }
    return false;
}

static bool is_skewed(const struct http_response *response, const char *code)
{
    return str_eq(code, "RequestTimeTooSkewed") ||
           (response->status == 403 &&
            (strstr(buf_str(&response->body), "Signature expired") != NULL ||
             strstr(buf_str(&response->body), "Signature not yet current") != NULL));
}

/* How far our clock is behind the answer's Date; false: it has none. */
static bool read_skew(const struct http_response *response, int64_t *out_ms)
{
    char text[64];
    struct tm when = {0};
    const char *date = http_response_header(response, "date", text, sizeof text);

    if (date == NULL || strptime(date, "%a, %d %b %Y %H:%M:%S GMT", &when) == NULL)
        return false;
    *out_ms = (int64_t)timegm(&when) * 1000 - clock_unix_ms();
    return true;
}

/* "scheme://host/path" in parts; the endpoint was checked. */
struct target {
    char scheme[8], host[AWS_HOST_BYTES];
    struct buf path;
};

static int aim(const struct aws_call *call, struct target *out, struct err *err)
{
    const char *host = strstr(call->endpoint, "://");
    size_t host_len;

    if (host == NULL)
        return err_set(err, ERR_REJECT, "an endpoint without a scheme");
    (void)snprintf(out->scheme, sizeof out->scheme, "%.*s", (int)(host - call->endpoint),
                   call->endpoint);
    host += strlen("://");
    host_len = strcspn(host, "/");
    if (host_len >= sizeof out->host)
        return err_set(err, ERR_REJECT, "an endpoint whose host is too long");
    (void)snprintf(out->host, sizeof out->host, "%.*s", (int)host_len, host);
    buf_text(&out->path, host + host_len);
    buf_text(&out->path, call->path);
    return buf_check(&out->path, err);
}

static int send(const struct aws_call *call, const struct target *target,
                const struct aws_keys *keys, int64_t unix_ms, struct http_response *out,
                struct err *err)
{
    const struct aws_request request = {
        .method = call->method,
        .scheme = target->scheme,
        .host = target->host,
        .path = buf_str(&target->path),
        .headers = call->headers,
        .n_headers = call->n_headers,
        .body = call->body,
        .body_len = call->body_len,
    };
    struct aws_signature signature;
    int r = aws_sign(&signature, &request, &call->scope, keys, unix_ms, err);

    if (r == 0) {
        const struct http_request wire = {
            .method = call->method,
            .url = buf_str(&signature.url),
            .headers = signature.headers,
            .n_headers = signature.n_headers,
            .body = call->body,
            .body_len = call->body_len,
            .max_body_bytes = call->max_body_bytes,
            .timeout_ms = call->timeout_ms,
            .silence_timeout_ms = call->silence_timeout_ms,
            .max_attempts = call->idempotent ? 0 : 1,
            .idempotent = call->idempotent,
            .secret_body = call->secret_body,
            .path_as_is = true,
        };
        r = http_send(call->http, &wire, out, err);
    }
    aws_signature_done(&signature);
    return r;
}

/* What was mended since the first try; each is mended once. */
struct mended {
    bool keys, clock;
    int64_t skew_ms;
};

/* One try; *again: it was refused for what is mended now. */
static int try_once(const struct aws_call *call, const struct target *target, struct mended *mended,
                    struct http_response *out, bool *again, struct err *err)
{
    struct aws_keys keys;
    char code[AWS_CODE_BYTES] = "";
    int r = aws_credentials_take(call->chain, clock_unix_ms(), &keys, err);

    *again = false;
    if (r < 0)
        return r;
    r = send(call, target, &keys, clock_unix_ms() + mended->skew_ms, out, err);
    if (r == 0 && out->status >= 400)
        aws_error_code(out, code);
    if (is_expired(code)) { /* the chain is told the second time too: the next call is to know */
        *again = aws_credentials_refused(call->chain, &keys) && !mended->keys;
        mended->keys = true;
    } else if (r == 0 && !mended->clock && is_skewed(out, code)) {
        *again = read_skew(out, &mended->skew_ms);
        mended->clock = true;
    }
    aws_keys_wipe(&keys);
    return r;
}

int aws_call(const struct aws_call *call, struct http_response *out, struct err *err)
{
    struct target target = {.path = BUF(AWS_URL_MAX_BYTES)};
    struct mended mended = {0};
    bool again = true;
    int r = aim(call, &target, err);

    *out = (struct http_response){0};
    while (r == 0 && again) { /* thrice at most */
        http_response_done(out);
        *out = (struct http_response){0};
        r = try_once(call, &target, &mended, out, &again, err);
    }
    buf_done(&target.path);
    return r;
}
