/*
 * What the files of the HTTP door share: http.c (requests with retries), http_stream.c (one
 * exchange on the wire), http_setup.c (curl's options), http_guard.c (which addresses may be
 * talked to), http_ca.c (the shared CA store), http_url.c,
 * http_redirect.c and http_retry.c (pure helpers).
 * Nobody else includes this.
 */
#ifndef COMMON_HTTP_HTTP_INTERNAL_H
#define COMMON_HTTP_HTTP_INTERNAL_H

#include "common/http/breaker.h"
#include "common/http/http.h"

#include <curl/curl.h>
#include <sys/socket.h>

#define HTTP_HEADERS_MAX_BYTES ((size_t)64 * 1024)
#define HTTP_URL_MAX_BYTES     ((size_t)8 * 1024)
#define HTTP_REDIRECTS_MAX     5
#define HTTP_WAIT_MAX_MS       10000
#define HTTP_SLICE_MS          250 /* how long a wait goes on before should_stop is asked again */
#define HTTP_ADDRESS_BYTES     64

struct http_ca;

struct http {
    CURL *easy;
    CURLM *multi;
    struct http_ca *ca;
    struct http_options options; /* defaults filled in; its strings are the two below */
    char *user_agent;
    char *proxy;
    bool in_use;  /* an exchange is open */
    bool refused; /* the guard refused an address of this exchange */
    char refused_text[HTTP_ADDRESS_BYTES];
    bool never_sent; /* the last failure came before a byte of the request left */
    bool left_alone; /* … for the breaker of its host is open */
};

/* --- http_ca.c: one parsed store per CA file, counted --- */
int http_ca_take(struct http_ca **out, const char *ca_file, struct err *err) MUST_USE;
void http_ca_drop(struct http_ca *ca); /* NULL is fine */
/* For CURLOPT_SSL_CTX_FUNCTION, with the struct http_ca as its data. */
CURLcode http_ca_use(CURL *easy, void *ssl_ctx, void *ca);

/* --- http_guard.c --- */
/* NULL when the address may be talked to, else why not. */
const char *http_address_refusal(const struct sockaddr *address, bool allow_private,
                                 bool allow_metadata);
/* For CURLOPT_OPENSOCKETFUNCTION, with the struct http as its data. */
curl_socket_t http_guard_open(void *http, curlsocktype purpose, struct curl_sockaddr *address);
/* A host that is written as an address: 0 or ERR_REJECT. Names pass; they are judged once resolved.
 */
int http_guard_literal(const struct http *http, const char *host, struct err *err) MUST_USE;

/* --- http_url.c --- */
struct http_url {
    char scheme[8];
    char host[256]; /* lower case, without brackets */
    char port[8];   /* always filled in */
};
int http_url_parse(const char *url, struct http_url *out, struct err *err) MUST_USE;
bool http_url_same_origin(const struct http_url *a, const struct http_url *b);
/* What a Location of base means, absolute. ERR_REJECT when it is no URL. */
int http_url_join(const char *base, const char *location, struct buf *out,
                  struct err *err) MUST_USE;

/* --- http_redirect.c --- */
enum { HTTP_NO_REDIRECT = 1 };
/* 0: *url, where the answer came from, is now where it leads to. HTTP_NO_REDIRECT: it leads nowhere
 * that we may follow. */
int http_redirect(const struct http_request *request, int status, const struct buf *headers,
                  struct buf *url, struct err *err) MUST_USE;

/* --- http_setup.c --- */
int http_request_check(const struct http_request *request, struct err *err) MUST_USE;
bool http_request_is_idempotent(const struct http_request *request);
/* All options of one exchange on a reset easy handle. *out_list is to be freed after it. */
int http_setup(struct http *http, const struct http_request *request, const char *url,
               struct curl_slist **out_list, struct err *err) MUST_USE;

/* --- http_retry.c --- */
bool http_status_is_retryable(int status);
/* Did the server say that it did nothing with the request? */
bool http_status_is_unprocessed(int status);
/* Milliseconds a Retry-After value asks for (seconds or a date), capped at two hours; -1: not
 * readable.
 */
int64_t http_retry_after_ms(const char *value, int64_t now_unix_ms);
int64_t http_backoff_ms(int attempt); /* full jitter; attempt counts from 0 */
/* False when should_stop ended the wait. */
bool http_wait(const struct http *http, int64_t ms);
bool http_stopped(const struct http *http);
/* What an exchange that ended with r and, if r is 0, this status says of its server. */
enum breaker_outcome http_outcome(const struct http *http, int r, int status);

/* ERR_RETRY for a retryable status; who says "GET host" for the text. */
int http_status_error(const char *who, int status, const struct buf *headers, struct err *err);
/* The first value of a header in "name: value\n" lines; NULL when absent or longer than scratch. */
const char *http_headers_find(const struct buf *headers, const char *name, char *scratch,
                              size_t scratch_size);

/* --- http_stream.c --- */
const struct buf *http_stream_headers(const struct http_stream *stream);

#endif
