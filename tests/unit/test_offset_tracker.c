/* Offset tracker: stories of one partition each; the random ones are in test_offset_model.c. */
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

static void nothing_is_committable_before_the_first_read(void **state)
{
    assert_int_equal(view(*state).committable, -1);
    assert_int_equal(view(*state).committed, -1);
}

static void the_lowest_unfinished_offset_is_committable(void **state)
{
    reads(*state, 40, 44);
    assert_int_equal(view(*state).committable, 40);
    assert_true(done(*state, 41));
    assert_true(done(*state, 43));
    assert_int_equal(view(*state).committable, 40);
    assert_true(done(*state, 40));
    assert_int_equal(view(*state).committable, 42);
    assert_int_equal(view(*state).unfinished, 2);
    assert_true(done(*state, 42));
    assert_true(done(*state, 44));
    assert_int_equal(view(*state).committable, 45);
    assert_int_equal(offset_tracker_unfinished(*state), 0);
}

static void gaps_between_offsets_are_no_unfinished_work(void **state)
{
    struct err err;

    assert_int_equal(offset_tracker_read(*state, 0, 7, NOW_MS, &err), 0);
    assert_int_equal(offset_tracker_read(*state, 0, 19, NOW_MS, &err), 0);
    assert_true(done(*state, 7));
    assert_int_equal(view(*state).committable, 19);
}

static void done_said_twice_changes_nothing(void **state)
{
    reads(*state, 0, 2);
    assert_true(done(*state, 1));
    assert_false(done(*state, 1));
    assert_int_equal(view(*state).unfinished, 2);
    assert_true(done(*state, 0));
    assert_false(done(*state, 0));
    assert_int_equal(view(*state).committable, 2);
}

static void done_of_what_was_never_read_changes_nothing(void **state)
{
    reads(*state, 5, 6);
    assert_false(done(*state, 4));
    assert_false(done(*state, 7));
    assert_int_equal(offset_tracker_done(*state, "drift", 3, 5, 1), -1);
    assert_int_equal(offset_tracker_done(*state, "findings", 4, 5, 1), -1);
    assert_int_equal(view(*state).committable, 5);
}

static void done_of_an_earlier_generation_changes_nothing(void **state)
{
    struct err err;
    int64_t before = offset_tracker_generation(*state);

    reads(*state, 5, 6);
    assert_int_equal(offset_tracker_assign(*state, one, 1, &err), 0);
    reads(*state, 5, 6);
    assert_int_equal(offset_tracker_done(*state, "findings", 3, 5, before), -1);
    assert_int_equal(view(*state).committable, 5);
    assert_int_equal(view(*state).unfinished, 2);
}

static void a_partition_that_went_away_is_forgotten(void **state)
{
    struct err err;

    reads(*state, 0, 9);
    assert_int_equal(offset_tracker_assign(*state, NULL, 0, &err), 0);
    assert_int_equal(offset_tracker_count(*state), 0);
    assert_int_equal(offset_tracker_unfinished(*state), 0);
    assert_false(done(*state, 0));
}

static void the_same_offset_twice_is_a_duplicate(void **state)
{
    struct err err;

    reads(*state, 0, 3);
    assert_true(done(*state, 2));
    assert_int_equal(offset_tracker_read(*state, 0, 1, NOW_MS, &err), OFFSET_DUPLICATE);
    assert_int_equal(offset_tracker_read(*state, 0, 2, NOW_MS, &err), OFFSET_DUPLICATE);
    assert_int_equal(view(*state).unfinished, 3);
}

static void an_offset_below_finished_work_is_told_to_be_behind(void **state)
{
    struct err err;

    reads(*state, 10, 11);
    assert_true(done(*state, 10));
    assert_int_equal(offset_tracker_read(*state, 0, 3, NOW_MS, &err), OFFSET_BEHIND);
    assert_true(done(*state, 11));
    assert_int_equal(offset_tracker_read(*state, 0, 11, NOW_MS, &err), OFFSET_BEHIND);
    assert_int_equal(view(*state).committable, 12);
}

static void a_partition_has_so_many_unfinished_records_and_no_more(void **state)
{
    struct err err;

    reads(*state, 0, UNFINISHED_MAX - 2);
    assert_false(view(*state).full);
    reads(*state, UNFINISHED_MAX - 1, UNFINISHED_MAX - 1);
    assert_true(view(*state).full);
    assert_int_equal(offset_tracker_read(*state, 0, UNFINISHED_MAX, NOW_MS, &err), OFFSET_FULL);
    for (int64_t offset = 1; offset < UNFINISHED_MAX / 2; offset++) {
        assert_true(done(*state, offset));
        assert_true(view(*state).full);
    }
    assert_true(done(*state, UNFINISHED_MAX - 1));
    assert_false(view(*state).full); /* half of them wait, and it reads on though 0 is stuck */
    reads(*state, UNFINISHED_MAX, UNFINISHED_MAX);
}

static void one_stuck_offset_stops_nothing_and_costs_little(void **state)
{
    enum { ABOVE = 50000 };
    char map[OFFSET_MAP_TEXT];

    reads(*state, 1000000, 1000000);
    for (int64_t offset = 1000001; offset <= 1000000 + ABOVE; offset++) {
        reads(*state, offset, offset);
        assert_true(done(*state, offset));
        assert_false(view(*state).full);
    }
    assert_int_equal(view(*state).committable, 1000000);
    assert_int_equal(view(*state).unfinished, 1);
    size_t bytes = offset_tracker_map(*state, 0, map);
    print_message("%d finished above one stuck offset: %zu bytes of map, %zu of memory\n", ABOVE,
                  bytes, view(*state).bytes);
    assert_in_range(bytes, 1, 64);
    assert_in_range(view(*state).bytes, 1, 512);
}

/* Every second one waits: nothing is harder to tell. */
static void a_map_that_grows_too_large_stops_the_reading_until_the_gap_closes(void **state)
{
    enum { MANY = 100000 };
    CLEANUP(offset_tracker_freep) struct offset_tracker *tracker = NULL;
    char map[OFFSET_MAP_TEXT];
    int64_t last = -1;
    struct err err;

    (void)state;
    assert_int_equal(offset_tracker_new(&tracker, MANY, &err), 0);
    assert_int_equal(offset_tracker_assign(tracker, one, 1, &err), 0);
    while (!view(tracker).full) {
        last++;
        reads(tracker, last, last);
        if (last % 2 == 1)
            assert_true(done(tracker, last));
        assert_true(last < MANY);
    }
    size_t bytes = offset_tracker_map(tracker, 0, map);
    print_message("full at %zu bytes of map with %zu unfinished\n", bytes,
                  view(tracker).unfinished);
    assert_in_range(bytes, OFFSET_MAP_BYTES_MAX / 4 * 3, OFFSET_MAP_BYTES_MAX / 4 * 3 + 100);

    /* What is in work may finish in any order; the gap closes from below. */
    for (int64_t offset = 0; view(tracker).full; offset += 2)
        assert_true(done(tracker, offset));
    assert_true(view(tracker).unfinished > 0);
    assert_in_range(offset_tracker_map(tracker, 0, map), 1, OFFSET_MAP_BYTES_MAX / 2);
}

static void an_unfinished_offset_costs_at_most_32_bytes(void **state)
{
    enum { MANY = 10000 };
    CLEANUP(offset_tracker_freep) struct offset_tracker *tracker = NULL;
    double worst = 0;
    struct err err;

    (void)state;
    assert_int_equal(offset_tracker_new(&tracker, MANY + 1, &err), 0);
    assert_int_equal(offset_tracker_assign(tracker, one, 1, &err), 0);
    for (int64_t offset = 0; offset < MANY; offset++) {
        reads(tracker, offset, offset);
        if (offset > 100 && (double)view(tracker).bytes / (double)view(tracker).unfinished > worst)
            worst = (double)view(tracker).bytes / (double)view(tracker).unfinished;
    }
    for (int64_t offset = 0; offset < MANY; offset++) { /* from the middle, then around */
        assert_true(done(tracker, (offset * 7 + MANY / 2) % MANY));
        size_t n = view(tracker).unfinished;
        assert_true(view(tracker).bytes <= 32 * n + 256);
        if (n > 100 && (double)view(tracker).bytes / (double)n > worst)
            worst = (double)view(tracker).bytes / (double)n;
    }
    print_message("at most %.1f bytes for each unfinished offset\n", worst);
    assert_true(worst <= 32);
}

static void a_commit_is_due_for_the_map_alone_and_once(void **state)
{
    reads(*state, 5, 8);
    offset_tracker_committed(*state, 0, 5);
    assert_false(view(*state).due);
    assert_true(done(*state, 7));
    assert_int_equal(view(*state).committable, 5);
    assert_true(view(*state).due);
    assert_true(view(*state).due); /* a failed commit leaves it due */
    offset_tracker_committed(*state, 0, 5);
    assert_false(view(*state).due);
    reads(*state, 9, 9);
    assert_false(view(*state).due);
    assert_true(done(*state, 5));
    offset_tracker_committed(*state, 0, 5); /* an answer that is late: told before 5 was done */
    assert_true(view(*state).due);
}

static void the_oldest_record_is_the_lowest_unfinished(void **state)
{
    struct err err;

    assert_int_equal(view(*state).oldest_at_ms, -1);
    for (int64_t offset = 0; offset < 3; offset++)
        assert_int_equal(offset_tracker_read(*state, 0, offset, 100 + offset, &err), 0);
    assert_true(done(*state, 1));
    assert_int_equal(view(*state).oldest_at_ms, 100);
    assert_true(done(*state, 0));
    assert_int_equal(view(*state).oldest_at_ms, 102);
    assert_true(done(*state, 2));
    assert_int_equal(view(*state).oldest_at_ms, -1);
}

static void what_the_broker_has_never_goes_back(void **state)
{
    offset_tracker_committed(*state, 0, 12);
    offset_tracker_committed(*state, 0, 9);
    assert_int_equal(view(*state).committed, 12);
}

static void partitions_are_found_by_topic_and_number(void **state)
{
    const struct offset_partition many[] = {
        {"retry.5m", 1}, {"findings", 10}, {"drift", 0}, {"findings", 2}, {"retry.30s", 0},
    };
    struct offset_view out;
    struct err err;

    assert_int_equal(offset_tracker_assign(*state, many, COUNT(many), &err), 0);
    for (size_t i = 0; i < COUNT(many); i++) {
        int slot = offset_tracker_slot(*state, many[i].topic, many[i].partition);
        assert_in_range(slot, 0, COUNT(many) - 1);
        offset_tracker_view(*state, (size_t)slot, &out);
        assert_string_equal(out.topic, many[i].topic);
        assert_int_equal(out.partition, many[i].partition);
    }
    assert_int_equal(offset_tracker_slot(*state, "findings", 3), -1);
    assert_int_equal(offset_tracker_slot(*state, "aaa", 0), -1);
    assert_int_equal(offset_tracker_slot(*state, "zzz", 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_committable_before_the_first_read, start,
                                        finish),
        cmocka_unit_test_setup_teardown(the_lowest_unfinished_offset_is_committable, start, finish),
        cmocka_unit_test_setup_teardown(gaps_between_offsets_are_no_unfinished_work, start, finish),
        cmocka_unit_test_setup_teardown(done_said_twice_changes_nothing, start, finish),
        cmocka_unit_test_setup_teardown(done_of_what_was_never_read_changes_nothing, start, finish),
        cmocka_unit_test_setup_teardown(done_of_an_earlier_generation_changes_nothing, start,
                                        finish),
        cmocka_unit_test_setup_teardown(a_partition_that_went_away_is_forgotten, start, finish),
        cmocka_unit_test_setup_teardown(the_same_offset_twice_is_a_duplicate, start, finish),
        cmocka_unit_test_setup_teardown(an_offset_below_finished_work_is_told_to_be_behind, start,
                                        finish),
        cmocka_unit_test_setup_teardown(a_partition_has_so_many_unfinished_records_and_no_more,
                                        start, finish),
        cmocka_unit_test_setup_teardown(one_stuck_offset_stops_nothing_and_costs_little, start,
                                        finish),
        cmocka_unit_test(a_map_that_grows_too_large_stops_the_reading_until_the_gap_closes),
        cmocka_unit_test(an_unfinished_offset_costs_at_most_32_bytes),
        cmocka_unit_test_setup_teardown(a_commit_is_due_for_the_map_alone_and_once, start, finish),
        cmocka_unit_test_setup_teardown(the_oldest_record_is_the_lowest_unfinished, start, finish),
        cmocka_unit_test_setup_teardown(what_the_broker_has_never_goes_back, start, finish),
        cmocka_unit_test_setup_teardown(partitions_are_found_by_topic_and_number, start, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
