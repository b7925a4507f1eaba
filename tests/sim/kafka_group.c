/* The consumer group, as its coordinator sees it; the story stands in kafka.h. */
#include "tests/sim/kafka.h"

static struct member members[MEMBERS_MAX];
static int64_t generation;
static bool rebalancing;

void group_begin(void)
{
    memset(members, 0, sizeof members);
    generation = 0;
    rebalancing = false;
}

/* Partitions go round the members in their order. */
static void assign_all(void)
{
    size_t n = 0;

    for (int m = 0; m < MEMBERS_MAX; m++) {
        memset(members[m].given, 0, sizeof members[m].given);
        n += members[m].used && members[m].joined;
    }
    for (size_t i = 0; n > 0 && i < n_parts; i++) {
        size_t turn = i % n;
        if (str_eq(parts[i].topic->name, TOPIC_DLQ) || str_eq(parts[i].topic->name, TOPIC_AUDIT))
            continue;
        for (int m = 0; m < MEMBERS_MAX; m++)
            if (members[m].used && members[m].joined && turn-- == 0)
                members[m].given[i] = true;
    }
}

static void complete_if_ready(void)
{
    for (int m = 0; m < MEMBERS_MAX; m++)
        if (members[m].used && members[m].joined && !members[m].ready)
            return;
    rebalancing = false;
    generation++;
    assign_all();
    for (int m = 0; m < MEMBERS_MAX; m++) {
        struct member *member = &members[m];
        if (!member->used || !member->joined)
            continue;
        member->generation = generation;
        member->ready = false;
        member->pending = PENDING_ASSIGN;
    }
    trace("kafka   group has generation %lld", (long long)generation);
    task_wake(parts);
}

void group_rebalance(void)
{
    rebalancing = true;
    for (int m = 0; m < MEMBERS_MAX; m++) {
        struct member *member = &members[m];
        if (!member->used || !member->joined || member->ready)
            continue;
        if (member->pending == PENDING_ASSIGN || member->generation == 0) {
            member->pending = PENDING_NOTHING; /* it never heard of what it would have got */
            member->ready = true;
        } else {
            member->pending = PENDING_REVOKE;
        }
    }
    task_wake(parts);
    complete_if_ready();
}

void group_join(rd_kafka_t *rk)
{
    int m = 0;

    if (rk->member == NULL) {
        while (members[m].used)
            assert(++m < MEMBERS_MAX);
        rk->member = &members[m];
    }
    *rk->member = (struct member){
        .rk = rk, .worker = rk->worker, .used = true, .joined = true, .seen_ms = sim_now_ms()};
    group_rebalance();
}

void group_leave(rd_kafka_t *rk)
{
    bool was_in = rk->member != NULL && rk->member->joined;

    if (rk->member != NULL)
        *rk->member = (struct member){0};
    rk->member = NULL;
    if (was_in)
        group_rebalance();
}

/* Takes a silent member out of the group; when it comes back it hears that all was lost. */
static void put_out(struct member *member)
{
    trace("kafka   group puts %s out", member->worker->name);
    if (member->rk == NULL) {
        *member = (struct member){0};
        return;
    }
    bool had = member->generation > 0 && member->pending != PENDING_ASSIGN && !member->ready;
    member->joined = member->ready = false;
    member->pending = PENDING_REVOKE;
    member->lost = true;
    if (!had)
        member->pending = PENDING_NOTHING;
}

void group_tick(void)
{
    bool changed = false;

    for (int m = 0; m < MEMBERS_MAX; m++) {
        struct member *member = &members[m];
        if (!member->used || !member->joined)
            continue;
        bool alive = member->rk != NULL && member->worker->frozen_until_ms <= sim_now_ms();
        if (alive && broker_is_up()) {
            /* It was silent until just now, and the broker had already counted. */
            if (sim_now_ms() - member->seen_ms <= SESSION_MS) {
                member->seen_ms = sim_now_ms();
                continue;
            }
        } else if (!broker_is_up()) {
            member->seen_ms += member->rk != NULL ? sim_now_ms() - member->seen_ms : 0;
            continue;
        }
        if (sim_now_ms() - member->seen_ms > SESSION_MS) {
            put_out(member);
            changed = true;
        }
    }
    if (changed)
        group_rebalance();
}

void group_gave_up(rd_kafka_t *rk)
{
    struct member *member = rk->member;

    if (member == NULL)
        return;
    member->lost = false;
    if (!member->joined) {
        group_join(rk);
        return;
    }
    member->ready = true;
    if (rebalancing)
        complete_if_ready();
}

static rd_kafka_topic_partition_list_t *given_list(const struct member *member)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(PARTITIONS_MAX);

    for (size_t i = 0; i < n_parts; i++)
        if (member->given[i])
            rd_kafka_topic_partition_list_add(list, parts[i].topic->name, parts[i].number);
    return list;
}

bool group_serve(rd_kafka_t *rk)
{
    struct member *member = rk->member;

    if (member == NULL)
        return false;
    if (!member->joined && member->pending == PENDING_NOTHING) {
        group_join(rk);
        return false;
    }
    if (member->pending == PENDING_NOTHING)
        return false;
    bool revoke = member->pending == PENDING_REVOKE;
    rd_kafka_topic_partition_list_t *list = given_list(member);

    member->pending = PENDING_NOTHING;
    trace("kafka   %s of %d partitions%s", revoke ? "revoke" : "assignment", list->cnt,
          member->lost ? ", lost" : "");
    rk->conf.rebalance(
        rk, revoke ? RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS : RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS,
        list, rk->conf.opaque);
    rd_kafka_topic_partition_list_destroy(list);
    if (revoke && !task_is_dead())
        group_gave_up(rk);
    return true;
}

bool group_accepts(const rd_kafka_t *rk)
{
    const struct member *member = rk->member;

    return member != NULL && member->joined && member->generation == generation;
}
