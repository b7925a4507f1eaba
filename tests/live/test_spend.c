/* What the fleet may spend, against a real redis-server. */
#include "common/redis/spend.h"

#include <pthread.h>
#include <stdio.h>

#include "common/redis/redis.h"
#include "tests/support/redis_server.h"
#include "tests/support/test.h"

#define THREADS     8
#define OF_EACH     25
#define THREADS_MAX 100 /* the limit that they share, in single units */

struct scene {
    struct redis_server *server;
    struct redis *redis;
    struct err err;
};

static int up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);

    scene->server = redis_start();
    scene->redis = redis_server_open(scene->server, 0);
    *state = scene;
    return 0;
}

static int down(void **state)
{
    struct scene *scene = *state;

    redis_free(scene->redis);
    redis_stop(scene->server);
    free(scene);
    return 0;
}

static struct spend_entry entry(const char *account, int64_t amount, int64_t limit)
{
    struct spend_entry entry = {.amount = amount, .limit = limit, .keep_ms = 60000};

    (void)str_copy(entry.account, sizeof entry.account, account);
    return entry;
}

static int64_t total(struct scene *scene, const char *account)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    char key[400];

    (void)snprintf(key, sizeof key, "plumb:spend:{spend}:%s", account);
    int r = redis_command(scene->redis, &reply, &scene->err, 3,
                          (const char *const[]){"HGET", key, "total"}, NULL);
    assert_int_equal(r, 0);
    return redis_reply_int(reply);
}

static int reserve(struct scene *scene, const char *id, int64_t own, int64_t fleet, size_t *blame)
{
    const struct spend_entry entries[] = {entry("own", own, 100), entry("fleet", fleet, 150)};
    int r = spend_reserve(scene->redis, entries, COUNT(entries), id, blame, &scene->err);

    if (r < 0)
        fail_msg("%s", scene->err.text);
    return r;
}

static void all_accounts_are_charged_or_none_is(void **state)
{
    struct scene *scene = *state;
    size_t blame = 9;

    assert_int_equal(reserve(scene, "a", 60, 60, &blame), 0);
    assert_int_equal(reserve(scene, "b", 60, 60, &blame), SPEND_OVER);
    assert_int_equal(blame, 0);
    assert_int_equal(reserve(scene, "c", 10, 100, &blame), SPEND_OVER);
    assert_int_equal(blame, 1);
    assert_int_equal(total(scene, "own"), 60);
    assert_int_equal(total(scene, "fleet"), 60);
    assert_int_equal(reserve(scene, "d", 40, 90, &blame), 0); /* to the very limit */
    assert_int_equal(total(scene, "own"), 100);
}

static void the_same_request_is_charged_once(void **state)
{
    struct scene *scene = *state;
    size_t blame;

    for (int i = 0; i < 3; i++)
        assert_int_equal(reserve(scene, "same", 70, 70, &blame), 0);
    assert_int_equal(total(scene, "own"), 70);
}

static void what_it_cost_takes_the_place_of_what_was_reserved(void **state)
{
    struct scene *scene = *state;
    const struct spend_entry less[] = {entry("own", 20, 100), entry("fleet", 30, 150)};
    const struct spend_entry more[] = {entry("own", 500, 100), entry("fleet", 500, 150)};
    size_t blame;

    assert_int_equal(reserve(scene, "a", 70, 70, &blame), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(spend_settle(scene->redis, less, 2, "a", &scene->err), 0);
    assert_int_equal(total(scene, "own"), 20);
    assert_int_equal(total(scene, "fleet"), 30);
    /* what was spent is spent, whatever the limit: but nobody else gets any more */
    assert_int_equal(spend_settle(scene->redis, more, 2, "a", &scene->err), 0);
    assert_int_equal(total(scene, "own"), 500);
    assert_int_equal(reserve(scene, "b", 1, 1, &blame), SPEND_OVER);
}

static void an_account_without_a_limit_only_counts(void **state)
{
    struct scene *scene = *state;
    const struct spend_entry entries[] = {entry("free", INT64_C(4000000000000), 0)};
    size_t blame;

    for (int i = 0; i < 3; i++) {
        char id[16];

        (void)snprintf(id, sizeof id, "%d", i);
        assert_int_equal(spend_reserve(scene->redis, entries, 1, id, &blame, &scene->err), 0);
    }
    assert_int_equal(total(scene, "free"), INT64_C(12000000000000));
}

struct spender {
    struct redis_server *server;
    int number;
    int granted;
};

static void *spend_ones(void *argument)
{
    struct spender *spender = argument;
    struct redis *redis = redis_server_open(spender->server, 0);
    const struct spend_entry one[] = {entry("shared", 1, THREADS_MAX)};

    for (int i = 0; i < OF_EACH; i++) {
        char id[24];
        size_t blame;
        struct err err;

        (void)snprintf(id, sizeof id, "%d-%d", spender->number, i);
        spender->granted += spend_reserve(redis, one, 1, id, &blame, &err) == 0;
    }
    redis_free(redis);
    return NULL;
}

static void many_at_once_never_overdraw(void **state)
{
    struct scene *scene = *state;
    struct spender spenders[THREADS];
    pthread_t threads[THREADS];
    int granted = 0;

    for (int i = 0; i < THREADS; i++) {
        spenders[i] = (struct spender){scene->server, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, spend_ones, &spenders[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        granted += spenders[i].granted;
    }
    assert_int_equal(granted, THREADS_MAX);
    assert_int_equal(total(scene, "shared"), THREADS_MAX);
}

static void a_redis_that_is_away_is_not_a_refusal(void **state)
{
    struct scene *scene = *state;
    const struct spend_entry entries[] = {entry("own", 1, 1)};
    size_t blame;

    redis_stop(scene->server);
    scene->server = NULL;
    assert_int_equal(spend_reserve(scene->redis, entries, 1, "a", &blame, &scene->err), ERR_RETRY);
    assert_int_equal(spend_settle(scene->redis, entries, 1, "a", &scene->err), ERR_RETRY);
    scene->server = redis_start();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_accounts_are_charged_or_none_is, up, down),
        cmocka_unit_test_setup_teardown(the_same_request_is_charged_once, up, down),
        cmocka_unit_test_setup_teardown(what_it_cost_takes_the_place_of_what_was_reserved, up,
                                        down),
        cmocka_unit_test_setup_teardown(an_account_without_a_limit_only_counts, up, down),
        cmocka_unit_test_setup_teardown(many_at_once_never_overdraw, up, down),
        cmocka_unit_test_setup_teardown(a_redis_that_is_away_is_not_a_refusal, up, down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
