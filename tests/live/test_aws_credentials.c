/*
 * Where keys come from: variables, the shared file, the endpoints of containers and instances (a
 * scripted server on loopback), in AWS's order; and how long they are kept.
 */
#include <stdio.h>

#include "common/aws/aws_credentials.h"
#include "tests/support/raw_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

#define VARIABLES_MAX 8
#define NOW_MS        1768480245000 /* 2026-01-15T12:30:45Z */
#define MINUTE_MS     60000

struct scene {
    struct aws_chain *chain;
    struct aws_keys keys;
    struct err err;
    const char *variables[VARIABLES_MAX][2];
    size_t n;
};

static const char *look_up(void *context, const char *name)
{
    const struct scene *scene = context;

    for (size_t i = 0; i < scene->n; i++)
        if (str_eq(scene->variables[i][0], name))
            return scene->variables[i][1];
    return NULL;
}

static void set(struct scene *scene, const char *name, const char *value)
{
    assert_in_range(scene->n, 0, VARIABLES_MAX - 1);
    scene->variables[scene->n][0] = name;
    scene->variables[scene->n++][1] = value;
}

static int take(struct scene *scene, const char *profile, int64_t now_ms)
{
    struct aws_chain_options options = {
        .profile = profile, .user_agent = "test/1", .lookup = look_up, .lookup_context = scene};

    if (scene->chain == NULL)
        assert_ok(aws_chain_new(&scene->chain, &options, &scene->err), scene->err);
    return aws_credentials_take(scene->chain, now_ms, &scene->keys, &scene->err);
}

static void scene_end(struct scene *scene)
{
    aws_chain_free(scene->chain);
}

static void variables_come_first(void **state)
{
    CLEANUP(scene_end) struct scene scene = {0};

    (void)state;
    set(&scene, "AWS_ACCESS_KEY_ID", "AKIA1");
    set(&scene, "AWS_SECRET_ACCESS_KEY", "s3cr3t-1");
    set(&scene, "AWS_WEB_IDENTITY_TOKEN_FILE", "/t");
    set(&scene, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/never");
    assert_ok(take(&scene, NULL, NOW_MS), scene.err);
    assert_string_equal(scene.keys.key_id, "AKIA1");
    assert_string_equal(scene.keys.secret, "s3cr3t-1");
    assert_string_equal(scene.keys.token, "");
    assert_false(aws_credentials_refused(scene.chain, &scene.keys));
}

static void half_a_pair_is_a_mistake(void **state)
{
    CLEANUP(scene_end) struct scene scene = {0};

    (void)state;
    set(&scene, "AWS_SECRET_ACCESS_KEY", "s3cr3t-1");
    assert_int_equal(take(&scene, NULL, NOW_MS), ERR_REJECT);
    assert_has(scene.err.text, "only one of");
    assert_lacks(scene.err.text, "s3cr3t-1");
}

static const char FILE_TEXT[] = "# mine\n[default]\naws_access_key_id = AKIADEFAULT\n"
                                "aws_secret_access_key=s3cr3t-default\r\n\n"
                                "; other\n[ states ]\naws_access_key_id=AKIASTATES\n"
                                "aws_secret_access_key = s3cr3t/+=states\n"
                                "aws_session_token = tok==\nregion = eu-west-1\n[half]\n"
                                "aws_access_key_id = AKIAHALF\n";

static void the_shared_file_has_profiles(void **state)
{
    char *dir = temp_dir_make();
    CLEANUP(mem_freep) char *path = temp_file_write(dir, "credentials", FILE_TEXT);
    static const struct {
        const char *option, *variable, *key_id, *secret, *token;
    } cases[] = {
        {NULL, NULL, "AKIADEFAULT", "s3cr3t-default", ""},
        {NULL, "states", "AKIASTATES", "s3cr3t/+=states", "tok=="},
        {"states", NULL, "AKIASTATES", "s3cr3t/+=states", "tok=="},
        {"half", NULL, NULL, NULL, NULL},
        {"none", NULL, NULL, NULL, NULL},
        {NULL, "none", NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(scene_end) struct scene scene = {0};
        set(&scene, "AWS_SHARED_CREDENTIALS_FILE", path);
        set(&scene, "AWS_PROFILE", cases[i].variable);
        if (cases[i].option != NULL) /* a profile that was asked for beats variables */
            set(&scene, "AWS_ACCESS_KEY_ID", "AKIANEVER");
        int r = take(&scene, cases[i].option, NOW_MS);
        if (cases[i].key_id == NULL) {
            assert_int_equal(r, ERR_REJECT);
            assert_has(scene.err.text, "profile");
            assert_lacks(scene.err.text, "s3cr3t");
            continue;
        }
        assert_ok(r, scene.err);
        assert_string_equal(scene.keys.key_id, cases[i].key_id);
        assert_string_equal(scene.keys.secret, cases[i].secret);
        assert_string_equal(scene.keys.token, cases[i].token);
    }
    temp_dir_remove(dir);
}

/* --- endpoints --- */

#define ANSWER(body) "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" body
#define KEYS(id, until)                                                                            \
    ANSWER("{\"RoleArn\": \"r\", \"AccessKeyId\": \"" id "\", \"SecretAccessKey\": \"s3cr3t-" id   \
           "\", \"Token\": \"tok-" id "\", \"Expiration\": \"" until "\"}")

static void a_container_s_keys_are_fetched_with_its_token_and_kept_until_they_run_out(void **state)
{
    static const struct raw_answer answers[] = {
        {.text = KEYS("ASIA1", "2026-01-15T13:30:45Z")},
        {.text = KEYS("ASIA2", "2026-01-15T14:30:45.5Z")},
        {.text = ANSWER("{}")},
    };
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, COUNT(answers));
    char *dir = temp_dir_make();
    CLEANUP(mem_freep) char *token = temp_file_write(dir, "token", "Basic abc==\n");
    CLEANUP(scene_end) struct scene scene = {0};

    (void)state;
    set(&scene, "AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
    set(&scene, "AWS_CONTAINER_CREDENTIALS_FULL_URI", raw_server_url(server, "/v1/credentials"));
    set(&scene, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token);
    assert_ok(take(&scene, NULL, NOW_MS), scene.err);
    assert_string_equal(scene.keys.key_id, "ASIA1");
    assert_string_equal(scene.keys.token, "tok-ASIA1");
    CLEANUP(mem_freep) char *request = raw_server_request(server, 0);
    assert_has(request, "GET /v1/credentials HTTP/1.1");
    assert_has(request, "Authorization: Basic abc==\r\n");

    /* 44 minutes later they are good, after 46 they are fetched while there is time. */
    assert_ok(take(&scene, NULL, NOW_MS + 44 * MINUTE_MS), scene.err);
    assert_int_equal(raw_server_count(server), 1);
    assert_ok(take(&scene, NULL, NOW_MS + 46 * MINUTE_MS), scene.err);
    assert_string_equal(scene.keys.key_id, "ASIA2");
    /* An endpoint that fails is forgiven until 10 minutes before the end, and no longer. */
    assert_ok(take(&scene, NULL, NOW_MS + 109 * MINUTE_MS), scene.err);
    assert_string_equal(scene.keys.key_id, "ASIA2");
    assert_int_equal(take(&scene, NULL, NOW_MS + 111 * MINUTE_MS), ERR_RETRY);
    assert_has(scene.err.text, "AWS container endpoint");
    temp_dir_remove(dir);
}

static void keys_that_a_service_calls_expired_are_fetched_anew(void **state)
{
    static const struct raw_answer answers[] = {
        {.text = KEYS("ASIA1", "2026-01-15T18:30:45Z")},
        {.text = KEYS("ASIA2", "2026-01-15T18:30:45Z")},
    };
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, COUNT(answers));
    CLEANUP(scene_end) struct scene scene = {0};

    (void)state;
    set(&scene, "AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
    set(&scene, "AWS_CONTAINER_CREDENTIALS_FULL_URI", raw_server_url(server, "/"));
    assert_ok(take(&scene, NULL, NOW_MS), scene.err);
    struct aws_keys old = scene.keys;
    assert_true(aws_credentials_refused(scene.chain, &old));
    assert_ok(take(&scene, NULL, NOW_MS), scene.err);
    assert_string_equal(scene.keys.key_id, "ASIA2");
    /* A second thread that had the old ones does not throw the new ones away. */
    assert_true(aws_credentials_refused(scene.chain, &old));
    assert_ok(take(&scene, NULL, NOW_MS), scene.err);
    assert_int_equal(raw_server_count(server), 2);
}

static void a_container_s_uri_stays_on_the_container_s_hosts(void **state)
{
    static const char *const uris[] = {"http://example.com/creds", "http://127.0.0.1.evil.test/",
                                       "http://127.0.0.1@evil.test/", "ftp://127.0.0.1/", "x"};

    (void)state;
    for (size_t i = 0; i < COUNT(uris); i++) {
        CLEANUP(scene_end) struct scene scene = {0};
        set(&scene, "AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
        set(&scene, "AWS_CONTAINER_CREDENTIALS_FULL_URI", uris[i]);
        assert_int_equal(take(&scene, NULL, NOW_MS), ERR_REJECT);
        assert_has(scene.err.text, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    }
}

static void an_instance_s_role_is_asked_for_with_a_session_token(void **state)
{
    static const struct raw_answer answers[] = {
        {.text = ANSWER("imds-token==")},
        {.text = ANSWER("worker-role")},
        {.text = ANSWER("{\"Code\": \"Success\", \"AccessKeyId\": \"ASIA9\", \"SecretAccessKey\": "
                        "\"s3cr3t-9\", \"Token\": \"tok-9\", \"Expiration\": "
                        "\"2026-01-15T18:30:45Z\"}")},
    };
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, COUNT(answers));
    CLEANUP(scene_end) struct scene scene = {0};

    (void)state;
    set(&scene, "AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
    set(&scene, "AWS_EC2_METADATA_SERVICE_ENDPOINT", raw_server_url(server, "/"));
    assert_ok(take(&scene, NULL, NOW_MS), scene.err);
    assert_string_equal(scene.keys.key_id, "ASIA9");
    CLEANUP(mem_freep) char *first = raw_server_request(server, 0);
    CLEANUP(mem_freep) char *third = raw_server_request(server, 2);
    assert_has(first, "PUT /latest/api/token HTTP/1.1");
    assert_has(first, "X-aws-ec2-metadata-token-ttl-seconds: 21600");
    assert_has(third, "GET /latest/meta-data/iam/security-credentials/worker-role HTTP/1.1");
    assert_has(third, "X-aws-ec2-metadata-token: imds-token==");
}

static void a_role_name_is_no_path(void **state)
{
    static const struct raw_answer answers[] = {{.text = ANSWER("token")},
                                                {.text = ANSWER("../../user-data")}};
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, COUNT(answers));
    CLEANUP(scene_end) struct scene scene = {0};

    (void)state;
    set(&scene, "AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
    set(&scene, "AWS_EC2_METADATA_SERVICE_ENDPOINT", raw_server_url(server, ""));
    assert_int_equal(take(&scene, NULL, NOW_MS), ERR_REJECT);
    assert_int_equal(raw_server_count(server), 2);
}

static void without_anything_it_says_what_was_looked_for(void **state)
{
    CLEANUP(scene_end) struct scene scene = {0};

    (void)state;
    set(&scene, "AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
    set(&scene, "AWS_EC2_METADATA_DISABLED", "true");
    assert_int_equal(take(&scene, NULL, NOW_MS), ERR_REJECT);
    assert_has(scene.err.text, "no AWS credentials");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables_come_first),
        cmocka_unit_test(half_a_pair_is_a_mistake),
        cmocka_unit_test(the_shared_file_has_profiles),
        cmocka_unit_test(a_container_s_keys_are_fetched_with_its_token_and_kept_until_they_run_out),
        cmocka_unit_test(keys_that_a_service_calls_expired_are_fetched_anew),
        cmocka_unit_test(a_container_s_uri_stays_on_the_container_s_hosts),
        cmocka_unit_test(an_instance_s_role_is_asked_for_with_a_session_token),
        cmocka_unit_test(a_role_name_is_no_path),
        cmocka_unit_test(without_anything_it_says_what_was_looked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
