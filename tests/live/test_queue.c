/* The queue's door on real brokers: what is sent arrives, what is done is committed, and no more.
 */
#include "common/clock.h"
#include "tests/support/kafka_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

enum { PARTITIONS = 4, FIRST_MS = 20000, QUIET_MS = 300 };

static void finish(struct queue_consumer *consumer, struct queue_record *record)
{
    queue_done(consumer, record->topic, record->partition, record->offset, record->generation);
    queue_record_free(record);
}

/* Reads n records that must be v<first> … in some order, each once; finishes them. */
static void expect_numbers(struct queue_consumer *consumer, int first, int n)
{
    CLEANUP(mem_freep) bool *seen = calloc((size_t)n, sizeof *seen);

    assert_non_null(seen);
    for (int i = 0; i < n; i++) {
        struct queue_record *record = next_record(consumer, FIRST_MS);
        if (record == NULL)
            fail_msg("%d of %d records came", i, n);
        int number = atoi((const char *)record->value + 1);
        assert_in_range(number, first, first + n - 1);
        assert_false(seen[number - first]);
        seen[number - first] = true;
        finish(consumer, record);
    }
}

static void check_record(const struct queue_record *record, const char *topic)
{
    const void *value = NULL;
    size_t len = 0, n = 0;

    assert_string_equal(record->topic, topic);
    assert_in_range(record->partition, 0, PARTITIONS - 1);
    assert_true(record->timestamp_unix_ms > clock_unix_ms() - 60000);
    assert_int_equal(((const char *)record->key)[0], 'k');
    assert_int_equal(((const char *)record->value)[0], 'v');
    assert_true(queue_record_header(record, "number", &value, &len));
    assert_int_equal(len, record->value_len - 1);
    assert_memory_equal(value, (const char *)record->value + 1, len);
    assert_true(queue_record_header(record, "empty", &value, &len));
    assert_int_equal(len, 0);
    assert_false(queue_record_header(record, "absent", &value, &len));
    const struct queue_header *headers = queue_record_headers(record, &n);
    assert_int_equal(n, 2);
    assert_string_equal(headers[0].key, "number");
}

static void records_arrive_whole_and_a_pause_loses_none(void **state)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    char topic[FRESH_NAME_BYTES];
    struct queue_stats stats;
    struct err err;

    (void)state;
    fresh_topic(broker, topic, "whole", PARTITIONS);
    send_numbered(producer, topic, 0, 1);
    consumer = consumer_for(broker, topic, topic);
    struct queue_record *record = next_record(consumer, FIRST_MS);
    assert_non_null(record);
    check_record(record, topic);
    finish(consumer, record);

    /* A short pause, which only this side knows of, and one long enough for librdkafka's. */
    for (int64_t pause_ms = 100; pause_ms <= 1600; pause_ms += 1500) {
        queue_pause(consumer);
        send_numbered(producer, topic, 1000, 300);
        assert_null(next_record(consumer, pause_ms));
        queue_resume(consumer);
        expect_numbers(consumer, 1000, 300);
    }
    assert_null(next_record(consumer, QUIET_MS));

    queue_stats(consumer, &stats);
    assert_int_equal(stats.in_flight, 0);
    assert_int_equal(stats.assigned_partitions, PARTITIONS);
    assert_true(stats.connected);
    assert_true(stats.lag > 0);
    assert_int_equal(queue_commit(consumer, &err), 0);
    queue_stats(consumer, &stats);
    assert_int_equal(stats.lag, 0);
}

static void redelivery_starts_at_the_lowest_unfinished_offset(void **state)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    const int64_t finished[] = {5, 0, 2, 7, 1};
    const int64_t unfinished[] = {3, 4, 6, 8, 9};
    struct queue_record *records[10];
    char topic[FRESH_NAME_BYTES];
    struct queue_stats stats;
    struct err err;

    (void)state;
    fresh_topic(broker, topic, "prefix", 1);
    send_numbered(producer, topic, 0, COUNT(records));
    consumer = consumer_for(broker, topic, topic);
    for (size_t i = 0; i < COUNT(records); i++) {
        records[i] = next_record(consumer, FIRST_MS);
        assert_non_null(records[i]);
        assert_int_equal(records[i]->offset, i);
    }
    for (size_t i = 0; i < COUNT(finished); i++)
        queue_done(consumer, topic, 0, finished[i], records[0]->generation);
    queue_stats(consumer, &stats);
    assert_int_equal(stats.in_flight, COUNT(records) - COUNT(finished));
    assert_int_equal(queue_commit(consumer, &err), 0);
    queue_stats(consumer, &stats);
    assert_int_equal(stats.lag, COUNT(records) - 3);

    /* Records outlive their consumer. */
    queue_consumer_free(STEAL(consumer));
    for (size_t i = 0; i < COUNT(records); i++) {
        assert_int_equal(((const char *)records[i]->value)[0], 'v');
        queue_record_free(records[i]);
    }

    consumer = consumer_for(broker, topic, topic);
    for (size_t i = 0; i < COUNT(unfinished); i++) {
        struct queue_record *record = next_record(consumer, FIRST_MS);
        assert_non_null(record);
        assert_int_equal(record->offset, unfinished[i]);
        queue_record_free(record);
    }
    assert_null(next_record(consumer, QUIET_MS));
}

static void a_record_over_the_limit_is_refused_by_name_and_size(void **state)
{
    CLEANUP(mem_freep) char *bytes = calloc(1, QUEUE_RECORD_MAX_BYTES + 1);
    char topic[FRESH_NAME_BYTES];
    struct err err;

    (void)state;
    fresh_topic(broker, topic, "large", 1);
    assert_non_null(bytes);
    struct queue_message message = {
        .topic = topic, .value = bytes, .value_len = QUEUE_RECORD_MAX_BYTES + 1};
    assert_int_equal(queue_send_wait(producer, &message, &err), ERR_REJECT);
    assert_non_null(strstr(err.text, topic));
    assert_non_null(strstr(err.text, "1000001"));
    message.value_len = QUEUE_RECORD_MAX_BYTES;
    assert_int_equal(queue_send_wait(producer, &message, &err), 0);
}

static void topics_that_are_there_are_left_alone(void **state)
{
    char topic[FRESH_NAME_BYTES];
    const char *topics[] = {topic};
    struct err err;

    (void)state;
    fresh_topic(broker, topic, "there", 2);
    assert_int_equal(queue_ensure_topics(producer, topics, 1, 7, 1, &err), 0);
    assert_int_equal(queue_ensure_topics(producer, topics, 0, 7, 1, &err), 0);
}

static void a_broker_that_is_there_answers_the_ping(void **state)
{
    struct err err;

    (void)state;
    assert_int_equal(queue_producer_ping(producer, 5000, &err), 0);
}

static void a_session_too_short_to_join_is_refused(void **state)
{
    struct queue_options options = broker_options(broker);
    struct queue_consumer *consumer = NULL;
    const char *topics[] = {"any"};
    struct err err;

    (void)state;
    options.session_timeout_ms = 3000;
    assert_int_equal(queue_consumer_new(&consumer, &options, "g", topics, 1, &err), ERR_FATAL);
    assert_non_null(strstr(err.text, "4000"));
    options.brokers = "";
    assert_int_equal(queue_consumer_new(&consumer, &options, "g", topics, 1, &err), ERR_FATAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_arrive_whole_and_a_pause_loses_none),
        cmocka_unit_test(redelivery_starts_at_the_lowest_unfinished_offset),
        cmocka_unit_test(a_record_over_the_limit_is_refused_by_name_and_size),
        cmocka_unit_test(topics_that_are_there_are_left_alone),
        cmocka_unit_test(a_broker_that_is_there_answers_the_ping),
        cmocka_unit_test(a_session_too_short_to_join_is_refused),
    };

    return rig_run(tests);
}
