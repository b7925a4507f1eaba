/* What a scan tells of a tree: each finding once, troubles without an end, unknown as unknown. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/files.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"
#include "worker/scan/scan.h"

#define TODAY    "2026-06-15"
#define TOLD_MAX (64 * 1024)

static struct rules *rules;
static char *dir;
static struct buf told;
static struct scan_counts counts;

static int make_dir(void **state)
{
    struct err err;

    (void)state;
    dir = temp_dir_make();
    told = BUF(TOLD_MAX);
    counts = (struct scan_counts){0};
    return rules_load(&rules, NULL, &err);
}

static int remove_dir(void **state)
{
    (void)state;
    temp_dir_remove(dir);
    buf_done(&told);
    rules_free(rules);
    return 0;
}

static void write_file(const char *name, const char *text)
{
    char path[1024];
    char *slash;
    struct err err;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    slash = strrchr(path, '/');
    *slash = '\0';
    assert_ok(files_make_directory(path, &err), err);
    *slash = '/';
    assert_ok(files_write(path, text, strlen(text), &err), err);
}

static int tell_hit(void *context, const struct scan_hit *hit, struct err *err)
{
    (void)context;
    (void)err;
    buf_print(&told, "%s %s %s %s:%d-%d%s\n", rule_verdict_name(hit->verdict), hit->rule->id,
              hit->resource->address, hit->file, hit->line, hit->last_line,
              hit->repeated ? " again" : "");
    return 0;
}

static int tell_trouble(void *context, const struct scan_trouble *trouble, struct err *err)
{
    (void)context;
    (void)err;
    buf_print(&told, "%s [%s] %s\n", trouble->kind == SCAN_FILE ? "file" : "root", trouble->path,
              trouble->text);
    return 0;
}

/* Asks the named rule alone, and tells everything in told. */
static const char *scan(const char *id)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    struct scan_watch watch = {.hit = tell_hit, .trouble = tell_trouble};
    const struct rule *rule = rules_get(rules, id);
    struct err err;

    assert_non_null(rule);
    buf_reset(&told);
    assert_ok(hcl_repo_new(&repo, &err), err);
    assert_ok(scan_read(repo, dir, &watch, &err), err);
    assert_ok(scan_repo(repo, &rule, 1, TODAY, &watch, &counts, &err), err);
    return buf_str(&told);
}

static void what_fails_is_told_with_its_place(void **state)
{
    (void)state;
    write_file("main.tf", "# keys\nresource \"aws_kms_key\" \"a\" {\n}\n"
                          "resource \"aws_kms_key\" \"b\" {\n  enable_key_rotation = true\n}\n"
                          "resource \"aws_kms_key\" \"c\" {\n  enable_key_rotation = "
                          "aws_x.y.z\n}\n");
    assert_string_equal(scan("aws-kms-rotation"),
                        "fails aws-kms-rotation aws_kms_key.a main.tf:2-3\n"
                        "unknown aws-kms-rotation aws_kms_key.c main.tf:7-9\n");
    assert_int_equal(counts.resources, 3);
    assert_int_equal(counts.checks, 3);
    assert_int_equal(counts.holds, 1);
    assert_int_equal(counts.unknown, 1);
}

#define MODULE                                                                                     \
    "variable \"rotate\" {\n  type = bool\n}\nresource \"aws_kms_key\" \"k\" {\n"                  \
    "  enable_key_rotation = var.rotate\n}\n"
#define CALL(value) "module \"keys\" {\n  source = \"../keys\"\n  rotate = " value "\n}\n"

static void a_module_is_looked_at_through_its_callers_and_told_once(void **state)
{
    (void)state;
    write_file("keys/main.tf", MODULE);
    write_file("a/main.tf", CALL("true"));
    write_file("b/main.tf", CALL("false"));
    write_file("c/main.tf", CALL("false"));
    assert_string_equal(
        scan("aws-kms-rotation"),
        "fails aws-kms-rotation module.keys.aws_kms_key.k keys/main.tf:4-6\n"
        "fails aws-kms-rotation module.keys.aws_kms_key.k keys/main.tf:4-6 again\n");
    assert_int_equal(counts.roots, 3);
    assert_int_equal(counts.directories, 4);
    assert_int_equal(counts.resources, 1);
    assert_int_equal(counts.fails, 1);
    assert_int_equal(counts.holds, 0);
}

static void a_broken_directory_is_told_and_ends_nothing(void **state)
{
    const char *text;

    (void)state;
    write_file("bad/main.tf", "resource \"aws_kms_key\" {\n  x = \n}\n");
    write_file("caller/main.tf", "module \"m\" {\n  source = \"../inner\"\n}\n"
                                 "module \"n\" {\n  source = \"../bad\"\n}\n");
    write_file("inner/main.tf", "resource \"aws_kms_key\" \"in\" {\n}\n");
    write_file("good/main.tf", "resource \"aws_kms_key\" \"a\" {\n}\n");
    text = scan("aws-kms-rotation");
    assert_has(text, "file [bad/main.tf] bad/main.tf:2:7: ");
    assert_has(text, "root [caller] bad/main.tf:2:7: ");
    assert_has(text, "fails aws-kms-rotation aws_kms_key.a good/main.tf:1-2\n");
    assert_has(text, "fails aws-kms-rotation aws_kms_key.in inner/main.tf:1-2\n");
}

static void modules_that_call_each_other_are_a_trouble_of_each(void **state)
{
    const char *text;

    (void)state;
    write_file("a/main.tf", "module \"b\" {\n  source = \"../b\"\n}\n");
    write_file("b/main.tf", "module \"a\" {\n  source = \"../a\"\n}\n");
    text = scan("aws-kms-rotation");
    assert_has(text, "root [a] ");
    assert_has(text, "root [b] ");
    assert_has(text, "calls itself");
}

#define VERSIONING(status)                                                                         \
    "resource \"aws_s3_bucket_versioning\" \"v\" {\n  bucket = aws_s3_bucket.b.id\n"               \
    "  versioning_configuration {\n    status = \"" status "\"\n  }\n}\n"

static void a_companion_is_told_at_its_subject(void **state)
{
    (void)state;
    write_file("main.tf", "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"b\"\n}\n"
                          "resource \"aws_s3_bucket_versioning\" \"v\" {\n"
                          "  bucket = aws_s3_bucket.b.id\n  versioning_configuration {\n"
                          "    status = \"Suspended\"\n  }\n}\n"
                          "resource \"aws_s3_bucket_versioning\" \"w\" {\n"
                          "  bucket = \"elsewhere\"\n  versioning_configuration {\n"
                          "    status = \"Suspended\"\n  }\n}\n");
    assert_string_equal(scan("aws-s3-versioning"),
                        "fails aws-s3-versioning aws_s3_bucket.b main.tf:1-3\n"
                        "fails aws-s3-versioning aws_s3_bucket_versioning.w main.tf:10-15\n");
}

/* What is remembered of one root must not be used for the next. */
static void roots_do_not_answer_for_each_other(void **state)
{
    (void)state;
    write_file("a/main.tf", "resource \"aws_s3_bucket\" \"b\" {\n}\n" VERSIONING("Enabled"));
    write_file("b/main.tf", "resource \"aws_s3_bucket\" \"b\" {\n}\n" VERSIONING("Suspended"));
    write_file("c/main.tf", "resource \"aws_s3_bucket\" \"b\" {\n}\n");
    assert_string_equal(scan("aws-s3-versioning"),
                        "fails aws-s3-versioning aws_s3_bucket.b b/main.tf:1-2\n"
                        "fails aws-s3-versioning aws_s3_bucket.b c/main.tf:1-2\n");
}

/* Each value is as long as what a root may take is wide: it is closed and opened on the way. */
static void a_root_that_takes_much_memory_is_looked_at_to_its_end(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(4 * 1024 * 1024);

    (void)state;
    buf_text(&text, "locals {\n  a = join(\"\", [for i in range(1024) : \"0123456789abcdef\"])\n"
                    "  b = join(\"\", [for i in range(63) : local.a])\n}\n");
    for (int i = 0; i < 120; i++)
        buf_print(&text,
                  "resource \"aws_kms_key\" \"k%d\" {\n"
                  "  enable_key_rotation = \"${local.b}%d\" == local.b\n}\n",
                  i, i);
    write_file("main.tf", buf_str(&text));
    (void)scan("aws-kms-rotation");
    assert_int_equal(counts.fails, 120);
    assert_int_equal(counts.resources, 120);
    assert_lacks(buf_str(&told), "memory");
    assert_int_equal(counts.roots, 1);
}

static void symlinks_inside_are_read_and_none_leads_out(void **state)
{
    char *outside = temp_dir_make();
    char path[1024];
    char link[1024];

    (void)state;
    write_file("shared/common.tf", "resource \"aws_kms_key\" \"a\" {\n}\n");
    snprintf(path, sizeof path, "%s/out.tf", outside);
    free(temp_file_write(outside, "out.tf", "resource \"aws_kms_key\" \"out\" {\n}\n"));
    write_file("env/main.tf", "");
    snprintf(link, sizeof link, "%s/env/common.tf", dir);
    assert_int_equal(symlink("../shared/common.tf", link), 0);
    snprintf(link, sizeof link, "%s/env/out.tf", dir);
    assert_int_equal(symlink(path, link), 0);
    assert_string_equal(scan("aws-kms-rotation"),
                        "fails aws-kms-rotation aws_kms_key.a env/common.tf:1-2\n"
                        "fails aws-kms-rotation aws_kms_key.a shared/common.tf:1-2\n");
    temp_dir_remove(outside);
}

static void a_file_that_cannot_be_read_is_told(void **state)
{
    char link[1024];

    (void)state;
    write_file("main.tf", "resource \"aws_kms_key\" \"a\" {\n}\n");
    snprintf(link, sizeof link, "%s/gone.tf", dir);
    assert_int_equal(symlink("nowhere.tf", link), 0);
    assert_string_equal(scan("aws-kms-rotation"),
                        "file [gone.tf] No such file or directory\n"
                        "fails aws-kms-rotation aws_kms_key.a main.tf:1-2\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)
        TEST(what_fails_is_told_with_its_place),
        TEST(a_module_is_looked_at_through_its_callers_and_told_once),
        TEST(a_broken_directory_is_told_and_ends_nothing),
        TEST(modules_that_call_each_other_are_a_trouble_of_each),
        TEST(a_companion_is_told_at_its_subject),
        TEST(roots_do_not_answer_for_each_other),
        TEST(a_root_that_takes_much_memory_is_looked_at_to_its_end),
        TEST(symlinks_inside_are_read_and_none_leads_out),
        TEST(a_file_that_cannot_be_read_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
