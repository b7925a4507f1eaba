/* Faults of the fake GitHub; the story stands in soak_github.h. */
#include "tests/chaos/soak_github.h"

#include "common/redis/redis.h"
#include "tests/support/pipeline.h"

#define POSTS "\"match\":{\"method\":\"POST\",\"path_prefix\":\"/repos/\"}"
#define ALL   "\"match\":{\"path_prefix\":\"/repos/\"}"
#define GIT   "\"match\":{\"method\":\"POST\",\"path_prefix\":\"/chaos/\"}"

/* Nothing that GitHub would mean for ever (404, 401, a missing permission). */
static const char *const faults[] = {
    "{" POSTS ",\"fault\":\"effect\",\"status\":502}",
    "{" POSTS ",\"fault\":\"effect\",\"status\":500}",
    "{" POSTS ",\"fault\":\"truncate\"}", /* with its effect, too */
    "{" GIT ",\"fault\":\"effect\",\"status\":502}",
    "{" GIT ",\"fault\":\"reset\"}",
    "{" GIT ",\"fault\":\"truncate\"}",
    "{" POSTS ",\"fault\":\"reset\"}",
    "{" ALL ",\"fault\":\"reset\"}",
    "{" ALL ",\"fault\":\"truncate\"}",
    "{" ALL ",\"fault\":\"slow\",\"delay_ms\":20}",
    "{" ALL ",\"fault\":\"status\",\"status\":503,\"times\":2}",
    "{" ALL ",\"fault\":\"status\",\"status\":429,\"retry_after\":\"2\"}",
    "{" POSTS ",\"fault\":\"secondary_limit_after\"}",
    "{" POSTS ",\"fault\":\"primary_limit\"}",
};

static int ask(const struct lane *lane, const char *method, const char *body, struct err *err)
{
    int status = pipeline_http(lane->github.port, method, "/_fake/faults", body, NULL);

    return status == 204 ? 0
                         : err_set(err, ERR_FATAL, "the fake GitHub answers %d to %s /_fake/faults",
                                   status, method);
}

int github_harm(const struct lane *lane, uint64_t dice, struct err *err)
{
    return ask(lane, "POST", faults[dice % COUNT(faults)], err);
}

int github_mend(const struct lane *lane, struct err *err)
{
    return ask(lane, "DELETE", NULL, err);
}

int github_hour_passes(const struct lane *lane, struct err *err)
{
    static const char script[] = "for _, key in ipairs(redis.call('KEYS', 'plumb:budget:*')) do "
                                 "if redis.call('TYPE', key).ok == 'hash' then "
                                 "redis.call('HSET', key, 'hour.tokens', '500') end end return 0";
    static const char *const words[] = {"EVAL", script, "0"};
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;

    return redis_command(lane->redis, &reply, err, COUNT(words), words, NULL);
}
