/* Directories that are locked while they are used; the story stands in scratch.h. */
#include "worker/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/files.h"

#define PREFIX "scratch-"
#define TRIES  50

enum { SCRATCH_TAKEN = 1 };

/* The lock's descriptor, or -1 with errno (EWOULDBLOCK: somebody lives there). */
static int lock_in(const char *directory)
{
    char path[1200];

    snprintf(path, sizeof path, "%s/.lock", directory);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

static void remove_abandoned(const char *data_dir)
{
    char path[1100];
    DIR *dir = opendir(data_dir);

    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        if (!str_starts(entry->d_name, PREFIX))
            continue;
        if (snprintf(path, sizeof path, "%s/%s", data_dir, entry->d_name) >= (int)sizeof path)
            continue;
        int lock = lock_in(path);
        if (lock < 0)
            continue;
        files_remove_tree(path);
        close(lock);
    }
    if (dir != NULL)
        closedir(dir);
}

/* Who starts beside us may take a directory for abandoned that is not locked yet. */
static bool is_still_there(const char *directory, int lock)
{
    struct stat named, held;
    char path[1200];

    snprintf(path, sizeof path, "%s/.lock", directory);
    return stat(path, &named) == 0 && fstat(lock, &held) == 0 && named.st_ino == held.st_ino;
}

/* 0; SCRATCH_TAKEN: it was cleared away while it was made. */
static int make_locked(struct scratch *out, const char *data_dir, struct err *err)
{
    if (snprintf(out->path, sizeof out->path, "%s/" PREFIX "XXXXXX", data_dir) >=
        (int)sizeof out->path)
        return err_set(err, ERR_RETRY, "path is too long: %.80s…", data_dir);
    if (mkdtemp(out->path) == NULL)
        return err_set(err, ERR_RETRY, "cannot make a directory in %s: %s", data_dir,
                       strerror(errno));
    int lock = lock_in(out->path);
    if (lock < 0 && errno != ENOENT && errno != EWOULDBLOCK)
        return err_set(err, ERR_RETRY, "cannot lock %s: %s", out->path, strerror(errno));
    if (lock >= 0 && is_still_there(out->path, lock)) {
        out->lock = lock;
        return 0;
    }
    if (lock >= 0)
        close(lock);
    return SCRATCH_TAKEN;
}

int scratch_open(struct scratch *out, const char *data_dir, struct err *err)
{
    int r = SCRATCH_TAKEN;

    *out = (struct scratch){0};
    remove_abandoned(data_dir);
    for (int i = 0; r == SCRATCH_TAKEN && i < TRIES; i++)
        r = make_locked(out, data_dir, err);
    return r == SCRATCH_TAKEN
               ? err_set(err, ERR_RETRY, "%s: every directory was taken away while it was made",
                         data_dir)
               : r;
}

void scratch_close(struct scratch *scratch)
{
    if (scratch->lock == 0)
        return;
    files_remove_tree(scratch->path);
    close(scratch->lock);
    *scratch = (struct scratch){0};
}
