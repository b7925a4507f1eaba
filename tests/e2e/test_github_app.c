/* Tokens that change while items are under way: a GitHub App's, which end after two seconds, and a
 * person's in Vault, which is replaced. No item is lost, and none is charged an attempt. */
#include <stdio.h>
#include <unistd.h>

#include "common/json.h"
#include "common/secret/secret.h"
#include "tests/support/pipeline.h"
#include "tests/support/test.h"

#define ITEMS     5
#define OLD_TOKEN "ghp_canaryOLD0123456789abcdefABCDEF0123"
#define NEW_TOKEN "ghp_canaryNEW0123456789abcdefABCDEF0123"

static void make_repositories(struct pipeline *p)
{
    for (int i = 0; i < ITEMS; i++) {
        char name[40];

        snprintf(name, sizeof name, "acme/r%d", i);
        pipeline_repository(p, name,
                            (const char *const[]){"main.tf",
                                                  "resource \"aws_s3_bucket\" \"orders\" {\n"
                                                  "  bucket = \"orders\"\n}\n",
                                                  NULL});
    }
}

static void post(struct pipeline *p, size_t poll, int i)
{
    char text[400];

    snprintf(text, sizeof text,
             "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\",\"repository\":"
             "\"acme/r%d\",\"address\":\"aws_s3_bucket.orders\",\"file\":\"main.tf\",\"severity\":"
             "\"high\",\"detected_unix_ms\":1768480245000}\n",
             i);
    pipeline_post(p->roles[poll].port, "/v1/findings", text);
}

static void point_at(struct pipeline *p, int port)
{
    char url[64];

    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    pipeline_set(p, "GITHUB_API_URL", url);
    pipeline_set(p, "GITHUB_URL", url);
    pipeline_set(p, "ENVIRONMENT", "production");
    pipeline_set(p, "LOG_LEVEL", "DEBUG");
    pipeline_set(p, "WORKER_ATTEMPTS_MAX", "1"); /* the first attempt that is charged is the last */
}

static void assert_all_open(struct pipeline *p)
{
    CLEANUP(json_freep) struct json *events = pipeline_events(p);
    size_t open = 0;

    for (size_t i = 0; i < json_count(events); i++) {
        const struct json *event = json_at(events, i);

        if (!str_eq(json_get_text(event, "kind", ""), "item.ended"))
            continue;
        if (!str_eq(json_get_text(event, "state", ""), "PR_OPEN"))
            fail_msg("%s ended %s: %s", json_get_text(event, "node_id", ""),
                     json_get_text(event, "state", ""), json_get_text(event, "error_message", ""));
        open++;
    }
    assert_int_equal(open, ITEMS);
}

static void tokens_of_an_app_end_all_the_time_and_no_item_does(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);
    char repositories[600], command[3000], private_key[700], public_key[700];

    (void)state;
    if (p == NULL)
        skip();
    make_repositories(p);
    snprintf(repositories, sizeof repositories, "%s/repositories", p->dir);
    snprintf(private_key, sizeof private_key, "file://%s-app.pem", p->dir);
    snprintf(public_key, sizeof public_key, "%s-app.pub", p->dir);
    snprintf(command, sizeof command,
             "openssl genrsa -traditional -out %s 2048 2>/dev/null && openssl rsa -in %s -pubout "
             "-out %s 2>/dev/null",
             private_key + strlen("file://"), private_key + strlen("file://"), public_key);
    assert_int_equal(system(command), 0);
    point_at(p, pipeline_fake(p, "fake_github",
                              (const char *const[]){"--repositories", repositories, "--app-key",
                                                    public_key, "--app-id", "12345",
                                                    "--app-token-life", "2", NULL}));
    pipeline_set(p, "GITHUB_APP_ID", "12345");
    pipeline_set(p, "GITHUB_APP_PRIVATE_KEY", private_key);
    (void)pipeline_role(p, "sink");
    size_t poll = pipeline_role(p, "poll");
    (void)pipeline_role(p, "work");
    for (int i = 0; i < ITEMS; i++)
        post(p, poll, i);
    pipeline_wait_ended(p, ITEMS, 120000);
    assert_all_open(p);
    assert_false(pipeline_grep(p, "ghs_canary"));
    assert_false(pipeline_grep(p, "BEGIN RSA PRIVATE KEY"));
    (void)remove(private_key + strlen("file://"));
    (void)remove(public_key);
    pipeline_stop(p);
}

static void write_token(int vault, int github, const char *token)
{
    char body[300];

    snprintf(body, sizeof body,
             "{\"path\": \"plumb/github\", \"field\": \"token\", \"value\": \"%s\"}", token);
    assert_int_equal(pipeline_http(vault, "POST", "/_fake/secret", body, NULL), 200);
    snprintf(body, sizeof body, "{\"token\": \"%s\"}", token);
    assert_int_equal(pipeline_http(github, "POST", "/_fake/settings", body, NULL), 204);
}

static void a_token_in_vault_is_replaced_while_items_are_under_way(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);
    char repositories[600], url[64];

    (void)state;
    if (p == NULL)
        skip();
    make_repositories(p);
    snprintf(repositories, sizeof repositories, "%s/repositories", p->dir);
    int vault = pipeline_fake(p, "fake_vault", (const char *const[]){NULL});
    int github = pipeline_fake(
        p, "fake_github",
        (const char *const[]){"--repositories", repositories, "--token", OLD_TOKEN, NULL});
    write_token(vault, github, OLD_TOKEN);
    point_at(p, github);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", vault);
    pipeline_set(p, "VAULT_ADDR", url);
    pipeline_set(p, "VAULT_TOKEN", "root-token");
    pipeline_set(p, "GITHUB_TOKEN", "vault://secret/plumb/github#token");
    (void)pipeline_role(p, "sink");
    size_t poll = pipeline_role(p, "poll");
    (void)pipeline_role(p, "work");
    post(p, poll, 0);
    pipeline_wait_ended(p, 1, 60000);
    usleep(SECRET_PAUSE_MS * 1000); /* what was just fetched is not fetched again */
    write_token(vault, github, NEW_TOKEN);
    for (int i = 1; i < ITEMS; i++)
        post(p, poll, i);
    pipeline_wait_ended(p, ITEMS, 120000);
    assert_all_open(p);
    assert_false(pipeline_grep(p, OLD_TOKEN));
    assert_false(pipeline_grep(p, NEW_TOKEN));
    pipeline_stop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_of_an_app_end_all_the_time_and_no_item_does),
        cmocka_unit_test(a_token_in_vault_is_replaced_while_items_are_under_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
