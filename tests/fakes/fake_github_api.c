/* The fake GitHub's REST side: who may ask, what is asked for, and how it is refused. */
#include "tests/fakes/fake_github_internal.h"

#include <stdio.h>
#include <strings.h>

#include "common/clock.h"
#include "common/json.h"

#define MINUTE_MS 60000

/* --- bodies of refusals --------------------------------------------------------- */

struct json *github_error(const char *resource, const char *field, const char *code,
                          const char *message)
{
    struct json *error = json_object();

    json_set_text(error, "resource", resource);
    if (field != NULL)
        json_set_text(error, "field", field);
    json_set_text(error, "code", code);
    if (message != NULL)
        json_set_text(error, "message", message);
    return error;
}

void github_refuse(struct fake_reply *reply, int status, const char *message,
                   struct json *error_give)
{
    struct json *body = json_object();
    char text[8];

    snprintf(text, sizeof text, "%d", status);
    json_set_text(body, "message", message);
    if (error_give != NULL) {
        struct json *errors = json_array();
        json_push_give(errors, error_give);
        json_set_give(body, "errors", errors);
    }
    json_set_text(body, "documentation_url", "https://docs.github.com/rest");
    json_set_text(body, "status", text);
    fake_reply_json_give(reply, status, body);
}

struct settings *github_settings(struct fake_github *github, const char *repository)
{
    for (size_t i = 0; i < github->n_settings; i++)
        if (strcasecmp(github->settings[i].repository, repository) == 0)
            return &github->settings[i];
    if (github->n_settings == REPOSITORIES_MAX)
        github->n_settings--;
    struct settings *settings = &github->settings[github->n_settings++];
    *settings = (struct settings){.repository = ""};
    (void)str_copy(settings->repository, sizeof settings->repository, repository);
    return settings;
}

void github_settings_post(struct fake_github *github, const struct fake_request *request,
                          struct fake_reply *reply)
{
    CLEANUP(json_freep) struct json *body = NULL;
    struct err err;

    if (json_parse(&body, request->body, request->body_len, &err) < 0) {
        fake_reply_error(reply, 400, "%s", err.text);
        return;
    }
    const char *repository = json_get_text(body, "repository", NULL);
    const char *token = json_get_text(body, "token", NULL);
    pthread_mutex_lock(&github->lock);
    if (repository != NULL) {
        struct settings *settings = github_settings(github, repository);

        settings->no_drafts = !json_get_bool(body, "drafts", true);
        settings->archived = json_get_bool(body, "archived", false);
        settings->no_push = !json_get_bool(body, "push", true);
    }
    if (token != NULL) {
        free(github->token);
        github->token = strdup(token);
    }
    pthread_mutex_unlock(&github->lock);
    reply->status = 204;
}

/* --- faults of our own ------------------------------------------------------------ */

/* True when the fault is the whole answer. */
static bool misbehave(const char *fault, struct fake_reply *reply)
{
    static const char secondary[] =
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";

    if (fault == NULL)
        return false;
    if (str_starts(fault, "secondary_limit")) {
        github_refuse(reply, 403, secondary, NULL);
        if (str_eq(fault, "secondary_limit_after"))
            fake_reply_header(reply, "Retry-After", "1");
    } else if (str_eq(fault, "primary_limit")) {
        github_refuse(reply, 403, "API rate limit exceeded for installation ID 123.", NULL);
        fake_reply_header(reply, "X-RateLimit-Remaining", "0");
        fake_reply_header(reply, "X-RateLimit-Reset", "%lld",
                          (long long)(clock_unix_ms() / 1000 + 2));
    } else if (str_eq(fault, "permission")) {
        github_refuse(reply, 403, "Resource not accessible by integration", NULL);
        fake_reply_header(reply, "X-Accepted-GitHub-Permissions", "pull_requests=write");
    } else if (str_eq(fault, "moved")) {
        github_refuse(reply, 301, "Moved Permanently", NULL);
        fake_reply_header(reply, "Location", "/repositories/1");
    } else if (str_eq(fault, "lost_label")) {
        fake_reply_json_give(reply, 200, json_array());
    } else {
        return false;
    }
    return true;
}

/* --- one request ------------------------------------------------------------------ */

/* False when the answer is given already. */
static bool authorize(struct fake_github *github, const struct fake_request *request,
                      struct fake_reply *reply)
{
    const char *agent = fake_header(request, "User-Agent");
    const char *given = fake_header(request, "Authorization");
    const char *token = given != NULL ? strchr(given, ' ') : NULL;

    if (agent == NULL || agent[0] == '\0') {
        reply->status = 403;
        (void)str_copy(reply->content_type, sizeof reply->content_type, "text/html");
        buf_text(&reply->body, "Request forbidden by administrative rules. Please make sure your "
                               "request has a User-Agent header.");
        return false;
    }
    if (given == NULL) {
        github_refuse(reply, 404, "Not Found", NULL);
        return false;
    }
    bool known = token != NULL &&
                 (strncasecmp(given, "Bearer ", 7) == 0 || strncasecmp(given, "token ", 6) == 0);
    int status = known ? github_token_judge(github, token + 1, request->path) : 401;
    if (status != 200) {
        github->unauthorized += status == 401;
        github_refuse(reply, status, status == 401 ? "Bad credentials" : "Not Found", NULL);
        return false;
    }
    return true;
}

static void count_write(struct fake_github *github)
{
    int64_t now_ms = clock_mono_ms();
    int64_t gap_ms = now_ms - github->last_write_at_ms;

    if (github->writes++ > 0 && (github->least_gap_ms < 0 || gap_ms < github->least_gap_ms))
        github->least_gap_ms = gap_ms;
    github->last_write_at_ms = now_ms;
    github->write_at_ms[github->writes % WRITES_KEPT] = now_ms;
    int64_t n = 1;
    while (n < WRITES_KEPT && n < github->writes &&
           github->write_at_ms[(github->writes - n) % WRITES_KEPT] > now_ms - MINUTE_MS)
        n++;
    if (n > github->most_per_minute)
        github->most_per_minute = n;
}

/* "/repos/owner/name/rest" into call; false when it is no such path or repository. */
static bool locate(struct call *call)
{
    const char *name = call->request->path + strlen("/repos/");
    size_t owner = strcspn(name, "/");
    size_t len = name[owner] == '/' ? owner + 1 + strcspn(name + owner + 1, "/") : 0;
    const char *host = fake_header(call->request, "Host");

    if (!str_starts(call->request->path, "/repos/") || len <= owner + 1 ||
        len >= sizeof call->repository)
        return false;
    memcpy(call->repository, name, len);
    call->repository[len] = '\0';
    call->rest = name + len;
    snprintf(call->base_url, sizeof call->base_url, "http://%.200s",
             host != NULL ? host : "127.0.0.1");
    return strstr(call->repository, "..") == NULL &&
           snprintf(call->dir, sizeof call->dir, "%s/%s.git", call->github->repositories,
                    call->repository) < (int)sizeof call->dir &&
           repo_exists(call->dir);
}

/* "/pulls/7" and tail "" or "/merge" …: the number, or 0. */
static int64_t number_in(const char *rest, const char *prefix, const char *tail)
{
    char *end = NULL;
    long long number;

    if (!str_starts(rest, prefix))
        return 0;
    number = strtoll(rest + strlen(prefix), &end, 10);
    return number > 0 && end != NULL && str_eq(end, tail) ? number : 0;
}

static bool route_pulls(struct call *call, bool get, bool post)
{
    const char *method = call->request->method;
    int64_t number = number_in(call->rest, "/pulls/", "");

    if (str_eq(call->rest, "/pulls") && get)
        github_pulls_get(call);
    else if (str_eq(call->rest, "/pulls") && post)
        github_pulls_post(call);
    else if (number > 0 && get)
        github_pull_get(call, number);
    else if (number > 0 && str_eq(method, "PATCH"))
        github_pull_patch(call, number);
    else if ((number = number_in(call->rest, "/pulls/", "/merge")) > 0 && str_eq(method, "PUT"))
        github_pull_merge(call, number);
    else if ((number = number_in(call->rest, "/issues/", "/labels")) > 0 && post)
        github_labels_post(call, number);
    else
        return false;
    return true;
}

static void route(struct call *call)
{
    bool get = str_eq(call->request->method, "GET");
    bool post = str_eq(call->request->method, "POST");

    if (call->rest[0] == '\0' && get) {
        github_repository_get(call);
        return;
    }
    if (str_starts(call->rest, "/git/ref/") && get) {
        github_ref_get(call);
        return;
    }
    if (str_starts(call->rest, "/git/matching-refs/") && get) {
        github_refs_get(call);
        return;
    }
    if (str_eq(call->rest, "/git/refs") && post) {
        github_ref_post(call);
        return;
    }
    pthread_mutex_lock(&call->github->lock);
    bool known = route_pulls(call, get, post);
    pthread_mutex_unlock(&call->github->lock);
    if (!known)
        github_refuse(call->reply, 404, "Not Found", NULL);
}

static void show_limits(struct fake_github *github, struct fake_reply *reply)
{
    for (size_t i = 0; i < reply->n_headers; i++)
        if (str_eq(reply->headers[i].name, "X-RateLimit-Remaining"))
            return;
    fake_reply_header(reply, "X-RateLimit-Limit", "%d", FAKE_PER_HOUR);
    fake_reply_header(reply, "X-RateLimit-Remaining", "%lld", (long long)github->remaining);
    fake_reply_header(reply, "X-RateLimit-Reset", "%lld",
                      (long long)(clock_unix_ms() / 1000 + 3600));
    fake_reply_header(reply, "X-RateLimit-Resource", "core");
}

void github_serve(struct fake_github *github, const struct fake_request *request,
                  struct fake_reply *reply)
{
    struct call call = {.github = github, .request = request, .reply = reply};

    (void)str_copy(reply->content_type, sizeof reply->content_type,
                   "application/json; charset=utf-8");
    pthread_mutex_lock(&github->lock);
    bool allowed = authorize(github, request, reply);
    if (allowed && !str_eq(request->method, "GET"))
        count_write(github);
    github->remaining -= github->remaining > 1;
    pthread_mutex_unlock(&github->lock);

    if (allowed && !misbehave(request->fault, reply)) {
        if (locate(&call))
            route(&call);
        else
            github_refuse(reply, 404, "Not Found", NULL);
    }
    show_limits(github, reply);
}
