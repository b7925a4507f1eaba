/*
 * fake_github: a process that speaks the part of GitHub that Plumbline uses, on loopback.
 *
 *     fake_github --repositories DIR --token TOKEN [--port-file FILE]
 *                 [--app-key PUBLIC.pem --app-id ID [--app-token-life SECONDS]]
 *
 * REST (version 2022-11-28) for repositories, refs, pull requests and labels, and git itself over
 * smart HTTP for /owner/name.git, by `git http-backend`. Repositories are the bare ones
 * DIR/owner/name.git, all private: with no token they are not found, with a wrong one the answer is
 * 401; git is first told 401, too.
 *
 * Besides what every fake has (common_http.h):
 *     POST /_fake/settings   {"repository":"o/r","drafts":false,"archived":true,"push":false}, or
 *                            {"token":"…"}: from now on that one instead of the other
 *     GET  /_fake/state      fake: pulls now, history of what happened to them, most_open_per_head,
 *                            writes, least_gap_ms between two of them, most_per_minute of them,
 *                            unauthorized
 * Faults of its own: secondary_limit (403 and nothing else), secondary_limit_after (with
 * Retry-After: 1), primary_limit (remaining 0, reset in 2 s), permission (403 and which one is
 * missing), lost_label (of POST …/labels: said to be done, and not done), moved (301).
 */
#include <getopt.h>
#include <stdio.h>
#include <strings.h>

#include "common/digest.h"
#include "common/json.h"
#include "tests/fakes/common_git_backend.h"
#include "tests/fakes/fake_github_internal.h"

static bool git_is_authorized(struct fake_github *github, const char *given, const char *path)
{
    CLEANUP(buf_done) struct buf plain = BUF(4096);
    struct err err;
    const char *colon;

    if (given == NULL || strncasecmp(given, "Basic ", 6) != 0 ||
        base64_decode(&plain, given + 6, strlen(given + 6), &err) < 0)
        return false;
    colon = strchr(buf_str(&plain), ':');
    if (colon == NULL || colon == plain.bytes)
        return false;
    pthread_mutex_lock(&github->lock);
    int status = github_token_judge(github, colon + 1, path);
    pthread_mutex_unlock(&github->lock);
    return status == 200;
}

/* "Name: value\n" lines of the backend into the reply. */
static void copy_headers(const struct buf *headers, struct fake_reply *reply)
{
    char copy[4096];
    char *rest = NULL;

    (void)str_copy(copy, sizeof copy, buf_str(headers));
    for (char *line = strtok_r(copy, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        char *value = strchr(line, ':');

        if (value == NULL)
            continue;
        *value++ = '\0';
        value += strspn(value, " ");
        if (strcasecmp(line, "Content-Type") == 0)
            (void)str_copy(reply->content_type, sizeof reply->content_type, value);
        else if (strcasecmp(line, "Content-Length") != 0 && reply->n_headers < FAKE_HEADERS_MAX)
            fake_reply_header(reply, line, "%s", value);
    }
}

static void serve_git(struct fake_github *github, const struct fake_request *request,
                      struct fake_reply *reply)
{
    struct git_backend_answer answer;
    struct err err = {0};

    if (!git_is_authorized(github, fake_header(request, "Authorization"), request->path)) {
        reply->status = 401;
        (void)str_copy(reply->content_type, sizeof reply->content_type, "text/plain");
        fake_reply_header(reply, "WWW-Authenticate", "Basic realm=\"GitHub\"");
        buf_text(&reply->body, "Invalid username or password.\n");
        return;
    }
    const struct git_backend_request backend = {
        .root = github->repositories,
        .method = request->method,
        .path = request->path,
        .query = request->query[0] == '?' ? request->query + 1 : request->query,
        .content_type = fake_header(request, "Content-Type"),
        .content_encoding = fake_header(request, "Content-Encoding"),
        .git_protocol = fake_header(request, "Git-Protocol"),
        .remote_user = "x-access-token",
        .body = request->body,
        .body_len = request->body_len,
    };
    if (git_backend_run(&backend, &answer, &err) == 0) {
        reply->status = answer.status;
        copy_headers(&answer.headers, reply);
        buf_bytes(&reply->body, answer.body.bytes, answer.body.len);
    } else {
        fake_reply_error(reply, 500, "%s", err.text);
    }
    git_backend_answer_done(&answer);
}

static void handle(void *context, const struct fake_request *request, struct fake_reply *reply)
{
    struct fake_github *github = context;

    if (str_eq(request->path, "/_fake/settings"))
        github_settings_post(github, request, reply);
    else if (github_app_wants(request))
        github_app_serve(github, request, reply);
    else if (git_backend_wants(request->path))
        serve_git(github, request, reply);
    else
        github_serve(github, request, reply);
}

static struct json *state(void *context)
{
    struct fake_github *github = context;
    struct call call = {.github = github, .base_url = "http://127.0.0.1"};
    struct json *body = json_object();
    struct json *pulls = json_array();

    pthread_mutex_lock(&github->lock);
    for (size_t i = 0; i < github->n_pulls; i++) {
        (void)str_copy(call.repository, sizeof call.repository, github->pulls[i].repository);
        json_push_give(pulls, pull_json(&call, &github->pulls[i]));
    }
    json_set_give(body, "pulls", pulls);
    json_set_give(body, "history", json_copy(github->history));
    json_set_int(body, "most_open_per_head", github->most_open_per_head);
    json_set_int(body, "writes", github->writes);
    json_set_int(body, "least_gap_ms", github->least_gap_ms);
    json_set_int(body, "most_per_minute", github->most_per_minute);
    json_set_int(body, "unauthorized", github->unauthorized);
    pthread_mutex_unlock(&github->lock);
    return body;
}

/* Out of sight of those who look for tokens in /proc. */
static char *take_secret(char *argument)
{
    char *copy = strdup(argument);

    explicit_bzero(argument, strlen(argument));
    return copy;
}

int main(int argc, char **argv)
{
    static const struct option known[] = {
        {"repositories", required_argument, NULL, 'r'},
        {"token", required_argument, NULL, 't'},
        {"app-key", required_argument, NULL, 'k'},
        {"app-id", required_argument, NULL, 'i'},
        {"app-token-life", required_argument, NULL, 'l'},
        {"port-file", required_argument, NULL, 'p'},
        {NULL, 0, NULL, 0},
    };
    static struct fake_github github = {.lock = PTHREAD_MUTEX_INITIALIZER,
                                        .least_gap_ms = -1,
                                        .remaining = FAKE_PER_HOUR,
                                        .app_id = "",
                                        .app_token_life_s = 3600};
    static char directory[PATH_MAX];
    const char *port_file = NULL;
    int c;

    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (c == 'r')
            github.repositories = realpath(optarg, directory);
        else if (c == 't')
            github.token = take_secret(optarg);
        else if (c == 'k')
            github.app_key = optarg;
        else if (c == 'i')
            github.app_id = optarg;
        else if (c == 'l')
            github.app_token_life_s = strtoll(optarg, NULL, 10);
        else if (c == 'p')
            port_file = optarg;
        else
            return 2;
    }
    if (github.repositories == NULL || (github.token == NULL && github.app_key == NULL)) {
        fprintf(stderr, "usage: fake_github --repositories DIR --token TOKEN [--port-file FILE]\n");
        return 2;
    }
    github.history = json_array();
    const struct fake_options options = {.port_file = port_file,
                                         .handler = handle,
                                         .state = state,
                                         .context = &github,
                                         .concurrent = true};
    int r = fake_serve(&options);
    json_free(github.history);
    pulls_free(&github);
    free(github.token);
    return r;
}
