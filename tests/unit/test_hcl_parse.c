/* The HCL parser: what becomes which node, what is refused and with which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "common/buf.h"
#include "worker/hcl/tree.h"

static struct hcl_file *parsed(const char *text)
{
    struct hcl_file *file = NULL;
    struct err err = {0};

    if (hcl_parse(&file, "main.tf", text, strlen(text), &err) != 0)
        fail_msg("%s: %s", text, err.text);
    return file;
}

static void refused(const char *text, size_t len, const char *message)
{
    struct hcl_file *file = NULL;
    struct err err = {0};

    assert_int_equal(hcl_parse(&file, "main.tf", text, len, &err), ERR_REJECT);
    assert_null(file);
    if (strstr(err.text, message) == NULL)
        fail_msg("%s\n  said: %s\n  not:  %s", text, err.text, message);
}

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
    CLEANUP(hcl_file_freep) struct hcl_file *file = parsed(buf_str(&text));
    shape(file, hcl_attribute(file, file->body, "a")->child, &out);
    assert_string_equal(buf_str(&out), expected);
}

static void an_empty_file_is_an_empty_body(void **state)
{
    (void)state;
    CLEANUP(hcl_file_freep) struct hcl_file *file = parsed("");
    assert_null(file->body->child);
    CLEANUP(hcl_file_freep) struct hcl_file *comments = parsed("# only\n/* words */");
    assert_null(comments->body->child);
}

static void a_block_gives_its_labels_body_and_arguments(void **state)
{
    char label[64];
    (void)state;
    CLEANUP(hcl_file_freep)
    struct hcl_file *file = parsed("resource \"aws_s3_bucket\" logs {\n  bucket = \"a\" # name\n  "
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

    CLEANUP(hcl_file_freep) struct hcl_file *file = parsed("a = {for k, v in y : k => v if v}\n");
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
    CLEANUP(hcl_file_freep) struct hcl_file *file = parsed(buf_str(&source));
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
    CLEANUP(hcl_file_freep) struct hcl_file *file = parsed("a = \"x\\ty\"\nb = \"x${1}\"\nc = 1\n");

    assert_true(hcl_constant_text(file, hcl_attribute(file, file->body, "a")->child, &text));
    assert_false(hcl_constant_text(file, hcl_attribute(file, file->body, "b")->child, &text));
    assert_false(hcl_constant_text(file, hcl_attribute(file, file->body, "c")->child, &text));
    assert_string_equal(buf_str(&text), "x\ty");
}

static void odd_but_legal_files_are_taken(void **state)
{
    static const char *const legal[] = {
        "\xEF\xBB\xBF"
        "a = 1\n",
        "a = 1\r\nb {\r\n}\r\n",
        "a = 1",
        "for = 1\nif = 2\nin = 3\nnull = 4\n",
        "a /* b */ \"c\" /* d */ { # e\n}\n",
        "a = \"${\n1\n}\"\n",
        "a = [for x in y : x][0]\n",
        "a = {\n  # c\n  b = 1, // d\n  c = 2 }\n",
        "a = x\n  \nb = y // end",
        "gr\u00f6\u00dfe = 1\n\u5909\u6570 = 2\n",
        "a = b.if.for[\"x\"].null\n",
        "a = f(1,)\n",
        "a = \"#{x} // no\"\n",
        "a = [\n<<EOT\nx\nEOT\n, 2]\n",
        "a = -(-1)\nb = !!true\n",
        "a = <<A-B_1\n A-B_1 x\nA-B_1\n",
        "a = \"%{if x}%{for y in z}${y}%{endfor}%{endif}\"\n",
        "a = 1 == 1 /* x\n y */ && 2 == 2\n",
        "# lone \r in a comment\n",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(legal); i++) {
        CLEANUP(hcl_file_freep) struct hcl_file *file = parsed(legal[i]);
        assert_non_null(file->body);
    }
}

static void broken_files_are_refused_in_terraforms_words(void **state)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"a {\n  b = 1\n", "main.tf:1:1: Unclosed configuration block"},
        {"a {\n  b = 1 }\n", "main.tf:2:9: Missing newline after argument"},
        {"a = 1 b = 2\n", "main.tf:1:7: Missing newline after argument"},
        {"a {} b {}\n", "main.tf:1:6: Missing newline after block definition"},
        {"a = 1\nb = 2\na = 3\n", "main.tf:3:1: Attribute redefined"},
        {"a =\n  1\n", "main.tf:1:4: Invalid expression"},
        {"a = 1 +\n  1\n", "Invalid expression"},
        {"a = b\n  ? 1 : 2\n", "main.tf:2:3: Argument or block definition required"},
        {"a = b ? 1\n", "Missing false expression in conditional"},
        {"a\n{\n}\n", "Argument or block definition required"},
        {"a \"b\"\n{\n}\n", "Invalid block definition"},
        {"a { b {} }\n", "Argument definition required"},
        {"a { b = 1, c = 2 }\n", "Invalid single-argument block definition"},
        {"a { b = 1\n}\n", "Invalid single-argument block definition"},
        {"a \"${b}\" {\n}\n", "Invalid string literal"},
        {"a \"x\ny\" {\n}\n", "Invalid multi-line string"},
        {"\"a\" = 1\n", "Invalid argument name"},
        {"a = { x = 1 y = 2 }\n", "Missing attribute separator"},
        {"a = { x =\n1 }\n", "Invalid expression"},
        {"a = { x\n }\n", "Missing attribute value"},
        {"a = { for = 1 }\n", "Invalid 'for' expression"},
        {"a = [for x in y]\n", "Invalid 'for' expression"},
        {"a = [for x in y : x => x]\n", "Invalid 'for' expression"},
        {"a = {for x in y : x}\n", "Invalid 'for' expression"},
        {"a = [1 2]\n", "Missing item separator"},
        {"a = [1\n", "Unterminated tuple constructor expression"},
        {"a = {\n", "Unterminated object constructor expression"},
        {"a = f(1 2)\n", "Missing argument separator"},
        {"a = f(1\n", "Unterminated function call"},
        {"a = f(x..., 1)\n", "Missing closing parenthesis"},
        {"a = (1\n", "Unbalanced parentheses"},
        {"a = x.0.1\n", "Invalid legacy index syntax"},
        {"a = x.*.y.*.z\n", "Nested splat expression not allowed"},
        {"a = x[0\n", "Missing close bracket on index"},
        {"a = 0x10\n", "Missing newline after argument"},
        {"a = \"x\n\"\n", "main.tf:1:5: Invalid multi-line string"},
        {"a = \"x", "Unterminated template string"},
        {"a = \"${1\n", "Unclosed template interpolation sequence"},
        {"a = \"${1 2}\"\n", "Extra characters after interpolation expression"},
        {"a = \"\\q\"\n", "Invalid escape sequence"},
        {"a = \"\\u12\"\n", "Invalid escape sequence"},
        {"a = \"%{ if x }\"\n", "Unexpected end of template"},
        {"a = \"%{ endif }\"\n", "Unexpected directive"},
        {"a = \"%{ if x }%{ else }%{ else }%{ endif }\"\n", "Unexpected directive"},
        {"a = \"%{ what }\"\n", "Invalid template directive"},
        {"a = <<EOT\nx\nEOT", "Unterminated template string"},
        {"a = <<EOT\nx\n${1} EOT\n", "Unterminated template string"},
        {"a = f(<<EOT\nEOT, 1)\n", "Unterminated template string"},
        {"a = <<EOT \nEOT\n", "Invalid expression"},
        {"a = <<EOT\nx\ry\nEOT\n", "Invalid character"},
        {"a = 'x'\n", "Invalid character: single quotes"},
        {"a = 1\rb = 2\n", "Missing newline after argument"},
        {"a\xEF\xBB\xBF = 1\n", "Argument or block definition required"},
        {"/* open\n", "Argument or block definition required"},
        {"a = \"\xFF\"\n", "main.tf:1:6: Invalid character encoding"},
        {"a = \"\xED\xA0\x80\"\n", "Invalid character encoding"},
        {"a = provider::\n", "Missing function name"},
        {"a = provider::x\n", "Missing open parenthesis"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        refused(bad[i].text, strlen(bad[i].text), bad[i].message);
    refused("a = \0 1\n", 8, "Invalid character");
}

/* text = open repeated, middle, close repeated. */
static int parse_nested(const char *open, const char *middle, const char *close, int n,
                        struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(HCL_FILE_MAX_BYTES + 100);
    CLEANUP(hcl_file_freep) struct hcl_file *file = NULL;

    buf_text(&text, "a = ");
    for (int i = 0; i < n; i++)
        buf_text(&text, open);
    buf_text(&text, middle);
    for (int i = 0; i < n; i++)
        buf_text(&text, close);
    buf_char(&text, '\n');
    return hcl_parse(&file, "main.tf", buf_str(&text), text.len, err);
}

static void nesting_has_a_limit_in_every_direction(void **state)
{
    static const struct {
        const char *open, *middle, *close;
    } bombs[] = {
        {"[", "1", "]"},
        {"(", "1", ")"},
        {"\"${", "1", "}\""},
        {"-", "1", ""},
        {"", "1", "+1"},
        {"", "a", ".b"},
        {"", "a", "[0]"},
        {"", "a", "[*]"},
        {"f(", "1", ")"},
        {"x ? 1 : ", "2", ""},
        {"{ a = ", "1", "}"},
        {"", "a", ".*[0]"},
        {"[for a in b : ", "a", "]"},
    };
    struct err err = {0};
    (void)state;

    for (size_t i = 0; i < COUNT(bombs); i++) {
        const char *open = bombs[i].open;
        assert_int_equal(parse_nested(open, bombs[i].middle, bombs[i].close, 100, &err), 0);
        assert_int_equal(parse_nested(open, bombs[i].middle, bombs[i].close, 100000, &err),
                         ERR_REJECT);
        assert_non_null(strstr(err.text, "Nesting too deep"));
    }
}

static void a_file_above_the_limit_is_not_read(void **state)
{
    CLEANUP(mem_freep) char *big = calloc(1, HCL_FILE_MAX_BYTES + 1);
    struct hcl_file *file = NULL;
    struct err err;
    (void)state;

    memset(big, '\n', HCL_FILE_MAX_BYTES + 1);
    assert_int_equal(hcl_parse(&file, "main.tf", big, HCL_FILE_MAX_BYTES + 1, &err), ERR_REJECT);
    assert_int_equal(hcl_parse(&file, "main.tf", big, HCL_FILE_MAX_BYTES, &err), 0);
    hcl_file_free(file);
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
        cmocka_unit_test(odd_but_legal_files_are_taken),
        cmocka_unit_test(broken_files_are_refused_in_terraforms_words),
        cmocka_unit_test(nesting_has_a_limit_in_every_direction),
        cmocka_unit_test(a_file_above_the_limit_is_not_read),
    };
    return cmocka_run_group_tests_name("hcl_parse", tests, NULL, NULL);
}
