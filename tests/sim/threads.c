/*
 * In place of the C library's: the linker hands the worker's calls of pthread, clock_gettime, poll
 * and RAND_bytes to the __wrap_ functions here.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <time.h>

#include "tests/sim/sim.h"

#define EPOCH_MS 1767225600000LL /* 2026-01-01 */
#define BOOT_MS  1000000LL       /* the monotonic clock's start */

int __wrap_clock_gettime(clockid_t id, struct timespec *out);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);
int __wrap_RAND_bytes(unsigned char *out, int len);
int __wrap_pthread_create(pthread_t *out, const pthread_attr_t *attributes, task_fn fn, void *arg);
int __wrap_pthread_join(pthread_t thread, void **out);
int __wrap_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock);
int __wrap_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *lock,
                                  const struct timespec *until);
int __wrap_pthread_cond_signal(pthread_cond_t *cond);
void __wrap__exit(int status) __attribute__((noreturn));
int __wrap_pthread_cond_broadcast(pthread_cond_t *cond);

int __wrap_clock_gettime(clockid_t id, struct timespec *out)
{
    const struct worker *worker = task_worker();
    int64_t ahead_ms = worker != NULL ? worker->wall_ahead_ms : 0;
    int64_t ms = sim_now_ms() + (id == CLOCK_REALTIME ? EPOCH_MS + ahead_ms : BOOT_MS);

    *out = (struct timespec){.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    return 0;
}

int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
    assert(fds == NULL && n == 0); /* as a sleep; nothing here has a descriptor */
    task_sleep(timeout);
    return 0;
}

int __wrap_RAND_bytes(unsigned char *out, int len)
{
    for (int i = 0; i < len; i++)
        out[i] = (unsigned char)dice(256);
    return 1;
}

int __wrap_pthread_create(pthread_t *out, const pthread_attr_t *attributes, task_fn fn, void *arg)
{
    static const char *const names[] = {"main", "send", "renew", "item", "item"};
    const struct worker *worker = task_worker();
    int nth = worker->tasks; /* threads start in one order: producer, leases, items, watchdog */

    (void)attributes;
    *out = (pthread_t)task_spawn(task_worker(), (size_t)nth < COUNT(names) ? names[nth] : "more",
                                 fn, arg);
    task_will_be_joined((int)*out);
    return 0;
}

int __wrap_pthread_join(pthread_t thread, void **out)
{
    task_join((int)thread, out);
    return 0;
}

/* The lock is held by nobody while a task waits, so a single thread never meets a held one. */
int __wrap_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *lock,
                                  const struct timespec *until)
{
    int64_t until_ms = until->tv_sec * 1000 + until->tv_nsec / 1000000 - BOOT_MS;

    if (until_ms < sim_now_ms())
        until_ms = sim_now_ms();
    pthread_mutex_unlock(lock);
    task_wait(cond, until_ms + dice(20)); /* nobody is woken on the dot */
    pthread_mutex_lock(lock);
    return sim_now_ms() >= until_ms ? ETIMEDOUT : 0;
}

int __wrap_pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock)
{
    pthread_mutex_unlock(lock);
    task_wait(cond, INT64_MAX - 1);
    pthread_mutex_lock(lock);
    return 0;
}

int __wrap_pthread_cond_signal(pthread_cond_t *cond)
{
    task_wake(cond);
    return 0;
}

int __wrap_pthread_cond_broadcast(pthread_cond_t *cond)
{
    task_wake(cond);
    return 0;
}

/* The watchdog's way out of a close that hangs: it ends the process, here a worker. */
void __wrap__exit(int status)
{
    (void)status;
    if (nature_calm_for_ms() > 15000) /* a close may take 10 s */
        violation("%s ended itself, though nothing was wrong", task_worker()->name);
    worker_kill(task_worker(), "itself");
    task_end();
}
