/*
 * One conversation with an http(s) remote: connect, see its branches, bring one of them. The
 * remote exists in memory only; nothing about it is ever written to the mirror's configuration.
 */
#include "worker/git/git_internal.h"

#include <stdio.h>

static int on_progress(const git_indexer_progress *progress, void *context)
{
    struct git_mirror *mirror = context;
    const struct git_options *options = &mirror->options;

    (void)progress; /* bytes are counted, and capped, by the transport */
    if (options->should_stop == NULL || !options->should_stop(options->stop_context))
        return 0;
    mirror->failed = err_set(&mirror->failure, ERR_RETRY, "stopped");
    return GIT_EUSER;
}

static int on_push_status(const char *ref, const char *status, void *context)
{
    struct git_mirror *mirror = context;

    (void)ref; /* only one is pushed */
    if (status != NULL)
        (void)str_copy(mirror->refusal, sizeof mirror->refusal, status);
    return 0;
}

void git_talk_callbacks(struct git_mirror *mirror, git_remote_callbacks *out)
{
    out->transport = git_transport_over_http;
    out->transfer_progress = on_progress;
    out->push_update_reference = on_push_status;
    out->payload = mirror;
}

static int begin(struct git_mirror *mirror, struct err *err)
{
    char *base = strdup(mirror->url);

    if (base == NULL)
        return err_nomem(err);
    free(mirror->base);
    mirror->base = base;
    mirror->failed = 0;
    mirror->received_bytes = 0;
    mirror->refusal[0] = '\0';
    return 0;
}

int git_talk_open(struct git_mirror *mirror, git_direction direction, git_remote **out,
                  struct err *err)
{
    CLEANUP(git_remote_freep) git_remote *remote = NULL;
    git_remote_create_options create = GIT_REMOTE_CREATE_OPTIONS_INIT;
    git_remote_connect_options connect = GIT_REMOTE_CONNECT_OPTIONS_INIT;
    int code;
    int r = begin(mirror, err);

    if (r < 0)
        return r;
    create.repository = mirror->repo;
    /* Looking for url.insteadOf rules would leak in libgit2 1.5, and none is wanted. */
    create.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC;
    code = git_remote_create_with_opts(&remote, mirror->url, &create);
    if (code < 0)
        return git_fail(mirror, code, "remote of", err);
    git_talk_callbacks(mirror, &connect.callbacks);
    code = git_remote_connect_ext(remote, direction, &connect);
    if (code < 0)
        return git_fail(mirror, code, "connect to", err);
    *out = STEAL(remote);
    return 0;
}

static const git_remote_head *find_head(const git_remote_head **heads, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(heads[i]->name, name))
            return heads[i];
    }
    return NULL;
}

/* The branch that the remote's HEAD names; NULL when it names none. */
static const char *default_branch(const git_remote_head **heads, size_t n)
{
    const git_remote_head *head = find_head(heads, n, "HEAD");

    if (head == NULL || head->symref_target == NULL ||
        !str_starts(head->symref_target, "refs/heads/"))
        return NULL;
    return head->symref_target + strlen("refs/heads/");
}

int git_talk_tip(struct git_mirror *mirror, git_remote *remote, const char *branch,
                 char out_branch[GIT_BRANCH_BYTES], git_oid *out, struct err *err)
{
    const git_remote_head **heads;
    char ref[GIT_REF_MAX_BYTES];
    size_t n;
    int code = git_remote_ls(&heads, &n, remote);

    if (code < 0)
        return git_fail(mirror, code, "list branches of", err);
    if (branch[0] == '\0')
        branch = default_branch(heads, n);
    if (branch == NULL)
        return GIT_NO_BRANCH;
    if (!git_is_branch_name(branch))
        return err_set(err, ERR_REJECT, "%s: not a branch name: %.100s", mirror->name, branch);

    snprintf(ref, sizeof ref, "refs/heads/%s", branch);
    const git_remote_head *head = find_head(heads, n, ref);
    if (head == NULL)
        return GIT_NO_BRANCH;
    git_oid_cpy(out, &head->oid);
    (void)str_copy(out_branch, GIT_BRANCH_BYTES, branch);
    return 0;
}

int git_talk_download(struct git_mirror *mirror, git_remote *remote, const char *branch,
                      struct err *err)
{
    git_fetch_options options = GIT_FETCH_OPTIONS_INIT;
    char spec[2 * GIT_REF_MAX_BYTES + 2];
    char *specs[] = {spec};
    git_strarray list = {specs, 1};

    /* All of the branch's history: a plan made by an earlier worker may stand on an older commit
     * than today's tip, which a shallow mirror would not have. It is brought once. */
    snprintf(spec, sizeof spec, "+refs/heads/%s:refs/heads/%s", branch, branch);
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
    options.update_fetchhead = 0;
    git_talk_callbacks(mirror, &options.callbacks);
    int code = git_remote_download(remote, &list, &options);
    return code < 0 ? git_fail(mirror, code, "fetch", err) : 0;
}
