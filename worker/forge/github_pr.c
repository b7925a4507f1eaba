/* GitHub's pull requests, looked for and read; the story stands in github_pr.h. */
#include "worker/forge/github_pr.h"

#include <stdio.h>
#include <strings.h>

#include "common/http/http.h"
#include "common/json.h"
#include "worker/forge/names.h"

#define PAGES_MAX 10

int github_path(char out[GITHUB_URL_BYTES], const char *repository, const char *rest,
                struct err *err)
{
    int r = forge_check_repository(repository, err);

    if (r == 0)
        snprintf(out, GITHUB_URL_BYTES, "/repos/%s%s", repository, rest);
    return r;
}

int github_pr_read(const struct json *json, struct forge_pr *out, struct err *err)
{
    struct forge_pr pr = {.number = json_get_int(json, "number", 0)};
    char plan[65];

    if (pr.number <= 0 || !str_copy(pr.url, sizeof pr.url, json_get_text(json, "html_url", "")) ||
        pr.url[0] == '\0')
        return err_set(err, ERR_RETRY, "GitHub: a pull request without number or URL");
    if (str_eq(json_get_text(json, "state", ""), "open"))
        pr.state = FORGE_OPEN;
    else
        pr.state = json_is_null(json_get(json, "merged_at")) ? FORGE_CLOSED : FORGE_MERGED;
    (void)str_copy(pr.head_commit, sizeof pr.head_commit,
                   json_text(json_find(json, "head.sha"), ""));
    (void)str_copy(pr.branch, sizeof pr.branch, json_text(json_find(json, "head.ref"), ""));
    (void)forge_marker_read(json_get_text(json, "body", ""), pr.fingerprint, plan);
    *out = pr;
    return 0;
}

/* The filter is checked again: one that GitHub does not understand is ignored, and gives every pull
 * request there is. A deleted fork has no repository; it is not ours. */
static bool has_head(const struct json *json, const char *repository, const char *branch)
{
    const char *name = json_text(json_find(json, "head.repo.full_name"), "");

    return strcasecmp(name, repository) == 0 &&
           str_eq(json_text(json_find(json, "head.ref"), ""), branch);
}

static bool is_better(const struct json *json, const struct json *than)
{
    bool is_open = str_eq(json_get_text(json, "state", ""), "open");
    bool was_open = str_eq(json_get_text(than, "state", ""), "open");

    if (is_open != was_open)
        return is_open;
    return json_get_int(json, "number", 0) > json_get_int(than, "number", 0);
}

/* Replaces *best by the best of this page. */
static void look_through(const struct json *page, const char *repository, const char *branch,
                         struct json **best)
{
    for (size_t i = 0; i < json_count(page); i++) {
        const struct json *json = json_at(page, i);

        if (has_head(json, repository, branch) && (*best == NULL || is_better(json, *best))) {
            json_free(*best);
            *best = json_copy(json);
        }
    }
}

int github_pr_find(struct github *github, const char *repository, const char *branch,
                   struct json **out, struct err *err)
{
    CLEANUP(json_freep) struct json *best = NULL;
    CLEANUP(buf_done) struct buf query = BUF(GITHUB_URL_BYTES / 2);
    char path[GITHUB_URL_BYTES];
    int r = forge_check_branch(branch, err);

    buf_print(&query, "/pulls?state=all&head=%.*s", (int)strcspn(repository, "/"), repository);
    http_url_escape(&query, ":");
    http_url_escape(&query, branch);
    buf_text(&query, "&per_page=100");
    if (r == 0)
        r = buf_check(&query, err);
    if (r == 0)
        r = github_path(path, repository, buf_str(&query), err);
    for (int page = 0; r == 0 && path[0] != '\0' && page < PAGES_MAX; page++) {
        CLEANUP(github_answer_done) struct github_answer answer = {0};

        r = github_get(github, path, &answer, err);
        if (r == GITHUB_REFUSED)
            r = err_set(err, ERR_REJECT, "GitHub: 422 to a list of pull requests");
        if (r == 0 && !json_is_array(answer.json))
            r = err_set(err, ERR_RETRY, "GitHub: a list that is none");
        look_through(answer.json, repository, branch, &best);
        memcpy(path, answer.next_url, sizeof path);
    }
    if (r < 0)
        return r;
    if (best == NULL)
        return FORGE_NO_PR;
    *out = STEAL(best);
    return 0;
}

/* --- of any generation ---------------------------------------------------------- */

static bool is_of(const struct forge_pr *pr, const struct forge_kin *kin)
{
    return pr->state == FORGE_OPEN &&
           (pr->fingerprint[0] == '\0' || str_eq(pr->fingerprint, kin->fingerprint));
}

/* The first of the refs on this page that has an open pull request. */
static int find_among(struct github *github, const char *repository, const struct json *refs,
                      const struct forge_kin *kin, struct forge_pr *out, struct err *err)
{
    static const char heads[] = "refs/heads/";

    for (size_t i = 0; i < json_count(refs); i++) {
        CLEANUP(json_freep) struct json *json = NULL;
        const char *ref = json_get_text(json_at(refs, i), "ref", "");
        struct forge_pr pr;

        if (!str_starts(ref, heads) || !forge_is_kin(kin, ref + strlen(heads)))
            continue;
        int r = github_pr_find(github, repository, ref + strlen(heads), &json, err);
        if (r == 0)
            r = github_pr_read(json, &pr, err);
        if (r == 0 && is_of(&pr, kin))
            *out = pr;
        if (r < 0 || (r == 0 && is_of(&pr, kin)))
            return r;
    }
    return FORGE_NO_PR;
}

static int print_refs_path(char out[GITHUB_URL_BYTES], const char *repository,
                           const struct forge_kin *kin, struct err *err)
{
    CLEANUP(buf_done) struct buf rest = BUF(GITHUB_URL_BYTES / 2);
    char name[FORGE_BRANCH_MAX + 1];
    char *at = NULL;
    int r = forge_check_branch(kin->name, err);

    if (r < 0)
        return r;
    (void)str_copy(name, sizeof name, kin->name);
    buf_text(&rest, "/git/matching-refs/heads");
    for (char *part = strtok_r(name, "/", &at); part != NULL; part = strtok_r(NULL, "/", &at)) {
        buf_char(&rest, '/');
        http_url_escape(&rest, part);
    }
    r = buf_check(&rest, err);
    return r < 0 ? r : github_path(out, repository, buf_str(&rest), err);
}

int github_pr_find_open(struct github *github, const char *repository, const struct forge_kin *kin,
                        struct forge_pr *out, struct err *err)
{
    char path[GITHUB_URL_BYTES];
    int r = print_refs_path(path, repository, kin, err);

    if (r < 0)
        return r;
    r = FORGE_NO_PR;
    for (int page = 0; r == FORGE_NO_PR && path[0] != '\0' && page < PAGES_MAX; page++) {
        CLEANUP(github_answer_done) struct github_answer answer = {0};

        r = github_get(github, path, &answer, err);
        if (r < 0 && answer.status == 409) /* an empty repository */
            return FORGE_NO_PR;
        if (r == GITHUB_REFUSED)
            r = err_set(err, ERR_REJECT, "GitHub: 422 to a list of branches");
        if (r == 0 && !json_is_array(answer.json))
            r = err_set(err, ERR_RETRY, "GitHub: a list that is none");
        if (r == 0)
            r = find_among(github, repository, answer.json, kin, out, err);
        memcpy(path, answer.next_url, sizeof path);
    }
    return r;
}
