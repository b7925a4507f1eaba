#include "tests/support/rules_example.h"

#include <stdio.h>

#include "tests/support/hcl_make.h"
#include "tests/support/test.h"

struct rules *rules_example_pack(const char *must)
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

/* What the fix wrote is what its own check accepts. */
static void check_holds(const struct rule *rule, const char *text)
{
    const struct made_file file = {"main.tf", text};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(&file, 1);
    struct hcl_module *root = hcl_make_open(repo, "");
    char why[300] = "";
    enum rule_verdict verdict =
        rule_check(rule, root, hcl_resource_find(root, "aws_x.y"), why, sizeof why);

    if (verdict != RULE_HOLDS)
        fail_msg("%s afterwards: %s\n%s", rule_verdict_name(verdict), why, text);
}

/* The subject is always aws_x.y, wherever it stands. */
static void check_example(const struct example *one)
{
    CLEANUP(rules_freep) struct rules *rules = rules_example_pack(one->must);
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
    if (answer != CHANGED) {
        assert_has(outcome.text, one->then);
        return;
    }
    check_after(edits, one->then);
    check_holds(rules_at(rules, 0), one->then);
}

void rules_example_check(const struct example *examples, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_example(&examples[i]);
}
