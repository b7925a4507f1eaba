/* The consumer in its group: records kept for later, and work that a rebalance takes away. */
#include "common/clock.h"
#include "tests/support/kafka_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

enum { FIRST_MS = 20000, HOLD_MS = 1500, REBALANCE_MS = 30000, SLICE_MS = 20, RECORDS = 40 };

static void expect_offset(struct queue_consumer *consumer, int64_t offset, bool finished)
{
    CLEANUP(queue_record_freep) struct queue_record *record = next_record(consumer, FIRST_MS);

    assert_non_null(record);
    assert_int_equal(record->offset, offset);
    if (finished)
        queue_done(consumer, record->topic, record->partition, record->offset, record->generation);
}

/* One partition: 0 is held, so nothing behind it comes until it came again. */
static void a_held_record_stops_its_partition_and_is_never_early(void **state)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    char topic[FRESH_NAME_BYTES];
    struct queue_stats stats;

    (void)state;
    fresh_topic(broker, topic, "held", 1);
    send_numbered(producer, topic, 0, 3);
    consumer = consumer_for(broker, topic, topic);
    struct queue_record *record = next_record(consumer, FIRST_MS);
    assert_non_null(record);

    int64_t due_ms = clock_unix_ms() + HOLD_MS;
    queue_hold_give(consumer, record, due_ms);
    queue_stats(consumer, &stats);
    assert_int_equal(stats.in_flight, 1);
    assert_null(next_record(consumer, HOLD_MS / 3));

    /* A global pause outlasts the moment; the record waits for the resume. */
    queue_pause(consumer);
    assert_null(next_record(consumer, HOLD_MS));
    assert_true(clock_unix_ms() >= due_ms);
    queue_resume(consumer);
    expect_offset(consumer, 0, true);

    record = next_record(consumer, FIRST_MS);
    assert_non_null(record);
    assert_int_equal(record->offset, 1);
    due_ms = clock_unix_ms() + HOLD_MS;
    queue_hold_give(consumer, record, due_ms);
    record = next_record(consumer, FIRST_MS);
    assert_non_null(record);
    assert_true(clock_unix_ms() >= due_ms);
    assert_true(clock_unix_ms() < due_ms + HOLD_MS);
    assert_int_equal(record->offset, 1);
    queue_record_free(record);
    expect_offset(consumer, 2, true);
}

static void other_partitions_go_on_while_one_is_held(void **state)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    char topic[FRESH_NAME_BYTES];
    int came = 0;

    (void)state;
    fresh_topic(broker, topic, "others", 4);
    consumer = consumer_for(broker, topic, topic);
    wait_for_partitions(consumer, 4);
    send_numbered(producer, topic, 0, RECORDS);
    struct queue_record *record = next_record(consumer, FIRST_MS);
    assert_non_null(record);
    int32_t stopped = record->partition;
    queue_hold_give(consumer, record, clock_unix_ms() + REBALANCE_MS);

    while ((record = next_record(consumer, HOLD_MS)) != NULL) {
        assert_int_not_equal(record->partition, stopped);
        queue_record_free(record);
        came++;
    }
    assert_true(came > RECORDS / 2);
}

/* Polls both members until each owns half; what they read is freed, the last of one is kept. */
static void poll_both_until_shared(struct queue_consumer *old, struct queue_consumer *young)
{
    int64_t until_ms = clock_mono_ms() + REBALANCE_MS;
    struct queue_stats a = {0};
    struct queue_stats b = {0};

    while (clock_mono_ms() < until_ms &&
           !(a.assigned_partitions == 2 && b.assigned_partitions == 2)) {
        queue_record_free(next_record(old, SLICE_MS));
        queue_record_free(next_record(young, SLICE_MS));
        queue_stats(old, &a);
        queue_stats(young, &b);
    }
    assert_int_equal(a.assigned_partitions, 2);
    assert_int_equal(b.assigned_partitions, 2);
}

static void work_of_an_earlier_assignment_is_not_counted(void **state)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *old = NULL;
    CLEANUP(queue_consumer_freep) struct queue_consumer *young = NULL;
    char topic[FRESH_NAME_BYTES];
    struct queue_stats stats;
    struct queue_record *record;

    (void)state;
    fresh_topic(broker, topic, "generation", 4);
    send_numbered(producer, topic, 0, RECORDS);
    old = consumer_for(broker, topic, topic);
    struct queue_record *kept = next_record(old, FIRST_MS);
    assert_non_null(kept);
    struct queue_record *held = next_record(old, FIRST_MS);
    assert_non_null(held);
    queue_hold_give(old, held, clock_unix_ms() + HOLD_MS);

    young = consumer_for(broker, topic, topic);
    poll_both_until_shared(old, young);
    queue_stats(old, &stats);
    assert_true(stats.generation > kept->generation);

    /* Everything unfinished comes again, to its new owner; read all that is ours. */
    while ((record = next_record(old, HOLD_MS)) != NULL) {
        assert_int_equal(record->generation, stats.generation);
        queue_record_free(record);
    }
    queue_stats(old, &stats);
    int64_t before = stats.in_flight;
    assert_true(before > 0);
    queue_done(old, kept->topic, kept->partition, kept->offset, kept->generation);
    queue_hold_give(old, kept, 0); /* dropped: it is not ours under that generation */
    queue_stats(old, &stats);
    assert_int_equal(stats.in_flight, before);
    assert_null(next_record(old, SLICE_MS));
}

/* Reads until a record of each partition came under the present assignment. */
static void expect_from_each(struct queue_consumer *consumer, int32_t partitions)
{
    int64_t until_ms = clock_mono_ms() + REBALANCE_MS;
    bool came[4] = {false};
    int32_t n = 0;

    while (n < partitions && clock_mono_ms() < until_ms) {
        CLEANUP(queue_record_freep) struct queue_record *record = next_record(consumer, SLICE_MS);
        struct queue_stats stats;
        queue_stats(consumer, &stats);
        if (record == NULL || record->generation != stats.generation || came[record->partition])
            continue;
        came[record->partition] = true;
        n++;
    }
    assert_int_equal(n, partitions);
}

/* Held in every partition, so that all of them are paused when they are taken away. */
static void hold_one_of_each(struct queue_consumer *consumer)
{
    bool held[4] = {false};

    for (int n = 0; n < 4;) {
        struct queue_record *record = next_record(consumer, FIRST_MS);
        assert_non_null(record);
        if (held[record->partition]) {
            queue_record_free(record);
            continue;
        }
        held[record->partition] = true;
        n++;
        queue_hold_give(consumer, record, clock_unix_ms() + 10LL * REBALANCE_MS);
    }
    assert_null(next_record(consumer, HOLD_MS));
}

/* There partitions stayed paused, and their consumer thought them another's, until a restart. */
static void parallel_consumer_857_a_pause_does_not_outlive_its_assignment(void **state)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *old = NULL;
    struct queue_consumer *young = NULL;
    char topic[FRESH_NAME_BYTES];

    (void)state;
    fresh_topic(broker, topic, "paused", 4);
    send_numbered(producer, topic, 0, RECORDS);
    old = consumer_for(broker, topic, topic);
    hold_one_of_each(old);
    young = consumer_for(broker, topic, topic);
    poll_both_until_shared(old, young);
    queue_pause(old); /* and once with a pause of everything */
    assert_null(next_record(old, HOLD_MS));
    queue_consumer_free(young);
    wait_for_partitions(old, 4);
    queue_resume(old);
    expect_from_each(old, 4);
}

/* A pause is librdkafka's to remember, and it does so over a rebalance: who owns a partition anew
 * begins with none. */
static void a_record_that_was_held_before_a_rebalance_comes_again(void **state)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *old = NULL;
    struct queue_consumer *young = NULL;
    char topic[FRESH_NAME_BYTES];

    (void)state;
    fresh_topic(broker, topic, "anew", 4);
    old = consumer_for(broker, topic, topic);
    wait_for_partitions(old, 4);
    send_numbered(producer, topic, 0, 1);
    struct queue_record *record = next_record(old, FIRST_MS);
    assert_non_null(record);
    queue_hold_give(old, record, clock_unix_ms() + REBALANCE_MS);
    assert_null(next_record(old, HOLD_MS)); /* the partition is paused now */

    young = consumer_for(broker, topic, topic);
    poll_both_until_shared(old, young);
    queue_consumer_free(young);
    expect_offset(old, 0, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_that_was_held_before_a_rebalance_comes_again),
        cmocka_unit_test(a_held_record_stops_its_partition_and_is_never_early),
        cmocka_unit_test(other_partitions_go_on_while_one_is_held),
        cmocka_unit_test(work_of_an_earlier_assignment_is_not_counted),
        cmocka_unit_test(parallel_consumer_857_a_pause_does_not_outlive_its_assignment),
    };

    return rig_run(tests);
}
