/* A companion that a fix writes into a module is there for every root that calls it. worker/rules/
 * served.c. */
#include "tests/support/test.h"

#include <stdio.h>

#include "tests/support/hcl_make.h"
#include "tests/support/rules_example.h"
#include "tests/support/rules_text.h"

static const char more[] = "      - companion: aws_x_more\n        link: x\n        create:\n"
                           "          on: true\n";

#define MODULE                                                                                     \
    {                                                                                              \
        "modules/m/main.tf", X("  name = var.name\n") "variable \"name\" {\n}\n"                   \
                                                      "output \"id\" {\n  value = aws_x.y.id\n}\n" \
    }
#define CALL(name)  "module \"m\" {\n  source = \"../modules/m\"\n  name   = \"" name "\"\n}\n"
#define ONE(inside) "resource \"aws_x_more\" \"one\" {\n" inside "}\n"
#define FILES_MAX   4

/* The fix of the module's block, as root a sees it. */
static int answer(const struct made_file *other, const char *mine, struct rule_outcome *outcome)
{
    CLEANUP(rules_freep) struct rules *rules = rules_example_pack(more);
    struct made_file files[FILES_MAX] = {MODULE, {"a/main.tf", mine}};
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    struct err err = {0};
    size_t n = 2;

    if (other->path != NULL)
        files[n++] = *other;
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, n);
    struct hcl_module *root = hcl_make_open(repo, "a");

    *outcome = (struct rule_outcome){0};
    assert_ok(hcl_edits_new(&edits, &err), err);
    int r = rule_fix(rules_at(rules, 0), root, hcl_resource_find(root, "module.m.aws_x.y"), NULL, 0,
                     edits, outcome, &err);
    if (r < 0)
        fail_msg("%s", err.text);
    assert_int_equal(hcl_edits_count(edits) > 0, r == 0);
    return r;
}

static void one_in_another_root_that_calls_the_module_keeps_the_fix_from_being_made(void **state)
{
    static const char *const with_one[] = {
        CALL("b") ONE("  x = module.m.id\n"), /* by reference */
        CALL("b") ONE("  x  = local.id\n") "locals {\n  id = module.m.id\n}\n",
        CALL("b") ONE("  x = var.x\n") "variable \"x\" {\n}\n", /* may be it */
        CALL("b") ONE(
            "  count = var.on ? 1 : 0\n  x     = module.m.id\n") "variable \"on\" {\n  default = "
                                                                 "false\n}\n", /* switched off with
                                                                                  these values */
    };
    struct rule_outcome outcome;

    (void)state;
    for (size_t i = 0; i < COUNT(with_one); i++) {
        struct made_file other = {"b/main.tf", with_one[i]};
        if (answer(&other, CALL("a"), &outcome) != RULE_REFUSED)
            fail_msg("not refused for\n%s", with_one[i]);
        assert_has(outcome.text, "b calls the module too");
        assert_has(outcome.text, "module.m.aws_x.y there has or may have an aws_x_more");
    }
}

static void another_root_without_one_does_not_mind(void **state)
{
    static const struct made_file others[] = {
        {NULL, NULL},
        {"b/main.tf", CALL("b")},
        {"b/main.tf",
         CALL("b") X("") ONE("  x = aws_x.y.id\n")}, /* another one's, of the same name */
        {"b/main.tf", ONE("  x = \"a\"\n")},         /* calls it not */
        {"b/main.tf", CALL("b") "data \"aws_x_more\" \"one\" {\n  x = module.m.id\n}\n"},
    };
    struct rule_outcome outcome;

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++)
        if (answer(&others[i], CALL("a"), &outcome) != 0)
            fail_msg("%zu: %s", i, outcome.text);
}

static void one_that_is_switched_off_beside_the_call_is_no_missing_one(void **state)
{
    struct rule_outcome outcome;

    (void)state;
    assert_int_equal(answer(&(struct made_file){NULL, NULL},
                            CALL("a") ONE("  count = 0\n  x     = module.m.id\n"), &outcome),
                     RULE_REFUSED);
    assert_has(outcome.text, "aws_x_more.one is there for it and has no instances");
    assert_int_equal(answer(&(struct made_file){NULL, NULL},
                            CALL("a") ONE("  count = 0\n  x     = \"other\"\n"), &outcome),
                     0);
}

static void a_root_that_cannot_be_opened_may_have_one(void **state)
{
    static const struct made_file broken = {"b/main.tf", CALL("b") ONE("  x = module.m.id\n")
                                                             ONE("  x = module.m.id\n")};
    struct rule_outcome outcome;

    (void)state;
    assert_int_equal(answer(&broken, CALL("a"), &outcome), RULE_REFUSED);
    assert_has(outcome.text, "b calls the module too and may have an aws_x_more");
    assert_has(outcome.text, "cannot be looked at (");
}

/* More roots than a message could name, and the one that has it is the last. */
static void of_many_roots_each_is_looked_at(void **state)
{
    CLEANUP(rules_freep) struct rules *rules = rules_example_pack(more);
    static char paths[120][32];
    struct made_file files[122] = {MODULE};
    struct rule_outcome outcome = {0};
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < 120; i++) {
        (void)snprintf(paths[i], sizeof paths[i], "r%03zu/main.tf", i);
        files[1 + i] =
            (struct made_file){paths[i], i < 119 ? CALL("b") X("") ONE("  x = aws_x.y.id\n")
                                                 : CALL("b") ONE("  x = module.m.id\n")};
    }
    for (size_t n = 120; n <= 121; n++) { /* without the last, and with it */
        CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, n);
        CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
        struct hcl_module *root = hcl_make_open(repo, "r000");

        assert_ok(hcl_edits_new(&edits, &err), err);
        assert_int_equal(rule_fix(rules_at(rules, 0), root,
                                  hcl_resource_find(root, "module.m.aws_x.y"), NULL, 0, edits,
                                  &outcome, &err),
                         n == 120 ? 0 : RULE_REFUSED);
    }
    assert_has(outcome.text, "r119 calls the module too");
}

/* A second policy would take the place of the first. */
static void a_policy_is_written_into_no_module_that_another_call_has_one_for(void **state)
{
    static const char call[] = "module \"m\" {\n  source = \"../modules/m\"\n}\n";
    static const char both[] = "module \"m\" {\n  source = \"../modules/m\"\n}\n"
                               "module \"n\" {\n  source = \"../modules/m\"\n}\n"
                               "resource \"aws_s3_bucket_policy\" \"p\" {\n"
                               "  bucket = module.n.id\n  policy = var.p\n}\n";
    static const char other[] = "module \"m\" {\n  source = \"../modules/m\"\n}\n"
                                "resource \"aws_s3_bucket_policy\" \"p\" {\n"
                                "  bucket = module.m.id\n  policy = var.p\n}\n";
    static const struct {
        const char *a, *b, *refused;
    } tries[] = {
        {call, call, NULL},
        {both, call, "the module is called for module.n.aws_s3_bucket.y too"},
        {call, other, "b calls the module too, and module.m.aws_s3_bucket.y there has"},
    };
    CLEANUP(rules_freep) struct rules *rules = rules_of_text("pack: none\nrules: []\n");
    const struct rule *rule = rules_get(rules, "aws-s3-deny-insecure-transport");
    struct err err = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(tries); i++) {
        const struct made_file files[] = {
            {"modules/m/main.tf", "resource \"aws_s3_bucket\" \"y\" {\n}\n"
                                  "output \"id\" {\n  value = aws_s3_bucket.y.id\n}\n"},
            {"a/main.tf", tries[i].a},
            {"b/main.tf", tries[i].b},
        };
        CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
        CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
        struct hcl_module *root = hcl_make_open(repo, "a");
        struct rule_outcome outcome = {0};

        assert_ok(hcl_edits_new(&edits, &err), err);
        assert_int_equal(rule_fix(rule, root, hcl_resource_find(root, "module.m.aws_s3_bucket.y"),
                                  NULL, 0, edits, &outcome, &err),
                         tries[i].refused != NULL ? RULE_REFUSED : 0);
        if (tries[i].refused != NULL)
            assert_has(outcome.text, tries[i].refused);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_in_another_root_that_calls_the_module_keeps_the_fix_from_being_made),
        cmocka_unit_test(another_root_without_one_does_not_mind),
        cmocka_unit_test(one_that_is_switched_off_beside_the_call_is_no_missing_one),
        cmocka_unit_test(a_root_that_cannot_be_opened_may_have_one),
        cmocka_unit_test(of_many_roots_each_is_looked_at),
        cmocka_unit_test(a_policy_is_written_into_no_module_that_another_call_has_one_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
