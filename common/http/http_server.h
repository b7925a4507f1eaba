/*
 * HTTP server: libmicrohttpd behind one door. Health, metrics, intake, history.
 *
 *     http_server_start(&s, &options, routes, COUNT(routes), err)  …  http_server_stop(s)
 *
 * Holds:    limits on body, connections (per address too), header memory and time; unknown path
 *           404, known path with another method 405 with Allow; an over-long body 413; HEAD for
 *           every GET.
 * Threads:  handlers run on the server's own small pool: they must not block for long.
 */
#ifndef COMMON_HTTP_HTTP_SERVER_H
#define COMMON_HTTP_HTTP_SERVER_H

#include "common/base.h"
#include "common/buf.h"

struct http_server;

struct http_server_options {
    const char *address;   /* "127.0.0.1", "0.0.0.0", "::" */
    uint16_t port;         /* 0: the system picks, see http_server_port */
    size_t max_body_bytes; /* 0: 1 MiB */
    int threads;           /* 0: 2 */
};

struct http_server_request {
    const char *method;
    const char *path;
    const char *body; /* NUL-ended, may hold NULs inside; "" when none */
    size_t body_len;
    void *handle; /* for http_server_query and http_server_header */
};

struct http_server_reply {
    int status;               /* 200 when left 0 */
    const char *content_type; /* static; NULL: application/json */
    struct buf body;          /* born with 16 MiB maximum; freed by the server */
};

/* Fills the reply. Must always leave one behind. */
typedef void (*http_server_handler_fn)(void *context, const struct http_server_request *request,
                                       struct http_server_reply *reply);

struct http_server_route {
    const char *method;
    const char *path; /* exact, or ending in "*" for a prefix */
    http_server_handler_fn handler;
    void *context;
};

int http_server_start(struct http_server **out, const struct http_server_options *options,
                      const struct http_server_route *routes, size_t n, struct err *err) MUST_USE;
void http_server_stop(struct http_server *server); /* finishes open requests */
DEFINE_CLEANUP(struct http_server *, http_server_stop)
uint16_t http_server_port(const struct http_server *server);

/* NULL when absent; borrowed while the handler runs. */
const char *http_server_query(const struct http_server_request *request, const char *name);
const char *http_server_header(const struct http_server_request *request, const char *name);
/* {"error":{"message":"…"}} with the given status. */
void http_server_refuse(struct http_server_reply *reply, int status, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
