/* The Vanta source against the fake Vanta: what is sent, what is sent again, who is behind an
 * entity. */
#include <stdio.h>

#include "tests/support/test.h"
#include "tests/support/vanta_scene.h"

#define CLIENT "'client_id': 'vci_test', 'client_secret': 'vcs_secret'"
#define TWO_TESTS                                                                                  \
    "{" CLIENT ", 'tests': ["                                                                      \
    "{'id': 'aws-s3-public', 'name': 'No public buckets', 'failureDescription': 'It is open.',"    \
    " 'description': 'Looks at the ACL.', 'integrations': ['aws'], 'frameworks': ['soc2'],"        \
    " 'entities': ["                                                                               \
    "  {'id': 'r1', 'displayName': 'logs', 'responseType': 'S3 bucket',"                           \
    "   'createdDate': '2026-01-15T12:30:45.123Z'},"                                               \
    "  {'id': 'e2', 'displayName': 'media', 'responseType': 'S3 bucket'},"                         \
    "  {'id': 'e3', 'displayName': 'old', 'entityStatus': 'DEACTIVATED'}]},"                       \
    "{'id': 'rds-backups', 'name': 'Backups', 'integrations': ['aws'], 'entities': ["              \
    "  {'id': 'r9', 'displayName': 'orders', 'responseType': 'Database'},"                         \
    "  {'id': 'e4', 'displayName': 'nobody knows', 'responseType': 'Database'}]},"                 \
    "{'id': 'fine', 'name': 'Passes', 'status': 'OK', 'entities': [{'id': 'x', 'displayName': "    \
    "'y'}]}"                                                                                       \
    "], 'integrations': [{'integrationId': 'aws', 'resourceKinds': ['S3Bucket', 'RdsInstance',"    \
    " 'IamUser'], 'resources': {"                                                                  \
    " 'S3Bucket': [{'resourceId': 'r1', 'displayName': 'logs', 'account': 'prod',"                 \
    "               'region': 'us-west-2'}],"                                                      \
    " 'RdsInstance': [{'resourceId': 'r9', 'displayName': 'orders', 'account': '210987654321',"    \
    "                  'region': 'eu-west-1'}]}}]}"

static void every_failing_entity_of_a_failing_test_becomes_an_item(void **state)
{
    CLEANUP(vanta_scene_stopp)
    struct vanta_scene *scene = vanta_scene_start(TWO_TESTS, "vcs_secret");

    (void)state;
    assert_ok(vanta_poll(scene), scene->err);
    assert_int_equal(json_count(scene->items), 3);
    assert_string_equal(vanta_item(scene, 0, "control"), "aws-s3-public");
    assert_string_equal(vanta_item(scene, 0, "source"), "vanta");
    assert_string_equal(vanta_item(scene, 0, "repository"), "acme/buckets");
    assert_string_equal(vanta_item(scene, 0, "event_id"),
                        "aws-s3-public:r1:2026-01-15T12:30:45.123Z");
    assert_int_equal(json_get_int(json_at(scene->items, 0), "detected_unix_ms", 0), 1768480245123);
    assert_string_equal(vanta_item(scene, 0, "severity"), "high");
    assert_string_equal(vanta_item(scene, 2, "severity"), "medium");
    assert_has(vanta_item(scene, 0, "reason"), "It is open.");
    assert_string_equal(vanta_item(scene, 0, "run_id"), "run-1");
}

static void the_inventory_gives_account_region_and_arn(void **state)
{
    CLEANUP(vanta_scene_stopp)
    struct vanta_scene *scene = vanta_scene_start(TWO_TESTS, "vcs_secret");

    (void)state;
    assert_ok(vanta_poll(scene), scene->err);
    assert_string_equal(vanta_item(scene, 0, "arn"), "arn:aws:s3:::logs");
    assert_string_equal(vanta_item(scene, 0, "region"), "us-west-2");
    assert_string_equal(vanta_item(scene, 0, "account"), "123456789012");
    assert_has(vanta_item(scene, 0, "reason"), "by id");
    assert_string_equal(vanta_item(scene, 1, "arn"), "arn:aws:s3:::media");
    assert_has(vanta_item(scene, 1, "reason"), "by name only");
    assert_string_equal(vanta_item(scene, 2, "arn"),
                        "arn:aws:rds:eu-west-1:210987654321:db:orders");
    assert_string_equal(vanta_item(scene, 2, "resource_type"), "RdsInstance");
    assert_string_equal(vanta_item(scene, 2, "repository"), "acme/databases");
    assert_int_equal(fake_requests(scene->fake, "GET /v1/integrations/aws/resource-kinds/IamUser/"
                                                "resources"),
                     0);
}

static void an_entity_without_a_repository_is_refused_with_the_way_out(void **state)
{
    CLEANUP(vanta_scene_stopp)
    struct vanta_scene *scene = vanta_scene_start(TWO_TESTS, "vcs_secret");

    (void)state;
    assert_ok(vanta_poll(scene), scene->err);
    assert_int_equal(json_count(scene->refused), 1);
    assert_has(json_text(json_at(scene->refused, 0), ""), "no repository for nobody knows");
    assert_has(json_text(json_at(scene->refused, 0), ""), "GITHUB_REPO_MAPPING");
}

static void only_tests_that_ran_again_are_read_again(void **state)
{
    CLEANUP(vanta_scene_stopp)
    struct vanta_scene *scene = vanta_scene_start(TWO_TESTS, "vcs_secret");

    (void)state;
    assert_ok(vanta_poll(scene), scene->err);
    assert_ok(vanta_poll(scene), scene->err);
    assert_int_equal(json_count(scene->items), 0);
    assert_int_equal(fake_requests(scene->fake, "GET /v1/tests/aws-s3-public/entities"), 1);

    json_free(fake_post(scene->fake, "/_fake/flip",
                        "{'test': 'rds-backups', 'lastTestRunDate': '2026-01-16T00:00:00.000Z'}"));
    assert_ok(vanta_poll(scene), scene->err);
    assert_int_equal(json_count(scene->items), 1);
    assert_string_equal(vanta_item(scene, 0, "control"), "rds-backups");
    assert_int_equal(fake_requests(scene->fake, "GET /v1/tests/aws-s3-public/entities"), 1);
}

static void a_test_that_passed_and_fails_again_is_sent_again(void **state)
{
    CLEANUP(vanta_scene_stopp)
    struct vanta_scene *scene = vanta_scene_start(TWO_TESTS, "vcs_secret");

    (void)state;
    assert_ok(vanta_poll(scene), scene->err);
    json_free(fake_post(scene->fake, "/_fake/flip", "{'test': 'rds-backups', 'status': 'OK'}"));
    assert_ok(vanta_poll(scene), scene->err);
    assert_lacks(buf_str(&scene->cursor), "rds-backups");
    json_free(fake_post(scene->fake, "/_fake/flip",
                        "{'test': 'rds-backups', 'status': 'NEEDS_ATTENTION'}"));
    assert_ok(vanta_poll(scene), scene->err);
    assert_int_equal(json_count(scene->items), 1);
}

static void every_page_is_read(void **state)
{
    CLEANUP(buf_done) struct buf scenario = BUF(1024 * 1024);

    (void)state;
    buf_text(&scenario, "{" CLIENT ", 'tests': [{'id': 't', 'name': 'n', 'entities': [");
    for (int i = 0; i < 230; i++)
        buf_print(&scenario, "%s{'id': 'e%d', 'displayName': 'b%d', 'responseType': 'S3 bucket'}",
                  i > 0 ? "," : "", i, i);
    buf_text(&scenario, "]}]}");
    CLEANUP(vanta_scene_stopp)
    struct vanta_scene *scene = vanta_scene_start(scenario.bytes, "vcs_secret");

    assert_ok(vanta_poll(scene), scene->err);
    assert_int_equal(json_count(scene->items), 230);
    assert_string_equal(vanta_item(scene, 229, "arn"), "arn:aws:s3:::b229");
    assert_int_equal(fake_requests(scene->fake, "GET /v1/tests/t/entities"), 3);
}

static void a_stop_keeps_what_was_sent(void **state)
{
    CLEANUP(vanta_scene_stopp)
    struct vanta_scene *scene = vanta_scene_start(TWO_TESTS, "vcs_secret");

    (void)state;
    scene->stop_after_items = 2;
    assert_int_equal(vanta_poll(scene), ERR_RETRY);
    assert_string_equal(scene->err.text, "stopped");
    assert_has(buf_str(&scene->cursor), "aws-s3-public");
    assert_lacks(buf_str(&scene->cursor), "rds-backups");
    scene->stop_after_items = -1;
    assert_ok(vanta_poll(scene), scene->err);
    assert_int_equal(json_count(scene->items), 1);
    assert_string_equal(vanta_item(scene, 0, "control"), "rds-backups");
}

static void incomplete_credentials_name_the_variables(void **state)
{
    CLEANUP(vanta_scene_stopp)
    struct vanta_scene *scene = vanta_scene_start(TWO_TESTS, "vcs_secret");
    struct err err = {0};

    (void)state;
    assert_ok(source_vanta.check(&scene->config, &err), err);
    scene->config.vanta_client_secret[0] = '\0';
    assert_int_equal(source_vanta.check(&scene->config, &err), ERR_FATAL);
    assert_has(err.text, "VANTA_CLIENT_SECRET");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failing_entity_of_a_failing_test_becomes_an_item),
        cmocka_unit_test(the_inventory_gives_account_region_and_arn),
        cmocka_unit_test(an_entity_without_a_repository_is_refused_with_the_way_out),
        cmocka_unit_test(only_tests_that_ran_again_are_read_again),
        cmocka_unit_test(a_test_that_passed_and_fails_again_is_sent_again),
        cmocka_unit_test(every_page_is_read),
        cmocka_unit_test(a_stop_keeps_what_was_sent),
        cmocka_unit_test(incomplete_credentials_name_the_variables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
