/* Replays that are stopped and gone on with; and each kind of record on its way. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"
#include "proto/topics.h"
#include "tests/support/replay_scene.h"
#include "tests/support/test.h"

#define DEAD "acme/later::aws_s3_bucket.b0"

static int sent_of(const char *text)
{
    const char *at = strstr(text, "replay INC-2: ");

    return at != NULL ? atoi(at + strlen("replay INC-2: ")) : -1;
}

/* The words after "To go on:", as a shell would split them: there is nothing to quote here. */
static size_t words_of(char *text, const char **out, size_t max)
{
    char *at = strstr(text, "  plumb replay");
    size_t n = 0;
    char *rest = NULL;

    assert_non_null(at);
    at[strcspn(at, "\n")] = '\0';
    for (char *word = strtok_r(at, " ", &rest); word != NULL && n < max - 1;
         word = strtok_r(NULL, " ", &rest))
        if (!str_eq(word, "plumb"))
            out[n++] = word;
    out[n] = NULL;
    return n;
}

static void wait_for_sent(struct replay_scene *scene, int64_t records)
{
    int64_t until_ms = clock_mono_ms() + 120000;

    while (replay_scene_records(scene, TOPIC_FINDINGS) < records) {
        if (clock_mono_ms() > until_ms)
            fail_msg("nothing is sent");
        usleep(100000);
    }
}

/* The next ones come by the command that is said, not by the same one again. */
static void what_max_leaves_out_is_said(struct replay_scene *scene)
{
    CLEANUP(buf_done) struct buf out = BUF(1000000);
    const char *words[40];

    SCENE_RUN(scene, &out, 0, "replay", "--topic", TOPIC_FINDINGS, "--where", "repository=acme/r",
              "--max", "5", "--dry-run");
    assert_has(buf_str(&out), "5 records would be sent");
    assert_has(buf_str(&out), "3 more left out by --max");
    buf_reset(&out);
    SCENE_RUN(scene, &out, 0, "replay", "--topic", TOPIC_FINDINGS, "--where", "repository=acme/r",
              "--max", "5", "--reason", "try-it");
    assert_has(buf_str(&out), "5 of 5 records sent; 3 more left out by --max");
    (void)words_of(out.bytes, words, COUNT(words));
    CLEANUP(buf_done) struct buf next = BUF(1000000);
    replay_scene_run(scene, &next, 0, words);
    assert_has(buf_str(&next), "3 of 3 records sent\n");
    assert_lacks(buf_str(&next), "To go on");
}

static void a_replay_that_is_stopped_says_how_to_go_on(void **state)
{
    CLEANUP(buf_done) struct buf first = BUF(1000000);
    CLEANUP(buf_done) struct buf second = BUF(1000000);
    const char *words[40];
    struct replay_scene scene;
    int from;

    (void)state;
    if (!replay_scene_up(&scene, BROKER_EMBEDDED))
        skip();
    for (int i = 0; i < SCENE_BUCKETS; i++)
        replay_scene_post(&scene, "acme/r", i);
    replay_scene_wait(&scene, SCENE_BUCKETS, "item.ended", "PR_OPEN", NULL);
    int64_t before = replay_scene_records(&scene, TOPIC_FINDINGS);
    pid_t pid = pipeline_command_start(
        scene.p,
        (const char *const[]){"replay", "--topic", TOPIC_FINDINGS, "--where", "repository=acme/r",
                              "--from", "1h", "--id", "INC-2", "--rate", "12/m", "--reason",
                              "try-it", NULL},
        &from);
    wait_for_sent(&scene, before + 2);
    assert_int_equal(kill(pid, SIGINT), 0);
    assert_int_equal(kill(pid, SIGINT), 0); /* a nervous hand */
    assert_int_equal(pipeline_command_end(pid, from, &first), 1);
    int sent = sent_of(buf_str(&first));
    assert_in_range(sent, 2, SCENE_BUCKETS - 1);
    assert_has(buf_str(&first), "Stopped.");
    assert_int_equal(replay_scene_records(&scene, TOPIC_FINDINGS), before + sent);
    replay_scene_wait(&scene, 1, "replay.finished", NULL, NULL);

    (void)words_of(first.bytes, words, COUNT(words) - 2);
    assert_string_equal(words[0], "replay");
    replay_scene_run(&scene, &second, 0, words);
    assert_int_equal(sent + sent_of(buf_str(&second)), SCENE_BUCKETS);
    assert_int_equal(replay_scene_records(&scene, TOPIC_FINDINGS), before + SCENE_BUCKETS);
    what_max_leaves_out_is_said(&scene);
    pipeline_stop(scene.p);
}

/* The drain's limit may end it without another word. */
static void a_stop_with_the_broker_away_says_how_to_go_on(void **state)
{
    CLEANUP(buf_done) struct buf out = BUF(1000000);
    struct replay_scene scene;
    int from;

    (void)state;
    if (!replay_scene_up(&scene, BROKER_EMBEDDED))
        skip();
    for (int i = 0; i < SCENE_BUCKETS; i++)
        replay_scene_post(&scene, "acme/r", i);
    replay_scene_wait(&scene, SCENE_BUCKETS, "item.ended", "PR_OPEN", NULL);
    int64_t before = replay_scene_records(&scene, TOPIC_FINDINGS);
    pid_t pid = pipeline_command_start(
        scene.p,
        (const char *const[]){"replay", "--topic", TOPIC_FINDINGS, "--where", "repository=acme/r",
                              "--rate", "12/m", "--reason", "try-it", NULL},
        &from);
    wait_for_sent(&scene, before + 2);
    broker_set_up(scene.p->broker, false);
    assert_int_equal(kill(pid, SIGINT), 0);
    assert_int_equal(pipeline_command_end(pid, from, &out), 1);
    assert_has(buf_str(&out), "of 8 are done so far");
    assert_has(buf_str(&out), "To go on:\n  plumb replay --topic plumb.findings.v1 --id ");
    broker_set_up(scene.p->broker, true);
    pipeline_stop(scene.p);
}

/* --- drift, items that wait for a person, letters from their own topic --- */

static void post(struct replay_scene *scene, const char *path, const char *body)
{
    assert_int_equal(pipeline_http(scene->p->roles[scene->poll].port, "POST", path, body, NULL),
                     202);
}

static void drift_goes_to_the_topic_of_drift(struct replay_scene *scene)
{
    CLEANUP(buf_done) struct buf out = BUF(1000000);
    int64_t findings = replay_scene_records(scene, TOPIC_FINDINGS);

    post(scene, "/v1/drift",
         "{\"source\":\"terraform\",\"control\":\"terraform-drift\",\"repository\":\"acme/r\","
         "\"address\":\"aws_s3_bucket.b7\",\"drift_action\":\"update\"}\n");
    replay_scene_wait(scene, 1, "item.ended", NULL, "acme/r::aws_s3_bucket.b7");
    SCENE_RUN(scene, &out, 0, "replay", "--topic", TOPIC_DRIFT, "--where", "kind=drift", "--reason",
              "try-it");
    assert_has(buf_str(&out), "1 of 1 record sent");
    assert_int_equal(replay_scene_records(scene, TOPIC_DRIFT), 2);
    assert_int_equal(replay_scene_records(scene, TOPIC_FINDINGS), findings);
}

static void an_item_that_waits_runs_again_only_when_that_is_asked(struct replay_scene *scene)
{
    static const char node[] = "acme/r::aws_s3_bucket.b6";
    CLEANUP(buf_done) struct buf out = BUF(1000000);

    post(scene, "/v1/findings",
         "{\"source\":\"checkov\",\"control\":\"CKV_NOBODYS_1\",\"repository\":\"acme/r\","
         "\"address\":\"aws_s3_bucket.b6\"}\n");
    replay_scene_wait(scene, 1, "item.ended", "PENDING_REVIEW", node);
    int64_t known = pipeline_metric(scene->p, scene->work, "plumb_items_duplicate_total");
    SCENE_RUN(scene, &out, 0, "replay", "--topic", TOPIC_FINDINGS, "--where",
              "control=CKV_NOBODYS_1", "--reason", "try-it");
    replay_scene_wait_metric(scene, scene->work, "plumb_items_duplicate_total", known + 1);
    assert_int_equal(replay_scene_count(scene, "item.ended", "PENDING_REVIEW", node), 1);
    SCENE_RUN(scene, &out, 0, "replay", "--topic", TOPIC_FINDINGS, "--where",
              "control=CKV_NOBODYS_1", "--reopen-review", "--reason", "try-it");
    replay_scene_wait(scene, 2, "item.ended", "PENDING_REVIEW", node);
}

static void letters_are_sent_from_their_topic_until_they_are_answered(struct replay_scene *scene)
{
    CLEANUP(buf_done) struct buf out = BUF(1000000);

    replay_scene_post(scene, "acme/later", 0);
    replay_scene_wait(scene, 1, "item.ended", "DLQ", DEAD);
    replay_scene_make_later(scene);
    SCENE_RUN(scene, &out, 0, "replay", "--topic", TOPIC_DLQ, "--where", "stage=fetch", "--reason",
              "try-it");
    assert_has(buf_str(&out), "1 of 1 record sent");
    replay_scene_wait(scene, 1, "item.ended", "PR_OPEN", DEAD);
    SCENE_RUN(scene, &out, 0, "replay", "--topic", TOPIC_DLQ, "--where", "stage=fetch", "--reason",
              "try-it");
    assert_has(buf_str(&out), "nothing matches");
}

static void each_kind_of_record_goes_its_way(void **state)
{
    struct replay_scene scene;

    (void)state;
    if (!replay_scene_up(&scene, BROKER_EMBEDDED))
        skip();
    drift_goes_to_the_topic_of_drift(&scene);
    an_item_that_waits_runs_again_only_when_that_is_asked(&scene);
    letters_are_sent_from_their_topic_until_they_are_answered(&scene);
    pipeline_stop(scene.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_replay_that_is_stopped_says_how_to_go_on),
        cmocka_unit_test(a_stop_with_the_broker_away_says_how_to_go_on),
        cmocka_unit_test(each_kind_of_record_goes_its_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
