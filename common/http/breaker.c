/* Circuit breaker; the story stands in breaker.h. */
#include "common/http/breaker.h"

static void open_until(struct breaker *breaker, int64_t until_ms)
{
    *breaker = (struct breaker){.open = true, .until_ms = until_ms};
}

int64_t breaker_ask(struct breaker *breaker, const struct breaker_rules *rules, int64_t now_ms,
                    bool *is_probe)
{
    *is_probe = false;
    if (!breaker->open)
        return 0;
    if (now_ms < breaker->until_ms)
        return breaker->until_ms - now_ms;
    breaker->probing = true;
    breaker->until_ms = now_ms + rules->open_ms;
    *is_probe = true;
    return 0;
}

static void count_failure(struct breaker *breaker, const struct breaker_rules *rules,
                          int64_t now_ms)
{
    breaker->failures[breaker->next] = (struct breaker_failure){now_ms, breaker->worked};
    breaker->next = (breaker->next + 1) % BREAKER_FAILURES;
    if (breaker->n_failed < BREAKER_FAILURES)
        breaker->n_failed++;
    /* Full, the ring's next place holds the oldest. */
    const struct breaker_failure *first = &breaker->failures[breaker->next];
    if (breaker->n_failed == BREAKER_FAILURES && now_ms - first->at_ms < rules->window_ms &&
        breaker->worked - first->worked < BREAKER_FAILURES)
        open_until(breaker, now_ms + rules->open_ms);
}

void breaker_report(struct breaker *breaker, const struct breaker_rules *rules, int64_t now_ms,
                    bool is_probe, enum breaker_outcome outcome)
{
    if (!breaker->open) {
        if (outcome == BREAKER_FAILED)
            count_failure(breaker, rules, now_ms);
        breaker->worked += outcome == BREAKER_WORKED;
        return;
    }
    if (!is_probe || !breaker->probing)
        return;
    if (outcome == BREAKER_WORKED)
        *breaker = (struct breaker){.open = false};
    else if (outcome == BREAKER_FAILED)
        open_until(breaker, now_ms + rules->open_ms);
    else
        open_until(breaker, now_ms); /* the next who asks is the probe */
}

enum breaker_state breaker_state(const struct breaker *breaker, int64_t now_ms)
{
    if (!breaker->open)
        return BREAKER_CLOSED;
    return breaker->probing || now_ms >= breaker->until_ms ? BREAKER_HALF_OPEN : BREAKER_OPEN;
}
