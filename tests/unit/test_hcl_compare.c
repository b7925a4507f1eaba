/* Comparing two versions of a tree: which blocks differ, and under which address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "worker/hcl/eval/compare.h"

/* files: path, text, path, text … NULL. */
static struct hcl_repo *repo_of(const char *const *files)
{
    struct hcl_repo *repo = NULL;
    struct err err;

    assert_int_equal(hcl_repo_new(&repo, &err), 0);
    for (size_t i = 0; files[i] != NULL; i += 2)
        assert_int_equal(hcl_repo_add(repo, files[i], files[i + 1], strlen(files[i + 1]), &err), 0);
    return repo;
}

/* expected: lines like "+path address", "-…", "~…", in the order of hcl_compare. */
static void differ(const char *const *before, const char *const *after, const char *expected)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *old = repo_of(before);
    CLEANUP(hcl_repo_freep) struct hcl_repo *new = repo_of(after);
    CLEANUP(buf_done) struct buf text = BUF(10000);
    struct hcl_change changes[8];
    size_t n = hcl_compare(old, new, changes, COUNT(changes));

    for (size_t i = 0; i < n && i < COUNT(changes); i++)
        buf_print(&text, "%c%s %s\n",
                  changes[i].how == HCL_ADDED     ? '+'
                  : changes[i].how == HCL_REMOVED ? '-'
                                                  : '~',
                  changes[i].path, changes[i].address);
    assert_string_equal(buf_str(&text), expected);
    assert_int_equal(hcl_compare(old, new, NULL, 0), n);
}
#define FILES(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static void equal_trees_do_not_differ(void **state)
{
    (void)state;
    differ(FILES("a.tf", "locals {}\nlocals {}\n"), FILES("a.tf", "locals {}\n\nlocals {}\n"), "");
}

static void a_block_that_moved_to_another_file_is_the_same(void **state)
{
    (void)state;
    differ(FILES("m/a.tf", "variable \"v\" {\n}\nmodule \"m\" {\n}\n"),
           FILES("m/a.tf", "module \"m\" {\n}\n", "m/b.tf", "variable \"v\" {\n}\n"), "");
    differ(FILES("m/a.tf", "output \"o\" {}\n"), FILES("n/a.tf", "output \"o\" {}\n"),
           "-m/a.tf output.o\n+n/a.tf output.o\n");
}

static void changes_are_named_by_address(void **state)
{
    (void)state;
    differ(FILES("a.tf", "resource \"aws_x\" \"y\" {\n}\ndata aws_x y {\n}\nterraform {\n}\n"),
           FILES("a.tf", "resource \"aws_x\" \"y\" {\n  a = 1\n}\ndata aws_x y {\n # c\n}\n"
                         "variable \"v\" {}\n"),
           "~a.tf data.aws_x.y\n~a.tf aws_x.y\n-a.tf terraform\n+a.tf variable.v\n");
    differ(FILES("x.tfvars", "name = 1\nb = 2\n"), FILES("x.tfvars", "name = 2\nb = 2\n"),
           "~x.tfvars name\n");
}

static void blocks_of_one_name_cancel_out_before_they_are_paired(void **state)
{
    (void)state;
    differ(FILES("a.tf", "locals {\n  a = 1\n}\nlocals {\n  b = 1\n}\n"),
           FILES("a.tf", "locals {\n  n = 0\n}\nlocals {\n  a = 1\n}\nlocals {\n  b = 2\n}\n"),
           "~a.tf locals\n+a.tf locals\n");
    differ(FILES("a.tf", "moved {}\nmoved {}\nmoved {}\n"), FILES("a.tf", "moved {}\n"),
           "-a.tf moved\n-a.tf moved\n");
}

static void a_file_that_broke_has_lost_its_blocks(void **state)
{
    (void)state;
    differ(FILES("a.tf", "output \"o\" {\n}\n"), FILES("a.tf", "output \"o\" {\n"),
           "-a.tf output.o\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_trees_do_not_differ),
        cmocka_unit_test(a_block_that_moved_to_another_file_is_the_same),
        cmocka_unit_test(changes_are_named_by_address),
        cmocka_unit_test(blocks_of_one_name_cancel_out_before_they_are_paired),
        cmocka_unit_test(a_file_that_broke_has_lost_its_blocks),
    };
    return cmocka_run_group_tests_name("hcl_compare", tests, NULL, NULL);
}
