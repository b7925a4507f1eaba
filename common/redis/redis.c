/*
 * Redis: commands, scripts and replies; the story stands in redis.h. A struct redis_reply is
 * hiredis' redisReply under a name of ours, so nothing is copied.
 *
 * On failure while a command is under way the connection is dropped, always: its reply may still
 * come, and would then answer the next command.
 */
#include "common/redis/redis.h"

#include <pthread.h>
#include <stdio.h>

#include <hiredis.h>
#include <openssl/evp.h>

#include "common/clock.h"
#include "common/digest.h"
#include "common/text/redact.h"
#include "common/redis/redis_transport.h"
#include "common/redis/redis_url.h"

#define TIMEOUT_DEFAULT_MS 5000
#define REPLY_MAX_BYTES    ((size_t)64 * 1024 * 1024)
#define ARGS_MAX           64

struct redis {
    struct redis_target target;
    char *ca_file;
    int64_t timeout_ms;
    struct redis_transport *transport; /* NULL: not connected */
    redisReader *reader;               /* lives and dies with the transport */
};

static const redisReply *raw(const struct redis_reply *reply)
{
    return (const redisReply *)reply;
}

/* --- error replies --------------------------------------------------------- */

struct error_class {
    const char *prefix;
    int cls;
};

/* What the server answers while it is starting, full, failing over or busy passes. What it answers
 * to wrong credentials or a server of the wrong kind stays until somebody changes the
 * configuration. */
static const struct error_class error_classes[] = {
    {"LOADING", ERR_RETRY},     {"OOM", ERR_RETRY},
    {"READONLY", ERR_RETRY},    {"MASTERDOWN", ERR_RETRY},
    {"BUSY ", ERR_RETRY},       {"TRYAGAIN", ERR_RETRY},
    {"CLUSTERDOWN", ERR_RETRY}, {"NOREPLICAS", ERR_RETRY},
    {"MISCONF", ERR_RETRY},     {"ERR max number of clients", ERR_RETRY},
    {"NOAUTH", ERR_FATAL},      {"WRONGPASS", ERR_FATAL},
    {"NOPERM", ERR_FATAL},      {"DENIED", ERR_FATAL},
    {"MOVED", ERR_FATAL},       {"ERR invalid password", ERR_FATAL},
    {"ERR AUTH", ERR_FATAL},    {"ERR Client sent AUTH", ERR_FATAL},
    {"ERR DB index", ERR_FATAL}};

static int class_of(const char *text)
{
    /* Before version 7 an error inside a script came wrapped: "ERR Error running script …: -OOM …"
     */
    if (str_starts(text, "ERR Error running script")) {
        const char *inner = strstr(text, " -");

        if (inner != NULL)
            text = inner + 2;
    }
    for (size_t i = 0; i < COUNT(error_classes); i++)
        if (str_starts(text, error_classes[i].prefix))
            return error_classes[i].cls;
    return ERR_REJECT;
}

/* --- connection ------------------------------------------------------------ */

static void disconnect(struct redis *redis)
{
    redis_transport_free(redis->transport);
    redis->transport = NULL;
    if (redis->reader != NULL)
        redisReaderFree(redis->reader);
    redis->reader = NULL;
}

static int read_reply(struct redis *redis, redisReply **out, int64_t deadline_at_ms,
                      struct err *err)
{
    char bytes[16384];
    size_t total = 0;

    for (;;) {
        void *reply = NULL;
        size_t len = 0;
        int r;

        if (redisReaderGetReply(redis->reader, &reply) != REDIS_OK)
            return err_set(err, ERR_RETRY, "not a Redis answer: %s", redis->reader->errstr);
        if (reply != NULL) {
            *out = reply;
            return 0;
        }
        r = redis_transport_read(redis->transport, bytes, sizeof bytes, &len, deadline_at_ms, err);
        if (r < 0)
            return r;
        total += len;
        if (total > REPLY_MAX_BYTES)
            return err_set(err, ERR_REJECT, "an answer of more than %zu bytes", REPLY_MAX_BYTES);
        if (redisReaderFeed(redis->reader, bytes, len) != REDIS_OK)
            return err_set(err, ERR_RETRY, "not a Redis answer: %s", redis->reader->errstr);
    }
}

/* One command, one reply, of any kind. */
static int exchange(struct redis *redis, redisReply **out, struct err *err, size_t argc,
                    const char *const *argv, const size_t *lens, int64_t deadline_at_ms)
{
    char *wire = NULL;
    long long len = redisFormatCommandArgv(&wire, (int)argc, (const char **)argv, lens);
    int r;

    if (len < 0)
        return err_nomem(err);
    r = redis_transport_write(redis->transport, wire, (size_t)len, deadline_at_ms, err);
    redisFreeCommand(wire);
    if (r == 0)
        r = read_reply(redis, out, deadline_at_ms, err);
    if (r < 0)
        disconnect(redis);
    return r;
}

/* A command of the greeting: its answer matters only when it is an error. */
static int greet(struct redis *redis, struct err *err, size_t argc, const char *const *argv,
                 int64_t deadline_at_ms)
{
    redisReply *reply = NULL;
    int r = exchange(redis, &reply, err, argc, argv, NULL, deadline_at_ms);

    if (r < 0)
        return r;
    if (reply->type == REDIS_REPLY_ERROR)
        r = err_set(err, class_of(reply->str), "%s: %s", argv[0], reply->str);
    freeReplyObject(reply);
    return r;
}

static int introduce(struct redis *redis, struct err *err, int64_t deadline_at_ms)
{
    const struct redis_target *target = &redis->target;
    const char *auth[3] = {"AUTH"};
    char db[24];
    size_t n = 1;
    int r = 0;

    if (target->user[0] != '\0')
        auth[n++] = target->user;
    if (target->password[0] != '\0') {
        auth[n++] = target->password;
        r = greet(redis, err, n, auth, deadline_at_ms);
    }
    if (r == 0 && target->db != 0) {
        snprintf(db, sizeof db, "%lld", (long long)target->db);
        r = greet(redis, err, 2, (const char *const[]){"SELECT", db}, deadline_at_ms);
    }
    return r;
}

/* A connection that broke while it idled is replaced here, before anything is sent over it. */
static int connect_if_needed(struct redis *redis, struct err *err)
{
    int64_t deadline_at_ms = clock_mono_ms() + redis->timeout_ms;
    int r;

    if (redis->transport != NULL && redis_transport_is_quiet(redis->transport))
        return 0;
    disconnect(redis);
    r = redis_transport_open(&redis->transport, &redis->target, redis->ca_file, deadline_at_ms,
                             err);
    if (r < 0)
        return r;
    redis->reader = redisReaderCreate();
    r = redis->reader != NULL ? introduce(redis, err, deadline_at_ms) : err_nomem(err);
    if (r < 0)
        disconnect(redis);
    return r;
}

/* --- life cycle ------------------------------------------------------------ */

int redis_new(struct redis **out, const struct redis_options *options, struct err *err)
{
    CLEANUP(redis_freep) struct redis *redis = calloc(1, sizeof *redis);
    int r;

    if (redis == NULL)
        return err_nomem(err);
    r = redis_url_parse(&redis->target, options->url, err);
    if (r < 0)
        return r;
    redact_register(redis->target.password);
    redis->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_DEFAULT_MS;
    if (options->ca_file != NULL && options->ca_file[0] != '\0') {
        redis->ca_file = strdup(options->ca_file);
        if (redis->ca_file == NULL)
            return err_nomem(err);
    }
    *out = STEAL(redis);
    return 0;
}

void redis_free(struct redis *redis)
{
    if (redis == NULL)
        return;
    disconnect(redis);
    free(redis->ca_file);
    explicit_bzero(&redis->target, sizeof redis->target);
    free(redis);
}

const char *redis_name(const struct redis *redis)
{
    return redis->target.name;
}

/* --- commands -------------------------------------------------------------- */

int redis_command(struct redis *redis, struct redis_reply **out, struct err *err, size_t argc,
                  const char *const *argv, const size_t *lens)
{
    redisReply *reply = NULL;
    int r;

    assert(argc > 0 && argc <= ARGS_MAX);
    r = connect_if_needed(redis, err);
    if (r == 0)
        r = exchange(redis, &reply, err, argc, argv, lens, clock_mono_ms() + redis->timeout_ms);
    if (r < 0)
        return err_wrap(err, r, "redis %s", redis->target.name);
    if (reply->type == REDIS_REPLY_ERROR) {
        r = err_set(err, class_of(reply->str), "redis %s: %s: %s", redis->target.name, argv[0],
                    reply->str);
        freeReplyObject(reply);
        /* After a failover the name leads elsewhere, and the old primary says READONLY for ever. */
        if (r == ERR_RETRY)
            disconnect(redis);
        return r;
    }
    *out = (struct redis_reply *)reply;
    return 0;
}

/* Scripts are static objects that threads share; the first to come fills in the digest. */
static void name_script(struct redis_script *script, char out[41])
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int len = 0;

    pthread_mutex_lock(&lock);
    if (script->sha1_hex[0] == '\0') {
        int ok = EVP_Digest(script->text, strlen(script->text), digest, &len, EVP_sha1(), NULL);

        assert(ok == 1 && len == 20);
        hex_encode(digest, len, script->sha1_hex);
    }
    memcpy(out, script->sha1_hex, 41);
    pthread_mutex_unlock(&lock);
}

int redis_script(struct redis *redis, struct redis_script *script, struct redis_reply **out,
                 struct err *err, size_t n_keys, size_t argc, const char *const *argv,
                 const size_t *lens)
{
    const char *args[ARGS_MAX] = {"EVALSHA"};
    size_t arg_lens[ARGS_MAX];
    char sha1_hex[41];
    char keys[24];
    int r;

    assert(argc + 3 <= ARGS_MAX && n_keys <= argc);
    name_script(script, sha1_hex);
    snprintf(keys, sizeof keys, "%zu", n_keys);
    args[1] = sha1_hex;
    args[2] = keys;
    for (size_t i = 0; i < argc; i++)
        args[i + 3] = argv[i];
    for (size_t i = 0; i < argc + 3; i++)
        arg_lens[i] = i >= 3 && lens != NULL ? lens[i - 3] : strlen(args[i]);

    r = redis_command(redis, out, err, argc + 3, args, arg_lens);
    if (r != ERR_REJECT || strstr(err->text, ": NOSCRIPT") == NULL)
        return r;
    args[0] = "EVAL";
    arg_lens[0] = strlen("EVAL");
    args[1] = script->text;
    arg_lens[1] = strlen(script->text);
    return redis_command(redis, out, err, argc + 3, args, arg_lens);
}

int redis_ping(struct redis *redis, struct err *err)
{
    struct redis_reply *reply = NULL;
    int r = redis_command(redis, &reply, err, 1, (const char *const[]){"PING"}, NULL);

    if (r == 0)
        redis_reply_free(reply);
    return r;
}

/* --- replies --------------------------------------------------------------- */

void redis_reply_free(struct redis_reply *reply)
{
    if (reply != NULL)
        freeReplyObject(reply);
}

enum redis_kind redis_reply_kind(const struct redis_reply *reply)
{
    switch (reply != NULL ? raw(reply)->type : REDIS_REPLY_NIL) {
    case REDIS_REPLY_INTEGER:
        return REDIS_INT;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
        return REDIS_TEXT;
    case REDIS_REPLY_ARRAY:
        return REDIS_LIST;
    default:
        return REDIS_NIL;
    }
}

int64_t redis_reply_int(const struct redis_reply *reply)
{
    char *end = NULL;
    long long value;

    if (redis_reply_kind(reply) == REDIS_INT)
        return raw(reply)->integer;
    if (redis_reply_kind(reply) != REDIS_TEXT)
        return 0;
    value = strtoll(raw(reply)->str, &end, 10);
    return *end == '\0' ? value : 0;
}

const char *redis_reply_text(const struct redis_reply *reply, size_t *out_len)
{
    bool is_text = redis_reply_kind(reply) == REDIS_TEXT;

    if (out_len != NULL)
        *out_len = is_text ? (size_t)raw(reply)->len : 0;
    return is_text ? raw(reply)->str : "";
}

size_t redis_reply_count(const struct redis_reply *reply)
{
    return redis_reply_kind(reply) == REDIS_LIST ? raw(reply)->elements : 0;
}

const struct redis_reply *redis_reply_at(const struct redis_reply *reply, size_t i)
{
    if (i >= redis_reply_count(reply))
        return NULL;
    return (const struct redis_reply *)raw(reply)->element[i];
}

struct redis_number redis_number(int64_t value)
{
    struct redis_number out;

    snprintf(out.text, sizeof out.text, "%lld", (long long)value);
    return out;
}
