/*
 * Rate budget: what the whole fleet may ask of one token, as several token buckets that are taken
 * from together or not at all, by Redis' clock.
 *
 *     rate_budget_take(redis, &budget, &request, &verdict, err)  ->  0, or RATE_WAIT
 *
 * Reserve:  the last tokens of a bucket are for urgent requests. While a bucket is below its
 *           reserve, others wait, so all that is refilled goes to the urgent.
 * Fairness: in a fair bucket each member (a repository) has a bucket of its own besides, of size
 * and refill 1/n where n is how many members are active: asked within the last minute, or were told
 * to wait and are due within a minute or later. So n members that want more than there is get 1/n
 * each: over a time T the others take at most their bursts and (n-1)/n of what is refilled in T,
 * and the rest can be taken by nobody else. A member alone has all of it. What an active member
 * leaves unused is given to the others only when it has been quiet for a minute; that is the price
 * of a rule without a queue. Waiting:  who has to wait longer than it can sleep is told a time of
 * its own, one token of its member's share after the last one who was told, so that a thousand
 * items of one repository do not all come back at once. Two hours ahead the row begins anew.
 *
 * Does not: survive a Redis that forgets (all buckets are full then), nor keep the place of who was
 * told: somebody who comes meanwhile may be served first.
 *
 * Keys plumb:budget:{scope}, …:members (a sorted set: member, active until) and …:of:{member}, with
 * the scope as a cluster's hash tag, since one script touches all three. They end when the buckets
 * would be full, which is what absence means.
 */
#ifndef COMMON_REDIS_RATE_BUDGET_H
#define COMMON_REDIS_RATE_BUDGET_H

#include "common/base.h"
#include "common/redis/rate_limit.h" /* RATE_WAIT */

#define RATE_PARTS_MAX 6

struct rate_part {
    const char *name; /* "hour" */
    int64_t capacity; /* the burst, in tokens */
    int64_t refill;   /* tokens per period */
    int64_t period_ms;
    int64_t reserve; /* the last tokens, for urgent requests; with a request less than capacity */
    bool fair;
};

struct rate_budget {
    const char *scope; /* "github:1f2e…" */
    const struct rate_part *parts;
    size_t n;       /* <= RATE_PARTS_MAX */
    int64_t now_us; /* 0: Redis' clock; tests bring their own */
};

struct rate_request {
    const char *member;
    bool urgent;    /* may use the reserve, and waits for no row */
    int64_t nap_ms; /* so long the caller sleeps where it stands; a longer wait is in the row */
    int64_t tokens[RATE_PARTS_MAX]; /* by part; 0: not of this one */
};

struct rate_verdict {
    int64_t wait_ms;              /* RATE_WAIT: at least */
    const char *blame;            /* RATE_WAIT: the part that is waited for, "" in a pause */
    int64_t left[RATE_PARTS_MAX]; /* by part, of the fleet's */
};

/* Nothing is taken with RATE_WAIT. *out is filled with both answers. */
int rate_budget_take(struct redis *redis, const struct rate_budget *budget,
                     const struct rate_request *request, struct rate_verdict *out,
                     struct err *err) MUST_USE;
/* The other side said no: everybody waits for ms. A pause is never shortened. */
int rate_budget_pause(struct redis *redis, const struct rate_budget *budget, int64_t ms,
                      struct err *err) MUST_USE;

#endif
