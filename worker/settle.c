/* Parked records and who is told of them; the story stands in settle.h. */
#include "worker/settle.h"

#include <pthread.h>

#include "common/channel.h"
#include "common/fault.h"
#include "common/kafka/queue_consumer.h"
#include "common/log.h"

struct settle_desk {
    struct channel *outbox;
    atomic_int *under_way;
    int max;
    atomic_int settling;
    pthread_mutex_t lock;
    struct settling *failed; /* a list, under the lock */
    atomic_bool any_failed;  /* asked before every record: without the lock */
};

/* Sent, then either told before its thread let go of it, or let go of before it was told. Whoever
 * comes second ends it. */
enum stage { SENT, TOLD_ACKED, TOLD_FAILED, PARKED, DROPPED };

struct settling {
    struct queue_receipt receipt; /* first */
    struct settle_desk *desk;
    struct queue_record *record; /* once it is parked */
    struct settling *next;
    atomic_int stage;
};

static bool move_on(struct settling *settling, enum stage to)
{
    int from = SENT;

    return atomic_compare_exchange_strong(&settling->stage, &from, (int)to);
}

static void end(struct settling *settling)
{
    atomic_fetch_sub(&settling->desk->settling, 1);
    free(settling);
}

static void give_up(struct settle_desk *desk, struct queue_record *record)
{
    queue_record_free(record);
    atomic_fetch_sub(desk->under_way, 1);
}

static void hand_back(struct settling *settling)
{
    struct settle_desk *desk = settling->desk;
    struct queue_record *record = settling->record;

    end(settling);
    FAULT_POINT("done.given");
    if (!channel_send(desk->outbox, record, 0)) { /* there is room for all that can settle */
        LOG_ERROR("settle.no_room", LOG_TEXT("topic", record->topic),
                  LOG_INT("offset", record->offset));
        give_up(desk, record);
        return;
    }
    atomic_fetch_sub(desk->under_way, 1);
}

static void keep_failed(struct settling *settling, const char *why)
{
    struct settle_desk *desk = settling->desk;

    LOG_WARN("settle.not_acked", LOG_TEXT("topic", settling->record->topic),
             LOG_INT("partition", settling->record->partition),
             LOG_INT("offset", settling->record->offset), LOG_TEXT("why", why));
    pthread_mutex_lock(&desk->lock);
    settling->next = desk->failed;
    desk->failed = settling;
    atomic_store(&desk->any_failed, true);
    pthread_mutex_unlock(&desk->lock);
}

static void told(struct queue_receipt *receipt, const char *why)
{
    struct settling *settling = (struct settling *)receipt;

    if (move_on(settling, why == NULL ? TOLD_ACKED : TOLD_FAILED))
        return;
    if (atomic_load(&settling->stage) == DROPPED)
        free(settling); /* the desk may be gone */
    else if (why == NULL)
        hand_back(settling);
    else
        keep_failed(settling, why);
}

int settle_desk_new(struct settle_desk **out, struct channel *outbox, atomic_int *under_way,
                    int max, struct err *err)
{
    struct settle_desk *desk = calloc(1, sizeof *desk);

    if (desk == NULL)
        return err_nomem(err);
    desk->outbox = outbox;
    desk->under_way = under_way;
    desk->max = max;
    pthread_mutex_init(&desk->lock, NULL);
    *out = desk;
    return 0;
}

void settle_desk_free(struct settle_desk *desk)
{
    if (desk == NULL)
        return;
    assert(desk->failed == NULL);
    pthread_mutex_destroy(&desk->lock);
    free(desk);
}

struct settling *settling_begin(struct settle_desk *desk)
{
    struct settling *settling = NULL;

    if (atomic_fetch_add(&desk->settling, 1) < desk->max)
        settling = calloc(1, sizeof *settling);
    if (settling == NULL) {
        atomic_fetch_sub(&desk->settling, 1);
        return NULL;
    }
    settling->receipt.told = told;
    settling->desk = desk;
    return settling;
}

struct queue_receipt *settling_receipt(struct settling *settling)
{
    return &settling->receipt;
}

enum settle_answer settling_park_give(struct settling *settling, struct queue_record *record)
{
    settling->record = record;
    if (move_on(settling, PARKED))
        return SETTLE_PARKED;
    bool acked = atomic_load(&settling->stage) == TOLD_ACKED;
    end(settling);
    return acked ? SETTLE_ACKED : SETTLE_FAILED;
}

void settling_drop(struct settling *settling, bool sent)
{
    atomic_fetch_sub(&settling->desk->settling, 1);
    if (!sent || !move_on(settling, DROPPED))
        free(settling);
}

struct queue_record *settle_take_failed(struct settle_desk *desk)
{
    struct settling *settling;

    if (!atomic_load(&desk->any_failed))
        return NULL;
    pthread_mutex_lock(&desk->lock);
    settling = desk->failed;
    if (settling != NULL)
        desk->failed = settling->next;
    atomic_store(&desk->any_failed, desk->failed != NULL);
    pthread_mutex_unlock(&desk->lock);
    if (settling == NULL)
        return NULL;
    struct queue_record *record = settling->record;
    end(settling);
    return record;
}

void settle_give_up_failed(struct settle_desk *desk)
{
    struct queue_record *record;

    while ((record = settle_take_failed(desk)) != NULL)
        give_up(desk, record);
}
