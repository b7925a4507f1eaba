/* Expressions made to cost: each ends at once, as unknown, for a reason that a person
 * understands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/hcl_make.h"

static const struct hcl_value *value_in(const struct hcl_repo *repo, const struct hcl_module *root)
{
    const struct hcl_file *file = hcl_repo_file(repo, "o.tf");
    const struct hcl_node *block = hcl_block_next(file, file->body, "output", NULL);

    return hcl_eval(root, file, hcl_attribute(file, block, "value")->child, NULL);
}

/* What an expression is beside a text of locals. */
static void show(const char *locals, const char *expression, struct buf *out)
{
    CLEANUP(buf_done) struct buf main = BUF(1 << 22);
    CLEANUP(buf_done) struct buf text = BUF(1 << 22);

    buf_print(&main, "locals {\n%s}\n", locals);
    buf_print(&text, "output \"o\" {\n  value = %s\n}\n", expression);
    const struct made_file files[] = {{"main.tf", buf_str(&main)}, {"o.tf", buf_str(&text)}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    hcl_make_show(value_in(repo, hcl_make_open(repo, "")), out);
}

static const char LOCALS[] = "  many = [for i in range(1000) : i]\n"
                             "  long = join(\"\", [for i in range(1000) : "
                             "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"])\n";

static const char *const COSTLY[][2] = {
    {"range(1000000000)", "?range: more than 1024 numbers"},
    {"range(0, 1, 0.0000001)", "?range: more than 1024 numbers"},
    {"format(\"%1000000000d\", 1)",
     "?this format is not evaluated: a verb is cut short, or a number in it is above 1000"},
    {"format(\"%.1000000000f\", 1)",
     "?this format is not evaluated: a verb is cut short, or a number in it is above 1000"},
    {"format(\"%*d\", 1000000000, 1)", "?there is no verb %*"},
    {"pow(2, 1000000000)", "?pow of numbers so large or so small is not evaluated"},
    {"pow(10, 100000)", "?a number is out of range"},
    {"1e1000000000", "?a number is out of range"},
    {"1e-1000000000", "?a number is out of range"},
    {"1e999999 * 1e999999", "?a number is out of range"},
    {"tonumber(\"1e1000000000\")",
     "?\"1e1000000000\" is no number, or one too large to be read here"},
    {"parseint(local.long, 36)", "?parseint of so many digits is not evaluated"},
    {"regex(\"(a+)+$\", \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\")",
     "?regex: a regular expression takes too many steps"},
    {"regex(\"(x{1000}){1000}\", local.long)",
     "?this regular expression is too large, or written in a way that is not evaluated"},
    {"replace(local.long, \"/(x+x+)+y/\", \"\") == local.long", "true"},
    {"replace(local.long, \"x\", local.long)", "?a text is longer than 1048576 bytes"},
    {"replace(local.long, \"\", local.long)", "?a text is longer than 1048576 bytes"},
    {"join(local.long, local.many)", "?a text is longer than 1048576 bytes"},
    {"join(\"\", [for i in local.many : local.long])", "?a text is longer than 1048576 bytes"},
    {"jsonencode([for i in local.many : local.long])", "?a text is longer than 1048576 bytes"},
    {"base64encode(join(\"\", [for i in range(25) : local.long]))",
     "?a text is longer than 1048576 bytes"},
    {"\"%{ for i in local.many }${local.long}%{ endfor }\"",
     "?a text is longer than 1048576 bytes"},
    {"indent(1000000000, \"a\\nb\")", "?indent by so much is not evaluated"},
    {"setproduct(local.many, local.many)", "?a product has more than 10000 elements"},
    {"flatten([for i in local.many : local.many])",
     "?a list or object has more than 10000 elements"},
    {"[for i in local.many : [for j in local.many : i * j]][999]",
     "?the configuration is too large to evaluate further"},
    {"length(flatten([for i in local.many : [for j in local.many : i * j]]))",
     "?a list or object has more than 10000 elements"},
    {"cidrsubnets(\"::/0\", [for i in local.many : 128]...)",
     "?cidrsubnets: a whole number from 1 to 32 is needed"},
};

static void every_costly_expression_ends_with_its_reason(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(COSTLY); i++) {
        CLEANUP(buf_done) struct buf shown = BUF(1 << 24);
        show(LOCALS, COSTLY[i][0], &shown);
        if (str_eq(buf_str(&shown), COSTLY[i][1]))
            continue;
        print_error("%s\n  is   %.300s\n  want %s\n", COSTLY[i][0], buf_str(&shown), COSTLY[i][1]);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void a_cycle_names_its_members(void **state)
{
    static const char *const cycles[][2] = {
        {"local.self", "?local.self needs its own value: local.self -> local.self"},
        {"\"${local.a}\"",
         "?local.a needs its own value: local.a -> local.b -> local.c -> local.a"},
        {"upper(local.b)",
         "?local.b needs its own value: local.b -> local.c -> local.a -> local.b"},
        {"module.m.o", "?output.o needs its own value: output.o -> local.in -> var.v -> output.o"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cycles); i++) {
        CLEANUP(buf_done) struct buf text = BUF(4096);
        CLEANUP(buf_done) struct buf shown = BUF(1 << 16);
        buf_print(&text, "output \"o\" {\n  value = %s\n}\n", cycles[i][0]);
        const struct made_file files[] = {
            {"main.tf", "locals {\n  self = local.self\n  a = local.b\n  b = \"${local.c}-x\"\n"
                        "  c = upper(local.a)\n}\n"
                        "module \"m\" {\n  source = \"./m\"\n  v = module.m.o\n}\n"},
            {"m/main.tf", "variable \"v\" {}\nlocals { in = \"${var.v}\" }\n"
                          "output \"o\" { value = local.in }\n"},
            {"o.tf", buf_str(&text)}};
        CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
        hcl_make_show(value_in(repo, hcl_make_open(repo, "")), &shown);
        assert_string_equal(buf_str(&shown), cycles[i][1]);
    }
}

/* 50 locals in a ring: the way is told, its middle left out. */
static void a_long_cycle_is_told_in_short(void **state)
{
    CLEANUP(buf_done) struct buf locals = BUF(1 << 16);
    CLEANUP(buf_done) struct buf shown = BUF(1 << 16);

    (void)state;
    for (int i = 0; i < 50; i++)
        buf_print(&locals, "  r%d = local.r%d\n", i, (i + 1) % 50);
    show(buf_str(&locals), "local.r0", &shown);
    assert_string_equal(buf_str(&shown),
                        "?local.r0 needs its own value: local.r0 -> ... -> local.r42 -> local.r43 "
                        "-> local.r44 -> local.r45 -> local.r46 -> local.r47 -> local.r48 -> "
                        "local.r49 -> local.r0");
}

/* A chain longer than the evaluator goes down: the far end is unknown, what lies near is known. */
static void a_deep_chain_ends_as_too_large(void **state)
{
    CLEANUP(buf_done) struct buf locals = BUF(1 << 20);
    CLEANUP(buf_done) struct buf far = BUF(1 << 16);
    CLEANUP(buf_done) struct buf near = BUF(1 << 16);

    (void)state;
    buf_text(&locals, "  d0 = \"x\"\n");
    for (int i = 1; i <= 3000; i++)
        buf_print(&locals, "  d%d = \"${local.d%d}\"\n", i, i - 1);
    show(buf_str(&locals), "local.d3000", &far);
    show(buf_str(&locals), "local.d20", &near);
    assert_string_equal(buf_str(&far), "?the configuration is too large to evaluate further");
    assert_string_equal(buf_str(&near), "\"x\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_costly_expression_ends_with_its_reason),
        cmocka_unit_test(a_cycle_names_its_members),
        cmocka_unit_test(a_long_cycle_is_told_in_short),
        cmocka_unit_test(a_deep_chain_ends_as_too_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
