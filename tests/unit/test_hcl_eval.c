/* Expressions under a scope: one line of Terraform each, and the value it must have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/support/hcl_make.h"

/* What every expression of EXPRESSIONS may use. */
static const char SURROUNDINGS[] =
    "variable \"env\" { default = \"prod\" }\n"
    "variable \"nothing\" {}\n"
    "variable \"flag\" {\n  type = bool\n  default = \"true\"\n}\n"
    "variable \"opts\" {\n"
    "  type = object({ days = optional(number, 30), name = string })\n"
    "  default = { name = 7, extra = 1 }\n}\n"
    "locals {\n"
    "  name  = \"shop-${var.env}\"\n"
    "  tags  = { Team = \"core\", Env = var.env }\n"
    "  list  = [\"b\", \"a\", \"b\"]\n"
    "  me    = local.you\n"
    "  you   = local.me\n"
    "}\n"
    "resource \"aws_s3_bucket\" \"one\" { bucket = \"${local.name}-one\" }\n"
    "resource \"aws_s3_bucket\" \"many\" {\n  for_each = toset([\"x\", \"y\"])\n"
    "  bucket = \"m-${each.key}\"\n}\n"
    "resource \"aws_s3_bucket\" \"two\" {\n  count = 2\n  bucket = \"c-${count.index}\"\n}\n"
    "resource \"aws_vpc\" \"v\" { ipv6_cidr_block = null }\n"
    "resource \"aws_s3_bucket\" \"maybe\" {\n  count = var.nothing ? 1 : 0\n}\n"
    "data \"aws_region\" \"here\" {}\n"
    "module \"far\" { source = \"terraform-aws-modules/vpc/aws\" }\n";

static const char *const EXPRESSIONS[][2] = {
    {"12", "12"},
    {"1.5E-3", "0.0015"},
    {"-3 + 2 * 4", "5"},
    {"7 % 4", "3"},
    {"1 / 0", "?a division by zero"},
    {"\"5\" + 1", "6"},
    {"!true", "false"},
    {"1 == 1 && 2 != 3", "true"},
    {"\"1\" == 1", "false"},
    {"[1, 2] == [1, 2]", "true"},
    {"null", "null"},
    {"var.env == \"prod\" ? 3 : 1", "3"},
    {"var.nothing == \"x\" ? 3 : 1", "?variable nothing has no value in this repository"},
    {"var.nothing == \"x\" ? 3 : 3", "3"},
    {"false && var.nothing", "false"},
    {"var.flag", "true"},
    {"var.opts", "{days=30 name=\"7\"}"},
    {"local.name", "\"shop-prod\""},
    {"\"${local.name}\"", "\"shop-prod\""},
    {"\"a-${1 + 1}-${true}\"", "\"a-2-true\""},
    {"\"%{ if var.env == \"prod\" }big%{ else }small%{ endif }\"", "\"big\""},
    {"\"%{ for x in local.list }${x},%{ endfor }\"", "\"b,a,b,\""},
    {"\"$${x}\"", "\"${x}\""},
    {"local.me", "?me needs its own value"},
    {"local.tags.Team", "\"core\""},
    {"local.tags[\"Env\"]", "\"prod\""},
    {"local.tags.Nope", "?there is no attribute Nope"},
    {"local.list[1]", "\"a\""},
    {"local.list[9]", "?there is no such element in a list of 3"},
    {"{ b = 1, a = 2, (var.env) = 3 }", "{a=2 b=1 prod=3}"},
    {"[for x in local.list : upper(x)]", "[\"B\" \"A\" \"B\"]"},
    {"[for i, x in local.list : i if x == \"b\"]", "[0 2]"},
    {"{ for k, v in local.tags : lower(k) => v }", "{env=\"prod\" team=\"core\"}"},
    {"{ for i, x in local.list : x => i... }", "{a=[1] b=[0 2]}"},
    {"[{ n = 1 }, { n = 2 }][*].n", "[1 2]"},
    {"null[*]", "[]"},
    {"aws_s3_bucket.one.bucket", "\"shop-prod-one\""},
    {"aws_s3_bucket.one.arn", "<aws_s3_bucket.one.arn>"},
    {"aws_vpc.v.ipv6_cidr_block", "<aws_vpc.v.ipv6_cidr_block>"},
    {"try(rule.value.days, 7)", "?rule.value differs per block that a dynamic block makes"},
    {"aws_s3_bucket.one.x[0].y", "<aws_s3_bucket.one.x[0].y>"},
    {"aws_s3_bucket.many[\"x\"].bucket", "\"m-x\""},
    {"aws_s3_bucket.many[\"x\"].id", "<aws_s3_bucket.many[\"x\"].id>"},
    {"aws_s3_bucket.many[var.nothing].id", "<aws_s3_bucket.many[?].id>"},
    {"aws_s3_bucket.two[1].bucket", "\"c-1\""},
    {"aws_s3_bucket.two[*].bucket", "[\"c-0\" \"c-1\"]"},
    {"[for k, b in aws_s3_bucket.many : b.bucket]", "[\"m-x\" \"m-y\"]"},
    {"aws_s3_bucket.maybe[0].arn", "<aws_s3_bucket.maybe[?].arn>"},
    {"aws_s3_bucket.none.arn", "?aws_s3_bucket.none is not declared in the root"},
    {"\"x-${aws_s3_bucket.one.arn}\"", "?aws_s3_bucket.one.arn is known only after apply"},
    {"data.aws_region.here.name", "?data.aws_region.here.name is read from the cloud"},
    {"module.far.vpc_id", "?module far comes from terraform-aws-modules/vpc/aws"},
    {"path.module", "\".\""},
    {"terraform.workspace", "?the workspace is not known"},
    {"each.key", "?each.key differs per instance"},
    {"file(\"x\")", "?file reads a file"},
    {"merge({ a = 1, b = 2 }, { b = 3 }, null)", "{a=1 b=3}"},
    {"concat([1], [2, 3])", "[1 2 3]"},
    {"lookup(local.tags, \"Team\", \"x\")", "\"core\""},
    {"lookup(local.tags, \"Nope\", \"x\")", "\"x\""},
    {"join(\"-\", [\"a\", \"b\"], [\"c\"])", "\"a-b-c\""},
    {"format(\"%s-%03d-%d%%\", \"a\", 7, 12)", "\"a-007-12%\""},
    {"format(\"%q %5s|%-4s|\", \"x\", \"y\", \"z\")", "\"\"x\"     y|z   |\""},
    {"format(\"%999999999s\", \"x\")", "?this format is not evaluated"},
    {"upper(\"ab\")", "\"AB\""},
    {"title(\"two words\")", "\"Two Words\""},
    {"replace(\"a.b.c\", \".\", \"-\")", "\"a-b-c\""},
    {"replace(\"a\", \"/a+/\", \"b\")", "\"b\""},
    {"substr(\"hello\", 1, 3)", "\"ell\""},
    {"substr(\"hello\", -3, -1)", "\"llo\""},
    {"split(\",\", \"a,,b\")", "[\"a\" \"\" \"b\"]"},
    {"trimspace(\"  a b \")", "\"a b\""},
    {"length(local.list)", "3"},
    {"length(\"abc\")", "3"},
    {"element(local.list, 4)", "\"a\""},
    {"contains(local.list, \"a\")", "true"},
    {"contains([var.nothing], \"a\")", "?variable nothing has no value in this repository"},
    {"keys(local.tags)", "[\"Env\" \"Team\"]"},
    {"values(local.tags)", "[\"prod\" \"core\"]"},
    {"coalesce(null, \"\", \"c\")", "\"c\""},
    {"try(local.tags.Nope, \"d\")", "\"d\""},
    {"try(local.tags.Team, \"d\")", "\"core\""},
    {"try(var.nothing, \"d\")", "?variable nothing has no value in this repository"},
    {"can(local.tags.Nope)", "false"},
    {"toset(local.list)", "[\"a\" \"b\"]"},
    {"tostring(12)", "\"12\""},
    {"tonumber(\"1.50\")", "1.5"},
    {"tonumber(\"0x10\")", "?\"0x10\" is no number"},
    {"tobool(\"false\")", "false"},
    {"flatten([[1, [2]], [], [3]])", "[1 2 3]"},
    {"distinct(local.list)", "[\"b\" \"a\"]"},
    {"compact([\"a\", \"\", null])", "[\"a\"]"},
    {"max(local.list...)", "?\"b\" is no number"},
    {"max(1, 3, 2)", "3"},
    {"min([4, 2]...)", "2"},
    {"jsonencode({ b = [1, true, null], a = \"<x>\" })",
     "\"{\"a\":\"\\u003cx\\u003e\",\"b\":[1,true,null]}\""},
    {"cidrsubnet(\"10.0.0.0/16\", 8, 3)", "\"10.0.3.0/24\""},
    {"cidrsubnet(\"10.0.0.0/0\", 32, 4294967295)", "\"255.255.255.255/32\""},
    {"cidrsubnet(\"10.0.0.0/30\", 8, 0)", "?cidrsubnet: there is no such network"},
    {"one([7])", "7"},
};

static const struct hcl_value *value_of(const struct hcl_module *module, const char *name)
{
    for (size_t i = 0; i < hcl_module_file_count(module); i++) {
        const struct hcl_file *file = hcl_module_file(module, i);
        const struct hcl_node *block = NULL;
        while ((block = hcl_block_next(file, file->body, "output", block)) != NULL) {
            char label[64];
            if (hcl_block_label(file, block, 0, label, sizeof label) && str_eq(label, name))
                return hcl_eval(module, file, hcl_attribute(file, block, "value")->child, NULL);
        }
    }
    fail_msg("no output %s", name);
    return NULL;
}

static void every_expression_has_its_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(EXPRESSIONS); i++) {
        CLEANUP(buf_done) struct buf text = BUF(1 << 20);
        CLEANUP(buf_done) struct buf shown = BUF(1 << 20);
        buf_print(&text, "output \"o\" {\n  value = %s\n}\n", EXPRESSIONS[i][0]);
        const struct made_file files[] = {{"main.tf", SURROUNDINGS}, {"o.tf", buf_str(&text)}};
        CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));

        hcl_make_show(value_of(hcl_make_open(repo, ""), "o"), &shown);
        if (!str_eq(buf_str(&shown), EXPRESSIONS[i][1]))
            fail_msg("%s\n  is   %s\n  want %s", EXPRESSIONS[i][0], buf_str(&shown),
                     EXPRESSIONS[i][1]);
    }
}

static const struct hcl_value *attribute(const struct hcl_module *root, const char *address,
                                         const char *name)
{
    const struct hcl_resource *resource = hcl_resource_find(root, address);
    const struct hcl_instance *instances;

    assert_non_null(resource);
    assert_true(hcl_instances(resource, &instances) > 0);
    return hcl_eval_attribute(resource, resource->block, name, &instances[0]);
}

static void assert_origins(const struct hcl_value *v, const char *wanted)
{
    CLEANUP(buf_done) struct buf shown = BUF(4096);

    for (size_t i = 0; i < v->n_origins; i++) {
        int line;
        int column;
        hcl_position(v->origins[i].file, v->origins[i].node->start, &line, &column);
        buf_print(&shown, "%s%s %s:%d", i > 0 ? ", " : "", v->origins[i].what,
                  v->origins[i].file->path, line);
    }
    assert_string_equal(buf_str(&shown), wanted);
}

static const struct made_file ORIGIN_FILES[] = {
    {"main.tf",
     "variable \"days\" { default = 7 }\n"
     "variable \"set\" { default = 1 }\n"
     "locals {\n  copies = {\n    a = { keep = false }\n  }\n}\n"
     "module \"log\" {\n  source = \"./log\"\n  days   = var.days\n  set    = var.set\n}\n"
     "resource \"aws_x\" \"m\" {\n  for_each = local.copies\n  keep = each.value.keep\n"
     "  sum = var.days + 1\n  lit = \"${var.days}\"\n}\n"},
    {"terraform.tfvars", "set = 2\n"},
    {"log/main.tf", "variable \"days\" {}\nvariable \"set\" {}\n"
                    "resource \"aws_l\" \"g\" {\n  days = var.days\n  set = var.set\n}\n"},
};

static void a_value_knows_every_place_it_passed(void **state)
{
    CLEANUP(hcl_repo_freep)
    struct hcl_repo *repo = hcl_make_repo(ORIGIN_FILES, COUNT(ORIGIN_FILES));
    struct hcl_module *root = hcl_make_open(repo, "");

    (void)state;
    assert_origins(
        attribute(root, "module.log.aws_l.g", "days"),
        "attribute log/main.tf:4, module argument main.tf:10, variable default main.tf:1");
    assert_origins(
        attribute(root, "module.log.aws_l.g", "set"),
        "attribute log/main.tf:5, module argument main.tf:11, tfvars terraform.tfvars:1");
    assert_origins(attribute(root, "aws_x.m", "keep"), "attribute main.tf:15, local main.tf:5");
    assert_origins(attribute(root, "aws_x.m", "lit"),
                   "attribute main.tf:17, variable default main.tf:1");
}

static void a_computed_value_ends_its_way_where_it_is_computed(void **state)
{
    CLEANUP(hcl_repo_freep)
    struct hcl_repo *repo = hcl_make_repo(ORIGIN_FILES, COUNT(ORIGIN_FILES));

    (void)state;
    assert_origins(attribute(hcl_make_open(repo, ""), "aws_x.m", "sum"), "attribute main.tf:16");
}

static void a_template_keeps_the_ends_it_knows(void **state)
{
    const struct made_file files[] = {
        {"main.tf", "variable \"p\" {}\noutput \"o\" {\n  value = \"a-${var.p}-b-${var.p}-c\"\n}\n"
                    "output \"f\" {\n  value = format(\"x-%s-y\", var.p)\n}\n"
                    "output \"n\" {\n  value = \"${\"q-${var.p}\"}-r\"\n}\n"}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_module *root = hcl_make_open(repo, "");

    (void)state;
    assert_string_equal(value_of(root, "o")->prefix, "a-");
    assert_string_equal(value_of(root, "o")->suffix, "-c");
    assert_string_equal(value_of(root, "f")->prefix, "x-");
    assert_string_equal(value_of(root, "f")->suffix, "-y");
    assert_string_equal(value_of(root, "n")->prefix, "q-");
    assert_string_equal(value_of(root, "n")->suffix, "-r");
}

static void a_value_read_through_a_resource_names_it(void **state)
{
    const struct made_file files[] = {{"main.tf",
                                       "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"x\"\n}\n"
                                       "resource \"aws_s3_bucket_versioning\" \"v\" {\n"
                                       "  bucket = aws_s3_bucket.b.bucket\n}\n"}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_module *root = hcl_make_open(repo, "");
    const struct hcl_value *v = attribute(root, "aws_s3_bucket_versioning.v", "bucket");

    (void)state;
    assert_string_equal(v->text, "x");
    assert_ptr_equal(v->resource, hcl_resource_find(root, "aws_s3_bucket.b"));
    assert_string_equal(v->attribute, "bucket");
}

/* 30 locals, each the one before twice: a naive walk would take 2^30 steps. */
static void doubling_locals_end_as_too_large(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(1 << 20);

    (void)state;
    buf_text(&text, "locals {\n  a0 = []\n  t0 = \"xxxxxxxxxxxxxxxx\"\n");
    for (int i = 1; i <= 40; i++)
        buf_print(&text, "  a%d = [local.a%d, local.a%d]\n  t%d = \"${local.t%d}${local.t%d}\"\n",
                  i, i - 1, i - 1, i, i - 1, i - 1);
    buf_text(&text, "}\noutput \"j\" {\n  value = jsonencode(local.a40)\n}\n"
                    "output \"f\" {\n  value = flatten(local.a40)\n}\n"
                    "output \"e\" {\n  value = local.a40 == local.a40\n}\n"
                    "output \"t\" {\n  value = local.t40\n}\n");
    const struct made_file files[] = {{"main.tf", buf_str(&text)}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_module *root = hcl_make_open(repo, "");
    static const char *const outputs[] = {"j", "f", "e", "t"};
    for (size_t i = 0; i < COUNT(outputs); i++)
        assert_int_equal(value_of(root, outputs[i])->kind, HCL_V_UNKNOWN);
}

/* References that double at every step, and a chain deeper than the stack should go. */
static void hostile_references_end_as_too_large(void **state)
{
    CLEANUP(buf_done) struct buf text = BUF(1 << 20);

    (void)state;
    buf_text(&text, "resource \"a\" \"r0\" {\n  x = \"y\"\n}\n");
    for (int i = 1; i <= 300; i++)
        buf_print(&text, "resource \"a\" \"r%d\" {\n  x = \"${a.r%d.x}${a.r%d.x}\"\n}\n", i, i - 1,
                  i - 1);
    buf_text(&text,
             "resource \"a\" \"s\" {\n  x = a.t.x\n}\nresource \"a\" \"t\" {\n  x = a.s.x\n}\n"
             "output \"d\" {\n  value = a.r300.x\n}\noutput \"c\" {\n  value = a.s.x\n}\n");
    const struct made_file files[] = {{"main.tf", buf_str(&text)}};
    CLEANUP(hcl_repo_freep) struct hcl_repo *repo = hcl_make_repo(files, COUNT(files));
    struct hcl_module *root = hcl_make_open(repo, "");
    assert_int_equal(value_of(root, "d")->kind, HCL_V_UNKNOWN);
    assert_int_equal(value_of(root, "c")->kind, HCL_V_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_expression_has_its_value),
        cmocka_unit_test(a_value_knows_every_place_it_passed),
        cmocka_unit_test(a_computed_value_ends_its_way_where_it_is_computed),
        cmocka_unit_test(a_template_keeps_the_ends_it_knows),
        cmocka_unit_test(a_value_read_through_a_resource_names_it),
        cmocka_unit_test(doubling_locals_end_as_too_large),
        cmocka_unit_test(hostile_references_end_as_too_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
