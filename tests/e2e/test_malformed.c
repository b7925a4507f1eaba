/* Malformed input of every kind on every intake: a 4xx that says what is wrong, or a dead letter;
 * the rest goes on. */
#include <stdio.h>

#include "common/clock.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/json.h"
#include "common/kafka/queue_consumer.h"
#include "proto/audit.h"
#include "proto/topics.h"
#include "tests/support/pipeline.h"
#include "tests/support/test.h"
#include "worker/audit.h"

#define GOOD_FIELDS                                                                                \
    "\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\",\"file\":\"main.tf\""
#define GOOD(bucket)                                                                               \
    "{" GOOD_FIELDS ",\"repository\":\"acme/r\",\"address\":\"aws_s3_bucket." bucket "\"}\n"

static void add_repository(struct pipeline *p)
{
    pipeline_repository(
        p, "acme/r",
        (const char *const[]){"main.tf",
                              "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"a\"\n}\n\n"
                              "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"b\"\n}\n",
                              "broken/main.tf", "resource {{{\n", NULL});
}

static void whole_requests_are_refused_with_words(int port)
{
    static const struct {
        const char *path, *body;
        int status;
        const char *word;
    } bad[] = {
        {"/v1/findings", "{\"tenant\":", 400, "line"},
        {"/v1/findings", "", 400, ""},
        {"/v1/findings", "hello", 400, ""},
        {"/v1/findings", "7", 400, ""},
        {"/v1/elsewhere", "{}", 404, ""},
    };

    for (size_t i = 0; i < COUNT(bad); i++) {
        CLEANUP(buf_done) struct buf answer = BUF(100000);
        int status = pipeline_http(port, "POST", bad[i].path, bad[i].body, &answer);
        if (status != bad[i].status)
            fail_msg("%s %s: %d %s", bad[i].path, bad[i].body, status, buf_str(&answer));
        assert_has(buf_str(&answer), "error");
        assert_has(buf_str(&answer), bad[i].word);
    }
    assert_int_equal(pipeline_http(port, "GET", "/v1/findings", NULL, NULL), 405);
}

static void ten_megabytes_are_refused(int port)
{
    size_t len = 10 * 1024 * 1024;
    char *body = malloc(len + 1);

    assert_non_null(body);
    memset(body, ' ', len);
    body[len] = '\0';
    assert_int_equal(pipeline_http(port, "POST", "/v1/findings", body, NULL), 413);
    free(body);
}

/* Each of these is one record that can never be an item, between two that can. */
static const char mixed[] =
    GOOD("a") "{" GOOD_FIELDS ",\"address\":\"aws_s3_bucket.a\"}\n"             /* no repository */
              "{" GOOD_FIELDS ",\"repository\":\"acme\",\"address\":\"x.y\"}\n" /* no owner/name */
              "{" GOOD_FIELDS ",\"repository\":\"acme/r\"}\n"                   /* no resource */
              "{" GOOD_FIELDS ",\"repository\":\"acme/r\",\"address\":7}\n"     /* wrong type */
              "{" GOOD_FIELDS
              ",\"repository\":\"acme/r\",\"address\":\"x.y\",\"severity\":\"urgent\"}\n"
              "[1,2]\n"
              "not json at all\n" GOOD("b");

static void one_bad_record_does_not_stop_its_neighbours(int port)
{
    CLEANUP(buf_done) struct buf answer = BUF(100000);
    CLEANUP(json_freep) struct json *json = NULL;
    struct err err;

    assert_int_equal(pipeline_http(port, "POST", "/v1/findings", mixed, &answer), 202);
    assert_ok(json_parse(&json, buf_str(&answer), answer.len, &err), err);
    assert_int_equal(json_get_int(json, "accepted", -1), 2);
    assert_int_equal(json_count(json_get(json, "refused")), 7);
    assert_has(buf_str(&answer), "repository");
    assert_has(buf_str(&answer), "severity");
}

/* Straight onto the topic, past every intake; each with a moment that nobody meant. */
static void poison_the_topic(struct pipeline *p)
{
    static const char *const bad[] = {"", "not msgpack", "\xdf\xff\xff\xff\xff\x2a",
                                      "\x81\xa1v\xcd\x07\xd0"};
    static const size_t lens[] = {0, 11, 6, 6};
    static const char *const moments[] = {"-9223372036854775808", "9223372036854775807", "", NULL};
    CLEANUP(queue_producer_freep) struct queue_producer *producer = producer_for(p->broker);
    struct err err;

    for (size_t i = 0; i < COUNT(bad); i++) {
        const struct queue_header not_before = {HEADER_NOT_BEFORE, moments[i],
                                                moments[i] != NULL ? strlen(moments[i]) : 0};
        struct queue_message message = {.topic = TOPIC_FINDINGS,
                                        .key = "acme/r",
                                        .key_len = 6,
                                        .value = bad[i],
                                        .value_len = lens[i],
                                        .headers = &not_before,
                                        .n_headers = 1};
        assert_ok(queue_send_wait(producer, &message, &err), err);
    }
}

static void unknown_things_are_dead_letters(int port)
{
    static const char unknown[] = GOOD("nobody") /* no such resource */
        "{" GOOD_FIELDS
        ",\"repository\":\"acme/gone\",\"address\":\"aws_s3_bucket.a\"}\n"; /* no such repository */

    pipeline_post(port, "/v1/findings", unknown);
}

static size_t count(const struct json *events, const char *state, const char *word)
{
    size_t n = 0;

    for (size_t i = 0; i < json_count(events); i++) {
        const struct json *event = json_at(events, i);
        const char *why = json_get_text(event, "error_message", "");
        n += str_eq(json_get_text(event, "state", ""), state) && strstr(why, word) != NULL;
    }
    return n;
}

static void every_end_stands_in_the_history(struct pipeline *p)
{
    CLEANUP(json_freep) struct json *events = pipeline_events(p);

    assert_int_equal(count(events, "PR_OPEN", ""), 2);
    assert_int_equal(count(events, "DLQ", "msgpack"), 3);
    assert_int_equal(count(events, "DLQ", "later than"), 1);
    assert_int_equal(count(events, "DLQ", "aws_s3_bucket.nobody"), 1);
    assert_int_equal(count(events, "DLQ", "acme/gone"), 1);
    assert_true(count(events, "DLQ", "severity") == 1);
    assert_int_equal(count(events, "DLQ", ""), 13);
}

static void row_31_malformed_input_ends_with_its_reason_and_the_rest_goes_on(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);

    (void)state;
    if (p == NULL)
        skip();
    add_repository(p);
    pipeline_set(p, "WORKER_ATTEMPTS_MAX", "2");
    (void)pipeline_role(p, "sink");
    int port = p->roles[pipeline_role(p, "poll")].port;
    size_t work = pipeline_role(p, "work");
    whole_requests_are_refused_with_words(port);
    ten_megabytes_are_refused(port);
    poison_the_topic(p);
    unknown_things_are_dead_letters(port);
    one_bad_record_does_not_stop_its_neighbours(port);
    pipeline_wait_ended(p, 15, 60000);
    every_end_stands_in_the_history(p);
    assert_int_equal(pipeline_http(p->roles[work].port, "GET", "/health", NULL, NULL), 200);
    pipeline_stop(p);
}

/* The id of the event that tells of the only record on that topic. */
static void expect_event_id(struct pipeline *p, const char *topic, char out[SHA256_HEX_BYTES])
{
    CLEANUP(queue_record_freep) struct queue_record *record = first_record(p->broker, topic);
    char where[200];

    snprintf(where, sizeof where, "%s/%d/%lld", topic, (int)record->partition,
             (long long)record->offset);
    audit_event_id(where, record->timestamp_unix_ms, AUDIT_REJECTED, out);
}

/* Sent by a clock an hour ahead of the worker's, so the worker reckons its moment anew. Read again
 * by another worker it may not need to, and the event must be the same one. */
static void an_unreadable_record_is_told_under_its_own_time_however_it_waited(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);
    char id[SHA256_HEX_BYTES], moment[24];
    struct err err;

    (void)state;
    if (p == NULL)
        skip();
    (void)pipeline_role(p, "sink");
    pipeline_set(p, "PLUMB_FAULT_CLOCK", "-3600000");
    (void)pipeline_role(p, "work");
    snprintf(moment, sizeof moment, "%lld", (long long)clock_unix_ms() + 1000);
    const struct queue_header not_before = queue_text_header(HEADER_NOT_BEFORE, moment);
    const struct queue_message message = {.topic = TOPIC_RETRY_30S,
                                          .value = "no item",
                                          .value_len = 7,
                                          .headers = &not_before,
                                          .n_headers = 1};
    CLEANUP(queue_producer_freep) struct queue_producer *producer = producer_for(p->broker);
    assert_ok(queue_send_wait(producer, &message, &err), err);
    pipeline_wait_ended(p, 1, 60000);
    CLEANUP(json_freep) struct json *events = pipeline_events(p);
    assert_int_equal(json_count(events), 1);
    expect_event_id(p, TOPIC_RETRY_30S, id);
    assert_string_equal(json_get_text(json_at(events, 0), "audit_id", ""), id);
    pipeline_stop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unreadable_record_is_told_under_its_own_time_however_it_waited),
        cmocka_unit_test(row_31_malformed_input_ends_with_its_reason_and_the_rest_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
