/* A door, and a count of who is in; the story stands in alone.h. */
#include "worker/alone.h"

#include <pthread.h>
#include <time.h>

/* A signal's stop and a lost lease wake nobody: who waits looks for them as often as this. */
#define LOOK_NS 200000000L

struct alone {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int in;
    bool taken; /* one asks or is alone */
};

int alone_new(struct alone **out, struct err *err)
{
    struct alone *alone = calloc(1, sizeof *alone);
    pthread_condattr_t attributes;

    if (alone == NULL)
        return err_nomem(err);
    pthread_mutex_init(&alone->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&alone->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    *out = alone;
    return 0;
}

void alone_free(struct alone *alone)
{
    if (alone == NULL)
        return;
    assert(alone->in == 0 && !alone->taken);
    pthread_cond_destroy(&alone->changed);
    pthread_mutex_destroy(&alone->lock);
    free(alone);
}

static void wait_a_little(struct alone *alone)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&alone->changed, &alone->lock, &until);
}

bool alone_enter(struct alone *alone, alone_stop_fn should_stop, void *context)
{
    pthread_mutex_lock(&alone->lock);
    while (alone->taken && !should_stop(context))
        wait_a_little(alone);
    bool entered = !alone->taken;
    alone->in += entered;
    pthread_mutex_unlock(&alone->lock);
    return entered;
}

static int wait_for_others(struct alone *alone, alone_stop_fn should_stop, void *context)
{
    alone->taken = true;
    while (alone->in > 1 && !should_stop(context))
        wait_a_little(alone);
    if (alone->in == 1)
        return 0;
    alone->taken = false;
    pthread_cond_broadcast(&alone->changed);
    return ALONE_STOPPED;
}

int alone_ask(struct alone *alone, alone_stop_fn should_stop, void *context)
{
    pthread_mutex_lock(&alone->lock);
    assert(alone->in > 0);
    int r = alone->taken ? ALONE_TAKEN : wait_for_others(alone, should_stop, context);
    pthread_mutex_unlock(&alone->lock);
    return r;
}

void alone_leave(struct alone *alone, bool is_alone)
{
    pthread_mutex_lock(&alone->lock);
    assert(alone->in > 0);
    alone->in--;
    if (is_alone)
        alone->taken = false;
    pthread_cond_broadcast(&alone->changed);
    pthread_mutex_unlock(&alone->lock);
}
