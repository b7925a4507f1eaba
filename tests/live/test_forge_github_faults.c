/* The GitHub forge on bad days: answers that are lost, limits that are met. */
#include <stdio.h>

#include "common/clock.h"
#include "common/digest.h"
#include "tests/support/github_scene.h"
#include "tests/support/redis_server.h"
#include "worker/forge/github_floor.h"

/* --- lost answers ---------------------------------------------------------------- */

static void row_22_an_answer_lost_after_the_effect_is_looked_up(void **state)
{
    static const char *const faults[] = {
        "{" SCENE_PULLS ",'fault':'effect','status':502}",
        "{" SCENE_PULLS ",'fault':'truncate'}",
        "{" SCENE_PULLS ",'fault':'effect','status':201,'body':'<html>'}",
    };
    static const char *const branches[] = {"fix/one", "fix/two", "loose"};
    struct github_scene *scene = *state;

    for (size_t i = 0; i < COUNT(faults); i++) {
        struct forge_pr pr;

        fake_fault(scene->fake, faults[i]);
        assert_ok(scene_create(scene, branches[i], &pr), scene->err);
        assert_int_equal(pr.number, i + 1);
        assert_string_equal(pr.fingerprint, SCENE_FP);
        scene_assert_opened(scene, i + 1);
        scene_assert_labels(scene, 2);
    }
}

static void a_failure_without_effect_is_a_retry(void **state)
{
    static const char *const faults[] = {
        "{" SCENE_PULLS ",'fault':'status','status':500}",
        "{" SCENE_PULLS ",'fault':'status','status':503}",
        "{" SCENE_PULLS ",'fault':'reset'}",
        "{" SCENE_PULLS ",'fault':'status','status':200,'body':'not json'}",
    };
    struct github_scene *scene = *state;
    struct forge_pr pr;

    for (size_t i = 0; i < COUNT(faults); i++) {
        fake_fault(scene->fake, faults[i]);
        assert_int_equal(scene_create(scene, "fix/one", &pr), ERR_RETRY);
        scene_assert_opened(scene, 0);
    }
    assert_ok(scene_create(scene, "fix/one", &pr), scene->err);
    assert_true(pr.created);
}

static void a_look_survives_what_the_network_does(void **state)
{
    static const char *const faults[] = {"'truncate'", "'reset'", "'slow','delay_ms':1",
                                         "'wrong_type'", "'status','status':502"};
    struct github_scene *scene = *state;
    struct forge_pr pr;
    char fault[200];

    assert_ok(scene_create(scene, "fix/one", &pr), scene->err);
    for (size_t i = 0; i < COUNT(faults); i++) {
        snprintf(fault, sizeof fault, "{'match':{'method':'GET'},'fault':%s}", faults[i]);
        fake_fault(scene->fake, fault);
        assert_ok(scene_find(scene, "fix/one", &pr), scene->err);
    }
}

static void lost_labels_are_repaired_by_whoever_adopts(void **state)
{
    struct github_scene *scene = *state;
    struct forge_pr pr;

    fake_fault(scene->fake, "{'match':{'path_prefix':'/repos/acme/infra/issues'},"
                            "'fault':'lost_label'}");
    assert_ok(scene_create(scene, "fix/one", &pr), scene->err);
    scene_assert_labels(scene, 0);
    assert_ok(scene_create(scene, "fix/one", &pr), scene->err);
    scene_assert_labels(scene, 2);
    scene_assert_opened(scene, 1);
}

static void a_pull_request_stands_even_when_labels_are_refused(void **state)
{
    struct github_scene *scene = *state;
    struct forge_pr pr;

    fake_fault(scene->fake, "{'match':{'path_prefix':'/repos/acme/infra/issues'},"
                            "'fault':'status','status':404}");
    assert_ok(scene_create(scene, "fix/one", &pr), scene->err);
    assert_true(pr.created);
}

/* --- limits ------------------------------------------------------------------------ */

static void a_limit_says_how_long_and_nothing_is_sent_before(void **state)
{
    struct github_scene *scene = *state;
    int64_t deadline_at_ms = clock_mono_ms() + 10000;
    struct forge_pr pr;
    int r;

    fake_fault(scene->fake, "{" SCENE_PULLS ",'fault':'secondary_limit_after'}");
    assert_int_equal(scene_create(scene, "fix/one", &pr), ERR_RETRY);
    assert_int_equal(scene->err.retry_after_ms, 1000);
    assert_has(scene->err.text, "secondary rate limit");
    assert_int_equal(scene_create(scene, "fix/one", &pr), ERR_RETRY);
    assert_in_range(scene->err.retry_after_ms, 1, 1000);
    assert_int_equal(scene_find(scene, "fix/one", &pr), ERR_RETRY);
    assert_int_equal(fake_requests(scene->fake, "POST /repos/acme/infra/pulls"), 1);
    assert_int_equal(fake_requests(scene->fake, "GET /repos/acme/infra/pulls"), 0);
    do
        r = scene_create(scene, "fix/one", &pr);
    while (r == ERR_RETRY && clock_mono_ms() < deadline_at_ms);
    assert_ok(r, scene->err);
    assert_int_equal(fake_requests(scene->fake, "POST /repos/acme/infra/pulls"), 2);
}

static void a_limit_that_says_nothing_asks_for_a_minute(void **state)
{
    struct github_scene *scene = *state;
    struct forge_pr pr;

    fake_fault(scene->fake, "{" SCENE_PULLS ",'fault':'secondary_limit'}");
    assert_int_equal(scene_create(scene, "fix/one", &pr), ERR_RETRY);
    assert_int_equal(scene->err.retry_after_ms, 60000);
}

static void the_primary_limit_says_when_it_ends(void **state)
{
    struct github_scene *scene = *state;
    struct forge_pr pr;

    fake_fault(scene->fake, "{'match':{'method':'GET'},'fault':'primary_limit'}");
    assert_int_equal(scene_find(scene, "fix/one", &pr), ERR_RETRY);
    assert_in_range(scene->err.retry_after_ms, 1000, 4000);
}

static void too_many_requests_are_a_limit_too(void **state)
{
    struct github_scene *scene = *state;
    struct forge_pr pr;

    fake_fault(scene->fake, "{" SCENE_PULLS ",'fault':'status','status':429,'retry_after':'40'}");
    assert_int_equal(scene_create(scene, "fix/one", &pr), ERR_RETRY);
    assert_int_equal(scene->err.retry_after_ms, 40000);
}

static void row_23_the_fleet_writes_at_most_once_a_second(void **state)
{
    struct github_scene *scene = *state;
    struct redis_server *server = redis_start();
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(server, 0);
    CLEANUP(forge_freep)
    struct forge *forge = scene_forge(fake_url(scene->fake), scene->http, redis, SCENE_TOKEN);
    CLEANUP(json_freep) struct json *root = NULL;
    struct forge_pr pr;

    assert_ok(scene_create_by(forge, "fix/one", &pr, &scene->err), scene->err);
    assert_ok(scene_create_by(forge, "fix/two", &pr, &scene->err), scene->err);
    const struct json *told_now = scene_told(scene, &root);
    assert_int_equal(json_get_int(told_now, "writes", 0), 4);
    assert_in_range(json_get_int(told_now, "least_gap_ms", 0), 900, 60000);
    redis_stop(server);
}

static void row_23_a_limit_met_by_one_worker_holds_for_all(void **state)
{
    struct github_scene *scene = *state;
    struct redis_server *server = redis_start();
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(server, 0);
    CLEANUP(forge_freep)
    struct forge *one = scene_forge(fake_url(scene->fake), scene->http, redis, SCENE_TOKEN);
    CLEANUP(forge_freep)
    struct forge *two = scene_forge(fake_url(scene->fake), scene->http, redis, SCENE_TOKEN);
    struct forge_pr pr;

    fake_fault(scene->fake, "{" SCENE_PULLS ",'fault':'secondary_limit'}");
    assert_int_equal(scene_create_by(one, "fix/one", &pr, &scene->err), ERR_RETRY);
    assert_int_equal(scene_create_by(two, "fix/two", &pr, &scene->err), ERR_RETRY);
    assert_in_range(scene->err.retry_after_ms, 50000, 60000);
    assert_int_equal(fake_requests(scene->fake, "POST /repos/acme/infra/pulls"), 1);
    redis_stop(server);
}

/* The budget's own scope: the token's name in Redis. */
static void token_scope(char out[64])
{
    char digest[SHA256_HEX_BYTES];

    sha256_hex(SCENE_TOKEN, strlen(SCENE_TOKEN), digest);
    snprintf(out, 64, "github:%.16s", digest);
}

/* Leaves so much of a bucket, as if the fleet had taken the rest just now. */
static void leave(struct redis *redis, const char *part, int tokens)
{
    char scope[64], words[256];

    token_scope(scope);
    snprintf(words, sizeof words, "HSET plumb:budget:{%s} %s.tokens %d %s.at 99999999999999999",
             scope, part, tokens, part);
    (void)redis_do(redis, words);
}

static void a_spent_hour_is_not_waited_out(void **state)
{
    struct github_scene *scene = *state;
    struct redis_server *server = redis_start();
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(server, 0);
    CLEANUP(forge_freep)
    struct forge *forge = scene_forge(fake_url(scene->fake), scene->http, redis, SCENE_TOKEN);
    struct forge_pr pr;

    leave(redis, "hour", 12); /* a fifth of it is kept for what is urgent */
    assert_int_equal(scene_create_by(forge, "fix/one", &pr, &scene->err), ERR_RETRY);
    assert_in_range(scene->err.retry_after_ms, 9001, 17000); /* for two writes, at 440 an hour */
    assert_has(scene->err.text, "hour");
    assert_int_equal(fake_requests(scene->fake, "POST /repos/acme/infra/pulls"), 0);
    assert_ok(forge->ops->find_pr(forge, "acme/infra", "fix/none", &pr, &scene->err) - FORGE_NO_PR,
              scene->err);

    forge->urgent = true;
    assert_ok(scene_create_by(forge, "fix/one", &pr, &scene->err), scene->err);
    assert_true(pr.created);
    redis_stop(server);
}

/* Its labels are a second write, for which nobody would come back. */
static void a_pull_request_is_not_opened_when_its_labels_cannot_be_paid(void **state)
{
    struct github_scene *scene = *state;
    struct redis_server *server = redis_start();
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(server, 0);
    CLEANUP(forge_freep)
    struct forge *forge = scene_forge(fake_url(scene->fake), scene->http, redis, SCENE_TOKEN);
    struct forge_pr pr;

    leave(redis, "hour", 13);
    assert_int_equal(scene_create_by(forge, "fix/one", &pr, &scene->err), ERR_RETRY);
    assert_int_equal(fake_requests(scene->fake, "POST /repos/acme/infra/pulls"), 0);
    leave(redis, "hour", 14);
    assert_ok(scene_create_by(forge, "fix/one", &pr, &scene->err), scene->err);
    assert_true(pr.created);
    scene_assert_labels(scene, 2);
    redis_stop(server);
}

static void spent_points_stop_reading_too(void **state)
{
    struct github_scene *scene = *state;
    struct redis_server *server = redis_start();
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(server, 0);
    CLEANUP(forge_freep)
    struct forge *forge = scene_forge(fake_url(scene->fake), scene->http, redis, SCENE_TOKEN);
    struct forge_pr pr;

    leave(redis, "points", 0);
    assert_int_equal(forge->ops->find_pr(forge, "acme/infra", "fix/one", &pr, &scene->err),
                     ERR_RETRY);
    assert_in_range(scene->err.retry_after_ms, 2001, 9000);
    assert_has(scene->err.text, "points");
    assert_int_equal(fake_requests(scene->fake, "GET /repos/acme/infra/pulls"), 0);
    redis_stop(server);
}

/* What was begun is ended, and no more: one write a minute and process. */
static void without_redis_there_is_a_floor(void **state)
{
    struct github_scene *scene = *state;
    struct redis_server *server = redis_start();
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(server, 0);
    CLEANUP(github_floor_freep) struct github_floor *floor = NULL;
    CLEANUP(forge_freep) struct forge *forge = NULL;
    const char *url = fake_url(scene->fake);
    struct forge_pr pr;

    assert_ok(github_floor_new(&floor, &scene->err), scene->err);
    const struct forge_github_options options = {.http = scene->http,
                                                 .redis = redis,
                                                 .floor = floor,
                                                 .api_url = url,
                                                 .git_url = url,
                                                 .token = SCENE_TOKEN};
    assert_ok(forge_github_new(&forge, &options, &scene->err), scene->err);
    redis_kill(server);
    assert_ok(scene_create_by(forge, "fix/one", &pr, &scene->err), scene->err);
    scene_assert_labels(scene, 2);
    assert_int_equal(scene_create_by(forge, "fix/two", &pr, &scene->err), ERR_RETRY);
    assert_in_range(scene->err.retry_after_ms, 1, GITHUB_FLOOR_WRITE_MS);
    assert_has(scene->err.text, "Redis is away");
    assert_int_equal(fake_requests(scene->fake, "POST /repos/acme/infra/pulls"), 1);
    redis_stop(server);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, github_scene_up, github_scene_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(row_22_an_answer_lost_after_the_effect_is_looked_up),
        LIVE(a_failure_without_effect_is_a_retry),
        LIVE(a_look_survives_what_the_network_does),
        LIVE(lost_labels_are_repaired_by_whoever_adopts),
        LIVE(a_pull_request_stands_even_when_labels_are_refused),
        LIVE(a_pull_request_is_not_opened_when_its_labels_cannot_be_paid),
        LIVE(a_limit_says_how_long_and_nothing_is_sent_before),
        LIVE(a_limit_that_says_nothing_asks_for_a_minute),
        LIVE(the_primary_limit_says_when_it_ends),
        LIVE(too_many_requests_are_a_limit_too),
        LIVE(row_23_the_fleet_writes_at_most_once_a_second),
        LIVE(row_23_a_limit_met_by_one_worker_holds_for_all),
        LIVE(a_spent_hour_is_not_waited_out),
        LIVE(spent_points_stop_reading_too),
        LIVE(without_redis_there_is_a_floor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
