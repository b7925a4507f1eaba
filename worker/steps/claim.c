/* Step 1: the item is ours alone, or it is not our turn. The claim is taken by fingerprint, and
 * each later generation has one of its own: how the last one ended is no answer to it. */
#include <stdio.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/digest.h"
#include "worker/lease.h"
#include "worker/services.h"
#include "worker/steps/steps.h"

static void copy_record(struct item_run *run, const struct claim_record *record)
{
    (void)str_copy(run->end->state, sizeof run->end->state, record->state);
    (void)str_copy(run->end->reason, sizeof run->end->reason, record->reason);
    (void)str_copy(run->end->pr_url, sizeof run->end->pr_url, record->pr_url);
    (void)str_copy(run->end->branch, sizeof run->end->branch, record->branch);
}

/* A dry run ends items for itself alone: the run that may open pull requests takes them up anew. */
static void claim_name(const struct item_run *run, char out[SHA256_HEX_BYTES])
{
    char number[24];

    snprintf(number, sizeof number, "%lld", (long long)run->item->generation);
    const char *later[] = {"generation", number, run->fp};
    if (run->item->generation > 1)
        sha256_list_hex(later, COUNT(later), out);
    else
        memcpy(out, run->fp, SHA256_HEX_BYTES);
    const char *dry[] = {"dry-run", out};
    if (run->services->shared->dry_run)
        sha256_list_hex(dry, COUNT(dry), out);
}

static int watch(struct item_run *run, struct err *err)
{
    return lease_watch(run->services->shared->leases, &run->claim, &run->lease, err);
}

int step_claim(struct item_run *run, struct err *err)
{
    struct claim_record record = {0};
    int64_t lease_ms = run->services->shared->config->lease_ms;
    char name[SHA256_HEX_BYTES];

    claim_name(run, name);
    int r = claim_store_take(run->services->claims, name, lease_ms, clock_mono_ms(), &run->claim,
                             &record, err);
    if (r < 0)
        return step_own_door(run, r);
    run->end->attempts = run->claim.attempts;
    if (r == CLAIM_HELD)
        return step_defer(run, 0, "another worker has it");
    if (r == CLAIM_ENDED) {
        copy_record(run, &record);
        return STEP_RECORDED;
    }
    int watched = watch(run, err);
    if (watched < 0)
        return watched;
    if (r == CLAIM_POISON)
        return err_set(err, ERR_REJECT, "it ended its worker %lld times",
                       (long long)run->claim.crashes);
    return 0;
}
