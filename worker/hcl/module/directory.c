/* Walking a directory with openat; the promises stand in directory.h. */
#include "worker/hcl/module/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES_MAX 4096

struct walk {
    struct hcl_repo *repo;
    const char *top; /* for messages */
    char path[PATH_BYTES_MAX];
    size_t entries, bytes;
    int depth;
};

static int walk_directory(struct walk *walk, int fd_give, struct err *err);

static void closedir_p(DIR **dir)
{
    if (*dir != NULL)
        closedir(*dir);
}

static void close_p(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static int unreadable(const struct walk *walk, struct err *err)
{
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

static int add_file(struct walk *walk, int parent, const char *name, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(HCL_FILE_MAX_BYTES + 64 * 1024);
    /* What stood there as a regular file may be something else by now. */
    CLEANUP(close_p) int fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat at;
    int r;

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
           str_eq(name, ".terraform");
}

static int walk_entry(struct walk *walk, int parent, const char *name, struct err *err)
{
    size_t used = strlen(walk->path);
    struct stat at;
    int r = 0;

    if (is_passed_over(name))
        return 0;
    if (++walk->entries > HCL_DIRECTORY_ENTRIES_MAX)
        return err_set(err, ERR_REJECT, "%.200s: more than %d files and directories", walk->top,
                       HCL_DIRECTORY_ENTRIES_MAX);
    int more =
        snprintf(walk->path + used, sizeof walk->path - used, "%s%s", used > 0 ? "/" : "", name);
    if (more < 0 || (size_t)more >= sizeof walk->path - used)
        r = err_set(err, ERR_REJECT, "%.100s/%.100s: the path is too long", walk->top, walk->path);
    else if (fstatat(parent, name, &at, AT_SYMLINK_NOFOLLOW) != 0)
        r = unreadable(walk, err);
    else if (S_ISDIR(at.st_mode))
        r = enter(walk, parent, name, err);
    else if (S_ISREG(at.st_mode) && hcl_repo_takes(walk->path))
        r = add_file(walk, parent, name, err);
    walk->path[used] = '\0';
    return r;
}

static int walk_directory(struct walk *walk, int fd_give, struct err *err)
{
    CLEANUP(closedir_p) DIR *dir = fdopendir(fd_give);
    int r = 0;

    if (dir == NULL) {
        r = unreadable(walk, err);
        close(fd_give);
        return r;
    }
    while (r == 0) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (entry == NULL)
            return errno != 0 ? unreadable(walk, err) : 0;
        r = walk_entry(walk, dirfd(dir), entry->d_name, err);
    }
    return r;
}

int hcl_repo_add_directory(struct hcl_repo *repo, const char *directory, struct err *err)
{
    struct walk walk = {.repo = repo, .top = directory};
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return err_set(err, errno == ENOENT || errno == ENOTDIR ? ERR_REJECT : ERR_RETRY,
                       "%.200s: %s", directory, strerror(errno));
    return walk_directory(&walk, fd, err);
}
