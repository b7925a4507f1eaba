/* The fleet's budget against a real redis-server, on a clock of the test's own. */
#include "common/redis/rate_budget.h"

#include <pthread.h>
#include <stdio.h>

#include "tests/support/redis_server.h"
#include "tests/support/test.h"

#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define START_US  (1800000000 * SECOND_US)

static const struct rate_part parts[] = {
    {"minute", 20, 60, 60000, 4, true},
    {"hour", 60, 440, 3600000, 12, true},
    {"spacing", 1, 1, 1000, 0, false},
};

struct scene {
    struct redis_server *server;
    struct redis *redis;
    struct rate_budget budget;
    struct rate_verdict verdict;
    struct err err;
};

static int up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);

    scene->server = redis_start();
    scene->redis = redis_server_open(scene->server, 0);
    scene->budget = (struct rate_budget){
        .scope = "test:token", .parts = parts, .n = COUNT(parts), .now_us = START_US};
    *state = scene;
    return 0;
}

static int down(void **state)
{
    struct scene *scene = *state;

    redis_free(scene->redis);
    redis_stop(scene->server);
    free(scene);
    return 0;
}

static int ask(struct scene *scene, const char *member, bool urgent)
{
    const struct rate_request request = {
        .member = member, .urgent = urgent, .nap_ms = 2000, .tokens = {1, 1, 1}};
    int r = rate_budget_take(scene->redis, &scene->budget, &request, &scene->verdict, &scene->err);

    if (r < 0)
        fail_msg("%s", scene->err.text);
    return r;
}

/* Takes once a second until it is told to wait for longer than that. */
static int drain(struct scene *scene, const char *member, bool urgent)
{
    int taken = 0;

    while (ask(scene, member, urgent) == 0 || scene->verdict.wait_ms <= 1000) {
        taken += scene->verdict.wait_ms == 0;
        scene->budget.now_us += SECOND_US;
    }
    return taken;
}

static void all_parts_are_taken_from_together_or_none(void **state)
{
    struct scene *scene = *state;

    assert_int_equal(ask(scene, "a/one", false), 0);
    assert_int_equal(scene->verdict.left[0], 19);
    assert_int_equal(scene->verdict.left[1], 59);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(ask(scene, "a/one", false), RATE_WAIT);
        assert_int_equal(scene->verdict.wait_ms, 1000);
        assert_string_equal(scene->verdict.blame, "spacing");
        assert_int_equal(scene->verdict.left[0], 19);
        assert_int_equal(scene->verdict.left[1], 59);
    }
    scene->budget.now_us += SECOND_US;
    assert_int_equal(ask(scene, "a/one", false), 0);
}

static void the_last_of_a_bucket_is_for_the_urgent(void **state)
{
    struct scene *scene = *state;

    assert_in_range(drain(scene, "a/one", false), 48, 60);
    assert_string_equal(scene->verdict.blame, "hour");
    assert_int_equal(scene->verdict.left[1], 12);
    assert_int_equal(ask(scene, "a/one", true), 0);
    assert_int_equal(ask(scene, "a/one", false), RATE_WAIT);
    int64_t before_ms = scene->verdict.wait_ms;
    scene->budget.now_us += SECOND_US;
    assert_in_range(drain(scene, "a/one", true), 10, 14);
    /* Until the reserve is whole again the others wait, longer than before. */
    assert_int_equal(ask(scene, "a/one", false), RATE_WAIT);
    assert_true(scene->verdict.wait_ms > before_ms);
}

/* Three hours; how much each got in the last. The first repository asks every second, whatever it
 * is told; the others come after an hour and wait as long as they are told. */
static void share_out(struct scene *scene, int n, int64_t *got)
{
    int64_t due_us[8] = {0};
    char name[32];

    assert_true(n <= (int)COUNT(due_us));
    for (int64_t second = 0; second < 3 * 3600; second++) {
        for (int i = n - 1; i >= 0; i--) {
            if (i > 0 && (second < 3600 || scene->budget.now_us < due_us[i]))
                continue;
            snprintf(name, sizeof name, "acme/r%d", i);
            int r = ask(scene, name, false);
            due_us[i] = scene->budget.now_us + scene->verdict.wait_ms * 1000;
            got[i] += r == 0 && second >= 7200;
        }
        scene->budget.now_us += SECOND_US;
    }
}

static void alone_a_repository_has_all_of_it(void **state)
{
    int64_t got[1] = {0};

    share_out(*state, 1, got);
    assert_in_range(got[0], 438, 442);
}

/* Equal but for a burst, of which each has its share too. */
static void a_flood_leaves_the_others_their_shares(void **state)
{
    int64_t got[4] = {0}, all = 0;

    share_out(*state, 4, got);
    for (size_t i = 0; i < COUNT(got); i++) {
        assert_in_range(got[i], 440 / 4 - 60 / 4, 440 / 4 + 60 / 4);
        all += got[i];
    }
    assert_in_range(all, 425, 442);
}

/* What the one asks for, the flood of the other cannot take, and nobody ever passes GitHub's limit.
 */
static void a_flood_leaves_room_for_who_comes_late(void **state)
{
    struct scene *scene = *state;

    (void)drain(scene, "acme/flood", false);
    assert_int_equal(ask(scene, "acme/late", false), RATE_WAIT);
    int64_t wait_ms = scene->verdict.wait_ms;
    assert_in_range(wait_ms, 1, 2 * 3600000 / 440); /* the next token is its own */
    for (int64_t ms = 0; ms < wait_ms; ms += 250) {
        scene->budget.now_us += 250 * 1000;
        if (ms + 250 < wait_ms)
            (void)ask(scene, "acme/flood", false);
    }
    int r = ask(scene, "acme/late", false);
    if (r == RATE_WAIT) { /* one token of the flood's share may have come in between, not more */
        scene->budget.now_us += scene->verdict.wait_ms * 1000;
        r = ask(scene, "acme/late", false);
    }
    assert_int_equal(r, 0);
}

static void no_hour_gives_more_than_its_limit(void **state)
{
    struct scene *scene = *state;
    static int64_t times[4000];
    size_t n = 0;
    char name[32];

    for (int64_t step = 0; step < 2 * 3600 * 2; step++) {
        snprintf(name, sizeof name, "acme/r%d", (int)(step % 5));
        if (ask(scene, name, step % 5 == 0) == 0)
            times[n++] = scene->budget.now_us;
        scene->budget.now_us += SECOND_US / 2;
    }
    for (size_t first = 0, last = 0; last < n; last++) {
        while (times[last] - times[first] >= 60 * MINUTE_US)
            first++;
        assert_true(last - first + 1 <= 500);
        if (last > 0)
            assert_true(times[last] - times[last - 1] >= SECOND_US);
    }
}

static void who_waits_long_is_told_a_time_of_its_own(void **state)
{
    struct scene *scene = *state;
    int64_t last_ms = 0;

    (void)drain(scene, "a/one", false);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(ask(scene, "a/one", false), RATE_WAIT);
        assert_true(i == 0 || scene->verdict.wait_ms - last_ms >= 3600000 / 440);
        last_ms = scene->verdict.wait_ms;
    }
    assert_int_equal(ask(scene, "b/two", false), RATE_WAIT); /* its own row is short */
    assert_true(scene->verdict.wait_ms < last_ms / 10);
    assert_int_equal(ask(scene, "a/one", true), 0); /* and the urgent stand in none */
}

static void a_row_has_an_end(void **state)
{
    struct scene *scene = *state;

    (void)drain(scene, "a/one", false);
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(ask(scene, "a/one", false), RATE_WAIT);
        assert_in_range(scene->verdict.wait_ms, 1, 7200000);
    }
}

static void a_pause_stops_everybody_and_is_never_shortened(void **state)
{
    struct scene *scene = *state;

    assert_int_equal(rate_budget_pause(scene->redis, &scene->budget, 90000, &scene->err), 0);
    assert_int_equal(rate_budget_pause(scene->redis, &scene->budget, 10, &scene->err), 0);
    assert_int_equal(ask(scene, "a/one", true), RATE_WAIT);
    assert_int_equal(scene->verdict.wait_ms, 90000);
    assert_string_equal(scene->verdict.blame, "");
    scene->budget.now_us += 90 * SECOND_US;
    assert_int_equal(ask(scene, "a/one", false), 0);
}

static void a_clock_that_steps_back_refills_nothing(void **state)
{
    struct scene *scene = *state;

    (void)drain(scene, "a/one", true);
    scene->budget.now_us -= 3600 * SECOND_US;
    assert_int_equal(ask(scene, "a/one", true), RATE_WAIT);
}

static void a_budget_leaves_nothing_behind(void **state)
{
    struct scene *scene = *state;

    scene->budget.now_us = 0; /* by Redis' own clock */
    assert_int_equal(ask(scene, "a/one", false), 0);
    assert_int_equal(redis_do(scene->redis, "DBSIZE"), 3);
    assert_in_range(redis_do(scene->redis, "PTTL plumb:budget:{test:token}"), 1, 7200000);
    assert_in_range(redis_do(scene->redis, "PTTL plumb:budget:{test:token}:members"), 1, 7260000);
}

struct taker {
    pthread_t thread;
    struct scene *scene;
    int taken;
};

static void *take_thirty_times(void *context)
{
    struct taker *taker = context;
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(taker->scene->server, 0);
    const struct rate_request request = {.member = "a/one", .urgent = true, .tokens = {1, 1, 0}};
    struct rate_verdict verdict;
    struct err err;

    for (int i = 0; i < 30; i++)
        taker->taken +=
            rate_budget_take(redis, &taker->scene->budget, &request, &verdict, &err) == 0;
    return NULL;
}

static void the_whole_fleet_shares_it(void **state)
{
    struct taker takers[4];
    int taken = 0;

    for (size_t i = 0; i < COUNT(takers); i++) {
        takers[i] = (struct taker){.scene = *state};
        assert_int_equal(pthread_create(&takers[i].thread, NULL, take_thirty_times, &takers[i]), 0);
    }
    for (size_t i = 0; i < COUNT(takers); i++) {
        pthread_join(takers[i].thread, NULL);
        taken += takers[i].taken;
    }
    assert_int_equal(taken, 20);
}

static void without_redis_nothing_is_granted(void **state)
{
    struct scene *scene = *state;
    const struct rate_request request = {.member = "a/one", .tokens = {1}};

    redis_kill(scene->server);
    assert_int_equal(
        rate_budget_take(scene->redis, &scene->budget, &request, &scene->verdict, &scene->err),
        ERR_RETRY);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(all_parts_are_taken_from_together_or_none),
        LIVE(the_last_of_a_bucket_is_for_the_urgent),
        LIVE(alone_a_repository_has_all_of_it),
        LIVE(a_flood_leaves_the_others_their_shares),
        LIVE(a_flood_leaves_room_for_who_comes_late),
        LIVE(no_hour_gives_more_than_its_limit),
        LIVE(who_waits_long_is_told_a_time_of_its_own),
        LIVE(a_row_has_an_end),
        LIVE(a_pause_stops_everybody_and_is_never_shortened),
        LIVE(a_clock_that_steps_back_refills_nothing),
        LIVE(a_budget_leaves_nothing_behind),
        LIVE(the_whole_fleet_shares_it),
        LIVE(without_redis_nothing_is_granted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
