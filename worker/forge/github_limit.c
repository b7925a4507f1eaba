/* GitHub limits; the story stands in github_limit.h. */
#include "worker/forge/github_limit.h"

#include <stdio.h>
#include <strings.h>

#include "common/clock.h"
#include "common/http/http.h"
#include "common/json.h"
#include "common/metrics.h"
#include "common/redis/rate_budget.h"
#include "common/stop.h"
#include "worker/forge/github_floor.h"

#define SECONDARY_FIRST_MS ((int64_t)60 * 1000)
#define SECONDARY_MAX_MS   ((int64_t)16 * 60 * 1000)
#define WAIT_MAX_MS        ((int64_t)2 * 3600 * 1000)
#define NAP_MAX_MS         2000  /* a longer wait is the retry topic's business */
#define PATIENCE_MS        20000 /* all naps of one request */
#define MINUTE_MS          60000
#define HOUR_MS            3600000
#define SPACING_MS         1100

/* Points leave a tenth for what the HTTP client tries again by itself. GitHub counts the second
 * between two writes at its own end, where the second may have travelled faster than the first. */
static const struct rate_part parts[] = {
    {"points", 180, 630, MINUTE_MS, 36, true},
    {"minute", 20, 60, MINUTE_MS, 4, true},
    {"hour", 60, 440, HOUR_MS, 12, true},
    {"spacing", 1, 1, SPACING_MS, 0, false},
};
static const struct rate_request a_read = {.tokens = {1}, .nap_ms = NAP_MAX_MS};
static const struct rate_request a_write = {.tokens = {5, 1, 1, 1}, .nap_ms = NAP_MAX_MS};
static const struct rate_request two_writes = {.tokens = {10, 2, 2, 1}, .nap_ms = NAP_MAX_MS};
static const struct rate_request a_paid_write = {.tokens = {0, 0, 0, 1}, .nap_ms = NAP_MAX_MS};

static const char *const part_names[] = {"points", "minute", "hour", NULL};
static const struct metric_family families[] = {
    {"plumb_rate_budget_left", METRIC_GAUGE, "What the fleet's GitHub budget had left when asked.",
     "bucket", part_names},
    {"plumb_rate_budget_waits_total", METRIC_COUNTER, "Requests that the GitHub budget deferred.",
     NULL, NULL},
    {"plumb_rate_floor_total", METRIC_COUNTER, "Requests allowed by the floor, Redis being away.",
     NULL, NULL},
};

void github_limit_declare_metrics(void)
{
    metrics_declare(families, COUNT(families));
}

static struct rate_budget budget_of(const struct github *github)
{
    return (struct rate_budget){.scope = github->scope, .parts = parts, .n = COUNT(parts)};
}

static int defer(int64_t wait_ms, const char *what, struct err *err)
{
    metric_count("plumb_rate_budget_waits_total", NULL, 1);
    return err_throttled(err, wait_ms, "GitHub: %s", what);
}

/* Redis is away: *err says why. Without a floor that is for the caller to wait out. */
static int take_floor(struct github *github, bool is_write, struct err *err)
{
    int64_t wait_ms;

    if (github->floor == NULL)
        return ERR_RETRY;
    if (is_write && github->paid) /* what was begun is ended */
        return 0;
    /* A read's turn comes soon: several of one item follow each other. */
    while ((wait_ms = github_floor_take(github->floor, is_write, clock_mono_ms())) > 0)
        if (wait_ms > NAP_MAX_MS || stop_wait(wait_ms))
            return defer(wait_ms, "Redis is away, and this process has had its share", err);
    metric_count("plumb_rate_floor_total", NULL, 1);
    return 0;
}

static void show(const struct rate_verdict *verdict)
{
    for (size_t i = 0; part_names[i] != NULL; i++)
        metric_set("plumb_rate_budget_left", part_names[i], (double)verdict->left[i]);
}

static const struct rate_request *price(const struct github *github, bool is_write)
{
    if (!is_write)
        return &a_read;
    if (github->paid)
        return &a_paid_write;
    return github->pays_ahead ? &two_writes : &a_write;
}

/* May this request be sent? */
static int take(struct github *github, bool is_write, struct err *err)
{
    const struct rate_budget budget = budget_of(github);
    struct rate_request request = *price(github, is_write);
    int64_t give_up_at_ms = clock_mono_ms() + PATIENCE_MS;
    char what[80];

    request.member = github->repository;
    request.urgent = github->urgent;
    for (;;) {
        struct rate_verdict verdict;

        if (github->redis == NULL)
            return 0;
        int r = rate_budget_take(github->redis, &budget, &request, &verdict, err);
        if (r == ERR_RETRY)
            return take_floor(github, is_write, err);
        if (r < 0)
            return r;
        show(&verdict);
        if (r == 0)
            return 0;
        snprintf(what, sizeof what, "this token's budget of the %s is spent",
                 verdict.blame[0] != '\0' ? verdict.blame : "fleet");
        if (verdict.wait_ms > NAP_MAX_MS || clock_mono_ms() + verdict.wait_ms > give_up_at_ms)
            return defer(verdict.wait_ms, what, err);
        if (stop_wait(verdict.wait_ms))
            return defer(verdict.wait_ms, "stopping before a request", err);
    }
}

int github_budget_take(struct github *github, bool is_write, struct err *err)
{
    int r = take(github, is_write, err);

    if (r < 0 || !is_write)
        return r;
    github->paid = !github->paid && github->pays_ahead;
    github->pays_ahead = false;
    return 0;
}

int github_limit_check(const struct github *github, struct err *err)
{
    int64_t left_ms = github->quiet_until_ms - clock_mono_ms();

    if (left_ms <= 0)
        return 0;
    return err_throttled(err, left_ms, "GitHub asked for silence, %lld s of it are left",
                         (long long)(left_ms / 1000));
}

static int64_t header_int(const struct http_response *response, const char *name)
{
    char scratch[64];
    const char *value = http_response_header(response, name, scratch, sizeof scratch);
    char *end = NULL;
    long long number = value != NULL ? strtoll(value, &end, 10) : -1;

    return value != NULL && end != value && *end == '\0' && number >= 0 ? number : -1;
}

/* The wait asked for; -1 when the answer is not about limits. */
static int64_t wait_asked(struct github *github, const struct http_response *response,
                          const struct json *body)
{
    const char *message = json_get_text(body, "message", "");
    int64_t seconds = header_int(response, "retry-after");
    int64_t reset = header_int(response, "x-ratelimit-reset");
    int64_t wait_ms;

    if (seconds >= 0)
        return seconds > WAIT_MAX_MS / 1000 ? WAIT_MAX_MS : seconds * 1000;
    if (header_int(response, "x-ratelimit-remaining") == 0 && reset > 0 &&
        reset < INT64_MAX / 1000) {
        wait_ms = reset * 1000 - clock_unix_ms() + 1000;
        return wait_ms < 1000 ? 1000 : wait_ms;
    }
    if (response->status != 429 && strcasestr(message, "secondary rate limit") == NULL &&
        strcasestr(message, "rate limit exceeded") == NULL)
        return -1;
    wait_ms = github->secondary_wait_ms > 0 ? github->secondary_wait_ms : SECONDARY_FIRST_MS;
    github->secondary_wait_ms = wait_ms * 2 < SECONDARY_MAX_MS ? wait_ms * 2 : SECONDARY_MAX_MS;
    return wait_ms;
}

int github_limit_read(struct github *github, const struct http_response *response,
                      const struct json *body, struct err *err)
{
    int64_t wait_ms = wait_asked(github, response, body);
    struct err ignored; /* a Redis that is away is told of by the next request's own budget */

    if (wait_ms < 0)
        return 0;
    wait_ms = wait_ms > WAIT_MAX_MS ? WAIT_MAX_MS : wait_ms;
    github->quiet_until_ms = clock_mono_ms() + wait_ms;
    if (github->redis != NULL) {
        const struct rate_budget budget = budget_of(github);

        (void)!rate_budget_pause(github->redis, &budget, wait_ms, &ignored);
    }
    return err_throttled(err, wait_ms, "GitHub: HTTP %d, %.200s", response->status,
                         json_get_text(body, "message", "rate limited"));
}
