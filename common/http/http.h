/*
 * HTTP client: libcurl behind one door, and the one place where outside answers are waited for.
 *
 *     http_new()  ->  http_send() … http_response_done()  ->  http_free()
 *
 * Holds:    retries per request (408 425 429 500 502 503 504 529 and network errors; Retry-After
 *           in seconds or as a date, else full jitter), bodies capped, redirects followed for
 *           GET and HEAD on the same scheme and host only, Authorization never sent elsewhere,
 *           addresses judged when the socket is opened (SSRF guard: what is not plainly public is
 *           refused, also IPv4 in IPv6 clothes; options.allow_private lets loopback, RFC 1918 and
 *           ULA pass, options.allow_metadata the cloud's credential endpoints).
 * Does not: retry a POST whose outcome is unknown unless the request says it is idempotent; read
 *           proxies or netrc from anywhere but options; judge addresses behind a given proxy,
 *           unless the URL spells them out.
 *
 * One handle per thread; all handles share one parsed CA store.
 */
#ifndef COMMON_HTTP_HTTP_H
#define COMMON_HTTP_HTTP_H

#include "common/base.h"
#include "common/buf.h"

#define HTTP_BODY_MAX_BYTES ((size_t)8 * 1024 * 1024)

struct http;
struct http_hosts;

struct http_options {
    const char *user_agent;     /* required; copied */
    const char *ca_file;        /* NULL: the system's */
    const char *proxy;          /* NULL: none */
    int64_t connect_timeout_ms; /* 0: 5000 */
    int64_t timeout_ms;         /* whole request; 0: 30000 */
    int64_t silence_timeout_ms; /* no byte for so long: give up; 0: 30000 */
    bool allow_private;         /* loopback and private addresses allowed (local servers, tests) */
    bool allow_metadata; /* 169.254.169.254, 169.254.170.2 and .23, fd00:ec2::/32: credentials */
    bool (*should_stop)(void *context); /* asked a few times a second while waiting; may be NULL */
    void *stop_context;
    struct http_hosts *hosts; /* breakers and retry budget (http_hosts.h); borrowed; NULL: none */
};

struct http_header {
    const char *name;
    const char *value;
};

struct http_request {
    const char *method; /* "GET" … */
    const char *url;    /* absolute, http or https */
    const struct http_header *headers;
    size_t n_headers;
    const void *body; /* may be NULL */
    size_t body_len;
    size_t max_body_bytes;      /* of the answer; 0: HTTP_BODY_MAX_BYTES */
    int64_t timeout_ms;         /* 0: the handle's */
    int64_t silence_timeout_ms; /* 0: the handle's */
    int max_attempts;           /* 0: 3 for GET, HEAD, PUT, DELETE or idempotent, else 1 */
    bool idempotent;            /* a POST that may safely be sent again */
    bool secret_body;           /* the answer is wiped from memory once it is done with */
    bool path_as_is; /* "." and ".." in the path are sent: what was signed must not change */
};

struct http_response {
    int status;
    bool never_sent; /* with ERR_RETRY and status 0: not a byte of the request left */
    struct buf body;
    struct buf headers; /* "name: value\n" lines, names in lower case */
};

int http_new(struct http **out, const struct http_options *options, struct err *err) MUST_USE;
void http_free(struct http *http);
DEFINE_CLEANUP(struct http *, http_free)

/*
 * Sends and waits. 0: an answer came whose status is not one of the retryable ones; *out is to be
 * freed with http_response_done. ERR_RETRY: the network failed, or a retryable status stayed after
 * the attempts (err->retry_after_ms says when the server said when; *out then carries the last
 * status and body, status 0 if none came). ERR_REJECT: bad URL, refused address, body over the cap.
 * ERR_RETRY "stopped" when should_stop said so. No wait between attempts is longer than 10 s: a
 * server that asks for more is left alone at once (ERR_RETRY and err->retry_after_ms), and so is
 * one whose breaker is open; should it open between two attempts, the error is that of the first
 * of them. Nor is there another attempt when the retry budget is spent. A
 * redirect that is not followed is an answer like any other. *out is always initialised.
 */
int http_send(struct http *http, const struct http_request *request, struct http_response *out,
              struct err *err) MUST_USE;
void http_response_done(struct http_response *response);
/* First value of the header, or NULL; borrowed until http_response_done (written into scratch). */
const char *http_response_header(const struct http_response *response, const char *name,
                                 char *scratch, size_t scratch_size);

/* A streamed exchange, for git: the answer's body is pulled in pieces. One at a time per handle. */
struct http_stream;
/* 0 once the status line and headers are there (*out_status filled); errors as http_send. */
int http_stream_open(struct http *http, const struct http_request *request,
                     struct http_stream **out, int *out_status, struct err *err) MUST_USE;
/* Where the answer came from, after redirects; borrowed until http_stream_close. */
const char *http_stream_url(const struct http_stream *stream);
/* As http_response_header. */
const char *http_stream_header(const struct http_stream *stream, const char *name, char *scratch,
                               size_t scratch_size);
/* 0, or ERR_RETRY when the status is one to come back for (with err->retry_after_ms if told). */
int http_stream_check(const struct http_stream *stream, struct err *err) MUST_USE;
/* Fills up to size bytes; *out_len 0 at the end. ERR_RETRY on a broken or silent connection. */
int http_stream_read(struct http_stream *stream, void *bytes, size_t size, size_t *out_len,
                     struct err *err) MUST_USE;
void http_stream_close(struct http_stream *stream);
DEFINE_CLEANUP(struct http_stream *, http_stream_close)

/* "https://h:8/p?q" -> parts; ERR_REJECT when it is not an absolute http(s) URL, or has
 * credentials. */
int http_url_check(const char *url, struct err *err) MUST_USE;
void http_url_escape(struct buf *out, const char *text); /* everything but A-Za-z0-9-._~ */

#endif
