/* Rate budget; the story stands in rate_budget.h. */
#include "common/redis/rate_budget.h"

#include <stdio.h>

#include "common/digest.h"
#include "common/redis/redis.h"

#define KEY_BYTES     256
#define FIXED_ARGS    6 /* now_us member urgent nap_ms pause_ms n */
#define PART_ARGS     7 /* name capacity refill period_ms tokens reserve fair */
#define ARGS_MAX      (FIXED_ARGS + PART_ARGS * RATE_PARTS_MAX)
#define ACTIVE_FOR_MS "60000"
#define ROW_MS        "7200000"

/* Bucket i of a hash holds "name.tokens" (a real number) and "name.at" (when that was so, in us). A
 * clock that steps back refills nothing. Answers the wait in ms, the part that asks for the longest
 * (0: none), and what the fleet has left of each. */
static struct redis_script take = {
    .text =
        "local now, member, urgent = tonumber(ARGV[1]), ARGV[2], ARGV[3] == '1'\n"
        "local nap, pause, n = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])\n"
        "if now == 0 then\n"
        "  local t = redis.call('TIME')\n"
        "  now = tonumber(t[1]) * 1000000 + tonumber(t[2])\n"
        "end\n"
        "local now_ms = math.floor(now / 1000)\n"
        "local function read(key)\n"
        "  local h, f = {}, redis.call('HGETALL', key)\n"
        "  for i = 1, #f, 2 do h[f[i]] = tonumber(f[i + 1]) end\n"
        "  return h\n"
        "end\n"
        "local function level(h, name, capacity, rate)\n"
        "  local passed = math.max(0, now - (h[name .. '.at'] or now))\n"
        "  return math.min(capacity, (h[name .. '.tokens'] or capacity) + passed * rate)\n"
        "end\n"
        "local function write(key, list, ttl_ms)\n"
        "  redis.call('HSET', key, unpack(list))\n"
        "  redis.call('PEXPIRE', key, string.format('%.0f', ttl_ms))\n"
        "end\n"
        "local function put(list, name, tokens)\n"
        "  for _, v in ipairs({name .. '.tokens', string.format('%.6f', tokens),\n"
        "                      name .. '.at', string.format('%.0f', now)}) do\n"
        "    list[#list + 1] = v\n"
        "  end\n"
        "end\n"
        "local fleet, own = read(KEYS[1]), read(KEYS[2])\n"
        "redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now_ms)\n"
        "local members = redis.call('ZCARD', KEYS[3])\n"
        "if not redis.call('ZSCORE', KEYS[3], member) then members = members + 1 end\n"
        "local paused = math.max(fleet.paused_until or 0, pause > 0 and now + pause * 1000 or 0)\n"
        "local wait, blame, ttl_ms = math.max(0, math.ceil((paused - now) / 1000)), 0, 0\n"
        "local parts, answer = {}, {}\n"
        "for i = 1, n do\n"
        "  local a = 6 + (i - 1) * 7\n"
        "  local p = {name = ARGV[a + 1], want = tonumber(ARGV[a + 5]), fair = ARGV[a + 7] == "
        "'1'}\n"
        "  local capacity, period = tonumber(ARGV[a + 2]), tonumber(ARGV[a + 4])\n"
        "  local rate = tonumber(ARGV[a + 3]) / (period * 1000)\n"
        "  local keep = urgent and 0 or tonumber(ARGV[a + 6])\n"
        "  local short = 0\n"
        "  p.have = level(fleet, p.name, capacity, rate)\n"
        "  if p.want > 0 then short = (p.want + keep - p.have) / rate end\n"
        "  if p.fair then\n"
        "    local most = math.max(capacity / members, p.want + keep / members)\n"
        "    p.mine = level(own, p.name, most, rate / members)\n"
        "    if p.want > 0 then\n"
        "      short = math.max(short, (p.want + keep / members - p.mine) * members / rate)\n"
        "    end\n"
        "  end\n"
        "  p.gap = p.fair and p.want * members / rate / 1000 or 0\n"
        "  local ms = math.ceil(short / 1000)\n"
        "  if ms > wait then wait, blame = ms, i end\n"
        "  ttl_ms = math.max(ttl_ms, 2 * period)\n"
        "  parts[i] = p\n"
        "end\n"
        "local granted, told = wait == 0, own.told or 0\n"
        "if wait > nap and not urgent and pause == 0 then\n"
        "  local slot = math.ceil(told) + math.ceil(blame > 0 and parts[blame].gap or 0)\n"
        "  if slot > now_ms + wait and slot < now_ms + " ROW_MS " then wait = slot - now_ms end\n"
        "  told = now_ms + wait\n"
        "end\n"
        "ttl_ms = ttl_ms + wait\n"
        "local for_all = {'paused_until', string.format('%.0f', paused)}\n"
        "local for_own = {'told', string.format('%.0f', told)}\n"
        "for i, p in ipairs(parts) do\n"
        "  local taken = granted and p.want or 0\n"
        "  put(for_all, p.name, p.have - taken)\n"
        "  if p.fair then put(for_own, p.name, p.mine - taken) end\n"
        "  answer[2 + i] = math.floor(p.have - taken)\n"
        "end\n"
        "write(KEYS[1], for_all, ttl_ms)\n"
        "if pause == 0 then\n"
        "  write(KEYS[2], for_own, ttl_ms)\n"
        "  redis.call('ZADD', KEYS[3], now_ms + wait + " ACTIVE_FOR_MS ", member)\n"
        "  redis.call('PEXPIRE', KEYS[3], string.format('%.0f', ttl_ms + " ACTIVE_FOR_MS "))\n"
        "end\n"
        "answer[1], answer[2] = wait, blame\n"
        "return answer\n"};

struct call {
    char keys[3][KEY_BYTES];
    struct redis_number numbers[ARGS_MAX];
    const char *argv[3 + ARGS_MAX];
    size_t n;
};

static void add_text(struct call *call, const char *text)
{
    call->argv[call->n++] = text;
}

static void add_number(struct call *call, int64_t number)
{
    struct redis_number *at = &call->numbers[call->n - 3];

    *at = redis_number(number);
    add_text(call, at->text);
}

static void add_keys(struct call *call, const char *scope, const char *digest)
{
    snprintf(call->keys[0], KEY_BYTES, "plumb:budget:{%s}", scope);
    snprintf(call->keys[1], KEY_BYTES, "plumb:budget:{%s}:of:%s", scope, digest);
    snprintf(call->keys[2], KEY_BYTES, "plumb:budget:{%s}:members", scope);
    for (size_t i = 0; i < COUNT(call->keys); i++)
        add_text(call, call->keys[i]);
}

static void add_parts(struct call *call, const struct rate_budget *budget,
                      const struct rate_request *request)
{
    for (size_t i = 0; i < budget->n; i++) {
        const struct rate_part *part = &budget->parts[i];

        assert(part->capacity > 0 && part->refill > 0 && part->period_ms > 0);
        assert(request->tokens[i] >= 0 && part->reserve >= 0 &&
               request->tokens[i] + part->reserve <= part->capacity);
        add_text(call, part->name);
        add_number(call, part->capacity);
        add_number(call, part->refill);
        add_number(call, part->period_ms);
        add_number(call, request->tokens[i]);
        add_number(call, part->reserve);
        add_number(call, part->fair);
    }
}

/* A take whose answer is lost costs its tokens: the limit holds, we are only a little slower. */
static int ask(struct redis *redis, const struct rate_budget *budget,
               const struct rate_request *request, int64_t pause_ms, struct rate_verdict *out,
               struct err *err)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    char digest[SHA256_HEX_BYTES];
    struct call call = {.n = 0};
    int r;

    assert(budget->n <= RATE_PARTS_MAX && strlen(budget->scope) < 128);
    sha256_hex(request->member, strlen(request->member), digest);
    digest[16] = '\0';
    add_keys(&call, budget->scope, digest);
    add_number(&call, budget->now_us);
    add_text(&call, digest);
    add_number(&call, request->urgent);
    add_number(&call, request->nap_ms);
    add_number(&call, pause_ms);
    add_number(&call, (int64_t)budget->n);
    add_parts(&call, budget, request);

    r = redis_script(redis, &take, &reply, err, COUNT(call.keys), call.n, call.argv, NULL);
    if (r < 0)
        return err_wrap(err, r, "budget %s", budget->scope);
    int64_t blame = redis_reply_int(redis_reply_at(reply, 1));
    *out = (struct rate_verdict){.wait_ms = redis_reply_int(redis_reply_at(reply, 0)), .blame = ""};
    if (blame > 0 && blame <= (int64_t)budget->n)
        out->blame = budget->parts[blame - 1].name;
    for (size_t i = 0; i < budget->n; i++)
        out->left[i] = redis_reply_int(redis_reply_at(reply, 2 + i));
    return out->wait_ms > 0 ? RATE_WAIT : 0;
}

int rate_budget_take(struct redis *redis, const struct rate_budget *budget,
                     const struct rate_request *request, struct rate_verdict *out, struct err *err)
{
    return ask(redis, budget, request, 0, out, err);
}

int rate_budget_pause(struct redis *redis, const struct rate_budget *budget, int64_t ms,
                      struct err *err)
{
    const struct rate_request nothing = {.member = ""};
    struct rate_verdict ignored;

    if (ms <= 0)
        return 0;
    int r = ask(redis, budget, &nothing, ms, &ignored, err);
    return r < 0 ? r : 0;
}
