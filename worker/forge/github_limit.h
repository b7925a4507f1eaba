/*
 * GitHub limits: what a refusal asks of us, and the budget that keeps us from being refused.
 *
 * GitHub allows one token 900 points a minute (a read costs 1, a write 5), 80 writes a minute and
 * 500 an hour, and wishes for a second between two. The fleet shares one budget per token in Redis
 * (rate_budget.h), a fifth of it reserved for critical and high findings, in equal shares for the
 * repositories. A bucket can give its burst and its refill within one period, so the sum of both is
 * what stays below the limit. While Redis is away, each process keeps to a floor of its own.
 */
#ifndef WORKER_FORGE_GITHUB_LIMIT_H
#define WORKER_FORGE_GITHUB_LIMIT_H

#include "worker/forge/github_call.h"

struct http_response;

void github_limit_declare_metrics(void);
/* Before every request. Waits up to 2 s at a time; when the budget asks for more: err_throttled. */
int github_budget_take(struct github *github, bool is_write, struct err *err) MUST_USE;
/* err_throttled while GitHub's own wish for silence lasts. */
int github_limit_check(const struct github *github, struct err *err) MUST_USE;
/* For a 403 or 429: 0 when it is not about limits, else err_throttled, and the fleet is told. */
int github_limit_read(struct github *github, const struct http_response *response,
                      const struct json *body, struct err *err) MUST_USE;

#endif
