/* Errors and small strings of common/base.h. */
#include "tests/support/test.h"

#include "common/base.h"

static void an_error_keeps_its_class_and_text(void **state)
{
    struct err err = {.retry_after_ms = 7};

    (void)state;
    assert_int_equal(err_set(&err, ERR_REJECT, "line %d: %s", 3, "bad"), ERR_REJECT);
    assert_string_equal(err.text, "line 3: bad");
    assert_int_equal(err.retry_after_ms, 0);
}

static void wrapping_puts_the_noun_in_front(void **state)
{
    struct err err;

    (void)state;
    int r = err_set(&err, ERR_RETRY, "connection refused");
    assert_int_equal(err_wrap(&err, r, "redis %s", "localhost"), ERR_RETRY);
    assert_string_equal(err.text, "redis localhost: connection refused");
}

static void wrapping_keeps_the_asked_for_patience(void **state)
{
    struct err err;

    (void)state;
    int r = err_throttled(&err, 1500, "github says 429");
    assert_int_equal(err_wrap(&err, r, "open"), ERR_RETRY);
    assert_int_equal(err.retry_after_ms, 1500);
    assert_string_equal(err.text, "open: github says 429");
}

static void patience_of_nothing_is_still_patience(void **state)
{
    struct err err;

    (void)state;
    (void)err_throttled(&err, 0, "later");
    assert_true(err.retry_after_ms > 0);
}

/* "é" is two bytes: at an odd cut, half of it must not stay. */
static void a_long_text_is_cut_between_characters(void **state)
{
    struct err err;
    char text[2 * ERR_TEXT_BYTES] = "";

    (void)state;
    for (size_t i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "é", 3);
    (void)err_set(&err, ERR_REJECT, "%s", text);
    assert_int_equal(strlen(err.text) % 2, 0);
    assert_int_equal(strlen(err.text), ERR_TEXT_BYTES - 2);
    (void)err_set(&err, ERR_REJECT, "x%s", text);
    assert_int_equal(strlen(err.text), ERR_TEXT_BYTES - 1);
    assert_memory_equal(err.text + ERR_TEXT_BYTES - 3, "é", 3);
}

static void wrapping_a_full_text_still_ends_it(void **state)
{
    struct err err;
    char text[2 * ERR_TEXT_BYTES];

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    (void)err_set(&err, ERR_RETRY, "%s", text);
    (void)err_wrap(&err, ERR_RETRY, "%s", text);
    assert_int_equal(strlen(err.text), ERR_TEXT_BYTES - 1);
}

static void classes_have_names(void **state)
{
    (void)state;
    assert_string_equal(err_class_name(ERR_RETRY), "retry");
    assert_string_equal(err_class_name(ERR_REJECT), "reject");
    assert_string_equal(err_class_name(ERR_FATAL), "fatal");
    assert_string_equal(err_class_name(1), "answer");
}

static void a_copy_says_whether_it_was_cut(void **state)
{
    char out[4];

    (void)state;
    assert_true(str_copy(out, sizeof out, "abc"));
    assert_string_equal(out, "abc");
    assert_false(str_copy(out, sizeof out, "abcd"));
    assert_string_equal(out, "abc");
}

static void ends_and_beginnings_are_recognised(void **state)
{
    (void)state;
    assert_true(str_ends("main.tf", ".tf"));
    assert_true(str_ends("main.tf", ""));
    assert_false(str_ends("tf", ".tf"));
    assert_true(str_starts("main.tf", "main"));
    assert_false(str_starts("ma", "main"));
}

static void a_stolen_pointer_leaves_nothing_behind(void **state)
{
    char *text = strdup("x");

    (void)state;
    CLEANUP(mem_freep) char *taken = STEAL(text);
    assert_null(text);
    assert_string_equal(taken, "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_keeps_its_class_and_text),
        cmocka_unit_test(wrapping_puts_the_noun_in_front),
        cmocka_unit_test(wrapping_keeps_the_asked_for_patience),
        cmocka_unit_test(patience_of_nothing_is_still_patience),
        cmocka_unit_test(a_long_text_is_cut_between_characters),
        cmocka_unit_test(wrapping_a_full_text_still_ends_it),
        cmocka_unit_test(classes_have_names),
        cmocka_unit_test(a_copy_says_whether_it_was_cut),
        cmocka_unit_test(ends_and_beginnings_are_recognised),
        cmocka_unit_test(a_stolen_pointer_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
