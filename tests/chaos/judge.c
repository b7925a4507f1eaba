/* All invariants and their summary; the story stands in judge.h. */
#include "tests/chaos/judge.h"

#include <inttypes.h>
#include <stdarg.h>

#include "common/json.h"

#define SHOWN_MAX 20

static const char *const promises[INVARIANTS + 1] = {
    "",
    "each item has exactly one end",
    "at most one open pull request for each item",
    "the audit chain is whole and holds what was sent",
    "no commit stands above an unfinished offset",
    "no secret anywhere",
    "no write of an outdated owner was applied",
    "no change outside of the allowed paths",
    "no plan was worked out twice",
    "GitHub was written to slowly enough",
    "nothing is left waiting",
};

void judge_violation(struct judgement *j, int invariant, const char *format, ...)
{
    va_list args;

    if (++j->verdicts[invariant].violations > SHOWN_MAX)
        return;
    fprintf(j->out, "VIOLATION I%d: ", invariant);
    va_start(args, format);
    vfprintf(j->out, format, args);
    va_end(args);
    fputc('\n', j->out);
}

int judge(const struct json *facts, enum judge_moment moment, FILE *out)
{
    struct judgement j = {.facts = facts,
                          .moment = moment,
                          .out = out,
                          .lossy = json_get_int(facts, "redis_losses", 0) > 0};
    int64_t violations = 0;

    judge_items(&j);
    judge_effects(&j);
    judge_trail(&j);
    for (int i = 1; i <= INVARIANTS; i++) {
        const struct verdict *verdict = &j.verdicts[i];
        violations += verdict->violations;
        if (verdict->not_due && verdict->violations == 0)
            fprintf(out, "I%-2d  -    %s: nothing to judge it by\n", i, promises[i]);
        else
            fprintf(out, "I%-2d  %-4s %s: %" PRId64 " %s, %" PRId64 " violations\n", i,
                    verdict->violations == 0 ? "ok" : "BAD", promises[i], verdict->looked_at,
                    verdict->what != NULL ? verdict->what : "looked at", verdict->violations);
    }
    return violations > INT32_MAX ? INT32_MAX : (int)violations;
}
