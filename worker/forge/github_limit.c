/* GitHub limits; the story stands in github_limit.h. */
#include "worker/forge/github_limit.h"

#include <stdio.h>
#include <strings.h>

#include "common/clock.h"
#include "common/http/http.h"
#include "common/json.h"
#include "common/redis/rate_limit.h"
#include "common/stop.h"

#define SECONDARY_FIRST_MS ((int64_t)60 * 1000)
#define SECONDARY_MAX_MS   ((int64_t)16 * 60 * 1000)
#define WAIT_MAX_MS        ((int64_t)2 * 3600 * 1000)
#define NAP_MAX_MS         2000  /* a longer wait is the retry topic's business */
#define PATIENCE_MS        20000 /* all naps of one write */
#define MINUTE_MS          60000
#define HOUR_MS            3600000

/* The last one spaces writes out, so it is asked last: nothing may come between it and the write.
 */
static const struct {
    const char *name;
    int64_t capacity;
    int64_t refill;
    int64_t period_ms;
} budgets[] = {
    {"minute", 20, 60, MINUTE_MS},
    {"hour", 60, 440, HOUR_MS},
    {"spacing", 1, 1, 1000},
};
#define SPACING (COUNT(budgets) - 1)

struct scope {
    char text[GITHUB_SCOPE_BYTES + 16];
};

static struct rate_bucket bucket_of(const struct github *github, size_t i, struct scope *scope)
{
    snprintf(scope->text, sizeof scope->text, "%s:%s", github->scope, budgets[i].name);
    return (struct rate_bucket){.scope = scope->text,
                                .capacity = budgets[i].capacity,
                                .refill = budgets[i].refill,
                                .period_ms = budgets[i].period_ms};
}

static int take_one(struct github *github, size_t i, int64_t give_up_at_ms, struct err *err)
{
    struct scope scope;
    struct rate_bucket bucket = bucket_of(github, i, &scope);

    for (;;) {
        int64_t wait_ms = 0;
        int r = rate_limit_take(github->redis, &bucket, 1, &wait_ms, err);

        if (r != RATE_WAIT)
            return r;
        if (wait_ms > NAP_MAX_MS || clock_mono_ms() + wait_ms > give_up_at_ms)
            return err_throttled(err, wait_ms, "GitHub: this token's writes of the %s are spent",
                                 budgets[i].name);
        if (stop_wait(wait_ms))
            return err_throttled(err, wait_ms, "GitHub: stopping before a write");
    }
}

int github_budget_take(struct github *github, struct err *err)
{
    int64_t give_up_at_ms = clock_mono_ms() + PATIENCE_MS;
    int r = 0;

    for (size_t i = 0; github->redis != NULL && r == 0 && i < COUNT(budgets); i++)
        r = take_one(github, i, give_up_at_ms, err);
    return r;
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
    struct scope scope;
    struct err ignored; /* a Redis that is away is told of by the next write's own budget */

    if (wait_ms < 0)
        return 0;
    wait_ms = wait_ms > WAIT_MAX_MS ? WAIT_MAX_MS : wait_ms;
    github->quiet_until_ms = clock_mono_ms() + wait_ms;
    if (github->redis != NULL) {
        struct rate_bucket bucket = bucket_of(github, SPACING, &scope);

        (void)!rate_limit_pause(github->redis, &bucket, wait_ms, &ignored);
    }
    return err_throttled(err, wait_ms, "GitHub: HTTP %d, %.200s", response->status,
                         json_get_text(body, "message", "rate limited"));
}
