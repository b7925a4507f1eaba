/*
 * The end of a consumer: what is done is committed, the group is left, and a commit that nobody
 * answers keeps nobody.
 */
#include "common/clock.h"
#include "tests/support/kafka.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum {
    FIRST_MS = 20000,
    SESSION_MS = 60000, /* longer than anything here may take */
    SHORT_SESSION_MS = 4000,
    CLOSE_MS = 8000,
    RECORDS = 10,
    FINISHED = 4,
    API_OFFSET_COMMIT = 8,
};

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

static struct queue_consumer *member(const char *address, const char *topic, int64_t session_ms)
{
    const struct queue_options options = {.brokers = address,
                                          .client_id = "test",
                                          .session_timeout_ms = session_ms,
                                          .fetch_wait_ms = 20};
    struct queue_consumer *consumer = NULL;
    struct err err;

    if (queue_consumer_new(&consumer, &options, topic, &topic, 1, &err) != 0)
        fail_msg("%s", err.text);
    return consumer;
}

static void finish_next(struct queue_consumer *consumer, int64_t offset)
{
    CLEANUP(queue_record_freep) struct queue_record *record = next_record(consumer, FIRST_MS);

    assert_non_null(record);
    assert_int_equal(record->offset, offset);
    queue_done(consumer, record->topic, record->partition, record->offset, record->generation);
}

/*
 * Had the first member stayed in the group, the second would get nothing for a session. The
 * embedded broker lets it wait for one even so.
 */
static void a_close_commits_what_is_done_and_leaves_the_group(void **state)
{
    CLEANUP(queue_producer_freep) struct queue_producer *producer = producer_for(broker);
    CLEANUP(queue_consumer_freep) struct queue_consumer *second = NULL;
    int64_t session_ms = kind == BROKER_REAL ? SESSION_MS : SHORT_SESSION_MS;
    char topic[FRESH_NAME_BYTES];

    (void)state;
    fresh_topic(broker, topic, "left", 1);
    send_numbered(producer, topic, 0, RECORDS);
    struct queue_consumer *first = member(broker_address(broker), topic, session_ms);
    for (int64_t offset = 0; offset < FINISHED; offset++)
        finish_next(first, offset);
    queue_consumer_free(first);

    second = member(broker_address(broker), topic, session_ms);
    finish_next(second, FINISHED);
}

/* A cluster of our own, which can be told to keep an answer back. */
static rd_kafka_mock_cluster_t *scripted_cluster(rd_kafka_t **client)
{
    char why[256];

    *client = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why, sizeof why);
    assert_non_null(*client);
    rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(*client, 1);
    assert_non_null(cluster);
    return cluster;
}

static void send_to(const char *address, const char *topic)
{
    const struct queue_options options = {.brokers = address, .client_id = "test"};
    const struct queue_message message = {.topic = topic, .value = "v", .value_len = 1};
    CLEANUP(queue_producer_freep) struct queue_producer *producer = NULL;
    struct err err;

    assert_int_equal(queue_producer_new(&producer, &options, &err), 0);
    assert_int_equal(queue_send_wait(producer, &message, &err), 0);
}

static void a_broker_that_dies_owing_an_answer_does_not_hold_up_the_close(void **state)
{
    rd_kafka_t *client = NULL;
    rd_kafka_mock_cluster_t *cluster = scripted_cluster(&client);
    const char *address = rd_kafka_mock_cluster_bootstraps(cluster);
    const char *topic = "owing";
    struct err err;

    (void)state;
    assert_int_equal(rd_kafka_mock_topic_create(cluster, topic, 1, 1), 0);
    send_to(address, topic);
    struct queue_consumer *consumer = member(address, topic, SESSION_MS);
    finish_next(consumer, 0);

    rd_kafka_mock_broker_push_request_error_rtts(cluster, 1, API_OFFSET_COMMIT, 1,
                                                 RD_KAFKA_RESP_ERR_NO_ERROR, SESSION_MS);
    assert_int_equal(queue_commit(consumer, &err), ERR_RETRY);
    assert_non_null(strstr(err.text, "no answer"));
    rd_kafka_mock_broker_set_down(cluster, 1);

    int64_t from_ms = clock_mono_ms();
    queue_consumer_free(consumer);
    assert_true(clock_mono_ms() - from_ms < CLOSE_MS);
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(client);
}

int main(void)
{
    const struct CMUnitTest each[] = {
        cmocka_unit_test(a_close_commits_what_is_done_and_leaves_the_group),
    };
    const struct CMUnitTest scripted[] = {
        cmocka_unit_test(a_broker_that_dies_owing_an_answer_does_not_hold_up_the_close),
    };
    int failed = cmocka_run_group_tests_name("a scripted broker", scripted, NULL, NULL);

    for (kind = BROKER_EMBEDDED; kind <= BROKER_REAL; kind++)
        if (broker_wanted(kind))
            failed +=
                cmocka_run_group_tests_name(broker_kind_name(kind), each, bring_up, bring_down);
    return failed;
}
