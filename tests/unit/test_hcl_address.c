/* Addresses of resource instances, as Terraform writes them. */
#include "tests/support/test.h"
#include "worker/hcl/syntax/address.h"

static void keys_are_written_as_terraform_writes_them(void **unused)
{
    static const char *const cases[][2] = {
        {"a", "[\"a\"]"},
        {"a\"b\\c", "[\"a\\\"b\\\\c\"]"},
        {"a\tb\nc\rd", "[\"a\\tb\\nc\\rd\"]"},
        {"${x} %{y} $x", "[\"$${x} %%{y} $x\"]"},
        {"ünï", "[\"ünï\"]"},
        {"\x01\xc2\xa0", "[\"\\u0001\\u00a0\"]"},
        {"", "[\"\"]"},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(buf_done) struct buf text = BUF(256);
        hcl_key_text(cases[i][0], &text);
        assert_string_equal(buf_str(&text), cases[i][1]);
    }
}

static void an_address_comes_apart_and_together(void **unused)
{
    static const char *const good[] = {"aws_vpc.a", "module.m",
                                       "module.m[\"x.y[\\\"]\"].aws_vpc.a[0]",
                                       "module.a.module.b[1].aws_vpc.c"};
    static const char *const bad[] = {"",        "aws_vpc",     "aws_vpc.",   "aws_vpc.a[",
                                      ".a",      "aws_vpc.a[]", "a.b.c",      "aws_vpc.a[\"x]",
                                      "a.b[0]x", "module.m.",   "module..a.b"};
    struct address address;

    (void)unused;
    for (size_t i = 0; i < COUNT(good); i++) {
        CLEANUP(buf_done) struct buf text = BUF(256);
        assert_true(address_parse(good[i], &address));
        address_write(&address, 0, address.n, &text);
        assert_string_equal(buf_str(&text), good[i]);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        if (address_parse(bad[i], &address))
            fail_msg("\"%s\" is taken for an address", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_written_as_terraform_writes_them),
        cmocka_unit_test(an_address_comes_apart_and_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
