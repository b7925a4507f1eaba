/* A ring under one lock; the story stands in channel.h. */
#include "common/channel.h"

#include <pthread.h>
#include <time.h>

struct channel {
    pthread_mutex_t lock;
    pthread_cond_t has_room;
    pthread_cond_t has_some;
    bool closed;
    size_t first;
    size_t count;
    size_t capacity;
    void *slots[];
};

/* Deadlines are monotonic: a corrected wall clock must not stretch a wait. */
static void init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

static struct timespec deadline_in(int64_t ms)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    if (ms < 0)
        ms = 0;
    at.tv_sec += (time_t)(ms / 1000);
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

int channel_new(struct channel **out, size_t capacity, struct err *err)
{
    assert(capacity > 0);
    struct channel *channel = calloc(1, sizeof *channel + capacity * sizeof(void *));

    if (channel == NULL)
        return err_nomem(err);
    channel->capacity = capacity;
    pthread_mutex_init(&channel->lock, NULL);
    init_condition(&channel->has_room);
    init_condition(&channel->has_some);
    *out = channel;
    return 0;
}

void channel_free(struct channel *channel)
{
    if (channel == NULL)
        return;
    assert(channel->count == 0);
    pthread_cond_destroy(&channel->has_some);
    pthread_cond_destroy(&channel->has_room);
    pthread_mutex_destroy(&channel->lock);
    free(channel);
}

bool channel_send(struct channel *channel, void *pointer, int64_t timeout_ms)
{
    struct timespec deadline = deadline_in(timeout_ms);
    int waited = 0;

    assert(pointer != NULL); /* NULL is receive's word for nothing */
    pthread_mutex_lock(&channel->lock);
    while (!channel->closed && channel->count == channel->capacity && timeout_ms > 0 && waited == 0)
        waited = pthread_cond_timedwait(&channel->has_room, &channel->lock, &deadline);

    bool sent = !channel->closed && channel->count < channel->capacity;
    if (sent) {
        channel->slots[(channel->first + channel->count) % channel->capacity] = pointer;
        channel->count++;
        pthread_cond_signal(&channel->has_some);
    }
    pthread_mutex_unlock(&channel->lock);
    return sent;
}

void *channel_receive(struct channel *channel, int64_t timeout_ms)
{
    struct timespec deadline = deadline_in(timeout_ms);
    void *pointer = NULL;
    int waited = 0;

    pthread_mutex_lock(&channel->lock);
    while (!channel->closed && channel->count == 0 && timeout_ms > 0 && waited == 0)
        waited = pthread_cond_timedwait(&channel->has_some, &channel->lock, &deadline);

    if (channel->count > 0) {
        pointer = channel->slots[channel->first];
        channel->first = (channel->first + 1) % channel->capacity;
        channel->count--;
        pthread_cond_signal(&channel->has_room);
    }
    pthread_mutex_unlock(&channel->lock);
    return pointer;
}

size_t channel_count(struct channel *channel)
{
    pthread_mutex_lock(&channel->lock);
    size_t count = channel->count;
    pthread_mutex_unlock(&channel->lock);
    return count;
}

void channel_close(struct channel *channel)
{
    pthread_mutex_lock(&channel->lock);
    channel->closed = true;
    pthread_cond_broadcast(&channel->has_room);
    pthread_cond_broadcast(&channel->has_some);
    pthread_mutex_unlock(&channel->lock);
}
