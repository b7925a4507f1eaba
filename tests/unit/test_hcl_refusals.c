/* The HCL parser: what is taken and what is refused, with which words, and how deep and large. */
#include "tests/support/test.h"

#include "tests/support/hcl_make.h"

static void refused(const char *text, size_t len, const char *message)
{
    struct hcl_file *file = NULL;
    struct err err = {0};

    assert_int_equal(hcl_parse(&file, "main.tf", text, len, &err), ERR_REJECT);
    assert_null(file);
    if (strstr(err.text, message) == NULL)
        fail_msg("%s\n  said: %s\n  not:  %s", text, err.text, message);
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
        CLEANUP(hcl_file_freep) struct hcl_file *file = hcl_make_file(legal[i]);
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
        cmocka_unit_test(odd_but_legal_files_are_taken),
        cmocka_unit_test(broken_files_are_refused_in_terraforms_words),
        cmocka_unit_test(nesting_has_a_limit_in_every_direction),
        cmocka_unit_test(a_file_above_the_limit_is_not_read),
    };
    return cmocka_run_group_tests_name("hcl_refusals", tests, NULL, NULL);
}
