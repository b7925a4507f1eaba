/* Headers of records that are sent on, from one topic to the next and the one after. */
#include <stdio.h>

#include "proto/onward.h"
#include "proto/replay.h"
#include "tests/support/kafka_rig.h"
#include "tests/support/test.h"

enum { MANY = 100, BIG_BYTES = 1000 };

static struct queue_record *carrying(const struct queue_header *headers, size_t n)
{
    const struct queue_message message = {.headers = headers, .n_headers = n};

    return read_back(broker, producer, &message);
}

/* MANY headers of so many bytes each, "h0" and on. */
static struct queue_record *record_of(size_t bytes)
{
    struct queue_header headers[MANY];
    char keys[MANY][8], value[BIG_BYTES];

    assert_true(bytes <= sizeof value);
    memset(value, 'x', sizeof value);
    for (size_t i = 0; i < MANY; i++) {
        snprintf(keys[i], sizeof keys[i], "h%zu", i);
        headers[i] = (struct queue_header){keys[i], value, bytes};
    }
    return carrying(headers, MANY);
}

/* What its next reader sees, when it goes on with a header of the sender's. */
static struct queue_record *send_on(const struct queue_record *record, size_t room_bytes)
{
    CLEANUP(onward_done) struct onward onward = {0};
    struct err err;

    assert_ok(onward_init(&onward, record, onward_keeps_header, room_bytes, &err), err);
    onward_add(&onward, HEADER_ATTEMPT, "1");
    return carrying(onward.headers, onward.n);
}

static size_t count(const struct queue_record *record)
{
    size_t n;

    (void)queue_record_headers(record, &n);
    return n;
}

static void assert_dropped(const struct queue_record *record, int answer, const char *number)
{
    char text[24];

    assert_int_equal(queue_record_text(record, HEADER_DROPPED, text, sizeof text), answer);
    assert_string_equal(text, number);
}

static void many_headers_all_go_along(void **state)
{
    CLEANUP(queue_record_freep) struct queue_record *first = record_of(10);
    CLEANUP(queue_record_freep) struct queue_record *second = send_on(first, ONWARD_HEADERS_BYTES);
    size_t n;

    (void)state;
    const struct queue_header *all = queue_record_headers(second, &n);
    assert_int_equal(n, MANY + 1);
    assert_string_equal(all[0].key, "h0");
    assert_string_equal(all[MANY - 1].key, "h99");
    assert_string_equal(all[MANY].key, HEADER_ATTEMPT);
    assert_dropped(second, QUEUE_TEXT_ABSENT, "");
}

static void what_finds_no_room_is_counted_over_all_stops(void **state)
{
    CLEANUP(queue_record_freep) struct queue_record *first = record_of(BIG_BYTES);
    CLEANUP(queue_record_freep) struct queue_record *second = send_on(first, ONWARD_HEADERS_BYTES);
    CLEANUP(queue_record_freep) struct queue_record *third = send_on(second, ONWARD_NO_LIMIT);
    CLEANUP(queue_record_freep) struct queue_record *last = send_on(third, 5000);

    (void)state;
    assert_int_equal(count(second), 32 + 2); /* 32 of 1010 bytes fit into 32 KiB */
    assert_dropped(second, 0, "68");
    assert_int_equal(count(third), 32 + 2); /* nothing more, and still said */
    assert_dropped(third, 0, "68");
    assert_int_equal(count(last), 4 + 2);
    assert_dropped(last, 0, "96");
}

static void a_small_header_behind_a_large_one_still_goes_along(void **state)
{
    char large[BIG_BYTES];
    const struct queue_header headers[] = {{"large", large, sizeof large},
                                           queue_text_header("small", "s")};

    (void)state;
    memset(large, 'x', sizeof large);
    CLEANUP(queue_record_freep)
    struct queue_record *first = carrying(headers, COUNT(headers));
    CLEANUP(queue_record_freep) struct queue_record *second = send_on(first, 100);
    char text[8];
    assert_int_equal(queue_record_text(second, "small", text, sizeof text), 0);
    assert_int_equal(queue_record_text(second, "large", text, sizeof text), QUEUE_TEXT_ABSENT);
    assert_dropped(second, 0, "1");
}

/* Those of the failure are written anew, and are no loss. */
static void what_is_written_anew_is_not_counted(void **state)
{
    const struct queue_header headers[] = {
        queue_text_header(HEADER_NOT_BEFORE, "1"), queue_text_header(HEADER_ERROR, "why"),
        queue_text_header("__connect.errors.stage", "decode"), queue_text_header("mine", "kept"),
        queue_text_header(HEADER_REPLAY_ID, "INC-1")};
    CLEANUP(queue_record_freep)
    struct queue_record *first = carrying(headers, COUNT(headers));
    CLEANUP(queue_record_freep) struct queue_record *second = send_on(first, ONWARD_HEADERS_BYTES);

    (void)state;
    assert_int_equal(count(second), 3);
    assert_dropped(second, QUEUE_TEXT_ABSENT, "");
}

/* A header of no bytes costs something too, or there would be no end to them. */
static void empty_headers_are_bounded(void **state)
{
    CLEANUP(queue_record_freep) struct queue_record *first = record_of(0);
    CLEANUP(queue_record_freep) struct queue_record *second = send_on(first, MANY);

    (void)state;
    assert_true(count(second) < MANY / 8 + 2);
}

static void a_number_that_nobody_counted_is_not_believed(void **state)
{
    static const char *const bad[] = {"-5", "many", "99999999999999999999", ""};

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        const struct queue_header header = queue_text_header(HEADER_DROPPED, bad[i]);
        CLEANUP(queue_record_freep)
        struct queue_record *record = carrying(&header, 1);
        CLEANUP(onward_done) struct onward onward = {0};
        struct err err;
        assert_ok(onward_init(&onward, record, onward_keeps_header, ONWARD_NO_LIMIT, &err), err);
        assert_int_equal(onward.n, 0);
    }
}

static void without_a_record_there_are_the_senders_own(void **state)
{
    CLEANUP(onward_done) struct onward onward = {0};
    struct err err;

    (void)state;
    assert_ok(onward_init(&onward, NULL, onward_keeps_header, ONWARD_HEADERS_BYTES, &err), err);
    for (int i = 0; i < ONWARD_ADDED_MAX; i++)
        onward_add(&onward, "mine", "value");
    assert_int_equal(onward.n, ONWARD_ADDED_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_headers_all_go_along),
        cmocka_unit_test(what_finds_no_room_is_counted_over_all_stops),
        cmocka_unit_test(a_small_header_behind_a_large_one_still_goes_along),
        cmocka_unit_test(what_is_written_anew_is_not_counted),
        cmocka_unit_test(empty_headers_are_bounded),
        cmocka_unit_test(a_number_that_nobody_counted_is_not_believed),
        cmocka_unit_test(without_a_record_there_are_the_senders_own),
    };

    return cmocka_run_group_tests(tests, rig_up, rig_down);
}
