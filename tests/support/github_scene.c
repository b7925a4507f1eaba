/* A GitHub scene; the story stands in github_scene.h. */
#include "tests/support/github_scene.h"

#include <stdio.h>

#include "tests/support/bare_repository.h"
#include "tests/support/temp_dir.h"

struct http *scene_client(void)
{
    const struct http_options options = {.user_agent = "plumb-test", .allow_private = true};
    struct http *http = NULL;
    struct err err;

    assert_ok(http_new(&http, &options, &err), err);
    return http;
}

struct forge *scene_forge(const char *url, struct http *http, struct redis *redis,
                          const char *token)
{
    const struct forge_github_options options = {
        .http = http, .redis = redis, .api_url = url, .git_url = url, .token = token};
    struct forge *forge = NULL;
    struct err err;

    assert_ok(forge_github_new(&forge, &options, &err), err);
    return forge;
}

int github_scene_up(void **state)
{
    struct github_scene *scene = calloc(1, sizeof *scene);

    assert_non_null(scene);
    scene->dir = temp_dir_make();
    bare_repository_make(scene->dir, "acme/infra");
    scene->fake =
        fake_start("fake_github", "--repositories", scene->dir, "--token", SCENE_TOKEN, NULL);
    scene->http = scene_client();
    scene->forge = scene_forge(fake_url(scene->fake), scene->http, NULL, SCENE_TOKEN);
    *state = scene;
    return 0;
}

int github_scene_down(void **state)
{
    struct github_scene *scene = *state;

    forge_free(scene->forge);
    http_free(scene->http);
    fake_stop(scene->fake);
    temp_dir_remove(scene->dir);
    free(scene);
    return 0;
}

struct forge_pr_request scene_request(const char *branch)
{
    static const char *const labels[] = {"compliance-remediation", "auto-generated"};

    return (struct forge_pr_request){.repository = "acme/infra",
                                     .branch = branch,
                                     .base = "main",
                                     .title = "Turn on versioning",
                                     .body = SCENE_BODY,
                                     .labels = labels,
                                     .n_labels = COUNT(labels),
                                     .draft = true};
}

int scene_create_by(struct forge *forge, const char *branch, struct forge_pr *out, struct err *err)
{
    struct forge_pr_request request = scene_request(branch);

    return forge->ops->create_pr(forge, &request, out, err);
}

int scene_create(struct github_scene *scene, const char *branch, struct forge_pr *out)
{
    return scene_create_by(scene->forge, branch, out, &scene->err);
}

int scene_find(struct github_scene *scene, const char *branch, struct forge_pr *out)
{
    return scene->forge->ops->find_pr(scene->forge, "acme/infra", branch, out, &scene->err);
}

int scene_api(struct github_scene *scene, const char *method, const char *path, const char *body)
{
    const struct http_header headers[] = {{"Authorization", "Bearer " SCENE_TOKEN}};
    struct http_response response;
    char url[512];

    snprintf(url, sizeof url, "%s/repos/acme/infra%s", fake_url(scene->fake), path);
    const struct http_request request = {.method = method,
                                         .url = url,
                                         .headers = headers,
                                         .n_headers = 1,
                                         .body = body,
                                         .body_len = strlen(body)};
    assert_ok(http_send(scene->http, &request, &response, &scene->err), scene->err);
    int status = response.status;
    http_response_done(&response);
    return status;
}

const struct json *scene_told(struct github_scene *scene, struct json **root)
{
    *root = fake_state(scene->fake);
    return json_get(*root, "fake");
}

void scene_assert_opened(struct github_scene *scene, size_t n)
{
    CLEANUP(json_freep) struct json *root = NULL;
    const struct json *state = scene_told(scene, &root);

    assert_int_equal(json_count(json_get(state, "history")), n);
    assert_true(json_get_int(state, "most_open_per_head", 0) <= 1);
}

void scene_assert_labels(struct github_scene *scene, size_t n)
{
    CLEANUP(json_freep) struct json *root = NULL;
    const struct json *pull = json_at(json_get(scene_told(scene, &root), "pulls"), 0);

    assert_int_equal(json_count(json_get(pull, "labels")), n);
}
