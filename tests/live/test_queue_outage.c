/* The queue while its broker is away: failures are told, nothing is lost, nothing hangs. */
#include "common/clock.h"
#include "tests/support/kafka.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

enum {
    FIRST_MS = 30000,
    DELIVERY_MS = 2000,
    RECOVERY_MS = 30000,
    SLICE_MS = 50,
    LONG_SESSION_MS = 60000,
    HANG_MS = 20000, /* far above what is right, far below what a hang takes */
};

static enum broker_kind kind;
static struct broker *broker;
static char topic[FRESH_NAME_BYTES];

static int bring_up(void **state)
{
    const char *name = topic;

    (void)state;
    broker = broker_start_own(kind);
    fresh_name(topic, "outage");
    broker_make_topics(broker, &name, 1, 1);
    return 0;
}

static int bring_down(void **state)
{
    (void)state;
    broker_stop(broker);
    return 0;
}

static struct queue_producer *impatient_producer(void)
{
    struct queue_options options = broker_options(broker);
    struct queue_producer *producer = NULL;
    struct err err;

    options.delivery_timeout_ms = DELIVERY_MS;
    if (queue_producer_new(&producer, &options, &err) != 0)
        fail_msg("%s", err.text);
    return producer;
}

static int send_one(struct queue_producer *producer, const char *value, struct err *err)
{
    const struct queue_message message = {
        .topic = topic, .value = value, .value_len = strlen(value)};

    return queue_send_wait(producer, &message, err);
}

/* A broker that has just come back may take longer to be ready than the impatient one waits. */
static void wait_until_sent(struct queue_producer *producer, const char *value)
{
    int64_t until_ms = clock_mono_ms() + RECOVERY_MS;
    struct err err;
    int r;

    do
        r = send_one(producer, value, &err);
    while (r == ERR_RETRY && clock_mono_ms() < until_ms);
    assert_int_equal(r, 0);
}

static void wait_until_trouble_is_told(struct queue_consumer *consumer)
{
    int64_t until_ms = clock_mono_ms() + FIRST_MS;
    struct queue_record *record = NULL;
    struct queue_stats stats;
    struct err err;
    int r;

    do {
        r = queue_poll(consumer, SLICE_MS, &record, &err);
        queue_record_free(record); /* of another test */
        queue_stats(consumer, &stats);
    } while ((r == 0 || stats.connected) && clock_mono_ms() < until_ms);
    assert_int_equal(r, ERR_RETRY);
    assert_false(stats.connected);
}

static bool value_is(const struct queue_record *record, const char *value)
{
    return record->value_len == strlen(value) && memcmp(record->value, value, strlen(value)) == 0;
}

static void row_20_an_outage_is_told_and_survived(void **state)
{
    CLEANUP(queue_producer_freep) struct queue_producer *producer = impatient_producer();
    CLEANUP(queue_consumer_freep) struct queue_consumer *consumer = NULL;
    struct err err;

    (void)state;
    wait_until_sent(producer, "before");
    consumer = consumer_for(broker, topic, topic);
    struct queue_record *record = next_record(consumer, FIRST_MS);
    assert_non_null(record);
    assert_true(value_is(record, "before"));
    queue_done(consumer, topic, 0, record->offset, record->generation);
    queue_record_free(record);

    broker_set_up(broker, false);
    int64_t from_ms = clock_mono_ms();
    assert_int_equal(send_one(producer, "during", &err), ERR_RETRY);
    assert_non_null(strstr(err.text, topic));
    assert_true(clock_mono_ms() - from_ms < HANG_MS);
    assert_int_equal(queue_producer_ping(producer, 200, &err), ERR_RETRY);
    wait_until_trouble_is_told(consumer);
    int r =
        queue_commit(consumer, &err); /* 0: the assignment is lost already, so nothing is left */
    assert_true(r == 0 || r == ERR_RETRY);

    broker_set_up(broker, true);
    wait_until_sent(producer, "after");
    do { /* "during" may have been written after all */
        record = next_record(consumer, RECOVERY_MS);
        assert_non_null(record);
        bool last = value_is(record, "after");
        queue_record_free(record);
        record = last ? NULL : record;
    } while (record != NULL);
}

/*
 * A commit that was given to librdkafka and not answered keeps a consumer open for a whole session.
 * The one that was tried in vain before the close counts as much as the close's own.
 */
static void closing_does_not_wait_for_the_session_to_end(void **state)
{
    CLEANUP(queue_producer_freep) struct queue_producer *producer = impatient_producer();
    struct queue_options options = broker_options(broker);
    struct queue_consumer *consumer = NULL;
    const char *topics[] = {topic};
    struct err err;

    (void)state;
    options.session_timeout_ms = LONG_SESSION_MS;
    wait_until_sent(producer, "long");
    assert_int_equal(queue_consumer_new(&consumer, &options, "long", topics, 1, &err), 0);
    struct queue_record *record = next_record(consumer, FIRST_MS);
    assert_non_null(record);
    queue_done(consumer, topic, 0, record->offset, record->generation);
    queue_record_free(record);

    broker_set_up(broker, false);
    wait_until_trouble_is_told(consumer);
    assert_int_equal(queue_commit(consumer, &err), ERR_RETRY);
    int64_t from_ms = clock_mono_ms();
    queue_consumer_free(consumer);
    assert_true(clock_mono_ms() - from_ms < HANG_MS);
    broker_set_up(broker, true);
}

static void closing_while_the_broker_is_away_does_not_hang(void **state)
{
    struct queue_producer *producer = impatient_producer();
    struct queue_consumer *consumer = NULL;
    struct queue_batch *batch = NULL;
    struct err err;

    (void)state;
    wait_until_sent(producer, "seen");
    consumer = consumer_for(broker, "closing", topic);
    struct queue_record *record = next_record(consumer, FIRST_MS);
    assert_non_null(record);
    queue_done(consumer, topic, 0, record->offset, record->generation);
    queue_record_free(record);

    broker_set_up(broker, false);
    const struct queue_message message = {.topic = topic, .value = "unsent", .value_len = 6};
    assert_int_equal(queue_batch_new(&batch, &err), 0);
    assert_int_equal(queue_send(producer, &message, batch, &err), 0);
    int64_t from_ms = clock_mono_ms();
    queue_consumer_free(consumer);
    queue_producer_free(producer); /* reports the unsent record to its batch */
    assert_true(clock_mono_ms() - from_ms < HANG_MS);
    assert_int_equal(queue_batch_wait(NULL, batch, &err), ERR_RETRY);
    queue_batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_20_an_outage_is_told_and_survived),
        cmocka_unit_test(closing_does_not_wait_for_the_session_to_end),
        cmocka_unit_test(closing_while_the_broker_is_away_does_not_hang),
    };
    int failed = 0;

    for (kind = BROKER_EMBEDDED; kind <= BROKER_REAL; kind++)
        if (broker_wanted(kind))
            failed +=
                cmocka_run_group_tests_name(broker_kind_name(kind), tests, bring_up, bring_down);
    return failed;
}
