/* What one process may ask GitHub for while Redis is away. */
#include "tests/support/test.h"
#include "worker/forge/github_floor.h"

static void one_write_a_minute_and_one_read_a_second(void **state)
{
    CLEANUP(github_floor_freep) struct github_floor *floor = NULL;
    struct err err;

    (void)state;
    assert_int_equal(github_floor_new(&floor, &err), 0);
    assert_int_equal(github_floor_take(floor, true, 5000), 0);
    assert_int_equal(github_floor_take(floor, true, 5000), 60000);
    assert_int_equal(github_floor_take(floor, true, 64999), 1);
    assert_int_equal(github_floor_take(floor, false, 5000), 0);
    assert_int_equal(github_floor_take(floor, false, 5999), 1);
    assert_int_equal(github_floor_take(floor, false, 6000), 0);
    assert_int_equal(github_floor_take(floor, true, 65000), 0);
}

static void nothing_is_saved_up(void **state)
{
    CLEANUP(github_floor_freep) struct github_floor *floor = NULL;
    struct err err;

    (void)state;
    assert_int_equal(github_floor_new(&floor, &err), 0);
    assert_int_equal(github_floor_take(floor, true, 3600000), 0);
    assert_int_equal(github_floor_take(floor, true, 7200000), 0);
    assert_int_equal(github_floor_take(floor, true, 7200000), 60000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_write_a_minute_and_one_read_a_second),
        cmocka_unit_test(nothing_is_saved_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
