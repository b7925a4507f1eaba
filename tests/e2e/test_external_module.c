/* Findings about what lies in a module that is kept elsewhere: worker/steps/external_module.c. */
#include "common/json.h"
#include "tests/support/pipeline.h"
#include "tests/support/test.h"

static size_t count_state(struct pipeline *p, const char *state)
{
    CLEANUP(json_freep) struct json *events = pipeline_events(p);
    size_t n = 0;

    for (size_t i = 0; i < json_count(events); i++) {
        const struct json *event = json_at(events, i);
        n += str_eq(json_get_text(event, "kind", ""), "item.ended") &&
             str_eq(json_get_text(event, "state", ""), state);
    }
    return n;
}

static void post(struct pipeline *p, size_t poll, const char *path, const char *body)
{
    assert_int_equal(pipeline_http(p->roles[poll].port, "POST", path, body, NULL), 202);
}

static bool is_told(struct pipeline *p, const char *reason)
{
    CLEANUP(json_freep) struct json *events = pipeline_events(p);

    for (size_t i = 0; i < json_count(events); i++) {
        if (strstr(json_get_text(json_at(events, i), "error_message", ""), reason) != NULL)
            return true;
    }
    return false;
}

#define INSIDE(address)                                                                            \
    "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\",\"repository\":\"acme/"   \
    "m\","                                                                                         \
    "\"address\":\"" address "\"}\n"

static void a_module_that_is_kept_elsewhere_is_named_with_the_input_to_set(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);

    (void)state;
    if (p == NULL)
        skip();
    pipeline_role(p, "sink");
    pipeline_repository(p, "acme/m",
                        (const char *const[]){
                            "main.tf",
                            "module \"in\" {\n  source = \"./in\"\n}\n\nmodule \"unknown\" {\n"
                            "  source = \"acme/bucket/aws\"\n}\n",
                            "in/main.tf",
                            "module \"data\" {\n  source  = "
                            "\"terraform-aws-modules/s3-bucket/aws\"\n  version = \"~> 4.0\"\n}\n",
                            NULL});
    size_t poll = pipeline_role(p, "poll");
    pipeline_role(p, "work");
    post(p, poll, "/v1/findings",
         INSIDE("module.in.module.data[\\\"a\\\"].aws_s3_bucket.this[0]")
             INSIDE("module.unknown.aws_s3_bucket.this") INSIDE("module.gone.aws_s3_bucket.this"));
    pipeline_wait_ended(p, 3, 60000);
    assert_int_equal(count_state(p, "PENDING_REVIEW"), 2);
    assert_int_equal(count_state(p, "DLQ"), 1);
    assert_true(is_told(p, "set versioning = { enabled = true } at in/main.tf:1: "
                           "module.in.module.data"));
    assert_true(is_told(p, "module unknown comes from acme/bucket/aws. No input of that module is "
                           "known that does what aws-s3-versioning asks for"));
    pipeline_stop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_module_that_is_kept_elsewhere_is_named_with_the_input_to_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
