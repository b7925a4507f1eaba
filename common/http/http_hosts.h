/*
 * Hosts: what all HTTP handles of a process know together of the servers they talk to: a circuit
 * breaker each (breaker.h), and one budget for retries (retry_budget.h).
 *
 *     http_hosts_new() -> struct http_options.hosts … -> http_hosts_free()   after all its handles
 *
 * A failure is no answer, a broken one, or HTTP 500 to 599 but 501 and 505. A limit (403, 429) is
 * an answer. Any thread; time is a parameter.
 */
#ifndef COMMON_HTTP_HTTP_HOSTS_H
#define COMMON_HTTP_HTTP_HOSTS_H

#include "common/base.h"
#include "common/http/breaker.h"

struct http_hosts;

/* Declares its metrics. window_ms and open_ms: see breaker.h. */
int http_hosts_new(struct http_hosts **out, const struct breaker_rules *rules,
                   struct err *err) MUST_USE;
void http_hosts_free(struct http_hosts *hosts);
DEFINE_CLEANUP(struct http_hosts *, http_hosts_free)

/* host: "example.com:443". 0: send, and report. ERR_RETRY with err->retry_after_ms: leave it alone.
 */
int http_hosts_ask(struct http_hosts *hosts, const char *host, int64_t now_mono_ms, bool *is_probe,
                   struct err *err) MUST_USE;
/* Once for each exchange, at its end. */
void http_hosts_report(struct http_hosts *hosts, const char *host, int64_t now_mono_ms,
                       bool is_probe, enum breaker_outcome outcome);

void http_hosts_first_try(struct http_hosts *hosts, int64_t now_mono_ms);
/* False: the budget for retries is spent. */
bool http_hosts_may_retry(struct http_hosts *hosts, int64_t now_mono_ms) MUST_USE;

#endif
