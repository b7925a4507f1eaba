/* Commands of the simulated Redis; the story stands in redis_model.h. */
#include <stdio.h>

#include "tests/sim/redis_model.h"

struct call {
    size_t argc;
    const char *const *argv;
    const size_t *lens;
};

static size_t len_of(const struct call *call, size_t i)
{
    return call->lens != NULL ? call->lens[i] : strlen(call->argv[i]);
}

static struct redis_reply *field_reply(const struct entry *e, const char *name)
{
    int i = e != NULL ? redis_field_of(e, name) : -1;

    return i < 0 ? reply_nil() : reply_text(e->fields[i].bytes, e->fields[i].len);
}

static struct redis_reply *do_hmget(const struct call *call)
{
    const struct entry *e = redis_entry(call->argv[1]);
    struct redis_reply *list = reply_list(call->argc - 2);

    for (size_t i = 2; i < call->argc; i++)
        reply_put_give(list, i - 2, field_reply(e, call->argv[i]));
    return list;
}

static struct redis_reply *do_hget(const struct call *call)
{
    return field_reply(redis_entry(call->argv[1]), call->argv[2]);
}

static struct redis_reply *do_hset(const struct call *call)
{
    struct entry *e = redis_entry_make(call->argv[1], true);

    for (size_t i = 2; i + 1 < call->argc; i += 2)
        redis_field_set(e, call->argv[i], call->argv[i + 1], len_of(call, i + 1));
    return reply_int((int64_t)(call->argc - 2) / 2);
}

static struct redis_reply *do_hsetnx(const struct call *call)
{
    struct entry *e = redis_entry_make(call->argv[1], true);

    if (redis_field_of(e, call->argv[2]) >= 0)
        return reply_int(0);
    redis_field_set(e, call->argv[2], call->argv[3], len_of(call, 3));
    return reply_int(1);
}

static struct redis_reply *do_hdel(const struct call *call)
{
    struct entry *e = redis_entry(call->argv[1]);
    int64_t n = 0;

    for (size_t i = 2; e != NULL && i < call->argc; i++)
        n += redis_field_drop(e, call->argv[i]);
    if (e != NULL && e->names[0] == NULL)
        redis_entry_done(e);
    return reply_int(n);
}

static struct redis_reply *do_hincrby(const struct call *call)
{
    struct entry *e = redis_entry_make(call->argv[1], true);
    int i = redis_field_of(e, call->argv[2]);
    int64_t value =
        (i >= 0 ? strtoll(e->fields[i].bytes, NULL, 10) : 0) + strtoll(call->argv[3], NULL, 10);
    char text[24];

    int len = snprintf(text, sizeof text, "%lld", (long long)value);
    redis_field_set(e, call->argv[2], text, (size_t)len);
    return reply_int(value);
}

static struct redis_reply *do_get(const struct call *call)
{
    const struct entry *e = redis_entry(call->argv[1]);

    return e == NULL ? reply_nil() : reply_text(e->value.bytes, e->value.len);
}

/* SET key value [NX] [PX ms] */
static struct redis_reply *do_set(const struct call *call)
{
    int64_t px = 0;
    bool nx = false;

    for (size_t i = 3; i < call->argc; i++) {
        if (str_eq(call->argv[i], "NX"))
            nx = true;
        else if (str_eq(call->argv[i], "PX") && i + 1 < call->argc)
            px = strtoll(call->argv[++i], NULL, 10);
        else
            assert(!"an option of SET that the model does not know");
    }
    struct entry *e = redis_entry(call->argv[1]);
    if (nx && e != NULL)
        return reply_nil();
    if (e != NULL)
        redis_entry_done(e);
    e = redis_entry_make(call->argv[1], false);
    e->value = redis_text_new(call->argv[2], len_of(call, 2));
    e->ends_at_ms = px > 0 ? redis_now_ms() + px : 0;
    return reply_text("OK", 2);
}

static struct redis_reply *do_del(const struct call *call)
{
    int64_t n = 0;

    for (size_t i = 1; i < call->argc; i++) {
        struct entry *e = redis_entry(call->argv[i]);
        if (e == NULL)
            continue;
        redis_entry_done(e);
        n++;
    }
    return reply_int(n);
}

static struct redis_reply *do_incr(const struct call *call)
{
    struct entry *e = redis_entry_make(call->argv[1], false);
    int64_t value = (e->value.bytes != NULL ? strtoll(e->value.bytes, NULL, 10) : 0) + 1;
    char text[24];

    int len = snprintf(text, sizeof text, "%lld", (long long)value);
    free(e->value.bytes);
    e->value = redis_text_new(text, (size_t)len);
    return reply_int(value);
}

static struct redis_reply *do_exists(const struct call *call)
{
    return reply_int(redis_entry(call->argv[1]) != NULL);
}

static struct redis_reply *do_pexpire(const struct call *call)
{
    struct entry *e = redis_entry(call->argv[1]);

    if (e == NULL)
        return reply_int(0);
    e->ends_at_ms = redis_now_ms() + strtoll(call->argv[2], NULL, 10);
    return reply_int(1);
}

static struct redis_reply *do_persist(const struct call *call)
{
    struct entry *e = redis_entry(call->argv[1]);
    bool had = e != NULL && e->ends_at_ms != 0;

    if (had)
        e->ends_at_ms = 0;
    return reply_int(had);
}

static struct redis_reply *do_pttl(const struct call *call)
{
    const struct entry *e = redis_entry(call->argv[1]);

    return reply_int(e == NULL ? -2 : e->ends_at_ms == 0 ? -1 : e->ends_at_ms - redis_now_ms());
}

static struct redis_reply *do_time(const struct call *call)
{
    struct redis_reply *list = reply_list(2);
    int64_t us = redis_now_us();
    char text[24];

    (void)call;
    int len = snprintf(text, sizeof text, "%lld", (long long)(us / 1000000));
    reply_put_give(list, 0, reply_text(text, (size_t)len));
    len = snprintf(text, sizeof text, "%lld", (long long)(us % 1000000));
    reply_put_give(list, 1, reply_text(text, (size_t)len));
    return list;
}

static struct redis_reply *do_config(const struct call *call)
{
    struct redis_reply *list = reply_list(2);

    (void)call;
    reply_put_give(list, 0, reply_text("maxmemory-policy", 16));
    reply_put_give(list, 1, reply_text("noeviction", 10));
    return list;
}

struct redis_reply *redis_do(size_t argc, const char *const *argv, const size_t *lens,
                             const char **error)
{
    static const struct {
        const char *name;
        size_t argc_min;
        struct redis_reply *(*run)(const struct call *call);
    } commands[] = {
        {"HMGET", 3, do_hmget},   {"HGET", 3, do_hget},       {"HSET", 4, do_hset},
        {"HDEL", 3, do_hdel},     {"HINCRBY", 4, do_hincrby}, {"GET", 2, do_get},
        {"SET", 3, do_set},       {"DEL", 2, do_del},         {"INCR", 2, do_incr},
        {"EXISTS", 2, do_exists}, {"PEXPIRE", 3, do_pexpire}, {"PERSIST", 2, do_persist},
        {"PTTL", 2, do_pttl},     {"TIME", 1, do_time},       {"CONFIG", 3, do_config},
        {"HSETNX", 4, do_hsetnx},
    };
    struct call call = {argc, argv, lens};

    for (size_t i = 0; i < COUNT(commands); i++)
        if (str_eq(commands[i].name, argv[0])) {
            assert(argc >= commands[i].argc_min);
            *error = NULL;
            return commands[i].run(&call);
        }
    fprintf(stderr, "sim: the model of Redis has no %s yet: add it to redis_store.c\n", argv[0]);
    abort();
}
