/*
 * Workers broken on purpose, as the designs were that this one replaced. Nothing of the product
 * knows of them: the linker puts these wrappers around its functions, and the models have the rest
 * (kafka_producer.c, kafka_consumer.c, redis_lua.c). Each must be found out.
 */
#include <stdio.h>

#include "tests/sim/invariants.h"
#include "tests/sim/outside.h"
#include "worker/alone.h"
#include "worker/audit.h"
#include "worker/steps/steps.h"

const char *const variant_names[VARIANT_COUNT] = {
    "none",         "unique-branch", "branch-is-done", "in-progress-is-done", "no-reemit",
    "commit-first", "no-expiry",     "no-fence",       "commit-read",         "map-read",
    "no-lock",      "reopen-all",    "beside",         "look-back",
};

const char *const variant_stories[VARIANT_COUNT] = {
    "the product as it is",
    "every try has a branch of its own; only the lock in Redis keeps two apart",
    "a branch that is there counts as done",
    "an item that another worker has counts as processed",
    "an item that had ended is acked without its event",
    "the offset is committed before the event is stored",
    "a lease never ends",
    "who writes need not be the one who holds the claim",
    "what was read is committed, not what is done",
    "what was read stands in a commit's map as done",
    "two findings of one resource are worked on at once",
    "a replay opens an item again each time it is seen, however it ended",
    "an item that a worker died under is walked beside others",
    "pull requests of later generations are not looked for",
};

void __real_step_branch_name(const struct item_run *run, int64_t generation, bool long_name,
                             char out[256]);
void __wrap_step_branch_name(const struct item_run *run, int64_t generation, bool long_name,
                             char out[256]);
int __real_step_find_pr(struct item_run *run, struct err *err);
int __wrap_step_find_pr(struct item_run *run, struct err *err);
int __real_step_find_open(struct item_run *run, struct forge_pr *pr, struct err *err);
int __wrap_step_find_open(struct item_run *run, struct forge_pr *pr, struct err *err);
int __real_step_may_write(struct item_run *run, struct err *err);
int __wrap_step_may_write(struct item_run *run, struct err *err);
bool __real_alone_enter(struct alone *alone, alone_stop_fn should_stop, void *context);
bool __wrap_alone_enter(struct alone *alone, alone_stop_fn should_stop, void *context);
int __real_alone_ask(struct alone *alone, alone_stop_fn should_stop, void *context);
int __wrap_alone_ask(struct alone *alone, alone_stop_fn should_stop, void *context);
void __real_alone_leave(struct alone *alone, bool is_alone);
void __wrap_alone_leave(struct alone *alone, bool is_alone);
int __real_audit_item(const struct item_run *run, const char *kind, struct err *err);
int __wrap_audit_item(const struct item_run *run, const char *kind, struct err *err);

void __wrap_step_branch_name(const struct item_run *run, int64_t generation, bool long_name,
                             char out[256])
{
    __real_step_branch_name(run, generation, long_name, out);
    if (sim.variant == VARIANT_UNIQUE_BRANCH)
        snprintf(out + strlen(out), 256 - strlen(out), "-%lld", (long long)run->claim.fence);
}

int __wrap_step_find_pr(struct item_run *run, struct err *err)
{
    int r = __real_step_find_pr(run, err);

    if (run->claim.crashes > 0 && !run->is_alone)
        violation("I11: %.8s, that a worker died under, did not ask to be alone", run->fp);
    if (sim.variant == VARIANT_BRANCH_IS_DONE && (r == 0 || r == STEP_HAS_PLAN) &&
        branch_exists(run->branch))
        return step_end(run, "ADOPTED", "its branch is there");
    return r;
}

int __wrap_step_find_open(struct item_run *run, struct forge_pr *pr, struct err *err)
{
    char before[256];

    (void)str_copy(before, sizeof before, run->branch);
    int r = __real_step_find_open(run, pr, err);
    const char *number = r == 0 ? strstr(pr->branch, "-g") : NULL;
    int64_t generation = number != NULL ? strtoll(number + 2, NULL, 10) : 1;
    if (sim.variant != VARIANT_LOOK_BACK || r != 0 || generation <= run->item->generation)
        return r;
    (void)str_copy(run->branch, sizeof run->branch, before);
    return FORGE_NO_PR;
}

/* Not a variant: who may write is looked at. */
int __wrap_step_may_write(struct item_run *run, struct err *err)
{
    int r = __real_step_may_write(run, err);

    if (r == 0 && run->lock.key[0] != '\0')
        invariants_may_write(run->lock.key, run->lock.owner);
    return r;
}

int __wrap_audit_item(const struct item_run *run, const char *kind, struct err *err)
{
    bool silent = sim.variant == VARIANT_NO_REEMIT || sim.variant == VARIANT_IN_PROGRESS_IS_DONE;

    if (silent && run->end->repeated)
        return 0;
    return __real_audit_item(run, kind, err);
}

/* --- who is walked beside whom --- */

static void judge_company(const char *what)
{
    const struct worker *worker = task_worker();

    if (worker->has_alone && worker->walks > 1 && !worker->dead)
        violation("I11: %s, and %d items are walked in %s", what, worker->walks, worker->name);
}

bool __wrap_alone_enter(struct alone *alone, alone_stop_fn should_stop, void *context)
{
    bool entered = __real_alone_enter(alone, should_stop, context);

    task_worker()->walks += entered;
    judge_company("one came in while another is alone");
    return entered;
}

int __wrap_alone_ask(struct alone *alone, alone_stop_fn should_stop, void *context)
{
    int r = sim.variant == VARIANT_BESIDE ? 0 : __real_alone_ask(alone, should_stop, context);

    if (r == 0)
        task_worker()->has_alone = true;
    judge_company("one was told that it is alone");
    return r;
}

void __wrap_alone_leave(struct alone *alone, bool is_alone)
{
    task_worker()->walks--;
    if (is_alone)
        task_worker()->has_alone = false;
    __real_alone_leave(alone, is_alone);
}
