/* librdkafka's consumer in front of the model; the story stands in kafka.h. */
#include "common/kafka/offset_map.h"
#include "tests/sim/kafka.h"

struct rd_kafka_queue_s {
    rd_kafka_t *rk;
    rd_kafka_topic_partition_list_t *commit; /* handed over, not yet answered */
    void *opaque;
    rd_kafka_topic_partition_list_t *undone; /* on its way still, though nobody waits */
    rd_kafka_event_t *late;
    void *late_opaque;
};

struct rd_kafka_op_s { /* librdkafka's name for what an event is inside */
    rd_kafka_resp_err_t code;
    rd_kafka_topic_partition_list_t *list;
    void *opaque;
};

/* --- what is fetched --- */

static rd_kafka_message_t *message_of(struct part *part, int64_t offset)
{
    const struct stored *record = &part->records[offset];
    rd_kafka_message_t *message = calloc(1, sizeof *message);

    assert(message != NULL);
    message->rkt = part->topic;
    message->partition = part->number;
    message->payload = record->value;
    message->len = record->value_len;
    message->key = record->key;
    message->key_len = record->key_len;
    message->offset = offset;
    message->_private = (void *)record;
    return message;
}

static rd_kafka_message_t *fetch_one(rd_kafka_t *rk)
{
    size_t ready[PARTITIONS_MAX];
    uint32_t n = 0;

    for (size_t i = 0; i < n_parts; i++)
        if (rk->fetch[i].on && !rk->fetch[i].paused && rk->fetch[i].position < (int64_t)parts[i].n)
            ready[n++] = i;
    if (n == 0)
        return NULL;
    size_t i = ready[dice(n)];
    int64_t offset = rk->fetch[i].position++;
    trace("kafka   %s[%d] offset %lld is read", parts[i].topic->name, parts[i].number,
          (long long)offset);
    return message_of(&parts[i], offset);
}

rd_kafka_message_t *rd_kafka_consumer_poll(rd_kafka_t *rk, int timeout_ms)
{
    int64_t until_ms = sim_now_ms() + timeout_ms;

    for (;;) {
        task_yield();
        if (task_is_dead())
            return NULL;
        group_tick();
        if (broker_is_up()) {
            if (group_serve(rk))
                return NULL;
            rd_kafka_message_t *message = fetch_one(rk);
            if (message != NULL)
                return message;
        }
        if (sim_now_ms() >= until_ms)
            return NULL;
        task_wait(parts, until_ms + (timeout_ms > 2 ? dice(IDLE_SLACK_MS) : 0));
    }
}

void rd_kafka_message_destroy(rd_kafka_message_t *message)
{
    free(message);
}

rd_kafka_resp_err_t rd_kafka_message_headers(const rd_kafka_message_t *message,
                                             rd_kafka_headers_t **out)
{
    const struct stored *record = message->_private;

    if (record->headers == NULL)
        return RD_KAFKA_RESP_ERR__NOENT;
    *out = record->headers;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

int64_t rd_kafka_message_timestamp(const rd_kafka_message_t *message,
                                   rd_kafka_timestamp_type_t *type)
{
    const struct stored *record = message->_private;

    if (type != NULL)
        *type = RD_KAFKA_TIMESTAMP_CREATE_TIME;
    return record->timestamp_ms;
}

/* --- what is owned --- */

rd_kafka_resp_err_t rd_kafka_subscribe(rd_kafka_t *rk, const rd_kafka_topic_partition_list_t *list)
{
    (void)list; /* workers read all that the group is given */
    if (!task_is_dead())
        group_join(rk);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t rd_kafka_assign(rd_kafka_t *rk, const rd_kafka_topic_partition_list_t *list)
{
    for (size_t i = 0; i < n_parts; i++)
        rk->fetch[i].on = false; /* a pause outlives the assignment */
    for (int i = 0; list != NULL && i < list->cnt; i++) {
        struct part *part = kafka_part(list->elems[i].topic, list->elems[i].partition);
        int64_t from = list->elems[i].offset;
        if (from < 0)
            from = from == RD_KAFKA_OFFSET_BEGINNING || part->committed < 0 ? 0 : part->committed;
        rk->fetch[part - parts].on = true;
        rk->fetch[part - parts].position = from;
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

int rd_kafka_assignment_lost(rd_kafka_t *rk)
{
    return rk->member == NULL || rk->member->lost;
}

static rd_kafka_resp_err_t set_paused(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list,
                                      bool paused)
{
    for (int i = 0; i < list->cnt; i++) {
        const struct part *part = kafka_part(list->elems[i].topic, list->elems[i].partition);
        rk->fetch[part - parts].paused = paused;
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t rd_kafka_pause_partitions(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list)
{
    return set_paused(rk, list, true);
}

rd_kafka_resp_err_t rd_kafka_resume_partitions(rd_kafka_t *rk,
                                               rd_kafka_topic_partition_list_t *list)
{
    return set_paused(rk, list, false);
}

rd_kafka_resp_err_t rd_kafka_get_watermark_offsets(rd_kafka_t *rk, const char *topic,
                                                   int32_t partition, int64_t *low, int64_t *high)
{
    (void)rk;
    *low = 0;
    *high = (int64_t)kafka_part(topic, partition)->n;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t rd_kafka_query_watermark_offsets(rd_kafka_t *rk, const char *topic,
                                                     int32_t partition, int64_t *low, int64_t *high,
                                                     int timeout_ms)
{
    enum fate fate = door_answers(DOOR_GROUP, door_arrives(DOOR_GROUP));

    if (fate == FATE_DONE && broker_is_up())
        return rd_kafka_get_watermark_offsets(rk, topic, partition, low, high);
    if (fate != FATE_DEAD)
        task_sleep(timeout_ms);
    return RD_KAFKA_RESP_ERR__TIMED_OUT;
}

/* --- commits --- */

rd_kafka_resp_err_t rd_kafka_committed(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list,
                                       int timeout_ms)
{
    enum fate fate = door_arrives(DOOR_GROUP);

    (void)rk;
    fate = door_answers(DOOR_GROUP, fate);
    if (fate != FATE_DONE || !broker_is_up()) {
        if (fate != FATE_DEAD)
            task_sleep(timeout_ms);
        return RD_KAFKA_RESP_ERR__TIMED_OUT;
    }
    for (int i = 0; i < list->cnt; i++) {
        rd_kafka_topic_partition_t *p = &list->elems[i];
        const struct part *part = kafka_part(p->topic, p->partition);
        p->offset = part->committed >= 0 ? part->committed : RD_KAFKA_OFFSET_INVALID;
        p->err = RD_KAFKA_RESP_ERR_NO_ERROR;
        free(p->metadata);
        p->metadata = part->metadata_len > 0 ? malloc(part->metadata_len) : NULL;
        p->metadata_size = p->metadata != NULL ? part->metadata_len : 0;
        if (p->metadata != NULL)
            memcpy(p->metadata, part->metadata, part->metadata_len);
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_queue_t *rd_kafka_queue_new(rd_kafka_t *rk)
{
    rd_kafka_queue_t *queue = calloc(1, sizeof *queue);

    assert(queue != NULL);
    queue->rk = rk;
    return queue;
}

void rd_kafka_queue_destroy(rd_kafka_queue_t *queue)
{
    if (queue->commit != NULL)
        rd_kafka_topic_partition_list_destroy(queue->commit);
    if (queue->undone != NULL)
        rd_kafka_topic_partition_list_destroy(queue->undone);
    rd_kafka_event_destroy(queue->late);
    free(queue);
}

/* Broken on purpose: what was read counts as done, or stands in the map as done. */
static void break_commit(const rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list)
{
    for (int i = 0; i < list->cnt; i++) {
        rd_kafka_topic_partition_t *p = &list->elems[i];
        int64_t read = rk->fetch[kafka_part(p->topic, p->partition) - parts].position;
        struct offset_map_writer map;
        if (sim.variant == VARIANT_COMMIT_READ)
            p->offset = read;
        if (sim.variant != VARIANT_MAP_READ || read <= p->offset + 1)
            continue;
        free(p->metadata);
        p->metadata = malloc(OFFSET_MAP_TEXT);
        assert(p->metadata != NULL);
        offset_map_begin(&map, p->offset);
        offset_map_add(&map, (struct offset_run){p->offset + 1, read});
        p->metadata_size = offset_map_end(&map, p->metadata);
    }
}

rd_kafka_resp_err_t rd_kafka_commit_queue(
    rd_kafka_t *rk, const rd_kafka_topic_partition_list_t *offsets, rd_kafka_queue_t *queue,
    void (*cb)(rd_kafka_t *, rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t *, void *),
    void *opaque)
{
    (void)cb;
    assert(queue->commit == NULL);
    queue->opaque = opaque;
    queue->commit = rd_kafka_topic_partition_list_copy(offsets);
    break_commit(rk, queue->commit);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t take_commit(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list)
{
    if (!group_accepts(rk))
        return RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION;
    for (int i = 0; i < list->cnt; i++) {
        rd_kafka_topic_partition_t *p = &list->elems[i];
        kafka_commit(kafka_part(p->topic, p->partition), p->offset, p->metadata, p->metadata_size);
        p->err = RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_event_t *event_new(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list,
                                   void *opaque)
{
    rd_kafka_event_t *event = calloc(1, sizeof *event);

    assert(event != NULL);
    *event = (rd_kafka_event_t){.code = code, .list = list, .opaque = opaque};
    return event;
}

/* Nobody takes a commit back: it may be done, or answered, when nobody waits for it any more. */
static rd_kafka_event_t *take_late(rd_kafka_queue_t *queue)
{
    if (queue->undone != NULL && broker_is_up()) {
        rd_kafka_topic_partition_list_t *list = STEAL(queue->undone);
        return event_new(take_commit(queue->rk, list), list, queue->late_opaque);
    }
    return STEAL(queue->late);
}

static void keep_late(rd_kafka_queue_t *queue, enum fate fate, rd_kafka_event_t *event)
{
    bool keeps = fate != FATE_DEAD && queue->undone == NULL && queue->late == NULL && chance(500);

    queue->late_opaque = event->opaque;
    if (keeps && fate == FATE_FAILS)
        queue->undone = STEAL(event->list);
    else if (keeps)
        queue->late = STEAL(event);
    rd_kafka_event_destroy(event);
}

rd_kafka_event_t *rd_kafka_queue_poll(rd_kafka_queue_t *queue, int timeout_ms)
{
    if (queue->undone != NULL || queue->late != NULL) {
        rd_kafka_event_t *late = task_is_dead() ? NULL : take_late(queue);
        if (late != NULL)
            return late;
    }
    if (queue->commit == NULL)
        return NULL;
    rd_kafka_event_t *event =
        event_new(RD_KAFKA_RESP_ERR_NO_ERROR, STEAL(queue->commit), queue->opaque);
    enum fate fate = door_arrives(DOOR_GROUP);
    if (fate == FATE_DONE && !broker_is_up())
        fate = FATE_FAILS;
    if (fate == FATE_DONE || fate == FATE_ANSWER_LOST)
        event->code = take_commit(queue->rk, event->list);
    fate = door_answers(DOOR_GROUP, fate);
    if (fate == FATE_DONE)
        return event;
    keep_late(queue, fate, event);
    if (fate != FATE_DEAD)
        task_sleep(timeout_ms);
    return NULL;
}

rd_kafka_resp_err_t rd_kafka_event_error(rd_kafka_event_t *event)
{
    return event->code;
}

const char *rd_kafka_event_error_string(rd_kafka_event_t *event)
{
    return rd_kafka_err2str(event->code);
}

rd_kafka_topic_partition_list_t *rd_kafka_event_topic_partition_list(rd_kafka_event_t *event)
{
    return event->list;
}

void *rd_kafka_event_opaque(rd_kafka_event_t *event)
{
    return event->opaque;
}

void rd_kafka_event_destroy(rd_kafka_event_t *event)
{
    if (event == NULL)
        return;
    if (event->list != NULL)
        rd_kafka_topic_partition_list_destroy(event->list);
    free(event);
}

/* --- the end --- */

rd_kafka_error_t *rd_kafka_consumer_close_queue(rd_kafka_t *rk, rd_kafka_queue_t *queue)
{
    (void)queue;
    if (rk->member != NULL && rk->member->joined && rk->member->generation > 0 &&
        rk->member->pending != PENDING_ASSIGN && !rk->member->ready)
        rk->member->pending = PENDING_REVOKE;
    return NULL;
}

rd_kafka_message_t *rd_kafka_consume_queue(rd_kafka_queue_t *queue, int timeout_ms)
{
    rd_kafka_t *rk = queue->rk;

    task_sleep((int64_t)dice((uint32_t)timeout_ms));
    if (!task_is_dead() && rk->member != NULL && rk->member->pending == PENDING_REVOKE)
        (void)group_serve(rk);
    if (!task_is_dead())
        group_leave(rk);
    rk->closed = true;
    return NULL;
}

int rd_kafka_consumer_closed(rd_kafka_t *rk)
{
    return rk->closed || task_is_dead();
}

/* A killed process says no goodbye: the broker finds out by itself. */
void rd_kafka_destroy_flags(rd_kafka_t *rk, int flags)
{
    (void)flags;
    rd_kafka_destroy(rk);
}
