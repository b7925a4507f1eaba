/* GitHub calls; the story stands in github_call.h. */
#include "worker/forge/github_call.h"

#include <stdio.h>

#include "common/http/http.h"
#include "common/json.h"
#include "common/secret/token_source.h"
#include "worker/forge/github_limit.h"

#define BODY_MAX_BYTES  ((size_t)1024 * 1024)
#define TOKEN_WAIT_MS   300000
#define TOKEN_MAX_BYTES ((size_t)16 * 1024)

void github_answer_done(struct github_answer *answer)
{
    json_free(answer->json);
    answer->json = NULL;
}

/* --- what an error body says ------------------------------------------------ */

/* The text of errors[i], which may be an object or a plain string. */
static const char *error_text(const struct json *body, size_t i)
{
    const struct json *error = json_at(json_get(body, "errors"), i);

    return json_is_text(error) ? json_text(error, "") : json_get_text(error, "message", "");
}

bool github_says(const struct json *body, const char *beginning)
{
    if (str_starts(json_get_text(body, "message", ""), beginning))
        return true;
    for (size_t i = 0; i < json_count(json_get(body, "errors")); i++)
        if (str_starts(error_text(body, i), beginning))
            return true;
    return false;
}

bool github_blames(const struct json *body, const char *field)
{
    const struct json *errors = json_get(body, "errors");

    for (size_t i = 0; i < json_count(errors); i++)
        if (str_eq(json_get_text(json_at(errors, i), "field", ""), field))
            return true;
    return false;
}

void github_reason(const struct json *body, char *out, size_t size)
{
    const struct json *errors = json_get(body, "errors");
    CLEANUP(buf_done) struct buf text = BUF(64 * 1024);

    buf_text(&text, json_get_text(body, "message", "no reason given"));
    for (size_t i = 0; i < json_count(errors) && i < 5; i++) {
        const struct json *error = json_at(errors, i);
        const char *words = error_text(body, i);

        if (words[0] != '\0')
            buf_print(&text, "; %s", words);
        else
            buf_print(&text, "; %s %s", json_get_text(error, "field", "?"),
                      json_get_text(error, "code", "?"));
    }
    (void)str_copy(out, size, buf_str(&text));
}

/* --- one call ---------------------------------------------------------------- */

/* "scheme://host" of a URL, its length. */
static size_t origin_len(const char *url)
{
    const char *host = strstr(url, "://");

    return host == NULL ? 0 : (size_t)(host - url) + 3 + strcspn(host + 3, "/?#");
}

static int make_url(const struct github *github, const char *path, char out[GITHUB_URL_BYTES],
                    struct err *err)
{
    size_t len = origin_len(github->api_url);
    int written;

    if (path[0] == '/')
        written = snprintf(out, GITHUB_URL_BYTES, "%s%s", github->api_url, path);
    else if (strncmp(path, github->api_url, len) == 0 && origin_len(path) == len)
        written = snprintf(out, GITHUB_URL_BYTES, "%s", path);
    else
        return err_set(err, ERR_REJECT, "GitHub leads to another server, %.200s", path);
    if (written < 0 || written >= GITHUB_URL_BYTES)
        return err_set(err, ERR_REJECT, "GitHub: a URL of more than %d bytes", GITHUB_URL_BYTES);
    return 0;
}

/* Link: <https://…&page=2>; rel="next", <…>; rel="last" */
static void read_next_url(const struct http_response *response, char out[GITHUB_URL_BYTES])
{
    char scratch[4 * GITHUB_URL_BYTES];
    const char *at = http_response_header(response, "link", scratch, sizeof scratch);

    out[0] = '\0';
    while (at != NULL && (at = strchr(at, '<')) != NULL) {
        const char *end = strchr(at, '>');
        size_t len = end != NULL ? (size_t)(end - at) - 1 : 0;
        const char *next = end != NULL ? strchr(end, ',') : NULL;
        const char *rel = end != NULL ? strstr(end, "rel=\"next\"") : NULL;

        if (rel != NULL && (next == NULL || rel < next) && len < GITHUB_URL_BYTES) {
            memcpy(out, at + 1, len);
            out[len] = '\0';
            return;
        }
        at = next;
    }
}

static int no_permission(const struct http_response *response, const char *reason, struct err *err)
{
    char scratch[256];
    const char *wanted =
        http_response_header(response, "x-accepted-github-permissions", scratch, sizeof scratch);

    return err_set(err, ERR_REJECT, "GitHub: 403 %s%s%s", reason,
                   wanted != NULL ? "; the token needs " : "", wanted != NULL ? wanted : "");
}

/* A status that is neither success nor 422. */
static int refuse(const struct http_response *response, const struct json *body, struct err *err)
{
    char reason[300];

    github_reason(body, reason, sizeof reason);
    if (response->status >= 500)
        return err_set(err, ERR_RETRY, "GitHub: HTTP %d", response->status);
    /* A token that ran out is the operator's to replace: dead letters for all that waits would be
     * worse. */
    if (response->status == 401)
        return err_throttled(err, TOKEN_WAIT_MS,
                             "GitHub refuses the token (401 %s): it is wrong or has expired; "
                             "replace it, items wait meanwhile",
                             reason);
    if (response->status == 403)
        return no_permission(response, reason, err);
    if (response->status == 404)
        return err_set(err, ERR_REJECT, "GitHub: 404, not found, or the token may not see it");
    if (response->status >= 300 && response->status < 400)
        return err_set(err, ERR_REJECT,
                       "GitHub: HTTP %d, the repository has moved: use its "
                       "present name",
                       response->status);
    return err_set(err, ERR_REJECT, "GitHub: HTTP %d, %s", response->status, reason);
}

static int judge(struct github *github, const struct http_response *response, int sent,
                 struct github_answer *out, struct err *err)
{
    struct err unreadable;
    int status = response->status;
    int parsed = json_parse(&out->json, buf_str(&response->body), response->body.len, &unreadable);

    out->status = status;
    if (status == 403 || status == 429) {
        int r = github_limit_read(github, response, out->json, err);
        if (r < 0)
            return r;
    }
    if (sent < 0)
        return sent;
    if (status == 422)
        return GITHUB_REFUSED;
    if (status < 200 || status >= 300)
        return refuse(response, out->json, err);
    if (parsed < 0)
        return err_set(err, ERR_RETRY, "GitHub: an answer that is not JSON: %.200s",
                       unreadable.text);
    github->secondary_wait_ms = 0;
    read_next_url(response, out->next_url);
    return 0;
}

static int send_with(struct github *github, const struct http_request *request, const char *token,
                     struct http_response *out, struct err *err)
{
    CLEANUP(buf_done) struct buf authorization = BUF(TOKEN_MAX_BYTES);
    struct http_request sent = *request;

    authorization.secret = true;
    buf_print(&authorization, "Bearer %s", token);
    const struct http_header headers[] = {
        {"Authorization", buf_str(&authorization)},
        {"Accept", "application/vnd.github+json"},
        {"X-GitHub-Api-Version", "2022-11-28"},
        {"Content-Type", "application/json"},
    };
    sent.headers = headers;
    sent.n_headers = request->body != NULL ? COUNT(headers) : COUNT(headers) - 1;
    return http_send(github->http, &sent, out, err);
}

/* A refused request had no effect, so it goes out once more when there is another token. */
static int send_by_token(struct github *github, const struct http_request *request,
                         struct http_response *out, struct err *err)
{
    const struct token_source *tokens = github->tokens;
    CLEANUP(buf_done) struct buf token = BUF(TOKEN_MAX_BYTES);
    int r;

    token.secret = true;
    *out = (struct http_response){0};
    r = tokens->take(tokens->context, github->repository, &token, err);
    if (r == 0)
        r = send_with(github, request, buf_str(&token), out, err);
    if (r != 0 || out->status != 401 ||
        !tokens->refused(tokens->context, github->repository, buf_str(&token)))
        return r;
    http_response_done(out);
    *out = (struct http_response){0};
    buf_reset(&token);
    r = tokens->take(tokens->context, github->repository, &token, err);
    return r < 0 ? r : send_with(github, request, buf_str(&token), out, err);
}

static int call(struct github *github, const struct http_request *request, const char *path,
                struct github_answer *out, struct err *err)
{
    struct http_response response;
    char url[GITHUB_URL_BYTES];
    int r = github_limit_check(github, err);

    *out = (struct github_answer){0};
    if (r == 0)
        r = make_url(github, path, url, err);
    if (r == 0)
        r = github_budget_take(github, request->body != NULL, err);
    if (r < 0)
        return r;
    struct http_request sent = *request;
    sent.url = url;
    r = send_by_token(github, &sent, &response, err);
    r = judge(github, &response, r, out, err);
    http_response_done(&response);
    return r;
}

int github_get(struct github *github, const char *path, struct github_answer *out, struct err *err)
{
    struct http_request request = {.method = "GET"};

    return call(github, &request, path, out, err);
}

int github_post(struct github *github, const char *path, const struct json *body, bool idempotent,
                struct github_answer *out, struct err *err)
{
    CLEANUP(buf_done) struct buf bytes = BUF(BODY_MAX_BYTES);
    struct http_request request = {.method = "POST", .idempotent = idempotent};
    int r;

    *out = (struct github_answer){0};
    json_write(body, JSON_COMPACT, &bytes);
    r = buf_check(&bytes, err);
    if (r < 0)
        return err_wrap(err, r, "GitHub: the request's body");
    request.body = buf_str(&bytes);
    request.body_len = bytes.len;
    return call(github, &request, path, out, err);
}
