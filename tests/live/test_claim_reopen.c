/* A replay opens dead items again on a real redis-server: which, how often, and with what slate. */
#include "tests/support/claim_scene.h"

static int reopen(struct claim_scene *scene, const char *replay, const char *states)
{
    return claim_store_reopen(scene->store[0], SCENE_FP, replay, states, &scene->err);
}

static void end_in(struct claim_scene *scene, const char *state)
{
    struct claim_record record;
    struct claim claim;

    assert_int_equal(scene_take(scene, 0, SCENE_LONG_MS, &claim, &record), 0);
    assert_int_equal(scene_end(scene, 0, &claim, state), 0);
}

static void a_dead_item_runs_again_with_a_clean_slate(void **state)
{
    struct claim_scene *scene = *state;
    struct claim_record record;
    struct claim claim;

    for (int i = 0; i < CLAIM_CRASHES_MAX; i++)
        assert_int_equal(scene_take_when_free(scene, 0, 5, &claim), 0);
    assert_int_equal(scene_take_when_free(scene, 0, SCENE_LONG_MS, &claim), CLAIM_POISON);
    int64_t fence = claim.fence;
    assert_int_equal(claim.run, 0);
    assert_string_equal(claim.replay, "");
    assert_int_equal(scene_end(scene, 0, &claim, "DLQ"), 0);
    assert_int_equal(scene_take(scene, 1, SCENE_LONG_MS, &claim, &record), CLAIM_ENDED);

    assert_int_equal(reopen(scene, "one", "DLQ"), 0);
    assert_int_equal(claim_store_read(scene->store[0], SCENE_FP, &record, &scene->err), 0);
    assert_string_equal(record.state, "FREE");
    assert_string_equal(record.reason, "");
    assert_string_equal(record.replay, "one");
    assert_int_equal(record.run, 1);
    assert_int_equal(redis_do(scene->redis[0], "PTTL " SCENE_ITEM), -1);
    assert_int_equal(scene_take(scene, 1, SCENE_LONG_MS, &claim, &record), 0);
    assert_int_equal(claim.crashes, 0);
    assert_int_equal(claim.attempts, 0);
    assert_int_equal(claim.run, 1);
    assert_string_equal(claim.replay, "one");
    assert_true(claim.fence > fence);
}

static void one_replay_opens_an_item_once_and_another_once_more(void **state)
{
    struct claim_scene *scene = *state;
    struct claim_record record;

    end_in(scene, "DLQ");
    assert_int_equal(reopen(scene, "one", "DLQ"), 0);
    assert_int_equal(reopen(scene, "one", "DLQ"), CLAIM_NOT_REOPENED); /* it is open */
    end_in(scene, "DLQ");
    assert_int_equal(reopen(scene, "one", "DLQ"), CLAIM_NOT_REOPENED);
    assert_int_equal(reopen(scene, "two", "DLQ"), 0);
    end_in(scene, "DLQ");
    assert_int_equal(reopen(scene, "one", "DLQ"), CLAIM_NOT_REOPENED);
    assert_int_equal(reopen(scene, "two", "DLQ"), CLAIM_NOT_REOPENED);
    assert_int_equal(claim_store_read(scene->store[0], SCENE_FP, &record, &scene->err), 0);
    assert_string_equal(record.state, "DLQ");
    assert_int_equal(record.run, 2);
    assert_string_equal(record.replay, "two");
}

static void every_other_end_stands(void **state)
{
    static const char *const ends[] = {"PR_OPEN",         "ADOPTED",   "MERGED",
                                       "CLOSED_BY_HUMAN", "NO_CHANGE", "SUPPRESSED",
                                       "PENDING_REVIEW"};
    struct claim_scene *scene = *state;

    for (size_t i = 0; i < COUNT(ends); i++) {
        struct claim_record record;
        struct claim claim;

        end_in(scene, ends[i]);
        assert_int_equal(reopen(scene, "one", "DLQ"), CLAIM_NOT_REOPENED);
        assert_int_equal(scene_take(scene, 1, SCENE_LONG_MS, &claim, &record), CLAIM_ENDED);
        assert_string_equal(record.state, ends[i]);
        assert_string_equal(record.pr_url, "https://example.com/o/r/pull/1");
        assert_int_equal(record.run, 0);
        (void)redis_do(scene->redis[0], "DEL " SCENE_ITEM);
    }
}

static void a_waiting_item_opens_where_that_is_asked(void **state)
{
    struct claim_scene *scene = *state;

    end_in(scene, "PENDING_REVIEW");
    assert_int_equal(reopen(scene, "one", "DLQ"), CLAIM_NOT_REOPENED);
    assert_int_equal(reopen(scene, "one", "DLQ,PENDING_REVIEW"), 0);
    end_in(scene, "PR_OPEN");
    assert_int_equal(reopen(scene, "two", "DLQ,PENDING_REVIEW"), CLAIM_NOT_REOPENED);
}

static void a_held_item_is_left_to_its_holder(void **state)
{
    struct claim_scene *scene = *state;
    struct claim_record record;
    struct claim claim;

    assert_int_equal(scene_take(scene, 0, SCENE_LONG_MS, &claim, &record), 0);
    assert_int_equal(reopen(scene, "one", "DLQ"), CLAIM_NOT_REOPENED);
    assert_int_equal(scene_end(scene, 0, &claim, "DLQ"), 0);
    assert_int_equal(reopen(scene, "one", "DLQ"), 0); /* it had not opened anything */
}

static void what_redis_forgot_begins_a_run_of_its_own(void **state)
{
    struct claim_scene *scene = *state;
    struct claim_record record;
    struct claim claim;

    assert_int_equal(reopen(scene, "one", "DLQ"), 0);
    assert_int_equal(scene_take(scene, 0, SCENE_LONG_MS, &claim, &record), 0);
    assert_int_equal(claim.run, 1);
    assert_string_equal(claim.replay, "one");
}

static void an_end_remembers_its_run(void **state)
{
    struct claim_scene *scene = *state;
    struct claim_record record;
    struct claim claim;

    end_in(scene, "DLQ");
    assert_int_equal(reopen(scene, "one", "DLQ"), 0);
    end_in(scene, "PR_OPEN");
    assert_int_equal(scene_take(scene, 1, SCENE_LONG_MS, &claim, &record), CLAIM_ENDED);
    assert_string_equal(record.state, "PR_OPEN");
    assert_string_equal(record.replay, "one");
    assert_int_equal(record.run, 1);
    assert_in_range(redis_do(scene->redis[0], "PTTL " SCENE_ITEM), 86300000, 86400000);
}

int main(void)
{
#define SCENE(test) cmocka_unit_test_setup_teardown(test, claim_scene_up, claim_scene_down)
    const struct CMUnitTest tests[] = {
        SCENE(a_dead_item_runs_again_with_a_clean_slate),
        SCENE(one_replay_opens_an_item_once_and_another_once_more),
        SCENE(every_other_end_stands),
        SCENE(a_waiting_item_opens_where_that_is_asked),
        SCENE(a_held_item_is_left_to_its_holder),
        SCENE(what_redis_forgot_begins_a_run_of_its_own),
        SCENE(an_end_remembers_its_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
