/* Step 9: the end is written under the fence, and its event is acked. Repeating it changes nothing.
 */
#include "common/config.h"
#include "common/fault.h"
#include "common/metrics.h"
#include "worker/audit.h"
#include "worker/lease.h"
#include "worker/services.h"
#include "worker/steps/steps.h"

static int finish(struct item_run *run, struct err *err)
{
    const struct config *config = run->services->shared->config;
    struct claim_record record = {0};
    int64_t day_ms = 24LL * 3600 * 1000;
    /* A dry run is no answer: it is given again after a day. */
    int64_t keep_ms = run->end->dry_run ? day_ms : config->state_retention_days * day_ms;

    (void)str_copy(record.state, sizeof record.state, run->end->state);
    (void)str_copy(record.pr_url, sizeof record.pr_url, run->end->pr_url);
    (void)str_copy(record.branch, sizeof record.branch, run->end->branch);
    (void)str_copy(record.reason, sizeof record.reason, run->end->reason);
    int r = claim_store_finish(run->services->claims, &run->claim, &record, keep_ms, err);
    if (r == CLAIM_LOST) {
        metric_count("plumb_fences_rejected_total", NULL, 1);
        lease_lose(run->lease); /* so that the refusal is not taken for a failure of the item's */
        return err_set(err, ERR_RETRY, "the lease ran out before the end was recorded");
    }
    return step_own_door(run, r);
}

int step_record(struct item_run *run, struct err *err)
{
    int r = FAULT_REPLY("state.ok", finish(run, err), err);

    if (r < 0)
        return r;
    return step_own_door(run, FAULT_REPLY("emit.ok", audit_item(run, AUDIT_ENDED, err), err));
}
