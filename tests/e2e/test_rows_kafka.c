/*
 * Rows of the fault table (docs/faults.md) about Kafka: acks that are lost, a dead-letter
 * queue that refuses, offsets that nobody knows any more, and a broker that was wiped.
 */
#include <stdio.h>

#include "common/json.h"
#include "common/kafka/embedded_broker.h"
#include "common/kafka/queue.h"
#include "producer/publish.h"
#include "proto/item.h"
#include "proto/topics.h"
#include "tests/support/pipeline.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

#define WAIT_MS  60000
#define QUIET_MS 1000
#define LATE_MS  5000
#define BUCKETS  3
#define FINDING(n)                                                                                 \
    "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\",\"repository\":\"acme/"   \
    "r\","                                                                                         \
    "\"address\":\"aws_s3_bucket.b" n                                                              \
    "\",\"file\":\"main.tf\",\"detected_unix_ms\":1768480245000}\n"

static const char findings[] = FINDING("1") FINDING("2") FINDING("3");

static struct pipeline *start(void)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);

    if (p == NULL)
        skip();
    pipeline_repository(
        p, "acme/r",
        (const char *const[]){"main.tf",
                              "resource \"aws_s3_bucket\" \"b1\" {\n  bucket = \"b1\"\n}\n"
                              "resource \"aws_s3_bucket\" \"b2\" {\n  bucket = \"b2\"\n}\n"
                              "resource \"aws_s3_bucket\" \"b3\" {\n  bucket = \"b3\"\n}\n",
                              NULL});
    return p;
}

static size_t count_events(struct pipeline *p, const char *kind)
{
    CLEANUP(json_freep) struct json *events = pipeline_events(p);
    size_t n = 0;

    for (size_t i = 0; i < json_count(events); i++)
        n += str_eq(json_get_text(json_at(events, i), "kind", ""), kind);
    return n;
}

struct worker {
    struct pipeline *p;
    size_t role;
    int64_t repeated;
};

static bool has_repeated(void *context)
{
    const struct worker *worker = context;

    return pipeline_metric(worker->p, worker->role, "plumb_items_duplicate_total") >=
           worker->repeated;
}

static void wait_repeated(struct pipeline *p, size_t role, int64_t n)
{
    struct worker worker = {p, role, n};

    if (wait_until(has_repeated, &worker, WAIT_MS))
        return;
    pipeline_show_logs(p);
    fail_msg("%lld items did not come a second time", (long long)n);
}

static void assert_each_once(struct pipeline *p, size_t n)
{
    assert_int_equal(pipeline_count_files(p, "data/pulls", ".patch"), n);
    assert_int_equal(count_events(p, "item.ended"), n);
}

/* --- an ack that is lost ------------------------------------------------------------ */

static void send_finding(struct queue_producer *producer, struct queue_batch *batch)
{
    CLEANUP(json_freep) struct json *json = NULL;
    CLEANUP(item_freep) struct item *item = NULL;
    struct err err;

    assert_ok(json_parse(&json, FINDING("1"), strlen(FINDING("1")), &err), err);
    assert_ok(item_from_json(&item, json, ITEM_FINDING, &err), err);
    assert_ok(publish_item(producer, batch, item, 1768480245000, &err), err);
}

static void row_02_a_record_whose_ack_was_lost_may_come_twice_and_is_worked_on_once(void **state)
{
    struct pipeline *p = start();
    CLEANUP(queue_producer_freep) struct queue_producer *producer = producer_for(p->broker);
    CLEANUP(queue_batch_freep) struct queue_batch *batch = NULL;
    char group[FRESH_NAME_BYTES];
    struct err err;

    (void)state;
    fresh_name(group, "acks");
    CLEANUP(queue_consumer_freep)
    struct queue_consumer *consumer = consumer_for(p->broker, group, TOPIC_FINDINGS);
    assert_ok(queue_batch_new(&batch, &err), err);
    embedded_broker_answer_late(broker_embedded(p->broker), LATE_MS);
    send_finding(producer, batch);
    CLEANUP(queue_record_freep) struct queue_record *first = next_record(consumer, WAIT_MS);
    assert_non_null(first); /* it is there, and its sender does not know */
    broker_set_up(p->broker, false);
    broker_set_up(p->broker, true);
    assert_ok(queue_batch_wait(producer, batch, &err), err);
    CLEANUP(queue_record_freep) struct queue_record *second = next_record(consumer, WAIT_MS);
    assert_non_null(second); /* this broker does not recognize a repeated batch */
    assert_int_equal(second->key_len, first->key_len);
    assert_memory_equal(second->key, first->key, first->key_len);
    assert_int_equal(second->partition, first->partition);
    assert_null(next_record(consumer, QUIET_MS));

    (void)pipeline_role(p, "sink");
    size_t work = pipeline_role(p, "work");
    pipeline_wait_ended(p, 1, WAIT_MS);
    wait_repeated(p, work, 1);
    assert_each_once(p, 1);
    assert_int_equal(pipeline_metric(p, work, "plumb_plans_saved_total"), 1);
    pipeline_stop(p);
}

/* --- a dead-letter queue that refuses --------------------------------------------------- */

static void row_32_while_the_dead_letters_are_refused_the_record_stays(void **state)
{
    struct pipeline *p = start();
    CLEANUP(queue_producer_freep) struct queue_producer *producer = producer_for(p->broker);
    const struct queue_message message = {
        .topic = TOPIC_FINDINGS, .value = "no item", .value_len = 7, .key = "k", .key_len = 1};
    char group[FRESH_NAME_BYTES];
    struct err err;

    (void)state;
    fresh_name(group, "letters");
    assert_ok(queue_send_wait(producer, &message, &err), err);
    (void)pipeline_role(p, "sink");
    embedded_broker_refuse_writes(broker_embedded(p->broker), 2);
    size_t work = pipeline_role(p, "work");
    pipeline_wait_ended(p, 1, WAIT_MS);
    assert_true(pipeline_metric(p, work, "plumb_own_door_waits_total") > 0);
    assert_int_equal(count_events(p, "record.rejected"), 1);

    CLEANUP(queue_consumer_freep)
    struct queue_consumer *consumer = consumer_for(p->broker, group, TOPIC_DLQ);
    CLEANUP(queue_record_freep) struct queue_record *letter = next_record(consumer, WAIT_MS);
    assert_non_null(letter);
    assert_int_equal(letter->value_len, 7);
    assert_memory_equal(letter->value, "no item", 7);
    assert_null(next_record(consumer, QUIET_MS)); /* its own failure was not sent after it */
    pipeline_stop(p);
}

/* --- offsets that are gone --------------------------------------------------------------- */

static void post(struct pipeline *p, size_t poll)
{
    assert_int_equal(pipeline_http(p->roles[poll].port, "POST", "/v1/findings", findings, NULL),
                     202);
}

static void row_34_a_group_whose_offsets_are_gone_reads_all_again_and_opens_nothing(void **state)
{
    struct pipeline *p = start();

    (void)state;
    (void)pipeline_role(p, "sink");
    size_t poll = pipeline_role(p, "poll");
    size_t work = pipeline_role(p, "work");
    post(p, poll);
    pipeline_wait_ended(p, BUCKETS, WAIT_MS);
    (void)pipeline_end_role(p, work, 15);

    pipeline_set(p, "KAFKA_CONSUMER_GROUP", "nobody-knows-it");
    work = pipeline_role(p, "work");
    wait_repeated(p, work, BUCKETS);
    assert_each_once(p, BUCKETS);
    assert_int_equal(pipeline_metric(p, work, "plumb_plans_saved_total"), 0);
    pipeline_stop(p);
}

static void row_34_a_broker_that_was_wiped_is_filled_again_and_nothing_is_opened_twice(void **state)
{
    struct pipeline *p = start();

    (void)state;
    (void)pipeline_role(p, "sink");
    (void)pipeline_role(p, "poll");
    (void)pipeline_role(p, "work");
    post(p, 1);
    pipeline_wait_ended(p, BUCKETS, WAIT_MS);
    for (size_t i = 0; i < 3; i++)
        (void)pipeline_end_role(p, i, 15);

    broker_stop(p->broker);
    p->broker = broker_start_own(BROKER_EMBEDDED);
    broker_make_topics(p->broker, topics_all, TOPIC_COUNT, 8);
    pipeline_set(p, "KAFKA_BOOTSTRAP_SERVERS", broker_address(p->broker));
    (void)pipeline_role(p, "sink");
    size_t poll = pipeline_role(p, "poll");
    size_t work = pipeline_role(p, "work");
    post(p, poll);
    wait_repeated(p, work, BUCKETS);
    assert_each_once(p, BUCKETS);
    pipeline_stop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_02_a_record_whose_ack_was_lost_may_come_twice_and_is_worked_on_once),
        cmocka_unit_test(row_32_while_the_dead_letters_are_refused_the_record_stays),
        cmocka_unit_test(row_34_a_group_whose_offsets_are_gone_reads_all_again_and_opens_nothing),
        cmocka_unit_test(
            row_34_a_broker_that_was_wiped_is_filled_again_and_nothing_is_opened_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
