/*
 * The words of the rule language that speak of arguments, one by one. worker/rules/fix_attribute.c,
 * fix_member.c, owner*.c, member.c, test_value.c.
 */
#include "tests/support/test.h"

#include "tests/support/hcl_make.h"
#include "tests/support/rules_example.h"

static void contains_none_drops_what_must_not_be_in_a_list(void **state)
{
    static const char none[] = "      - {attribute: l, contains_none: [\"a\", \"b\"]}\n";
    static const char open[] =
        "      - {attribute: l, contains_none: [\"a\"], set: [\"z\"], absent: fails}\n";
    static const char ok[] = "      - {attribute: l, contains_none: [\"a\"], absent: holds}\n";
    const struct example examples[] = {
        {none, X("  l = [\"c\", \"a\", \"d\", \"b\"]\n"), RULE_FAILS, CHANGED,
         X("  l = [\"c\", \"d\"]\n")},
        {none,
         X("  l = [\n    \"c\",\n    # of the office\n    \"d\",\n    # the world\n    "
           "\"a\",\n  ]\n"),
         RULE_FAILS, CHANGED, X("  l = [\n    \"c\",\n    # of the office\n    \"d\",\n  ]\n")},
        {none, X("  l = [\"a\", \"a\"]\n"), RULE_FAILS, CHANGED, X("  l = []\n")},
        {none, X("  l = []\n"), RULE_HOLDS, RULE_NO_CHANGE, ""},
        {none, X("  l = [\"c\", var.v]\n") "variable \"v\" {\n}\n", RULE_UNKNOWN, RULE_REFUSED,
         "cannot be known"},
        {none, X("  l = [var.v, \"a\"]\n") "variable \"v\" {\n}\n", RULE_FAILS, RULE_REFUSED,
         "what var.v is cannot be known"},
        {none,
         X("  l = var.v\n") "variable \"v\" {\n  type    = set(string)\n  default = "
                            "[\"q\", \"b\", \"c\"]\n}\n",
         RULE_FAILS, CHANGED,
         X("  l = var.v\n") "variable \"v\" {\n  type    = set(string)\n  default = "
                            "[\"q\", \"c\"]\n}\n"},
        {none, X("  l = concat([\"a\"], [\"c\"])\n"), RULE_FAILS, RULE_REFUSED,
         "computed by an expression at main.tf:2"},
        {none, X("  l = \"a\"\n"), RULE_UNKNOWN, RULE_REFUSED, "not a list"},
        {none, X(""), RULE_FAILS, RULE_REFUSED, "does not say what to write"},
        {ok, X(""), RULE_HOLDS, RULE_NO_CHANGE, ""},
        {open, X(""), RULE_FAILS, CHANGED, X("  l = [\"z\"]\n")},
        {open, X("  l = [\"a\"]\n"), RULE_FAILS, CHANGED, X("  l = [\"z\"]\n")},
        {open, X("  l = [\"a\", \"b\"]\n"), RULE_FAILS, CHANGED, X("  l = [\"b\"]\n")},
        {none, X("  count = 2\n  l     = [\"a\", \"c\"]\n"), RULE_FAILS, CHANGED,
         X("  count = 2\n  l     = [\"c\"]\n")},
    };

    (void)state;
    rules_example_check(examples, COUNT(examples));
}

static void what_is_present_is_not_empty(void **state)
{
    static const char set[] = "      - {attribute: a, present: true, set: [\"t\"]}\n";
    const struct example examples[] = {
        {set, X("  a = []\n"), RULE_FAILS, CHANGED, X("  a = [\"t\"]\n")},
        {set, X("  a = [var.v]\n") "variable \"v\" {\n}\n", RULE_HOLDS, RULE_NO_CHANGE, ""},
        {set, X("  a = \"${aws_k.k.arn}:*\"\n") "resource \"aws_k\" \"k\" {\n}\n", RULE_HOLDS,
         RULE_NO_CHANGE, ""},
        {set, X("  a = \"${var.v}\"\n") "variable \"v\" {\n}\n", RULE_UNKNOWN, RULE_REFUSED,
         "cannot be known"},
    };

    (void)state;
    rules_example_check(examples, COUNT(examples));
}

static void a_reference_is_as_good_where_the_rule_says_so(void **state)
{
    static const char own[] =
        "      - {attribute: a, none_of: [aws], references: holds, set: mine}\n";
    static const char strict[] = "      - {attribute: a, none_of: [aws], set: mine}\n";
    const struct example examples[] = {
        {own, X("  a = aws_k.k.arn\n") "resource \"aws_k\" \"k\" {\n}\n", RULE_HOLDS,
         RULE_NO_CHANGE, ""},
        {strict, X("  a = aws_k.k.arn\n") "resource \"aws_k\" \"k\" {\n}\n", RULE_UNKNOWN,
         RULE_REFUSED, "cannot be known"},
        {own, X("  a = \"aws\"\n"), RULE_FAILS, CHANGED, X("  a = \"mine\"\n")},
        {own, X(""), RULE_FAILS, CHANGED, X("  a = \"mine\"\n")},
        {own, X("  a = data.aws_k.k.arn\n") "data \"aws_k\" \"k\" {\n}\n", RULE_UNKNOWN,
         RULE_REFUSED, "read from the cloud"},
    };

    (void)state;
    rules_example_check(examples, COUNT(examples));
}

static void like_compares_texts_and_addresses(void **state)
{
    static const char form[] = "      - {attribute: a, like: [\"*.s3-*.com\", \"*.site\"]}\n";
    static const char by_hand[] = "does not say what to write for a";
    const struct example examples[] = {
        {form, X("  a = \"b.s3-x.com\"\n"), RULE_HOLDS, RULE_NO_CHANGE, ""},
        {form, X("  a = \"b.s3-x.org\"\n"), RULE_FAILS, RULE_REFUSED, by_hand},
        {form, X("  a = \"x.s3.com\"\n"), RULE_FAILS, RULE_REFUSED, by_hand},
        {form, X("  a = [1]\n"), RULE_FAILS, RULE_REFUSED, by_hand},
        {form, X(""), RULE_FAILS, RULE_REFUSED, by_hand},
        {form, X("  a = aws_k.k.site\n") "resource \"aws_k\" \"k\" {\n}\n", RULE_HOLDS,
         RULE_NO_CHANGE, ""},
        {form, X("  a = aws_k.k.name\n") "resource \"aws_k\" \"k\" {\n}\n", RULE_FAILS,
         RULE_REFUSED, by_hand},
        {form, X("  a = \"${var.v}.s3-x.com\"\n") "variable \"v\" {\n}\n", RULE_HOLDS,
         RULE_NO_CHANGE, ""},
        {form, X("  a = \"b.s3-x.${var.v}\"\n") "variable \"v\" {\n}\n", RULE_UNKNOWN, RULE_REFUSED,
         "cannot be known"},
        {form, X("  a = \"${var.v}.org\"\n") "variable \"v\" {\n}\n", RULE_FAILS, RULE_REFUSED,
         by_hand},
        {form, X("  a = var.v\n") "variable \"v\" {\n}\n", RULE_UNKNOWN, RULE_REFUSED,
         "cannot be known"},
    };

    (void)state;
    rules_example_check(examples, COUNT(examples));
}

static void a_text_is_there_when_a_part_of_it_is_known(void **state)
{
    static const char there[] = "      - {attribute: a, present: true, set: z}\n";
    const struct example examples[] = {
        {there, X("  a = \"${aws_k.k.arn}:*\"\n") "resource \"aws_k\" \"k\" {\n}\n", RULE_HOLDS,
         RULE_NO_CHANGE, ""},
        {there, X("  a = []\n"), RULE_FAILS, CHANGED, X("  a = \"z\"\n")},
        {there, X("  a = \"${var.v}\"\n") "variable \"v\" {\n}\n", RULE_UNKNOWN, RULE_REFUSED,
         "cannot be known"},
        {there,
         X("  a = data.aws_iam_policy_document.d.json\n") "data \"aws_iam_policy_document\" "
                                                          "\"d\" {\n}\n",
         RULE_HOLDS, RULE_NO_CHANGE, ""},
    };

    (void)state;
    rules_example_check(examples, COUNT(examples));
}

static void present_false_takes_an_argument_away(void **state)
{
    static const char not [] = "      - {attribute: a, present: false}\n";
    static const char nested[] = "      - {attribute: b.a, present: false}\n";
    const struct example examples[] = {
        {not, X("  a   = \"host\"\n  bcd = 1\n"), RULE_FAILS, CHANGED, X("  bcd = 1\n")},
        {not, X("  b = 1\n"), RULE_HOLDS, RULE_NO_CHANGE, ""},
        {not, X("  a = null\n"), RULE_HOLDS, RULE_NO_CHANGE, ""},
        {not, X("  a = aws_k.k.arn\n  b = 1\n") "resource \"aws_k\" \"k\" {\n}\n", RULE_FAILS,
         CHANGED, X("  b = 1\n") "resource \"aws_k\" \"k\" {\n}\n"},
        {not, X("  a = \"x-${1 + 1}\"\n  b = 1\n"), RULE_FAILS, CHANGED, X("  b = 1\n")},
        {not, X("  count = 2\n  a     = \"host\"\n"), RULE_FAILS, CHANGED, X("  count = 2\n")},
        {not, X("  a = var.a\n") "variable \"a\" {\n  default = \"host\"\n}\n", RULE_FAILS,
         RULE_REFUSED, "comes from var.a, written at main.tf:5: make it null there"},
        {not, X("  a = var.a\n") "variable \"a\" {\n}\n", RULE_UNKNOWN, RULE_REFUSED,
         "cannot be known"},
        {not, X("  a = var.a ? \"host\" : null\n") "variable \"a\" {\n  default = true\n}\n",
         RULE_FAILS, CHANGED,
         X("  a = var.a ? \"host\" : null\n") "variable \"a\" {\n  default = false\n}\n"},
        {not, X("  a = \"host\"\n  lifecycle {\n    ignore_changes = [a]\n  }\n"), RULE_FAILS,
         RULE_REFUSED, "ignore_changes"},
        {nested, X("  b {\n    a = 1\n    c = 2\n  }\n"), RULE_FAILS, CHANGED,
         X("  b {\n    c = 2\n  }\n")},
        {nested, X(""), RULE_HOLDS, RULE_NO_CHANGE, ""},
    };

    (void)state;
    rules_example_check(examples, COUNT(examples));
}

static void an_argument_that_another_file_overrides_is_not_taken_away(void **state)
{
    static const struct made_file files[] = {
        {"main.tf", X("  a = \"host\"\n")},
        {"main_override.tf", X("  a = \"task\"\n")},
    };
    CLEANUP(rules_freep)
    struct rules *rules = rules_example_pack("      - {attribute: a, present: false}\n");
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
    struct hcl_module *root = hcl_make_open(repo, "");
    struct rule_outcome outcome = {0};
    struct err err = {0};

    (void)state;
    assert_ok(hcl_edits_new(&edits, &err), err);
    assert_int_equal(rule_fix(rules_at(rules, 0), root, hcl_resource_find(root, "aws_x.y"), NULL, 0,
                              edits, &outcome, &err),
                     RULE_REFUSED);
    assert_has(outcome.text, "overridden at main_override.tf:1");
}

static void a_member_of_a_map_is_set_in_the_object(void **state)
{
    static const char tag[] = "      - {attribute: tags.Owner, present: true, set: ops}\n";
    static const char two[] = "      - {attribute: tags.Owner, present: true, set: ops}\n"
                              "      - {attribute: 'tags[\"aws:x\"]', equals: 1}\n";
    static const char gone[] = "      - {attribute: tags.Owner, present: false}\n";
    static const char nested[] = "      - {attribute: environment.variables.A, equals: on}\n";
    const struct example examples[] = {
        {tag, X("  a = 1\n\n  b {\n  }\n"), RULE_FAILS, CHANGED,
         X("  a    = 1\n  tags = { Owner = \"ops\" }\n\n  b {\n  }\n")},
        {tag, X("  tags = {\n    Name = \"n\" # the name\n  }\n"), RULE_FAILS, CHANGED,
         X("  tags = {\n    Name  = \"n\" # the name\n    Owner = \"ops\"\n  }\n")},
        {tag, X("  tags = { Owner = \"me\" }\n"), RULE_HOLDS, RULE_NO_CHANGE, ""},
        {tag, X("  tags = { owner = \"me\" }\n"), RULE_FAILS, CHANGED,
         X("  tags = { owner = \"me\", Owner = \"ops\" }\n")},
        {tag, X("  tags = { \"Owner\" = \"\" }\n"), RULE_FAILS, CHANGED,
         X("  tags = { \"Owner\" = \"ops\" }\n")},
        {tag, X("  tags = { Owner = var.o }\n") "variable \"o\" {\n  default = \"\"\n}\n",
         RULE_FAILS, CHANGED,
         X("  tags = { Owner = var.o }\n") "variable \"o\" {\n  default = \"ops\"\n}\n"},
        {tag, X("  tags = { Owner = var.o }\n") "variable \"o\" {\n}\n", RULE_UNKNOWN, RULE_REFUSED,
         "cannot be known"},
        {tag,
         X("  tags = merge(var.t, { Name = \"n\" })\n") "variable \"t\" {\n  default = {}\n}\n",
         RULE_FAILS, CHANGED,
         X("  tags = merge(var.t, { Name = \"n\", Owner = \"ops\" })\n") "variable \"t\" {\n  "
                                                                         "default = {}\n}\n"},
        {tag,
         X("  tags = merge({ Name = \"n\" }, var.t)\n") "variable \"t\" {\n  default = {}\n}\n",
         RULE_FAILS, RULE_REFUSED, "computed by an expression at main.tf:2"},
        {tag,
         X("  tags = merge(var.t, { Name = \"n\" })\n") "variable \"t\" {\n  default = "
                                                        "{ Owner = \"x\" }\n}\n",
         RULE_HOLDS, RULE_NO_CHANGE, ""},
        {tag, X("  tags = var.t\n") "variable \"t\" {\n}\n", RULE_UNKNOWN, RULE_REFUSED,
         "tags.Owner cannot be known"},
        {tag, X("  tags = aws_x.z.tags\n") "resource \"aws_x\" \"z\" {\n}\n", RULE_UNKNOWN,
         RULE_REFUSED, "known only after apply"},
        {tag, X("  tags = local.t\n") "locals {\n  t = {\n    Name = \"n\"\n  }\n}\n", RULE_FAILS,
         CHANGED,
         X("  tags = local.t\n") "locals {\n  t = {\n    Name  = \"n\"\n    Owner = \"ops\"\n  "
                                 "}\n}\n"},
        {tag,
         X("  tags = local.t\n") "locals {\n  t = {\n    Name = \"n\"\n  }\n}\noutput \"o\" "
                                 "{\n  value = local.t\n}\n",
         RULE_FAILS, RULE_REFUSED, "used in 2 places"},
        {tag, X("  tags = var.t\n") "variable \"t\" {\n  default = null\n}\n", RULE_FAILS, CHANGED,
         X("  tags = var.t\n") "variable \"t\" {\n  default = { Owner = \"ops\" }\n}\n"},
        {tag, X("  count = 2\n  tags = { Name = \"n-${count.index}\" }\n"), RULE_FAILS, CHANGED,
         X("  count = 2\n  tags = { Name = \"n-${count.index}\", Owner = \"ops\" }\n")},
        {tag, X("  tags = { Name = \"n\" }\n\n  lifecycle {\n    ignore_changes = [tags]\n  }\n"),
         RULE_FAILS, RULE_REFUSED, "ignore_changes"},
        {tag, X("  tags {\n    Owner = \"x\"\n  }\n"), RULE_UNKNOWN, RULE_REFUSED, "no map"},
        {tag, X("") "provider \"aws\" {\n  default_tags {\n    tags = { Owner = \"x\" }\n  }\n}\n",
         RULE_HOLDS, RULE_NO_CHANGE, ""},
        {tag,
         X("  tags = var.t\n") "variable \"t\" {\n}\nprovider \"aws\" {\n  default_tags {\n  "
                               "  tags = { Owner = \"x\" }\n  }\n}\n",
         RULE_HOLDS, RULE_NO_CHANGE, ""},
        {tag,
         X("  provider = aws.b\n") "provider \"aws\" {\n  alias = \"b\"\n}\nprovider \"aws\" "
                                   "{\n  default_tags {\n    tags = { Owner = \"x\" }\n  }\n}\n",
         RULE_FAILS, CHANGED,
         X("  provider = aws.b\n  tags     = { Owner = \"ops\" }\n") "provider \"aws\" {\n  alias "
                                                                     "= \"b\"\n}\nprovider \"aws\" "
                                                                     "{\n  default_tags {\n    "
                                                                     "tags = { Owner = \"x\" }\n  "
                                                                     "}\n}\n"},
        {two, X(""), RULE_FAILS, CHANGED,
         X("  tags = {\n    Owner   = \"ops\"\n    \"aws:x\" = 1\n  }\n")},
        {two, X("  tags = {}\n"), RULE_FAILS, CHANGED,
         X("  tags = {\n    Owner   = \"ops\"\n    \"aws:x\" = 1\n  }\n")},
        {gone, X("  tags = { Name = \"n\", Owner = \"x\" }\n"), RULE_FAILS, CHANGED,
         X("  tags = { Name = \"n\" }\n")},
        {gone, X("  tags = merge(var.t, {})\n") "variable \"t\" {\n  default = { Owner = 1 }\n}\n",
         RULE_FAILS, RULE_REFUSED, "computed by an expression"},
        {nested, X("  environment {\n    variables = { B = \"b\" }\n  }\n"), RULE_FAILS, CHANGED,
         X("  environment {\n    variables = { B = \"b\", A = \"on\" }\n  }\n")},
        {nested, X("  a = 1\n"), RULE_FAILS, CHANGED,
         X("  a = 1\n\n  environment {\n    variables = { A = \"on\" }\n  }\n")},
    };

    (void)state;
    rules_example_check(examples, COUNT(examples));
}

/* The module's call hands the provider on under another name. */
static void the_caller_s_default_tags_count_in_a_module(void **state)
{
    static const struct made_file files[] = {
        {"main.tf", "provider \"aws\" {\n}\nprovider \"aws\" {\n  alias = \"tagged\"\n"
                    "  default_tags {\n    tags = { Owner = \"x\" }\n  }\n}\n"
                    "module \"m\" {\n  source    = \"./m\"\n  providers = { aws = aws.tagged }\n}\n"
                    "module \"n\" {\n  source = \"./m\"\n}\n"},
        {"m/main.tf", X("")},
    };
    CLEANUP(rules_freep)
    struct rules *rules =
        rules_example_pack("      - {attribute: tags.Owner, present: true, set: ops}\n");
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_module *root = hcl_make_open(repo, "");
    char why[300];

    (void)state;
    assert_int_equal(rule_check(rules_at(rules, 0), root,
                                hcl_resource_find(root, "module.m.aws_x.y"), why, sizeof why),
                     RULE_HOLDS);
    assert_int_equal(rule_check(rules_at(rules, 0), root,
                                hcl_resource_find(root, "module.n.aws_x.y"), why, sizeof why),
                     RULE_FAILS);
}

/* The map of a module's resource stands in the call, or in a values file. */
static void a_member_is_set_where_the_map_is_written(void **state)
{
    static const struct made_file files[] = {
        {"main.tf",
         "variable \"t\" {\n}\nmodule \"m\" {\n  source = \"./m\"\n  t      = { Name = \"m\" }\n}\n"
         "module \"n\" {\n  source = \"./m\"\n  t      = var.t\n}\n"
         "module \"o\" {\n  source = \"./m\"\n}\n"},
        {"terraform.tfvars", "t = {\n  Name = \"n\"\n}\n"},
        {"m/main.tf", X("  tags = var.t\n") "variable \"t\" {\n  default = {}\n}\n"},
    };
    static const struct {
        const char *address;
        int answer;
        const char *says;
    } cases[] = {
        {"module.m.aws_x.y", CHANGED, "set tags.Owner = \"ops\" in module.m (main.tf:5)"},
        {"module.n.aws_x.y", CHANGED, "set tags.Owner = \"ops\" in t (terraform.tfvars:1)"},
        {"module.o.aws_x.y", RULE_REFUSED, "which other calls of the module use too"},
    };
    CLEANUP(rules_freep)
    struct rules *rules =
        rules_example_pack("      - {attribute: tags.Owner, present: true, set: ops}\n");
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_module *root = hcl_make_open(repo, "");

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(hcl_edits_freep) struct hcl_edits *edits = NULL;
        struct rule_outcome outcome = {0};
        struct err err = {0};

        assert_ok(hcl_edits_new(&edits, &err), err);
        assert_int_equal(rule_fix(rules_at(rules, 0), root,
                                  hcl_resource_find(root, cases[i].address), NULL, 0, edits,
                                  &outcome, &err),
                         cases[i].answer);
        assert_has(outcome.text, cases[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(like_compares_texts_and_addresses),
        cmocka_unit_test(contains_none_drops_what_must_not_be_in_a_list),
        cmocka_unit_test(what_is_present_is_not_empty),
        cmocka_unit_test(a_reference_is_as_good_where_the_rule_says_so),
        cmocka_unit_test(a_text_is_there_when_a_part_of_it_is_known),
        cmocka_unit_test(present_false_takes_an_argument_away),
        cmocka_unit_test(an_argument_that_another_file_overrides_is_not_taken_away),
        cmocka_unit_test(a_member_of_a_map_is_set_in_the_object),
        cmocka_unit_test(the_caller_s_default_tags_count_in_a_module),
        cmocka_unit_test(a_member_is_set_where_the_map_is_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
