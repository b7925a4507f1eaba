/*
 * A server that says exactly what a test scripted, byte by byte, one answer per connection.
 *
 *     raw_server_start(answers, n) -> raw_server_url() … raw_server_request() -> raw_server_stop()
 *
 * The i-th connection gets the i-th answer, later ones the last. Listens on 127.0.0.1, port
 * chosen by the system; one thread of its own. Every function may be called from the test's thread.
 */
#ifndef TESTS_SUPPORT_RAW_SERVER_H
#define TESTS_SUPPORT_RAW_SERVER_H

#include "common/base.h"

struct raw_server;

struct raw_answer {
    const char *text;    /* sent as it is, after the request has been read; NULL for nothing */
    size_t filler_bytes; /* then so many 'x' */
    size_t piece_bytes;  /* > 0: in pieces of this size … */
    int64_t pause_ms;    /* … with this pause after each */
    bool reset;          /* then RST instead of an orderly end */
    bool silent;         /* then nothing, the connection stays open until the server stops */
};

struct raw_server *raw_server_start(const struct raw_answer *answers, size_t n);
void raw_server_stop(struct raw_server *server);
DEFINE_CLEANUP(struct raw_server *, raw_server_stop)

int raw_server_port(const struct raw_server *server);
/* "http://127.0.0.1:PORT" + path, into a buffer of the server's that the next call reuses. */
const char *raw_server_url(struct raw_server *server, const char *path);
size_t raw_server_count(struct raw_server *server); /* requests read so far */
/* A copy (to be freed) of the i-th request's bytes, "" when there was none. */
char *raw_server_request(struct raw_server *server, size_t i);
size_t raw_server_sent_bytes(struct raw_server *server);

#endif
