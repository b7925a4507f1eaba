/*
 * Waiting for a condition instead of for time.
 *
 *     assert_true(wait_until(has_started, &server, 5000));
 */
#ifndef TESTS_SUPPORT_WAIT_H
#define TESTS_SUPPORT_WAIT_H

#include <stdbool.h>
#include <stdint.h>

typedef bool (*wait_condition_fn)(void *context);

/* Asks again every few milliseconds; false when deadline_ms passed without a yes. */
bool wait_until(wait_condition_fn condition, void *context, int64_t deadline_ms);

#endif
