/* Which resources may refer to another one, worker/hcl/eval/referrers.c,
 * worker/hcl/module/by_type.c.
 */
#include "tests/support/test.h"

#include <stdio.h>

#include "tests/support/hcl_make.h"
#include "worker/hcl/eval/referrers.h"
#include "worker/hcl/module/by_type.h"
#include "worker/rules/rules.h"

static const struct made_file files[] = {
    {"main.tf",
     "resource \"aws_a\" \"one\" {\n  name = \"one\"\n}\n"
     "resource \"aws_a\" \"two\" {\n}\n"
     "resource \"aws_b\" \"plain\" {\n  of = aws_a.one.id\n}\n"
     "resource \"aws_b\" \"by_name\" {\n  of = \"one\"\n}\n"
     "resource \"aws_b\" \"other\" {\n  of = aws_a.two.id\n}\n"
     "resource \"aws_b\" \"open\" {\n  of = var.of\n}\n"
     "resource \"aws_b\" \"both\" {\n  for_each = { x = aws_a.one.id, y = aws_a.two.id }\n"
     "  of       = each.value\n}\n"
     "resource \"aws_b\" \"none\" {\n}\n"
     "resource \"aws_b\" \"of_another_type\" {\n  of = aws_c.c.id\n}\n"
     "resource \"aws_c\" \"c\" {\n  map = { Of = aws_a.one.id }\n}\n"
     "resource \"aws_c\" \"d\" {\n  map = { Of = aws_a.two.id }\n}\n"
     "data \"aws_b\" \"data\" {\n  of = aws_a.one.id\n}\n"
     "variable \"of\" {\n}\n"
     "module \"m\" {\n  source = \"./m\"\n  of     = aws_a.one.id\n}\n"},
    {"m/main.tf", "variable \"of\" {\n}\nresource \"aws_b\" \"inside\" {\n  of = var.of\n}\n"
                  "resource \"aws_a\" \"one\" {\n}\n"},
};

/* The addresses with blanks between. */
static const char *referrers_of(const struct hcl_module *root, const char *address,
                                const struct hcl_reference *reference)
{
    static char text[1024];
    struct hcl_referrers walk;
    const struct hcl_resource *one;

    text[0] = '\0';
    hcl_referrers_start(root, reference, hcl_resource_find(root, address), &walk);
    while ((one = hcl_referrers_next(&walk)) != NULL)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s",
                       text[0] != '\0' ? " " : "", one->address);
    return text;
}

static void only_what_surely_refers_to_another_is_left_out(void **state)
{
    const struct hcl_reference by_argument = {"aws_b", "of", NULL};
    const struct hcl_reference by_key = {"aws_c", "map", "Of"};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_module *root = hcl_make_open(repo, "");

    (void)state;
    for (int again = 0; again < 2; again++) {
        assert_string_equal(referrers_of(root, "aws_a.one", &by_argument),
                            "aws_b.plain aws_b.by_name aws_b.open aws_b.both aws_b.none "
                            "aws_b.of_another_type module.m.aws_b.inside");
        assert_string_equal(referrers_of(root, "aws_a.two", &by_argument),
                            "aws_b.by_name aws_b.other aws_b.open aws_b.both aws_b.none "
                            "aws_b.of_another_type");
        assert_string_equal(referrers_of(root, "module.m.aws_a.one", &by_argument),
                            "aws_b.by_name aws_b.open aws_b.none aws_b.of_another_type");
        assert_string_equal(referrers_of(root, "aws_a.one", &by_key), "aws_c.c");
    }
}

static void resources_of_a_type_come_in_file_order(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_module *root = hcl_make_open(repo, "");
    size_t next = 0;

    (void)state;
    assert_string_equal(hcl_resource_of(root, "aws_a", &next)->address, "aws_a.one");
    assert_string_equal(hcl_resource_of(root, "aws_a", &next)->address, "aws_a.two");
    assert_string_equal(hcl_resource_of(root, "aws_a", &next)->address, "module.m.aws_a.one");
    assert_null(hcl_resource_of(root, "aws_a", &next));
    next = 0;
    assert_null(hcl_resource_of(root, "aws_", &next));
    assert_null(hcl_resource_of(root, "zzz", &next));
}

/* One by one against all the others, the evaluation's memory would be gone long before the end. */
static void the_last_of_many_buckets_is_answered_too(void **state)
{
    CLEANUP(rules_freep) struct rules *rules = NULL;
    CLEANUP(buf_done) struct buf text = BUF(4 * 1024 * 1024);
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    struct made_file file = {"main.tf", NULL};
    const struct rule *rule;
    struct hcl_module *root;
    struct err err = {0};
    char why[300];

    (void)state;
    for (int i = 0; i < 1500; i++)
        buf_print(&text,
                  "resource \"aws_s3_bucket\" \"b%d\" {\n  bucket = \"b-%d\"\n}\n"
                  "resource \"aws_s3_bucket_versioning\" \"b%d\" {\n"
                  "  bucket = %s%d%s\n  versioning_configuration {\n"
                  "    status = \"Enabled\"\n  }\n}\n",
                  i, i, i, i % 100 == 0 ? "\"b-" : "aws_s3_bucket.b", i,
                  i % 100 == 0 ? "\"" : ".id");
    file.text = buf_str(&text);
    repo = hcl_make_repo(&file, 1);
    root = hcl_make_open(repo, "");
    assert_ok(rules_load(&rules, NULL, &err), err);
    rule = rules_get(rules, "aws-s3-versioning");
    for (int round = 0; round < 40; round++) { /* as many rules would ask */
        for (size_t i = 0; i < hcl_resource_count(root); i++)
            assert_int_equal(rule_check(rule, root, hcl_resource_at(root, i), why, sizeof why),
                             RULE_HOLDS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_surely_refers_to_another_is_left_out),
        cmocka_unit_test(resources_of_a_type_come_in_file_order),
        cmocka_unit_test(the_last_of_many_buckets_is_answered_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
