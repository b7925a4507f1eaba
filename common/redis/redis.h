/*
 * Redis: hiredis' formatter and reply reader over our own transport (plain, unix or TLS), with real
 * deadlines and no SIGPIPE. The stores (claim_store, rate_limit, source_state) speak through it.
 *
 *     redis_new()  ->  redis_command() / redis_script()  ->  redis_free()
 *
 * Connects lazily and again after any failure; a connection that timed out is never reused. One
 * that the server closed while it idled is replaced before the next command is sent; one that
 * breaks with a command under way leaves open whether the command was done, and says ERR_RETRY.
 *
 * URLs stand in redis_url.h. The password is registered with redact(). One handle per thread.
 */
#ifndef COMMON_REDIS_REDIS_H
#define COMMON_REDIS_REDIS_H

#include "common/base.h"

struct redis;

struct redis_options {
    const char *url;
    const char *ca_file; /* for rediss://; NULL: the system's */
    int64_t timeout_ms;  /* per command and per connect; 0: 5000 */
};

struct redis_script { /* define one static object per script; the sha is filled on first use */
    const char *text;
    char sha1_hex[41];
};

enum redis_kind { REDIS_NIL, REDIS_INT, REDIS_TEXT, REDIS_LIST };

struct redis_reply; /* owned */

int redis_new(struct redis **out, const struct redis_options *options, struct err *err) MUST_USE;
void redis_free(struct redis *redis);
DEFINE_CLEANUP(struct redis *, redis_free)

/*
 * argv may hold any bytes. ERR_RETRY: not reachable, timed out, LOADING, READONLY, OOM, MASTERDOWN,
 * BUSY, TRYAGAIN. ERR_FATAL: NOAUTH, WRONGPASS, NOPERM. ERR_REJECT: any other error reply (a
 * WRONGTYPE is our mistake or somebody else's key). The text says which server (never its
 * password).
 */
int redis_command(struct redis *redis, struct redis_reply **out, struct err *err, size_t argc,
                  const char *const *argv, const size_t *lens /* NULL: strlen */) MUST_USE;
/* EVALSHA, and EVAL on NOSCRIPT. */
int redis_script(struct redis *redis, struct redis_script *script, struct redis_reply **out,
                 struct err *err, size_t n_keys, size_t argc, const char *const *argv,
                 const size_t *lens) MUST_USE;
void redis_reply_free(struct redis_reply *reply);
DEFINE_CLEANUP(struct redis_reply *, redis_reply_free)

enum redis_kind redis_reply_kind(const struct redis_reply *reply);
int64_t redis_reply_int(const struct redis_reply *reply); /* also of decimal text; 0 otherwise */
const char *redis_reply_text(const struct redis_reply *reply, size_t *out_len); /* "" if none */
size_t redis_reply_count(const struct redis_reply *reply);
const struct redis_reply *redis_reply_at(const struct redis_reply *reply, size_t i); /* NULL past */
int redis_ping(struct redis *redis, struct err *err) MUST_USE;
/* The URL without its credentials, for texts that people read; borrowed. */
const char *redis_name(const struct redis *redis);

/* A number as an argument of a command. */
struct redis_number {
    char text[24];
};
struct redis_number redis_number(int64_t value);

#endif
