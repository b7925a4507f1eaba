/* Growing bytes of common/buf.h. */
#include "tests/support/test.h"

#include "common/buf.h"

static void appends_follow_each_other(void **state)
{
    CLEANUP(buf_done) struct buf b = BUF(1000);
    struct err err;

    (void)state;
    buf_text(&b, "a");
    buf_char(&b, 'b');
    buf_print(&b, "%d-%s", 12, "c");
    buf_bytes(&b, "\0d", 2);
    assert_ok(buf_check(&b, &err), err);
    assert_int_equal(b.len, 8);
    assert_memory_equal(b.bytes, "ab12-c\0d", 9);
}

static void an_empty_buffer_is_an_empty_text(void **state)
{
    struct buf b = BUF(10);

    (void)state;
    assert_string_equal(buf_str(&b), "");
    CLEANUP(mem_freep) char *taken = buf_take(&b);
    assert_string_equal(taken, "");
}

static void the_maximum_may_be_reached_and_not_passed(void **state)
{
    CLEANUP(buf_done) struct buf b = BUF(4);
    struct err err;

    (void)state;
    buf_text(&b, "abcd");
    assert_ok(buf_check(&b, &err), err);
    buf_text(&b, "e");
    assert_int_equal(buf_check(&b, &err), ERR_REJECT);
    assert_has(err.text, "longer than 4 bytes");
    assert_string_equal(buf_str(&b), "abcd");
}

static void failure_sticks_until_reset(void **state)
{
    CLEANUP(buf_done) struct buf b = BUF(4);
    struct err err;

    (void)state;
    buf_text(&b, "abcde");
    buf_text(&b, "x"); /* would fit, but what came before is missing */
    assert_int_equal(b.len, 0);
    assert_int_equal(buf_check(&b, &err), ERR_REJECT);
    buf_reset(&b);
    buf_text(&b, "x");
    assert_ok(buf_check(&b, &err), err);
    assert_string_equal(buf_str(&b), "x");
}

static void taking_leaves_an_empty_buffer(void **state)
{
    CLEANUP(buf_done) struct buf b = BUF(100);

    (void)state;
    buf_text(&b, "mine");
    CLEANUP(mem_freep) char *taken = buf_take(&b);
    assert_string_equal(taken, "mine");
    assert_int_equal(b.len, 0);
    buf_text(&b, "more");
    assert_string_equal(buf_str(&b), "more");
}

static void it_grows_to_megabytes(void **state)
{
    CLEANUP(buf_done) struct buf b = BUF((size_t)4 * 1024 * 1024);
    struct err err;

    (void)state;
    for (int i = 0; i < 100000; i++)
        buf_print(&b, "%05d,", i);
    assert_ok(buf_check(&b, &err), err);
    assert_int_equal(b.len, 600000);
    assert_memory_equal(b.bytes + 600000 - 6, "99999,", 7);
}

static void check_utf8(const char *given, const char *expected)
{
    CLEANUP(buf_done) struct buf b = BUF(1000);

    buf_utf8(&b, given, strlen(given));
    assert_string_equal(buf_str(&b), expected);
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
    (void)state;
    check_utf8("plain é € 😀", "plain é € 😀");
    check_utf8("a\xff"
               "b",
               "a\xEF\xBF\xBD"
               "b");
    check_utf8("half \xE2\x82", "half \xEF\xBF\xBD\xEF\xBF\xBD");
    check_utf8("\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD");                 /* "/" in too many bytes */
    check_utf8("\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"); /* a surrogate */
    check_utf8("\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void a_secret_one_holds_the_same_and_forgets_it_when_it_is_emptied(void **state)
{
    CLEANUP(buf_done) struct buf b = BUF(1 << 20);

    (void)state;
    b.secret = true;
    for (int i = 0; i < 10000; i++)
        buf_print(&b, "%04d;", i);
    assert_int_equal(b.len, 50000);
    assert_memory_equal(b.bytes, "0000;0001;", 10);
    assert_memory_equal(b.bytes + 49990, "9998;9999;", 11);
    char *bytes = b.bytes;
    size_t cap = b.cap;
    buf_reset(&b);
    for (size_t i = 0; i < cap; i++)
        assert_int_equal(bytes[i], 0);
    buf_text(&b, "again");
    buf_done(&b);
    assert_true(b.secret);
    buf_text(&b, "once more");
    assert_string_equal(buf_str(&b), "once more");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_follow_each_other),
        cmocka_unit_test(an_empty_buffer_is_an_empty_text),
        cmocka_unit_test(the_maximum_may_be_reached_and_not_passed),
        cmocka_unit_test(failure_sticks_until_reset),
        cmocka_unit_test(taking_leaves_an_empty_buffer),
        cmocka_unit_test(it_grows_to_megabytes),
        cmocka_unit_test(bytes_that_are_not_utf8_are_replaced),
        cmocka_unit_test(a_secret_one_holds_the_same_and_forgets_it_when_it_is_emptied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
