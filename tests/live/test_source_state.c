/* What pollers share, against a real redis-server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/redis/source_state.h"
#include "tests/support/redis_server.h"

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

static void one_replica_polls_a_source_at_a_time(void **state)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(*state, 0);
    struct source_lease first;
    struct source_lease second;
    struct err err;

    assert_int_equal(source_lease_take(redis, "vanta", LONG_MS, 1000, &first, &err), 0);
    assert_int_equal(first.give_up_at_ms, 1000 + 60000 - 10000);
    assert_int_equal(source_lease_take(redis, "vanta", LONG_MS, 0, &second, &err), SOURCE_HELD);
    assert_int_equal(source_lease_take(redis, "file", LONG_MS, 0, &second, &err), 0);

    assert_int_equal(source_lease_drop(redis, &first, &err), 0);
    assert_int_equal(source_lease_take(redis, "vanta", LONG_MS, 0, &second, &err), 0);
    assert_true(second.fence > first.fence);
}

static void a_replica_that_stalled_may_not_move_the_cursor(void **state)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(*state, 0);
    CLEANUP(buf_done) struct buf cursor = BUF(100);
    int64_t deadline_at_ms = clock_mono_ms() + 5000;
    struct source_lease stalled;
    struct source_lease next;
    struct err err;
    int r;

    assert_int_equal(source_lease_take(redis, "vanta", 20, 0, &stalled, &err), 0);
    do
        r = source_lease_take(redis, "vanta", LONG_MS, 0, &next, &err);
    while (r == SOURCE_HELD && clock_mono_ms() < deadline_at_ms);
    assert_int_equal(r, 0);
    assert_int_equal(source_cursor_write(redis, &stalled, "old", &err), SOURCE_LOST);
    assert_int_equal(source_lease_renew(redis, &stalled, LONG_MS, 0, &err), SOURCE_LOST);
    assert_int_equal(source_lease_drop(redis, &stalled, &err), 0);
    assert_int_equal(source_lease_renew(redis, &next, LONG_MS, 7000, &err), 0);
    assert_int_equal(next.give_up_at_ms, 7000 + 60000 - 10000);
    assert_int_equal(source_cursor_read(redis, "vanta", &cursor, &err), SOURCE_NO_CURSOR);
}

static void the_next_replica_goes_on_where_the_last_one_stopped(void **state)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(*state, 0);
    CLEANUP(buf_done) struct buf cursor = BUF(100);
    struct source_lease lease;
    struct err err;

    assert_int_equal(source_lease_take(redis, "vanta", LONG_MS, 0, &lease, &err), 0);
    assert_int_equal(source_cursor_write(redis, &lease, "page=3", &err), 0);
    assert_int_equal(source_cursor_write(redis, &lease, "page=4", &err), 0);
    assert_int_equal(source_lease_drop(redis, &lease, &err), 0);
    assert_int_equal(source_cursor_read(redis, "vanta", &cursor, &err), 0);
    assert_string_equal(buf_str(&cursor), "page=4");
    assert_int_equal(redis_do(redis, "PTTL plumb:source:vanta"), -1);
    assert_int_equal(source_cursor_read(redis, "file", &cursor, &err), SOURCE_NO_CURSOR);
}

static void a_token_is_refreshed_by_one_and_read_by_all(void **state)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(*state, 0);
    CLEANUP(buf_done) struct buf token = BUF(100);
    struct err err;

    assert_int_equal(shared_token_read(redis, "vanta", &token, &err), TOKEN_ABSENT);
    assert_int_equal(shared_token_lock(redis, "vanta", "a", LONG_MS, &err), 0);
    assert_int_equal(shared_token_lock(redis, "vanta", "a", LONG_MS, &err), 0);
    assert_int_equal(shared_token_lock(redis, "vanta", "b", LONG_MS, &err), TOKEN_LOCKED);
    assert_int_equal(shared_token_write(redis, "vanta", "a", "token-one", LONG_MS, &err), 0);
    assert_int_equal(shared_token_read(redis, "vanta", &token, &err), 0);
    assert_string_equal(buf_str(&token), "token-one");
    assert_in_range(redis_do(redis, "PTTL plumb:token:vanta"), 1, LONG_MS);
    assert_int_equal(shared_token_lock(redis, "vanta", "b", LONG_MS, &err), 0);
}

static void a_late_refresher_does_not_bury_the_newer_token(void **state)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(*state, 0);
    CLEANUP(buf_done) struct buf token = BUF(100);
    struct err err;

    assert_int_equal(shared_token_lock(redis, "vanta", "a", LONG_MS, &err), 0);
    (void)redis_do(redis, "DEL plumb:token-lock:vanta"); /* a's lock has run out */
    assert_int_equal(shared_token_lock(redis, "vanta", "b", LONG_MS, &err), 0);
    assert_int_equal(shared_token_write(redis, "vanta", "a", "token-old", LONG_MS, &err), 0);
    assert_int_equal(shared_token_read(redis, "vanta", &token, &err), TOKEN_ABSENT);
    assert_int_equal(shared_token_write(redis, "vanta", "b", "token-new", LONG_MS, &err), 0);
    assert_int_equal(shared_token_write(redis, "vanta", "a", "token-old", LONG_MS, &err), 0);
    assert_int_equal(shared_token_read(redis, "vanta", &token, &err), 0);
    assert_string_equal(buf_str(&token), "token-new");
}

static void a_refused_token_is_forgotten_only_while_it_is_the_current_one(void **state)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(*state, 0);
    CLEANUP(buf_done) struct buf token = BUF(100);
    struct err err;

    assert_int_equal(shared_token_lock(redis, "vanta", "a", LONG_MS, &err), 0);
    assert_int_equal(shared_token_write(redis, "vanta", "a", "token-two", LONG_MS, &err), 0);
    assert_int_equal(shared_token_forget(redis, "vanta", "token-one", &err), 0);
    assert_int_equal(shared_token_read(redis, "vanta", &token, &err), 0);
    assert_int_equal(shared_token_forget(redis, "vanta", "token-two", &err), 0);
    assert_int_equal(shared_token_read(redis, "vanta", &token, &err), TOKEN_ABSENT);
}

static void sources_begin_anew_when_what_they_sent_is_gone(void **state)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(*state, 0);
    CLEANUP(buf_done) struct buf cursor = BUF(100);
    struct source_lease lease;
    struct err err;

    assert_int_equal(source_cursors_forget(redis, &err), 0);
    assert_int_equal(source_lease_take(redis, "vanta", LONG_MS, 0, &lease, &err), 0);
    assert_int_equal(source_cursor_write(redis, &lease, "far", &err), 0);
    assert_int_equal(source_cursors_forget(redis, &err), 0);
    assert_int_equal(source_cursor_read(redis, "vanta", &cursor, &err), SOURCE_NO_CURSOR);
    assert_int_equal(source_lease_renew(redis, &lease, LONG_MS, 0, &err), 0);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(one_replica_polls_a_source_at_a_time),
        LIVE(a_replica_that_stalled_may_not_move_the_cursor),
        LIVE(the_next_replica_goes_on_where_the_last_one_stopped),
        LIVE(a_token_is_refreshed_by_one_and_read_by_all),
        LIVE(a_late_refresher_does_not_bury_the_newer_token),
        LIVE(a_refused_token_is_forgotten_only_while_it_is_the_current_one),
        LIVE(sources_begin_anew_when_what_they_sent_is_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
