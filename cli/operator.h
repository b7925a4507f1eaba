/*
 * Operator: the doors of a person's command that looks at the queue: topics, Redis, the rules'
 * names. The parts of a `plumb up` on this machine are found by themselves (local_parts.h).
 *
 *     operator_open -> operator_names(), op.claims … -> operator_close
 */
#ifndef CLI_OPERATOR_H
#define CLI_OPERATOR_H

#include "common/config.h"
#include "common/kafka/queue_scan.h"
#include "producer/replay_record.h"

struct redis;
struct claim_store;
struct rules;

struct operator_doors {
    struct config config;
    struct rules *rules;
    struct redis *redis;
    struct claim_store *claims;
    struct queue_producer *producer; /* NULL: nothing is to be sent */
    char by[160];                    /* who runs this: user@host */
};

/* may_send: opens a producer too. Nothing is connected yet but what the answers need. */
int operator_open(struct operator_doors *out, bool may_send, struct err *err) MUST_USE;
void operator_close(struct operator_doors *op);
struct replay_names operator_names(const struct operator_doors *op);
int operator_scan(const struct operator_doors *op, const char *topic, struct queue_scan **out,
                  struct err *err) MUST_USE;

#endif
