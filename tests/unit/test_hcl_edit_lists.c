/* Elements of lists: what stands where afterwards, byte by byte, commas and comments too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/hcl_edit_scene.h"

static void append_gives(const char *before, const char *text, const char *after)
{
    struct edit_scene s;

    edit_scene_begin(&s, before);
    edit_scene_ok(&s, hcl_edit_append(s.edits, s.file, edit_scene_at(&s, "a"), text, &s.err));
    edit_scene_gives(&s, after);
}

static void insert_gives(const char *before, const char *at, enum hcl_side side, const char *text,
                         const char *after)
{
    struct edit_scene s;

    edit_scene_begin(&s, before);
    edit_scene_ok(&s, hcl_edit_insert(s.edits, s.file, edit_scene_at(&s, at), side, text, &s.err));
    edit_scene_gives(&s, after);
}

/* Paths divided by blanks. */
static void remove_gives(const char *before, const char *paths, const char *after)
{
    struct edit_scene s;
    char path[20];

    edit_scene_begin(&s, before);
    for (size_t len; *paths != '\0'; paths += len + (paths[len] == ' ')) {
        len = strcspn(paths, " ");
        memcpy(path, paths, len);
        path[len] = '\0';
        edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, path), &s.err));
    }
    edit_scene_gives(&s, after);
}

static void an_element_joins_a_list_in_one_line(void **state)
{
    (void)state;
    append_gives("r {\n  a = [1]\n}\n", "2", "r {\n  a = [1, 2]\n}\n");
    append_gives("r {\n  a = [1]\n}\n", "2,\n 3", "r {\n  a = [1, 2, 3]\n}\n");
    append_gives("r {\n  a = []\n}\n", "\"x\"", "r {\n  a = [\"x\"]\n}\n");
    append_gives("r {\n  a = [ ]\n}\n", "1, 2", "r {\n  a = [1, 2]\n}\n");
    append_gives("r {\n  a = [1, ]\n}\n", "2", "r {\n  a = [1, 2, ]\n}\n");
    append_gives("r {\n  a = [1,]\n}\n", "2", "r {\n  a = [1, 2,]\n}\n");
    append_gives("r {\n  a = [1 /* one */] # all\n}\n", "2",
                 "r {\n  a = [1 /* one */, 2] # all\n}\n");
    append_gives("r { a=[1] }", "[2]", "r { a=[1, [2]] }");
    append_gives("r {\n  a = [{\n    b = 1\n  }]\n}\n", "{\nb=2\n}",
                 "r {\n  a = [{\n    b = 1\n    }, {\n    b = 2\n  }]\n}\n");
}

static void an_element_gets_a_line_where_the_others_have_one(void **state)
{
    (void)state;
    append_gives("r {\n  a = [\n    1,\n    2,\n  ]\n}\n", "3",
                 "r {\n  a = [\n    1,\n    2,\n    3,\n  ]\n}\n");
    append_gives("r {\n  a = [\n    1,\n    2\n  ]\n}\n", "3",
                 "r {\n  a = [\n    1,\n    2,\n    3\n  ]\n}\n");
    append_gives("r {\r\n\ta = [\r\n\t\t1\r\n\t]\r\n}", "3",
                 "r {\r\n\ta = [\r\n\t\t1,\r\n\t\t3\r\n\t]\r\n}");
    append_gives("r {\n  a = [\n    1,\n    2]\n}\n", "3",
                 "r {\n  a = [\n    1,\n    2,\n    3]\n}\n");
    append_gives("r {\n  a = [\n  ]\n}\n", "3", "r {\n  a = [\n    3,\n  ]\n}\n");
    append_gives("r {\n  a = [\n    # none\n  ]\n}\n", "3",
                 "r {\n  a = [\n    # none\n    3,\n  ]\n}\n");
    append_gives("r {\n  a = [\n    [1],\n  ]\n}\n", "[\n2,\n]",
                 "r {\n  a = [\n    [1],\n    [\n      2,\n    ],\n  ]\n}\n");
}

static void comments_between_elements_stay_with_theirs(void **state)
{
    (void)state;
    append_gives("r {\n  a = [\n    1, # one\n    2  # two\n  ]\n}\n", "3",
                 "r {\n  a = [\n    1, # one\n    2, # two\n    3\n  ]\n}\n");
    append_gives("r {\n  a = [1, # one\n  2] # two\n}\n", "3",
                 "r {\n  a = [1, # one\n  2,\n  3] # two\n}\n");
    append_gives("r {\n  a = [\n    1,\n    # no more\n  ]\n}\n", "2",
                 "r {\n  a = [\n    1,\n    2,\n    # no more\n  ]\n}\n");
    insert_gives("r {\n  a = [\n    1,\n    # two\n    2,\n  ]\n}\n", "a.1", HCL_BEFORE, "0",
                 "r {\n  a = [\n    1,\n    0,\n    # two\n    2,\n  ]\n}\n");
    insert_gives("r {\n  a = [\n    1, # one\n    # two\n    2,\n  ]\n}\n", "a.0", HCL_AFTER, "0",
                 "r {\n  a = [\n    1, # one\n    0,\n    # two\n    2,\n  ]\n}\n");
    insert_gives("r {\n  a = [1, /* two */ 2]\n}\n", "a.1", HCL_BEFORE, "0",
                 "r {\n  a = [1, 0, /* two */ 2]\n}\n");
    insert_gives("r {\n  a = [1, 2, # both\n    3]\n}\n", "a.1", HCL_AFTER, "0",
                 "r {\n  a = [1, 2, # both\n    0,\n    3]\n}\n");
    remove_gives("r {\n  a = [\n    # one\n    1, # 1\n    # two\n    2, # 2\n  ]\n}\n", "a.0",
                 "r {\n  a = [\n    # two\n    2, # 2\n  ]\n}\n");
    remove_gives("r {\n  a = [\n    # one\n    1, # 1\n    # two\n    2, # 2\n  ]\n}\n", "a.1",
                 "r {\n  a = [\n    # one\n    1, # 1\n  ]\n}\n");
    remove_gives("r {\n  a = [\n    # all\n\n    1,\n  ]\n}\n", "a.0",
                 "r {\n  a = [\n    # all\n  ]\n}\n");
    remove_gives("r {\n  a = [1 /* one */, /* two */ 2 /* 2 */]\n}\n", "a.1",
                 "r {\n  a = [1 /* one */]\n}\n");
    remove_gives("r {\n  a = [1 /* one */, /* two */ 2 /* 2 */]\n}\n", "a.0",
                 "r {\n  a = [/* two */ 2 /* 2 */]\n}\n");
    remove_gives("r {\n  a = [\n    1, # one\n    2]\n}\n", "a.1",
                 "r {\n  a = [\n    1 # one\n    ]\n}\n");
}

static void an_element_goes_with_its_comma(void **state)
{
    (void)state;
    remove_gives("r {\n  a = [1, 2, 3]\n}\n", "a.0", "r {\n  a = [2, 3]\n}\n");
    remove_gives("r {\n  a = [1, 2, 3]\n}\n", "a.1", "r {\n  a = [1, 3]\n}\n");
    remove_gives("r {\n  a = [1, 2, 3]\n}\n", "a.2", "r {\n  a = [1, 2]\n}\n");
    remove_gives("r {\n  a = [1, 2, 3]\n}\n", "a.2 a.1", "r {\n  a = [1]\n}\n");
    remove_gives("r {\n  a = [1, 2, 3]\n}\n", "a.2 a.0", "r {\n  a = [2]\n}\n");
    remove_gives("r {\n  a = [1, 2, 3,]\n}\n", "a.2", "r {\n  a = [1, 2,]\n}\n");
    remove_gives("r {\n  a = [1, 2]\n}\n", "a.0 a.1", "r {\n  a = []\n}\n");
    remove_gives("r {\n  a = [\n    1,\n    2\n  ]\n}\n", "a.1", "r {\n  a = [\n    1\n  ]\n}\n");
    remove_gives("r {\n  a = [\n    1,\n    2,\n  ]\n}\n", "a.1", "r {\n  a = [\n    1,\n  ]\n}\n");
    remove_gives("r {\n  a = [\n    1,\n    2,\n  ]\n}\n", "a.0 a.1", "r {\n  a = []\n}\n");
    remove_gives("r {\n  a = [1,\n    2]\n}\n", "a.0", "r {\n  a = [2]\n}\n");
    remove_gives("r {\n  a = [1,\n    2]\n}\n", "a.1", "r {\n  a = [1]\n}\n");
    remove_gives("r {\n  a = [{\n    b = 1\n    }, {\n    b = 2\n  }]\n}\n", "a.0",
                 "r {\n  a = [{\n    b = 2\n  }]\n}\n");
    remove_gives("r {\n  a = [\n    1, 2,\n    3, 4,\n  ]\n}\n", "a.1 a.2",
                 "r {\n  a = [\n    1,\n    4,\n  ]\n}\n");
    remove_gives("r {\n  a = [[1, 2], [3]]\n}\n", "a.0.1 a.1", "r {\n  a = [[1]]\n}\n");
}

static void edits_of_one_list_compose(void **state)
{
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s, "r {\n  a = [\"0.0.0.0/0\", \"b\"]\n}\n");
    edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, "a.0"), &s.err));
    edit_scene_ok(
        &s, hcl_edit_insert(s.edits, s.file, edit_scene_at(&s, "a.0"), HCL_AFTER, "1, 2", &s.err));
    edit_scene_ok(&s, hcl_edit_append(s.edits, s.file, edit_scene_at(&s, "a"), "3", &s.err));
    edit_scene_ok(&s, hcl_edit_replace(s.edits, s.file, edit_scene_at(&s, "a.1"), "\"c\"", &s.err));
    edit_scene_gives(&s, "r {\n  a = [1, 2, \"c\", 3]\n}\n");

    edit_scene_begin(&s, "r {\n  a = [\n    1, # one\n    2\n  ]\n}\n");
    edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, "a.1"), &s.err));
    edit_scene_ok(
        &s, hcl_edit_insert(s.edits, s.file, edit_scene_at(&s, "a.1"), HCL_BEFORE, "3", &s.err));
    edit_scene_ok(&s, hcl_edit_append(s.edits, s.file, edit_scene_at(&s, "a"), "4", &s.err));
    edit_scene_gives(&s, "r {\n  a = [\n    1, # one\n    3,\n    4\n  ]\n}\n");

    edit_scene_begin(&s, "r {\n  a = [\n    1,\n    2,\n  ]\n}\n");
    edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, "a.0"), &s.err));
    edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, "a.1"), &s.err));
    edit_scene_ok(&s, hcl_edit_append(s.edits, s.file, edit_scene_at(&s, "a"), "4", &s.err));
    edit_scene_gives(&s, "r {\n  a = [\n    4,\n  ]\n}\n");

    edit_scene_begin(&s, "r {\n  a = [1]\n}\n");
    edit_scene_ok(
        &s, hcl_edit_insert(s.edits, s.file, edit_scene_at(&s, "a.0"), HCL_BEFORE, "0", &s.err));
    edit_scene_ok(
        &s, hcl_edit_insert(s.edits, s.file, edit_scene_at(&s, "a.0"), HCL_AFTER, "2", &s.err));
    edit_scene_ok(&s, hcl_edit_append(s.edits, s.file, edit_scene_at(&s, "a"), "3", &s.err));
    edit_scene_ok(&s, hcl_edit_append(s.edits, s.file, edit_scene_at(&s, "a"), "3", &s.err));
    assert_int_equal(hcl_edits_count(s.edits), 3);
    edit_scene_gives(&s, "r {\n  a = [0, 1, 2, 3]\n}\n");
}

static void heredocs_in_lists_keep_their_ends(void **state)
{
    (void)state;
    append_gives("r {\n  a = [\n    <<E\nx\nE\n  ]\n}\n", "2",
                 "r {\n  a = [\n    <<E\nx\nE\n    , 2\n  ]\n}\n");
    append_gives("r {\n  a = [\n    <<E\nx\nE\n    ,\n  ]\n}\n", "2",
                 "r {\n  a = [\n    <<E\nx\nE\n    ,\n    2,\n  ]\n}\n");
}

static void what_is_no_element_is_refused(void **state)
{
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s, "r {\n  a = [1]\n  b = x\n  c = [for x in y : x]\n}\n");
    const struct hcl_node *list = edit_scene_at(&s, "a");
    assert_int_equal(hcl_edit_append(s.edits, s.file, list, "", &s.err), ERR_REJECT);
    assert_int_equal(hcl_edit_append(s.edits, s.file, list, "1] + [2", &s.err), ERR_REJECT);
    assert_int_equal(hcl_edit_append(s.edits, s.file, list, "for x in y : x", &s.err), ERR_REJECT);
    assert_int_equal(hcl_edit_append(s.edits, s.file, list, "1 # x", &s.err), 0);
    assert_int_equal(hcl_edit_append(s.edits, s.file, edit_scene_at(&s, "b"), "1", &s.err),
                     ERR_REJECT);
    assert_int_equal(hcl_edit_append(s.edits, s.file, edit_scene_at(&s, "c"), "1", &s.err),
                     ERR_REJECT);
    assert_int_equal(hcl_edit_insert(s.edits, s.file, list, HCL_AFTER, "1", &s.err), ERR_REJECT);
    assert_int_equal(hcl_edit_remove(s.edits, s.file, list, &s.err), ERR_REJECT);
    assert_int_equal(hcl_edits_count(s.edits), 1);
    edit_scene_gives(&s, "r {\n  a = [1, 1]\n  b = x\n  c = [for x in y : x]\n}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_element_joins_a_list_in_one_line),
        cmocka_unit_test(an_element_gets_a_line_where_the_others_have_one),
        cmocka_unit_test(comments_between_elements_stay_with_theirs),
        cmocka_unit_test(an_element_goes_with_its_comma),
        cmocka_unit_test(edits_of_one_list_compose),
        cmocka_unit_test(heredocs_in_lists_keep_their_ends),
        cmocka_unit_test(what_is_no_element_is_refused),
    };
    return cmocka_run_group_tests_name("hcl_edit_lists", tests, NULL, NULL);
}
