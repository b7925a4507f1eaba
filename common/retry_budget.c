/* Retry budget; the story stands in retry_budget.h. */
#include "common/retry_budget.h"

#include <pthread.h>

#define SLICES   6
#define SLICE_MS (RETRY_BUDGET_WINDOW_MS / SLICES)

struct retry_budget {
    pthread_mutex_t lock;
    struct slice {
        int64_t number; /* of the slice of time that it counts; another's counts are old */
        int64_t firsts, retries;
    } slices[SLICES];
};

int retry_budget_new(struct retry_budget **out, struct err *err)
{
    struct retry_budget *budget = calloc(1, sizeof *budget);

    if (budget == NULL)
        return err_nomem(err);
    pthread_mutex_init(&budget->lock, NULL);
    *out = budget;
    return 0;
}

void retry_budget_free(struct retry_budget *budget)
{
    if (budget == NULL)
        return;
    pthread_mutex_destroy(&budget->lock);
    free(budget);
}

static struct slice *present(struct retry_budget *budget, int64_t now_ms)
{
    int64_t number = now_ms / SLICE_MS;
    struct slice *slice = &budget->slices[number % SLICES];

    if (slice->number != number)
        *slice = (struct slice){.number = number};
    return slice;
}

void retry_budget_first(struct retry_budget *budget, int64_t now_mono_ms)
{
    pthread_mutex_lock(&budget->lock);
    present(budget, now_mono_ms)->firsts++;
    pthread_mutex_unlock(&budget->lock);
}

static bool has_room(const struct retry_budget *budget, int64_t now_ms)
{
    int64_t firsts = 0, retries = 0;

    for (size_t i = 0; i < SLICES; i++) {
        const struct slice *slice = &budget->slices[i];

        if (slice->number <= now_ms / SLICE_MS - SLICES)
            continue;
        firsts += slice->firsts;
        retries += slice->retries;
    }
    return retries < RETRY_BUDGET_FLOOR || (retries + 1) * 100 <= firsts * RETRY_BUDGET_PERCENT;
}

bool retry_budget_retry(struct retry_budget *budget, int64_t now_mono_ms)
{
    bool may;

    pthread_mutex_lock(&budget->lock);
    may = has_room(budget, now_mono_ms);
    if (may)
        present(budget, now_mono_ms)->retries++;
    pthread_mutex_unlock(&budget->lock);
    return may;
}
