/*
 * Rows of the fault table (docs/faults.md) about what surrounds a process: its disk, its
 * clock, and the input that ends it.
 */
#include <signal.h>
#include <stdio.h>

#include "common/files.h"
#include "common/redis/claim_store.h"
#include "proto/topics.h"
#include "tests/chaos/row_scene.h"
#include "tests/support/wait.h"

#define HOUR_MS 3600000
#define WAIT_MS 30000

/* --- disks ------------------------------------------------------------------------ */

static void row_28_on_a_full_disk_the_sink_takes_nothing_and_commits_nothing(void **state)
{
    struct row_scene *scene = *state;
    struct lane *lane = &scene->lane;

    row_begin(scene, 0);
    role_arm(lane, &lane->sink,
             "sink.write:enospc@1,sink.write:enospc@2,sink.write:enospc@3,sink.write:enospc@4");
    row_send(scene, 1, true);
    row_work(scene, "");
    row_wait_log(scene, &lane->sink, "sink.disk_full");
    assert_false(group_is_at_rest(lane->sink_group));
    assert_int_equal(row_events(scene, "item.ended", NULL), 0);
    row_rest(scene); /* there is room at the fifth time */
    assert_int_equal(row_events(scene, "item.ended", "PR_OPEN"), 1);
}

static void row_28_on_a_full_disk_the_worker_gives_the_item_back(void **state)
{
    struct row_scene *scene = *state;

    row_begin(scene, 1);
    row_work(scene, "forge.write:enospc");
    row_rest(scene);
    assert_true(row_logged(scene, &scene->lane.worker, "No space left on device"));
    assert_int_equal(row_events(scene, "item.deferred", NULL), 1);
    assert_int_equal(row_number(scene, 0, "crashes"), 0);
    assert_int_equal(row_pulls(scene), 1);
    assert_int_equal(row_events(scene, "item.ended", NULL), 1);
}

/* --- clocks ------------------------------------------------------------------------- */

static void set_clock(struct row_scene *scene, int64_t off_ms)
{
    char path[400], variable[420], text[32];

    snprintf(path, sizeof path, "%s/clock", scene->lane.dir);
    snprintf(variable, sizeof variable, "@%s", path);
    snprintf(text, sizeof text, "%lld", (long long)off_ms);
    assert_ok(files_write(path, text, strlen(text), &scene->err), scene->err);
    lane_set(&scene->lane, "PLUMB_FAULT_CLOCK", variable);
}

/* Each item fails once in a worker whose clock is off, and is taken up by one whose is not. */
static void row_29_a_retry_from_a_clock_an_hour_off_is_not_an_hour_late(void **state)
{
    static const int64_t offs[] = {HOUR_MS, -HOUR_MS};
    struct row_scene *scene = *state;

    for (size_t i = 0; i < COUNT(offs); i++) {
        row_begin(scene, 0);
        set_clock(scene, offs[i]);
        row_send(scene, 1, true);
        row_work(scene, "fetch:reply");
        row_wait_log(scene, &scene->lane.worker, "item.failed");
        assert_ok(role_stop(&scene->lane, &scene->lane.worker, &scene->err), scene->err);
        lane_set(&scene->lane, "PLUMB_FAULT_CLOCK", NULL);
        row_work(scene, "");
        row_rest(scene);
        assert_int_equal(row_events(scene, "item.deferred", NULL), 1);
        assert_int_equal(row_pulls(scene), 1);
        assert_int_equal(row_number(scene, 0, "crashes"), 0);
    }
}

static void row_29_a_clock_that_jumps_under_an_item_does_not_touch_its_lease(void **state)
{
    struct row_scene *scene = *state;

    row_begin(scene, 0);
    set_clock(scene, 0);
    row_work(scene, "fetch:pause,plan.saved:pause,pr.ok:pause");
    row_send(scene, 1, true);
    assert_ok(role_wait_fault(&scene->lane, &scene->lane.worker, "fetch", "pause", &scene->err),
              scene->err);
    set_clock(scene, HOUR_MS);
    assert_ok(
        role_wait_fault(&scene->lane, &scene->lane.worker, "plan.saved", "pause", &scene->err),
        scene->err);
    set_clock(scene, -HOUR_MS);
    row_rest(scene);
    lane_set(&scene->lane, "PLUMB_FAULT_CLOCK", NULL);
    assert_false(row_logged(scene, &scene->lane.worker, "lease"));
    assert_int_equal(row_events(scene, "item.deferred", NULL), 0);
    assert_int_equal(row_events(scene, "item.ended", "PR_OPEN"), 1);
    assert_int_equal(row_pulls(scene), 1);
}

/* --- poison --------------------------------------------------------------------------- */

/* The first item was given up, so many others got their pull requests. */
static void expect_one_dead(struct row_scene *scene, int others)
{
    assert_int_equal(row_events(scene, "item.ended", "DLQ"), 1);
    CLEANUP(mem_freep) char *end = row_field(scene, 0, "state");
    CLEANUP(mem_freep) char *why = row_field(scene, 0, "reason");
    assert_string_equal(end, "DLQ");
    assert_has(why, "ended its worker 3 times");
    assert_int_equal(row_events(scene, "item.ended", "PR_OPEN") +
                         row_events(scene, "item.ended", "ADOPTED"),
                     others);
    assert_int_equal(row_pulls(scene), others);
}

/* What is sent from now on is about another repository. */
static void go_beside(struct row_scene *scene, char poison[64])
{
    (void)str_copy(poison, 64, scene->repository);
    snprintf(scene->repository, sizeof scene->repository, "%.50s-beside", poison);
    assert_ok(lane_repository(&scene->lane, scene->repository, &scene->err), scene->err);
}

static void row_30_an_item_that_ends_three_workers_is_a_dead_letter_and_others_go_on(void **state)
{
    struct row_scene *scene = *state;
    char poison[64], rules[120];

    lane_set(&scene->lane, "MAX_CONCURRENT_WORKERS", "1");
    row_begin(scene, 1);
    go_beside(scene, poison);
    snprintf(rules, sizeof rules, "fetch=%.63s:kill", poison);
    for (int i = 0; i < CLAIM_CRASHES_MAX; i++) {
        row_send(scene, i + 1, true);
        row_work(scene, rules);
        row_death(scene);
    }
    row_work(scene, rules); /* it would end this one, too */
    row_rest(scene);
    lane_set(&scene->lane, "MAX_CONCURRENT_WORKERS", "2");
    expect_one_dead(scene, CLAIM_CRASHES_MAX);
}

/* Both are under way when the worker dies for the first time: the pauses see to it. Whichever is
 * taken up first by the next worker, it is there alone. */
static void row_30_an_innocent_item_beside_it_is_not_taken_for_it(void **state)
{
    struct row_scene *scene = *state;
    const char *beside = scene->repository;
    char poison[64], rules[400];

    row_begin(scene, 1);
    go_beside(scene, poison);
    row_send(scene, 1, true);
    snprintf(rules, sizeof rules,
             "find_pr=%.63s:pause,fetch=%.63s:kill,find_pr=%.63s:pause,fetch=%.63s:pause,"
             "analyze=%.63s:pause",
             poison, poison, beside, beside, beside);
    for (int i = 0; i < CLAIM_CRASHES_MAX; i++) {
        row_work(scene, rules);
        row_death(scene);
    }
    row_work(scene, rules); /* it would end this one, too */
    row_rest(scene);
    expect_one_dead(scene, 1);
    assert_true(row_number(scene, 1, "crashes") <= 1); /* it saw one death at most */
}

/* --- unreadable ------------------------------------------------------------------------- */

static bool is_letter(const struct queue_record *record, const char *bytes)
{
    return record->value_len == strlen(bytes) &&
           memcmp(record->value, bytes, record->value_len) == 0;
}

/* The letters that hold exactly these bytes and the header that they came with. */
static size_t count_letters(struct row_scene *scene, const char *bytes, size_t wanted)
{
    char topic[128], group[FRESH_NAME_BYTES];
    size_t n = 0;

    snprintf(topic, sizeof topic, "%s%s", scene->lane.prefix, TOPIC_DLQ);
    fresh_name(group, "letters");
    CLEANUP(queue_consumer_freep)
    struct queue_consumer *consumer = consumer_for(scene->broker, group, topic);
    while (n < wanted) {
        CLEANUP(queue_record_freep) struct queue_record *record = next_record(consumer, WAIT_MS);
        const void *mark = NULL;
        size_t len = 0;
        if (record == NULL)
            break;
        if (!is_letter(record, bytes))
            continue;
        assert_true(queue_record_header(record, "x-mark", &mark, &len));
        assert_memory_equal(mark, "kept", len);
        n++;
    }
    return n;
}

static void row_31_an_unreadable_record_is_a_dead_letter_whole_before_its_offset_moves(void **state)
{
    static const char bytes[] = "\x81\xa1v\xcd\x07\xd0 and more";
    const struct queue_header header = {"x-mark", "kept", 4};
    const struct queue_message message = {.topic = TOPIC_FINDINGS,
                                          .key = "k",
                                          .key_len = 1,
                                          .value = bytes,
                                          .value_len = sizeof bytes - 1,
                                          .headers = &header,
                                          .n_headers = 1};
    struct row_scene *scene = *state;

    row_begin(scene, 0);
    assert_ok(queue_send_wait(scene->lane.producer, &message, &scene->err), scene->err);
    row_work(scene, "dlq.sent:kill");
    row_death(scene);
    assert_false(group_is_at_rest(scene->lane.group)); /* the letter is there, the offset is not */
    row_work(scene, "");
    row_rest(scene);
    assert_int_equal(count_letters(scene, bytes, 2), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_28_on_a_full_disk_the_sink_takes_nothing_and_commits_nothing),
        cmocka_unit_test(row_28_on_a_full_disk_the_worker_gives_the_item_back),
        cmocka_unit_test(row_29_a_retry_from_a_clock_an_hour_off_is_not_an_hour_late),
        cmocka_unit_test(row_29_a_clock_that_jumps_under_an_item_does_not_touch_its_lease),
        cmocka_unit_test(row_30_an_item_that_ends_three_workers_is_a_dead_letter_and_others_go_on),
        cmocka_unit_test(row_30_an_innocent_item_beside_it_is_not_taken_for_it),
        cmocka_unit_test(
            row_31_an_unreadable_record_is_a_dead_letter_whole_before_its_offset_moves),
    };

    row_scene_need_kafka();
    return cmocka_run_group_tests(tests, row_scene_up, row_scene_down);
}
