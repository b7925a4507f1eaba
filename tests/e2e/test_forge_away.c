/* A GitHub that does not answer: items wait for it at no charge, but each that asks it itself and
 * fails is a failed attempt. */
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/json.h"
#include "tests/support/pipeline.h"
#include "tests/support/redis_server.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

#define ITEMS   8
#define RETRIES (3 * ITEMS)

/* A port of loopback that is bound, so nobody else gets it, and refuses, since nobody listens. */
static int refusing_port(int *out_fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;

    *out_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(*out_fd >= 0);
    assert_int_equal(bind(*out_fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(*out_fd, (struct sockaddr *)&address, &len), 0);
    return ntohs(address.sin_port);
}

struct look {
    struct pipeline *p;
    size_t work;
};

static bool all_came_back_often(void *context)
{
    struct look *look = context;

    return pipeline_metric(look->p, look->work, "plumb_items_retried_total") >= RETRIES;
}

/* Poll, sink and a worker whose GitHub is this port, and n findings. */
static struct look scene(struct pipeline *p, int port, int n, const char *tiers,
                         const char *attempts)
{
    CLEANUP(buf_done) struct buf body = BUF(100000);
    struct look look = {.p = p};
    char url[64];

    snprintf(url, sizeof url, "http://127.0.0.1:%d", port);
    pipeline_set(p, "GITHUB_API_URL", url);
    pipeline_set(p, "GITHUB_URL", url);
    pipeline_set(p, "GITHUB_TOKEN", "ghs_a-token-of-the-tests");
    pipeline_set(p, "ENVIRONMENT", "production");
    pipeline_set(p, "RETRY_TIERS_SECONDS", tiers); /* so long the breaker is open, too */
    pipeline_set(p, "WORKER_ATTEMPTS_MAX", attempts);
    for (int i = 0; i < n; i++)
        buf_print(&body,
                  "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\","
                  "\"repository\":\"acme/r\",\"address\":\"aws_s3_bucket.b%d\","
                  "\"file\":\"main.tf\",\"detected_unix_ms\":1768480245000}\n",
                  i);
    (void)pipeline_role(p, "sink");
    size_t poll = pipeline_role(p, "poll");
    pipeline_post(p->roles[poll].port, "/v1/findings", buf_str(&body));
    look.work = pipeline_role(p, "work");
    return look;
}

/* Attempts that items were charged with so far. */
static int64_t charged(struct pipeline *p)
{
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(p->redis, 0);

    return redis_do(redis,
                    "EVAL local\nn=0\nfor\n_,k\nin\nipairs(redis.call('KEYS','plumb:item:*'))do\n"
                    "n=n+(redis.call('HGET',k,'attempts')or\n0)end\nreturn\nn 0");
}

/* One of them at a time finds out whether it is back; the others have sent nothing. */
static void who_only_waits_for_it_is_charged_nothing(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);
    int fd;

    (void)state;
    if (p == NULL)
        skip();
    struct look look = scene(p, refusing_port(&fd), ITEMS, "2,3,4,5", "100");
    assert_true(wait_until(all_came_back_often, &look, 120000));

    assert_true(pipeline_metric(p, look.work, "plumb_breaker_opened_total") >= 1);
    assert_true(pipeline_metric(p, look.work, "plumb_retry_due_age_seconds_count") >= ITEMS);
    assert_int_equal(pipeline_metric(p, look.work, "plumb_dead_letters_total"), 0);
    int64_t retried = pipeline_metric(p, look.work, "plumb_items_retried_total");
    assert_in_range(charged(p), 1, retried - ITEMS / 2);
    close(fd);
    pipeline_stop(p);
}

/* Each is the probe now and then, and fails: that is an attempt of its own. */
static void for_ever_it_is_waited_for_by_nobody(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);
    int fd;

    (void)state;
    if (p == NULL)
        skip();
    (void)scene(p, refusing_port(&fd), 4, "1,2,3,4", "3");
    pipeline_wait_ended(p, 4, 180000);

    CLEANUP(json_freep) struct json *events = pipeline_events(p);
    for (size_t i = 0; i < json_count(events); i++) {
        const struct json *event = json_at(events, i);

        if (!str_eq(json_get_text(event, "kind", ""), "item.ended"))
            continue;
        assert_string_equal(json_get_text(event, "state", ""), "DLQ");
        assert_has(json_get_text(event, "error_message", ""), "gave up after 3 attempts");
        assert_null(strstr(json_get_text(event, "error_message", ""), "left alone"));
    }
    close(fd);
    pipeline_stop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_only_waits_for_it_is_charged_nothing),
        cmocka_unit_test(for_ever_it_is_waited_for_by_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
