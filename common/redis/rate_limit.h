/*
 * Rate limit: token buckets shared by the whole fleet, in Redis (rate:{scope}), by Redis' clock.
 *
 *     rate_limit_take(redis, &bucket, 1, &wait_ms, err)  ->  0, or RATE_WAIT: ask after wait_ms
 *
 * The bucket refills evenly; a burst may take it all. Taking and refilling is one Lua script.
 */
#ifndef COMMON_REDIS_RATE_LIMIT_H
#define COMMON_REDIS_RATE_LIMIT_H

#include "common/base.h"

struct redis;

struct rate_bucket {
    const char *scope; /* "vanta:management" */
    int64_t capacity;  /* the burst, in tokens */
    int64_t refill;    /* tokens per period */
    int64_t period_ms;
};

enum rate_answer { RATE_WAIT = 1 };

int rate_limit_take(struct redis *redis, const struct rate_bucket *bucket, int64_t tokens,
                    int64_t *out_wait_ms, struct err *err) MUST_USE;
/* The other side said no: empties the bucket for pause_ms. */
int rate_limit_pause(struct redis *redis, const struct rate_bucket *bucket, int64_t pause_ms,
                     struct err *err) MUST_USE;

#endif
