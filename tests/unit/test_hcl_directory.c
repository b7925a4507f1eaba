/* Terraform straight from disk, worker/hcl/module/directory.c. */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/hcl_make.h"
#include "tests/support/temp_dir.h"
#include "worker/hcl/module/directory.h"

static char *dir;
static struct hcl_repo *repo;

static int set_up(void **state)
{
    (void)state;
    dir = temp_dir_make();
    repo = hcl_make_repo(NULL, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hcl_repo_free(repo);
    temp_dir_remove(dir);
    return 0;
}

static void make_directory(const char *name)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void write_file(const char *name, const char *text)
{
    free(temp_file_write(dir, name, text));
}

static void link_to(const char *to, const char *name)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(symlink(to, path), 0);
}

static void terraforms_files_are_read_with_their_paths(void **state)
{
    static const char *const wanted[] = {".x.auto.tfvars", "a/main.tf.json", "a/override.tf",
                                         "main.tf", "terraform.tfvars.json"};
    struct err err;

    (void)state;
    make_directory("a");
    make_directory(".git");
    make_directory(".terraform");
    make_directory("a/.terraform");
    write_file("main.tf", "locals {}\n");
    write_file("terraform.tfvars.json", "{}");
    write_file(".x.auto.tfvars", "");
    write_file("readme.md", "no Terraform");
    write_file("a/main.tf.json", "{}");
    write_file("a/override.tf", "");
    write_file(".git/main.tf", "locals {}\n");
    write_file("a/.terraform/main.tf", "locals {}\n");
    assert_ok(hcl_repo_add_directory(repo, dir, &err), err);
    assert_int_equal(hcl_repo_file_count(repo), COUNT(wanted));
    for (size_t i = 0; i < COUNT(wanted); i++)
        assert_string_equal(hcl_repo_file_at(repo, i)->path, wanted[i]);
}

static void no_symlink_leads_out(void **state)
{
    char *outside = temp_dir_make();
    char path[1024];
    struct err err;

    (void)state;
    free(temp_file_write(outside, "secret.tf", "locals {}\n"));
    snprintf(path, sizeof path, "%s/secret.tf", outside);
    write_file("main.tf", "locals {}\n");
    link_to(outside, "linked");
    link_to(path, "secret.tf");
    link_to("main.tf", "again.tf");
    link_to(".", "round");
    assert_ok(hcl_repo_add_directory(repo, dir, &err), err);
    assert_int_equal(hcl_repo_file_count(repo), 1);
    temp_dir_remove(outside);
}

static void only_regular_files_are_opened(void **state)
{
    char path[1024];
    struct err err;

    (void)state;
    snprintf(path, sizeof path, "%s/pipe.tf", dir);
    assert_int_equal(mkfifo(path, 0600), 0);
    make_directory("directory.tf");
    assert_ok(hcl_repo_add_directory(repo, dir, &err), err);
    assert_int_equal(hcl_repo_file_count(repo), 0);
}

static void what_cannot_be_read_is_named(void **state)
{
    char path[1024];
    struct err err;

    (void)state;
    snprintf(path, sizeof path, "%s/gone", dir);
    assert_int_equal(hcl_repo_add_directory(repo, path, &err), ERR_REJECT);
    assert_has(err.text, path);
    write_file("main.tf", "locals {\n");
    snprintf(path, sizeof path, "%s/main.tf", dir);
    assert_int_equal(hcl_repo_add_directory(repo, path, &err), ERR_REJECT);
    assert_ok(hcl_repo_add_directory(repo, dir, &err), err);
    assert_has(hcl_repo_broken(repo, "main.tf"), "main.tf:1:8: Unclosed configuration block");
}

static void depth_and_size_are_capped(void **state)
{
    CLEANUP(buf_done) struct buf path = BUF(64 * 1024);
    CLEANUP(buf_done) struct buf big = BUF(HCL_FILE_MAX_BYTES + 2);
    struct err err;

    (void)state;
    while (big.len <= HCL_FILE_MAX_BYTES)
        buf_char(&big, '\n');
    write_file("big.tf", buf_str(&big));
    assert_ok(hcl_repo_add_directory(repo, dir, &err), err);
    assert_has(hcl_repo_broken(repo, "big.tf"), "are more than the");
    for (int i = 0; i < HCL_DIRECTORY_DEPTH_MAX + 1; i++) {
        buf_text(&path, i > 0 ? "/d" : "d");
        make_directory(buf_str(&path));
    }
    CLEANUP(hcl_repo_freep) struct hcl_repo *other = hcl_make_repo(NULL, 0);
    assert_int_equal(hcl_repo_add_directory(other, dir, &err), ERR_REJECT);
    assert_has(err.text, "more than 64 levels of directories");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(terraforms_files_are_read_with_their_paths, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(no_symlink_leads_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_regular_files_are_opened, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(depth_and_size_are_capped, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
