/* One lane and what became of its items; the story stands in row_scene.h. */
#include "tests/chaos/row_scene.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/files.h"
#include "common/json.h"
#include "common/log.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait.h"

#define LOG_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define BUCKETS       16
#define WAIT_MS       40000

static size_t patches; /* nftw has no context */

static int count_patch(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)where;
    patches += kind == FTW_F && str_ends(path, ".patch");
    return 0;
}

static size_t count_pulls(const struct row_scene *scene)
{
    char path[400];

    snprintf(path, sizeof path, "%s/data/pulls", scene->lane.dir);
    patches = 0;
    (void)nftw(path, count_patch, 16, FTW_PHYS);
    return patches;
}

void row_scene_need_kafka(void)
{
    if (!broker_wanted(BROKER_REAL))
        exit(77);
}

int row_scene_up(void **state)
{
    static struct row_scene scene;
    static int scenes;
    char plumb[600];

    scene = (struct row_scene){0};
    log_open("rows", LOG_LEVEL_ERROR);
    scene.broker = broker_start(BROKER_REAL);
    scene.redis = redis_start();
    scene.dir = temp_dir_make();
    assert_ok(lane_program(scene.dir, plumb, sizeof plumb, &scene.err), scene.err);
    const struct lane_place place = {.brokers = broker_address(scene.broker),
                                     .redis_url = redis_server_url(scene.redis),
                                     .dir = scene.dir,
                                     .plumb = plumb,
                                     .partitions = 1,
                                     .buckets = BUCKETS};
    /* The number stands in the topics' names, which nobody else may have. */
    assert_ok(lane_open(&scene.lane, &place, 8 * (int)getpid() + scenes++, 0, &scene.err),
              scene.err);
    *state = &scene;
    return 0;
}

int row_scene_down(void **state)
{
    struct row_scene *scene = *state;
    int r = scene->unjudged ? 0 : lane_judge(&scene->lane, JUDGE_ENDED, &scene->err);

    if (r < 0)
        print_message("%s\n", scene->err.text);
    if (scene->first.pid > 0)
        (void)kill(scene->first.pid, SIGKILL);
    lane_close(&scene->lane, false);
    redis_stop(scene->redis);
    broker_stop(scene->broker);
    temp_dir_remove(scene->dir);
    return r;
}

/* --- items and workers ------------------------------------------------------------ */

void row_send(struct row_scene *scene, int n, bool expect)
{
    char line[600];

    assert_ok(
        lane_finding(&scene->lane, scene->repository, n, expect, line, sizeof line, &scene->err),
        scene->err);
    assert_ok(lane_send(&scene->lane, line, &scene->err), scene->err);
}

void row_begin(struct row_scene *scene, int n)
{
    static int number;

    assert_int_equal(scene->lane.worker.pid, 0);
    scene->lane.n_expected = 0;
    scene->first = (struct lane_role){0};
    scene->pulls_before = count_pulls(scene);
    snprintf(scene->repository, sizeof scene->repository, "chaos/r%d", ++number);
    assert_ok(lane_repository(&scene->lane, scene->repository, &scene->err), scene->err);
    for (int i = 1; i <= n; i++)
        row_send(scene, i, true);
}

void row_work(struct row_scene *scene, const char *rules)
{
    struct lane_role coming = {.number = scene->lane.started, .name = "work"};

    role_arm(&scene->lane, &coming, rules); /* before it is there: it may come by at once */
    assert_ok(lane_start(&scene->lane, "work", NULL, &scene->lane.worker, &scene->err), scene->err);
}

static void show_and_fail(struct row_scene *scene)
{
    lane_show_logs(&scene->lane);
    fail_msg("%s", scene->err.text);
}

void row_death(struct row_scene *scene)
{
    struct lane_role *worker = &scene->lane.worker;

    scene->first = *worker;
    int r = role_wait_end(worker, SIGKILL, 0, &scene->err);
    scene->first.pid = 0;
    if (r == 0 && !scene->unjudged)
        r = lane_judge(&scene->lane, JUDGE_UNDERWAY, &scene->err);
    if (r == 0)
        r = group_evict(scene->lane.group, &scene->err);
    if (r < 0)
        show_and_fail(scene);
}

void row_freeze(struct row_scene *scene)
{
    scene->first = scene->lane.worker;
    int r = role_wait_stopped(&scene->first, &scene->err);
    if (r == 0)
        r = group_evict(scene->lane.group, &scene->err);
    if (r < 0)
        show_and_fail(scene);
    scene->lane.worker = (struct lane_role){0};
}

void row_thaw(struct row_scene *scene, const char *line)
{
    (void)kill(scene->first.pid, SIGCONT);
    row_wait_log(scene, &scene->first, line);
    assert_ok(role_stop(&scene->lane, &scene->first, &scene->err), scene->err);
}

void row_rest_working(struct row_scene *scene)
{
    if (lane_wait_rest(&scene->lane, &scene->err) < 0)
        show_and_fail(scene);
}

void row_rest(struct row_scene *scene)
{
    row_rest_working(scene);
    if (role_stop(&scene->lane, &scene->lane.worker, &scene->err) < 0)
        show_and_fail(scene);
}

/* --- what became of it -------------------------------------------------------------- */

char *row_field(struct row_scene *scene, size_t i, const char *field)
{
    char words[160];

    snprintf(words, sizeof words, "HGET plumb:item:%s %s", scene->lane.expected[i], field);
    return redis_ask(scene->lane.redis, words);
}

int64_t row_number(struct row_scene *scene, size_t i, const char *field)
{
    CLEANUP(mem_freep) char *text = row_field(scene, i, field);

    return strtoll(text, NULL, 10);
}

static bool is_ours(const struct row_scene *scene, const char *fp)
{
    for (size_t i = 0; i < scene->lane.n_expected; i++)
        if (str_eq(fp, scene->lane.expected[i]))
            return true;
    return false;
}

size_t row_events(struct row_scene *scene, const char *kind, const char *state)
{
    CLEANUP(buf_done) struct buf text = BUF(LOG_MAX_BYTES);
    char path[400];
    size_t n = 0;

    snprintf(path, sizeof path, "%s/data/audit/audit.jsonl", scene->lane.dir);
    if (files_read(path, &text, &scene->err) < 0)
        return 0;
    for (char *line = text.bytes, *end; line != NULL && (end = strchr(line, '\n')) != NULL;
         line = end + 1) {
        CLEANUP(json_freep) struct json *event = NULL;
        assert_ok(json_parse(&event, line, (size_t)(end - line), &scene->err), scene->err);
        n += is_ours(scene, json_get_text(event, "fingerprint", "")) &&
             str_eq(json_get_text(event, "kind", ""), kind) &&
             (state == NULL || str_eq(json_get_text(event, "state", ""), state));
    }
    return n;
}

size_t row_pulls(const struct row_scene *scene)
{
    return count_pulls(scene) - scene->pulls_before;
}

static bool stands_in(const struct row_scene *scene, const struct lane_role *role, const char *what,
                      const char *bytes)
{
    CLEANUP(buf_done) struct buf text = BUF(LOG_MAX_BYTES);
    char path[400];
    struct err err;

    snprintf(path, sizeof path, "%s/%s-%d.%s", scene->lane.dir, role->name, role->number, what);
    return files_read(path, &text, &err) == 0 && strstr(buf_str(&text), bytes) != NULL;
}

bool row_passed(const struct row_scene *scene, const struct lane_role *role, const char *point)
{
    char line[120];

    snprintf(line, sizeof line, "passed %s \n", point);
    return stands_in(scene, role, "trace", line);
}

bool row_logged(const struct row_scene *scene, const struct lane_role *role, const char *bytes)
{
    return stands_in(scene, role, "log", bytes);
}

struct look {
    const struct row_scene *scene;
    const struct lane_role *role;
    const char *bytes;
};

static bool is_logged(void *context)
{
    const struct look *look = context;

    return row_logged(look->scene, look->role, look->bytes);
}

void row_wait_log(const struct row_scene *scene, const struct lane_role *role, const char *bytes)
{
    struct look look = {scene, role, bytes};

    if (wait_until(is_logged, &look, WAIT_MS))
        return;
    lane_show_logs(&scene->lane);
    fail_msg("%s-%d never said %s", role->name, role->number, bytes);
}
