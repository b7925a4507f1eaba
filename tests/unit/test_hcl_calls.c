/* Which modules a tree calls, and how much a tree may be: worker/hcl/module/calls.c and module.c.
 */
#include "tests/support/test.h"

#include <stdio.h>

#include "tests/support/hcl_make.h"
#include "worker/hcl/module/calls.h"
#include "worker/hcl/locate/locate.h"

/* By developer.hashicorp.com/terraform/language/modules/sources. */
static void a_source_is_told_by_its_form(void **state)
{
    static const struct {
        const char *source, *kind;
    } cases[] = {
        {"./a", "local"},
        {"../../a", "local"},
        {"terraform-aws-modules/vpc/aws", "registry"},
        {"terraform-aws-modules/iam/aws//modules/iam-user", "registry"},
        {"app.terraform.io/example/vpc/aws", "registry"},
        {"localhost.local:8443/example/vpc/aws//in", "registry"},
        {"example.com/vpc/aws", "other"},
        {"a/b", "other"},
        {"a/b/c/d", "other"},
        {"a//b/c", "other"},
        {"github.com/hashicorp/example", "git"},
        {"git@github.com:hashicorp/example.git", "git"},
        {"bitbucket.org/hashicorp/x", "git"},
        {"git::ssh://user@example.com/x.git?ref=v1", "git"},
        {"https://example.com/vpc.zip", "archive"},
        {"s3::https://s3.amazonaws.com/b/vpc.zip", "archive"},
        {"gcs::https://www.googleapis.com/storage/v1/m/x.zip", "archive"},
        {"hg::http://example.com/x.hg", "other"},
        {"/abs/olute", "other"},
        {"", "other"},
        {NULL, "unknown"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *kind = hcl_module_kind_name(hcl_module_kind_of(cases[i].source));
        if (!str_eq(kind, cases[i].kind))
            fail_msg("%s is said to be %s", cases[i].source, kind);
    }
}

static const struct made_file CALLS[] = {
    {"live/main.tf", "module \"vpc\" {\n  source  = \"terraform-aws-modules/vpc/aws\"\n"
                     "  version = \"~> 5.0\"\n}\n"
                     "module \"in\" {\n  source = \"../in\"\n}\n"
                     "module \"away\" {\n  source = \"../../../away\"\n}\n"
                     "module \"gone\" {\n  source = \"./gone\"\n}\n"
                     "module \"made\" {\n  source = \"./${terraform.workspace}\"\n}\n"
                     "output \"o\" {\n  value = module.away.x\n}\n"},
    {"live/more.tf.json",
     "{\"module\": {\"git\": {\"source\": \"git::https://example.com/x.git?ref=v2\"}}}"},
    {"live/z_override.tf", "module \"vpc\" {\n  version = \"5.8.1\"\n}\n"},
    {"in/main.tf", "module \"deep\" {\n  source = \"example.com/a/b/c\"\n}\n"},
};

static void every_call_is_listed_with_source_and_version(void **state)
{
    static const struct {
        const char *caller, *name, *kind, *version, *file, *outside;
    } wanted[] = {
        {"", "vpc", "registry", "5.8.1", "live/main.tf",
         "module vpc comes from terraform-aws-modules/vpc/aws version 5.8.1"},
        {"", "in", "local", NULL, "live/main.tf", NULL},
        {"", "away", "local", NULL, "live/main.tf",
         "module away comes from ../../../away, which is not in this repository"},
        {"", "gone", "local", NULL, "live/main.tf",
         "module gone comes from ./gone, which is not in this repository"},
        {"", "made", "unknown", NULL, "live/main.tf",
         "module made comes from a source that is not a plain text"},
        {"", "git", "git", NULL, "live/more.tf.json",
         "module git comes from git::https://example.com/x.git?ref=v2"},
        {"module.in", "deep", "registry", NULL, "in/main.tf",
         "module deep comes from example.com/a/b/c"},
    };
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(CALLS, COUNT(CALLS));
    struct hcl_module *root = hcl_make_open(repo, "live");
    struct hcl_call calls[COUNT(wanted)];

    (void)state;
    assert_int_equal(hcl_calls(root, NULL, 0), COUNT(wanted));
    assert_int_equal(hcl_calls(root, calls, COUNT(calls)), COUNT(wanted));
    for (size_t i = 0; i < COUNT(wanted); i++) {
        assert_string_equal(calls[i].name, wanted[i].name);
        assert_string_equal(hcl_module_path(calls[i].caller), wanted[i].caller);
        assert_string_equal(hcl_module_kind_name(calls[i].kind), wanted[i].kind);
        assert_true(str_eq(calls[i].version != NULL ? calls[i].version : "",
                           wanted[i].version != NULL ? wanted[i].version : ""));
        assert_ptr_equal(calls[i].file, hcl_repo_file(repo, wanted[i].file));
        assert_true(hcl_name_is(calls[i].file, calls[i].block, wanted[i].name) ||
                    hcl_name_is(calls[i].file, calls[i].block, "module"));
        assert_int_equal(calls[i].child != NULL, wanted[i].outside == NULL);
        if (wanted[i].outside != NULL)
            assert_string_equal(calls[i].outside, wanted[i].outside);
    }
}

static void what_a_module_outside_gives_is_unknown_with_its_source(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(CALLS, COUNT(CALLS));
    CLEANUP(buf_done) struct buf shown = BUF(4096);
    struct hcl_module *root = hcl_make_open(repo, "live");
    const struct hcl_file *file = hcl_repo_file(repo, "live/main.tf");
    const struct hcl_node *output = hcl_block_next(file, file->body, "output", NULL);

    (void)state;
    hcl_make_show(hcl_eval(root, file, hcl_attribute(file, output, "value")->child, NULL), &shown);
    assert_string_equal(buf_str(&shown), "?module away comes from ../../../away, which is not in "
                                         "this repository");
}

/* No path climbs out of the repository and back in. */
static void nothing_above_the_top_is_the_repository(void **state)
{
    static const struct made_file files[] = {
        {"repo/main.tf", "module \"m\" {\n  source = \"../../repo/m\"\n}\n"},
        {"repo/m/main.tf", "locals {}\n"}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_call call;

    (void)state;
    assert_int_equal(hcl_calls(hcl_make_open(repo, "repo"), &call, 1), 1);
    assert_null(call.child);
}

static void refused(struct hcl_repo *repo, const char *directory, const char *wanted)
{
    struct hcl_module *module;
    struct err err;

    assert_int_equal(hcl_module_open(repo, directory, &module, &err), ERR_REJECT);
    assert_has(err.text, wanted);
}

static void a_module_that_calls_itself_is_refused(void **state)
{
    static const struct made_file files[] = {
        {"self/main.tf", "module \"me\" {\n  source = \"./\"\n}\n"},
        {"named/main.tf", "module \"me\" {\n  source = \"../named/.\"\n}\n"},
        {"a/main.tf", "module \"b\" {\n  source = \"../b\"\n}\n"},
        {"b/main.tf", "module \"c\" {\n  source = \"../c\"\n}\n"},
        {"c/main.tf.json", "{\"module\": {\"a\": {\"source\": \"../a\"}}}"},
        {"good/main.tf", "locals {}\n"},
    };
    static const char *const cycles[] = {"self", "named", "a", "b", "c"};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));

    (void)state;
    for (size_t i = 0; i < COUNT(cycles); i++)
        refused(repo, cycles[i], "calls itself");
    assert_non_null(hcl_make_open(repo, "good"));
}

static void every_variable_gets_its_own_argument(void **state)
{
    static const struct made_file files[] = {
        {"main.tf", "module \"m\" {\n  source = \"./m\"\n  b  = \"1\"\n  abc = \"2\"\n  a = \"3\"\n"
                    "  ab = \"4\"\n}\n"},
        {"j.tf.json", "{\"module\": {\"j\": {\"source\": \"./m\", \"b\": \"5\", \"a\": \"6\", "
                      "\"\\u0061b\": \"7\", \"abc\": \"8\"}}}"},
        {"override.tf", "module \"m\" {\n  ab = \"9\"\n}\n"},
        {"m/main.tf", "variable \"a\" {}\nvariable \"ab\" {}\nvariable \"abc\" {}\n"
                      "variable \"b\" {}\nvariable \"none\" {\n  default = \"0\"\n}\n"
                      "resource \"r\" \"r\" {\n  all = join(\" \", [var.a, var.ab, var.abc, var.b, "
                      "var.none])\n}\n"},
    };
    static const char *const wanted[][2] = {{"module.m.r.r", "3 9 2 1 0"},
                                            {"module.j.r.r", "6 7 8 5 0"}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_module *root = hcl_make_open(repo, "");

    (void)state;
    for (size_t i = 0; i < COUNT(wanted); i++) {
        const struct hcl_resource *r = hcl_resource_find(root, wanted[i][0]);
        assert_string_equal(hcl_eval_attribute(r, r->block, "all", NULL)->text, wanted[i][1]);
    }
}

/* --- how much a tree may be --- */

/* Calls of ../c with argument x, and the resources of c, with names as long as told. */
static struct hcl_repo *crowd(int calls, int resources, int width)
{
    CLEANUP(buf_done) struct buf root = BUF(4 * 1024 * 1024);
    CLEANUP(buf_done) struct buf child = BUF(4 * 1024 * 1024);
    struct hcl_repo *repo = hcl_make_repo(NULL, 0);
    struct err err;

    for (int i = 0; i < calls; i++)
        buf_print(&root, "module \"m%0*d\" {\n  source = \"../c\"\n  x = %d\n}\n", width, i, i);
    buf_text(&child, "variable \"x\" {}\n");
    for (int i = 0; i < resources; i++)
        buf_print(&child,
                  "resource \"aws_s3_bucket\" \"b%0*d\" {\n  bucket = \"n-%d-${var.x}\"\n}\n",
                  width, i, i);
    assert_ok(hcl_repo_add(repo, "root/main.tf", buf_str(&root), root.len, &err), err);
    assert_ok(hcl_repo_add(repo, "c/main.tf", buf_str(&child), child.len, &err), err);
    assert_ok(hcl_repo_add(repo, "good/main.tf", "locals {}\n", 10, &err), err);
    return repo;
}

static void a_thousand_calls_are_told_apart(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = crowd(1000, 3, 1);
    struct hcl_module *root = hcl_make_open(repo, "root");
    struct hcl_match match;

    (void)state;
    assert_int_equal(hcl_calls(root, NULL, 0), 1000);
    assert_int_equal(hcl_resource_count(root), 3000);
    assert_int_equal(
        hcl_locate(root, &(struct hcl_query){.arn = "arn:aws:s3:::n-2-777"}, &match, 1), 1);
    assert_string_equal(match.resource->address, "module.m777.aws_s3_bucket.b2");
    assert_ptr_equal(hcl_resource_find(root, match.resource->address), match.resource);
}

/* It is the tree that is at fault: neither the process nor another root. */
static void a_tree_of_too_many_names_is_refused_alone(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = crowd(151, 2000, 1);

    (void)state;
    refused(repo, "root", "the modules of root declare more than 300000 names");
    assert_non_null(hcl_make_open(repo, "good"));
}

static void a_tree_that_needs_too_much_memory_is_refused(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = crowd(145, 2000, 400);

    (void)state;
    refused(repo, "root", "the repository's modules need more than 96 MiB");
}

static void many_roots_are_opened(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(NULL, 0);
    static const char *roots[6000];
    struct err err;
    char path[64];

    (void)state;
    for (int i = 0; i < 6000; i++) {
        snprintf(path, sizeof path, "r%d/main.tf", i);
        assert_ok(hcl_repo_add(repo, path, "locals {}\n", 10, &err), err);
    }
    assert_int_equal(hcl_repo_roots(repo, "", roots, COUNT(roots)), COUNT(roots));
    for (size_t i = 0; i < COUNT(roots); i++)
        assert_string_equal(hcl_module_directory(hcl_make_open(repo, roots[i])), roots[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_source_is_told_by_its_form),
        cmocka_unit_test(every_call_is_listed_with_source_and_version),
        cmocka_unit_test(what_a_module_outside_gives_is_unknown_with_its_source),
        cmocka_unit_test(nothing_above_the_top_is_the_repository),
        cmocka_unit_test(a_module_that_calls_itself_is_refused),
        cmocka_unit_test(every_variable_gets_its_own_argument),
        cmocka_unit_test(a_thousand_calls_are_told_apart),
        cmocka_unit_test(a_tree_of_too_many_names_is_refused_alone),
        cmocka_unit_test(a_tree_that_needs_too_much_memory_is_refused),
        cmocka_unit_test(many_roots_are_opened),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
