/* The dead-letter queue as an operator meets it: look, mend the cause, retry, see the end, purge.
 */
#include <signal.h>
#include <stdio.h>

#include "common/kafka/queue.h"
#include "proto/topics.h"
#include "tests/support/replay_scene.h"
#include "tests/support/test.h"

#define LATER "acme/later::aws_s3_bucket.b0"

/* One letter of each kind: an item whose repository is not there, bytes that are no item, and what
 * an intake refused. */
static void make_letters(struct replay_scene *scene)
{
    CLEANUP(queue_producer_freep) struct queue_producer *producer = producer_for(scene->p->broker);
    const struct queue_message poison = {.topic = TOPIC_FINDINGS,
                                         .key = "acme/r",
                                         .key_len = 6,
                                         .value = "not \033[31mmsgpack",
                                         .value_len = 16};
    struct err err;

    replay_scene_post(scene, "acme/later", 0);
    replay_scene_wait(scene, 1, "item.ended", "DLQ", LATER);
    assert_ok(queue_send_wait(producer, &poison, &err), err);
    replay_scene_wait(scene, 1, "record.rejected", "DLQ", NULL);
    assert_int_equal(pipeline_http(scene->p->roles[scene->poll].port, "POST", "/v1/findings",
                                   "{\"control\":\"x\"}", NULL),
                     400);
    replay_scene_wait(scene, 2, "record.rejected", "DLQ", NULL);
}

static const struct json *letter_of(const struct json *list, const char *stage)
{
    const struct json *letters = json_get(list, "letters");

    for (size_t i = 0; i < json_count(letters); i++)
        if (str_eq(json_get_text(json_at(letters, i), "stage", ""), stage))
            return json_at(letters, i);
    return NULL;
}

/* The id of the open letter of that stage. */
static void find_id(struct replay_scene *scene, const char *stage, char out[64])
{
    CLEANUP(json_freep) struct json *list = SCENE_JSON(scene, "dlq", "list");
    const struct json *letter = letter_of(list, stage);

    if (letter == NULL)
        fail_msg("no letter of stage %s", stage);
    (void)str_copy(out, 64, json_get_text(letter, "id", ""));
}

static void all_three_are_listed_and_conditions_choose(struct replay_scene *scene)
{
    CLEANUP(json_freep) struct json *list = SCENE_JSON(scene, "dlq", "list");
    CLEANUP(json_freep)
    struct json *one = SCENE_JSON(scene, "dlq", "list", "--where", "rule=CKV_AWS_21", "--where",
                                  "error~no bare repository");
    const struct json *letter = letter_of(list, "fetch");

    assert_int_equal(json_count(json_get(list, "letters")), 3);
    assert_non_null(letter);
    assert_string_equal(json_get_text(letter, "repository", ""), "acme/later");
    assert_string_equal(json_get_text(letter, "rule", ""), "aws-s3-versioning");
    assert_string_equal(json_get_text(letter, "state", ""), "open");
    assert_string_equal(json_get_text(letter, "item_state", ""), "DLQ");
    assert_true(json_is_null(json_get(letter, "not_retryable")));
    assert_non_null(letter_of(list, "decode"));
    assert_false(json_is_null(json_get(letter_of(list, "intake"), "not_retryable")));
    assert_int_equal(json_count(json_get(one, "letters")), 1);
}

static void each_can_be_looked_at(struct replay_scene *scene)
{
    CLEANUP(buf_done) struct buf out = BUF(1000000);
    char id[64];

    find_id(scene, "fetch", id);
    SCENE_RUN(scene, &out, 0, "dlq", "show", id);
    assert_has(buf_str(&out), "\"address\": \"aws_s3_bucket.b0\"");
    assert_has(buf_str(&out), "__connect.errors.stage: fetch");
    find_id(scene, "decode", id);
    SCENE_RUN(scene, &out, 0, "dlq", "show", id);
    assert_has(buf_str(&out), "6e 6f 74 20 1b 5b"); /* as hex, and nothing that steers a terminal */
    assert_lacks(buf_str(&out), "\033");
    SCENE_RUN(scene, &out, 1, "dlq", "show", "7/9999");
    SCENE_RUN(scene, &out, 2, "dlq", "show", "nothing");
}

static void a_dry_run_changes_nothing(struct replay_scene *scene)
{
    CLEANUP(buf_done) struct buf out = BUF(1000000);
    int64_t findings = replay_scene_records(scene, TOPIC_FINDINGS);
    int64_t letters = replay_scene_records(scene, TOPIC_DLQ);
    int64_t events = replay_scene_records(scene, TOPIC_AUDIT);

    SCENE_RUN(scene, &out, 0, "dlq", "list");
    assert_has(buf_str(&out), "aws_s3_bucket.b0");
    SCENE_RUN(scene, &out, 0, "dlq", "retry", "--all", "--dry-run");
    assert_has(buf_str(&out), "aws_s3_bucket.b0");
    assert_has(buf_str(&out), "2 records would be sent");
    assert_has(buf_str(&out), "1 letter cannot be sent again");
    SCENE_RUN(scene, &out, 0, "dlq", "purge", "--all", "--dry-run");
    assert_has(buf_str(&out), "3 letters would be purged");
    SCENE_RUN(scene, &out, 2, "dlq", "retry", "--all");         /* no reason */
    SCENE_RUN(scene, &out, 2, "dlq", "retry", "--reason", "x"); /* no letters */
    assert_int_equal(replay_scene_records(scene, TOPIC_FINDINGS), findings);
    assert_int_equal(replay_scene_records(scene, TOPIC_DLQ), letters);
    assert_int_equal(replay_scene_records(scene, TOPIC_AUDIT), events);
}

static void the_second_end_stands_in_the_trail(struct replay_scene *scene)
{
    CLEANUP(json_freep) struct json *events = pipeline_events(scene->p);
    const struct json *ends[3] = {NULL};
    const struct json *started = NULL;
    size_t n = 0;

    for (size_t i = 0; i < json_count(events); i++) {
        const struct json *event = json_at(events, i);
        if (str_eq(json_get_text(event, "kind", ""), "replay.started"))
            started = event;
        if (str_eq(json_get_text(event, "kind", ""), "item.ended") &&
            str_eq(json_get_text(event, "node_id", ""), LATER) && n < COUNT(ends))
            ends[n++] = event;
    }
    assert_int_equal(n, 2);
    assert_string_equal(json_get_text(ends[0], "fingerprint", "a"),
                        json_get_text(ends[1], "fingerprint", "b"));
    assert_string_equal(json_get_text(ends[0], "state", ""), "DLQ");
    assert_string_equal(json_get_text(ends[1], "state", ""), "PR_OPEN");
    assert_string_not_equal(json_get_text(ends[0], "audit_id", ""),
                            json_get_text(ends[1], "audit_id", ""));
    const struct json *metadata = json_get(ends[1], "metadata");
    assert_int_equal(json_get_int(metadata, "run", 0), 1);
    assert_non_null(started);
    assert_string_equal(json_get_text(metadata, "replay_id", "a"),
                        json_get_text(json_get(started, "metadata"), "replay_id", "b"));
    assert_true(strcmp(json_get_text(started, "timestamp", "z"),
                       json_get_text(ends[1], "timestamp", "")) < 0);
    const struct json *details = json_get(started, "details");
    assert_string_equal(json_get_text(details, "reason", ""), "the repository exists now");
    assert_int_equal(json_get_int(details, "records", 0), 1);
    assert_has(json_get_text(details, "by", ""), "@");
}

static void once_the_cause_is_mended_a_retry_ends_well(struct replay_scene *scene)
{
    CLEANUP(buf_done) struct buf out = BUF(1000000);
    char id[64];

    find_id(scene, "fetch", id);
    replay_scene_make_later(scene);
    SCENE_RUN(scene, &out, 0, "dlq", "retry", id, "--reason", "the repository exists now");
    assert_has(buf_str(&out), "1 of 1 record sent");
    replay_scene_wait(scene, 1, "item.ended", "PR_OPEN", LATER);
    replay_scene_wait(scene, 1, "replay.finished", NULL, NULL);
    the_second_end_stands_in_the_trail(scene);

    CLEANUP(json_freep) struct json *open_ones = SCENE_JSON(scene, "dlq", "list");
    CLEANUP(json_freep) struct json *all = SCENE_JSON(scene, "dlq", "list", "--all");
    assert_null(letter_of(open_ones, "fetch"));
    assert_string_equal(json_get_text(letter_of(all, "fetch"), "state", ""), "ended");
    assert_string_equal(json_get_text(letter_of(all, "fetch"), "item_state", ""), "PR_OPEN");

    int64_t findings = replay_scene_records(scene, TOPIC_FINDINGS);
    SCENE_RUN(scene, &out, 1, "dlq", "retry", id, "--reason", "once more");
    assert_has(buf_str(&out), "is not open but ended");
    assert_int_equal(replay_scene_records(scene, TOPIC_FINDINGS), findings);
}

/* Bytes that no worker can read: sent again they come back as a new letter, and the old one is
 * answered. */
static void a_retry_that_fails_again_is_a_new_letter(struct replay_scene *scene)
{
    CLEANUP(buf_done) struct buf out = BUF(1000000);
    char before[64], after[64];

    find_id(scene, "decode", before);
    SCENE_RUN(scene, &out, 0, "dlq", "retry", "--where", "stage=decode", "--reason", "newer build");
    replay_scene_wait(scene, 3, "record.rejected", "DLQ", NULL);
    find_id(scene, "decode", after);
    assert_string_not_equal(before, after);
    CLEANUP(json_freep) struct json *list = SCENE_JSON(scene, "dlq", "list");
    assert_int_equal(json_count(json_get(list, "letters")), 2);
}

/* Its copy would fail as it did, and be one more to be copied the next time. */
static void a_replay_leaves_out_what_cannot_be_decoded(struct replay_scene *scene)
{
    CLEANUP(buf_done) struct buf out = BUF(1000000);
    int64_t findings = replay_scene_records(scene, TOPIC_FINDINGS);

    SCENE_RUN(scene, &out, 0, "replay", "--topic", TOPIC_FINDINGS, "--where", "repository=acme/r",
              "--reason", "all of it");
    assert_has(buf_str(&out), "2 records could not be decoded and were left out");
    assert_has(buf_str(&out), "nothing matches");
    assert_int_equal(replay_scene_records(scene, TOPIC_FINDINGS), findings);
}

/* By the replay that was made of a letter, its copy's letter is not sent again. */
static void a_letter_that_cannot_be_decoded_is_sent_once_for_each_id(struct replay_scene *scene)
{
    CLEANUP(buf_done) struct buf out = BUF(1000000);
    const char *const words[] = {"replay",       "--topic",  TOPIC_DLQ, "--where",
                                 "stage=decode", "--reason", "try-it",  NULL};

    replay_scene_run(scene, &out, 0, words);
    assert_has(buf_str(&out), "1 of 1 record sent");
    replay_scene_wait(scene, 4, "record.rejected", "DLQ", NULL);
    replay_scene_run(scene, &out, 0, words);
    assert_has(buf_str(&out), "nothing matches");
    CLEANUP(json_freep) struct json *list = SCENE_JSON(scene, "dlq", "list");
    assert_int_equal(json_count(json_get(list, "letters")), 2);
}

static void a_retry_that_sends_nothing_failed(struct replay_scene *scene)
{
    CLEANUP(buf_done) struct buf out = BUF(1000000);
    char id[64];

    find_id(scene, "intake", id);
    SCENE_RUN(scene, &out, 1, "dlq", "retry", id, "--reason", "it cannot be");
    assert_has(buf_str(&out), "0 of 1 record sent, 1 refused");
    replay_scene_wait(scene, 4, "replay.finished", NULL, NULL);
    SCENE_RUN(scene, &out, 0, "history", "--limit", "1");
    assert_has(buf_str(&out), "failed");
    assert_has(buf_str(&out), "nothing was sent; refused: ");
}

static void what_is_purged_is_listed_no_more(struct replay_scene *scene)
{
    CLEANUP(buf_done) struct buf out = BUF(1000000);
    char id[64];

    find_id(scene, "decode", id);
    SCENE_RUN(scene, &out, 0, "dlq", "purge", id, "--reason", "a test of somebody's");
    assert_has(buf_str(&out), "1 of 1 letter marked");
    SCENE_RUN(scene, &out, 1, "dlq", "purge", id, "--reason", "again");
    SCENE_RUN(scene, &out, 0, "dlq", "purge", "--to", "now", "--reason", "all the rest");
    SCENE_RUN(scene, &out, 0, "dlq", "list");
    assert_has(buf_str(&out), "0 letters; not shown: ");
    assert_has(buf_str(&out), "2 purged");
    SCENE_RUN(scene, &out, 0, "dlq", "list", "--where", "repository=nobodys/own");
    assert_has(buf_str(&out), "0 letters\n");
    replay_scene_wait(scene, 2, "dlq.purge_started", NULL, NULL);
    replay_scene_wait(scene, 2, "dlq.purge_finished", NULL, NULL);
    SCENE_RUN(scene, &out, 0, "dlq", "retry", "--all", "--reason", "nothing is left");
    assert_has(buf_str(&out), "nothing to send");
}

static void walk(enum broker_kind kind)
{
    CLEANUP(buf_done) struct buf out = BUF(1000000);
    struct replay_scene scene;

    if (!replay_scene_up(&scene, kind))
        skip();
    make_letters(&scene);
    all_three_are_listed_and_conditions_choose(&scene);
    each_can_be_looked_at(&scene);
    a_dry_run_changes_nothing(&scene);
    once_the_cause_is_mended_a_retry_ends_well(&scene);
    a_retry_that_fails_again_is_a_new_letter(&scene);
    a_replay_leaves_out_what_cannot_be_decoded(&scene);
    a_letter_that_cannot_be_decoded_is_sent_once_for_each_id(&scene);
    a_retry_that_sends_nothing_failed(&scene);
    what_is_purged_is_listed_no_more(&scene);
    SCENE_RUN(&scene, &out, 0, "dlq", "--help");
    assert_has(buf_str(&out), "plumb dlq retry");
    assert_lacks(buf_str(&out), "history");
    SCENE_RUN(&scene, &out, 0, "audit", "--help");
    assert_has(buf_str(&out), "plumb audit verify");
    SCENE_RUN(&scene, &out, 2, "nothing", "--help");
    SCENE_RUN(&scene, &out, 0, "history");
    SCENE_RUN(&scene, &out, 0, "audit", "verify");
    pipeline_stop(scene.p);
}

static void dead_letters_are_answered_on_the_embedded_broker(void **state)
{
    (void)state;
    walk(BROKER_EMBEDDED);
}

static void dead_letters_are_answered_on_a_real_kafka(void **state)
{
    (void)state;
    walk(BROKER_REAL);
}

/* Nobody has to look for the port of an embedded broker. */
static void the_parts_of_plumb_up_are_found_by_themselves(void **state)
{
    CLEANUP(buf_done) struct buf out = BUF(1000000);
    struct replay_scene scene = {.p = pipeline_start(BROKER_EMBEDDED)};

    (void)state;
    if (scene.p == NULL)
        skip();
    pipeline_set(scene.p, "REDIS_URL", NULL);
    pipeline_set(scene.p, "KAFKA_BOOTSTRAP_SERVERS", NULL);
    size_t up = pipeline_role(scene.p, "up");
    SCENE_RUN(&scene, &out, 0, "dlq", "list");
    assert_string_equal(buf_str(&out), "0 letters\n");
    (void)pipeline_end_role(scene.p, up, SIGTERM);
    assert_int_equal(pipeline_count_files(scene.p, "data", "parts"), 0);
    pipeline_stop(scene.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dead_letters_are_answered_on_the_embedded_broker),
        cmocka_unit_test(dead_letters_are_answered_on_a_real_kafka),
        cmocka_unit_test(the_parts_of_plumb_up_are_found_by_themselves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
