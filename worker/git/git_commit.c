/*
 * Making a commit without a work tree: blobs, the changed trees, one commit object. Nothing but
 * the arguments goes in, no clock and no configuration, so the same plan always gives the same
 * commit id and a repeated push has nothing to do.
 */
#include "worker/git/git_internal.h"

#include <stdio.h>

#define CHANGES_MAX ((size_t)1000)

/* The mode a path has now; a new file is 100644. Anything but a regular file is left alone. */
static int present_mode(git_tree *tree, const char *path, git_filemode_t *out, struct err *err)
{
    CLEANUP(git_tree_entry_freep) git_tree_entry *entry = NULL;
    int code = git_tree_entry_bypath(&entry, tree, path);

    *out = GIT_FILEMODE_BLOB;
    if (code == GIT_ENOTFOUND)
        return 0;
    if (code < 0)
        return git_fail(NULL, code, "look up a path", err);
    git_filemode_t mode = git_tree_entry_filemode(entry);
    if (mode != GIT_FILEMODE_BLOB && mode != GIT_FILEMODE_BLOB_EXECUTABLE)
        return err_set(err, ERR_REJECT, "%.200s is no regular file in the repository", path);
    *out = mode;
    return 0;
}

static int prepare_update(struct git_mirror *mirror, git_tree *tree,
                          const struct git_change *change, git_tree_update *out, struct err *err)
{
    int r;

    if (!git_is_tree_path(change->path))
        return err_set(err, ERR_REJECT, "not a path to write to: %.200s", change->path);
    if (change->len > GIT_FILE_MAX_BYTES)
        return err_set(err, ERR_REJECT, "%.200s: over %zu bytes", change->path, GIT_FILE_MAX_BYTES);
    r = present_mode(tree, change->path, &out->filemode, err);
    if (r < 0)
        return r;
    out->path = change->path;
    out->action = change->bytes != NULL ? GIT_TREE_UPDATE_UPSERT : GIT_TREE_UPDATE_REMOVE;
    if (change->bytes == NULL)
        return 0;
    int code = git_blob_create_from_buffer(&out->id, mirror->repo, change->bytes, change->len);
    return code < 0 ? git_fail(mirror, code, "write a file into", err) : 0;
}

static int check_distinct(const struct git_change *changes, size_t n, struct err *err)
{
    if (n > CHANGES_MAX)
        return err_set(err, ERR_REJECT, "more than %zu files in one commit", CHANGES_MAX);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            if (str_eq(changes[i].path, changes[j].path))
                return err_set(err, ERR_REJECT, "%.200s is changed twice", changes[i].path);
        }
    }
    return 0;
}

static int write_tree(struct git_mirror *mirror, git_commit *parent,
                      const struct git_change *changes, size_t n, git_oid *out, struct err *err)
{
    CLEANUP(git_tree_freep) git_tree *tree = NULL;
    CLEANUP(mem_freep) git_tree_update *updates = calloc(n + 1, sizeof *updates);
    int code;
    int r = check_distinct(changes, n, err);

    if (r < 0)
        return r;
    if (updates == NULL)
        return err_nomem(err);
    code = git_commit_tree(&tree, parent);
    if (code < 0)
        return git_fail(mirror, code, "read a tree of", err);
    for (size_t i = 0; i < n; i++) {
        r = prepare_update(mirror, tree, &changes[i], &updates[i], err);
        if (r < 0)
            return r;
    }
    code = git_tree_create_updated(out, mirror->repo, tree, n, updates);
    return code < 0 ? git_fail(mirror, code, "write a tree into", err) : 0;
}

int git_mirror_commit(struct git_mirror *mirror, const char *parent,
                      const struct git_change *changes, size_t n, const char *message,
                      const struct git_signature *who, char out_commit[GIT_ID_BYTES],
                      struct err *err)
{
    CLEANUP(git_commit_freep) git_commit *base = NULL;
    CLEANUP(git_tree_freep) git_tree *tree = NULL;
    CLEANUP(git2_signature_freep) git2_signature *signature = NULL;
    git_oid tree_id;
    git_oid id;
    int code;
    int r;

    mirror->failed = 0;
    r = git_find_commit(mirror->repo, parent, &base, err);
    if (r == 0)
        r = write_tree(mirror, base, changes, n, &tree_id, err);
    if (r < 0)
        return r;
    code = git_signature_new(&signature, who->name, who->email, who->when_unix_s, 0);
    if (code >= 0)
        code = git_tree_lookup(&tree, mirror->repo, &tree_id);
    const git_commit *parents[] = {base};
    if (code >= 0)
        code = git_commit_create(&id, mirror->repo, NULL, signature, signature, NULL, message, tree,
                                 1, parents);
    if (code < 0)
        return git_fail(mirror, code, "write a commit into", err);
    git_id_print(&id, out_commit);
    return 0;
}
