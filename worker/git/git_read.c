/*
 * Reading a commit's files. The walk is our own: depth and number of entries are limited, since a
 * few hand-made objects can describe a tree of billions of paths.
 */
#include "worker/git/git_internal.h"

#include <stdio.h>

struct walk {
    struct git_mirror *mirror;
    git_odb *odb;
    bool (*wanted)(const char *path);
    size_t max_file_bytes;
    git_visit_fn visit;
    void *context;
    char path[GIT_PATH_MAX_BYTES];
    size_t n_entries;
};

static int visit_file(struct walk *walk, const git_oid *id, struct err *err)
{
    CLEANUP(git_blob_freep) git_blob *blob = NULL;
    git_object_t type;
    size_t size;
    int code;

    if (walk->wanted != NULL && !walk->wanted(walk->path))
        return 0;
    code = git_odb_read_header(&size, &type, walk->odb, id);
    if (code < 0)
        return git_fail(walk->mirror, code, "read a file of", err);
    if (type != GIT_OBJECT_BLOB || size > walk->max_file_bytes)
        return 0;
    code = git_blob_lookup(&blob, walk->mirror->repo, id);
    if (code < 0)
        return git_fail(walk->mirror, code, "read a file of", err);
    return walk->visit(walk->context, walk->path, git_blob_rawcontent(blob),
                       (size_t)git_blob_rawsize(blob), err);
}

static int walk_tree(struct walk *walk, const git_oid *id, size_t path_len, int depth,
                     struct err *err);

static int walk_entry(struct walk *walk, const git_tree_entry *entry, size_t path_len, int depth,
                      struct err *err)
{
    git_filemode_t mode = git_tree_entry_filemode(entry);
    size_t room = sizeof walk->path - path_len;
    int len = snprintf(walk->path + path_len, room, "%s%s", path_len > 0 ? "/" : "",
                       git_tree_entry_name(entry));

    if (++walk->n_entries > GIT_TREE_ENTRIES_MAX)
        return err_set(err, ERR_REJECT, "repository %s: more than %zu files", walk->mirror->name,
                       GIT_TREE_ENTRIES_MAX);
    if (len < 0 || (size_t)len >= room)
        return err_set(err, ERR_REJECT, "repository %s: a path is too long", walk->mirror->name);
    if (mode == GIT_FILEMODE_TREE)
        return walk_tree(walk, git_tree_entry_id(entry), path_len + (size_t)len, depth + 1, err);
    if (mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE)
        return visit_file(walk, git_tree_entry_id(entry), err);
    return 0; /* a symlink or a submodule */
}

static int walk_tree(struct walk *walk, const git_oid *id, size_t path_len, int depth,
                     struct err *err)
{
    CLEANUP(git_tree_freep) git_tree *tree = NULL;
    int r = 0;

    if (depth > GIT_TREE_DEPTH_MAX)
        return err_set(err, ERR_REJECT, "repository %s: directories nested deeper than %d",
                       walk->mirror->name, GIT_TREE_DEPTH_MAX);
    int code = git_tree_lookup(&tree, walk->mirror->repo, id);
    if (code < 0)
        return git_fail(walk->mirror, code, "read a tree of", err);
    for (size_t i = 0; r == 0 && i < git_tree_entrycount(tree); i++)
        r = walk_entry(walk, git_tree_entry_byindex(tree, i), path_len, depth, err);
    walk->path[path_len] = '\0';
    return r;
}

/* The tree of directory in commit; its path, without slashes at the end, into walk->path. */
static int find_start(struct walk *walk, const char *commit_hex, const char *directory,
                      git_oid *out, struct err *err)
{
    CLEANUP(git_commit_freep) git_commit *commit = NULL;
    CLEANUP(git_tree_freep) git_tree *root = NULL;
    CLEANUP(git_tree_entry_freep) git_tree_entry *entry = NULL;
    int r = git_find_commit(walk->mirror->repo, commit_hex, &commit, err);

    if (r < 0)
        return r;
    if (!str_copy(walk->path, sizeof walk->path, directory))
        return err_set(err, ERR_REJECT, "directory: path too long");
    for (size_t len = strlen(walk->path); len > 0 && walk->path[len - 1] == '/'; len--)
        walk->path[len - 1] = '\0';
    git_oid_cpy(out, git_commit_tree_id(commit));
    if (walk->path[0] == '\0')
        return 0;

    int code = git_commit_tree(&root, commit);
    if (code < 0)
        return git_fail(walk->mirror, code, "read a tree of", err);
    code = git_tree_entry_bypath(&entry, root, walk->path);
    if (code < 0 || git_tree_entry_type(entry) != GIT_OBJECT_TREE)
        return err_set(err, ERR_REJECT, "repository %s has no directory %.200s", walk->mirror->name,
                       directory);
    git_oid_cpy(out, git_tree_entry_id(entry));
    return 0;
}

static void walk_done(struct walk *walk)
{
    git_odb_free(walk->odb);
}

int git_mirror_read(struct git_mirror *mirror, const char *commit, const char *directory,
                    bool (*wanted)(const char *path), size_t max_file_bytes, git_visit_fn visit,
                    void *context, struct err *err)
{
    CLEANUP(walk_done)
    struct walk walk = {.mirror = mirror,
                        .wanted = wanted,
                        .max_file_bytes = max_file_bytes,
                        .visit = visit,
                        .context = context};
    git_oid start;
    int r;

    mirror->failed = 0;
    int code = git_repository_odb(&walk.odb, mirror->repo);
    if (code < 0)
        return git_fail(mirror, code, "read", err);
    r = find_start(&walk, commit, directory, &start, err);
    return r < 0 ? r : walk_tree(&walk, &start, strlen(walk.path), 0, err);
}
