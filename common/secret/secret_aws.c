/* AWS Secrets Manager, GetSecretValue; written from AWS's API reference. */
#include "common/secret/secret_inside.h"

#include "common/aws/aws_call.h"
#include "common/aws/aws_endpoint.h"
#include "common/digest.h"
#include "common/json.h"

#define ANSWER_MAX_BYTES ((size_t)256 * 1024)
#define TIMEOUT_MS       10000

/* SecretString, or SecretBinary in base64. */
static int read_value(struct secret *secret, const struct buf *body, struct buf *out,
                      struct err *err)
{
    CLEANUP(json_freep) struct json *json = NULL;
    CLEANUP(buf_done) struct buf decoded = BUF(ANSWER_MAX_BYTES);
    struct err why;

    decoded.secret = true;
    if (json_parse(&json, buf_str(body), body->len, &why) < 0)
        return err_set(err, ERR_RETRY, "its answer is no JSON");
    const char *text = json_get_text(json, "SecretString", NULL);
    const char *binary = json_get_text(json, "SecretBinary", NULL);
    if (text == NULL && binary != NULL &&
        base64_decode(&decoded, binary, strlen(binary), &why) == 0)
        text = buf_str(&decoded);
    if (text == NULL)
        return err_set(err, ERR_RETRY, "its answer has no value");
    if (secret->field[0] != '\0')
        return secret_member(secret, text, strlen(text), secret->field, out, err);
    buf_text(out, text);
    return 0;
}

static int judge(const struct http_response *response, struct err *err)
{
    char code[AWS_CODE_BYTES];

    if (response->status == 200)
        return 0;
    aws_error_code(response, code);
    if (response->status >= 500 || aws_code_is_throttling(code))
        return err_set(err, ERR_RETRY, "HTTP %d %s", response->status, code);
    if (str_eq(code, "AccessDeniedException"))
        return err_set(err, ERR_REJECT,
                       "access is refused: secretsmanager:GetSecretValue is "
                       "needed, and kms:Decrypt on its key");
    return err_set(err, ERR_REJECT, "HTTP %d %s", response->status, code);
}

static int fetch(struct secret *secret, struct buf *out, struct err *err)
{
    static const struct http_header headers[] = {{"Content-Type", "application/x-amz-json-1.1"},
                                                 {"X-Amz-Target", "secretsmanager.GetSecretValue"}};
    CLEANUP(json_freep) struct json *asked = json_object();
    CLEANUP(buf_done) struct buf body = BUF(4096);
    struct http_response response = {0};
    char endpoint[AWS_ENDPOINT_BYTES];

    if (secret->chain == NULL)
        return err_set(err, ERR_REJECT, "there are no AWS credentials");
    json_set_text(asked, "SecretId", secret->place);
    json_set_text(asked, "VersionStage", "AWSCURRENT");
    json_write(asked, JSON_COMPACT, &body);
    int r = aws_endpoint(endpoint, "SECRETS_MANAGER", "secretsmanager", secret->region,
                         secret->lookup, secret->lookup_context, err);
    if (r == 0)
        r = secret_http(secret, err);
    if (r < 0)
        return r;
    const struct aws_call call = {
        .chain = secret->chain,
        .http = secret->http,
        .endpoint = endpoint,
        .scope = {.region = secret->region, .service = "secretsmanager"},
        .method = "POST",
        .path = "/",
        .headers = headers,
        .n_headers = COUNT(headers),
        .body = body.bytes,
        .body_len = body.len,
        .max_body_bytes = ANSWER_MAX_BYTES,
        .timeout_ms = TIMEOUT_MS,
        .idempotent = true,
        .secret_body = true,
    };
    r = aws_call(&call, &response, err);
    if (r == 0)
        r = judge(&response, err);
    if (r == 0)
        r = read_value(secret, &response.body, out, err);
    http_response_done(&response);
    return r;
}

const struct secret_provider secret_aws = {"aws-secretsmanager", false, fetch};
