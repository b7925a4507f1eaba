/* A GitHub that does not answer: items wait for it, and none is given up for it. */
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/pipeline.h"
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

static void items_wait_without_an_attempt(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);
    CLEANUP(buf_done) struct buf body = BUF(100000);
    struct look look = {.p = p};
    char url[64];
    int fd;

    (void)state;
    if (p == NULL)
        skip();
    snprintf(url, sizeof url, "http://127.0.0.1:%d", refusing_port(&fd));
    pipeline_set(p, "GITHUB_API_URL", url);
    pipeline_set(p, "GITHUB_URL", url);
    pipeline_set(p, "GITHUB_TOKEN", "ghs_a-token-of-the-tests");
    pipeline_set(p, "ENVIRONMENT", "production");
    pipeline_set(p, "RETRY_TIERS_SECONDS", "2,3,4,5"); /* and so long the breaker is open */
    pipeline_set(p, "WORKER_ATTEMPTS_MAX", "2");
    for (int i = 0; i < ITEMS; i++)
        buf_print(&body,
                  "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\","
                  "\"repository\":\"acme/r\",\"address\":\"aws_s3_bucket.b%d\","
                  "\"file\":\"main.tf\",\"detected_unix_ms\":1768480245000}\n",
                  i);
    size_t poll = pipeline_role(p, "poll");
    pipeline_post(p->roles[poll].port, "/v1/findings", buf_str(&body));
    look.work = pipeline_role(p, "work");
    assert_true(wait_until(all_came_back_often, &look, 120000));

    assert_true(pipeline_metric(p, look.work, "plumb_breaker_opened_total") >= 1);
    assert_true(pipeline_metric(p, look.work, "plumb_retry_due_age_seconds_count") >= ITEMS);
    assert_int_equal(pipeline_metric(p, look.work, "plumb_dead_letters_total"), 0);
    close(fd);
    pipeline_stop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_wait_without_an_attempt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
