/* Offset tracker, a new owner: what the one before it finished, by the metadata of its commit. */
#include "common/kafka/offset_tracker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { UNFINISHED_MAX = 64, NOW_MS = 1000 };

static const struct offset_partition one[] = {{"findings", 3}};

static int start(void **state)
{
    struct offset_tracker *tracker = NULL;
    struct err err;

    if (offset_tracker_new(&tracker, UNFINISHED_MAX, &err) != 0 ||
        offset_tracker_assign(tracker, one, 1, &err) != 0)
        return -1;
    *state = tracker;
    return 0;
}

static int finish(void **state)
{
    offset_tracker_free(*state);
    return 0;
}

static void reads(struct offset_tracker *tracker, int64_t first, int64_t last)
{
    struct err err;

    for (int64_t offset = first; offset <= last; offset++)
        assert_int_equal(offset_tracker_read(tracker, 0, offset, NOW_MS, &err), 0);
}

/* Did it count? */
static bool done(struct offset_tracker *tracker, int64_t offset)
{
    return offset_tracker_done(tracker, "findings", 3, offset,
                               offset_tracker_generation(tracker)) >= 0;
}

static struct offset_view view(const struct offset_tracker *tracker)
{
    struct offset_view out;

    offset_tracker_view(tracker, 0, &out);
    return out;
}

/* Of what was read from 40 on, 43 to 45 and 48 are finished. */
static size_t a_map(struct offset_tracker *tracker, char map[OFFSET_MAP_TEXT])
{
    struct err err;

    reads(tracker, 40, 49);
    assert_true(done(tracker, 43) && done(tracker, 44) && done(tracker, 45) && done(tracker, 48));
    size_t len = offset_tracker_map(tracker, 0, map);
    assert_int_equal(offset_tracker_assign(tracker, one, 1, &err), 0);
    return len;
}

static void reads_again(struct offset_tracker *tracker, int64_t first, int64_t last,
                        const int *expected)
{
    struct err err;

    for (int64_t offset = first; offset <= last; offset++)
        assert_int_equal(offset_tracker_read(tracker, 0, offset, NOW_MS, &err),
                         expected[offset - first]);
}

static void what_an_earlier_owner_finished_does_not_come_again(void **state)
{
    const int expected[] = {
        0, 0, 0, OFFSET_FINISHED, OFFSET_FINISHED, OFFSET_FINISHED, 0, 0, OFFSET_FINISHED, 0};
    char map[OFFSET_MAP_TEXT];
    char again[OFFSET_MAP_TEXT];
    struct err err;

    size_t len = a_map(*state, map);
    assert_int_equal(offset_tracker_begin(*state, 0, 40, map, len, 50, &err), 0);
    assert_int_equal(view(*state).committable, 40);
    assert_false(view(*state).due);
    assert_int_equal(offset_tracker_map(*state, 0, again), len); /* it is kept before it is read */
    assert_string_equal(again, map);
    reads_again(*state, 40, 43, expected);
    assert_int_equal(offset_tracker_map(*state, 0, again), len);
    assert_string_equal(again, map);
    reads_again(*state, 44, 49, expected + 4);
    assert_int_equal(view(*state).unfinished, 6);
    assert_true(done(*state, 40) && done(*state, 41) && done(*state, 42));
    assert_int_equal(view(*state).committable, 46);
    assert_false(done(*state, 43)); /* it was never handed out */
}

static void a_map_of_another_offset_or_of_nonsense_says_nothing(void **state)
{
    const int expected[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    char map[OFFSET_MAP_TEXT];
    struct err err;

    size_t len = a_map(*state, map);
    assert_int_equal(offset_tracker_begin(*state, 0, 41, map, len, 50, &err), OFFSET_NO_MAP);
    reads_again(*state, 41, 49, expected);

    assert_int_equal(offset_tracker_assign(*state, one, 1, &err), 0);
    map[len / 2] ^= 1;
    assert_int_equal(offset_tracker_begin(*state, 0, 40, map, len, 50, &err), OFFSET_NO_MAP);
    assert_int_equal(view(*state).committed, 40);
    reads_again(*state, 40, 49, expected);

    assert_int_equal(offset_tracker_assign(*state, one, 1, &err), 0);
    assert_int_equal(offset_tracker_begin(*state, 0, 40, "", 0, 50, &err), 0);
    reads_again(*state, 40, 49, expected);
}

static void says_only(const struct offset_tracker *tracker, int64_t offset)
{
    char map[OFFSET_MAP_TEXT];
    struct offset_map_reader reader;
    struct offset_run run;

    size_t len = offset_tracker_map(tracker, 0, map);
    assert_true(offset_map_open(&reader, map, len, view(tracker).committable));
    assert_true(offset_map_next(&reader, &run));
    assert_int_equal(run.first, offset);
    assert_int_equal(run.end, offset + 1);
    assert_false(offset_map_next(&reader, &run));
}

static void a_map_says_nothing_about_records_that_are_yet_to_come(void **state)
{
    const int expected[] = {0, 0, 0, OFFSET_FINISHED, 0, 0, 0, 0, 0, 0};
    char map[OFFSET_MAP_TEXT];
    struct err err;

    size_t len = a_map(*state, map);
    assert_int_equal(offset_tracker_begin(*state, 0, 40, map, len, 44, &err), 0);
    says_only(*state, 43); /* nor does it pass on what it does not believe */
    reads_again(*state, 40, 49, expected);
    assert_int_equal(view(*state).unfinished, 9);
    says_only(*state, 43);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_an_earlier_owner_finished_does_not_come_again, start,
                                        finish),
        cmocka_unit_test_setup_teardown(a_map_of_another_offset_or_of_nonsense_says_nothing, start,
                                        finish),
        cmocka_unit_test_setup_teardown(a_map_says_nothing_about_records_that_are_yet_to_come,
                                        start, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
