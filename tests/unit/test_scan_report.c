/* Reports and baselines: one finding for a block, fingerprints that lines do not change. */
#include <stdio.h>

#include "common/files.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"
#include "worker/scan/baseline.h"

#define TODAY "2026-06-15"
#define KEY   "resource \"aws_kms_key\" \"k\" {\n}\n"

static struct rules *rules;
static char *dir;

static int open_scene(void **state)
{
    struct err err;

    (void)state;
    dir = temp_dir_make();
    return rules_load(&rules, NULL, &err);
}

static int close_scene(void **state)
{
    (void)state;
    temp_dir_remove(dir);
    rules_free(rules);
    return 0;
}

/* The report of files given as path, text, path, text …, NULL; the caller frees it. */
static struct report *report_of(const char *const *files)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    const struct rule *rule = rules_get(rules, "aws-kms-rotation");
    struct report *report = NULL;
    struct scan_counts counts;
    struct err err;

    assert_ok(report_new(&report, &err), err);
    assert_ok(hcl_repo_new(&repo, &err), err);
    for (size_t i = 0; files[i] != NULL; i += 2)
        assert_ok(hcl_repo_add(repo, files[i], files[i + 1], strlen(files[i + 1]), &err), err);
    struct scan_watch watch = report_watch(report);
    assert_ok(scan_repo(repo, &rule, 1, TODAY, &watch, &counts, &err), err);
    report_finish(report, &counts, 1);
    return report;
}
#define REPORT(...) report_of((const char *const[]){__VA_ARGS__, NULL})

static void a_fingerprint_is_rule_address_and_file(void **state)
{
    CLEANUP(report_freep) struct report *here = REPORT("main.tf", KEY);
    CLEANUP(report_freep) struct report *moved = REPORT("main.tf", "# a\n\nlocals {}\n" KEY);
    CLEANUP(report_freep) struct report *elsewhere = REPORT("other.tf", KEY);
    CLEANUP(report_freep)
    struct report *renamed = REPORT("main.tf", "resource \"aws_kms_key\" \"l\" {\n}\n");

    (void)state;
    assert_int_equal(moved->findings[0].line, 4);
    assert_string_equal(here->findings[0].fingerprint, moved->findings[0].fingerprint);
    assert_string_not_equal(here->findings[0].fingerprint, elsewhere->findings[0].fingerprint);
    assert_string_not_equal(here->findings[0].fingerprint, renamed->findings[0].fingerprint);
    /* Stored in people's baselines: it may not change by accident. */
    assert_string_equal(here->findings[0].fingerprint,
                        "11f4b63c518c66f08bb045020811792fbf55e3d0004b5892fb383dc289afb843");
}

#define MODULE                                                                                     \
    "variable \"rotate\" {\n}\nresource \"aws_kms_key\" \"k\" {\n"                                 \
    "  enable_key_rotation = var.rotate\n}\n"
#define CALL(value) "module \"m\" {\n  source = \"../m\"\n  rotate = " value "\n}\n"

static void the_worst_root_counts_and_the_others_are_numbered(void **state)
{
    CLEANUP(report_freep)
    struct report *report =
        REPORT("m/main.tf", MODULE, "a/main.tf", CALL("aws_x.y.z"), "b/main.tf", CALL("false"),
               "c/main.tf", CALL("false"), "d/main.tf", CALL("true"));

    (void)state;
    assert_int_equal(report->n_findings, 1);
    assert_int_equal(report->findings[0].status, FINDING_NEW);
    assert_string_equal(report->findings[0].root, "b");
    assert_int_equal(report->findings[0].n_more_roots, 2);
}

static void a_baseline_that_is_written_is_read(void **state)
{
    CLEANUP(report_freep) struct report *was = REPORT("main.tf", KEY);
    CLEANUP(report_freep) struct report *is = REPORT("main.tf", "\n" KEY);
    CLEANUP(report_freep) struct report *mended = REPORT("main.tf", "locals {}\n");
    const struct rule *rule = rules_get(rules, "aws-kms-rotation");
    char path[1024];
    size_t n = 0;
    struct err err;

    (void)state;
    snprintf(path, sizeof path, "%s/baseline.json", dir);
    assert_ok(baseline_write(was, path, &n, &err), err);
    assert_int_equal(n, 1);
    assert_ok(baseline_apply(is, path, &rule, 1, &err), err);
    assert_int_equal(is->findings[0].status, FINDING_BASELINE);
    assert_int_equal(is->n_gone, 0);
    assert_ok(baseline_apply(mended, path, &rule, 1, &err), err);
    assert_int_equal(mended->n_gone, 1);
    assert_string_equal(mended->gone[0].address, "aws_kms_key.k");

    /* Known findings are written again, so the file is whole. */
    assert_ok(baseline_write(is, path, &n, &err), err);
    assert_int_equal(n, 1);
}

static void what_is_suppressed_or_unknown_is_in_no_baseline(void **state)
{
    CLEANUP(report_freep)
    struct report *report = REPORT(
        "main.tf", "# plumb:ignore aws-kms-rotation why\n" KEY
                   "resource \"aws_kms_key\" \"u\" {\n  enable_key_rotation = aws_x.y.z\n}\n");
    char path[1024];
    size_t n = 7;
    struct err err;

    (void)state;
    assert_int_equal(report->n_findings, 2);
    snprintf(path, sizeof path, "%s/baseline.json", dir);
    assert_ok(baseline_write(report, path, &n, &err), err);
    assert_int_equal(n, 0);
}

static void what_is_no_baseline_is_refused_with_words(void **state)
{
    static const struct {
        const char *text, *word;
    } bad[] = {
        {"", "baseline.json"},
        {"{", "baseline.json"},
        {"[]", "no baseline of version 1; plumb scan --write-baseline makes one"},
        {"{\"version\": 2, \"findings\": []}", "no baseline of version 1"},
        {"{\"version\": 1}", "no baseline of version 1"},
        {"{\"version\": 1, \"findings\": {}}", "no baseline of version 1"},
    };
    const struct rule *rule = rules_get(rules, "aws-kms-rotation");

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        CLEANUP(report_freep) struct report *report = REPORT("main.tf", KEY);
        CLEANUP(mem_freep) char *path = temp_file_write(dir, "baseline.json", bad[i].text);
        struct err err;

        assert_int_equal(baseline_apply(report, path, &rule, 1, &err), ERR_REJECT);
        assert_has(err.text, bad[i].word);
        assert_int_equal(report->findings[0].status, FINDING_NEW);
    }
}

/* Members of other types are as if they were not there. */
static void a_hostile_baseline_hides_nothing(void **state)
{
    CLEANUP(report_freep) struct report *report = REPORT("main.tf", KEY);
    CLEANUP(mem_freep)
    char *path = temp_file_write(dir, "baseline.json",
                                 "{\"version\": 1, \"findings\": [7, null, [], {}, "
                                 "{\"fingerprint\": 7, \"rule\": []}, {\"fingerprint\": \"\"}]}");
    const struct rule *rule = rules_get(rules, "aws-kms-rotation");
    struct err err;

    (void)state;
    assert_ok(baseline_apply(report, path, &rule, 1, &err), err);
    assert_int_equal(report->findings[0].status, FINDING_NEW);
    assert_int_equal(report->n_gone, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_scene, close_scene)
        TEST(a_fingerprint_is_rule_address_and_file),
        TEST(the_worst_root_counts_and_the_others_are_numbered),
        TEST(a_baseline_that_is_written_is_read),
        TEST(what_is_suppressed_or_unknown_is_in_no_baseline),
        TEST(what_is_no_baseline_is_refused_with_words),
        TEST(a_hostile_baseline_hides_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
