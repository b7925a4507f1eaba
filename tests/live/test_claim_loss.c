/* Claims that are lost: leases that run out, answers that never came, a Redis that forgot. */
#include "common/clock.h"
#include "tests/support/claim_scene.h"

#define SHORT_MS 30

/* --- a lease that runs out -------------------------------------------------- */

static void a_lease_that_ran_out_goes_to_another_with_a_higher_fence(void **state)
{
    struct claim_record record;
    struct claim first;
    struct claim second;

    assert_int_equal(scene_take(*state, 0, SHORT_MS, &first, &record), 0);
    assert_int_equal(scene_take_when_free(*state, 1, SCENE_LONG_MS, &second), 0);
    assert_true(second.fence > first.fence);
    assert_int_equal(second.crashes, 1);
    assert_int_equal(second.attempts, 0);
}

static void the_loser_is_told_at_every_door(void **state)
{
    struct claim_scene *scene = *state;
    struct claim_store *store = scene->store[0];
    CLEANUP(buf_done) struct buf plan = BUF(100);
    struct claim_record record;
    struct claim first;
    struct claim second;

    assert_int_equal(scene_take(scene, 0, SHORT_MS, &first, &record), 0);
    assert_int_equal(scene_take_when_free(scene, 1, SCENE_LONG_MS, &second), 0);
    assert_int_equal(claim_store_renew(store, &first, SCENE_LONG_MS, 0, &scene->err), CLAIM_LOST);
    assert_int_equal(claim_store_save_plan(store, &first, "p", 1, &scene->err), CLAIM_LOST);
    assert_int_equal(scene_end(scene, 0, &first, "PR_OPEN"), CLAIM_LOST);
    assert_int_equal(claim_store_release(store, &first, true, &scene->err), CLAIM_LOST);

    assert_int_equal(claim_store_load_plan(store, SCENE_FP, &plan, &scene->err), CLAIM_NO_PLAN);
    assert_int_equal(claim_store_read(store, SCENE_FP, &record, &scene->err), 0);
    assert_string_equal(record.state, "CLAIMED");
    assert_int_equal(record.fence, second.fence);
    assert_int_equal(record.attempts, 0);
    assert_int_equal(scene_end(scene, 1, &second, "PR_OPEN"), 0);
}

static void past_its_lease_a_worker_writes_nothing_though_nobody_else_came(void **state)
{
    struct claim_scene *scene = *state;
    int64_t deadline_at_ms = clock_mono_ms() + 5000;
    struct claim_record record;
    struct claim claim;
    int r;

    assert_int_equal(scene_take(scene, 0, SHORT_MS, &claim, &record), 0);
    do
        r = claim_store_save_plan(scene->store[0], &claim, "p", 1, &scene->err);
    while (r == 0 && clock_mono_ms() < deadline_at_ms);
    assert_int_equal(r, CLAIM_LOST);
    assert_int_equal(claim_store_renew(scene->store[0], &claim, SCENE_LONG_MS, 0, &scene->err),
                     CLAIM_LOST);
    assert_int_equal(scene_end(scene, 0, &claim, "PR_OPEN"), CLAIM_LOST);

    /* but it lives, so it is not a crash */
    assert_int_equal(claim_store_release(scene->store[0], &claim, false, &scene->err), 0);
    assert_int_equal(scene_take(scene, 1, SCENE_LONG_MS, &claim, &record), 0);
    assert_int_equal(claim.crashes, 0);
}

static void a_renewed_lease_outlives_its_first_length(void **state)
{
    struct claim_scene *scene = *state;
    struct claim_record record;
    struct claim first;
    struct claim other;
    int64_t until;

    assert_int_equal(scene_take(scene, 0, 300, &first, &record), 0);
    assert_int_equal(claim_store_renew(scene->store[0], &first, SCENE_LONG_MS, 0, &scene->err), 0);
    for (until = clock_mono_ms() + 320; clock_mono_ms() < until;)
        assert_int_equal(scene_take(scene, 1, SCENE_LONG_MS, &other, &record), CLAIM_HELD);
    assert_int_equal(scene_end(scene, 0, &first, "NO_CHANGE"), 0);
}

/* --- when answers are lost --------------------------------------------------- */

/* Redis freezes while a take is under way: it may have been done, and nobody heard. */
static void a_take_whose_answer_was_lost_is_repeated_by_the_same_owner(void **state)
{
    struct claim_scene *scene = *state;
    CLEANUP(redis_freep) struct redis *hasty = redis_server_open(scene->server, 100);
    CLEANUP(claim_store_freep) struct claim_store *store = NULL;
    struct claim_record record;
    struct claim claim;
    int r;

    assert_int_equal(claim_store_new(&store, hasty, &scene->err), 0);
    assert_int_equal(redis_ping(hasty, &scene->err), 0);
    redis_freeze(scene->server);
    assert_int_equal(claim_store_take(store, SCENE_FP, SCENE_LONG_MS, clock_mono_ms(), &claim,
                                      &record, &scene->err),
                     ERR_RETRY);
    redis_thaw(scene->server);

    /* The frozen server does now what it had been sent, and then hears the same take again. */
    assert_int_equal(redis_do(scene->redis[1], "PING"), 0);
    do
        r = claim_store_take(store, SCENE_FP, SCENE_LONG_MS, clock_mono_ms(), &claim, &record,
                             &scene->err);
    while (r == ERR_RETRY);
    assert_int_equal(r, 0);
    assert_int_equal(claim.crashes, 0);
    assert_int_equal(scene_take(scene, 1, SCENE_LONG_MS, &claim, &record), CLAIM_HELD);
    assert_int_equal(record.crashes, 1);
}

static void finish_and_release_may_be_said_twice(void **state)
{
    struct claim_scene *scene = *state;
    struct claim_record record;
    struct claim claim;

    assert_int_equal(scene_take(scene, 0, SCENE_LONG_MS, &claim, &record), 0);
    assert_int_equal(claim_store_release(scene->store[0], &claim, true, &scene->err), 0);
    assert_int_equal(claim_store_release(scene->store[0], &claim, true, &scene->err), 0);
    assert_int_equal(scene_take(scene, 0, SCENE_LONG_MS, &claim, &record), 0);
    assert_int_equal(claim.attempts, 1);
    assert_int_equal(scene_end(scene, 0, &claim, "PR_OPEN"), 0);
    assert_int_equal(scene_end(scene, 0, &claim, "PR_OPEN"), 0);
}

/* The worker waits for its Redis and walks the same item again: that is no crash. */
static void a_release_that_was_not_done_is_no_crash(void **state)
{
    struct claim_scene *scene = *state;
    struct claim_record record;
    struct claim first;
    struct claim again;

    assert_int_equal(scene_take(scene, 0, SCENE_LONG_MS, &first, &record), 0);
    (void)redis_do(scene->redis[1], "CONFIG SET maxmemory 1");
    assert_int_equal(claim_store_release(scene->store[0], &first, false, &scene->err), ERR_RETRY);
    (void)redis_do(scene->redis[1], "CONFIG SET maxmemory 0");
    assert_int_equal(scene_take(scene, 1, SCENE_LONG_MS, &again, &record), CLAIM_HELD);
    assert_int_equal(scene_take(scene, 0, SCENE_LONG_MS, &again, &record), 0);
    assert_int_equal(again.crashes, 0);
    assert_int_equal(again.fence, first.fence);
    assert_int_equal(claim_store_release(scene->store[0], &again, false, &scene->err), 0);
    assert_int_equal(scene_take(scene, 1, SCENE_LONG_MS, &again, &record), 0);
    assert_int_equal(again.crashes, 0);
    assert_true(again.fence > first.fence);
}

static void a_redis_that_forgot_everything_still_raises_the_fence(void **state)
{
    struct claim_scene *scene = *state;
    struct claim_record record;
    struct claim before;
    struct claim after;

    assert_int_equal(scene_take(scene, 0, SCENE_LONG_MS, &before, &record), 0);
    (void)redis_do(scene->redis[1], "FLUSHALL");
    assert_int_equal(claim_store_renew(scene->store[0], &before, SCENE_LONG_MS, 0, &scene->err),
                     CLAIM_LOST);
    assert_int_equal(scene_take(scene, 1, SCENE_LONG_MS, &after, &record), 0);
    assert_true(after.fence > before.fence);
    assert_int_equal(scene_end(scene, 0, &before, "PR_OPEN"), CLAIM_LOST);
}

static void a_restarted_redis_that_forgot_the_scripts_is_taught_them(void **state)
{
    struct claim_scene *scene = *state;
    struct claim_record record;
    struct claim claim;

    assert_int_equal(scene_take(scene, 0, SCENE_LONG_MS, &claim, &record), 0);
    (void)redis_do(scene->redis[0], "SCRIPT FLUSH");
    assert_int_equal(claim_store_renew(scene->store[0], &claim, SCENE_LONG_MS, 0, &scene->err), 0);
    redis_kill(scene->server);
    assert_int_equal(scene_take(scene, 1, SCENE_LONG_MS, &claim, &record), ERR_RETRY);
    redis_restart(scene->server);
    assert_int_equal(scene_take(scene, 1, SCENE_LONG_MS, &claim, &record), 0);
    assert_int_equal(claim.crashes, 0);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, claim_scene_up, claim_scene_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(a_lease_that_ran_out_goes_to_another_with_a_higher_fence),
        LIVE(the_loser_is_told_at_every_door),
        LIVE(past_its_lease_a_worker_writes_nothing_though_nobody_else_came),
        LIVE(a_renewed_lease_outlives_its_first_length),
        LIVE(a_take_whose_answer_was_lost_is_repeated_by_the_same_owner),
        LIVE(finish_and_release_may_be_said_twice),
        LIVE(a_release_that_was_not_done_is_no_crash),
        LIVE(a_redis_that_forgot_everything_still_raises_the_fence),
        LIVE(a_restarted_redis_that_forgot_the_scripts_is_taught_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
