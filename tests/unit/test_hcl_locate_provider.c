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

static const struct made_file NESTED[] = {
    {"main.tf", "provider \"aws\" { region = \"us-east-1\" }\n"
                "module \"own\" { source = \"./own\" }\n"
                "module \"told\" {\n  source = \"./told\"\n  region = \"eu-west-1\"\n}\n"
                "module \"proxy\" { source = \"./proxy\" }\n"},
    {"own/main.tf", "provider \"aws\" { region = \"eu-west-1\" }\n"
                    "resource \"aws_sns_topic\" \"t\" { name = \"own\" }\n"},
    {"told/main.tf", "variable \"region\" {}\nprovider \"aws\" { region = var.region }\n"
                     "resource \"aws_sns_topic\" \"t\" { name = \"told\" }\n"},
    {"proxy/main.tf", "provider \"aws\" {}\n"
                      "resource \"aws_sns_topic\" \"t\" { name = \"proxy\" }\n"},
};

static const struct made_file OVERRIDDEN[] = {
    {"main.tf", "provider \"aws\" { region = \"us-east-1\" }\n"
                "resource \"aws_sns_topic\" \"t\" { name = \"alerts\" }\n"},
    {"override.tf", "provider \"aws\" { region = \"eu-west-1\" }\n"},
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

static void a_module_s_own_provider_counts_before_its_caller_s(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(NESTED, COUNT(NESTED));
    struct hcl_module *root = hcl_make_open(repo, "");

    (void)state;
    assert_int_equal(sure(root, (struct hcl_query){.arn = EU("sns", "own")}), 1);
    assert_int_equal(sure(root, (struct hcl_query){.arn = US("sns", "own")}), 0);
    assert_int_equal(sure(root, (struct hcl_query){.arn = EU("sns", "told")}), 1);
    assert_int_equal(sure(root, (struct hcl_query){.arn = US("sns", "told")}), 0);
    assert_int_equal(sure(root, (struct hcl_query){.arn = US("sns", "proxy")}), 1);
    assert_int_equal(sure(root, (struct hcl_query){.arn = EU("sns", "proxy")}), 0);
}

static void an_overridden_region_is_where_it_works(void **state)
{
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(OVERRIDDEN, COUNT(OVERRIDDEN));
    struct hcl_module *root = hcl_make_open(repo, "");

    (void)state;
    assert_int_equal(sure(root, (struct hcl_query){.arn = EU("sns", "alerts")}), 1);
    assert_int_equal(sure(root, (struct hcl_query){.arn = US("sns", "alerts")}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_import_id_of_another_region_is_another_thing),
        cmocka_unit_test(a_name_beside_an_id_of_another_region_is_another_s),
        cmocka_unit_test(a_module_s_own_provider_counts_before_its_caller_s),
        cmocka_unit_test(an_overridden_region_is_where_it_works),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
