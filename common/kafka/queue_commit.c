/*
 * Queue: commits. Each tells the lowest unfinished offset of a partition and, as its metadata, what
 * is finished above that (offset_map.h). rd_kafka_offsets_store would drop the metadata, so the
 * lists are explicit.
 */
#include "common/kafka/queue_internal.h"

#include "common/clock.h"
#include "common/fault.h"
#include "common/log.h"

enum {
    COMMIT_WAIT_MS = 5000,
    REVOKE_COMMIT_WAIT_MS = 2000, /* the group waits for us then */
    CLOSE_COMMIT_WAIT_MS = 2000,
};

/* What is due; NULL when nothing is. */
static rd_kafka_topic_partition_list_t *due_offsets(const struct queue_consumer *consumer)
{
    rd_kafka_topic_partition_list_t *list = NULL;

    for (size_t i = 0; i < offset_tracker_count(consumer->tracker); i++) {
        struct offset_view view;
        char map[OFFSET_MAP_TEXT];
        offset_tracker_view(consumer->tracker, i, &view);
        if (!view.due)
            continue;
        if (list == NULL)
            list = rd_kafka_topic_partition_list_new(8);
        rd_kafka_topic_partition_t *p =
            rd_kafka_topic_partition_list_add(list, view.topic, view.partition);
        p->offset = view.committable;
        if (consumer->slots[i].maps_refused || offset_tracker_map(consumer->tracker, i, map) == 0)
            continue;
        p->metadata = strdup(map);
        p->metadata_size =
            p->metadata != NULL ? strlen(map) : 0; /* without it work is done twice */
    }
    return list;
}

/* A broker with a smaller limit than Kafka's own: the offset alone counts. */
static void stop_sending_map(struct queue_consumer *consumer, int slot,
                             const rd_kafka_topic_partition_t *p)
{
    if (slot < 0 || consumer->slots[slot].maps_refused)
        return;
    consumer->slots[slot].maps_refused = true;
    LOG_WARN("queue.map_refused", LOG_TEXT("topic", p->topic), LOG_INT("partition", p->partition),
             LOG_INT("bytes", (int64_t)p->metadata_size));
}

/* code: of the commit as a whole. */
static int note_answer(struct queue_consumer *consumer, const rd_kafka_topic_partition_list_t *list,
                       rd_kafka_resp_err_t code, struct err *err)
{
    int r = 0;

    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *p = &list->elems[i];
        rd_kafka_resp_err_t own = p->err != RD_KAFKA_RESP_ERR_NO_ERROR ? p->err : code;
        int slot = offset_tracker_slot(consumer->tracker, p->topic, p->partition);
        if (own == RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE)
            stop_sending_map(consumer, slot, p);
        if (own != RD_KAFKA_RESP_ERR_NO_ERROR)
            r = err_set(err, ERR_RETRY, "commit %s[%d] at %lld: %s", p->topic, (int)p->partition,
                        (long long)p->offset, rd_kafka_err2str(own));
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

/* The answer to that commit; those to commits that were given up on are too late to mean anything.
 * NULL when none came. */
static rd_kafka_event_t *await_answer(struct queue_consumer *consumer, int64_t number,
                                      int64_t wait_ms)
{
    int64_t until_ms = clock_mono_ms() + wait_ms;

    while (true) {
        int64_t left_ms = until_ms - clock_mono_ms();
        rd_kafka_event_t *event =
            rd_kafka_queue_poll(consumer->replies, left_ms > 0 ? (int)left_ms : 0);
        if (event == NULL || (intptr_t)rd_kafka_event_opaque(event) == number)
            return event;
        rd_kafka_event_destroy(event);
    }
}

static int hand_over(struct queue_consumer *consumer, const rd_kafka_topic_partition_list_t *list,
                     int64_t wait_ms, struct err *err)
{
    int64_t number = ++consumer->commits;
    rd_kafka_resp_err_t code = rd_kafka_commit_queue(consumer->rk, list, consumer->replies, NULL,
                                                     (void *)(intptr_t)number);

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "commit offsets: %s", rd_kafka_err2str(code));
    CLEANUP(rd_kafka_event_destroyp)
    rd_kafka_event_t *event = await_answer(consumer, number, wait_ms);
    if (event == NULL)
        return err_set(err, ERR_RETRY, "commit offsets: no answer within %lld ms",
                       (long long)wait_ms);
    const rd_kafka_topic_partition_list_t *answered = rd_kafka_event_topic_partition_list(event);
    return note_answer(consumer, answered != NULL ? answered : list, rd_kafka_event_error(event),
                       err);
}

static int commit_within(struct queue_consumer *consumer, int64_t wait_ms, struct err *err)
{
    CLEANUP(rd_kafka_topic_partition_list_destroyp)
    rd_kafka_topic_partition_list_t *list = due_offsets(consumer);

    if (list == NULL)
        return 0;
    int r = ask_coordinator(consumer, list, wait_ms, err);
    if (r < 0)
        return r;
    return FAULT_REPLY("commit.ok", hand_over(consumer, list, wait_ms, err), err);
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

void queue_commit_before_revoke(struct queue_consumer *consumer)
{
    commit_last(consumer, REVOKE_COMMIT_WAIT_MS);
}

void queue_commit_before_close(struct queue_consumer *consumer)
{
    commit_last(consumer, CLOSE_COMMIT_WAIT_MS);
    consumer->closing = true;
}
