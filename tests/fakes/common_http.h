/*
 * The HTTP side of every fake: a server on loopback that answers from one handler, counts requests,
 * and misbehaves when it is told to.
 *
 *     fake_serve(&options)   until SIGTERM or SIGINT; the port stands in options.port_file by then
 *
 * Every fake has, besides its own paths:
 *     GET    /_fake/state   {"requests":{"GET /v1/tests":3,…},"faults":[…left],"fake":{… the fake's
 * own}} POST   /_fake/faults  a fault (common_faults.h) or an array of them DELETE /_fake/faults
 * forgets them all
 *
 * Threads: one per connection; the handler is called under one lock unless options.concurrent.
 */
#ifndef TESTS_FAKES_COMMON_HTTP_H
#define TESTS_FAKES_COMMON_HTTP_H

#include "common/base.h"
#include "common/buf.h"

struct json;

#define FAKE_BODY_MAX    ((size_t)64 * 1024 * 1024)
#define FAKE_HEADERS_MAX 12

struct fake_request {
    const char *method;
    const char *path;     /* without the query, decoded */
    const char *raw_path; /* the same as it was sent, which is what signatures are about */
    const char *query;    /* with its "?", as sent; "" when none */
    const char *body;     /* NUL-ended, may hold NULs inside */
    size_t body_len;
    const char *fault; /* a fault of the fake's own kind that is due now, or NULL */
    void *handle;
};

struct fake_header {
    char name[64];
    char value[1024];
};

struct fake_reply {
    int status;             /* 200 when left 0 */
    char content_type[128]; /* "": application/json */
    struct buf body;        /* FAKE_BODY_MAX; freed by the server */
    struct fake_header headers[FAKE_HEADERS_MAX];
    size_t n_headers;
};

typedef void (*fake_handler_fn)(void *context, const struct fake_request *request,
                                struct fake_reply *reply);

struct fake_options {
    const char *port_file; /* written, then renamed into place; NULL: the port is printed only */
    fake_handler_fn handler;
    struct json *(*state)(void *context); /* for /_fake/state; may be NULL */
    void *context;
    bool concurrent; /* the handler does its own locking */
};

/* 0 after a signal asked for the end; 1 with a line on stderr when it could not start. */
int fake_serve(const struct fake_options *options);

/* NULL when absent; decoded; borrowed while the handler runs. */
const char *fake_query(const struct fake_request *request, const char *name);
const char *fake_header(const struct fake_request *request, const char *name);
void fake_reply_header(struct fake_reply *reply, const char *name, const char *format, ...)
    PRINTF_LIKE(3, 4);
void fake_reply_json_give(struct fake_reply *reply, int status, struct json *body);
/* {"error":{"message":"…"}}: the shape is ours where the real service documents none. */
void fake_reply_error(struct fake_reply *reply, int status, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
