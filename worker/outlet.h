/*
 * Outlet: where a record goes that cannot end here now. A retry topic (original bytes and headers,
 * with not-before-ms and attempt), or the dead-letter queue (original bytes, headers as Kafka
 * Connect writes them plus ours). Both wait for the broker's ack: only then may the offset be done.
 */
#ifndef WORKER_OUTLET_H
#define WORKER_OUTLET_H

#include "common/base.h"

struct services;
struct queue_record;
struct item;
struct item_end;

/* tiers: seconds of the four retry topics, ascending, from RETRY_TIERS_SECONDS. */
int outlet_parse_tiers(const char *text, int64_t out_seconds[4], struct err *err) MUST_USE;

/*
 * end->wait_ms > 0: not before that, on the longest tier that is not longer (else the shortest); a
 * charged one not before its tier of end->attempts either.
 * ITEM_WAIT_SHORTEST: the shortest tier. Otherwise the tier of end->attempts, with +-20 % jitter.
 */
int outlet_retry(struct services *services, const struct queue_record *record,
                 const struct item_end *end, struct err *err) MUST_USE;
/* record or, when it did not come from a topic, item. fp and stage may be "". */
int outlet_dead_letter(struct services *services, const struct queue_record *record,
                       const struct item *item, const char *fp, const char *stage, const char *why,
                       struct err *err) MUST_USE;

#endif
