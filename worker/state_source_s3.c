/*
 * States in S3: one signed GET. Written from AWS's REST API reference (GetObject, "Virtual hosting
 * of buckets", "Permanent request redirection").
 *
 * A bucket that lives in another region answers 301 or 400 and names it in x-amz-bucket-region:
 * the request goes there once. Keys that S3 calls expired are fetched anew once.
 */
#include "worker/state_source.h"

#include <ctype.h>
#include <stdio.h>

#include "common/aws/aws_credentials.h"
#include "common/clock.h"
#include "common/http/http.h"
#include "worker/hcl/state/state.h"

#define BUCKET_BYTES 256
#define HOST_BYTES   512
#define REGION_BYTES 64
#define TRIES_MAX    3 /* the first, one in another region, one with new keys */

struct place {
    char bucket[BUCKET_BYTES];
    const char *key;
    char region[REGION_BYTES];
    char endpoint[HOST_BYTES]; /* a URL; "": AWS's own */
    char scheme[8], host[HOST_BYTES];
    struct buf path; /* encoded */
    char who[300];   /* for texts */
};

/* Regions go into host names, and may come from an answer. */
static bool is_region(const char *region)
{
    size_t len = strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return len > 0 && len < 33 && region[len] == '\0';
}

/* What may stand before ".s3." under the certificate *.s3.region.amazonaws.com. */
static bool is_host_label(const char *bucket)
{
    size_t len = strspn(bucket, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return len >= 3 && len <= 63 && bucket[len] == '\0' && bucket[0] != '-' &&
           bucket[len - 1] != '-';
}

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

static const char *first_of(const char *a, const char *b, const char *c)
{
    if (a != NULL)
        return a;
    return b != NULL ? b : c;
}

static int split(const struct state_fetch *fetch, struct place *out, struct err *err)
{
    const char *bucket = fetch->location + 5;
    const char *key = strchr(bucket, '/');
    const char *region =
        first_of(fetch->source->region, variable("AWS_REGION"), variable("AWS_DEFAULT_REGION"));
    const char *endpoint = first_of(fetch->source->endpoint, variable("AWS_ENDPOINT_URL_S3"),
                                    variable("AWS_ENDPOINT_URL"));

    if (key == NULL || key[1] == '\0' || (size_t)(key - bucket) >= sizeof out->bucket)
        return err_set(err, ERR_REJECT, "%s: no bucket and key", fetch->location);
    memcpy(out->bucket, bucket, (size_t)(key - bucket));
    out->bucket[key - bucket] = '\0';
    out->key = key + 1;
    if (region == NULL)
        region = "us-east-1";
    if (!is_region(region) || !str_copy(out->region, sizeof out->region, region))
        return err_set(err, ERR_REJECT, "\"%.64s\" is no AWS region", region);
    if (!str_copy(out->endpoint, sizeof out->endpoint, endpoint != NULL ? endpoint : ""))
        return err_set(err, ERR_REJECT, "the S3 endpoint is too long");
    snprintf(out->who, sizeof out->who, "%.280s", fetch->location);
    return out->endpoint[0] != '\0' ? http_url_check(out->endpoint, err) : 0;
}

/* Where the request goes, for the region that is known now. */
static int aim(struct place *place, struct err *err)
{
    bool virtual_host = place->endpoint[0] == '\0' && is_host_label(place->bucket);
    int n;

    buf_reset(&place->path);
    if (place->endpoint[0] != '\0') {
        const char *host = strstr(place->endpoint, "://") + 3;
        size_t host_len = strcspn(host, "/?#");
        size_t rest = strlen(host + host_len);
        while (rest > 0 && host[host_len + rest - 1] == '/')
            rest--;
        snprintf(place->scheme, sizeof place->scheme, "%.*s", (int)(host - 3 - place->endpoint),
                 place->endpoint);
        n = snprintf(place->host, sizeof place->host, "%.*s", (int)host_len, host);
        buf_bytes(&place->path, host + host_len, rest);
    } else {
        snprintf(place->scheme, sizeof place->scheme, "https");
        n = snprintf(place->host, sizeof place->host, "%s%ss3.%s.amazonaws.com%s",
                     virtual_host ? place->bucket : "", virtual_host ? "." : "", place->region,
                     str_starts(place->region, "cn-") ? ".cn" : "");
    }
    if (!virtual_host) {
        buf_char(&place->path, '/');
        aws_path_escape(&place->path, place->bucket);
    }
    buf_char(&place->path, '/');
    aws_path_escape(&place->path, place->key);
    if (n >= (int)sizeof place->host)
        return err_set(err, ERR_REJECT, "%s: its host name is too long", place->who);
    return buf_check(&place->path, err);
}

static int send(const struct state_fetch *fetch, const struct place *place,
                const struct aws_keys *keys, struct http_response *out, struct err *err)
{
    struct http_header match = {"If-None-Match", fetch->etag};
    struct aws_request request = {.method = "GET",
                                  .scheme = place->scheme,
                                  .host = place->host,
                                  .path = buf_str(&place->path),
                                  .headers = &match,
                                  .n_headers = fetch->etag[0] != '\0' ? 1 : 0,
                                  .body = ""};
    struct aws_scope scope = {.region = place->region, .service = "s3", .is_s3 = true};
    struct aws_signature signature;
    int r = aws_sign(&signature, &request, &scope, keys, clock_unix_ms(), err);

    if (r < 0)
        return r;
    struct http_request http = {.method = "GET",
                                .url = buf_str(&signature.url),
                                .headers = signature.headers,
                                .n_headers = signature.n_headers,
                                .max_body_bytes = HCL_STATE_MAX_BYTES,
                                .secret_body = true,
                                .path_as_is = true};
    r = http_send(fetch->http, &http, out, err);
    aws_signature_done(&signature);
    return r;
}

/* <Code>…</Code> of an error's XML: letters alone, since it goes into a text. */
static void error_code(const struct http_response *response, char out[64])
{
    const char *at = strstr(buf_str(&response->body), "<Code>");
    size_t n = 0;

    for (at = at != NULL ? at + 6 : ""; isalnum((unsigned char)*at) && n < 63; at++)
        out[n++] = *at;
    out[n] = '\0';
}

/* The bucket's own region when the answer says that it is another one. */
static bool other_region(const struct http_response *response, struct place *place)
{
    char region[REGION_BYTES];
    const char *told = http_response_header(response, "x-amz-bucket-region", region, sizeof region);

    if (response->status != 301 && response->status != 307 && response->status != 400)
        return false;
    if (told == NULL || !is_region(told) || str_eq(told, place->region))
        return false;
    return str_copy(place->region, sizeof place->region, told);
}

static int judge(const struct place *place, const struct http_response *response, const char *code,
                 struct err *err)
{
    if (str_eq(code, "RequestTimeTooSkewed"))
        return err_set(err, ERR_REJECT, "%s: this machine's clock is wrong (RequestTimeTooSkewed)",
                       place->who);
    if (response->status == 403)
        return err_set(
            err, ERR_REJECT,
            "%s: access is refused (HTTP 403 %s): s3:GetObject on the key is needed, and "
            "kms:Decrypt where it is encrypted with a key of KMS",
            place->who, code);
    if (response->status == 400 && str_starts(code, "Throttl"))
        return err_set(err, ERR_RETRY, "%s: %s", place->who, code);
    if (response->status != 200 && response->status != 304 && code[0] != '\0')
        return err_set(err, ERR_REJECT, "%s: HTTP %d %s", place->who, response->status, code);
    return state_source_answer(place->who, response->status, err);
}

static bool is_expired(const char *code)
{
    return str_eq(code, "ExpiredToken") || str_eq(code, "ExpiredTokenException");
}

/* One try; *again: it is worth another. */
static int try_once(struct state_fetch *fetch, struct place *place, struct http_response *out,
                    bool *again, struct err *err)
{
    struct aws_keys keys;
    char code[64] = "";

    *again = false;
    int r = aim(place, err);
    if (r == 0)
        r = aws_credentials_take(fetch->chain, clock_unix_ms(), &keys, err);
    if (r < 0)
        return err_wrap(err, r, "%s", place->who);
    r = send(fetch, place, &keys, out, err);
    if (r == 0 && out->status != 200)
        error_code(out, code);
    if (r == 0 && is_expired(code))
        *again = aws_credentials_refused(fetch->chain, &keys);
    else if (r == 0)
        *again = other_region(out, place);
    aws_keys_wipe(&keys);
    return r < 0 ? err_wrap(err, r, "%s", place->who) : judge(place, out, code, err);
}

int state_source_fetch_s3(struct state_fetch *fetch, struct buf *out, struct err *err)
{
    struct place place = {.path = BUF(AWS_URL_MAX_BYTES)};
    struct http_response response = {0};
    char etag[STATE_ETAG_BYTES];
    bool again = true;
    int r = split(fetch, &place, err);

    for (int i = 0; r == 0 && again && i < TRIES_MAX; i++) {
        http_response_done(&response);
        struct err why;
        r = try_once(fetch, &place, &response, &again, &why);
        if (again && i + 1 < TRIES_MAX)
            r = 0;
        else if (r < 0)
            *err = why;
    }
    if (r == 0) {
        const char *tag = http_response_header(&response, "etag", etag, sizeof etag);
        (void)str_copy(fetch->etag, sizeof fetch->etag, tag != NULL ? tag : "");
        struct buf swap = *out;
        *out = response.body;
        response.body = swap;
    }
    http_response_done(&response);
    buf_done(&place.path);
    return r;
}
