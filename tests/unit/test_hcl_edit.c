/* Edits: what stands where afterwards, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "worker/hcl/edit/edit.h"
#include "worker/hcl/format/format.h"

struct bench {
    struct hcl_file *file;
    struct hcl_edits *edits;
    const struct hcl_node *block; /* the first one */
    struct err err;
};

static void begin(struct bench *b, const char *text)
{
    *b = (struct bench){0};
    if (hcl_parse(&b->file, "main.tf", text, strlen(text), &b->err) != 0)
        fail_msg("%s", b->err.text);
    assert_int_equal(hcl_edits_new(&b->edits, &b->err), 0);
    b->block = hcl_block_next(b->file, b->file->body, NULL, NULL);
}

static void finish(struct bench *b)
{
    hcl_edits_free(b->edits);
    hcl_file_free(b->file);
}

static void gives(struct bench *b, const char *expected)
{
    const struct hcl_edited *edited;
    size_t n;

    if (hcl_edits_apply(b->edits, &edited, &n, &b->err) != 0)
        fail_msg("%s", b->err.text);
    assert_int_equal(n, 1);
    assert_string_equal(edited[0].bytes, expected);
    assert_int_equal(edited[0].len, strlen(expected));
    finish(b);
}

static void set(struct bench *b, const struct hcl_node *body, const char *name, const char *value)
{
    if (hcl_edit_set(b->edits, b->file, body, name, value, &b->err) != 0)
        fail_msg("%s", b->err.text);
}

/* Sets the arguments of the first block; NULL names end the list. */
static void set_gives(const char *before, const char *name, const char *value, const char *after)
{
    struct bench b;

    begin(&b, before);
    set(&b, b.block, name, value);
    gives(&b, after);
}

static void a_present_value_is_replaced_in_place(void **state)
{
    (void)state;
    set_gives("r \"x\" {\n  a   = 1 # why\n  bcd = 2\n}\n", "a", "true",
              "r \"x\" {\n  a   = true # why\n  bcd = 2\n}\n");
    set_gives("r {\n  a = {\n    b = 1\n  }\n}", "a", "[]", "r {\n  a = []\n}");
    set_gives("r {\n  a = <<EOT\nx\nEOT  \n  b = 1\n}\n", "a", "\"x\"",
              "r {\n  a = \"x\"\n  b = 1\n}\n");
    set_gives("r {\n  a = 1\n}\n", "a", "{\nb = 1\n  cde = 2\n}",
              "r {\n  a = {\n    b   = 1\n    cde = 2\n  }\n}\n");
    set_gives("r { a = 1 }\n", "a", "2", "r { a = 2 }\n");
    set_gives("r {\n\ta=1\n}\n", "a", "{\n b = 1\n}", "r {\n\ta={\n\t  b = 1\n\t}\n}\n");
}

static void a_new_argument_joins_the_last_group_aligned(void **state)
{
    (void)state;
    set_gives("r {\n  abc = 1\n}\n", "d", "2", "r {\n  abc = 1\n  d   = 2\n}\n");
    set_gives("r {\n  x = 0\n\n  a = 1\n  b = 2\n}\n", "longer", "3",
              "r {\n  x = 0\n\n  a      = 1\n  b      = 2\n  longer = 3\n}\n");
    set_gives("r {\n  a = 1 # one\n  b = 2\n}\n", "long", "3",
              "r {\n  a    = 1 # one\n  b    = 2\n  long = 3\n}\n");
    set_gives("r {\n  a = <<EOT\nx\n  EOT\n}\n", "bcd", "3",
              "r {\n  a   = <<EOT\nx\n  EOT\n  bcd = 3\n}\n");
    set_gives("r {\n  a = [\n    1,\n  ]\n}\n", "bcd", "3",
              "r {\n  a = [\n    1,\n  ]\n  bcd = 3\n}\n");
}

static void a_new_argument_stands_before_the_first_nested_block(void **state)
{
    (void)state;
    set_gives("r {\n  a = 1\n\n  b {\n    c = 1\n  }\n}\n", "d", "2",
              "r {\n  a = 1\n  d = 2\n\n  b {\n    c = 1\n  }\n}\n");
    set_gives("r { # head\n  # about b\n  b {\n  }\n  z = 1\n}\n", "d", "2",
              "r { # head\n  d = 2\n\n  # about b\n  b {\n  }\n  z = 1\n}\n");
}

static void empty_and_one_line_bodies_are_opened(void **state)
{
    struct bench b;
    (void)state;
    set_gives("r {}\n", "a", "1", "r {\n  a = 1\n}\n");
    set_gives("r {\n}\n", "a", "1", "r {\n  a = 1\n}\n");
    set_gives("r {\n  # note\n}\n", "a", "1", "r {\n  # note\n  a = 1\n}\n");
    set_gives("r { b = 1 }\n", "a", "1", "r {\n  b = 1\n  a = 1\n}\n");
    set_gives("r { /* x */ b = 1 /* y */ }\n", "abc", "1",
              "r {\n  /* x */ b = 1 /* y */\n  abc       = 1\n}\n");

    begin(&b, "r {\n  n { x = 1 }\n}\n");
    const struct hcl_node *nested = hcl_block_next(b.file, b.block, "n", NULL);
    set(&b, nested, "yy", "2");
    assert_int_equal(hcl_edit_add_block(b.edits, b.file, nested, "m {}", &b.err), 0);
    gives(&b, "r {\n  n {\n    x  = 1\n    yy = 2\n\n    m {}\n  }\n}\n");
}

static void line_ends_tabs_and_a_missing_last_newline_are_kept(void **state)
{
    struct bench b;
    (void)state;
    set_gives("r {\r\n  a = 1\r\n}\r\n", "b", "{\n  c = 1\n}",
              "r {\r\n  a = 1\r\n  b = {\r\n    c = 1\r\n  }\r\n}\r\n");
    set_gives("r {\n\ta = 1\n}", "bcd", "2", "r {\n\ta = 1\n\tbcd = 2\n}");
    set_gives("r {\n\tabc   =   1\n}", "d", "2", "r {\n\tabc   =   1\n\td     = 2\n}");
    set_gives("\xEF\xBB\xBFr {\n a = 1\n}", "a", "2", "\xEF\xBB\xBFr {\n a = 2\n}");

    begin(&b, "a = 1");
    set(&b, b.file->body, "bc", "2");
    gives(&b, "a  = 1\nbc = 2\n");
    begin(&b, "");
    set(&b, b.file->body, "bc", "2");
    gives(&b, "bc = 2\n");
}

static void several_edits_of_one_body_compose(void **state)
{
    struct bench b;
    (void)state;
    begin(&b, "r {\n  a = 1\n}\n");
    set(&b, b.block, "bb", "2");
    set(&b, b.block, "a", "0");
    set(&b, hcl_block_body(b.block), "ccc", "3");
    assert_int_equal(hcl_edit_add_block(b.edits, b.file, b.block, "x {\n  y=1\n}", &b.err), 0);
    assert_int_equal(hcl_edit_add_block(b.edits, b.file, b.block, "x {\n}", &b.err), 0);
    assert_int_equal(hcl_edits_count(b.edits), 5);
    gives(&b, "r {\n  a   = 0\n  bb  = 2\n  ccc = 3\n\n  x {\n    y = 1\n  }\n\n  x {\n  }\n}\n");
}

static void heredoc_text_is_not_indented(void **state)
{
    struct bench b;
    (void)state;
    set_gives("r {\n  a = 1\n}\n", "a", "<<EOT\nx\n y\nEOT", "r {\n  a = <<EOT\nx\n y\nEOT\n}\n");
    set_gives("r {\n  a = 1\n}\n", "a", "<<-EOT\n  x\n\n  y\nEOT",
              "r {\n  a = <<-EOT\n    x\n\n    y\n  EOT\n}\n");
    begin(&b, "r {\n}\n");
    assert_int_equal(
        hcl_edit_add_block(b.edits, b.file, b.block, "x {\n  y = <<E\nz\nE\n}\n\n", &b.err), 0);
    gives(&b, "r {\n  x {\n    y = <<E\nz\nE\n  }\n}\n");
}

static void a_nested_block_is_added_at_the_end_with_a_blank_line(void **state)
{
    struct bench b;
    (void)state;
    begin(&b, "r {\n  a = 1\n  b {}\n\n}\n");
    assert_int_equal(hcl_edit_add_block(b.edits, b.file, b.block, "c {\n}", &b.err), 0);
    gives(&b, "r {\n  a = 1\n  b {}\n\n  c {\n  }\n}\n");
    begin(&b, "r {\n}\n");
    assert_int_equal(hcl_edit_add_block(b.edits, b.file, b.block, "c {\n}", &b.err), 0);
    gives(&b, "r {\n  c {\n  }\n}\n");
}

static void a_top_block_stands_between_blank_lines(void **state)
{
    struct bench b;
    (void)state;
    begin(&b, "a {}\nb {}");
    assert_int_equal(hcl_edit_add_top(b.edits, b.file, b.block, "c {}\n", &b.err), 0);
    assert_int_equal(hcl_edit_add_top(b.edits, b.file, b.block, "d {\nx = 1\n}", &b.err), 0);
    assert_int_equal(hcl_edit_add_top(b.edits, b.file, NULL, "e {}", &b.err), 0);
    assert_int_equal(hcl_edit_add_top(b.edits, b.file, NULL, "f {}", &b.err), 0);
    gives(&b, "a {}\n\nc {}\n\nd {\n  x = 1\n}\n\nb {}\n\ne {}\n\nf {}\n");
    begin(&b, "a {}\n\nb {}\n\n");
    assert_int_equal(hcl_edit_add_top(b.edits, b.file, b.block, "c {}", &b.err), 0);
    assert_int_equal(hcl_edit_add_top(b.edits, b.file, NULL, "d {}", &b.err), 0);
    gives(&b, "a {}\n\nc {}\n\nb {}\n\nd {}\n");
    begin(&b, "");
    assert_int_equal(hcl_edit_add_top(b.edits, b.file, NULL, "d {}", &b.err), 0);
    gives(&b, "d {}\n");
}

static void remove_gives(const char *before, const char *type, const char *name, const char *after)
{
    struct bench b;

    begin(&b, before);
    const struct hcl_node *node = type != NULL ? hcl_block_next(b.file, b.block, type, NULL)
                                               : hcl_attribute(b.file, b.block, name);
    if (hcl_edit_remove(b.edits, b.file, node != NULL ? node : b.block, &b.err) != 0)
        fail_msg("%s", b.err.text);
    gives(&b, after);
}

static void a_removed_node_takes_its_lines_and_comments(void **state)
{
    (void)state;
    remove_gives("r {\n  # head\n\n  # one\n  # two\n  abc = 1 # x\n  d   = 2\n}\n", NULL, "abc",
                 "r {\n  # head\n\n  d = 2\n}\n");
    remove_gives("r {\n  a = 1 # mine\n  b = 2\n}\n", NULL, "b", "r {\n  a = 1 # mine\n}\n");
    remove_gives("r {\n  a = 1\n\n  /* long\n  words */\n  b {\n    c = 1\n  }\n}\n", "b", NULL,
                 "r {\n  a = 1\n}\n");
    remove_gives("r {\n  a = 1\n\n  b {}\n\n  c {}\n}\n", "b", NULL, "r {\n  a = 1\n\n  c {}\n}\n");
    remove_gives("r {\n  b {}\n\n  c {}\n}\n", "b", NULL, "r {\n  c {}\n}\n");
    remove_gives("r { a = 1 }\n", NULL, "a", "r {}\n");
    remove_gives("r {}\n\ns {}\n", "none", NULL, "s {}\n");
    remove_gives("# about r\nr {}\n", "none", NULL, "");
}

static void what_does_not_fit_is_refused(void **state)
{
    const struct hcl_edited *edited;
    struct bench b;
    size_t n;
    (void)state;

    begin(&b, "r {\n  a = 1\n}\n");
    assert_int_equal(hcl_edit_set(b.edits, b.file, b.block, "b", "1\nc = 2", &b.err), ERR_REJECT);
    assert_int_equal(hcl_edit_set(b.edits, b.file, b.block, "b", "[", &b.err), ERR_REJECT);
    assert_int_equal(hcl_edit_set(b.edits, b.file, b.block, "b c", "1", &b.err), ERR_REJECT);
    assert_int_equal(hcl_edit_add_block(b.edits, b.file, b.block, "a = 1", &b.err), ERR_REJECT);
    assert_int_equal(hcl_edit_add_top(b.edits, b.file, NULL, "}", &b.err), ERR_REJECT);
    assert_int_equal(hcl_edits_count(b.edits), 0);
    set(&b, b.block, "b", "1");
    assert_int_equal(hcl_edit_set(b.edits, b.file, b.block, "b", "2", &b.err), ERR_REJECT);
    assert_int_equal(hcl_edits_apply(b.edits, &edited, &n, &b.err), 0);
    assert_int_equal(hcl_edits_apply(b.edits, &edited, &n, &b.err), ERR_REJECT);
    assert_int_equal(hcl_edit_set(b.edits, b.file, b.block, "c", "2", &b.err), ERR_REJECT);
    finish(&b);

    begin(&b, "r {\n  a = 1 # c\n}\n");
    assert_int_equal(hcl_edit_set(b.edits, b.file, b.block, "a", "<<EOT\nx\nEOT", &b.err),
                     ERR_REJECT);
    assert_non_null(strstr(b.err.text, "main.tf:2: a heredoc's end marker stands alone"));
    finish(&b);
}

static void files_come_back_sorted_and_new_ones_are_marked(void **state)
{
    const struct hcl_edited *edited;
    struct bench b;
    size_t n;
    (void)state;

    begin(&b, "r {}\n");
    assert_int_equal(hcl_edit_new_file(b.edits, "z.tf", "x = 1\n", &b.err), 0);
    assert_int_equal(hcl_edit_new_file(b.edits, "a.tf", "", &b.err), 0);
    assert_int_equal(hcl_edit_new_file(b.edits, "a.tf", "", &b.err), ERR_REJECT);
    set(&b, b.block, "a", "1");
    assert_int_equal(hcl_edit_new_file(b.edits, "main.tf", "", &b.err), ERR_REJECT);
    assert_int_equal(hcl_edits_apply(b.edits, &edited, &n, &b.err), 0);
    assert_int_equal(n, 3);
    assert_string_equal(edited[0].path, "a.tf");
    assert_true(edited[0].is_new);
    assert_string_equal(edited[0].bytes, "");
    assert_string_equal(edited[1].path, "main.tf");
    assert_false(edited[1].is_new);
    assert_string_equal(edited[2].bytes, "x = 1\n");
    finish(&b);
}

static void a_layout_that_was_not_formatted_is_left_alone(void **state)
{
    (void)state;
    set_gives("r {\n    a=1\n    longer =   2\n}\nq  {}\n", "b", "3",
              "r {\n    a=1\n    longer =   2\n    b      = 3\n}\nq  {}\n");
}

static void formats_to(const char *before, const char *after)
{
    CLEANUP(buf_done) struct buf out = BUF(10000);
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;
    struct err err = {0};

    if (hcl_parse(&file, "main.tf", before, strlen(before), &err) != 0)
        fail_msg("%s", err.text);
    assert_int_equal(hcl_format(file, &out, &err), 0);
    assert_string_equal(buf_str(&out), after);
}

static void formatting_lays_out_as_terraform_fmt(void **state)
{
    (void)state;
    formats_to("a   {\nb=1\n ccc =-x+ - 2 #d\n  \n}\n",
               "a {\n  b   = 1\n  ccc = -x + -2 #d\n\n}\n");
    formats_to("a = [for  x in[1]:x if ! x]\n", "a = [for x in [1] : x if !x]\n");
    formats_to("a={b=1,c={}}\n", "a = { b = 1, c = {} }\n");
    formats_to("a = \"${ x [ 0 ] }  ${  {} }\"\n", "a = \"${x[0]}  ${ {} }\"\n");
    formats_to("a = f( x ,y... )\nbcd = provider :: g ( )\n",
               "a   = f(x, y...)\nbcd = provider::g()\n");
    formats_to("a = 1 # x\nbcd = 2    # y\n\ne = 1# z", "a   = 1 # x\nbcd = 2 # y\n\ne = 1 # z");
    formats_to("x {\na = merge({\nb = 1\n}, {\n  c = 1\n  })\n}\n",
               "x {\n  a = merge({\n    b = 1\n    }, {\n    c = 1\n  })\n}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_present_value_is_replaced_in_place),
        cmocka_unit_test(a_new_argument_joins_the_last_group_aligned),
        cmocka_unit_test(a_new_argument_stands_before_the_first_nested_block),
        cmocka_unit_test(empty_and_one_line_bodies_are_opened),
        cmocka_unit_test(line_ends_tabs_and_a_missing_last_newline_are_kept),
        cmocka_unit_test(several_edits_of_one_body_compose),
        cmocka_unit_test(heredoc_text_is_not_indented),
        cmocka_unit_test(a_nested_block_is_added_at_the_end_with_a_blank_line),
        cmocka_unit_test(a_top_block_stands_between_blank_lines),
        cmocka_unit_test(a_removed_node_takes_its_lines_and_comments),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(files_come_back_sorted_and_new_ones_are_marked),
        cmocka_unit_test(a_layout_that_was_not_formatted_is_left_alone),
        cmocka_unit_test(formatting_lays_out_as_terraform_fmt),
    };
    return cmocka_run_group_tests_name("hcl_edit", tests, NULL, NULL);
}
