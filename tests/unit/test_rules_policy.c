/* What a policy says, worker/rules/policy_match.c and what reads the documents for it. */
#include "tests/support/test.h"

#include <stdio.h>

#include "tests/support/hcl_make.h"
#include "worker/rules/policy_match.h"
#include "worker/rules/rules.h"

static struct rules *rules;

static int load_rules(void **state)
{
    struct err err;

    (void)state;
    return rules_load(&rules, NULL, &err);
}

static int free_rules(void **state)
{
    (void)state;
    rules_free(rules);
    return 0;
}

static void check_files(const struct made_file *files, size_t n, enum rule_verdict expected,
                        const char *why_has)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, n);
    struct hcl_module *root = hcl_make_open(repo, "");
    const struct hcl_resource *bucket = hcl_resource_find(root, "aws_s3_bucket.b");
    const struct rule *rule = rules_get(rules, "aws-s3-deny-insecure-transport");
    char why[300] = "";
    enum rule_verdict verdict;

    assert_non_null(bucket);
    assert_non_null(rule);
    verdict = rule_check(rule, root, bucket, why, sizeof why);
    if (verdict != expected)
        fail_msg("%s, not %s: %s\n%s", rule_verdict_name(verdict), rule_verdict_name(expected), why,
                 files[0].text);
    assert_has(why, why_has);
}

static void check_one(const char *text, enum rule_verdict expected, const char *why_has)
{
    check_files(&(struct made_file){"main.tf", text}, 1, expected, why_has);
}

/* --- patterns --- */

static void a_pattern_covers_what_it_matches_whatever_that_stands_for(void **state)
{
    static const struct {
        const char *pattern, *wanted;
        bool any_case;
        enum rule_verdict verdict;
    } cases[] = {
        {"*", "s3:*", true, RULE_HOLDS},         {"s3:*", "s3:*", true, RULE_HOLDS},
        {"S3:*", "s3:*", true, RULE_HOLDS},      {"S3:*", "s3:*", false, RULE_FAILS},
        {"s*", "s3:*", true, RULE_HOLDS},        {"s3:Get*", "s3:*", true, RULE_FAILS},
        {"s3:?", "s3:*", true, RULE_FAILS},      {"s3:??", "s3:ab", true, RULE_HOLDS},
        {"", "s3:*", true, RULE_FAILS},          {"arn*", "arn", false, RULE_HOLDS},
        {"arn*", "arn/*", false, RULE_HOLDS},    {"arn/*", "arn", false, RULE_FAILS},
        {"arn/*/*", "arn/*", false, RULE_FAILS}, {"arn/**", "arn/*", false, RULE_HOLDS},
        {"*a*b", "xaybzb", false, RULE_HOLDS},   {"*a*b", "xaybzc", false, RULE_FAILS},
        {"a\x03", "ab", false, RULE_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum rule_verdict verdict =
            policy_glob_covers(cases[i].pattern, cases[i].wanted, cases[i].any_case);

        if (verdict != cases[i].verdict)
            fail_msg("%s over %s: %s", cases[i].pattern, cases[i].wanted,
                     rule_verdict_name(verdict));
    }
}

/* --- one statement --- */

#define BUCKET "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"data\"\n}\n"
#define OPEN                                                                                       \
    "variable \"x\" {}\nresource \"aws_s3_bucket_policy\" \"p\" {\n  bucket = "                    \
    "aws_s3_bucket.b.id\n"                                                                         \
    "  policy = jsonencode({ Statement = "
#define CLOSE       " })\n}\n"
#define EFFECT      "Effect = \"Deny\", "
#define WHO         "Principal = \"*\", "
#define ACTION      "Action = \"s3:*\", "
#define WHERE       "Resource = [aws_s3_bucket.b.arn, \"${aws_s3_bucket.b.arn}/*\"], "
#define WHEN        "Condition = { Bool = { \"aws:SecureTransport\" = \"false\" } }"
#define ONE(inside) BUCKET OPEN "[{ " inside " }]" CLOSE

static void each_part_of_a_statement_counts_by_its_meaning(void **state)
{
    static const struct {
        const char *text;
        enum rule_verdict verdict;
        const char *why;
    } cases[] = {
        {ONE(EFFECT WHO ACTION WHERE WHEN), RULE_HOLDS, ""},
        {BUCKET OPEN "{ " EFFECT WHO ACTION WHERE WHEN " }" CLOSE, RULE_HOLDS, ""},
        {BUCKET OPEN "[]" CLOSE, RULE_FAILS, "no statement that does what"},
        /* effect */
        {ONE("Effect = \"deny\", " WHO ACTION WHERE WHEN), RULE_FAILS, ""},
        {ONE("Effect = \"Allow\", " WHO ACTION WHERE WHEN), RULE_FAILS, ""},
        {ONE("Effect = var.x, " WHO ACTION WHERE WHEN), RULE_UNKNOWN, "not known"},
        {ONE(WHO ACTION WHERE WHEN), RULE_FAILS, ""},
        /* principal */
        {ONE(EFFECT "Principal = { AWS = \"*\" }, " ACTION WHERE WHEN), RULE_HOLDS, ""},
        {ONE(EFFECT "Principal = { AWS = [\"1\", \"*\"] }, " ACTION WHERE WHEN), RULE_HOLDS, ""},
        {ONE(EFFECT "Principal = { \"*\" = \"*\" }, " ACTION WHERE WHEN), RULE_HOLDS, ""},
        {ONE(EFFECT "Principal = { Service = \"*\" }, " ACTION WHERE WHEN), RULE_FAILS,
         "does not speak of everyone"},
        {ONE(EFFECT "Principal = { AWS = var.x }, " ACTION WHERE WHEN), RULE_UNKNOWN, ""},
        {ONE(EFFECT "NotPrincipal = { AWS = \"1\" }, " ACTION WHERE WHEN), RULE_FAILS, ""},
        {ONE(EFFECT WHO "NotPrincipal = { AWS = \"1\" }, " ACTION WHERE WHEN), RULE_FAILS, ""},
        {ONE(EFFECT ACTION WHERE WHEN), RULE_FAILS, ""},
        /* action */
        {ONE(EFFECT WHO "Action = [\"ec2:*\", \"*\"], " WHERE WHEN), RULE_HOLDS, ""},
        {ONE(EFFECT WHO "Action = [\"s3:Get*\", \"s3:Put*\"], " WHERE WHEN), RULE_FAILS,
         "does not cover every action"},
        {ONE(EFFECT WHO "NotAction = \"s3:GetObject\", " WHERE WHEN), RULE_FAILS, ""},
        {ONE(EFFECT WHO "Action = [\"s3:Get*\", var.x], " WHERE WHEN), RULE_UNKNOWN, ""},
        /* resource */
        {ONE(EFFECT WHO ACTION "Resource = \"*\", " WHEN), RULE_HOLDS, ""},
        {ONE(EFFECT WHO ACTION "Resource = \"arn:aws:s3:::data*\", " WHEN), RULE_HOLDS, ""},
        {ONE(EFFECT WHO ACTION "Resource = \"arn:aws:s3:::*\", " WHEN), RULE_HOLDS, ""},
        {ONE(EFFECT WHO ACTION
             "Resource = [\"arn:aws-cn:s3:::data\", \"arn:aws-cn:s3:::data/*\"], " WHEN),
         RULE_HOLDS, ""},
        {ONE(EFFECT WHO ACTION "Resource = [\"arn:aws:s3:::${aws_s3_bucket.b.id}\", "
                               "format(\"arn:aws:s3:::%s/*\", aws_s3_bucket.b.bucket)], " WHEN),
         RULE_HOLDS, ""},
        {ONE(EFFECT WHO ACTION
             "Resource = [\"arn:aws:s3:::data2\", \"arn:aws:s3:::data2/*\"], " WHEN),
         RULE_FAILS, "does not cover"},
        {ONE(EFFECT WHO ACTION "Resource = aws_s3_bucket.b.arn, " WHEN), RULE_FAILS,
         "does not cover"},
        {ONE(EFFECT WHO ACTION
             "Resource = [aws_s3_bucket.b.arn, \"${aws_s3_bucket.b.arn}/a/*\"], " WHEN),
         RULE_FAILS, ""},
        {ONE(EFFECT WHO ACTION "Resource = [aws_s3_bucket.b.arn, \"${var.x}/*\"], " WHEN),
         RULE_UNKNOWN, ""},
        {ONE(EFFECT WHO ACTION "NotResource = aws_s3_bucket.b.arn, " WHEN), RULE_FAILS, ""},
        /* condition */
        {ONE(EFFECT WHO ACTION WHERE), RULE_HOLDS, ""},
        {ONE(EFFECT WHO ACTION WHERE "Condition = {}"), RULE_HOLDS, ""},
        {ONE(EFFECT WHO ACTION WHERE "Condition = { BoolIfExists = { \"AWS:SecureTransport\" = "
                                     "false } }"),
         RULE_HOLDS, ""},
        {ONE(EFFECT WHO ACTION WHERE "Condition = { Bool = { \"aws:SecureTransport\" = [false, "
                                     "true] } }"),
         RULE_HOLDS, ""},
        {ONE(EFFECT WHO ACTION WHERE "Condition = { Bool = { \"aws:SecureTransport\" = true } }"),
         RULE_FAILS, "narrows"},
        {ONE(EFFECT WHO ACTION WHERE "Condition = { Bool = { \"aws:SecureTransport\" = var.x } }"),
         RULE_UNKNOWN, ""},
        {ONE(EFFECT WHO ACTION WHERE "Condition = { \"ForAllValues:Bool\" = { "
                                     "\"aws:SecureTransport\" = false } }"),
         RULE_FAILS, ""},
        {ONE(EFFECT WHO ACTION WHERE "Condition = { Bool = { \"aws:SecureTransport\" = false, "
                                     "\"aws:ViaAWSService\" = false } }"),
         RULE_FAILS, ""},
        {ONE(EFFECT WHO ACTION WHERE "Condition = { Bool = { \"aws:SecureTransport\" = false }, "
                                     "IpAddress = { \"aws:SourceIp\" = var.x } }"),
         RULE_FAILS, ""},
        {ONE(EFFECT WHO ACTION WHERE "Condition = { Null = { \"aws:SecureTransport\" = true } }"),
         RULE_FAILS, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check_one(cases[i].text, cases[i].verdict, cases[i].why);
}

static void statements_count_together(void **state)
{
    (void)state;
    check_one(BUCKET OPEN "[{ " EFFECT WHO ACTION "Resource = aws_s3_bucket.b.arn, " WHEN
                          "}, { " EFFECT WHO ACTION "Resource = \"${aws_s3_bucket.b.arn}/*\", " WHEN
                          "}]" CLOSE,
              RULE_HOLDS, "");
    check_one(BUCKET OPEN "[{ " EFFECT WHO ACTION "Resource = aws_s3_bucket.b.arn, " WHEN "}, { "
                          "Effect = \"Allow\", " WHO ACTION
                          "Resource = \"${aws_s3_bucket.b.arn}/*\", " WHEN "}]" CLOSE,
              RULE_FAILS, "");
    check_one(BUCKET OPEN "concat([{ " EFFECT WHO ACTION WHERE WHEN " }], var.x)" CLOSE, RULE_HOLDS,
              "");
    check_one(BUCKET OPEN "concat([], var.x)" CLOSE, RULE_UNKNOWN, "");
    check_one(BUCKET OPEN "[for a in [\"s3:*\"] : { " EFFECT WHO "Action = a, " WHERE WHEN
                          " }]" CLOSE,
              RULE_UNKNOWN, "");
}

/* --- documents --- */

#define POLICY(document)                                                                           \
    BUCKET "resource \"aws_s3_bucket_policy\" \"p\" {\n  bucket = aws_s3_bucket.b.id\n  policy "   \
           "= " document "\n}\n"
#define DENY "{ " EFFECT WHO ACTION WHERE WHEN " }"

static void a_document_is_found_through_names(void **state)
{
    (void)state;
    check_one(POLICY("local.p") "locals {\n  p = jsonencode(local.d)\n  d = { Statement = local.s "
                                "}\n  s = [local.one]\n  one = " DENY "\n}\n",
              RULE_HOLDS, "");
    check_one(POLICY("jsonencode({ Statement = true ? [" DENY "] : [] })"), RULE_HOLDS, "");
    check_one(POLICY("jsonencode({ Statement = false ? [" DENY "] : [] })"), RULE_FAILS, "");
    check_one(POLICY("jsonencode({ Statement = var.x ? [" DENY "] : [] })") "variable \"x\" {}\n",
              RULE_UNKNOWN, "condition");
    check_one(POLICY("file(\"p.json\")"), RULE_UNKNOWN, "made by file()");
    check_one(POLICY("aws_x.y.json") "resource \"aws_x\" \"y\" {}\n", RULE_UNKNOWN, "main.tf");
    check_one(POLICY("\"{\""), RULE_UNKNOWN, "cannot be read as JSON");
    check_one(POLICY("\"[]\""), RULE_UNKNOWN, "no object");
    check_one(POLICY("\"{}\""), RULE_UNKNOWN, "has no Statement");
}

static void another_values_file_may_choose_another_branch(void **state)
{
    const struct made_file files[] = {
        {"main.tf", POLICY("jsonencode({ Statement = var.x ? [" DENY
                           "] : [] })") "variable \"x\" {\n  default = true\n}\n"},
        {"prod.tfvars", "x = false\n"},
    };

    (void)state;
    check_files(files, 1, RULE_HOLDS, "");
    check_files(files, 2, RULE_UNKNOWN, "prod.tfvars");
}

static void json_takes_what_is_put_into_it(void **state)
{
#define JSON(resource)                                                                             \
    POLICY(                                                                                        \
        "<<E\n{\"Statement\": {\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"s3:*\", " \
        "\"Resource\": " resource ",\n\"Condition\": {\"Bool\": {\"aws:SecureTransport\": "        \
        "false}}}}\nE")
    (void)state;
    check_one(JSON("[\"${aws_s3_bucket.b.arn}\", \"${aws_s3_bucket.b.arn}/*\"]"), RULE_HOLDS, "");
    check_one(JSON("${jsonencode([aws_s3_bucket.b.arn, \"${aws_s3_bucket.b.arn}/*\"])}"),
              RULE_HOLDS, "");
    check_one(
        JSON("[\"arn:aws:s3:::${local.n}\", \"arn:aws:s3:::${local.n}/*\"]") "locals {\n  n = "
                                                                             "\"data\"\n}\n",
        RULE_HOLDS, "");
    check_one(JSON("[\"${var.x}\"]") "variable \"x\" {}\n", RULE_UNKNOWN, "");
    check_one(JSON("[\"${aws_s3_bucket.b.arn}\"]"), RULE_FAILS, "");
}

static void a_name_that_is_not_known_may_be_the_one(void **state)
{
    (void)state;
    check_one("variable \"n\" {}\nresource \"aws_s3_bucket\" \"b\" {\n  bucket = var.n\n}\n" OPEN
              "{ " EFFECT WHO ACTION
              "Resource = [\"arn:aws:s3:::data\", \"arn:aws:s3:::data/*\"], " WHEN " }" CLOSE,
              RULE_UNKNOWN, "");
    check_one("resource \"aws_s3_bucket\" \"b\" {}\n" OPEN "{ " EFFECT WHO ACTION
              "Resource = [\"arn:aws:s3:::data\", \"arn:aws:s3:::data/*\"], " WHEN " }" CLOSE,
              RULE_FAILS, "");
}

/* --- the language --- */

static void check_refused(const char *statement, const char *what)
{
    struct rules *mine = NULL;
    char text[2048];
    struct err err = {0};

    (void)snprintf(text, sizeof text,
                   "pack: mine\nrules:\n  - id: my-rule\n    title: T\n    severity: low\n"
                   "    class: SAFE\n    types: [aws_x]\n    reviewer: R\n    must:\n"
                   "      - policy_statement: Mine\n%s",
                   statement);
    if (rules_load_text(&mine, "mine.yaml", text, strlen(text), &err) != ERR_FATAL)
        fail_msg("was accepted: %s", statement);
    assert_has(err.text, "mine.yaml:");
    assert_has(err.text, what);
}

static void a_mistake_in_a_pack_is_told(void **state)
{
#define IN "        in: {companion: aws_p, link: x, argument: policy}\n"
#define REST                                                                                       \
    "        effect: Deny\n        principal: \"*\"\n        actions: [\"s3:*\"]\n"                \
    "        resources: [\"*\"]\n"
    (void)state;
    check_refused("        effect: Deny\n", "in is missing");
    check_refused("        in: {companion: aws_p, argument: policy}\n" REST, "in is {companion");
    check_refused("        in: {companion: aws_p, link: x}\n" REST, "argument is missing");
    check_refused("        in: {argument: policy, inline: policy}\n" REST, "in is {companion");
    check_refused(IN "        effect: deny\n", "effect is Deny or Allow");
    check_refused(IN "        effect: Deny\n        principal: me\n", "principal is");
    check_refused(IN "        effect: Deny\n        principal: \"*\"\n", "actions lists");
    check_refused(IN "        effect: Deny\n        principal: \"*\"\n        actions: [\"*\"]\n"
                     "        resources: [\"a{subject}.arn\"]\n",
                  "a resource is");
    check_refused(IN REST "        condition: {Bool: x}\n", "a condition is");
    check_refused(IN REST "        condition: {Bool: {x: {expression: y.z}}}\n", "are texts");
    check_refused(IN REST "        conditions: {}\n", "conditions");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_covers_what_it_matches_whatever_that_stands_for),
        cmocka_unit_test(each_part_of_a_statement_counts_by_its_meaning),
        cmocka_unit_test(statements_count_together),
        cmocka_unit_test(a_document_is_found_through_names),
        cmocka_unit_test(another_values_file_may_choose_another_branch),
        cmocka_unit_test(json_takes_what_is_put_into_it),
        cmocka_unit_test(a_name_that_is_not_known_may_be_the_one),
        cmocka_unit_test(a_mistake_in_a_pack_is_told),
    };

    return cmocka_run_group_tests(tests, load_rules, free_rules);
}
