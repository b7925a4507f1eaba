/* Roles and an operator beside them; the story stands in replay_scene.h. */
#include "tests/support/replay_scene.h"

#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/kafka/queue_scan.h"
#include "tests/support/test.h"

#define PATIENCE_MS 120000
#define OUT_MAX     ((size_t)1024 * 1024)

static void make_repository(struct replay_scene *scene, const char *name)
{
    CLEANUP(buf_done) struct buf text = BUF(10000);

    for (int i = 0; i < SCENE_BUCKETS; i++)
        buf_print(&text, "resource \"aws_s3_bucket\" \"b%d\" {\n  bucket = \"b%d\"\n}\n\n", i, i);
    pipeline_repository(scene->p, name, (const char *const[]){"main.tf", buf_str(&text), NULL});
}

bool replay_scene_up(struct replay_scene *scene, enum broker_kind kind)
{
    scene->p = pipeline_start(kind);
    if (scene->p == NULL)
        return false;
    make_repository(scene, "acme/r");
    (void)pipeline_role(scene->p, "sink");
    scene->poll = pipeline_role(scene->p, "poll");
    scene->work = pipeline_role(scene->p, "work");
    return true;
}

void replay_scene_make_later(struct replay_scene *scene)
{
    make_repository(scene, "acme/later");
}

void replay_scene_lose_later(struct replay_scene *scene)
{
    char from[600], to[600];

    snprintf(from, sizeof from, "%s/repositories/acme/later.git", scene->p->dir);
    snprintf(to, sizeof to, "%s/repositories/acme/lost.git", scene->p->dir);
    assert_int_equal(rename(from, to), 0);
}

void replay_scene_post(struct replay_scene *scene, const char *repository, int number)
{
    char body[400];

    snprintf(body, sizeof body,
             "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\","
             "\"repository\":\"%s\",\"address\":\"aws_s3_bucket.b%d\",\"file\":\"main.tf\"}\n",
             repository, number);
    pipeline_post(scene->p->roles[scene->poll].port, "/v1/findings", body);
}

void replay_scene_run(struct replay_scene *scene, struct buf *out, int code,
                      const char *const *arguments)
{
    int got = pipeline_command(scene->p, out, arguments);

    if (got != code) {
        pipeline_show_logs(scene->p);
        fail_msg("plumb %s %s ended with %d: %s", arguments[0], arguments[1], got, buf_str(out));
    }
}

struct json *replay_scene_json(struct replay_scene *scene, const char *const *arguments)
{
    CLEANUP(buf_done) struct buf out = BUF(OUT_MAX);
    struct json *json = NULL;
    struct err err;

    replay_scene_run(scene, &out, 0, arguments);
    if (json_parse(&json, buf_str(&out), out.len, &err) != 0)
        fail_msg("%s: %s", err.text, buf_str(&out));
    return json;
}

static bool says(const struct json *event, const char *field, const char *word)
{
    return word == NULL || str_eq(json_get_text(event, field, ""), word);
}

size_t replay_scene_count(struct replay_scene *scene, const char *kind, const char *state,
                          const char *node)
{
    CLEANUP(json_freep) struct json *events = pipeline_events(scene->p);
    size_t n = 0;

    for (size_t i = 0; i < json_count(events); i++) {
        const struct json *event = json_at(events, i);
        n += says(event, "kind", kind) && says(event, "state", state) &&
             says(event, "node_id", node);
    }
    return n;
}

void replay_scene_wait(struct replay_scene *scene, size_t n, const char *kind, const char *state,
                       const char *node)
{
    int64_t until_ms = clock_mono_ms() + PATIENCE_MS;
    size_t seen;

    while ((seen = replay_scene_count(scene, kind, state, node)) < n) {
        if (clock_mono_ms() > until_ms) {
            pipeline_show_logs(scene->p);
            fail_msg("%zu of %zu events %s %s came", seen, n, kind, state != NULL ? state : "");
        }
        usleep(50000);
    }
}

void replay_scene_wait_metric(struct replay_scene *scene, size_t role, const char *name, int64_t n)
{
    int64_t until_ms = clock_mono_ms() + PATIENCE_MS;
    int64_t seen;

    while ((seen = pipeline_metric(scene->p, role, name)) < n) {
        if (clock_mono_ms() > until_ms) {
            pipeline_show_logs(scene->p);
            fail_msg("%s is %lld, not %lld", name, (long long)seen, (long long)n);
        }
        usleep(50000);
    }
}

int64_t replay_scene_records(struct replay_scene *scene, const char *topic)
{
    struct queue_options options = broker_options(scene->p->broker);
    CLEANUP(queue_scan_freep) struct queue_scan *scan = NULL;
    struct err err;
    int64_t n = 0;
    size_t count;

    assert_ok(queue_scan_new(&scan, &options, topic, &err), err);
    const struct queue_extent *extents = queue_scan_extents(scan, &count);
    for (size_t i = 0; i < count; i++)
        n += extents[i].end - extents[i].low;
    return n;
}
