/* Replays beside roles under way: bounded, twice no more than once, and never a second pull
 * request.
 */
#include <signal.h>
#include <stdio.h>

#include "proto/topics.h"
#include "tests/support/replay_scene.h"
#include "tests/support/test.h"

#define DEAD  "acme/later::aws_s3_bucket.b0"
#define ITEMS (SCENE_BUCKETS + 1) /* one of them dead */

static size_t patches(struct replay_scene *scene)
{
    return pipeline_count_files(scene->p, "data/pulls", ".patch");
}

/* Eight pull requests and a dead item; two findings come twice. */
static void make_items(struct replay_scene *scene)
{
    for (int i = 0; i < SCENE_BUCKETS; i++)
        replay_scene_post(scene, "acme/r", i);
    replay_scene_post(scene, "acme/r", 0);
    replay_scene_post(scene, "acme/r", 1);
    replay_scene_post(scene, "acme/later", 0);
    replay_scene_wait(scene, SCENE_BUCKETS, "item.ended", "PR_OPEN", NULL);
    replay_scene_wait(scene, 1, "item.ended", "DLQ", DEAD);
    assert_int_equal(patches(scene), SCENE_BUCKETS);
    assert_int_equal(replay_scene_records(scene, TOPIC_FINDINGS), ITEMS + 2);
}

static void a_dry_run_shows_each_item_once_and_sends_nothing(struct replay_scene *scene)
{
    CLEANUP(json_freep)
    struct json *all = SCENE_JSON(scene, "replay", "--topic", TOPIC_FINDINGS, "--dry-run");
    CLEANUP(json_freep)
    struct json *some = SCENE_JSON(scene, "replay", "--topic", TOPIC_FINDINGS, "--dry-run",
                                   "--where", "repository=acme/r", "--from", "1h", "--max", "3");
    CLEANUP(json_freep)
    struct json *none =
        SCENE_JSON(scene, "replay", "--topic", TOPIC_FINDINGS, "--dry-run", "--to", "1h ago");

    assert_int_equal(json_count(json_get(all, "records")), ITEMS);
    assert_int_equal(json_get_int(all, "repeats", -1), 2);
    assert_int_equal(json_count(json_get(some, "records")), 3);
    assert_int_equal(json_get_int(some, "left_out_by_max", -1), SCENE_BUCKETS - 3);
    assert_int_equal(json_count(json_get(none, "records")), 0);
    assert_int_equal(replay_scene_records(scene, TOPIC_FINDINGS), ITEMS + 2);
    assert_int_equal(replay_scene_count(scene, "replay.started", NULL, NULL), 0);
}

static void a_replay_of_everything_opens_nothing_new(struct replay_scene *scene)
{
    CLEANUP(buf_done) struct buf out = BUF(1000000);
    int64_t known = pipeline_metric(scene->p, scene->work, "plumb_items_duplicate_total");

    SCENE_RUN(scene, &out, 0, "replay", "--topic", TOPIC_FINDINGS, "--reason", "try-it");
    assert_has(buf_str(&out), "9 of 9 records sent");
    assert_int_equal(replay_scene_records(scene, TOPIC_FINDINGS), ITEMS + 2 + ITEMS);
    /* The dead one ran again, and died again: a second end, and a second letter. */
    replay_scene_wait(scene, 2, "item.ended", "DLQ", DEAD);
    replay_scene_wait_metric(scene, scene->work, "plumb_items_duplicate_total",
                             known + SCENE_BUCKETS);

    SCENE_RUN(scene, &out, 0, "replay", "--topic", TOPIC_FINDINGS, "--reason", "try-it");
    assert_has(buf_str(&out), "9 of 9 records sent");
    assert_has(buf_str(&out), "ran before");
    replay_scene_wait_metric(scene, scene->work, "plumb_items_duplicate_total",
                             known + SCENE_BUCKETS + ITEMS);
    assert_int_equal(replay_scene_count(scene, "item.ended", "DLQ", DEAD), 2);
    assert_int_equal(pipeline_metric(scene->p, scene->work, "plumb_items_reopened_total"), 1);
    assert_int_equal(pipeline_metric(scene->p, scene->work, "plumb_prs_created_total"),
                     SCENE_BUCKETS);
    assert_int_equal(patches(scene), SCENE_BUCKETS);

    /* Another id is another wish. */
    SCENE_RUN(scene, &out, 0, "replay", "--topic", TOPIC_FINDINGS, "--where",
              "repository=acme/later", "--id", "INC-1", "--reason", "try-it");
    assert_has(buf_str(&out), "replay INC-1: 1 of 1 record sent");
    replay_scene_wait(scene, 3, "item.ended", "DLQ", DEAD);
    replay_scene_wait(scene, 3, "replay.started", NULL, NULL);
    replay_scene_wait(scene, 3, "replay.finished", NULL, NULL);

    /* Three letters of one item are one thing to do. */
    CLEANUP(json_freep) struct json *list = SCENE_JSON(scene, "dlq", "list");
    assert_int_equal(json_count(json_get(list, "letters")), 1);
    assert_int_equal(json_get_int(json_get(list, "hidden"), "superseded", 0), 2);
}

static void the_whole_topic_through_a_new_group_opens_nothing_new(struct replay_scene *scene)
{
    int64_t records = replay_scene_records(scene, TOPIC_FINDINGS);

    (void)pipeline_end_role(scene->p, scene->work, SIGTERM);
    pipeline_set(scene->p, "KAFKA_CONSUMER_GROUP", "somebody-else");
    size_t work = pipeline_role(scene->p, "work");
    replay_scene_wait_metric(scene, work, "plumb_items_duplicate_total", records);
    assert_int_equal(pipeline_metric(scene->p, work, "plumb_prs_created_total"), 0);
    assert_int_equal(patches(scene), SCENE_BUCKETS);
    assert_int_equal(replay_scene_count(scene, "item.ended", "PR_OPEN", NULL), SCENE_BUCKETS);
    assert_int_equal(replay_scene_count(scene, "item.ended", "DLQ", DEAD), 3);
}

static void everything_twice(enum broker_kind kind)
{
    struct replay_scene scene;

    if (!replay_scene_up(&scene, kind))
        skip();
    make_items(&scene);
    a_dry_run_shows_each_item_once_and_sends_nothing(&scene);
    a_replay_of_everything_opens_nothing_new(&scene);
    the_whole_topic_through_a_new_group_opens_nothing_new(&scene);
    pipeline_stop(scene.p);
}

static void on_the_embedded_broker_twice_is_once(void **state)
{
    (void)state;
    everything_twice(BROKER_EMBEDDED);
}

static void on_a_real_kafka_twice_is_once(void **state)
{
    (void)state;
    everything_twice(BROKER_REAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_the_embedded_broker_twice_is_once),
        cmocka_unit_test(on_a_real_kafka_twice_is_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
