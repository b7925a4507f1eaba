/*
 * A scene for the Vanta source: a private Redis, the fake Vanta, and a replica of the source whose
 * items are kept.
 *
 *     scene = vanta_scene_start(scenario) -> vanta_poll() -> scene->items, scene->cursor ->
 * vanta_scene_stop()
 */
#ifndef TESTS_SUPPORT_VANTA_SCENE_H
#define TESTS_SUPPORT_VANTA_SCENE_H

#include "common/buf.h"
#include "common/config.h"
#include "common/json.h"
#include "producer/source.h"
#include "tests/support/fake.h"
#include "tests/support/redis_server.h"

struct vanta_scene {
    struct redis_server *server;
    struct fake *fake;
    struct redis *redis;
    struct http *http;
    struct config config;
    char *dir;
    struct json *items;   /* as JSON, of the last poll */
    struct json *refused; /* reasons, of the last poll */
    struct buf cursor;    /* what the next poll starts from */
    struct err err;
    int64_t stop_after_items; /* should_stop says yes once so many came; below 0: never */
    int64_t stop_at_ms;       /* or from this moment on; 0: never */
    char secret[32];
};

/* Client vci_test with that secret; in the scenario ' stands for ". */

struct vanta_scene *vanta_scene_start(const char *scenario, const char *secret);
void vanta_scene_stop(struct vanta_scene *scene);
DEFINE_CLEANUP(struct vanta_scene *, vanta_scene_stop)

/* What the source's poll answers; the cursor moves on as the poll loop moves it. */
int vanta_poll(struct vanta_scene *scene);
/* "key" of the i-th item; NULL when absent. Fails when there is no such item. */
const char *vanta_item(const struct vanta_scene *scene, size_t i, const char *key);

#endif
