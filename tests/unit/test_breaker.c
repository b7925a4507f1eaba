/* The circuit breaker, on a clock of the test's own. */
#include "common/http/breaker.h"

#include "tests/support/test.h"

static const struct breaker_rules rules = {.window_ms = 30000, .open_ms = 30000};

static void fail_times(struct breaker *breaker, int times, int64_t now_ms)
{
    for (int i = 0; i < times; i++)
        breaker_report(breaker, &rules, now_ms, false, BREAKER_FAILED);
}

static int64_t ask(struct breaker *breaker, int64_t now_ms)
{
    bool is_probe;

    return breaker_ask(breaker, &rules, now_ms, &is_probe);
}

static void five_failures_within_the_window_open_it(void **state)
{
    struct breaker breaker = {0};

    (void)state;
    fail_times(&breaker, 4, 1000);
    assert_int_equal(ask(&breaker, 1000), 0);
    assert_int_equal(breaker_state(&breaker, 1000), BREAKER_CLOSED);
    fail_times(&breaker, 1, 30999);
    assert_int_equal(breaker_state(&breaker, 30999), BREAKER_OPEN);
    assert_int_equal(ask(&breaker, 31999), 29000);
}

static void failures_far_apart_do_not(void **state)
{
    struct breaker breaker = {0};

    (void)state;
    for (int64_t now_ms = 0; now_ms < 3600000; now_ms += 7500) {
        breaker_report(&breaker, &rules, now_ms, false, BREAKER_FAILED);
        assert_int_equal(ask(&breaker, now_ms), 0);
    }
}

/* Of 10,000 requests in each window, 149 fail. */
static void a_busy_server_with_rare_failures_is_not_left_alone(void **state)
{
    struct breaker breaker = {0};

    (void)state;
    for (int64_t i = 0; i < 100000; i++) {
        enum breaker_outcome outcome = i % 67 == 0 ? BREAKER_FAILED : BREAKER_WORKED;

        breaker_report(&breaker, &rules, i * 3, false, outcome);
        assert_int_equal(ask(&breaker, i * 3), 0);
    }
    for (int i = 0; i < 8; i++) /* now it fails: every second, then all */
        breaker_report(&breaker, &rules, 300000, false,
                       i % 2 == 0 ? BREAKER_FAILED : BREAKER_WORKED);
    assert_int_equal(breaker_state(&breaker, 300000), BREAKER_CLOSED);
    fail_times(&breaker, 1, 300000);
    assert_int_equal(breaker_state(&breaker, 300000), BREAKER_OPEN);
}

static void a_third_that_fails_does_not_open_it(void **state)
{
    struct breaker breaker = {0};

    (void)state;
    for (int i = 0; i < 3000; i++)
        breaker_report(&breaker, &rules, 1000, false, i % 3 == 0 ? BREAKER_FAILED : BREAKER_WORKED);
    assert_int_equal(breaker_state(&breaker, 1000), BREAKER_CLOSED);
}

static void what_was_stopped_counts_for_nothing(void **state)
{
    struct breaker breaker = {0};

    (void)state;
    for (int i = 0; i < 100; i++)
        breaker_report(&breaker, &rules, 1000, false, BREAKER_UNKNOWN);
    assert_int_equal(breaker_state(&breaker, 1000), BREAKER_CLOSED);
}

static void half_open_it_lets_one_through(void **state)
{
    struct breaker breaker = {0};
    bool is_probe;

    (void)state;
    fail_times(&breaker, 5, 0);
    assert_int_equal(ask(&breaker, 29999), 1);
    assert_int_equal(breaker_ask(&breaker, &rules, 30000, &is_probe), 0);
    assert_true(is_probe);
    assert_int_equal(breaker_state(&breaker, 30000), BREAKER_HALF_OPEN);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(breaker_ask(&breaker, &rules, 31000, &is_probe), 29000);
        assert_false(is_probe);
    }
}

static void a_probe_that_works_closes_it(void **state)
{
    struct breaker breaker = {0};

    (void)state;
    fail_times(&breaker, 5, 0);
    assert_int_equal(ask(&breaker, 30000), 0);
    breaker_report(&breaker, &rules, 30100, true, BREAKER_WORKED);
    assert_int_equal(breaker_state(&breaker, 30100), BREAKER_CLOSED);
    fail_times(&breaker, 4, 30100); /* it begins anew */
    assert_int_equal(ask(&breaker, 30100), 0);
}

static void a_probe_that_fails_opens_it_again(void **state)
{
    struct breaker breaker = {0};

    (void)state;
    fail_times(&breaker, 5, 0);
    assert_int_equal(ask(&breaker, 30000), 0);
    breaker_report(&breaker, &rules, 35000, true, BREAKER_FAILED);
    assert_int_equal(breaker_state(&breaker, 35000), BREAKER_OPEN);
    assert_int_equal(ask(&breaker, 35000), 30000);
}

static void a_probe_that_never_reports_or_was_stopped_gives_way(void **state)
{
    struct breaker breaker = {0};
    bool is_probe;

    (void)state;
    fail_times(&breaker, 5, 0);
    assert_int_equal(ask(&breaker, 30000), 0);
    assert_int_equal(breaker_ask(&breaker, &rules, 60000, &is_probe), 0);
    assert_true(is_probe);
    breaker_report(&breaker, &rules, 60100, true, BREAKER_UNKNOWN);
    assert_int_equal(breaker_ask(&breaker, &rules, 60100, &is_probe), 0);
    assert_true(is_probe);
}

static void what_was_sent_before_it_opened_decides_nothing(void **state)
{
    struct breaker breaker = {0};

    (void)state;
    fail_times(&breaker, 5, 0);
    breaker_report(&breaker, &rules, 100, false, BREAKER_WORKED);
    assert_int_equal(breaker_state(&breaker, 100), BREAKER_OPEN);
    fail_times(&breaker, 5, 20000);
    assert_int_equal(ask(&breaker, 30000), 0);
    breaker_report(&breaker, &rules, 30001, false, BREAKER_WORKED);
    assert_int_equal(breaker_state(&breaker, 30001), BREAKER_HALF_OPEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_failures_within_the_window_open_it),
        cmocka_unit_test(failures_far_apart_do_not),
        cmocka_unit_test(a_busy_server_with_rare_failures_is_not_left_alone),
        cmocka_unit_test(a_third_that_fails_does_not_open_it),
        cmocka_unit_test(what_was_stopped_counts_for_nothing),
        cmocka_unit_test(half_open_it_lets_one_through),
        cmocka_unit_test(a_probe_that_works_closes_it),
        cmocka_unit_test(a_probe_that_fails_opens_it_again),
        cmocka_unit_test(a_probe_that_never_reports_or_was_stopped_gives_way),
        cmocka_unit_test(what_was_sent_before_it_opened_decides_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
