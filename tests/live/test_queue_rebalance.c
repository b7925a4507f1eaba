/*
 * Fault 18: rebalances in the midst of work. A member stays, another joins and leaves; both finish
 * what they have in any order, also what is theirs no more. After every commit the broker is asked
 * from outside: nothing that was not finished is ever committed, as an offset or in a map (G4), and
 * in the end nothing is left.
 */
#include "common/clock.h"
#include "tests/support/kafka.h"
#include "tests/support/kafka_group.h"

#include <librdkafka/rdkafka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <time.h>

enum {
    PARTITIONS = 4,
    OFFSETS = 4000, /* of a partition, at most */
    AT_ONCE = 40,   /* records that a member works on */
    BATCH = 16,
    BATCH_EVERY_MS = 60,
    COMMIT_EVERY_MS = 150,
    END_MS = 60000,
    ASK_MS = 10000,
};

struct member {
    struct queue_consumer *consumer;
    struct queue_record *work[AT_ONCE];
    size_t n;
};

struct world {
    char topic[FRESH_NAME_BYTES];
    rd_kafka_t *eye; /* of the group, never in it */
    bool finished[PARTITIONS][OFFSETS];
    int64_t committed[PARTITIONS];
    int64_t sent, worked_on, again, checks, refused;
    uint64_t seed;
};

static enum broker_kind kind;
static struct broker *broker;
static struct queue_producer *producer;
static struct world world;

static uint32_t dice(void)
{
    world.seed = world.seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(world.seed >> 33);
}

static rd_kafka_t *eye_of(const char *group)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[256];

    assert_int_equal(
        rd_kafka_conf_set(conf, "bootstrap.servers", broker_address(broker), why, sizeof why), 0);
    assert_int_equal(rd_kafka_conf_set(conf, "group.id", group, why, sizeof why), 0);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    assert_non_null(rk);
    return rk;
}

static int bring_up(void **state)
{
    const char *given = getenv("PLUMB_SEED");

    (void)state;
    broker = broker_start(kind);
    producer = producer_for(broker);
    world =
        (struct world){.seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL)};
    print_message("PLUMB_SEED=%llu\n", (unsigned long long)world.seed);
    fresh_topic(broker, world.topic, "rebalance", PARTITIONS);
    world.eye = eye_of(world.topic);
    return 0;
}

static int bring_down(void **state)
{
    (void)state;
    rd_kafka_destroy(world.eye);
    queue_producer_free(producer);
    broker_stop(broker);
    return 0;
}

/* --- the members' work --- */

static void finish_one(struct member *member)
{
    size_t i = dice() % member->n;
    struct queue_record *record = member->work[i];

    assert_in_range(record->offset, 0, OFFSETS - 1);
    world.worked_on++;
    world.again += world.finished[record->partition][record->offset];
    world.finished[record->partition][record->offset] = true;
    queue_done(member->consumer, record->topic, record->partition, record->offset,
               record->generation);
    queue_record_free(record);
    member->work[i] = member->work[--member->n];
}

static void turn(struct member *member)
{
    if (member->consumer == NULL)
        return;
    bool has_room = member->n < AT_ONCE;
    if (has_room)
        queue_resume(member->consumer);
    else
        queue_pause(member->consumer);
    struct queue_record *record = next_record(member->consumer, 1);
    if (record != NULL) {
        assert_true(has_room);
        member->work[member->n++] = record;
    }
    while (member->n > 0 && dice() % 100 < 60)
        finish_one(member);
}

/* --- what the broker has --- */

static void check_map(const rd_kafka_topic_partition_t *p)
{
    struct offset_map_reader reader;
    struct offset_run run;

    if (p->metadata_size == 0)
        return;
    assert_true(offset_map_open(&reader, p->metadata, p->metadata_size, p->offset));
    while (offset_map_next(&reader, &run))
        for (int64_t offset = run.first; offset < run.end; offset++) {
            assert_in_range(offset, 0, OFFSETS - 1);
            assert_true(world.finished[p->partition][offset]);
        }
}

static void check_commits(void)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(PARTITIONS);

    for (int32_t p = 0; p < PARTITIONS; p++)
        rd_kafka_topic_partition_list_add(list, world.topic, p);
    assert_int_equal(rd_kafka_committed(world.eye, list, ASK_MS), 0);
    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *p = &list->elems[i];
        if (p->offset < 0)
            continue;
        for (int64_t offset = 0; offset < p->offset; offset++)
            assert_true(world.finished[p->partition][offset]);
        assert_true(p->offset >= world.committed[p->partition]);
        world.committed[p->partition] = p->offset;
        check_map(p);
    }
    world.checks++;
    rd_kafka_topic_partition_list_destroy(list);
}

static void commit(struct member *member)
{
    struct err err;

    if (member->consumer == NULL)
        return;
    world.refused += queue_commit(member->consumer, &err) != 0;
    check_commits();
}

/* --- the story --- */

static void leave(struct member *member)
{
    queue_consumer_free(STEAL(member->consumer)); /* commits; what is unfinished is another's */
    while (member->n > 0)
        queue_record_free(member->work[--member->n]);
    check_commits();
}

/* For so long, sending on when asked to. */
static void work(struct member *stays, struct member *comes, int64_t for_ms, bool sending)
{
    int64_t now_ms = clock_mono_ms();
    int64_t until_ms = now_ms + for_ms;
    int64_t send_at_ms = now_ms;
    int64_t commit_at_ms = now_ms;

    for (; now_ms < until_ms; now_ms = clock_mono_ms()) {
        if (sending && now_ms >= send_at_ms) {
            send_numbered(producer, world.topic, (int)world.sent, BATCH);
            world.sent += BATCH;
            send_at_ms = now_ms + BATCH_EVERY_MS;
        }
        turn(stays);
        turn(comes);
        if (now_ms >= commit_at_ms) {
            commit(stays);
            commit(comes);
            commit_at_ms = now_ms + COMMIT_EVERY_MS;
        }
    }
}

static int64_t committed_all(void)
{
    int64_t sum = 0;

    for (size_t p = 0; p < PARTITIONS; p++)
        sum += world.committed[p];
    return sum;
}

static void row_18_nothing_unfinished_is_committed_however_often_it_rebalances(void **state)
{
    struct member stays = {.consumer = consumer_for(broker, world.topic, world.topic)};
    struct member comes = {0};
    /* A rebalance of the embedded broker takes three seconds, and it takes no commits meanwhile. */
    int64_t phase_ms = kind == BROKER_REAL ? 1000 : 4500;
    int phases = kind == BROKER_REAL ? 12 : 4;

    (void)state;
    work(&stays, &comes, phase_ms, true);
    for (int phase = 0; phase < phases; phase++) {
        if (comes.consumer == NULL)
            comes.consumer = consumer_for(broker, world.topic, world.topic);
        else
            leave(&comes);
        work(&stays, &comes, phase_ms, true);
    }
    leave(&comes);
    int64_t until_ms = clock_mono_ms() + END_MS;
    while (committed_all() < world.sent && clock_mono_ms() < until_ms)
        work(&stays, &comes, 200, false);
    assert_int_equal(committed_all(), world.sent);
    leave(&stays);
    print_message("%lld records, %lld worked on again, %lld looks at the commits, %lld refused\n",
                  (long long)world.sent, (long long)world.again, (long long)world.checks,
                  (long long)world.refused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_18_nothing_unfinished_is_committed_however_often_it_rebalances),
    };
    int failed = 0;

    for (kind = BROKER_EMBEDDED; kind <= BROKER_REAL; kind++)
        if (broker_wanted(kind))
            failed +=
                cmocka_run_group_tests_name(broker_kind_name(kind), tests, bring_up, bring_down);
    return failed;
}
