/*
 * Rows of the fault table (docs/faults.md) about GitHub, seen from the whole worker: answers
 * that are lost after the effect, limits, and what will never be allowed.
 */
#include <stdio.h>

#include "common/json.h"
#include "tests/chaos/row_scene.h"
#include "tests/support/fake.h"

#define TOKEN "ghp_rows0123456789abcdefABCDEF0123456789"

static struct fake *github;

static int up(void **state)
{
    char repositories[400];
    int r = row_scene_up(state);
    struct row_scene *scene = *state;

    scene->unjudged = true; /* the checker reads the other forge's files */
    snprintf(repositories, sizeof repositories, "%s/repositories", scene->lane.dir);
    github = fake_start("fake_github", "--repositories", repositories, "--token", TOKEN, NULL);
    lane_set(&scene->lane, "ENVIRONMENT", "production");
    lane_set(&scene->lane, "GITHUB_API_URL", fake_url(github));
    lane_set(&scene->lane, "GITHUB_URL", fake_url(github));
    lane_set(&scene->lane, "GITHUB_TOKEN", TOKEN);
    return r;
}

static int down(void **state)
{
    fake_stop(github);
    return row_scene_down(state);
}

/* Requests so far about this test's repository. */
static int64_t asked(const struct row_scene *scene, const char *method, const char *path)
{
    char request[160];

    snprintf(request, sizeof request, "%s /repos/%s%s", method, scene->repository, path);
    return fake_requests(github, request);
}

static size_t open_pulls(const struct row_scene *scene)
{
    CLEANUP(json_freep) struct json *state = fake_state(github);
    const struct json *fake = json_get(state, "fake");
    const struct json *pulls = json_get(fake, "pulls");
    size_t n = 0;

    assert_true(json_get_int(fake, "most_open_per_head", -1) <= 1);
    for (size_t i = 0; i < json_count(pulls); i++)
        n += strstr(json_get_text(json_at(pulls, i), "html_url", ""), scene->repository) != NULL;
    return n;
}

static int64_t writes(void)
{
    CLEANUP(json_freep) struct json *state = fake_state(github);

    return json_get_int(json_get(state, "fake"), "writes", -1);
}

/* The next request of this method below this test's repository goes wrong so. */
static void goes_wrong(const struct row_scene *scene, const char *method, const char *path,
                       const char *fault)
{
    char text[400];

    snprintf(text, sizeof text, "{'match':{'method':'%s','path_prefix':'/repos/%s%s'},'fault':%s}",
             method, scene->repository, path, fault);
    fake_fault(github, text);
}

static void row_11_killed_after_its_event_the_second_run_writes_nothing_to_github(void **state)
{
    struct row_scene *scene = *state;

    row_begin(scene, 1);
    row_work(scene, "emit.ok:kill");
    row_death(scene);
    int64_t before = writes();
    int64_t looks = asked(scene, "GET", "/pulls");
    row_work(scene, "");
    row_rest(scene);
    assert_true(before > 0);
    assert_int_equal(writes(), before);
    assert_int_equal(asked(scene, "GET", "/pulls"), looks);
    assert_int_equal(open_pulls(scene), 1);
}

static void row_22_an_answer_lost_after_the_effect_does_not_open_a_second_one(void **state)
{
    static const char *const faults[] = {"'effect','status':502", "'truncate'"};
    struct row_scene *scene = *state;

    for (size_t i = 0; i < COUNT(faults); i++) {
        row_begin(scene, 0);
        goes_wrong(scene, "POST", "/pulls", faults[i]);
        row_send(scene, 1, true);
        row_work(scene, "");
        row_rest(scene);
        assert_int_equal(asked(scene, "POST", "/pulls"), 1);
        assert_int_equal(open_pulls(scene), 1);
        assert_int_equal(row_events(scene, "item.ended", "DLQ"), 0);
        assert_int_equal(row_number(scene, 0, "attempts"), 0);
    }
}

static void row_23_a_limit_is_waited_for_and_costs_no_attempt(void **state)
{
    static const char *const limits[] = {"'secondary_limit_after'", "'primary_limit'"};
    struct row_scene *scene = *state;

    for (size_t i = 0; i < COUNT(limits); i++) {
        row_begin(scene, 0);
        goes_wrong(scene, "POST", "/pulls", limits[i]);
        row_send(scene, 1, true);
        row_work(scene, "");
        row_rest(scene);
        assert_true(row_logged(scene, &scene->lane.worker, "rate limit"));
        assert_int_equal(asked(scene, "POST", "/pulls"), 2); /* refused, and after the wait */
        assert_int_equal(open_pulls(scene), 1);
        assert_int_equal(row_events(scene, "item.ended", "DLQ"), 0);
        assert_int_equal(row_number(scene, 0, "attempts"), 0);
    }
}

static void row_24_what_is_not_allowed_is_asked_once_and_is_a_dead_letter(void **state)
{
    struct row_scene *scene = *state;

    row_begin(scene, 0);
    goes_wrong(scene, "POST", "/pulls", "'permission'");
    row_send(scene, 1, true);
    row_work(scene, "");
    row_rest(scene);
    assert_int_equal(asked(scene, "POST", "/pulls"), 1);
    assert_int_equal(open_pulls(scene), 0);
    assert_int_equal(row_events(scene, "item.ended", "DLQ"), 1);
    assert_int_equal(row_events(scene, "item.deferred", NULL), 0);
}

static void row_24_a_repository_that_is_not_there_is_a_dead_letter_at_once(void **state)
{
    struct row_scene *scene = *state;

    row_begin(scene, 0);
    (void)str_copy(scene->repository, sizeof scene->repository, "chaos/nowhere");
    row_send(scene, 1, true);
    row_work(scene, "");
    row_rest(scene);
    assert_int_equal(row_events(scene, "item.ended", "DLQ"), 1);
    assert_int_equal(row_events(scene, "item.deferred", NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_11_killed_after_its_event_the_second_run_writes_nothing_to_github),
        cmocka_unit_test(row_22_an_answer_lost_after_the_effect_does_not_open_a_second_one),
        cmocka_unit_test(row_23_a_limit_is_waited_for_and_costs_no_attempt),
        cmocka_unit_test(row_24_what_is_not_allowed_is_asked_once_and_is_a_dead_letter),
        cmocka_unit_test(row_24_a_repository_that_is_not_there_is_a_dead_letter_at_once),
    };

    row_scene_need_kafka();
    return cmocka_run_group_tests(tests, up, down);
}
