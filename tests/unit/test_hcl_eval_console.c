/* Expressions beside what the real terraform console made of them: tests/data/hcl/eval/console.tsv.
 * Each must have that very type and value here, or be unknown for a reason that is listed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/hcl_console.h"
#include "worker/hcl/functions/functions.h"

/* What terraform knows and we do not, in no more than so many rows. */
#define UNKNOWN_ALLOWED 40

static void every_expression_is_what_the_console_says(void **state)
{
    CLEANUP(console_rows_done) struct console_rows rows = {0};
    size_t unknown = 0;

    (void)state;
    console_rows_read(&rows);
    assert_true(rows.n >= 700);
    for (size_t i = 0; i < rows.n; i++) {
        CLEANUP(buf_done) struct buf why = BUF(1 << 20);
        enum console_verdict verdict = console_compare(&rows.items[i], &why);
        if (verdict == CONSOLE_WRONG)
            print_error("%s\n  %s\n", rows.items[i].expression, buf_str(&why));
        if (verdict == CONSOLE_UNKNOWN)
            print_message("unknown here: %s: %s\n", rows.items[i].expression, buf_str(&why));
        rows.wrong += verdict == CONSOLE_WRONG;
        unknown += verdict == CONSOLE_UNKNOWN;
    }
    print_message("%zu expressions, %zu unknown here, %zu wrong\n", rows.n, unknown, rows.wrong);
    assert_int_equal(rows.wrong, 0);
    assert_true(unknown <= UNKNOWN_ALLOWED);
}

static size_t rows_that_call(const struct console_rows *rows, const char *name)
{
    char call[128];
    size_t n = 0;

    snprintf(call, sizeof call, "%s(", name);
    for (size_t i = 0; i < rows->n; i++)
        n += strstr(rows->items[i].expression, call) != NULL;
    return n;
}

static void every_function_that_is_evaluated_was_asked_three_times(void **state)
{
    CLEANUP(console_rows_done) struct console_rows rows = {0};
    const struct function *function;
    size_t n = 0;

    (void)state;
    console_rows_read(&rows);
    for (size_t i = 0; (function = function_at(i)) != NULL; i++) {
        if (function->call == NULL)
            continue;
        n++;
        if (rows_that_call(&rows, function->name) < 3)
            fail_msg("%s has fewer than three expressions", function->name);
    }
    print_message("%zu functions are evaluated, try and can besides\n", n);
    assert_true(n >= 85);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_expression_is_what_the_console_says),
        cmocka_unit_test(every_function_that_is_evaluated_was_asked_three_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
