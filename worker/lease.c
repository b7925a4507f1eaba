/* The renewing thread; the story stands in lease.h. */
#include "worker/lease.h"

#include <pthread.h>
#include <time.h>

#include "common/clock.h"
#include "common/fault.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/redis/redis.h"

struct lease {
    struct lease_keeper *keeper;
    struct lease *next;
    struct claim claim;
    struct resource_lock lock; /* key "": none */
    int64_t lock_until_ms;     /* monotonic: past it the lock may be another's */
    int64_t retry_at_ms;       /* a failed renewal is not repeated at once */
    int64_t failures;          /* renewals without an answer; why is the last one's text */
    struct err why;
    bool lost;
    bool renewing; /* the thread reads it without the lock: unwatch waits */
};

struct lease_keeper {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct lease *leases;
    int64_t lease_ms;
    struct redis *redis;
    struct claim_store *store;
    bool stopping;
};

static void wait_ms(struct lease_keeper *keeper, int64_t ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&keeper->changed, &keeper->lock, &until);
}

static int64_t deadline_ms(const struct lease *lease)
{
    bool lock_first =
        lease->lock.key[0] != '\0' && lease->lock_until_ms < lease->claim.give_up_at_ms;

    return lock_first ? lease->lock_until_ms : lease->claim.give_up_at_ms;
}

/* Called with the lock. The deadline counts also when nobody looked while it passed. */
static bool is_lost(struct lease *lease, bool refused)
{
    if (!lease->lost && (refused || clock_mono_ms() >= deadline_ms(lease))) {
        lease->lost = true;
        metric_count("plumb_leases_lost_total", NULL, 1);
    }
    return lease->lost;
}

/* It ends when its owner gives up, not later: a successor must not wait for the dead. */
static int keep_lock(struct lease_keeper *keeper, const struct resource_lock *lock,
                     int64_t *out_until_ms, struct err *err)
{
    int64_t hold_ms = keeper->lease_ms - claim_margin_ms(keeper->lease_ms);
    *out_until_ms = clock_mono_ms() + hold_ms;
    int r = resource_lock_hold(keeper->redis, lock, hold_ms, err);

    return r == RESOURCE_LOCK_HELD ? CLAIM_LOST : r;
}

/* Called with the lock, which is given back while Redis is asked. */
static void renew(struct lease_keeper *keeper, struct lease *lease)
{
    struct claim claim = lease->claim;
    struct resource_lock lock = lease->lock;
    int64_t lock_until_ms = 0;
    struct err err;

    lease->renewing = true;
    pthread_mutex_unlock(&keeper->lock);
    int r = FAULT_REPLY(
        "lease.renewed",
        claim_store_renew(keeper->store, &claim, keeper->lease_ms, clock_mono_ms(), &err), &err);
    if (r == 0 && lock.key[0] != '\0')
        r = keep_lock(keeper, &lock, &lock_until_ms, &err);
    pthread_mutex_lock(&keeper->lock);
    if (r < 0) {
        metric_count("plumb_lease_renew_failures_total", NULL, 1);
        lease->failures++;
        lease->why = err;
    }
    if (!is_lost(lease, r == CLAIM_LOST) && r == 0) {
        lease->claim = claim;
        if (lock.key[0] != '\0') /* one that came meanwhile was not renewed with it */
            lease->lock_until_ms = lock_until_ms;
    }
    lease->retry_at_ms = clock_mono_ms() + keeper->lease_ms / 16;
    lease->renewing = false;
    pthread_cond_broadcast(&keeper->changed);
}

/* Of those to renew the one that would be lost first, so that with a slow Redis none is passed over
 * for ever. */
static struct lease *due(struct lease_keeper *keeper, int64_t now_ms)
{
    int64_t life_ms = keeper->lease_ms - claim_margin_ms(keeper->lease_ms);
    struct lease *first = NULL;

    for (struct lease *lease = keeper->leases; lease != NULL; lease = lease->next)
        if (!is_lost(lease, false) && now_ms >= lease->retry_at_ms &&
            deadline_ms(lease) - now_ms < life_ms - keeper->lease_ms / 4 &&
            (first == NULL || deadline_ms(lease) < deadline_ms(first)))
            first = lease;
    return first;
}

static void *keep(void *context)
{
    struct lease_keeper *keeper = context;
    int64_t step_ms = keeper->lease_ms / 16 > 10 ? keeper->lease_ms / 16 : 10;

    pthread_mutex_lock(&keeper->lock);
    while (!keeper->stopping) {
        int64_t now_ms = clock_mono_ms();
        struct lease *lease = due(keeper, now_ms);
        if (lease == NULL) {
            wait_ms(keeper, step_ms);
            continue;
        }
        renew(keeper, lease);
    }
    pthread_mutex_unlock(&keeper->lock);
    return NULL;
}

int lease_keeper_start(struct lease_keeper **out, const char *redis_url, const char *redis_ca_file,
                       int64_t lease_ms, struct err *err)
{
    struct redis_options options = {.url = redis_url,
                                    .ca_file = redis_ca_file,
                                    .timeout_ms = lease_ms / 4 < 5000 ? lease_ms / 4 : 5000};
    struct lease_keeper *keeper = calloc(1, sizeof *keeper);
    pthread_condattr_t attributes;

    if (keeper == NULL)
        return err_nomem(err);
    keeper->lease_ms = lease_ms;
    int r = redis_new(&keeper->redis, &options, err);
    if (r == 0)
        r = claim_store_new(&keeper->store, keeper->redis, err);
    if (r < 0) {
        redis_free(keeper->redis);
        free(keeper);
        return r;
    }
    pthread_mutex_init(&keeper->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&keeper->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&keeper->thread, NULL, keep, keeper) != 0) {
        claim_store_free(keeper->store);
        redis_free(keeper->redis);
        free(keeper);
        return err_set(err, ERR_FATAL, "the lease thread cannot be started");
    }
    *out = keeper;
    return 0;
}

void lease_keeper_stop(struct lease_keeper *keeper)
{
    if (keeper == NULL)
        return;
    pthread_mutex_lock(&keeper->lock);
    assert(keeper->leases == NULL);
    keeper->stopping = true;
    pthread_cond_broadcast(&keeper->changed);
    pthread_mutex_unlock(&keeper->lock);
    pthread_join(keeper->thread, NULL);
    pthread_cond_destroy(&keeper->changed);
    pthread_mutex_destroy(&keeper->lock);
    claim_store_free(keeper->store);
    redis_free(keeper->redis);
    free(keeper);
}

int lease_watch(struct lease_keeper *keeper, const struct claim *claim, struct lease **out,
                struct err *err)
{
    struct lease *lease = calloc(1, sizeof *lease);

    if (lease == NULL)
        return err_nomem(err);
    lease->keeper = keeper;
    lease->claim = *claim;
    pthread_mutex_lock(&keeper->lock);
    lease->next = keeper->leases;
    keeper->leases = lease;
    pthread_mutex_unlock(&keeper->lock);
    *out = lease;
    return 0;
}

void lease_guard(struct lease *lease, const struct resource_lock *lock, int64_t until_ms)
{
    pthread_mutex_lock(&lease->keeper->lock);
    lease->lock = *lock;
    lease->lock_until_ms = until_ms;
    pthread_mutex_unlock(&lease->keeper->lock);
}

void lease_lose(struct lease *lease)
{
    pthread_mutex_lock(&lease->keeper->lock);
    (void)is_lost(lease, true);
    pthread_mutex_unlock(&lease->keeper->lock);
}

bool lease_holds(struct lease *lease)
{
    pthread_mutex_lock(&lease->keeper->lock);
    bool holds = !is_lost(lease, false);
    pthread_mutex_unlock(&lease->keeper->lock);
    return holds;
}

void lease_unwatch(struct lease *lease)
{
    if (lease == NULL)
        return;
    struct lease_keeper *keeper = lease->keeper;

    pthread_mutex_lock(&keeper->lock);
    while (lease->renewing)
        pthread_cond_wait(&keeper->changed, &keeper->lock);
    for (struct lease **at = &keeper->leases; *at != NULL; at = &(*at)->next)
        if (*at == lease) {
            *at = lease->next;
            break;
        }
    pthread_mutex_unlock(&keeper->lock);
    if (lease->failures > 0)
        LOG_WARN("lease.renew_failed", LOG_TEXT("item", lease->claim.fp),
                 LOG_INT("times", lease->failures), LOG_ERR(&lease->why));
    if (lease->lost)
        LOG_WARN("lease.lost", LOG_TEXT("item", lease->claim.fp));
    free(lease);
}
