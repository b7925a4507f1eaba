/* Where a provider works rules out what an ARN of another region means, whatever else would fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/hcl_make.h"
#include "worker/hcl/locate/locate.h"

static const struct made_file FILES[] = {
    {"main.tf", "provider \"aws\" { region = \"us-east-1\" }\n"
                "import {\n  to = aws_lambda_function.f\n  id = \"fn\"\n}\n"
                "resource \"aws_lambda_function\" \"f\" { function_name = \"fn\" }\n"
                "resource \"aws_vpc\" \"v\" { tags = { Name = \"core\" } }\n"
                "resource \"aws_kms_key\" \"k\" {}\n"
                "resource \"aws_kms_alias\" \"k\" {\n  name = \"alias/shop\"\n"
                "  target_key_id = aws_kms_key.k.key_id\n}\n"},
};

#define EU(service, rest) "arn:aws:" service ":eu-west-1:111122223333:" rest
#define US(service, rest) "arn:aws:" service ":us-east-1:111122223333:" rest

/* How many resources of the root the query means for sure. */
static size_t sure(const struct hcl_module *root, struct hcl_query query)
{
    struct hcl_match matches[4];
    size_t n = hcl_locate(root, &query, matches, COUNT(matches));

    return n > 0 && matches[0].certainty == HCL_SURE ? n : 0;
}

static void an_import_id_of_another_region_is_another_thing(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(FILES, COUNT(FILES));
    struct hcl_module *root = hcl_make_open(repo, "");

    (void)state;
    assert_int_equal(sure(root, (struct hcl_query){.arn = US("lambda", "function:fn")}), 1);
    assert_int_equal(sure(root, (struct hcl_query){.arn = EU("lambda", "function:fn")}), 0);
}

static void a_name_beside_an_id_of_another_region_is_another_s(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(FILES, COUNT(FILES));
    struct hcl_module *root = hcl_make_open(repo, "");

    (void)state;
    assert_int_equal(
        sure(root, (struct hcl_query){.arn = US("ec2", "vpc/vpc-0ab1"), .name = "core"}), 1);
    assert_int_equal(
        sure(root, (struct hcl_query){.arn = EU("ec2", "vpc/vpc-0ab1"), .name = "core"}), 0);
    assert_int_equal(
        sure(root, (struct hcl_query){.arn = US("kms", "key/1234"), .name = "alias/shop"}), 1);
    assert_int_equal(
        sure(root, (struct hcl_query){.arn = EU("kms", "key/1234"), .name = "alias/shop"}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_import_id_of_another_region_is_another_thing),
        cmocka_unit_test(a_name_beside_an_id_of_another_region_is_another_s),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
