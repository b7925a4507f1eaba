/*
 * What others got wrong, so that it cannot come back here. Each test bears the project and number
 * of a public report and says what happened there; parallel-consumer 857 (partitions that stay
 * paused after a rebalance) needs a broker and is in tests/live/test_queue_group.c.
 */
#include "tests/support/test.h"

#include "common/kafka/offset_tracker.h"

enum { UNFINISHED_MAX = 100, END = 1000 };

static const struct offset_partition two[] = {{"findings", 0}, {"findings", 1}};

static int start(void **state)
{
    struct offset_tracker *tracker = NULL;
    struct err err;

    if (offset_tracker_new(&tracker, UNFINISHED_MAX, &err) != 0 ||
        offset_tracker_assign(tracker, two, 2, &err) != 0)
        return -1;
    *state = tracker;
    return 0;
}

static int finish(void **state)
{
    offset_tracker_free(*state);
    return 0;
}

static void reads(struct offset_tracker *tracker, size_t slot, int64_t first, int64_t last)
{
    struct err err;

    for (int64_t offset = first; offset <= last; offset++)
        assert_int_equal(offset_tracker_read(tracker, slot, offset, 0, &err), 0);
}

static bool done_of(struct offset_tracker *tracker, size_t slot, int64_t offset, int64_t generation)
{
    return offset_tracker_done(tracker, "findings", (int32_t)slot, offset, generation) >= 0;
}

static bool done(struct offset_tracker *tracker, size_t slot, int64_t offset)
{
    return done_of(tracker, slot, offset, offset_tracker_generation(tracker));
}

static struct offset_view view(const struct offset_tracker *tracker, size_t slot)
{
    struct offset_view out;

    offset_tracker_view(tracker, slot, &out);
    return out;
}

/* What the group keeps of a partition. */
struct commit {
    int64_t offset;
    char map[OFFSET_MAP_TEXT];
};

static struct commit commits(struct offset_tracker *tracker, size_t slot)
{
    struct commit commit = {.offset = view(tracker, slot).committable};

    offset_tracker_map(tracker, slot, commit.map);
    offset_tracker_committed(tracker, slot, commit.offset);
    return commit;
}

static void rebalances(struct offset_tracker *tracker)
{
    struct err err;

    assert_int_equal(offset_tracker_assign(tracker, two, 2, &err), 0);
}

static void begins(struct offset_tracker *tracker, size_t slot, const struct commit *commit)
{
    struct err err;

    assert_int_equal(offset_tracker_begin(tracker, slot, commit->offset, commit->map,
                                          strlen(commit->map), END, &err),
                     0);
}

/* Records were read, none was begun, the partition was revoked: the commit went to the highest
 * offset seen, and they were lost. */
static void parallel_consumer_826_what_was_only_seen_is_not_committed(void **state)
{
    reads(*state, 0, 329880, 329890);
    for (int64_t offset = 329880; offset < 329888; offset++)
        assert_true(done(*state, 0, offset));
    struct commit last = commits(*state, 0);
    assert_int_equal(last.offset, 329888);

    rebalances(*state);
    begins(*state, 0, &last);
    reads(*state, 0, 329888, 329890);
}

/* Little traffic and many rebalances: one record was finished while another was not, and the commit
 * said one more than there was. The next owner was out of range. */
static void parallel_consumer_894_no_commit_is_above_what_was_read(void **state)
{
    struct commit last = {.offset = 10};

    for (int turn = 0; turn < 20; turn++) {
        rebalances(*state);
        begins(*state, 0, &last);
        assert_false(view(*state, 0).due); /* nothing came: there is nothing to say */
        assert_int_equal(view(*state, 0).committable, 10);
        if (turn % 3 == 0)
            continue;
        if (turn == 1) {
            reads(*state, 0, 10, 11);
            assert_true(done(*state, 0, 11));
        } else {
            reads(*state, 0, 10, 10); /* 11 is finished, 12 is not there */
        }
        last = commits(*state, 0);
        assert_int_equal(last.offset, 10);
        assert_true(view(*state, 0).committable <= view(*state, 0).next);
    }
    rebalances(*state);
    begins(*state, 0, &last);
    reads(*state, 0, 10, 10);
    assert_true(done(*state, 0, 10));
    assert_int_equal(commits(*state, 0).offset, 11);
}

/* A record came again after the partition did; its place was still taken by the entry of the old
 * assignment, so it was dropped, and the commit stood still until a restart. */
static void parallel_consumer_875_and_909_an_old_entry_takes_no_ones_place(void **state)
{
    int64_t old = offset_tracker_generation(*state);

    reads(*state, 0, 55, 59);
    for (int turn = 0; turn < 3; turn++) /* 12, 13, 12, 13 members */
        rebalances(*state);
    reads(*state, 0, 55, 59);
    for (int64_t offset = 55; offset <= 59; offset++)
        assert_false(done_of(*state, 0, offset, old));
    assert_int_equal(view(*state, 0).unfinished, 5);
    for (int64_t offset = 57; offset <= 59; offset++)
        assert_true(done(*state, 0, offset));
    assert_int_equal(view(*state, 0).committable, 55);
    assert_true(done(*state, 0, 55) && done(*state, 0, 56));
    assert_int_equal(view(*state, 0).committable, 60);
}

/* Unfinished offsets that compaction removed were waited for; and an offset that an operator had
 * reset was read with the metadata of the old one. */
static void parallel_consumer_409_offsets_that_are_gone_hold_up_nothing(void **state)
{
    struct err err;

    reads(*state, 0, 10, 14);
    assert_true(done(*state, 0, 12) && done(*state, 0, 13));
    struct commit last = commits(*state, 0);
    rebalances(*state);
    begins(*state, 0, &last);
    reads(*state, 0, 14, 15); /* 10 and 11 were compacted away */
    assert_int_equal(view(*state, 0).committable, 14);
    assert_true(done(*state, 0, 14) && done(*state, 0, 15));
    assert_int_equal(view(*state, 0).committable, 16);

    for (int64_t reset = 0; reset <= 20; reset += 5) {
        if (reset == last.offset)
            continue;
        rebalances(*state);
        assert_int_equal(
            offset_tracker_begin(*state, 0, reset, last.map, strlen(last.map), END, &err),
            OFFSET_NO_MAP);
        reads(*state, 0, reset, 20);
    }
}

/* An event was refused further on, so nobody acknowledged it; the acknowledgement of a later one
 * committed past it, and it was lost. */
static void vector_24543_a_later_done_does_not_pass_one_that_never_came(void **state)
{
    reads(*state, 0, 1, 3);
    assert_true(done(*state, 0, 1));
    assert_true(done(*state, 0, 3));
    struct commit last = commits(*state, 0);
    assert_int_equal(last.offset, 2);

    rebalances(*state);
    begins(*state, 0, &last);
    reads(*state, 0, 2, 2);
    assert_int_equal(view(*state, 0).committable, 2);
}

/* A rebalance threw away the acknowledgements of all partitions, also of those that stayed. All are
 * ours to commit before the assignment goes. */
static void vector_14865_a_rebalance_forgets_no_finished_work_of_what_stays(void **state)
{
    struct err err;

    for (size_t slot = 0; slot < 2; slot++) {
        reads(*state, slot, 0, 9);
        for (int64_t offset = 0; offset <= 9; offset++)
            if (offset != 4)
                assert_true(done(*state, slot, offset));
        assert_true(view(*state, slot).due);
    }
    struct commit stays = commits(*state, 1);
    rebalances(*state);
    begins(*state, 1, &stays);
    reads(*state, 1, 4, 4);
    for (int64_t offset = 5; offset <= 9; offset++)
        assert_int_equal(offset_tracker_read(*state, 1, offset, 0, &err), OFFSET_FINISHED);
}

/* Acknowledgements of before a rebalance were counted after it: commits of what others had, and
 * offsets that went backwards. */
static void vector_9587_and_10398_a_done_of_before_a_rebalance_moves_nothing(void **state)
{
    int64_t old = offset_tracker_generation(*state);
    struct commit ahead = {.offset = 50};

    reads(*state, 0, 0, 9);
    rebalances(*state);
    begins(*state, 0, &ahead); /* somebody else went on in between */
    for (int64_t offset = 0; offset <= 9; offset++)
        assert_false(done_of(*state, 0, offset, old));
    assert_false(view(*state, 0).due);
    assert_int_equal(view(*state, 0).committable, 50);
    offset_tracker_committed(*state, 0, 9);
    assert_int_equal(view(*state, 0).committed, 50);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(parallel_consumer_826_what_was_only_seen_is_not_committed),
        TEST(parallel_consumer_894_no_commit_is_above_what_was_read),
        TEST(parallel_consumer_875_and_909_an_old_entry_takes_no_ones_place),
        TEST(parallel_consumer_409_offsets_that_are_gone_hold_up_nothing),
        TEST(vector_24543_a_later_done_does_not_pass_one_that_never_came),
        TEST(vector_14865_a_rebalance_forgets_no_finished_work_of_what_stays),
        TEST(vector_9587_and_10398_a_done_of_before_a_rebalance_moves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
