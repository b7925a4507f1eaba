/* What a model is not shown, and where a hidden value may come back. */
#include "worker/llm/hide.h"

#include "tests/support/hcl_make.h"
#include "tests/support/test.h"
#include "worker/llm/hide_place.h"
#include "worker/llm/looks.h"

#define MARK "PLUMB_HIDDEN_"

static struct hide *fresh(void)
{
    struct hide *hide = NULL;
    struct err err;

    assert_ok(hide_new(&hide, &err), err);
    return hide;
}

/* Appends what is shown of the text's one block. */
static int show(struct hide *hide, const char *text, struct buf *out)
{
    CLEANUP(hcl_file_freep) struct hcl_file *file = hcl_make_file(text);
    struct err err;

    return hide_block(hide, file, file->body->child, out, &err);
}

static void what_is_secret_in_one_block_is_secret_in_all(void **state)
{
    CLEANUP(buf_done) struct buf shown = BUF(10000);
    struct hide *hide = fresh();

    (void)state;
    assert_int_equal(
        show(hide, "resource \"a\" \"b\" {\n  password = \"correct-horse\"\n}\n", &shown), 0);
    assert_int_equal(
        show(hide,
             "resource \"a\" \"c\" {\n  # correct-horse\n  name = \"x correct-horse y\"\n"
             "  other = \"correct-horse\"\n}\n",
             &shown),
        0);
    assert_null(strstr(buf_str(&shown), "correct-horse"));
    hide_free(hide);
}

static void a_block_that_imitates_our_marks_is_not_shown(void **state)
{
    CLEANUP(buf_done) struct buf shown = BUF(10000);
    struct hide *hide = fresh();

    (void)state;
    assert_int_equal(
        show(hide, "resource \"a\" \"b\" {\n  tags = { x = \"" MARK "1\" }\n}\n", &shown),
        ERR_REJECT);
    assert_int_equal(show(hide, "resource \"a\" \"b\" {\n  # " MARK "1\n  x = 1\n}\n", &shown),
                     ERR_REJECT);
    hide_free(hide);
}

static void names_tell_secrets_by_how_they_end(void **state)
{
    static const char *const secret[] = {"password", "rds_name_password", "api_token", "url_secret",
                                         "file_credentials"};
    static const char *const plain[] = {"secret_arn", "password_length", "http_tokens",
                                        "key_name",   "secret_name",     "token_url"};

    (void)state;
    for (size_t i = 0; i < COUNT(secret); i++)
        assert_true(looks_like_secret_name(secret[i]));
    for (size_t i = 0; i < COUNT(plain); i++)
        assert_false(looks_like_secret_name(plain[i]));
}

static void a_mark_stays_where_it_is(void **state)
{
    static const char was[] = "jsonencode({ password = \"" MARK "1\", name = \"x\" })";
    static const struct {
        const char *is;
        bool stays;
    } cases[] = {
        {"jsonencode({ password = \"" MARK "1\", name = \"y\" })", true},
        {"jsonencode({ name = \"x\", password = \"" MARK "1\" })", true},
        {"jsonencode({ name = \"x\" })", true},
        {"jsonencode({ password = \"x\", name = \"" MARK "1\" })", false},
        {"jsonencode({ password = \"" MARK "1\", name = \"" MARK "1\" })", false},
        {"jsonencode({ password = \"a " MARK "1\", name = \"x\" })", false},
        {"jsonencode({ password = \"" MARK "12\", name = \"x\" })", false},
        {"jsonencode({ password = upper(\"" MARK "1\"), name = \"x\" })", false},
        {"jsonencode({ password = \"${" MARK "1}\", name = \"x\" })", false},
        {"jsonencode({ password = \"" MARK "1\", name = \"x\" /* " MARK "1 */ })", false},
        {"\"" MARK "1\"", false},
        {"\"" MARK "1", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (hide_stays(was, cases[i].is, MARK) != cases[i].stays)
            fail_msg("%s", cases[i].is);
    }
}

static void only_a_mark_that_stays_is_turned_back(void **state)
{
    CLEANUP(buf_done) struct buf shown = BUF(10000);
    CLEANUP(buf_done) struct buf back = BUF(10000);
    struct hide *hide = fresh();
    struct err err;

    (void)state;
    assert_int_equal(
        show(hide, "resource \"a\" \"b\" {\n  password = \"correct-horse\"\n}\n", &shown), 0);
    assert_ok(hide_reveal(hide, "\"" MARK "1\"", "\"" MARK "1\"", &back, &err), err);
    assert_string_equal(buf_str(&back), "\"correct-horse\"");
    assert_int_equal(hide_reveal(hide, "\"" MARK "1\"", "\"x\"", &back, &err), ERR_REJECT);
    assert_int_equal(hide_reveal(hide, "\"" MARK "1\"", NULL, &back, &err), ERR_REJECT);
    assert_int_equal(hide_reveal(hide, "\"" MARK "2\"", "\"" MARK "2\"", &back, &err), ERR_REJECT);
    hide_free(hide);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_secret_in_one_block_is_secret_in_all),
        cmocka_unit_test(a_block_that_imitates_our_marks_is_not_shown),
        cmocka_unit_test(names_tell_secrets_by_how_they_end),
        cmocka_unit_test(a_mark_stays_where_it_is),
        cmocka_unit_test(only_a_mark_that_stays_is_turned_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
