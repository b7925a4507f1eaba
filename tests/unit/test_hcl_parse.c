/* The HCL parser: what becomes which node. What it refuses is in test_hcl_refusals.c. */
#include "tests/support/test.h"

#include "tests/support/hcl_make.h"

/* The shape of a node: kinds as words, names in it. Enough to compare by eye. */
static void shape(const struct hcl_file *file, const struct hcl_node *node, struct buf *out)
{
    static const char *const words[] = {
        [HCL_BODY] = "body",        [HCL_ATTRIBUTE] = "attribute", [HCL_BLOCK] = "block",
        [HCL_LABEL] = "label",      [HCL_NUMBER] = "number",       [HCL_BOOL] = "bool",
        [HCL_NULL] = "null",        [HCL_TEMPLATE] = "template",   [HCL_LITERAL] = "literal",
        [HCL_INTERPOLATION] = "ip", [HCL_DIRECTIVE] = "directive", [HCL_VARIABLE] = "var",
        [HCL_GET_ATTR] = "get",     [HCL_INDEX] = "index",         [HCL_SPLAT] = "splat",
        [HCL_CALL] = "call",        [HCL_TUPLE] = "tuple",         [HCL_OBJECT] = "object",
        [HCL_FOR_TUPLE] = "for[",   [HCL_FOR_OBJECT] = "for{",     [HCL_UNARY] = "unary",
        [HCL_BINARY] = "binary",    [HCL_CONDITIONAL] = "if",      [HCL_PARENTHESES] = "paren",
        [HCL_IDENTIFIER] = "id",    [HCL_EACH_ITEM] = "each",      [HCL_PART] = "part",
    };

    buf_text(out, words[node->kind]);
    if (node->op != 0)
        buf_print(out, " %c", node->op);
    if (node->name_end > node->name_start)
        buf_print(out, " %.*s", (int)(node->name_end - node->name_start),
                  file->bytes + node->name_start);
    if ((node->flags & HCL_FLAG_EXPAND) != 0)
        buf_text(out, " ...");
    if ((node->flags & HCL_FLAG_KEY_EXPR) != 0)
        buf_text(out, " expr");
    for (const struct hcl_node *child = node->child; child != NULL; child = child->next) {
        buf_text(out, child == node->child ? "(" : ", ");
        shape(file, child, out);
    }
    if (node->child != NULL)
        buf_char(out, ')');
}

static void expect_shape(const char *expression, const char *expected)
{
    CLEANUP(buf_done) struct buf text = BUF(100000);
    CLEANUP(buf_done) struct buf out = BUF(100000);

    buf_print(&text, "a = %s\n", expression);
    CLEANUP(hcl_file_freep) struct hcl_file *file = hcl_make_file(buf_str(&text));
    shape(file, hcl_attribute(file, file->body, "a")->child, &out);
    assert_string_equal(buf_str(&out), expected);
}

static void an_empty_file_is_an_empty_body(void **state)
{
    (void)state;
    CLEANUP(hcl_file_freep) struct hcl_file *file = hcl_make_file("");
    assert_null(file->body->child);
    CLEANUP(hcl_file_freep) struct hcl_file *comments = hcl_make_file("# only\n/* words */");
    assert_null(comments->body->child);
}

static void a_block_gives_its_labels_body_and_arguments(void **state)
{
    char label[64];
    (void)state;
    CLEANUP(hcl_file_freep)
    struct hcl_file *file =
        hcl_make_file("resource \"aws_s3_bucket\" logs {\n  bucket = \"a\" # name\n  "
                      "versioning {\n    on = true\n"
                      "  }\n  versioning {}\n}\nlocals { x = 1 }\n");
    const struct hcl_node *block = hcl_block_next(file, file->body, "resource", NULL);

    assert_non_null(block);
    assert_true(hcl_block_label(file, block, 0, label, sizeof label));
    assert_string_equal(label, "aws_s3_bucket");
    assert_true(hcl_block_label(file, block, 1, label, 3));
    assert_string_equal(label, "lo");
    assert_false(hcl_block_label(file, block, 2, label, sizeof label));
    assert_non_null(hcl_attribute(file, block, "bucket"));
    assert_null(hcl_attribute(file, block, "on"));

    const struct hcl_node *first = hcl_block_next(file, block, "versioning", NULL);
    const struct hcl_node *second = hcl_block_next(file, block, "versioning", first);
    assert_non_null(second);
    assert_null(hcl_block_next(file, block, "versioning", second));
    assert_true((second->flags & HCL_FLAG_ONE_LINE) != 0);
    assert_false((first->flags & HCL_FLAG_ONE_LINE) != 0);

    const struct hcl_node *locals = hcl_block_next(file, file->body, NULL, block);
    assert_true(hcl_name_is(file, locals, "locals"));
    assert_true((locals->flags & HCL_FLAG_ONE_LINE) != 0);
    assert_non_null(hcl_attribute(file, locals, "x"));
}

static void operators_bind_as_in_terraform(void **state)
{
    (void)state;
    expect_shape("1 + 2 * 3 - 4", "binary -(binary +(number, binary *(number, number)), number)");
    expect_shape("a || b && !c == d",
                 "binary |(var a, binary &(var b, binary e(unary !(var c), var d)))");
    expect_shape(
        "a >= 1 ? \"x\" : b ? 2 : -3",
        "if(binary g(var a, number), template(literal), if(var b, number, unary -(number)))");
    expect_shape("(a\n+ 1.5E-3)", "paren(binary +(var a, number))");
    expect_shape("true != null", "binary n(bool true, null null)");
}

static void traversals_chain_from_the_root(void **state)
{
    (void)state;
    expect_shape("aws_x.y[0].z", "get z(index(get y(var aws_x), number))");
    expect_shape("a.0.b", "get b(index(var a, number))");
    expect_shape("a[*].b[0]", "splat [(var a, index(get b(each), number))");
    expect_shape("a.*.b.0[1]", "index(splat .(var a, index(get b(each), number)), number)");
    expect_shape("a[*][*]", "splat [(var a, splat [(each, each))");
    expect_shape("f(a...)[\"k\"].m", "get m(index(call f ...(var a), template(literal)))");
    expect_shape("provider::aws::arn(\n1,\n)", "call provider::aws::arn(number)");
}

static void collections_and_for_keep_their_parts(void **state)
{
    (void)state;
    expect_shape("[\n1, # one\n[],\n]", "tuple(number, tuple)");
    expect_shape("{ a = 1, \"b\" : 2, (c) = 3, true = 4 }",
                 "object(var a, number, template expr(literal), number, paren expr(var c), number, "
                 "var true, number)");
    expect_shape("{\na = 1\n\nb = {}\n}", "object(var a, number, var b, object)");
    expect_shape("[for x in y : x if x > 1]", "for[(id x, var y, var x, binary >(var x, number))");
    expect_shape("{for k, v in y : k => v...}", "for{ ...(id k, id v, var y, var k, var v)");

    CLEANUP(hcl_file_freep)
    struct hcl_file *file = hcl_make_file("a = {for k, v in y : k => v if v}\n");
    struct hcl_for parts;
    hcl_for_parts(file->body->child->child, &parts);
    assert_true(hcl_name_is(file, parts.key_name, "k"));
    assert_true(hcl_name_is(file, parts.value_name, "v"));
    assert_int_equal(parts.collection->kind, HCL_VARIABLE);
    assert_true(hcl_name_is(file, parts.key, "k"));
    assert_true(hcl_name_is(file, parts.value, "v"));
    assert_non_null(parts.condition);
}

static void templates_hold_literals_interpolations_and_directives(void **state)
{
    (void)state;
    expect_shape("\"\"", "template");
    expect_shape("\"${x}\"", "template(ip(var x))");
    expect_shape("\"a${ \"b${c}\" }d\"",
                 "template(literal, ip(template(literal, ip(var c))), literal)");
    expect_shape("\"%{ if a }x%{ else }y%{ endif }\"",
                 "template(directive i(var a, part(literal), part(literal)))");
    expect_shape("\"%{ for k, v in m ~}${v}%{ endfor }!\"",
                 "template(directive f(id k, id v, var m, part(ip(var v))), literal)");
    expect_shape("<<EOT\nx ${y}\nEOT", "template(literal, ip(var y), literal)");
    expect_shape("f(<<-A\n  A B\n  A  \n, [<<B\nB\n])",
                 "call f(template(literal), tuple(template))");
    expect_shape("\"$${a} %%{b} $ % $$\"", "template(literal)");
}

static void text_of(const char *expression, const char *expected)
{
    CLEANUP(buf_done) struct buf source = BUF(10000);
    CLEANUP(buf_done) struct buf text = BUF(10000);

    buf_print(&source, "a = %s\n", expression);
    CLEANUP(hcl_file_freep) struct hcl_file *file = hcl_make_file(buf_str(&source));
    const struct hcl_node *value = file->body->child->child;
    for (const struct hcl_node *part = value->child; part != NULL; part = part->next) {
        if (part->kind == HCL_LITERAL)
            hcl_literal_text(file, part, &text);
        else
            buf_char(&text, '@');
    }
    assert_string_equal(buf_str(&text), expected);
}

static void literals_resolve_escapes_trims_and_indentation(void **state)
{
    (void)state;
    text_of("\"a\\n\\t\\\"\\\\\\u00e9\\U0001F600$${x}%%{y}$$${z}\"",
            "a\n\t\"\\\u00e9\U0001F600${x}%{y}$${z}");
    text_of("\"a  ${~ x ~}  b\"", "a@b");
    text_of("\"a\\n${~ x ~}\\tb\"", "a@b"); /* trimmed once they are what they stand for */
    text_of("<<EOT\n  a\\n\n  $${b}\nEOT", "  a\\n\n  ${b}\n");
    text_of("<<-EOT\n    a\n\n      b\n   \n  EOT", "a\n\n  b\n   \n");
    text_of("<<-EOT\n    a\n    ${x}\n  ${y} z\nEOT", "  a\n  @\n@ z\n");
    text_of("<<-EOT\n  a\n${x}\nEOT", "  a\n@\n");
    text_of("<<-EOT\n\t\ta\n\t b\nEOT", "a\nb\n");
    text_of("<<EOT\r\na\r\nEOT\r", "a\r\n");
}

static void only_a_template_of_literals_is_constant(void **state)
{
    (void)state;
    CLEANUP(buf_done) struct buf text = BUF(100);
    CLEANUP(hcl_file_freep)
    struct hcl_file *file = hcl_make_file("a = \"x\\ty\"\nb = \"x${1}\"\nc = 1\n");

    assert_true(hcl_constant_text(file, hcl_attribute(file, file->body, "a")->child, &text));
    assert_false(hcl_constant_text(file, hcl_attribute(file, file->body, "b")->child, &text));
    assert_false(hcl_constant_text(file, hcl_attribute(file, file->body, "c")->child, &text));
    assert_string_equal(buf_str(&text), "x\ty");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_file_is_an_empty_body),
        cmocka_unit_test(a_block_gives_its_labels_body_and_arguments),
        cmocka_unit_test(operators_bind_as_in_terraform),
        cmocka_unit_test(traversals_chain_from_the_root),
        cmocka_unit_test(collections_and_for_keep_their_parts),
        cmocka_unit_test(templates_hold_literals_interpolations_and_directives),
        cmocka_unit_test(literals_resolve_escapes_trims_and_indentation),
        cmocka_unit_test(only_a_template_of_literals_is_constant),
    };
    return cmocka_run_group_tests_name("hcl_parse", tests, NULL, NULL);
}
