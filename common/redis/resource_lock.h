/*
 * Resource lock: two items of one resource are never worked on at once.
 *
 *     resource_lock_name -> resource_lock_hold … (again before it ends) -> resource_lock_drop
 *
 * An item's claim comes first, then this lock, and nobody waits for either: so there is no
 * deadlock. Who meets a held one gives its claim back and comes again later.
 *
 * Holds:    one holder at a time, by Redis' clock; holding it again by the same owner prolongs it,
 *           so a repeat after a lost answer is no stranger; a holder that dies lets it run out.
 * Does not: protect what is written: as with claims, that is the forge's create-only branch.
 *
 * Key plumb:resource:{SHA-256 of repository and resource key}, a text: the owner. It is a key of
 * its own, touched by no script with another, so it may lie on any node of a cluster.
 */
#ifndef COMMON_REDIS_RESOURCE_LOCK_H
#define COMMON_REDIS_RESOURCE_LOCK_H

#include "common/base.h"

struct redis;

#define RESOURCE_LOCK_KEY_BYTES 96

struct resource_lock { /* plain data */
    char key[RESOURCE_LOCK_KEY_BYTES];
    char owner[64]; /* a claim's owner: unique per take */
};

enum resource_lock_answer { RESOURCE_LOCK_HELD = 1 /* by somebody else */ };

/* owner is at most 63 bytes. */
struct resource_lock resource_lock_name(const char *repository, const char *resource,
                                        const char *owner);
/* Takes it, or keeps it, for hold_ms (> 0) from now. 0 or RESOURCE_LOCK_HELD. */
int resource_lock_hold(struct redis *redis, const struct resource_lock *lock, int64_t hold_ms,
                       struct err *err) MUST_USE;
/* Nothing happens when it is not ours any more. */
int resource_lock_drop(struct redis *redis, const struct resource_lock *lock,
                       struct err *err) MUST_USE;

#endif
