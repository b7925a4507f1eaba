/* git.h over one repository in memory; the story stands in outside.h. */
#include <stdio.h>

#include "tests/sim/outside.h"

struct commit {
    char id[GIT_ID_BYTES];
    char *message;
};

struct branch {
    char name[256];
    char commit[GIT_ID_BYTES];
    bool used;
};

struct git_mirror {
    bool fetched;
};

static struct commit commits[COMMITS_MAX];
static size_t n_commits;
static struct branch branches[BRANCHES_MAX];
static int base_number;
static size_t plans;

void git_model_begin(void);

void git_model_begin(void)
{
    for (size_t i = 0; i < n_commits; i++)
        free(commits[i].message);
    n_commits = 0;
    memset(branches, 0, sizeof branches);
    base_number = 1;
    plans = 0;
}

size_t plans_made(void)
{
    return plans;
}

void people_push(void)
{
    base_number++;
}

static struct branch *find_branch(const char *name)
{
    for (size_t i = 0; i < BRANCHES_MAX; i++)
        if (branches[i].used && str_eq(branches[i].name, name))
            return &branches[i];
    return NULL;
}

bool branch_exists(const char *name)
{
    return find_branch(name) != NULL;
}

void branch_delete(const char *name);

void branch_delete(const char *name)
{
    struct branch *branch = find_branch(name);

    if (branch != NULL)
        branch->used = false;
}

static const char *message_of(const char *commit)
{
    for (size_t i = 0; i < n_commits; i++)
        if (str_eq(commits[i].id, commit))
            return commits[i].message;
    return "";
}

static int unreachable_remote(enum fate fate, struct err *err)
{
    if (fate == FATE_DEAD)
        return err_set(err, ERR_FATAL, "this process was killed");
    return err_set(err, ERR_RETRY, "git model: no answer");
}

int git_mirror_open(struct git_mirror **out, const char *directory, const char *repository,
                    const char *url, const struct git_options *options, struct err *err)
{
    struct git_mirror *mirror = calloc(1, sizeof *mirror);

    (void)directory;
    (void)repository;
    (void)url;
    (void)options;
    if (mirror == NULL)
        return err_nomem(err);
    *out = mirror;
    return 0;
}

void git_mirror_free(struct git_mirror *mirror)
{
    free(mirror);
}

int git_mirror_fetch(struct git_mirror *mirror, const char *branch, char out_branch[256],
                     char out_commit[GIT_ID_BYTES], struct err *err)
{
    char name[32];
    enum fate fate = door_answers(DOOR_GIT, door_arrives(DOOR_GIT));

    (void)branch;
    if (fate != FATE_DONE)
        return unreachable_remote(fate, err);
    mirror->fetched = true;
    snprintf(name, sizeof name, "base %d", base_number);
    sha256_hex(name, strlen(name), out_commit);
    (void)str_copy(out_branch, 256, "main");
    return 0;
}

int git_mirror_read(struct git_mirror *mirror, const char *commit, const char *directory,
                    bool (*wanted)(const char *path), size_t max_file_bytes, git_visit_fn visit,
                    void *context, struct err *err)
{
    (void)mirror;
    (void)commit;
    (void)directory;
    (void)wanted;
    (void)max_file_bytes;
    (void)visit;
    (void)context;
    return err_set(err, ERR_REJECT, "git model: it holds no files");
}

int git_mirror_commit(struct git_mirror *mirror, const char *parent,
                      const struct git_change *changes, size_t n, const char *message,
                      const struct git_signature *who, char out_commit[GIT_ID_BYTES],
                      struct err *err)
{
    const char *elements[16] = {parent, message};
    char when[24];

    assert(mirror->fetched && 3 + 2 * n <= COUNT(elements));
    snprintf(when, sizeof when, "%lld", (long long)who->when_unix_s);
    elements[2] = when;
    for (size_t i = 0; i < n; i++) {
        elements[3 + 2 * i] = changes[i].path;
        elements[4 + 2 * i] = changes[i].bytes;
    }
    if (task_is_dead())
        return unreachable_remote(FATE_DEAD, err);
    sha256_list_hex(elements, 3 + 2 * n, out_commit);
    if (message_of(out_commit)[0] != '\0')
        return 0;
    assert(n_commits < COMMITS_MAX);
    memcpy(commits[n_commits].id, out_commit, GIT_ID_BYTES);
    commits[n_commits++].message = strdup(message);
    return 0;
}

int git_mirror_diff(struct git_mirror *mirror, const char *from, const char *to, struct buf *out,
                    struct git_diff_stat *stat, struct err *err)
{
    (void)mirror;
    plans++;
    *stat = (struct git_diff_stat){.files = 1, .added = 1};
    buf_print(out, "--- %.8s\n+++ %.8s\n", from, to);
    return buf_check(out, err);
}

int git_mirror_remote_tip(struct git_mirror *mirror, const char *branch,
                          char out_commit[GIT_ID_BYTES], struct buf *out_message, struct err *err)
{
    enum fate fate = door_answers(DOOR_GIT, door_arrives(DOOR_GIT));

    (void)mirror;
    if (fate != FATE_DONE)
        return unreachable_remote(fate, err);
    const struct branch *found = find_branch(branch);
    if (found == NULL)
        return GIT_NO_BRANCH;
    memcpy(out_commit, found->commit, GIT_ID_BYTES);
    if (out_message != NULL)
        buf_text(out_message, message_of(found->commit));
    return 0;
}

/* The remote's compare-and-swap: from absent, or nothing. */
static int create(const char *branch, const char *commit, char out_existing[GIT_ID_BYTES])
{
    struct branch *found = find_branch(branch);
    size_t i = 0;

    if (found != NULL) {
        memcpy(out_existing, found->commit, GIT_ID_BYTES);
        return str_eq(found->commit, commit) ? 0 : GIT_BRANCH_EXISTS;
    }
    while (branches[i].used)
        assert(++i < BRANCHES_MAX);
    branches[i].used = true;
    (void)str_copy(branches[i].name, sizeof branches[i].name, branch);
    memcpy(branches[i].commit, commit, GIT_ID_BYTES);
    return 0;
}

int git_mirror_push_new(struct git_mirror *mirror, const char *commit, const char *branch,
                        char out_existing[GIT_ID_BYTES], struct err *err)
{
    enum fate fate = door_arrives(DOOR_GIT);
    int r = 0;

    (void)mirror;
    if (fate == FATE_DONE || fate == FATE_ANSWER_LOST) {
        r = create(branch, commit, out_existing);
        trace("git     push %.8s to %s -> %d", commit, branch, r);
    }
    fate = door_answers(DOOR_GIT, fate);
    return fate == FATE_DONE ? r : unreachable_remote(fate, err);
}

int git_text_diff(const char *path, const char *before, size_t before_len, const char *after,
                  size_t after_len, struct buf *out, struct err *err)
{
    (void)path;
    (void)before;
    (void)before_len;
    (void)after;
    (void)after_len;
    (void)out;
    return err_set(err, ERR_REJECT, "git model: no diffs of texts");
}
