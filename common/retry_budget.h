/*
 * Retry budget: of all that is tried, at most a tenth may be tried again, so that retries cannot
 * become the load that keeps a failing server down.
 *
 *     retry_budget_first()  at every first try;   if (retry_budget_retry()) try again;
 *
 * Counts over the last minute, in slices of ten seconds. RETRY_BUDGET_FLOOR retries are always
 * allowed, or who tries little could never try twice. Any thread; time is a parameter.
 */
#ifndef COMMON_RETRY_BUDGET_H
#define COMMON_RETRY_BUDGET_H

#include "common/base.h"

#define RETRY_BUDGET_PERCENT   10
#define RETRY_BUDGET_FLOOR     30 /* in a window */
#define RETRY_BUDGET_WINDOW_MS 60000

struct retry_budget;

int retry_budget_new(struct retry_budget **out, struct err *err) MUST_USE;
void retry_budget_free(struct retry_budget *budget);
DEFINE_CLEANUP(struct retry_budget *, retry_budget_free)

void retry_budget_first(struct retry_budget *budget, int64_t now_mono_ms);
/* True: counted, go on. False: it must wait. */
bool retry_budget_retry(struct retry_budget *budget, int64_t now_mono_ms) MUST_USE;

#endif
