/* Whose each comment is, and that edits keep to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/support/hcl_edit_scene.h"
#include "worker/hcl/edit/comments.h"

static void add_run(const struct edit_scene *s, struct hcl_comment_run run, struct buf *out)
{
    for (size_t i = 0; i < run.n; i++)
        buf_print(out, "[%.*s]", (int)(run.items[i].end - run.items[i].start),
                  s->file->bytes + run.items[i].start);
}

/* "leading | trailing | dangling" of what stands at the path; of a pair, its key's and value's. */
static void owns(const char *text, const char *path, const char *expected)
{
    CLEANUP(buf_done) struct buf told = BUF(10000);
    CLEANUP(hcl_comments_freep) struct hcl_comments *comments = NULL;
    const struct hcl_comment *dangling[10];
    struct edit_scene s;

    edit_scene_begin(&s, text);
    assert_int_equal(hcl_comments_new(&comments, s.file, &s.err), 0);
    const struct hcl_node *node = edit_scene_at(&s, path);
    const struct hcl_node *last = strchr(path, ':') != NULL ? node->next : node;
    const struct hcl_node *inner = node->kind == HCL_BLOCK ? hcl_block_body(node) : last;
    add_run(&s, hcl_comments_leading(comments, node), &told);
    buf_text(&told, " | ");
    add_run(&s, hcl_comments_trailing(comments, last), &told);
    buf_text(&told, " | ");
    size_t n = hcl_comments_dangling(comments, inner, dangling, 10);
    for (size_t i = 0; i < n; i++)
        add_run(&s, (struct hcl_comment_run){dangling[i], 1}, &told);
    assert_string_equal(buf_str(&told), expected);
    hcl_comments_free(comments);
    comments = NULL;
    edit_scene_end(&s);
}

static void lines_right_above_and_the_same_line_are_its_own(void **state)
{
    (void)state;
    owns(
        "# far\n\n# a\n// b\n/* c */\nr { # head\n  # x\n  a = 1 # t\n\n  # end\n}  # u\n# below\n",
        "", "[# a][// b][/* c */] | [# u] | [# head][# end]");
    owns("r {\n  a = 1 # one\n  # two\n  b = 2 /* x */ // two\n}\n", "=b",
         "[# two] | [/* x */][// two] | ");
    owns("r {\n  a = 1 # one\n  b = 2\n}\n", "=b", " |  | ");
    owns("r { # head\n  b = 2\n}\n", "=b", " |  | ");
    owns("r {\n  /* long\n     words */ b = 2\n}\n", "=b", "[/* long\n     words */] |  | ");
    owns("r {\r\n  # x\r\n  # y\r\n  b = 2 # z\r\n}\r\n", "=b", "[# x][# y] | [# z] | ");
    owns("# x", "", " |  | [# x]");
}

static void elements_and_pairs_have_theirs(void **state)
{
    const char *list =
        "r {\n  a = [ # head\n    # one\n    1, # 1\n    2 /* b */, # 2\n\n    # end\n"
        "  ]\n}\n";
    (void)state;
    owns(list, "a.0", "[# one] | [# 1] | ");
    owns(list, "a.1", " | [/* b */][# 2] | ");
    owns(list, "a", " |  | [# head][# end]");
    owns("r {\n  a = [/* x */ 1 /* y */, /* z */ 2]\n}\n", "a.0", "[/* x */] | [/* y */] | ");
    owns("r {\n  a = [/* x */ 1 /* y */, /* z */ 2]\n}\n", "a.1", "[/* z */] |  | ");
    owns("r {\n  a = {\n    # k\n    k = 1, # v\n  }\n}\n", "a:k", "[# k] | [# v] | ");
}

static void a_scanners_mark_belongs_to_the_block(void **state)
{
    const char *text = "#tfsec:ignore:x\nr {\n  #checkov:skip=CKV_1: because\n  # a\n  a = 1 # "
                       "tfsec:ignore:y\n\n  # n\n  #tfsec:ignore:z\n  n {\n  }\n\n  # "
                       "checkov:skip=CKV_2\n  m {\n  }\n}\n";
    (void)state;
    owns(text, "", "[#tfsec:ignore:x] |  | [#checkov:skip=CKV_1: because][# checkov:skip=CKV_2]");
    owns(text, "=a", "[# a] | [# tfsec:ignore:y] | ");
    owns(text, "n/", "[# n][#tfsec:ignore:z] |  | ");
    owns(text, "m/", " |  | ");
    owns("r {\n  # trivy:ignore:x\n  a = 1\n}\n", "=a", " |  | ");
}

static void remove_gives(const char *before, const char *path, const char *after)
{
    struct edit_scene s;

    edit_scene_begin(&s, before);
    edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, path), &s.err));
    edit_scene_gives(&s, after);
}

static void what_goes_takes_its_own_comments_only(void **state)
{
    (void)state;
    remove_gives("r {\n  # checkov:skip=CKV_1: why\n  a = 1\n  b = 2\n}\n", "=a",
                 "r {\n  # checkov:skip=CKV_1: why\n  b = 2\n}\n");
    remove_gives("r {\n  # checkov:skip=CKV_1: why\n  a = 1\n}\n", "=a",
                 "r {\n  # checkov:skip=CKV_1: why\n}\n");
    remove_gives("r {\n  a = 1 # one\n  # two\n  b = 2 # 2\n  # b3 = 3\n}\n", "=b",
                 "r {\n  a = 1 # one\n  # b3 = 3\n}\n");
    remove_gives("r {\n  a = 1 # one\n\n  # apart\n\n  # n\n  n {\n    x = 1\n  } # end\n}\n", "n/",
                 "r {\n  a = 1 # one\n\n  # apart\n}\n");
    remove_gives("# file\n\n# r\nr {\n  # in\n} # end\n\n# s\ns {}\n", "", "# file\n\n# s\ns {}\n");
}

static void nothing_put_in_parts_a_comment_from_its_own(void **state)
{
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s, "r {\n  a = 1 # one\n  # n\n  n {\n  }\n} # end\n# s\ns {}\n");
    edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, s.block, "b", "2", &s.err));
    edit_scene_ok(&s, hcl_edit_add_beside(s.edits, s.file, edit_scene_at(&s, "n/"), HCL_BEFORE,
                                          "m {}", &s.err));
    edit_scene_ok(&s, hcl_edit_add_top(s.edits, s.file, s.block, "t {}", &s.err));
    edit_scene_gives(&s, "r {\n  a = 1 # one\n  b = 2\n\n  m {}\n\n  # n\n  n {\n  }\n} # end\n\n"
                         "t {}\n\n# s\ns {}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_right_above_and_the_same_line_are_its_own),
        cmocka_unit_test(elements_and_pairs_have_theirs),
        cmocka_unit_test(a_scanners_mark_belongs_to_the_block),
        cmocka_unit_test(what_goes_takes_its_own_comments_only),
        cmocka_unit_test(nothing_put_in_parts_a_comment_from_its_own),
    };
    return cmocka_run_group_tests_name("hcl_edit_comments", tests, NULL, NULL);
}
