/*
 * Rows of the fault table (docs/faults.md) about Redis: slow, full, read-only, emptied, and
 * replaced by a replica that never heard of the last writes. It is asked first and trusted never.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/chaos/proxy.h"
#include "tests/chaos/row_scene.h"
#include "tests/support/wait.h"

#define WAIT_MS 30000

static const struct proxy_faults clear_sky, held = {.hold = true};

/* The workers of this test reach Redis through the proxy. */
static struct proxy *put_proxy(struct row_scene *scene, const struct redis_server *server)
{
    const char *upstream = redis_server_url(server);
    struct proxy *proxy = NULL;
    char url[64];

    if (str_starts(upstream, "redis://"))
        upstream += strlen("redis://");
    assert_ok(proxy_start(&proxy, upstream, 0, &scene->err), scene->err);
    snprintf(url, sizeof url, "redis://127.0.0.1:%d", proxy_port(proxy));
    lane_set(&scene->lane, "REDIS_URL", url);
    return proxy;
}

static void wait_fault(struct row_scene *scene, const char *point, const char *action)
{
    if (role_wait_fault(&scene->lane, &scene->lane.worker, point, action, &scene->err) == 0)
        return;
    lane_show_logs(&scene->lane);
    fail_msg("%s", scene->err.text);
}

/* --- slow ------------------------------------------------------------------------- */

static void row_13_when_renewals_stay_unanswered_it_gives_up_before_its_lease_ends(void **state)
{
    struct row_scene *scene = *state;
    struct proxy *proxy = put_proxy(scene, scene->redis);

    row_begin(scene, 1);
    row_work(scene, "plan.saved:pause,plan.told:pause,commit.made:pause");
    wait_fault(scene, "plan.saved", "pause");
    proxy_set(proxy, TO_CLIENT, &held);
    row_wait_log(scene, &scene->lane.worker, "the lease ran out");
    assert_true(row_passed(scene, &scene->lane.worker, "commit.made"));
    assert_false(row_passed(scene, &scene->lane.worker, "push.ok"));
    assert_int_equal(row_pulls(scene), 0);

    proxy_set(proxy, TO_CLIENT, &clear_sky);
    row_rest(scene);
    assert_int_equal(row_pulls(scene), 1);
    assert_int_equal(row_events(scene, "item.ended", NULL), 1);
    assert_int_equal(row_number(scene, 0, "attempts"), 0);
    lane_set(&scene->lane, "REDIS_URL", scene->lane.redis_url);
    proxy_stop(proxy);
}

/* --- emptied ------------------------------------------------------------------------ */

static void flush(struct row_scene *scene)
{
    (void)redis_do(scene->lane.redis, "FLUSHALL");
    scene->lane.redis_losses++;
}

static void row_15_emptied_in_the_middle_of_work_there_is_still_one_pull_request(void **state)
{
    static const char *const points[] = {"claim.taken", "plan.saved", "push.ok", "pr.ok"};
    struct row_scene *scene = *state;
    char rules[64];

    row_begin(scene, 0);
    row_work(scene, "");
    for (int i = 0; i < (int)COUNT(points); i++) {
        snprintf(rules, sizeof rules, "%s:pause", points[i]);
        role_arm(&scene->lane, &scene->lane.worker, rules);
        row_send(scene, i + 1, true);
        wait_fault(scene, points[i], "pause");
        flush(scene);
    }
    row_send(scene, 1, false); /* what had ended and was forgotten is asked of the forge */
    row_send(scene, 2, false);
    row_send(scene, 3, false);
    row_rest_working(scene);
    flush(scene);
    for (int i = 0; i < (int)COUNT(points); i++)
        row_send(scene, i + 1, false);
    row_rest(scene);
    assert_int_equal(row_pulls(scene), COUNT(points));
    assert_int_equal(row_events(scene, "item.ended", NULL), COUNT(points));
}

/* --- answers ------------------------------------------------------------------------ */

/* A worker waits, for as long as Redis answers so, and charges nothing for it. */
static void waits_while(struct row_scene *scene, const char *begin, const char *word,
                        const char *end)
{
    row_begin(scene, 0);
    row_work(scene, "");
    row_wait_log(scene, &scene->lane.worker, "worker.started");
    (void)redis_do(scene->lane.redis, begin);
    row_send(scene, 1, true);
    row_wait_log(scene, &scene->lane.worker, word);
    row_wait_log(scene, &scene->lane.worker, "worker.waits");
    assert_int_equal(row_pulls(scene), 0);

    (void)redis_do(scene->lane.redis, end);
    row_rest(scene);
    assert_int_equal(row_pulls(scene), 1);
    assert_int_equal(row_number(scene, 0, "attempts"), 0);
    assert_int_equal(row_number(scene, 0, "crashes"), 0);
}

static void row_17_out_of_memory_it_waits(void **state)
{
    waits_while(*state, "CONFIG SET maxmemory 1", "OOM", "CONFIG SET maxmemory 0");
}

static void row_17_read_only_it_waits(void **state)
{
    waits_while(*state, "REPLICAOF 127.0.0.1 1", "READONLY", "REPLICAOF NO ONE");
}

static void row_17_without_its_master_it_waits(void **state)
{
    struct row_scene *scene = *state;

    (void)redis_do(scene->lane.redis, "CONFIG SET replica-serve-stale-data no");
    waits_while(scene, "REPLICAOF 127.0.0.1 1", "MASTERDOWN", "REPLICAOF NO ONE");
    (void)redis_do(scene->lane.redis, "CONFIG SET replica-serve-stale-data yes");
}

/* Somebody else's script that does not end. */
static pid_t keep_busy(struct row_scene *scene)
{
    (void)redis_do(scene->lane.redis, "CONFIG SET busy-reply-threshold 1");
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct redis *redis = redis_server_open(scene->redis, 10 * WAIT_MS);
        (void)redis_do(redis, "EVAL while(true)do\tend 0");
        _exit(0);
    }
    return pid;
}

static void row_17_busy_it_waits(void **state)
{
    struct row_scene *scene = *state;

    pid_t script = keep_busy(scene);
    row_begin(scene, 0);
    row_work(scene, "");
    row_wait_log(scene, &scene->lane.worker, "BUSY");
    (void)redis_do(scene->lane.redis, "SCRIPT KILL");
    assert_int_equal(waitpid(script, NULL, 0), script);
    row_send(scene, 1, true);
    row_rest(scene);
    assert_int_equal(row_pulls(scene), 1);
}

static void row_17_having_forgotten_the_scripts_it_is_taught_them_again(void **state)
{
    struct row_scene *scene = *state;

    row_begin(scene, 1);
    row_work(scene, "plan.saved:pause");
    wait_fault(scene, "plan.saved", "pause");
    (void)redis_do(scene->lane.redis, "SCRIPT FLUSH");
    row_rest(scene);
    assert_int_equal(row_pulls(scene), 1);
    assert_int_equal(row_number(scene, 0, "attempts"), 0);
}

/* --- replaced ------------------------------------------------------------------------- */

struct replica {
    struct redis_server *server;
    struct redis *redis;
    const char *fp;
};

static bool is_linked(void *context)
{
    const struct replica *replica = context;
    CLEANUP(mem_freep) char *info = redis_ask(replica->redis, "INFO replication");

    return strstr(info, "master_link_status:up") != NULL;
}

static bool has_heard(void *context)
{
    const struct replica *replica = context;
    char words[160];

    snprintf(words, sizeof words, "HGET plumb:item:%s state", replica->fp);
    CLEANUP(mem_freep) char *state = redis_ask(replica->redis, words);
    return str_eq(state, "PR_OPEN");
}

static void follow(struct replica *replica, int port)
{
    char words[64];

    snprintf(words, sizeof words, "REPLICAOF 127.0.0.1 %d", port);
    (void)redis_do(replica->redis, words);
    assert_true(wait_until(is_linked, replica, WAIT_MS));
}

/* The primary dies, and the one that was cut off from it takes its place. */
static void fail_over(struct row_scene *scene, struct redis_server *primary,
                      const struct replica *replica, struct proxy *door)
{
    redis_kill(primary);
    (void)redis_do(replica->redis, "REPLICAOF NO ONE");
    assert_ok(
        proxy_lead_to(door, redis_server_url(replica->server) + strlen("redis://"), &scene->err),
        scene->err);
    redis_free(scene->lane.redis); /* from now on the checker asks the new one, too */
    scene->lane.redis = redis_server_open(replica->server, WAIT_MS);
    (void)str_copy(scene->lane.redis_url, sizeof scene->lane.redis_url,
                   redis_server_url(replica->server));
    scene->lane.redis_losses++;
}

/* One item ends before the replica is cut off, one after that, and one is under way at the end. */
static void row_14_a_replica_that_missed_writes_takes_over_and_nothing_is_opened_twice(void **state)
{
    const struct redis_server_options tcp = {.tcp = true};
    struct row_scene *scene = *state;
    struct redis_server *primary = redis_start_with(&tcp);
    struct replica replica = {.server = redis_start_with(&tcp)};
    struct proxy *door = put_proxy(scene, primary), *link = NULL;

    replica.redis = redis_server_open(replica.server, WAIT_MS);
    assert_ok(proxy_start(&link, redis_server_url(primary) + strlen("redis://"), 0, &scene->err),
              scene->err);
    follow(&replica, proxy_port(link));
    redis_free(scene->lane.redis);
    scene->lane.redis = redis_server_open(primary, WAIT_MS);

    row_begin(scene, 1);
    row_work(scene, "");
    row_rest_working(scene);
    replica.fp = scene->lane.expected[0];
    assert_true(wait_until(has_heard, &replica, WAIT_MS));
    proxy_refuse(link, true);
    proxy_reset(link);
    row_send(scene, 2, true);
    row_rest_working(scene);
    role_arm(&scene->lane, &scene->lane.worker, "pr.ok:stop");
    row_send(scene, 3, true);
    row_freeze(scene);
    fail_over(scene, primary, &replica, door);

    row_work(scene, "");
    row_send(scene, 1, false);
    row_send(scene, 2, false);
    row_rest_working(scene);
    row_thaw(scene, "ran out before the end was recorded");
    row_rest(scene);
    assert_int_equal(row_pulls(scene), 3);
    assert_int_equal(row_events(scene, "item.ended", NULL), 3);
    assert_int_equal(lane_judge(&scene->lane, JUDGE_ENDED, &scene->err), 0);

    proxy_stop(link);
    proxy_stop(door);
    redis_free(replica.redis);
    redis_stop(primary);
    redis_free(STEAL(scene->lane.redis));
    redis_stop(replica.server);
}

/* It has asked the checker already, while its own Redis was there. */
static int down_without_redis(void **state)
{
    struct row_scene *scene = *state;

    scene->lane.redis = redis_server_open(scene->redis, WAIT_MS);
    (void)str_copy(scene->lane.redis_url, sizeof scene->lane.redis_url,
                   redis_server_url(scene->redis));
    return row_scene_down(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_13_when_renewals_stay_unanswered_it_gives_up_before_its_lease_ends),
        cmocka_unit_test(row_15_emptied_in_the_middle_of_work_there_is_still_one_pull_request),
        cmocka_unit_test(row_17_out_of_memory_it_waits),
        cmocka_unit_test(row_17_read_only_it_waits),
        cmocka_unit_test(row_17_without_its_master_it_waits),
        cmocka_unit_test(row_17_busy_it_waits),
        cmocka_unit_test(row_17_having_forgotten_the_scripts_it_is_taught_them_again),
    };
    const struct CMUnitTest replaced[] = {
        cmocka_unit_test(
            row_14_a_replica_that_missed_writes_takes_over_and_nothing_is_opened_twice),
    };

    row_scene_need_kafka();
    int failed = cmocka_run_group_tests(tests, row_scene_up, row_scene_down);
    return failed + cmocka_run_group_tests(replaced, row_scene_up, down_without_redis);
}
