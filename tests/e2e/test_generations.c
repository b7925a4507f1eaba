/* A finding that comes again: whose pull request answers it, and what an operator sees of its end.
 */
#include <stdio.h>

#include "tests/support/redis_server.h"
#include "tests/support/replay_scene.h"
#include "tests/support/test.h"

#define NODE  "acme/r::aws_s3_bucket.b0"
#define LATER "acme/later::aws_s3_bucket.b0"

static const char mended[] = "resource \"aws_s3_bucket\" \"b0\" {\n  bucket = \"b0\"\n}\n\n"
                             "resource \"aws_s3_bucket_versioning\" \"b0\" {\n"
                             "  bucket = aws_s3_bucket.b0.id\n"
                             "  versioning_configuration {\n    status = \"Enabled\"\n  }\n}\n";

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

/* How a generation ended; borrowed from *root, which the caller frees. */
static const struct json *end_of(struct replay_scene *scene, int generation, struct json **root)
{
    *root = pipeline_events(scene->p);
    for (size_t i = 0; i < json_count(*root); i++) {
        const struct json *event = json_at(*root, i);

        if (str_eq(json_get_text(event, "kind", ""), "item.ended") &&
            json_get_int(event, "generation", 0) == generation)
            return event;
    }
    return NULL;
}

/* Its record was held up on its way, and Redis has forgotten all: the forge has to answer. */
static void an_open_pull_request_answers_a_late_record_of_an_earlier_generation(void **state)
{
    CLEANUP(json_freep) struct json *third = NULL;
    CLEANUP(json_freep) struct json *first = NULL;
    struct replay_scene scene;

    (void)state;
    if (!replay_scene_up(&scene, BROKER_EMBEDDED))
        skip();
    post(&scene, "acme/r", 3);
    replay_scene_wait(&scene, 1, "item.ended", "PR_OPEN", NODE);
    CLEANUP(redis_freep) struct redis *redis = redis_server_open(scene.p->redis, 0);
    (void)redis_do(redis, "FLUSHALL");
    post(&scene, "acme/r", 1);
    replay_scene_wait(&scene, 2, "item.ended", NULL, NODE);

    const struct json *later = end_of(&scene, 3, &third);
    const struct json *late = end_of(&scene, 1, &first);
    assert_string_equal(json_get_text(late, "state", ""), "ADOPTED");
    assert_string_equal(json_get_text(late, "pr_url", ""), json_get_text(later, "pr_url", "-"));
    assert_int_equal(pipeline_count_files(scene.p, "data/pulls", ".patch"), 1);
    pipeline_stop(scene.p);
}

/* Its first generation ended well; the letter is the second's, and that is dead. */
static void a_letter_of_a_later_generation_is_open(void **state)
{
    struct replay_scene scene;

    (void)state;
    if (!replay_scene_up(&scene, BROKER_EMBEDDED))
        skip();
    pipeline_repository(scene.p, "acme/later", (const char *const[]){"main.tf", mended, NULL});
    post(&scene, "acme/later", 1);
    replay_scene_wait(&scene, 1, "item.ended", NULL, LATER);
    assert_int_equal(replay_scene_count(&scene, "item.ended", "DLQ", LATER), 0);

    replay_scene_lose_later(&scene);
    post(&scene, "acme/later", 2);
    replay_scene_wait(&scene, 1, "item.ended", "DLQ", LATER);
    CLEANUP(json_freep) struct json *list = SCENE_JSON(&scene, "dlq", "list");
    const struct json *letter = json_at(json_get(list, "letters"), 0);
    assert_int_equal(json_count(json_get(list, "letters")), 1);
    assert_string_equal(json_get_text(letter, "state", ""), "open");
    assert_string_equal(json_get_text(letter, "item_state", ""), "DLQ");
    pipeline_stop(scene.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_pull_request_answers_all_later_generations),
        cmocka_unit_test(an_open_pull_request_answers_a_late_record_of_an_earlier_generation),
        cmocka_unit_test(a_letter_of_a_later_generation_is_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
