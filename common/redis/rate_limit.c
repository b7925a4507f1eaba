/*
 * Rate limit; the story stands in rate_limit.h.
 *
 * The hash plumb:rate:{scope} holds tokens (a real number, refilled on every look), at_us (when
 * that was so) and paused_until_us. It expires when the bucket would be full again, which is what
 * absence means.
 */
#include "common/redis/rate_limit.h"

#include <stdio.h>

#include "common/redis/redis.h"

#define KEY_BYTES 320

/* KEYS bucket; ARGV capacity refill period_ms tokens pause_ms. tokens 0 with a pause empties the
 * bucket. Answers the milliseconds to wait, 0 when the tokens were taken. A clock that steps back
 * refills nothing. */
static struct redis_script take = {
    .text = "local t = redis.call('TIME')\n"
            "local now = tonumber(t[1]) * 1000000 + tonumber(t[2])\n"
            "local capacity, refill = tonumber(ARGV[1]), tonumber(ARGV[2])\n"
            "local period, want, pause = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])\n"
            "local rate = refill / (period * 1000)\n"
            "local h = redis.call('HMGET', KEYS[1], 'tokens', 'at_us', 'paused_until_us')\n"
            "local tokens, at = tonumber(h[1] or capacity), tonumber(h[2] or now)\n"
            "local paused = tonumber(h[3] or 0)\n"
            "tokens = math.min(capacity, tokens + math.max(0, now - at) * rate)\n"
            "local wait = 0\n"
            "if pause > 0 then\n"
            "  tokens = 0\n"
            "  paused = math.max(paused, now + pause * 1000)\n"
            "elseif paused > now then\n"
            "  wait = math.ceil((paused - now) / 1000)\n"
            "elseif tokens >= want then\n"
            "  tokens = tokens - want\n"
            "else\n"
            "  wait = math.ceil((want - tokens) / rate / 1000)\n"
            "end\n"
            "local full_ms = math.ceil(((capacity - tokens) / rate + math.max(0, paused - now)) / "
            "1000)\n"
            "redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens),\n"
            "           'at_us', string.format('%.0f', now),\n"
            "           'paused_until_us', string.format('%.0f', paused))\n"
            "redis.call('PEXPIRE', KEYS[1], string.format('%.0f', full_ms + 1000))\n"
            "return wait\n"};

static int ask(struct redis *redis, const struct rate_bucket *bucket, int64_t tokens,
               int64_t pause_ms, int64_t *out_wait_ms, struct err *err)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    const int64_t numbers[] = {bucket->capacity, bucket->refill, bucket->period_ms, tokens,
                               pause_ms};
    char texts[COUNT(numbers)][24];
    char key[KEY_BYTES];
    const char *argv[1 + COUNT(numbers)] = {key};
    int len;
    int r;

    assert(bucket->capacity > 0 && bucket->refill > 0 && bucket->period_ms > 0);
    assert(tokens >= 0 && tokens <= bucket->capacity);
    len = snprintf(key, sizeof key, "plumb:rate:%s", bucket->scope);
    assert(len > 0 && (size_t)len < sizeof key);
    for (size_t i = 0; i < COUNT(numbers); i++) {
        snprintf(texts[i], sizeof texts[i], "%lld", (long long)numbers[i]);
        argv[1 + i] = texts[i];
    }

    r = redis_script(redis, &take, &reply, err, 1, COUNT(argv), argv, NULL);
    if (r < 0)
        return err_wrap(err, r, "rate limit %s", bucket->scope);
    *out_wait_ms = redis_reply_int(reply);
    return 0;
}

/* A take whose answer is lost costs its tokens: the limit holds, we are only a little slower. */
int rate_limit_take(struct redis *redis, const struct rate_bucket *bucket, int64_t tokens,
                    int64_t *out_wait_ms, struct err *err)
{
    int64_t wait_ms = 0;
    int r = ask(redis, bucket, tokens, 0, &wait_ms, err);

    if (r < 0 || wait_ms == 0)
        return r;
    *out_wait_ms = wait_ms;
    return RATE_WAIT;
}

int rate_limit_pause(struct redis *redis, const struct rate_bucket *bucket, int64_t pause_ms,
                     struct err *err)
{
    int64_t ignored;

    if (pause_ms <= 0)
        return 0;
    return ask(redis, bucket, 0, pause_ms, &ignored, err);
}
