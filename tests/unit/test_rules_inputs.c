/* Where an input comes from when the policy file does not give it, worker/rules/candidate.c. */
#include "tests/support/rules_example.h"
#include "tests/support/test.h"

#include "tests/support/hcl_make.h"

#define KEY                                                                                        \
    "      - {attribute: key, present: true, set: {input: kms_key_arn}}\n"                         \
    "    inputs:\n      kms_key_arn:\n        means: the key that encrypts it\n"                   \
    "        candidate: {type: aws_kms_key, attribute: arn}\n"
#define LOGS                                                                                       \
    "      - companion: aws_log\n        link: of\n        create: {to: {input: log_bucket}}\n"    \
    "    inputs:\n      log_bucket:\n        means: the bucket for logs\n"                         \
    "        candidate: {type: aws_x, attribute: id}\n"
#define K(name, inside) "resource \"aws_kms_key\" \"" name "\" {\n" inside "}\n"

static void the_one_resource_of_the_type_gives_the_input(void **state)
{
    const struct example examples[] = {
        {KEY, X("") K("k", ""), RULE_FAILS, CHANGED, X("  key = aws_kms_key.k.arn\n") K("k", "")},
        {KEY, X("") "data \"aws_kms_key\" \"d\" {\n}\n" K("k", ""), RULE_FAILS, CHANGED,
         X("  key = aws_kms_key.k.arn\n") "data \"aws_kms_key\" \"d\" {\n}\n" K("k", "")},
        {KEY, X(""), RULE_FAILS, RULE_NEEDS_INPUT,
         "the input kms_key_arn is needed: set it in the policy file (the key that encrypts it; "
         "the "
         "module has no aws_kms_key that could give it)"},
        {KEY, X("") K("k", "") K("l", ""), RULE_FAILS, RULE_NEEDS_INPUT,
         "the module has 2 aws_kms_key, and which one is meant cannot be told"},
        {KEY, X("") K("k", "  count = 1\n"), RULE_FAILS, RULE_NEEDS_INPUT,
         "the module's one aws_kms_key has count or for_each"},
        {KEY, X("  key = var.k\n") K("k", "") "variable \"k\" {\n  default = \"\"\n}\n", RULE_FAILS,
         RULE_NEEDS_INPUT, "aws_kms_key.k.arn cannot be named at main.tf:7"},
        {KEY, X("  key = local.k\n") K("k", "") "locals {\n  k = \"\"\n}\n", RULE_FAILS, CHANGED,
         X("  key = local.k\n") K("k", "") "locals {\n  k = aws_kms_key.k.arn\n}\n"},
        {LOGS, X(""), RULE_FAILS, RULE_NEEDS_INPUT, "the module has no aws_x that could give it"},
        {LOGS, X("") "resource \"aws_x\" \"logs\" {\n}\n", RULE_FAILS, CHANGED,
         X("") "\nresource \"aws_log\" \"y\" {\n  of = aws_x.y.id\n\n  to = aws_x.logs.id\n}\n\n"
               "resource \"aws_x\" \"logs\" {\n}\n"},
    };

    (void)state;
    rules_example_check(examples, COUNT(examples));
}

/* The answer for module.m.aws_x.y; text gets what the outcome says. */
static int fix_in_module(const char *child, const struct rule_input *inputs, size_t n, char *text,
                         size_t size)
{
    const struct made_file files[] = {
        {"main.tf", "module \"m\" {\n  source = \"./m\"\n  k      = \"\"\n}\n" K("root", "")},
        {"m/main.tf", child},
    };
    CLEANUP(rules_freep) struct rules *rules = rules_example_pack(KEY);
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    struct hcl_module *root = hcl_make_open(repo, "");
    struct rule_outcome outcome = {0};
    struct err err = {0};
    int r;

    assert_ok(hcl_edits_new(&edits, &err), err);
    r = rule_fix(rules_at(rules, 0), root, hcl_resource_find(root, "module.m.aws_x.y"), inputs, n,
                 edits, &outcome, &err);
    if (r < 0)
        fail_msg("%s", err.text);
    assert_true(str_copy(text, size, outcome.text));
    return r;
}

static void a_candidate_lives_in_the_subject_s_own_module(void **state)
{
    static const struct rule_input given[] = {{"kms_key_arn", "\"arn:x\""}};
    static const char through_call[] =
        X("  key = var.k\n") K("k", "") "variable \"k\" {\n  default = null\n}\n";
    char text[1100];

    (void)state;
    assert_int_equal(fix_in_module(X(""), NULL, 0, text, sizeof text), RULE_NEEDS_INPUT);
    assert_has(text, "has no aws_kms_key");
    assert_int_equal(fix_in_module(X("") K("k", ""), NULL, 0, text, sizeof text), 0);
    assert_has(text, "kms_key_arn is aws_kms_key.k.arn, the module's only aws_kms_key");
    assert_int_equal(fix_in_module(through_call, NULL, 0, text, sizeof text), RULE_NEEDS_INPUT);
    assert_has(text, "aws_kms_key.k.arn cannot be named at main.tf:3");
    assert_int_equal(fix_in_module(through_call, given, COUNT(given), text, sizeof text), 0);
    assert_has(text, "set key = \"arn:x\"");
}

static void the_policy_file_comes_first(void **state)
{
    static const struct rule_input given[] = {{"kms_key_arn", "\"arn:x\""}};
    char text[1100];

    (void)state;
    assert_int_equal(fix_in_module(X("") K("k", ""), given, COUNT(given), text, sizeof text), 0);
    assert_has(text, "set key = \"arn:x\" in module.m.aws_x.y");
    assert_null(strstr(text, "only"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_one_resource_of_the_type_gives_the_input),
        cmocka_unit_test(a_candidate_lives_in_the_subject_s_own_module),
        cmocka_unit_test(the_policy_file_comes_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
