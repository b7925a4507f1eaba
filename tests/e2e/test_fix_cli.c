/* plumb fix as a person runs it: the diff, what is told, what --write leaves behind, bad use. */
#include <stdio.h>
#include <stdlib.h>

#include "common/files.h"
#include "producer/child.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

#define OUT_MAX_BYTES ((size_t)1024 * 1024)
#define ARGUMENTS_MAX 8

static const char before[] = "resource \"aws_lambda_function\" \"f\" {\n"
                             "  tracing_config {\n    mode = \"PassThrough\" # slow\n  }\n}\n\n"
                             "resource \"aws_lambda_function_url\" \"u\" {\n"
                             "  authorization_type = \"NONE\"\n}\n";

static struct child_result result;
static char *dir;
static char program[1024], file[1024];

static void write_file(const char *text)
{
    struct err err;

    assert_ok(files_write(file, text, strlen(text), &err), err);
}

static int open_scene(void **state)
{
    const char *bin = getenv("PLUMB_BIN_DIR");
    struct err err;

    (void)state;
    dir = temp_dir_make();
    assert_ok(files_absolute(bin != NULL ? bin : "build/dev", program, sizeof program - 20, &err),
              err);
    strcat(program, "/plumb");
    (void)snprintf(file, sizeof file, "%s/main.tf", dir);
    write_file(before);
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    child_result_done(&result);
    result = (struct child_result){0};
    temp_dir_remove(dir);
    return 0;
}

/* Runs plumb fix DIR with these arguments (NULL-ended); answers its exit code. */
static int fix_with(const char *const *arguments)
{
    const char *argv[ARGUMENTS_MAX + 4] = {program, "fix", dir};
    const char *env[] = {"PATH=/usr/bin:/bin", "ASAN_OPTIONS=detect_leaks=1",
                         "UBSAN_OPTIONS=halt_on_error=1", NULL};
    struct child_options options = {.argv = argv,
                                    .env = env,
                                    .directory = dir,
                                    .timeout_ms = 60000,
                                    .max_output_bytes = OUT_MAX_BYTES};
    struct err err;

    for (size_t i = 0; arguments[i] != NULL; i++)
        argv[i + 3] = arguments[i];
    child_result_done(&result);
    result = (struct child_result){0};
    assert_ok(child_run(&options, &result, &err), err);
    return result.exit_code;
}
#define FIX(...) fix_with((const char *const[]){__VA_ARGS__, NULL})

static void assert_says(const struct buf *text, const char *words)
{
    if (strstr(buf_str(text), words) == NULL)
        fail_msg("\"%s\" is not in\n%s", words, buf_str(text));
}

static void assert_file(const char *text)
{
    CLEANUP(buf_done) struct buf bytes = BUF(64 * 1024);
    struct err err;

    assert_ok(files_read(file, &bytes, &err), err);
    assert_string_equal(buf_str(&bytes), text);
}

static void a_diff_is_printed_and_nothing_is_written(void **state)
{
    (void)state;
    assert_int_equal(FIX("--rule", "aws-lambda-xray"), 0);
    assert_says(&result.out, "--- a/main.tf\n+++ b/main.tf\n");
    assert_says(&result.out, "-    mode = \"PassThrough\" # slow\n+    mode = \"Active\" # slow\n");
    assert_says(&result.errors, "1 finding fixed in 1 file (nothing is written without --write)");
    assert_file(before);
}

static void what_is_written_is_fixed_once(void **state)
{
    (void)state;
    assert_int_equal(FIX("--rule", "aws-lambda-xray", "--write"), 0);
    assert_string_equal(buf_str(&result.out), "");
    assert_says(&result.errors, "1 finding fixed in 1 file, written");
    assert_int_equal(FIX("--rule", "aws-lambda-xray", "--write"), 0);
    assert_says(&result.errors, "0 findings fixed in 0 files;");
}

static void care_is_taken_by_name_or_by_wish(void **state)
{
    (void)state;
    assert_int_equal(FIX("--severity", "high"), 0);
    assert_string_equal(buf_str(&result.out), "");
    assert_says(&result.errors, "Callers that do not sign their requests are turned away");
    assert_int_equal(FIX("--severity", "high", "--care"), 0);
    assert_says(&result.out, "+  authorization_type = \"AWS_IAM\"");
    assert_int_equal(FIX("--rule", "CKV_AWS_258"), 0);
    assert_says(&result.out, "+  authorization_type = \"AWS_IAM\"");
}

static void what_a_file_says_does_not_steer_the_terminal(void **state)
{
    (void)state;
    write_file("resource \"aws_lambda_function\" \"f\033[2J\" {\n"
               "  tracing_config {\n    mode = \"PassThrough\"\n  }\n}\n");
    assert_int_equal(FIX("--rule", "aws-lambda-xray", "--write"), 0);
    assert_null(strchr(buf_str(&result.errors), '\033'));
}

static void bad_use_is_told(void **state)
{
    (void)state;
    assert_int_equal(FIX("--rule", "no-such-rule"), 2);
    assert_int_equal(FIX("--input", "log_bucket"), 2);
    assert_file(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_diff_is_printed_and_nothing_is_written, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(what_is_written_is_fixed_once, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(care_is_taken_by_name_or_by_wish, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(what_a_file_says_does_not_steer_the_terminal, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(bad_use_is_told, open_scene, close_scene),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
