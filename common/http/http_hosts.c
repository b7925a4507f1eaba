/* Hosts; the story stands in http_hosts.h. */
#include "common/http/http_hosts.h"

#include <pthread.h>

#include "common/log.h"
#include "common/metrics.h"
#include "common/retry_budget.h"

#define HOSTS_MAX  64 /* of more, the one not asked for the longest time is forgotten */
#define NAME_BYTES 272

static const struct metric_family families[] = {
    {"plumb_breaker_state", METRIC_GAUGE, "Circuit breaker: 0 closed, 1 half open, 2 open.", "host",
     NULL},
    {"plumb_breaker_opened_total", METRIC_COUNTER, "Times that a circuit breaker opened.", "host",
     NULL},
    {"plumb_http_retries_refused_total", METRIC_COUNTER,
     "Requests not tried again, the budget for retries being spent.", NULL, NULL},
};

struct host {
    char name[NAME_BYTES];
    int64_t asked_at_ms;
    struct breaker breaker;
};

struct http_hosts {
    pthread_mutex_t lock;
    struct breaker_rules rules;
    struct retry_budget *retries;
    struct host hosts[HOSTS_MAX];
    size_t n;
};

int http_hosts_new(struct http_hosts **out, const struct breaker_rules *rules, struct err *err)
{
    struct http_hosts *hosts = calloc(1, sizeof *hosts);

    assert(rules->window_ms > 0 && rules->open_ms > 0);
    if (hosts == NULL)
        return err_nomem(err);
    hosts->rules = *rules;
    if (retry_budget_new(&hosts->retries, err) < 0) {
        free(hosts);
        return ERR_FATAL;
    }
    pthread_mutex_init(&hosts->lock, NULL);
    metrics_declare(families, COUNT(families));
    *out = hosts;
    return 0;
}

void http_hosts_free(struct http_hosts *hosts)
{
    if (hosts == NULL)
        return;
    pthread_mutex_destroy(&hosts->lock);
    retry_budget_free(hosts->retries);
    free(hosts);
}

/* Called with the lock. */
static struct host *find(struct http_hosts *hosts, const char *name)
{
    struct host *oldest = &hosts->hosts[0];

    for (size_t i = 0; i < hosts->n; i++) {
        struct host *host = &hosts->hosts[i];

        if (str_eq(host->name, name))
            return host;
        if (host->asked_at_ms < oldest->asked_at_ms)
            oldest = host;
    }
    struct host *made = hosts->n < HOSTS_MAX ? &hosts->hosts[hosts->n++] : oldest;
    *made = (struct host){.asked_at_ms = 0};
    (void)str_copy(made->name, sizeof made->name, name);
    return made;
}

/* Called with the lock. */
static void show(const struct host *host, enum breaker_state before, int64_t now_ms)
{
    enum breaker_state now = breaker_state(&host->breaker, now_ms);

    metric_set("plumb_breaker_state", host->name, now);
    if (now == before)
        return;
    if (now == BREAKER_OPEN) {
        metric_count("plumb_breaker_opened_total", host->name, 1);
        LOG_WARN("breaker.opened", LOG_TEXT("host", host->name));
    } else if (now == BREAKER_CLOSED) {
        LOG_INFO("breaker.closed", LOG_TEXT("host", host->name));
    }
}

int http_hosts_ask(struct http_hosts *hosts, const char *host, int64_t now_mono_ms, bool *is_probe,
                   struct err *err)
{
    pthread_mutex_lock(&hosts->lock);
    struct host *known = find(hosts, host);
    enum breaker_state before = breaker_state(&known->breaker, now_mono_ms);
    known->asked_at_ms = now_mono_ms;
    int64_t wait_ms = breaker_ask(&known->breaker, &hosts->rules, now_mono_ms, is_probe);
    show(known, before, now_mono_ms);
    pthread_mutex_unlock(&hosts->lock);

    if (wait_ms == 0)
        return 0;
    return err_throttled(err, wait_ms, "%s failed %d times and is left alone for %lld ms", host,
                         BREAKER_FAILURES, (long long)wait_ms);
}

void http_hosts_report(struct http_hosts *hosts, const char *host, int64_t now_mono_ms,
                       bool is_probe, enum breaker_outcome outcome)
{
    pthread_mutex_lock(&hosts->lock);
    struct host *known = find(hosts, host);
    enum breaker_state before = breaker_state(&known->breaker, now_mono_ms);
    breaker_report(&known->breaker, &hosts->rules, now_mono_ms, is_probe, outcome);
    show(known, before, now_mono_ms);
    pthread_mutex_unlock(&hosts->lock);
}

void http_hosts_first_try(struct http_hosts *hosts, int64_t now_mono_ms)
{
    retry_budget_first(hosts->retries, now_mono_ms);
}

bool http_hosts_may_retry(struct http_hosts *hosts, int64_t now_mono_ms)
{
    bool may = retry_budget_retry(hosts->retries, now_mono_ms);

    if (!may)
        metric_count("plumb_http_retries_refused_total", NULL, 1);
    return may;
}
