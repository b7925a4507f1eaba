/* Secrets from where they lie: variables, files, a fake Vault, moto's Secrets Manager; and what
 * happens when they are replaced. */
#include <pthread.h>
#include <stdio.h>

#include "common/aws/aws_call.h"
#include "common/files.h"
#include "common/secret/secret.h"
#include "common/text/redact.h"
#include "tests/support/fake.h"
#include "tests/support/moto_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

#define VARIABLES_MAX 8
#define THREADS       8

struct scene {
    const char *variables[VARIABLES_MAX][2];
    size_t n;
    struct secret *secret;
    struct aws_chain *chain;
    struct err err;
    char value[400];
};

static const char *look_up(void *context, const char *name)
{
    const struct scene *scene = context;

    for (size_t i = 0; i < scene->n; i++) {
        if (str_eq(scene->variables[i][0], name))
            return scene->variables[i][1];
    }
    return NULL;
}

static void set(struct scene *scene, const char *name, const char *value)
{
    assert_true(scene->n < VARIABLES_MAX);
    scene->variables[scene->n][0] = name;
    scene->variables[scene->n++][1] = value;
}

static void open_secret(struct scene *scene, const char *text)
{
    const struct secret_options options = {.text = text,
                                           .name = "GITHUB_TOKEN",
                                           .user_agent = "test/1",
                                           .chain = scene->chain,
                                           .region = "us-east-1",
                                           .allow_private = true,
                                           .lookup = look_up,
                                           .lookup_context = scene};

    secret_free(scene->secret);
    scene->secret = NULL;
    assert_ok(secret_open(&scene->secret, &options, &scene->err), scene->err);
}

static int take(struct scene *scene, int64_t now_ms)
{
    CLEANUP(buf_done) struct buf out = BUF(SECRET_MAX_BYTES);

    out.secret = true;
    int r = secret_take(scene->secret, now_ms, &out, &scene->err);
    (void)str_copy(scene->value, sizeof scene->value, buf_str(&out));
    return r;
}

static void done(struct scene *scene)
{
    secret_free(scene->secret);
    aws_chain_free(scene->chain);
}

static void a_plain_value_is_itself_and_is_redacted(void **state)
{
    CLEANUP(done) struct scene scene = {.n = 0};
    CLEANUP(buf_done) struct buf text = BUF(400);

    (void)state;
    open_secret(&scene, "canary-plain-value");
    assert_ok(take(&scene, 0), scene.err);
    assert_string_equal(scene.value, "canary-plain-value");
    assert_false(secret_refused(scene.secret, 99999, "canary-plain-value"));
    assert_true(secret_refused(scene.secret, 99999, "another"));
    redact(&text, "x canary-plain-value y", 22);
    assert_string_equal(buf_str(&text), "x [redacted] y");
}

static void references_are_told_from_values(void **state)
{
    static const struct {
        const char *text;
        int r;
        bool is;
    } cases[] = {
        {"ghp_plain", 0, false},
        {"https://not-one", 0, false},
        {"env://NAME", 0, true},
        {"file:///run/x", 0, true},
        {"aws-secretsmanager://plumb/github", 0, true},
        {"aws-secretsmanager://arn:aws:secretsmanager:us-east-1:1:secret:x#token", 0, true},
        {"vault://secret/plumb#token", 0, true},
        {"vault://secret/plumb", ERR_FATAL, true},
        {"vault://secret/plumb#", ERR_FATAL, true},
        {"env://", ERR_FATAL, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct err err = {0};
        bool is = !cases[i].is;

        assert_int_equal(secret_check(cases[i].text, &is, &err), cases[i].r);
        assert_int_equal(is, cases[i].is);
    }
}

static void a_file_that_is_replaced_is_read_when_the_old_one_is_refused(void **state)
{
    char *dir = temp_dir_make();
    CLEANUP(mem_freep) char *path = temp_file_write(dir, "token", "first-value\nmore\n");
    CLEANUP(done) struct scene scene = {.n = 0};
    char reference[600];
    struct err err = {0};

    (void)state;
    snprintf(reference, sizeof reference, "file://%s", path);
    open_secret(&scene, reference);
    assert_ok(take(&scene, 10000), scene.err);
    assert_string_equal(scene.value, "first-value");
    assert_ok(files_write(path, "second-value", 12, &err), err);
    assert_ok(take(&scene, 11000), scene.err);
    assert_string_equal(scene.value, "first-value");                  /* kept */
    assert_false(secret_refused(scene.secret, 11000, "first-value")); /* asked a moment ago */
    assert_true(secret_refused(scene.secret, 15000, "first-value"));
    assert_ok(take(&scene, 15000), scene.err);
    assert_string_equal(scene.value, "second-value");
    assert_false(secret_refused(scene.secret, 20000, "second-value")); /* nothing newer */
    assert_int_equal(remove(path), 0);
    assert_ok(take(&scene, 15000 + 2 * SECRET_KEEP_MS), scene.err); /* the old one stays */
    assert_string_equal(scene.value, "second-value");
    temp_dir_remove(dir);
}

static void a_variable_that_is_not_set_is_told(void **state)
{
    CLEANUP(done) struct scene scene = {.n = 0};

    (void)state;
    open_secret(&scene, "env://TOKEN_OF_MINE");
    assert_int_equal(take(&scene, 0), ERR_REJECT);
    assert_has(scene.err.text, "GITHUB_TOKEN from env://TOKEN_OF_MINE: it is not set");
}

/* --- Vault --- */

static void write_vault(struct fake *fake, const char *members)
{
    char text[300];

    snprintf(text, sizeof text, "{'path': 'plumb/github', %s}", members);
    json_free(fake_post(fake, "/_fake/secret", text));
}

static void vault_is_read_by_each_way_of_logging_in(void **state)
{
    char *dir = temp_dir_make();
    CLEANUP(mem_freep) char *jwt = temp_file_write(dir, "jwt", "a.service.account\n");
    const char *const ways[][4] = {
        {"VAULT_TOKEN", "root-token", NULL, NULL},
        {"VAULT_ROLE_ID", "role-1", "VAULT_SECRET_ID", "secret-1"},
        {"VAULT_K8S_ROLE", "plumbline", "VAULT_K8S_TOKEN_FILE", jwt},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(ways); i++) {
        CLEANUP(fake_stopp)
        struct fake *fake = fake_start("fake_vault", "--namespace", "team", NULL);
        CLEANUP(done) struct scene scene = {.n = 0};

        write_vault(fake, "'field': 'token', 'value': 'canary-of-vault'");
        set(&scene, "VAULT_ADDR", fake_url(fake));
        set(&scene, "VAULT_NAMESPACE", "team");
        set(&scene, ways[i][0], ways[i][1]);
        if (ways[i][2] != NULL)
            set(&scene, ways[i][2], ways[i][3]);
        open_secret(&scene, "vault://secret/plumb/github#token");
        assert_ok(take(&scene, 10000), scene.err);
        assert_string_equal(scene.value, "canary-of-vault");
    }
    temp_dir_remove(dir);
}

static void what_vault_refuses_is_told_without_the_value(void **state)
{
    CLEANUP(fake_stopp) struct fake *fake = fake_start("fake_vault", NULL);
    CLEANUP(done) struct scene scene = {.n = 0};

    (void)state;
    set(&scene, "VAULT_ADDR", fake_url(fake));
    set(&scene, "VAULT_TOKEN", "root-token");
    open_secret(&scene, "vault://secret/plumb/github#token");
    assert_int_equal(take(&scene, 10000), ERR_REJECT);
    assert_has(scene.err.text, "it is not there, or deleted");
    write_vault(fake, "'field': 'other', 'value': 'canary-of-vault'");
    assert_int_equal(take(&scene, 20000), ERR_REJECT);
    assert_has(scene.err.text, "no text called token");
    assert_lacks(scene.err.text, "canary");
    write_vault(fake, "'deleted': true");
    assert_int_equal(take(&scene, 30000), ERR_REJECT);
    json_free(fake_post(fake, "/_fake/sealed", "{'sealed': true}"));
    assert_int_equal(take(&scene, 40000), ERR_RETRY);
    assert_has(scene.err.text, "503");
    scene.variables[1][1] = "wrong-token";
    json_free(fake_post(fake, "/_fake/sealed", "{'sealed': false}"));
    open_secret(&scene, "vault://secret/plumb/github#token");
    assert_int_equal(take(&scene, 50000), ERR_REJECT);
    assert_has(scene.err.text, "403");
}

/* Tokens that end after a second: it logs in anew, and the secret is there all the time. */
static void a_token_of_vault_that_ran_out_is_had_anew(void **state)
{
    CLEANUP(fake_stopp) struct fake *fake = fake_start("fake_vault", "--token-life", "1", NULL);
    CLEANUP(done) struct scene scene = {.n = 0};
    struct timespec pause = {.tv_sec = 1, .tv_nsec = 200000000};

    (void)state;
    write_vault(fake, "'field': 'token', 'value': 'one-value'");
    set(&scene, "VAULT_ADDR", fake_url(fake));
    set(&scene, "VAULT_ROLE_ID", "role-1");
    set(&scene, "VAULT_SECRET_ID", "secret-1");
    open_secret(&scene, "vault://secret/plumb/github#token");
    assert_ok(take(&scene, 0), scene.err);
    nanosleep(&pause, NULL); /* the fake's own clock decides */
    write_vault(fake, "'field': 'token', 'value': 'another-value'");
    assert_true(secret_refused(scene.secret, SECRET_PAUSE_MS, "one-value"));
    assert_ok(take(&scene, SECRET_PAUSE_MS), scene.err);
    assert_string_equal(scene.value, "another-value");
}

struct asker {
    struct scene *scene;
    pthread_t thread;
    bool renewed;
};

static void *hear_refusal(void *context)
{
    struct asker *asker = context;

    asker->renewed = secret_refused(asker->scene->secret, 20000, "one-value");
    return NULL;
}

static void a_storm_of_refusals_is_one_question(void **state)
{
    CLEANUP(fake_stopp) struct fake *fake = fake_start("fake_vault", NULL);
    CLEANUP(done) struct scene scene = {.n = 0};
    struct asker askers[THREADS];

    (void)state;
    write_vault(fake, "'field': 'token', 'value': 'one-value'");
    set(&scene, "VAULT_ADDR", fake_url(fake));
    set(&scene, "VAULT_TOKEN", "root-token");
    open_secret(&scene, "vault://secret/plumb/github#token");
    assert_ok(take(&scene, 10000), scene.err);
    write_vault(fake, "'field': 'token', 'value': 'two-value'");
    for (size_t i = 0; i < THREADS; i++) {
        askers[i].scene = &scene;
        assert_int_equal(pthread_create(&askers[i].thread, NULL, hear_refusal, &askers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(askers[i].thread, NULL);
        assert_true(askers[i].renewed);
    }
    assert_int_equal(fake_requests(fake, "GET /v1/secret/data/plumb/github"), 2);
}

/* --- Secrets Manager --- */

static void create_secret(struct moto_server *moto)
{
    char command[700];

    snprintf(command, sizeof command,
             "AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b python3 -c \"import boto3; "
             "boto3.client('secretsmanager', region_name='us-east-1', endpoint_url='%s')"
             ".create_secret(Name='plumb/github', SecretString='{\\\"token\\\": "
             "\\\"canary-of-aws\\\"}')\"",
             moto_server_url(moto));
    assert_int_equal(system(command), 0);
}

/* A signed call of STS: the status. */
static int who_am_i(struct scene *scene, struct moto_server *moto)
{
    static const char body[] = "Action=GetCallerIdentity&Version=2011-06-15";
    static const struct http_header type = {"Content-Type", "application/x-www-form-urlencoded"};
    CLEANUP(http_freep) struct http *http = NULL;
    const struct http_options options = {.user_agent = "test/1", .allow_private = true};
    struct http_response response = {0};

    assert_ok(http_new(&http, &options, &scene->err), scene->err);
    const struct aws_call call = {.chain = scene->chain,
                                  .http = http,
                                  .endpoint = moto_server_url(moto),
                                  .scope = {.region = "us-east-1", .service = "sts"},
                                  .method = "POST",
                                  .path = "/",
                                  .headers = &type,
                                  .n_headers = 1,
                                  .body = body,
                                  .body_len = strlen(body)};
    assert_ok(aws_call(&call, &response, &scene->err), scene->err);
    int status = response.status;
    http_response_done(&response);
    return status;
}

static void secrets_manager_is_read_with_signatures_that_moto_takes(void **state)
{
    static const char policy[] =
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
        "\"Action\":[\"secretsmanager:*\",\"sts:*\"],\"Resource\":\"*\"}]}";
    CLEANUP(done) struct scene scene = {.n = 0};
    const struct aws_chain_options options = {
        .user_agent = "test/1", .lookup = look_up, .lookup_context = &scene};
    struct aws_keys keys;

    (void)state;
    if (system("command -v moto_server >/dev/null 2>&1") != 0) {
        print_message("SKIPPED: moto_server is not installed\n");
        skip();
    }
    struct moto_server *moto = moto_server_start();
    create_secret(moto);
    moto_server_add_user(moto, "reader", policy, &keys);
    moto_server_demand_keys(moto);
    set(&scene, "AWS_ACCESS_KEY_ID", keys.key_id);
    set(&scene, "AWS_SECRET_ACCESS_KEY", keys.secret);
    set(&scene, "AWS_ENDPOINT_URL_SECRETS_MANAGER", moto_server_url(moto));
    assert_ok(aws_chain_new(&scene.chain, &options, &scene.err), scene.err);
    open_secret(&scene, "aws-secretsmanager://plumb/github#token");
    assert_ok(take(&scene, 10000), scene.err);
    assert_string_equal(scene.value, "canary-of-aws");
    assert_int_equal(who_am_i(&scene, moto), 200);
    open_secret(&scene, "aws-secretsmanager://plumb/absent");
    assert_int_equal(take(&scene, 10000), ERR_REJECT);
    assert_has(scene.err.text, "ResourceNotFoundException");
    scene.variables[1][1] = "another/secret/than/the/right/one";
    aws_chain_free(scene.chain);
    scene.chain = NULL;
    assert_ok(aws_chain_new(&scene.chain, &options, &scene.err), scene.err);
    open_secret(&scene, "aws-secretsmanager://plumb/github#token");
    assert_int_equal(take(&scene, 10000), ERR_REJECT); /* moto looks at signatures */
    assert_lacks(scene.err.text, "ResourceNotFoundException");
    assert_int_equal(who_am_i(&scene, moto), 403);
    moto_server_stop(moto);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_value_is_itself_and_is_redacted),
        cmocka_unit_test(references_are_told_from_values),
        cmocka_unit_test(a_file_that_is_replaced_is_read_when_the_old_one_is_refused),
        cmocka_unit_test(a_variable_that_is_not_set_is_told),
        cmocka_unit_test(vault_is_read_by_each_way_of_logging_in),
        cmocka_unit_test(what_vault_refuses_is_told_without_the_value),
        cmocka_unit_test(a_token_of_vault_that_ran_out_is_had_anew),
        cmocka_unit_test(a_storm_of_refusals_is_one_question),
        cmocka_unit_test(secrets_manager_is_read_with_signatures_that_moto_takes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
