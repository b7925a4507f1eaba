/* Whole blocks beside others and in the place of others, labels and references; what changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/hcl_edit_scene.h"
#include "worker/hcl/format/format.h"

static void a_block_stands_beside_another(void **state)
{
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s, "r {\n  a = 1\n\n  n {\n    b = 1\n  }\n}\n");
    const struct hcl_node *nested = edit_scene_at(&s, "n/");
    edit_scene_ok(&s, hcl_edit_add_beside(s.edits, s.file, nested, HCL_BEFORE,
                                          "m {\nx = 1\n  long = 2\n}", &s.err));
    edit_scene_ok(&s, hcl_edit_add_beside(s.edits, s.file, nested, HCL_AFTER, "o {}", &s.err));
    edit_scene_ok(&s, hcl_edit_add_beside(s.edits, s.file, s.block, HCL_BEFORE, "p {}", &s.err));
    edit_scene_ok(&s, hcl_edit_add_beside(s.edits, s.file, s.block, HCL_AFTER, "q {}", &s.err));
    edit_scene_gives(&s, "p {}\n\nr {\n  a = 1\n\n  m {\n    x    = 1\n    long = 2\n  }\n\n"
                         "  n {\n    b = 1\n  }\n\n  o {}\n}\n\nq {}\n");
    edit_scene_begin(&s, "r {\r\n\tn {\r\n\t}\r\n}");
    edit_scene_ok(&s, hcl_edit_add_beside(s.edits, s.file, edit_scene_at(&s, "n/"), HCL_AFTER,
                                          "m {\nx = 1\n}", &s.err));
    edit_scene_gives(&s, "r {\r\n\tn {\r\n\t}\r\n\r\n\tm {\r\n\t  x = 1\r\n\t}\r\n}");
    edit_scene_begin(&s, "a = 1\n");
    assert_int_equal(
        hcl_edit_add_beside(s.edits, s.file, s.file->body->child, HCL_AFTER, "o {}", &s.err),
        ERR_REJECT);
    edit_scene_end(&s);
}

static void a_block_takes_the_place_of_another(void **state)
{
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s, "r {\n  # n\n  n {\n    b = 1\n  } # end\n}\n");
    edit_scene_ok(
        &s, hcl_edit_replace(s.edits, s.file, edit_scene_at(&s, "n/"), "m {\nx = 1\n}", &s.err));
    assert_int_equal(hcl_edit_replace(s.edits, s.file, s.block, "a {}\nb {}", &s.err), ERR_REJECT);
    assert_int_equal(hcl_edit_replace(s.edits, s.file, s.block, "a = 1", &s.err), ERR_REJECT);
    edit_scene_gives(&s, "r {\n  # n\n  m {\n    x = 1\n  } # end\n}\n");
}

static void labels_and_references_get_another_name(void **state)
{
    struct edit_scene s;
    size_t n = 0;
    (void)state;

    edit_scene_begin(&s, "resource \"aws_x\" \"a\" {\n  b = aws_x.a.id\n  cc = [aws_x.a[0], "
                         "aws_x.ab, data.aws_x.a, \"${aws_x.a.id}\"]\n  d = { aws_x = x.aws_x.a "
                         "}\n}\nmoved {\n  from = aws_x.a\n}\n");
    edit_scene_ok(&s, hcl_edit_set_label(s.edits, s.file, s.block, 1, "new", &s.err));
    edit_scene_ok(&s, hcl_edit_rename(s.edits, s.file, "aws_x.a", "aws_x.new", &n, &s.err));
    assert_int_equal(n, 3);
    edit_scene_gives(&s, "resource \"aws_x\" \"new\" {\n  b = aws_x.new.id\n  cc = [aws_x.new[0], "
                         "aws_x.ab, data.aws_x.a, \"${aws_x.new.id}\"]\n  d = { aws_x = "
                         "x.aws_x.a }\n}\nmoved {\n  from = aws_x.a\n}\n");

    /* A for's own name is another thing, but not yet in its collection. */
    edit_scene_begin(&s, "output x {\n  value = [for var in var.x : var.x]\n}\n");
    edit_scene_ok(&s, hcl_edit_rename(s.edits, s.file, "var.x", "var.y", &n, &s.err));
    assert_int_equal(n, 1);
    edit_scene_gives(&s, "output x {\n  value = [for var in var.y : var.x]\n}\n");

    edit_scene_begin(&s, "output x {\n  value = data.aws_ami.a.id\n}\n");
    edit_scene_ok(
        &s, hcl_edit_rename(s.edits, s.file, "data.aws_ami.a", "data.aws_ami2.b", NULL, &s.err));
    edit_scene_ok(&s, hcl_edit_set_label(s.edits, s.file, s.block, 0, "y", &s.err));
    assert_int_equal(hcl_edit_set_label(s.edits, s.file, s.block, 1, "y", &s.err), ERR_REJECT);
    assert_int_equal(hcl_edit_set_label(s.edits, s.file, s.block, 0, "a b", &s.err), ERR_REJECT);
    assert_int_equal(hcl_edit_rename(s.edits, s.file, "var.x", "y", NULL, &s.err), ERR_REJECT);
    assert_int_equal(hcl_edit_rename(s.edits, s.file, "var.x", "a.b.c", NULL, &s.err), ERR_REJECT);
    edit_scene_gives(&s, "output y {\n  value = data.aws_ami2.b.id\n}\n");
}

static void spans_say_what_changed(void **state)
{
    struct edit_scene s;
    const struct hcl_edited *edited;
    size_t n;
    (void)state;

    edit_scene_begin(&s, "r {\n  a = 1\n  b = 2\n}\n");
    edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, s.block, "a", "1", &s.err));
    edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, s.block, "long", "3", &s.err));
    edit_scene_ok(&s, hcl_edits_apply(s.edits, &edited, &n, &s.err));
    edit_scene_check_spans(&edited[0]);
    assert_int_equal(edited[0].n_spans, 3); /* two "=" moved, one line came */
    assert_int_equal(edited[0].spans[0].old_start, 8);
    assert_int_equal(edited[0].spans[0].old_end, 8);
    assert_int_equal(edited[0].spans[0].new_end - edited[0].spans[0].new_start, 3);
    edit_scene_end(&s);

    edit_scene_begin(&s, "r {\n  a = 1\n}\n");
    edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, s.block, "a", "1", &s.err));
    edit_scene_ok(&s, hcl_edit_new_file(s.edits, "z.tf", "x {}\n", &s.err));
    assert_int_equal(hcl_edit_new_file(s.edits, "y.tf", "x {\n", &s.err), ERR_REJECT);
    edit_scene_ok(&s, hcl_edits_apply(s.edits, &edited, &n, &s.err));
    assert_int_equal(edited[0].n_spans, 0);
    assert_int_equal(edited[1].n_spans, 1);
    assert_int_equal(edited[1].spans[0].new_end, 5);
    edit_scene_check_spans(&edited[1]);
    edit_scene_end(&s);
}

/* What terraform fmt 1.11.4 makes of it, asked again by test_hcl_oracle_edits.c. */
static void what_goes_in_is_written_as_terraform_fmt_would(void **state)
{
    struct edit_scene s;
    (void)state;

    edit_scene_begin(&s, "r {\n  a = 1\n}\n");
    edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, s.block, "a", "\"${x.y}\"", &s.err));
    edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, s.block, "bb", "\"${f(\nx\n)}\"", &s.err));
    edit_scene_ok(&s, hcl_edit_add_top(s.edits, s.file, NULL,
                                       "variable v {\n  type = \"list\"\n  default = \"${[]}\"\n}",
                                       &s.err));
    edit_scene_gives(&s, "r {\n  a = x.y\n  bb = (f(\n    x\n  ))\n}\n\nvariable \"v\" {\n"
                         "  type    = list(string)\n  default = []\n}\n");
    /* Where the file is not in that format, it stays as it was brought. */
    edit_scene_begin(&s, "r {\n  a=1\n}\n");
    edit_scene_ok(&s, hcl_edit_set(s.edits, s.file, s.block, "a", "\"${x.y}\"", &s.err));
    edit_scene_gives(&s, "r {\n  a=\"${x.y}\"\n}\n");
}

static void a_file_that_terraform_would_rewrite_is_not_formatted(void **state)
{
    static const char *const loose[] = {
        "a = \"${x}\"\n",
        "a = \"${~ x ~}\"\n",
        "r a {\n}\n",
        "r /* c */ \"a\" {\n}\n",
        "\xEF\xBB\xBF"
        "a = 1\n",
        "variable \"x\" {\n  type = \"map\"\n}\n",
        "variable \"x\" {\n  type = list\n}\n",
    };
    static const char *const settled[] = {
        "a = \"${x}${y}\"\n",
        "a = [\"${x}\"]\n",
        "r \"a\" /* c */ {\n}\n",
        "variable \"x\" {\n  type = \"${x}\"\n}\n",
        "variable \"x\" {\n  type = \"number\"\n}\n",
        "q {\n  variable \"x\" {\n    type = \"string\"\n  }\n}\n",
        "a = \"${<<E\n${x}\nE\n}\"\n",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(loose) + COUNT(settled); i++) {
        const char *text = i < COUNT(loose) ? loose[i] : settled[i - COUNT(loose)];
        struct edit_scene s;
        bool formatted = false;
        edit_scene_begin(&s, text);
        edit_scene_ok(&s, hcl_is_formatted(s.file, &formatted, &s.err));
        if (formatted != (i >= COUNT(loose)))
            fail_msg("%s", text);
        edit_scene_end(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_stands_beside_another),
        cmocka_unit_test(a_block_takes_the_place_of_another),
        cmocka_unit_test(labels_and_references_get_another_name),
        cmocka_unit_test(spans_say_what_changed),
        cmocka_unit_test(what_goes_in_is_written_as_terraform_fmt_would),
        cmocka_unit_test(a_file_that_terraform_would_rewrite_is_not_formatted),
    };
    return cmocka_run_group_tests_name("hcl_edit_blocks", tests, NULL, NULL);
}
