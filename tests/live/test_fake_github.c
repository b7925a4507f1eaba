/* The fake GitHub itself: what the real one is known to do and tests of others lean on. */
#include <stdio.h>

#include "tests/support/bare_repository.h"
#include "tests/support/github_scene.h"

#define NEW_PULL(head) "{\"title\":\"t\",\"head\":\"" head "\",\"base\":\"main\"}"

/* The body of a GET below /repos/acme/infra. */
static struct json *get(struct github_scene *scene, const char *path,
                        struct http_response *response)
{
    const struct http_header headers[] = {{"Authorization", "Bearer " SCENE_TOKEN}};
    struct json *json = NULL;
    char url[512];

    snprintf(url, sizeof url, "%s/repos/acme/infra%s", fake_url(scene->fake), path);
    const struct http_request request = {
        .method = "GET", .url = url, .headers = headers, .n_headers = 1};
    assert_ok(http_send(scene->http, &request, response, &scene->err), scene->err);
    assert_ok(json_parse(&json, buf_str(&response->body), response->body.len, &scene->err),
              scene->err);
    return json;
}

static size_t listed(struct github_scene *scene, const char *query)
{
    struct http_response response;
    char path[200];

    snprintf(path, sizeof path, "/pulls%s", query);
    CLEANUP(json_freep) struct json *list = get(scene, path, &response);
    http_response_done(&response);
    return json_count(list);
}

static void a_head_filter_without_owner_is_ignored(void **state)
{
    struct github_scene *scene = *state;

    assert_int_equal(scene_api(scene, "POST", "/pulls", NEW_PULL("fix/one")), 201);
    assert_int_equal(scene_api(scene, "POST", "/pulls", NEW_PULL("acme:fix/two")), 201);
    assert_int_equal(listed(scene, ""), 2);
    assert_int_equal(listed(scene, "?head=fix/one"), 2);
    assert_int_equal(listed(scene, "?head=acme:fix/one"), 1);
    assert_int_equal(listed(scene, "?head=other:fix/one"), 0);
    assert_int_equal(scene_api(scene, "PATCH", "/pulls/1", "{\"state\":\"closed\"}"), 200);
    assert_int_equal(listed(scene, ""), 1);
    assert_int_equal(listed(scene, "?state=closed"), 1);
    assert_int_equal(listed(scene, "?state=all&base=main"), 2);
    assert_int_equal(listed(scene, "?state=all&base=same"), 0);
}

static void a_branch_is_created_once(void **state)
{
    struct github_scene *scene = *state;
    struct http_response response;
    CLEANUP(json_freep) struct json *ref = get(scene, "/git/ref/heads/fix/one", &response);
    char body[200];

    http_response_done(&response);
    snprintf(body, sizeof body, "{\"ref\":\"refs/heads/new\",\"sha\":\"%s\"}",
             json_text(json_find(ref, "object.sha"), ""));
    assert_int_equal(scene_api(scene, "POST", "/git/refs", body), 201);
    assert_int_equal(scene_api(scene, "POST", "/git/refs", body), 422);
    assert_int_equal(scene_api(scene, "GET", "/git/ref/heads/new", ""), 200);
    assert_int_equal(scene_api(scene, "GET", "/git/ref/heads/none", ""), 404);
    assert_int_equal(scene_api(scene, "POST", "/git/refs",
                               "{\"ref\":\"refs/heads/x\","
                               "\"sha\":\"0123456789012345678901234567890123456789\"}"),
                     422);
}

static void a_request_without_its_parts_is_refused(void **state)
{
    struct github_scene *scene = *state;

    assert_int_equal(scene_api(scene, "POST", "/pulls", "not json"), 400);
    assert_int_equal(scene_api(scene, "POST", "/pulls", "{}"), 422);
    assert_int_equal(scene_api(scene, "POST", "/issues/9/labels", "{\"labels\":[]}"), 404);
    assert_int_equal(scene_api(scene, "GET", "/pulls/", ""), 404);
    assert_int_equal(scene_api(scene, "GET", "/pulls/1", ""), 404);
}

static void mergeable_is_unknown_at_first(void **state)
{
    struct github_scene *scene = *state;

    assert_int_equal(scene_api(scene, "POST", "/pulls", NEW_PULL("fix/one")), 201);
    for (int look = 0; look < 2; look++) {
        struct http_response response;
        CLEANUP(json_freep) struct json *pull = get(scene, "/pulls/1", &response);

        assert_int_equal(json_is_null(json_get(pull, "mergeable")), look == 0);
        http_response_done(&response);
    }
}

static int git(struct github_scene *scene, const char *credentials, const char *command)
{
    const char *host = fake_url(scene->fake) + strlen("http://");
    char line[1024];

    snprintf(line, sizeof line,
             "export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 "
             "GIT_ASKPASS=true U=http://%s%s/acme/infra.git; cd '%s' && { %s; } >/dev/null 2>&1",
             credentials, host, scene->dir, command);
    return system(line);
}

static void git_itself_clones_and_pushes_with_the_token_only(void **state)
{
    static const char right[] = "x-access-token:" SCENE_TOKEN "@";
    struct github_scene *scene = *state;

    assert_int_not_equal(git(scene, "", "git ls-remote $U"), 0);
    assert_int_not_equal(git(scene, "x-access-token:wrong@", "git ls-remote $U"), 0);
    assert_int_equal(git(scene, right, "git clone -q $U work"), 0);
    assert_int_equal(git(scene, right, "git -C work push $U origin/fix/one:refs/heads/pushed"), 0);
    assert_int_equal(scene_api(scene, "GET", "/git/ref/heads/pushed", ""), 200);
    /* create-only: the branch is there now */
    assert_int_not_equal(git(scene, right,
                             "git -C work push --force-with-lease=refs/heads/pushed: $U "
                             "origin/main:refs/heads/pushed"),
                         0);
}

#define LIVE(test) cmocka_unit_test_setup_teardown(test, github_scene_up, github_scene_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(a_head_filter_without_owner_is_ignored),           LIVE(a_branch_is_created_once),
        LIVE(a_request_without_its_parts_is_refused),           LIVE(mergeable_is_unknown_at_first),
        LIVE(git_itself_clones_and_pushes_with_the_token_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
