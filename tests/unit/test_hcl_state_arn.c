/* When two ARNs mean one thing, and which spelling in a state is the nearest. */
#include <stdio.h>

#include "tests/support/test.h"
#include "worker/hcl/state/state.h"

static struct hcl_state *parse(const char *text)
{
    struct hcl_state *state = NULL;
    struct err err = {0};

    assert_ok(hcl_state_parse(&state, text, strlen(text), &err), err);
    return state;
}

#define RAW(resources) "{\"version\": 4, \"resources\": [" resources "]}"
#define RESOURCE(type, name, arn)                                                                  \
    "{\"mode\": \"managed\", \"type\": \"" type "\", \"name\": \"" name                            \
    "\", \"instances\": [{\"attributes\": {\"arn\": \"" arn "\"}}]}"

struct arn_case {
    const char *in_state, *asked;
    bool found;
};

static void spellings_of_one_arn_meet(void **unused)
{
    static const struct arn_case cases[] = {
        {"arn:aws:logs:eu-west-1:1:log-group:/a/b", "arn:aws:logs:eu-west-1:1:log-group:/a/b:*", 1},
        {"arn:aws:logs:eu-west-1:1:log-group:/a/b:*", "arn:aws:logs:eu-west-1:1:log-group:/a/b", 1},
        {"arn:aws:logs:eu-west-1:1:log-group:a",
         "arn:aws:logs:eu-west-1:1:log-group:a:log-stream:s", 1},
        {"arn:aws:logs:eu-west-1:1:log-group:ab", "arn:aws:logs:eu-west-1:1:log-group:a", 0},
        {"arn:aws:lambda:eu-west-1:1:function:f", "arn:aws:lambda:eu-west-1:1:function:f:12", 1},
        {"arn:aws:lambda:eu-west-1:1:function:f", "arn:aws:lambda:eu-west-1:1:function:f:live", 1},
        {"arn:aws:secretsmanager:eu-west-1:1:secret:db/x-AbCdEf",
         "arn:aws:secretsmanager:eu-west-1:1:secret:db/x-AbCdEf:password::", 1},
        {"arn:aws:secretsmanager:eu-west-1:1:secret:db/x-AbCdEf",
         "arn:aws:secretsmanager:eu-west-1:1:secret:db/x-GhIjKl", 0},
        {"arn:aws:ecs:eu-west-1:1:task-definition/web:7",
         "arn:aws:ecs:eu-west-1:1:task-definition/web:9", 1},
        {"arn:aws:dynamodb:eu-west-1:1:table/t", "arn:aws:dynamodb:eu-west-1:1:table/t/index/i", 1},
        {"arn:aws:s3:::b", "arn:aws:s3:::b/some/key", 1},
        {"arn:aws:s3:::b", "arn:aws:s3:::b2", 0},
        {"arn:aws:s3:eu-west-1:1:accesspoint/a", "arn:aws:s3:eu-west-1:1:accesspoint/b", 0},
        {"arn:aws-us-gov:sns:us-gov-west-1:1:t", "arn:aws:sns:us-gov-west-1:1:t", 1},
        {"arn:aws:sns:us-east-1:1:t", "arn:aws:sns:us-east-1:2:t", 0},
        {"arn:aws:iam::1:role/a/b", "arn:aws:iam::1:role/b", 0},
    };
    struct hcl_state_hit hit[2];

    (void)unused;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[1024];
        snprintf(text, sizeof text, RAW(RESOURCE("aws_thing", "x", "%s")), cases[i].in_state);
        CLEANUP(hcl_state_freep) struct hcl_state *state = parse(text);
        size_t n = hcl_state_by_arn(state, cases[i].asked, hit, 2);
        if (n != cases[i].found)
            fail_msg("%s for %s: %zu", cases[i].in_state, cases[i].asked, n);
        assert_int_equal(hcl_arn_same(cases[i].in_state, cases[i].asked) || !cases[i].found, true);
    }
}

static void the_nearest_spelling_wins(void **unused)
{
    struct hcl_state_hit hit[4];
    const char *f = "arn:aws:lambda:eu-west-1:1:function:f";
    char text[64];

    (void)unused;
    CLEANUP(hcl_state_freep)
    struct hcl_state *state = parse(RAW(RESOURCE("aws_lambda_alias", "live",
                                                 "arn:aws:lambda:eu-west-1:1:function:f:"
                                                 "live") "," RESOURCE("aws_lambda_function", "f",
                                                                      "arn:aws:lambda:"
                                                                      "eu-west-1:1:"
                                                                      "function:f")));
    assert_int_equal(hcl_state_by_arn(state, f, hit, 4), 1);
    assert_string_equal(hit[0].instance->address, "aws_lambda_function.f");
    snprintf(text, sizeof text, "%s:live", f);
    assert_int_equal(hcl_state_by_arn(state, text, hit, 4), 1);
    assert_string_equal(hit[0].instance->address, "aws_lambda_alias.live");
    snprintf(text, sizeof text, "%s:7", f);
    assert_int_equal(hcl_state_by_arn(state, text, hit, 4), 1);
    assert_string_equal(hit[0].instance->address, "aws_lambda_function.f");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_of_one_arn_meet),
        cmocka_unit_test(the_nearest_spelling_wins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
