/* EVAL and replies of the simulated Redis; redis_model.h has the story. */
#include <lua.h>

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>

#include "common/buf.h"
#include "common/redis/redis.h"
#include "tests/sim/redis_model.h"

#define ARGUMENTS_MAX 32
#define SCRIPTS_MAX   32

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
    if (redis_reply_kind(reply) == REDIS_INT)
        return reply->number;
    return redis_reply_count(reply) > 0 ? redis_reply_int(redis_reply_at(reply, 0)) : -1;
}

void reply_set_code(struct redis_reply *reply, int64_t code)
{
    struct redis_reply *number = reply->kind == REDIS_LIST ? reply->elements[0] : reply;

    assert(number->kind == REDIS_INT);
    number->number = code;
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

/* Broken on purpose: everybody's is ours; or no replay is refused. */
static const struct {
    enum variant variant;
    const char *from, *to;
} breakages[] = {
    {VARIANT_NO_FENCE, "local ours = ", "local ours = true or "},
    {VARIANT_REOPEN_ALL, "return record(6)", ""},
};

static char *broken_text(const char *text, size_t breakage)
{
    const char *from = breakages[breakage].from;
    const char *at;
    CLEANUP(buf_done) struct buf changed = BUF(64 * 1024);

    for (; (at = strstr(text, from)) != NULL; text = at + strlen(from)) {
        buf_bytes(&changed, text, (size_t)(at - text));
        buf_text(&changed, breakages[breakage].to);
    }
    buf_text(&changed, text);
    return buf_take(&changed);
}

/* COUNT(breakages): the script as it is. */
static size_t breakage_of(enum variant variant)
{
    size_t i = 0;

    while (i < COUNT(breakages) && breakages[i].variant != variant)
        i++;
    return i;
}

/* Each script is compiled once; its text is static. */
static void push_script(lua_State *lua, const char *text)
{
    static struct {
        const char *text;
        int reference;
    } compiled[COUNT(breakages) + 1][SCRIPTS_MAX], *known;
    size_t breakage = breakage_of(sim.variant);
    int i = 0;

    known = compiled[breakage];
    while (i < SCRIPTS_MAX && known[i].text != NULL && known[i].text != text)
        i++;
    assert(i < SCRIPTS_MAX);
    if (known[i].text == NULL) {
        CLEANUP(mem_freep)
        char *broken = breakage < COUNT(breakages) ? broken_text(text, breakage) : NULL;
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
