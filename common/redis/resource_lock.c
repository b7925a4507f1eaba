/* Resource lock; the story stands in resource_lock.h. */
#include "common/redis/resource_lock.h"

#include <stdio.h>

#include "common/digest.h"
#include "common/redis/redis.h"

/* KEYS lock; ARGV owner hold_ms -> 0, or 1 when another has it. */
static struct redis_script hold = {.text = "local owner = redis.call('GET', KEYS[1])\n"
                                           "if owner and owner ~= ARGV[1] then return 1 end\n"
                                           "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])\n"
                                           "return 0\n"};

/* KEYS lock; ARGV owner -> how many were removed. */
static struct redis_script drop = {
    .text = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end\n"
            "return redis.call('DEL', KEYS[1])\n"};

struct resource_lock resource_lock_name(const char *repository, const char *resource,
                                        const char *owner)
{
    const char *elements[] = {repository, resource};
    struct resource_lock lock;
    char digest[SHA256_HEX_BYTES];
    bool fits = str_copy(lock.owner, sizeof lock.owner, owner);

    assert(fits && owner[0] != '\0');
    sha256_list_hex(elements, COUNT(elements), digest);
    snprintf(lock.key, sizeof lock.key, "plumb:resource:%s", digest);
    return lock;
}

int resource_lock_hold(struct redis *redis, const struct resource_lock *lock, int64_t hold_ms,
                       struct err *err)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    struct redis_number ms = redis_number(hold_ms);
    int r;

    assert(hold_ms > 0);
    r = redis_script(redis, &hold, &reply, err, 1, 3,
                     (const char *const[]){lock->key, lock->owner, ms.text}, NULL);
    if (r < 0)
        return err_wrap(err, r, "lock the resource");
    return redis_reply_int(reply) == 0 ? 0 : RESOURCE_LOCK_HELD;
}

int resource_lock_drop(struct redis *redis, const struct resource_lock *lock, struct err *err)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    int r = redis_script(redis, &drop, &reply, err, 1, 2,
                         (const char *const[]){lock->key, lock->owner}, NULL);

    return r < 0 ? err_wrap(err, r, "unlock the resource") : 0;
}
