/*
 * Lease keeper: one thread that renews every claim of this process and does nothing else, so that
 * no slow step can let a lease run out by being busy.
 *
 *     lease_keeper_start -> lease_watch, lease_holds …, lease_unwatch -> lease_keeper_stop
 *
 * Renews at a quarter of the lease, and the lock on the item's resource with it. A claim is lost
 * when Redis says so, or when its own monotonic deadline (the moment before the last good renewal
 * was sent, plus the lease, less the margin), or its lock's, passes. Lost is lost: a renewal that
 * comes through afterwards changes nothing, its owner writes nothing more. The thread does not log
 * either, since a log that nobody reads would stop it: what went wrong is kept, and said by
 * lease_unwatch.
 */
#ifndef WORKER_LEASE_H
#define WORKER_LEASE_H

#include "common/base.h"
#include "common/redis/claim_store.h"
#include "common/redis/resource_lock.h"

struct lease_keeper;
struct lease; /* one watched claim */

int lease_keeper_start(struct lease_keeper **out, const char *redis_url, const char *redis_ca_file,
                       int64_t lease_ms, struct err *err) MUST_USE;
void lease_keeper_stop(struct lease_keeper *keeper); /* nothing may be watched any more */
DEFINE_CLEANUP(struct lease_keeper *, lease_keeper_stop)

/* Copies the claim and keeps it alive until lease_unwatch. The claim's deadline is the lease's. */
int lease_watch(struct lease_keeper *keeper, const struct claim *claim, struct lease **out,
                struct err *err) MUST_USE;
/* A lock that is held is from now on kept as long as the claim; lost, it takes the lease along.
 * until_ms: monotonic, the moment before it was asked for, plus its time: the answer may be late,
 * and the claim was renewed meanwhile. */
void lease_guard(struct lease *lease, const struct resource_lock *lock, int64_t until_ms);
/* Redis refused its owner: it is lost, though the thread has not heard of it yet. */
void lease_lose(struct lease *lease);
bool lease_holds(struct lease *lease);   /* any thread */
void lease_unwatch(struct lease *lease); /* NULL is fine */

#endif
