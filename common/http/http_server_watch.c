/* A list of connections and one thread that looks at it; see http_server_watch.h. */
#include "common/http/http_server_watch.h"

#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

#include "common/clock.h"

struct watched {
    struct watched *next;
    struct watched *previous;
    int fd;
    int64_t since_ms;
    enum watch_state state;
};

struct connection_watch {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct watched *first;
    int64_t deadline_ms;
    bool ending;
};

static void wait_at_most(struct connection_watch *watch, int64_t ms)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t ns = at.tv_nsec + ms % 1000 * 1000000;
    at.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
    at.tv_nsec = (long)(ns % 1000000000);
    pthread_cond_timedwait(&watch->changed, &watch->lock, &at);
}

/* Shuts what is overdue (its owner then sees the end and closes it) and says when to look again. */
static int64_t cut_overdue(struct connection_watch *watch)
{
    int64_t now_ms = clock_mono_ms();
    int64_t next_ms = watch->deadline_ms;

    for (struct watched *at = watch->first; at != NULL; at = at->next) {
        int64_t left_ms = at->since_ms + watch->deadline_ms - now_ms;
        if (at->state == WATCH_HANDLING)
            continue;
        if (left_ms <= 0)
            (void)shutdown(at->fd, SHUT_RDWR);
        else if (left_ms < next_ms)
            next_ms = left_ms;
    }
    return next_ms;
}

static void *look_after(void *context)
{
    struct connection_watch *watch = context;

    pthread_mutex_lock(&watch->lock);
    while (!watch->ending)
        wait_at_most(watch, cut_overdue(watch));
    pthread_mutex_unlock(&watch->lock);
    return NULL;
}

int watch_new(struct connection_watch **out, int64_t deadline_ms, struct err *err)
{
    struct connection_watch *watch = calloc(1, sizeof *watch);
    pthread_condattr_t attributes;

    if (watch == NULL)
        return err_nomem(err);
    watch->deadline_ms = deadline_ms;
    pthread_mutex_init(&watch->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&watch->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    int failed = pthread_create(&watch->thread, NULL, look_after, watch);
    if (failed != 0) {
        free(watch);
        return err_set(err, ERR_FATAL, "http server: no thread: %s", strerror(failed));
    }
    *out = watch;
    return 0;
}

void watch_free(struct connection_watch *watch)
{
    if (watch == NULL)
        return;
    pthread_mutex_lock(&watch->lock);
    watch->ending = true;
    pthread_cond_broadcast(&watch->changed);
    pthread_mutex_unlock(&watch->lock);
    pthread_join(watch->thread, NULL);
    assert(watch->first == NULL);
    pthread_cond_destroy(&watch->changed);
    pthread_mutex_destroy(&watch->lock);
    free(watch);
}

struct watched *watch_enter(struct connection_watch *watch, int fd)
{
    struct watched *watched = calloc(1, sizeof *watched);

    if (watched == NULL)
        return NULL;
    watched->fd = fd;
    watched->since_ms = clock_mono_ms();
    pthread_mutex_lock(&watch->lock);
    watched->next = watch->first;
    if (watched->next != NULL)
        watched->next->previous = watched;
    watch->first = watched;
    pthread_mutex_unlock(&watch->lock);
    return watched;
}

void watch_leave(struct connection_watch *watch, struct watched *watched)
{
    if (watched == NULL)
        return;
    pthread_mutex_lock(&watch->lock);
    if (watched->previous != NULL)
        watched->previous->next = watched->next;
    else
        watch->first = watched->next;
    if (watched->next != NULL)
        watched->next->previous = watched->previous;
    pthread_cond_broadcast(&watch->changed);
    pthread_mutex_unlock(&watch->lock);
    free(watched);
}

void watch_state(struct connection_watch *watch, struct watched *watched, enum watch_state state)
{
    if (watched == NULL)
        return;
    pthread_mutex_lock(&watch->lock);
    watched->state = state;
    watched->since_ms = clock_mono_ms();
    if (state != WATCH_HANDLING) /* then the next deadline may be nearer */
        pthread_cond_broadcast(&watch->changed);
    pthread_mutex_unlock(&watch->lock);
}

static bool any_busy(const struct connection_watch *watch)
{
    for (const struct watched *at = watch->first; at != NULL; at = at->next) {
        if (at->state != WATCH_READING)
            return true;
    }
    return false;
}

void watch_drain(struct connection_watch *watch, int64_t timeout_ms)
{
    int64_t until_ms = clock_mono_ms() + timeout_ms;

    pthread_mutex_lock(&watch->lock);
    for (int64_t left_ms = timeout_ms; left_ms > 0 && any_busy(watch);
         left_ms = until_ms - clock_mono_ms())
        wait_at_most(watch, left_ms);
    pthread_mutex_unlock(&watch->lock);
}
