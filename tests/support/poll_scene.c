/* The poll role's surroundings; the story stands in poll_scene.h. */
#include "tests/support/poll_scene.h"

#include <stdio.h>

#include "proto/topics.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

#define READ_MS 20000

static const char *look_up(void *context, const char *name)
{
    const struct poll_scene *scene = context;

    for (size_t i = 0; scene->settings[i] != NULL; i += 2) {
        if (str_eq(scene->settings[i], name))
            return scene->settings[i + 1];
    }
    if (str_eq(name, "KAFKA_BOOTSTRAP_SERVERS"))
        return broker_address(scene->broker);
    if (str_eq(name, "KAFKA_REPLICATION"))
        return "1";
    if (str_eq(name, "REDIS_URL"))
        return redis_server_url(scene->server);
    if (str_eq(name, "DATA_DIR") || str_eq(name, "FINDINGS_PATH"))
        return scene->dir;
    return str_eq(name, "ALLOW_PRIVATE_HOSTS") ? "true" : NULL;
}

void poll_scene_start(struct poll_scene *scene, enum broker_kind kind, const char *const *settings)
{
    static const char *const topics[] = {TOPIC_FINDINGS, TOPIC_DRIFT, TOPIC_DLQ};
    char group[FRESH_NAME_BYTES];

    *scene = (struct poll_scene){.settings = settings};
    scene->dir = temp_dir_make();
    scene->server = redis_start();
    scene->redis = redis_server_open(scene->server, 0);
    scene->broker = broker_start_own(kind);
    broker_make_topics(scene->broker, topics_all, TOPIC_COUNT, 4);
    assert_ok(config_load(&scene->config, look_up, scene, &scene->err), scene->err);
    fresh_name(group, "poll-scene");
    struct queue_options options = broker_options(scene->broker);
    assert_ok(
        queue_consumer_new(&scene->consumer, &options, group, topics, COUNT(topics), &scene->err),
        scene->err);
}

void poll_scene_stop(struct poll_scene *scene)
{
    for (size_t i = 0; i < scene->n; i++)
        queue_record_free(scene->records[i]);
    queue_consumer_free(scene->consumer);
    config_done(&scene->config);
    broker_stop(scene->broker);
    redis_free(scene->redis);
    redis_stop(scene->server);
    temp_dir_remove(scene->dir);
}

void poll_scene_read(struct poll_scene *scene, size_t n)
{
    assert_true(n <= POLL_SCENE_RECORDS);
    while (scene->n < n) {
        struct queue_record *record = next_record(scene->consumer, READ_MS);
        if (record == NULL)
            fail_msg("%zu of %zu records came", scene->n, n);
        scene->records[scene->n++] = record;
    }
}

const struct queue_record *poll_scene_record(const struct poll_scene *scene, const char *topic,
                                             size_t i)
{
    for (size_t k = 0; k < scene->n; k++) {
        if (str_eq(scene->records[k]->topic, topic) && i-- == 0)
            return scene->records[k];
    }
    return NULL;
}

size_t poll_scene_count(const struct poll_scene *scene, const char *topic)
{
    size_t n = 0;

    while (poll_scene_record(scene, topic, n) != NULL)
        n++;
    return n;
}

const char *record_header(const struct queue_record *record, const char *key, char *out,
                          size_t size)
{
    (void)queue_record_text(record, key, out, size);
    return out;
}
