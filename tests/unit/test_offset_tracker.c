/* Offset tracker: stories of one partition each, then many random ones against a naive model. */
#include "common/kafka/offset_tracker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <time.h>

enum { WINDOW = 64 };

static const struct offset_partition one[] = {{"findings", 3}};

static int start(void **state)
{
    struct offset_tracker *tracker = NULL;
    struct err err;

    if (offset_tracker_new(&tracker, WINDOW, &err) != 0 ||
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
        assert_int_equal(offset_tracker_read(tracker, 0, offset, &err), 0);
}

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
    assert_false(done(*state, 41));
    assert_false(done(*state, 43));
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

    assert_int_equal(offset_tracker_read(*state, 0, 7, &err), 0);
    assert_int_equal(offset_tracker_read(*state, 0, 19, &err), 0);
    assert_true(done(*state, 7));
    assert_int_equal(view(*state).committable, 19);
}

static void done_said_twice_changes_nothing(void **state)
{
    reads(*state, 0, 2);
    assert_false(done(*state, 1));
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
    assert_false(done(*state, 2));
    assert_int_equal(offset_tracker_read(*state, 0, 1, &err), OFFSET_DUPLICATE);
    assert_int_equal(offset_tracker_read(*state, 0, 2, &err), OFFSET_DUPLICATE);
    assert_int_equal(view(*state).unfinished, 3);
}

static void an_offset_below_finished_work_is_told_to_be_behind(void **state)
{
    struct err err;

    reads(*state, 10, 11);
    assert_true(done(*state, 10));
    assert_int_equal(offset_tracker_read(*state, 0, 3, &err), OFFSET_BEHIND);
    assert_true(done(*state, 11));
    assert_int_equal(offset_tracker_read(*state, 0, 11, &err), OFFSET_BEHIND);
    assert_int_equal(view(*state).committable, 12);
}

static void a_full_window_takes_no_more_until_its_first_is_done(void **state)
{
    struct err err;

    reads(*state, 0, WINDOW - 1);
    assert_true(view(*state).full);
    for (int64_t offset = 1; offset < WINDOW; offset++)
        assert_false(done(*state, offset));
    assert_true(view(*state).full); /* one stuck offset holds them all */
    assert_int_equal(offset_tracker_read(*state, 0, WINDOW, &err), OFFSET_FULL);
    assert_true(done(*state, 0));
    assert_int_equal(offset_tracker_read(*state, 0, WINDOW, &err), 0);
    assert_int_equal(view(*state).window, 1);
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

/* --- against a model --- */

enum { OFFSETS = 400, ROUNDS = 300, STEPS = 600 };

enum fate { UNREAD, IN_WORK, FINISHED };

struct model { /* everything looked up by walking over all offsets */
    enum fate fate[OFFSETS];
    int64_t next;
};

static uint32_t dice(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(*seed >> 33);
}

static int64_t model_committable(const struct model *m)
{
    for (int64_t i = 0; i < OFFSETS; i++)
        if (m->fate[i] == IN_WORK)
            return i;
    return m->next;
}

static size_t model_unfinished(const struct model *m)
{
    size_t n = 0;

    for (size_t i = 0; i < OFFSETS; i++)
        n += m->fate[i] == IN_WORK;
    return n;
}

/* Offsets from the lowest unfinished on that were read. */
static size_t model_window(const struct model *m)
{
    size_t n = 0;

    for (int64_t i = model_committable(m); i >= 0 && i < m->next; i++)
        n += m->fate[i] != UNREAD;
    return n;
}

static void step_read(struct offset_tracker *tracker, struct model *m, uint64_t *seed)
{
    int64_t offset = m->next < 0 ? dice(seed) % 5 : m->next + (dice(seed) % 8 == 0 ? 2 : 0);
    struct err err;

    if (dice(seed) % 10 == 0) /* the broker goes back */
        offset = dice(seed) % (uint32_t)(m->next > 0 ? m->next : 1);
    if (offset >= OFFSETS)
        return;

    int expected = 0;
    if (offset < m->next)
        expected = m->fate[offset] == IN_WORK ||
                           (model_unfinished(m) > 0 && offset >= model_committable(m))
                       ? OFFSET_DUPLICATE
                       : OFFSET_BEHIND;
    else if (model_window(m) >= WINDOW)
        expected = OFFSET_FULL;
    assert_int_equal(offset_tracker_read(tracker, 0, offset, &err), expected);
    if (expected == 0) {
        m->fate[offset] = IN_WORK;
        m->next = offset + 1;
    }
}

static void step_done(struct offset_tracker *tracker, struct model *m, uint64_t *seed)
{
    int64_t offset = dice(seed) % OFFSETS;
    int64_t stale = dice(seed) % 6 == 0;
    int64_t before = model_committable(m);

    for (int tries = 0; tries < 5 && m->fate[offset] != IN_WORK; tries++)
        offset = before > 0 ? before + dice(seed) % 16 : dice(seed) % OFFSETS;
    if (offset >= OFFSETS)
        return;
    if (!stale && m->fate[offset] == IN_WORK)
        m->fate[offset] = FINISHED;
    int moved = offset_tracker_done(tracker, "findings", 3, offset,
                                    offset_tracker_generation(tracker) - stale);
    assert_int_equal(moved >= 0, model_committable(m) != before);
}

static void it_agrees_with_a_naive_model(void **state)
{
    const char *given = getenv("PLUMB_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    struct err err;

    print_message("PLUMB_SEED=%llu\n", (unsigned long long)seed);
    for (int round = 0; round < ROUNDS; round++) {
        struct model m = {.next = -1};
        assert_int_equal(offset_tracker_assign(*state, one, 1, &err), 0);
        for (int step = 0; step < STEPS; step++) {
            if (dice(&seed) % 100 < 52)
                step_read(*state, &m, &seed);
            else
                step_done(*state, &m, &seed);
            struct offset_view v = view(*state);
            assert_int_equal(v.committable, model_committable(&m));
            assert_int_equal(v.unfinished, model_unfinished(&m));
            assert_int_equal(v.window, model_window(&m));
        }
    }
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
        cmocka_unit_test_setup_teardown(a_full_window_takes_no_more_until_its_first_is_done, start,
                                        finish),
        cmocka_unit_test_setup_teardown(what_the_broker_has_never_goes_back, start, finish),
        cmocka_unit_test_setup_teardown(partitions_are_found_by_topic_and_number, start, finish),
        cmocka_unit_test_setup_teardown(it_agrees_with_a_naive_model, start, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
