/* Where no rule answers: the whole program with a model that is slow, wrong, busy, dear, or dead.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "tests/support/model_scene.h"
#include "tests/support/test.h"
#include "tests/support/wait.h"

struct ends {
    size_t pr_open, dlq, review;
};

static struct ends count_ends(struct pipeline *p)
{
    CLEANUP(json_freep) struct json *events = pipeline_events(p);
    struct ends ends = {0};

    for (size_t i = 0; i < json_count(events); i++) {
        const char *state = json_get_text(json_at(events, i), "state", "");

        if (!str_eq(json_get_text(json_at(events, i), "kind", ""), "item.ended"))
            continue;
        ends.pr_open += str_eq(state, "PR_OPEN");
        ends.dlq += str_eq(state, "DLQ");
        ends.review += str_eq(state, "PENDING_REVIEW");
    }
    return ends;
}

/* The reason of the end of the item about that bucket. */
static void assert_reason(struct pipeline *p, const char *name, const char *state, const char *says)
{
    CLEANUP(json_freep) struct json *events = pipeline_events(p);
    char node[200];

    snprintf(node, sizeof node, "aws_s3_bucket.%s", name);
    for (size_t i = 0; i < json_count(events); i++) {
        const struct json *event = json_at(events, i);

        if (!str_eq(json_get_text(event, "kind", ""), "item.ended") ||
            strstr(json_get_text(event, "node_id", ""), node) == NULL)
            continue;
        assert_string_equal(json_get_text(event, "state", ""), state);
        assert_has(json_get_text(event, "error_message", ""), says);
        return;
    }
    fail_msg("%s has not ended", name);
}

static void
row_25_a_model_that_is_slow_cut_wrong_or_endless_costs_nobody_else_anything(void **state)
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

    struct ends ends = count_ends(scene.p);
    assert_int_equal(ends.pr_open, 4);
    assert_int_equal(ends.dlq, 4);
    assert_int_equal(ends.review, 1);
    assert_reason(scene.p, "wrongfile", "DLQ", "none of 3 answers of the model was a fix");
    assert_reason(scene.p, "wrongfile", "DLQ", "is no .tf file beside main.tf");
    assert_reason(scene.p, "empty", "DLQ", "answered no JSON");
    assert_reason(scene.p, "endless", "DLQ", "longer than");
    assert_reason(scene.p, "refuses", "DLQ", "content_filter");
    assert_reason(scene.p, "none", "PENDING_REVIEW", "Which owner? Nobody says.");
    /* 1 slow, 2 cut, 3 + 1 busy, 3 broken, 3 for each of four, 1 none */
    assert_int_equal(model_scene_asked(&scene), 1 + 2 + 4 + 3 + 4 * 3 + 1);
    assert_false(pipeline_grep(scene.p, "canary-model-key"));
    model_scene_down(&scene);
}

static void what_was_bought_is_not_bought_again_after_a_crash(void **state)
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

static void a_worker_that_dies_while_it_waits_pays_once_more_and_no_more(void **state)
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
static void a_model_that_thinks_for_many_leases_is_paid_once(void **state)
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
    assert_int_equal(count_ends(scene.p).pr_open, 1);
    model_scene_down(&scene);
}

static void a_stop_does_not_wait_for_the_answer_and_charges_nobody(void **state)
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
    assert_int_equal(count_ends(scene.p).pr_open, 1);
    model_scene_down(&scene);
}

static void a_storm_of_limits_loses_nobody_and_charges_nobody(void **state)
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
    assert_int_equal(count_ends(scene.p).pr_open, COUNT(names));
    assert_int_equal(model_scene_asked(&scene), 20 + (int64_t)COUNT(names));
    model_scene_down(&scene);
}

static void the_day_s_money_is_never_overspent_and_nobody_is_lost(void **state)
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
    assert_int_equal(count_ends(scene.p).dlq, 0);
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
    assert_reason(scene.p, "one", "PENDING_REVIEW", "LLM_ITEM_TOKENS");
    model_scene_down(&scene);
}

static void a_repository_that_the_model_may_not_see_is_not_shown(void **state)
{
    struct model_scene scene;

    (void)state;
    model_scene_up(&scene);
    if (scene.p == NULL)
        skip();
    model_scene_repository(&scene, (const char *const[]){"one", NULL});
    (void)pipeline_role(scene.p, "sink");
    size_t poll = pipeline_role(scene.p, "poll");
    pipeline_set(scene.p, "LLM_REPOSITORIES", "acme/open-*, other/*");
    (void)pipeline_role(scene.p, "work");
    model_scene_post(&scene, poll, "one");
    pipeline_wait_ended(scene.p, 1, 120000);
    assert_int_equal(model_scene_asked(&scene), 0);
    assert_reason(scene.p, "one", "PENDING_REVIEW", "no rule answers");
    model_scene_down(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            row_25_a_model_that_is_slow_cut_wrong_or_endless_costs_nobody_else_anything),
        cmocka_unit_test(what_was_bought_is_not_bought_again_after_a_crash),
        cmocka_unit_test(a_worker_that_dies_while_it_waits_pays_once_more_and_no_more),
        cmocka_unit_test(a_model_that_thinks_for_many_leases_is_paid_once),
        cmocka_unit_test(a_stop_does_not_wait_for_the_answer_and_charges_nobody),
        cmocka_unit_test(a_storm_of_limits_loses_nobody_and_charges_nobody),
        cmocka_unit_test(the_day_s_money_is_never_overspent_and_nobody_is_lost),
        cmocka_unit_test(an_item_that_spent_its_tokens_waits_for_a_person),
        cmocka_unit_test(a_repository_that_the_model_may_not_see_is_not_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
