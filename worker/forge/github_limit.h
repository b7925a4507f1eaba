/*
 * GitHub limits: what a refusal asks of us, and the budget that keeps us from being refused.
 *
 * GitHub allows one token 80 writes a minute and 500 an hour and wishes for a second between two.
 * The fleet shares three buckets per token in Redis. A bucket can give its burst and its refill
 * within one period, so the sum of both is what stays below the limit.
 */
#ifndef WORKER_FORGE_GITHUB_LIMIT_H
#define WORKER_FORGE_GITHUB_LIMIT_H

#include "worker/forge/github_call.h"

struct http_response;

/* Before every write. Waits up to 2 s at a time; when the budget asks for more: err_throttled. */
int github_budget_take(struct github *github, struct err *err) MUST_USE;
/* err_throttled while GitHub's own wish for silence lasts. */
int github_limit_check(const struct github *github, struct err *err) MUST_USE;
/* For a 403 or 429: 0 when it is not about limits, else err_throttled, and the fleet is told. */
int github_limit_read(struct github *github, const struct http_response *response,
                      const struct json *body, struct err *err) MUST_USE;

#endif
