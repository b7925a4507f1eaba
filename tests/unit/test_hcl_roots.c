/* Which roots run a module, worker/hcl/module/roots.c. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_else_runs_a_module_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
