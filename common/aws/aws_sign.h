/*
 * AWS signature, version 4: how a request proves who sends it. Pure; any thread.
 *
 *     aws_sign() -> signature.headers go out with the request, to signature.url
 *
 * Written from AWS's "Signature Version 4 signing process". curl's own signer is not used: the
 * versions around sign paths and queries wrongly.
 *
 * Holds:    every header of the request that is given is signed, so give none that a proxy may
 *           change (User-Agent, Connection, Accept-Encoding); the query is sent as it is signed.
 * Does not: resolve "." and ".." in the path (AWS's services but S3 do before they check: give
 *           them none), nor sign bodies in pieces.
 */
#ifndef COMMON_AWS_AWS_SIGN_H
#define COMMON_AWS_AWS_SIGN_H

#include "common/buf.h"
#include "common/http/http.h"

#define AWS_HEADERS_MAX     24 /* given ones and ours */
#define AWS_URL_MAX_BYTES   ((size_t)8 * 1024)
#define AWS_KEY_ID_BYTES    128
#define AWS_SECRET_BYTES    256
#define AWS_TOKEN_BYTES     ((size_t)8 * 1024)
#define AWS_CANONICAL_BYTES ((size_t)128 * 1024)

/* Copied freely by its owner, and wiped with aws_keys_wipe. */
struct aws_keys {
    char key_id[AWS_KEY_ID_BYTES];
    char secret[AWS_SECRET_BYTES];
    char token[AWS_TOKEN_BYTES]; /* "" for keys that are not of a session */
};
void aws_keys_wipe(struct aws_keys *keys);

struct aws_request {
    const char *method;
    const char *scheme; /* "https" or "http" */
    const char *host;   /* as in the Host header: with the port when it is not the scheme's own */
    const char *path;   /* as on the wire: begins with '/', percent-encoded */
    const struct http_header *query; /* names and values, not encoded */
    size_t n_query;
    const struct http_header *headers; /* besides Host and the X-Amz-* that are added here */
    size_t n_headers;
    const void *body;
    size_t body_len;
};

struct aws_scope {
    const char *region, *service;
    /* S3: the path is encoded once, and the body's hash goes out as a header. Every other service
     * signs the path encoded once more. */
    bool is_s3;
};

/* Hand headers and url to struct http_request; borrowed until aws_signature_done. */
struct aws_signature {
    struct http_header headers[AWS_HEADERS_MAX];
    size_t n_headers;
    struct buf url;       /* scheme://host/path?query */
    struct buf canonical; /* the canonical request, for whom a signature is refused */
    struct buf authorization;
    char date[17]; /* 20260115T123045Z */
    char body_hash[65];
    char *token; /* owned copy; NULL without */
};

/* ERR_REJECT: too many headers, too long, or a header that is signed here is given. The time is
 * unix_ms; the host of a request that goes out more than 5 minutes later refuses it. */
int aws_sign(struct aws_signature *out, const struct aws_request *request,
             const struct aws_scope *scope, const struct aws_keys *keys, int64_t unix_ms,
             struct err *err) MUST_USE;
void aws_signature_done(struct aws_signature *signature);

/* Appends a path with every byte but A-Z a-z 0-9 - . _ ~ / encoded. */
void aws_path_escape(struct buf *out, const char *path);

#endif
