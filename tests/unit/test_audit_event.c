/* Audit events and envelopes on the wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/text/redact.h"
#include "proto/audit.h"
#include "proto/topics.h"
#include "proto/wire.h"

static struct audit_event *sample(void)
{
    struct audit_event *event;
    char id[SHA256_HEX_BYTES];
    struct err err;

    audit_event_id("abc", 1, "item.ended", id);
    assert_int_equal(audit_event_new(&event, &err), 0);
    assert_true(audit_event_set(event, &event->event_id, id));
    assert_true(audit_event_set(event, &event->kind, "item.ended"));
    assert_true(audit_event_set(event, &event->action, "remediate"));
    assert_true(audit_event_set(event, &event->status, "success"));
    assert_true(audit_event_set(event, &event->replay_id, "INC-1"));
    event->run = 2;
    event->dry_run = true;
    event->at_unix_ms = 1768480245000;
    return event;
}

static void what_is_encoded_decodes_to_the_same(void **state)
{
    CLEANUP(audit_event_freep) struct audit_event *event = sample();
    CLEANUP(audit_event_freep) struct audit_event *again = NULL;
    CLEANUP(buf_done) struct buf bytes = BUF(100000);
    struct err err;

    (void)state;
    assert_int_equal(audit_event_encode(event, &bytes, &err), 0);
    assert_int_equal(audit_event_decode(&again, bytes.bytes, bytes.len, &err), 0);
    assert_string_equal(again->event_id, event->event_id);
    assert_string_equal(again->replay_id, "INC-1");
    assert_int_equal(again->run, 2);
    assert_string_equal(again->status, "success");
    assert_true(again->dry_run);
    assert_int_equal(again->at_unix_ms, event->at_unix_ms);
    assert_null(again->pr_url);
}

static void an_event_without_its_action_is_refused(void **state)
{
    CLEANUP(audit_event_freep) struct audit_event *event = sample();
    CLEANUP(buf_done) struct buf bytes = BUF(100000);
    struct err err;

    (void)state;
    event->action = NULL;
    assert_int_equal(audit_event_encode(event, &bytes, &err), ERR_REJECT);
    assert_non_null(strstr(err.text, "action"));
}

static void a_secret_never_enters_an_event(void **state)
{
    CLEANUP(audit_event_freep) struct audit_event *event = sample();

    (void)state;
    redact_register("canary-value-1234");
    assert_true(
        audit_event_set(event, &event->error_message, "push failed for canary-value-1234 twice"));
    assert_null(strstr(event->error_message, "canary"));
}

static void any_text_can_be_set(void **state)
{
    CLEANUP(audit_event_freep) struct audit_event *event = sample();
    CLEANUP(mem_freep) char *long_one = calloc(1, 100001);

    (void)state;
    memset(long_one, 0xC3, 100000); /* of two-byte letters only the first halves */
    assert_true(audit_event_set(event, &event->node_id, "cut \xC3"));
    assert_string_equal(event->node_id, "cut \xEF\xBF\xBD");
    assert_true(audit_event_set(event, &event->error_message, long_one));
    assert_true(strlen(event->error_message) > 30000);
}

/* Two bytes to a letter, an odd byte before them: a cut at any even place goes through one. */
static void a_text_that_is_cut_is_still_utf8_and_says_so(void **state)
{
    static const size_t letters[] = {AUDIT_TEXT_MAX / 2, 20000, (size_t)3 * 1024 * 1024};

    (void)state;
    for (size_t odd = 0; odd < 2; odd++)
        for (size_t i = 0; i < COUNT(letters); i++) {
            CLEANUP(audit_event_freep) struct audit_event *event = sample();
            CLEANUP(buf_done) struct buf text = BUF(letters[i] * 2 + 2);
            char end[48];
            buf_bytes(&text, "..", odd + 1);
            for (size_t k = 0; k < letters[i]; k++)
                buf_text(&text, "\xC3\xA4");
            assert_true(audit_event_set(event, &event->error_message, buf_str(&text)));
            size_t len = strlen(event->error_message);
            assert_in_range(len, AUDIT_TEXT_MAX - 3, AUDIT_TEXT_MAX);
            assert_true(utf8_is_valid(event->error_message, len));
            snprintf(end, sizeof end, "\xC3\xA4 … (cut from %zu bytes)", text.len);
            if (!str_ends(event->error_message, end))
                fail_msg("ends with %s", event->error_message + len - 40);
        }
}

static void a_text_of_the_largest_size_is_whole(void **state)
{
    CLEANUP(audit_event_freep) struct audit_event *event = sample();
    char text[AUDIT_TEXT_MAX + 1];

    (void)state;
    memset(text, 'a', AUDIT_TEXT_MAX);
    text[AUDIT_TEXT_MAX] = '\0';
    assert_true(audit_event_set(event, &event->error_message, text));
    assert_string_equal(event->error_message, text);
}

/* Its place in the text is what tells whether it was seen before the cut. */
static void a_secret_where_the_text_is_cut_is_not_left_half(void **state)
{
    CLEANUP(audit_event_freep) struct audit_event *event = sample();
    CLEANUP(buf_done) struct buf text = BUF(2 * AUDIT_TEXT_MAX);

    (void)state;
    redact_register("canary-value-1234");
    for (size_t i = 0; i < AUDIT_TEXT_MAX - 40; i++)
        buf_char(&text, 'a');
    for (size_t i = 0; i < 10; i++)
        buf_text(&text, "canary-value-1234");
    assert_true(audit_event_set(event, &event->error_message, buf_str(&text)));
    assert_null(strstr(event->error_message, "canary"));
    assert_non_null(strstr(event->error_message, "(cut from "));
}

/* Six bytes become ten, at every place. */
static void a_text_of_nothing_but_secrets_can_be_set(void **state)
{
    CLEANUP(audit_event_freep) struct audit_event *event = sample();

    (void)state;
    redact_register("s3cr3t");
    assert_true(audit_event_set(event, &event->error_message, "s3cr3ts3cr3ts3cr3t"));
    assert_string_equal(event->error_message, "[redacted][redacted][redacted]");
}

static void event_ids_differ_by_kind_and_generation_and_repeat_otherwise(void **state)
{
    char first[SHA256_HEX_BYTES], other[SHA256_HEX_BYTES];

    (void)state;
    audit_event_id("fp", 1, "item.ended", first);
    audit_event_id("fp", 1, "item.ended", other);
    assert_string_equal(first, other);
    audit_event_id("fp", 2, "item.ended", other);
    assert_string_not_equal(first, other);
    audit_event_id("fp", 1, "plan.saved", other);
    assert_string_not_equal(first, other);
}

static void a_hop_keeps_the_trace_and_changes_the_parent(void **state)
{
    const char incoming[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
    char next[TRACEPARENT_BYTES];

    (void)state;
    traceparent_next(incoming, next);
    assert_true(traceparent_is_valid(next));
    assert_memory_equal(next, incoming, 36);
    assert_memory_not_equal(next + 36, incoming + 36, 16);
    assert_string_equal(next + 53, "00");
}

static void an_invalid_trace_is_replaced_whole(void **state)
{
    static const char *const bad[] = {"",
                                      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                                      "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                      "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                                      "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                                      "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                                      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x"};

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(traceparent_is_valid(bad[i]));
    assert_true(
        traceparent_is_valid("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_encoded_decodes_to_the_same),
        cmocka_unit_test(an_event_without_its_action_is_refused),
        cmocka_unit_test(a_secret_never_enters_an_event),
        cmocka_unit_test(any_text_can_be_set),
        cmocka_unit_test(a_text_that_is_cut_is_still_utf8_and_says_so),
        cmocka_unit_test(a_text_of_the_largest_size_is_whole),
        cmocka_unit_test(a_secret_where_the_text_is_cut_is_not_left_half),
        cmocka_unit_test(a_text_of_nothing_but_secrets_can_be_set),
        cmocka_unit_test(event_ids_differ_by_kind_and_generation_and_repeat_otherwise),
        cmocka_unit_test(a_hop_keeps_the_trace_and_changes_the_parent),
        cmocka_unit_test(an_invalid_trace_is_replaced_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
