/*
 * A remote that is a directory on this machine. Its objects are not copied: the mirror names it as
 * an alternate, so a fetch is reading one reference. A push copies the few objects that are new
 * and then creates the branch under git's own lock file, which is what makes it create-only
 * between processes (libgit2's local transport would look first and write later). Plumblines also
 * hold the directory meanwhile, so that they know a dead one's lock file.
 */
#include "worker/git/git_internal.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DEAD_LOCK_S 5 /* git itself waits a tenth of a second for such a lock, then gives up */

static int write_alternates(const char *mirror_path, const char *objects, struct err *err)
{
    char path[2 * GIT_PATH_MAX_BYTES];
    char temporary[2 * GIT_PATH_MAX_BYTES + 32];

    snprintf(path, sizeof path, "%s/objects/info", mirror_path);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return err_set(err, ERR_RETRY, "%.200s: %s", path, strerror(errno));
    snprintf(path, sizeof path, "%s/objects/info/alternates", mirror_path);
    snprintf(temporary, sizeof temporary, "%s.new", path);
    FILE *file = fopen(temporary, "we");
    if (file == NULL)
        return err_set(err, ERR_RETRY, "%.200s: %s", temporary, strerror(errno));
    fprintf(file, "%s\n", objects);
    if (fclose(file) != 0 || rename(temporary, path) != 0)
        return err_set(err, ERR_RETRY, "%.200s: %s", path, strerror(errno));
    return 0;
}

int git_local_open(struct git_mirror *mirror, struct err *err)
{
    char objects[2 * GIT_PATH_MAX_BYTES];
    int code;

    if (strlen(mirror->url) >= GIT_PATH_MAX_BYTES || strchr(mirror->url, '\n') != NULL)
        return err_set(err, ERR_REJECT, "the path of repository %s cannot be used", mirror->name);
    code =
        git_repository_open_ext(&mirror->local, mirror->url, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
    if (code == GIT_ENOTFOUND)
        return err_set(err, ERR_REJECT, "%s is no git repository", mirror->url);
    if (code < 0)
        return git_fail(mirror, code, "open", err);
    snprintf(objects, sizeof objects, "%sobjects", git_repository_commondir(mirror->local));
    return write_alternates(mirror->path, objects, err);
}

static int head_branch(struct git_mirror *mirror, char out[GIT_BRANCH_BYTES], struct err *err)
{
    CLEANUP(git_reference_freep) git_reference *head = NULL;
    int code = git_reference_lookup(&head, mirror->local, "HEAD");

    if (code < 0)
        return git_fail(mirror, code, "HEAD of", err);
    const char *target = git_reference_symbolic_target(head);
    if (target == NULL || !str_starts(target, "refs/heads/"))
        return err_set(err, ERR_REJECT, "HEAD of %s names no branch; name one", mirror->url);
    if (!str_copy(out, GIT_BRANCH_BYTES, target + strlen("refs/heads/")))
        return err_set(err, ERR_REJECT, "HEAD of %s: branch name too long", mirror->url);
    return 0;
}

int git_local_tip(struct git_mirror *mirror, const char *branch, char out_branch[GIT_BRANCH_BYTES],
                  git_oid *out, struct err *err)
{
    char name[GIT_BRANCH_BYTES];
    char ref[GIT_REF_MAX_BYTES];
    int code;
    int r = 0;

    if (branch[0] == '\0')
        r = head_branch(mirror, name, err);
    else if (!git_is_branch_name(branch) || !str_copy(name, sizeof name, branch))
        r = err_set(err, ERR_REJECT, "%s: not a branch name: %.100s", mirror->name, branch);
    if (r < 0)
        return r;
    snprintf(ref, sizeof ref, "refs/heads/%s", name);
    code = git_reference_name_to_id(out, mirror->local, ref);
    if (code == GIT_ENOTFOUND)
        return GIT_NO_BRANCH;
    if (code < 0)
        return git_fail(mirror, code, "branch of", err);
    memcpy(out_branch, name, sizeof name);
    return 0;
}

/* --- push --- */

struct copier {
    struct git_mirror *mirror;
    git_odb *from;
    git_odb *to;
};

static void copier_done(struct copier *copier)
{
    git_odb_free(copier->from);
    git_odb_free(copier->to);
}

static int copy_object(struct copier *copier, const git_oid *id, struct err *err)
{
    CLEANUP(git_odb_object_freep) git_odb_object *object = NULL;
    git_oid written;
    int code = git_odb_read(&object, copier->from, id);

    if (code >= 0)
        code = git_odb_write(&written, copier->to, git_odb_object_data(object),
                             git_odb_object_size(object), git_odb_object_type(object));
    return code < 0 ? git_fail(copier->mirror, code, "write an object into", err) : 0;
}

/* Children before parents: whatever is there is complete. So a tree that is there needs no look. */
static int copy_tree(struct copier *copier, const git_oid *id, int depth, struct err *err)
{
    CLEANUP(git_tree_freep) git_tree *tree = NULL;
    int code;
    int r = 0;

    if (git_odb_exists(copier->to, id))
        return 0;
    if (depth > GIT_TREE_DEPTH_MAX)
        return err_set(err, ERR_REJECT, "directories nested deeper than %d", GIT_TREE_DEPTH_MAX);
    code = git_tree_lookup(&tree, copier->mirror->repo, id);
    if (code < 0)
        return git_fail(copier->mirror, code, "read a tree of", err);
    for (size_t i = 0; r == 0 && i < git_tree_entrycount(tree); i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        const git_oid *child = git_tree_entry_id(entry);
        if (git_tree_entry_type(entry) == GIT_OBJECT_TREE)
            r = copy_tree(copier, child, depth + 1, err);
        else if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB &&
                 !git_odb_exists(copier->to, child))
            r = copy_object(copier, child, err);
    }
    return r < 0 ? r : copy_object(copier, id, err);
}

static int copy_commit(struct git_mirror *mirror, const git_oid *id, struct err *err)
{
    CLEANUP(copier_done) struct copier copier = {.mirror = mirror};
    CLEANUP(git_commit_freep) git_commit *commit = NULL;
    int code = git_repository_odb(&copier.from, mirror->repo);

    if (code >= 0)
        code = git_repository_odb(&copier.to, mirror->local);
    if (code >= 0)
        code = git_commit_lookup(&commit, mirror->repo, id);
    if (code < 0)
        return git_fail(mirror, code, "push to", err);
    for (unsigned i = 0; i < git_commit_parentcount(commit); i++) {
        if (!git_odb_exists(copier.to, git_commit_parent_id(commit, i)))
            return err_set(err, ERR_REJECT, "%s does not have the commit's parent", mirror->url);
    }
    int r = copy_tree(&copier, git_commit_tree_id(commit), 0, err);
    if (r < 0 || git_odb_exists(copier.to, id))
        return r;
    return copy_object(&copier, id, err);
}

/* A branch's lock file names no holder, and stays when the writer is killed. With the directory
 * held it is of no living Plumbline; another git is done with it at once. */
static void drop_dead_lock(const struct git_mirror *mirror, const char *ref)
{
    char path[2 * GIT_PATH_MAX_BYTES];
    struct stat lock;

    snprintf(path, sizeof path, "%s%s.lock", git_repository_commondir(mirror->local), ref);
    if (stat(path, &lock) == 0 && llabs((long long)time(NULL) - lock.st_mtime) >= DEAD_LOCK_S)
        (void)unlink(path);
}

/* All zeros as the expected value: only if the branch does not exist, checked under its lock.
 * libgit2's code into out_code; the class of a failure to get there. */
static int create_branch(struct git_mirror *mirror, const char *ref, const git_oid *commit,
                         int *out_code, struct err *err)
{
    CLEANUP(git_lock_drop) struct git_lock lock = {-1};
    CLEANUP(git_reference_freep) git_reference *created = NULL;
    git_oid none = {{0}};
    int r = git_lock_take_directory(&lock, git_repository_commondir(mirror->local),
                                    &mirror->options, err);

    if (r < 0)
        return r;
    drop_dead_lock(mirror, ref);
    *out_code =
        git_reference_create_matching(&created, mirror->local, ref, commit, 0, &none, "plumbline");
    return 0;
}

int git_local_push_new(struct git_mirror *mirror, const git_oid *commit, const char *branch,
                       git_oid *out_existing, struct err *err)
{
    char found[GIT_BRANCH_BYTES];
    char ref[GIT_REF_MAX_BYTES];
    int code = 0;
    int r = git_local_tip(mirror, branch, found, out_existing, err);

    if (r == GIT_NO_BRANCH) {
        snprintf(ref, sizeof ref, "refs/heads/%s", branch);
        r = copy_commit(mirror, commit, err);
        if (r == 0)
            r = create_branch(mirror, ref, commit, &code, err);
        if (r < 0 || code >= 0)
            return r;
        /* Lost a race, most likely: then somebody's branch is there now. */
        r = git_local_tip(mirror, branch, found, out_existing, err);
    }
    if (r == 0)
        return git_oid_equal(out_existing, commit) ? 0 : GIT_BRANCH_EXISTS;
    if (r == GIT_NO_BRANCH && code == GIT_ELOCKED)
        return err_set(err, ERR_RETRY, "branch %s of %s is locked by another git", branch,
                       mirror->url);
    return r == GIT_NO_BRANCH ? git_fail(mirror, code, "create a branch in", err) : r;
}
