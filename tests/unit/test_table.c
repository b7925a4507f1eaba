/* Rows for people: widths, cuts, and texts that would steer a terminal. */
#include "cli/table.h"

#include "tests/support/test.h"

static void columns_are_as_wide_as_they_must_be(void **state)
{
    struct table table = {.titles = {"A", "WORD", "REST"}, .columns = 3};
    CLEANUP(buf_done) struct buf out = BUF(10000);

    (void)state;
    table_row(&table, (const char *const[]){"1", "long word", "x"});
    table_row(&table, (const char *const[]){"22", "ä", "y"});
    table_write(&table, 0, &out);
    assert_string_equal(buf_str(&out), "A   WORD       REST\n"
                                       "1   long word  x\n"
                                       "22  ä          y\n");
    table_done(&table);
}

static void the_last_column_takes_what_the_terminal_leaves(void **state)
{
    struct table table = {.titles = {"A", "ERROR"}, .columns = 2};
    CLEANUP(buf_done) struct buf out = BUF(10000);

    (void)state;
    table_row(&table, (const char *const[]){"1", "äbcdefghijklmnopqrstuvwxyz0123456789"});
    table_write(&table, 28, &out);
    assert_string_equal(buf_str(&out), "A  ERROR\n1  äbcdefghijklmnopqrstuvwx…\n");
    table_done(&table);
}

static void what_others_wrote_does_not_steer_the_terminal(void **state)
{
    struct table table = {.titles = {"A", "ERROR"}, .columns = 2};
    CLEANUP(buf_done) struct buf out = BUF(10000);

    (void)state;
    table_row(&table, (const char *const[]){"\033[2J", "line\nand \xff"});
    table_write(&table, 0, &out);
    assert_lacks(buf_str(&out), "\033");
    assert_has(buf_str(&out), "line?and ");
    table_done(&table);
}

static void an_age_has_one_unit(void **state)
{
    char age[24];

    (void)state;
    table_age(100000, 55000, age);
    assert_string_equal(age, "45s");
    table_age(100000000, 0, age);
    assert_string_equal(age, "1d");
    table_age(7200000, 0, age);
    assert_string_equal(age, "2h");
    table_age(0, 5000, age); /* another machine's clock */
    assert_string_equal(age, "0s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_wide_as_they_must_be),
        cmocka_unit_test(the_last_column_takes_what_the_terminal_leaves),
        cmocka_unit_test(what_others_wrote_does_not_steer_the_terminal),
        cmocka_unit_test(an_age_has_one_unit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
