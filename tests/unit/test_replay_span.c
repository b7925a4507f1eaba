/* From where to where: moments, ages and offsets. */
#include "producer/replay_span.h"

#include "common/clock.h"
#include "tests/support/test.h"

#define NOW     1796090400000 /* 2026-12-01T02:00:00Z */
#define HOUR_MS 3600000

static struct replay_span span;

static int set_up(void **state)
{
    (void)state;
    span_init(&span);
    return 0;
}

static void a_duration_is_read_and_nothing_else(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {{"90s", 90000},
                {"15m", 900000},
                {"2h", 2 * HOUR_MS},
                {"2h ago", 2 * HOUR_MS},
                {"1d12h", 36 * HOUR_MS},
                {"2w", 14LL * 24 * HOUR_MS},
                {"0s", 0}};
    static const char *const bad[] = {"",
                                      "2",
                                      "h",
                                      "2x",
                                      "-2h",
                                      "2h ",
                                      "2h  ago",
                                      "2 h",
                                      "ago",
                                      " ago",
                                      "2hago",
                                      "2h agoX",
                                      "1.5h",
                                      "99999999999999999999h",
                                      "9999999999999w",
                                      "4000d"};
    int64_t ms;

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(span_parse_duration(good[i].text, &ms));
        assert_int_equal(ms, good[i].ms);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        if (span_parse_duration(bad[i], &ms))
            fail_msg("\"%s\" is a duration of %lld ms", bad[i], (long long)ms);
}

static void moments_narrow_one_another(void **state)
{
    struct err err;

    (void)state;
    assert_false(span_has_time(&span));
    assert_true(span_holds_time(&span, 0));
    assert_ok(span_add_from(&span, "2h ago", NOW, &err), err);
    assert_ok(span_add_from(&span, "2026-12-01T00:30:00Z", NOW, &err), err);
    assert_ok(span_add_from(&span, "3h", NOW, &err), err);
    assert_ok(span_add_to(&span, "2026-12-01T02:30:00+01:00", NOW, &err), err);
    assert_ok(span_add_to(&span, "now", NOW, &err), err);
    assert_true(span_has_time(&span));
    assert_int_equal(span.from_unix_ms, NOW - HOUR_MS * 3 / 2);
    assert_int_equal(span.to_unix_ms, NOW - HOUR_MS / 2);
    assert_true(span_holds_time(&span, span.from_unix_ms));
    assert_false(span_holds_time(&span, span.from_unix_ms - 1));
    assert_true(span_holds_time(&span, span.to_unix_ms - 1));
    assert_false(span_holds_time(&span, span.to_unix_ms));
}

static void expect(int32_t partition, int64_t from, int64_t to)
{
    int64_t first = 10, end = 100;

    span_narrow(&span, partition, &first, &end);
    assert_int_equal(first, from);
    assert_int_equal(end, to);
}

static void without_offsets_all_is_read(void **state)
{
    (void)state;
    expect(0, 10, 100);
    expect(7, 10, 100);
}

static void offsets_leave_out_what_they_do_not_name(void **state)
{
    struct err err;

    (void)state;
    assert_ok(span_add_from(&span, "0:20,3:5", NOW, &err), err);
    expect(0, 20, 100);
    expect(3, 10, 100);
    expect(1, 10, 10);
    assert_ok(span_add_to(&span, "0:30,1:50", NOW, &err), err);
    expect(0, 20, 30);
    expect(3, 10, 10);
    expect(1, 10, 10);
    assert_ok(span_add_to(&span, "0:15", NOW, &err), err);
    expect(0, 10, 10);
    assert_ok(span_add_to(&span, "0:100000", NOW, &err), err);
    expect(0, 20, 100);
    assert_ok(span_add_from(&span, "0:151", NOW, &err), err); /* past the end */
    expect(0, 10, 10);
    assert_false(span_has_time(&span));
}

static void what_is_no_moment_is_refused_and_changes_nothing(void **state)
{
    static const char *const bad[] = {"",
                                      "yesterday",
                                      "12",
                                      "0:",
                                      "0:1,",
                                      "0:1,,1:2",
                                      "0:1,0:2",
                                      "0:x",
                                      "0:-1",
                                      "2026-12-01",
                                      "0:1 ",
                                      "99999999999:1",
                                      "0:99999999999999999999"};
    struct err err;

    (void)state;
    assert_ok(span_add_from(&span, "0:20", NOW, &err), err);
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (span_add_from(&span, bad[i], NOW, &err) != ERR_REJECT ||
            span_add_to(&span, bad[i], NOW, &err) != ERR_REJECT)
            fail_msg("\"%s\" is taken", bad[i]);
        assert_true(err.text[0] != '\0');
    }
    expect(0, 20, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_duration_is_read_and_nothing_else, set_up),
        cmocka_unit_test_setup(moments_narrow_one_another, set_up),
        cmocka_unit_test_setup(without_offsets_all_is_read, set_up),
        cmocka_unit_test_setup(offsets_leave_out_what_they_do_not_name, set_up),
        cmocka_unit_test_setup(what_is_no_moment_is_refused_and_changes_nothing, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
