/* Where no rule answers: limits, money and stops. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "tests/support/model_scene.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

static bool was_asked(void *context)
{
    return model_scene_asked(context) >= 1;
}

static void row_25_a_stop_does_not_wait_for_the_answer_and_charges_nobody(void **state)
{
    struct model_scene scene;

    (void)state;
    model_scene_up(&scene);
    if (scene.p == NULL)
        skip();
    model_scene_repository(&scene, (const char *const[]){"one", NULL});
    model_scene_good(&scene, "one", "'delay_ms': 20000, 'times': 1");
    model_scene_good(&scene, "one", "");
    model_scene_write(&scene);
    (void)pipeline_role(scene.p, "sink");
    size_t poll = pipeline_role(scene.p, "poll");
    size_t first = pipeline_role(scene.p, "work");
    model_scene_post(&scene, poll, "one");
    assert_true(wait_until(was_asked, &scene, 60000));
    int status = pipeline_end_role(scene.p, first, SIGTERM);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    size_t second = pipeline_role(scene.p, "work");
    pipeline_wait_ended(scene.p, 1, 120000);
    assert_int_equal(pipeline_metric(scene.p, second, "plumb_items_retried_total"), 0);
    assert_int_equal(model_scene_ends(scene.p).pr_open, 1);
    model_scene_down(&scene);
}

static void row_25_a_storm_of_limits_loses_nobody_and_charges_nobody(void **state)
{
    char names[12][16];
    const char *list[13] = {NULL};
    struct model_scene scene;

    (void)state;
    model_scene_up(&scene);
    if (scene.p == NULL)
        skip();
    model_scene_entry(&scene, "{'match': 'wants an owner', 'times': 20, 'status': 429, 'code': "
                              "'rate_limit', 'retry_after_ms': '300'}");
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(names[i], sizeof names[i], "b%zu", i);
        list[i] = names[i];
        model_scene_good(&scene, names[i], "");
    }
    model_scene_repository(&scene, list);
    model_scene_write(&scene);
    (void)pipeline_role(scene.p, "sink");
    size_t poll = pipeline_role(scene.p, "poll");
    pipeline_set(scene.p, "WORKER_ATTEMPTS_MAX", "1"); /* one attempt, and none is to be charged */
    (void)pipeline_role(scene.p, "work");
    (void)pipeline_role(scene.p, "work");
    for (size_t i = 0; i < COUNT(names); i++)
        model_scene_post(&scene, poll, names[i]);
    pipeline_wait_ended(scene.p, COUNT(names), 240000);
    assert_int_equal(model_scene_ends(scene.p).pr_open, COUNT(names));
    assert_int_equal(model_scene_asked(&scene), 20 + (int64_t)COUNT(names));
    model_scene_down(&scene);
}

static void row_25_the_day_s_money_is_never_overspent_and_nobody_is_lost(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", NULL};
    struct model_scene scene;

    (void)state;
    model_scene_up(&scene);
    if (scene.p == NULL)
        skip();
    model_scene_repository(&scene, names);
    for (size_t i = 0; names[i] != NULL;
         i++) /* 100 000 tokens in at 5 dollars a million: 50 cents */
        model_scene_good(&scene, names[i], "'input_tokens': 100000, 'output_tokens': 0");
    model_scene_write(&scene);
    (void)pipeline_role(scene.p, "sink");
    size_t poll = pipeline_role(scene.p, "poll");
    pipeline_set(scene.p, "LLM_DAY_CENTS", "125"); /* two, and what a third one might cost */
    pipeline_set(scene.p, "MAX_CONCURRENT_WORKERS", "1");
    size_t work = pipeline_role(scene.p, "work");
    for (size_t i = 0; names[i] != NULL; i++)
        model_scene_post(&scene, poll, names[i]);
    pipeline_wait_ended(scene.p, 3, 120000);
    assert_true(model_scene_asked(&scene) <= 3);
    assert_true(pipeline_metric(scene.p, work, "plumb_llm_budget_refusals_total") >= 1);
    assert_int_equal(model_scene_ends(scene.p).dlq, 0);
    model_scene_down(&scene);
}

static void an_item_that_spent_its_tokens_waits_for_a_person(void **state)
{
    struct model_scene scene;

    (void)state;
    model_scene_up(&scene);
    if (scene.p == NULL)
        skip();
    model_scene_repository(&scene, (const char *const[]){"one", NULL});
    model_scene_entry(&scene, "{'match': 'bucket one wants', 'stop': 'length', 'input_tokens': "
                              "8000, 'output_tokens': 8000}");
    model_scene_write(&scene);
    (void)pipeline_role(scene.p, "sink");
    size_t poll = pipeline_role(scene.p, "poll");
    pipeline_set(scene.p, "LLM_ITEM_TOKENS", "20000");
    (void)pipeline_role(scene.p, "work");
    model_scene_post(&scene, poll, "one");
    pipeline_wait_ended(scene.p, 1, 120000);
    assert_int_equal(model_scene_asked(&scene), 1);
    model_scene_reason(scene.p, "one", "PENDING_REVIEW", "LLM_ITEM_TOKENS");
    model_scene_down(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_25_a_stop_does_not_wait_for_the_answer_and_charges_nobody),
        cmocka_unit_test(row_25_a_storm_of_limits_loses_nobody_and_charges_nobody),
        cmocka_unit_test(row_25_the_day_s_money_is_never_overspent_and_nobody_is_lost),
        cmocka_unit_test(an_item_that_spent_its_tokens_waits_for_a_person),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
