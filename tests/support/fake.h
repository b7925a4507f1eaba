/*
 * A fake service (tests/fakes) as a process of its own, for one test.
 *
 *     fake_start("fake_vanta", "--scenario", path, NULL) -> fake_url(), fake_post() -> fake_stop()
 *
 * It dies with the test, also with a failed one. What goes wrong ends the test.
 */
#ifndef TESTS_SUPPORT_FAKE_H
#define TESTS_SUPPORT_FAKE_H

#include "common/base.h"
#include "common/json.h"

struct fake;

struct fake *fake_start(const char *name, ...) __attribute__((sentinel)); /* then its arguments */
void fake_stop(struct fake *fake);
DEFINE_CLEANUP(struct fake *, fake_stop)

const char *fake_url(const struct fake *fake); /* "http://127.0.0.1:port" */
/* POSTs JSON, given with ' for "; the answer has to be 2xx. The answer's JSON, or NULL when empty.
 */
struct json *fake_post(struct fake *fake, const char *path, const char *json_with_apostrophes);
void fake_fault(struct fake *fake, const char *json_with_apostrophes); /* to /_fake/faults */
struct json *fake_state(struct fake *fake);
/* How often "GET /v1/tests" was asked for. */
int64_t fake_requests(struct fake *fake, const char *method_and_path);

#endif
