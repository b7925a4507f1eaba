/*
 * Rules where a resource is not simply one native block: overridden by other files, or written in
 * Terraform's JSON syntax. Judged as terraform sees it, changed where it is written, or refused
 * with the place.
 */
#include "tests/support/test.h"

#include <stdio.h>

#include "tests/support/hcl_make.h"
#include "tests/support/rules_text.h"
#include "worker/rules/rules.h"

static const char pack[] = "pack: mine\n"
                           "rules:\n"
                           "  - id: my-on\n"
                           "    title: On\n"
                           "    severity: low\n"
                           "    class: SAFE\n"
                           "    types: [aws_x]\n"
                           "    reviewer: R\n"
                           "    must:\n"
                           "      - attribute: on\n"
                           "        equals: true\n"
                           "  - id: my-block\n"
                           "    title: A block\n"
                           "    severity: low\n"
                           "    class: SAFE\n"
                           "    types: [aws_x]\n"
                           "    reviewer: R\n"
                           "    must:\n"
                           "      - block: part\n"
                           "        match: {kind: good}\n"
                           "        must:\n"
                           "          - attribute: on\n"
                           "            equals: true\n"
                           "        create:\n"
                           "          kind: good\n"
                           "          on: true\n"
                           "  - id: my-companion\n"
                           "    title: A companion\n"
                           "    severity: low\n"
                           "    class: SAFE\n"
                           "    types: [aws_x]\n"
                           "    reviewer: R\n"
                           "    must:\n"
                           "      - companion: aws_x_more\n"
                           "        link: x\n"
                           "        must:\n"
                           "          - attribute: on\n"
                           "            equals: true\n"
                           "        create:\n"
                           "          on: true\n";

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
    const struct hcl_edited *edited;
    size_t n;
    int answer;
};

static void fixed_done(struct fixed *fixed)
{
    hcl_edits_free(fixed->edits);
    hcl_repo_free(fixed->repo);
}

static void fix(struct fixed *fixed, const struct made_file *files, size_t n, const char *id)
{
    const struct hcl_resource *resource;
    struct hcl_module *root;
    struct err err = {0};

    fixed->repo = hcl_make_repo(files, n);
    root = hcl_make_open(fixed->repo, "");
    resource = hcl_resource_find(root, "aws_x.a");
    assert_non_null(resource);
    assert_ok(hcl_edits_new(&fixed->edits, &err), err);
    fixed->answer = rule_fix(rules_get(rules, id), root, resource, NULL, 0, fixed->edits,
                             &fixed->outcome, &err);
    if (fixed->answer < 0)
        fail_msg("%s", err.text);
    assert_ok(hcl_edits_apply(fixed->edits, &fixed->edited, &fixed->n, &err), err);
}

static void expect_edit(const struct fixed *fixed, const char *path, const char *text)
{
    if (fixed->answer != 0)
        fail_msg("%d: %s", fixed->answer, fixed->outcome.text);
    assert_int_equal(fixed->n, 1);
    assert_string_equal(fixed->edited[0].path, path);
    assert_string_equal(fixed->edited[0].bytes, text);
}

static void expect_refusal(const struct fixed *fixed, const char *why)
{
    assert_int_equal(fixed->answer, RULE_REFUSED);
    assert_has(fixed->outcome.text, why);
    assert_int_equal(fixed->n, 0);
}

#define FIX(name, files, id)                                                                       \
    CLEANUP(fixed_done) struct fixed name = {0};                                                   \
    fix(&name, files, COUNT(files), id)

#define BASE(inside)                                                                               \
    {                                                                                              \
        "main.tf", "resource \"aws_x\" \"a\" {\n" inside "}\n"                                     \
    }
#define OVER(inside)                                                                               \
    {                                                                                              \
        "override.tf", "\nresource \"aws_x\" \"a\" {\n" inside "}\n"                               \
    }
#define JSON(inside)                                                                               \
    {                                                                                              \
        "main.tf.json", "{\"resource\": {\"aws_x\": {\n\"a\": {\n" inside "}}}}"                   \
    }

static void an_overridden_value_is_changed_where_it_counts(void **state)
{
    static const struct made_file files[] = {BASE("  on = true\n"), OVER("  on = false\n")};

    (void)state;
    FIX(fixed, files, "my-on");
    expect_edit(&fixed, "override.tf", "\nresource \"aws_x\" \"a\" {\n  on = true\n}\n");
    assert_has(fixed.outcome.text, "override.tf:3");
    assert_string_equal(fixed.outcome.predicted[0], "aws_x.a");
}

static void what_an_override_sets_right_holds(void **state)
{
    static const struct made_file files[] = {BASE("  on = false\n"), OVER("  on = true\n")};

    (void)state;
    FIX(fixed, files, "my-on");
    assert_int_equal(fixed.answer, RULE_NO_CHANGE);
}

static void what_no_override_touches_is_changed_in_the_block(void **state)
{
    static const struct made_file files[] = {BASE("  on = false\n"), OVER("  b = 1\n")};
    static const struct made_file absent[] = {BASE("  a = 1\n"), OVER("  b = 1\n")};

    (void)state;
    FIX(fixed, files, "my-on");
    expect_edit(&fixed, "main.tf", "resource \"aws_x\" \"a\" {\n  on = true\n}\n");
    FIX(added, absent, "my-on");
    expect_edit(&added, "main.tf", "resource \"aws_x\" \"a\" {\n  a  = 1\n  on = true\n}\n");
}

static void blocks_of_an_overridden_type_are_not_added_where_they_would_not_count(void **state)
{
    static const struct made_file over[] = {BASE("  a = 1\n"),
                                            OVER("  part {\n    kind = \"x\"\n  }\n")};
    static const struct made_file other[] = {BASE("  a = 1\n"), OVER("  b = 1\n")};
    static const struct made_file inside[] = {
        BASE("  part {\n    kind = \"good\"\n    on   = true\n  }\n"),
        OVER("  part {\n    kind = \"good\"\n    on   = false\n  }\n")};

    (void)state;
    FIX(refused, over, "my-block");
    expect_refusal(&refused, "the part blocks of aws_x.a are overridden at override.tf:2");
    FIX(added, other, "my-block");
    expect_edit(&added, "main.tf",
                "resource \"aws_x\" \"a\" {\n  a = 1\n\n  part {\n    kind = \"good\"\n    on   = "
                "true\n  }\n}\n");
    FIX(changed, inside, "my-block");
    expect_edit(&changed, "override.tf",
                "\nresource \"aws_x\" \"a\" {\n  part {\n    kind = \"good\"\n    on   = true\n  "
                "}\n}\n");
}

static void a_companion_stands_behind_the_block_itself(void **state)
{
    static const struct made_file files[] = {BASE("  a = 1\n"), OVER("  b = 1\n")};

    (void)state;
    FIX(fixed, files, "my-companion");
    assert_int_equal(fixed.answer, 0);
    assert_int_equal(fixed.n, 1);
    assert_string_equal(fixed.edited[0].path, "main.tf");
    assert_has(fixed.edited[0].bytes, "resource \"aws_x_more\" \"a\" {\n  x = aws_x.a.id\n");
}

static void json_is_judged_and_left_to_a_human(void **state)
{
    static const struct made_file bad[] = {JSON("\"on\": false")};
    static const struct made_file good[] = {JSON("\"on\": \"${1 == 1}\"")};
    static const struct made_file absent[] = {JSON("\"b\": false")};

    (void)state;
    FIX(refused, bad, "my-on");
    expect_refusal(&refused, "main.tf.json:3: Terraform's JSON syntax is read but not edited");
    FIX(holds, good, "my-on");
    assert_int_equal(holds.answer, RULE_NO_CHANGE);
    FIX(added, absent, "my-on");
    expect_refusal(&added, "main.tf.json:2: Terraform's JSON syntax is read but not edited");
    FIX(companion, absent, "my-companion");
    expect_refusal(&companion, "main.tf.json:2: Terraform's JSON syntax is read but not edited");
}

/* Without the provider's schema nobody can tell a block from an argument there. */
static void a_block_in_json_is_never_taken_for_absent(void **state)
{
    static const struct made_file one[] = {JSON("\"part\": {\"kind\": \"good\", \"on\": true}")};
    static const struct made_file dynamic[] = {
        JSON("\"dynamic\": {\"part\": {\"for_each\": [1], \"content\": {\"kind\": \"good\"}}}")};
    static const struct made_file over[] = {
        BASE("  part {\n    kind = \"good\"\n    on   = true\n  }\n"),
        {"override.tf.json",
         "{\"resource\": {\"aws_x\": {\"a\": {\"part\": {\"kind\": \"bad\"}}}}}"}};

    (void)state;
    FIX(plain, one, "my-block");
    expect_refusal(&plain, "part may be a block or an argument in Terraform's JSON syntax");
    FIX(made, dynamic, "my-block");
    expect_refusal(&made, "part blocks are produced by a dynamic block");
    FIX(overridden, over, "my-block");
    expect_refusal(&overridden, "part");
}

static void a_value_is_changed_where_it_can_be(void **state)
{
    static const struct made_file native_owner[] = {
        JSON("\"on\": \"${var.on}\""), {"v.tf", "variable \"on\" {\n  default = false\n}\n"}};
    static const struct made_file json_owner[] = {
        BASE("  on = var.on\n"), {"v.tf.json", "{\"variable\": {\n\"on\": {\"default\": false}}}"}};
    static const struct made_file json_values[] = {
        BASE("  on = var.on\n"),
        {"v.tf", "variable \"on\" {}\n"},
        {"terraform.tfvars.json", "{\n\n\"on\": false}"}};

    (void)state;
    FIX(changed, native_owner, "my-on");
    expect_edit(&changed, "v.tf", "variable \"on\" {\n  default = true\n}\n");
    FIX(refused, json_owner, "my-on");
    expect_refusal(&refused, "v.tf.json:2: Terraform's JSON syntax is read but not edited");
    FIX(values, json_values, "my-on");
    expect_refusal(&values, "terraform.tfvars.json:3: Terraform's JSON syntax is read");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_overridden_value_is_changed_where_it_counts),
        cmocka_unit_test(what_an_override_sets_right_holds),
        cmocka_unit_test(what_no_override_touches_is_changed_in_the_block),
        cmocka_unit_test(blocks_of_an_overridden_type_are_not_added_where_they_would_not_count),
        cmocka_unit_test(a_companion_stands_behind_the_block_itself),
        cmocka_unit_test(json_is_judged_and_left_to_a_human),
        cmocka_unit_test(a_block_in_json_is_never_taken_for_absent),
        cmocka_unit_test(a_value_is_changed_where_it_can_be),
    };

    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
