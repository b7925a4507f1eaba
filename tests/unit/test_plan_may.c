/* What is planned, and what would start a program or ask a stranger and is not. */
#include "worker/gate/plan_may.h"

#include "tests/support/hcl_make.h"
#include "tests/support/test.h"

static const struct {
    const char *text;
    const char *why; /* NULL: it may be planned */
} cases[] = {
    {"provider \"aws\" {\n  region = \"eu-west-1\"\n  default_tags {\n    tags = { a = \"b\" }\n  "
     "}\n}\n",
     NULL},
    {"terraform {\n  backend \"s3\" {\n    bucket = \"b\"\n    key = \"k\"\n  }\n}\n", NULL},
    {"locals {\n  a = format(\"%s\", \"file\")\n}\n", NULL},
    {"data \"aws_caller_identity\" \"me\" {}\n", NULL},
    {"data \"external\" \"x\" {\n  program = [\"sh\"]\n}\n", "a plan would run data.external.x"},
    {"data \"http\" \"x\" {\n  url = \"https://example.com\"\n}\n", "a plan would run data.http.x"},
    {"provider \"aws\" {\n  shared_config_files = [\"main.tf\"]\n}\n",
     "a plan would go by shared_config_files of provider aws in main.tf"},
    {"provider \"aws\" {\n  profile = \"x\"\n}\n", "by profile of provider aws"},
    {"provider \"aws\" {\n  endpoints {\n    s3 = \"https://example.com\"\n  }\n}\n",
     "by endpoints of provider aws"},
    {"provider \"aws\" {\n  dynamic \"endpoints\" {\n    for_each = [1]\n    content {}\n  }\n}\n",
     "by dynamic of provider aws"},
    {"provider \"kubernetes\" {\n  exec {\n    command = \"sh\"\n  }\n}\n",
     "by exec of provider kubernetes"},
    {"terraform {\n  backend \"http\" {\n    address = \"https://example.com\"\n  }\n}\n",
     "reads states from S3 only"},
    {"terraform {\n  backend \"s3\" {\n    shared_config_files = [\"main.tf\"]\n  }\n}\n",
     "by shared_config_files of backend s3"},
    {"terraform {\n  cloud {\n    organization = \"o\"\n  }\n}\n", "in the cloud"},
    {"locals {\n  a = [\"${upper(file(\"/proc/self/environ\"))}\"]\n}\n", "what file() names"},
    {"locals {\n  a = core::templatefile(\"x\", {})\n}\n", "what templatefile() names"},
    {"module \"m\" {\n  source = \"git::https://example.com/m.git\"\n}\n", "would fetch module m"},
};

static void check(const char *text, const char *wanted)
{
    const struct made_file files[] = {{"main.tf", text}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, 1);
    char why[400] = "";
    bool may = plan_may(hcl_make_open(repo, ""), true, why, sizeof why);

    if (may != (wanted == NULL) || (wanted != NULL && strstr(why, wanted) == NULL))
        fail_msg("%s: %s \"%s\"", text, may ? "is planned" : "is not planned", why);
}

static void what_starts_nothing_is_planned_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        check(cases[i].text, cases[i].why);
}

static void modules_are_looked_through_too(void **state)
{
    static const struct made_file files[] = {
        {"main.tf", "module \"m\" {\n  source = \"./m\"\n}\n"},
        {"m/main.tf", "provider \"aws\" {\n  shared_credentials_files = [\"x\"]\n}\n"}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    char why[400] = "";

    (void)state;
    assert_false(plan_may(hcl_make_open(repo, ""), true, why, sizeof why));
    assert_non_null(strstr(why, "m/main.tf"));
}

static void a_backend_is_nobody_s_concern_without_a_state(void **state)
{
    static const struct made_file files[] = {
        {"main.tf", "terraform {\n  backend \"gcs\" {\n    bucket = \"b\"\n  }\n}\n"}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    char why[400] = "";

    (void)state;
    assert_true(plan_may(hcl_make_open(repo, ""), false, why, sizeof why));
    assert_false(plan_may(hcl_make_open(repo, ""), true, why, sizeof why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_starts_nothing_is_planned_and_nothing_else),
        cmocka_unit_test(modules_are_looked_through_too),
        cmocka_unit_test(a_backend_is_nobody_s_concern_without_a_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
