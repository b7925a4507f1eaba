/*
 * The words of the rule language, one by one: a rule, a module, what the check says of it and what
 * the fix makes of it. worker/rules/fix_attribute.c, owner_list.c, owner.c, test_value.c.
 */
#include "tests/support/test.h"

#include <stdio.h>

#include "tests/support/hcl_make.h"
#include "worker/rules/rules.h"

#define CHANGED 0

struct example {
    const char *must; /* the statement */
    const char *text; /* main.tf */
    enum rule_verdict verdict;
    int answer;
    const char *then; /* CHANGED: the new main.tf; else what the outcome says */
};

static struct rules *rules_of(const char *must)
{
    struct rules *rules = NULL;
    struct err err = {0};
    char text[4096];

    (void)snprintf(text, sizeof text,
                   "pack: mine\nrules:\n  - id: my-rule\n    title: T\n    severity: low\n"
                   "    class: SAFE\n    types: [aws_x]\n    reviewer: R\n    must:\n%s",
                   must);
    if (rules_load_text(&rules, "mine.yaml", text, strlen(text), &err) < 0)
        fail_msg("%s", err.text);
    return rules;
}

static void check_after(struct hcl_edits *edits, const char *expected)
{
    const struct hcl_edited *edited = NULL;
    struct err err = {0};
    size_t n = 0;

    assert_ok(hcl_edits_apply(edits, &edited, &n, &err), err);
    assert_int_equal(n, 1);
    assert_string_equal(edited[0].bytes, expected);
}

/* The subject is always aws_x.y, wherever it stands. */
static void check_example(const struct example *one)
{
    CLEANUP(rules_freep) struct rules *rules = rules_of(one->must);
    const struct made_file file = {"main.tf", one->text};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(&file, 1);
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    struct hcl_module *root = hcl_make_open(repo, "");
    const struct hcl_resource *subject = hcl_resource_find(root, "aws_x.y");
    struct rule_outcome outcome = {0};
    struct err err = {0};
    char why[300] = "";
    enum rule_verdict verdict = rule_check(rules_at(rules, 0), root, subject, why, sizeof why);
    int answer;

    if (verdict != one->verdict)
        fail_msg("%s, not %s: %s\n%s", rule_verdict_name(verdict), rule_verdict_name(one->verdict),
                 why, one->text);
    assert_ok(hcl_edits_new(&edits, &err), err);
    answer = rule_fix(rules_at(rules, 0), root, subject, NULL, 0, edits, &outcome, &err);
    if (answer != one->answer)
        fail_msg("answer %d, not %d: %s %s\n%s", answer, one->answer, outcome.text, err.text,
                 one->text);
    if (answer == CHANGED)
        check_after(edits, one->then);
    else
        assert_has(outcome.text, one->then);
}

static void check_examples(const struct example *examples, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_example(&examples[i]);
}

#define X(inside) "resource \"aws_x\" \"y\" {\n" inside "}\n"

static void contains_none_drops_what_must_not_be_in_a_list(void **state)
{
    static const char none[] = "      - {attribute: l, contains_none: [\"a\", \"b\"]}\n";
    static const char open[] =
        "      - {attribute: l, contains_none: [\"a\"], set: [\"z\"], absent: fails}\n";
    static const char ok[] = "      - {attribute: l, contains_none: [\"a\"], absent: holds}\n";
    const struct example examples[] = {
        {none, X("  l = [\"c\", \"a\", \"d\", \"b\"]\n"), RULE_FAILS, CHANGED,
         X("  l = [\"c\", \"d\"]\n")},
        {none,
         X("  l = [\n    \"c\",\n    # of the office\n    \"d\",\n    # the world\n    "
           "\"a\",\n  ]\n"),
         RULE_FAILS, CHANGED, X("  l = [\n    \"c\",\n    # of the office\n    \"d\",\n  ]\n")},
        {none, X("  l = [\"a\", \"a\"]\n"), RULE_FAILS, CHANGED, X("  l = []\n")},
        {none, X("  l = []\n"), RULE_HOLDS, RULE_NO_CHANGE, ""},
        {none, X("  l = [\"c\", var.v]\n") "variable \"v\" {\n}\n", RULE_UNKNOWN, RULE_REFUSED,
         "cannot be known"},
        {none, X("  l = [var.v, \"a\"]\n") "variable \"v\" {\n}\n", RULE_FAILS, CHANGED,
         X("  l = [var.v]\n") "variable \"v\" {\n}\n"},
        {none,
         X("  l = var.v\n") "variable \"v\" {\n  type    = set(string)\n  default = "
                            "[\"q\", \"b\", \"c\"]\n}\n",
         RULE_FAILS, CHANGED,
         X("  l = var.v\n") "variable \"v\" {\n  type    = set(string)\n  default = "
                            "[\"q\", \"c\"]\n}\n"},
        {none, X("  l = concat([\"a\"], [\"c\"])\n"), RULE_FAILS, RULE_REFUSED,
         "computed by an expression at main.tf:2"},
        {none, X("  l = \"a\"\n"), RULE_UNKNOWN, RULE_REFUSED, "not a list"},
        {none, X(""), RULE_FAILS, RULE_REFUSED, "does not say what to write"},
        {ok, X(""), RULE_HOLDS, RULE_NO_CHANGE, ""},
        {open, X(""), RULE_FAILS, CHANGED, X("  l = [\"z\"]\n")},
        {open, X("  l = [\"a\"]\n"), RULE_FAILS, CHANGED, X("  l = [\"z\"]\n")},
        {open, X("  l = [\"a\", \"b\"]\n"), RULE_FAILS, CHANGED, X("  l = [\"b\"]\n")},
        {none, X("  count = 2\n  l     = [\"a\", \"c\"]\n"), RULE_FAILS, CHANGED,
         X("  count = 2\n  l     = [\"c\"]\n")},
    };

    (void)state;
    check_examples(examples, COUNT(examples));
}

static void present_false_takes_an_argument_away(void **state)
{
    static const char not [] = "      - {attribute: a, present: false}\n";
    static const char nested[] = "      - {attribute: b.a, present: false}\n";
    const struct example examples[] = {
        {not, X("  a   = \"host\"\n  bcd = 1\n"), RULE_FAILS, CHANGED, X("  bcd = 1\n")},
        {not, X("  b = 1\n"), RULE_HOLDS, RULE_NO_CHANGE, ""},
        {not, X("  a = null\n"), RULE_HOLDS, RULE_NO_CHANGE, ""},
        {not, X("  a = aws_k.k.arn\n  b = 1\n") "resource \"aws_k\" \"k\" {\n}\n", RULE_FAILS,
         CHANGED, X("  b = 1\n") "resource \"aws_k\" \"k\" {\n}\n"},
        {not, X("  a = \"x-${1 + 1}\"\n  b = 1\n"), RULE_FAILS, CHANGED, X("  b = 1\n")},
        {not, X("  count = 2\n  a     = \"host\"\n"), RULE_FAILS, CHANGED, X("  count = 2\n")},
        {not, X("  a = var.a\n") "variable \"a\" {\n  default = \"host\"\n}\n", RULE_FAILS,
         RULE_REFUSED, "comes from var.a, written at main.tf:5: make it null there"},
        {not, X("  a = var.a\n") "variable \"a\" {\n}\n", RULE_UNKNOWN, RULE_REFUSED,
         "cannot be known"},
        {not, X("  a = var.a ? \"host\" : null\n") "variable \"a\" {\n  default = true\n}\n",
         RULE_FAILS, CHANGED,
         X("  a = var.a ? \"host\" : null\n") "variable \"a\" {\n  default = false\n}\n"},
        {not, X("  a = \"host\"\n  lifecycle {\n    ignore_changes = [a]\n  }\n"), RULE_FAILS,
         RULE_REFUSED, "ignore_changes"},
        {nested, X("  b {\n    a = 1\n    c = 2\n  }\n"), RULE_FAILS, CHANGED,
         X("  b {\n    c = 2\n  }\n")},
        {nested, X(""), RULE_HOLDS, RULE_NO_CHANGE, ""},
    };

    (void)state;
    check_examples(examples, COUNT(examples));
}

static void an_argument_that_another_file_overrides_is_not_taken_away(void **state)
{
    static const struct made_file files[] = {
        {"main.tf", X("  a = \"host\"\n")},
        {"main_override.tf", X("  a = \"task\"\n")},
    };
    CLEANUP(rules_freep) struct rules *rules = rules_of("      - {attribute: a, present: false}\n");
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    struct hcl_module *root = hcl_make_open(repo, "");
    struct rule_outcome outcome = {0};
    struct err err = {0};

    (void)state;
    assert_ok(hcl_edits_new(&edits, &err), err);
    assert_int_equal(rule_fix(rules_at(rules, 0), root, hcl_resource_find(root, "aws_x.y"), NULL, 0,
                              edits, &outcome, &err),
                     RULE_REFUSED);
    assert_has(outcome.text, "overridden at main_override.tf:1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contains_none_drops_what_must_not_be_in_a_list),
        cmocka_unit_test(present_false_takes_an_argument_away),
        cmocka_unit_test(an_argument_that_another_file_overrides_is_not_taken_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
