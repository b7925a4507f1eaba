/* The fake GitHub's pull requests: how they are kept and shown. What may be done to them stands in
 * fake_github_actions.c. */
#include "tests/fakes/fake_github_internal.h"

#include <stdio.h>
#include <strings.h>

#include "common/clock.h"
#include "common/json.h"

#define PER_PAGE_DEFAULT 30
#define PER_PAGE_MAX     100

struct pull *pull_find(struct fake_github *github, const char *repository, int64_t number)
{
    for (size_t i = 0; i < github->n_pulls; i++)
        if (github->pulls[i].number == number &&
            strcasecmp(github->pulls[i].repository, repository) == 0)
            return &github->pulls[i];
    return NULL;
}

struct pull *pull_open_of(struct fake_github *github, const char *repository, const char *head,
                          const char *base)
{
    for (size_t i = 0; i < github->n_pulls; i++) {
        struct pull *pull = &github->pulls[i];

        if (pull->open && strcasecmp(pull->repository, repository) == 0 &&
            str_eq(pull->head, head) && str_eq(pull->base, base))
            return pull;
    }
    return NULL;
}

struct pull *pull_new(struct fake_github *github, const char *repository)
{
    struct pull *grown = realloc(github->pulls, (github->n_pulls + 1) * sizeof *grown);
    int64_t number = 1;

    if (grown == NULL)
        return NULL;
    github->pulls = grown;
    for (size_t i = 0; i < github->n_pulls; i++)
        number += strcasecmp(grown[i].repository, repository) == 0;
    struct pull *pull = &grown[github->n_pulls++];
    *pull = (struct pull){.repository = strdup(repository), .number = number, .open = true};
    clock_format_rfc3339(clock_unix_ms(), pull->created_at);
    return pull;
}

static int64_t open_with_head(const struct fake_github *github, const struct pull *like)
{
    int64_t n = 0;

    for (size_t i = 0; i < github->n_pulls; i++)
        n += github->pulls[i].open &&
             strcasecmp(github->pulls[i].repository, like->repository) == 0 &&
             str_eq(github->pulls[i].head, like->head);
    return n;
}

void pull_happened(struct fake_github *github, const struct pull *pull, const char *event)
{
    struct json *entry = json_object();
    int64_t n = open_with_head(github, pull);

    if (n > github->most_open_per_head)
        github->most_open_per_head = n;
    json_set_text(entry, "event", event);
    json_set_text(entry, "repository", pull->repository);
    json_set_int(entry, "number", pull->number);
    json_set_text(entry, "head", pull->head);
    json_set_text(entry, "head_sha", pull->head_sha);
    json_set_int(entry, "open_with_this_head", n);
    json_set_int(entry, "unix_ms", clock_unix_ms());
    json_push_give(github->history, entry);
}

void pulls_free(struct fake_github *github)
{
    for (size_t i = 0; i < github->n_pulls; i++) {
        struct pull *pull = &github->pulls[i];

        free(pull->repository);
        free(pull->title);
        free(pull->body);
        free(pull->head);
        free(pull->base);
        for (size_t j = 0; j < pull->n_labels; j++)
            free(pull->labels[j]);
    }
    free(github->pulls);
}

/* --- as JSON ------------------------------------------------------------------ */

struct json *labels_json(const struct pull *pull)
{
    struct json *labels = json_array();

    for (size_t i = 0; i < pull->n_labels; i++) {
        struct json *label = json_object();

        json_set_int(label, "id", (int64_t)i + 1);
        json_set_text(label, "name", pull->labels[i]);
        json_set_text(label, "color", "ededed");
        json_set_bool(label, "default", false);
        json_push_give(labels, label);
    }
    return labels;
}

static struct json *side_json(const struct pull *pull, const char *ref, const char *sha)
{
    struct json *side = json_object();
    struct json *repo = json_object();
    char label[512];

    snprintf(label, sizeof label, "%.*s:%s", (int)strcspn(pull->repository, "/"), pull->repository,
             ref);
    json_set_text(repo, "full_name", pull->repository);
    json_set_text(side, "label", label);
    json_set_text(side, "ref", ref);
    json_set_text(side, "sha", sha);
    json_set_give(side, "repo", repo);
    return side;
}

static struct json *user_json(void)
{
    struct json *user = json_object();

    json_set_text(user, "login", "plumb-fake[bot]");
    json_set_text(user, "type", "Bot");
    return user;
}

static const char *moment(const char *date)
{
    return date[0] != '\0' ? date : NULL;
}

/* Without what only GET of a single one shows. */
static struct json *pull_summary(const struct call *call, const struct pull *pull)
{
    struct json *json = json_object();
    char url[700];

    json_set_int(json, "id", pull->number + 1000);
    json_set_text(json, "node_id", "PR_fake");
    json_set_int(json, "number", pull->number);
    json_set_text(json, "state", pull->open ? "open" : "closed");
    json_set_bool(json, "draft", pull->draft);
    json_set_text(json, "title", pull->title);
    json_set_text(json, "body", pull->body);
    snprintf(url, sizeof url, "%s/%s/pull/%lld", call->base_url, call->repository,
             (long long)pull->number);
    json_set_text(json, "html_url", url);
    snprintf(url, sizeof url, "%s/repos/%s/pulls/%lld", call->base_url, call->repository,
             (long long)pull->number);
    json_set_text(json, "url", url);
    json_set_give(json, "user", user_json());
    json_set_give(json, "labels", labels_json(pull));
    json_set_give(json, "head", side_json(pull, pull->head, pull->head_sha));
    json_set_give(json, "base", side_json(pull, pull->base, pull->base_sha));
    json_set_text(json, "merge_commit_sha", moment(pull->merge_sha));
    json_set_text(json, "created_at", pull->created_at);
    json_set_text(json, "updated_at", pull->created_at);
    json_set_text(json, "closed_at", moment(pull->closed_at));
    json_set_text(json, "merged_at", moment(pull->merged_at));
    return json;
}

struct json *pull_json(const struct call *call, const struct pull *pull)
{
    struct json *json = pull_summary(call, pull);

    json_set_bool(json, "merged", pull->merged);
    if (pull->times_shown == 0 || !pull->open)
        json_set_text(json, "mergeable", NULL);
    else
        json_set_bool(json, "mergeable", true);
    json_set_text(json, "mergeable_state", pull->times_shown == 0 ? "unknown" : "clean");
    return json;
}

/* --- the list ------------------------------------------------------------------ */

struct filter {
    const char *state;
    const char *head; /* a branch, or NULL */
    const char *base;
};

/* GitHub ignores a head filter without "owner:"; one with a stranger's owner matches nothing. */
static bool read_filter(const struct call *call, struct filter *out)
{
    const char *state = fake_query(call->request, "state");
    const char *head = fake_query(call->request, "head");
    const char *colon = head != NULL ? strchr(head, ':') : NULL;
    size_t owner = strcspn(call->repository, "/");

    *out = (struct filter){.state = state != NULL ? state : "open",
                           .base = fake_query(call->request, "base")};
    if (colon == NULL)
        return true;
    out->head = colon + 1;
    return (size_t)(colon - head) == owner && strncasecmp(head, call->repository, owner) == 0;
}

static bool passes(const struct call *call, const struct filter *filter, const struct pull *pull)
{
    return strcasecmp(pull->repository, call->repository) == 0 &&
           (str_eq(filter->state, "all") || str_eq(filter->state, "open") == pull->open) &&
           (filter->head == NULL || str_eq(filter->head, pull->head)) &&
           (filter->base == NULL || str_eq(filter->base, pull->base));
}

static int64_t query_int(const struct call *call, const char *name, int64_t fallback, int64_t max)
{
    const char *text = fake_query(call->request, name);
    int64_t value = text != NULL ? strtoll(text, NULL, 10) : 0;

    if (value <= 0)
        return fallback;
    return value < max ? value : max;
}

/* The same query with another page. */
static void page_url(const struct call *call, int64_t page, char *out, size_t size)
{
    CLEANUP(buf_done) struct buf query = BUF(4096);
    char copy[4096];
    char *rest = NULL;
    const char *sent = call->request->query;

    (void)str_copy(copy, sizeof copy, sent[0] == '?' ? sent + 1 : sent);
    for (char *part = strtok_r(copy, "&", &rest); part != NULL; part = strtok_r(NULL, "&", &rest))
        if (!str_starts(part, "page="))
            buf_print(&query, "%s&", part);
    snprintf(out, size, "%s%s?%spage=%lld", call->base_url, call->request->path, buf_str(&query),
             (long long)page);
}

static void link_pages(struct call *call, int64_t page, int64_t pages)
{
    char next[420];
    char last[420];

    if (page >= pages)
        return;
    page_url(call, page + 1, next, sizeof next);
    page_url(call, pages, last, sizeof last);
    fake_reply_header(call->reply, "Link", "<%s>; rel=\"next\", <%s>; rel=\"last\"", next, last);
}

void github_pulls_get(struct call *call)
{
    struct fake_github *github = call->github;
    int64_t per_page = query_int(call, "per_page", PER_PAGE_DEFAULT, PER_PAGE_MAX);
    int64_t page = query_int(call, "page", 1, INT32_MAX);
    struct json *list = json_array();
    struct filter filter;
    int64_t seen = 0;

    if (read_filter(call, &filter)) {
        for (size_t i = github->n_pulls; i-- > 0;) { /* newest first */
            if (!passes(call, &filter, &github->pulls[i]))
                continue;
            if (seen >= (page - 1) * per_page && seen < page * per_page)
                json_push_give(list, pull_summary(call, &github->pulls[i]));
            seen++;
        }
    }
    link_pages(call, page, (seen + per_page - 1) / per_page);
    fake_reply_json_give(call->reply, 200, list);
}
