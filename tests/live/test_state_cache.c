/* The cache of states: one fetch for many who ask, and what is remembered for how long. */
#include <pthread.h>
#include <stdio.h>

#include "common/http/http.h"
#include "tests/support/raw_server.h"
#include "tests/support/test.h"
#include "worker/state_cache.h"

#define STATE(id)                                                                                  \
    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"version\": 4, \"resources\": [{\"mode\": "     \
    "\"managed\", \"type\": \"aws_vpc\", \"name\": \"v\", \"instances\": [{\"attributes\": "       \
    "{\"id\": "                                                                                    \
    "\"" id "\"}}]}]}"
#define FORBIDDEN  "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n"
#define BUSY       "HTTP/1.1 503 Busy\r\nRetry-After: 60\r\nConnection: close\r\n\r\n"
#define MAX_AGE_MS 60000
#define THREADS    8
#define ROUNDS     125 /* of each thread: a thousand findings */

struct scene {
    struct state_cache *cache;
    struct raw_server *server;
    struct http *http;
    struct state_source source;
    char url[128];
    struct err err;
};

static struct http *new_http(void)
{
    struct http_options options = {.user_agent = "test/1", .allow_private = true};
    struct http *http = NULL;
    struct err err = {0};

    assert_ok(http_new(&http, &options, &err), err);
    return http;
}

static void scene_start(struct scene *scene, const struct raw_answer *answers, size_t n)
{
    *scene = (struct scene){.server = raw_server_start(answers, n), .http = new_http()};
    (void)str_copy(scene->url, sizeof scene->url, raw_server_url(scene->server, "/s"));
    scene->source = (struct state_source){.source = scene->url, .max_age_ms = MAX_AGE_MS};
    assert_ok(state_cache_new(&scene->cache, "test/1", &scene->err), scene->err);
}

static void scene_end(struct scene *scene)
{
    state_cache_free(scene->cache);
    http_free(scene->http);
    raw_server_stop(scene->server);
}

static int take(struct scene *scene, int64_t now_ms, struct state_held **out)
{
    return state_cache_take(scene->cache, &scene->source, scene->url, scene->http, now_ms, out,
                            &scene->err);
}

static const char *id_of(const struct state_held *held)
{
    return hcl_state_at(state_held_state(held), 0)->names[0].value;
}

static void *ask_often(void *context)
{
    struct scene *scene = context;
    struct http *http = new_http();

    for (int i = 0; i < ROUNDS; i++) {
        CLEANUP(state_held_dropp) struct state_held *held = NULL;
        struct err err = {0};
        int r =
            state_cache_take(scene->cache, &scene->source, scene->url, http, 1000 + i, &held, &err);
        if (r != 0 || !str_eq(id_of(held), "vpc-1"))
            abort();
    }
    http_free(http);
    return NULL;
}

static void a_thousand_findings_fetch_once(void **state)
{
    static const struct raw_answer answers[] = {{.text = STATE("vpc-1")}, {.text = STATE("vpc-2")}};
    CLEANUP(scene_end) struct scene scene;
    pthread_t threads[THREADS];

    (void)state;
    scene_start(&scene, answers, COUNT(answers));
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &scene), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(raw_server_count(scene.server), 1);
}

static void a_state_is_asked_for_again_when_it_is_old(void **state)
{
    static const struct raw_answer answers[] = {{.text = STATE("vpc-1")}, {.text = STATE("vpc-2")}};
    CLEANUP(scene_end) struct scene scene;
    CLEANUP(state_held_dropp) struct state_held *first = NULL;
    CLEANUP(state_held_dropp) struct state_held *second = NULL;
    CLEANUP(state_held_dropp) struct state_held *third = NULL;

    (void)state;
    scene_start(&scene, answers, COUNT(answers));
    assert_ok(take(&scene, 1000, &first), scene.err);
    assert_ok(take(&scene, 1000 + MAX_AGE_MS - 1, &second), scene.err);
    assert_ptr_equal(first, second);
    assert_ok(take(&scene, 1000 + MAX_AGE_MS, &third), scene.err);
    assert_string_equal(id_of(third), "vpc-2");
    assert_string_equal(id_of(first), "vpc-1"); /* who holds it keeps it */
    assert_int_equal(raw_server_count(scene.server), 2);
}

static void a_refusal_is_remembered_as_long_as_a_state(void **state)
{
    static const struct raw_answer answers[] = {{.text = FORBIDDEN}, {.text = STATE("vpc-1")}};
    CLEANUP(scene_end) struct scene scene;
    CLEANUP(state_held_dropp) struct state_held *held = NULL;

    (void)state;
    scene_start(&scene, answers, COUNT(answers));
    for (int i = 0; i < 100; i++) {
        assert_int_equal(take(&scene, 1000 + i, &held), ERR_REJECT);
        assert_has(scene.err.text, "HTTP 403");
    }
    assert_int_equal(raw_server_count(scene.server), 1);
    assert_ok(take(&scene, 1000 + MAX_AGE_MS, &held), scene.err);
}

static void a_dead_server_is_left_alone_for_a_moment(void **state)
{
    static const struct raw_answer answers[] = {{.text = BUSY}, {.text = STATE("vpc-1")}};
    CLEANUP(scene_end) struct scene scene;
    CLEANUP(state_held_dropp) struct state_held *held = NULL;

    (void)state;
    scene_start(&scene, answers, COUNT(answers));
    for (int i = 0; i < 10; i++) {
        scene.err.retry_after_ms = 0;
        assert_int_equal(take(&scene, 1000 + i, &held), ERR_RETRY);
        assert_true(scene.err.retry_after_ms > 0); /* the server said when */
    }
    assert_int_equal(raw_server_count(scene.server), 1);
    assert_ok(take(&scene, 1000 + STATE_PATIENCE_MS, &held), scene.err);
}

static void two_sources_do_not_share_a_state(void **state)
{
    static const struct raw_answer answers[] = {{.text = STATE("vpc-1")}, {.text = STATE("vpc-2")}};
    CLEANUP(scene_end) struct scene scene;
    CLEANUP(state_held_dropp) struct state_held *one = NULL;
    CLEANUP(state_held_dropp) struct state_held *other = NULL;

    (void)state;
    scene_start(&scene, answers, COUNT(answers));
    struct state_source twin = scene.source;
    assert_ok(take(&scene, 1000, &one), scene.err);
    assert_ok(state_cache_take(scene.cache, &twin, scene.url, scene.http, 1000, &other, &scene.err),
              scene.err);
    assert_string_equal(id_of(one), "vpc-1");
    assert_string_equal(id_of(other), "vpc-2");
}

static void a_held_state_outlives_the_cache(void **state)
{
    static const struct raw_answer answers[] = {{.text = STATE("vpc-1")}};
    struct scene scene;
    struct state_held *held = NULL;

    (void)state;
    scene_start(&scene, answers, COUNT(answers));
    assert_ok(take(&scene, 1000, &held), scene.err);
    scene_end(&scene);
    assert_string_equal(id_of(held), "vpc-1");
    state_held_drop(held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thousand_findings_fetch_once),
        cmocka_unit_test(a_state_is_asked_for_again_when_it_is_old),
        cmocka_unit_test(a_refusal_is_remembered_as_long_as_a_state),
        cmocka_unit_test(a_dead_server_is_left_alone_for_a_moment),
        cmocka_unit_test(two_sources_do_not_share_a_state),
        cmocka_unit_test(a_held_state_outlives_the_cache),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
