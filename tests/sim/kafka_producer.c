/* librdkafka's producer in front of the model; the story stands in kafka.h. */
#include <stdarg.h>
#include <stdio.h>

#include "tests/sim/kafka.h"

static void *copy_of(const void *bytes, size_t len)
{
    char *copy = malloc(len + 1);

    assert(copy != NULL);
    if (len > 0)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

static void report(rd_kafka_t *rk, void *opaque, rd_kafka_resp_err_t code, struct part *part)
{
    const rd_kafka_message_t message = {
        .err = code, .rkt = part->topic, .partition = part->number, ._private = opaque};

    if (opaque != NULL)
        rk->conf.delivered(rk, &message, rk->conf.opaque);
}

static void queue_up(rd_kafka_t *rk, struct unsent *unsent)
{
    /* Broken on purpose: says "sent" before it is. */
    bool too_soon =
        sim.variant == VARIANT_COMMIT_FIRST && str_eq(unsent->part->topic->name, TOPIC_AUDIT);

    unsent->due_ms = sim_now_ms() + (too_soon ? 500 + dice(1500) : dice(4));
    if (too_soon)
        report(rk, STEAL(unsent->opaque), RD_KAFKA_RESP_ERR_NO_ERROR, unsent->part);
    *rk->last = unsent;
    rk->last = &unsent->next;
    task_wake(rk);
}

rd_kafka_resp_err_t rd_kafka_producev(rd_kafka_t *rk, ...)
{
    const char *topic = NULL;
    const void *key = NULL, *value = NULL;
    size_t key_len = 0, value_len = 0;
    int32_t partition = RD_KAFKA_PARTITION_UA;
    int64_t timestamp_ms = 0;
    rd_kafka_headers_t *headers = NULL;
    void *opaque = NULL;
    rd_kafka_vtype_t type;
    va_list args;

    if (task_is_dead())
        return RD_KAFKA_RESP_ERR__FATAL;
    va_start(args, rk);
    while ((type = va_arg(args, rd_kafka_vtype_t)) != RD_KAFKA_VTYPE_END)
        switch (type) {
        case RD_KAFKA_VTYPE_TOPIC:
            topic = va_arg(args, const char *);
            break;
        case RD_KAFKA_VTYPE_KEY:
            key = va_arg(args, const void *);
            key_len = va_arg(args, size_t);
            break;
        case RD_KAFKA_VTYPE_VALUE:
            value = va_arg(args, const void *);
            value_len = va_arg(args, size_t);
            break;
        case RD_KAFKA_VTYPE_HEADERS:
            headers = va_arg(args, rd_kafka_headers_t *);
            break;
        case RD_KAFKA_VTYPE_OPAQUE:
            opaque = va_arg(args, void *);
            break;
        case RD_KAFKA_VTYPE_PARTITION:
            partition = va_arg(args, int32_t);
            break;
        case RD_KAFKA_VTYPE_TIMESTAMP:
            timestamp_ms = va_arg(args, int64_t);
            break;
        case RD_KAFKA_VTYPE_MSGFLAGS:
            (void)va_arg(args, int);
            break;
        default:
            assert(!"an argument of producev that the model does not know");
        }
    va_end(args);

    struct unsent *unsent = calloc(1, sizeof *unsent);
    assert(unsent != NULL);
    unsent->part = partition == RD_KAFKA_PARTITION_UA ? kafka_part_for(topic, key, key_len)
                                                      : kafka_part(topic, partition);
    unsent->opaque = opaque;
    unsent->record = (struct stored){.key = copy_of(key, key_len),
                                     .value = copy_of(value, value_len),
                                     .key_len = key_len,
                                     .value_len = value_len,
                                     .headers = headers,
                                     .timestamp_ms = timestamp_ms};
    queue_up(rk, unsent);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static struct unsent *take_first(rd_kafka_t *rk)
{
    struct unsent *unsent = rk->first;

    if (unsent != NULL) {
        rk->first = unsent->next;
        if (rk->first == NULL)
            rk->last = &rk->first;
    }
    return unsent;
}

static void unsent_free(struct unsent *unsent)
{
    stored_done(&unsent->record);
    free(unsent);
}

/* Whoever is killed leaves in doubt what was under way. */
static void fail_all(rd_kafka_t *rk)
{
    struct unsent *unsent;

    while ((unsent = take_first(rk)) != NULL) {
        report(rk, unsent->opaque, RD_KAFKA_RESP_ERR__PURGE_QUEUE, unsent->part);
        unsent_free(unsent);
    }
}

/* The idempotent producer tries again by itself, until its time is over. */
static bool wait_for_broker(void)
{
    int64_t give_up_at_ms = sim_now_ms() + DELIVERY_MS;

    while (!broker_is_up() && !task_is_dead() && sim_now_ms() < give_up_at_ms)
        task_sleep(100);
    return broker_is_up() && !task_is_dead();
}

static void send_first(rd_kafka_t *rk)
{
    struct unsent *unsent = take_first(rk);
    enum fate fate = door_arrives(DOOR_PRODUCE);

    if (fate != FATE_DEAD && !wait_for_broker())
        fate = task_is_dead() ? FATE_DEAD : FATE_FAILS;
    if (fate == FATE_DEAD && chance(500)) /* the last packet of a dead process may have left it */
        kafka_append_give(unsent->part, &unsent->record);
    if (fate == FATE_DONE || fate == FATE_ANSWER_LOST)
        kafka_append_give(unsent->part, &unsent->record);
    fate = door_answers(DOOR_PRODUCE, fate);
    report(rk, unsent->opaque,
           fate == FATE_DONE ? RD_KAFKA_RESP_ERR_NO_ERROR : RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
           unsent->part);
    unsent_free(unsent);
}

int rd_kafka_poll(rd_kafka_t *rk, int timeout_ms)
{
    if (task_is_dead()) {
        fail_all(rk);
        task_yield();
        return 0;
    }
    if (rk->first == NULL)
        task_wait(rk, sim_now_ms() + timeout_ms + 300 + dice(500));
    else if (rk->first->due_ms > sim_now_ms())
        task_sleep(rk->first->due_ms - sim_now_ms());
    if (task_is_dead() || rk->first == NULL || rk->first->due_ms > sim_now_ms())
        return 0;
    send_first(rk);
    return 1;
}

rd_kafka_resp_err_t rd_kafka_flush(rd_kafka_t *rk, int timeout_ms)
{
    int64_t until_ms = sim_now_ms() + timeout_ms;

    while (rk->first != NULL && !task_is_dead() && sim_now_ms() < until_ms)
        rd_kafka_poll(rk, 100);
    return rk->first == NULL ? RD_KAFKA_RESP_ERR_NO_ERROR : RD_KAFKA_RESP_ERR__TIMED_OUT;
}

rd_kafka_resp_err_t rd_kafka_purge(rd_kafka_t *rk, int flags)
{
    (void)flags;
    fail_all(rk);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

int rd_kafka_outq_len(rd_kafka_t *rk)
{
    int n = 0;

    for (const struct unsent *unsent = rk->first; unsent != NULL; unsent = unsent->next)
        n++;
    return n;
}

void rd_kafka_destroy(rd_kafka_t *rk)
{
    fail_all(rk);
    if (rk->member != NULL) {
        rk->member->rk = NULL;
        if (!task_is_dead())
            group_leave(rk);
    }
    free(rk);
}
