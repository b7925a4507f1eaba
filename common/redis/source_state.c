/*
 * Source state; the story stands in source_state.h.
 *
 * plumb:source:{name} is a hash {owner, fence, lease_until, cursor} that never expires;
 * plumb:token:{provider} holds a token for its life, plumb:token-lock:{provider} the refresher's
 * name.
 */
#include "common/redis/source_state.h"

#include <stdio.h>

#include "common/redis/claim_store.h"
#include "common/digest.h"
#include "common/text/redact.h"
#include "common/redis/redis.h"

#define KEY_BYTES 192

#define CLOCK                                                                                      \
    "local t = redis.call('TIME')\n"                                                               \
    "local now_us = tonumber(t[1]) * 1000000 + tonumber(t[2])\n"                                   \
    "local now_ms = math.floor(now_us / 1000)\n"                                                   \
    "local function text(n) return string.format('%.0f', n) end\n"
#define MINE                                                                                       \
    "local h = redis.call('HMGET', KEYS[1], 'owner', 'fence', 'lease_until')\n"                    \
    "local ours = h[1] == ARGV[1] and h[2] == ARGV[2]\n"                                           \
    "if not ours or tonumber(h[3]) <= now_ms then return 2 end\n"

/* owner lease_ms -> fence, 0 when held. A repeat by the same owner keeps its fence. */
static struct redis_script lease_take = {
    .text = CLOCK "local h = redis.call('HMGET', KEYS[1], 'owner', 'fence', 'lease_until')\n"
                  "local fence = h[2]\n"
                  "if h[1] ~= ARGV[1] then\n"
                  "  if tonumber(h[3] or 0) > now_ms then return '0' end\n"
                  "  fence = text(math.max(tonumber(h[2] or 0) + 1, now_us))\n"
                  "end\n"
                  "redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'fence', fence,\n"
                  "           'lease_until', text(now_ms + tonumber(ARGV[2])))\n"
                  "return fence\n"};

static struct redis_script lease_renew = {
    .text =
        CLOCK MINE "redis.call('HSET', KEYS[1], 'lease_until', text(now_ms + tonumber(ARGV[3])))\n"
                   "return 0\n"};

static struct redis_script lease_drop = {.text = CLOCK MINE
                                         "redis.call('HSET', KEYS[1], 'lease_until', '0')\n"
                                         "return 0\n"};

static struct redis_script cursor_write = {.text = CLOCK MINE
                                           "redis.call('HSET', KEYS[1], 'cursor', ARGV[3])\n"
                                           "return 0\n"};

/* KEYS is a pattern. Finding keys by pattern is for a Redis of one machine. */
static struct redis_script cursors_forget = {
    .text = "for _, key in ipairs(redis.call('KEYS', KEYS[1])) do\n"
            "  redis.call('HDEL', key, 'cursor')\n"
            "end\n"
            "return 0\n"};

/* KEYS lock; owner lock_ms -> 0, 5 when another has it. */
static struct redis_script token_lock = {.text =
                                             "local owner = redis.call('GET', KEYS[1])\n"
                                             "if owner and owner ~= ARGV[1] then return 5 end\n"
                                             "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])\n"
                                             "return 0\n"};

/* KEYS lock token; owner token life_ms. A refresher whose lock ran out must not bury the token of
 * the one that came after: issuing theirs may have ended ours. */
static struct redis_script token_write = {
    .text = "local owner = redis.call('GET', KEYS[1])\n"
            "local fresh = not owner and redis.call('EXISTS', KEYS[2]) == 0\n"
            "if owner ~= ARGV[1] and not fresh then return 0 end\n"
            "redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])\n"
            "redis.call('DEL', KEYS[1])\n"
            "return 0\n"};

/* KEYS token; token */
static struct redis_script token_forget = {
    .text = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end\n"
            "return 0\n"};

static void make_key(char out[KEY_BYTES], const char *kind, const char *name)
{
    int len = snprintf(out, KEY_BYTES, "plumb:%s:%s", kind, name);

    assert(len > 0 && len < KEY_BYTES);
}

/* Every script here may be repeated, so one that got no answer is asked once more. */
static int ask(struct redis *redis, struct redis_script *script, int64_t *out, struct err *err,
               size_t n_keys, size_t argc, const char *const *argv)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    int r = redis_script(redis, script, &reply, err, n_keys, argc, argv, NULL);

    if (r == ERR_RETRY)
        r = redis_script(redis, script, &reply, err, n_keys, argc, argv, NULL);
    if (r == 0)
        *out = redis_reply_int(reply);
    return r;
}

/* A script that is given owner and fence and answers 0 or SOURCE_LOST. */
static int ask_fenced(struct redis *redis, struct redis_script *script,
                      const struct source_lease *lease, const char *more, struct err *err)
{
    struct redis_number fence = redis_number(lease->fence);
    char key[KEY_BYTES];
    int64_t answer = 0;
    int r;

    make_key(key, "source", lease->name);
    r = ask(redis, script, &answer, err, 1, more != NULL ? 4 : 3,
            (const char *const[]){key, lease->owner, fence.text, more});
    if (r < 0)
        return err_wrap(err, r, "source %s", lease->name);
    return (int)answer;
}

static int64_t give_up_at(int64_t now_mono_ms, int64_t lease_ms)
{
    int64_t margin = lease_ms / 6 < CLAIM_MARGIN_MS ? lease_ms / 6 : CLAIM_MARGIN_MS;

    return now_mono_ms + lease_ms - margin;
}

int source_lease_take(struct redis *redis, const char *name, int64_t lease_ms, int64_t now_mono_ms,
                      struct source_lease *out, struct err *err)
{
    struct source_lease lease = {.give_up_at_ms = give_up_at(now_mono_ms, lease_ms)};
    struct redis_number length = redis_number(lease_ms);
    char uuid[UUID_BYTES];
    char key[KEY_BYTES];
    int r;

    if (!str_copy(lease.name, sizeof lease.name, name))
        return err_set(err, ERR_FATAL, "source name longer than %zu bytes", sizeof lease.name - 1);
    random_uuid(uuid);
    (void)str_copy(lease.owner, sizeof lease.owner, uuid);
    make_key(key, "source", name);
    r = ask(redis, &lease_take, &lease.fence, err, 1, 3,
            (const char *const[]){key, lease.owner, length.text});
    if (r < 0)
        return err_wrap(err, r, "lease source %s", name);
    if (lease.fence == 0)
        return SOURCE_HELD;
    *out = lease;
    return 0;
}

int source_lease_renew(struct redis *redis, struct source_lease *lease, int64_t lease_ms,
                       int64_t now_mono_ms, struct err *err)
{
    struct redis_number length = redis_number(lease_ms);
    int r = ask_fenced(redis, &lease_renew, lease, length.text, err);

    if (r == 0)
        lease->give_up_at_ms = give_up_at(now_mono_ms, lease_ms);
    return r;
}

int source_lease_drop(struct redis *redis, const struct source_lease *lease, struct err *err)
{
    int r = ask_fenced(redis, &lease_drop, lease, NULL, err);

    return r == SOURCE_LOST ? 0 : r;
}

int source_cursor_read(struct redis *redis, const char *name, struct buf *out, struct err *err)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    char key[KEY_BYTES];
    const char *bytes;
    size_t len;
    int r;

    make_key(key, "source", name);
    r = redis_command(redis, &reply, err, 3, (const char *const[]){"HGET", key, "cursor"}, NULL);
    if (r < 0)
        return err_wrap(err, r, "read cursor of %s", name);
    if (redis_reply_kind(reply) == REDIS_NIL)
        return SOURCE_NO_CURSOR;
    bytes = redis_reply_text(reply, &len);
    buf_bytes(out, bytes, len);
    return buf_check(out, err);
}

int source_cursor_write(struct redis *redis, const struct source_lease *lease, const char *cursor,
                        struct err *err)
{
    return ask_fenced(redis, &cursor_write, lease, cursor, err);
}

int source_cursors_forget(struct redis *redis, struct err *err)
{
    int64_t unused;
    int r =
        ask(redis, &cursors_forget, &unused, err, 1, 1, (const char *const[]){"plumb:source:*"});

    return r < 0 ? err_wrap(err, r, "forget the cursors") : 0;
}

int shared_token_read(struct redis *redis, const char *provider, struct buf *out, struct err *err)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    char key[KEY_BYTES];
    const char *token;
    size_t len;
    int r;

    make_key(key, "token", provider);
    r = redis_command(redis, &reply, err, 2, (const char *const[]){"GET", key}, NULL);
    if (r < 0)
        return err_wrap(err, r, "read token of %s", provider);
    if (redis_reply_kind(reply) == REDIS_NIL)
        return TOKEN_ABSENT;
    token = redis_reply_text(reply, &len);
    redact_register(token);
    buf_bytes(out, token, len);
    return buf_check(out, err);
}

int shared_token_lock(struct redis *redis, const char *provider, const char *owner, int64_t lock_ms,
                      struct err *err)
{
    struct redis_number life = redis_number(lock_ms);
    char key[KEY_BYTES];
    int64_t answer = 0;
    int r;

    make_key(key, "token-lock", provider);
    r = ask(redis, &token_lock, &answer, err, 1, 3, (const char *const[]){key, owner, life.text});
    return r < 0 ? err_wrap(err, r, "lock token of %s", provider) : (int)answer;
}

int shared_token_write(struct redis *redis, const char *provider, const char *owner,
                       const char *token, int64_t life_ms, struct err *err)
{
    struct redis_number life = redis_number(life_ms);
    char lock[KEY_BYTES];
    char key[KEY_BYTES];
    int64_t answer = 0;
    int r;

    redact_register(token);
    make_key(lock, "token-lock", provider);
    make_key(key, "token", provider);
    r = ask(redis, &token_write, &answer, err, 2, 5,
            (const char *const[]){lock, key, owner, token, life.text});
    return r < 0 ? err_wrap(err, r, "share token of %s", provider) : 0;
}

int shared_token_forget(struct redis *redis, const char *provider, const char *token,
                        struct err *err)
{
    char key[KEY_BYTES];
    int64_t answer = 0;
    int r;

    make_key(key, "token", provider);
    r = ask(redis, &token_forget, &answer, err, 1, 2, (const char *const[]){key, token});
    return r < 0 ? err_wrap(err, r, "forget token of %s", provider) : 0;
}
