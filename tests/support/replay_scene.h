/*
 * Replay scene: roles under way and operators' commands beside them, for the tests of plumb replay
 * and plumb dlq. Repository acme/r has buckets b0 … b7; acme/later is not there until it is made.
 */
#ifndef TESTS_SUPPORT_REPLAY_SCENE_H
#define TESTS_SUPPORT_REPLAY_SCENE_H

#include "common/json.h"
#include "tests/support/pipeline.h"

#define SCENE_BUCKETS 8

struct replay_scene {
    struct pipeline *p;
    size_t poll, work;
};

/* Sink, poll and one worker. False: this kind of broker is not to be had. */
bool replay_scene_up(struct replay_scene *scene, enum broker_kind kind);
/* A finding on bucket b<number>. */
void replay_scene_post(struct replay_scene *scene, const char *repository, int number);
void replay_scene_make_later(struct replay_scene *scene);
void replay_scene_lose_later(struct replay_scene *scene); /* it is not there any more */

/* Runs the command, which must end with this code; what it wrote. */
#define SCENE_RUN(scene, out, code, ...)                                                           \
    replay_scene_run(scene, out, code, (const char *const[]){__VA_ARGS__, NULL})
void replay_scene_run(struct replay_scene *scene, struct buf *out, int code,
                      const char *const *arguments);
/* The same with --format json. */
struct json *replay_scene_json(struct replay_scene *scene, const char *const *arguments);
#define SCENE_JSON(scene, ...)                                                                     \
    replay_scene_json(scene, (const char *const[]){__VA_ARGS__, "--format", "json", NULL})

/* Events of the trail with these words in these fields; a NULL word is any. */
size_t replay_scene_count(struct replay_scene *scene, const char *kind, const char *state,
                          const char *node);
void replay_scene_wait(struct replay_scene *scene, size_t n, const char *kind, const char *state,
                       const char *node);
void replay_scene_wait_metric(struct replay_scene *scene, size_t role, const char *name, int64_t n);
/* Records on a topic now. */
int64_t replay_scene_records(struct replay_scene *scene, const char *topic);

#endif
