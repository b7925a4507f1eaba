/* Producers and consumers for tests; the story stands in kafka.h. */
#include "tests/support/kafka.h"

#include "common/clock.h"
#include "common/kafka/queue_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

enum { JOIN_MS = 30000, SLICE_MS = 50 };

void fresh_topic(struct broker *broker, char out[FRESH_NAME_BYTES], const char *stem,
                 int partitions)
{
    const char *topic = out;

    fresh_name(out, stem);
    broker_make_topics(broker, &topic, 1, partitions);
}

struct queue_producer *producer_for(struct broker *broker)
{
    struct queue_options options = broker_options(broker);
    struct queue_producer *producer = NULL;
    struct err err;

    if (queue_producer_new(&producer, &options, &err) != 0)
        fail_msg("%s", err.text);
    return producer;
}

struct queue_consumer *consumer_for(struct broker *broker, const char *group, const char *topic)
{
    struct queue_options options = broker_options(broker);
    struct queue_consumer *consumer = NULL;
    struct err err;

    if (queue_consumer_new(&consumer, &options, group, &topic, 1, &err) != 0)
        fail_msg("%s", err.text);
    return consumer;
}

void send_numbered(struct queue_producer *producer, const char *topic, int first, int n)
{
    CLEANUP(queue_batch_freep) struct queue_batch *batch = NULL;
    struct err err;

    assert_int_equal(queue_batch_new(&batch, &err), 0);
    for (int i = first; i < first + n; i++) {
        char key[32], value[32], number[32];
        snprintf(key, sizeof key, "k%d", i);
        snprintf(value, sizeof value, "v%d", i);
        snprintf(number, sizeof number, "%d", i);
        const struct queue_header headers[] = {{"number", number, strlen(number)},
                                               {"empty", "", 0}};
        const struct queue_message message = {
            .topic = topic,
            .key = key,
            .key_len = strlen(key),
            .value = value,
            .value_len = strlen(value),
            .headers = headers,
            .n_headers = COUNT(headers),
        };
        if (queue_send(producer, &message, batch, &err) != 0)
            fail_msg("%s", err.text);
    }
    if (queue_batch_wait(producer, batch, &err) != 0)
        fail_msg("%s", err.text);
}

struct queue_record *next_record(struct queue_consumer *consumer, int64_t within_ms)
{
    int64_t until_ms = clock_mono_ms() + within_ms;
    struct queue_record *record = NULL;
    struct err err;

    do {
        int64_t left_ms = until_ms - clock_mono_ms();
        int r = queue_poll(consumer, left_ms < SLICE_MS ? left_ms > 0 ? left_ms : 0 : SLICE_MS,
                           &record, &err);
        if (r != 0 && r != ERR_RETRY)
            fail_msg("%s", err.text);
    } while (record == NULL && clock_mono_ms() < until_ms);
    return record;
}

struct queue_record *first_record(struct broker *broker, const char *topic)
{
    struct queue_options options = broker_options(broker);
    CLEANUP(queue_scan_freep) struct queue_scan *scan = NULL;
    struct queue_record *record = NULL;
    struct err err;
    int r = queue_scan_new(&scan, &options, topic, &err);

    if (r == 0)
        r = queue_scan_start(scan, &err);
    while (record == NULL && (r == 0 || r == ERR_RETRY))
        r = queue_scan_next(scan, SLICE_MS, &record, &err);
    if (r == QUEUE_SCAN_END)
        fail_msg("%s is empty", topic);
    if (r != 0)
        fail_msg("%s", err.text);
    return record;
}

struct queue_record *read_back(struct broker *broker, struct queue_producer *producer,
                               const struct queue_message *message)
{
    struct queue_message moved = *message;
    char topic[FRESH_NAME_BYTES];
    struct err err;

    fresh_topic(broker, topic, "back", 1);
    moved.topic = topic;
    if (queue_send_wait(producer, &moved, &err) != 0)
        fail_msg("%s", err.text);
    return first_record(broker, topic);
}

void wait_for_partitions(struct queue_consumer *consumer, int64_t n)
{
    int64_t until_ms = clock_mono_ms() + JOIN_MS;
    struct queue_stats stats = {0};

    do {
        assert_null(next_record(consumer, SLICE_MS));
        queue_stats(consumer, &stats);
    } while (stats.assigned_partitions != n && clock_mono_ms() < until_ms);
    assert_int_equal(stats.assigned_partitions, n);
}
