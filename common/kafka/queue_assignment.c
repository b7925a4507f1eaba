/*
 * Queue: what the consumer owns at the moment. Rebalances, where reading begins, and pauses; all on
 * the poll thread.
 */
#include "common/kafka/queue_internal.h"

#include "common/clock.h"
#include "common/log.h"

enum {
    LEARN_WAIT_MS = 2000,      /* in a rebalance: the group waits for us then */
    LEARN_AGAIN_WAIT_MS = 500, /* later: only our own polling waits */
    LEARN_AGAIN_AFTER_MS = 500,
    LEARN_ENDS_FOR_MS = 15000, /* then it is read without the maps whose ends nobody tells */
    SOFT_PAUSE_MS = 1000,
};

/* --- pauses --- */

int64_t queue_soft_pause_left_ms(const struct queue_consumer *consumer)
{
    if (!consumer->paused)
        return 0;

    int64_t left_ms = consumer->paused_at_ms + SOFT_PAUSE_MS - clock_mono_ms();
    return left_ms > 0 ? left_ms : 0;
}

static bool wants_pause(const struct queue_consumer *consumer, size_t i, bool everything)
{
    const struct queue_slot *slot = &consumer->slots[i];
    struct offset_view view;

    offset_tracker_view(consumer->tracker, i, &view);
    return everything || view.full || slot->held > 0 || slot->stopped;
}

void queue_apply_pauses(struct queue_consumer *consumer)
{
    size_t n = offset_tracker_count(consumer->tracker);
    bool everything = consumer->paused && queue_soft_pause_left_ms(consumer) == 0;

    if (!consumer->pauses_stale || n == 0 || consumer->awaited != NULL)
        return; /* what librdkafka does not have yet cannot be paused */
    CLEANUP(rd_kafka_topic_partition_list_destroyp)
    rd_kafka_topic_partition_list_t *stop = rd_kafka_topic_partition_list_new((int)n);
    CLEANUP(rd_kafka_topic_partition_list_destroyp)
    rd_kafka_topic_partition_list_t *go = rd_kafka_topic_partition_list_new((int)n);

    for (size_t i = 0; i < n; i++) {
        struct offset_view view;
        bool pause = wants_pause(consumer, i, everything);
        if (pause == consumer->slots[i].paused)
            continue;
        offset_tracker_view(consumer->tracker, i, &view);
        rd_kafka_topic_partition_list_add(pause ? stop : go, view.topic, view.partition);
        consumer->slots[i].paused = pause;
    }
    if (stop->cnt > 0)
        rd_kafka_pause_partitions(consumer->rk, stop);
    if (go->cnt > 0)
        rd_kafka_resume_partitions(consumer->rk, go);
    /* A soft pause becomes a hard one by time alone. */
    consumer->pauses_stale = consumer->paused && !everything;
}

void queue_pause(struct queue_consumer *consumer)
{
    if (consumer->paused)
        return;
    consumer->paused = true;
    consumer->paused_at_ms = clock_mono_ms();
    consumer->pauses_stale = true;
}

void queue_resume(struct queue_consumer *consumer)
{
    consumer->paused = false;
    consumer->pauses_stale = true;
}

/* --- ownership --- */

/* The new generation and its slots; everything of the old one is forgotten. */
static int own(struct queue_consumer *consumer, const rd_kafka_topic_partition_list_t *list,
               struct err *err)
{
    size_t n = list != NULL ? (size_t)list->cnt : 0;
    CLEANUP(mem_freep) struct offset_partition *names = calloc(n + 1, sizeof *names);
    CLEANUP(mem_freep) struct queue_slot *slots = calloc(n + 1, sizeof *slots);

    queue_drop_held(consumer);
    queue_drop_awaited(consumer);
    if (names == NULL || slots == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < n; i++) {
        names[i] = (struct offset_partition){list->elems[i].topic, list->elems[i].partition};
        slots[i].expected = -1;
    }
    int r = offset_tracker_assign(consumer->tracker, names, n, err);
    if (r < 0)
        return r;

    free(consumer->slots);
    consumer->slots = STEAL(slots);
    consumer->pauses_stale = true;
    return 0;
}

/* --- where reading begins --- */

/*
 * The ends of the partitions whose commit has metadata, beside list; INT64_MAX for the others. A
 * map that says more than there are records must not swallow those that are yet to come. A
 * partition without a leader has no end for as long as that lasts, and the others wait for it; so
 * after a while its map counts for nothing, and what it says is finished comes again.
 */
static int ask_ends(struct queue_consumer *consumer, const rd_kafka_topic_partition_list_t *list,
                    int64_t until_ms, int64_t *ends, struct err *err)
{
    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *p = &list->elems[i];
        int64_t left_ms = until_ms - clock_mono_ms();
        int64_t low;
        ends[i] = INT64_MAX;
        if (p->metadata_size == 0 || p->offset < 0)
            continue;
        rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(
            consumer->rk, p->topic, p->partition, &low, &ends[i], left_ms > 1 ? (int)left_ms : 1);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
            continue;
        if (clock_mono_ms() < consumer->awaited_at_ms + LEARN_ENDS_FOR_MS)
            return err_set(err, ERR_RETRY, "where %s[%d] ends: %s", p->topic, (int)p->partition,
                           rd_kafka_err2str(code));
        LOG_WARN("queue.map_unused", LOG_TEXT("topic", p->topic),
                 LOG_INT("partition", p->partition), LOG_TEXT("why", rd_kafka_err2str(code)));
        ends[i] = p->offset;
    }
    return 0;
}

/* The group's commits with their metadata, into list. */
static int ask_commits(struct queue_consumer *consumer, rd_kafka_topic_partition_list_t *list,
                       int64_t wait_ms, struct err *err)
{
    rd_kafka_resp_err_t code = rd_kafka_committed(consumer->rk, list, (int)wait_ms);

    for (int i = 0; code == RD_KAFKA_RESP_ERR_NO_ERROR && i < list->cnt; i++)
        code = list->elems[i].err;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "where the group stands: %s", rd_kafka_err2str(code));
    return 0;
}

/* From its commit on, or from the beginning when it has none. */
static int begin_partition(struct queue_consumer *consumer, const rd_kafka_topic_partition_t *known,
                           int64_t end, rd_kafka_topic_partition_t *begin, struct err *err)
{
    int slot = offset_tracker_slot(consumer->tracker, known->topic, known->partition);

    assert(slot >= 0);
    begin->offset = RD_KAFKA_OFFSET_BEGINNING;
    if (known->offset < 0)
        return 0;
    begin->offset = known->offset;
    consumer->slots[slot].expected = known->offset;
    int r = offset_tracker_begin(consumer->tracker, (size_t)slot, known->offset, known->metadata,
                                 known->metadata_size, end, err);
    if (r == OFFSET_NO_MAP)
        LOG_WARN("queue.map_ignored", LOG_TEXT("topic", known->topic),
                 LOG_INT("partition", known->partition), LOG_INT("committed", known->offset),
                 LOG_INT("bytes", (int64_t)known->metadata_size));
    return r < 0 ? r : 0;
}

/* Asks for both before it changes anything, so that it can be tried again. */
static int begin_all(struct queue_consumer *consumer, rd_kafka_topic_partition_list_t *list,
                     int64_t wait_ms, struct err *err)
{
    CLEANUP(rd_kafka_topic_partition_list_destroyp)
    rd_kafka_topic_partition_list_t *known = rd_kafka_topic_partition_list_copy(list);
    CLEANUP(mem_freep) int64_t *ends = calloc((size_t)list->cnt + 1, sizeof *ends);
    int64_t until_ms = clock_mono_ms() + wait_ms;

    if (ends == NULL)
        return err_nomem(err);
    int r = ask_commits(consumer, known, wait_ms, err);
    if (r == 0)
        r = ask_ends(consumer, known, until_ms, ends, err);
    for (int i = 0; r == 0 && i < list->cnt; i++)
        r = begin_partition(consumer, &known->elems[i], ends[i], &list->elems[i], err);
    return r;
}

static void take(struct queue_consumer *consumer, const rd_kafka_topic_partition_list_t *list)
{
    rd_kafka_resp_err_t code = rd_kafka_assign(consumer->rk, list);
    struct err err;

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        queue_note_trouble(consumer,
                           err_set(&err, ERR_RETRY, "take partitions: %s", rd_kafka_err2str(code)),
                           &err);
    /* librdkafka keeps a pause over a rebalance; what was held is gone, and its slot is new. */
    rd_kafka_topic_partition_list_t *anew = rd_kafka_topic_partition_list_copy(list);
    rd_kafka_resume_partitions(consumer->rk, anew);
    rd_kafka_topic_partition_list_destroy(anew);
    queue_apply_pauses(consumer); /* before the first fetch, when everything is paused */
}

/* Nothing is read before it is known what is finished. */
static void begin_reading(struct queue_consumer *consumer, int64_t wait_ms)
{
    struct err err;
    int r = begin_all(consumer, consumer->awaited, wait_ms, &err);

    if (r < 0) {
        queue_note_trouble(consumer, r, &err);
        consumer->learn_at_ms = clock_mono_ms() + LEARN_AGAIN_AFTER_MS;
        return;
    }
    CLEANUP(rd_kafka_topic_partition_list_destroyp)
    rd_kafka_topic_partition_list_t *list = STEAL(consumer->awaited);
    take(consumer, list);
    LOG_INFO("queue.reading", LOG_INT("partitions", list->cnt),
             LOG_INT("generation", offset_tracker_generation(consumer->tracker)));
}

void queue_begin_awaited(struct queue_consumer *consumer)
{
    if (consumer->awaited != NULL && clock_mono_ms() >= consumer->learn_at_ms)
        begin_reading(consumer, LEARN_AGAIN_WAIT_MS);
}

void queue_drop_awaited(struct queue_consumer *consumer)
{
    if (consumer->awaited != NULL)
        rd_kafka_topic_partition_list_destroy(STEAL(consumer->awaited));
}

/* --- rebalance --- */

static void on_assign(struct queue_consumer *consumer, const rd_kafka_topic_partition_list_t *list)
{
    CLEANUP(rd_kafka_topic_partition_list_destroyp)
    rd_kafka_topic_partition_list_t *nothing = rd_kafka_topic_partition_list_new(0);

    struct err err;

    consumer->connected = true;
    int r = own(consumer, list, &err);
    if (r < 0) {
        queue_note_trouble(consumer, r, &err);
        rd_kafka_assign(consumer->rk, NULL);
        return;
    }
    if (consumer->trouble != ERR_FATAL)
        consumer->trouble = 0; /* what there was is over */
    LOG_INFO("queue.assigned", LOG_INT("partitions", list->cnt),
             LOG_INT("generation", offset_tracker_generation(consumer->tracker)));
    if (!consumer->closing) {
        consumer->awaited = rd_kafka_topic_partition_list_copy(list);
        consumer->awaited_at_ms = clock_mono_ms();
        begin_reading(consumer, LEARN_WAIT_MS);
    }
    if (consumer->closing || consumer->awaited != NULL)
        take(consumer, nothing);
}

static void on_revoke(struct queue_consumer *consumer, const rd_kafka_topic_partition_list_t *list)
{
    bool lost = rd_kafka_assignment_lost(consumer->rk) != 0;
    struct err err;

    if (!consumer->closing)
        queue_commit_before_revoke(consumer);
    int r = own(consumer, NULL, &err);
    if (r < 0)
        queue_note_trouble(consumer, r, &err);
    rd_kafka_assign(consumer->rk, NULL);
    LOG_INFO("queue.revoked", LOG_INT("partitions", list->cnt), LOG_INT("lost", lost));
}

void queue_on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t code,
                        rd_kafka_topic_partition_list_t *partitions, void *opaque)
{
    struct queue_consumer *consumer = opaque;

    (void)rk;
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        on_assign(consumer, partitions);
    } else if (code == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
        on_revoke(consumer, partitions);
    } else {
        LOG_ERROR("queue.rebalance_failed", LOG_TEXT("text", rd_kafka_err2str(code)));
        struct err err;
        int r = own(consumer, NULL, &err);
        if (r < 0)
            queue_note_trouble(consumer, r, &err);
        rd_kafka_assign(consumer->rk, NULL);
    }
}
