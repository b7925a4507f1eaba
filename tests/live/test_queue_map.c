/*
 * What is finished above an unfinished record is told in the commit's metadata: the next owner does
 * not see it again, and metadata that is nonsense or a lie costs nothing but that.
 */
#include "common/clock.h"
#include "common/kafka/queue_metrics.h"
#include "common/metrics.h"
#include "tests/support/kafka.h"
#include "tests/support/kafka_group.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

enum {
    FIRST_MS = 30000,
    QUIET_MS = 1000,
    RECORDS = 200,
    STUCK = 77,
    BEGIN = 2, /* where the groups with odd metadata stand */
    EACH = 10, /* records of each partition with odd metadata */
    API_OFFSET_COMMIT = 8,
    API_OFFSET_FETCH = 9,
    SLOW_MS = 3000, /* longer than a rebalance waits for an answer */
};

static enum broker_kind kind;
static struct broker *broker;
static struct queue_producer *producer;

static int bring_up(void **state)
{
    (void)state;
    broker = broker_start(kind);
    producer = producer_for(broker);
    return 0;
}

static int bring_down(void **state)
{
    (void)state;
    queue_producer_free(producer);
    broker_stop(broker);
    return 0;
}

static void finish(struct queue_consumer *consumer, const char *topic, int64_t offset,
                   int64_t generation)
{
    queue_done(consumer, topic, 0, offset, generation);
}

/* The next record is that one; its generation. */
static int64_t expect_offset(struct queue_consumer *consumer, int64_t offset)
{
    CLEANUP(queue_record_freep) struct queue_record *record = next_record(consumer, FIRST_MS);

    assert_non_null(record);
    assert_int_equal(record->offset, offset);
    return record->generation;
}

/* What a scrape would show of that topic's only partition. */
static double shown(const char *metric, const char *topic)
{
    char series[FRESH_NAME_BYTES + 2];

    snprintf(series, sizeof series, "%s,0", topic);
    return metric_value(metric, series);
}

static void check_metrics(struct queue_consumer *consumer, const char *topic,
                          const struct queue_partition_stats *stats)
{
    struct queue_metrics metrics = {0};

    queue_metrics_declare();
    queue_metrics_publish(&metrics, consumer, clock_mono_ms());
    assert_true(shown("plumb_partition_lag", topic) == (double)stats->lag);
    assert_true(shown("plumb_partition_position_lag", topic) == 0);
    assert_true(shown("plumb_partition_unfinished", topic) == 2);
    assert_true(shown("plumb_partition_oldest_seconds", topic) > 0);
    assert_true(shown("plumb_partition_map_bytes", topic) == (double)stats->map_bytes);
    assert_true(shown("plumb_partition_stopped", topic) == 0);
}

static void leave_two_unfinished(const char *topic)
{
    CLEANUP(queue_consumer_freep)
    struct queue_consumer *consumer = consumer_for(broker, topic, topic);
    struct queue_partition_stats stats;
    char map[OFFSET_MAP_TEXT];
    struct err err;

    for (int64_t offset = 0; offset < RECORDS; offset++) {
        int64_t generation = expect_offset(consumer, offset);
        if (offset != 0 && offset != STUCK)
            finish(consumer, topic, offset, generation);
    }
    queue_partition_stats(consumer, 0, &stats);
    assert_int_equal(stats.unfinished, 2);
    assert_int_equal(stats.position_lag, 0);
    assert_true(stats.map_bytes > 0);
    assert_true(stats.oldest_ms >= 0);
    assert_int_equal(queue_commit(consumer, &err), 0);
    assert_int_equal(group_committed(broker, topic, topic, 0, map), 0);
    assert_int_equal(strlen(map), stats.map_bytes);
    queue_partition_stats(consumer, 0, &stats);
    assert_int_equal(stats.lag, RECORDS);
    check_metrics(consumer, topic, &stats);
}

static void what_is_finished_above_a_gap_does_not_come_again(void **state)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *second = NULL;
    char topic[FRESH_NAME_BYTES];
    char map[OFFSET_MAP_TEXT];
    struct err err;

    (void)state;
    fresh_topic(broker, topic, "gap", 1);
    send_numbered(producer, topic, 0, RECORDS);
    leave_two_unfinished(topic);

    second = consumer_for(broker, topic, topic);
    int64_t generation = expect_offset(second, 0);
    assert_int_equal(expect_offset(second, STUCK), generation);
    assert_null(next_record(second, QUIET_MS));
    finish(second, topic, 0, generation);
    assert_int_equal(queue_commit(second, &err), 0);
    assert_int_equal(group_committed(broker, topic, topic, 0, map), STUCK);
    assert_true(strlen(map) > 0);
    finish(second, topic, STUCK, generation);
    assert_int_equal(queue_commit(second, &err), 0);
    assert_int_equal(group_committed(broker, topic, topic, 0, map), RECORDS);
    assert_string_equal(map, "");
    send_numbered(producer, topic, RECORDS, 1);
    expect_offset(second, RECORDS);
}

/* --- odd metadata --- */

static void map_of(int64_t base, int64_t first, int64_t end, char out[OFFSET_MAP_TEXT])
{
    struct offset_map_writer writer;

    offset_map_begin(&writer, base);
    offset_map_add(&writer, (struct offset_run){first, end});
    assert_true(offset_map_end(&writer, out) > 0);
}

enum odd { ODD_NONE, ODD_TEXT, ODD_LONG, ODD_OTHER_BASE, ODD_SPOILT, ODD_BEYOND, ODD_COUNT };

static void odd_metadata(enum odd which, char out[OFFSET_MAP_TEXT])
{
    out[0] = '\0';
    if (which == ODD_TEXT)
        str_copy(out, OFFSET_MAP_TEXT, "{\"host\":\"\xc3\xa9\",\"note\":\"not ours\"}");
    if (which == ODD_LONG) {
        memset(out, 'A', OFFSET_MAP_BYTES_MAX);
        out[OFFSET_MAP_BYTES_MAX] = '\0';
    }
    if (which == ODD_OTHER_BASE)
        map_of(BEGIN + 1, BEGIN + 2, EACH, out);
    if (which == ODD_SPOILT) {
        map_of(BEGIN, BEGIN + 2, EACH, out);
        out[3]++;
    }
    if (which == ODD_BEYOND) /* a well-formed lie about all that is yet to come */
        map_of(BEGIN, EACH, INT64_MAX, out);
}

static void a_consumer_that_reads_odd_metadata_works(void **state)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    int64_t next[ODD_COUNT];
    char topic[FRESH_NAME_BYTES];
    char metadata[OFFSET_MAP_TEXT];
    struct err err;

    (void)state;
    fresh_topic(broker, topic, "odd", ODD_COUNT);
    for (int32_t p = 0; p < ODD_COUNT; p++) {
        next[p] = BEGIN;
        send_to_partition(broker, topic, p, 0, EACH);
        odd_metadata((enum odd)p, metadata);
        group_commit(broker, topic, topic, p, BEGIN, metadata);
    }
    consumer = consumer_for(broker, topic, topic);
    for (int i = 0; i < ODD_COUNT * EACH; i++) {
        if (i == ODD_COUNT * (EACH - BEGIN)) /* all came; what comes next, comes too */
            for (int32_t p = 0; p < ODD_COUNT; p++)
                send_to_partition(broker, topic, p, EACH, BEGIN);
        struct queue_record *record = next_record(consumer, FIRST_MS);
        assert_non_null(record);
        assert_int_equal(record->offset, next[record->partition]++);
        queue_done(consumer, topic, record->partition, record->offset, record->generation);
        queue_record_free(record);
    }
    assert_int_equal(queue_commit(consumer, &err), 0);
    for (int32_t p = 0; p < ODD_COUNT; p++)
        assert_int_equal(group_committed(broker, topic, topic, p, metadata), EACH + BEGIN);
}

/* --- a scripted broker --- */

struct script {
    rd_kafka_t *client;
    rd_kafka_mock_cluster_t *cluster;
};

static struct script script_start(const char *topic)
{
    struct script script;
    char why[256];

    script.client = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why, sizeof why);
    assert_non_null(script.client);
    script.cluster = rd_kafka_mock_cluster_new(script.client, 1);
    assert_non_null(script.cluster);
    assert_int_equal(rd_kafka_mock_topic_create(script.cluster, topic, 1, 1), 0);

    const struct queue_options options = {
        .brokers = rd_kafka_mock_cluster_bootstraps(script.cluster), .client_id = "test"};
    CLEANUP(queue_producer_freep) struct queue_producer *sender = NULL;
    struct err err;
    assert_int_equal(queue_producer_new(&sender, &options, &err), 0);
    send_numbered(sender, topic, 0, EACH);
    return script;
}

static void script_stop(struct script script)
{
    rd_kafka_mock_cluster_destroy(script.cluster);
    rd_kafka_destroy(script.client);
}

static struct queue_consumer *script_member(struct script script, const char *topic)
{
    const struct queue_options options = {.brokers =
                                              rd_kafka_mock_cluster_bootstraps(script.cluster),
                                          .client_id = "test",
                                          .session_timeout_ms = 4000,
                                          .fetch_wait_ms = 20};
    struct queue_consumer *consumer = NULL;
    struct err err;

    assert_int_equal(queue_consumer_new(&consumer, &options, topic, &topic, 1, &err), 0);
    return consumer;
}

static void a_broker_that_takes_no_metadata_still_gets_the_offset(void **state)
{
    const char *topic = "refused";
    struct script script = script_start(topic);
    struct queue_consumer *consumer = script_member(script, topic);
    struct err err;

    (void)state;
    for (int64_t offset = 0; offset < EACH; offset++) {
        int64_t generation = expect_offset(consumer, offset);
        if (offset != 1)
            finish(consumer, topic, offset, generation);
    }
    rd_kafka_mock_push_request_errors(script.cluster, API_OFFSET_COMMIT, 1,
                                      RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE);
    assert_int_equal(queue_commit(consumer, &err), ERR_RETRY);
    assert_int_equal(queue_commit(consumer, &err), 0);
    queue_consumer_free(consumer);

    consumer = script_member(script, topic); /* nothing is known of 2 and above */
    for (int64_t offset = 1; offset < EACH; offset++)
        expect_offset(consumer, offset);
    queue_consumer_free(consumer);
    script_stop(script);
}

/* The broker answers late where the group stands: until then nothing is handed out. */
static void no_record_comes_before_it_is_known_what_is_finished(void **state)
{
    const char *topic = "late";
    struct script script = script_start(topic);
    struct queue_consumer *consumer = script_member(script, topic);
    struct queue_record *record = NULL;
    bool told = false;
    struct err err;

    (void)state;
    for (int64_t offset = 0; offset < EACH; offset++) {
        int64_t generation = expect_offset(consumer, offset);
        if (offset != 1 && offset != 5)
            finish(consumer, topic, offset, generation);
    }
    assert_int_equal(queue_commit(consumer, &err), 0);
    queue_consumer_free(consumer);

    rd_kafka_mock_broker_push_request_error_rtts(script.cluster, 1, API_OFFSET_FETCH, 2,
                                                 RD_KAFKA_RESP_ERR_NO_ERROR, SLOW_MS,
                                                 RD_KAFKA_RESP_ERR_NO_ERROR, SLOW_MS);
    consumer = script_member(script, topic);
    int64_t until_ms = clock_mono_ms() + FIRST_MS;
    while (record == NULL && clock_mono_ms() < until_ms) {
        int r = queue_poll(consumer, 50, &record, &err);
        told |= r == ERR_RETRY && strstr(err.text, "where the group stands") != NULL;
    }
    assert_true(told);
    assert_non_null(record);
    assert_int_equal(record->offset, 1);
    queue_record_free(record);
    expect_offset(consumer, 5);
    assert_null(next_record(consumer, QUIET_MS));
    queue_consumer_free(consumer);
    script_stop(script);
}

int main(void)
{
    const struct CMUnitTest each[] = {
        cmocka_unit_test(what_is_finished_above_a_gap_does_not_come_again),
        cmocka_unit_test(a_consumer_that_reads_odd_metadata_works),
    };
    const struct CMUnitTest scripted[] = {
        cmocka_unit_test(a_broker_that_takes_no_metadata_still_gets_the_offset),
        cmocka_unit_test(no_record_comes_before_it_is_known_what_is_finished),
    };
    int failed = cmocka_run_group_tests_name("a scripted broker", scripted, NULL, NULL);

    for (kind = BROKER_EMBEDDED; kind <= BROKER_REAL; kind++)
        if (broker_wanted(kind))
            failed +=
                cmocka_run_group_tests_name(broker_kind_name(kind), each, bring_up, bring_down);
    return failed;
}
