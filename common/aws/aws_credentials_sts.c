/*
 * Web identity (EKS IRSA): a token that the cluster writes into a file, and replaces, is exchanged
 * for keys of a role. The request needs no signature: the token is the proof. Written from the STS
 * API reference, AssumeRoleWithWebIdentity.
 */
#include "common/aws/aws_credentials_internal.h"

#include <stdio.h>
#include <unistd.h>

#include "common/aws/aws_call.h"
#include "common/aws/aws_endpoint.h"
#include "common/clock.h"
#include "common/files.h"

#define ANSWER_MAX_BYTES ((size_t)64 * 1024)
#define TOKEN_MAX_BYTES  ((size_t)16 * 1024)
#define TIMEOUT_MS       10000

/* --- the answer: four elements of XML, and nothing else of it --- */

static const struct {
    const char *name;
    char text;
} entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};

static size_t take_entity(const char *at, char *out)
{
    for (size_t i = 0; i < COUNT(entities); i++) {
        if (str_starts(at, entities[i].name)) {
            *out = entities[i].text;
            return strlen(entities[i].name);
        }
    }
    return 0;
}

/* The text of <name>…</name>; false: it is not there once and whole, or does not fit. */
static bool read_element(const char *xml, const char *name, char *out, size_t size)
{
    char open[64], close[64];
    size_t n = 0;

    snprintf(open, sizeof open, "<%s>", name);
    snprintf(close, sizeof close, "</%s>", name);
    const char *at = strstr(xml, open);
    const char *end = at != NULL ? strstr(at, close) : NULL;
    if (end == NULL || strstr(end, open) != NULL)
        return false;
    at += strlen(open);
    while (at < end && n + 1 < size) {
        char c = *at;
        size_t len = c == '&' ? take_entity(at, &c) : 1;

        if (len == 0 || c == '<')
            return false;
        out[n++] = c;
        at += len;
    }
    out[n] = '\0';
    return at == end && n > 0;
}

static int read_keys(const struct buf *body, struct aws_keys *out, int64_t *out_expires_at,
                     struct err *err)
{
    const char *xml = buf_str(body);
    char expiration[64];

    if (!read_element(xml, "AccessKeyId", out->key_id, sizeof out->key_id) ||
        !read_element(xml, "SecretAccessKey", out->secret, sizeof out->secret) ||
        !read_element(xml, "SessionToken", out->token, sizeof out->token) ||
        !read_element(xml, "Expiration", expiration, sizeof expiration) ||
        !clock_parse_rfc3339(expiration, out_expires_at))
        return err_set(err, ERR_RETRY, "its answer has no keys that can be read");
    return 0;
}

/* --- the request --- */

/* Read anew for each request: the cluster replaces it. */
static int read_token(const char *path, struct buf *out, struct err *err)
{
    int r = files_read(path, out, err);

    while (r == 0 && out->len > 0 && strchr(" \t\r\n", out->bytes[out->len - 1]) != NULL)
        out->bytes[--out->len] = '\0';
    if (r == 0 && out->len == 0)
        r = err_set(err, ERR_RETRY, "%s is empty", path);
    return r < 0 ? err_wrap(err, ERR_RETRY, "AWS_WEB_IDENTITY_TOKEN_FILE") : 0;
}

static void write_form(struct buf *out, const char *role, const char *session, const char *token)
{
    buf_text(out, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=");
    http_url_escape(out, role);
    buf_text(out, "&RoleSessionName=");
    http_url_escape(out, session);
    buf_text(out, "&WebIdentityToken=");
    http_url_escape(out, token);
}

/* What STS refuses for good is a matter of the role's trust or of the cluster's issuer. */
static int judge(const struct http_response *response, const char *role, struct err *err)
{
    char code[AWS_CODE_BYTES];

    if (response->status == 200)
        return 0;
    aws_error_code(response, code);
    if (str_eq(code, "IDPCommunicationError") || aws_code_is_throttling(code) ||
        str_eq(code, "ExpiredTokenException")) /* the next token is on its way */
        return err_set(err, ERR_RETRY, "HTTP %d %s", response->status, code);
    return err_set(err, ERR_REJECT,
                   "HTTP %d %s: the role %.200s does not take this token; see its trust policy and "
                   "the cluster's OIDC provider",
                   response->status, code, role);
}

static int send(struct aws_chain *chain, const char *role, const struct buf *form,
                struct http_response *out, struct err *err)
{
    static const struct http_header headers[] = {
        {"Accept", "application/xml"},
        {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    const char *region = aws_variable(chain, "AWS_REGION");
    char endpoint[AWS_ENDPOINT_BYTES], url[AWS_ENDPOINT_BYTES + 2];

    if (region == NULL)
        region = aws_variable(chain, "AWS_DEFAULT_REGION");
    int r = aws_endpoint(endpoint, "STS", "sts", region != NULL ? region : "us-east-1",
                         chain->lookup, chain->lookup_context, err);
    if (r < 0)
        return r;
    snprintf(url, sizeof url, "%s/", endpoint);
    const struct http_request request = {.method = "POST",
                                         .url = url,
                                         .headers = headers,
                                         .n_headers = COUNT(headers),
                                         .body = form->bytes,
                                         .body_len = form->len,
                                         .max_body_bytes = ANSWER_MAX_BYTES,
                                         .timeout_ms = TIMEOUT_MS,
                                         .idempotent = true, /* more keys hurt nobody */
                                         .secret_body = true};
    r = http_send(chain->sts, &request, out, err);
    return r < 0 ? r : judge(out, role, err);
}

static int open_http(struct aws_chain *chain, struct err *err)
{
    struct http_options options = {.user_agent = chain->user_agent, .allow_private = true};

    return chain->sts != NULL ? 0 : http_new(&chain->sts, &options, err);
}

int aws_keys_of_web_identity(struct aws_chain *chain, struct aws_keys *out, int64_t *out_expires_at,
                             struct err *err)
{
    const char *path = aws_variable(chain, "AWS_WEB_IDENTITY_TOKEN_FILE");
    const char *role = aws_variable(chain, "AWS_ROLE_ARN");
    const char *session = aws_variable(chain, "AWS_ROLE_SESSION_NAME");
    CLEANUP(buf_done) struct buf token = BUF(TOKEN_MAX_BYTES);
    CLEANUP(buf_done) struct buf form = BUF(4 * TOKEN_MAX_BYTES);
    struct http_response response = {0};
    char made[40];

    if (path == NULL)
        return AWS_NOT_HERE;
    if (role == NULL)
        return err_set(err, ERR_REJECT,
                       "AWS_WEB_IDENTITY_TOKEN_FILE is set, and AWS_ROLE_ARN is not");
    token.secret = form.secret = true;
    snprintf(made, sizeof made, "plumbline-%ld", (long)getpid());
    int r = open_http(chain, err);
    if (r == 0)
        r = read_token(path, &token, err);
    if (r < 0)
        return r;
    write_form(&form, role, session != NULL ? session : made, buf_str(&token));
    r = buf_check(&form, err);
    if (r == 0)
        r = send(chain, role, &form, &response, err);
    if (r == 0)
        r = read_keys(&response.body, out, out_expires_at, err);
    http_response_done(&response);
    return r < 0 ? err_wrap(err, r, "AWS STS, web identity") : 0;
}
