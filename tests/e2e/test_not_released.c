/* Redis goes away while an item is put off: it is not sent on with its claim still held, for
 * whoever met it next would count a crash that never was. */
#include <signal.h>
#include <stdio.h>

#include "common/kafka/embedded_broker.h"
#include "proto/topics.h"
#include "tests/support/pipeline.h"
#include "tests/support/redis_server.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

#define BUCKET "resource \"aws_s3_bucket\" \"orders\" {\n  bucket = \"orders\"\n}\n"

static const char finding[] =
    "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\",\"repository\":\"acme/r\","
    "\"address\":\"aws_s3_bucket.orders\",\"file\":\"main.tf\"}\n";

struct look {
    struct pipeline *p;
    size_t role;
};

static bool goes_on(void *context)
{
    struct look *look = context;

    return pipeline_metric(look->p, look->role, "plumb_items_retried_total") +
               pipeline_metric(look->p, look->role, "plumb_own_door_waits_total") >=
           1;
}

static void it_waits_for_redis_with_its_claim(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);
    struct look look = {.p = p};

    (void)state;
    if (p == NULL)
        skip();
    pipeline_repository(p, "acme/r", (const char *const[]){"main.tf", BUCKET, NULL});
    (void)pipeline_role(p, "sink");
    size_t poll = pipeline_role(p, "poll");
    pipeline_set(p, "PLUMB_FAULT", "fetch:reply@1,defer.told:stop@1");
    look.role = pipeline_role(p, "work");
    pipeline_post(p->roles[poll].port, "/v1/findings", finding);
    pipeline_wait_stopped(p, look.role, 60000);
    redis_freeze(p->redis);
    assert_int_equal(kill(p->roles[look.role].pid, SIGCONT), 0);
    assert_true(wait_until(goes_on, &look, 120000));
    assert_int_equal(pipeline_metric(p, look.role, "plumb_items_retried_total"), 0);

    redis_thaw(p->redis);
    pipeline_wait_ended(p, 1, 60000);
    assert_int_equal(pipeline_metric(p, look.role, "plumb_dead_letters_total"), 0);
    assert_int_equal(pipeline_count_files(p, "data/pulls", ".patch"), 1);
    pipeline_stop(p);
}

/* Kafka takes nothing for a moment, after the attempt was charged: it costs no second one. */
static void an_item_that_cannot_be_sent_on_is_not_walked_again(void **state)
{
    struct pipeline *p = pipeline_start(BROKER_EMBEDDED);
    struct look look = {.p = p};

    (void)state;
    if (p == NULL)
        skip();
    pipeline_repository(p, "acme/r", (const char *const[]){"main.tf", BUCKET, NULL});
    size_t poll = pipeline_role(p, "poll");
    pipeline_set(p, "RETRY_TIERS_SECONDS", "600,700,800,900"); /* it does not come again here */
    pipeline_set(p, "PLUMB_FAULT", "fetch:reply@1,fetch:reply@2,fetch:reply@3,defer.told:stop@1");
    look.role = pipeline_role(p, "work");
    pipeline_post(p->roles[poll].port, "/v1/findings", finding);
    pipeline_wait_stopped(p, look.role, 60000);
    embedded_broker_refuse_writes(broker_embedded(p->broker), 2);
    assert_int_equal(kill(p->roles[look.role].pid, SIGCONT), 0);
    CLEANUP(queue_consumer_freep)
    struct queue_consumer *consumer = consumer_for(p->broker, "looks", topics_retry[0]);
    CLEANUP(queue_record_freep) struct queue_record *record = next_record(consumer, 120000);
    assert_non_null(record);

    assert_true(pipeline_metric(p, look.role, "plumb_own_door_waits_total") >= 1);
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(p->redis, 0);
    assert_int_equal(
        redis_do(redis,
                 "EVAL local\nn=0\nfor\n_,k\nin\nipairs(redis.call('KEYS','plumb:item:*'))do\n"
                 "n=n+(redis.call('HGET',k,'attempts')or\n0)end\nreturn\nn 0"),
        1);
    pipeline_stop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_waits_for_redis_with_its_claim),
        cmocka_unit_test(an_item_that_cannot_be_sent_on_is_not_walked_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
