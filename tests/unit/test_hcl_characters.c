/*
 * Characters of HCL: every code point is judged as HashiCorp's parser judged it
 * (tests/data/hcl/identifiers.txt), in a name's first place and behind it.
 */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/buf.h"
#include "worker/hcl/syntax/characters.h"
#include "worker/hcl/syntax/lexer.h"

#define CODE_END 0x110000

static bool starts[CODE_END];
static bool continues[CODE_END];

/* Lines "start FIRST LAST" and "continue FIRST LAST". */
static void load(void)
{
    const char *source = getenv("PLUMB_SOURCE_DIR");
    char path[1024];
    char line[256];
    char place[16];
    unsigned first;
    unsigned last;

    snprintf(path, sizeof path, "%s/tests/data/hcl/identifiers.txt", source != NULL ? source : ".");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#')
            continue;
        assert_int_equal(sscanf(line, "%15s %X %X", place, &first, &last), 3);
        assert_true(first <= last && last < CODE_END);
        bool *table = strcmp(place, "start") == 0 ? starts : continues;
        for (unsigned code = first; code <= last; code++)
            table[code] = true;
    }
    fclose(file);
}

static size_t encode(uint32_t code, char *out)
{
    static const unsigned char leads[] = {0, 0xC0, 0xE0, 0xF0};
    int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;

    out[0] = (char)(leads[more] | (code >> (6 * more)));
    for (int i = 1; i <= more; i++)
        out[i] = (char)(0x80 | ((code >> (6 * (more - i))) & 0x3F));
    return (size_t)more + 1;
}

static void every_code_point_is_taken_where_terraform_takes_it(void **state)
{
    size_t wrong = 0;
    (void)state;

    load();
    for (uint32_t code = 0x80; code < CODE_END; code++) {
        char name[8] = "a";
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        size_t n = encode(code, name + 1);
        bool first = hcl_identifier_end(name + 1, n, 0) == n;
        bool later = hcl_identifier_end(name, n + 1, 0) == n + 1;
        if (first == starts[code] && later == continues[code])
            continue;
        print_error("U+%04X: first %d, later %d\n", code, first, later);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void what_is_no_utf8_is_told_from_what_is(void **state)
{
    static const struct {
        const char *bytes;
        size_t taken, length; /* strictly, and by the form alone */
    } cases[] = {
        {"a", 1, 1},
        {"\xC3\xA9", 2, 2},
        {"\xE2\x82\xAC", 3, 3},
        {"\xF0\x9F\x98\x80", 4, 4},
        {"\x80", 0, 0},
        {"\xC3", 0, 0},
        {"\xC3g", 0, 0},
        {"\xE2\x82", 0, 0},
        {"\xC0\x80", 0, 2},
        {"\xE0\x80\x80", 0, 3},
        {"\xED\xA0\x80", 0, 3},
        {"\xF4\x90\x80\x80", 0, 4},
        {"\xF7\xBF\xBF\xBF", 0, 4},
        {"\xF8\x88\x80\x80\x80", 0, 0},
        {"\xFF", 0, 0},
    };
    uint32_t code;
    (void)state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t len = strlen(cases[i].bytes);
        assert_int_equal(hcl_decode(cases[i].bytes, len, &code), cases[i].taken);
        assert_int_equal(hcl_sequence_length(cases[i].bytes, len), cases[i].length);
    }
    assert_int_equal(hcl_utf8_end("ab\xC3\xA9\xFFz", 6), 4);
}

static void blanks_are_all_that_unicode_calls_white_space(void **state)
{
    static const char text[] = " \t\r\n\v\f\xC2\x85\xC2\xA0\xE1\x9A\x80\xE2\x80\x80\xE2\x80\x8A"
                               "\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAF\xE2\x81\x9F\xE3\x80\x80";
    static const char none[] = "a\xE2\x80\x8B\xEF\xBB\xBF_";
    size_t len = sizeof text - 1;
    (void)state;

    assert_int_equal(hcl_blanks_end(text, 0, len), len);
    assert_int_equal(hcl_blanks_start(text, 0, len), 0);
    for (size_t i = 0; i < sizeof none - 1; i++)
        assert_int_equal(hcl_blank_length(none + i, sizeof none - 1 - i), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_is_taken_where_terraform_takes_it),
        cmocka_unit_test(what_is_no_utf8_is_told_from_what_is),
        cmocka_unit_test(blanks_are_all_that_unicode_calls_white_space),
    };
    return cmocka_run_group_tests_name("hcl_characters", tests, NULL, NULL);
}
