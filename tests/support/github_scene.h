/*
 * A GitHub scene: the fake GitHub with one small repository, acme/infra, and a forge to speak to
 * it.
 *
 *     cmocka_unit_test_setup_teardown(test, github_scene_up, github_scene_down)
 */
#ifndef TESTS_SUPPORT_GITHUB_SCENE_H
#define TESTS_SUPPORT_GITHUB_SCENE_H

#include "common/http/http.h"
#include "common/redis/redis.h"
#include "tests/support/fake.h"
#include "tests/support/test.h"
#include "worker/forge/forge.h"

#define SCENE_TOKEN "ghs_a-token-of-the-tests"
#define SCENE_FP    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SCENE_BODY  "## Why\n\n<!-- plumb fp=" SCENE_FP " -->\n"
/* the match of a fault that hits creating pull requests */
#define SCENE_PULLS "'match':{'method':'POST','path_prefix':'/repos/acme/infra/pulls'}"

struct github_scene {
    char *dir;
    struct fake *fake;
    struct http *http;
    struct forge *forge;
    struct err err;
};

int github_scene_up(void **state);
int github_scene_down(void **state);

struct http *scene_client(void);
struct forge *scene_forge(const char *url, struct http *http, struct redis *redis,
                          const char *token);
/* A labelled draft of branch into main. */
struct forge_pr_request scene_request(const char *branch);
int scene_create(struct github_scene *scene, const char *branch, struct forge_pr *out);
int scene_create_by(struct forge *forge, const char *branch, struct forge_pr *out, struct err *err);
int scene_find(struct github_scene *scene, const char *branch, struct forge_pr *out);
/* As another client of the same API would ask, below /repos/acme/infra. Its status. */
int scene_api(struct github_scene *scene, const char *method, const char *path, const char *body);
/* What the fake says of itself; borrowed from *root, which the caller frees. */
const struct json *scene_told(struct github_scene *scene, struct json **root);
/* n things ever happened to pull requests, and never was more than one open for one head. */
void scene_assert_opened(struct github_scene *scene, size_t n);
void scene_assert_labels(struct github_scene *scene, size_t n); /* of the first one */

#endif
