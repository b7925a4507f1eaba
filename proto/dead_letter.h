/*
 * Dead letter: the headers of a record on plumb.dlq.v1. Names and encoding (all UTF-8 text) are
 * Kafka Connect's (DeadLetterQueueReporter.java), so tools that know those can read ours; x-plumb-*
 * are our own. The value and key beside them are the original bytes, but for a value that leaves no
 * room: its tail is cut and that is said.
 *
 *     dead_letter_write(&letter, &facts)  ->  letter.headers[0 … letter.n)
 */
#ifndef PROTO_DEAD_LETTER_H
#define PROTO_DEAD_LETTER_H

#include "common/base.h"
#include "proto/topics.h"

#define DEAD_LETTER_HEADERS   12
#define DEAD_LETTER_WHY_BYTES 1001
/* A broker's limit counts headers too, and an original may be at that limit already. */
#define DEAD_LETTER_VALUE_MAX ((size_t)900000)

struct dead_letter_facts {
    const char *topic;       /* where it was read, or would have gone */
    int32_t partition;       /* -1: it never was on one */
    int64_t offset;          /* -1 likewise */
    const char *role;        /* "poll", "work", "sink" */
    const char *stage;       /* the step that refused it */
    const char *why;         /* redacted here, cut to DEAD_LETTER_WHY_BYTES */
    const char *fingerprint; /* NULL or "": unknown */
    const char *run_id;      /* NULL: unknown */
    int64_t now_unix_ms;
    size_t value_len; /* of the original */
};

struct dead_letter { /* storage of the header texts */
    char partition[16], offset[24], failed_at[24], cut_from[24], class_name[40];
    char why[DEAD_LETTER_WHY_BYTES];
    struct queue_header_text headers[DEAD_LETTER_HEADERS]; /* point into facts and this struct */
    size_t n;
    size_t value_len; /* how much of the original to send */
};

void dead_letter_write(struct dead_letter *out, const struct dead_letter_facts *facts);
/* One of those that are written anew: an earlier letter's are not kept beside them. */
bool dead_letter_is_own_header(const char *key);

#endif
