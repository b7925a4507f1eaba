/* Which roots run a module, worker/hcl/module/roots.c. */
#include <stdio.h>

#include "tests/support/hcl_make.h"
#include "tests/support/test.h"
#include "worker/hcl/module/roots.h"

static void who_else_runs_a_module_is_told(void **state)
{
    const struct made_file files[] = {
        {"main.tf", "module \"a\" { source = \"./modules/a\" }\n"},
        {"live/prod/main.tf", "module \"b\" { source = \"../../modules/a/b\" }\n"},
        {"live/dev/main.tf", "module \"far\" { source = \"x/a/aws\" }\n"},
        {"modules/a/main.tf", "module \"b\" { source = \"./b\" }\n"},
        {"modules/a/b/main.tf", "module \"a\" { source = \"../c\" }\n"},
        {"modules/a/c/main.tf", "module \"b\" { source = \"../b\" }\n"}, /* a circle */
    };
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_module *dev;
    struct hcl_roots roots = {.n = 0};
    struct err err;

    (void)state;
    dev = hcl_make_open(repo, "live/dev");
    assert_ok(hcl_other_roots(dev, "modules/a/b/main.tf", &roots, &err), err);
    assert_int_equal(roots.n, 2);
    assert_string_equal(roots.items[0], "");
    assert_string_equal(roots.items[1], "live/prod");
    assert_ok(hcl_other_roots(dev, "modules/a/new.tf", &roots, &err), err);
    assert_int_equal(roots.n, 2);
    assert_ok(hcl_other_roots(dev, "live/dev/main.tf", &roots, &err), err);
    assert_ok(hcl_other_roots(dev, "nowhere/main.tf", &roots, &err), err);
    assert_int_equal(roots.n, 2);
}

static void of_those_the_ones_that_declare_a_type_are_told(void **state)
{
    const struct made_file files[] = {
        {"a/main.tf", "module \"m\" { source = \"../modules/m\" }\n"},
        {"b/main.tf", "module \"m\" { source = \"../modules/m\" }\n"},
        {"b/more.tf", "resource \"aws_y\" \"y\" {}\n"},
        {"c/main.tf", "module \"m\" { source = \"../modules/m\" }\n"
                      "module \"y\" { source = \"../modules/y\" }\n"},
        {"d/main.tf", "module \"m\" { source = \"../modules/m\" }\ndata \"aws_y\" \"y\" {}\n"},
        {"e/main.tf", "resource \"aws_y\" \"y\" {}\n"},
        {"modules/m/main.tf", "resource \"aws_x\" \"x\" {}\n"},
        {"modules/y/main.tf", "resource \"aws_y\" \"y\" {}\n"},
    };
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    const struct hcl_module *module;
    const char *const *roots = NULL;
    struct hcl_beside beside = {0};
    struct err err = {0};
    size_t n = 0;

    (void)state;
    module = hcl_resource_find(hcl_make_open(repo, "a"), "module.m.aws_x.x")->module;
    assert_ok(hcl_other_roots_with(module, "aws_y", &roots, &n, &err), err);
    assert_int_equal(n, 2);
    assert_string_equal(roots[0], "b");
    assert_string_equal(roots[1], "c");
    assert_ok(hcl_other_roots_with(module, "aws_x", &roots, &n, &err), err);
    assert_int_equal(n, 3);
    assert_ok(hcl_other_roots_with(module, "aws_z", &roots, &n, &err), err);
    assert_int_equal(n, 0);
    assert_ok(hcl_beside_open(module, "b", &beside, &err), err);
    assert_non_null(hcl_resource_find(beside.root, "module.m.aws_x.x"));
    hcl_beside_close(&beside);
    assert_int_equal(hcl_beside_open(module, "nowhere", &beside, &err), ERR_REJECT);
    hcl_beside_close(&beside);
}

#define MANY       60
#define LEFT_BYTES ((size_t)32 * 1024 * 1024)

static struct hcl_repo *repo_of_many(void)
{
    static char paths[MANY][32];
    CLEANUP(buf_done) struct buf text = BUF(1024 * 1024);
    struct made_file files[MANY + 2] = {
        {"a/main.tf", "resource \"aws_x\" \"x\" { name = \"a\" }\n"},
        {"b/main.tf", "resource \"aws_x\" \"x\" { name = \"b\" }\n"},
    };

    for (int i = 0; i < 4000; i++)
        buf_print(&text, "resource \"aws_y\" \"y%d\" {}\n", i);
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(paths[i], sizeof paths[i], "r%02zu/main.tf", i);
        files[2 + i] = (struct made_file){paths[i], buf_str(&text)};
    }
    return hcl_make_repo(files, COUNT(files));
}

static const char *name_in(const struct hcl_module *root)
{
    const struct hcl_resource *x = hcl_resource_find(root, "aws_x.x");

    return hcl_eval_attribute(x, hcl_block_body(x->block), "name", NULL)->text;
}

static void where_memory_is_low_a_root_beside_gives_its_own_back(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = repo_of_many();
    struct hcl_module *a = hcl_make_open(repo, "a");
    struct hcl_beside beside = {0};
    struct err err = {0};
    char path[32];
    size_t left;

    (void)state;
    for (size_t i = 0; i < MANY && hcl_repo_left(repo) >= LEFT_BYTES; i++) {
        (void)snprintf(path, sizeof path, "r%02zu", i);
        (void)hcl_make_open(repo, path);
    }
    left = hcl_repo_left(repo);
    assert_true(left < LEFT_BYTES);
    for (int round = 0; round < 3; round++) {
        assert_ok(hcl_beside_open(a, "b", &beside, &err), err);
        assert_true(hcl_repo_left(repo) > LEFT_BYTES);
        assert_string_equal(name_in(beside.root), "b");
        hcl_beside_close(&beside);
        assert_int_equal(hcl_repo_left(repo), left);
    }
    assert_ptr_equal(hcl_make_open(repo, "a"), a);
    assert_string_equal(name_in(a), "a");
    assert_int_equal(hcl_beside_open(a, "nowhere", &beside, &err), ERR_REJECT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_else_runs_a_module_is_told),
        cmocka_unit_test(where_memory_is_low_a_root_beside_gives_its_own_back),
        cmocka_unit_test(of_those_the_ones_that_declare_a_type_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
