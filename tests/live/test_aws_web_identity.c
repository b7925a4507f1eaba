/* Keys for a cluster's token: a scripted STS on loopback, and moto's. */
#include <stdio.h>

#include "common/aws/aws_credentials.h"
#include "common/files.h"
#include "tests/support/moto_server.h"
#include "tests/support/raw_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

#define NOW_MS 1768480245000 /* 2026-01-15T12:30:45Z */
#define ROLE   "arn:aws:iam::111122223333:role/plumbline"

#define ANSWER(status, body) "HTTP/1.1 " status "\r\nConnection: close\r\n\r\n" body
#define KEYS(id, until)                                                                            \
    ANSWER("200 OK",                                                                               \
           "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/"  \
           "\"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>" id                     \
           "</AccessKeyId><SecretAccessKey>s3cr3t&amp;" id                                         \
           "</SecretAccessKey><SessionToken>tok-" id "</SessionToken><Expiration>" until           \
           "</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"                         \
           "</AssumeRoleWithWebIdentityResponse>")
#define REFUSED(status, code)                                                                      \
    ANSWER(status, "<ErrorResponse><Error><Type>Sender</Type><Code>" code                          \
                   "</Code><Message>no</Message></Error></ErrorResponse>")

struct scene {
    char *dir, *token;
    const char *endpoint;
    struct aws_chain *chain;
    struct aws_keys keys;
    struct err err;
};

static const char *look_up(void *context, const char *name)
{
    const struct scene *scene = context;

    if (str_eq(name, "AWS_WEB_IDENTITY_TOKEN_FILE"))
        return scene->token;
    if (str_eq(name, "AWS_ROLE_ARN"))
        return ROLE;
    if (str_eq(name, "AWS_ROLE_SESSION_NAME"))
        return "session";
    if (str_eq(name, "AWS_ENDPOINT_URL_STS"))
        return scene->endpoint;
    return str_eq(name, "AWS_EC2_METADATA_DISABLED") ? "true" : NULL;
}

static void write_token(struct scene *scene, const char *text)
{
    struct err err = {0};

    assert_ok(files_write(scene->token, text, strlen(text), &err), err);
}

static void begin(struct scene *scene, const char *endpoint)
{
    const struct aws_chain_options options = {
        .user_agent = "test/1", .lookup = look_up, .lookup_context = scene};

    scene->dir = temp_dir_make();
    scene->token = temp_file_write(scene->dir, "token", "first.token\n");
    scene->endpoint = endpoint;
    assert_ok(aws_chain_new(&scene->chain, &options, &scene->err), scene->err);
}

static void end(struct scene *scene)
{
    aws_chain_free(scene->chain);
    temp_dir_remove(scene->dir);
    free(scene->token);
}

static int take(struct scene *scene, int64_t now_ms)
{
    return aws_credentials_take(scene->chain, now_ms, &scene->keys, &scene->err);
}

static void a_token_becomes_keys_and_is_read_anew_each_time(void **state)
{
    static const struct raw_answer answers[] = {
        {.text = KEYS("ASIA1", "2026-01-15T13:30:45Z")},
        {.text = KEYS("ASIA2", "2026-01-15T14:30:45.123Z")}};
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, COUNT(answers));
    struct scene scene = {0};

    (void)state;
    begin(&scene, raw_server_url(server, ""));
    assert_ok(take(&scene, NOW_MS), scene.err);
    assert_string_equal(scene.keys.key_id, "ASIA1");
    assert_string_equal(scene.keys.secret, "s3cr3t&ASIA1");
    assert_string_equal(scene.keys.token, "tok-ASIA1");
    CLEANUP(mem_freep) char *first = raw_server_request(server, 0);
    assert_has(first, "POST / HTTP/1.1");
    assert_has(first, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws");
    assert_has(first, "&RoleSessionName=session&WebIdentityToken=first.token");
    assert_null(strstr(first, "Authorization"));

    write_token(&scene, "second.token"); /* the cluster has replaced it */
    assert_ok(take(&scene, NOW_MS + 44 * 60000), scene.err);
    assert_string_equal(scene.keys.key_id, "ASIA1"); /* still good for a quarter of an hour */
    assert_ok(take(&scene, NOW_MS + 46 * 60000), scene.err);
    assert_string_equal(scene.keys.key_id, "ASIA2");
    CLEANUP(mem_freep) char *second = raw_server_request(server, 1);
    assert_has(second, "WebIdentityToken=second.token");
    end(&scene);
}

static void keys_that_live_for_seconds_are_not_fetched_all_the_time(void **state)
{
    static const struct raw_answer answers[] = {{.text = KEYS("ASIA1", "2026-01-15T12:30:49Z")},
                                                {.text = KEYS("ASIA2", "2026-01-15T12:30:53Z")}};
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, COUNT(answers));
    struct scene scene = {0};

    (void)state;
    begin(&scene, raw_server_url(server, ""));
    for (int ms = 0; ms < 3000; ms += 500)
        assert_ok(take(&scene, NOW_MS + ms), scene.err);
    assert_int_equal(raw_server_count(server), 1);
    assert_ok(take(&scene, NOW_MS + 3500), scene.err);
    assert_string_equal(scene.keys.key_id, "ASIA2");
    end(&scene);
}

static void what_sts_says_decides_whether_it_is_asked_again(void **state)
{
    static const struct {
        const char *answer;
        int r;
        const char *says;
    } cases[] = {
        {REFUSED("400 Bad Request", "IDPCommunicationError"), ERR_RETRY, "IDPCommunicationError"},
        {REFUSED("400 Bad Request", "ExpiredTokenException"), ERR_RETRY, "ExpiredToken"},
        {REFUSED("400 Bad Request", "InvalidIdentityToken"), ERR_REJECT, "trust policy"},
        {REFUSED("403 Forbidden", "IDPRejectedClaim"), ERR_REJECT, "IDPRejectedClaim"},
        {ANSWER("200 OK", "<x/>"), ERR_RETRY, "no keys that can be read"},
        {KEYS("A<B", "2026-01-15T13:30:45Z"), ERR_RETRY, "no keys that can be read"},
        {KEYS("A&x;", "2026-01-15T13:30:45Z"), ERR_RETRY, "no keys that can be read"},
        {KEYS("A", "soon"), ERR_RETRY, "no keys that can be read"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct raw_answer answers[] = {{.text = cases[i].answer}};
        CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(answers, 1);
        struct scene scene = {0};

        begin(&scene, raw_server_url(server, ""));
        assert_int_equal(take(&scene, NOW_MS), cases[i].r);
        assert_has(scene.err.text, cases[i].says);
        assert_lacks(scene.err.text, "first.token");
        end(&scene);
    }
}

static void a_token_file_that_is_gone_is_waited_for(void **state)
{
    struct scene scene = {0};

    (void)state;
    begin(&scene, "http://127.0.0.1:1");
    assert_int_equal(remove(scene.token), 0);
    assert_int_equal(take(&scene, NOW_MS), ERR_RETRY);
    assert_has(scene.err.text, "AWS_WEB_IDENTITY_TOKEN_FILE");
    write_token(&scene, "\n");
    assert_int_equal(take(&scene, NOW_MS), ERR_RETRY);
    assert_has(scene.err.text, "is empty");
    end(&scene);
}

static void moto_s_sts_is_understood_too(void **state)
{
    struct moto_server *moto;
    struct scene scene = {0};

    (void)state;
    if (system("command -v moto_server >/dev/null 2>&1") != 0) {
        print_message("SKIPPED: moto_server is not installed\n");
        skip();
    }
    moto = moto_server_start();
    begin(&scene, moto_server_url(moto));
    assert_ok(take(&scene, NOW_MS), scene.err);
    assert_true(str_starts(scene.keys.key_id, "ASIA"));
    assert_true(scene.keys.token[0] != '\0');
    end(&scene);
    moto_server_stop(moto);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_becomes_keys_and_is_read_anew_each_time),
        cmocka_unit_test(keys_that_live_for_seconds_are_not_fetched_all_the_time),
        cmocka_unit_test(what_sts_says_decides_whether_it_is_asked_again),
        cmocka_unit_test(a_token_file_that_is_gone_is_waited_for),
        cmocka_unit_test(moto_s_sts_is_understood_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
