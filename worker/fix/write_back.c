#include "worker/fix/write_back.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/buf.h"

#define PATH_BYTES_MAX 4096
#define NEW_FILE_MODE  0666 /* less the umask */

/* Where a file stands: its directory is held open, so that nobody can change the way to it. */
struct place {
    const char *path; /* of the file, in the tree */
    const char *name; /* its last part */
    int directory;
    struct stat was; /* of a file that is not new */
};

static void place_done(const struct place *place)
{
    if (place->directory >= 0)
        close(place->directory);
}

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static int failed(const struct place *place, struct err *err)
{
    return err_set(err, ERR_RETRY, "cannot write %.200s: %s", place->path, strerror(errno));
}

static int find_place(struct place *out, int top, const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    char parent[PATH_BYTES_MAX];

    int n = snprintf(parent, sizeof parent, "%.*s", slash != NULL ? (int)(slash - path) : 1,
                     slash != NULL ? path : ".");
    if (n < 0 || (size_t)n >= sizeof parent)
        return err_set(err, ERR_REJECT, "%.200s: the path is too long", path);
    out->path = path;
    out->name = slash != NULL ? slash + 1 : path;
    out->directory = (int)syscall(SYS_openat2, top, parent, &how, sizeof how);
    return out->directory < 0 ? failed(out, err) : 0;
}

static bool says(int fd, const char *bytes, size_t len)
{
    char chunk[16 * 1024];
    ssize_t got;
    size_t at = 0;

    while ((got = read(fd, chunk, sizeof chunk)) > 0) {
        if ((size_t)got > len - at || memcmp(bytes + at, chunk, (size_t)got) != 0)
            return false;
        at += (size_t)got;
    }
    return got == 0 && at == len;
}

/* Is the file what the repair has read, and may it be written? */
static int look(struct place *place, const struct repair_file *file, struct err *err)
{
    CLEANUP(close_fd)
    int fd = openat(place->directory, place->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (file->before == NULL)
        return fd < 0 && errno == ENOENT
                   ? 0
                   : err_set(err, ERR_REJECT, "%.200s: there is such a file already", file->path);
    if (fd < 0 || fstat(fd, &place->was) != 0)
        return failed(place, err);
    if (!S_ISREG(place->was.st_mode) || !says(fd, file->before, file->before_len))
        return err_set(err, ERR_REJECT, "%.200s: the file has changed meanwhile", file->path);
    if (faccessat(place->directory, place->name, W_OK, AT_EACCESS) != 0 ||
        faccessat(place->directory, ".", W_OK, AT_EACCESS) != 0)
        return failed(place, err);
    return 0;
}

static bool fill(int fd, const struct place *place, const struct repair_file *file)
{
    const char *at = file->after;
    size_t left = file->after_len;

    /* Who may not give files away keeps his own; the mode last, since chown may take bits off. */
    if (file->before != NULL && ((fchown(fd, place->was.st_uid, place->was.st_gid) != 0 &&
                                  errno != EPERM && errno != EINVAL) ||
                                 fchmod(fd, place->was.st_mode & 07777) != 0))
        return false;
    while (left > 0) {
        ssize_t put = write(fd, at, left);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        at += put;
        left -= (size_t)put;
    }
    return fsync(fd) == 0;
}

static int replace(const struct place *place, const struct repair_file *file, struct err *err)
{
    char temporary[64];

    (void)snprintf(temporary, sizeof temporary, ".plumb-fix.%ld.tmp", (long)getpid());
    CLEANUP(close_fd)
    int fd =
        openat(place->directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, NEW_FILE_MODE);
    if (fd < 0)
        return failed(place, err);
    if (fill(fd, place, file) &&
        renameat(place->directory, temporary, place->directory, place->name) == 0)
        return 0;
    int why = errno;
    (void)unlinkat(place->directory, temporary, 0);
    errno = why;
    return failed(place, err);
}

/* One file: looked at, and written when that is meant. */
static int visit(int top, const struct repair_file *file, bool writes, struct err *err)
{
    CLEANUP(place_done) struct place place = {.directory = -1};
    int r = find_place(&place, top, file->path, err);

    if (r == 0)
        r = look(&place, file, err);
    return r == 0 && writes ? replace(&place, file, err) : r;
}

int write_back(const struct repair *repair, const char *directory, struct err *err)
{
    CLEANUP(close_fd) int top = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct repair_file file;
    int r = 0;

    if (top < 0)
        return err_set(err, ERR_RETRY, "%.200s: %s", directory, strerror(errno));
    for (size_t i = 0; r == 0 && repair_file_at(repair, i, &file); i++)
        r = visit(top, &file, false, err);
    for (size_t i = 0; r == 0 && repair_file_at(repair, i, &file); i++)
        r = visit(top, &file, true, err);
    return r;
}
