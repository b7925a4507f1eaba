/*
 * The endpoints at which a cloud hands keys to its own machines: a container's (ECS, EKS Pod
 * Identity) and the instance's metadata, version 2. The only client that may call them.
 */
#include "common/aws/aws_credentials_internal.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/files.h"
#include "common/json.h"

#define ANSWER_MAX_BYTES     ((size_t)64 * 1024)
#define CONTAINER_HOST       "http://169.254.170.2"
#define CONTAINER_TIMEOUT_MS 2000
#define METADATA_URL         "http://169.254.169.254"
#define METADATA_PATH        "/latest/meta-data/iam/security-credentials/"
#define METADATA_TIMEOUT_MS  1000
#define TOKEN_BYTES          4096

static int open_http(struct aws_chain *chain, struct err *err)
{
    struct http_options options = {.user_agent = chain->user_agent,
                                   .connect_timeout_ms = METADATA_TIMEOUT_MS,
                                   .allow_private = true, /* judged by is_allowed */
                                   .allow_metadata = true};

    return chain->http != NULL ? 0 : http_new(&chain->http, &options, err);
}

/* {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}; "Code" is the instance's alone. */
static int read_keys(const struct buf *body, const char *who, struct aws_keys *out,
                     int64_t *out_expires_at, struct err *err)
{
    CLEANUP(json_freep) struct json *json = NULL;
    int r = json_parse(&json, buf_str(body), body->len, err);

    if (r < 0) /* jansson's text may quote what it read */
        return err_set(err, r, "%s: its answer is no JSON", who);
    const char *key_id = json_get_text(json, "AccessKeyId", "");
    const char *secret = json_get_text(json, "SecretAccessKey", "");
    const char *code = json_get_text(json, "Code", "Success");
    if (!str_eq(code, "Success") || key_id[0] == '\0' || secret[0] == '\0')
        return err_set(err, ERR_RETRY, "%s: it answers without keys (code %.40s)", who, code);
    if (!str_copy(out->key_id, sizeof out->key_id, key_id) ||
        !str_copy(out->secret, sizeof out->secret, secret) ||
        !str_copy(out->token, sizeof out->token, json_get_text(json, "Token", "")) ||
        !clock_parse_rfc3339(json_get_text(json, "Expiration", ""), out_expires_at))
        return err_set(err, ERR_RETRY, "%s: its answer cannot be read", who);
    return 0;
}

/* --- containers --- */

static bool is_allowed(const char *url)
{
    static const char *const hosts[] = {"127.0.0.1",     "localhost",      "[::1]",
                                        "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"};

    if (str_starts(url, "https://"))
        return true;
    for (size_t i = 0; i < COUNT(hosts); i++) {
        size_t len = strlen(hosts[i]);
        if (str_starts(url, "http://") && strncmp(url + 7, hosts[i], len) == 0 &&
            url[7 + len] != '\0' && strchr(":/?", url[7 + len]) != NULL)
            return true;
    }
    return false;
}

/* The token file is read anew each time: its owner replaces it. */
static int container_token(const struct aws_chain *chain, char out[TOKEN_BYTES], struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(TOKEN_BYTES - 1);
    const char *path = aws_variable(chain, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const char *token = aws_variable(chain, "AWS_CONTAINER_AUTHORIZATION_TOKEN");

    out[0] = '\0';
    text.secret = true;
    if (path != NULL) {
        int r = files_read(path, &text, err);
        if (r < 0)
            return err_wrap(err, r, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        while (text.len > 0 && strchr("\r\n", text.bytes[text.len - 1]) != NULL)
            text.bytes[--text.len] = '\0';
        token = buf_str(&text);
    }
    if (token != NULL && (!str_copy(out, TOKEN_BYTES, token) || strpbrk(out, "\r\n") != NULL))
        return err_set(err, ERR_REJECT, "the container's authorization token cannot be sent");
    return 0;
}

int aws_keys_of_container(struct aws_chain *chain, struct aws_keys *out, int64_t *out_expires_at,
                          struct err *err)
{
    const char *relative = aws_variable(chain, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *full = aws_variable(chain, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    struct http_response response = {0};
    char url[2048], token[TOKEN_BYTES];

    if (relative == NULL && full == NULL)
        return AWS_NOT_HERE;
    if (relative == NULL && !is_allowed(full))
        return err_set(err, ERR_REJECT,
                       "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor on a host that is "
                       "a container's own");
    if (snprintf(url, sizeof url, "%s%s", relative != NULL ? CONTAINER_HOST : "",
                 relative != NULL ? relative : full) >= (int)sizeof url ||
        (relative != NULL && relative[0] != '/'))
        return err_set(err, ERR_REJECT, "AWS_CONTAINER_CREDENTIALS_* is no path or URL");
    int r = open_http(chain, err);
    if (r == 0)
        r = container_token(chain, token, err);
    if (r < 0)
        return r;
    struct http_header headers[] = {{"Accept", "application/json"}, {"Authorization", token}};
    struct http_request request = {.method = "GET",
                                   .url = url,
                                   .headers = headers,
                                   .n_headers = token[0] != '\0' ? 2 : 1,
                                   .max_body_bytes = ANSWER_MAX_BYTES,
                                   .timeout_ms = CONTAINER_TIMEOUT_MS,
                                   .secret_body = true};
    r = http_send(chain->http, &request, &response, err);
    if (r == 0 && response.status != 200)
        r = err_set(err, ERR_RETRY, "HTTP %d", response.status);
    if (r == 0)
        r = read_keys(&response.body, "credentials", out, out_expires_at, err);
    http_response_done(&response);
    explicit_bzero(token, sizeof token);
    return r < 0 ? err_wrap(err, r, "AWS container endpoint") : 0;
}

/* --- instances --- */

static int ask_metadata(struct aws_chain *chain, const char *method, const char *path,
                        const struct http_header *header, struct http_response *out,
                        struct err *err)
{
    const char *base = aws_variable(chain, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
    char url[1024];

    if (base == NULL)
        base = METADATA_URL;
    size_t len = strlen(base);
    while (len > 0 && base[len - 1] == '/')
        len--;
    if (snprintf(url, sizeof url, "%.*s%s", (int)len, base, path) >= (int)sizeof url)
        return err_set(err, ERR_REJECT, "the metadata URL is too long");
    struct http_request request = {.method = method,
                                   .url = url,
                                   .headers = header,
                                   .n_headers = 1,
                                   .max_body_bytes = ANSWER_MAX_BYTES,
                                   .timeout_ms = METADATA_TIMEOUT_MS,
                                   .max_attempts = 1,
                                   .secret_body = true};
    int r = http_send(chain->http, &request, out, err);
    if (r == 0 && out->status != 200)
        r = err_set(err, ERR_RETRY, "HTTP %d", out->status);
    return r;
}

static bool take_line(const struct buf *body, char *out, size_t size)
{
    return str_copy(out, size, buf_str(body)) && out[strcspn(out, "\r\n")] == '\0' &&
           out[0] != '\0';
}

static int ask_all(struct aws_chain *chain, struct aws_keys *out, int64_t *out_expires_at,
                   struct err *err)
{
    const struct http_header ttl = {"X-aws-ec2-metadata-token-ttl-seconds", "21600"};
    struct http_response response = {0};
    char token[TOKEN_BYTES], role[256], path[512];
    struct http_header proof = {"X-aws-ec2-metadata-token", token};
    int r = ask_metadata(chain, "PUT", "/latest/api/token", &ttl, &response, err);

    if (r == 0 && !take_line(&response.body, token, sizeof token))
        r = err_set(err, ERR_RETRY, "its token is none");
    http_response_done(&response);
    if (r == 0)
        r = ask_metadata(chain, "GET", METADATA_PATH, &proof, &response, err);
    if (r == 0 && (!take_line(&response.body, role, sizeof role) || strpbrk(role, "/?#% ") != NULL))
        r = err_set(err, ERR_RETRY, "it names no role");
    http_response_done(&response);
    if (r == 0) {
        snprintf(path, sizeof path, METADATA_PATH "%s", role);
        r = ask_metadata(chain, "GET", path, &proof, &response, err);
    }
    if (r == 0)
        r = read_keys(&response.body, "credentials", out, out_expires_at, err);
    http_response_done(&response);
    explicit_bzero(token, sizeof token);
    return r;
}

int aws_keys_of_metadata(struct aws_chain *chain, struct aws_keys *out, int64_t *out_expires_at,
                         struct err *err)
{
    const char *disabled = aws_variable(chain, "AWS_EC2_METADATA_DISABLED");

    if (disabled != NULL && (str_eq(disabled, "true") || str_eq(disabled, "TRUE")))
        return AWS_NOT_HERE;
    int r = open_http(chain, err);
    if (r < 0)
        return r;
    r = ask_all(chain, out, out_expires_at, err);
    if (r == 0)
        chain->from_metadata = true;
    /* Where it never answered this is no such machine, or its hop limit keeps containers out. */
    if (r == ERR_RETRY && !chain->from_metadata)
        return AWS_NOT_HERE;
    return r < 0 ? err_wrap(err, r, "AWS instance metadata") : 0;
}
