/* What for_each walks over is changed only where nobody else reads the member. worker/rules/
 * owner_shared.c. */
#include <stdio.h>

#include "tests/support/rules_example.h"
#include "tests/support/test.h"

#define WALKED(member, more)                                                                       \
    "locals {\n  all = {\n    a = { " member ", name = \"n\" }\n  }\n}\n" more
#define OFF       "value = false"
#define ON        "value = true"
#define OWN       X("  for_each = local.all\n  on       = each.value.value\n")
#define Z(inside) "resource \"aws_z\" \"z\" {\n  for_each = local.all\n" inside "}\n"

static const char on[] = "      - {attribute: on, equals: true}\n";

static void a_member_may_go_by_any_name(void **state)
{
    const struct example examples[] = {
        {on, WALKED(OFF, OWN), RULE_FAILS, CHANGED, WALKED(ON, OWN)},
        {on,
         WALKED("key = false", X("  for_each = local.all\n  on       = each.value.key\n"
                                 "  k        = each.key\n")),
         RULE_FAILS, CHANGED,
         WALKED("key = true", X("  for_each = local.all\n  on       = each.value.key\n"
                                "  k        = each.key\n"))},
        {on,
         WALKED(OFF, X("  for_each = local.all\n  on       = each.value[\"value\"]\n"
                       "  name     = each.value.name\n")),
         RULE_FAILS, CHANGED,
         WALKED(ON, X("  for_each = local.all\n  on       = each.value[\"value\"]\n"
                      "  name     = each.value.name\n"))},
    };

    (void)state;
    rules_example_check(examples, COUNT(examples));
}

static void who_reads_other_members_does_not_share_it(void **state)
{
    static const char *const others[] = {
        Z("  k        = each.key\n"),
        Z("  name     = each.value.name\n"),
        Z("  name     = each.value[\"name\"]\n"),
        Z("  name     = lookup(each.value, \"name\", null)\n"),
        Z("  v        = aws_other.o.value\n"),
        Z("  dynamic \"part\" {\n    for_each = each.value.name\n    content {\n"
          "      v = part.value\n    }\n  }\n"),
    };
    char before[1024];
    char after[1024];

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        (void)snprintf(before, sizeof before, "%s%s", WALKED(OFF, OWN), others[i]);
        (void)snprintf(after, sizeof after, "%s%s", WALKED(ON, OWN), others[i]);
        rules_example_check(&(struct example){on, before, RULE_FAILS, CHANGED, after}, 1);
    }
}

static void check_refused(const char *all, const char *own, const char *other)
{
    char text[1024];

    (void)snprintf(text, sizeof text, "%s%s%s", all, own, other);
    rules_example_check(
        &(struct example){on, text, RULE_FAILS, RULE_REFUSED, "is an element of local.all"}, 1);
}

static void who_reads_the_member_shares_it(void **state)
{
    static const char *const others[] = {
        Z("  v        = each.value.value\n"),
        Z("  v        = each.value[\"value\"]\n"),
        Z("  v        = lookup(each.value, \"value\", null)\n"),
        Z("  v        = lookup(each.value, \"name\", each.value.value)\n"),
        "resource \"aws_z\" \"z\" {\n  for_each = { for k, v in local.all : k => k if v.value "
        "}\n}\n",
        "resource \"aws_z\" \"z\" {\n"
        "  for_each = { for k, v in local.all : k => k if v[\"value\"] }\n}\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++)
        check_refused(WALKED(OFF, ""), OWN, others[i]);
    check_refused(WALKED(OFF, ""),
                  X("  for_each = local.all\n  on       = each.value.value\n"
                    "  also     = each.value.value\n"),
                  "");
}

/* What takes all of the element takes the member with it. */
static void who_takes_the_whole_element_shares_it(void **state)
{
    static const char own[] = X("  for_each = local.all\n  on       = each.value.on\n");
    static const char *const others[] = {
        Z("  v        = each.value[var.v]\n"),
        Z("  v        = jsonencode(each.value)\n"),
        Z("  v        = lookup(each.value, var.v, null)\n"),
        Z("  dynamic \"part\" {\n    for_each = each.value\n    content {\n"
          "      v = part.key\n    }\n  }\n"),
        "module \"m\" {\n  source   = \"x/m/aws\"\n  for_each = local.all\n  all      = "
        "each.value\n}\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++)
        check_refused(WALKED("on = false", ""), own, others[i]);
    check_refused(WALKED("on = false", ""),
                  X("  for_each = local.all\n  on       = each.value.on\n"
                    "  all      = jsonencode(each.value)\n"),
                  "");
}

#define PLAIN(value, more) "locals {\n  all = {\n    a = " value "\n  }\n}\n" more

static void an_element_that_is_the_value_itself_is_read_once(void **state)
{
    const struct example examples[] = {
        {on, PLAIN("false", X("  for_each = local.all\n  on       = each.value\n  k = each.key\n")),
         RULE_FAILS, CHANGED,
         PLAIN("true", X("  for_each = local.all\n  on       = each.value\n  k = each.key\n"))},
        {on,
         PLAIN("false", X("  for_each = local.all\n  on       = each.value\n"
                          "  also     = each.value\n")),
         RULE_FAILS, RULE_REFUSED, "is an element of local.all"},
    };

    (void)state;
    rules_example_check(examples, COUNT(examples));
}

/* The elements of a set are the keys of what stands in AWS. */
static void a_value_that_is_a_key_stays(void **state)
{
    static const char text[] = "      - {attribute: on, equals: good}\n";
    static const char refused[] = "another value would replace them";
    const struct example examples[] = {
        {text, X("  for_each = toset([\"bad\"])\n  on       = each.value\n"), RULE_FAILS,
         RULE_REFUSED, refused},
        {text,
         "locals {\n  all = [\"bad\"]\n}\n" X(
             "  for_each = toset(local.all)\n  on       = each.value\n"),
         RULE_FAILS, RULE_REFUSED, refused},
        {text,
         "locals {\n  all = toset([\"bad\"])\n}\n" X(
             "  for_each = local.all\n  on       = each.value\n"),
         RULE_FAILS, RULE_REFUSED, refused},
        {text,
         "locals {\n  all = { a = \"bad\" }\n}\n" X(
             "  for_each = { for k, v in local.all : v => v }\n  on       = each.value\n"),
         RULE_FAILS, RULE_REFUSED, refused},
        {text, X("  for_each = { a = \"bad\" }\n  on       = each.value\n"), RULE_FAILS, CHANGED,
         X("  for_each = { a = \"good\" }\n  on       = each.value\n")},
    };

    (void)state;
    rules_example_check(examples, COUNT(examples));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_may_go_by_any_name),
        cmocka_unit_test(who_reads_other_members_does_not_share_it),
        cmocka_unit_test(who_reads_the_member_shares_it),
        cmocka_unit_test(who_takes_the_whole_element_shares_it),
        cmocka_unit_test(a_value_that_is_a_key_stays),
        cmocka_unit_test(an_element_that_is_the_value_itself_is_read_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
