/* What may be done to the fake GitHub's pull requests, and every way in which it is refused. */
#include "tests/fakes/fake_github_internal.h"

#include <stdio.h>
#include <strings.h>

#include "common/clock.h"
#include "common/json.h"

struct wish { /* the body of POST /pulls; texts borrowed from it */
    const char *title;
    const char *body;
    char head[256]; /* without its owner */
    const char *base;
    bool draft;
    char head_sha[SHA_BYTES];
    char base_sha[SHA_BYTES];
};

static void invalid(struct call *call, const char *field, const char *code)
{
    github_refuse(call->reply, 422, "Validation Failed",
                  github_error("PullRequest", field, code, NULL));
}

static void refuse_custom(struct call *call, const char *message)
{
    github_refuse(call->reply, 422, "Validation Failed",
                  github_error("PullRequest", NULL, "custom", message));
}

static struct json *parse(struct call *call)
{
    struct json *body = NULL;
    struct err err;

    if (json_parse(&body, call->request->body, call->request->body_len, &err) == 0 &&
        json_is_object(body))
        return body;
    json_free(body);
    github_refuse(call->reply, 400, "Problems parsing JSON", NULL);
    return NULL;
}

/* "branch" or "owner:branch"; another owner's branch is not here. */
static bool own_head(const struct call *call, const char *head, char *out, size_t size)
{
    size_t owner = strcspn(call->repository, "/");
    const char *colon = strchr(head, ':');

    if (colon == NULL)
        return str_copy(out, size, head);
    return (size_t)(colon - head) == owner && strncasecmp(head, call->repository, owner) == 0 &&
           str_copy(out, size, colon + 1);
}

static bool has_required(struct call *call, const struct json *body)
{
    static const char *const required[] = {"title", "head", "base"};

    for (size_t i = 0; i < COUNT(required); i++) {
        if (json_get_text(body, required[i], "")[0] != '\0')
            continue;
        invalid(call, required[i], "missing_field");
        return false;
    }
    return true;
}

static bool branch_sha(const struct call *call, const char *branch, char out[SHA_BYTES])
{
    char ref[300];

    return snprintf(ref, sizeof ref, "refs/heads/%s", branch) < (int)sizeof ref &&
           repo_read_ref(call->dir, ref, out);
}

/* Everything that is refused for its own sake; false when it was. */
static bool read_wish(struct call *call, const struct json *body, struct wish *out)
{
    if (!has_required(call, body))
        return false;
    *out = (struct wish){.title = json_get_text(body, "title", ""),
                         .body = json_get_text(body, "body", NULL),
                         .base = json_get_text(body, "base", ""),
                         .draft = json_get_bool(body, "draft", false)};
    if (!branch_sha(call, out->base, out->base_sha)) {
        invalid(call, "base", "invalid");
        return false;
    }
    if (!own_head(call, json_get_text(body, "head", ""), out->head, sizeof out->head) ||
        !branch_sha(call, out->head, out->head_sha)) {
        invalid(call, "head", "invalid");
        return false;
    }
    return true;
}

static bool has_commits(struct call *call, const struct wish *wish)
{
    char range[2 * SHA_BYTES + 4];
    char n[64];

    snprintf(range, sizeof range, "%s..%s", wish->base_sha, wish->head_sha);
    const char *const argv[] = {"rev-list", "--count", range, NULL};

    return repo_git(call->dir, n, sizeof n, argv) == 0 && atoll(n) > 0;
}

static bool may_open(struct call *call, const struct wish *wish)
{
    char message[700];

    if (pull_open_of(call->github, call->repository, wish->head, wish->base) != NULL) {
        snprintf(message, sizeof message, "A pull request already exists for %.*s:%s.",
                 (int)strcspn(call->repository, "/"), call->repository, wish->head);
        refuse_custom(call, message);
        return false;
    }
    if (!has_commits(call, wish)) {
        snprintf(message, sizeof message, "No commits between %.200s and %s", wish->base,
                 wish->head);
        refuse_custom(call, message);
        return false;
    }
    if (wish->draft && github_settings(call->github, call->repository)->no_drafts) {
        github_refuse(call->reply, 422, "Draft pull requests are not supported in this repository.",
                      NULL);
        return false;
    }
    return true;
}

void github_pulls_post(struct call *call)
{
    CLEANUP(json_freep) struct json *body = parse(call);
    struct wish wish;

    if (body == NULL || !read_wish(call, body, &wish) || !may_open(call, &wish))
        return;

    struct pull *pull = pull_new(call->github, call->repository);
    if (pull == NULL)
        return;
    pull->title = strdup(wish.title);
    pull->body = wish.body != NULL ? strdup(wish.body) : NULL;
    pull->head = strdup(wish.head);
    pull->base = strdup(wish.base);
    pull->draft = wish.draft;
    (void)str_copy(pull->head_sha, sizeof pull->head_sha, wish.head_sha);
    (void)str_copy(pull->base_sha, sizeof pull->base_sha, wish.base_sha);
    pull_happened(call->github, pull, "opened");
    fake_reply_json_give(call->reply, 201, pull_json(call, pull));
}

static struct pull *need(struct call *call, int64_t number)
{
    struct pull *pull = pull_find(call->github, call->repository, number);

    if (pull == NULL)
        github_refuse(call->reply, 404, "Not Found", NULL);
    return pull;
}

void github_pull_get(struct call *call, int64_t number)
{
    struct pull *pull = need(call, number);

    if (pull == NULL)
        return;
    if (pull->open) /* what was pushed since */
        (void)branch_sha(call, pull->head, pull->head_sha);
    fake_reply_json_give(call->reply, 200, pull_json(call, pull));
    pull->times_shown++;
}

static void replace(char **text, const char *with)
{
    if (with == NULL)
        return;
    free(*text);
    *text = strdup(with);
}

static void set_open(struct call *call, struct pull *pull, bool open)
{
    if (pull->open == open || pull->merged)
        return;
    pull->open = open;
    pull->closed_at[0] = '\0';
    if (!open)
        clock_format_rfc3339(clock_unix_ms(), pull->closed_at);
    pull_happened(call->github, pull, open ? "reopened" : "closed");
}

void github_pull_patch(struct call *call, int64_t number)
{
    CLEANUP(json_freep) struct json *body = parse(call);
    struct pull *pull = body != NULL ? need(call, number) : NULL;

    if (pull == NULL)
        return;
    const char *state = json_get_text(body, "state", "");
    if (str_eq(state, "open") && !pull->open &&
        pull_open_of(call->github, call->repository, pull->head, pull->base) != NULL) {
        invalid(call, "state", "invalid");
        return;
    }
    replace(&pull->title, json_get_text(body, "title", NULL));
    replace(&pull->body, json_get_text(body, "body", NULL));
    replace(&pull->base, json_get_text(body, "base", NULL));
    if (state[0] != '\0')
        set_open(call, pull, str_eq(state, "open"));
    fake_reply_json_give(call->reply, 200, pull_json(call, pull));
}

/* A fast-forward of the base, which is all that the tests' histories need. */
void github_pull_merge(struct call *call, int64_t number)
{
    struct pull *pull = need(call, number);
    char ref[300];
    char line[256];

    if (pull == NULL)
        return;
    snprintf(ref, sizeof ref, "refs/heads/%.250s", pull->base);
    const char *const ancestor[] = {"merge-base", "--is-ancestor", ref, pull->head_sha, NULL};
    const char *const move[] = {"update-ref", ref, pull->head_sha, NULL};
    if (!pull->open || pull->draft || repo_git(call->dir, line, sizeof line, ancestor) != 0 ||
        repo_git(call->dir, line, sizeof line, move) != 0) {
        github_refuse(call->reply, 405, "Pull Request is not mergeable", NULL);
        return;
    }
    pull->open = false;
    pull->merged = true;
    (void)str_copy(pull->merge_sha, sizeof pull->merge_sha, pull->head_sha);
    clock_format_rfc3339(clock_unix_ms(), pull->merged_at);
    memcpy(pull->closed_at, pull->merged_at, sizeof pull->closed_at);
    pull_happened(call->github, pull, "merged");

    struct json *answer = json_object();
    json_set_text(answer, "sha", pull->merge_sha);
    json_set_bool(answer, "merged", true);
    json_set_text(answer, "message", "Pull Request successfully merged");
    fake_reply_json_give(call->reply, 200, answer);
}

static void add_label(struct pull *pull, const char *name)
{
    for (size_t i = 0; i < pull->n_labels; i++)
        if (strcasecmp(pull->labels[i], name) == 0)
            return;
    if (pull->n_labels < LABELS_MAX)
        pull->labels[pull->n_labels++] = strdup(name);
}

void github_labels_post(struct call *call, int64_t number)
{
    CLEANUP(json_freep) struct json *body = parse(call);
    struct pull *pull = body != NULL ? need(call, number) : NULL;

    if (pull == NULL)
        return;
    const struct json *labels = json_get(body, "labels");
    if (!json_is_array(labels)) {
        github_refuse(call->reply, 422, "Invalid request.", NULL);
        return;
    }
    for (size_t i = 0; i < json_count(labels); i++)
        add_label(pull, json_text(json_at(labels, i), ""));
    fake_reply_json_give(call->reply, 200, labels_json(pull));
}
