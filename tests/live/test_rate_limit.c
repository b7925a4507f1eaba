/* Token buckets against a real redis-server. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/redis/rate_limit.h"
#include "tests/support/redis_server.h"

static const struct rate_bucket slow = {
    .scope = "test:slow", .capacity = 3, .refill = 3, .period_ms = 3600000};
static const struct rate_bucket fast = {
    .scope = "test:fast", .capacity = 2, .refill = 100, .period_ms = 1000};

static int up(void **state)
{
    *state = redis_start();
    return 0;
}

static int down(void **state)
{
    redis_stop(*state);
    return 0;
}

static void a_burst_may_take_all_and_then_waits(void **state)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(*state, 0);
    int64_t wait_ms = 0;
    struct err err;

    for (int i = 0; i < 3; i++)
        assert_int_equal(rate_limit_take(redis, &slow, 1, &wait_ms, &err), 0);
    assert_int_equal(wait_ms, 0);
    assert_int_equal(rate_limit_take(redis, &slow, 1, &wait_ms, &err), RATE_WAIT);
    assert_in_range(wait_ms, 1190000, 1200000);
    assert_int_equal(rate_limit_take(redis, &slow, 3, &wait_ms, &err), RATE_WAIT);
    assert_in_range(wait_ms, 3590000, 3600000);
}

static void a_bucket_refills_evenly(void **state)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(*state, 0);
    int64_t began = clock_mono_ms();
    int64_t wait_ms;
    struct err err;

    for (int taken = 0; taken < 12;) {
        int r = rate_limit_take(redis, &fast, 1, &wait_ms, &err);

        assert_true(r == 0 || r == RATE_WAIT);
        if (r == RATE_WAIT)
            assert_in_range(wait_ms, 1, 10);
        taken += r == 0;
    }
    /* 2 at once, 10 at 10 ms each */
    assert_in_range(clock_mono_ms() - began, 98, 5000);
}

struct taker {
    pthread_t thread;
    struct redis_server *server;
    int taken;
};

static void *take_twenty_times(void *context)
{
    struct taker *taker = context;
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(taker->server, 0);
    int64_t wait_ms;
    struct err err;

    for (int i = 0; i < 20; i++)
        taker->taken += rate_limit_take(redis, &slow, 1, &wait_ms, &err) == 0;
    return NULL;
}

static void the_whole_fleet_shares_one_bucket(void **state)
{
    struct taker takers[4];
    int taken = 0;

    for (size_t i = 0; i < COUNT(takers); i++) {
        takers[i] = (struct taker){.server = *state};
        assert_int_equal(pthread_create(&takers[i].thread, NULL, take_twenty_times, &takers[i]), 0);
    }
    for (size_t i = 0; i < COUNT(takers); i++) {
        pthread_join(takers[i].thread, NULL);
        taken += takers[i].taken;
    }
    assert_int_equal(taken, 3);
}

static void a_pause_stops_everybody_until_it_is_over(void **state)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(*state, 0);
    int64_t began = clock_mono_ms();
    int64_t wait_ms;
    struct err err;
    int r;

    assert_int_equal(rate_limit_pause(redis, &fast, 120, &err), 0);
    assert_int_equal(rate_limit_pause(redis, &fast, 10, &err), 0); /* never shortens */
    assert_int_equal(rate_limit_take(redis, &fast, 1, &wait_ms, &err), RATE_WAIT);
    assert_in_range(wait_ms, 1, 120);
    do
        r = rate_limit_take(redis, &fast, 1, &wait_ms, &err);
    while (r == RATE_WAIT && clock_mono_ms() - began < 5000);
    assert_int_equal(r, 0);
    assert_in_range(clock_mono_ms() - began, 110, 5000); /* Redis counts by its own clock */
}

static void an_unused_bucket_leaves_nothing_behind(void **state)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(*state, 0);
    int64_t wait_ms;
    struct err err;

    assert_int_equal(rate_limit_take(redis, &fast, 1, &wait_ms, &err), 0);
    assert_in_range(redis_do(redis, "PTTL plumb:rate:test:fast"), 1, 1100);
}

static void without_redis_nothing_is_granted(void **state)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(*state, 0);
    int64_t wait_ms;
    struct err err;

    redis_kill(*state);
    assert_int_equal(rate_limit_take(redis, &fast, 1, &wait_ms, &err), ERR_RETRY);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(a_burst_may_take_all_and_then_waits),
        LIVE(a_bucket_refills_evenly),
        LIVE(the_whole_fleet_shares_one_bucket),
        LIVE(a_pause_stops_everybody_until_it_is_over),
        LIVE(an_unused_bucket_leaves_nothing_behind),
        LIVE(without_redis_nothing_is_granted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
