/*
 * Fault 21: retention was faster than the group. The partition stops and says so; nothing beyond is
 * committed, and nobody jumps over what is lost but the operator. Fault 34: a group that has no
 * commit begins at the beginning of what is there.
 */
#include "common/clock.h"
#include "tests/support/kafka.h"
#include "tests/support/kafka_group.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { FIRST_MS = 30000, QUIET_MS = 1500, HOLD_MS = 4000, RECORDS = 10, FINISHED = 4, GONE = 8 };

static enum broker_kind kind;
static struct broker *broker;

static int bring_up(void **state)
{
    (void)state;
    broker = broker_start(kind);
    return 0;
}

static int bring_down(void **state)
{
    (void)state;
    broker_stop(broker);
    return 0;
}

static void expect(struct queue_consumer *consumer, int32_t partition, int64_t offset)
{
    CLEANUP(queue_record_freep) struct queue_record *record = next_record(consumer, FIRST_MS);

    assert_non_null(record);
    assert_int_equal(record->partition, partition);
    assert_int_equal(record->offset, offset);
    queue_done(consumer, record->topic, record->partition, record->offset, record->generation);
}

/* Polls until that partition stopped; meanwhile no record comes. */
static void expect_stop(struct queue_consumer *consumer)
{
    int64_t until_ms = clock_mono_ms() + FIRST_MS;
    struct queue_stats stats = {0};

    while (stats.stopped_partitions == 0 && clock_mono_ms() < until_ms) {
        assert_null(next_record(consumer, 50));
        queue_stats(consumer, &stats);
    }
    assert_int_equal(stats.stopped_partitions, 1);
}

static void commits_and_then_loses_records(const char *topic)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    struct err err;

    send_to_partition(broker, topic, 0, 0, RECORDS);
    consumer = consumer_for(broker, topic, topic);
    for (int64_t offset = 0; offset < FINISHED; offset++)
        expect(consumer, 0, offset);
    assert_int_equal(queue_commit(consumer, &err), 0);
    queue_consumer_free(STEAL(consumer));
    partition_trim(broker, topic, 0, GONE);
}

static void row_21_a_partition_whose_next_record_is_gone_stops(void **state)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    char topic[FRESH_NAME_BYTES];
    char map[OFFSET_MAP_TEXT];
    struct queue_stats stats;
    struct err err;

    (void)state;
    fresh_topic(broker, topic, "gone", 2);
    commits_and_then_loses_records(topic);
    consumer = consumer_for(broker, topic, topic);
    expect_stop(consumer);

    /* The other partition goes on; this one does not, however much comes. */
    send_to_partition(broker, topic, 0, RECORDS, 1);
    send_to_partition(broker, topic, 1, 0, 2);
    expect(consumer, 1, 0);
    expect(consumer, 1, 1);
    assert_null(next_record(consumer, QUIET_MS));
    assert_int_equal(queue_commit(consumer, &err), 0);
    queue_stats(consumer, &stats);
    assert_int_equal(stats.stopped_partitions, 1);
    queue_consumer_free(STEAL(consumer));
    assert_int_equal(group_committed(broker, topic, topic, 0, map), FINISHED);
    assert_int_equal(group_committed(broker, topic, topic, 1, map), 2);

    /* It is no better the next time. */
    consumer = consumer_for(broker, topic, topic);
    expect_stop(consumer);
}

/* The way docs/queue.md shows, with the tool's own request. The embedded broker knows no groups
 * without members, and nobody could give it one. */
static void row_21_the_operator_says_where_it_goes_on(void **state)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    char topic[FRESH_NAME_BYTES];

    (void)state;
    if (kind == BROKER_EMBEDDED)
        return;
    fresh_topic(broker, topic, "chosen", 1);
    commits_and_then_loses_records(topic);
    group_commit(broker, topic, topic, 0, GONE, "");
    consumer = consumer_for(broker, topic, topic);
    expect(consumer, 0, GONE);
    expect(consumer, 0, GONE + 1);
}

/* It was reading, but too slowly: the record in hand can still be finished and committed. */
static void row_21_a_reader_that_is_overtaken_stops_too(void **state)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    char topic[FRESH_NAME_BYTES];
    char map[OFFSET_MAP_TEXT];
    struct err err;

    (void)state;
    fresh_topic(broker, topic, "overtaken", 1);
    send_to_partition(broker, topic, 0, 0, RECORDS);
    consumer = consumer_for(broker, topic, topic);
    struct queue_record *record = next_record(consumer, FIRST_MS);
    assert_non_null(record);
    assert_int_equal(record->offset, 0);
    queue_hold_give(consumer, record, clock_unix_ms() + HOLD_MS);
    assert_null(next_record(consumer, 100)); /* what was fetched is dropped by the pause */
    partition_trim(broker, topic, 0, GONE);

    expect(consumer, 0, 0);
    expect_stop(consumer);
    assert_int_equal(queue_commit(consumer, &err), 0);
    assert_int_equal(group_committed(broker, topic, topic, 0, map), 1);
}

static void row_34_a_group_without_a_commit_begins_with_what_is_there(void **state)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    char topic[FRESH_NAME_BYTES];
    struct queue_stats stats;

    (void)state;
    fresh_topic(broker, topic, "expired", 1);
    send_to_partition(broker, topic, 0, 0, RECORDS);
    int64_t first = partition_trim(broker, topic, 0, GONE);
    consumer = consumer_for(broker, topic, topic);
    for (int64_t offset = first; offset < partition_end(broker, topic, 0); offset++)
        expect(consumer, 0, offset);
    queue_stats(consumer, &stats);
    assert_int_equal(stats.stopped_partitions, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_21_a_partition_whose_next_record_is_gone_stops),
        cmocka_unit_test(row_21_the_operator_says_where_it_goes_on),
        cmocka_unit_test(row_21_a_reader_that_is_overtaken_stops_too),
        cmocka_unit_test(row_34_a_group_without_a_commit_begins_with_what_is_there),
    };
    int failed = 0;

    for (kind = BROKER_EMBEDDED; kind <= BROKER_REAL; kind++)
        if (broker_wanted(kind))
            failed +=
                cmocka_run_group_tests_name(broker_kind_name(kind), tests, bring_up, bring_down);
    return failed;
}
