/* Edits that contradict each other are refused by both their names; the same edit twice is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/support/hcl_edit_scene.h"

#define FILE_TEXT                                                                                  \
    "r \"x\" {\n"                                                                                  \
    "  a = [1, { k = 1 }]\n"                                                                       \
    "  b = 2\n"                                                                                    \
    "\n"                                                                                           \
    "  n {\n"                                                                                      \
    "    c = 3\n"                                                                                  \
    "  }\n"                                                                                        \
    "}\n"

static void says(struct edit_scene *s, int r, const char *words)
{
    assert_int_equal(r, ERR_REJECT);
    if (strstr(s->err.text, words) == NULL)
        fail_msg("%s\n(expected: %s)", s->err.text, words);
}

static void two_values_for_one_argument_are_refused_by_name(void **state)
{
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s, FILE_TEXT);
    edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, s.block, "b", "3", &s.err));
    says(&s, hcl_edit_set(s.edits, s.file, s.block, "b", "4", &s.err),
         "main.tf: two edits contradict each other: \"set b = 3 (line 3)\" and \"set b = 4 (line "
         "3)\"");
    edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, s.block, "new", "3", &s.err));
    says(&s, hcl_edit_set(s.edits, s.file, hcl_block_body(s.block), "new", "4", &s.err),
         "\"set new = 3 (line 1)\" and \"set new = 4 (line 1)\"");
    says(&s, hcl_edit_replace(s.edits, s.file, edit_scene_at(&s, "b"), "[\n5,\n]", &s.err),
         "\"set b = 3 (line 3)\" and \"replace by [ … (line 3)\"");
    assert_int_equal(hcl_edits_count(s.edits), 2);
    edit_scene_end(&s);
}

static void two_values_for_one_key_or_label_are_refused(void **state)
{
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s, FILE_TEXT);
    const struct hcl_node *object = edit_scene_at(&s, "a.1");
    edit_scene_ok(&s, hcl_edit_set_key(s.edits, s.file, object, "k", "2", &s.err));
    says(&s, hcl_edit_set_key(s.edits, s.file, object, "k", "3", &s.err),
         "\"set k = 2 (line 2)\" and \"set k = 3 (line 2)\"");
    edit_scene_ok(&s, hcl_edit_set_key(s.edits, s.file, object, "l", "2", &s.err));
    says(&s, hcl_edit_set_key(s.edits, s.file, object, "l", "3", &s.err), "\"set l = 3 (line 2)\"");
    edit_scene_ok(&s, hcl_edit_set_label(s.edits, s.file, s.block, 0, "y", &s.err));
    says(&s, hcl_edit_set_label(s.edits, s.file, s.block, 0, "z", &s.err), "\"rename to z");
    edit_scene_end(&s);
}

static void two_different_blocks_of_one_name_are_refused(void **state)
{
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s, FILE_TEXT);
    edit_scene_ok(&s,
                  hcl_edit_add_top(s.edits, s.file, s.block, "resource \"a\" \"b\" {}", &s.err));
    edit_scene_ok(&s, hcl_edit_add_top(s.edits, s.file, NULL, "resource \"a\" \"b\" {}", &s.err));
    edit_scene_ok(&s, hcl_edit_add_top(s.edits, s.file, NULL, "resource \"a\" \"c\" {}", &s.err));
    says(&s, hcl_edit_add_top(s.edits, s.file, NULL, "resource \"a\" \"b\" {\n  c = 1\n}", &s.err),
         "\"add resource \"a\" \"b\" {}\" and \"add resource \"a\" \"b\" { …\"");
    assert_int_equal(hcl_edits_count(s.edits), 2);
    edit_scene_end(&s);
}

static void removing_and_setting_one_thing_is_refused(void **state)
{
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s, FILE_TEXT);
    edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, "=b"), &s.err));
    edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, s.block, "b", "4", &s.err));
    edit_scene_refuses(&s, "\"remove b (line 3)\" and \"set b = 4 (line 3)\"");

    edit_scene_begin(&s, FILE_TEXT);
    edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, "a.1"), &s.err));
    edit_scene_ok(&s,
                  hcl_edit_set_key(s.edits, s.file, edit_scene_at(&s, "a.1"), "z", "4", &s.err));
    edit_scene_refuses(&s, "\"remove { k = 1 } (line 2)\" and \"set z = 4 (line 2)\"");

    edit_scene_begin(&s, FILE_TEXT);
    edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, "a.0"), &s.err));
    edit_scene_ok(&s, hcl_edit_replace(s.edits, s.file, edit_scene_at(&s, "a.0"), "4", &s.err));
    edit_scene_refuses(&s, "\"remove 1 (line 2)\"");
}

static void an_edit_inside_what_goes_is_refused(void **state)
{
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s, FILE_TEXT);
    edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, edit_scene_at(&s, "n/"), "d", "4", &s.err));
    edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, "n/"), &s.err));
    edit_scene_refuses(&s, "\"remove n (line 5)\" and \"set d = 4 (line 5)\"");

    edit_scene_begin(&s, FILE_TEXT);
    edit_scene_ok(&s, hcl_edit_add_block(s.edits, s.file, edit_scene_at(&s, "n/"), "x {}", &s.err));
    edit_scene_ok(&s, hcl_edit_replace(s.edits, s.file, edit_scene_at(&s, "n/"), "m {}", &s.err));
    edit_scene_refuses(&s, "\"replace by m {} (line 5)\" and \"add x {} (line 5)\"");

    edit_scene_begin(&s, FILE_TEXT);
    edit_scene_ok(&s, hcl_edit_append(s.edits, s.file, edit_scene_at(&s, "a"), "5", &s.err));
    edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, s.block, "a", "[]", &s.err));
    edit_scene_refuses(&s, "\"set a = [] (line 2)\" and \"add 5 (line 2)\"");

    edit_scene_begin(&s, FILE_TEXT);
    edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, s.block, &s.err));
    edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, "n/"), &s.err));
    edit_scene_refuses(&s, "\"remove r (line 1)\" and \"remove n (line 5)\"");
}

static void the_same_edit_twice_is_one(void **state)
{
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s, FILE_TEXT);
    for (int i = 0; i < 2; i++) {
        const struct hcl_node *list = edit_scene_at(&s, "a");
        edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, s.block, "b", "3", &s.err));
        edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, s.block, "d", "3", &s.err));
        edit_scene_ok(&s, hcl_edit_append(s.edits, s.file, list, "2", &s.err));
        edit_scene_ok(&s, hcl_edit_insert(s.edits, s.file, list->child, HCL_BEFORE, "0", &s.err));
        edit_scene_ok(
            &s, hcl_edit_set_key(s.edits, s.file, edit_scene_at(&s, "a.1"), "l", "2", &s.err));
        edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, "n/"), &s.err));
        edit_scene_ok(&s, hcl_edit_add_block(s.edits, s.file, s.block, "m {}", &s.err));
        edit_scene_ok(&s, hcl_edit_add_top(s.edits, s.file, NULL, "t {}", &s.err));
        edit_scene_ok(&s, hcl_edit_set_label(s.edits, s.file, s.block, 0, "y", &s.err));
    }
    assert_int_equal(hcl_edits_count(s.edits), 9);
    edit_scene_gives(&s, "r \"y\" {\n  a = [0, 1, { k = 1, l = 2 }, 2]\n  b = 3\n  d = 3\n\n"
                         "  m {}\n}\n\nt {}\n");
}

static void a_thousand_edits_of_one_file_are_made(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(HCL_FILE_MAX_BYTES);
    struct edit_scene s;
    const struct hcl_edited *edited;
    size_t n;
    (void)state;

    for (int i = 0; i < 1000; i++)
        buf_print(&text, "resource \"aws_x\" \"n%d\" {\n  tags = {\n    a = [1]\n  }\n}\n", i);
    edit_scene_begin(&s, buf_str(&text));
    const struct hcl_node *block = NULL;
    while ((block = hcl_block_next(s.file, s.file->body, NULL, block)) != NULL) {
        const struct hcl_node *tags = hcl_attribute(s.file, block, "tags")->child;
        edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, block, "zz", "1", &s.err));
        edit_scene_ok(&s, hcl_edit_set_key(s.edits, s.file, tags, "b", "2", &s.err));
        edit_scene_ok(&s, hcl_edit_append(s.edits, s.file, tags->child->next, "2", &s.err));
    }
    edit_scene_ok(&s, hcl_edits_apply(s.edits, &edited, &n, &s.err));
    edit_scene_check_spans(&edited[0]);
    assert_int_equal(edited[0].n_spans, 3000);
    edit_scene_end(&s);
}

static struct hcl_file *parsed(const char *path)
{
    struct hcl_file *file = NULL;
    struct err err;

    assert_int_equal(hcl_parse(&file, path, "a {\n}\n", 6, &err), 0);
    return file;
}

static void the_same_blocks_in_another_directory_are_others(void **state)
{
    static const char *const texts[] = {"b {}", "b {}\n\nc {}", "data \"x\" \"y\" {}"};
    CLEANUP(hcl_file_freep) struct hcl_file *one = parsed("one/main.tf");
    CLEANUP(hcl_file_freep) struct hcl_file *two = parsed("two/main.tf");
    CLEANUP(hcl_file_freep) struct hcl_file *beside = parsed("two/more.tf");
    (void)state;

    for (size_t i = 0; i < COUNT(texts); i++) {
        CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
        const struct hcl_edited *edited;
        struct err err;
        size_t n = 0;
        assert_int_equal(hcl_edits_new(&edits, &err), 0);
        assert_int_equal(hcl_edit_add_top(edits, one, NULL, texts[i], &err), 0);
        assert_int_equal(hcl_edit_add_top(edits, two, NULL, texts[i], &err), 0);
        assert_int_equal(hcl_edit_add_top(edits, beside, NULL, texts[i], &err), 0);
        assert_int_equal(hcl_edits_apply(edits, &edited, &n, &err), 0);
        assert_int_equal(n, 3);
        for (size_t k = 0; k < n; k++)
            assert_int_equal(edited[k].n_spans, str_eq(edited[k].path, "two/more.tf") ? 0 : 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_blocks_in_another_directory_are_others),
        cmocka_unit_test(two_values_for_one_argument_are_refused_by_name),
        cmocka_unit_test(two_values_for_one_key_or_label_are_refused),
        cmocka_unit_test(two_different_blocks_of_one_name_are_refused),
        cmocka_unit_test(removing_and_setting_one_thing_is_refused),
        cmocka_unit_test(an_edit_inside_what_goes_is_refused),
        cmocka_unit_test(the_same_edit_twice_is_one),
        cmocka_unit_test(a_thousand_edits_of_one_file_are_made),
    };
    return cmocka_run_group_tests_name("hcl_edit_conflicts", tests, NULL, NULL);
}
