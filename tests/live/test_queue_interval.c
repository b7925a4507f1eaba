/*
 * Fault 19: work that takes longer than max.poll.interval. The poll thread is another one and polls
 * on, paused, so the group never hears of it.
 */
#include "common/clock.h"
#include "tests/support/kafka_rig.h"
#include "tests/support/kafka_group.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <unistd.h>

enum { FIRST_MS = 30000, INTERVAL_MS = 6000, LONG_MS = 2 * INTERVAL_MS, RECORDS = 3 };

static struct queue_consumer *member(const char *topic)
{
    struct queue_options options = broker_options(broker);
    struct queue_consumer *consumer = NULL;
    struct err err;

    options.max_poll_interval_ms = INTERVAL_MS;
    if (queue_consumer_new(&consumer, &options, topic, &topic, 1, &err) != 0)
        fail_msg("%s", err.text);
    return consumer;
}

static void row_19_work_longer_than_the_poll_interval_keeps_its_partition(void **state)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    CLEANUP(queue_record_freep) struct queue_record *record = NULL;
    char topic[FRESH_NAME_BYTES];
    char map[OFFSET_MAP_TEXT];
    struct queue_record *none = NULL;
    struct queue_partition_stats stats;
    struct queue_stats all;
    struct err err;

    (void)state;
    fresh_topic(broker, topic, "interval", 1);
    send_numbered(producer, topic, 0, RECORDS);
    consumer = member(topic);
    record = next_record(consumer, FIRST_MS);
    assert_non_null(record);
    queue_pause(consumer);
    int64_t until_ms = clock_mono_ms() + LONG_MS;
    while (clock_mono_ms() < until_ms) {
        int r = queue_poll(consumer, 20, &none, &err);
        if (r != 0)
            fail_msg("%s", err.text);
        assert_null(none);
    }
    queue_stats(consumer, &all);
    assert_int_equal(all.generation, record->generation);
    queue_partition_stats(consumer, 0, &stats);
    assert_true(stats.oldest_ms >= LONG_MS);
    queue_resume(consumer);
    queue_done(consumer, topic, 0, record->offset, record->generation);
    assert_int_equal(queue_commit(consumer, &err), 0);
    assert_int_equal(group_committed(broker, topic, topic, 0, map), 1);
}

/* That the interval is one: who does not poll loses the partition, is told, and its work does not
 * count. */
static void who_does_not_poll_loses_its_partition(void **state)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    CLEANUP(queue_record_freep) struct queue_record *record = NULL;
    CLEANUP(queue_record_freep) struct queue_record *again = NULL;
    char topic[FRESH_NAME_BYTES];
    char map[OFFSET_MAP_TEXT];
    bool told = false;
    struct err err;

    (void)state;
    fresh_topic(broker, topic, "silent", 1);
    send_numbered(producer, topic, 0, 1);
    consumer = member(topic);
    record = next_record(consumer, FIRST_MS);
    assert_non_null(record);
    usleep((INTERVAL_MS + 2000) * 1000);
    int64_t until_ms = clock_mono_ms() + FIRST_MS;
    while (again == NULL && clock_mono_ms() < until_ms)
        told |= queue_poll(consumer, 20, &again, &err) == ERR_RETRY;
    assert_true(told);
    assert_non_null(again);
    assert_int_equal(again->offset, 0);
    assert_true(again->generation > record->generation);
    queue_done(consumer, topic, 0, record->offset, record->generation);
    (void)!queue_commit(consumer, &err);
    assert_true(group_committed(broker, topic, topic, 0, map) <= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_19_work_longer_than_the_poll_interval_keeps_its_partition),
        cmocka_unit_test(who_does_not_poll_loses_its_partition),
    };

    return rig_run(tests);
}
