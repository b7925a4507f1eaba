/* Which headers a repeated record keeps, what is an id, and how letters are called. */
#include "producer/letters.h"
#include "proto/dead_letter.h"
#include "proto/replay.h"
#include "proto/topics.h"
#include "tests/support/test.h"

static void a_repeated_record_keeps_what_is_not_of_its_failure(void **state)
{
    static const char *const kept[] = {"ce_id",        "ce_type", "traceparent",
                                       "content-type", "number",  "somebody-elses"};
    static const char *const dropped[] = {
        HEADER_NOT_BEFORE,        HEADER_ATTEMPT,        HEADER_ERROR,          HEADER_REPLAY_ID,
        HEADER_REPLAY_BY,         HEADER_REPLAY_OF,      HEADER_REPLAY_REOPENS, HEADER_MARK,
        "__connect.errors.stage", "x-plumb-fingerprint", "x-plumb-failed-at-ms"};

    (void)state;
    for (size_t i = 0; i < COUNT(kept); i++)
        assert_true(replay_keeps_header(kept[i]));
    for (size_t i = 0; i < COUNT(dropped); i++)
        if (replay_keeps_header(dropped[i]))
            fail_msg("%s is kept", dropped[i]);
}

/* So the worker knows the replay again after a retry topic, and a letter tells it. */
static void the_replay_stays_with_its_record(void **state)
{
    (void)state;
    assert_false(dead_letter_is_own_header(HEADER_REPLAY_ID));
    assert_false(dead_letter_is_own_header(HEADER_REPLAY_REOPENS));
    assert_true(dead_letter_is_own_header("x-plumb-fingerprint"));
    assert_true(dead_letter_is_own_header("__connect.errors.topic"));
}

static bool has_header(const struct dead_letter *letter, const char *key)
{
    for (size_t i = 0; i < letter->n; i++)
        if (str_eq(letter->headers[i].key, key))
            return true;
    return false;
}

static void a_letter_without_a_fingerprint_has_no_header_of_it(void **state)
{
    struct dead_letter_facts facts = {.topic = TOPIC_FINDINGS,
                                      .role = "work",
                                      .stage = "decode",
                                      .why = "no item",
                                      .fingerprint = ""};
    struct dead_letter letter;

    (void)state;
    dead_letter_write(&letter, &facts);
    assert_false(has_header(&letter, "x-plumb-fingerprint"));
    facts.fingerprint = NULL;
    dead_letter_write(&letter, &facts);
    assert_false(has_header(&letter, "x-plumb-fingerprint"));
    facts.fingerprint = "3bceefaf";
    dead_letter_write(&letter, &facts);
    assert_true(has_header(&letter, "x-plumb-fingerprint"));
}

static void an_id_is_short_and_plain(void **state)
{
    char longest[REPLAY_ID_BYTES + 1];

    (void)state;
    memset(longest, 'a', sizeof longest);
    longest[REPLAY_ID_BYTES] = '\0';
    assert_false(replay_id_is_valid(longest));
    longest[REPLAY_ID_BYTES - 1] = '\0';
    assert_true(replay_id_is_valid(longest));
    assert_true(replay_id_is_valid("INC-4711_2.a"));
    assert_false(replay_id_is_valid(""));
    assert_false(replay_id_is_valid("a b"));
    assert_false(replay_id_is_valid("a,DLQ"));
    assert_false(replay_id_is_valid("a\n"));
}

static void a_letter_is_called_by_its_place(void **state)
{
    static const char *const bad[] = {"",
                                      "3",
                                      "3/",
                                      "/17",
                                      "3/17 ",
                                      "a/1",
                                      "3/-1",
                                      "-3/1",
                                      "99999999999/1",
                                      "plumb.findings.v1/3/17",
                                      "3/99999999999999999999"};
    int32_t partition = 0;
    int64_t offset = 0;

    (void)state;
    assert_true(letter_parse_id("3/17", &partition, &offset));
    assert_int_equal(partition, 3);
    assert_int_equal(offset, 17);
    assert_true(letter_parse_id("4:18", &partition, &offset));
    assert_int_equal(offset, 18);
    assert_true(letter_parse_id("plumb.dlq.v1/5/19", &partition, &offset));
    assert_int_equal(partition, 5);
    for (size_t i = 0; i < COUNT(bad); i++)
        if (letter_parse_id(bad[i], &partition, &offset))
            fail_msg("\"%s\" is a letter", bad[i]);
    assert_int_equal(partition, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_repeated_record_keeps_what_is_not_of_its_failure),
        cmocka_unit_test(the_replay_stays_with_its_record),
        cmocka_unit_test(a_letter_without_a_fingerprint_has_no_header_of_it),
        cmocka_unit_test(an_id_is_short_and_plain),
        cmocka_unit_test(a_letter_is_called_by_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
