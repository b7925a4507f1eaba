/* The mirror's life, and what it learns from its remote. The story stands in git.h. */
#include "common/digest.h"
#include "common/files.h"
#include "common/http/http.h"
#include "worker/git/git_internal.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define GIT_NOTE_BYTES (SHA256_HEX_BYTES + 32)

static int copy_text(char **out, const char *text, struct err *err)
{
    *out = strdup(text != NULL ? text : "");
    return *out != NULL ? 0 : err_nomem(err);
}

static int copy_arguments(struct git_mirror *mirror, const char *repository, const char *url,
                          const struct git_options *options, struct err *err)
{
    int r = copy_text(&mirror->name, repository, err);

    if (r == 0)
        r = copy_text(&mirror->url, url, err);
    if (r == 0)
        r = copy_text(&mirror->username, options->username, err);
    if (r == 0)
        r = copy_text(&mirror->token, options->token, err);
    if (r < 0)
        return r;
    for (size_t len = strlen(mirror->url); len > 1 && mirror->url[len - 1] == '/'; len--)
        mirror->url[len - 1] = '\0';
    mirror->options = *options;
    mirror->options.username = mirror->username;
    mirror->options.token = mirror->token;
    return 0;
}

/* Makes the directory above the mirror: directory/owner. */
static int make_parents(char *path, size_t prefix_len, struct err *err)
{
    for (char *slash = strchr(path + prefix_len, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int failed = mkdir(path, 0700) != 0 && errno != EEXIST ? errno : 0;
        *slash = '/';
        if (failed != 0)
            return err_set(err, ERR_RETRY, "%s: %s", path, strerror(failed));
    }
    return 0;
}

/* Made beside its place and moved there whole: who is killed meanwhile leaves nothing that looks
 * like a mirror, and no lock file that nobody holds. */
static int make_whole(struct git_mirror *mirror, struct err *err)
{
    char made[2 * GIT_PATH_MAX_BYTES];
    int code;

    snprintf(made, sizeof made, "%s.new", mirror->path);
    files_remove_tree(made); /* of one who was killed */
    int r = git_init_bare(&mirror->repo, made, err);
    if (r < 0)
        return r;
    git_repository_free(STEAL(mirror->repo));
    files_remove_tree(mirror->path); /* it is no repository */
    if (rename(made, mirror->path) != 0)
        return err_set(err, ERR_RETRY, "%s: %s", mirror->path, strerror(errno));
    code = git_repository_open_bare(&mirror->repo, mirror->path);
    return code < 0 ? git_fail(mirror, code, "open the mirror of", err) : 0;
}

static int open_locked(struct git_mirror *mirror, struct err *err)
{
    char alternates[2 * GIT_PATH_MAX_BYTES];
    int code = git_repository_open_bare(&mirror->repo, mirror->path);
    int r = 0;

    if (code == GIT_ENOTFOUND)
        r = make_whole(mirror, err);
    else if (code < 0)
        r = git_fail(mirror, code, "open the mirror of", err);
    if (r < 0)
        return r;
    if (mirror->url[0] != '/') {
        snprintf(alternates, sizeof alternates, "%s/objects/info/alternates", mirror->path);
        unlink(alternates); /* of a time when the remote was a directory */
        return 0;
    }
    r = git_local_open(mirror, err);
    if (r < 0)
        return r;
    /* Once more, so that the alternate is seen. */
    git_repository_free(STEAL(mirror->repo));
    code = git_repository_open_bare(&mirror->repo, mirror->path);
    return code < 0 ? git_fail(mirror, code, "open the mirror of", err) : 0;
}

static int take_lock(struct git_mirror *mirror, struct git_lock *lock, struct err *err)
{
    char path[2 * GIT_PATH_MAX_BYTES];

    snprintf(path, sizeof path, "%s.lock", mirror->path);
    return git_lock_take(lock, path, &mirror->options, err);
}

static int open_in(struct git_mirror *mirror, const char *directory, struct err *err)
{
    CLEANUP(git_lock_drop) struct git_lock lock = {-1};
    int r;

    if (strlen(directory) >= GIT_PATH_MAX_BYTES)
        return err_set(err, ERR_FATAL, "mirror directory: path too long");
    if (asprintf(&mirror->path, "%s/%s.git", directory, mirror->name) < 0) {
        mirror->path = NULL;
        return err_nomem(err);
    }
    r = make_parents(mirror->path, 1, err);
    if (r == 0)
        r = take_lock(mirror, &lock, err);
    return r < 0 ? r : open_locked(mirror, err);
}

int git_mirror_open(struct git_mirror **out, const char *directory, const char *repository,
                    const char *url, const struct git_options *options, struct err *err)
{
    CLEANUP(git_mirror_freep) struct git_mirror *mirror = NULL;
    int r;

    if (!git_is_repository_name(repository))
        return err_set(err, ERR_REJECT, "not a repository name (owner/name): %.100s", repository);
    if (url[0] != '/') {
        r = http_url_check(url, err);
        if (r < 0)
            return err_wrap(err, r, "repository %s", repository);
        assert(options->http != NULL);
    }
    mirror = calloc(1, sizeof *mirror);
    if (mirror == NULL)
        return err_nomem(err);
    r = copy_arguments(mirror, repository, url, options, err);
    if (r == 0)
        r = open_in(mirror, directory, err);
    if (r < 0)
        return r;
    *out = STEAL(mirror);
    return 0;
}

void git_mirror_free(struct git_mirror *mirror)
{
    if (mirror == NULL)
        return;
    git_repository_free(mirror->repo);
    git_repository_free(mirror->local);
    if (mirror->token != NULL)
        explicit_bzero(mirror->token, strlen(mirror->token));
    free(mirror->token);
    free(mirror->username);
    free(mirror->name);
    free(mirror->url);
    free(mirror->base);
    free(mirror->path);
    free(mirror);
}

/* --- fetch --- */

/* Where the mirror notes a branch: hashed, since "a" and "a/b" cannot both be references, but can
 * both have been branches of the remote at one time or another. */
static void print_note(const char *branch, char out[GIT_NOTE_BYTES])
{
    char hex[SHA256_HEX_BYTES];

    sha256_hex(branch, strlen(branch), hex);
    snprintf(out, GIT_NOTE_BYTES, "refs/plumb/tips/%s", hex);
}

static bool has_branch_at(struct git_mirror *mirror, const char *branch, const git_oid *id)
{
    char note[GIT_NOTE_BYTES];
    git_oid present;

    print_note(branch, note);
    return git_reference_name_to_id(&present, mirror->repo, note) == 0 &&
           git_oid_equal(&present, id);
}

/* With the mirror's lock held nobody else writes references: a lock file is of one who was killed.
 */
static void drop_dead_lock(const struct git_mirror *mirror, const char *note)
{
    char path[2 * GIT_PATH_MAX_BYTES];

    snprintf(path, sizeof path, "%s/%s.lock", mirror->path, note);
    (void)unlink(path);
}

/* The reference is set after the objects are all there, so it vouches for them. */
static int set_branch(struct git_mirror *mirror, const char *branch, const git_oid *id,
                      struct err *err)
{
    CLEANUP(git_reference_freep) git_reference *made = NULL;
    char note[GIT_NOTE_BYTES];

    print_note(branch, note);
    drop_dead_lock(mirror, note);
    int code = git_reference_create(&made, mirror->repo, note, id, 1, "fetch");
    return code < 0 ? git_fail(mirror, code, "note a branch of", err) : 0;
}

static int bring(struct git_mirror *mirror, git_remote *remote, const char *branch,
                 const git_oid *id, struct err *err)
{
    CLEANUP(git_lock_drop) struct git_lock lock = {-1};
    int r;

    if (has_branch_at(mirror, branch, id))
        return 0;
    r = take_lock(mirror, &lock, err);
    if (r < 0)
        return r;
    if (has_branch_at(mirror, branch, id)) /* somebody brought it while we waited */
        return 0;
    r = git_talk_download(mirror, remote, branch, err);
    return r < 0 ? r : set_branch(mirror, branch, id, err);
}

static int fetch_http(struct git_mirror *mirror, const char *branch,
                      char out_branch[GIT_BRANCH_BYTES], git_oid *out, struct err *err)
{
    CLEANUP(git_remote_freep) git_remote *remote = NULL;
    int r = git_talk_open(mirror, GIT_DIRECTION_FETCH, &remote, err);

    if (r < 0)
        return r;
    r = git_talk_tip(mirror, remote, branch, out_branch, out, err);
    if (r != 0)
        return r;
    return bring(mirror, remote, out_branch, out, err);
}

int git_mirror_fetch(struct git_mirror *mirror, const char *branch, char out_branch[256],
                     char out_commit[GIT_ID_BYTES], struct err *err)
{
    char found[GIT_BRANCH_BYTES];
    git_oid id;
    int r;

    if (branch == NULL)
        branch = "";
    r = mirror->local != NULL ? git_local_tip(mirror, branch, found, &id, err)
                              : fetch_http(mirror, branch, found, &id, err);
    if (r != 0)
        return r;
    memcpy(out_branch, found, sizeof found);
    git_id_print(&id, out_commit);
    return 0;
}

/* --- the tip of a branch, and what its commit says --- */

static int print_message(struct git_mirror *mirror, const git_oid *id, struct buf *out,
                         struct err *err)
{
    CLEANUP(git_commit_freep) git_commit *commit = NULL;
    int code = git_commit_lookup(&commit, mirror->repo, id);

    if (code < 0)
        return git_fail(mirror, code, "read a commit of", err);
    buf_text(out, git_commit_message_raw(commit));
    return buf_check(out, err);
}

static bool has_object(struct git_mirror *mirror, const git_oid *id)
{
    CLEANUP(git_odb_freep) git_odb *odb = NULL;

    return git_repository_odb(&odb, mirror->repo) == 0 && git_odb_exists(odb, id);
}

static int tip_http(struct git_mirror *mirror, const char *branch, bool want_commit, git_oid *out,
                    struct err *err)
{
    CLEANUP(git_remote_freep) git_remote *remote = NULL;
    CLEANUP(git_lock_drop) struct git_lock lock = {-1};
    char found[GIT_BRANCH_BYTES];
    int r = git_talk_open(mirror, GIT_DIRECTION_FETCH, &remote, err);

    if (r < 0)
        return r;
    r = git_talk_tip(mirror, remote, branch, found, out, err);
    if (r != 0 || !want_commit || has_object(mirror, out))
        return r;
    r = take_lock(mirror, &lock, err);
    return r < 0 ? r : git_talk_download(mirror, remote, branch, err);
}

int git_mirror_remote_tip(struct git_mirror *mirror, const char *branch,
                          char out_commit[GIT_ID_BYTES], struct buf *out_message, struct err *err)
{
    char found[GIT_BRANCH_BYTES];
    git_oid id;
    int r;

    if (!git_is_branch_name(branch))
        return err_set(err, ERR_REJECT, "not a branch name: %.100s", branch);
    r = mirror->local != NULL ? git_local_tip(mirror, branch, found, &id, err)
                              : tip_http(mirror, branch, out_message != NULL, &id, err);
    if (r == 0 && out_message != NULL)
        r = print_message(mirror, &id, out_message, err);
    if (r != 0)
        return r;
    git_id_print(&id, out_commit);
    return 0;
}
