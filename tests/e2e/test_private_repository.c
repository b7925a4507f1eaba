/*
 * A private repository on GitHub (the fake): cloned, pushed, a pull request opened; and the token
 * is nowhere but where it must be. /proc of the worker and of all its children is sampled through
 * the whole run.
 */
#include <ctype.h>
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "common/files.h"
#include "common/json.h"
#include "tests/support/pipeline.h"
#include "tests/support/test.h"

#define TOKEN  "ghp_canary0123456789abcdefABCDEF0123456"
#define BUCKET "resource \"aws_s3_bucket\" \"orders\" {\n  bucket = \"orders\"\n}\n"

struct sampler {
    atomic_bool stop;
    pid_t fake; /* it is given the token: not looked at */
    atomic_int samples, leaks;
};

static void look_in(struct sampler *sampler, const char *pid, const char *name)
{
    CLEANUP(buf_done) struct buf text = BUF(1024 * 1024);
    char path[300], piece[4096];
    size_t n;

    snprintf(path, sizeof path, "/proc/%s/%s", pid, name);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return; /* it ended, or it may not be read: then nobody else may either */
    while ((n = fread(piece, 1, sizeof piece, file)) > 0)
        buf_bytes(&text, piece, n);
    fclose(file);
    atomic_fetch_add(&sampler->samples, 1);
    if (text.len > 0 && memmem(text.bytes, text.len, TOKEN, strlen(TOKEN)) != NULL) {
        atomic_fetch_add(&sampler->leaks, 1);
        printf("the token stands in %s\n", path);
    }
}

static void *sample(void *context)
{
    struct sampler *sampler = context;

    while (!atomic_load(&sampler->stop)) {
        DIR *dir = opendir("/proc");
        for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
            pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
            if (!isdigit((unsigned char)entry->d_name[0]) || pid == sampler->fake ||
                pid == getpid())
                continue;
            look_in(sampler, entry->d_name, "cmdline");
            look_in(sampler, entry->d_name, "environ");
        }
        closedir(dir);
        usleep(1000);
    }
    return NULL;
}

static void write_token(struct pipeline *p, char path[600])
{
    struct err err;

    snprintf(path, 600, "%s-token", p->dir); /* beside the directory that is searched at the end */
    assert_ok(files_write(path, TOKEN "\n", strlen(TOKEN) + 1, &err), err);
}

static void point_at_the_fake(struct pipeline *p, struct sampler *sampler, const char *token_file)
{
    char repositories[600], url[64];

    snprintf(repositories, sizeof repositories, "%s/repositories", p->dir);
    int port = pipeline_fake(
        p, "fake_github",
        (const char *const[]){"--repositories", repositories, "--token", TOKEN, NULL});
    sampler->fake = p->roles[p->n_roles - 1].pid;
    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    pipeline_set(p, "GITHUB_API_URL", url);
    pipeline_set(p, "GITHUB_URL", url);
    pipeline_set(p, "GITHUB_TOKEN_FILE", token_file);
    pipeline_set(p, "ENVIRONMENT", "production");
    pipeline_set(p, "LOG_LEVEL", "DEBUG");
    if (access("/usr/local/bin/terraform", X_OK) == 0 || access("/usr/bin/terraform", X_OK) == 0)
        pipeline_set(p, "TERRAFORM_BINARY", "terraform"); /* a child of the worker to look at */
}

static void a_private_repository_is_fixed_and_the_token_is_seen_nowhere(void **state)
{
    static const char finding[] =
        "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\",\"repository\":\"acme/"
        "private\","
        "\"address\":\"aws_s3_bucket.orders\",\"file\":\"main.tf\",\"severity\":\"high\","
        "\"title\":\"leak " TOKEN " please\",\"detected_unix_ms\":1768480245000}\n";
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);
    struct sampler sampler = {0};
    char token_file[600];
    pthread_t thread;

    (void)state;
    if (p == NULL)
        skip();
    write_token(p, token_file);
    pipeline_repository(p, "acme/private", (const char *const[]){"main.tf", BUCKET, NULL});
    point_at_the_fake(p, &sampler, token_file);
    (void)pipeline_role(p, "sink");
    size_t poll = pipeline_role(p, "poll");
    assert_int_equal(pthread_create(&thread, NULL, sample, &sampler), 0);
    (void)pipeline_role(p, "work");
    pipeline_post(p->roles[poll].port, "/v1/findings", finding);
    pipeline_wait_ended(p, 1, 60000);
    atomic_store(&sampler.stop, true);
    pthread_join(thread, NULL);

    CLEANUP(json_freep) struct json *events = pipeline_events(p);
    const struct json *last = json_at(events, json_count(events) - 1);
    if (!str_eq(json_get_text(last, "state", ""), "PR_OPEN"))
        fail_msg("it ended %s: %s", json_get_text(last, "state", ""),
                 json_get_text(last, "error_message", ""));
    assert_has(json_get_text(last, "pr_url", ""), "/pull");
    print_message("%d looks into /proc, %d leaks\n", atomic_load(&sampler.samples),
                  atomic_load(&sampler.leaks));
    assert_true(atomic_load(&sampler.samples) > 100);
    assert_int_equal(atomic_load(&sampler.leaks), 0);
    assert_false(
        pipeline_grep(p, TOKEN)); /* logs, audit, mirrors, redis' files, what the fake keeps */
    CLEANUP(buf_done) struct buf fake = BUF(8 * 1024 * 1024);
    int port = (int)strtol(strrchr(json_get_text(last, "pr_url", ":0"), ':') + 1, NULL, 10);
    if (pipeline_http(port, "GET", "/_fake/state", NULL, &fake) == 200)
        assert_lacks(buf_str(&fake), TOKEN);
    unlink(token_file);
    pipeline_stop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_private_repository_is_fixed_and_the_token_is_seen_nowhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
