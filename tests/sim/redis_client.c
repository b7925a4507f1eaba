/* The client in front of the simulated Redis: redis.h, as the worker sees it; the story stands in
 * redis_model.h. */
#include <stdio.h>

#include "common/redis/claim_script.h"
#include "common/redis/redis.h"
#include "tests/sim/invariants.h"
#include "tests/sim/redis_model.h"

struct redis {
    int64_t timeout_ms;
};

int redis_new(struct redis **out, const struct redis_options *options, struct err *err)
{
    struct redis *redis = calloc(1, sizeof *redis);

    if (redis == NULL)
        return err_nomem(err);
    redis->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : 5000;
    *out = redis;
    return 0;
}

void redis_free(struct redis *redis)
{
    free(redis);
}

const char *redis_name(const struct redis *redis)
{
    (void)redis;
    return "redis://model";
}

struct redis_number redis_number(int64_t value)
{
    struct redis_number number;

    snprintf(number.text, sizeof number.text, "%lld", (long long)value);
    return number;
}

/* No answer: at once when nobody listens, after the timeout when a packet was lost. */
static int no_answer(const struct redis *redis, enum fate fate, struct err *err)
{
    if (fate == FATE_DEAD)
        return err_set(err, ERR_FATAL, "this process was killed");
    if (chance(500))
        task_sleep(redis->timeout_ms);
    return err_set(err, ERR_RETRY, "redis model: no answer");
}

/* Those of a resource's lock stand in no header: its key tells them, and whether a time is given.
 */
static const char *script_name(const char *text, size_t argc, const char *key)
{
    const struct {
        const struct redis_script *script;
        const char *name;
    } names[] = {
        {&claim_script_take, "take"},       {&claim_script_renew, "renew"},
        {&claim_script_save_plan, "plan"},  {&claim_script_finish, "finish"},
        {&claim_script_release, "release"}, {&claim_script_read, "read"},
        {&claim_script_count, "count"},     {&claim_script_reopen, "reopen"},
    };

    for (size_t i = 0; i < COUNT(names); i++)
        if (names[i].script->text == text)
            return names[i].name;
    if (strncmp(key, "plumb:resource:", strlen("plumb:resource:")) == 0)
        return argc == 3 ? "hold" : "drop";
    return "script";
}

static int ask(struct redis *redis, const struct redis_script *script, struct redis_reply **out,
               struct err *err, size_t n_keys, size_t argc, const char *const *argv,
               const size_t *lens)
{
    const char *what = script != NULL ? script_name(script->text, argc, argv[0]) : argv[0];
    const char *error = NULL;
    struct redis_reply *reply;
    enum fate fate = door_arrives(DOOR_REDIS);

    if (fate == FATE_DONE && !redis_is_up())
        fate = FATE_FAILS;
    if (fate == FATE_FAILS || fate == FATE_DEAD) {
        trace("redis   %s fails", what);
        return no_answer(redis, fate, err);
    }
    reply = script != NULL ? redis_do_script(script->text, n_keys, argc, argv, lens, &error)
                           : redis_do(argc, argv, lens, &error);
    assert(error == NULL);
    if (script != NULL) {
        trace("redis   %s %.18s -> %lld%s", what, argv[0], (long long)reply_code(reply),
              fate == FATE_ANSWER_LOST ? ", answer lost" : "");
        invariants_script(what, argv, argc, reply);
    }
    if (sim.variant == VARIANT_IN_PROGRESS_IS_DONE && str_eq(what, "take") &&
        reply_code(reply) == 1)
        reply_set_code(reply, 2);
    if (sim.variant == VARIANT_NO_LOCK && str_eq(what, "hold"))
        reply_set_code(reply, 0);
    fate = door_answers(DOOR_REDIS, fate);
    if (fate != FATE_DONE) {
        redis_reply_free(reply);
        return no_answer(redis, fate, err);
    }
    *out = reply;
    return 0;
}

int redis_command(struct redis *redis, struct redis_reply **out, struct err *err, size_t argc,
                  const char *const *argv, const size_t *lens)
{
    return ask(redis, NULL, out, err, 0, argc, argv, lens);
}

int redis_script(struct redis *redis, struct redis_script *script, struct redis_reply **out,
                 struct err *err, size_t n_keys, size_t argc, const char *const *argv,
                 const size_t *lens)
{
    return ask(redis, script, out, err, n_keys, argc, argv, lens);
}

int redis_ping(struct redis *redis, struct err *err)
{
    CLEANUP(redis_reply_freep) struct redis_reply *reply = NULL;
    const char *const argv[] = {"TIME"};

    return redis_command(redis, &reply, err, 1, argv, NULL);
}
