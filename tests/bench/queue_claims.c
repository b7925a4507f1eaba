/* Claims a second: nothing but claim_store_take, of fingerprints that nobody has taken. */
#include <pthread.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/redis/claim_script.h"
#include "common/redis/claim_store.h"
#include "tests/bench/queue_bench.h"

#define LEASE_MS    60000
#define THREADS_MAX 256

struct taker {
    pthread_t thread;
    const char *url;
    pthread_barrier_t *start;
    size_t first, claims;
    int64_t first_ns, last_ns;
    int r;
    struct err err;
};

int queue_verb_script(int argc, char **argv, struct err *err)
{
    (void)argc;
    (void)argv;
    (void)err;
    fputs(claim_script_take.text, stdout);
    return 0;
}

static int take_one(struct claim_store *store, size_t i, struct err *err)
{
    char fp[CLAIM_FP_BYTES];
    struct claim claim;
    struct claim_record record;

    snprintf(fp, sizeof fp, "%064zx", i); /* as long as a fingerprint */
    int r = claim_store_take(store, fp, LEASE_MS, clock_mono_ms(), &claim, &record, err);
    if (r > 0)
        return err_set(err, ERR_REJECT, "claim %zu was answered with %d: is the Redis empty?", i,
                       r);
    return r;
}

static int take_all(struct taker *taker, struct err *err)
{
    CLEANUP(redis_freep) struct redis *redis = NULL;
    CLEANUP(claim_store_freep) struct claim_store *store = NULL;
    const struct redis_options options = {.url = taker->url};
    int r = redis_new(&redis, &options, err);

    if (r == 0)
        r = claim_store_new(&store, redis, err);
    if (r == 0)
        r = redis_ping(redis, err);
    pthread_barrier_wait(taker->start);
    taker->first_ns = queue_now_ns();
    for (size_t i = 0; r == 0 && i < taker->claims; i++)
        r = take_one(store, taker->first + i, err);
    taker->last_ns = queue_now_ns();
    return r;
}

static void *run_taker(void *context)
{
    struct taker *taker = context;

    taker->r = take_all(taker, &taker->err);
    return NULL;
}

static int gather(struct taker *takers, size_t n, struct err *err)
{
    int64_t first_ns = INT64_MAX;
    int64_t last_ns = 0;
    size_t claims = 0;
    int r = 0;

    for (size_t i = 0; i < n; i++) {
        pthread_join(takers[i].thread, NULL);
        first_ns = takers[i].first_ns < first_ns ? takers[i].first_ns : first_ns;
        last_ns = takers[i].last_ns > last_ns ? takers[i].last_ns : last_ns;
        claims += takers[i].claims;
        if (takers[i].r < 0 && r == 0) {
            r = takers[i].r;
            *err = takers[i].err;
        }
    }
    if (r == 0)
        printf("items=%zu ns=%lld\n", claims, (long long)(last_ns - first_ns));
    return r;
}

int queue_verb_claims(int argc, char **argv, struct err *err)
{
    struct taker takers[THREADS_MAX];
    pthread_barrier_t start;
    size_t claims, threads;
    int r = queue_number(argv[1], &claims, err);

    (void)argc;
    if (r == 0)
        r = queue_number(argv[2], &threads, err);
    if (r < 0)
        return r;
    if (threads > THREADS_MAX)
        return err_set(err, ERR_REJECT, "at most %d threads", THREADS_MAX);
    pthread_barrier_init(&start, NULL, (unsigned)threads);
    for (size_t i = 0; i < threads; i++) {
        takers[i] = (struct taker){.url = argv[0],
                                   .start = &start,
                                   .first = claims * i / threads,
                                   .claims = claims * (i + 1) / threads - claims * i / threads};
        if (pthread_create(&takers[i].thread, NULL, run_taker, &takers[i]) != 0)
            abort(); /* the others wait for it */
    }
    r = gather(takers, threads, err);
    pthread_barrier_destroy(&start);
    return r;
}
