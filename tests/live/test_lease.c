/* The lease keeper against a real redis-server: what it renews, and how its owner learns of a loss.
 */
#include <stdio.h>

#include "common/clock.h"
#include "common/http/http.h"
#include "common/metrics.h"
#include "tests/support/claim_scene.h"
#include "tests/support/raw_server.h"
#include "tests/support/wait.h"
#include "worker/lease.h"
#include "worker/services.h"
#include "worker/worker.h"

#define LEASE_MS    1800
#define DEADLINE_MS 60000

struct watched {
    struct claim_scene *scene;
    struct lease_keeper *keeper;
    struct lease *lease;
    struct claim claim;
    int64_t value; /* of lease_until, at first */
};

static void watch(struct watched *w, struct claim_scene *scene)
{
    struct claim_record record;

    *w = (struct watched){.scene = scene};
    metrics_reset();
    worker_declare_metrics();
    assert_ok(lease_keeper_start(&w->keeper, redis_server_url(scene->server), NULL, LEASE_MS,
                                 &scene->err),
              scene->err);
    assert_int_equal(scene_take(scene, 0, LEASE_MS, &w->claim, &record), 0);
    assert_ok(lease_watch(w->keeper, &w->claim, &w->lease, &scene->err), scene->err);
    assert_true(lease_holds(w->lease));
}

static void unwatch(struct watched *w)
{
    lease_unwatch(w->lease);
    lease_keeper_stop(w->keeper);
}

static bool is_lost(void *context)
{
    return !lease_holds(((struct watched *)context)->lease);
}

static bool is_renewed(void *context)
{
    struct watched *w = context;

    return redis_do(w->scene->redis[1], "HGET " SCENE_ITEM " lease_until") > w->value;
}

static bool another_has_it(void *context)
{
    struct watched *w = context;
    struct claim_record record;
    struct claim other;

    return scene_take(w->scene, 1, SCENE_LONG_MS, &other, &record) == 0;
}

static void a_watched_claim_is_renewed(void **state)
{
    struct watched w;

    watch(&w, *state);
    w.value = redis_do(w.scene->redis[1], "HGET " SCENE_ITEM " lease_until");
    assert_true(wait_until(is_renewed, &w, DEADLINE_MS));
    unwatch(&w);
}

static void a_claim_taken_by_another_is_lost(void **state)
{
    struct watched w;

    watch(&w, *state);
    (void)redis_do(w.scene->redis[1], "HSET " SCENE_ITEM " fence 99999999999999999");
    assert_true(wait_until(is_lost, &w, DEADLINE_MS));
    assert_int_equal(metric_value("plumb_leases_lost_total", NULL), 1);
    unwatch(&w);
}

/* Redis is back before its own count of the lease is over: it would still let the owner go on. */
static void lost_by_our_own_clock_is_lost_for_good(void **state)
{
    struct watched w;

    watch(&w, *state);
    redis_freeze(w.scene->server);
    assert_true(wait_until(is_lost, &w, DEADLINE_MS));
    redis_thaw(w.scene->server);
    assert_true(wait_until(another_has_it, &w, DEADLINE_MS));
    assert_true(is_lost(&w));
    assert_true(metric_value("plumb_lease_renew_failures_total", NULL) >= 1);
    assert_int_equal(metric_value("plumb_leases_lost_total", NULL), 1);
    unwatch(&w);
}

static void an_exchange_under_way_ends_with_the_lease(void **state)
{
    static const struct raw_answer silence = {.silent = true};
    CLEANUP(raw_server_stopp) struct raw_server *server = raw_server_start(&silence, 1);
    CLEANUP(http_freep) struct http *http = NULL;
    struct watched w;

    watch(&w, *state);
    struct services services = {.lease = w.lease};
    struct http_options options = {.user_agent = "plumbline-test/1",
                                   .allow_private = true,
                                   .timeout_ms = 10 * DEADLINE_MS,
                                   .silence_timeout_ms = 10 * DEADLINE_MS,
                                   .should_stop = services_should_stop,
                                   .stop_context = &services};
    struct http_request request = {.method = "GET", .url = raw_server_url(server, "/x")};
    struct http_response response;
    struct err err = {0};

    assert_int_equal(http_new(&http, &options, &err), 0);
    redis_freeze(w.scene->server);
    assert_int_equal(http_send(http, &request, &response, &err), ERR_RETRY);
    http_response_done(&response);
    assert_has(err.text, "stopped");
    assert_true(is_lost(&w));
    assert_int_equal(raw_server_count(server), 1);

    assert_int_equal(http_send(http, &request, &response, &err), ERR_RETRY);
    http_response_done(&response);
    assert_has(err.text, "stopped");
    assert_int_equal(raw_server_count(server), 1); /* it was not even begun */
    redis_thaw(w.scene->server);
    unwatch(&w);
}

/* --- the lock on the resource ------------------------------------------------- */

static struct resource_lock guard(struct watched *w)
{
    struct resource_lock lock = resource_lock_name("acme/r", "arn:1", w->claim.owner);
    int64_t asked_ms = clock_mono_ms();

    assert_ok(resource_lock_hold(w->scene->redis[0], &lock, LEASE_MS, &w->scene->err),
              w->scene->err);
    lease_guard(w->lease, &lock, asked_ms + LEASE_MS);
    return lock;
}

struct forgotten {
    struct watched *w;
    char words[160];
};

static bool is_there(void *context)
{
    struct forgotten *forgotten = context;

    return redis_do(forgotten->w->scene->redis[1], forgotten->words) == 1;
}

static void a_lock_that_redis_forgot_is_taken_again(void **state)
{
    struct watched w;
    struct forgotten forgotten = {.w = &w};
    char words[160];

    watch(&w, *state);
    struct resource_lock lock = guard(&w);
    snprintf(words, sizeof words, "DEL %s", lock.key);
    snprintf(forgotten.words, sizeof forgotten.words, "EXISTS %s", lock.key);
    assert_int_equal(redis_do(w.scene->redis[1], words), 1);
    assert_true(wait_until(is_there, &forgotten, DEADLINE_MS));
    assert_true(lease_holds(w.lease));
    unwatch(&w);
}

static void a_lock_that_another_took_takes_the_lease_along(void **state)
{
    struct watched w;
    char words[160];

    watch(&w, *state);
    struct resource_lock lock = guard(&w);
    snprintf(words, sizeof words, "SET %s another", lock.key);
    (void)redis_do(w.scene->redis[1], words);
    assert_true(wait_until(is_lost, &w, DEADLINE_MS));
    unwatch(&w);
}

/* The claim is renewed while the answer is on its way, the lock is not. */
static void a_lock_whose_answer_came_too_late_takes_the_lease_along(void **state)
{
    struct watched w;

    watch(&w, *state);
    struct resource_lock lock = resource_lock_name("acme/r", "arn:1", w.claim.owner);
    int64_t asked_ms = clock_mono_ms() - LEASE_MS;
    lease_guard(w.lease, &lock, asked_ms + LEASE_MS);
    assert_false(lease_holds(w.lease));
    unwatch(&w);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, claim_scene_up, claim_scene_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(a_watched_claim_is_renewed),
        LIVE(a_claim_taken_by_another_is_lost),
        LIVE(lost_by_our_own_clock_is_lost_for_good),
        LIVE(an_exchange_under_way_ends_with_the_lease),
        LIVE(a_lock_that_redis_forgot_is_taken_again),
        LIVE(a_lock_that_another_took_takes_the_lease_along),
        LIVE(a_lock_whose_answer_came_too_late_takes_the_lease_along),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
