/* Drift out of plans: what counts, how it is named, and that no secret comes through. */
#include <stdio.h>

#include "common/json.h"
#include "producer/sources/terraform.h"
#include "tests/support/test.h"

#define TOLD_MAX 8

struct told {
    size_t n;
    char address[TOLD_MAX][64];
    char action[TOLD_MAX][16];
    bool outside[TOLD_MAX];
    char arn[TOLD_MAX][64];
    char expected[TOLD_MAX][4096];
    char actual[TOLD_MAX][4096];
    char attributes[TOLD_MAX][256];
};

static int note(void *context, const struct drift *drift, struct err *err)
{
    struct told *told = context;
    size_t i = told->n++;

    (void)err;
    assert_true(i < TOLD_MAX);
    str_copy(told->address[i], sizeof told->address[i], drift->address);
    str_copy(told->action[i], sizeof told->action[i], drift->action);
    str_copy(told->arn[i], sizeof told->arn[i], drift->arn);
    str_copy(told->expected[i], sizeof told->expected[i], buf_str(&drift->expected));
    str_copy(told->actual[i], sizeof told->actual[i], buf_str(&drift->actual));
    str_copy(told->attributes[i], sizeof told->attributes[i], buf_str(&drift->attributes));
    told->outside[i] = drift->happened_outside;
    return 0;
}

/* ' stands for ". */
static int read_plan(const char *text, struct told *told, struct err *err)
{
    CLEANUP(mem_freep) char *copy = strdup(text);
    CLEANUP(json_freep) struct json *plan = NULL;

    for (char *c = copy; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    memset(told, 0, sizeof *told);
    assert_ok(json_parse(&plan, copy, strlen(copy), err), *err);
    return terraform_drifts(plan, note, told, err);
}

#define CHANGE(address, actions, more)                                                             \
    "{'address': '" address                                                                        \
    "', 'mode': 'managed', 'type': 'aws_x', 'change': {'actions': [" actions "]" more "}}"
#define PLAN(changes, drifts)                                                                      \
    "{'format_version': '1.2', 'resource_changes': [" changes "], 'resource_drift': [" drifts "]}"

static void noise_in_resource_drift_is_no_drift(void **state)
{
    struct told told;
    struct err err = {0};

    (void)state;
    assert_ok(read_plan(PLAN(CHANGE("aws_x.a", "'no-op'", ""),
                             CHANGE("aws_x.a", "'update'",
                                    ", 'before': {'tags': null}, 'after': "
                                    "{'tags': {}}")),
                        &told, &err),
              err);
    assert_int_equal(told.n, 0);
}

static void a_change_made_outside_is_told_with_both_sides(void **state)
{
    struct told told;
    struct err err = {0};

    (void)state;
    assert_ok(
        read_plan(PLAN(CHANGE("aws_x.a", "'update'",
                              ", 'before': {'arn': 'arn:aws:s3:::b', 'port': 22, 'name': 'n'}"
                              ", 'after': {'arn': 'arn:aws:s3:::b', 'port': 443, 'name': 'n'}"),
                       CHANGE("aws_x.a", "'update'", "")),
                  &told, &err),
        err);
    assert_int_equal(told.n, 1);
    assert_string_equal(told.action[0], "update");
    assert_true(told.outside[0]);
    assert_string_equal(told.expected[0], "{\"port\":443}");
    assert_string_equal(told.actual[0], "{\"port\":22}");
    assert_string_equal(told.attributes[0], "port");
    assert_string_equal(told.arn[0], "arn:aws:s3:::b");
}

static void a_resource_deleted_by_hand_is_a_delete_though_the_plan_creates_it(void **state)
{
    struct told told;
    struct err err = {0};

    (void)state;
    assert_ok(
        read_plan(
            PLAN(CHANGE("aws_x.a", "'create'", ", 'before': null, 'after': {'n': 1}") "," CHANGE(
                     "aws_x.new", "'create'", ", 'before': null, 'after': {}"),
                 CHANGE("aws_x.a", "'delete'", ", 'after': null")),
            &told, &err),
        err);
    assert_int_equal(told.n, 2);
    assert_string_equal(told.action[0], "delete");
    assert_string_equal(told.actual[0], "null");
    assert_string_equal(told.action[1], "create");
    assert_false(told.outside[1]);
}

static void a_replacement_is_an_update_and_reading_data_is_nothing(void **state)
{
    struct told told;
    struct err err = {0};

    (void)state;
    assert_ok(
        read_plan(
            PLAN(CHANGE("aws_x.a", "'delete', 'create'", ", 'before': {}, 'after': {}") "," CHANGE(
                     "aws_x.r", "'read'", "") "," CHANGE("aws_x.gone", "'delete'",
                                                         ", 'before': {}, 'after': null"),
                 ""),
            &told, &err),
        err);
    assert_int_equal(told.n, 2);
    assert_string_equal(told.action[0], "update");
    assert_string_equal(told.action[1], "delete");
}

static void what_is_marked_sensitive_is_nowhere(void **state)
{
    struct told told;
    struct err err = {0};

    (void)state;
    assert_ok(
        read_plan(
            "{'format_version': '1.2',"
            " 'variables': {'db_password': {'value': 'canary-var'}},"
            " 'configuration': {'root_module': {'variables': {'db_password': {'sensitive': "
            "true}}}},"
            " 'resource_changes': [" CHANGE(
                "aws_x.a", "'update'",
                ", 'before': {'value': 'canary-one', 'copy': 'canary-one', 'list': [{'k': "
                "'canary-two', 'v': 'open'}], 'var': 'x'}"
                ", 'after': {'value': 'canary-three', 'copy': 'canary-three', 'list': [{'k': "
                "'canary-four', 'v': 'shut'}], 'var': 'canary-var', 'whole': {'a': "
                "'canary-five'}}"
                ", 'before_sensitive': {'value': true, 'list': [{'k': true}]}"
                ", 'after_sensitive': {'value': true, 'list': [{'k': true}], 'whole': true}") "]}",
            &told, &err),
        err);
    assert_int_equal(told.n, 1);
    assert_lacks(told.expected[0], "canary");
    assert_lacks(told.actual[0], "canary");
    assert_has(told.expected[0], "\"value\":\"(sensitive)\"");
    assert_has(told.expected[0], "shut");
    assert_has(told.actual[0], "open");
}

static void what_is_known_after_apply_says_so(void **state)
{
    struct told told;
    struct err err = {0};

    (void)state;
    assert_ok(read_plan(PLAN(CHANGE("aws_x.a", "'create'",
                                    ", 'before': null, 'after': {'name': 'n', 'tags': {}}, "
                                    "'after_unknown': {'id': true, 'tags': {}}"),
                             ""),
                        &told, &err),
              err);
    assert_has(told.expected[0], "\"id\":\"(known after apply)\"");
    assert_has(told.expected[0], "\"name\":\"n\"");
}

static void a_large_value_is_left_out_and_the_rest_stays(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(256 * 1024);
    CLEANUP(json_freep) struct json *plan = NULL;
    struct told told = {0};
    struct err err = {0};

    (void)state;
    buf_text(&text,
             "{\"format_version\": \"1.2\", \"resource_changes\": [{\"address\": \"aws_x.a\", "
             "\"change\": {\"actions\": [\"update\"], \"before\": {\"doc\": \"\", \"n\": 1}, "
             "\"after\": {\"n\": 2, \"doc\": \"");
    for (int i = 0; i < 50000; i++)
        buf_char(&text, 'x');
    buf_text(&text, "\"}}}]}");
    assert_ok(json_parse(&plan, text.bytes, text.len, &err), err);
    assert_ok(terraform_drifts(plan, note, &told, &err), err);
    assert_has(told.expected[0], "50002 bytes, left out");
    assert_has(told.expected[0], "\"n\":2");
}

static void a_plan_of_an_unknown_format_is_not_guessed_at(void **state)
{
    struct told told;
    struct err err = {0};

    (void)state;
    assert_int_equal(read_plan("{'format_version': '2.0'}", &told, &err), ERR_RETRY);
    assert_int_equal(read_plan("[]", &told, &err), ERR_RETRY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_in_resource_drift_is_no_drift),
        cmocka_unit_test(a_change_made_outside_is_told_with_both_sides),
        cmocka_unit_test(a_resource_deleted_by_hand_is_a_delete_though_the_plan_creates_it),
        cmocka_unit_test(a_replacement_is_an_update_and_reading_data_is_nothing),
        cmocka_unit_test(what_is_marked_sensitive_is_nowhere),
        cmocka_unit_test(what_is_known_after_apply_says_so),
        cmocka_unit_test(a_large_value_is_left_out_and_the_rest_stays),
        cmocka_unit_test(a_plan_of_an_unknown_format_is_not_guessed_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
