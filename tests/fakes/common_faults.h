/*
 * Faults that a fake injects, each for a number of matching requests.
 *
 *     {"match":{"method":"GET","path_prefix":"/v1/"},"fault":"status","times":2,
 *      "status":429,"retry_after":"1","body":"…","delay_ms":50,"after_bytes":10}
 *
 * fault: status       answers status (503) with retry_after and body, the request has no effect
 *        effect       the request has its effect, then the answer is status (502)
 *        reset        the connection is reset without an answer
 *        truncate     half of the body, then the connection ends
 *        slow         the body in small pieces, delay_ms (100) apart
 *        wrong_type   the right body said to be text/html
 *        any other    handed to the fake's handler (fake_request.fault), which knows it
 */
#ifndef TESTS_FAKES_COMMON_FAULTS_H
#define TESTS_FAKES_COMMON_FAULTS_H

#include "common/base.h"

struct json;

struct fault {
    char name[32];
    int status;
    char retry_after[64];
    char body[512];
    int64_t delay_ms;
};

/* All under the server's lock. */
int faults_add(const struct json *faults, struct err *err) MUST_USE; /* one object or an array */
void faults_clear(void);
bool faults_take(const char *method, const char *path, struct fault *out);
struct json *faults_left(void);

#endif
