/* Asking; the story stands in llm.h. */
#include "worker/llm/llm_inside.h"

#include <stdio.h>

#include "common/aws/aws_call.h"
#include "common/aws/aws_endpoint.h"
#include "common/secret/token_source.h"

#define QUESTION_MAX_BYTES ((size_t)4 * 1024 * 1024)
#define BODY_MAX_BYTES     ((size_t)4 * 1024 * 1024) /* of an answer, all that is around it */

static const struct llm_ops *const all[] = {&llm_ops_bedrock, &llm_ops_converse, &llm_ops_anthropic,
                                            &llm_ops_openai};

static const struct llm_ops *find_ops(const char *provider)
{
    for (size_t i = 0; i < COUNT(all); i++) {
        if (str_eq(all[i]->provider, provider))
            return all[i];
    }
    return NULL;
}

static int set_url(struct llm *llm, const struct llm_options *options, struct err *err)
{
    const char *base = options->base_url;
    bool overridden = llm->ops->is_aws && aws_endpoint_override("BEDROCK_RUNTIME", NULL, NULL);

    if (overridden || (llm->ops->is_aws && base[0] == '\0'))
        return aws_endpoint(llm->url, "BEDROCK_RUNTIME", "bedrock-runtime", options->region, NULL,
                            NULL, err);
    if (base[0] == '\0' && llm->ops->default_url == NULL)
        return err_set(err, ERR_FATAL, "LLM_PROVIDER is %s: say where it is with LLM_BASE_URL",
                       llm->ops->provider);
    if (!str_copy(llm->url, sizeof llm->url, base[0] != '\0' ? base : llm->ops->default_url))
        return err_set(err, ERR_FATAL, "LLM_BASE_URL is longer than %d bytes", LLM_URL_BYTES - 1);
    /* Users of OpenAI's own libraries are used to give the version along. */
    if (str_starts(llm->ops->path, "/v1/") && str_ends(llm->url, "/v1"))
        llm->url[strlen(llm->url) - strlen("/v1")] = '\0';
    return 0;
}

int llm_new(struct llm **out, const struct llm_options *options, struct err *err)
{
    CLEANUP(llm_freep) struct llm *llm = calloc(1, sizeof *llm);

    if (llm == NULL)
        return err_nomem(err);
    llm->ops = find_ops(options->provider);
    if (llm->ops == NULL)
        return err_set(err, ERR_FATAL, "there is no LLM_PROVIDER \"%.40s\"", options->provider);
    if (!str_copy(llm->model, sizeof llm->model, options->model))
        return err_set(err, ERR_FATAL, "LLM_MODEL is longer than %d bytes", LLM_MODEL_BYTES - 1);
    if (llm->ops->is_aws && !aws_is_region(options->region))
        return err_set(err, ERR_FATAL, "LLM_PROVIDER is %s: set AWS_REGION", llm->ops->provider);
    if (llm->ops->is_aws && options->api_key == NULL && options->chain == NULL)
        return err_set(err, ERR_FATAL, "LLM_PROVIDER is %s, and there are no AWS credentials",
                       llm->ops->provider);
    (void)str_copy(llm->region, sizeof llm->region, options->region);
    llm->api_key = options->api_key;
    llm->chain = options->chain;
    llm->http = options->http;
    llm->timeout_ms = options->timeout_ms;
    int r = set_url(llm, options, err);
    if (r < 0)
        return ERR_FATAL;
    *out = STEAL(llm);
    return 0;
}

void llm_free(struct llm *llm)
{
    free(llm);
}

/* --- one request --- */

static int write_body(const struct llm *llm, const struct llm_question *question, struct buf *out,
                      struct err *err)
{
    CLEANUP(json_freep) struct json *body = json_object();

    llm->ops->write(llm, question, body);
    json_write(body, JSON_COMPACT, out);
    int r = buf_check(out, err);
    return r < 0 ? err_wrap(err, r, "question to the model") : 0;
}

static void write_path(const struct llm *llm, struct buf *out)
{
    const char *mark = strstr(llm->ops->path, "%s");

    if (mark == NULL) {
        buf_text(out, llm->ops->path);
        return;
    }
    buf_bytes(out, llm->ops->path, (size_t)(mark - llm->ops->path));
    http_url_escape(out, llm->model); /* an ARN's slashes too */
    buf_text(out, mark + 2);
}

static int send_signed(const struct llm *llm, const char *path, const struct buf *body,
                       struct http_response *out, struct err *err)
{
    static const struct http_header headers[] = {{"Accept", "application/json"},
                                                 {"Content-Type", "application/json"}};
    const struct aws_call call = {
        .chain = llm->chain,
        .http = llm->http,
        .endpoint = llm->url,
        .scope = {.region = llm->region, .service = "bedrock"},
        .method = "POST",
        .path = path,
        .headers = headers,
        .n_headers = COUNT(headers),
        .body = body->bytes,
        .body_len = body->len,
        .max_body_bytes = BODY_MAX_BYTES,
        .timeout_ms = llm->timeout_ms,
        .silence_timeout_ms = llm->timeout_ms, /* it thinks first, then sends all at once */
    };

    return aws_call(&call, out, err);
}

/* Bearer, or Anthropic's own header, which goes with the version of its API. */
static int send_with(const struct llm *llm, const char *api_key, const char *path,
                     const struct buf *body, struct http_response *out, struct err *err)
{
    CLEANUP(buf_done) struct buf url = BUF(4096);
    CLEANUP(buf_done) struct buf key = BUF((size_t)16 * 1024);
    bool is_anthropic = llm->ops == &llm_ops_anthropic;
    struct http_header headers[4] = {{"Accept", "application/json"},
                                     {"Content-Type", "application/json"}};
    size_t n = 2;

    key.secret = true;
    buf_print(&url, "%s%s", llm->url, path);
    buf_print(&key, "%s%s", is_anthropic ? "" : "Bearer ", api_key);
    if (is_anthropic)
        headers[n++] = (struct http_header){"anthropic-version", "2023-06-01"};
    if (api_key[0] != '\0')
        headers[n++] =
            (struct http_header){is_anthropic ? "x-api-key" : "Authorization", buf_str(&key)};
    const struct http_request request = {
        .method = "POST",
        .url = buf_str(&url),
        .headers = headers,
        .n_headers = n,
        .body = body->bytes,
        .body_len = body->len,
        .max_body_bytes = BODY_MAX_BYTES,
        .timeout_ms = llm->timeout_ms,
        .silence_timeout_ms = llm->timeout_ms, /* it thinks first, then sends all at once */
        .max_attempts = 1,
        .path_as_is = true,
    };
    *out = (struct http_response){0};
    int r = buf_check(&url, err);
    if (r == 0)
        r = buf_check(&key, err);
    return r < 0 ? r : http_send(llm->http, &request, out, err);
}

/* Bedrock says 403 to a key that it does not take, and to much else. */
static bool may_be_key(const struct llm *llm, int status)
{
    return status == 401 || (status == 403 && llm->ops->is_aws);
}

/* A key that is refused was not asked with: once more, when there is another. */
static int send_with_key(const struct llm *llm, const char *path, const struct buf *body,
                         struct http_response *out, struct err *err)
{
    const struct token_source *source = llm->api_key;
    CLEANUP(buf_done) struct buf key = BUF((size_t)16 * 1024);
    int r;

    *out = (struct http_response){0};
    if (source == NULL)
        return send_with(llm, "", path, body, out, err);
    key.secret = true;
    r = source->take(source->context, "", &key, err);
    if (r == 0)
        r = send_with(llm, buf_str(&key), path, body, out, err);
    if (r != 0 || !may_be_key(llm, out->status) ||
        !source->refused(source->context, "", buf_str(&key)))
        return r;
    http_response_done(out);
    *out = (struct http_response){0};
    buf_reset(&key);
    r = source->take(source->context, "", &key, err);
    return r < 0 ? r : send_with(llm, buf_str(&key), path, body, out, err);
}

static int read_answer(const struct llm *llm, const struct http_response *response,
                       const struct llm_question *question, struct llm_answer *out, struct err *err)
{
    CLEANUP(json_freep) struct json *body = NULL;
    struct err why;
    const char *id =
        http_response_header(response, "x-amzn-requestid", out->request_id, sizeof out->request_id);

    if (id == NULL)
        (void)http_response_header(response, "request-id", out->request_id, sizeof out->request_id);
    int r = json_parse(&body, buf_str(&response->body), response->body.len, &why);
    if (r == ERR_REJECT)
        return llm_no_proposal(out, "the model's server answered no JSON: %.120s", why.text);
    if (r < 0)
        return err_nomem(err);
    r = llm->ops->read(body, question, out, err);
    if (r == ERR_RETRY)
        out->may_be_paid = true;
    return r;
}

int llm_ask(struct llm *llm, const struct llm_question *question, struct llm_answer *out,
            struct err *err)
{
    CLEANUP(buf_done) struct buf body = BUF(QUESTION_MAX_BYTES);
    CLEANUP(buf_done) struct buf path = BUF(4096);
    struct http_response response = {0};
    int r = write_body(llm, question, &body, err);

    *out = (struct llm_answer){0};
    if (r < 0)
        return r;
    write_path(llm, &path);
    if (llm->api_key == NULL && llm->ops->is_aws)
        r = send_signed(llm, buf_str(&path), &body, &response, err);
    else
        r = send_with_key(llm, buf_str(&path), &body, &response, err);
    if (r == 0 && response.status == 200)
        r = read_answer(llm, &response, question, out, err);
    else
        r = llm_status(llm, r, &response, out, err);
    http_response_done(&response);
    return r;
}
