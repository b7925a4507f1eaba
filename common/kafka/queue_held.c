/* Queue: records that came before their moment; their partitions stand still meanwhile. */
#include "common/kafka/queue_internal.h"

void queue_drop_held(struct queue_consumer *consumer)
{
    while (consumer->held != NULL) {
        struct queue_held *next = consumer->held->next;
        queue_record_free(consumer->held->record);
        free(consumer->held);
        consumer->held = next;
    }
}

void queue_hold_give(struct queue_consumer *consumer, struct queue_record *record,
                     int64_t not_before_unix_ms)
{
    int slot = offset_tracker_slot(consumer->tracker, record->topic, record->partition);
    struct queue_held **at = &consumer->held;

    /* Somebody else reads it now. */
    if (slot < 0 || record->generation != offset_tracker_generation(consumer->tracker)) {
        queue_record_free(record);
        return;
    }
    struct queue_held *held = calloc(1, sizeof *held);
    if (held == NULL) {
        struct err err;
        queue_note_trouble(consumer, err_nomem(&err), &err);
        queue_record_free(record);
        return;
    }

    record->held = true;
    *held = (struct queue_held){.record = record, .due_unix_ms = not_before_unix_ms};
    while (*at != NULL && (*at)->due_unix_ms <= not_before_unix_ms)
        at = &(*at)->next;
    held->next = *at;
    *at = held;
    consumer->slots[slot].held++;
    consumer->pauses_stale = true;
}

struct queue_record *queue_take_due(struct queue_consumer *consumer, int64_t now_unix_ms)
{
    struct queue_held *held = consumer->held;

    if (held == NULL || held->due_unix_ms > now_unix_ms)
        return NULL;
    struct queue_record *record = held->record;
    int slot = offset_tracker_slot(consumer->tracker, record->topic, record->partition);

    assert(slot >= 0); /* a rebalance drops all that is held */
    consumer->held = held->next;
    consumer->slots[slot].held--;
    consumer->pauses_stale = true;
    free(held);
    return record;
}
