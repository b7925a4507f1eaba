/* A claim scene; the story stands in claim_scene.h. */
#include "tests/support/claim_scene.h"

#include "common/clock.h"

int claim_scene_up(void **state)
{
    struct claim_scene *scene = calloc(1, sizeof *scene);

    scene->server = redis_start();
    for (int i = 0; i < 2; i++) {
        scene->redis[i] = redis_server_open(scene->server, 0);
        assert_int_equal(claim_store_new(&scene->store[i], scene->redis[i], &scene->err), 0);
    }
    *state = scene;
    return 0;
}

int claim_scene_down(void **state)
{
    struct claim_scene *scene = *state;

    for (int i = 0; i < 2; i++) {
        claim_store_free(scene->store[i]);
        redis_free(scene->redis[i]);
    }
    redis_stop(scene->server);
    free(scene);
    return 0;
}

int scene_take(struct claim_scene *scene, int who, int64_t lease_ms, struct claim *claim,
               struct claim_record *record)
{
    return claim_store_take(scene->store[who], SCENE_FP, lease_ms, clock_mono_ms(), claim, record,
                            &scene->err);
}

int scene_take_when_free(struct claim_scene *scene, int who, int64_t lease_ms, struct claim *claim)
{
    int64_t deadline_at_ms = clock_mono_ms() + 5000;
    struct claim_record record;
    int r;

    do
        r = scene_take(scene, who, lease_ms, claim, &record);
    while (r == CLAIM_HELD && clock_mono_ms() < deadline_at_ms);
    return r;
}

int scene_end(struct claim_scene *scene, int who, const struct claim *claim, const char *state)
{
    struct claim_record record = {.attempts = 0};

    (void)str_copy(record.state, sizeof record.state, state);
    strcpy(record.pr_url, "https://example.com/o/r/pull/1");
    strcpy(record.branch, "compliance-remediation/production-abcdefgh");
    strcpy(record.reason, "because");
    return claim_store_finish(scene->store[who], claim, &record, 86400000, &scene->err);
}
