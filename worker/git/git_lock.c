/*
 * One holder per mirror, or per directory that is a remote. flock() belongs to the open file, not
 * to the process, so one mechanism keeps threads and processes apart; the kernel drops it when the
 * holder dies. A lock's file stays.
 */
#include "common/clock.h"
#include "worker/git/git_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_LOOK_MS 20
#define LOCK_WAIT_MS ((int64_t)10 * 60 * 1000) /* longer than any transfer may take */

static int wait_for(int fd, const char *path, const struct git_options *options, struct err *err)
{
    int64_t until_ms = clock_mono_ms() + LOCK_WAIT_MS;

    /* flock() cannot be waited for with a limit, so it is asked for again and again. */
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return err_set(err, ERR_RETRY, "%s: %s", path, strerror(errno));
        if (options->should_stop != NULL && options->should_stop(options->stop_context))
            return err_set(err, ERR_RETRY, "stopped while waiting for %s", path);
        if (clock_mono_ms() >= until_ms)
            return err_set(err, ERR_RETRY, "%s: held by somebody else for too long", path);
        poll(NULL, 0, LOCK_LOOK_MS);
    }
    return 0;
}

static int hold(struct git_lock *lock, int fd, const char *path, const struct git_options *options,
                struct err *err)
{
    if (fd < 0)
        return err_set(err, ERR_RETRY, "%s: %s", path, strerror(errno));
    int r = wait_for(fd, path, options, err);
    if (r < 0) {
        close(fd);
        return r;
    }
    lock->fd = fd;
    return 0;
}

int git_lock_take(struct git_lock *lock, const char *path, const struct git_options *options,
                  struct err *err)
{
    return hold(lock, open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), path, options,
                err);
}

int git_lock_take_directory(struct git_lock *lock, const char *path,
                            const struct git_options *options, struct err *err)
{
    return hold(lock, open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path, options, err);
}

void git_lock_drop(struct git_lock *lock)
{
    if (lock->fd >= 0)
        close(lock->fd);
    lock->fd = -1;
}
