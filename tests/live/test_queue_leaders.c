/*
 * Fault 20: leaders move, brokers go and come back, the group's coordinator is another one. What
 * was sent arrives, and what is finished is committed in the end. Three brokers of librdkafka's
 * mock cluster, as only they move when told; an outage of a real one is in test_queue_outage.c.
 */
#include "common/clock.h"
#include "tests/support/kafka.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

enum {
    BROKERS = 3,
    PARTITIONS = 4,
    ROUNDS = 12,
    BATCH = 50,
    TURN_MS = 700,
    END_MS = 90000,
    API_PRODUCE = 0,
};

struct cluster {
    rd_kafka_t *client;
    rd_kafka_mock_cluster_t *mock;
    bool seen[ROUNDS * BATCH];
    int n_seen, again;
};

static const char *const topic = "leaders";
static struct cluster cluster;

static int bring_up(void **state)
{
    char why[256];

    (void)state;
    cluster = (struct cluster){0};
    cluster.client = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why, sizeof why);
    assert_non_null(cluster.client);
    cluster.mock = rd_kafka_mock_cluster_new(cluster.client, BROKERS);
    assert_non_null(cluster.mock);
    assert_int_equal(rd_kafka_mock_topic_create(cluster.mock, topic, PARTITIONS, BROKERS), 0);
    return 0;
}

static int bring_down(void **state)
{
    (void)state;
    rd_kafka_mock_cluster_destroy(cluster.mock);
    rd_kafka_destroy(cluster.client);
    return 0;
}

static struct queue_options options(void)
{
    return (struct queue_options){
        .brokers = rd_kafka_mock_cluster_bootstraps(cluster.mock),
        .client_id = "test",
        .session_timeout_ms = 10000,
        .fetch_wait_ms = 20,
    };
}

static void read_for(struct queue_consumer *consumer, int64_t for_ms)
{
    int64_t until_ms = clock_mono_ms() + for_ms;
    struct err err;

    while (clock_mono_ms() < until_ms) {
        struct queue_record *record = next_record(consumer, 50);
        if (record == NULL)
            continue;
        int number = atoi((const char *)record->value + 1);
        assert_in_range(number, 0, ROUNDS * BATCH - 1);
        cluster.again += cluster.seen[number];
        cluster.n_seen += !cluster.seen[number];
        cluster.seen[number] = true;
        queue_done(consumer, record->topic, record->partition, record->offset, record->generation);
        queue_record_free(record);
    }
    (void)!queue_commit(consumer, &err); /* the next one tries again */
}

static void send_batch(struct queue_producer *producer, struct queue_batch *batch, int first)
{
    struct err err;

    for (int i = first; i < first + BATCH; i++) {
        char value[16];
        snprintf(value, sizeof value, "v%d", i);
        const struct queue_message message = {.topic = topic,
                                              .key = value,
                                              .key_len = strlen(value),
                                              .value = value,
                                              .value_len = strlen(value)};
        assert_int_equal(queue_send(producer, &message, batch, &err), 0);
    }
}

static void disturb(int round)
{
    int32_t other = round % BROKERS + 1;

    for (int32_t p = 0; p < PARTITIONS; p++)
        rd_kafka_mock_partition_set_leader(cluster.mock, topic, p, (other + p) % BROKERS + 1);
    rd_kafka_mock_coordinator_set(cluster.mock, "group", topic, other);
    rd_kafka_mock_push_request_errors(cluster.mock, API_PRODUCE, 2,
                                      RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                                      RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT);
    if (round % 3 == 1)
        rd_kafka_mock_broker_set_down(cluster.mock, other);
}

static void restore(int round)
{
    if (round % 3 == 1)
        rd_kafka_mock_broker_set_up(cluster.mock, round % BROKERS + 1);
}

static void row_20_moving_leaders_and_coordinators_lose_nothing(void **state)
{
    CLEANUP(queue_producer_freep) struct queue_producer *producer = NULL;
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    CLEANUP(queue_batch_freep) struct queue_batch *batch = NULL;
    const struct queue_options our = options();
    const char *topics[] = {topic};
    struct queue_stats stats = {.lag = -1};
    struct err err;

    (void)state;
    assert_int_equal(queue_producer_new(&producer, &our, &err), 0);
    assert_int_equal(queue_consumer_new(&consumer, &our, topic, topics, 1, &err), 0);
    assert_int_equal(queue_batch_new(&batch, &err), 0);
    for (int round = 0; round < ROUNDS; round++) {
        send_batch(producer, batch, round * BATCH);
        disturb(round);
        read_for(consumer, TURN_MS);
        restore(round);
    }
    if (queue_batch_wait(producer, batch, &err) != 0)
        fail_msg("%s", err.text);

    int64_t until_ms = clock_mono_ms() + END_MS;
    while ((cluster.n_seen < ROUNDS * BATCH || stats.lag != 0 || stats.in_flight != 0) &&
           clock_mono_ms() < until_ms) {
        read_for(consumer, TURN_MS);
        queue_stats(consumer, &stats);
    }
    print_message("%d records came, %d of them again\n", cluster.n_seen, cluster.again);
    assert_int_equal(cluster.n_seen, ROUNDS * BATCH);
    assert_int_equal(stats.lag, 0);
    assert_int_equal(stats.in_flight, 0);
    assert_int_equal(stats.stopped_partitions, 0);
}

/* Reads all; of each partition the first record stays unfinished, so that its commit has a map. */
static void leave_maps(const struct queue_options *our)
{
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    const char *topics[] = {topic};
    int64_t until_ms = clock_mono_ms() + END_MS;
    struct err err;
    int n = 0;

    assert_int_equal(queue_consumer_new(&consumer, our, topic, topics, 1, &err), 0);
    while (n < BATCH && clock_mono_ms() < until_ms) {
        struct queue_record *record = next_record(consumer, 50);
        if (record == NULL)
            continue;
        n++;
        if (record->offset != 0)
            queue_done(consumer, topic, record->partition, record->offset, record->generation);
        queue_record_free(record);
    }
    assert_int_equal(n, BATCH);
    assert_int_equal(queue_commit(consumer, &err), 0);
}

static void a_partition_without_a_leader_does_not_hold_up_the_others(void **state)
{
    CLEANUP(queue_producer_freep) struct queue_producer *producer = NULL;
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    CLEANUP(queue_batch_freep) struct queue_batch *batch = NULL;
    const struct queue_options our = options();
    const char *topics[] = {topic};
    bool came[PARTITIONS] = {false};
    struct err err;

    (void)state;
    assert_int_equal(queue_producer_new(&producer, &our, &err), 0);
    assert_int_equal(queue_batch_new(&batch, &err), 0);
    send_batch(producer, batch, 0);
    assert_int_equal(queue_batch_wait(producer, batch, &err), 0);
    leave_maps(&our);
    rd_kafka_mock_partition_set_leader(cluster.mock, topic, 0, -1);

    assert_int_equal(queue_consumer_new(&consumer, &our, topic, topics, 1, &err), 0);
    int64_t until_ms = clock_mono_ms() + END_MS;
    while (!(came[1] && came[2] && came[3]) && clock_mono_ms() < until_ms) {
        struct queue_record *record = next_record(consumer, 50);
        if (record == NULL)
            continue;
        came[record->partition] = true;
        queue_record_free(record);
    }
    assert_true(came[1] && came[2] && came[3]);
    assert_false(came[0]);
    rd_kafka_mock_partition_set_leader(cluster.mock, topic, 0, 1);
    while (!came[0] && clock_mono_ms() < until_ms) {
        struct queue_record *record = next_record(consumer, 50);
        came[0] = record != NULL && record->partition == 0;
        queue_record_free(record);
    }
    assert_true(came[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(row_20_moving_leaders_and_coordinators_lose_nothing,
                                        bring_up, bring_down),
        cmocka_unit_test_setup_teardown(a_partition_without_a_leader_does_not_hold_up_the_others,
                                        bring_up, bring_down),
    };

    return cmocka_run_group_tests_name("three scripted brokers", tests, NULL, NULL);
}
