/* The Vanta source when Vanta is unwell: tokens, limits, broken answers. */
#include <stdio.h>

#include "common/clock.h"
#include "common/http/http.h"
#include "tests/support/test.h"
#include "tests/support/vanta_scene.h"

#define ONE_TEST                                                                                   \
    "{'client_id': 'vci_test', 'client_secret': 'vcs_secret', 'tests': [{'id': 't1', 'name': 'n'," \
    " 'entities': [{'id': 'e1', 'displayName': 'b', 'responseType': 'S3 bucket'}]},"               \
    " {'id': 't2', 'name': 'n', 'entities': [{'id': 'e2', 'displayName': 'c',"                     \
    " 'responseType': 'S3 bucket'}]}]}"
#define ON_ENTITIES "'match': {'path_prefix': '/v1/tests/t1'}"

static struct vanta_scene *start(void)
{
    return vanta_scene_start(ONE_TEST, "vcs_secret");
}

static int64_t minted(struct vanta_scene *scene)
{
    CLEANUP(json_freep) struct json *state = fake_state(scene->fake);

    return json_get_int(json_get(state, "fake"), "tokens_minted", -1);
}

static void one_token_serves_every_poll(void **state)
{
    CLEANUP(vanta_scene_stopp) struct vanta_scene *scene = start();

    (void)state;
    assert_ok(vanta_poll(scene), scene->err);
    buf_reset(&scene->cursor);
    assert_ok(vanta_poll(scene), scene->err);
    assert_int_equal(json_count(scene->items), 2);
    assert_int_equal(minted(scene), 1);
}

static void a_revoked_token_is_replaced_once(void **state)
{
    CLEANUP(vanta_scene_stopp) struct vanta_scene *scene = start();

    (void)state;
    assert_ok(vanta_poll(scene), scene->err);
    json_free(fake_post(scene->fake, "/oauth/token",
                        "{'client_id': 'vci_test', 'client_secret': 'vcs_secret', 'grant_type': "
                        "'client_credentials', 'scope': 'vanta-api.all:read'}"));
    buf_reset(&scene->cursor);
    assert_ok(vanta_poll(scene), scene->err);
    assert_int_equal(json_count(scene->items), 2);
    assert_int_equal(minted(scene), 3);
}

static void a_token_that_stays_refused_is_not_asked_for_again_and_again(void **state)
{
    CLEANUP(vanta_scene_stopp) struct vanta_scene *scene = start();

    (void)state;
    fake_fault(scene->fake, "{'match': {'path_prefix': '/v1/tests'}, 'fault': 'status', "
                            "'status': 401, 'times': 9}");
    assert_int_equal(vanta_poll(scene), ERR_REJECT);
    assert_has(scene->err.text, "401");
    assert_int_equal(minted(scene), 2);
}

static void a_wrong_secret_names_the_variables_and_never_the_secret(void **state)
{
    CLEANUP(vanta_scene_stopp)
    struct vanta_scene *scene = vanta_scene_start(ONE_TEST, "vcs_wrong1");

    (void)state;
    assert_int_equal(vanta_poll(scene), ERR_REJECT);
    assert_has(scene->err.text, "VANTA_CLIENT_SECRET");
    assert_lacks(scene->err.text, "vcs_wrong1");
}

static void a_limit_is_waited_for_as_long_as_vanta_says(void **state)
{
    CLEANUP(vanta_scene_stopp) struct vanta_scene *scene = start();
    int64_t started_ms = clock_mono_ms();

    (void)state;
    fake_fault(scene->fake, "{" ON_ENTITIES ", 'fault': 'status', 'status': 429, "
                            "'retry_after': '1'}");
    assert_ok(vanta_poll(scene), scene->err);
    assert_true(clock_mono_ms() - started_ms >= 1000);
    assert_int_equal(json_count(scene->items), 2);
    assert_int_equal(fake_requests(scene->fake, "GET /v1/tests/t1/entities"), 2);
}

static void a_limit_without_a_word_is_waited_for_too(void **state)
{
    CLEANUP(vanta_scene_stopp) struct vanta_scene *scene = start();

    (void)state;
    fake_fault(scene->fake, "{" ON_ENTITIES ", 'fault': 'status', 'status': 429}");
    assert_ok(vanta_poll(scene), scene->err);
    assert_int_equal(json_count(scene->items), 2);
}

static void broken_answers_are_asked_for_again(void **state)
{
    static const char *const faults[] = {
        "{" ON_ENTITIES ", 'fault': 'status', 'status': 500}",
        "{" ON_ENTITIES ", 'fault': 'truncate'}",
        "{" ON_ENTITIES ", 'fault': 'reset'}",
        "{" ON_ENTITIES ", 'fault': 'status', 'status': 200, 'body': '<html>hello</html>'}",
        "{" ON_ENTITIES ", 'fault': 'status', 'status': 200, 'body': '{}'}",
    };
    CLEANUP(vanta_scene_stopp) struct vanta_scene *scene = start();

    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        bool whole_poll =
            i == 4; /* JSON of the wrong shape fails the poll, and the next one does it */
        buf_reset(&scene->cursor);
        fake_fault(scene->fake, faults[i]);
        int r = vanta_poll(scene);
        if (whole_poll) {
            assert_int_equal(r, ERR_RETRY);
            r = vanta_poll(scene);
        }
        assert_ok(r, scene->err);
        assert_int_equal(json_count(scene->items), 2);
    }
}

static void slow_and_mistyped_answers_are_read(void **state)
{
    CLEANUP(vanta_scene_stopp) struct vanta_scene *scene = start();

    (void)state;
    fake_fault(scene->fake, "[{" ON_ENTITIES ", 'fault': 'slow', 'delay_ms': 2},"
                            "{'match': {'path_prefix': '/v1/tests'}, 'fault': 'wrong_type'}]");
    assert_ok(vanta_poll(scene), scene->err);
    assert_int_equal(json_count(scene->items), 2);
}

static void pages_that_go_in_a_circle_end_and_are_not_noted_as_read(void **state)
{
    CLEANUP(vanta_scene_stopp) struct vanta_scene *scene = start();

    (void)state;
    fake_fault(scene->fake, "{" ON_ENTITIES ", 'fault': 'duplicate_cursor', 'times': 2}");
    assert_ok(vanta_poll(scene), scene->err);
    assert_lacks(buf_str(&scene->cursor), "\"t1\"");
    assert_has(buf_str(&scene->cursor), "\"t2\"");
    assert_ok(vanta_poll(scene), scene->err);
    assert_int_equal(json_count(scene->items), 1);
    assert_has(buf_str(&scene->cursor), "\"t1\"");
}

static void a_test_that_vanta_refuses_does_not_stop_the_others(void **state)
{
    CLEANUP(vanta_scene_stopp) struct vanta_scene *scene = start();

    (void)state;
    fake_fault(scene->fake, "{" ON_ENTITIES ", 'fault': 'status', 'status': 404}");
    assert_ok(vanta_poll(scene), scene->err);
    assert_int_equal(json_count(scene->items), 1);
    assert_string_equal(vanta_item(scene, 0, "control"), "t2");
    assert_ok(vanta_poll(scene), scene->err);
    assert_string_equal(vanta_item(scene, 0, "control"), "t1");
}

static void waiting_for_a_limit_ends_when_a_stop_is_asked_for(void **state)
{
    CLEANUP(vanta_scene_stopp) struct vanta_scene *scene = start();
    int64_t started_ms = clock_mono_ms();

    (void)state;
    fake_fault(scene->fake, "{" ON_ENTITIES ", 'fault': 'status', 'status': 429, "
                            "'retry_after': '600'}");
    scene->stop_at_ms = started_ms + 1000;
    assert_int_equal(vanta_poll(scene), ERR_RETRY);
    assert_string_equal(scene->err.text, "stopped");
    assert_true(clock_mono_ms() - started_ms < 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_token_serves_every_poll),
        cmocka_unit_test(a_revoked_token_is_replaced_once),
        cmocka_unit_test(a_token_that_stays_refused_is_not_asked_for_again_and_again),
        cmocka_unit_test(a_wrong_secret_names_the_variables_and_never_the_secret),
        cmocka_unit_test(a_limit_is_waited_for_as_long_as_vanta_says),
        cmocka_unit_test(a_limit_without_a_word_is_waited_for_too),
        cmocka_unit_test(broken_answers_are_asked_for_again),
        cmocka_unit_test(slow_and_mistyped_answers_are_read),
        cmocka_unit_test(pages_that_go_in_a_circle_end_and_are_not_noted_as_read),
        cmocka_unit_test(a_test_that_vanta_refuses_does_not_stop_the_others),
        cmocka_unit_test(waiting_for_a_limit_ends_when_a_stop_is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
