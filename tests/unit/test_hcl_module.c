/* Repositories, modules, their children and their instances. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/hcl_make.h"
#include "worker/hcl/locate/locate.h"

static const char *text_of(const struct hcl_module *root, const char *address, size_t instance,
                           const char *name)
{
    const struct hcl_resource *resource = hcl_resource_find(root, address);
    const struct hcl_instance *instances;

    assert_non_null(resource);
    assert_true(hcl_instances(resource, &instances) > instance);
    const struct hcl_value *v =
        hcl_eval_attribute(resource, resource->block, name, &instances[instance]);
    assert_non_null(v);
    if (v->kind != HCL_V_TEXT)
        fail_msg("%s.%s is no text: %s", address, name, v->unknown != NULL ? v->unknown : "");
    return v->text;
}

static void only_directories_that_nobody_calls_are_roots(void **state)
{
    const struct made_file files[] = {
        {"live/prod/main.tf", "module \"a\" { source = \"../../modules/a\" }\n"},
        {"live/dev/main.tf", "module \"a\" { source = \"../../modules/a/\" }\n"},
        {"modules/a/main.tf", "module \"b\" { source = \"./b\" }\n"},
        {"modules/a/b/main.tf", "locals {}\n"},
        {"modules/unused/main.tf", "locals {}\n"},
        {"docs/readme.md", "no Terraform"},
        {"live/values.tfvars", "a = 1\n"},
        {".terraform/modules/x/main.tf", "locals {}\n"},
    };
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    const char *roots[4];

    (void)state;
    assert_int_equal(hcl_repo_roots(repo, "", roots, COUNT(roots)), 3);
    assert_string_equal(roots[0], "live/dev");
    assert_string_equal(roots[1], "live/prod");
    assert_string_equal(roots[2], "modules/unused");
    assert_int_equal(hcl_repo_roots(repo, "live/", roots, 1), 2);
    assert_int_equal(hcl_repo_roots(repo, "liv", roots, COUNT(roots)), 0);
    assert_int_equal(hcl_repo_file_count(repo), 6);
    assert_string_equal(hcl_repo_file_at(repo, 0)->path, "live/dev/main.tf");
    assert_null(hcl_repo_file_at(repo, 6));
    assert_null(hcl_repo_file(repo, "docs/readme.md"));
}

static int open_error(const struct made_file *files, size_t n, const char *directory,
                      const char *wanted)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, n);
    struct hcl_module *module;
    struct err err;
    int r = hcl_module_open(repo, directory, &module, &err);

    if (r < 0 && strstr(err.text, wanted) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.text, wanted);
    return r;
}

static void what_cannot_be_read_whole_is_refused_with_its_reason(void **state)
{
    const struct made_file broken[] = {{"main.tf", "locals {\n"}};
    const struct made_file json[] = {{"main.tf", "locals {}\n"}, {"x.tf.json", "{]"}};
    const struct made_file values[] = {{"main.tf", "locals {}\n"}, {"a.auto.tfvars.json", "[]"}};
    const struct made_file child[] = {{"main.tf", "module \"m\" { source = \"./m\" }\n"},
                                      {"m/main.tf", "locals {\n"}};
    const struct made_file cycle[] = {{"main.tf", "module \"m\" { source = \"./m\" }\n"},
                                      {"m/main.tf", "module \"up\" { source = \"../\" }\n"}};

    (void)state;
    assert_int_equal(open_error(NULL, 0, "x", "no .tf files in x"), ERR_REJECT);
    assert_int_equal(open_error(broken, COUNT(broken), "", "main.tf:"), ERR_REJECT);
    assert_int_equal(open_error(json, COUNT(json), "", "x.tf.json:1:2:"), ERR_REJECT);
    assert_int_equal(open_error(values, COUNT(values), "", "a.auto.tfvars.json:1:1:"), ERR_REJECT);
    assert_int_equal(open_error(child, COUNT(child), "", "m/main.tf:"), ERR_REJECT);
    assert_int_equal(open_error(cycle, COUNT(cycle), "", "calls itself"), ERR_REJECT);
}

static void a_broken_file_elsewhere_disturbs_nobody(void **state)
{
    const struct made_file files[] = {{"a/main.tf", "locals {}\n"}, {"b/main.tf", "locals {\n"}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));

    (void)state;
    assert_non_null(hcl_make_open(repo, "a"));
    assert_non_null(hcl_repo_broken(repo, "b/main.tf"));
    assert_null(hcl_repo_broken(repo, "a/main.tf"));
    assert_ptr_equal(hcl_make_open(repo, "a"), hcl_make_open(repo, "a"));
}

static const struct made_file TREE[] = {
    {"root/main.tf", "variable \"env\" {}\nvariable \"kind\" { default = \"default\" }\n"
                     "locals { kinds = { hot = 1, cold = 30 } }\n"
                     "module \"store\" {\n  source   = \"../store\"\n  for_each = local.kinds\n"
                     "  name     = \"${var.env}-${each.key}\"\n  days     = each.value\n}\n"
                     "module \"one\" {\n  source = \"../store\"\n  name   = var.kind\n}\n"
                     "module \"far\" {\n  source = \"git::https://example.com/vpc.git\"\n}\n"
                     "module \"gone\" {\n  source = \"../gone\"\n}\n"
                     "resource \"aws_x\" \"after\" {\n  copy = module.store[\"hot\"].name\n  one  "
                     "= module.one.name\n"
                     "  dir = module.one.dir\n}\n"},
    {"root/terraform.tfvars", "env = \"base\"\nkind = \"low\"\n"},
    {"root/a.auto.tfvars", "env = \"middle\"\n"},
    {"root/b.auto.tfvars", "env = \"prod\"\n"},
    {"root/other.tfvars", "env = \"never\"\n"},
    {"store/main.tf",
     "variable \"name\" { type = string }\n"
     "variable \"days\" {\n  type     = number\n  default  = 7\n  nullable = false\n}\n"
     "resource \"aws_s3_bucket\" \"this\" {\n  count  = 2\n"
     "  bucket = \"${var.name}-${count.index}-${var.days}\"\n}\n"
     "module \"in\" {\n  source = \"./in\"\n  name   = var.name\n}\n"
     "output \"name\" {\n  value = aws_s3_bucket.this[0].bucket\n}\n"
     "output \"dir\" {\n  value = path.module\n}\n"},
    {"store/in/main.tf",
     "variable \"name\" {}\nresource \"aws_y\" \"y\" {\n  name = var.name\n}\n"},
};

static void children_are_listed_once_and_spread_per_key(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(TREE, COUNT(TREE));
    struct hcl_module *root = hcl_make_open(repo, "root");
    const struct hcl_instance *instances;
    const char *store = "module.store.aws_s3_bucket.this";

    (void)state;
    assert_int_equal(hcl_resource_count(root), 5);
    assert_string_equal(hcl_resource_at(root, 0)->address, "aws_x.after");
    assert_string_equal(hcl_resource_at(root, 1)->address, store);
    assert_string_equal(hcl_resource_at(root, 2)->address, "module.store.module.in.aws_y.y");
    assert_ptr_equal(hcl_resource_find(root, "module.store[\"hot\"].aws_s3_bucket.this[1]"),
                     hcl_resource_at(root, 1));
    assert_null(hcl_resource_find(root, "module.store.aws_s3_bucket.that"));

    assert_int_equal(hcl_instances(hcl_resource_at(root, 1), &instances), 4);
    assert_string_equal(instances[0].address, "module.store[\"cold\"].aws_s3_bucket.this[0]");
    assert_string_equal(instances[3].address, "module.store[\"hot\"].aws_s3_bucket.this[1]");
    assert_string_equal(text_of(root, store, 0, "bucket"), "prod-cold-0-30");
    assert_string_equal(text_of(root, store, 3, "bucket"), "prod-hot-1-1");
    assert_string_equal(text_of(root, "module.store.module.in.aws_y.y", 1, "name"), "prod-hot");
    assert_string_equal(text_of(root, "module.one.aws_s3_bucket.this", 0, "bucket"), "low-0-7");
}

static void outputs_come_back_to_the_caller(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(TREE, COUNT(TREE));
    struct hcl_module *root = hcl_make_open(repo, "root");

    (void)state;
    assert_string_equal(text_of(root, "aws_x.after", 0, "copy"), "prod-hot-0-1");
    assert_string_equal(text_of(root, "aws_x.after", 0, "one"), "low-0-7");
    assert_string_equal(text_of(root, "aws_x.after", 0, "dir"), "../store");
}

static void each_is_not_known_without_an_instance(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(TREE, COUNT(TREE));
    struct hcl_module *root = hcl_make_open(repo, "root");
    const struct hcl_resource *bucket = hcl_resource_at(root, 1);
    const struct hcl_value *v = hcl_eval_attribute(bucket, bucket->block, "bucket", NULL);

    (void)state;
    assert_int_equal(v->kind, HCL_V_UNKNOWN);
    assert_null(hcl_eval_attribute(bucket, bucket->block, "absent", NULL));
    assert_string_equal(hcl_module_path(bucket->module), "module.store");
    assert_string_equal(hcl_module_directory(bucket->module), "store");
    assert_ptr_equal(hcl_module_parent(bucket->module), root);
}

static void counts_that_are_not_known_give_one_open_instance(void **state)
{
    const struct made_file files[] = {
        {"main.tf", "variable \"on\" {}\n"
                    "resource \"a\" \"maybe\" {\n  count = var.on ? 1 : 0\n}\n"
                    "resource \"a\" \"none\" {\n  count = 0\n}\n"
                    "resource \"a\" \"huge\" {\n  count = 1e9\n}\n"
                    "resource \"a\" \"self\" {\n  for_each = toset([a.self[\"x\"].n])\n}\n"
                    "resource \"a\" \"both\" {\n  count = 1\n  for_each = {}\n}\n"
                    "module \"maybe\" {\n  source = \"./m\"\n  count = var.on ? 1 : 0\n}\n"},
        {"m/main.tf", "resource \"a\" \"in\" {}\n"},
    };
    static const struct {
        const char *address;
        size_t n;
        const char *first;
    } cases[] = {
        {"a.maybe", 1, "a.maybe[?]"}, {"a.none", 0, NULL},
        {"a.huge", 1, "a.huge[?]"},   {"a.self", 1, "a.self[?]"},
        {"a.both", 1, "a.both[0]"},   {"module.maybe.a.in", 1, "module.maybe[?].a.in"},
    };
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_module *root = hcl_make_open(repo, "");

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct hcl_instance *instances;
        assert_int_equal(hcl_instances(hcl_resource_find(root, cases[i].address), &instances),
                         cases[i].n);
        if (cases[i].n > 0)
            assert_string_equal(instances[0].address, cases[i].first);
    }
}

/* Modules that double at every level end with a refusal, not with the memory. */
static void a_tower_of_modules_is_refused(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(NULL, 0);
    struct hcl_module *module;
    struct err err;

    (void)state;
    for (int i = 0; i < 20; i++) {
        char path[64];
        char text[160];
        snprintf(path, sizeof path, "m%d/main.tf", i);
        snprintf(
            text, sizeof text,
            "module \"a\" {\n  source = \"../m%d\"\n}\nmodule \"b\" {\n  source = \"../m%d\"\n}\n",
            i + 1, i + 1);
        assert_int_equal(hcl_repo_add(repo, path, text, strlen(text), &err), 0);
    }
    assert_int_equal(hcl_repo_add(repo, "good/main.tf", "locals {}\n", 10, &err), 0);
    assert_int_equal(hcl_module_open(repo, "m0", &module, &err), ERR_REJECT);
    assert_non_null(strstr(err.text, "module instances"));
    assert_non_null(hcl_make_open(repo, "good")); /* which has not paid for it */
}

/* As terraform 1.11.4 reads them, which tests/live/test_hcl_module_terraform.c asks again. */
static void the_last_values_file_in_terraforms_order_counts(void **state)
{
    static const struct made_file files[] = {
        {"main.tf", "variable \"a\" {}\nvariable \"b\" {}\nvariable \"c\" {}\nvariable \"d\" {}\n"
                    "variable \"e\" {\n  default = \"default\"\n}\n"
                    "variable \"f\" {\n  default = \"default\"\n}\n"
                    "resource \"r\" \"r\" {\n  a = var.a\n  b = var.b\n  c = var.c\n  d = var.d\n"
                    "  e = var.e\n  f = var.f\n}\n"},
        {"terraform.tfvars", "a = \"1\"\nb = \"1\"\nc = \"1\"\nd = \"1\"\ne = \"1\"\n"},
        {"terraform.tfvars.json", "{\"a\": \"2\", \"b\": \"2\", \"c\": \"2\", \"d\": \"2\"}"},
        {"a.auto.tfvars", "a = \"3\"\nb = \"3\"\nc = \"3\"\n"},
        {"a.auto.tfvars.json", "{\"a\": \"4\", \"b\": \"4\"}"},
        {"b.auto.tfvars", "a = \"5\"\n"},
        {"z.tfvars", "a = \"6\"\nf = \"6\"\n"},
    };
    static const char *const wanted[] = {"5", "4", "3", "2", "1", "default"};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_module *root = hcl_make_open(repo, "");

    (void)state;
    for (size_t i = 0; i < COUNT(wanted); i++) {
        const char name[] = {(char)('a' + i), '\0'};
        assert_string_equal(text_of(root, "r.r", 0, name), wanted[i]);
    }
}

static void values_files_told_of_are_gone_through_once(void **state)
{
    static const struct made_file files[] = {
        {"main.tf", "variable \"a\" {}\n"}, {"terraform.tfvars", "a = 0\n"},
        {"dev.tfvars", "a = 1\n"},          {"envs/prod.tfvars.json", "{\"a\": 2}"},
        {"envs/x.tfvars", "b = 3\n"},       {"other/main.tf", "variable \"a\" {}\n"},
        {"other/y.tfvars", "a = 4\n"},
    };
    static const char *const wanted[] = {"dev.tfvars", "envs/prod.tfvars.json"};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_module *root = hcl_make_open(repo, "");
    const struct hcl_file *file = NULL;
    size_t next = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(wanted); i++) {
        assert_non_null(hcl_other_values(root, "a", &next, &file));
        assert_string_equal(file->path, wanted[i]);
    }
    assert_null(hcl_other_values(root, "a", &next, &file));
    assert_null(hcl_other_values(root, "a", &next, &file));
}

static void a_line_belongs_to_the_block_around_it(void **state)
{
    static const struct made_file files[] = {
        {"main.tf", "resource \"a\" \"x\" {\n  n = 1\n}\n\nresource \"a\" \"y\" {\n  n = 1\n}"},
        {"j.tf.json", "{\"resource\": {\"a\": {\n\"z\": {\n\"n\": \"\\u0041\"\n}\n}}}\n"},
    };
    static const struct {
        const char *file;
        int64_t start, end;
        size_t n;
        const char *first;
    } cases[] = {
        {"main.tf", 1, 1, 1, "a.x"},
        {"main.tf", 3, 3, 1, "a.x"},
        {"main.tf", 4, 4, 0, NULL},
        {"main.tf", 4, 5, 1, "a.y"},
        {"main.tf", 7, 7, 1, "a.y"},
        {"main.tf", 3, 5, 2, "a.x"},
        {"main.tf", 8, 8, 0, NULL},
        {"main.tf", 1, 1000000, 2, "a.x"},
        {"main.tf", 6, 1, 1, "a.y"},
        {"main.tf", 1, INT64_MAX, 2, "a.x"},
        {"main.tf", INT64_MAX, 0, 0, NULL},
        {"j.tf.json", 1, 1, 0, NULL},
        {"j.tf.json", 2, 2, 1, "a.z"},
        {"j.tf.json", 3, 3, 1, "a.z"},
        {"j.tf.json", 4, 4, 1, "a.z"},
        {"j.tf.json", 5, 5, 0, NULL},
        {"/src/repo/main.tf", 2, 2, 1, "a.x"},
    };
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_module *root = hcl_make_open(repo, "");

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct hcl_query query = {
            .file = cases[i].file, .line_start = cases[i].start, .line_end = cases[i].end};
        struct hcl_match match;
        size_t n = hcl_locate(root, &query, &match, 1);
        if (n != cases[i].n || (n > 0 && !str_eq(match.resource->address, cases[i].first)))
            fail_msg("case %zu: %zu matches, first %s", i, n,
                     n > 0 ? match.resource->address : "-");
    }
}

static void the_same_path_twice_is_refused(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(NULL, 0);
    struct err err;

    (void)state;
    assert_int_equal(hcl_repo_add(repo, "a.tf", "", 0, &err), 0);
    assert_int_equal(hcl_repo_add(repo, "a.tf", "", 0, &err), ERR_REJECT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_directories_that_nobody_calls_are_roots),
        cmocka_unit_test(what_cannot_be_read_whole_is_refused_with_its_reason),
        cmocka_unit_test(a_broken_file_elsewhere_disturbs_nobody),
        cmocka_unit_test(children_are_listed_once_and_spread_per_key),
        cmocka_unit_test(outputs_come_back_to_the_caller),
        cmocka_unit_test(each_is_not_known_without_an_instance),
        cmocka_unit_test(counts_that_are_not_known_give_one_open_instance),
        cmocka_unit_test(a_tower_of_modules_is_refused),
        cmocka_unit_test(the_last_values_file_in_terraforms_order_counts),
        cmocka_unit_test(values_files_told_of_are_gone_through_once),
        cmocka_unit_test(a_line_belongs_to_the_block_around_it),
        cmocka_unit_test(the_same_path_twice_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
