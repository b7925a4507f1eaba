/* Claims against a real redis-server: who wins, what is given back, what is remembered. */
#include <pthread.h>

#include "common/clock.h"
#include "tests/support/claim_scene.h"

/* --- one winner ------------------------------------------------------------ */

#define WORKERS 8

struct contender {
    pthread_t thread;
    struct claim_scene *scene;
    int answer;
};

static void *contend(void *context)
{
    struct contender *contender = context;
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(contender->scene->server, 0);
    CLEANUP(claim_store_freep) struct claim_store *store = NULL;
    struct claim_record record;
    struct claim claim;
    struct err err;

    contender->answer = claim_store_new(&store, redis, &err);
    if (contender->answer == 0)
        contender->answer = claim_store_take(store, SCENE_FP, SCENE_LONG_MS, clock_mono_ms(),
                                             &claim, &record, &err);
    return NULL;
}

static void among_many_workers_exactly_one_wins(void **state)
{
    struct contender contenders[WORKERS];
    int wins = 0;
    int held = 0;

    for (int i = 0; i < WORKERS; i++) {
        contenders[i] = (struct contender){.scene = *state};
        assert_int_equal(pthread_create(&contenders[i].thread, NULL, contend, &contenders[i]), 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(contenders[i].thread, NULL);
        wins += contenders[i].answer == 0;
        held += contenders[i].answer == CLAIM_HELD;
    }
    assert_int_equal(wins, 1);
    assert_int_equal(held, WORKERS - 1);
}

static void a_second_worker_is_told_the_item_is_held(void **state)
{
    struct claim_record record;
    struct claim first;
    struct claim second = {.fence = 77};

    assert_int_equal(scene_take(*state, 0, SCENE_LONG_MS, &first, &record), 0);
    assert_string_equal(first.fp, SCENE_FP);
    assert_true(first.fence > 0);
    assert_int_equal(first.attempts, 0);
    assert_int_equal(first.crashes, 0);
    assert_int_equal(scene_take(*state, 1, SCENE_LONG_MS, &second, &record), CLAIM_HELD);
    assert_int_equal(second.fence, 77);
    assert_string_equal(record.state, "CLAIMED");
    assert_int_equal(record.fence, first.fence);
}

static void the_owner_gives_up_before_redis_does(void **state)
{
    struct claim_scene *scene = *state;
    struct claim_record record;
    struct claim claim;

    assert_int_equal(claim_store_take(scene->store[0], SCENE_FP, SCENE_LONG_MS, 1000, &claim,
                                      &record, &scene->err),
                     0);
    assert_int_equal(claim.give_up_at_ms, 1000 + 60000 - 10000);
    assert_int_equal(claim_store_renew(scene->store[0], &claim, 600, 5000, &scene->err), 0);
    assert_int_equal(claim.give_up_at_ms, 5000 + 600 - 100);
    assert_int_equal(claim_store_renew(scene->store[0], &claim, 600000, 5000, &scene->err), 0);
    assert_int_equal(claim.give_up_at_ms, 5000 + 600000 - 10000);
}

/* --- giving back ------------------------------------------------------------ */

static void a_released_claim_counts_no_crash_and_charges_only_when_asked(void **state)
{
    struct claim_scene *scene = *state;
    struct claim_record record;
    struct claim claim;

    for (int i = 0; i < 5; i++) {
        assert_int_equal(scene_take(scene, i % 2, SCENE_LONG_MS, &claim, &record), 0);
        assert_int_equal(claim.crashes, 0);
        assert_int_equal(claim.attempts, (i + 1) / 2);
        assert_int_equal(claim_store_release(scene->store[i % 2], &claim, i % 2 == 0, &scene->err),
                         0);
    }
    assert_int_equal(claim_store_read(scene->store[0], SCENE_FP, &record, &scene->err), 0);
    assert_string_equal(record.state, "FREE");
    assert_int_equal(record.attempts, 3);
    assert_int_equal(record.crashes, 0);
    assert_int_equal(redis_do(scene->redis[0], "PTTL " SCENE_ITEM), -1);
}

static void three_takes_that_never_came_back_are_poison(void **state)
{
    struct claim_scene *scene = *state;
    struct claim claim;

    for (int i = 0; i < CLAIM_CRASHES_MAX; i++) {
        assert_int_equal(scene_take_when_free(scene, i % 2, 5, &claim), 0);
        assert_int_equal(claim.crashes, i);
    }
    assert_int_equal(scene_take_when_free(scene, 0, SCENE_LONG_MS, &claim), CLAIM_POISON);
    assert_int_equal(claim.crashes, CLAIM_CRASHES_MAX);
    assert_int_equal(scene_end(scene, 0, &claim, "DLQ"), 0);
}

/* --- ended ------------------------------------------------------------------ */

static void an_ended_item_answers_how_it_ended(void **state)
{
    static const char *const ends[] = {"PR_OPEN",         "ADOPTED",   "MERGED",
                                       "CLOSED_BY_HUMAN", "NO_CHANGE", "SUPPRESSED",
                                       "PENDING_REVIEW",  "DLQ"};
    struct claim_scene *scene = *state;

    for (size_t i = 0; i < COUNT(ends); i++) {
        struct claim_record record;
        struct claim claim;

        assert_int_equal(scene_take(scene, 0, SCENE_LONG_MS, &claim, &record), 0);
        assert_int_equal(scene_end(scene, 0, &claim, ends[i]), 0);
        assert_int_equal(scene_take(scene, 1, SCENE_LONG_MS, &claim, &record), CLAIM_ENDED);
        assert_string_equal(record.state, ends[i]);
        assert_string_equal(record.pr_url, "https://example.com/o/r/pull/1");
        assert_string_equal(record.branch, "compliance-remediation/production-abcdefgh");
        assert_string_equal(record.reason, "because");
        assert_in_range(clock_unix_ms() - record.updated_unix_ms, 0, 60000);
        (void)redis_do(scene->redis[0], "DEL " SCENE_ITEM);
    }
}

static void only_ended_records_are_forgotten_and_not_before_their_time(void **state)
{
    struct claim_scene *scene = *state;
    struct claim_record record;
    struct claim claim;

    assert_int_equal(scene_take(scene, 0, SCENE_LONG_MS, &claim, &record), 0);
    assert_int_equal(claim_store_save_plan(scene->store[0], &claim, "p", 1, &scene->err), 0);
    assert_int_equal(redis_do(scene->redis[0], "PTTL " SCENE_ITEM), -1);
    assert_int_equal(redis_do(scene->redis[0], "PTTL plumb:plan:" SCENE_FP), -1);
    assert_int_equal(scene_end(scene, 0, &claim, "PR_OPEN"), 0);
    assert_in_range(redis_do(scene->redis[0], "PTTL " SCENE_ITEM), 86300000, 86400000);
    assert_int_equal(redis_do(scene->redis[0], "EXISTS plumb:plan:" SCENE_FP), 0);
}

static void what_nobody_claimed_is_absent(void **state)
{
    struct claim_scene *scene = *state;
    struct claim_record record = {.fence = 3};

    assert_int_equal(claim_store_read(scene->store[0], SCENE_FP, &record, &scene->err), 0);
    assert_string_equal(record.state, "");
    assert_int_equal(record.fence, 0);
}

/* --- the plan --------------------------------------------------------------- */

static void a_successor_finds_the_plan_byte_for_byte(void **state)
{
    static const char bytes[] = "patch\0with\r\nany bytes";
    struct claim_scene *scene = *state;
    CLEANUP(buf_done) struct buf plan = BUF(100);
    CLEANUP(buf_done) struct buf small = BUF(5);
    struct claim_record record;
    struct claim claim;

    assert_int_equal(scene_take(scene, 0, SCENE_LONG_MS, &claim, &record), 0);
    assert_int_equal(
        claim_store_save_plan(scene->store[0], &claim, bytes, sizeof bytes, &scene->err), 0);
    assert_int_equal(claim_store_release(scene->store[0], &claim, false, &scene->err), 0);
    assert_int_equal(claim_store_load_plan(scene->store[1], SCENE_FP, &plan, &scene->err), 0);
    assert_int_equal(plan.len, sizeof bytes);
    assert_memory_equal(plan.bytes, bytes, sizeof bytes);
    assert_int_equal(claim_store_load_plan(scene->store[1], SCENE_FP, &small, &scene->err),
                     ERR_REJECT);
}

static void an_answer_that_was_bought_is_there_for_the_successor(void **state)
{
    static const char bytes[] = "bought\0once";
    struct claim_scene *scene = *state;
    CLEANUP(buf_done) struct buf saved = BUF(100);
    CLEANUP(buf_done) struct buf loaded = BUF(100);
    struct claim_record record;
    struct claim claim;

    buf_bytes(&saved, bytes, sizeof bytes);
    assert_int_equal(scene_take(scene, 0, SCENE_LONG_MS, &claim, &record), 0);
    assert_int_equal(claim_store_load_answer(scene->store[1], SCENE_FP, "q1", &loaded, &scene->err),
                     CLAIM_NO_ANSWER);
    assert_int_equal(
        claim_store_save_answer(scene->store[0], &claim, "q1", &saved, SCENE_LONG_MS, &scene->err),
        0);
    assert_int_equal(claim_store_release(scene->store[0], &claim, false, &scene->err), 0);
    assert_int_equal(claim_store_load_answer(scene->store[1], SCENE_FP, "q1", &loaded, &scene->err),
                     0);
    assert_int_equal(loaded.len, sizeof bytes);
    assert_memory_equal(loaded.bytes, bytes, sizeof bytes);
    assert_int_equal(claim_store_load_answer(scene->store[1], SCENE_FP, "q2", &loaded, &scene->err),
                     CLAIM_NO_ANSWER);
    assert_in_range(redis_do(scene->redis[0], "PTTL plumb:answers:" SCENE_FP), 1, SCENE_LONG_MS);
    /* who does not hold the item any more saves nothing */
    assert_int_equal(
        claim_store_save_answer(scene->store[0], &claim, "q2", &saved, SCENE_LONG_MS, &scene->err),
        CLAIM_LOST);
}

/* --- the rest ---------------------------------------------------------------- */

static void a_redis_that_may_evict_claims_is_refused(void **state)
{
    struct redis_server *server =
        redis_start_with(&(struct redis_server_options){.policy = "allkeys-lru"});
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(server, 0);
    CLEANUP(claim_store_freep) struct claim_store *store = NULL;
    struct claim_scene *scene = *state;

    assert_int_equal(claim_store_new(&store, redis, &scene->err), 0);
    assert_int_equal(claim_store_check(store, &scene->err), ERR_FATAL);
    assert_non_null(strstr(scene->err.text, "allkeys-lru"));
    redis_stop(server);
}

static void a_redis_that_forbids_config_is_asked_otherwise(void **state)
{
    struct claim_scene *scene = *state;

    assert_int_equal(claim_store_check(scene->store[0], &scene->err), 0);
    (void)redis_do(scene->redis[0], "ACL SETUSER default -config");
    assert_int_equal(claim_store_check(scene->store[0], &scene->err), 0);
    redis_kill(scene->server);
    assert_int_equal(claim_store_check(scene->store[0], &scene->err), ERR_RETRY);
}

static void a_counter_counts_for_all_and_ends(void **state)
{
    struct claim_scene *scene = *state;
    char name[2000];
    int64_t n = 0;

    memset(name, 'r', sizeof name);
    name[sizeof name - 1] = '\0';
    for (int i = 1; i <= 4; i++) {
        assert_int_equal(
            claim_store_count(scene->store[i % 2], "run", SCENE_LONG_MS, &n, &scene->err), 0);
        assert_int_equal(n, i);
    }
    assert_in_range(redis_do(scene->redis[0], "PTTL plumb:counter:run"), 1, SCENE_LONG_MS);
    assert_int_equal(claim_store_count(scene->store[0], name, SCENE_LONG_MS, &n, &scene->err), 0);
    assert_int_equal(n, 1);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, claim_scene_up, claim_scene_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(among_many_workers_exactly_one_wins),
        LIVE(a_second_worker_is_told_the_item_is_held),
        LIVE(the_owner_gives_up_before_redis_does),
        LIVE(a_released_claim_counts_no_crash_and_charges_only_when_asked),
        LIVE(three_takes_that_never_came_back_are_poison),
        LIVE(an_ended_item_answers_how_it_ended),
        LIVE(only_ended_records_are_forgotten_and_not_before_their_time),
        LIVE(what_nobody_claimed_is_absent),
        LIVE(a_successor_finds_the_plan_byte_for_byte),
        LIVE(an_answer_that_was_bought_is_there_for_the_successor),
        LIVE(a_redis_that_may_evict_claims_is_refused),
        LIVE(a_redis_that_forbids_config_is_asked_otherwise),
        LIVE(a_counter_counts_for_all_and_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
