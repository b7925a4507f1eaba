/*
 * Override files: merged modules mean what terraform planned for them (planned.json, by
 * tests/live/test_hcl_module_terraform.c), values are known by where they are written, and what
 * cannot stand together is refused.
 */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/files.h"
#include "tests/support/hcl_make.h"
#include "tests/support/hcl_module_refused.h"
#include "tests/support/hcl_pair.h"
#include "worker/hcl/edit/edit.h"
#include "worker/hcl/locate/locate.h"

static void merged_modules_mean_what_terraform_planned(void **state)
{
    static const char *const cases[] = {"arguments", "order", "names", "modules", "lifecycle"};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(buf_done) struct buf text = BUF(1024 * 1024);
        CLEANUP(json_freep) struct json *planned = NULL;
        char path[1024];
        struct err err;

        snprintf(path, sizeof path, "%s/tests/data/hcl_override/%s", getenv("PLUMB_SOURCE_DIR"),
                 cases[i]);
        CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo_of_directory(path);
        (void)str_copy(path + strlen(path), sizeof path - strlen(path), "/planned.json");
        assert_ok(files_read(path, &text, &err), err);
        assert_ok(json_parse(&planned, buf_str(&text), text.len, &err), err);
        hcl_pair_check(hcl_make_open(repo, ""), planned);
    }
}

/* The blocks of a type, the dynamic ones marked, with one argument of each: "1 2 *var.sizes". */
static void show_blocks(const struct hcl_resource *resource, const char *type, const char *name,
                        struct buf *out)
{
    const struct hcl_file *file = resource->file;
    const struct hcl_node *block = NULL;
    char label[64];

    while ((block = hcl_block_next(file, resource->block, NULL, block)) != NULL) {
        bool is_dynamic = hcl_name_is(file, block, "dynamic") &&
                          hcl_block_label(file, block, 0, label, sizeof label) &&
                          str_eq(label, type);
        if (!is_dynamic && !hcl_name_is(file, block, type))
            continue;
        buf_text(out, is_dynamic ? " *" : " ");
        hcl_make_show(hcl_eval_attribute(resource, block, is_dynamic ? "for_each" : name, NULL),
                      out);
    }
    if (hcl_attribute(file, resource->block, type) != NULL) {
        buf_text(out, " argument ");
        hcl_make_show(hcl_eval_attribute(resource, resource->block, type, NULL), out);
    }
}

/* As the real provider's plan has them; the live test holds both against it. */
static void a_block_replaces_all_of_its_type(void **state)
{
    static const struct {
        const char *address, *ebs, *ephemeral;
    } cases[] = {
        {"aws_instance.replaced", " 22", " \"/dev/e\""},
        {"aws_instance.dynamic", " 4", ""},
        {"aws_instance.by_dynamic", " *[9 10]", ""},
        {"aws_instance.by_json", " argument [{device_name=\"/dev/c\" volume_size=7}]", ""},
    };
    char path[1024];

    (void)state;
    snprintf(path, sizeof path, "%s/tests/data/hcl_override/blocks", getenv("PLUMB_SOURCE_DIR"));
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo_of_directory(path);
    struct hcl_module *root = hcl_make_open(repo, "");
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(buf_done) struct buf ebs = BUF(4096);
        CLEANUP(buf_done) struct buf ephemeral = BUF(4096);
        const struct hcl_resource *resource = hcl_resource_find(root, cases[i].address);

        show_blocks(resource, "ebs_block_device", "volume_size", &ebs);
        show_blocks(resource, "ephemeral_block_device", "device_name", &ephemeral);
        assert_string_equal(buf_str(&ebs), cases[i].ebs);
        assert_string_equal(buf_str(&ephemeral), cases[i].ephemeral);
    }
}

static const struct made_file LAYERED[] = {
    {"main.tf", "resource \"aws_s3_bucket_public_access_block\" \"b\" {\n"
                "  bucket                  = \"x\"\n  block_public_acls       = false\n"
                "  block_public_policy     = true\n  restrict_public_buckets = true\n}\n"},
    {"z_override.tf", "\nresource \"aws_s3_bucket_public_access_block\" \"b\" {\n"
                      "  ignore_public_acls = false\n  block_public_acls  = \"${false}\"\n\n"
                      "  lifecycle {\n    ignore_changes = [bucket]\n  }\n}\n"},
};

static void a_value_is_known_by_where_it_is_written(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(LAYERED, COUNT(LAYERED));
    const struct hcl_resource *b = hcl_resource_at(hcl_make_open(repo, ""), 0);
    const struct hcl_value *over = hcl_eval_attribute(b, b->block, "ignore_public_acls", NULL);
    const struct hcl_value *base = hcl_eval_attribute(b, b->block, "block_public_policy", NULL);
    const struct hcl_node *lifecycle = hcl_block_next(b->file, b->block, "lifecycle", NULL);
    int line;
    int column;

    (void)state;
    assert_ptr_equal(over->origins[0].file, hcl_repo_file(repo, "z_override.tf"));
    assert_memory_equal(over->origins[0].file->bytes + over->origins[0].node->start, "false", 5);
    assert_ptr_equal(base->origins[0].file, hcl_repo_file(repo, "main.tf"));
    hcl_position(b->file, lifecycle->start, &line, &column);
    assert_int_equal(line, 6);
    assert_int_equal(column, 3);
    hcl_position(b->file, b->block->start, &line, &column);
    assert_int_equal(line, 1);
    assert_int_equal(b->n_overrides, 1);
    assert_ptr_equal(b->overrides[0].file, hcl_repo_file(repo, "z_override.tf"));
}

static void a_resource_is_located_in_either_file(void **state)
{
    static const struct hcl_query queries[] = {
        {.file = "main.tf", .line_start = 2, .line_end = 2},
        {.file = "z_override.tf", .line_start = 4, .line_end = 4},
        {.address = "aws_s3_bucket_public_access_block.b"}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(LAYERED, COUNT(LAYERED));
    struct hcl_module *root = hcl_make_open(repo, "");
    struct hcl_match match;

    (void)state;
    for (size_t i = 0; i < COUNT(queries); i++) {
        assert_int_equal(hcl_locate(root, &queries[i], &match, 1), 1);
        assert_ptr_equal(match.resource, hcl_resource_at(root, 0));
    }
    assert_int_equal(
        hcl_locate(root, &(struct hcl_query){.file = "z_override.tf", .line_start = 1}, &match, 1),
        0);
}

static void a_merged_block_is_not_edited_as_such(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(LAYERED, COUNT(LAYERED));
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    const struct hcl_resource *b = hcl_resource_at(hcl_make_open(repo, ""), 0);
    struct err err;

    (void)state;
    assert_ok(hcl_edits_new(&edits, &err), err);
    assert_int_equal(hcl_edit_set(edits, b->file, b->block, "a", "1", &err), ERR_REJECT);
    assert_has(err.text, "main.tf:1: the block is merged from several files");
}

static void what_cannot_stand_together_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(MODULE_REFUSED); i++) {
        size_t n = 0;
        struct hcl_module *module;
        struct err err;

        while (n < MODULE_FILES_MAX && MODULE_REFUSED[i].files[n].path != NULL)
            n++;
        CLEANUP(hcl_repo_freep)
        struct hcl_repo *repo = hcl_make_repo(MODULE_REFUSED[i].files, n);
        for (int again = 0; again < 2; again++) {
            if (hcl_module_open(repo, "", &module, &err) != ERR_REJECT)
                fail_msg("accepted, but: %s", MODULE_REFUSED[i].wanted);
            assert_has(err.text, MODULE_REFUSED[i].wanted);
        }
    }
}

/* Terraform has no such bound; each block laid over costs as much as all that is there. */
static void a_block_is_overridden_so_often_only(void **state)
{
    static const char base[] = "resource \"a\" \"b\" {}\n";

    (void)state;
    for (int n = 256; n <= 257; n++) {
        CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(NULL, 0);
        CLEANUP(buf_done) struct buf over = BUF(64 * 1024);
        struct hcl_module *module;
        struct err err;

        for (int i = 0; i < n; i++)
            buf_print(&over, "resource \"a\" \"b\" {\n  n = %d\n}\n", i);
        assert_ok(hcl_repo_add(repo, "main.tf", base, strlen(base), &err), err);
        assert_ok(hcl_repo_add(repo, "override.tf", buf_str(&over), over.len, &err), err);
        int r = hcl_module_open(repo, "", &module, &err);
        assert_int_equal(r, n == 256 ? 0 : ERR_REJECT);
        if (r < 0) {
            assert_has(err.text, "override.tf:769:1: more than 256 blocks of override files");
            continue;
        }
        const struct hcl_resource *b = hcl_resource_at(module, 0);
        assert_int_equal(hcl_eval_attribute(b, b->block, "n", NULL)->number, 255);
    }
}

/* What terraform 1.11 neither merges nor refuses. */
static void what_terraform_passes_over_is_passed_over(void **state)
{
    static const struct made_file files[] = {{"main.tf", "ephemeral \"x_y\" \"a\" {}\n"},
                                             {"override.tf",
                                              "ephemeral \"x_y\" \"b\" {}\nprovider \"x\" {}\n"
                                              "removed {\n  from = x_z.z\n}\n"}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));

    (void)state;
    assert_int_equal(hcl_resource_count(hcl_make_open(repo, "")), 0);
}

/* Each entry of required_providers counts for itself, and override files come last. */
static void the_last_required_provider_counts(void **state)
{
    static const struct made_file files[] = {
        {"a_override.tf", "terraform {\n  required_providers {\n    aws = \"~> 5.0\"\n  }\n}\n"},
        {"main.tf", "terraform {\n  required_providers {\n    aws = \"~> 3.0\"\n    x = \"1\"\n  "
                    "}\n}\n"}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_module *root = hcl_make_open(repo, "");
    const struct hcl_file *file = NULL;
    const struct hcl_node *entry = hcl_module_requires(root, "aws", &file);

    (void)state;
    assert_string_equal(hcl_eval(root, file, entry, NULL)->text, "~> 5.0");
    entry = hcl_module_requires(root, "x", &file);
    assert_string_equal(hcl_eval(root, file, entry, NULL)->text, "1");
    assert_null(hcl_module_requires(root, "y", &file));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merged_modules_mean_what_terraform_planned),
        cmocka_unit_test(a_block_replaces_all_of_its_type),
        cmocka_unit_test(a_value_is_known_by_where_it_is_written),
        cmocka_unit_test(a_resource_is_located_in_either_file),
        cmocka_unit_test(a_merged_block_is_not_edited_as_such),
        cmocka_unit_test(what_cannot_stand_together_is_refused),
        cmocka_unit_test(a_block_is_overridden_so_often_only),
        cmocka_unit_test(what_terraform_passes_over_is_passed_over),
        cmocka_unit_test(the_last_required_provider_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
