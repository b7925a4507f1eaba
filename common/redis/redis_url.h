/*
 * Redis URL: where a server is and how to introduce ourselves.
 *
 *     redis_url_parse(&target, url, err)  ->  redis_transport_open(&t, &target, …)
 *
 *     redis://[user[:password]@]host[:port][/db]      plain TCP
 *     rediss://…                                      the same inside TLS
 *     unix:///path[?db=N&user=U&password=P]           a socket of this machine
 *
 * User, password and path may hold %XX. The errors name the part that is wrong and never repeat
 * the URL, for it may carry a password. Pure; any thread.
 */
#ifndef COMMON_REDIS_REDIS_URL_H
#define COMMON_REDIS_REDIS_URL_H

#include "common/base.h"

struct redis_target {
    bool tls;
    bool is_unix;
    char host[256]; /* or the socket's path; a v6 address without its brackets */
    char port[8];
    char user[128];     /* "": the default user */
    char password[512]; /* "": none */
    int64_t db;
    char name[320]; /* for people: the URL without credentials */
};

int redis_url_parse(struct redis_target *out, const char *url, struct err *err) MUST_USE;

#endif
