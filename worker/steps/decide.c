/*
 * Step 3: what policy says, before anything is fetched: suppressed, nothing that answers, or go on.
 * It needs no repository, so it stands before fetch and saves the fleet a fetch for every finding
 * that no rule knows.
 */
#include "common/config.h"
#include "worker/model.h"
#include "worker/policy.h"
#include "worker/services.h"
#include "worker/steps/steps.h"

int step_decide(struct item_run *run, struct err *err)
{
    const struct shared *shared = run->services->shared;
    const char *suppressed = policy_suppressed(shared->policy, run->item, run->control);

    (void)err;
    if (suppressed != NULL)
        return step_end(run, "SUPPRESSED", "policy: %s", suppressed);
    if (run->item->kind == ITEM_DRIFT) {
        const char *action = policy_drift_action(shared->policy, run->item->repository,
                                                 shared->config->drift_action);
        if (str_eq(action, "review"))
            return step_end(run, "PENDING_REVIEW", "policy: drift is reviewed by a person");
        return 0;
    }
    if (run->rule == NULL && !model_may_see(shared->config, run->item->repository))
        return step_end(run, "PENDING_REVIEW", "no rule answers %s", run->control);
    return 0;
}
