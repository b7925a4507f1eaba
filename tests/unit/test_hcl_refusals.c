/* The HCL parser: odd files that are taken, and how deep and large one may be. What is refused, and
 * with which words, is test_hcl_edges.c's. */
#include "tests/support/test.h"

#include "tests/support/hcl_make.h"

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

static void a_file_of_too_many_parts_is_refused_before_it_takes_the_memory(void **state)
{
    static const char head[] = "a = <<E\n", end[] = "E\n";
    size_t n = HCL_NODES_MAX + 100; /* each empty line of the text is a node */
    size_t len = strlen(head) + n + strlen(end);
    CLEANUP(mem_freep) char *text = malloc(len + 1);
    struct hcl_file *file = NULL;
    struct err err;
    (void)state;

    assert_non_null(text);
    memcpy(text, head, strlen(head));
    memset(text + strlen(head), '\n', n);
    memcpy(text + strlen(head) + n, end, sizeof end);
    assert_int_equal(hcl_parse(&file, "main.tf", text, len, &err), ERR_REJECT);
    assert_has(err.text, "File too large");
    memmove(text + strlen(head) + n / 2, end, sizeof end);
    assert_ok(hcl_parse(&file, "main.tf", text, strlen(text), &err), err);
    hcl_file_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_but_legal_files_are_taken),
        cmocka_unit_test(nesting_has_a_limit_in_every_direction),
        cmocka_unit_test(a_file_above_the_limit_is_not_read),
        cmocka_unit_test(a_file_of_too_many_parts_is_refused_before_it_takes_the_memory),
    };
    return cmocka_run_group_tests_name("hcl_refusals", tests, NULL, NULL);
}
