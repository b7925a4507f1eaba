/*
 * Edits where something stands close around: operators, splats, keys, templates, heredocs, and
 * files as other systems write them. What was meant stays meant, or is refused by its line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/hcl_edit_scene.h"

/* The outermost node that says the text. */
static const struct hcl_node *find(const struct hcl_file *file, const struct hcl_node *node,
                                   const char *text)
{
    const struct hcl_node *found = NULL;
    size_t len = strlen(text);

    if (node->end - node->start == len && memcmp(file->bytes + node->start, text, len) == 0)
        return node;
    for (const struct hcl_node *child = node->child; child != NULL && found == NULL;
         child = child->next)
        found = find(file, child, text);
    return found;
}

static const struct hcl_node *at(const struct edit_scene *s, const char *text)
{
    const struct hcl_node *node = find(s->file, s->file->body, text);

    assert_non_null(node);
    return node;
}

/* r { a = VALUE }, and in it text replaced. */
static void within(const char *value, const char *text, const char *by, const char *expected)
{
    CLEANUP(buf_done) struct buf before = BUF(10000);
    CLEANUP(buf_done) struct buf after = BUF(10000);
    struct edit_scene s;

    buf_print(&before, "r {\n  a = %s\n}\n", value);
    buf_print(&after, "r {\n  a = %s\n}\n", expected);
    edit_scene_begin(&s, buf_str(&before));
    edit_scene_ok(&s, hcl_edit_replace(s.edits, s.file, at(&s, text), by, &s.err));
    edit_scene_gives(&s, buf_str(&after));
}

static void refused(const char *value, const char *text, const char *by, const char *words)
{
    CLEANUP(buf_done) struct buf before = BUF(10000);
    struct edit_scene s;

    buf_print(&before, "r {\n  a = %s\n}\n", value);
    edit_scene_begin(&s, buf_str(&before));
    assert_int_equal(hcl_edit_replace(s.edits, s.file, at(&s, text), by, &s.err), ERR_REJECT);
    if (strstr(s.err.text, words) == NULL)
        fail_msg("%s", s.err.text);
    assert_int_equal(hcl_edits_count(s.edits), 0);
    edit_scene_end(&s);
}

static void an_operand_stays_one(void **state)
{
    (void)state;
    within("1 + 2", "2", "x ? y : z", "1 + (x ? y : z)");
    within("1 + 2", "1", "x * y", "x * y + 2");
    within("x * 2", "x", "a + b", "(a + b) * 2");
    within("3 - x", "x", "a - b", "3 - (a - b)");
    within("x - 3", "x", "a - b", "a - b - 3");
    within("x && y", "x", "a || b", "(a || b) && y");
    within("x && y", "y", "a == b", "x && a == b");
    within("!x", "x", "a || b", "!(a || b)");
    within("-x", "x", "-1", "-(-1)");
    within("x ? 1 : 2", "x", "y ? 3 : 4", "(y ? 3 : 4) ? 1 : 2");
    within("x ? 1 : 2", "2", "y ? 3 : 4", "x ? 1 : y ? 3 : 4");
    within("(x)", "x", "a + b", "(a + b)");
    within("f(x...)", "x", "c ? d : e", "f(c ? d : e...)");
}

static void a_member_stays_one_of_the_same_thing(void **state)
{
    (void)state;
    within("x.y", "x", "a ? b : c", "(a ? b : c).y");
    within("x[0]", "x", "a + b", "(a + b)[0]");
    within("x[0]", "0", "a + b", "x[a + b]");
    within("x.y", "x", "f(a)[0]", "f(a)[0].y");
    within("x.y", "x", "a[*]", "(a[*]).y");
    within("x[*].y.z", "x", "a[*]", "(a[*])[*].y.z");
    within("x[*].y[0]", "0", "i", "x[*].y[i]");
    within("x.0", "x", "1", "(1).0");
    refused("x.0", "0", "1", "main.tf:2: only an expression or block can be replaced");
    refused("x. 0", "0", "y", "main.tf:2: only an expression or block can be replaced");
}

static void names_side_by_side_stay_two(void **state)
{
    (void)state;
    within("[for x in[1]:x]", "[1]", "m", "[for x in m:x]");
    within("[for x in m:[x]if c]", "[x]", "y", "[for x in m:y if c]");
    within("[for x in m:x if!x]", "!x", "y", "[for x in m:x if y]");
    within("\"%{if!x}a%{endif}\"", "!x", "y", "\"%{if y}a%{endif}\"");
    within("1-x", "1", "y", "y -x");
}

static void a_key_in_parentheses_stays_one(void **state)
{
    (void)state;
    within("{ (b) = 1 }", "b", "c.d", "{ (c.d) = 1 }");
    within("{ (b) = 1 }", "(b)", "c.d", "{ (c.d) = 1 }");
    within("{ (b) = 1 }", "(b)", "\"x\"", "{ \"x\" = 1 }");
    within("{ \"x\" = 1 }", "\"x\"", "true", "{ (true) = 1 }");
}

static void templates_hold_expressions(void **state)
{
    (void)state;
    within("\"${x}-${y}\"", "y", "\"q\"", "\"${x}-${\"q\"}\"");
    within("\"${x}-${y}\"", "y", "{\nb = 1\n}", "\"${x}-${ {\n    b = 1\n  } }\"");
    within("<<E\nx ${y} z\nE", "y", "[1]", "<<E\nx ${[1]} z\nE");
    within("<<-E\n    x ${f([1])}\n    E", "[1]", "[2]", "<<-E\n    x ${f([2])}\n    E");
    within("f(<<E\nx\nE\n  , [1])", "[1]", "[2]", "f(<<E\nx\nE\n  , [2])");
    refused("\"x-${y}\"", "x-", "z", "main.tf:2: only an expression or block can be replaced");
}

static void a_heredoc_goes_where_its_line_may_end(void **state)
{
    static const char *const heredoc = "<<E\nq\nE";
    static const char *const words = ":2: a heredoc's end marker stands alone";
    struct edit_scene s;
    (void)state;

    within("f(\n    1\n  )", "1", heredoc, "f(\n    <<E\nq\nE\n  )");
    within("(\n    1\n    + x\n  )", "x", heredoc, "(\n    1\n    + <<E\nq\nE\n  )");
    refused("1 # c", "1", heredoc, words);
    refused("[1, 2]", "1", heredoc, words);
    refused("f(1)", "1", heredoc, words);
    refused("{ b = 1 }", "1", heredoc, words);
    edit_scene_begin(&s, "r {\n  a = [1]\n  b = { c = 1 }\n  d = {\n    c = 1,\n  }\n}\n");
    assert_int_equal(hcl_edit_append(s.edits, s.file, edit_scene_at(&s, "a"), heredoc, &s.err),
                     ERR_REJECT);
    assert_non_null(strstr(s.err.text, "a list takes no heredoc"));
    edit_scene_ok(&s,
                  hcl_edit_set_key(s.edits, s.file, edit_scene_at(&s, "b"), "k", heredoc, &s.err));
    edit_scene_refuses(&s, ":3: a heredoc's end marker stands alone");
    edit_scene_begin(&s, "r {\n  d = {\n    c = 1,\n  }\n}\n");
    edit_scene_ok(&s,
                  hcl_edit_set_key(s.edits, s.file, edit_scene_at(&s, "d"), "k", heredoc, &s.err));
    edit_scene_refuses(&s, words);
}

static void collections_anywhere_are_edited(void **state)
{
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s, "r {\n  a = [for x in [1, 2] : { k : x, l : ([x]) }]\n  b = merge(x, "
                         "{\n    c = 1\n  })\n}\n");
    edit_scene_ok(&s, hcl_edit_append(s.edits, s.file, at(&s, "[1, 2]"), "3", &s.err));
    edit_scene_ok(&s, hcl_edit_append(s.edits, s.file, at(&s, "[x]"), "0", &s.err));
    edit_scene_ok(
        &s, hcl_edit_set_key(s.edits, s.file, at(&s, "{ k : x, l : ([x]) }"), "m", "y", &s.err));
    edit_scene_ok(&s,
                  hcl_edit_set_key(s.edits, s.file, at(&s, "{\n    c = 1\n  }"), "d", "2", &s.err));
    edit_scene_gives(&s, "r {\n  a = [for x in [1, 2, 3] : { k : x, l : ([x, 0]), m : y }]\n"
                         "  b = merge(x, {\n    c = 1\n    d = 2\n  })\n}\n");
    edit_scene_begin(&s, "r {\n  a = {\n    b: 1,\n    cde: 2\n  }\n}\n");
    edit_scene_ok(&s, hcl_edit_set_key(s.edits, s.file, edit_scene_at(&s, "a"), "f", "3", &s.err));
    edit_scene_gives(&s, "r {\n  a = {\n    b: 1,\n    cde: 2,\n    f: 3\n  }\n}\n");
}

static void a_comma_that_leads_its_line_goes_with_it(void **state)
{
    static const char list[] = "r {\r\n  a = [\r\n    1 # one\r\n    , 2\r\n    , 3\r\n  ]\r\n}";
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s, list);
    edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, "a.2"), &s.err));
    edit_scene_gives(&s, "r {\r\n  a = [\r\n    1 # one\r\n    , 2\r\n  ]\r\n}");
    edit_scene_begin(&s, list);
    edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, "a.2"), &s.err));
    edit_scene_ok(&s, hcl_edit_remove(s.edits, s.file, edit_scene_at(&s, "a.1"), &s.err));
    edit_scene_gives(&s, "r {\r\n  a = [\r\n    1 # one\r\n  ]\r\n}");
}

static void a_windows_file_with_a_mark_and_no_last_newline_stays_one(void **state)
{
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s, "\xEF\xBB\xBFr {\r\n  a = [\r\n    1\r\n  ]\r\n}");
    edit_scene_ok(&s, hcl_edit_append(s.edits, s.file, edit_scene_at(&s, "a"), "2", &s.err));
    edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, s.block, "long", "{\n x = 1\n}", &s.err));
    edit_scene_ok(&s, hcl_edit_add_block(s.edits, s.file, s.block, "n {\ny = 1\n}", &s.err));
    edit_scene_ok(&s, hcl_edit_add_top(s.edits, s.file, NULL, "s {}", &s.err));
    edit_scene_gives(&s, "\xEF\xBB\xBFr {\r\n  a = [\r\n    1,\r\n    2\r\n  ]\r\n"
                         "  long = {\r\n    x = 1\r\n  }\r\n\r\n  n {\r\n    y = 1\r\n  }\r\n}"
                         "\r\n\r\ns {}\r\n");
    edit_scene_begin(&s, "\xEF\xBB\xBF");
    edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, s.file->body, "a", "1", &s.err));
    edit_scene_gives(&s, "\xEF\xBB\xBF"
                         "a = 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operand_stays_one),
        cmocka_unit_test(a_member_stays_one_of_the_same_thing),
        cmocka_unit_test(names_side_by_side_stay_two),
        cmocka_unit_test(a_key_in_parentheses_stays_one),
        cmocka_unit_test(templates_hold_expressions),
        cmocka_unit_test(a_heredoc_goes_where_its_line_may_end),
        cmocka_unit_test(collections_anywhere_are_edited),
        cmocka_unit_test(a_comma_that_leads_its_line_goes_with_it),
        cmocka_unit_test(a_windows_file_with_a_mark_and_no_last_newline_stays_one),
    };
    return cmocka_run_group_tests_name("hcl_edit_odd", tests, NULL, NULL);
}
