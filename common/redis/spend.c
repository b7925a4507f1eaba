/* Spend; the story stands in spend.h. */
#include "common/redis/spend.h"

#include <stdio.h>

#include "common/redis/redis.h"

#define FIXED_ARGS 2 /* id, "1" when limits count */
#define ENTRY_ARGS 3 /* amount limit keep_ms */

/* Answers 0, or the number of the first account that it would overdraw. What the id had charged
 * before is replaced, so a repeat changes nothing. */
static struct redis_script charge = {
    .text =
        "local id, limited = ARGV[1], ARGV[2] == '1'\n"
        "local function had(key) return tonumber(redis.call('HGET', key, 'id:' .. id) or 0) end\n"
        "local function arg(i, k) return tonumber(ARGV[2 + (i - 1) * 3 + k]) end\n"
        "for i, key in ipairs(KEYS) do\n"
        "  local total = tonumber(redis.call('HGET', key, 'total') or 0)\n"
        "  local would = total - had(key) + arg(i, 1)\n"
        "  if limited and arg(i, 2) > 0 and would > arg(i, 2) then return i end\n"
        "end\n"
        "for i, key in ipairs(KEYS) do\n"
        "  local more = string.format('%.0f', arg(i, 1) - had(key))\n"
        "  redis.call('HINCRBY', key, 'total', more)\n"
        "  redis.call('HSET', key, 'id:' .. id, string.format('%.0f', arg(i, 1)))\n"
        "  redis.call('PEXPIRE', key, string.format('%.0f', arg(i, 3)))\n"
        "end\n"
        "return 0\n"};

static int run(struct redis *redis, const struct spend_entry *entries, size_t n, const char *id,
               bool limited, int64_t *out, struct err *err)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    char keys[SPEND_ENTRIES_MAX][SPEND_ACCOUNT_BYTES + 32];
    struct redis_number numbers[SPEND_ENTRIES_MAX][ENTRY_ARGS];
    const char *argv[SPEND_ENTRIES_MAX + FIXED_ARGS + SPEND_ENTRIES_MAX * ENTRY_ARGS];
    size_t argc = 0;

    assert(n > 0 && n <= SPEND_ENTRIES_MAX);
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(keys[i], sizeof keys[i], "plumb:spend:{spend}:%s", entries[i].account);
        argv[argc++] = keys[i];
    }
    argv[argc++] = id;
    argv[argc++] = limited ? "1" : "0";
    for (size_t i = 0; i < n; i++) {
        assert(entries[i].amount >= 0 && entries[i].keep_ms > 0);
        numbers[i][0] = redis_number(entries[i].amount);
        numbers[i][1] = redis_number(entries[i].limit);
        numbers[i][2] = redis_number(entries[i].keep_ms);
        for (size_t k = 0; k < ENTRY_ARGS; k++)
            argv[argc++] = numbers[i][k].text;
    }
    int r = redis_script(redis, &charge, &reply, err, n, argc, argv, NULL);
    if (r == ERR_RETRY) /* it may be repeated */
        r = redis_script(redis, &charge, &reply, err, n, argc, argv, NULL);
    if (r < 0)
        return r;
    *out = redis_reply_int(reply);
    return 0;
}

int spend_reserve(struct redis *redis, const struct spend_entry *entries, size_t n, const char *id,
                  size_t *out_blame, struct err *err)
{
    int64_t answer = 0;
    int r = run(redis, entries, n, id, true, &answer, err);

    if (r < 0)
        return err_wrap(err, r, "reserve what a request may cost");
    if (answer == 0)
        return 0;
    *out_blame = (size_t)answer - 1;
    return SPEND_OVER;
}

int spend_settle(struct redis *redis, const struct spend_entry *entries, size_t n, const char *id,
                 struct err *err)
{
    int64_t answer = 0;
    int r = run(redis, entries, n, id, false, &answer, err);

    return r < 0 ? err_wrap(err, r, "settle what a request cost") : 0;
}
