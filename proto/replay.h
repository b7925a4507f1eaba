/*
 * Replay: the headers of a record that an operator sent again (plumb replay, plumb dlq retry), and
 * the marks that say of a dead letter what became of it.
 *
 * A repeated record has the original's key, bytes and headers, but for those of its failure, and
 * the four below. The replay's id is what makes a second run harmless: a worker opens an ended item
 * again at most once for each id (claim_store.h).
 *
 * A mark is a record of its own on plumb.dlq.v1, in the letter's partition and therefore behind it:
 * Kafka cannot delete a single record, so what was purged or retried is said beside it, and
 * retention takes the letter before its mark.
 */
#ifndef PROTO_REPLAY_H
#define PROTO_REPLAY_H

#include "common/base.h"

#define HEADER_REPLAY_ID      "x-plumb-replay-id"
#define HEADER_REPLAY_BY      "x-plumb-replay-by"      /* who asked for it */
#define HEADER_REPLAY_OF      "x-plumb-replay-of"      /* topic/partition/offset that it repeats */
#define HEADER_REPLAY_REOPENS "x-plumb-replay-reopens" /* states: "DLQ", "DLQ,PENDING_REVIEW" */
#define HEADER_REPLAY_PREFIX  "x-plumb-replay-"

#define REPLAY_REOPENS_DLQ    "DLQ"
#define REPLAY_REOPENS_REVIEW "DLQ,PENDING_REVIEW"
#define REPLAY_ID_BYTES       65

#define HEADER_MARK    "x-plumb-mark"    /* MARK_… */
#define HEADER_MARK_OF "x-plumb-mark-of" /* the letter's offset */
#define HEADER_MARK_BY "x-plumb-mark-by" /* id of the replay or the purge */
#define MARK_RETRIED   "retried"
#define MARK_PURGED    "purged"

/* 1 to 64 of [A-Za-z0-9._-]. */
bool replay_id_is_valid(const char *id);
/* False for those that tell of a failure or of an earlier replay: a repeated record is new. */
bool replay_keeps_header(const char *key);

#endif
