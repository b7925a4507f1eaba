/* A finding that comes again: whose pull request answers it. */
#include <stdio.h>

#include "tests/support/replay_scene.h"
#include "tests/support/test.h"

#define NODE "acme/r::aws_s3_bucket.b0"

static void post(struct replay_scene *scene, const char *repository, int generation)
{
    char body[400];

    snprintf(body, sizeof body,
             "{\"tenant\":\"t\",\"source\":\"checkov\",\"control\":\"CKV_AWS_21\","
             "\"repository\":\"%s\",\"address\":\"aws_s3_bucket.b0\",\"file\":\"main.tf\","
             "\"generation\":%d}\n",
             repository, generation);
    pipeline_post(scene->p->roles[scene->poll].port, "/v1/findings", body);
}

/* Mended by somebody else and broken again, twice, while the pull request waits for a person. */
static void an_open_pull_request_answers_all_later_generations(void **state)
{
    struct replay_scene scene;

    (void)state;
    if (!replay_scene_up(&scene, BROKER_EMBEDDED))
        skip();
    for (int generation = 1; generation <= 4; generation++) {
        post(&scene, "acme/r", generation);
        replay_scene_wait(&scene, (size_t)generation, "item.ended", NULL, NODE);
    }
    assert_int_equal(replay_scene_count(&scene, "item.ended", "PR_OPEN", NODE), 1);
    assert_int_equal(replay_scene_count(&scene, "item.ended", "ADOPTED", NODE), 3);
    assert_int_equal(pipeline_count_files(scene.p, "data/pulls", ".patch"), 1);
    pipeline_stop(scene.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_pull_request_answers_all_later_generations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
