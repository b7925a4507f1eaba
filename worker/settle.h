/*
 * Settle: the end of an item whose last event is under way to the broker. The item thread goes on
 * to its next record meanwhile.
 *
 *     settling_begin -> queue_send_told(…, settling_receipt(s), …) -> settling_park_give
 *                                                                  or settling_drop
 *
 * A parked record goes to the outbox, as done, when its event is acked; when that failed it waits
 * for settle_take_failed, to be walked again: its claim says then that the item has ended, and the
 * event is sent once more. So the offset is never done before the ack, as if the thread had waited.
 *
 * Threads: all calls are for all threads; a struct settling is its thread's until it is parked.
 */
#ifndef WORKER_SETTLE_H
#define WORKER_SETTLE_H

#include <stdatomic.h>

#include "common/base.h"

struct channel;
struct queue_receipt;
struct queue_record;
struct settle_desk;
struct settling;

enum settle_answer {
    SETTLE_PARKED, /* the record is the desk's now */
    SETTLE_ACKED,  /* told already: the record stays the caller's, its offset may be done */
    SETTLE_FAILED, /* told already: the record stays the caller's, the event is to be sent again */
};

/*
 * At most max settle at a time; outbox needs room for them beside what threads send there, and
 * outlives the desk, as under_way does: it is counted down for each record that went to the outbox
 * or was given up.
 */
int settle_desk_new(struct settle_desk **out, struct channel *outbox, atomic_int *under_way,
                    int max, struct err *err) MUST_USE;
/* Nothing may be parked any more. */
void settle_desk_free(struct settle_desk *desk);

/* NULL: as many as may settle do, or no memory is left: send, and wait for the ack. */
struct settling *settling_begin(struct settle_desk *desk);
struct queue_receipt *settling_receipt(struct settling *settling);
/* Ends settling, whatever the answer. */
enum settle_answer settling_park_give(struct settling *settling, struct queue_record *record);
/* The event counts for nothing; sent: its receipt will be told, or was. */
void settling_drop(struct settling *settling, bool sent);

/* A record whose event was not acked, or NULL. It is the caller's. */
struct queue_record *settle_take_failed(struct settle_desk *desk);
/* Frees those; they come again, since their offsets are not done. */
void settle_give_up_failed(struct settle_desk *desk);

#endif
