/* Outside programs: their output, their limits, their end. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"
#include "producer/child.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

static const char *const ENV[] = {"PATH=/usr/bin:/bin", "WORD=given", NULL};

static int sh(const char *script, int64_t timeout_ms, bool (*should_stop)(void *),
              struct child_result *out, struct err *err)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    const struct child_options options = {.argv = argv,
                                          .env = ENV,
                                          .directory = "/",
                                          .timeout_ms = timeout_ms,
                                          .max_output_bytes = 4096,
                                          .should_stop = should_stop};

    return child_run(&options, out, err);
}

static void output_and_exit_code_come_back(void **state)
{
    struct child_result result;
    struct err err = {0};

    (void)state;
    assert_ok(sh("echo out; echo problem >&2; exit 3", 10000, NULL, &result, &err), err);
    assert_int_equal(result.exit_code, 3);
    assert_string_equal(buf_str(&result.out), "out\n");
    assert_string_equal(buf_str(&result.errors), "problem\n");
    child_result_done(&result);
}

static void only_the_given_environment_and_no_descriptor_goes_over(void **state)
{
    int leaked = dup(STDERR_FILENO);
    struct child_result result;
    struct err err = {0};

    (void)state;
    assert_true(leaked > 2);
    setenv("GITHUB_TOKEN", "canary", 1);
    /* Without a pipeline, whose ends the shell would hold for a moment. */
    assert_ok(sh("echo \"$WORD:$GITHUB_TOKEN:$(pwd)\"; ls /proc/$$/fd", 10000, NULL, &result, &err),
              err);
    unsetenv("GITHUB_TOKEN");
    close(leaked);
    assert_string_equal(buf_str(&result.out), "given::/\n0\n1\n2\n");
    child_result_done(&result);
}

static bool is_gone(void *context)
{
    return kill(*(pid_t *)context, 0) != 0 && errno == ESRCH;
}

static void time_running_out_ends_the_whole_group(void **state)
{
    struct child_result result;
    struct err err = {0};
    int64_t started_ms = clock_mono_ms();

    (void)state;
    assert_int_equal(sh("sleep 100 & echo $!; wait", 300, NULL, &result, &err), ERR_RETRY);
    assert_has(err.text, "took longer");
    assert_true(clock_mono_ms() - started_ms < 9000);
    pid_t grandchild = (pid_t)atoi(buf_str(&result.out));
    assert_true(grandchild > 0);
    assert_true(wait_until(is_gone, &grandchild, 5000));
    child_result_done(&result);
}

static bool always(void *context)
{
    (void)context;
    return true;
}

static void a_stop_ends_it_politely(void **state)
{
    struct child_result result;
    struct err err = {0};

    (void)state;
    assert_int_equal(sh("trap 'echo bye; exit 0' INT; while :; do sleep 0.05; done", 60000, always,
                        &result, &err),
                     ERR_RETRY);
    assert_string_equal(err.text, "stopped");
    child_result_done(&result);
}

static void too_much_output_is_refused(void **state)
{
    struct child_result result;
    struct err err = {0};

    (void)state;
    assert_int_equal(sh("yes", 60000, NULL, &result, &err), ERR_REJECT);
    assert_has(err.text, "more than 4096 bytes");
    assert_int_equal(result.out.len, 4096);
    child_result_done(&result);
}

static void a_program_that_is_not_there_is_named(void **state)
{
    const char *const argv[] = {"no-such-program-here", NULL};
    const struct child_options options = {.argv = argv, .env = ENV, .timeout_ms = 1000};
    struct child_result result;
    struct err err = {0};

    (void)state;
    assert_int_equal(child_run(&options, &result, &err), ERR_RETRY);
    assert_has(err.text, "no-such-program-here");
    child_result_done(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_and_exit_code_come_back),
        cmocka_unit_test(only_the_given_environment_and_no_descriptor_goes_over),
        cmocka_unit_test(time_running_out_ends_the_whole_group),
        cmocka_unit_test(a_stop_ends_it_politely),
        cmocka_unit_test(too_much_output_is_refused),
        cmocka_unit_test(a_program_that_is_not_there_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
