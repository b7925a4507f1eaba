/*
 * Create-only push. The branch is looked for in the listing of the very connection that pushes, so
 * the server is asked to go from "absent" to our commit and refuses if it is not absent any more.
 * After a refusal the branch is looked at again: whoever won, the answer says so.
 */
#include "common/digest.h"
#include "worker/git/git_internal.h"

#include <stdio.h>
#include <strings.h>

static bool is_below(const char *ref, const char *above)
{
    size_t len = strlen(above);

    return strncmp(ref, above, len) == 0 && ref[len] == '/';
}

/* "a" and "a/b" cannot both be branches: then no later try will work either. */
static int check_room(const struct git_mirror *mirror, git_remote *remote, const char *branch,
                      struct err *err)
{
    const git_remote_head **heads;
    char ref[GIT_REF_MAX_BYTES];
    size_t n;
    int code = git_remote_ls(&heads, &n, remote);

    if (code < 0)
        return git_fail(mirror, code, "list branches of", err);
    snprintf(ref, sizeof ref, "refs/heads/%s", branch);
    for (size_t i = 0; i < n; i++) {
        if (is_below(ref, heads[i]->name) || is_below(heads[i]->name, ref))
            return err_set(err, ERR_REJECT, "branch %s cannot be made in %s: %.200s exists", branch,
                           mirror->name, heads[i]->name);
    }
    return GIT_NO_BRANCH;
}

/* 0: the branch is at commit; GIT_BRANCH_EXISTS: at another; GIT_NO_BRANCH: nowhere. */
static int look(struct git_mirror *mirror, git_remote *remote, const git_oid *commit,
                const char *branch, git_oid *out_existing, struct err *err)
{
    char found[GIT_BRANCH_BYTES];
    int r = git_talk_tip(mirror, remote, branch, found, out_existing, err);

    if (r == GIT_NO_BRANCH)
        return check_room(mirror, remote, branch, err);
    if (r != 0)
        return r;
    return git_oid_equal(out_existing, commit) ? 0 : GIT_BRANCH_EXISTS;
}

/* libgit2 1.5 pushes references, not commits: the commit gets one that nobody else uses. */
struct private_ref {
    git_repository *repo;
    char name[64];
};

static void private_ref_done(struct private_ref *ref)
{
    git_reference_remove(ref->repo, ref->name);
}

static int private_ref_init(struct private_ref *ref, git_repository *repo, const git_oid *commit)
{
    CLEANUP(git_reference_freep) git_reference *made = NULL;
    char id[UUID_BYTES];

    random_uuid(id);
    ref->repo = repo;
    snprintf(ref->name, sizeof ref->name, "refs/plumb/push/%s", id);
    return git_reference_create(&made, repo, ref->name, commit, 0, "push");
}

static int upload(struct git_mirror *mirror, git_remote *remote, const git_oid *commit,
                  const char *branch)
{
    git_push_options options = GIT_PUSH_OPTIONS_INIT;
    CLEANUP(private_ref_done) struct private_ref ref;
    char spec[sizeof ref.name + GIT_REF_MAX_BYTES + 1];
    char *specs[] = {spec};
    git_strarray list = {specs, 1};
    int code = private_ref_init(&ref, mirror->repo, commit);

    if (code < 0)
        return code;
    snprintf(spec, sizeof spec, "%s:refs/heads/%s", ref.name, branch);
    options.pb_parallelism = 1;
    git_talk_callbacks(mirror, &options.callbacks);
    return git_remote_upload(remote, &list, &options);
}

/* The server said no to the update itself. */
static int judge_refusal(struct git_mirror *mirror, const char *branch, const char *refusal,
                         struct err *err)
{
    /* Somebody is creating the same branch this instant, and has not finished. */
    if (strcasestr(refusal, "lock") != NULL || strcasestr(refusal, "failed to update ref") != NULL)
        return err_set(err, ERR_RETRY, "push %s to %s: %s", branch, mirror->name, refusal);
    return err_set(err, ERR_REJECT, "push %s to %s was refused: %s", branch, mirror->name, refusal);
}

static int look_again(struct git_mirror *mirror, const git_oid *commit, const char *branch,
                      git_oid *out_existing, struct err *err)
{
    CLEANUP(git_remote_freep) git_remote *remote = NULL;
    char refusal[GIT_TEXT_BYTES];
    int r;

    memcpy(refusal, mirror->refusal, sizeof refusal);
    r = git_talk_open(mirror, GIT_DIRECTION_FETCH, &remote, err);
    if (r < 0)
        return r;
    r = look(mirror, remote, commit, branch, out_existing, err);
    return r == GIT_NO_BRANCH ? judge_refusal(mirror, branch, refusal, err) : r;
}

static int push_http(struct git_mirror *mirror, const git_oid *commit, const char *branch,
                     git_oid *out_existing, struct err *err)
{
    CLEANUP(git_remote_freep) git_remote *remote = NULL;
    int r = git_talk_open(mirror, GIT_DIRECTION_PUSH, &remote, err);

    if (r < 0)
        return r;
    r = look(mirror, remote, commit, branch, out_existing, err);
    if (r != GIT_NO_BRANCH)
        return r;

    int code = upload(mirror, remote, commit, branch);
    int failed = code < 0 ? git_fail(mirror, code, "push to", err) : 0;
    git_remote_free(STEAL(remote)); /* one exchange at a time */
    if (mirror->refusal[0] != '\0')
        return look_again(mirror, commit, branch, out_existing, err);
    return failed;
}

int git_mirror_push_new(struct git_mirror *mirror, const char *commit, const char *branch,
                        char out_existing[GIT_ID_BYTES], struct err *err)
{
    CLEANUP(git_commit_freep) git_commit *found = NULL;
    git_oid existing;
    int r;

    if (!git_is_branch_name(branch))
        return err_set(err, ERR_REJECT, "not a branch name: %.100s", branch);
    mirror->failed = 0;
    r = git_find_commit(mirror->repo, commit, &found, err);
    if (r < 0)
        return r;
    r = mirror->local != NULL
            ? git_local_push_new(mirror, git_commit_id(found), branch, &existing, err)
            : push_http(mirror, git_commit_id(found), branch, &existing, err);
    if (r == GIT_BRANCH_EXISTS)
        git_id_print(&existing, out_existing);
    return r;
}
