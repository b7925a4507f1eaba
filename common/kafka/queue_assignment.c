/*
 * Queue: what the consumer owns at the moment. Rebalances, pauses and commits; all on the poll
 * thread.
 */
#include "common/kafka/queue_internal.h"

#include "common/clock.h"
#include "common/log.h"

enum {
    COMMIT_WAIT_MS = 5000,
    REVOKE_COMMIT_WAIT_MS = 2000, /* the group waits for us then */
    CLOSE_COMMIT_WAIT_MS = 2000,
    COMMITTED_WAIT_MS = 2000,
    SOFT_PAUSE_MS = 1000,
};

/* --- commit --- */

/* What moved since the last commit; NULL when nothing did. */
static rd_kafka_topic_partition_list_t *moved_offsets(struct queue_consumer *consumer)
{
    rd_kafka_topic_partition_list_t *list = NULL;

    for (size_t i = 0; i < offset_tracker_count(consumer->tracker); i++) {
        struct offset_view view;
        offset_tracker_view(consumer->tracker, i, &view);
        if (view.committable < 0 || view.committable <= view.committed)
            continue;
        if (list == NULL)
            list = rd_kafka_topic_partition_list_new(8);
        rd_kafka_topic_partition_list_add(list, view.topic, view.partition)->offset =
            view.committable;
    }
    return list;
}

static int note_committed(struct queue_consumer *consumer,
                          const rd_kafka_topic_partition_list_t *list, struct err *err)
{
    int r = 0;

    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *p = &list->elems[i];
        int slot = offset_tracker_slot(consumer->tracker, p->topic, p->partition);
        if (p->err != RD_KAFKA_RESP_ERR_NO_ERROR)
            r = err_set(err, ERR_RETRY, "commit %s[%d] at %lld: %s", p->topic, (int)p->partition,
                        (long long)p->offset, rd_kafka_err2str(p->err));
        else if (slot >= 0)
            offset_tracker_committed(consumer->tracker, (size_t)slot, p->offset);
    }
    return r;
}

/*
 * librdkafka keeps a consumer open until each of its commits is answered or given up, and it gives
 * one up only after a session timeout, or after its socket timeout of a minute when the connection
 * broke under it. Nothing takes a commit back. So none is handed over unless the coordinator has
 * just answered; a question, unlike a commit, holds up no close.
 */
static int ask_coordinator(struct queue_consumer *consumer,
                           const rd_kafka_topic_partition_list_t *about, int64_t wait_ms,
                           struct err *err)
{
    CLEANUP(rd_kafka_topic_partition_list_destroyp)
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_copy(about);
    rd_kafka_resp_err_t code = rd_kafka_committed(consumer->rk, list, (int)wait_ms);

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "commit offsets: the group's coordinator is away: %s",
                       rd_kafka_err2str(code));
    return 0;
}

static int hand_over(struct queue_consumer *consumer, const rd_kafka_topic_partition_list_t *list,
                     int64_t wait_ms, struct err *err)
{
    CLEANUP(rd_kafka_event_destroyp) rd_kafka_event_t *event = NULL;

    /* Answers to commits that were given up on: too late to mean anything. */
    while ((event = rd_kafka_queue_poll(consumer->replies, 0)) != NULL)
        rd_kafka_event_destroy(event);

    rd_kafka_resp_err_t code =
        rd_kafka_commit_queue(consumer->rk, list, consumer->replies, NULL, NULL);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "commit offsets: %s", rd_kafka_err2str(code));
    event = rd_kafka_queue_poll(consumer->replies, (int)wait_ms);
    if (event == NULL)
        return err_set(err, ERR_RETRY, "commit offsets: no answer within %lld ms",
                       (long long)wait_ms);
    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "commit offsets: %s",
                       rd_kafka_err2str(rd_kafka_event_error(event)));
    const rd_kafka_topic_partition_list_t *answered = rd_kafka_event_topic_partition_list(event);
    return note_committed(consumer, answered != NULL ? answered : list, err);
}

static int commit_within(struct queue_consumer *consumer, int64_t wait_ms, struct err *err)
{
    CLEANUP(rd_kafka_topic_partition_list_destroyp)
    rd_kafka_topic_partition_list_t *list = moved_offsets(consumer);

    if (list == NULL)
        return 0;
    int r = ask_coordinator(consumer, list, wait_ms, err);
    if (r < 0)
        return r;
    return hand_over(consumer, list, wait_ms, err);
}

int queue_commit(struct queue_consumer *consumer, struct err *err)
{
    return commit_within(consumer, COMMIT_WAIT_MS, err);
}

/* A refused commit only means that the next owner reads those records again. */
static void commit_last(struct queue_consumer *consumer, int64_t wait_ms)
{
    struct err err;

    if (rd_kafka_assignment_lost(consumer->rk) == 0 && commit_within(consumer, wait_ms, &err) < 0)
        LOG_INFO("queue.last_commit_refused", LOG_ERR(&err));
}

void queue_commit_before_close(struct queue_consumer *consumer)
{
    commit_last(consumer, CLOSE_COMMIT_WAIT_MS);
    consumer->closing = true;
}

/* --- pauses --- */

int64_t queue_soft_pause_left_ms(const struct queue_consumer *consumer)
{
    int64_t left_ms = consumer->paused_at_ms + SOFT_PAUSE_MS - clock_mono_ms();

    return consumer->paused && left_ms > 0 ? left_ms : 0;
}

static bool wants_pause(const struct queue_consumer *consumer, size_t i, bool everything)
{
    struct queue_slot *slot = &consumer->slots[i];
    struct offset_view view;

    offset_tracker_view(consumer->tracker, i, &view);
    if (view.full)
        slot->choked = true;
    else if (view.window <= QUEUE_WINDOW_MAX / 2)
        slot->choked = false;
    return everything || slot->choked || slot->held > 0;
}

void queue_apply_pauses(struct queue_consumer *consumer)
{
    size_t n = offset_tracker_count(consumer->tracker);
    bool everything = consumer->paused && queue_soft_pause_left_ms(consumer) == 0;

    if (!consumer->pauses_stale || n == 0)
        return;
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

/* --- rebalance --- */

/* The new generation and its slots; everything of the old one is forgotten. */
static int own(struct queue_consumer *consumer, const rd_kafka_topic_partition_list_t *list,
               struct err *err)
{
    size_t n = list != NULL ? (size_t)list->cnt : 0;
    CLEANUP(mem_freep) struct offset_partition *names = calloc(n + 1, sizeof *names);
    CLEANUP(mem_freep) struct queue_slot *slots = calloc(n + 1, sizeof *slots);

    queue_drop_held(consumer);
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

/* Where the group stood, for the lag and to notice records that were lost before we came. */
static void learn_committed(struct queue_consumer *consumer,
                            const rd_kafka_topic_partition_list_t *assigned)
{
    CLEANUP(rd_kafka_topic_partition_list_destroyp)
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_copy(assigned);

    if (rd_kafka_committed(consumer->rk, list, COMMITTED_WAIT_MS) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *p = &list->elems[i];
        int slot = offset_tracker_slot(consumer->tracker, p->topic, p->partition);
        if (slot < 0 || p->err != RD_KAFKA_RESP_ERR_NO_ERROR || p->offset < 0)
            continue;
        offset_tracker_committed(consumer->tracker, (size_t)slot, p->offset);
        consumer->slots[slot].expected = p->offset;
    }
}

static void on_assign(struct queue_consumer *consumer, rd_kafka_topic_partition_list_t *list)
{
    consumer->connected = true;
    consumer->trouble = own(consumer, list, &consumer->trouble_text);
    if (consumer->trouble < 0) {
        rd_kafka_assign(consumer->rk, NULL);
        return;
    }
    if (!consumer->closing)
        learn_committed(consumer, list);
    rd_kafka_resp_err_t code = rd_kafka_assign(consumer->rk, list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        consumer->trouble = err_set(&consumer->trouble_text, ERR_RETRY, "take partitions: %s",
                                    rd_kafka_err2str(code));
    /* librdkafka keeps a pause over a rebalance; what was held is gone, and its slot is new. */
    rd_kafka_resume_partitions(consumer->rk, list);
    queue_apply_pauses(consumer); /* before the first fetch, when everything is paused */
    LOG_INFO("queue.assigned", LOG_INT("partitions", list->cnt),
             LOG_INT("generation", offset_tracker_generation(consumer->tracker)));
}

static void on_revoke(struct queue_consumer *consumer, const rd_kafka_topic_partition_list_t *list)
{
    bool lost = rd_kafka_assignment_lost(consumer->rk) != 0;
    struct err err;

    if (!consumer->closing)
        commit_last(consumer, REVOKE_COMMIT_WAIT_MS);
    if (own(consumer, NULL, &err) < 0)
        consumer->trouble = err_nomem(&consumer->trouble_text);
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
        if (own(consumer, NULL, &consumer->trouble_text) < 0)
            consumer->trouble = ERR_FATAL;
        rd_kafka_assign(consumer->rk, NULL);
    }
}

/* --- stats --- */

static int64_t lag_of(struct queue_consumer *consumer, const struct offset_view *view)
{
    int64_t low = RD_KAFKA_OFFSET_INVALID;
    int64_t high = RD_KAFKA_OFFSET_INVALID;

    /* As last seen in a fetch: no question to the broker. */
    if (rd_kafka_get_watermark_offsets(consumer->rk, view->topic, view->partition, &low, &high) !=
            RD_KAFKA_RESP_ERR_NO_ERROR ||
        high < 0)
        return -1;
    int64_t from = view->committed >= 0 ? view->committed : low >= 0 ? low : 0;
    return high > from ? high - from : 0;
}

void queue_stats(struct queue_consumer *consumer, struct queue_stats *out)
{
    *out = (struct queue_stats){
        .assigned_partitions = (int64_t)offset_tracker_count(consumer->tracker),
        .in_flight = (int64_t)offset_tracker_unfinished(consumer->tracker),
        .generation = offset_tracker_generation(consumer->tracker),
        .connected = consumer->connected,
    };
    for (size_t i = 0; i < offset_tracker_count(consumer->tracker) && out->lag >= 0; i++) {
        struct offset_view view;
        offset_tracker_view(consumer->tracker, i, &view);
        int64_t lag = lag_of(consumer, &view);
        out->lag = lag < 0 ? -1 : out->lag + lag;
    }
}
