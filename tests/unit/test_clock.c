/* Dates in and out, common/clock.h. */
#include "tests/support/test.h"

#include "common/clock.h"

static void check_format(int64_t unix_ms, const char *expected)
{
    char text[CLOCK_RFC3339_BYTES];

    clock_format_rfc3339(unix_ms, text);
    assert_string_equal(text, expected);
}

static void moments_are_written_in_utc_with_milliseconds(void **state)
{
    (void)state;
    check_format(0, "1970-01-01T00:00:00.000Z");
    check_format(1768480245123, "2026-01-15T12:30:45.123Z");
    check_format(-1, "1969-12-31T23:59:59.999Z");
    check_format(-62135596800000, "0001-01-01T00:00:00.000Z");
    check_format(INT64_MAX, "9999-12-31T23:59:59.999Z");
    check_format(INT64_MIN, "0000-01-01T00:00:00.000Z");
}

static void check_parse(const char *text, int64_t expected)
{
    int64_t unix_ms = 42;

    if (!clock_parse_rfc3339(text, &unix_ms))
        fail_msg("not read: %s", text);
    assert_int_equal(unix_ms, expected);
}

static void dates_are_read_in_all_their_forms(void **state)
{
    (void)state;
    check_parse("2026-01-15T12:30:45Z", 1768480245000);
    check_parse("2026-01-15t12:30:45.1z", 1768480245100);
    check_parse("2026-01-15 12:30:45.123456789Z", 1768480245123);
    check_parse("2026-01-15T13:30:45.123+01:00", 1768480245123);
    check_parse("2026-01-15T04:00:45.123-08:30", 1768480245123);
    check_parse("2024-02-29T00:00:00Z", 1709164800000);
    check_parse("2016-12-31T23:59:60Z", 1483228800000);
}

static void what_is_not_a_date_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "2026-01-15",
        "2026-01-15T12:30:45",
        "2026-13-15T12:30:45Z",
        "2026-02-29T12:30:45Z",
        "2026-00-10T12:30:45Z",
        "2026-01-15T24:30:45Z",
        "2026-01-15T12:60:45Z",
        "2026-01-15T12:30:45.Z",
        "2026-01-15T12:30:45+0100",
        "2026-01-15T12:30:45Z ",
        "+026-01-15T12:30:45Z",
        "2026-01-15T12:30:45Zjunk",
    };
    int64_t unix_ms = 42;

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        if (clock_parse_rfc3339(wrong[i], &unix_ms))
            fail_msg("was read: %s", wrong[i]);
    }
    assert_false(clock_parse_rfc3339(NULL, &unix_ms));
    assert_int_equal(unix_ms, 42);
}

static void what_was_written_can_be_read(void **state)
{
    (void)state;
    for (int64_t at = -60000000000000; at < 250000000000000; at += 7777777777777) {
        char text[CLOCK_RFC3339_BYTES];
        clock_format_rfc3339(at, text);
        check_parse(text, at);
    }
}

static void the_clocks_go_forward(void **state)
{
    int64_t before = clock_mono_ms();

    (void)state;
    assert_true(clock_mono_ms() >= before);
    assert_true(clock_unix_ms() > 1700000000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_written_in_utc_with_milliseconds),
        cmocka_unit_test(dates_are_read_in_all_their_forms),
        cmocka_unit_test(what_is_not_a_date_is_refused),
        cmocka_unit_test(what_was_written_can_be_read),
        cmocka_unit_test(the_clocks_go_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
