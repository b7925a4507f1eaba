/* The examples of docs/writing-rules.md do what the page says of them. */
#include "tests/support/test.h"

#include <stdio.h>

#include "common/files.h"
#include "tests/support/hcl_make.h"
#include "worker/rules/rules.h"

static char page[64 * 1024];
static char flat[64 * 1024]; /* the page with blanks for its line ends */

static int read_page(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(sizeof page);
    char path[1024];
    struct err err = {0};

    (void)state;
    (void)snprintf(path, sizeof path, "%s/docs/writing-rules.md", getenv("PLUMB_SOURCE_DIR"));
    assert_ok(files_read(path, &text, &err), err);
    assert_true(str_copy(page, sizeof page, buf_str(&text)));
    for (size_t i = 0; i <= strlen(page); i++)
        flat[i] = page[i] == '\n' ? ' ' : page[i];
    return 0;
}

/* The n-th block of that language that begins with head, or NULL; in out. */
static bool block_of(const char *language, const char *head, size_t n, struct buf *out)
{
    char fence[32];
    const char *at = page;

    (void)snprintf(fence, sizeof fence, "```%s\n", language);
    while ((at = strstr(at, fence)) != NULL) {
        at += strlen(fence);
        if (!str_starts(at, head) || n-- > 0)
            continue;
        buf_bytes(out, at, (size_t)(strstr(at, "```") - at));
        return true;
    }
    return false;
}

static struct rules *rules_of_page(void)
{
    CLEANUP(buf_done) struct buf text = BUF(sizeof page);
    struct rules *rules = NULL;
    struct err err = {0};

    assert_true(block_of("yaml", "pack: mine\nrules:\n  - id: mine-queue-retention", 0, &text));
    for (size_t i = 0; block_of("yaml", "  - id: mine-", i, &text); i++)
        ;
    if (rules_load_text(&rules, "mine.yaml", buf_str(&text), text.len, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(rules_count(rules), 3);
    return rules;
}

/* The answer for the page's module with more behind it; what becomes of main.tf goes to after. */
static int fix(const char *id, const char *address, const char *more, struct rule_outcome *outcome,
               struct buf *after)
{
    CLEANUP(rules_freep) struct rules *rules = rules_of_page();
    CLEANUP(buf_done) struct buf text = BUF(sizeof page);
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    const struct hcl_edited *edited = NULL;
    struct made_file file = {"main.tf", NULL};
    struct hcl_module *root;
    struct err err = {0};
    size_t n = 0;
    int r;

    assert_true(block_of("hcl", "variable \"retention\"", 0, &text));
    buf_text(&text, more);
    file.text = buf_str(&text);
    repo = hcl_make_repo(&file, 1);
    root = hcl_make_open(repo, "");
    assert_ok(hcl_edits_new(&edits, &err), err);
    r = rule_fix(rules_get(rules, id), root, hcl_resource_find(root, address), NULL, 0, edits,
                 outcome, &err);
    if (r < 0)
        fail_msg("%s", err.text);
    if (r == 0) {
        assert_ok(hcl_edits_apply(edits, &edited, &n, &err), err);
        buf_text(after, edited[0].bytes);
    }
    return r;
}

static void the_value_changes_where_it_is_written(void **state)
{
    CLEANUP(buf_done) struct buf after = BUF(sizeof page);
    struct rule_outcome outcome = {0};

    (void)state;
    assert_int_equal(fix("mine-queue-retention", "aws_sqs_queue.orders", "", &outcome, &after), 0);
    assert_has(buf_str(&after), "  default = 345600\n");
    assert_int_equal(fix("mine-queue-retention", "aws_sqs_queue.returns", "", &outcome, &after),
                     RULE_NO_CHANGE);
}

static void the_alarm_asks_for_its_topic_and_takes_the_only_one(void **state)
{
    static const char topic[] =
        "\nresource \"aws_sns_topic\" \"on_call\" {\n  name = \"on-call\"\n}\n";
    CLEANUP(buf_done) struct buf after = BUF(sizeof page);
    CLEANUP(buf_done) struct buf alarm = BUF(sizeof page);
    struct rule_outcome outcome = {0};

    (void)state;
    assert_int_equal(fix("mine-queue-backlog-alarm", "aws_sqs_queue.orders", "", &outcome, &after),
                     RULE_NEEDS_INPUT);
    assert_has(flat, outcome.text);
    assert_int_equal(
        fix("mine-queue-backlog-alarm", "aws_sqs_queue.orders", topic, &outcome, &after), 0);
    assert_true(block_of("hcl", "resource \"aws_cloudwatch_metric_alarm\"", 0, &alarm));
    assert_has(buf_str(&after), buf_str(&alarm));
}

static void the_one_that_breaks_is_told(void **state)
{
    static const char files[] =
        "\nresource \"aws_efs_file_system\" \"f\" {\n  encrypted = true\n}\n";
    CLEANUP(buf_done) struct buf after = BUF(sizeof page);
    struct rule_outcome outcome = {0};

    (void)state;
    assert_int_equal(
        fix("mine-file-system-encryption", "aws_efs_file_system.f", files, &outcome, &after),
        RULE_REFUSED);
    assert_has(outcome.text, "kms_key_id is not set");
    assert_has(outcome.text, "copy the files with DataSync");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_value_changes_where_it_is_written),
        cmocka_unit_test(the_alarm_asks_for_its_topic_and_takes_the_only_one),
        cmocka_unit_test(the_one_that_breaks_is_told),
    };

    return cmocka_run_group_tests(tests, read_page, NULL);
}
