/*
 * Onward: the headers of a record that is sent on to another topic: to wait, as a dead letter, or
 * as an operator's replay.
 *
 *     onward_init(&onward, record, keeps, room_bytes, err) -> onward_add …
 *         -> message.headers = onward.headers, message.n_headers = onward.n -> onward_done
 *
 * Holds:    every header of the record that may go along does, in its order, as long as they fit;
 *           how many did not, here and at earlier stops, is said in HEADER_DROPPED beside them.
 * Does not: cut a header: half a value is none.
 */
#ifndef PROTO_ONWARD_H
#define PROTO_ONWARD_H

#include "common/kafka/queue_consumer.h"
#include "proto/topics.h"

#define HEADER_DROPPED "x-plumb-dropped-headers" /* a number > 0; absent: none */

/* A record must always find a way out: with a value of the largest size and a dead letter's own
 * headers, so many bytes of others and so long a key still fit. */
#define ONWARD_HEADERS_BYTES ((size_t)32 * 1024)
#define ONWARD_KEY_BYTES     ((size_t)4 * 1024)
#define ONWARD_NO_LIMIT      SIZE_MAX

#define ONWARD_ADDED_MAX 16 /* by onward_add and onward_add_texts */

struct onward {                   /* stays where it is: a header points into it */
    struct queue_header *headers; /* the list is owned; keys and values are borrowed */
    size_t n, max;
    char dropped[24];
};

/*
 * Begins with the headers of record (borrowed; NULL: it has none) for which keeps() is true. Each
 * takes its bytes and a few more out of room_bytes; one that does not fit is left out and a later,
 * smaller one may still go along. ERR_FATAL: no memory.
 */
int onward_init(struct onward *out, const struct queue_record *record,
                bool (*keeps)(const char *key), size_t room_bytes, struct err *err) MUST_USE;
void onward_done(struct onward *onward);
/* The sender's own; texts are borrowed. */
void onward_add(struct onward *onward, const char *key, const char *text);
void onward_add_texts(struct onward *onward, const struct queue_header_text *texts, size_t n);

/* False for those that are written anew at each stop: they tell of a failure, a wait or an attempt.
 */
bool onward_keeps_header(const char *key);
/* How much of the record's key is sent on; it only chooses the partition. */
size_t onward_key_len(const struct queue_record *record);

#endif
