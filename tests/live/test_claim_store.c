/* Claims against a real redis-server: who wins, who is told to stop, and what is remembered. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/claim_store.h"
#include "common/clock.h"
#include "tests/support/redis_server.h"

#define LONG_MS  60000
#define SHORT_MS 30
#define FP       "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ITEM     "plumb:item:" FP

/* Two workers, each with a connection and a store, as in production. */
struct stage {
    struct redis_server *server;
    struct redis *redis[2];
    struct claim_store *store[2];
    struct err err;
};

static int stage_up(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);

    stage->server = redis_start();
    for (int i = 0; i < 2; i++) {
        stage->redis[i] = redis_server_open(stage->server, 0);
        assert_int_equal(claim_store_new(&stage->store[i], stage->redis[i], &stage->err), 0);
    }
    *state = stage;
    return 0;
}

static int stage_down(void **state)
{
    struct stage *stage = *state;

    for (int i = 0; i < 2; i++) {
        claim_store_free(stage->store[i]);
        redis_free(stage->redis[i]);
    }
    redis_stop(stage->server);
    free(stage);
    return 0;
}

static int take(struct stage *stage, int who, int64_t lease_ms, struct claim *claim,
                struct claim_record *record)
{
    return claim_store_take(stage->store[who], FP, lease_ms, clock_mono_ms(), claim, record,
                            &stage->err);
}

/* Takes as soon as the holder's lease has run out. */
static int take_when_free(struct stage *stage, int who, int64_t lease_ms, struct claim *claim)
{
    int64_t deadline_at_ms = clock_mono_ms() + 5000;
    struct claim_record record;
    int r;

    do
        r = take(stage, who, lease_ms, claim, &record);
    while (r == CLAIM_HELD && clock_mono_ms() < deadline_at_ms);
    return r;
}

static int end(struct stage *stage, int who, const struct claim *claim, const char *state)
{
    struct claim_record record = {.attempts = 0};

    (void)str_copy(record.state, sizeof record.state, state);
    strcpy(record.pr_url, "https://example.com/o/r/pull/1");
    strcpy(record.branch, "compliance-remediation/production-abcdefgh");
    strcpy(record.reason, "because");
    return claim_store_finish(stage->store[who], claim, &record, 86400000, &stage->err);
}

/* --- one winner ------------------------------------------------------------ */

#define WORKERS 8

struct contender {
    pthread_t thread;
    struct stage *stage;
    int answer;
};

static void *contend(void *context)
{
    struct contender *contender = context;
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(contender->stage->server, 0);
    CLEANUP(claim_store_freep) struct claim_store *store = NULL;
    struct claim_record record;
    struct claim claim;
    struct err err;

    contender->answer = claim_store_new(&store, redis, &err);
    if (contender->answer == 0)
        contender->answer =
            claim_store_take(store, FP, LONG_MS, clock_mono_ms(), &claim, &record, &err);
    return NULL;
}

static void among_many_workers_exactly_one_wins(void **state)
{
    struct contender contenders[WORKERS];
    int wins = 0;
    int held = 0;

    for (int i = 0; i < WORKERS; i++) {
        contenders[i] = (struct contender){.stage = *state};
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

    assert_int_equal(take(*state, 0, LONG_MS, &first, &record), 0);
    assert_string_equal(first.fp, FP);
    assert_true(first.fence > 0);
    assert_int_equal(first.attempts, 0);
    assert_int_equal(first.crashes, 0);
    assert_int_equal(take(*state, 1, LONG_MS, &second, &record), CLAIM_HELD);
    assert_int_equal(second.fence, 77);
    assert_string_equal(record.state, "CLAIMED");
    assert_int_equal(record.fence, first.fence);
}

static void the_owner_gives_up_before_redis_does(void **state)
{
    struct stage *stage = *state;
    struct claim_record record;
    struct claim claim;

    assert_int_equal(
        claim_store_take(stage->store[0], FP, LONG_MS, 1000, &claim, &record, &stage->err), 0);
    assert_int_equal(claim.give_up_at_ms, 1000 + 60000 - 10000);
    assert_int_equal(claim_store_renew(stage->store[0], &claim, 600, 5000, &stage->err), 0);
    assert_int_equal(claim.give_up_at_ms, 5000 + 600 - 100);
    assert_int_equal(claim_store_renew(stage->store[0], &claim, 600000, 5000, &stage->err), 0);
    assert_int_equal(claim.give_up_at_ms, 5000 + 600000 - 10000);
}

/* --- a lease that runs out -------------------------------------------------- */

static void a_lease_that_ran_out_goes_to_another_with_a_higher_fence(void **state)
{
    struct claim_record record;
    struct claim first;
    struct claim second;

    assert_int_equal(take(*state, 0, SHORT_MS, &first, &record), 0);
    assert_int_equal(take_when_free(*state, 1, LONG_MS, &second), 0);
    assert_true(second.fence > first.fence);
    assert_int_equal(second.crashes, 1);
    assert_int_equal(second.attempts, 0);
}

static void the_loser_is_told_at_every_door(void **state)
{
    struct stage *stage = *state;
    struct claim_store *store = stage->store[0];
    CLEANUP(buf_done) struct buf plan = BUF(100);
    struct claim_record record;
    struct claim first;
    struct claim second;

    assert_int_equal(take(stage, 0, SHORT_MS, &first, &record), 0);
    assert_int_equal(take_when_free(stage, 1, LONG_MS, &second), 0);
    assert_int_equal(claim_store_renew(store, &first, LONG_MS, 0, &stage->err), CLAIM_LOST);
    assert_int_equal(claim_store_save_plan(store, &first, "p", 1, &stage->err), CLAIM_LOST);
    assert_int_equal(end(stage, 0, &first, "PR_OPEN"), CLAIM_LOST);
    assert_int_equal(claim_store_release(store, &first, true, &stage->err), CLAIM_LOST);

    assert_int_equal(claim_store_load_plan(store, FP, &plan, &stage->err), CLAIM_NO_PLAN);
    assert_int_equal(claim_store_read(store, FP, &record, &stage->err), 0);
    assert_string_equal(record.state, "CLAIMED");
    assert_int_equal(record.fence, second.fence);
    assert_int_equal(record.attempts, 0);
    assert_int_equal(end(stage, 1, &second, "PR_OPEN"), 0);
}

static void past_its_lease_a_worker_writes_nothing_though_nobody_else_came(void **state)
{
    struct stage *stage = *state;
    int64_t deadline_at_ms = clock_mono_ms() + 5000;
    struct claim_record record;
    struct claim claim;
    int r;

    assert_int_equal(take(stage, 0, SHORT_MS, &claim, &record), 0);
    do
        r = claim_store_save_plan(stage->store[0], &claim, "p", 1, &stage->err);
    while (r == 0 && clock_mono_ms() < deadline_at_ms);
    assert_int_equal(r, CLAIM_LOST);
    assert_int_equal(claim_store_renew(stage->store[0], &claim, LONG_MS, 0, &stage->err),
                     CLAIM_LOST);
    assert_int_equal(end(stage, 0, &claim, "PR_OPEN"), CLAIM_LOST);

    /* but it lives, so it is not a crash */
    assert_int_equal(claim_store_release(stage->store[0], &claim, false, &stage->err), 0);
    assert_int_equal(take(stage, 1, LONG_MS, &claim, &record), 0);
    assert_int_equal(claim.crashes, 0);
}

static void a_renewed_lease_outlives_its_first_length(void **state)
{
    struct stage *stage = *state;
    struct claim_record record;
    struct claim first;
    struct claim other;
    int64_t until;

    assert_int_equal(take(stage, 0, 300, &first, &record), 0);
    assert_int_equal(claim_store_renew(stage->store[0], &first, LONG_MS, 0, &stage->err), 0);
    for (until = clock_mono_ms() + 320; clock_mono_ms() < until;)
        assert_int_equal(take(stage, 1, LONG_MS, &other, &record), CLAIM_HELD);
    assert_int_equal(end(stage, 0, &first, "NO_CHANGE"), 0);
}

/* --- giving back ------------------------------------------------------------ */

static void a_released_claim_counts_no_crash_and_charges_only_when_asked(void **state)
{
    struct stage *stage = *state;
    struct claim_record record;
    struct claim claim;

    for (int i = 0; i < 5; i++) {
        assert_int_equal(take(stage, i % 2, LONG_MS, &claim, &record), 0);
        assert_int_equal(claim.crashes, 0);
        assert_int_equal(claim.attempts, (i + 1) / 2);
        assert_int_equal(claim_store_release(stage->store[i % 2], &claim, i % 2 == 0, &stage->err),
                         0);
    }
    assert_int_equal(claim_store_read(stage->store[0], FP, &record, &stage->err), 0);
    assert_string_equal(record.state, "FREE");
    assert_int_equal(record.attempts, 3);
    assert_int_equal(record.crashes, 0);
    assert_int_equal(redis_do(stage->redis[0], "PTTL " ITEM), -1);
}

static void three_takes_that_never_came_back_are_poison(void **state)
{
    struct stage *stage = *state;
    struct claim claim;

    for (int i = 0; i < CLAIM_CRASHES_MAX; i++) {
        assert_int_equal(take_when_free(stage, i % 2, 5, &claim), 0);
        assert_int_equal(claim.crashes, i);
    }
    assert_int_equal(take_when_free(stage, 0, LONG_MS, &claim), CLAIM_POISON);
    assert_int_equal(claim.crashes, CLAIM_CRASHES_MAX);
    assert_int_equal(end(stage, 0, &claim, "DLQ"), 0);
}

/* --- ended ------------------------------------------------------------------ */

static void an_ended_item_answers_how_it_ended(void **state)
{
    static const char *const ends[] = {"PR_OPEN",         "ADOPTED",   "MERGED",
                                       "CLOSED_BY_HUMAN", "NO_CHANGE", "SUPPRESSED",
                                       "PENDING_REVIEW",  "DLQ"};
    struct stage *stage = *state;

    for (size_t i = 0; i < COUNT(ends); i++) {
        struct claim_record record;
        struct claim claim;

        assert_int_equal(take(stage, 0, LONG_MS, &claim, &record), 0);
        assert_int_equal(end(stage, 0, &claim, ends[i]), 0);
        assert_int_equal(take(stage, 1, LONG_MS, &claim, &record), CLAIM_ENDED);
        assert_string_equal(record.state, ends[i]);
        assert_string_equal(record.pr_url, "https://example.com/o/r/pull/1");
        assert_string_equal(record.branch, "compliance-remediation/production-abcdefgh");
        assert_string_equal(record.reason, "because");
        assert_in_range(clock_unix_ms() - record.updated_unix_ms, 0, 60000);
        (void)redis_do(stage->redis[0], "DEL " ITEM);
    }
}

static void only_ended_records_are_forgotten_and_not_before_their_time(void **state)
{
    struct stage *stage = *state;
    struct claim_record record;
    struct claim claim;

    assert_int_equal(take(stage, 0, LONG_MS, &claim, &record), 0);
    assert_int_equal(claim_store_save_plan(stage->store[0], &claim, "p", 1, &stage->err), 0);
    assert_int_equal(redis_do(stage->redis[0], "PTTL " ITEM), -1);
    assert_int_equal(redis_do(stage->redis[0], "PTTL plumb:plan:" FP), -1);
    assert_int_equal(end(stage, 0, &claim, "PR_OPEN"), 0);
    assert_in_range(redis_do(stage->redis[0], "PTTL " ITEM), 86300000, 86400000);
    assert_int_equal(redis_do(stage->redis[0], "EXISTS plumb:plan:" FP), 0);
}

static void what_nobody_claimed_is_absent(void **state)
{
    struct stage *stage = *state;
    struct claim_record record = {.fence = 3};

    assert_int_equal(claim_store_read(stage->store[0], FP, &record, &stage->err), 0);
    assert_string_equal(record.state, "");
    assert_int_equal(record.fence, 0);
}

/* --- the plan --------------------------------------------------------------- */

static void a_successor_finds_the_plan_byte_for_byte(void **state)
{
    static const char bytes[] = "patch\0with\r\nany bytes";
    struct stage *stage = *state;
    CLEANUP(buf_done) struct buf plan = BUF(100);
    CLEANUP(buf_done) struct buf small = BUF(5);
    struct claim_record record;
    struct claim claim;

    assert_int_equal(take(stage, 0, LONG_MS, &claim, &record), 0);
    assert_int_equal(
        claim_store_save_plan(stage->store[0], &claim, bytes, sizeof bytes, &stage->err), 0);
    assert_int_equal(claim_store_release(stage->store[0], &claim, false, &stage->err), 0);
    assert_int_equal(claim_store_load_plan(stage->store[1], FP, &plan, &stage->err), 0);
    assert_int_equal(plan.len, sizeof bytes);
    assert_memory_equal(plan.bytes, bytes, sizeof bytes);
    assert_int_equal(claim_store_load_plan(stage->store[1], FP, &small, &stage->err), ERR_REJECT);
}

/* --- when answers are lost --------------------------------------------------- */

/* Redis freezes while a take is under way: it may have been done, and nobody heard. */
static void a_take_whose_answer_was_lost_is_repeated_by_the_same_owner(void **state)
{
    struct stage *stage = *state;
    CLEANUP(redis_freep) struct redis *hasty = redis_server_open(stage->server, 100);
    CLEANUP(claim_store_freep) struct claim_store *store = NULL;
    struct claim_record record;
    struct claim claim;
    int r;

    assert_int_equal(claim_store_new(&store, hasty, &stage->err), 0);
    assert_int_equal(redis_ping(hasty, &stage->err), 0);
    redis_freeze(stage->server);
    assert_int_equal(
        claim_store_take(store, FP, LONG_MS, clock_mono_ms(), &claim, &record, &stage->err),
        ERR_RETRY);
    redis_thaw(stage->server);

    /* The frozen server does now what it had been sent, and then hears the same take again. */
    assert_int_equal(redis_do(stage->redis[1], "PING"), 0);
    do
        r = claim_store_take(store, FP, LONG_MS, clock_mono_ms(), &claim, &record, &stage->err);
    while (r == ERR_RETRY);
    assert_int_equal(r, 0);
    assert_int_equal(claim.crashes, 0);
    assert_int_equal(take(stage, 1, LONG_MS, &claim, &record), CLAIM_HELD);
    assert_int_equal(record.crashes, 1);
}

static void finish_and_release_may_be_said_twice(void **state)
{
    struct stage *stage = *state;
    struct claim_record record;
    struct claim claim;

    assert_int_equal(take(stage, 0, LONG_MS, &claim, &record), 0);
    assert_int_equal(claim_store_release(stage->store[0], &claim, true, &stage->err), 0);
    assert_int_equal(claim_store_release(stage->store[0], &claim, true, &stage->err), 0);
    assert_int_equal(take(stage, 0, LONG_MS, &claim, &record), 0);
    assert_int_equal(claim.attempts, 1);
    assert_int_equal(end(stage, 0, &claim, "PR_OPEN"), 0);
    assert_int_equal(end(stage, 0, &claim, "PR_OPEN"), 0);
}

static void a_redis_that_forgot_everything_still_raises_the_fence(void **state)
{
    struct stage *stage = *state;
    struct claim_record record;
    struct claim before;
    struct claim after;

    assert_int_equal(take(stage, 0, LONG_MS, &before, &record), 0);
    (void)redis_do(stage->redis[1], "FLUSHALL");
    assert_int_equal(claim_store_renew(stage->store[0], &before, LONG_MS, 0, &stage->err),
                     CLAIM_LOST);
    assert_int_equal(take(stage, 1, LONG_MS, &after, &record), 0);
    assert_true(after.fence > before.fence);
    assert_int_equal(end(stage, 0, &before, "PR_OPEN"), CLAIM_LOST);
}

static void a_restarted_redis_that_forgot_the_scripts_is_taught_them(void **state)
{
    struct stage *stage = *state;
    struct claim_record record;
    struct claim claim;

    assert_int_equal(take(stage, 0, LONG_MS, &claim, &record), 0);
    (void)redis_do(stage->redis[0], "SCRIPT FLUSH");
    assert_int_equal(claim_store_renew(stage->store[0], &claim, LONG_MS, 0, &stage->err), 0);
    redis_kill(stage->server);
    assert_int_equal(take(stage, 1, LONG_MS, &claim, &record), ERR_RETRY);
    redis_restart(stage->server);
    assert_int_equal(take(stage, 1, LONG_MS, &claim, &record), 0);
    assert_int_equal(claim.crashes, 0);
}

/* --- the rest ---------------------------------------------------------------- */

static void a_redis_that_may_evict_claims_is_refused(void **state)
{
    struct redis_server *server =
        redis_start_with(&(struct redis_server_options){.policy = "allkeys-lru"});
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(server, 0);
    CLEANUP(claim_store_freep) struct claim_store *store = NULL;
    struct stage *stage = *state;

    assert_int_equal(claim_store_new(&store, redis, &stage->err), 0);
    assert_int_equal(claim_store_check(store, &stage->err), ERR_FATAL);
    assert_non_null(strstr(stage->err.text, "allkeys-lru"));
    redis_stop(server);
}

static void a_redis_that_forbids_config_is_asked_otherwise(void **state)
{
    struct stage *stage = *state;

    assert_int_equal(claim_store_check(stage->store[0], &stage->err), 0);
    (void)redis_do(stage->redis[0], "ACL SETUSER default -config");
    assert_int_equal(claim_store_check(stage->store[0], &stage->err), 0);
    redis_kill(stage->server);
    assert_int_equal(claim_store_check(stage->store[0], &stage->err), ERR_RETRY);
}

static void a_counter_counts_for_all_and_ends(void **state)
{
    struct stage *stage = *state;
    char name[2000];
    int64_t n = 0;

    memset(name, 'r', sizeof name);
    name[sizeof name - 1] = '\0';
    for (int i = 1; i <= 4; i++) {
        assert_int_equal(claim_store_count(stage->store[i % 2], "run", LONG_MS, &n, &stage->err),
                         0);
        assert_int_equal(n, i);
    }
    assert_in_range(redis_do(stage->redis[0], "PTTL plumb:counter:run"), 1, LONG_MS);
    assert_int_equal(claim_store_count(stage->store[0], name, LONG_MS, &n, &stage->err), 0);
    assert_int_equal(n, 1);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, stage_up, stage_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(among_many_workers_exactly_one_wins),
        LIVE(a_second_worker_is_told_the_item_is_held),
        LIVE(the_owner_gives_up_before_redis_does),
        LIVE(a_lease_that_ran_out_goes_to_another_with_a_higher_fence),
        LIVE(the_loser_is_told_at_every_door),
        LIVE(past_its_lease_a_worker_writes_nothing_though_nobody_else_came),
        LIVE(a_renewed_lease_outlives_its_first_length),
        LIVE(a_released_claim_counts_no_crash_and_charges_only_when_asked),
        LIVE(three_takes_that_never_came_back_are_poison),
        LIVE(an_ended_item_answers_how_it_ended),
        LIVE(only_ended_records_are_forgotten_and_not_before_their_time),
        LIVE(what_nobody_claimed_is_absent),
        LIVE(a_successor_finds_the_plan_byte_for_byte),
        LIVE(a_take_whose_answer_was_lost_is_repeated_by_the_same_owner),
        LIVE(finish_and_release_may_be_said_twice),
        LIVE(a_redis_that_forgot_everything_still_raises_the_fence),
        LIVE(a_restarted_redis_that_forgot_the_scripts_is_taught_them),
        LIVE(a_redis_that_may_evict_claims_is_refused),
        LIVE(a_redis_that_forbids_config_is_asked_otherwise),
        LIVE(a_counter_counts_for_all_and_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
