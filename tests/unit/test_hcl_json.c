/*
 * Terraform's JSON syntax: the same module in both syntaxes means the same, and what terraform
 * planned for it (planned.json beside the pair, made by tests/live/test_hcl_json_terraform.c's
 * judge) is what evaluates here.
 */
#include "tests/support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/files.h"
#include "tests/support/hcl_json_refused.h"
#include "tests/support/hcl_make.h"
#include "tests/support/hcl_pair.h"
#include "worker/hcl/edit/edit.h"
#include "worker/hcl/syntax/json.h"
#include "worker/hcl/locate/locate.h"

#define PAIRS_MIN 15

static int is_pair(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void show_side(const char *dir, const char *side, struct buf *out)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/%s", dir, side);
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo_of_directory(path);
    hcl_pair_show(hcl_make_open(repo, ""), out);
}

static void check_side(const char *dir, const char *side)
{
    CLEANUP(buf_done) struct buf text = BUF(1024 * 1024);
    CLEANUP(json_freep) struct json *planned = NULL;
    char path[1024];
    struct err err;

    snprintf(path, sizeof path, "%s/planned.json", dir);
    if (files_read(path, &text, &err) < 0)
        return; /* of a provider that terraform would need */
    assert_ok(json_parse(&planned, buf_str(&text), text.len, &err), err);
    snprintf(path, sizeof path, "%s/%s", dir, side);
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo_of_directory(path);
    hcl_pair_check(hcl_make_open(repo, ""), planned);
}

static void both_syntaxes_mean_the_same_and_what_terraform_planned(void **state)
{
    char pairs[512];
    struct dirent **entries;
    int n;

    (void)state;
    snprintf(pairs, sizeof pairs, "%s/tests/data/hcl_json", getenv("PLUMB_SOURCE_DIR"));
    n = scandir(pairs, &entries, is_pair, alphasort);
    assert_true(n >= PAIRS_MIN);
    for (int i = 0; i < n; i++) {
        CLEANUP(buf_done) struct buf native = BUF(1024 * 1024);
        CLEANUP(buf_done) struct buf json = BUF(1024 * 1024);
        char dir[1024];

        snprintf(dir, sizeof dir, "%s/%s", pairs, entries[i]->d_name);
        free(entries[i]);
        show_side(dir, "native", &native);
        show_side(dir, "json", &json);
        if (!str_eq(buf_str(&native), buf_str(&json)))
            fail_msg("%s differs:\n%s\n%s", dir, buf_str(&native), buf_str(&json));
        check_side(dir, "native");
        check_side(dir, "json");
    }
    free(entries);
}

static void refused(const char *path, const char *text, const char *wanted)
{
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    struct err err = {0};

    if (hcl_json_parse(&file, path, text, strlen(text), &err) != ERR_REJECT)
        fail_msg("%s is accepted", text);
    if (strstr(err.text, wanted) == NULL)
        fail_msg("%s: \"%s\" does not say \"%s\"", text, err.text, wanted);
}

static void what_terraform_refuses_is_refused_with_its_place(void **state)
{

    (void)state;
    for (size_t i = 0; i < COUNT(JSON_REFUSED); i++)
        refused("x.tf.json", JSON_REFUSED[i].text, JSON_REFUSED[i].wanted);
    refused("x.tfvars.json", "[{\"a\":1}]", "Root value must be object");
    refused("x.tfvars.json", "{\"a\":1,\"a\":2}", "Attribute redefined");
}

static void nesting_and_size_are_capped(void **state)
{
    CLEANUP(buf_done) struct buf deep = BUF(1024 * 1024);
    CLEANUP(mem_freep) char *big = calloc(1, HCL_FILE_MAX_BYTES + 1);
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    struct err err;

    (void)state;
    for (int i = 0; i < 400000; i++)
        buf_char(&deep, '[');
    assert_int_equal(hcl_json_parse(&file, "a.tf.json", buf_str(&deep), deep.len, &err),
                     ERR_REJECT);
    assert_has(err.text, "Nesting too deep");
    assert_non_null(big);
    memset(big, ' ', HCL_FILE_MAX_BYTES);
    assert_int_equal(hcl_json_parse(&file, "a.tf.json", big, HCL_FILE_MAX_BYTES + 1, &err),
                     ERR_REJECT);
    assert_ok(hcl_json_parse(&file, "a.tf.json", big, HCL_FILE_MAX_BYTES, &err), err);
}

/* The densest texts there are fit into what the reader allows itself. */
static void every_text_that_fits_is_read(void **state)
{
    static const char *const parts[] = {"1,",  "\"\",",     "-1,",      "[],",
                                        "{},", "\"${a}\",", "\"\\n\",", "{\"\":0},"};

    (void)state;
    for (size_t i = 0; i < COUNT(parts); i++) {
        CLEANUP(buf_done) struct buf text = BUF(HCL_FILE_MAX_BYTES);
        CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
        struct err err;

        buf_text(&text, "{\"locals\":{\"a\":[");
        while (text.len < 600000)
            buf_text(&text, parts[i]);
        buf_text(&text, "0]}}");
        assert_ok(hcl_json_parse(&file, "a.tf.json", buf_str(&text), text.len, &err), err);
    }
}

static const char NESTED[] = "{\"resource\": {\"aws_security_group\": {\n"
                             "  \"g\": {\n"
                             "    \"name\": \"a\\u0062c\",\n"
                             "    \"ingress\": [{\"from_port\": 22}]\n"
                             "  }\n}}}\n";

static void positions_lead_back_to_the_text(void **state)
{
    const struct made_file files[] = {{"main.tf.json", NESTED}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, 1);
    const struct hcl_resource *group = hcl_resource_at(hcl_make_open(repo, ""), 0);
    const struct hcl_value *name = hcl_eval_attribute(group, group->block, "name", NULL);
    const struct hcl_node *literal = name->origins[0].node->child;
    int line;
    int column;

    (void)state;
    assert_string_equal(name->text, "abc");
    hcl_position(group->file, name->origins[0].node->start, &line, &column);
    assert_int_equal(line, 3);
    assert_int_equal(column, 13);
    hcl_position(group->file, literal->start + 2, &line, &column); /* the c behind the escape */
    assert_int_equal(line, 3);
    assert_int_equal(column, 21);
}

static void a_resource_in_json_is_located(void **state)
{
    const struct made_file files[] = {{"main.tf.json", NESTED}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, 1);
    struct hcl_module *root = hcl_make_open(repo, "");
    const struct hcl_query by_line = {.file = "main.tf.json", .line_start = 4, .line_end = 4};
    const struct hcl_query by_address = {.address = "aws_security_group.g"};
    struct hcl_match match;

    (void)state;
    assert_int_equal(hcl_locate(root, &by_line, &match, 1), 1);
    assert_string_equal(match.resource->address, "aws_security_group.g");
    assert_int_equal(hcl_locate(root, &by_address, &match, 1), 1);
}

static void an_edit_is_refused_with_the_place(void **state)
{
    const struct made_file files[] = {{"main.tf.json", NESTED}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, 1);
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    const struct hcl_resource *group = hcl_resource_at(hcl_make_open(repo, ""), 0);
    const struct hcl_node *name = hcl_attribute(group->file, group->block, "name");
    struct err err;

    (void)state;
    assert_ok(hcl_edits_new(&edits, &err), err);
    assert_int_equal(hcl_edit_replace(edits, group->file, name->child, "\"x\"", &err), ERR_REJECT);
    assert_has(err.text, "main.tf.json:3: Terraform's JSON syntax is read but not edited");
    assert_int_equal(hcl_edit_set(edits, group->file, group->block, "a", "1", &err), ERR_REJECT);
    assert_has(err.text, "main.tf.json:2:");
    assert_int_equal(hcl_edit_remove(edits, group->file, name, &err), ERR_REJECT);
    assert_int_equal(hcl_edit_add_block(edits, group->file, group->block, "x {\n}", &err),
                     ERR_REJECT);
    assert_int_equal(hcl_edit_add_top(edits, group->file, group->block, "x {\n}", &err),
                     ERR_REJECT);
    assert_int_equal(hcl_edits_count(edits), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_syntaxes_mean_the_same_and_what_terraform_planned),
        cmocka_unit_test(what_terraform_refuses_is_refused_with_its_place),
        cmocka_unit_test(nesting_and_size_are_capped),
        cmocka_unit_test(every_text_that_fits_is_read),
        cmocka_unit_test(positions_lead_back_to_the_text),
        cmocka_unit_test(a_resource_in_json_is_located),
        cmocka_unit_test(an_edit_is_refused_with_the_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
