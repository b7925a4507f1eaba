/* A replica of the Vanta source in a test; the story stands in vanta_scene.h. */
#include "tests/support/vanta_scene.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/http/http.h"
#include "proto/item.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

static const char *look_up(void *context, const char *name)
{
    const struct vanta_scene *scene = context;

    if (str_eq(name, "VANTA_BASE_URL"))
        return fake_url(scene->fake);
    if (str_eq(name, "VANTA_CLIENT_ID"))
        return "vci_test";
    if (str_eq(name, "VANTA_CLIENT_SECRET"))
        return scene->secret;
    if (str_eq(name, "GITHUB_REPO_MAPPING"))
        return "{\"arn:aws:s3:::\": \"acme/buckets\", \"arn:aws:rds:\": \"acme/databases\"}";
    if (str_eq(name, "AWS_ACCOUNT_ID"))
        return "123456789012";
    return str_eq(name, "ALLOW_PRIVATE_HOSTS") ? "true" : NULL;
}

struct vanta_scene *vanta_scene_start(const char *scenario, const char *secret)
{
    struct vanta_scene *scene = calloc(1, sizeof *scene);
    CLEANUP(mem_freep) char *text = strdup(scenario);
    const struct http_options http = {.user_agent = "plumb-test", .allow_private = true};

    assert_non_null(scene);
    for (char *c = text; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    scene->dir = temp_dir_make();
    CLEANUP(mem_freep) char *path = temp_file_write(scene->dir, "scenario.json", text);
    scene->fake = fake_start("fake_vanta", "--scenario", path, NULL);
    scene->server = redis_start();
    scene->redis = redis_server_open(scene->server, 0);
    (void)str_copy(scene->secret, sizeof scene->secret, secret);
    assert_ok(http_new(&scene->http, &http, &scene->err), scene->err);
    assert_ok(config_load(&scene->config, look_up, scene, &scene->err), scene->err);
    scene->cursor = BUF(1024 * 1024);
    scene->stop_after_items = -1;
    return scene;
}

void vanta_scene_stop(struct vanta_scene *scene)
{
    if (scene == NULL)
        return;
    json_free(scene->items);
    json_free(scene->refused);
    buf_done(&scene->cursor);
    config_done(&scene->config);
    http_free(scene->http);
    redis_free(scene->redis);
    redis_stop(scene->server);
    fake_stop(scene->fake);
    temp_dir_remove(scene->dir);
    free(scene);
}

static bool should_stop(void *context)
{
    const struct vanta_scene *scene = context;

    return (scene->stop_at_ms > 0 && clock_mono_ms() >= scene->stop_at_ms) ||
           (scene->stop_after_items >= 0 &&
            (int64_t)json_count(scene->items) >= scene->stop_after_items);
}

static int keep(void *context, const struct item *item, struct err *err)
{
    struct vanta_scene *scene = context;

    assert_ok(item_check(item, err), *err);
    json_push_give(scene->items, item_to_json(item));
    return 0;
}

static int keep_refusal(void *context, const char *bytes, size_t len, const char *why,
                        struct err *err)
{
    struct vanta_scene *scene = context;

    (void)err;
    assert_true(bytes != NULL && len > 0);
    json_push_text(scene->refused, why);
    return 0;
}

int vanta_poll(struct vanta_scene *scene)
{
    CLEANUP(buf_done) struct buf next = BUF(1024 * 1024);
    const struct source_context context = {
        .config = &scene->config,
        .http = scene->http,
        .redis = scene->redis,
        .run_id = "run-1",
        .now_unix_ms = clock_unix_ms(),
        .should_stop = should_stop,
        .stop_context = scene,
        .emit = keep,
        .emit_context = scene,
        .refuse = keep_refusal,
    };

    json_free(scene->items);
    json_free(scene->refused);
    scene->items = json_array();
    scene->refused = json_array();
    scene->err = (struct err){0};
    int r = source_vanta.poll(&context, buf_str(&scene->cursor), &next, &scene->err);
    if (next.len > 0) {
        buf_reset(&scene->cursor);
        buf_text(&scene->cursor, next.bytes);
    }
    return r;
}

const char *vanta_item(const struct vanta_scene *scene, size_t i, const char *key)
{
    assert_true(i < json_count(scene->items));
    return json_get_text(json_at(scene->items, i), key, NULL);
}
