/* Walking a directory with openat; the promises stand in directory.h. */
#include "worker/hcl/module/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PATH_BYTES_MAX 4096

struct walk {
    struct hcl_repo *repo;
    const char *top; /* for messages */
    int top_fd;
    const struct hcl_directory_watch *watch; /* NULL: what cannot be read ends the walk */
    char path[PATH_BYTES_MAX];
    size_t entries, bytes;
    int depth;
};

static int walk_directory(struct walk *walk, int fd_give, struct err *err);

static void close_p(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static int unreadable(const struct walk *walk, struct err *err)
{
    if (walk->watch != NULL && walk->depth + (walk->path[0] != '\0') > 0) {
        walk->watch->unreadable(walk->watch->context, walk->path, strerror(errno));
        return 0;
    }
    return err_set(err, ERR_RETRY, "%.100s/%.100s: %s", walk->top, walk->path, strerror(errno));
}

static int read_all(const struct walk *walk, int fd, struct buf *out, struct err *err)
{
    char chunk[16 * 1024];
    ssize_t got;

    /* One byte too many is enough for the parser to say that the file is too large. */
    while (out->len <= HCL_FILE_MAX_BYTES) {
        got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return unreadable(walk, err);
        if (got == 0)
            break;
        buf_bytes(out, chunk, (size_t)got);
    }
    return buf_check(out, err);
}

/* What stood there as a regular file may be something else by now. */
static int open_file(const struct walk *walk, int parent, const char *name)
{
    struct open_how how = {.flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};

    if (walk->watch == NULL)
        return openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    return (int)syscall(SYS_openat2, walk->top_fd, walk->path, &how, sizeof how);
}

static int add_file(struct walk *walk, int parent, const char *name, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(HCL_FILE_MAX_BYTES + 64 * 1024);
    CLEANUP(close_p) int fd = open_file(walk, parent, name);
    struct stat at;
    int r;

    if (fd < 0 && errno == EXDEV) /* a symlink that leads out of the directory */
        return 0;
    if (fd < 0 || fstat(fd, &at) != 0)
        return unreadable(walk, err);
    if (!S_ISREG(at.st_mode))
        return 0;
    r = read_all(walk, fd, &text, err);
    if (r < 0)
        return r;
    walk->bytes += text.len;
    if (walk->bytes > HCL_DIRECTORY_MAX_BYTES)
        return err_set(err, ERR_REJECT, "%.200s: more than %zu bytes of Terraform", walk->top,
                       HCL_DIRECTORY_MAX_BYTES);
    return hcl_repo_add(walk->repo, walk->path, buf_str(&text), text.len, err);
}

static int enter(struct walk *walk, int parent, const char *name, struct err *err)
{
    int fd;
    int r;

    if (walk->depth >= HCL_DIRECTORY_DEPTH_MAX)
        return err_set(err, ERR_REJECT, "%.100s/%.100s: more than %d levels of directories",
                       walk->top, walk->path, HCL_DIRECTORY_DEPTH_MAX);
    fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return unreadable(walk, err);
    walk->depth++;
    r = walk_directory(walk, fd, err);
    walk->depth--;
    return r;
}

static bool is_passed_over(const char *name)
{
    return str_eq(name, ".") || str_eq(name, "..") || str_eq(name, ".git") ||
           str_eq(name, ".terraform") || str_eq(name, ".external_modules");
}

/* DT_DIR, DT_REG (a symlink to be followed too), or DT_UNKNOWN for what is left alone. */
static int kind_of(const struct walk *walk, int parent, const char *name, unsigned char kind)
{
    struct stat at;

    if (kind == DT_UNKNOWN && fstatat(parent, name, &at, AT_SYMLINK_NOFOLLOW) == 0)
        kind = (unsigned char)IFTODT(at.st_mode);
    if (kind == DT_LNK && walk->watch != NULL)
        kind = DT_REG;
    return kind == DT_DIR || (kind == DT_REG && hcl_repo_takes(walk->path)) ? kind : DT_UNKNOWN;
}

static int walk_entry(struct walk *walk, int parent, const struct dirent *entry, struct err *err)
{
    const char *name = entry->d_name;
    size_t used = strlen(walk->path);
    int r = 0;

    if (++walk->entries > HCL_DIRECTORY_ENTRIES_MAX)
        return err_set(err, ERR_REJECT, "%.200s: more than %d files and directories", walk->top,
                       HCL_DIRECTORY_ENTRIES_MAX);
    int more =
        snprintf(walk->path + used, sizeof walk->path - used, "%s%s", used > 0 ? "/" : "", name);
    if (more < 0 || (size_t)more >= sizeof walk->path - used) {
        r = err_set(err, ERR_REJECT, "%.100s/%.100s: the path is too long", walk->top, walk->path);
    } else {
        int kind = kind_of(walk, parent, name, entry->d_type);
        if (kind == DT_DIR)
            r = enter(walk, parent, name, err);
        else if (kind == DT_REG)
            r = add_file(walk, parent, name, err);
    }
    walk->path[used] = '\0';
    return r;
}

static int is_wanted(const struct dirent *entry)
{
    return !is_passed_over(entry->d_name);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int walk_directory(struct walk *walk, int fd_give, struct err *err)
{
    CLEANUP(close_p) int fd = fd_give;
    struct dirent **entries = NULL;
    int n = scandirat(fd, ".", &entries, is_wanted, by_name);
    int r = 0;

    if (n < 0)
        return unreadable(walk, err);
    for (int i = 0; i < n; i++) {
        if (r == 0)
            r = walk_entry(walk, fd, entries[i], err);
        free(entries[i]);
    }
    free(entries);
    return r;
}

int hcl_repo_add_directory_watched(struct hcl_repo *repo, const char *directory,
                                   const struct hcl_directory_watch *watch, struct err *err)
{
    CLEANUP(close_p) int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct walk walk = {.repo = repo, .top = directory, .top_fd = fd, .watch = watch};

    if (fd < 0)
        return err_set(err, errno == ENOENT || errno == ENOTDIR ? ERR_REJECT : ERR_RETRY,
                       "%.200s: %s", directory, strerror(errno));
    return walk_directory(&walk, fcntl(fd, F_DUPFD_CLOEXEC, 0), err);
}

int hcl_repo_add_directory(struct hcl_repo *repo, const char *directory, struct err *err)
{
    return hcl_repo_add_directory_watched(repo, directory, NULL, err);
}
