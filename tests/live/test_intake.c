/* The intake: who may post, what is accepted, what is told, what reaches Kafka. */
#include <stdio.h>

#include "common/http/http.h"
#include "common/json.h"
#include "producer/intake.h"
#include "producer/poller.h"
#include "proto/item.h"
#include "proto/topics.h"
#include "tests/support/poll_scene.h"
#include "tests/support/test.h"

#define GOOD    "{\"control\":\"c\",\"arn\":\"arn:aws:s3:::b\",\"repository\":\"acme/infra\"}"
#define BAD     "{\"control\":\"c\",\"repository\":\"acme/infra\"}"
#define JSON    "application/json"
#define NO_AUTH NULL

struct stage {
    struct poll_scene scene;
    struct queue_producer *producer;
    struct intake *intake;
    struct http_server *server;
    struct http *http;
    struct http_response response;
    struct err err;
};

static void stage_start(struct stage *stage, const char *const *settings)
{
    const struct http_options http = {.user_agent = "plumb-test", .allow_private = true};
    const struct http_server_options options = {.address = "127.0.0.1", .max_body_bytes = 65536};
    struct http_server_route routes[INTAKE_ROUTES];

    memset(stage, 0, sizeof *stage);
    poll_declare_metrics();
    poll_scene_start(&stage->scene, BROKER_EMBEDDED, settings);
    struct queue_options queue = broker_options(stage->scene.broker);
    queue.delivery_timeout_ms = 1500;
    assert_ok(queue_producer_new(&stage->producer, &queue, &stage->err), stage->err);
    assert_ok(intake_new(&stage->intake, &stage->scene.config, stage->producer, &stage->err),
              stage->err);
    intake_routes(stage->intake, routes);
    assert_ok(http_server_start(&stage->server, &options, routes, COUNT(routes), &stage->err),
              stage->err);
    assert_ok(http_new(&stage->http, &http, &stage->err), stage->err);
}

static void stage_stop(struct stage *stage)
{
    http_response_done(&stage->response);
    http_free(stage->http);
    http_server_stop(stage->server);
    intake_free(stage->intake);
    queue_producer_free(stage->producer);
    poll_scene_stop(&stage->scene);
}

static int post(struct stage *stage, const char *path, const char *type, const char *token,
                const char *body, size_t len)
{
    struct http_header headers[2] = {{"Content-Type", type}, {"Authorization", token}};
    char url[256];

    http_response_done(&stage->response);
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", http_server_port(stage->server), path);
    const struct http_request request = {.method = "POST",
                                         .url = url,
                                         .headers = headers,
                                         .n_headers = token != NULL ? 2 : 1,
                                         .body = body,
                                         .body_len = len,
                                         .max_attempts = 1};
    int r = http_send(stage->http, &request, &stage->response, &stage->err);
    if (r < 0 && stage->response.status == 0)
        fail_msg("POST %s: %s", path, stage->err.text);
    return stage->response.status;
}

static int post_text(struct stage *stage, const char *path, const char *body)
{
    return post(stage, path, JSON, NO_AUTH, body, strlen(body));
}

static const char *body_of(const struct stage *stage)
{
    return buf_str(&stage->response.body);
}

static void a_finding_is_accepted_once_kafka_has_it(void **state)
{
    static const char *const settings[] = {NULL};
    struct stage stage;

    (void)state;
    stage_start(&stage, settings);
    assert_int_equal(post_text(&stage, "/v1/findings", GOOD "\n" GOOD "\n"), 202);
    assert_has(body_of(&stage), "\"accepted\":2");
    assert_has(body_of(&stage), "\"refused\":[]");
    assert_has(body_of(&stage), "\"run_id\":\"");
    poll_scene_read(&stage.scene, 2);
    assert_int_equal(poll_scene_count(&stage.scene, TOPIC_FINDINGS), 2);
    stage_stop(&stage);
}

static void a_bad_record_among_good_ones_is_told_and_dead_lettered(void **state)
{
    static const char *const settings[] = {NULL};
    struct stage stage;
    char stage_name[32];

    (void)state;
    stage_start(&stage, settings);
    assert_int_equal(post_text(&stage, "/v1/findings", "[" GOOD "," BAD "," GOOD "]"), 202);
    assert_has(body_of(&stage), "\"accepted\":2");
    assert_has(body_of(&stage), "{\"index\":1,\"error\":\"no resource");
    poll_scene_read(&stage.scene, 3);
    const struct queue_record *dead = poll_scene_record(&stage.scene, TOPIC_DLQ, 0);
    assert_non_null(dead);
    assert_string_equal(
        record_header(dead, "__connect.errors.stage", stage_name, sizeof stage_name), "intake");
    stage_stop(&stage);
}

static void other_formats_are_known_by_their_content(void **state)
{
    static const char *const settings[] = {NULL};
    static const char CHECKOV[] = "{\"check_type\":\"terraform\",\"results\":{\"failed_checks\":[{"
                                  "\"check_id\":\"CKV_AWS_18\","
                                  "\"resource\":\"aws_s3_bucket.a\",\"file_path\":\"/s3.tf\"}]}}";
    struct stage stage;

    (void)state;
    stage_start(&stage, settings);
    assert_int_equal(post_text(&stage, "/v1/findings", CHECKOV), 400);
    assert_has(body_of(&stage), "GITHUB_REPO_MAPPING");
    assert_int_equal(post_text(&stage, "/v1/findings?repository=acme/infra", CHECKOV), 202);
    assert_has(body_of(&stage), "\"accepted\":1");
    poll_scene_read(&stage.scene, 2);
    assert_int_equal(poll_scene_count(&stage.scene, TOPIC_DLQ), 1);
    stage_stop(&stage);
}

static void drift_goes_onto_its_own_topic(void **state)
{
    static const char *const settings[] = {NULL};
    static const char DRIFT[] = "{\"address\":\"aws_s3_bucket.a\",\"repository\":\"acme/infra\","
                                "\"drift_action\":\"update\",\"expected_json\":\"{}\"}";
    struct stage stage;

    (void)state;
    stage_start(&stage, settings);
    assert_int_equal(post_text(&stage, "/v1/drift", DRIFT), 202);
    poll_scene_read(&stage.scene, 1);
    assert_int_equal(poll_scene_count(&stage.scene, TOPIC_DRIFT), 1);
    stage_stop(&stage);
}

static void a_body_that_is_no_report_gets_a_4xx_that_says_why(void **state)
{
    static const char *const settings[] = {NULL};
    CLEANUP(mem_freep) char *huge = calloc(1, 200000);
    struct stage stage;

    (void)state;
    stage_start(&stage, settings);
    assert_int_equal(post_text(&stage, "/v1/findings", "{\"control\": "), 400);
    assert_has(body_of(&stage), "line 1");
    assert_int_equal(post_text(&stage, "/v1/findings", ""), 400);
    assert_int_equal(post_text(&stage, "/v1/findings", "{\"hello\": 1}"), 400);
    assert_has(body_of(&stage), "ASFF");
    assert_int_equal(post_text(&stage, "/v1/findings", "[7, \"x\", null]"), 400);
    assert_has(body_of(&stage), "\"refused_total\":3");
    assert_int_equal(post(&stage, "/v1/findings", "image/png", NO_AUTH, GOOD, strlen(GOOD)), 415);
    assert_non_null(huge);
    memset(huge, '[', 200000);
    assert_int_equal(post(&stage, "/v1/findings", JSON, NO_AUTH, huge, 200000), 413);
    assert_int_equal(post(&stage, "/v1/findings", JSON, NO_AUTH, huge, 60000), 400);
    assert_int_equal(post(&stage, "/v1/findings", JSON, NO_AUTH, "\0\xff\xfe", 3), 400);
    stage_stop(&stage);
}

static void only_the_tokens_holder_may_post(void **state)
{
    static const char *const settings[] = {"INTAKE_TOKEN", "correct-horse", NULL};
    struct stage stage;

    (void)state;
    stage_start(&stage, settings);
    assert_int_equal(post_text(&stage, "/v1/findings", GOOD), 401);
    assert_int_equal(post(&stage, "/v1/findings", JSON, "Bearer correct-hors", GOOD, strlen(GOOD)),
                     401);
    assert_int_equal(post(&stage, "/v1/findings", JSON, "Basic correct-horse", GOOD, strlen(GOOD)),
                     401);
    assert_lacks(body_of(&stage), "correct-horse");
    assert_int_equal(post(&stage, "/v1/findings", JSON, "Bearer correct-horse", GOOD, strlen(GOOD)),
                     202);
    stage_stop(&stage);
}

static void without_a_token_a_public_address_takes_nothing(void **state)
{
    static const char *const settings[] = {"HTTP_ADDRESS", "0.0.0.0", NULL};
    struct stage stage;

    (void)state;
    stage_start(&stage, settings);
    assert_true(intake_is_closed(&stage.scene.config));
    assert_int_equal(post_text(&stage, "/v1/findings", GOOD), 401);
    assert_has(body_of(&stage), "INTAKE_TOKEN");
    stage_stop(&stage);
}

static void while_kafka_is_away_nothing_is_accepted(void **state)
{
    static const char *const settings[] = {NULL};
    struct stage stage;

    (void)state;
    stage_start(&stage, settings);
    broker_set_up(stage.scene.broker, false);
    assert_int_equal(post_text(&stage, "/v1/findings", GOOD), 503);
    broker_set_up(stage.scene.broker, true);
    stage_stop(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finding_is_accepted_once_kafka_has_it),
        cmocka_unit_test(a_bad_record_among_good_ones_is_told_and_dead_lettered),
        cmocka_unit_test(other_formats_are_known_by_their_content),
        cmocka_unit_test(drift_goes_onto_its_own_topic),
        cmocka_unit_test(a_body_that_is_no_report_gets_a_4xx_that_says_why),
        cmocka_unit_test(only_the_tokens_holder_may_post),
        cmocka_unit_test(without_a_token_a_public_address_takes_nothing),
        cmocka_unit_test(while_kafka_is_away_nothing_is_accepted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
