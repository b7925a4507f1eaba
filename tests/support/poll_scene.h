/*
 * A scene for the poll role: a broker and a Redis of one's own, a configuration, and a reader of
 * what was published.
 *
 *     poll_scene_start(&scene, settings) -> poll_once(&scene.config, …) -> poll_scene_read() ->
 * poll_scene_stop()
 *
 * settings are "NAME", "value" pairs, NULL-ended; they must outlive the scene's start.
 */
#ifndef TESTS_SUPPORT_POLL_SCENE_H
#define TESTS_SUPPORT_POLL_SCENE_H

#include "common/config.h"
#include "tests/support/kafka.h"
#include "tests/support/redis_server.h"

#define POLL_SCENE_RECORDS 256

struct poll_scene {
    struct broker *broker;
    struct redis_server *server;
    struct redis *redis;
    char *dir;
    struct config config;
    const char *const *settings;
    struct queue_consumer *consumer;
    struct queue_record *records[POLL_SCENE_RECORDS]; /* read so far, in order of arrival */
    size_t n;
    struct err err;
};

void poll_scene_start(struct poll_scene *scene, enum broker_kind kind, const char *const *settings);
void poll_scene_stop(struct poll_scene *scene);
/* Reads until n records of findings, drift and dead letters are there, or fails. */
void poll_scene_read(struct poll_scene *scene, size_t n);
/* The i-th record of that topic; NULL when there is none. */
const struct queue_record *poll_scene_record(const struct poll_scene *scene, const char *topic,
                                             size_t i);
size_t poll_scene_count(const struct poll_scene *scene, const char *topic);
/* A header as text; "" when absent. */
const char *record_header(const struct queue_record *record, const char *key, char *out,
                          size_t size);

#endif
