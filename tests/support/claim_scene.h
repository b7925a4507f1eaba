/*
 * A claim scene: a redis-server and two workers with a connection and a store each, as in
 * production.
 *
 *     cmocka_unit_test_setup_teardown(test, claim_scene_up, claim_scene_down)
 */
#ifndef TESTS_SUPPORT_CLAIM_SCENE_H
#define TESTS_SUPPORT_CLAIM_SCENE_H

#include "common/redis/claim_store.h"
#include "tests/support/redis_server.h"
#include "tests/support/test.h"

#define SCENE_LONG_MS 60000
#define SCENE_FP      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SCENE_ITEM    "plumb:item:" SCENE_FP

struct claim_scene {
    struct redis_server *server;
    struct redis *redis[2];
    struct claim_store *store[2];
    struct err err;
};

int claim_scene_up(void **state);
int claim_scene_down(void **state);

int scene_take(struct claim_scene *scene, int who, int64_t lease_ms, struct claim *claim,
               struct claim_record *record);
/* Takes as soon as the holder's lease has run out. */
int scene_take_when_free(struct claim_scene *scene, int who, int64_t lease_ms, struct claim *claim);
/* Finishes in this state, with an URL, a branch and a reason. */
int scene_end(struct claim_scene *scene, int who, const struct claim *claim, const char *state);

#endif
