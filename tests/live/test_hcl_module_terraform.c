/*
 * The real terraform about what stands together in a directory: override files, names declared
 * twice, and which values files count. Skips where terraform is not installed; nested blocks need a
 * provider's schema, so that test skips unless TERRAFORM_PROVIDER_MIRROR names a mirror that has
 * the AWS provider. PLUMB_WRITE_PLANS=1 writes planned.json anew, PLUMB_FULL=1 asks about
 * everything.
 */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/files.h"
#include "tests/support/hcl_make.h"
#include "tests/support/hcl_module_refused.h"
#include "tests/support/hcl_pair.h"
#include "tests/support/temp_dir.h"

#define SAID_MAX ((size_t)1024 * 1024)

static void need_terraform(void)
{
    if (hcl_pair_has_terraform())
        return;
    print_message("SKIPPED: terraform is not installed\n");
    skip();
}

static struct json *plan_of(const char *directory)
{
    CLEANUP(buf_done) struct buf said = BUF(SAID_MAX);
    struct json *plan = hcl_pair_plan(directory, &said);

    if (plan == NULL)
        fail_msg("%s: %s", directory, buf_str(&said));
    return plan;
}

static void keep_plan(const struct json *plan, const char *directory)
{
    CLEANUP(buf_done) struct buf text = BUF(SAID_MAX);
    char path[1100];
    struct err err;

    if (getenv("PLUMB_WRITE_PLANS") == NULL)
        return;
    snprintf(path, sizeof path, "%s/planned.json", directory);
    json_write(plan, JSON_CANONICAL, &text);
    buf_char(&text, '\n');
    assert_ok(files_write(path, text.bytes, text.len, &err), err);
}

static void merged_modules_mean_what_terraform_plans(void **state)
{
    static const char *const cases[] = {"arguments", "order", "names", "modules", "lifecycle"};

    (void)state;
    need_terraform();
    for (size_t i = 0; i < COUNT(cases); i++) {
        char path[1024];

        snprintf(path, sizeof path, "%s/tests/data/hcl_override/%s", getenv("PLUMB_SOURCE_DIR"),
                 cases[i]);
        CLEANUP(json_freep) struct json *plan = plan_of(path);
        CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo_of_directory(path);
        hcl_pair_check(hcl_make_open(repo, ""), plan);
        keep_plan(plan, path);
    }
}

static void check_sizes(const struct json *plan, const char *address, const char *wanted)
{
    CLEANUP(buf_done) struct buf sizes = BUF(4096);
    const struct json *values = json_get(json_get(plan, "resources"), address);
    const struct json *blocks = json_get(values, "ebs_block_device");

    for (size_t i = 0; i < json_count(blocks); i++)
        buf_print(&sizes, " %d", (int)json_get_int(json_at(blocks, i), "volume_size", 0));
    buf_print(&sizes, " +%zu", json_count(json_get(values, "ephemeral_block_device")));
    assert_string_equal(buf_str(&sizes), wanted);
}

/* What tests/unit/test_hcl_override.c expects of the blocks of a type. */
static void the_real_provider_sees_the_blocks_replaced(void **state)
{
    char path[1024];

    (void)state;
    need_terraform();
    if (getenv("TERRAFORM_PROVIDER_MIRROR") == NULL) {
        print_message("SKIPPED: TERRAFORM_PROVIDER_MIRROR names no mirror with the AWS provider\n");
        skip();
    }
    snprintf(path, sizeof path, "%s/tests/data/hcl_override/blocks", getenv("PLUMB_SOURCE_DIR"));
    CLEANUP(json_freep) struct json *plan = plan_of(path);
    check_sizes(plan, "aws_instance.replaced", " 22 +1");
    check_sizes(plan, "aws_instance.dynamic", " 4 +0");
    check_sizes(plan, "aws_instance.by_dynamic", " 9 10 +0");
    check_sizes(plan, "aws_instance.by_json", " 7 +0");
}

static void write_module(const char *dir, const struct made_file *files)
{
    for (size_t i = 0; i < MODULE_FILES_MAX && files[i].path != NULL; i++) {
        const char *slash = strchr(files[i].path, '/');
        char path[1024];

        snprintf(path, sizeof path, "%s/%.*s", dir, slash ? (int)(slash - files[i].path) : 0,
                 files[i].path);
        (void)mkdir(path, 0700);
        free(temp_file_write(dir, files[i].path, files[i].text));
    }
}

static void terraform_refuses_what_we_refuse(void **state)
{
    (void)state;
    need_terraform();
    for (size_t i = 0; i < COUNT(MODULE_REFUSED); i += getenv("PLUMB_FULL") != NULL ? 1 : 4) {
        CLEANUP(buf_done) struct buf said = BUF(SAID_MAX);
        char *dir = temp_dir_make();

        write_module(dir, MODULE_REFUSED[i].files);
        CLEANUP(json_freep) struct json *plan = hcl_pair_plan(dir, &said);
        temp_dir_remove(dir);
        if (plan != NULL)
            fail_msg("terraform accepts: %s", MODULE_REFUSED[i].wanted);
    }
}

/* Every kind of values file says v0 … v7 from its place on: the last that terraform reads counts.
 */
static void values_files_count_in_terraforms_order(void **state)
{
    static const char *const names[] = {
        "terraform.tfvars",   "terraform.tfvars.json", ".a.auto.tfvars", "a.auto.tfvars",
        "a.auto.tfvars.json", "b.auto.tfvars.json",    "c.auto.tfvars",  "other.tfvars"};
    char *dir = temp_dir_make();
    struct err err;

    (void)state;
    need_terraform();
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(NULL, 0);
    CLEANUP(buf_done) struct buf main = BUF(SAID_MAX);
    for (size_t v = 0; v < COUNT(names); v++)
        buf_print(&main,
                  "variable \"v%zu\" {\n  default = \"none\"\n}\noutput \"v%zu\" {\n  value = "
                  "var.v%zu\n}\n",
                  v, v, v);
    free(temp_file_write(dir, "main.tf", buf_str(&main)));
    assert_ok(hcl_repo_add(repo, "main.tf", buf_str(&main), main.len, &err), err);
    for (size_t i = 0; i < COUNT(names); i++) {
        CLEANUP(buf_done) struct buf text = BUF(SAID_MAX);
        bool is_json = str_ends(names[i], ".json");

        buf_text(&text, is_json ? "{" : "");
        for (size_t v = i; v < COUNT(names); v++)
            buf_print(&text, is_json ? "%s\"v%zu\": \"%s\"" : "%sv%zu = \"%s\"",
                      v == i    ? ""
                      : is_json ? ", "
                                : "\n",
                      v, names[(i + v) % COUNT(names)]);
        buf_text(&text, is_json ? "}" : "\n");
        free(temp_file_write(dir, names[i], buf_str(&text)));
        assert_ok(hcl_repo_add(repo, names[i], buf_str(&text), text.len, &err), err);
    }
    CLEANUP(json_freep) struct json *plan = plan_of(dir);
    temp_dir_remove(dir);
    hcl_pair_check(hcl_make_open(repo, ""), plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merged_modules_mean_what_terraform_plans),
        cmocka_unit_test(the_real_provider_sees_the_blocks_replaced),
        cmocka_unit_test(terraform_refuses_what_we_refuse),
        cmocka_unit_test(values_files_count_in_terraforms_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
