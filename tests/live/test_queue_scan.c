/* A topic looked at from the side, on real brokers: all of it, parts of it, twice, and never what
 * came after the start. */
#include <poll.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/kafka/queue_scan.h"
#include "tests/support/kafka_rig.h"
#include "tests/support/test.h"

enum { PARTITIONS = 3, PATIENCE_MS = 30000 };

static struct queue_scan *scan_of(const char *topic)
{
    struct queue_options options = broker_options(broker);
    struct queue_scan *scan = NULL;
    struct err err;

    assert_ok(queue_scan_new(&scan, &options, topic, &err), err);
    return scan;
}

/* Reads to the end; the sum of the numbers, so that neither a loss nor a double hides. */
static int read_all(struct queue_scan *scan, int64_t *sum)
{
    int64_t until_ms = clock_mono_ms() + PATIENCE_MS;
    struct err err = {.text = ""};
    int n = 0, r;

    *sum = 0;
    assert_ok(queue_scan_start(scan, &err), err);
    for (;;) {
        struct queue_record *record = NULL;
        r = queue_scan_next(scan, 200, &record, &err);
        if (r == QUEUE_SCAN_END)
            return n;
        if (r < 0 && r != ERR_RETRY)
            fail_msg("answered %d: %s", r, err.text);
        if (clock_mono_ms() > until_ms)
            fail_msg("only %d records came; %s", n, err.text);
        if (record == NULL)
            continue;
        n++;
        *sum += atoi((const char *)record->value + 1);
        queue_record_free(record);
    }
}

static void all_that_was_there_is_read_and_nothing_later(void **state)
{
    char topic[FRESH_NAME_BYTES];
    int64_t sum;

    (void)state;
    fresh_topic(broker, topic, "scan", PARTITIONS);
    send_numbered(producer, topic, 0, 100);
    CLEANUP(queue_scan_freep) struct queue_scan *scan = scan_of(topic);
    send_numbered(producer, topic, 1000, 50);
    assert_int_equal(read_all(scan, &sum), 100);
    assert_int_equal(sum, 99 * 100 / 2);
    assert_int_equal(read_all(scan, &sum), 100); /* once more, from the start */
    assert_int_equal(sum, 99 * 100 / 2);
}

static void an_empty_topic_ends_at_once(void **state)
{
    char topic[FRESH_NAME_BYTES];
    int64_t sum;

    (void)state;
    fresh_topic(broker, topic, "scan-empty", PARTITIONS);
    CLEANUP(queue_scan_freep) struct queue_scan *scan = scan_of(topic);
    assert_int_equal(read_all(scan, &sum), 0);
}

static void the_extents_say_what_is_read(void **state)
{
    char topic[FRESH_NAME_BYTES];
    int64_t sum, wanted = 0;
    size_t n;

    (void)state;
    fresh_topic(broker, topic, "scan-part", PARTITIONS);
    send_numbered(producer, topic, 0, 90);
    CLEANUP(queue_scan_freep) struct queue_scan *scan = scan_of(topic);
    struct queue_extent *extents = queue_scan_extents(scan, &n);
    assert_int_equal(n, PARTITIONS);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(extents[i].low, 0);
        if (i == 0) { /* nothing of this one */
            extents[i].to = extents[i].from;
            continue;
        }
        extents[i].from += extents[i].end > 2 ? 2 : 0;
        extents[i].to -= extents[i].to > extents[i].from ? 1 : 0;
        wanted += extents[i].to - extents[i].from;
    }
    assert_int_equal(read_all(scan, &sum), wanted);
}

static void a_time_moves_the_start_where_the_broker_knows_it(void **state)
{
    char topic[FRESH_NAME_BYTES];
    struct err err;
    int64_t sum, before = 0;
    size_t n;

    (void)state;
    fresh_topic(broker, topic, "scan-time", PARTITIONS);
    send_numbered(producer, topic, 0, 30);
    poll(NULL, 0, 5); /* the two lots get times of their own */
    int64_t between = clock_unix_ms();
    poll(NULL, 0, 5);
    send_numbered(producer, topic, 100, 30);
    CLEANUP(queue_scan_freep) struct queue_scan *scan = scan_of(topic);
    assert_ok(queue_scan_from_time(scan, between, &err), err);
    const struct queue_extent *extents = queue_scan_extents(scan, &n);
    for (size_t i = 0; i < n; i++)
        before += extents[i].from;
    /* The embedded broker knows no times: everything is read, and sorted out by the reader. */
    assert_int_equal(before, rig_kind == BROKER_REAL ? 30 : 0);
    assert_int_equal(read_all(scan, &sum), 60 - before);
}

static void a_topic_that_is_not_there_is_refused(void **state)
{
    struct queue_options options = broker_options(broker);
    struct queue_scan *scan = NULL;
    char topic[FRESH_NAME_BYTES];
    struct err err;

    (void)state;
    if (rig_kind == BROKER_EMBEDDED)
        skip(); /* it makes every topic that is asked for */
    fresh_name(topic, "scan-absent");
    assert_int_equal(queue_scan_new(&scan, &options, topic, &err), ERR_REJECT);
    assert_has(err.text, topic);
    assert_null(scan);
}

/* No group, no commit: a consumer that comes later begins at the start. */
static void a_look_moves_no_consumer(void **state)
{
    char topic[FRESH_NAME_BYTES], group[FRESH_NAME_BYTES];
    int64_t sum;

    (void)state;
    fresh_topic(broker, topic, "scan-group", 1);
    fresh_name(group, "scan-group");
    send_numbered(producer, topic, 0, 5);
    CLEANUP(queue_scan_freep) struct queue_scan *scan = scan_of(topic);
    assert_int_equal(read_all(scan, &sum), 5);
    CLEANUP(queue_consumer_freep)
    struct queue_consumer *consumer = consumer_for(broker, group, topic);
    CLEANUP(queue_record_freep) struct queue_record *record = next_record(consumer, PATIENCE_MS);
    assert_non_null(record);
    assert_int_equal(record->offset, 0);
}

static void a_record_goes_to_the_partition_that_is_named(void **state)
{
    char topic[FRESH_NAME_BYTES];
    struct err err;
    size_t n;

    (void)state;
    fresh_topic(broker, topic, "scan-to", PARTITIONS);
    for (int i = 0; i < 12; i++) {
        char key[16];
        snprintf(key, sizeof key, "key-%d", i);
        const struct queue_message message = {.topic = topic,
                                              .key = key,
                                              .key_len = strlen(key),
                                              .value = "v1",
                                              .value_len = 2,
                                              .to_partition = true,
                                              .partition = 2};
        assert_ok(queue_send_wait(producer, &message, &err), err);
    }
    CLEANUP(queue_scan_freep) struct queue_scan *scan = scan_of(topic);
    const struct queue_extent *extents = queue_scan_extents(scan, &n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(extents[i].end, extents[i].partition == 2 ? 12 : 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_was_there_is_read_and_nothing_later),
        cmocka_unit_test(an_empty_topic_ends_at_once),
        cmocka_unit_test(the_extents_say_what_is_read),
        cmocka_unit_test(a_time_moves_the_start_where_the_broker_knows_it),
        cmocka_unit_test(a_topic_that_is_not_there_is_refused),
        cmocka_unit_test(a_look_moves_no_consumer),
        cmocka_unit_test(a_record_goes_to_the_partition_that_is_named),
    };

    return rig_run(tests);
}
