/*
 * Claim scripts; the story stands in claim_script.h.
 *
 * Numbers: Redis' time in microseconds is about 2^51, so Lua's doubles hold it exactly; %.0f writes
 * it without an exponent. Scripts may write after TIME because Redis 5 and later replicate effects.
 */
#include "common/redis/claim_script.h"

#define CLOCK                                                                                      \
    "local t = redis.call('TIME')\n"                                                               \
    "local now_us = tonumber(t[1]) * 1000000 + tonumber(t[2])\n"                                   \
    "local now_ms = math.floor(now_us / 1000)\n"                                                   \
    "local function text(n) return string.format('%.0f', n) end\n"

#define RECORD                                                                                     \
    "local function record(code)\n"                                                                \
    "  local f = redis.call('HMGET', KEYS[1], 'state', 'pr_url', 'branch', 'reason',\n"            \
    "                       'attempts', 'crashes', 'fence', 'updated_at', 'run', 'replay')\n"      \
    "  table.insert(f, 1, code)\n"                                                                 \
    "  return f\n"                                                                                 \
    "end\n"

/* The record is ours when owner and fence are. mine() also asks that the lease still runs. */
#define MINE                                                                                       \
    "local h = redis.call('HMGET', KEYS[1], 'state', 'owner', 'fence', 'lease_until', "            \
    "'crashes')\n"                                                                                 \
    "local ours = h[2] == ARGV[1] and h[3] == ARGV[2]\n"                                           \
    "local function mine()\n"                                                                      \
    "  return ours and h[1] == 'CLAIMED' and tonumber(h[4]) > now_ms\n"                            \
    "end\n"

/*
 * The crash counter goes up before the work and comes down when the take comes back, so a worker
 * that is killed has counted itself. A repeat by the same owner (the reply was lost) changes
 * nothing but the lease. PERSIST: whatever lifetime the key had, an unfinished record has none.
 */
struct redis_script claim_script_take = {
    .text = CLOCK RECORD
    "local h = redis.call('HMGET', KEYS[1], 'state', 'owner', 'fence', 'lease_until',\n"
    "                     'attempts', 'crashes', 'run', 'replay')\n"
    "local run, replay = h[7] or '0', h[8] or ''\n"
    "local state, fence = h[1], tonumber(h[3] or 0)\n"
    "local attempts, crashes = tonumber(h[5] or 0), tonumber(h[6] or 0)\n"
    "local lease_until = text(now_ms + tonumber(ARGV[2]))\n"
    "if state and state ~= 'CLAIMED' and state ~= 'FREE' then return record(2) end\n"
    "if state == 'CLAIMED' and h[2] == ARGV[1] then\n"
    "  redis.call('HSET', KEYS[1], 'lease_until', lease_until)\n"
    "  return {0, h[3], attempts, crashes - 1, run, replay}\n"
    "end\n"
    "if state == 'CLAIMED' and tonumber(h[4]) > now_ms then return record(1) end\n"
    "fence = text(math.max(fence + 1, now_us))\n"
    "redis.call('HSET', KEYS[1], 'state', 'CLAIMED', 'owner', ARGV[1], 'fence', fence,\n"
    "           'lease_until', lease_until, 'attempts', attempts, 'crashes', crashes + 1,\n"
    "           'updated_at', text(now_ms))\n"
    "redis.call('PERSIST', KEYS[1])\n"
    "return {0, fence, attempts, crashes, run, replay}\n"};

struct redis_script claim_script_renew = {
    .text =
        CLOCK MINE "if not mine() then return {3} end\n"
                   "redis.call('HSET', KEYS[1], 'lease_until', text(now_ms + tonumber(ARGV[3])))\n"
                   "return {0}\n"};

struct redis_script claim_script_save_plan = {.text =
                                                  CLOCK MINE "if not mine() then return {3} end\n"
                                                             "redis.call('SET', KEYS[2], ARGV[3])\n"
                                                             "return {0}\n"};

struct redis_script claim_script_save_answer = {.text = CLOCK MINE
                                                "if not mine() then return {3} end\n"
                                                "redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])\n"
                                                "redis.call('PEXPIRE', KEYS[2], ARGV[5])\n"
                                                "return {0}\n"};

/* A repeat finds the record ended by us, and is done. */
struct redis_script claim_script_finish = {
    .text = CLOCK MINE
    "if ours and h[1] ~= 'CLAIMED' and h[1] ~= 'FREE' then return {0} end\n"
    "if not mine() then return {3} end\n"
    "redis.call('HSET', KEYS[1], 'state', ARGV[3], 'pr_url', ARGV[4], 'branch', ARGV[5],\n"
    "           'reason', ARGV[6], 'crashes', math.max(tonumber(h[5] or 0) - 1, 0),\n"
    "           'updated_at', text(now_ms))\n"
    "redis.call('HDEL', KEYS[1], 'lease_until')\n"
    "redis.call('DEL', KEYS[2])\n"
    "redis.call('PEXPIRE', KEYS[1], ARGV[7])\n"
    "return {0}\n"};

/* Allowed past the lease while nobody else has taken: the worker lives, so it did not crash. */
struct redis_script claim_script_release = {
    .text = CLOCK MINE "if ours and h[1] == 'FREE' then return {0} end\n"
                       "if not ours or h[1] ~= 'CLAIMED' then return {3} end\n"
                       "redis.call('HINCRBY', KEYS[1], 'attempts', ARGV[3])\n"
                       "redis.call('HSET', KEYS[1], 'state', 'FREE', 'updated_at', text(now_ms),\n"
                       "           'crashes', math.max(tonumber(h[5] or 0) - 1, 0))\n"
                       "redis.call('HDEL', KEYS[1], 'lease_until')\n"
                       "return {0}\n"};

/*
 * An absent record is begun, not left to take: only so is its end told apart from one that Redis
 * has forgotten. A replay that is seen a second time finds its mark.
 */
struct redis_script claim_script_reopen = {
    .text = CLOCK RECORD
    "local state = redis.call('HGET', KEYS[1], 'state')\n"
    "if state and not string.find(',' .. ARGV[2] .. ',', ',' .. state .. ',', 1, true) then\n"
    "  return record(6)\n"
    "end\n"
    "if redis.call('HSETNX', KEYS[1], 'replay:' .. ARGV[1], text(now_ms)) == 0 then\n"
    "  return record(6)\n"
    "end\n"
    "redis.call('HINCRBY', KEYS[1], 'run', 1)\n"
    "redis.call('HSET', KEYS[1], 'state', 'FREE', 'replay', ARGV[1], 'attempts', 0,\n"
    "           'crashes', 0, 'updated_at', text(now_ms))\n"
    "redis.call('HDEL', KEYS[1], 'owner', 'pr_url', 'branch', 'reason')\n"
    "redis.call('PERSIST', KEYS[1])\n"
    "return {0}\n"};

struct redis_script claim_script_read = {.text = RECORD "return record(0)\n"};

struct redis_script claim_script_count = {
    .text = "local n = redis.call('INCR', KEYS[1])\n"
            "if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end\n"
            "return {0, n}\n"};
