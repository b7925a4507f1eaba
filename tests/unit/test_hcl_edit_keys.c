/* Keys of objects: separators, quotes, lines and commas stay as the object has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/hcl_edit_scene.h"

static void set_gives(const char *before, const char *key, const char *value, const char *after)
{
    struct edit_scene s;

    edit_scene_begin(&s, before);
    edit_scene_ok(&s,
                  hcl_edit_set_key(s.edits, s.file, edit_scene_at(&s, "a"), key, value, &s.err));
    edit_scene_gives(&s, after);
}

static void remove_gives(const char *before, const char *path, const char *after)
{
    struct edit_scene s;

    edit_scene_begin(&s, before);
    edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, path), &s.err));
    edit_scene_gives(&s, after);
}

static void a_present_key_gets_another_value(void **state)
{
    (void)state;
    set_gives("r {\n  a = { b = 1, c = 2 }\n}\n", "b", "3", "r {\n  a = { b = 3, c = 2 }\n}\n");
    set_gives("r {\n  a = {\n    \"b\" : 1 # x\n    c   = 2\n  }\n}\n", "b", "[3]",
              "r {\n  a = {\n    \"b\" : [3] # x\n    c   = 2\n  }\n}\n");
    set_gives("r {\n  a = {\n    null = 1\n  }\n}\n", "null", "{\nb = 1\n}",
              "r {\n  a = {\n    null = {\n      b = 1\n    }\n  }\n}\n");
}

static void a_key_joins_an_object_in_one_line(void **state)
{
    (void)state;
    set_gives("r {\n  a = { b = 1 }\n}\n", "cc", "2", "r {\n  a = { b = 1, cc = 2 }\n}\n");
    set_gives("r {\n  a = {b=1}\n}\n", "cc", "2", "r {\n  a = {b=1, cc=2}\n}\n");
    set_gives("r {\n  a = { b = 1, }\n}\n", "c", "2", "r {\n  a = { b = 1, c = 2, }\n}\n");
    set_gives("r {\n  a = { \"b\" : 1 }\n}\n", "c", "2",
              "r {\n  a = { \"b\" : 1, \"c\" : 2 }\n}\n");
    set_gives("r {\n  a = { b = 1 /* x */ }\n}\n", "c", "2",
              "r {\n  a = { b = 1 /* x */, c = 2 }\n}\n");
}

static void a_key_gets_a_line_aligned_with_its_group(void **state)
{
    (void)state;
    set_gives("r {\n  a = {\n    bcd = 1\n  }\n}\n", "e", "2",
              "r {\n  a = {\n    bcd = 1\n    e   = 2\n  }\n}\n");
    set_gives("r {\n  a = {\n    b = 1\n  }\n}\n", "long", "2",
              "r {\n  a = {\n    b    = 1\n    long = 2\n  }\n}\n");
    set_gives("r {\n  a = {\n    b = 1,\n  }\n}\n", "c", "2",
              "r {\n  a = {\n    b = 1,\n    c = 2,\n  }\n}\n");
    set_gives("r {\n  a = {\n    b = 1,\n    c = 2 # two\n  }\n}\n", "d", "3",
              "r {\n  a = {\n    b = 1,\n    c = 2, # two\n    d = 3\n  }\n}\n");
    set_gives("r {\n  a = {\n    \"b\" = 1\n  }\n}\n", "c", "2",
              "r {\n  a = {\n    \"b\" = 1\n    \"c\" = 2\n  }\n}\n");
    set_gives("r {\n  a = {\n    b = 1\n  }\n}\n", "x y${", "2",
              "r {\n  a = {\n    b        = 1\n    \"x y$${\" = 2\n  }\n}\n");
    set_gives("r {\n\ta = {\n\t\tb   =   1\n\t}\n}\n", "c", "2",
              "r {\n\ta = {\n\t\tb   =   1\n\t\tc   =   2\n\t}\n}\n");
    set_gives("r {\r\n  a = {\r\n    b = 1\r\n  }\r\n}", "c", "2",
              "r {\r\n  a = {\r\n    b = 1\r\n    c = 2\r\n  }\r\n}");
    set_gives("r {\n  a = {\n    b = <<E\nx\nE\n    # end\n  }\n}\n", "c", "2",
              "r {\n  a = {\n    b = <<E\nx\nE\n    c = 2\n    # end\n  }\n}\n");
    set_gives("r {\n  a = {\n    b = 1\n  }\n}\n", "c", "<<E\nx\nE",
              "r {\n  a = {\n    b = 1\n    c = <<E\nx\nE\n  }\n}\n");
    set_gives("r {\n  a = { b = 1,\n    c = 2 }\n}\n", "d", "3",
              "r {\n  a = { b = 1,\n    c = 2,\n    d = 3 }\n}\n");
}

static void an_empty_object_opens_into_lines(void **state)
{
    (void)state;
    set_gives("r {\n  a = {}\n}\n", "b", "1", "r {\n  a = {\n    b = 1\n  }\n}\n");
    set_gives("r {\n  a = {\n  }\n}\n", "b", "1", "r {\n  a = {\n    b = 1\n  }\n}\n");
    set_gives("r {\n  a = {\n    # none\n  }\n}\n", "b", "1",
              "r {\n  a = {\n    # none\n    b = 1\n  }\n}\n");
}

static void a_key_goes_with_its_comments(void **state)
{
    (void)state;
    remove_gives("r {\n  a = { b = 1, c = 2 }\n}\n", "a:b", "r {\n  a = { c = 2 }\n}\n");
    remove_gives("r {\n  a = { b = 1, c = 2 }\n}\n", "a:c", "r {\n  a = { b = 1 }\n}\n");
    remove_gives("r {\n  a = { b = 1 }\n}\n", "a.b", "r {\n  a = {}\n}\n");
    remove_gives("r {\n  a = {\n    # b\n    b = 1 # b\n    # ccc\n    ccc = 2 # c\n  }\n}\n",
                 "a:ccc", "r {\n  a = {\n    # b\n    b = 1 # b\n  }\n}\n");
    remove_gives("r {\n  a = {\n    # b\n    b   = 1 # b\n    # ccc\n    ccc = 2 # c\n  }\n}\n",
                 "a:ccc", "r {\n  a = {\n    # b\n    b   = 1 # b\n  }\n}\n");
    remove_gives("r {\n  a = {\n    b = 1,\n    c = 2\n  }\n}\n", "a:c",
                 "r {\n  a = {\n    b = 1\n  }\n}\n");
    remove_gives("r {\n  a = {\n    b = 1\n\n    c = 2\n\n    d = 3\n  }\n}\n", "a:c",
                 "r {\n  a = {\n    b = 1\n\n    d = 3\n  }\n}\n");
}

static void several_keys_compose(void **state)
{
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s, "r {\n  a = { b = 1 }\n}\n");
    const struct hcl_node *object = edit_scene_at(&s, "a");
    edit_scene_ok(&s, hcl_edit_set_key(s.edits, s.file, object, "c", "2", &s.err));
    edit_scene_ok(&s, hcl_edit_set_key(s.edits, s.file, object, "d", "[\n1\n]", &s.err));
    edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, "a:b"), &s.err));
    edit_scene_gives(&s, "r {\n  a = { c = 2, d = [\n    1\n  ] }\n}\n");

    edit_scene_begin(&s, "r {\n  a = [{ b = [1] }]\n}\n");
    object = edit_scene_at(&s, "a.0");
    edit_scene_ok(&s, hcl_edit_append(s.edits, s.file, edit_scene_at(&s, "a"), "x", &s.err));
    edit_scene_ok(&s, hcl_edit_append(s.edits, s.file, edit_scene_at(&s, "a.0.b"), "2", &s.err));
    edit_scene_ok(&s, hcl_edit_set_key(s.edits, s.file, object, "c", "3", &s.err));
    edit_scene_gives(&s, "r {\n  a = [{ b = [1, 2], c = 3 }, x]\n}\n");
}

static void keys_are_found_as_they_mean(void **state)
{
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s,
                     "r {\n  a = { b = 1, \"c d\" = 2, (b) = 3, \"x${y}\" = 4, true = 5 }\n}\n");
    const struct hcl_node *object = edit_scene_at(&s, "a");
    assert_non_null(hcl_object_key(s.file, object, "b"));
    assert_non_null(hcl_object_key(s.file, object, "c d"));
    assert_non_null(hcl_object_key(s.file, object, "true"));
    assert_null(hcl_object_key(s.file, object, "x"));
    assert_null(hcl_object_key(s.file, object, "(b)"));
    assert_null(hcl_object_key(s.file, s.file->body, "b"));
    assert_int_equal(hcl_edit_set_key(s.edits, s.file, s.block, "b", "1", &s.err), ERR_REJECT);
    assert_int_equal(hcl_edit_set_key(s.edits, s.file, object, "z", "1, y = 2", &s.err),
                     ERR_REJECT);
    assert_int_equal(hcl_edits_count(s.edits), 0);
    edit_scene_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_present_key_gets_another_value),
        cmocka_unit_test(a_key_joins_an_object_in_one_line),
        cmocka_unit_test(a_key_gets_a_line_aligned_with_its_group),
        cmocka_unit_test(an_empty_object_opens_into_lines),
        cmocka_unit_test(a_key_goes_with_its_comments),
        cmocka_unit_test(several_keys_compose),
        cmocka_unit_test(keys_are_found_as_they_mean),
    };
    return cmocka_run_group_tests_name("hcl_edit_keys", tests, NULL, NULL);
}
