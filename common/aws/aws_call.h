/*
 * AWS calls: one signed request to a service.
 *
 *     aws_call() -> response.status, aws_error_code() -> http_response_done()
 *
 * Holds:    the chain's keys; keys that the service calls expired are fetched anew, once; a clock
 *           that is off by more than the service bears is corrected by the Date of its answer,
 *           once. Both times the same request goes out again, since it was refused before it was
 *           looked at.
 */
#ifndef COMMON_AWS_AWS_CALL_H
#define COMMON_AWS_AWS_CALL_H

#include "common/aws/aws_credentials.h"

#define AWS_CODE_BYTES 80
#define AWS_HOST_BYTES 256

struct aws_call {
    struct aws_chain *chain;
    struct http *http;
    const char *endpoint; /* aws_endpoint() */
    struct aws_scope scope;
    const char *method;
    const char *path; /* as on the wire: percent-encoded; follows the endpoint's own */
    const struct http_header *headers;
    size_t n_headers;
    const void *body;
    size_t body_len;
    size_t max_body_bytes;      /* of the answer; 0: HTTP_BODY_MAX_BYTES */
    int64_t timeout_ms;         /* 0: the handle's */
    int64_t silence_timeout_ms; /* 0: the handle's */
    bool idempotent;
    bool secret_body;
};

/* As http_send, *out always to be freed: an error's status and body are in it too. ERR_REJECT also:
 * there are no keys. */
int aws_call(const struct aws_call *call, struct http_response *out, struct err *err) MUST_USE;

/* The code of a service's error, "ThrottlingException": from the x-amzn-ErrorType header, JSON's
 * __type or code, or XML's <Code>; letters and digits alone. "" when there is none. */
void aws_error_code(const struct http_response *response, char out[AWS_CODE_BYTES]);
bool aws_code_is_throttling(const char *code);

#endif
