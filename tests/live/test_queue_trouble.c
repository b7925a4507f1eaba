/* Trouble that a consumer's callbacks leave for the next poll: what is fatal stays, and nothing is
 * begun after it. */
#include "common/kafka/queue_internal.h"
#include "tests/support/kafka.h"
#include "tests/support/test.h"

static rd_kafka_topic_partition_list_t *one_partition(const char *topic)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);

    rd_kafka_topic_partition_list_add(list, topic, 0);
    return list;
}

static void fail_fatally(struct queue_consumer *consumer)
{
    consumer->trouble = err_set(&consumer->trouble_text, ERR_FATAL, "somebody has our name");
}

static void assert_fatal(struct queue_consumer *consumer)
{
    struct queue_record *record = NULL;
    struct err err;

    assert_int_equal(queue_poll(consumer, 100, &record, &err), ERR_FATAL);
    assert_null(record);
    assert_string_equal(err.text, "somebody has our name");
}

static void what_is_fatal_stays_over_a_rebalance(void **state)
{
    CLEANUP(broker_stopp) struct broker *broker = broker_start(BROKER_EMBEDDED);
    char topic[FRESH_NAME_BYTES];

    (void)state;
    fresh_topic(broker, topic, "fatal", 1);
    CLEANUP(queue_consumer_freep)
    struct queue_consumer *consumer = consumer_for(broker, topic, topic);
    CLEANUP(rd_kafka_topic_partition_list_destroyp)
    rd_kafka_topic_partition_list_t *list = one_partition(topic);
    fail_fatally(consumer);
    queue_on_rebalance(consumer->rk, RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS, list, consumer);
    assert_int_equal(consumer->trouble, ERR_FATAL);
    queue_on_rebalance(consumer->rk, RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS, list, consumer);
    assert_fatal(consumer);
    assert_fatal(consumer);
}

/* Reading it again would find its first partition begun: memory ran out at another one. */
static void nothing_is_begun_a_second_time_after_what_is_fatal(void **state)
{
    CLEANUP(broker_stopp) struct broker *broker = broker_start(BROKER_EMBEDDED);
    char topic[FRESH_NAME_BYTES];

    (void)state;
    fresh_topic(broker, topic, "begun", 1);
    CLEANUP(queue_producer_freep) struct queue_producer *producer = producer_for(broker);
    send_numbered(producer, topic, 0, 1);
    struct queue_consumer *first = consumer_for(broker, topic, topic);
    CLEANUP(queue_record_freep) struct queue_record *record = next_record(first, 30000);
    assert_non_null(record);
    queue_done(first, record->topic, record->partition, record->offset, record->generation);
    queue_consumer_free(first); /* it commits */

    CLEANUP(queue_consumer_freep)
    struct queue_consumer *consumer = consumer_for(broker, topic, topic);
    wait_for_partitions(consumer, 1);
    fail_fatally(consumer);
    consumer->awaited = one_partition(topic);
    assert_fatal(consumer);
    assert_non_null(consumer->awaited);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_fatal_stays_over_a_rebalance),
        cmocka_unit_test(nothing_is_begun_a_second_time_after_what_is_fatal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
