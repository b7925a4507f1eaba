/*
 * A private redis-server for a test: its own directory, socket or free port, gone when the test is.
 *
 *     redis_start()  ->  redis_server_open() …  ->  redis_kill(), redis_restart()  ->  redis_stop()
 *
 * Where no redis-server is installed (or no openssl for the TLS kind), the whole test program says
 * so and ends with 77, which ctest counts as skipped. A server dies with the test, also with a
 * failed one.
 */
#ifndef TESTS_SUPPORT_REDIS_SERVER_H
#define TESTS_SUPPORT_REDIS_SERVER_H

#include "common/redis/redis.h"

struct redis_server;

struct redis_server_options {
    bool tcp;             /* 127.0.0.1 and a free port, not a unix socket */
    bool tls;             /* the same inside TLS, with a certificate made on the spot */
    const char *password; /* NULL: none */
    const char *user;     /* an ACL user with that password; the default user is then off */
    const char *policy;   /* maxmemory-policy; NULL: noeviction */
    bool durable;         /* every write is on disk before it is answered: a restart loses none */
};

/* On a unix socket, without a password. Returns when it answers. */
struct redis_server *redis_start(void);
struct redis_server *redis_start_with(const struct redis_server_options *options);
void redis_stop(struct redis_server *server); /* kills it and removes its directory */
void redis_kill(struct redis_server *server);
void redis_restart(
    struct redis_server *server); /* kills it if it runs; unless durable, it forgets everything */
void redis_freeze(struct redis_server *server); /* accepts, and never answers, until redis_thaw */
void redis_thaw(struct redis_server *server);

const char *redis_server_url(const struct redis_server *server);
const char *redis_server_ca_file(const struct redis_server *server); /* NULL without TLS */
/* A handle to it; timeout_ms 0: the default. Fails the test when it cannot be made. */
struct redis *redis_server_open(const struct redis_server *server, int64_t timeout_ms);
/* One command in words, for arranging and looking: redis_do(redis, "SET k v"). Its answer as an
 * integer or, by redis_ask, as text that the caller frees. */
int64_t redis_do(struct redis *redis, const char *words);
char *redis_ask(struct redis *redis, const char *words);

#endif
