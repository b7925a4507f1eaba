/* Where no rule answers: the whole program with a model that is slow, wrong, busy, dear, or dead.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "tests/support/model_scene.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

static void row_25_slow_cut_wrong_and_endless_answers_cost_nobody_else_anything(void **state)
{
    static const char *const names[] = {"slow",  "cut",     "busy",    "broken", "wrongfile",
                                        "empty", "endless", "refuses", "none",   NULL};
    struct model_scene scene;

    (void)state;
    model_scene_up(&scene);
    if (scene.p == NULL)
        skip();
    model_scene_repository(&scene, names);
    model_scene_good(&scene, "slow", "'delay_ms': 3000");
    model_scene_entry(&scene, "{'match': 'bucket cut wants', 'times': 1, 'stop': 'length'}");
    model_scene_good(&scene, "cut", "");
    model_scene_entry(&scene, "{'match': 'bucket busy wants', 'times': 3, 'status': 429, 'code': "
                              "'rate_limit', 'retry_after': '1'}");
    model_scene_good(&scene, "busy", "");
    model_scene_entry(&scene, "{'match': 'bucket broken wants', 'times': 2, 'arguments': '{cut'}");
    model_scene_good(&scene, "broken", "");
    model_scene_entry(&scene,
                      "{'match': 'bucket wrongfile wants', 'input': {'summary': 's', 'edits': "
                      "[{'file': '../x.tf', 'address': 'aws_s3_bucket.y', 'text': 'resource "
                      "\\\"aws_s3_bucket\\\" \\\"y\\\" {}', 'reason': 'r'}]}}");
    model_scene_entry(&scene, "{'match': 'bucket empty wants', 'raw_body': ''}");
    model_scene_entry(&scene, "{'match': 'bucket endless wants', 'filler_bytes': 10485760}");
    model_scene_entry(&scene, "{'match': 'bucket refuses wants', 'stop': 'content_filter'}");
    model_scene_entry(&scene, "{'match': 'bucket none wants', 'input': {'summary': 'Which owner? "
                              "Nobody says.', 'edits': []}}");
    model_scene_write(&scene);
    (void)pipeline_role(scene.p, "sink");
    size_t poll = pipeline_role(scene.p, "poll");
    (void)pipeline_role(scene.p, "work");
    for (size_t i = 0; names[i] != NULL; i++)
        model_scene_post(&scene, poll, names[i]);
    pipeline_wait_ended(scene.p, 9, 120000);

    struct model_ends ends = model_scene_ends(scene.p);
    assert_int_equal(ends.pr_open, 4);
    assert_int_equal(ends.dlq, 4);
    assert_int_equal(ends.review, 1);
    model_scene_reason(scene.p, "wrongfile", "DLQ", "none of 3 answers of the model was a fix");
    model_scene_reason(scene.p, "wrongfile", "DLQ", "is no .tf file beside main.tf");
    model_scene_reason(scene.p, "empty", "DLQ", "answered no JSON");
    model_scene_reason(scene.p, "endless", "DLQ", "longer than");
    model_scene_reason(scene.p, "refuses", "DLQ", "content_filter");
    model_scene_reason(scene.p, "none", "PENDING_REVIEW", "Which owner? Nobody says.");
    /* 1 slow, 2 cut, 3 + 1 busy, 3 broken, 3 for each of four, 1 none */
    assert_int_equal(model_scene_asked(&scene), 1 + 2 + 4 + 3 + 4 * 3 + 1);
    assert_false(pipeline_grep(scene.p, "canary-model-key"));
    model_scene_down(&scene);
}

static void row_25_what_was_bought_is_not_bought_again_after_a_crash(void **state)
{
    struct model_scene scene;

    (void)state;
    model_scene_up(&scene);
    if (scene.p == NULL)
        skip();
    model_scene_repository(&scene, (const char *const[]){"one", NULL});
    model_scene_good(&scene, "one", "");
    model_scene_write(&scene);
    (void)pipeline_role(scene.p, "sink");
    size_t poll = pipeline_role(scene.p, "poll");
    pipeline_set(scene.p, "WORKER_LEASE_MS", "2000");
    pipeline_set(scene.p, "PLUMB_FAULT",
                 "generate:kill@1"); /* answered, judged, nothing saved yet */
    size_t dies = pipeline_role_unwatched(scene.p, "work");
    model_scene_post(&scene, poll, "one");
    int status = pipeline_wait_role(scene.p, dies, 60000);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_int_equal(model_scene_asked(&scene), 1);
    pipeline_set(scene.p, "PLUMB_FAULT", NULL);
    size_t work = pipeline_role(scene.p, "work");
    pipeline_wait_ended(scene.p, 1, 120000);
    assert_int_equal(model_scene_asked(&scene), 1);
    assert_int_equal(pipeline_metric(scene.p, work, "plumb_llm_answers_reused_total"), 1);
    assert_int_equal(pipeline_count_files(scene.p, "data/pulls", ".patch"), 1);
    model_scene_down(&scene);
}

static bool was_asked(void *context)
{
    return model_scene_asked(context) >= 1;
}

static void row_25_a_worker_that_dies_while_it_waits_pays_once_more_and_no_more(void **state)
{
    struct model_scene scene;

    (void)state;
    model_scene_up(&scene);
    if (scene.p == NULL)
        skip();
    model_scene_repository(&scene, (const char *const[]){"one", NULL});
    model_scene_good(&scene, "one", "'delay_ms': 4000");
    model_scene_write(&scene);
    (void)pipeline_role(scene.p, "sink");
    size_t poll = pipeline_role(scene.p, "poll");
    pipeline_set(scene.p, "WORKER_LEASE_MS", "2000");
    size_t dies = pipeline_role(scene.p, "work");
    model_scene_post(&scene, poll, "one");
    assert_true(wait_until(was_asked, &scene, 60000));
    (void)pipeline_end_role(scene.p, dies, SIGKILL);
    (void)pipeline_role(scene.p, "work");
    pipeline_wait_ended(scene.p, 1, 120000);
    assert_int_equal(model_scene_asked(&scene), 2);
    assert_int_equal(pipeline_count_files(scene.p, "data/pulls", ".patch"), 1);
    model_scene_down(&scene);
}

/* The lease is far shorter than the answer takes: it is renewed meanwhile. */
static void row_25_a_model_that_thinks_for_many_leases_is_paid_once(void **state)
{
    struct model_scene scene;

    (void)state;
    model_scene_up(&scene);
    if (scene.p == NULL)
        skip();
    model_scene_repository(&scene, (const char *const[]){"one", NULL});
    model_scene_good(&scene, "one", "'delay_ms': 8000");
    model_scene_write(&scene);
    (void)pipeline_role(scene.p, "sink");
    size_t poll = pipeline_role(scene.p, "poll");
    pipeline_set(scene.p, "WORKER_LEASE_MS", "1000");
    (void)pipeline_role(scene.p, "work");
    (void)pipeline_role(scene.p, "work");
    model_scene_post(&scene, poll, "one");
    pipeline_wait_ended(scene.p, 1, 120000);
    assert_int_equal(model_scene_asked(&scene), 1);
    assert_int_equal(model_scene_ends(scene.p).pr_open, 1);
    model_scene_down(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_25_slow_cut_wrong_and_endless_answers_cost_nobody_else_anything),
        cmocka_unit_test(row_25_what_was_bought_is_not_bought_again_after_a_crash),
        cmocka_unit_test(row_25_a_worker_that_dies_while_it_waits_pays_once_more_and_no_more),
        cmocka_unit_test(row_25_a_model_that_thinks_for_many_leases_is_paid_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
