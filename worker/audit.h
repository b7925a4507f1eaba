/*
 * Audit: the worker's side of the trail. One event per thing that happened to an item, keyed by
 * fingerprint, acked by Kafka before the item goes on. Only its end may be told without a wait:
 * then services->settling stands for the ack, and the record's offset waits for it (settle.h).
 */
#ifndef WORKER_AUDIT_H
#define WORKER_AUDIT_H

#include "common/base.h"

struct item_run;
struct services;
struct queue_record;

#define AUDIT_PLAN_SAVED "plan.saved"
#define AUDIT_ENDED      "item.ended"
#define AUDIT_DEFERRED   "item.deferred"
#define AUDIT_REJECTED   "record.rejected"

/* What run->end says, as an event of that kind. Repeating it gives the same event id. ERR_RETRY. */
int audit_item(const struct item_run *run, const char *kind, struct err *err) MUST_USE;
/* A record that could not be read as an item at all. */
int audit_rejected(struct services *services, const struct queue_record *record, const char *why,
                   struct err *err) MUST_USE;
/* success, failed, skipped or pending_review: the source documents' word for a terminal state. */
const char *audit_status_of(const char *state, bool dry_run);

#endif
