/* The retry budget, on a clock of the test's own. */
#include "common/retry_budget.h"

#include "tests/support/test.h"

static int up(void **state)
{
    struct retry_budget *budget = NULL;
    struct err err;

    if (retry_budget_new(&budget, &err) < 0)
        return -1;
    *state = budget;
    return 0;
}

static int down(void **state)
{
    retry_budget_free(*state);
    return 0;
}

static int retries(struct retry_budget *budget, int64_t now_ms)
{
    int n = 0;

    while (retry_budget_retry(budget, now_ms))
        n++;
    return n;
}

static void who_tries_little_may_still_try_again(void **state)
{
    assert_int_equal(retries(*state, 1000), RETRY_BUDGET_FLOOR);
}

static void a_tenth_of_first_tries_and_no_more(void **state)
{
    for (int i = 0; i < 1000; i++)
        retry_budget_first(*state, 1000 + i);
    assert_int_equal(retries(*state, 2000), 100);
    for (int i = 0; i < 9; i++)
        retry_budget_first(*state, 3000);
    assert_int_equal(retries(*state, 3000), 0);
    retry_budget_first(*state, 3000);
    assert_int_equal(retries(*state, 3000), 1);
}

static void what_is_a_minute_old_is_forgotten(void **state)
{
    for (int i = 0; i < 1000; i++)
        retry_budget_first(*state, 5000);
    assert_int_equal(retries(*state, 59999), 100);
    assert_int_equal(retries(*state, 60000), 0); /* the firsts are old, the retries are not */
    assert_int_equal(retries(*state, 109999), 0);
    assert_int_equal(retries(*state, 120000), RETRY_BUDGET_FLOOR);
}

static void a_long_silence_leaves_nothing_behind(void **state)
{
    for (int64_t now_ms = 0; now_ms < 600000; now_ms += 10)
        retry_budget_first(*state, now_ms);
    assert_int_equal(retries(*state, 86400000), RETRY_BUDGET_FLOOR);
}

/* In any minute, whatever the pattern. */
static void no_window_holds_more(void **state)
{
    static bool is_retry[600000 / 50];
    int firsts = 0, again = 0;

    for (size_t i = 0; i < COUNT(is_retry); i++) {
        int64_t now_ms = (int64_t)i * 50;

        if (i % 3 == 0)
            retry_budget_first(*state, now_ms);
        else
            is_retry[i] = retry_budget_retry(*state, now_ms);
        firsts += i % 3 == 0;
        again += is_retry[i];
    }
    assert_in_range(again, firsts / 20, firsts / 10 + RETRY_BUDGET_FLOOR);
}

#define UNIT(test) cmocka_unit_test_setup_teardown(test, up, down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(who_tries_little_may_still_try_again),
        UNIT(a_tenth_of_first_tries_and_no_more),
        UNIT(what_is_a_minute_old_is_forgotten),
        UNIT(a_long_silence_leaves_nothing_behind),
        UNIT(no_window_holds_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
