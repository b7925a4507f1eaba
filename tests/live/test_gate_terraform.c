/*
 * The gate's layers that run terraform, with the real one, and the cage that it runs in. Skips
 * where terraform is not installed; what needs a provider's schema skips unless
 * TERRAFORM_PROVIDER_MIRROR names a mirror that has the AWS provider.
 */
#include "tests/support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/support/hcl_make.h"
#include "tests/support/temp_dir.h"
#include "worker/gate/cage.h"
#include "worker/gate/gate.h"

static struct rules *rules;
static char *scratch;
static const char *mirror;

#define SKIP_WITHOUT(condition, what)                                                              \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            print_message("SKIPPED: %s\n", what);                                                  \
            skip();                                                                                \
        }                                                                                          \
    } while (0)

static bool has_terraform(void)
{
    const char *path = getenv("PATH");
    char file[4096];

    while (path != NULL && *path != '\0') {
        size_t len = strcspn(path, ":");

        (void)snprintf(file, sizeof file, "%.*s/terraform", (int)len, path);
        if (access(file, X_OK) == 0)
            return true;
        path += len + (path[len] == ':');
    }
    return false;
}

static bool never(void *context)
{
    (void)context;
    return false;
}

static const struct gate_layer_result *layer(const struct gate_report *report, const char *name)
{
    for (size_t i = 0; i < report->n; i++) {
        if (str_eq(report->layers[i].layer, name))
            return &report->layers[i];
    }
    return NULL;
}

/* The fix of one file; a new block named predicted or the changed one. */
static void run_gate(const char *before, const char *after, const char *predicted,
                     struct gate_report *report)
{
    CLEANUP(hcl_repo_freep)
    struct hcl_repo *repo = hcl_make_repo(&(struct made_file){"main.tf", before}, 1);
    struct hcl_edited edited = {.path = "main.tf", .bytes = after, .len = strlen(after)};
    char addresses[1][256] = {""};
    struct err err = {0};

    (void)str_copy(addresses[0], sizeof addresses[0], predicted);
    assert_ok(gate_run(&(struct gate_input){.rules = rules,
                                            .before = repo,
                                            .directory = "",
                                            .address = predicted,
                                            .edited = &edited,
                                            .n_edited = 1,
                                            .predicted = addresses,
                                            .n_predicted = 1,
                                            .terraform_binary = "terraform",
                                            .terraform_mirror = mirror,
                                            .scratch_dir = scratch,
                                            .should_stop = never},
                       report, &err),
              err);
}

static void check_layer(const struct gate_report *report, const char *name,
                        enum gate_verdict verdict, const char *detail)
{
    const struct gate_layer_result *result = layer(report, name);

    assert_non_null(result);
    if (result->verdict != verdict)
        fail_msg("%s: %s, %s", name, gate_verdict_name(result->verdict), result->detail);
    assert_has(result->detail, detail);
}

static void check_scratch_is_empty(void)
{
    DIR *dir = opendir(scratch);
    const struct dirent *entry;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL)
        assert_true(entry->d_name[0] == '.');
    closedir(dir);
}

#define DATA(inside) "resource \"terraform_data\" \"d\" {\n" inside "}\n\nlocals {\n  a = 1\n}\n"

static void a_formatted_file_must_stay_formatted(void **state)
{
    struct gate_report report;

    (void)state;
    SKIP_WITHOUT(has_terraform(), "terraform is not installed");
    run_gate(DATA("  input = 1\n"), DATA("  input = 2\n"), "terraform_data.d", &report);
    check_layer(&report, "fmt", GATE_PASSED, "content");
    check_layer(&report, "fmt", GATE_PASSED, "network");
    run_gate(DATA("  input = 1\n"), DATA("  input   = 2\n"), "terraform_data.d", &report);
    check_layer(&report, "fmt", GATE_FAILED, "main.tf is not in terraform's format any more");
    check_scratch_is_empty();
}

static void a_file_that_was_not_formatted_is_left_so(void **state)
{
    struct gate_report report;

    (void)state;
    SKIP_WITHOUT(has_terraform(), "terraform is not installed");
    run_gate(DATA("  input   = 1\n"), DATA("  input   = 2\n"), "terraform_data.d", &report);
    check_layer(&report, "fmt", GATE_PASSED, "left so");
}

static void an_error_that_the_fix_brings_is_found(void **state)
{
    struct gate_report report;

    (void)state;
    SKIP_WITHOUT(has_terraform(), "terraform is not installed");
    run_gate(DATA("  input = 1\n"), DATA("  input = 2\n"), "terraform_data.d", &report);
    check_layer(&report, "validate", GATE_PASSED, "content");
    run_gate(DATA("  input = 1\n"), DATA("  input = var.none\n"), "terraform_data.d", &report);
    check_layer(&report, "validate", GATE_FAILED, "Reference to undeclared input variable");
    run_gate(DATA("  input = 1\n"), DATA("  inputt = 1\n"), "terraform_data.d", &report);
    assert_false(report.passed);
    check_scratch_is_empty();
}

static void errors_that_were_there_before_are_not_the_fix_s(void **state)
{
    struct gate_report report;

    (void)state;
    SKIP_WITHOUT(has_terraform(), "terraform is not installed");
    run_gate(DATA("  input = var.none\n"), DATA("  input = var.none\n\n  triggers_replace = [1]\n"),
             "terraform_data.d", &report);
    check_layer(&report, "validate", GATE_PASSED, "1 that were there before");
}

static void without_the_provider_validate_says_so(void **state)
{
    const char *kept = mirror;
    struct gate_report report;

    (void)state;
    SKIP_WITHOUT(has_terraform(), "terraform is not installed");
    mirror = "";
    run_gate("resource \"aws_kms_key\" \"k\" {}\n",
             "resource \"aws_kms_key\" \"k\" {\n  enable_key_rotation = true\n}\n", "aws_kms_key.k",
             &report);
    mirror = kept;
    check_layer(&report, "fmt", GATE_PASSED, "");
    check_layer(&report, "validate", GATE_NOT_RUN, "provider schema unavailable");
    assert_true(report.passed);
}

static void with_a_mirror_the_provider_s_schema_judges(void **state)
{
    struct gate_report report;

    (void)state;
    SKIP_WITHOUT(has_terraform() && mirror != NULL, "TERRAFORM_PROVIDER_MIRROR is not set");
    run_gate("resource \"aws_kms_key\" \"k\" {}\n",
             "resource \"aws_kms_key\" \"k\" {\n  enable_key_rotation = true\n}\n", "aws_kms_key.k",
             &report);
    check_layer(&report, "validate", GATE_PASSED, "content");
    run_gate("resource \"aws_kms_key\" \"k\" {}\n",
             "resource \"aws_kms_key\" \"k\" {\n  enable_key_rotations = true\n}\n",
             "aws_kms_key.k", &report);
    check_layer(&report, "validate", GATE_FAILED, "enable_key_rotations");
}

/* --- the cage --- */

static const char *const no_environment[] = {"ONLY=this", NULL};

static struct cage_command shell(const char *const *argv)
{
    return (struct cage_command){.argv = argv,
                                 .environment = no_environment,
                                 .directory = scratch,
                                 .deadline_ms = 20000,
                                 .memory_max_bytes = (size_t)1 << 30,
                                 .output_max_bytes = 4096};
}

static void a_caged_program_inherits_nothing(void **state)
{
    const char *argv[] = {"/bin/sh", "-c", "env; pwd; ls -l /proc/self/fd; cat", NULL};
    struct cage_command command = shell(argv);
    struct cage_result result;
    struct err err = {0};
    char secret[] = "/tmp/cage-XXXXXX";
    int fd = mkstemp(secret);

    (void)state;
    assert_true(fd > 2);
    assert_int_equal(setenv("CAGE_SECRET", "hunter2", 1), 0);
    assert_ok(cage_run(&command, &result, &err), err);
    assert_int_equal(result.exit_code, 0);
    assert_has(buf_str(&result.out), "ONLY=this");
    assert_lacks(buf_str(&result.out), "hunter2");
    assert_lacks(buf_str(&result.out), secret);
    assert_has(buf_str(&result.out), scratch);
    assert_has(result.how, "network");
    cage_result_done(&result);
    close(fd);
    unlink(secret);
    unsetenv("CAGE_SECRET");
}

static void a_caged_program_has_no_network_where_the_cage_says_so(void **state)
{
    const char *argv[] = {"/bin/cat", "/proc/self/net/dev", NULL};
    struct cage_command command = shell(argv);
    struct cage_result result;
    struct err err = {0};
    size_t devices = 0;

    (void)state;
    assert_ok(cage_run(&command, &result, &err), err);
    for (const char *at = buf_str(&result.out); (at = strchr(at, ':')) != NULL; at++)
        devices++;
    if (strstr(result.how, "no network") == NULL)
        print_message("the kernel does not let the cage take the network away here\n");
    else
        assert_int_equal(devices, 1); /* lo, and it is down */
    cage_result_done(&result);
}

static void a_program_that_ignores_its_deadline_dies_with_its_children(void **state)
{
    const char *argv[] = {"/bin/sh", "-c", "trap '' TERM; sleep 60 & echo $!; wait; wait", NULL};
    struct cage_command command = shell(argv);
    struct cage_result result;
    struct err err = {0};
    int64_t began_ms = clock_mono_ms();

    (void)state;
    command.deadline_ms = 300;
    assert_ok(cage_run(&command, &result, &err), err);
    assert_true(result.timed_out);
    assert_int_equal(result.exit_code, -1);
    assert_true(clock_mono_ms() - began_ms < 20000);
    assert_true(atoi(buf_str(&result.out)) > 0);
    cage_result_done(&result);
}

static void too_much_output_is_cut_off(void **state)
{
    const char *argv[] = {"/bin/sh", "-c",
                          "i=0; while [ $i -lt 3000 ]; do echo 0123456789; i=$((i+1)); done", NULL};
    struct cage_command command = shell(argv);
    struct cage_result result;
    struct err err = {0};

    (void)state;
    assert_ok(cage_run(&command, &result, &err), err);
    assert_int_equal(result.exit_code, 0);
    assert_true(result.output_cut);
    assert_int_equal(result.out.len, 4096);
    cage_result_done(&result);
}

static void what_cannot_be_started_is_named(void **state)
{
    const char *argv[] = {"/nowhere/terraform", NULL};
    struct cage_command command = shell(argv);
    struct cage_result result;
    struct err err = {0};

    (void)state;
    assert_int_equal(cage_run(&command, &result, &err), ERR_RETRY);
    assert_has(err.text, "/nowhere/terraform");
    argv[0] = "/bin/true";
    command.directory = "/nowhere";
    assert_int_equal(cage_run(&command, &result, &err), ERR_RETRY);
    assert_has(err.text, "directory /nowhere");
}

static bool at_once(void *context)
{
    (void)context;
    return true;
}

static void a_stop_ends_the_program(void **state)
{
    const char *argv[] = {"/bin/sleep", "60", NULL};
    struct cage_command command = shell(argv);
    struct cage_result result;
    struct err err = {0};

    (void)state;
    command.should_stop = at_once;
    assert_int_equal(cage_run(&command, &result, &err), ERR_RETRY);
    assert_has(err.text, "stopped");
}

static int set_up(void **state)
{
    struct err err;

    (void)state;
    scratch = temp_dir_make();
    mirror = getenv("TERRAFORM_PROVIDER_MIRROR");
    return rules_load(&rules, NULL, &err);
}

static int tear_down(void **state)
{
    (void)state;
    rules_free(rules);
    temp_dir_remove(scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_formatted_file_must_stay_formatted),
        cmocka_unit_test(a_file_that_was_not_formatted_is_left_so),
        cmocka_unit_test(an_error_that_the_fix_brings_is_found),
        cmocka_unit_test(errors_that_were_there_before_are_not_the_fix_s),
        cmocka_unit_test(without_the_provider_validate_says_so),
        cmocka_unit_test(with_a_mirror_the_provider_s_schema_judges),
        cmocka_unit_test(a_caged_program_inherits_nothing),
        cmocka_unit_test(a_caged_program_has_no_network_where_the_cage_says_so),
        cmocka_unit_test(a_program_that_ignores_its_deadline_dies_with_its_children),
        cmocka_unit_test(too_much_output_is_cut_off),
        cmocka_unit_test(what_cannot_be_started_is_named),
        cmocka_unit_test(a_stop_ends_the_program),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
