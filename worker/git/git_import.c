/*
 * A plain directory made a repository of one commit, for trying the program on Terraform that is
 * in no git. The directory is only read: no link is followed, nothing is written into it. Doing it
 * again with the same files changes nothing; with other files it adds a commit.
 */
#include "worker/git/git_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMPORT_FILE_MAX_BYTES  ((size_t)8 * 1024 * 1024)
#define IMPORT_TOTAL_MAX_BYTES ((size_t)1024 * 1024 * 1024)
#define IMPORT_FILES_MAX       ((size_t)100 * 1000)

struct import {
    git_repository *repo;
    size_t n_files;
    size_t total_bytes;
    int64_t newest_unix_s; /* of all files: the commit's date, so that it depends on them only */
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static void close_dir(DIR **dir)
{
    if (*dir != NULL)
        closedir(*dir);
}

static bool is_left_out(const char *name)
{
    return str_eq(name, ".terraform") || !git_is_tree_path(name); /* ".", ".." and .git too */
}

/* The file's bytes; a file that grew over the cap meanwhile is cut off by the caller's check. */
static int read_file(int fd, const char *name, struct buf *out, struct err *err)
{
    char piece[32 * 1024];

    for (;;) {
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(err, ERR_REJECT, "read %s: %s", name, strerror(errno));
        if (n == 0)
            return buf_check(out, err);
        buf_bytes(out, piece, (size_t)n);
    }
}

static int note_file(struct import *import, const struct stat *st, struct err *err)
{
    import->total_bytes += (size_t)st->st_size;
    if (++import->n_files > IMPORT_FILES_MAX || import->total_bytes > IMPORT_TOTAL_MAX_BYTES)
        return err_set(err, ERR_REJECT, "more than %zu files or %zu bytes: is it the right one?",
                       IMPORT_FILES_MAX, IMPORT_TOTAL_MAX_BYTES);
    if (st->st_mtime > import->newest_unix_s)
        import->newest_unix_s = st->st_mtime;
    return 0;
}

static int import_file(struct import *import, int dir_fd, const char *name,
                       git_treebuilder *builder, struct err *err)
{
    CLEANUP(close_fd) int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    CLEANUP(buf_done) struct buf bytes = BUF(IMPORT_FILE_MAX_BYTES);
    struct stat st;
    git_oid id;
    int code;
    int r;

    if (fd < 0 || fstat(fd, &st) != 0)
        return err_set(err, ERR_REJECT, "open %s: %s", name, strerror(errno));
    if (!S_ISREG(st.st_mode) || (size_t)st.st_size > IMPORT_FILE_MAX_BYTES)
        return 0;
    r = note_file(import, &st, err);
    if (r == 0)
        r = read_file(fd, name, &bytes, err);
    if (r < 0)
        return r;
    git_filemode_t mode =
        (st.st_mode & S_IXUSR) != 0 ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB;
    code = git_blob_create_from_buffer(&id, import->repo, buf_str(&bytes), bytes.len);
    if (code >= 0)
        code = git_treebuilder_insert(NULL, builder, name, &id, mode);
    return code < 0 ? git_fail(NULL, code, "import a file", err) : 0;
}

static int import_tree(struct import *import, int dir_fd, int depth, git_oid *out, bool *out_empty,
                       struct err *err);

static int import_subdirectory(struct import *import, int dir_fd, const char *name, int depth,
                               git_treebuilder *builder, struct err *err)
{
    CLEANUP(close_fd)
    int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    git_oid id;
    bool is_empty;

    if (fd < 0)
        return err_set(err, ERR_REJECT, "open %s: %s", name, strerror(errno));
    int r = import_tree(import, fd, depth + 1, &id, &is_empty, err);
    if (r < 0 || is_empty)
        return r < 0 ? err_wrap(err, r, "%s", name) : 0;
    int code = git_treebuilder_insert(NULL, builder, name, &id, GIT_FILEMODE_TREE);
    return code < 0 ? git_fail(NULL, code, "import a directory", err) : 0;
}

static int import_entry(struct import *import, int dir_fd, const char *name, int depth,
                        git_treebuilder *builder, struct err *err)
{
    struct stat st;

    if (is_left_out(name))
        return 0;
    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return err_set(err, ERR_REJECT, "%s: %s", name, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return import_subdirectory(import, dir_fd, name, depth, builder, err);
    return S_ISREG(st.st_mode) ? import_file(import, dir_fd, name, builder, err) : 0;
}

static int import_tree(struct import *import, int dir_fd, int depth, git_oid *out, bool *out_empty,
                       struct err *err)
{
    CLEANUP(git_treebuilder_freep) git_treebuilder *builder = NULL;
    CLEANUP(close_dir) DIR *dir = NULL;
    const struct dirent *entry;
    int own_fd = dup(dir_fd); /* closedir closes it */
    int r = 0;

    if (depth > GIT_TREE_DEPTH_MAX)
        r = err_set(err, ERR_REJECT, "directories nested deeper than %d", GIT_TREE_DEPTH_MAX);
    dir = own_fd >= 0 ? fdopendir(own_fd) : NULL;
    if (dir == NULL)
        return err_set(err, ERR_RETRY, "open a directory: %s", strerror(errno));
    int code = git_treebuilder_new(&builder, import->repo, NULL);
    if (code < 0)
        return git_fail(NULL, code, "import a directory", err);
    while (r == 0 && (entry = readdir(dir)) != NULL)
        r = import_entry(import, dir_fd, entry->d_name, depth, builder, err);
    if (r < 0)
        return r;
    *out_empty = git_treebuilder_entrycount(builder) == 0;
    code = git_treebuilder_write(out, builder);
    return code < 0 ? git_fail(NULL, code, "import a directory", err) : 0;
}

/* --- the commit --- */

/* NULL when the branch does not exist yet. */
static git_commit *find_tip(git_repository *repo, const char *ref)
{
    git_commit *commit = NULL;
    git_oid id;

    if (git_reference_name_to_id(&id, repo, ref) < 0 || git_commit_lookup(&commit, repo, &id) < 0)
        return NULL;
    return commit;
}

static int commit_tree(const struct import *import, const char *ref, const git_oid *tree_id,
                       struct err *err)
{
    CLEANUP(git_commit_freep) git_commit *parent = find_tip(import->repo, ref);
    CLEANUP(git2_signature_freep) git2_signature *who = NULL;
    CLEANUP(git_tree_freep) git_tree *tree = NULL;
    CLEANUP(git_reference_freep) git_reference *head = NULL;
    const git_commit *parents[] = {parent};
    git_oid id;
    int code = 0;

    if (parent == NULL || !git_oid_equal(git_commit_tree_id(parent), tree_id)) {
        code = git_signature_new(&who, "Plumbline", "plumbline@users.noreply.github.com",
                                 import->newest_unix_s, 0);
        if (code >= 0)
            code = git_tree_lookup(&tree, import->repo, tree_id);
        if (code >= 0)
            code =
                git_commit_create(&id, import->repo, ref, who, who, NULL, "Import the directory\n",
                                  tree, parent != NULL ? 1 : 0, parents);
    }
    if (code >= 0)
        code = git_reference_symbolic_create(&head, import->repo, "HEAD", ref, 1, "import");
    return code < 0 ? git_fail(NULL, code, "commit the directory", err) : 0;
}

/* Refuses a repository that would be written into the directory that is only to be read. */
static int check_apart(const char *directory, const char *bare_path, struct err *err)
{
    char parent[PATH_MAX];
    CLEANUP(mem_freep) char *real = realpath(directory, NULL);
    CLEANUP(mem_freep) char *real_parent = NULL;

    if (real == NULL)
        return err_set(err, ERR_REJECT, "%s: %s", directory, strerror(errno));
    if (!str_copy(parent, sizeof parent, bare_path))
        return err_set(err, ERR_REJECT, "path too long: %.100s…", bare_path);
    /* The nearest part of the path that exists already. */
    while ((real_parent = realpath(parent, NULL)) == NULL && strrchr(parent, '/') > parent)
        *strrchr(parent, '/') = '\0';

    size_t len = strlen(real);
    if (real_parent != NULL && strncmp(real_parent, real, len) == 0 &&
        (real_parent[len] == '/' || real_parent[len] == '\0'))
        return err_set(err, ERR_REJECT, "%s lies in %s, which is not to be written to", bare_path,
                       directory);
    return 0;
}

int git_import_directory(const char *directory, const char *bare_path, const char *branch,
                         struct err *err)
{
    CLEANUP(git_repository_freep) git_repository *repo = NULL;
    CLEANUP(close_fd) int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct import import = {0};
    char ref[GIT_REF_MAX_BYTES];
    git_oid tree;
    bool is_empty;
    int r;

    if (fd < 0)
        return err_set(err, ERR_REJECT, "%s: %s", directory, strerror(errno));
    if (bare_path[0] != '/' || !git_is_branch_name(branch))
        return err_set(err, ERR_REJECT, "not an absolute path and a branch name: %.200s, %.100s",
                       bare_path, branch);
    r = check_apart(directory, bare_path, err);
    if (r == 0)
        r = git_init_bare(&repo, bare_path, err);
    if (r < 0)
        return r;
    import.repo = repo;
    r = import_tree(&import, fd, 0, &tree, &is_empty, err);
    if (r < 0)
        return err_wrap(err, r, "import %s", directory);
    if (is_empty)
        return err_set(err, ERR_REJECT, "%s holds no files", directory);
    snprintf(ref, sizeof ref, "refs/heads/%s", branch);
    return commit_tree(&import, ref, &tree, err);
}
