/*
 * What a fix promises beside its text (which tests/data/rules holds): nothing half done, inputs,
 * and rules that a user brings along. worker/rules/fix.c, owner.c, render.c.
 */
#include "tests/support/test.h"

#include <stdio.h>

#include "tests/support/hcl_make.h"
#include "tests/support/rules_text.h"
#include "worker/rules/rules.h"

static const char pack[] = "pack: mine\n"
                           "rules:\n"
                           "  - id: my-logging\n"
                           "    title: Buckets log\n"
                           "    severity: low\n"
                           "    class: INPUT\n"
                           "    types: [aws_s3_bucket]\n"
                           "    reviewer: R\n"
                           "    inputs:\n"
                           "      log_bucket:\n"
                           "        means: the bucket that takes logs\n"
                           "        candidate: {type: aws_s3_bucket, attribute: id}\n"
                           "    must:\n"
                           "      - companion: aws_s3_bucket_logging\n"
                           "        link: bucket\n"
                           "        must:\n"
                           "          - attribute: target_bucket\n"
                           "            present: true\n"
                           "        create:\n"
                           "          target_bucket: {input: log_bucket}\n"
                           "          target_prefix: \"s3/\"\n"
                           "          note: {expression: \"\\\"${{subject}.arn} {name}\\\"\"}\n"
                           "  - id: my-two\n"
                           "    title: Two things\n"
                           "    severity: low\n"
                           "    class: SAFE\n"
                           "    types: [aws_x]\n"
                           "    reviewer: R\n"
                           "    must:\n"
                           "      - attribute: first\n"
                           "        equals: true\n"
                           "      - attribute: second\n"
                           "        equals: true\n"
                           "  - id: my-text\n"
                           "    title: Text\n"
                           "    severity: low\n"
                           "    class: SAFE\n"
                           "    types: [aws_x]\n"
                           "    reviewer: R\n"
                           "    must:\n"
                           "      - attribute: a.b.c\n"
                           "        equals: 'say \"${hi}\" \\ %{x}'\n";

static struct rules *rules;

static int load_rules(void **state)
{
    (void)state;
    rules = rules_of_text(pack);
    return 0;
}

static int free_rules(void **state)
{
    (void)state;
    rules_free(rules);
    return 0;
}

struct fixed {
    struct hcl_repo *repo;
    struct hcl_edits *edits;
    struct rule_outcome outcome;
    int answer;
};

static void fix(struct fixed *fixed, const char *text, const char *id, const char *address,
                const struct rule_input *inputs, size_t n_inputs)
{
    struct hcl_module *root;
    struct err err = {0};

    fixed->repo = hcl_make_repo(&(struct made_file){"main.tf", text}, 1);
    root = hcl_make_open(fixed->repo, "");
    assert_ok(hcl_edits_new(&fixed->edits, &err), err);
    fixed->answer = rule_fix(rules_get(rules, id), root, hcl_resource_find(root, address), inputs,
                             n_inputs, fixed->edits, &fixed->outcome, &err);
    if (fixed->answer < 0)
        fail_msg("%s", err.text);
}

static void fixed_done(struct fixed *fixed)
{
    hcl_edits_free(fixed->edits);
    hcl_repo_free(fixed->repo);
}

/* The new text of the only file; owned by the edits. */
static void check_text(struct fixed *fixed, const char *expected)
{
    const struct hcl_edited *edited = NULL;
    struct err err = {0};
    size_t n = 0;

    assert_int_equal(fixed->answer, 0);
    assert_ok(hcl_edits_apply(fixed->edits, &edited, &n, &err), err);
    assert_int_equal(n, 1);
    assert_string_equal(edited[0].bytes, expected);
}

static void a_fix_that_cannot_be_whole_is_not_begun(void **state)
{
    struct fixed fixed;

    (void)state;
    fix(&fixed,
        "resource \"aws_x\" \"y\" {\n  first  = false\n  second = var.s\n}\n"
        "variable \"s\" {\n  default = false\n}\noutput \"o\" {\n  value = var.s\n}\n",
        "my-two", "aws_x.y", NULL, 0);
    assert_int_equal(fixed.answer, RULE_REFUSED);
    assert_has(fixed.outcome.text, "var.s");
    assert_has(fixed.outcome.text, "2 places");
    assert_int_equal(hcl_edits_count(fixed.edits), 0);
    assert_int_equal(fixed.outcome.n_predicted, 0);
    fixed_done(&fixed);
}

static void an_input_is_asked_for_by_name_and_then_used(void **state)
{
    static const char bucket[] = "resource \"aws_s3_bucket\" \"data\" {\n  bucket = \"d\"\n}\n";
    const struct rule_input inputs[] = {{"other", "1"}, {"log_bucket", "aws_s3_bucket.logs.id"}};
    struct fixed fixed;

    (void)state;
    fix(&fixed, bucket, "my-logging", "aws_s3_bucket.data", inputs, 1);
    assert_int_equal(fixed.answer, RULE_NEEDS_INPUT);
    assert_has(fixed.outcome.text, "log_bucket");
    assert_int_equal(hcl_edits_count(fixed.edits), 0);
    fixed_done(&fixed);

    fix(&fixed, bucket, "my-logging", "aws_s3_bucket.data", inputs, 2);
    check_text(&fixed,
               "resource \"aws_s3_bucket\" \"data\" {\n  bucket = \"d\"\n}\n\n"
               "resource \"aws_s3_bucket_logging\" \"data\" {\n  bucket = aws_s3_bucket.data.id\n\n"
               "  target_bucket = aws_s3_bucket.logs.id\n  target_prefix = \"s3/\"\n"
               "  note          = \"${aws_s3_bucket.data.arn} data\"\n}\n");
    fixed_done(&fixed);
}

static void a_pack_s_text_never_becomes_an_expression(void **state)
{
    struct fixed fixed;

    (void)state;
    fix(&fixed, "resource \"aws_x\" \"y\" {\n}\n", "my-text", "aws_x.y", NULL, 0);
    check_text(
        &fixed,
        "resource \"aws_x\" \"y\" {\n  a {\n    b {\n      c = \"say \\\"$${hi}\\\" \\\\ %%{x}\"\n"
        "    }\n  }\n}\n");
    fixed_done(&fixed);
}

static void a_shared_map_is_not_changed_behind_another_s_back(void **state)
{
    static const char text[] =
        "locals {\n  all = {\n    a = { on = false }\n  }\n}\n"
        "resource \"aws_x\" \"y\" {\n  for_each = local.all\n  first    = each.value.on\n"
        "  second   = true\n}\n"
        "resource \"aws_z\" \"z\" {\n  for_each = local.all\n  on       = each.value.on\n}\n";
    struct fixed fixed;

    (void)state;
    fix(&fixed, text, "my-two", "aws_x.y", NULL, 0);
    assert_int_equal(fixed.answer, RULE_REFUSED);
    assert_has(fixed.outcome.text, "local.all");
    fixed_done(&fixed);
}

static void two_rules_fit_into_one_set_of_edits(void **state)
{
    static const char text[] = "resource \"aws_db_instance\" \"d\" {\n  engine = \"mysql\"\n}\n";
    struct rule_outcome outcome;
    struct fixed fixed;
    struct hcl_module *root;
    struct err err = {0};

    (void)state;
    fix(&fixed, text, "aws-rds-instance-deletion-protection", "aws_db_instance.d", NULL, 0);
    root = hcl_make_open(fixed.repo, "");
    assert_ok(rule_fix(rules_get(rules, "aws-rds-instance-copy-tags"), root,
                       hcl_resource_find(root, "aws_db_instance.d"), NULL, 0, fixed.edits, &outcome,
                       &err),
              err);
    check_text(&fixed, "resource \"aws_db_instance\" \"d\" {\n  engine                = \"mysql\"\n"
                       "  deletion_protection   = true\n  copy_tags_to_snapshot = true\n}\n");
    fixed_done(&fixed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fix_that_cannot_be_whole_is_not_begun),
        cmocka_unit_test(an_input_is_asked_for_by_name_and_then_used),
        cmocka_unit_test(a_pack_s_text_never_becomes_an_expression),
        cmocka_unit_test(a_shared_map_is_not_changed_behind_another_s_back),
        cmocka_unit_test(two_rules_fit_into_one_set_of_edits),
    };

    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
