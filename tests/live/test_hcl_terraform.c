/*
 * The judge of the evaluator asked again: a real terraform gives every recorded expression its
 * value and type (tests/data/hcl/eval), and plans the sample repository as it is recorded
 * (tests/data/sample/plan.tsv). Skips where terraform, or a mirror with the AWS provider, is
 * missing. PLUMB_RECORD=1 writes plan.tsv anew.
 */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/files.h"
#include "producer/child.h"
#include "tests/support/hcl_console.h"
#include "tests/support/hcl_corpus.h"
#include "tests/support/hcl_make.h"
#include "tests/support/hcl_plan.h"
#include "tests/support/temp_dir.h"

#define OUTPUT_MAX  ((size_t)16 * 1024 * 1024)
#define ROUNDS_MAX  10
#define ADDED_BLOCK "terraform_data.later"
#define PLAN_HEADER                                                                                \
    "# What `terraform plan` 1.11.4 with AWS provider 5.100.0 shows: root, address, "              \
    "argument, value; hcl_plan.h says how it is written.\n"
/* Nothing may leave the machine, and the one data source that must ask AWS waits for apply. */
#define OFFLINE_PROVIDER                                                                           \
    "provider \"aws\" {\n  access_key = \"x\"\n  secret_key = \"x\"\n"                             \
    "  skip_credentials_validation = true\n  skip_requesting_account_id = true\n"                  \
    "  skip_metadata_api_check = true\n  skip_region_validation = true\n}\n"
#define OFFLINE_IMAGE "data \"aws_ami\" \"linux\" {\n  owners = [" ADDED_BLOCK ".id]\n}\n"

static char *scratch;

static void skip_without(bool condition, const char *what)
{
    if (condition)
        return;
    print_message("SKIPPED: %s\n", what);
    skip();
}

/* Its exit code; out and errors get what it said, either may be NULL. */
static int terraform(const char *directory, const char *const *argv, struct buf *out,
                     struct buf *errors)
{
    char config[1024];
    char path[4096];
    char home[1024];
    const char *const env[] = {path, home, config, "CHECKPOINT_DISABLE=1", "TF_INPUT=0", NULL};
    const struct child_options options = {.argv = argv,
                                          .env = env,
                                          .directory = directory,
                                          .timeout_ms = 300000,
                                          .max_output_bytes = OUTPUT_MAX};
    struct child_result result;
    struct err err = {0};

    (void)snprintf(path, sizeof path, "PATH=%s", getenv("PATH"));
    (void)snprintf(home, sizeof home, "HOME=%s", scratch);
    (void)snprintf(config, sizeof config, "TF_CLI_CONFIG_FILE=%s/mirror.tfrc", scratch);
    assert_ok(child_run(&options, &result, &err), err);
    if (out != NULL)
        buf_text(out, buf_str(&result.out));
    if (errors != NULL)
        buf_text(errors, buf_str(&result.errors));
    int code = result.exit_code;
    child_result_done(&result);
    return code;
}

static void must_run(const char *directory, const char *const *argv, struct buf *out)
{
    CLEANUP(buf_done) struct buf errors = BUF(OUTPUT_MAX);

    if (terraform(directory, argv, out, &errors) != 0)
        fail_msg("%s %s: %s", argv[0], argv[1], buf_str(&errors));
}

static struct json *parse(const struct buf *text)
{
    struct json *json = NULL;
    struct err err = {0};

    assert_ok(json_parse(&json, buf_str(text), text->len, &err), err);
    return json;
}

/* --- expressions --- */

/* As the console prints it, on one line. */
static void write_type(const struct json *type, struct buf *out)
{
    const char *kind = json_text(json_at(type, 0), NULL);
    const struct json *member;
    const char *key;

    if (json_is_text(type)) {
        buf_text(out, json_text(type, ""));
        return;
    }
    bool is_tuple = str_eq(kind, "tuple");
    buf_print(out, "%s(%s", kind, is_tuple ? "[" : str_eq(kind, "object") ? "{" : "");
    const struct json *inside = json_at(type, 1);
    for (size_t i = 0; is_tuple && i < json_count(inside); i++) {
        buf_char(out, ' ');
        write_type(json_at(inside, i), out);
        buf_char(out, ',');
    }
    for (size_t i = 0; str_eq(kind, "object") && json_member(inside, i, &key, &member); i++) {
        buf_print(out, " %s: ", key);
        write_type(member, out);
        buf_char(out, ',');
    }
    if (!is_tuple && !str_eq(kind, "object"))
        write_type(inside, out);
    else
        buf_print(out, "%s%s", json_count(inside) > 0 ? " " : "", is_tuple ? "]" : "}");
    buf_char(out, ')');
}

/* One output for the type of each row and one for its value, which stands in it as text, since a
 * JSON reader may not take its numbers; of a refused one whether it works. */
static void write_outputs(const struct console_rows *rows, const bool *left_out)
{
    CLEANUP(buf_done) struct buf text = BUF(OUTPUT_MAX);

    for (size_t i = 0; i < rows->n; i++) {
        const char *expression = rows->items[i].expression;
        if (left_out[i])
            continue;
        if (rows->items[i].type[0] == '!')
            buf_print(&text, "output \"r%zu\" {\n  value = can(jsonencode(%s))\n}\n", i,
                      expression);
        else
            buf_print(&text,
                      "output \"t%zu\" {\n  value = [true ? null : (%s)]\n}\n"
                      "output \"j%zu\" {\n  value = jsonencode(%s)\n}\n",
                      i, expression, i, expression);
    }
    free(temp_file_write(scratch, "main.tf", buf_str(&text)));
}

/* What does not even pass the checks before evaluation is named in the errors: such a row must be
 * a refused one, and is left out from now on. */
static void leave_out_named(const struct console_rows *rows, const struct buf *errors,
                            bool *left_out)
{
    const char *at = buf_str(errors);
    size_t n = 0;

    while ((at = strstr(at, "in output \"")) != NULL) {
        at += strlen("in output \"");
        size_t row = strtoul(at + 1, NULL, 10);
        if (at[0] != 'r' || row >= rows->n)
            fail_msg("%s", buf_str(errors));
        n += !left_out[row];
        left_out[row] = true;
    }
    if (n == 0)
        fail_msg("%s", buf_str(errors));
}

static void ask(const struct console_rows *rows, bool *left_out, struct buf *out)
{
    static const char *const apply[] = {"terraform", "apply", "-no-color", "-auto-approve", NULL};
    static const char *const show[] = {"terraform", "output", "-json", NULL};

    for (int round = 0;; round++) {
        CLEANUP(buf_done) struct buf errors = BUF(OUTPUT_MAX);
        assert_true(round < ROUNDS_MAX);
        write_outputs(rows, left_out);
        if (terraform(scratch, apply, NULL, &errors) == 0)
            break;
        leave_out_named(rows, &errors, left_out);
    }
    must_run(scratch, show, out);
}

static bool is_as_recorded(const struct console_row *row, size_t i, const struct json *outputs)
{
    CLEANUP(buf_done) struct buf type = BUF(OUTPUT_MAX);
    char name[32];

    if (row->type[0] == '!') {
        (void)snprintf(name, sizeof name, "r%zu", i);
        return !json_bool(json_get(json_get(outputs, name), "value"), true);
    }
    (void)snprintf(name, sizeof name, "j%zu", i);
    if (!str_eq(json_get_text(json_get(outputs, name), "value", ""), row->value))
        return false;
    (void)snprintf(name, sizeof name, "t%zu", i);
    write_type(json_at(json_at(json_get(json_get(outputs, name), "type"), 1), 0), &type);
    return str_eq(buf_str(&type), row->type);
}

static void terraform_still_says_what_is_recorded(void **state)
{
    CLEANUP(console_rows_done) struct console_rows rows = {0};
    CLEANUP(buf_done) struct buf text = BUF(OUTPUT_MAX);
    CLEANUP(json_freep) struct json *outputs = NULL;
    size_t wrong = 0;

    (void)state;
    skip_without(hcl_fmt_available(), "terraform is not installed");
    console_rows_read(&rows);
    bool *left_out = calloc(rows.n, sizeof *left_out);
    assert_non_null(left_out);
    ask(&rows, left_out, &text);
    outputs = parse(&text);
    for (size_t i = 0; i < rows.n; i++) {
        if (left_out[i] || is_as_recorded(&rows.items[i], i, outputs))
            continue;
        print_error("not as recorded: %s\n", rows.items[i].expression);
        wrong++;
    }
    free(left_out);
    print_message("%zu expressions asked again\n", rows.n);
    assert_int_equal(wrong, 0);
}

/* --- plan --- */

static void write_beside(const char *directory, const char *name, const char *text)
{
    free(temp_file_write(directory, name, text));
}

static void plan(const struct plan_root *root, struct buf *json)
{
    static const char *const init[] = {"terraform", "init", "-backend=false", "-no-color", NULL};
    static const char *const make[] = {
        "terraform", "plan", "-refresh=false", "-lock=false", "-no-color", "-out=p", NULL};
    static const char *const show[] = {"terraform", "show", "-json", "p", NULL};
    char directory[1024];
    bool asks_aws = str_eq(root->directory, "envs/prod");

    (void)snprintf(directory, sizeof directory, "%s/repo/%s", scratch, root->directory);
    write_beside(directory, "given.auto.tfvars", root->given);
    write_beside(directory, "offline_override.tf",
                 asks_aws ? OFFLINE_PROVIDER OFFLINE_IMAGE : OFFLINE_PROVIDER);
    if (asks_aws)
        write_beside(directory, "later.tf", "resource \"terraform_data\" \"later\" {}\n");
    must_run(directory, init, NULL);
    must_run(directory, make, NULL);
    must_run(directory, show, json);
}

static void copy_sample(void)
{
    char source[1024];
    const char *copy[] = {"cp", "-r", plan_path("repo", source, sizeof source), scratch, NULL};

    must_run(scratch, copy, NULL);
}

static void the_sample_is_planned_as_recorded(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = NULL;
    CLEANUP(buf_done) struct buf rows = BUF(OUTPUT_MAX);
    CLEANUP(buf_done) struct buf recorded = BUF(OUTPUT_MAX);
    CLEANUP(buf_done) struct buf config = BUF(4096);
    const char *mirror = getenv("TERRAFORM_PROVIDER_MIRROR");
    char path[1024];
    struct err err = {0};

    (void)state;
    skip_without(hcl_fmt_available() && mirror != NULL, "TERRAFORM_PROVIDER_MIRROR is not set");
    buf_print(&config,
              "provider_installation {\n  filesystem_mirror {\n    path = \"%s\"\n  }\n}\n",
              mirror);
    write_beside(scratch, "mirror.tfrc", buf_str(&config));
    copy_sample();
    repo = plan_repo();
    buf_text(&rows, PLAN_HEADER);
    for (size_t i = 0; i < PLAN_ROOTS; i++) {
        CLEANUP(buf_done) struct buf text = BUF(OUTPUT_MAX);
        CLEANUP(json_freep) struct json *json = NULL;
        plan(&plan_roots[i], &text);
        json = parse(&text);
        plan_write_rows(hcl_make_open(repo, plan_roots[i].directory), plan_roots[i].directory, json,
                        ADDED_BLOCK, &rows);
    }
    plan_path("plan.tsv", path, sizeof path);
    if (getenv("PLUMB_RECORD") != NULL)
        assert_ok(files_write(path, buf_str(&rows), rows.len, &err), err);
    assert_ok(files_read(path, &recorded, &err), err);
    assert_string_equal(buf_str(&rows), buf_str(&recorded));
}

static int set_up(void **state)
{
    (void)state;
    scratch = temp_dir_make();
    write_beside(scratch, "mirror.tfrc", "");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_dir_remove(scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terraform_still_says_what_is_recorded),
        cmocka_unit_test(the_sample_is_planned_as_recorded),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
