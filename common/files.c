/* Whole files and directories; the story stands in files.h. */
#include "common/files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int files_make_directory(const char *path, struct err *err)
{
    char part[4096];

    if (!str_copy(part, sizeof part, path))
        return err_set(err, ERR_RETRY, "directory name is too long: %.80s…", path);
    for (char *slash = strchr(part + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash != NULL)
            *slash = '\0';
        if (mkdir(part, 0750) != 0 && errno != EEXIST)
            return err_set(err, ERR_RETRY, "cannot make directory %s: %s", part, strerror(errno));
        if (slash == NULL)
            return 0;
        *slash = '/';
    }
}

int files_absolute(const char *path, char *out, size_t size, struct err *err)
{
    char here[4096] = "";
    const char *rest = path;

    while (str_starts(rest, "./"))
        rest += 2;
    if (path[0] != '/' && getcwd(here, sizeof here) == NULL)
        return err_set(err, ERR_RETRY, "no working directory for %s: %s", path, strerror(errno));
    const char *slash = path[0] == '/' || str_eq(rest, ".") ? "" : "/";
    if (str_eq(rest, "."))
        rest = "";
    if (snprintf(out, size, "%s%s%s", here, slash, rest) >= (int)size)
        return err_set(err, ERR_RETRY, "path is too long: %.80s…", path);
    return 0;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)where;
    if (kind == FTW_DP || kind == FTW_D)
        (void)rmdir(path);
    else
        (void)unlink(path);
    return 0;
}

void files_remove_tree(const char *path)
{
    if (path[0] != '\0')
        (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int files_read(const char *path, struct buf *out, struct err *err)
{
    char piece[16384];
    struct stat info = {0};
    ssize_t n = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return err_set(err, ERR_REJECT, "%s: %s", path, strerror(errno));
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return err_set(err, ERR_REJECT, "%s is not a regular file%s", path,
                       S_ISDIR(info.st_mode) ? " but a directory: name the files in it" : "");
    }
    while (!out->too_long && !out->no_memory && (n = read(fd, piece, sizeof piece)) > 0)
        buf_bytes(out, piece, (size_t)n);
    int why = errno;
    close(fd);
    if (n < 0)
        return err_set(err, ERR_REJECT, "%s: %s", path, strerror(why));
    int r = buf_check(out, err);
    return r < 0 ? err_wrap(err, r, "%s", path) : 0;
}

size_t files_secret_len(const char *text)
{
    return strncmp(text, "-----BEGIN ", 11) == 0 ? strlen(text) : strcspn(text, "\r\n");
}

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return fdatasync(fd) == 0;
}

int files_write(const char *path, const void *bytes, size_t len, struct err *err)
{
    char temporary[4096];

    if (snprintf(temporary, sizeof temporary, "%s.%ld.tmp", path, (long)getpid()) >=
        (int)sizeof temporary)
        return err_set(err, ERR_RETRY, "file name is too long: %.80s…", path);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0)
        return err_set(err, ERR_RETRY, "cannot write %s: %s", temporary, strerror(errno));
    bool written = write_all(fd, bytes, len);
    int why = errno;
    close(fd);
    if (written && rename(temporary, path) == 0)
        return 0;
    if (written)
        why = errno;
    (void)unlink(temporary);
    return err_set(err, ERR_RETRY, "cannot write %s: %s", path, strerror(why));
}
