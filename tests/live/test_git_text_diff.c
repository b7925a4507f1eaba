/*
 * The unified diff of two texts, judged by `git apply` and `patch`: both take it, and what they
 * make of the old text is the new one, byte for byte.
 */
#include "tests/support/test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common/files.h"
#include "tests/support/hcl_corpus.h"
#include "tests/support/temp_dir.h"
#include "worker/git/git.h"
#include "worker/hcl/edit/edit.h"

#define TEXT_MAX ((size_t)1024 * 1024)

static void write_file(const char *dir, const char *name, const char *bytes, size_t len)
{
    char path[4096];

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static int run(const char *dir, const char *command)
{
    char line[8192];

    (void)snprintf(line, sizeof line, "cd '%s' && GIT_CEILING_DIRECTORIES=/ %s >out 2>&1", dir,
                   command);
    int status = system(line);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool is_there(const char *program)
{
    char line[200];

    (void)snprintf(line, sizeof line, "command -v %s >/dev/null 2>&1", program);
    return system(line) == 0;
}

/* Puts the old text into a fresh directory, has the program apply the diff, compares. */
static void applies(const char *program, const char *command, const char *path, const char *before,
                    size_t before_len, const char *after, size_t after_len, const struct buf *diff)
{
    char *dir = temp_dir_make();
    char full[4096];

    if (before != NULL)
        write_file(dir, path, before, before_len);
    write_file(dir, "it.diff", buf_str(diff), diff->len);
    if (run(dir, command) != 0)
        fail_msg("%s refuses:\n%s", program, buf_str(diff));
    (void)snprintf(full, sizeof full, "%s/%s", dir, path);
    if (after != NULL) {
        CLEANUP(buf_done) struct buf now = BUF(TEXT_MAX);
        struct err err;
        assert_int_equal(files_read(full, &now, &err), 0);
        assert_int_equal(now.len, after_len);
        assert_memory_equal(buf_str(&now), after, after_len);
    } else {
        struct stat at;
        assert_int_equal(stat(full, &at), -1);
    }
    temp_dir_remove(dir);
}

static void both_apply(const char *path, const char *before, size_t before_len, const char *after,
                       size_t after_len, struct buf *diff)
{
    struct err err = {0};

    assert_ok(git_text_diff(path, before, before_len, after, after_len, diff, &err), err);
    applies("git apply", "git apply it.diff", path, before, before_len, after, after_len, diff);
    if (is_there("patch"))
        applies("patch", "patch --binary -p1 -i it.diff", path, before, before_len, after,
                after_len, diff);
}

/* Applied by both; what the diff says, for more checks. */
static void gives(const char *path, const char *before, const char *after, const char *part)
{
    CLEANUP(buf_done) struct buf diff = BUF(TEXT_MAX);

    both_apply(path, before, before != NULL ? strlen(before) : 0, after,
               after != NULL ? strlen(after) : 0, &diff);
    if (strstr(buf_str(&diff), part) == NULL)
        fail_msg("no \"%s\" in\n%s", part, buf_str(&diff));
}

static int set_up(void **state)
{
    struct err err;

    (void)state;
    if (!is_there("git")) {
        fprintf(stderr, "SKIPPED: no git on the PATH\n");
        exit(77);
    }
    if (!is_there("patch"))
        fprintf(stderr, "SKIPPED in part: no patch on the PATH, git apply alone judges\n");
    return git_start(&err);
}

static int tear_down(void **state)
{
    (void)state;
    git_end();
    return 0;
}

static void a_changed_line_stands_between_three_others(void **state)
{
    (void)state;
    gives("main.tf", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nX\n6\n7\n8\n9\n",
          "--- a/main.tf\n+++ b/main.tf\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+X\n 6\n 7\n 8\n");
    gives("a b.tf", "a\n", "b\n", "--- a/a b.tf\t\n+++ b/a b.tf\t\n@@ -1 +1 @@\n-a\n+b\n");
    gives("gr\u00f6\u00dfe \"x\".tf", "a\n", "b\n", "@@ -1 +1 @@\n-a\n+b\n");
}

static void a_missing_last_newline_is_said(void **state)
{
    (void)state;
    gives("main.tf", "a", "a\n", "-a\n\\ No newline at end of file\n+a\n");
    gives("main.tf", "a\n", "a", "-a\n+a\n\\ No newline at end of file\n");
    gives("main.tf", "a\nb", "c\nb", " b\n\\ No newline at end of file\n");
    gives("main.tf", "a", "b",
          "-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n");
}

static void crlf_and_a_bom_are_shown_as_they_are(void **state)
{
    (void)state;
    gives("main.tf", "a = 1\r\nb = 2\r\n", "a = 1\r\nb = 3\r\n", " a = 1\r\n-b = 2\r\n+b = 3\r\n");
    gives("main.tf", "a\r\n", "a\n", "-a\r\n+a\n");
    gives("main.tf",
          "\xEF\xBB\xBF"
          "a\n",
          "\xEF\xBB\xBF"
          "b\n",
          "-\xEF\xBB\xBF"
          "a\n");
}

static void files_come_and_go(void **state)
{
    (void)state;
    gives("main.tf", NULL, "a\n", "--- /dev/null\n+++ b/main.tf\n@@ -0,0 +1 @@\n+a\n");
    gives("main.tf", "a\n", NULL, "--- a/main.tf\n+++ /dev/null\n");
    gives("main.tf", NULL, "a", "+a\n\\ No newline at end of file\n");
}

static void equal_texts_give_nothing_and_odd_paths_are_refused(void **state)
{
    CLEANUP(buf_done) struct buf diff = BUF(TEXT_MAX);
    CLEANUP(buf_done) struct buf small = BUF(20);
    struct err err;

    (void)state;
    assert_int_equal(git_text_diff("main.tf", "a\n", 2, "a\n", 2, &diff, &err), 0);
    assert_int_equal(diff.len, 0);
    assert_int_equal(git_text_diff("../main.tf", "a", 1, "b", 1, &diff, &err), ERR_REJECT);
    assert_int_equal(git_text_diff("main.tf", "a", 1, "b", 1, &small, &err), ERR_REJECT);
}

/* Every block loses its first argument and gains another. */
static void edit_blocks(struct hcl_edits *edits, const struct hcl_file *file)
{
    const struct hcl_node *block = NULL;
    struct err err;

    while ((block = hcl_block_next(file, file->body, NULL, block)) != NULL) {
        const struct hcl_node *first = hcl_block_body(block)->child;
        assert_ok(hcl_edit_set(edits, file, block, "zz_new", "[\n1,\n]", &err), err);
        if (first != NULL)
            assert_ok(hcl_edit_remove(edits, file, first, &err), err);
    }
}

static void edited_applies(const struct corpus_file *source)
{
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    const struct hcl_edited *edited;
    struct err err;
    size_t n;

    assert_ok(hcl_parse(&file, "it.tf", source->bytes, source->len, &err), err);
    assert_ok(hcl_edits_new(&edits, &err), err);
    edit_blocks(edits, file);
    assert_ok(hcl_edits_apply(edits, &edited, &n, &err), err);
    for (size_t i = 0; i < n; i++) {
        CLEANUP(buf_done) struct buf diff = BUF(TEXT_MAX);
        both_apply("it.tf", edited[i].old_bytes, edited[i].old_len, edited[i].bytes, edited[i].len,
                   &diff);
    }
}

static void the_diff_of_an_edit_applies(void **state)
{
    const char *source = getenv("PLUMB_SOURCE_DIR");
    char path[4096];

    (void)state;
    (void)snprintf(path, sizeof path, "%s/tests/data/sample", source != NULL ? source : ".");
    CLEANUP(hcl_corpus_freep) struct hcl_corpus *files = hcl_corpus_of(path);
    assert_non_null(files);
    assert_true(files->n > 10);
    for (size_t i = 0; i < files->n; i += 2)
        edited_applies(&files->items[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_changed_line_stands_between_three_others),
        cmocka_unit_test(a_missing_last_newline_is_said),
        cmocka_unit_test(crlf_and_a_bom_are_shown_as_they_are),
        cmocka_unit_test(files_come_and_go),
        cmocka_unit_test(equal_texts_give_nothing_and_odd_paths_are_refused),
        cmocka_unit_test(the_diff_of_an_edit_applies),
    };
    return cmocka_run_group_tests_name("git_text_diff", tests, set_up, tear_down);
}
