/*
 * The local forge: bare repositories in a directory, and pull requests as files beside them, so
 * that the whole program works without GitHub.
 *
 *     repositories/owner/name.git        what is cloned and pushed to
 *     pulls/owner/name/7.md              what a person reads: the facts, then the body
 *     pulls/owner/name/7.patch           the change
 *     pulls/owner/name/7.json            what a program reads; a person may set its "state" to
 *                                        "closed" or "merged", as a button would elsewhere
 *
 * Holds:    one pull request per head branch, for ever, whatever the number of processes that ask
 *           (local_store.h says how); a half-written one is completed by whoever asks next.
 * Does not: merge, and so does not notice a merge that git did.
 */
#include "worker/forge/forge.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/fault.h"
#include "common/http/http.h"
#include "common/json.h"
#include "worker/forge/local_ref.h"
#include "worker/forge/local_store.h"
#include "worker/forge/names.h"

#define JSON_MAX_BYTES  ((size_t)256 * 1024)
#define PAGE_MAX_BYTES  ((size_t)2 * 1024 * 1024)
#define GENERATIONS_MAX 99 /* of a finding that are looked for */

struct forge_local {
    struct forge base;
    char *repositories;
    char *pulls;
};

struct place { /* where one repository's things lie */
    char bare[PATH_MAX];
    char pulls[PATH_MAX];
};

static struct forge_local *local_of(struct forge *forge)
{
    return (struct forge_local *)forge;
}

static int locate(struct forge *forge, const char *repository, struct place *out, struct err *err)
{
    struct forge_local *local = local_of(forge);
    int r = forge_check_repository(repository, err);

    if (r < 0)
        return r;
    int bare = snprintf(out->bare, PATH_MAX, "%s/%s.git", local->repositories, repository);
    int pulls = snprintf(out->pulls, PATH_MAX, "%s/%s", local->pulls, repository);
    if (bare >= PATH_MAX || pulls >= PATH_MAX)
        return err_set(err, ERR_REJECT, "the path of %s is too long", repository);
    return 0;
}

static int local_repository(struct forge *forge, const char *repository,
                            struct forge_repository *out, struct err *err)
{
    struct forge_repository found = {0};
    struct place place;
    int r = locate(forge, repository, &place, err);

    if (r == 0)
        r = local_ref_default(place.bare, found.default_branch, sizeof found.default_branch, err);
    if (r < 0)
        return err_wrap(err, r, "repository %.140s", repository);
    found.can_push = access(place.bare, W_OK) == 0;
    *out = found;
    return 0;
}

static int local_clone_url(struct forge *forge, const char *repository, struct buf *out,
                           struct err *err)
{
    struct place place;
    char real[PATH_MAX];
    int r = locate(forge, repository, &place, err);

    if (r < 0)
        return r;
    if (realpath(place.bare, real) == NULL)
        return err_set(err, ERR_REJECT, "no bare repository at %s", place.bare);
    buf_text(out, real);
    return buf_check(out, err);
}

/* file:// and the path, escaped piece by piece. */
static void write_url(struct buf *out, const char *dir, int64_t number)
{
    char path[PATH_MAX];
    char *rest = NULL;

    buf_text(out, "file://");
    if (realpath(dir, path) == NULL)
        (void)str_copy(path, sizeof path, dir);
    for (char *part = strtok_r(path, "/", &rest); part != NULL; part = strtok_r(NULL, "/", &rest)) {
        buf_char(out, '/');
        http_url_escape(out, part);
    }
    buf_print(out, "/%lld.md", (long long)number);
}

static enum forge_state state_of(const char *text)
{
    if (str_eq(text, "merged"))
        return FORGE_MERGED;
    return str_eq(text, "closed") ? FORGE_CLOSED : FORGE_OPEN;
}

/* 0 or FORGE_NO_PR. */
static int read_pr(const char *dir, int64_t number, struct forge_pr *out, struct err *err)
{
    CLEANUP(buf_done) struct buf bytes = BUF(JSON_MAX_BYTES);
    CLEANUP(json_freep) struct json *json = NULL;
    struct forge_pr pr = {.number = number};
    char name[32];
    int r;

    snprintf(name, sizeof name, "%lld.json", (long long)number);
    r = local_store_read(dir, name, &bytes, err);
    if (r == LOCAL_STORE_ABSENT)
        return FORGE_NO_PR;
    if (r == 0)
        r = json_parse(&json, buf_str(&bytes), bytes.len, err);
    if (r < 0)
        return err_wrap(err, r, "%s/%s", dir, name);
    pr.state = state_of(json_get_text(json, "state", "open"));
    (void)str_copy(pr.url, sizeof pr.url, json_get_text(json, "url", ""));
    (void)str_copy(pr.branch, sizeof pr.branch, json_get_text(json, "head", ""));
    (void)str_copy(pr.head_commit, sizeof pr.head_commit, json_get_text(json, "head_commit", ""));
    (void)str_copy(pr.fingerprint, sizeof pr.fingerprint, json_get_text(json, "fingerprint", ""));
    *out = pr;
    return 0;
}

/* 0 or FORGE_NO_PR, also when a branch has its number but its files are not all there. */
static int find_in(const char *dir, const char *branch, struct forge_pr *out, struct err *err)
{
    int64_t number = 0;
    int r = local_store_number(dir, branch, &number, err);

    if (r == LOCAL_STORE_ABSENT)
        return FORGE_NO_PR;
    return r < 0 ? r : read_pr(dir, number, out, err);
}

static int local_find_pr(struct forge *forge, const char *repository, const char *branch,
                         struct forge_pr *out, struct err *err)
{
    struct place place;
    int r = locate(forge, repository, &place, err);

    if (r == 0)
        r = forge_check_branch(branch, err);
    return r < 0 ? r : find_in(place.pulls, branch, out, err);
}

/* Names are looked up, not listed: the directory says which number a whole name has. */
static int local_find_open(struct forge *forge, const char *repository, const struct forge_kin *kin,
                           struct forge_pr *out, struct err *err)
{
    const char *const names[] = {kin->name, kin->long_name};
    struct place place;
    int r = locate(forge, repository, &place, err);

    if (r < 0)
        return r;
    for (int i = 0; i < 2 * GENERATIONS_MAX; i++) {
        struct forge_pr pr;
        char branch[FORGE_BRANCH_MAX + 24];
        int generation = i / 2 + 1;

        snprintf(branch, sizeof branch, "%s", names[i % 2]);
        if (generation > 1)
            snprintf(branch, sizeof branch, "%s-g%d", names[i % 2], generation);
        r = find_in(place.pulls, branch, &pr, err);
        if (r < 0)
            return r;
        if (r != 0 || pr.state != FORGE_OPEN ||
            (pr.fingerprint[0] != '\0' && !str_eq(pr.fingerprint, kin->fingerprint)))
            continue;
        *out = pr;
        return 0;
    }
    return FORGE_NO_PR;
}

/* --- creating --------------------------------------------------------------- */

struct draft { /* a pull request on its way into files */
    const struct forge_pr_request *request;
    const char *dir;
    int64_t number;
    char head_commit[LOCAL_ID_BYTES];
};

static void row(struct buf *out, const char *name, const char *value)
{
    buf_print(out, "| %s | ", name);
    markdown_escape(out, value, 1000);
    buf_text(out, " |\n");
}

static void write_page(const struct draft *draft, struct buf *out)
{
    const struct forge_pr_request *request = draft->request;
    CLEANUP(buf_done) struct buf labels = BUF(4096);

    for (size_t i = 0; i < request->n_labels; i++)
        buf_print(&labels, "%s%s", i > 0 ? ", " : "", request->labels[i]);
    buf_text(out, "# ");
    markdown_escape(out, request->title, 1000);
    buf_print(out, "\n\n| | |\n|---|---|\n| Pull request | %lld%s |\n", (long long)draft->number,
              request->draft ? ", draft" : "");
    row(out, "Branch", request->branch);
    row(out, "Into", request->base);
    row(out, "Commit", draft->head_commit);
    if (labels.len > 0)
        row(out, "Labels", buf_str(&labels));
    buf_print(out, "| Change | [%lld.patch](%lld.patch) |\n\n", (long long)draft->number,
              (long long)draft->number);
    buf_text(out, request->body);
}

static void write_record(const struct draft *draft, struct buf *out)
{
    const struct forge_pr_request *request = draft->request;
    CLEANUP(json_freep) struct json *json = json_object();
    CLEANUP(buf_done) struct buf url = BUF(PATH_MAX * 3);
    struct json *labels = json_array();
    char date[CLOCK_RFC3339_BYTES];
    char fp[65] = "";
    char plan[65];

    (void)forge_marker_read(request->body, fp, plan);
    clock_format_rfc3339(clock_unix_ms(), date);
    write_url(&url, draft->dir, draft->number);
    for (size_t i = 0; i < request->n_labels; i++)
        json_push_text(labels, request->labels[i]);
    json_set_int(json, "number", draft->number);
    json_set_text(json, "state", "open");
    json_set_bool(json, "draft", request->draft);
    json_set_text(json, "title", request->title);
    json_set_text(json, "head", request->branch);
    json_set_text(json, "base", request->base);
    json_set_text(json, "head_commit", draft->head_commit);
    json_set_text(json, "fingerprint", fp);
    json_set_give(json, "labels", labels);
    json_set_text(json, "created_at", date);
    json_set_text(json, "url", buf_str(&url));
    json_write(json, JSON_PRETTY, out);
}

static int publish(const struct draft *draft, const char *ending, const struct buf *bytes,
                   struct err *err)
{
    char name[32];
    int r = buf_check(bytes, err);

    if (r < 0)
        return r;
    snprintf(name, sizeof name, "%lld.%s", (long long)draft->number, ending);
    return local_store_publish(draft->dir, name, buf_str(bytes), bytes->len, err);
}

/* The record last: it is what makes the other two a pull request. 0 or LOCAL_STORE_EXISTS. */
static int publish_all(const struct draft *draft, struct err *err)
{
    CLEANUP(buf_done) struct buf page = BUF(PAGE_MAX_BYTES);
    CLEANUP(buf_done) struct buf patch = BUF(PAGE_MAX_BYTES);
    CLEANUP(buf_done) struct buf record = BUF(JSON_MAX_BYTES);
    int r;

    write_page(draft, &page);
    buf_text(&patch, draft->request->patch != NULL ? draft->request->patch : "");
    write_record(draft, &record);
    r = publish(draft, "md", &page, err);
    if (r >= 0)
        r = publish(draft, "patch", &patch, err);
    r = FAULT_REPLY("forge.half", r, err);
    return r >= 0 ? publish(draft, "json", &record, err) : r;
}

/* What GitHub would look at too: both branches are there and differ. */
static int check_branches(const struct place *place, struct draft *draft, struct err *err)
{
    char base[LOCAL_ID_BYTES];
    int r = local_ref_read(place->bare, draft->request->base, base, err);

    if (r == FORGE_NO_BRANCH)
        return err_set(err, ERR_REJECT, "%s has no branch %s to merge into",
                       draft->request->repository, draft->request->base);
    if (r == 0)
        r = local_ref_read(place->bare, draft->request->branch, draft->head_commit, err);
    if (r != 0)
        return r;
    return str_eq(base, draft->head_commit) ? FORGE_NO_COMMITS : 0;
}

static int local_create_pr(struct forge *forge, const struct forge_pr_request *request,
                           struct forge_pr *out, struct err *err)
{
    struct draft draft = {.request = request};
    struct place place;
    int r = locate(forge, request->repository, &place, err);

    if (r == 0)
        r = forge_check_branch(request->branch, err);
    if (r == 0)
        r = forge_check_branch(request->base, err);
    if (r == 0)
        r = find_in(place.pulls, request->branch, out, err);
    if (r != FORGE_NO_PR)
        return r;

    draft.dir = place.pulls;
    r = check_branches(&place, &draft, err);
    if (r == 0)
        r = local_store_reserve(draft.dir, request->branch, &draft.number, err);
    r = FAULT_REPLY("forge.reserved", r, err);
    if (r != 0)
        return r;
    int published = publish_all(&draft, err);
    if (published < 0)
        return published;
    r = read_pr(draft.dir, draft.number, out, err);
    if (r == 0)
        out->created = published == 0;
    return r == FORGE_NO_PR ? err_set(err, ERR_RETRY, "the pull request vanished") : r;
}

/* --- life cycle ------------------------------------------------------------- */

static void local_free(struct forge *forge)
{
    struct forge_local *local = local_of(forge);

    free(local->repositories);
    free(local->pulls);
    free(local);
}

int forge_local_new(struct forge **out, const char *repositories, const char *pulls,
                    struct err *err)
{
    static const struct forge_ops ops = {
        .name = "local",
        .repository = local_repository,
        .clone_url = local_clone_url,
        .find_pr = local_find_pr,
        .find_open = local_find_open,
        .create_pr = local_create_pr,
        .free = local_free,
    };
    CLEANUP(forge_freep) struct forge *forge = NULL;
    struct forge_local *local;

    if (repositories == NULL || repositories[0] == '\0' || pulls == NULL || pulls[0] == '\0')
        return err_set(err, ERR_FATAL,
                       "the local forge needs a directory of bare repositories (LOCAL_FORGE_DIR) "
                       "and one for its pull requests");
    local = calloc(1, sizeof *local);
    if (local == NULL)
        return err_nomem(err);
    forge = &local->base;
    forge->ops = &ops;
    local->repositories = strdup(repositories);
    local->pulls = strdup(pulls);
    if (local->repositories == NULL || local->pulls == NULL)
        return err_nomem(err);
    *out = STEAL(forge);
    return 0;
}
