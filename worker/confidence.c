#include "worker/confidence.h"

#define DECIDED_MIN     5  /* fewer pull requests say nothing */
#define MERGED_MOST_PCT 80 /* "most were merged" */
#define MERGED_FEW_PCT  50

static bool has_passed(const struct gate_report *gate, const char *layer)
{
    for (size_t i = 0; i < gate->n; i++) {
        if (str_eq(gate->layers[i].layer, layer))
            return gate->layers[i].verdict == GATE_PASSED;
    }
    return false;
}

static int64_t merged_percent(const struct merge_history *history)
{
    int64_t decided = history->merged + history->closed;

    return decided < DECIDED_MIN ? -1 : history->merged * 100 / decided;
}

static enum confidence of_checks(const struct gate_report *gate, bool by_model,
                                 const struct merge_history *history)
{
    bool holds = has_passed(gate, "predicate");
    bool valid = has_passed(gate, "validate");

    if (!gate->passed || !holds)
        return CONFIDENCE_LOW;
    if (!by_model)
        return valid ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
    if (!valid)
        return CONFIDENCE_LOW;
    return has_passed(gate, "plan") && merged_percent(history) >= MERGED_MOST_PCT
               ? CONFIDENCE_HIGH
               : CONFIDENCE_MEDIUM;
}

enum confidence confidence_of(const struct gate_report *gate, bool by_model,
                              const struct merge_history *history)
{
    enum confidence confidence = of_checks(gate, by_model, history);
    int64_t percent = merged_percent(history);

    if (percent >= 0 && percent < MERGED_FEW_PCT && confidence > CONFIDENCE_LOW)
        confidence--;
    return confidence;
}

static size_t count(const struct gate_report *gate, enum gate_verdict verdict)
{
    size_t n = 0;

    for (size_t i = 0; i < gate->n; i++)
        n += gate->layers[i].verdict == verdict;
    return n;
}

static void name_not_run(struct buf *out, const struct gate_report *gate)
{
    const char *before = "";

    for (size_t i = 0; i < gate->n; i++) {
        if (gate->layers[i].verdict != GATE_NOT_RUN)
            continue;
        buf_print(out, "%s%s", before, gate->layers[i].layer);
        before = ", ";
    }
}

void confidence_write(struct buf *out, const struct gate_report *gate, bool by_model,
                      const struct merge_history *history)
{
    static const char *const names[] = {"low", "medium", "high"};
    size_t not_run = count(gate, GATE_NOT_RUN);
    long long decided = (long long)(history->merged + history->closed);

    buf_print(out, "**Confidence: %s.** %zu of %zu checks passed",
              names[confidence_of(gate, by_model, history)], count(gate, GATE_PASSED), gate->n);
    if (not_run > 0) {
        buf_print(out, ", %zu could not be run (", not_run);
        name_not_run(out, gate);
        buf_text(out, ")");
    }
    if (decided == 0)
        buf_print(out, ". No earlier pull request of this %s has been decided yet.\n\n",
                  by_model ? "model" : "rule");
    else
        buf_print(out,
                  ". Of %lld earlier pull request%s of this %s that people decided, %lld "
                  "%s merged.\n\n",
                  decided, decided == 1 ? "" : "s", by_model ? "model" : "rule",
                  (long long)history->merged, history->merged == 1 ? "was" : "were");
}
