/* The lock on a resource against a real redis-server: who has it, for how long. */
#include "common/redis/resource_lock.h"

#include <stdio.h>

#include "common/clock.h"
#include "tests/support/redis_server.h"
#include "tests/support/test.h"

#define LONG_MS 60000

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

static void two_findings_of_one_resource_meet(void **state)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(*state, 0);
    struct resource_lock one = resource_lock_name("acme/r", "arn:bucket", "one");
    struct resource_lock two = resource_lock_name("acme/r", "arn:bucket", "two");
    struct err err = {0};

    assert_int_equal(resource_lock_hold(redis, &one, LONG_MS, &err), 0);
    assert_int_equal(resource_lock_hold(redis, &two, LONG_MS, &err), RESOURCE_LOCK_HELD);
    assert_int_equal(resource_lock_hold(redis, &one, LONG_MS, &err), 0); /* a repeat */
    assert_int_equal(resource_lock_drop(redis, &two, &err), 0);          /* not its own */
    assert_int_equal(resource_lock_hold(redis, &two, LONG_MS, &err), RESOURCE_LOCK_HELD);
    assert_int_equal(resource_lock_drop(redis, &one, &err), 0);
    assert_int_equal(resource_lock_hold(redis, &two, LONG_MS, &err), 0);
}

static void other_resources_and_other_repositories_do_not_wait(void **state)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(*state, 0);
    struct resource_lock locks[] = {resource_lock_name("acme/r", "arn:bucket", "one"),
                                    resource_lock_name("acme/r", "arn:other", "two"),
                                    resource_lock_name("acme/s", "arn:bucket", "three")};
    struct err err = {0};

    for (size_t i = 0; i < COUNT(locks); i++)
        assert_int_equal(resource_lock_hold(redis, &locks[i], LONG_MS, &err), 0);
}

static void a_dead_holders_lock_ends_by_itself(void **state)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(*state, 0);
    struct resource_lock dead = resource_lock_name("acme/r", "arn:bucket", "dead");
    struct resource_lock next = resource_lock_name("acme/r", "arn:bucket", "next");
    int64_t deadline_at_ms = clock_mono_ms() + LONG_MS;
    struct err err = {0};
    char words[160];
    int r;

    assert_int_equal(resource_lock_hold(redis, &dead, 50, &err), 0);
    do
        r = resource_lock_hold(redis, &next, LONG_MS, &err);
    while (r == RESOURCE_LOCK_HELD && clock_mono_ms() < deadline_at_ms);
    assert_int_equal(r, 0);
    assert_int_equal(resource_lock_drop(redis, &dead, &err), 0);
    snprintf(words, sizeof words, "PTTL %s", next.key);
    assert_in_range(redis_do(redis, words), 1, LONG_MS);
}

static void without_redis_nothing_is_locked(void **state)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(*state, 0);
    struct resource_lock lock = resource_lock_name("acme/r", "arn:bucket", "one");
    struct err err = {0};

    redis_kill(*state);
    assert_int_equal(resource_lock_hold(redis, &lock, LONG_MS, &err), ERR_RETRY);
    assert_int_equal(resource_lock_drop(redis, &lock, &err), ERR_RETRY);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(two_findings_of_one_resource_meet),
        LIVE(other_resources_and_other_repositories_do_not_wait),
        LIVE(a_dead_holders_lock_ends_by_itself),
        LIVE(without_redis_nothing_is_locked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
