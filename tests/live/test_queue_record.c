/* What a record carries beside its value, read back from a broker: its headers, as bytes and as
 * texts. */
#include "common/kafka/queue_consumer.h"
#include "tests/support/kafka_rig.h"
#include "tests/support/test.h"

static struct queue_record *carrying(const struct queue_header *headers, size_t n)
{
    const struct queue_message message = {.headers = headers, .n_headers = n};

    return read_back(broker, producer, &message);
}

/* Each case is the header of that name on one record. */
static void a_header_is_read_as_a_text(void **state)
{
    static const struct {
        const char *name, *value;
        size_t len, size;
        int answer;
        const char *text;
    } cases[] = {
        {"whole", "abc", 3, 8, 0, "abc"},
        {"fits to the byte", "abcdefg", 7, 8, 0, "abcdefg"},
        {"one byte too long", "abcdefgh", 8, 8, QUEUE_TEXT_CUT, "abcdefg"},
        {"much too long", "abcdefghijklmnopqrst", 20, 4, QUEUE_TEXT_CUT, "abc"},
        {"empty", "", 0, 8, 0, ""},
        {"no value", NULL, 0, 8, QUEUE_TEXT_ABSENT, ""},
        {"a NUL inside", "ab\0c", 4, 8, QUEUE_TEXT_CUT, "ab"},
        {"a NUL at its end", "ab", 3, 8, QUEUE_TEXT_CUT, "ab"},
        {"no UTF-8", "a\xFF", 2, 8, 0, "a\xEF\xBF\xBD"},
        {"too long once mended", "\xFF\xFF\xFF", 3, 8, QUEUE_TEXT_CUT, "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"half a character", "a\xE2\x82", 3, 8, 0, "a\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"a cut through a character", "abc\xE2\x82\xAC", 6, 6, QUEUE_TEXT_CUT, "abc"},
        {"a cut before a character", "abc\xE2\x82\xAC", 6, 4, QUEUE_TEXT_CUT, "abc"},
        {"its last character just fits", "abc\xE2\x82\xAC", 6, 7, 0, "abc\xE2\x82\xAC"},
        {"room for the NUL alone", "a", 1, 1, QUEUE_TEXT_CUT, ""},
    };
    struct queue_header headers[COUNT(cases)];
    char out[9] = "????????";

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        headers[i] = (struct queue_header){cases[i].name, cases[i].value, cases[i].len};
    CLEANUP(queue_record_freep) struct queue_record *record = carrying(headers, COUNT(headers));
    for (size_t i = 0; i < COUNT(cases); i++) {
        int answer = queue_record_text(record, cases[i].name, out, cases[i].size);
        if (answer != cases[i].answer || !str_eq(out, cases[i].text))
            fail_msg("%s: %d, \"%s\"", cases[i].name, answer, out);
    }
    assert_int_equal(queue_record_text(record, "WHOLE", out, sizeof out), QUEUE_TEXT_ABSENT);
    assert_string_equal(out, "");
}

static void of_two_headers_the_last_is_the_text(void **state)
{
    const struct queue_header two[] = {queue_text_header("key", "first"),
                                       queue_text_header("key", "last")};
    CLEANUP(queue_record_freep) struct queue_record *record = carrying(two, COUNT(two));
    char out[8];

    (void)state;
    assert_int_equal(queue_record_text(record, "key", out, sizeof out), 0);
    assert_string_equal(out, "last");
}

static void all_headers_are_there_in_their_order(void **state)
{
    struct queue_header headers[200];
    size_t n;

    (void)state;
    for (size_t i = 0; i < COUNT(headers); i++)
        headers[i] = queue_text_header(i % 2 == 0 ? "even" : "odd", "value" + i % 5);
    CLEANUP(queue_record_freep)
    struct queue_record *record = carrying(headers, COUNT(headers));
    const struct queue_header *all = queue_record_headers(record, &n);
    assert_int_equal(n, COUNT(headers));
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(all[i].key, headers[i].key);
        assert_string_equal(all[i].value, headers[i].value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_is_read_as_a_text),
        cmocka_unit_test(of_two_headers_the_last_is_the_text),
        cmocka_unit_test(all_headers_are_there_in_their_order),
    };

    return cmocka_run_group_tests(tests, rig_up, rig_down);
}
