/*
 * Row scene: one lane for the tests of the fault table's rows (docs/faults.md), on the shared
 * Kafka and a Redis of its own. Each test sends items about a repository of its own.
 *
 *     int main: row_scene_need_kafka(); cmocka_run_group_tests(tests, row_scene_up, row_scene_down)
 *     row_begin(scene, 1) -> row_work(scene, "push.ok:kill"), row_death(scene) … row_rest(scene)
 *
 * The group's end asks the invariant checker about all of it. What goes wrong fails the test.
 */
#ifndef TESTS_CHAOS_ROW_SCENE_H
#define TESTS_CHAOS_ROW_SCENE_H

#include "tests/chaos/lane.h"
#include "tests/support/kafka.h"
#include "tests/support/redis_server.h"
#include "tests/support/test.h"

struct row_scene {
    struct lane lane;
    struct broker *broker;
    struct redis_server *redis;
    char *dir;
    char repository[64];    /* of this test */
    struct lane_role first; /* the first worker of this test: it dies, freezes or is told to stop */
    size_t pulls_before;
    bool unjudged; /* the group's end asks nobody */
    struct err err;
};

/* Ends the program with 77 where there is no real Kafka. */
void row_scene_need_kafka(void);
int row_scene_up(void **state);
int row_scene_down(void **state);

/* A new repository, and findings 1 to n about it on their topic; 0: none yet. */
void row_begin(struct row_scene *scene, int n);
/* One more finding, the n-th of the repository, or the same again. */
void row_send(struct row_scene *scene, int n, bool expect);
/* Starts a worker whose faults are these ("" for none): lane.worker from now on. */
void row_work(struct row_scene *scene, const char *rules);
/* The worker dies of its fault, and its broker is told. */
void row_death(struct row_scene *scene);
/* The worker is frozen by its fault, and its broker misses it: it is scene->first from now on. */
void row_freeze(struct row_scene *scene);
/* Wakes the frozen one, waits until it has written that line, and stops it. */
void row_thaw(struct row_scene *scene, const char *line);
/* Waits until all has ended and is committed; the worker stops. */
void row_rest(struct row_scene *scene);
/* It was not stopped by row_rest: for tests whose worker goes on. */
void row_rest_working(struct row_scene *scene);

/* --- what became of it --- */

/* A field of the i-th expected item in Redis, as text that the caller frees. */
char *row_field(struct row_scene *scene, size_t i, const char *field);
int64_t row_number(struct row_scene *scene, size_t i, const char *field);
/* Events in the audit log about this test's items, of this kind, in this state (NULL: any). */
size_t row_events(struct row_scene *scene, const char *kind, const char *state);
/* Pull requests opened since row_begin. */
size_t row_pulls(const struct row_scene *scene);
/* The worker that runs, or ran last, has passed this fault point since it was armed. */
bool row_passed(const struct row_scene *scene, const struct lane_role *role, const char *point);
/* Waits until the bytes stand in the role's log. */
void row_wait_log(const struct row_scene *scene, const struct lane_role *role, const char *bytes);
bool row_logged(const struct row_scene *scene, const struct lane_role *role, const char *bytes);

#endif
