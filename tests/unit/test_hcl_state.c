/*
 * Terraform states: recorded ones, hand-written ones and hostile ones. What terraform 1.11 wrote
 * stands in tests/data/state: one state raw and as `show -json` prints it.
 */
#include <stdio.h>

#include "common/files.h"
#include "common/json.h"
#include "tests/support/test.h"
#include "worker/hcl/state/state.h"

static struct hcl_state *parse(const char *text)
{
    struct hcl_state *state = NULL;
    struct err err = {0};

    assert_ok(hcl_state_parse(&state, text, strlen(text), &err), err);
    return state;
}

/* The text of the refusal; "" when there was none. */
static const char *refusal(const char *text)
{
    static struct err err;
    CLEANUP(hcl_state_freep) struct hcl_state *state = NULL;

    err.text[0] = '\0';
    int r = hcl_state_parse(&state, text, strlen(text), &err);
    assert_true(r == 0 || r == ERR_REJECT);
    return err.text;
}

static void read_data(const char *name, struct buf *out)
{
    char path[1024];
    struct err err = {0};

    snprintf(path, sizeof path, "%s/tests/data/state/%s", getenv("PLUMB_SOURCE_DIR"), name);
    assert_ok(files_read(path, out, &err), err);
}

#define RAW(resources) "{\"version\": 4, \"serial\": 1, \"resources\": [" resources "]}"
#define RESOURCE(type, name, instances)                                                            \
    "{\"mode\": \"managed\", \"type\": \"" type "\", \"name\": \"" name                            \
    "\", \"instances\": [" instances "]}"
#define INSTANCE(attributes) "{\"attributes\": {" attributes "}}"
#define QUEUE(name, region)                                                                        \
    INSTANCE("\"arn\": \"arn:aws:sqs:" region ":111122223333:" name                                \
             "\", \"id\": \"https://sqs/" name "\", \"name\": \"" name "\", \"kms\": \"s3cr3t\"")

/* --- what is read --- */

static void both_forms_of_one_state_say_the_same(void **unused)
{
    CLEANUP(buf_done) struct buf raw_text = BUF(1 << 20);
    CLEANUP(buf_done) struct buf show_text = BUF(1 << 20);

    (void)unused;
    read_data("recorded.tfstate", &raw_text);
    read_data("recorded-show.json", &show_text);
    CLEANUP(hcl_state_freep) struct hcl_state *raw = parse(buf_str(&raw_text));
    CLEANUP(hcl_state_freep) struct hcl_state *show = parse(buf_str(&show_text));
    assert_int_equal(hcl_state_count(raw), 21);
    assert_int_equal(hcl_state_count(show), 21);
    for (size_t i = 0; i < hcl_state_count(show); i++) {
        const struct hcl_state_instance *shown = hcl_state_at(show, i);
        const struct hcl_state_instance *other = hcl_state_by_address(raw, shown->address);
        if (other == NULL)
            fail_msg("the raw state has no %s", shown->address);
        assert_string_equal(other->type, "terraform_data");
        assert_int_equal(other->tainted, shown->tainted);
        assert_int_equal(other->n_names, 1);
        assert_string_equal(other->names[0].attribute, "id");
        assert_string_equal(other->names[0].value, shown->names[0].value);
    }
    assert_true(hcl_state_by_address(raw, "terraform_data.broken")->tainted);
    assert_non_null(hcl_state_by_address(raw, "terraform_data.each[\"q\\\"uote\"]"));
    assert_non_null(hcl_state_by_address(raw, "terraform_data.each[\"tab\\tkey\"]"));
    assert_non_null(hcl_state_by_address(raw, "terraform_data.each[\"d$${x}\"]"));
    assert_non_null(
        hcl_state_by_address(raw, "module.net[\"us.east\"].module.deep[1].terraform_data.leaf"));
}

static void an_instance_is_found_by_arn_by_id_and_by_name(void **unused)
{
    struct hcl_state_hit hit[2];

    (void)unused;
    CLEANUP(hcl_state_freep)
    struct hcl_state *state =
        parse(RAW(RESOURCE("aws_sqs_queue", "q", QUEUE("jobs", "eu-west-1"))));
    assert_int_equal(hcl_state_by_arn(state, "arn:aws:sqs:eu-west-1:111122223333:jobs", hit, 2), 1);
    assert_string_equal(hit[0].instance->address, "aws_sqs_queue.q");
    assert_string_equal(hit[0].name->attribute, "arn");
    assert_int_equal(hcl_state_by_name(state, NULL, "https://sqs/jobs", hit, 2), 1);
    assert_string_equal(hit[0].name->attribute, "id");
    assert_int_equal(hcl_state_by_name(state, "aws_sqs_queue", "jobs", hit, 2), 1);
    assert_int_equal(hcl_state_by_name(state, "aws_sns_topic", "jobs", hit, 2), 0);
    assert_int_equal(hcl_state_by_arn(state, "arn:aws:sqs:us-east-1:111122223333:jobs", hit, 2), 0);
    assert_int_equal(hcl_state_by_arn(state, "jobs", hit, 2), 0);
    assert_int_equal(hcl_state_by_name(state, NULL, "", hit, 2), 0);
}

static void nothing_but_names_is_kept(void **unused)
{
    (void)unused;
    CLEANUP(hcl_state_freep)
    struct hcl_state *state =
        parse(RAW(RESOURCE("aws_sqs_queue", "q", QUEUE("jobs", "eu-west-1")) "," RESOURCE(
            "random_password", "p",
            INSTANCE(
                "\"id\": \"none\", \"result\": \"s3cr3t\"")) "," RESOURCE("random_string", "s",
                                                                          INSTANCE(
                                                                              "\"id\": \"s3cr3t\", "
                                                                              "\"result\": "
                                                                              "\"s3cr3t\""))));
    assert_int_equal(hcl_state_count(state), 3);
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < hcl_state_at(state, i)->n_names; k++)
            assert_lacks(hcl_state_at(state, i)->names[k].value, "s3cr3t");
    assert_int_equal(hcl_state_at(state, 0)->n_names, 3);
    assert_int_equal(hcl_state_at(state, 1)->n_names, 0);
}

static void a_name_that_is_marked_sensitive_is_not_kept(void **unused)
{
    (void)unused;
    CLEANUP(hcl_state_freep)
    struct hcl_state *raw = parse(RAW(RESOURCE(
        "aws_s3_bucket", "b",
        "{\"attributes\": {\"id\": \"x1\", \"bucket\": \"s3cr3t\", \"tags\": {\"Name\": \"n\"}}, "
        "\"sensitive_attributes\": [[{\"type\": \"get_attr\", \"value\": \"bucket\"}], "
        "[{\"type\": \"get_attr\", \"value\": \"tags\"}, {\"type\": \"index\", \"value\": "
        "{\"value\": \"Name\", \"type\": \"string\"}}]]}")));
    CLEANUP(hcl_state_freep)
    struct hcl_state *show = parse(
        "{\"format_version\": \"1.0\", \"values\": {\"root_module\": {\"resources\": "
        "[{\"address\": "
        "\"aws_s3_bucket.b\", \"mode\": \"managed\", \"type\": \"aws_s3_bucket\", \"values\": "
        "{\"id\": \"x1\", \"bucket\": \"s3cr3t\"}, \"sensitive_values\": {\"bucket\": true, "
        "\"tags\": {}}}]}}}");
    assert_int_equal(hcl_state_at(raw, 0)->n_names, 1);
    assert_string_equal(hcl_state_at(raw, 0)->names[0].value, "x1");
    assert_int_equal(hcl_state_at(show, 0)->n_names, 1);
    assert_string_equal(hcl_state_at(show, 0)->names[0].value, "x1");
}

static void an_instance_that_is_marked_as_a_whole_keeps_its_address_alone(void **unused)
{
    (void)unused;
    CLEANUP(hcl_state_freep)
    struct hcl_state *raw = parse(RAW(RESOURCE("aws_s3_bucket", "b",
                                               "{\"attributes\": {\"id\": \"s3cr3t\", \"bucket\": "
                                               "\"s3cr3t\"}, \"sensitive_attributes\": [[]]}")));
    CLEANUP(hcl_state_freep)
    struct hcl_state *show = parse(
        "{\"format_version\": \"1.0\", \"values\": {\"root_module\": {\"resources\": "
        "[{\"address\": "
        "\"aws_s3_bucket.b\", \"mode\": \"managed\", \"type\": \"aws_s3_bucket\", \"values\": "
        "{\"id\": \"s3cr3t\"}, \"sensitive_values\": true}]}}}");
    assert_int_equal(hcl_state_at(raw, 0)->n_names, 0);
    assert_int_equal(hcl_state_at(show, 0)->n_names, 0);
    assert_non_null(hcl_state_by_address(raw, "aws_s3_bucket.b"));
    assert_non_null(hcl_state_by_address(show, "aws_s3_bucket.b"));
}

static void data_sources_are_passed_over_and_deposed_objects_are_told(void **unused)
{
    struct hcl_state_hit hit[4];

    (void)unused;
    CLEANUP(hcl_state_freep)
    struct hcl_state *state = parse(RAW(
        "{\"mode\": \"data\", \"type\": \"aws_vpc\", \"name\": \"v\", \"instances\": [" INSTANCE(
            "\"id\": \"vpc-1\"") "]}," RESOURCE("aws_vpc", "v",
                                                "{\"attributes\": {\"id\": \"vpc-2\"}}, "
                                                "{\"deposed\": \"0a1b2c3d\", \"attributes\": "
                                                "{\"id\": \"vpc-1\"}}")));
    assert_int_equal(hcl_state_count(state), 2);
    assert_int_equal(hcl_state_by_name(state, NULL, "vpc-1", hit, 4), 1);
    assert_true(hit[0].instance->deposed);
    assert_string_equal(hcl_state_by_address(state, "aws_vpc.v")->names[0].value, "vpc-2");
}

static void several_with_one_id_are_all_answered(void **unused)
{
    struct hcl_state_hit hit[2];

    (void)unused;
    CLEANUP(hcl_state_freep)
    struct hcl_state *state = parse(RAW(
        RESOURCE("aws_s3_bucket", "a", INSTANCE("\"id\": \"b\", \"bucket\": \"b\"")) "," RESOURCE(
            "aws_s3_bucket", "b",
            INSTANCE("\"id\": \"b\"")) "," RESOURCE("aws_s3_bucket_policy", "p",
                                                    INSTANCE("\"id\": \"b\""))));
    assert_int_equal(hcl_state_by_name(state, NULL, "b", hit, 2), 3);
    assert_int_equal(hcl_state_by_name(state, "aws_s3_bucket", "b", hit, 2), 2);
}

static void what_stands_in_front_is_a_parameters_and_an_alias_alone(void **unused)
{
    struct hcl_state_hit hit[2];

    (void)unused;
    CLEANUP(hcl_state_freep)
    struct hcl_state *state = parse(
        RAW(RESOURCE("aws_ssm_parameter", "p", INSTANCE("\"name\": \"/app/key\"")) "," RESOURCE(
            "aws_kms_alias", "k",
            INSTANCE("\"name\": \"alias/shop\"")) "," RESOURCE("aws_cloudwatch_log_group", "g",
                                                               INSTANCE("\"name\": \"/aws/x\""))));
    assert_int_equal(hcl_state_by_name(state, NULL, "app/key", hit, 2), 1);
    assert_int_equal(hcl_state_by_name(state, "aws_kms_alias", "shop", hit, 2), 1);
    assert_int_equal(hcl_state_by_name(state, NULL, "aws/x", hit, 2), 0);
    assert_int_equal(hcl_state_by_name(state, "aws_cloudwatch_log_group", "aws/x", hit, 2), 0);
}

static void members_may_stand_in_any_order_and_be_unknown(void **unused)
{
    (void)unused;
    CLEANUP(hcl_state_freep)
    struct hcl_state *state =
        parse("{\"later\": [[{}]], \"resources\": [{\"instances\": [{\"attributes\": {\"id\": "
              "\"\\u0069-1\"}, \"index_key\": 3}], \"name\": \"n\", \"type\": \"aws_instance\", "
              "\"mode\": \"managed\", \"module\": \"module.m\"}], \"version\": 4}");
    assert_non_null(hcl_state_by_address(state, "module.m.aws_instance.n[3]"));
    assert_string_equal(hcl_state_at(state, 0)->names[0].value, "i-1");
}

static void an_empty_state_is_a_state(void **unused)
{
    (void)unused;
    static const char *const texts[] = {"{\"version\": 4}", RAW(""),
                                        "{\"format_version\": \"1.0\"}",
                                        "{\"format_version\": \"1.2\", \"values\": null}"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        CLEANUP(hcl_state_freep) struct hcl_state *state = parse(texts[i]);
        assert_int_equal(hcl_state_count(state), 0);
    }
}

static void a_value_that_can_name_nothing_is_left_out(void **unused)
{
    (void)unused;
    CLEANUP(hcl_state_freep)
    struct hcl_state *state =
        parse(RAW(RESOURCE("aws_vpc", "v",
                           INSTANCE("\"id\": 12, \"arn\": null, \"tags\": \"none\"") "," INSTANCE(
                               "\"id\": \"a\\u0000b\", \"arn\": \"\\ud800\", \"tags\": {\"Name\": "
                               "[]}") "," INSTANCE("\"id\": \"\", \"arn\": \"\xff\"") ", "
                                                                                      "{\"attribute"
                                                                                      "s\": null}, "
                                                                                      "{}")));
    assert_int_equal(hcl_state_count(state), 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(hcl_state_at(state, i)->n_names, 0);
}

/* --- what is refused --- */

static void every_refusal_says_what_and_what_to_do(void **unused)
{
    static const char *const cases[][2] = {
        {"", "terraform state is empty"},
        {" ", "an object was expected"},
        {"[]", "line 1, column 1: an object was expected"},
        {"{}", "neither version and resources, nor"},
        {"{\"resources\": []}", "no terraform state"},
        {"{\"version\": 3, \"modules\": []}", "version 3, and 4 is read: run `terraform apply"},
        {"{\"version\": 1}", "version 1"},
        {"{\"version\": 5}", "terraform show -json"},
        {"{\"version\": \"4\"}", "version other than 4"},
        {"{\"serial\": 1, \"lineage\": \"x\", \"meta\": {\"key_provider\": \"s3cr3t\"}, "
         "\"encrypted_data\": \"s3cr3t\", \"encryption_version\": \"v0\"}",
         "encrypted"},
        {"{\"format_version\": \"2.0\"}", "format_version"},
        {"{\"format_version\": \"1.2\", \"planned_values\": {}}", "of a plan"},
        {"{\"version\": 4, \"version\": 4}", "column 16: a member stands here for the second time"},
        {RAW("{\"mode\": \"managed\", \"mode\": \"data\"}"), "second time"},
        {RAW(RESOURCE("a", "b", INSTANCE("\"id\": \"1\", \"id\": \"2\""))), "second time"},
        {RAW("{\"mode\": \"managed\", \"name\": \"x\", \"instances\": []}"),
         "no mode, type or name"},
        {RAW("{\"mode\": \"managed\", \"type\": 1, \"name\": \"x\", \"instances\": []}"),
         "part of an address"},
        {RAW(RESOURCE("a", "b", "{\"index_key\": 1.5}")), "no instance key"},
        {RAW(RESOURCE("a", "b", "{\"index_key\": [1]}")), "no instance key"},
        {RAW("7"), "an object was expected"},
        {"{\"version\": 4, \"resources\": {}}", "a list was expected"},
        {"{\"version\": 4,}", "name of a member"},
        {"{\"version\": 4} x", "something follows"},
        {"{\"version\": 4, \"x\": 01}", "was expected"},
        {"{\"version\": 4, \"x\": nul}", "a value was expected"},
        {"{\"version\": 4, \"x\": \"\\q\"}", "escape"},
        {"{\"version\": 4, \"x\": \"a\nb\"}", "line 1, column 23: a control character"},
        {"{\"version\": 4, \"x\": \"s3cr3t", "ends inside a text"},
        {"{\"version\": 4, \"x\": [1 2]}", "\",\" or an end"},
        {"{\"format_version\": \"1.0\", \"values\": {\"root_module\": {\"resources\": [{\"mode\": "
         "\"managed\"}]}}}",
         "no address, mode or type"},
        {"{\"format_version\": \"1.0\", \"values\": {\"root_module\": {\"resources\": [], "
         "\"resources\": []}}}",
         "second time"},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *text = refusal(cases[i][0]);
        if (strstr(text, cases[i][1]) == NULL)
            fail_msg("%s\nis refused with: %s", cases[i][0], text);
        assert_lacks(text, "s3cr3t");
    }
}

static void nesting_has_an_end(void **unused)
{
    CLEANUP(buf_done) struct buf text = BUF(1 << 20);

    (void)unused;
    buf_text(&text, "{\"version\": 4, \"x\": ");
    for (int i = 0; i < 100000; i++)
        buf_char(&text, '[');
    assert_has(refusal(buf_str(&text)), "nests deeper");
    buf_reset(&text);
    buf_text(&text, "{\"format_version\": \"1.0\", \"values\": {\"root_module\": ");
    for (int i = 0; i < 200; i++)
        buf_text(&text, "{\"child_modules\": [");
    for (int i = 0; i < 200; i++)
        buf_text(&text, "]}");
    buf_text(&text, "}}");
    assert_has(refusal(buf_str(&text)), "modules nest deeper");
}

static void the_limits_are_told_before_memory_is_gone(void **unused)
{
    CLEANUP(buf_done) struct buf text = BUF(HCL_STATE_MAX_BYTES);
    CLEANUP(hcl_state_freep) struct hcl_state *state = NULL;
    struct err err = {0};

    (void)unused;
    buf_text(&text, "{\"version\": 4, \"resources\": [{\"mode\": \"managed\", \"type\": \"a\", "
                    "\"name\": \"b\", \"instances\": [{}");
    for (int i = 0; i < HCL_STATE_INSTANCES_MAX; i++)
        buf_text(&text, ",{}");
    buf_text(&text, "]}]}");
    assert_has(refusal(buf_str(&text)), "more than 200000 resource instances");
    assert_int_equal(hcl_state_parse(&state, "", HCL_STATE_MAX_BYTES + 1, &err), ERR_REJECT);
    assert_has(err.text, "longer than 64 MiB");
}

static void twenty_thousand_resources_are_read(void **unused)
{
    CLEANUP(buf_done) struct buf text = BUF(HCL_STATE_MAX_BYTES);
    struct hcl_state_hit hit;

    (void)unused;
    buf_text(&text, "{\"version\": 4, \"resources\": [");
    for (int i = 0; i < 20000; i++)
        buf_print(
            &text,
            "%s{\"module\": \"module.m%d\", \"mode\": \"managed\", \"type\": \"aws_sqs_queue\", "
            "\"name\": \"q\", \"instances\": [{\"index_key\": %d, \"attributes\": {\"arn\": "
            "\"arn:aws:sqs:eu-west-1:111122223333:q%d\", \"id\": \"https://sqs/q%d\", \"name\": "
            "\"q%d\", \"policy\": \"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":"
            "[]}\", \"tags\": {\"a\": \"b\"}, \"tags_all\": {\"a\": \"b\"}}, \"private\": "
            "\"bnVsbA==\"}]}",
            i > 0 ? "," : "", i / 10, i % 10, i, i, i);
    buf_text(&text, "]}");
    CLEANUP(hcl_state_freep) struct hcl_state *state = parse(buf_str(&text));
    assert_int_equal(hcl_state_count(state), 20000);
    assert_in_range(hcl_state_bytes(state), 1, 16 * 1024 * 1024);
    assert_int_equal(hcl_state_by_arn(state, "arn:aws:sqs:eu-west-1:111122223333:q12345", &hit, 1),
                     1);
    assert_string_equal(hit.instance->address, "module.m1234.aws_sqs_queue.q[5]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_forms_of_one_state_say_the_same),
        cmocka_unit_test(an_instance_is_found_by_arn_by_id_and_by_name),
        cmocka_unit_test(nothing_but_names_is_kept),
        cmocka_unit_test(a_name_that_is_marked_sensitive_is_not_kept),
        cmocka_unit_test(an_instance_that_is_marked_as_a_whole_keeps_its_address_alone),
        cmocka_unit_test(data_sources_are_passed_over_and_deposed_objects_are_told),
        cmocka_unit_test(several_with_one_id_are_all_answered),
        cmocka_unit_test(members_may_stand_in_any_order_and_be_unknown),
        cmocka_unit_test(an_empty_state_is_a_state),
        cmocka_unit_test(what_stands_in_front_is_a_parameters_and_an_alias_alone),
        cmocka_unit_test(a_value_that_can_name_nothing_is_left_out),
        cmocka_unit_test(every_refusal_says_what_and_what_to_do),
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(the_limits_are_told_before_memory_is_gone),
        cmocka_unit_test(twenty_thousand_resources_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
