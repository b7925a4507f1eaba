/* Signing; the story stands in aws_sign.h. */
#include "common/aws/aws_sign.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>
#include <time.h>

#include "common/digest.h"

#define ALGORITHM   "AWS4-HMAC-SHA256"
#define SCOPE_BYTES 256

void aws_keys_wipe(struct aws_keys *keys)
{
    explicit_bzero(keys, sizeof *keys);
}

void aws_path_escape(struct buf *out, const char *path)
{
    while (*path != '\0') {
        char one[2] = {*path++, '\0'};
        if (one[0] == '/')
            buf_char(out, '/');
        else
            http_url_escape(out, one);
    }
}

/* --- the query --- */

struct pair {
    struct buf name, value; /* encoded */
};

static int by_code_point(const void *a, const void *b)
{
    const struct pair *one = a, *other = b;
    int order = strcmp(buf_str(&one->name), buf_str(&other->name));

    return order != 0 ? order : strcmp(buf_str(&one->value), buf_str(&other->value));
}

static int write_query(const struct aws_request *request, struct buf *out, struct err *err)
{
    struct pair *pairs = calloc(request->n_query + 1, sizeof *pairs);
    int r = 0;

    if (pairs == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < request->n_query; i++) {
        pairs[i] = (struct pair){BUF(AWS_URL_MAX_BYTES), BUF(AWS_URL_MAX_BYTES)};
        http_url_escape(&pairs[i].name, request->query[i].name);
        http_url_escape(&pairs[i].value, request->query[i].value);
        if (r == 0)
            r = buf_check(&pairs[i].name, err);
        if (r == 0)
            r = buf_check(&pairs[i].value, err);
    }
    qsort(pairs, request->n_query, sizeof *pairs, by_code_point);
    for (size_t i = 0; i < request->n_query; i++) {
        buf_print(out, "%s%s=%s", i > 0 ? "&" : "", buf_str(&pairs[i].name),
                  buf_str(&pairs[i].value));
        buf_done(&pairs[i].name);
        buf_done(&pairs[i].value);
    }
    free(pairs);
    return r == 0 ? buf_check(out, err) : r;
}

/* --- headers --- */

static bool is_ours(const char *name)
{
    static const char *const names[] = {"host", "x-amz-date", "x-amz-security-token",
                                        "authorization", "x-amz-content-sha256"};

    for (size_t i = 0; i < COUNT(names); i++)
        if (strcasecmp(names[i], name) == 0)
            return true;
    return false;
}

static int by_name(const void *a, const void *b)
{
    return strcasecmp(((const struct http_header *)a)->name, ((const struct http_header *)b)->name);
}

static void add(struct aws_signature *out, const char *name, const char *value)
{
    out->headers[out->n_headers++] = (struct http_header){name, value};
}

static int collect_headers(struct aws_signature *out, const struct aws_request *request,
                           const struct aws_scope *scope, struct err *err)
{
    if (request->n_headers + 5 > AWS_HEADERS_MAX)
        return err_set(err, ERR_REJECT, "more than %d headers to sign", AWS_HEADERS_MAX - 5);
    for (size_t i = 0; i < request->n_headers; i++) {
        if (is_ours(request->headers[i].name))
            return err_set(err, ERR_REJECT, "header %s is made by the signer",
                           request->headers[i].name);
        add(out, request->headers[i].name, request->headers[i].value);
    }
    add(out, "Host", request->host);
    add(out, "X-Amz-Date", out->date);
    if (scope->is_s3)
        add(out, "X-Amz-Content-SHA256", out->body_hash);
    if (out->token != NULL)
        add(out, "X-Amz-Security-Token", out->token);
    qsort(out->headers, out->n_headers, sizeof out->headers[0], by_name);
    return 0;
}

static void write_lower(struct buf *out, const char *name)
{
    for (; *name != '\0'; name++)
        buf_char(out, (char)tolower((unsigned char)*name));
}

/* Without blanks at the ends, and one for several inside. */
static void write_trimmed(struct buf *out, const char *value)
{
    bool blank = false;

    for (; *value != '\0'; value++) {
        bool is_blank = *value == ' ' || *value == '\t';
        if (!is_blank && blank && out->bytes[out->len - 1] != ':')
            buf_char(out, ' ');
        if (!is_blank)
            buf_char(out, *value);
        blank = is_blank;
    }
}

static void write_signed_names(struct buf *out, const struct aws_signature *signature)
{
    for (size_t i = 0; i < signature->n_headers; i++) {
        if (i > 0)
            buf_char(out, ';');
        write_lower(out, signature->headers[i].name);
    }
}

/* --- the signature --- */

static int write_canonical(struct aws_signature *out, const struct aws_request *request,
                           const struct aws_scope *scope, const char *query, struct err *err)
{
    struct buf *text = &out->canonical;

    buf_print(text, "%s\n", request->method);
    if (scope->is_s3)
        buf_text(text, request->path);
    else
        aws_path_escape(text, request->path);
    buf_print(text, "\n%s\n", query);
    for (size_t i = 0; i < out->n_headers; i++) {
        write_lower(text, out->headers[i].name);
        buf_char(text, ':');
        write_trimmed(text, out->headers[i].value);
        buf_char(text, '\n');
    }
    buf_char(text, '\n');
    write_signed_names(text, out);
    buf_print(text, "\n%s", out->body_hash);
    return buf_check(text, err);
}

static void hmac_text(uint8_t key[SHA256_BYTES], const char *text)
{
    uint8_t next[SHA256_BYTES];

    hmac_sha256(key, SHA256_BYTES, text, strlen(text), next);
    memcpy(key, next, sizeof next);
    explicit_bzero(next, sizeof next);
}

static void sign_text(const char *text, const char *day, const struct aws_scope *scope,
                      const struct aws_keys *keys, char out[SHA256_HEX_BYTES])
{
    char first[AWS_SECRET_BYTES + 8];
    uint8_t key[SHA256_BYTES];

    int len = snprintf(first, sizeof first, "AWS4%s", keys->secret);
    hmac_sha256(first, (size_t)len, day, strlen(day), key);
    hmac_text(key, scope->region);
    hmac_text(key, scope->service);
    hmac_text(key, "aws4_request");
    hmac_text(key, text);
    hex_encode(key, sizeof key, out);
    explicit_bzero(first, sizeof first);
}

static int authorize(struct aws_signature *out, const struct aws_scope *scope,
                     const struct aws_keys *keys, struct err *err)
{
    char day[9], within[SCOPE_BYTES], hash[SHA256_HEX_BYTES], signature[SHA256_HEX_BYTES];
    char text[SCOPE_BYTES + 256];

    snprintf(day, sizeof day, "%.8s", out->date);
    if (snprintf(within, sizeof within, "%s/%s/%s/aws4_request", day, scope->region,
                 scope->service) >= (int)sizeof within)
        return err_set(err, ERR_REJECT, "region or service to sign for is too long");
    sha256_hex(out->canonical.bytes, out->canonical.len, hash);
    snprintf(text, sizeof text, ALGORITHM "\n%s\n%s\n%s", out->date, within, hash);
    sign_text(text, day, scope, keys, signature);

    buf_print(&out->authorization, ALGORITHM " Credential=%s/%s, SignedHeaders=", keys->key_id,
              within);
    write_signed_names(&out->authorization, out);
    buf_print(&out->authorization, ", Signature=%s", signature);
    return buf_check(&out->authorization, err);
}

static int fill(struct aws_signature *out, const struct aws_request *request,
                const struct aws_scope *scope, const struct aws_keys *keys, struct err *err)
{
    CLEANUP(buf_done) struct buf query = BUF(AWS_URL_MAX_BYTES);
    int r = write_query(request, &query, err);

    if (r == 0)
        r = collect_headers(out, request, scope, err);
    if (r == 0)
        r = write_canonical(out, request, scope, buf_str(&query), err);
    if (r == 0)
        r = authorize(out, scope, keys, err);
    if (r < 0)
        return r;
    buf_print(&out->url, "%s://%s%s%s%s", request->scheme, request->host, request->path,
              query.len > 0 ? "?" : "", buf_str(&query));
    add(out, "Authorization", buf_str(&out->authorization));
    return buf_check(&out->url, err);
}

int aws_sign(struct aws_signature *out, const struct aws_request *request,
             const struct aws_scope *scope, const struct aws_keys *keys, int64_t unix_ms,
             struct err *err)
{
    struct aws_signature signature = {.url = BUF(AWS_URL_MAX_BYTES),
                                      .canonical = BUF(AWS_CANONICAL_BYTES),
                                      .authorization = BUF(AWS_CANONICAL_BYTES)};
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm utc;

    gmtime_r(&seconds, &utc);
    strftime(signature.date, sizeof signature.date, "%Y%m%dT%H%M%SZ", &utc);
    sha256_hex(request->body, request->body_len, signature.body_hash);
    if (keys->token[0] != '\0') {
        signature.token = strdup(keys->token);
        if (signature.token == NULL)
            return err_nomem(err);
    }
    /* Headers point into the signature, so it is filled where it stays. */
    *out = signature;
    int r = fill(out, request, scope, keys, err);
    if (r < 0) {
        aws_signature_done(out);
        return err_wrap(err, r, "sign for %s", scope->service);
    }
    return 0;
}

void aws_signature_done(struct aws_signature *signature)
{
    buf_done(&signature->url);
    if (signature->canonical.bytes != NULL) /* the session's token stands in it */
        explicit_bzero(signature->canonical.bytes, signature->canonical.cap);
    buf_done(&signature->canonical);
    buf_done(&signature->authorization);
    if (signature->token != NULL)
        explicit_bzero(signature->token, strlen(signature->token));
    free(signature->token);
    signature->token = NULL;
    signature->n_headers = 0;
}
