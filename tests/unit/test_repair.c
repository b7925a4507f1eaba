/* Repairing a tree: fixes that meet in one block, in one variable, in one name; what is left, and
 * why. */
#include "tests/support/test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/files.h"
#include "tests/support/temp_dir.h"
#include "worker/fix/repair.h"
#include "worker/fix/write_back.h"

#define RULES_MAX 8

static struct rules *rules;
static char *dir;

static int set_up(void **state)
{
    struct err err;

    (void)state;
    dir = temp_dir_make();
    return rules_load(&rules, NULL, &err);
}

static int tear_down(void **state)
{
    (void)state;
    temp_dir_remove(dir);
    rules_free(rules);
    return 0;
}

static void write_file(const char *name, const char *text)
{
    char path[1024];
    struct err err;

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    assert_ok(files_make_directory(path, &err), err);
    *slash = '/';
    assert_ok(files_write(path, text, strlen(text), &err), err);
}

/* ids: separated by blanks. */
static struct repair *repair_with(const char *ids, bool with_care, const struct rule_input *inputs,
                                  size_t n_inputs)
{
    const struct rule *chosen[RULES_MAX];
    struct repair_options options = {.rules = chosen,
                                     .inputs = inputs,
                                     .n_inputs = n_inputs,
                                     .with_care = with_care,
                                     .today = "2026-01-02"};
    struct repair *repair = NULL;
    char list[512];
    char *rest = NULL;
    struct err err;

    (void)snprintf(list, sizeof list, "%s", ids);
    for (char *id = strtok_r(list, " ", &rest); id != NULL; id = strtok_r(NULL, " ", &rest)) {
        chosen[options.n_rules] = rules_get(rules, id);
        assert_non_null(chosen[options.n_rules++]);
    }
    assert_ok(repair_tree(&repair, dir, &options, &err), err);
    return repair;
}

static void assert_after(const struct repair *repair, const char *path, const char *text)
{
    struct repair_file file;

    for (size_t i = 0; repair_file_at(repair, i, &file); i++)
        if (str_eq(file.path, path)) {
            if (file.after_len != strlen(text) || memcmp(file.after, text, file.after_len) != 0)
                fail_msg("%s became\n%.*s", path, (int)file.after_len, file.after);
            return;
        }
    fail_msg("%s was not changed", path);
}

static const struct repair_note *note_of(const struct repair *repair, enum repair_answer answer)
{
    const struct repair_note *note;

    for (size_t i = 0; (note = repair_note_at(repair, i)) != NULL; i++)
        if (note->answer == answer)
            return note;
    fail_msg("nothing ended as %d", (int)answer);
    return NULL;
}

static void two_fixes_of_one_block_come_one_after_the_other(void **state)
{
    (void)state;
    write_file("main.tf", "resource \"aws_dynamodb_table\" \"carts\" {\n"
                          "  name = \"carts\" # theirs\n}\n");
    CLEANUP(repair_freep)
    struct repair *repair =
        repair_with("aws-dynamodb-pitr aws-dynamodb-deletion-protection", false, NULL, 0);
    assert_after(repair, "main.tf",
                 "resource \"aws_dynamodb_table\" \"carts\" {\n"
                 "  name                        = \"carts\" # theirs\n"
                 "  deletion_protection_enabled = true\n\n"
                 "  point_in_time_recovery {\n    enabled = true\n  }\n}\n");
    assert_int_equal(repair_count(repair, REPAIR_FIXED), 2);
    assert_int_equal(repair_count(repair, REPAIR_WORSE), 0);
}

static void a_default_that_two_resources_read_is_changed_once(void **state)
{
    (void)state;
    write_file("main.tf", "variable \"protect\" {\n  default = false\n}\n\n"
                          "module \"a\" {\n  source  = \"./table\"\n  protect = var.protect\n}\n");
    write_file("table/main.tf", "variable \"protect\" {}\n\n"
                                "resource \"aws_dynamodb_table\" \"t\" {\n"
                                "  deletion_protection_enabled = var.protect\n}\n");
    CLEANUP(repair_freep)
    struct repair *repair = repair_with("aws-dynamodb-deletion-protection", false, NULL, 0);
    assert_after(repair, "main.tf",
                 "variable \"protect\" {\n  default = true\n}\n\n"
                 "module \"a\" {\n  source  = \"./table\"\n  protect = var.protect\n}\n");
    struct repair_file file;
    assert_true(repair_file_at(repair, 0, &file));
    assert_false(repair_file_at(repair, 1, &file));
}

static void what_is_left_says_why(void **state)
{
    (void)state;
    write_file("main.tf", "resource \"aws_ebs_volume\" \"v\" {\n}\n\n"
                          "resource \"aws_instance\" \"i\" {\n}\n\n"
                          "resource \"aws_security_group\" \"s\" {\n  ingress {\n"
                          "    from_port   = 22\n    to_port     = 22\n    protocol    = \"tcp\"\n"
                          "    cidr_blocks = [\"0.0.0.0/0\"]\n  }\n}\n\n"
                          "resource \"aws_dynamodb_table\" \"t\" {\n"
                          "  deletion_protection_enabled = terraform.workspace == \"prod\"\n}\n");
    write_file("broken/main.tf", "resource {\n");
    CLEANUP(repair_freep)
    struct repair *repair = repair_with("aws-ebs-volume-encryption aws-ec2-instance-imdsv2 "
                                        "aws-security-group-ssh aws-dynamodb-deletion-protection",
                                        false, NULL, 0);
    struct repair_file file;
    assert_false(repair_file_at(repair, 0, &file));
    assert_non_null(strstr(note_of(repair, REPAIR_BY_HAND)->text, "snapshot"));
    assert_string_equal(note_of(repair, REPAIR_CARE_LEFT)->address, "aws_instance.i");
    assert_non_null(strstr(note_of(repair, REPAIR_NEEDS_INPUT)->text, "approved_cidrs"));
    assert_string_equal(note_of(repair, REPAIR_NEEDS_INPUT)->lacks, "approved_cidrs");
    assert_null(note_of(repair, REPAIR_BY_HAND)->lacks);
    assert_string_equal(note_of(repair, REPAIR_UNKNOWN)->address, "aws_dynamodb_table.t");
    assert_string_equal(note_of(repair, REPAIR_UNREADABLE)->file, "broken/main.tf");
    assert_int_equal(note_of(repair, REPAIR_NEEDS_INPUT)->line, 7);
}

static void care_and_inputs_are_used_when_they_are_given(void **state)
{
    const struct rule_input input = {"approved_cidrs", "[\"10.0.0.0/8\"]"};

    (void)state;
    write_file("main.tf", "resource \"aws_security_group\" \"s\" {\n  ingress {\n"
                          "    from_port   = 22\n    to_port     = 22\n    protocol    = \"tcp\"\n"
                          "    cidr_blocks = [\"0.0.0.0/0\"]\n  }\n}\n\n"
                          "resource \"aws_db_instance\" \"d\" {\n"
                          "  publicly_accessible = true\n}\n");
    CLEANUP(repair_freep)
    struct repair *repair =
        repair_with("aws-security-group-ssh aws-rds-public-access", true, &input, 1);
    assert_after(repair, "main.tf",
                 "resource \"aws_security_group\" \"s\" {\n  ingress {\n"
                 "    from_port   = 22\n    to_port     = 22\n    protocol    = \"tcp\"\n"
                 "    cidr_blocks = [\"10.0.0.0/8\"]\n  }\n}\n\n"
                 "resource \"aws_db_instance\" \"d\" {\n"
                 "  publicly_accessible = false\n}\n");
}

static void what_a_comment_suppresses_stays(void **state)
{
    struct repair_file file;

    (void)state;
    write_file("main.tf", "resource \"aws_dynamodb_table\" \"t\" {\n"
                          "  # checkov:skip=CKV_AWS_28:scratch data\n}\n");
    CLEANUP(repair_freep)
    struct repair *repair = repair_with("aws-dynamodb-pitr", false, NULL, 0);
    assert_false(repair_file_at(repair, 0, &file));
    assert_int_equal(repair_count(repair, REPAIR_SUPPRESSED), 1);
}

static void an_input_that_is_more_than_a_value_is_refused(void **state)
{
    static const char *const bad[] = {"\"logs\"\n}\nresource \"x\" \"y\" {",
                                      "\"logs\"\n  force = true", "\"logs\" # all",
                                      "\"logs\", \"more\"", "}"};

    (void)state;
    write_file("main.tf", "resource \"aws_s3_bucket\" \"b\" {\n}\n");
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct rule_input input = {"log_bucket", bad[i]};
        CLEANUP(repair_freep)
        struct repair *repair = repair_with("aws-s3-access-logging", false, &input, 1);
        assert_int_equal(repair_count(repair, REPAIR_FIXED), 0);
        assert_non_null(strstr(note_of(repair, REPAIR_BY_HAND)->text, "not one Terraform value"));
    }
}

static const char untraced[] = "resource \"aws_lambda_function\" \"f\" {\n"
                               "  tracing_config {\n    mode = \"PassThrough\"\n  }\n}\n";

static void a_file_that_a_symlink_leads_to_is_not_edited(void **state)
{
    char path[1024];

    (void)state;
    write_file("a/own.tf", untraced);
    write_file("b/real.tf", untraced);
    write_file("c/keep.tf", "");
    (void)snprintf(path, sizeof path, "%s/c/link.tf", dir);
    assert_int_equal(symlink("../b/real.tf", path), 0);
    CLEANUP(repair_freep) struct repair *repair = repair_with("aws-lambda-xray", false, NULL, 0);
    assert_int_equal(repair_count(repair, REPAIR_FIXED), 1);
    assert_int_equal(repair_count(repair, REPAIR_BY_HAND), 2);
    assert_non_null(strstr(note_of(repair, REPAIR_BY_HAND)->text, "symlink"));
}

static void what_is_written_keeps_its_mode(void **state)
{
    char path[1024];
    struct stat at;
    struct err err;

    (void)state;
    write_file("sub/main.tf", untraced);
    (void)snprintf(path, sizeof path, "%s/sub/main.tf", dir);
    assert_int_equal(chmod(path, 0604), 0);
    CLEANUP(repair_freep) struct repair *repair = repair_with("aws-lambda-xray", false, NULL, 0);
    assert_ok(write_back(repair, dir, &err), err);
    assert_int_equal(stat(path, &at), 0);
    assert_int_equal(at.st_mode & 07777, 0604);
}

static void a_file_that_has_changed_meanwhile_ends_the_writing_before_it_begins(void **state)
{
    char path[1024];
    struct stat at;
    struct err err;

    (void)state;
    write_file("a.tf", untraced);
    write_file("sub/main.tf", untraced);
    CLEANUP(repair_freep) struct repair *repair = repair_with("aws-lambda-xray", false, NULL, 0);
    write_file("sub/main.tf", "# somebody else's\n");
    assert_int_equal(write_back(repair, dir, &err), ERR_REJECT);
    (void)snprintf(path, sizeof path, "%s/sub/main.tf", dir);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("../a.tf", path), 0);
    assert_true(write_back(repair, dir, &err) < 0);
    (void)snprintf(path, sizeof path, "%s/a.tf", dir);
    assert_int_equal(stat(path, &at), 0);
    assert_int_equal(at.st_size, (int)strlen(untraced));
}

static void a_directory_that_is_not_there_is_refused(void **state)
{
    const struct repair_options options = {.today = "2026-01-02"};
    struct repair *repair = NULL;
    struct err err;

    (void)state;
    assert_int_equal(repair_tree(&repair, "/nonexistent/tree", &options, &err), ERR_REJECT);
    assert_non_null(strstr(err.text, "/nonexistent/tree"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_fixes_of_one_block_come_one_after_the_other, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_default_that_two_resources_read_is_changed_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_left_says_why, set_up, tear_down),
        cmocka_unit_test_setup_teardown(care_and_inputs_are_used_when_they_are_given, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_a_comment_suppresses_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_input_that_is_more_than_a_value_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_a_symlink_leads_to_is_not_edited, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_written_keeps_its_mode, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_file_that_has_changed_meanwhile_ends_the_writing_before_it_begins, set_up, tear_down),
        cmocka_unit_test(a_directory_that_is_not_there_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
