/*
 * The GitHub forge: pull requests through the REST API, version 2022-11-28.
 *
 * GitHub allows one open pull request per head and base and says 422 to the second. That, with the
 * branch's deterministic name, is what makes an item's effect happen once: whoever is second adopts
 * what the first made. A POST whose answer was lost is looked up before anybody sends it again.
 */
#include "worker/forge/forge.h"

#include <stdio.h>
#include <strings.h>

#include "common/digest.h"
#include "common/http/http.h"
#include "common/json.h"
#include "common/log.h"
#include "worker/forge/github_call.h"
#include "worker/forge/github_limit.h"
#include "worker/forge/github_pr.h"
#include "worker/forge/names.h"

struct forge_github {
    struct forge base;
    struct github github;
};

static struct github *github_of(struct forge *forge)
{
    return &((struct forge_github *)forge)->github;
}

/* The same, to ask on behalf of a repository. */
static struct github *github_for(struct forge *forge, const char *repository)
{
    struct github *github = github_of(forge);

    (void)str_copy(github->repository, sizeof github->repository, repository);
    github->urgent = forge->urgent;
    return github;
}

static int github_repository(struct forge *forge, const char *repository,
                             struct forge_repository *out, struct err *err)
{
    CLEANUP(github_answer_done) struct github_answer answer = {0};
    struct forge_repository found = {0};
    char path[GITHUB_URL_BYTES];
    const struct json *json;
    int r = github_path(path, repository, "", err);

    if (r == 0)
        r = github_get(github_for(forge, repository), path, &answer, err);
    if (r == GITHUB_REFUSED)
        r = err_set(err, ERR_REJECT, "GitHub: 422");
    if (r < 0)
        return err_wrap(err, r, "repository %.140s", repository);
    json = answer.json;
    found.archived = json_get_bool(json, "archived", false);
    found.can_push = json_get_bool(json_get(json, "permissions"), "push", false);
    if (!str_copy(found.default_branch, sizeof found.default_branch,
                  json_get_text(json, "default_branch", "")) ||
        found.default_branch[0] == '\0')
        return err_set(err, ERR_RETRY, "repository %s: GitHub names no default branch", repository);
    *out = found;
    return 0;
}

static int github_clone_url(struct forge *forge, const char *repository, struct buf *out,
                            struct err *err)
{
    int r = forge_check_repository(repository, err);

    if (r < 0)
        return r;
    buf_print(out, "%s/%s.git", github_of(forge)->git_url, repository);
    return buf_check(out, err);
}

/* --- looking ----------------------------------------------------------------- */

static int github_find_pr(struct forge *forge, const char *repository, const char *branch,
                          struct forge_pr *out, struct err *err)
{
    CLEANUP(json_freep) struct json *json = NULL;
    int r = github_pr_find(github_for(forge, repository), repository, branch, &json, err);

    return r == 0 ? github_pr_read(json, out, err) : r;
}

static int github_find_open(struct forge *forge, const char *repository,
                            const struct forge_kin *kin, struct forge_pr *out, struct err *err)
{
    return github_pr_find_open(github_for(forge, repository), repository, kin, out, err);
}

/* --- creating ---------------------------------------------------------------- */

static bool has_all_labels(const struct json *pr, const struct forge_pr_request *request)
{
    const struct json *labels = json_get(pr, "labels");

    for (size_t i = 0; i < request->n_labels; i++) {
        bool found = false;

        for (size_t j = 0; j < json_count(labels) && !found; j++)
            found =
                strcasecmp(json_get_text(json_at(labels, j), "name", ""), request->labels[i]) == 0;
        if (!found)
            return false;
    }
    return true;
}

/* A pull request without its labels is still one: what fails here is left for whoever adopts it. */
static void add_labels(struct github *github, const struct forge_pr_request *request,
                       int64_t number)
{
    CLEANUP(github_answer_done) struct github_answer answer = {0};
    CLEANUP(json_freep) struct json *body = json_object();
    struct json *labels = json_array();
    char path[GITHUB_URL_BYTES];
    char rest[64];
    struct err err;
    int r;

    for (size_t i = 0; i < request->n_labels; i++)
        json_push_text(labels, request->labels[i]);
    json_set_give(body, "labels", labels);
    snprintf(rest, sizeof rest, "/issues/%lld/labels", (long long)number);
    r = github_path(path, request->repository, rest, &err);
    if (r == 0)
        r = github_post(github, path, body, true, &answer, &err);
    if (r == GITHUB_REFUSED)
        r = err_set(&err, ERR_REJECT, "GitHub: 422");
    if (r < 0)
        LOG_WARN("forge.labels_lost", LOG_TEXT("repository", request->repository),
                 LOG_INT("number", number), LOG_ERR(&err));
}

static int adopt(struct github *github, const struct forge_pr_request *request,
                 struct forge_pr *out, struct err *err)
{
    CLEANUP(json_freep) struct json *json = NULL;
    struct forge_pr pr;
    int r = github_pr_find(github, request->repository, request->branch, &json, err);

    if (r == 0)
        r = github_pr_read(json, &pr, err);
    if (r != 0)
        return r;
    if (pr.state != FORGE_OPEN)
        return FORGE_NO_PR;
    if (!has_all_labels(json, request))
        add_labels(github, request, pr.number);
    *out = pr;
    return 0;
}

static int post_pr(struct github *github, const struct forge_pr_request *request, bool draft,
                   struct github_answer *answer, struct err *err)
{
    CLEANUP(json_freep) struct json *body = json_object();
    char path[GITHUB_URL_BYTES];
    int r = github_path(path, request->repository, "/pulls", err);

    if (r < 0)
        return r;
    json_set_text(body, "title", request->title);
    json_set_text(body, "head", request->branch);
    json_set_text(body, "base", request->base);
    json_set_text(body, "body", request->body);
    json_set_bool(body, "draft", draft);
    json_set_bool(body, "maintainer_can_modify", true);
    return github_post(github, path, body, false, answer, err);
}

/* A 422: the ones that have a meaning, and the rest. */
static int refused(struct github *github, const struct forge_pr_request *request,
                   const struct json *body, struct forge_pr *out, struct err *err)
{
    char reason[300];

    if (github_says(body, "A pull request already exists")) {
        int r = adopt(github, request, out, err);

        return r == FORGE_NO_PR ? err_set(err, ERR_RETRY,
                                          "GitHub: a pull request of %s exists, but is not listed",
                                          request->branch)
                                : r;
    }
    if (github_says(body, "No commits between"))
        return FORGE_NO_COMMITS;
    if (github_blames(body, "head"))
        return FORGE_NO_BRANCH;
    github_reason(body, reason, sizeof reason);
    return err_set(err, ERR_REJECT, "GitHub: 422 %s", reason);
}

/* An answer that was lost may have been "created". If it was not, the caller hears the first error.
 */
static int look_up(struct github *github, const struct forge_pr_request *request,
                   struct forge_pr *out, struct err *err)
{
    struct err ignored;

    return adopt(github, request, out, &ignored) == 0 ? 0
                                                      : err_wrap(err, ERR_RETRY, "unknown outcome");
}

static bool is_unknown(int r, const struct github_answer *answer, const struct err *err)
{
    bool limited = answer->status == 403 || answer->status == 429;

    return r == ERR_RETRY && !limited && (answer->status != 0 || err->retry_after_ms == 0);
}

static int create_pr(struct github *github, const struct forge_pr_request *request,
                     struct forge_pr *out, struct err *err)
{
    CLEANUP(github_answer_done) struct github_answer answer = {0};
    int r = post_pr(github, request, request->draft, &answer, err);
    if (r == GITHUB_REFUSED && request->draft &&
        github_says(answer.json, "Draft pull requests are not supported")) {
        github_answer_done(&answer);
        r = post_pr(github, request, false, &answer, err);
    }
    if (r == GITHUB_REFUSED)
        return refused(github, request, answer.json, out, err);
    if (is_unknown(r, &answer, err))
        return look_up(github, request, out, err);
    if (r == 0)
        r = github_pr_read(answer.json, out, err);
    if (r < 0)
        return r;
    out->created = true;
    if (!has_all_labels(answer.json, request))
        add_labels(github, request, out->number);
    return 0;
}

/* Labels are a second write. Its share of the budget is taken with the first's: afterwards there
 * might be none for hours, and nobody would come back for them. */
static int github_create_pr(struct forge *forge, const struct forge_pr_request *request,
                            struct forge_pr *out, struct err *err)
{
    struct github *github = github_for(forge, request->repository);
    int r = forge_check_branch(request->branch, err);

    if (r == 0)
        r = forge_check_branch(request->base, err);
    if (r < 0)
        return r;
    github->pays_ahead = request->n_labels > 0;
    r = create_pr(github, request, out, err);
    github->pays_ahead = github->paid = false;
    return r;
}

/* --- life cycle --------------------------------------------------------------- */

static void github_free(struct forge *forge)
{
    struct github *github = github_of(forge);

    free(github->api_url);
    free(github->git_url);
    if (github->token != NULL)
        explicit_bzero(github->token, strlen(github->token));
    free(github->token);
    free(forge);
}

/* Without the slashes at the end; NULL without memory. */
static char *copy_url(const char *url)
{
    size_t len = strlen(url);

    while (len > 0 && url[len - 1] == '/')
        len--;
    return strndup(url, len);
}

static int take_fixed(void *context, const char *repository, struct buf *out, struct err *err)
{
    (void)repository;
    buf_text(out, context);
    return buf_check(out, err);
}

static bool refuse_fixed(void *context, const char *repository, const char *token)
{
    (void)context;
    (void)repository;
    (void)token;
    return false;
}

static int check_options(const struct forge_github_options *options, struct err *err)
{
    if (options->tokens == NULL && (options->token == NULL || options->token[0] == '\0'))
        return err_set(err, ERR_FATAL, "GitHub needs a token: set GITHUB_TOKEN");
    if (options->tokens == NULL && strpbrk(options->token, " \t\r\n") != NULL)
        return err_set(err, ERR_FATAL, "GITHUB_TOKEN holds spaces or a line break");
    if (http_url_check(options->api_url, err) < 0)
        return err_wrap(err, ERR_FATAL, "GITHUB_API_URL");
    if (http_url_check(options->git_url, err) < 0)
        return err_wrap(err, ERR_FATAL, "GITHUB_URL");
    return 0;
}

int forge_github_new(struct forge **out, const struct forge_github_options *options,
                     struct err *err)
{
    static const struct forge_ops ops = {
        .name = "github",
        .repository = github_repository,
        .clone_url = github_clone_url,
        .find_pr = github_find_pr,
        .find_open = github_find_open,
        .create_pr = github_create_pr,
        .free = github_free,
    };
    CLEANUP(forge_freep) struct forge *forge = NULL;
    struct forge_github *new;
    char digest[SHA256_HEX_BYTES];
    int r = check_options(options, err);

    if (r < 0)
        return r;
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return err_nomem(err);
    forge = &new->base;
    forge->ops = &ops;
    new->github.http = options->http;
    new->github.redis = options->redis;
    new->github.floor = options->floor;
    github_limit_declare_metrics();
    new->github.api_url = copy_url(options->api_url);
    new->github.git_url = copy_url(options->git_url);
    const char *scope = options->tokens != NULL ? options->scope : options->token;
    sha256_hex(scope, strlen(scope), digest);
    snprintf(new->github.scope, sizeof new->github.scope, "github:%.16s", digest);
    new->github.tokens = options->tokens;
    if (options->tokens == NULL) {
        new->github.token = strdup(options->token);
        new->github.fixed = (struct token_source){take_fixed, refuse_fixed, new->github.token};
        new->github.tokens = &new->github.fixed;
    }
    if (new->github.fixed.take != NULL &&new->github.token == NULL)
        return err_nomem(err);
    if (new->github.api_url == NULL || new->github.git_url == NULL)
        return err_nomem(err);
    *out = STEAL(forge);
    return 0;
}
