/* The sink's dead letters: whatever a record is made of, its letter can be sent. */
#include <stdio.h>

#include "proto/dead_letter.h"
#include "proto/onward.h"
#include "tests/support/kafka.h"
#include "tests/support/test.h"
#include "worker/sink/reject.h"

enum { MANY = 78, BIG_BYTES = 1000 };

static struct broker *broker;
static struct queue_producer *producer;

static int bring_up(void **state)
{
    (void)state;
    broker = broker_start_own(BROKER_EMBEDDED);
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

/* Somebody else's record may fill the broker's limit in any way. */
static void a_letter_of_a_full_record_fits_and_says_what_it_lacks(void **state)
{
    const char *topic = TOPIC_DLQ;
    CLEANUP(mem_freep) char *value = calloc(1, DEAD_LETTER_VALUE_MAX);
    char keys[MANY][8], header[BIG_BYTES], text[24];
    struct queue_header headers[MANY];
    struct err err;

    (void)state;
    assert_non_null(value);
    memset(header, 'x', sizeof header);
    for (size_t i = 0; i < MANY; i++) {
        snprintf(keys[i], sizeof keys[i], "h%zu", i);
        headers[i] = (struct queue_header){keys[i], header, sizeof header};
    }
    const struct queue_message message = {.key = value,
                                          .key_len = 5 * ONWARD_KEY_BYTES,
                                          .value = value,
                                          .value_len = DEAD_LETTER_VALUE_MAX - 1,
                                          .headers = headers,
                                          .n_headers = MANY};
    CLEANUP(queue_record_freep) struct queue_record *record = read_back(broker, producer, &message);

    broker_make_topics(broker, &topic, 1, 1);
    assert_ok(reject_record(producer, record, "no event", &err), err);
    CLEANUP(queue_record_freep) struct queue_record *letter = first_record(broker, TOPIC_DLQ);
    assert_int_equal(letter->value_len, DEAD_LETTER_VALUE_MAX - 1);
    assert_int_equal(queue_record_text(letter, HEADER_DROPPED, text, sizeof text), 0);
    assert_string_equal(text, "46");
    assert_int_equal(
        queue_record_text(letter, "__connect.errors.exception.message", text, sizeof text), 0);
    assert_string_equal(text, "no event");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_of_a_full_record_fits_and_says_what_it_lacks),
    };

    return cmocka_run_group_tests(tests, bring_up, bring_down);
}
