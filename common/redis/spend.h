/*
 * Spend: what the whole fleet may spend, as accounts in Redis: reserved before a request whose cost
 * nobody knows yet, and settled to what it was.
 *
 *     spend_reserve(redis, entries, n, id, …)  ->  the request  ->  spend_settle(…)
 *
 * Holds:    all accounts are charged together or none is; the same id charges once, however often
 *           it is reserved or settled, so a lost reply costs nothing; who dies between the two
 *           leaves its reserve spent, since the request may have been paid for.
 * Does not: survive a Redis that forgets: the accounts are empty then.
 *
 * Keys plumb:spend:{spend}:{account}, hashes: "total", and each id's part of it. The hash tag keeps
 * the accounts of one script in one slot of a cluster.
 */
#ifndef COMMON_REDIS_SPEND_H
#define COMMON_REDIS_SPEND_H

#include "common/base.h"

#define SPEND_ENTRIES_MAX   4
#define SPEND_ACCOUNT_BYTES 300

struct redis;

struct spend_entry {
    char account[SPEND_ACCOUNT_BYTES]; /* "day:2026-01-31", "item:<fp>" */
    int64_t amount;                    /* >= 0, in the account's own unit */
    int64_t limit;                     /* 0: none; settling knows no limits */
    int64_t keep_ms;                   /* how long the account lives after its last change */
};

enum spend_answer { SPEND_OVER = 1 }; /* nothing is charged; *out_blame is the entry it is over */

int spend_reserve(struct redis *redis, const struct spend_entry *entries, size_t n, const char *id,
                  size_t *out_blame, struct err *err) MUST_USE;
/* The amounts are what it cost; 0 gives the reserve back. */
int spend_settle(struct redis *redis, const struct spend_entry *entries, size_t n, const char *id,
                 struct err *err) MUST_USE;

#endif
