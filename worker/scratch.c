/* Directories that are locked while they are used; the story stands in scratch.h. */
#include "worker/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/files.h"

#define PREFIX "scratch-"

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

int scratch_open(struct scratch *out, const char *data_dir, struct err *err)
{
    *out = (struct scratch){0};
    remove_abandoned(data_dir);
    if (snprintf(out->path, sizeof out->path, "%s/" PREFIX "XXXXXX", data_dir) >=
        (int)sizeof out->path)
        return err_set(err, ERR_RETRY, "path is too long: %.80s…", data_dir);
    if (mkdtemp(out->path) == NULL)
        return err_set(err, ERR_RETRY, "cannot make a directory in %s: %s", data_dir,
                       strerror(errno));
    int lock = lock_in(out->path);
    if (lock < 0)
        return err_set(err, ERR_RETRY, "cannot lock %s: %s", out->path, strerror(errno));
    out->lock = lock;
    return 0;
}

void scratch_close(struct scratch *scratch)
{
    if (scratch->lock == 0)
        return;
    files_remove_tree(scratch->path);
    close(scratch->lock);
    *scratch = (struct scratch){0};
}
