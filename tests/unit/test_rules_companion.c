/* The words of the rule language that speak of other resources. worker/rules/companion.c,
 * fix_companion.c, render.c. */
#include "tests/support/rules_example.h"
#include "tests/support/test.h"

#define ALARM                                                                                      \
    "      - companion: aws_alarm\n        link: dimensions.Id\n        to: [id]\n"                \
    "        match: {metric: cpu}\n        must:\n          - {attribute: on, equals: true}\n"     \
    "        create:\n          name: \"{name}-cpu\"\n          metric: cpu\n          on: true\n"
#define WITH                                                                                       \
    "          to: {expression: \"aws_topic.{name}_cpu.arn\"}\n"                                   \
    "        with:\n          - {resource: aws_topic, name: \"{name}_cpu\", body: {name: "         \
    "\"t-{name}\", about: {expression: \"{subject}.arn\"}}}\n"
#define A(name, id, more)                                                                          \
    "resource \"aws_alarm\" \"" name "\" {\n  dimensions = " id "\n" more "}\n"

static void of_several_companions_the_one_that_matches_is_meant(void **state)
{
    const struct example examples[] = {
        {ALARM, X("") A("a", "{ Id = aws_x.y.id }", "  metric = \"cpu\"\n  on     = true\n"),
         RULE_HOLDS, RULE_NO_CHANGE, ""},
        {ALARM,
         X("") A("a", "{ Id = aws_x.y.id, B = 1 }", "  metric = \"cpu\"\n  on     = false\n")
             A("b", "{ Id = aws_x.y.id }", "  metric = \"disk\"\n  on     = false\n"),
         RULE_FAILS, CHANGED,
         X("") A("a", "{ Id = aws_x.y.id, B = 1 }", "  metric = \"cpu\"\n  on     = true\n")
             A("b", "{ Id = aws_x.y.id }", "  metric = \"disk\"\n  on     = false\n")},
        {ALARM, X("") A("a", "{ Id = aws_x.y.id }", "  metric = var.m\n") "variable \"m\" {\n}\n",
         RULE_UNKNOWN, RULE_REFUSED, "whether aws_alarm.a is the aws_alarm with metric = cpu"},
        {ALARM, X("") A("a", "var.d", "  metric = \"cpu\"\n") "variable \"d\" {\n}\n", RULE_UNKNOWN,
         RULE_REFUSED, "aws_alarm.a may belong to it"},
        {ALARM, X("") A("a", "var.d", "  metric = \"disk\"\n") "variable \"d\" {\n}\n", RULE_FAILS,
         CHANGED,
         X("") "\nresource \"aws_alarm\" \"y\" {\n  dimensions = { Id = aws_x.y.id }\n\n"
               "  name   = \"y-cpu\"\n  metric = \"cpu\"\n  on     = true\n}\n\n" A(
                   "a", "var.d", "  metric = \"disk\"\n") "variable \"d\" {\n}\n"},
        {ALARM, X("") A("a", "{ Other = aws_x.y.id }", "  metric = \"cpu\"\n"), RULE_FAILS, CHANGED,
         X("") "\nresource \"aws_alarm\" \"y\" {\n  dimensions = { Id = aws_x.y.id }\n\n"
               "  name   = \"y-cpu\"\n  metric = \"cpu\"\n  on     = true\n}\n\n" A(
                   "a", "{ Other = aws_x.y.id }", "  metric = \"cpu\"\n")},
    };

    (void)state;
    rules_example_check(examples, COUNT(examples));
}

#define ENDPOINT                                                                                   \
    "      - companion: aws_alarm\n        link: dimensions.Id\n        to: [id]\n"                \
    "        match: {metric: \"a.*.z\"}\n"
#define REGION(metric)                                                                             \
    X("") A("a", "{ Id = aws_x.y.id }", "  metric = " metric "\n") "variable \"r\" {\n}\n"

static void a_star_stands_for_any_text_in_what_matches(void **state)
{
    static const char by_hand[] = "does not say what belongs into one";
    const struct example examples[] = {
        {ENDPOINT, REGION("\"a.b.z\""), RULE_HOLDS, RULE_NO_CHANGE, ""},
        {ENDPOINT, REGION("\"a..z\""), RULE_HOLDS, RULE_NO_CHANGE, ""},
        {ENDPOINT, REGION("\"a.z\""), RULE_FAILS, RULE_REFUSED, by_hand},
        {ENDPOINT, REGION("\"a.b.y\""), RULE_FAILS, RULE_REFUSED, by_hand},
        {ENDPOINT, REGION("1"), RULE_FAILS, RULE_REFUSED, by_hand},
        {ENDPOINT, REGION("\"a.${var.r}.z\""), RULE_HOLDS, RULE_NO_CHANGE, ""},
        {ENDPOINT, REGION("\"a.${var.r}.y\""), RULE_FAILS, RULE_REFUSED, by_hand},
        {ENDPOINT, REGION("\"b.${var.r}.z\""), RULE_FAILS, RULE_REFUSED, by_hand},
        {ENDPOINT, REGION("\"${var.r}.z\""), RULE_UNKNOWN, RULE_REFUSED, "cannot be known"},
        {ENDPOINT, REGION("var.r"), RULE_UNKNOWN, RULE_REFUSED, "cannot be known"},
    };

    (void)state;
    rules_example_check(examples, COUNT(examples));
}

static void what_a_companion_needs_is_written_with_it(void **state)
{
    static const char own_link[] =
        "      - companion: aws_alarm\n        link: dimensions.Id\n        create:\n"
        "          dimensions: {expression: \"{ A = 1, Id = {subject}.id }\"}\n";
    const struct example examples[] = {
        {ALARM WITH, X("  provider = aws.b\n"), RULE_FAILS, CHANGED,
         X("  provider = aws.b\n") "\nresource \"aws_alarm\" \"y\" {\n  provider   = aws.b\n  "
                                   "dimensions = { Id = aws_x.y.id }\n\n"
                                   "  name   = \"y-cpu\"\n  metric = \"cpu\"\n  on     = true\n  "
                                   "to     = aws_topic.y_cpu.arn\n}\n\n"
                                   "resource \"aws_topic\" \"y_cpu\" {\n  provider = aws.b\n  name "
                                   "    = \"t-y\"\n  about    = aws_x.y.arn\n}\n"},
        {ALARM WITH, X("") "resource \"aws_topic\" \"y_cpu\" {\n}\n", RULE_FAILS, CHANGED,
         X("") "\nresource \"aws_alarm\" \"y_2\" {\n  dimensions = { Id = aws_x.y.id }\n\n"
               "  name   = \"y_2-cpu\"\n  metric = \"cpu\"\n  on     = true\n  to     = "
               "aws_topic.y_2_cpu.arn\n}\n\n"
               "resource \"aws_topic\" \"y_2_cpu\" {\n  name  = \"t-y_2\"\n  about = "
               "aws_x.y.arn\n}\n\n"
               "resource \"aws_topic\" \"y_cpu\" {\n}\n"},
        {ALARM WITH, X("  for_each = toset([\"a\"])\n"), RULE_FAILS, CHANGED,
         X("  for_each = toset([\"a\"])\n") "\nresource \"aws_alarm\" \"y\" {\n  for_each = "
                                            "aws_x.y\n\n  dimensions = { Id = each.value.id }\n\n"
                                            "  name   = \"y-${each.key}-cpu\"\n  metric = "
                                            "\"cpu\"\n  on     = true\n  to     = "
                                            "aws_topic.y_cpu[each.key].arn\n}\n\n"
                                            "resource \"aws_topic\" \"y_cpu\" {\n  for_each = "
                                            "aws_x.y\n\n  name  = \"t-y-${each.key}\"\n  about = "
                                            "each.value.arn\n}\n"},
        {ALARM WITH, X("  count = 2\n"), RULE_FAILS, CHANGED,
         X("  count = 2\n") "\nresource \"aws_alarm\" \"y\" {\n  count = length(aws_x.y)\n\n  "
                            "dimensions = { Id = aws_x.y[count.index].id }\n\n"
                            "  name   = \"y-${count.index}-cpu\"\n  metric = \"cpu\"\n  on     = "
                            "true\n  to     = aws_topic.y_cpu[count.index].arn\n}\n\n"
                            "resource \"aws_topic\" \"y_cpu\" {\n  count = length(aws_x.y)\n\n  "
                            "name  = \"t-y-${count.index}\"\n  about = "
                            "aws_x.y[count.index].arn\n}\n"},
        {own_link, X(""), RULE_FAILS, CHANGED,
         X("") "\nresource \"aws_alarm\" \"y\" {\n  dimensions = { A = 1, Id = aws_x.y.id }\n}\n"},
        {ALARM "      - companion: aws_alarm\n        link: dimensions.Id\n        match: {metric: "
               "disk}\n        create: {metric: disk}\n",
         X(""), RULE_FAILS, CHANGED,
         X("") "\nresource \"aws_alarm\" \"y\" {\n  dimensions = { Id = aws_x.y.id }\n\n"
               "  name   = \"y-cpu\"\n  metric = \"cpu\"\n  on     = true\n}\n\n"
               "resource \"aws_alarm\" \"y_2\" {\n  dimensions = { Id = aws_x.y.id }\n\n  metric = "
               "\"disk\"\n}\n"},
    };

    (void)state;
    rules_example_check(examples, COUNT(examples));
}

static void a_companion_may_be_absent_where_only_a_bad_one_counts(void **state)
{
    static const char acl[] =
        "      - companion: aws_acl\n        link: to\n        absent: holds\n"
        "        must:\n          - {attribute: a, equals: 1}\n";
    const struct example examples[] = {
        {acl, X(""), RULE_HOLDS, RULE_NO_CHANGE, ""},
        {acl, X("") "resource \"aws_acl\" \"a\" {\n  to = aws_x.y.id\n  a  = 2\n}\n", RULE_FAILS,
         CHANGED, X("") "resource \"aws_acl\" \"a\" {\n  to = aws_x.y.id\n  a  = 1\n}\n"},
        {acl, X("") "resource \"aws_acl\" \"a\" {\n  to = var.v\n}\nvariable \"v\" {\n}\n",
         RULE_UNKNOWN, RULE_REFUSED, "may belong to it"},
        {acl,
         X("  count = 2\n") "resource \"aws_acl\" \"a\" {\n  to = aws_x.y[0].id\n  a  = 2\n}\n",
         RULE_FAILS, CHANGED,
         X("  count = 2\n") "resource \"aws_acl\" \"a\" {\n  to = aws_x.y[0].id\n  a  = 1\n}\n"},
    };

    (void)state;
    rules_example_check(examples, COUNT(examples));
}

static void a_star_or_a_nested_name_links_too(void **state)
{
    static const char star[] =
        "      - companion: aws_trail\n        link: group\n        to: [arn]\n";
    static const char nested[] =
        "      - companion: aws_alarm\n        link: metric\n        to: [\"b[0].name\"]\n";
    const struct example examples[] = {
        {star, X("") "resource \"aws_trail\" \"t\" {\n  group = \"${aws_x.y.arn}:*\"\n}\n",
         RULE_HOLDS, RULE_NO_CHANGE, ""},
        {star,
         X("") "resource \"aws_x\" \"z\" {\n}\n"
               "resource \"aws_trail\" \"t\" {\n  group = \"${aws_x.z.arn}:*\"\n}\n",
         RULE_FAILS, RULE_REFUSED, "does not say what belongs into one"},
        {nested,
         X("  b {\n    name = \"m\"\n  }\n") "resource \"aws_alarm\" \"a\" {\n  metric = "
                                             "\"m\"\n}\n",
         RULE_HOLDS, RULE_NO_CHANGE, ""},
        {nested,
         X("  b {\n    name = \"m\"\n  }\n") "resource \"aws_alarm\" \"a\" {\n  metric = "
                                             "\"n\"\n}\n",
         RULE_FAILS, RULE_REFUSED, "does not say what belongs into one"},
    };

    (void)state;
    rules_example_check(examples, COUNT(examples));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_star_or_a_nested_name_links_too),
        cmocka_unit_test(a_companion_may_be_absent_where_only_a_bad_one_counts),
        cmocka_unit_test(of_several_companions_the_one_that_matches_is_meant),
        cmocka_unit_test(a_star_stands_for_any_text_in_what_matches),
        cmocka_unit_test(what_a_companion_needs_is_written_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
