/* What a drift event leaves in its pull request, whatever stands in it. */
#include <stdio.h>

#include "common/text/redact.h"
#include "proto/item.h"
#include "tests/support/test.h"
#include "worker/drift_record.h"
#include "worker/hcl/edit/edit.h"

#define FP         "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define RECORD_MAX ((size_t)64 * 1024)

static struct item *drift(const char *expected, const char *actual)
{
    struct item *item;
    struct err err;

    assert_ok(item_new(&item, ITEM_DRIFT, &err), err);
    assert_true(item_set_text(item, &item->address, "aws_s3_bucket.logs"));
    assert_true(item_set_text(item, &item->expected_json, expected));
    assert_true(item_set_text(item, &item->actual_json, actual));
    return item;
}

static void shows(const char *expected, const char *actual, const char *rows)
{
    CLEANUP(item_freep) struct item *item = drift(expected, actual);
    CLEANUP(buf_done) struct buf out = BUF(RECORD_MAX);
    CLEANUP(buf_done) struct buf wanted = BUF(RECORD_MAX);
    struct err err;

    assert_ok(drift_table(item, &out, &err), err);
    buf_print(&wanted, "| argument | in the code | running |\n|---|---|---|\n%s", rows);
    assert_string_equal(buf_str(&out), buf_str(&wanted));
}

static void only_what_differs_is_shown(void **state)
{
    (void)state;
    shows("{\"a\":1,\"b\":\"x\",\"c\":[1,2]}", "{\"a\":1,\"b\":\"y\",\"c\":[2,1]}",
          "| b | \"x\" | \"y\" |\n| c | \\[1,2\\] | \\[2,1\\] |\n");
    shows("{\"a\":{\"x\":1,\"y\":2}}", "{\"a\":{\"y\":2,\"x\":1}}", "");
}

static void what_one_side_lacks_is_absent_and_null_is_null(void **state)
{
    (void)state;
    shows("{\"a\":1}", "{\"b\":null}", "| a | 1 | (absent) |\n| b | (absent) | null |\n");
    shows(NULL, "{\"b\":2}", "| b | (absent) | 2 |\n");
    shows("{\"a\":1}", NULL, "| a | 1 | (absent) |\n");
    shows(NULL, NULL, "");
}

static void a_document_that_is_no_object_has_no_arguments(void **state)
{
    (void)state;
    shows("[1,2]", "\"text\"", "");
}

static void names_and_values_stay_in_their_cells(void **state)
{
    (void)state;
    shows("{\"a | b\\n\":\"@octocat closes #1\"}", "{}",
          "| a &#124; b | \"@&#8203;octocat closes \\#&#8203;1\" | (absent) |\n");
    shows("{\"<!-- plumb fp=\":\"`x`\"}", "{}",
          "| &lt;!-- plumb fp= | \"&#96;x&#96;\" | (absent) |\n");
}

static void a_known_secret_is_in_no_cell(void **state)
{
    (void)state;
    redact_register("s3cr_et_v4lue_");
    shows("{\"a\":\"s3cr_et_v4lue_\"}", "{\"a\":\"AKIAABCDEFGHIJKLMNOP\"}",
          "| a | \"\\[redacted\\]\" | \"\\[redacted\\]\" |\n");
}

static void many_and_long_differences_are_cut(void **state)
{
    CLEANUP(buf_done) struct buf many = BUF(ITEM_TEXT_MAX);
    CLEANUP(buf_done) struct buf out = BUF(RECORD_MAX);
    CLEANUP(buf_done) struct buf value = BUF(200);
    struct err err;
    size_t rows = 0;

    (void)state;
    while (value.len < 150)
        buf_text(&value, "hooks.slack.com/a ");
    for (int i = 0; i < 80; i++)
        buf_print(&many, "%s\"name_%d\":\"%s\"", i == 0 ? "{" : ",", i, buf_str(&value));
    buf_text(&many, "}");
    CLEANUP(item_freep) struct item *item = drift(buf_str(&many), "{}");
    assert_ok(drift_table(item, &out, &err), err);
    assert_true(out.len < 40000);
    for (const char *at = strchr(buf_str(&out), '\n'); at != NULL; at = strchr(at + 1, '\n'))
        rows++;
    assert_int_equal(rows, 2 + 60 + 1);
    assert_has(buf_str(&out), "| … | more differ | |\n");
}

static void the_record_is_one_new_file_named_by_the_fingerprint(void **state)
{
    CLEANUP(item_freep) struct item *item = drift("{\"a\":1}", "{\"a\":2}");
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    const struct hcl_edited *edited;
    struct err err;
    size_t n;

    (void)state;
    assert_ok(hcl_edits_new(&edits, &err), err);
    assert_ok(drift_record_add(item, FP, edits, &err), err);
    assert_ok(hcl_edits_apply(edits, &edited, &n, &err), err);
    assert_int_equal(n, 1);
    assert_true(edited[0].is_new);
    assert_string_equal(edited[0].path, ".plumbline/drift/0123456789abcdef.md");
    assert_string_equal(edited[0].bytes, "# Drift of aws_s3_bucket.logs\n\n"
                                         "Terraform would update it.\n\n"
                                         "| argument | in the code | running |\n|---|---|---|\n"
                                         "| a | 1 | 2 |\n");
}

static void an_event_s_own_word_for_the_action_is_not_repeated(void **state)
{
    CLEANUP(item_freep) struct item *item = drift("{}", "{}");

    (void)state;
    assert_string_equal(drift_verb(item), "update");
    assert_true(item_set_text(item, &item->drift_action, "delete"));
    assert_string_equal(drift_verb(item), "delete");
    assert_true(item_set_text(item, &item->drift_action, "create\n@octocat"));
    assert_string_equal(drift_verb(item), "update");
}

static void json_that_cannot_be_read_is_refused_by_name(void **state)
{
    CLEANUP(item_freep) struct item *expected = drift("{\"a\":", "{}");
    CLEANUP(item_freep) struct item *actual = drift("{}", "nothing");
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    CLEANUP(buf_done) struct buf out = BUF(RECORD_MAX);
    struct err err;

    (void)state;
    assert_int_equal(drift_table(expected, &out, &err), ERR_REJECT);
    assert_has(err.text, "field expected_json");
    assert_ok(hcl_edits_new(&edits, &err), err);
    assert_int_equal(drift_record_add(actual, FP, edits, &err), ERR_REJECT);
    assert_has(err.text, "field actual_json");
    assert_int_equal(hcl_edits_count(edits), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_differs_is_shown),
        cmocka_unit_test(what_one_side_lacks_is_absent_and_null_is_null),
        cmocka_unit_test(a_document_that_is_no_object_has_no_arguments),
        cmocka_unit_test(names_and_values_stay_in_their_cells),
        cmocka_unit_test(a_known_secret_is_in_no_cell),
        cmocka_unit_test(many_and_long_differences_are_cut),
        cmocka_unit_test(the_record_is_one_new_file_named_by_the_fingerprint),
        cmocka_unit_test(an_event_s_own_word_for_the_action_is_not_repeated),
        cmocka_unit_test(json_that_cannot_be_read_is_refused_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
