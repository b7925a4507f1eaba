/*
 * plumb scan and plumb rules as a person runs them: each format against its golden file, baselines,
 * exit codes, bad use. SCAN_GOLDEN=write in the environment writes the golden files anew.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/files.h"
#include "common/json.h"
#include "producer/child.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

#define OUT_MAX_BYTES ((size_t)4 * 1024 * 1024)
#define ARGUMENTS_MAX 16
#define TEST_RULES                                                                                 \
    "--rule", "test-bucket-versioning", "--rule", "test-key-rotation", "--rule",                   \
        "test-bucket-key", "--rule", "test-volume-encryption"

static struct child_result result;
static char *dir; /* of the test; plumb runs in tests/data/scan */
static char program[1024], source[1024], pack[1100];
static const char *rules_path; /* PLUMB_RULES_PATH; NULL: unset */

static int open_scene(void **state)
{
    const char *from = getenv("PLUMB_SOURCE_DIR");
    const char *bin = getenv("PLUMB_BIN_DIR");

    (void)state;
    dir = temp_dir_make();
    struct err err;

    assert_ok(files_absolute(from != NULL ? from : ".", source, sizeof source - 20, &err), err);
    strcat(source, "/tests/data/scan");
    assert_ok(files_absolute(bin != NULL ? bin : "build/dev", program, sizeof program - 20, &err),
              err);
    strcat(program, "/plumb");
    snprintf(pack, sizeof pack, "%s/pack.yaml", source);
    rules_path = pack;
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    child_result_done(&result);
    temp_dir_remove(dir);
    return 0;
}

/* Runs plumb with these arguments (NULL-ended) in the directory; answers its exit code. */
static int plumb_in(const char *where, const char *const *arguments)
{
    char rules[1200];
    const char *argv[ARGUMENTS_MAX + 2] = {program};
    const char *env[] = {"PATH=/usr/bin:/bin",
                         "ASAN_OPTIONS=detect_leaks=1",
                         "UBSAN_OPTIONS=halt_on_error=1",
                         "LOG_LEVEL=another program's",
                         rules_path != NULL ? rules : NULL,
                         NULL};
    struct child_options options = {.argv = argv,
                                    .env = env,
                                    .directory = where,
                                    .timeout_ms = 60000,
                                    .max_output_bytes = OUT_MAX_BYTES};
    struct err err;

    snprintf(rules, sizeof rules, "PLUMB_RULES_PATH=%s", rules_path != NULL ? rules_path : "");
    for (size_t i = 0; arguments[i] != NULL; i++)
        argv[i + 1] = arguments[i];
    child_result_done(&result);
    result = (struct child_result){0};
    assert_ok(child_run(&options, &result, &err), err);
    return result.exit_code;
}
#define PLUMB(...) plumb_in(source, (const char *const[]){__VA_ARGS__, NULL})

static const char *out(void)
{
    return buf_str(&result.out);
}

static const char *errors(void)
{
    return buf_str(&result.errors);
}

/* The text with every "version": "0.1.0-…" line's value replaced. */
static void without_version(const char *text, struct buf *clean)
{
    while (*text != '\0') {
        const char *found = strstr(text, "version\": \"0.1.0");
        size_t len =
            found != NULL ? (size_t)(found - text) + strlen("version\": \"") : strlen(text);
        buf_bytes(clean, text, len);
        text += len;
        if (found != NULL) {
            buf_text(clean, "VERSION");
            text += strcspn(text, "\"");
        }
    }
}

static void assert_golden(const char *name, const char *text)
{
    CLEANUP(buf_done) struct buf wanted = BUF(OUT_MAX_BYTES);
    CLEANUP(buf_done) struct buf got = BUF(OUT_MAX_BYTES);
    char path[1200];
    struct err err;

    without_version(text, &got);
    snprintf(path, sizeof path, "%s/expected/%s", source, name);
    if (getenv("SCAN_GOLDEN") != NULL)
        assert_ok(files_write(path, buf_str(&got), got.len, &err), err);
    assert_ok(files_read(path, &wanted, &err), err);
    assert_string_equal(buf_str(&got), buf_str(&wanted));
}

static void each_format_is_as_it_was(void **state)
{
    (void)state;
    assert_int_equal(PLUMB("scan", "tree", TEST_RULES), 1);
    assert_golden("text.txt", out());
    assert_int_equal(PLUMB("scan", "tree", TEST_RULES, "--show-suppressed", "--show-unknown"), 1);
    assert_golden("text_all.txt", out());
    assert_int_equal(PLUMB("scan", "tree", TEST_RULES, "--format", "json"), 1);
    assert_golden("report.json", out());
    assert_int_equal(PLUMB("scan", "tree", TEST_RULES, "--format=sarif", "--show-unknown"), 1);
    assert_golden("report.sarif", out());
    assert_int_equal(PLUMB("scan", "tree", TEST_RULES, "--format=junit"), 1);
    assert_golden("report.junit.xml", out());
}

static void a_fix_tells_by_rule_and_input_or_of_each(void **state)
{
    (void)state;
    assert_int_equal(PLUMB("fix", "tree", TEST_RULES), 0);
    assert_golden("fix.diff", out());
    assert_golden("fix.txt", errors());
    assert_int_equal(PLUMB("fix", "tree", TEST_RULES, "--verbose"), 0);
    assert_golden("fix_each.txt", errors());
    assert_int_equal(PLUMB("fix", "tree", TEST_RULES, "--quiet"), 0);
    assert_has(errors(), " left: ");
    assert_lacks(errors(), "test-key-rotation");
    assert_int_equal(PLUMB("fix", "tree", "--input", "kms_key_arn=alias-of-key"), 2);
    assert_has(errors(), "'\"alias-of-key\"'");
    assert_int_equal(PLUMB("fix", "tree", "--input", "kms_key_an=\"k\""), 2);
    assert_has(errors(), "no rule takes an input kms_key_an");
}

static void output_goes_to_a_file_and_the_last_line_is_said(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(OUT_MAX_BYTES);
    char path[1024];
    struct err err;

    (void)state;
    snprintf(path, sizeof path, "%s/out.txt", dir);
    assert_int_equal(PLUMB("scan", "tree", TEST_RULES, "--output", path), 1);
    assert_ok(files_read(path, &text, &err), err);
    assert_golden("text.txt", buf_str(&text));
    assert_has(buf_str(&text), out());
    assert_has(out(), " resources, 4 rules: ");
}

static void a_baseline_hides_what_was_there_and_tells_what_is_gone(void **state)
{
    char tree[512];
    char baseline[1024];

    (void)state;
    snprintf(tree, sizeof tree, "%s", dir);
    snprintf(baseline, sizeof baseline, "%s/baseline.json", dir);
    free(temp_file_write(dir, "main.tf", "resource \"aws_kms_key\" \"a\" {\n}\n"));
    assert_int_equal(PLUMB("scan", tree, TEST_RULES, "--write-baseline", baseline), 0);
    assert_has(errors(), "baseline.json holds 1 finding now");
    assert_has(out(), "1 finding (1 medium)");

    /* Two lines further down, and one more. */
    free(temp_file_write(dir, "main.tf",
                         "\n\nresource \"aws_kms_key\" \"a\" {\n}\n"
                         "resource \"aws_kms_key\" \"b\" {\n}\n"));
    assert_int_equal(PLUMB("scan", tree, TEST_RULES, "--baseline", baseline), 1);
    assert_has(out(), "1 finding (1 medium), 0 unknown, 0 suppressed, 1 in the baseline");
    assert_has(out(), "aws_kms_key.b at ");
    assert_lacks(out(), "aws_kms_key.a at ");

    free(temp_file_write(dir, "main.tf",
                         "resource \"aws_kms_key\" \"b\" {\n  enable_key_rotation = true\n}\n"));
    assert_int_equal(PLUMB("scan", tree, TEST_RULES, "--baseline", baseline), 0);
    assert_has(out(), "In the baseline, and mended or gone since\n"
                      "  test-key-rotation: aws_kms_key.a in main.tf\n");
    assert_int_equal(PLUMB("scan", tree, TEST_RULES, "--baseline", baseline, "-f", "sarif"), 0);
    assert_has(out(), "\"baselineState\": \"absent\"");

    /* Whose rule is not asked, or who could not be read, may still be there. */
    assert_int_equal(
        PLUMB("scan", tree, "--rule", "test-volume-encryption", "--baseline", baseline), 0);
    assert_lacks(out(), "gone since");
    free(temp_file_write(dir, "bad.tf", "resource {\n"));
    assert_int_equal(PLUMB("scan", tree, TEST_RULES, "--baseline", baseline), 2);
    assert_lacks(out(), "gone since");
}

static void a_comment_of_ours_that_names_no_rule_is_told(void **state)
{
    (void)state;
    free(temp_file_write(dir, "main.tf",
                         "# plumb:ignore test-nothing why\n"
                         "resource \"aws_kms_key\" \"a\" {\n}\n"));
    assert_int_equal(PLUMB("scan", dir), 1);
    assert_has(out(), "main.tf:1: plumb:ignore test-nothing fits nothing: no rule has that name");
    assert_int_equal(PLUMB("scan", dir, TEST_RULES), 1);
    assert_lacks(out(), "no rule has that name");
}

static void what_a_repository_says_does_not_steer_the_terminal(void **state)
{
    (void)state;
    free(temp_file_write(dir, "\033]0;x\007.tf",
                         "# plumb:ignore test-key-rotation a\033[2Jb \302\2332Jc \303\251\n"
                         "resource \"aws_kms_key\" \"a\" {\n}\n"));
    free(temp_file_write(dir, "b\033.tf", "resource {\n"));
    assert_int_equal(PLUMB("scan", dir, TEST_RULES, "--show-suppressed"), 2);
    assert_null(strchr(out(), '\033'));
    CLEANUP(mem_freep) char *bad = NULL;
    assert_true(asprintf(&bad, "%s/b\033.tf", dir) > 0);
    assert_int_equal(unlink(bad), 0);
    assert_int_equal(PLUMB("scan", dir, TEST_RULES, "--show-suppressed"), 0);
    assert_null(strchr(out(), '\033'));
    assert_has(out(), "a?[2Jb ?2Jc \303\251\n");
}

static void bad_use_is_2_with_words(void **state)
{
    static const struct {
        const char *arguments[6];
        const char *word;
    } bad[] = {
        {{"scan"}, "which directory?"},
        {{"scan", "a", "b"}, "unexpected argument \"b\""},
        {{"scan", "gone"}, "gone: No such file or directory"},
        {{"scan", "pack.yaml"}, "pack.yaml: Not a directory"},
        {{"scan", "expected"}, "there is no Terraform in it"},
        {{"scan", "tree/bad"}, "nothing in it could be read"},
        {{"scan", "tree", "--rule", "nothing"}, "there is no rule \"nothing\"; plumb rules list"},
        {{"scan", "tree", "--severity", "urgent"}, "there is no severity \"urgent\""},
        {{"scan", "tree", "--class", "EASY"}, "there is no class \"EASY\""},
        {{"scan", "tree", "--format", "yaml"}, "there is no format \"yaml\""},
        {{"scan", "tree", "--baseline", "gone.json"}, "gone.json"},
        {{"scan", "tree", "--baseline", "pack.yaml"}, "pack.yaml"},
        {{"scan", "tree", "--output", "no/such/file"}, "no/such"},
        {{"rules", "show", "nothing"}, "there is no rule \"nothing\""},
        {{"rules", "show"}, "which rule?"},
        {{"rules", "list", "--type", "aws_nothing"}, "no rule fits all of these options"},
        {{"rules"}, "is plumb rules list or plumb rules show meant?"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        int code = plumb_in(source, bad[i].arguments);
        if (code != 2 || strstr(errors(), bad[i].word) == NULL)
            fail_msg("%s %s: exit %d, \"%s\"", bad[i].arguments[0], bad[i].arguments[1], code,
                     errors());
    }
}

static void a_broken_pack_is_told_with_its_place(void **state)
{
    CLEANUP(mem_freep)
    char *broken =
        temp_file_write(dir, "broken.yaml",
                        "pack: broken\nrules:\n  - id: x\n    title: X\n    severity: urgent\n");

    (void)state;
    rules_path = broken;
    assert_int_equal(PLUMB("scan", "tree"), 2);
    assert_has(errors(), "broken.yaml:5:15: 'urgent' is no severity");
    assert_int_equal(PLUMB("rules", "list"), 2);
    assert_has(errors(), "broken.yaml:5:15: ");
    rules_path = "/gone.yaml";
    assert_int_equal(PLUMB("scan", "tree"), 2);
    assert_has(errors(), "rule pack /gone.yaml: No such file or directory");
}

static void rules_are_listed_and_shown(void **state)
{
    CLEANUP(json_freep) struct json *json = NULL;
    struct err err;

    (void)state;
    assert_int_equal(PLUMB("rules", "list", "--class", "BREAK", "--type", "aws_ebs_volume"), 0);
    assert_has(out(), "test-volume-encryption");
    assert_lacks(out(), "test-key-rotation");
    assert_int_equal(PLUMB("rules", "list", "--severity", "high", "--format", "json"), 0);
    assert_ok(json_parse(&json, out(), strlen(out()), &err), err);
    for (size_t i = 0; i < json_count(json); i++) {
        const char *severity = json_get_text(json_at(json, i), "severity", "");
        assert_true(str_eq(severity, "high") || str_eq(severity, "critical"));
    }
    assert_int_equal(PLUMB("rules", "list", "-f", "markdown"), 0);
    assert_has(out(), "| `test-bucket-key` | Buckets name their key | INPUT | high | attribute | "
                      "checkov:CKV_TEST_3 |\n");
    assert_int_equal(PLUMB("rules", "show", "ckv_test_1"), 0);
    snprintf(pack, sizeof pack, "pack      %s/pack.yaml\n", source);
    assert_has(out(), pack);
    result.out.bytes[strstr(out(), "pack      ") - out()] = '\0';
    assert_golden("show_head.txt", out());
}

static void a_rule_is_shown_as_it_is_written(void **state)
{
    (void)state;
    assert_int_equal(PLUMB("rules", "show", "test-volume-encryption"), 0);
    assert_golden("show_text.txt", strstr(out(), "What must hold"));
}

static void a_tree_is_scanned_from_inside_and_by_its_absolute_path(void **state)
{
    char tree[1100];

    (void)state;
    snprintf(tree, sizeof tree, "%s/tree", source);
    assert_int_equal(plumb_in(tree, (const char *const[]){"scan", ".", TEST_RULES, NULL}), 1);
    assert_has(out(), "aws_ebs_volume.data at env/main.tf:26\n");
    assert_int_equal(PLUMB("scan", tree, TEST_RULES, "-f", "sarif"), 1);
    assert_has(out(), "\"uri\": \"env/main.tf\"");
    assert_has(out(), "\"uriBaseId\": \"SRCROOT\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_scene, close_scene)
        TEST(each_format_is_as_it_was),
        TEST(a_fix_tells_by_rule_and_input_or_of_each),
        TEST(output_goes_to_a_file_and_the_last_line_is_said),
        TEST(a_baseline_hides_what_was_there_and_tells_what_is_gone),
        TEST(a_comment_of_ours_that_names_no_rule_is_told),
        TEST(what_a_repository_says_does_not_steer_the_terminal),
        TEST(bad_use_is_2_with_words),
        TEST(a_broken_pack_is_told_with_its_place),
        TEST(rules_are_listed_and_shown),
        TEST(a_rule_is_shown_as_it_is_written),
        TEST(a_tree_is_scanned_from_inside_and_by_its_absolute_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
