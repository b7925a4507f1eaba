/*
 * Rows of the fault table (docs/faults.md) about workers that die, freeze or are told to stop
 * in the middle of an item: another one finishes the same work, once.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>

#include "tests/chaos/row_scene.h"

/* One item; its worker dies there, the next one finishes it. */
static void dies_at(struct row_scene *scene, const char *rules)
{
    row_begin(scene, 1);
    row_work(scene, rules);
    row_death(scene);
}

static void next_one_finishes(struct row_scene *scene)
{
    row_work(scene, "");
    row_rest(scene);
    assert_int_equal(row_pulls(scene), 1);
    assert_int_equal(row_events(scene, "item.ended", NULL), 1);
}

static void row_05_killed_after_its_claim_it_is_a_crash_and_no_attempt(void **state)
{
    struct row_scene *scene = *state;

    dies_at(scene, "claim.taken:kill");
    assert_int_equal(row_pulls(scene), 0);
    next_one_finishes(scene);
    assert_int_equal(row_number(scene, 0, "crashes"), 1);
    assert_int_equal(row_number(scene, 0, "attempts"), 0);
}

static size_t count_scratch(const struct row_scene *scene)
{
    char path[400];
    size_t n = 0;

    snprintf(path, sizeof path, "%s/data", scene->lane.dir);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        n += str_starts(entry->d_name, "scratch-");
    closedir(dir);
    return n;
}

static void row_06_killed_while_it_made_the_fix_nothing_of_it_stays_behind(void **state)
{
    struct row_scene *scene = *state;

    dies_at(scene, "generate:kill");
    assert_int_equal(count_scratch(scene), 1); /* the dead one's */
    next_one_finishes(scene);
    assert_int_equal(count_scratch(scene), 0);
    assert_int_equal(row_events(scene, "plan.saved", NULL), 1);
}

/* The branch's tip in the forge's repository; "" for none. */
static void read_tip(const struct row_scene *scene, char tip[64])
{
    char command[700];

    snprintf(command, sizeof command,
             "git --git-dir='%s/repositories/%s.git' for-each-ref --format='%%(objectname)' "
             "refs/heads/compliance-remediation",
             scene->lane.dir, scene->repository);
    FILE *stream = popen(command, "re");
    assert_non_null(stream);
    if (fgets(tip, 64, stream) == NULL)
        tip[0] = '\0';
    pclose(stream);
}

static void row_07_killed_after_the_plan_was_saved_the_plan_is_not_made_again(void **state)
{
    struct row_scene *scene = *state;

    dies_at(scene, "plan.saved:kill");
    next_one_finishes(scene);
    assert_true(row_passed(scene, &scene->first, "generate"));
    assert_true(row_passed(scene, &scene->lane.worker, "plan.loaded"));
    assert_false(row_passed(scene, &scene->lane.worker, "generate"));
}

static void row_08_killed_after_the_push_the_same_commit_gets_its_pull_request(void **state)
{
    struct row_scene *scene = *state;
    char before[64], after[64];

    dies_at(scene, "push.ok:kill");
    assert_int_equal(row_pulls(scene), 0);
    read_tip(scene, before);
    assert_string_not_equal(before, "");
    next_one_finishes(scene);
    read_tip(scene, after);
    assert_string_equal(before, after);
}

static void row_09_killed_after_the_pull_request_it_is_adopted(void **state)
{
    struct row_scene *scene = *state;

    dies_at(scene, "pr.ok:kill");
    assert_int_equal(row_pulls(scene), 1);
    next_one_finishes(scene);
    assert_int_equal(row_events(scene, "item.ended", "ADOPTED"), 1);
}

static void row_10_killed_before_its_event_the_event_is_sent(void **state)
{
    struct row_scene *scene = *state;

    dies_at(scene, "state.ok:kill");
    assert_int_equal(row_events(scene, "item.ended", NULL), 0);
    next_one_finishes(scene);
    assert_false(row_passed(scene, &scene->lane.worker, "find_pr"));
    assert_int_equal(row_events(scene, "item.ended", "PR_OPEN"), 1);
}

static void row_11_killed_after_its_event_the_second_run_asks_the_forge_nothing(void **state)
{
    struct row_scene *scene = *state;

    dies_at(scene, "emit.ok:kill");
    next_one_finishes(scene);
    assert_true(row_passed(scene, &scene->lane.worker, "repeat.told"));
    assert_false(row_passed(scene, &scene->lane.worker, "find_pr"));
    assert_false(row_passed(scene, &scene->lane.worker, "push.ok"));
}

/* --- zombies ------------------------------------------------------------------------ */

/* Frozen there while its lease runs out and another one does all the work; then it goes on. */
static void wakes_at(struct row_scene *scene, const char *rules, const char *last_words)
{
    row_begin(scene, 1);
    row_work(scene, rules);
    row_freeze(scene);
    row_work(scene, "");
    row_rest_working(scene);
    row_thaw(scene, last_words);
    row_rest(scene);
    assert_int_equal(row_pulls(scene), 1);
    assert_int_equal(row_events(scene, "item.ended", NULL), 1);
}

static void row_12_a_zombie_after_its_pull_request_is_refused_by_the_fence(void **state)
{
    struct row_scene *scene = *state;

    wakes_at(scene, "pr.ok:stop", "ran out before the end was recorded");
    assert_int_equal(row_events(scene, "item.ended", "ADOPTED"), 1);
}

static void row_12_a_zombie_before_its_push_pushes_nothing(void **state)
{
    struct row_scene *scene = *state;

    wakes_at(scene, "commit.made:stop", "the lease ran out");
    assert_false(row_passed(scene, &scene->first, "push.ok"));
}

/* --- stops ---------------------------------------------------------------------------- */

/* With a lease of two minutes a claim that was not given back would hold up its successor. */
static void row_33_told_to_stop_in_any_stage_it_gives_back_and_the_next_goes_on(void **state)
{
    static const char *const stages[] = {
        "take.begun", "claim.taken", "find_pr",     "decide",  "fetch", "analyze",  "generate",
        "check",      "plan.saved",  "commit.made", "push.ok", "pr.ok", "state.ok", "emit.ok"};
    struct row_scene *scene = *state;
    char rules[64];

    lane_set(&scene->lane, "WORKER_LEASE_MS", "120000");
    row_begin(scene, 0);
    for (size_t i = 0; i < COUNT(stages); i++) {
        struct lane_role *worker = &scene->lane.worker;
        row_send(scene, (int)i + 1, true);
        snprintf(rules, sizeof rules, "%s:term", stages[i]);
        row_work(scene, rules);
        assert_ok(role_wait_fault(&scene->lane, worker, stages[i], "term", &scene->err),
                  scene->err);
        assert_ok(role_wait_end(worker, 0, 0, &scene->err), scene->err);
    }
    row_work(scene, "");
    row_rest(scene);
    lane_set(&scene->lane, "WORKER_LEASE_MS", "1000");
    assert_ok(lane_check_uncharged(&scene->lane, &scene->err), scene->err);
    assert_int_equal(row_pulls(scene), COUNT(stages));
    assert_int_equal(row_events(scene, "item.ended", NULL), COUNT(stages));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_05_killed_after_its_claim_it_is_a_crash_and_no_attempt),
        cmocka_unit_test(row_06_killed_while_it_made_the_fix_nothing_of_it_stays_behind),
        cmocka_unit_test(row_07_killed_after_the_plan_was_saved_the_plan_is_not_made_again),
        cmocka_unit_test(row_08_killed_after_the_push_the_same_commit_gets_its_pull_request),
        cmocka_unit_test(row_09_killed_after_the_pull_request_it_is_adopted),
        cmocka_unit_test(row_10_killed_before_its_event_the_event_is_sent),
        cmocka_unit_test(row_11_killed_after_its_event_the_second_run_asks_the_forge_nothing),
        cmocka_unit_test(row_12_a_zombie_after_its_pull_request_is_refused_by_the_fence),
        cmocka_unit_test(row_12_a_zombie_before_its_push_pushes_nothing),
        cmocka_unit_test(row_33_told_to_stop_in_any_stage_it_gives_back_and_the_next_goes_on),
    };

    row_scene_need_kafka();
    return cmocka_run_group_tests(tests, row_scene_up, row_scene_down);
}
