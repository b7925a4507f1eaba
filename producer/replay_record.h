/*
 * A record as an operator speaks of it: what it says about itself, in its value and its headers,
 * and whether and where it can be sent again. Dead letters and plain records alike.
 *
 *     replay_facts_read(&facts, record, names, err) -> replay_facts_subject, replay_facts_target ->
 * replay_facts_done
 */
#ifndef PRODUCER_REPLAY_RECORD_H
#define PRODUCER_REPLAY_RECORD_H

#include "common/digest.h"
#include "common/kafka/queue_consumer.h"
#include "producer/replay_selector.h"
#include "proto/item.h"
#include "proto/replay.h"

/* Who knows the rules names an item: its canonical control, and with it the fingerprint. The
 * producer does not see them; absent, the source's own word stands. */
#define FACTS_CONTROL_BYTES 200
struct replay_names {
    void (*name)(void *context, const struct item *item, char control[FACTS_CONTROL_BYTES],
                 char fp[SHA256_HEX_BYTES]);
    void *context;
};

#define FACTS_ERROR_BYTES 1100

struct replay_facts {
    const struct queue_record *record; /* borrowed */
    struct item *item;                 /* owned; NULL: it cannot be decoded */
    char why_not[ERR_TEXT_BYTES];      /* then */
    /* "" where the record does not say */
    char repository[256], rule[FACTS_CONTROL_BYTES], fp[SHA256_HEX_BYTES], stage[64];
    char claim[SHA256_HEX_BYTES]; /* under which Redis knows its end */
    char resource[1024], error[FACTS_ERROR_BYTES];
    char origin_topic[256]; /* of a dead letter: where it was read */
    int64_t origin_partition, origin_offset;
    char replay_id[REPLAY_ID_BYTES]; /* that sent it */
    bool is_letter, is_mark;
    bool is_refused_input;  /* no record of ours: what an intake or a source could not use */
    int64_t cut_from_bytes; /* > 0: the letter lacks the end of its original */
    int64_t failed_unix_ms; /* of a dead letter; else the record's own time */
};

/* ERR_FATAL: no memory. */
int replay_facts_read(struct replay_facts *out, const struct queue_record *record,
                      const struct replay_names *names, struct err *err) MUST_USE;
void replay_facts_done(struct replay_facts *facts);
/* Borrows from the facts. */
void replay_facts_subject(const struct replay_facts *facts, struct selector_subject *out);
/* The topic that it is sent to again; NULL, with why, when it cannot be. */
const char *replay_facts_target(const struct replay_facts *facts, const char **why);
/* Of key and value: tells records that cannot be decoded apart. */
void replay_facts_digest(const struct replay_facts *facts, char out[SHA256_HEX_BYTES]);

#endif
