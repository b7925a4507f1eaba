/* EVAL, replies, and the client in front of the simulated Redis; redis_model.h has the story. */
#include <lua.h>

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>

#include "common/redis/claim_script.h"
#include "common/redis/redis.h"
#include "tests/sim/invariants.h"
#include "tests/sim/redis_model.h"

#define ARGUMENTS_MAX 32
#define SCRIPTS_MAX   32

struct redis {
    int64_t timeout_ms;
};

struct redis_reply {
    enum redis_kind kind;
    int64_t number;
    char *bytes;
    size_t len; /* of bytes, or of the list */
    struct redis_reply **elements;
};

/* --- replies --- */

static struct redis_reply *reply_new(enum redis_kind kind)
{
    struct redis_reply *reply = calloc(1, sizeof *reply);

    assert(reply != NULL);
    reply->kind = kind;
    return reply;
}

struct redis_reply *reply_nil(void)
{
    return reply_new(REDIS_NIL);
}

struct redis_reply *reply_int(int64_t number)
{
    struct redis_reply *reply = reply_new(REDIS_INT);

    reply->number = number;
    return reply;
}

struct redis_reply *reply_text(const char *bytes, size_t len)
{
    struct redis_reply *reply = reply_new(REDIS_TEXT);

    reply->bytes = redis_text_new(bytes, len).bytes;
    reply->len = len;
    return reply;
}

struct redis_reply *reply_list(size_t n)
{
    struct redis_reply *reply = reply_new(REDIS_LIST);

    reply->len = n;
    reply->elements = calloc(n + 1, sizeof(struct redis_reply *));
    assert(reply->elements != NULL);
    return reply;
}

void reply_put_give(struct redis_reply *list, size_t i, struct redis_reply *element)
{
    list->elements[i] = element;
}

void redis_reply_free(struct redis_reply *reply)
{
    if (reply == NULL)
        return;
    for (size_t i = 0; reply->elements != NULL && i < reply->len; i++)
        redis_reply_free(reply->elements[i]);
    free(reply->elements);
    free(reply->bytes);
    free(reply);
}

enum redis_kind redis_reply_kind(const struct redis_reply *reply)
{
    return reply == NULL ? REDIS_NIL : reply->kind;
}

int64_t redis_reply_int(const struct redis_reply *reply)
{
    if (reply == NULL)
        return 0;
    return reply->kind == REDIS_INT    ? reply->number
           : reply->kind == REDIS_TEXT ? strtoll(reply->bytes, NULL, 10)
                                       : 0;
}

const char *redis_reply_text(const struct redis_reply *reply, size_t *out_len)
{
    bool is_text = reply != NULL && reply->kind == REDIS_TEXT;

    if (out_len != NULL)
        *out_len = is_text ? reply->len : 0;
    return is_text ? reply->bytes : "";
}

size_t redis_reply_count(const struct redis_reply *reply)
{
    return reply != NULL && reply->kind == REDIS_LIST ? reply->len : 0;
}

const struct redis_reply *redis_reply_at(const struct redis_reply *reply, size_t i)
{
    return i < redis_reply_count(reply) ? reply->elements[i] : NULL;
}

int64_t reply_code(const struct redis_reply *reply)
{
    return redis_reply_count(reply) > 0 ? redis_reply_int(redis_reply_at(reply, 0)) : -1;
}

/* --- Lua: values turn into replies and back as Redis turns them --- */

static void push_reply(lua_State *lua, const struct redis_reply *reply)
{
    switch (reply->kind) {
    case REDIS_NIL:
        lua_pushboolean(lua, 0);
        break;
    case REDIS_INT:
        lua_pushnumber(lua, (lua_Number)reply->number);
        break;
    case REDIS_TEXT:
        lua_pushlstring(lua, reply->bytes, reply->len);
        break;
    case REDIS_LIST:
        lua_newtable(lua);
        for (size_t i = 0; i < reply->len; i++) {
            push_reply(lua, reply->elements[i]);
            lua_rawseti(lua, -2, (int)i + 1);
        }
        break;
    }
}

static struct redis_reply *reply_from(lua_State *lua, int at)
{
    size_t len;
    const char *bytes;

    switch (lua_type(lua, at)) {
    case LUA_TNUMBER:
        return reply_int((int64_t)lua_tonumber(lua, at));
    case LUA_TSTRING:
        bytes = lua_tolstring(lua, at, &len);
        return reply_text(bytes, len);
    case LUA_TBOOLEAN:
        return lua_toboolean(lua, at) ? reply_int(1) : reply_nil();
    case LUA_TTABLE:
        break;
    default:
        return reply_nil();
    }
    int n = (int)lua_objlen(lua, at); /* Redis stops at the first nil, too */
    struct redis_reply *list = reply_list((size_t)n);
    for (int i = 0; i < n; i++) {
        lua_rawgeti(lua, at, i + 1);
        reply_put_give(list, (size_t)i, reply_from(lua, lua_gettop(lua)));
        lua_pop(lua, 1);
    }
    return list;
}

static int redis_call(lua_State *lua)
{
    const char *argv[ARGUMENTS_MAX], *error;
    size_t lens[ARGUMENTS_MAX];
    int n = lua_gettop(lua);

    assert(n > 0 && n <= ARGUMENTS_MAX);
    for (int i = 0; i < n; i++)
        argv[i] = lua_tolstring(lua, i + 1, &lens[i]); /* a number as "%.14g", as in Redis */
    if (sim.variant == VARIANT_NO_EXPIRY)
        for (int i = 0; i + 1 < n; i++)
            if (str_eq(argv[i], "lease_until")) {
                argv[i + 1] = "9999999999999";
                lens[i + 1] = strlen(argv[i + 1]);
            }
    struct redis_reply *reply = redis_do((size_t)n, argv, lens, &error);
    push_reply(lua, reply);
    redis_reply_free(reply);
    return 1;
}

static lua_State *open_lua(void)
{
    lua_State *lua = luaL_newstate();

    assert(lua != NULL);
    luaL_openlibs(lua);
    lua_newtable(lua);
    lua_pushcfunction(lua, redis_call);
    lua_setfield(lua, -2, "call");
    lua_setglobal(lua, "redis");
    return lua;
}

/* Broken on purpose: everybody's is ours. */
static char *without_fence(const char *text)
{
    static const char from[] = "local ours = ", to[] = "local ours = true or ";
    const char *at = strstr(text, from);
    char *changed = NULL;

    if (at == NULL ||
        asprintf(&changed, "%.*s%s%s", (int)(at - text), text, to, at + sizeof from - 1) < 0)
        return strdup(text);
    return changed;
}

/* Each script is compiled once; its text is static. */
static void push_script(lua_State *lua, const char *text)
{
    static struct {
        const char *text;
        int reference;
    } sound[SCRIPTS_MAX], unfenced[SCRIPTS_MAX], *known;
    int i = 0;

    known = sim.variant == VARIANT_NO_FENCE ? unfenced : sound;
    while (i < SCRIPTS_MAX && known[i].text != NULL && known[i].text != text)
        i++;
    assert(i < SCRIPTS_MAX);
    if (known[i].text == NULL) {
        CLEANUP(mem_freep)
        char *broken = sim.variant == VARIANT_NO_FENCE ? without_fence(text) : NULL;
        if (luaL_loadstring(lua, broken != NULL ? broken : text) != 0) {
            fprintf(stderr, "sim: a script does not compile: %s\n", lua_tostring(lua, -1));
            abort();
        }
        known[i].text = text;
        known[i].reference = luaL_ref(lua, LUA_REGISTRYINDEX);
    }
    lua_rawgeti(lua, LUA_REGISTRYINDEX, known[i].reference);
}

static void set_list(lua_State *lua, const char *name, size_t n, const char *const *argv,
                     const size_t *lens)
{
    lua_newtable(lua);
    for (size_t i = 0; i < n; i++) {
        lua_pushlstring(lua, argv[i], lens != NULL ? lens[i] : strlen(argv[i]));
        lua_rawseti(lua, -2, (int)i + 1);
    }
    lua_setglobal(lua, name);
}

struct redis_reply *redis_do_script(const char *text, size_t n_keys, size_t argc,
                                    const char *const *argv, const size_t *lens, const char **error)
{
    static lua_State *lua;

    if (lua == NULL)
        lua = open_lua();
    *error = NULL;
    set_list(lua, "KEYS", n_keys, argv, lens);
    set_list(lua, "ARGV", argc - n_keys, argv + n_keys, lens != NULL ? lens + n_keys : NULL);
    push_script(lua, text);
    if (lua_pcall(lua, 0, 1, 0) != 0) {
        fprintf(stderr, "sim: a script fails: %s\n", lua_tostring(lua, -1));
        abort();
    }
    struct redis_reply *reply = reply_from(lua, lua_gettop(lua));
    lua_pop(lua, 1);
    return reply;
}

/* --- the client: redis.h, as the worker sees it --- */

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

static const char *script_name(const char *text)
{
    const struct {
        const struct redis_script *script;
        const char *name;
    } names[] = {
        {&claim_script_take, "take"},       {&claim_script_renew, "renew"},
        {&claim_script_save_plan, "plan"},  {&claim_script_finish, "finish"},
        {&claim_script_release, "release"}, {&claim_script_read, "read"},
        {&claim_script_count, "count"},
    };

    for (size_t i = 0; i < COUNT(names); i++)
        if (names[i].script->text == text)
            return names[i].name;
    return "script";
}

static int ask(struct redis *redis, const struct redis_script *script, struct redis_reply **out,
               struct err *err, size_t n_keys, size_t argc, const char *const *argv,
               const size_t *lens)
{
    const char *what = script != NULL ? script_name(script->text) : argv[0];
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
        reply->elements[0]->number = 2;
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
