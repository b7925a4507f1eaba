/*
 * Step 2: look before making. A pull request with our branch's deterministic name answers the item,
 * and so does an open one of any other generation; a saved plan means that an earlier worker came
 * far, and its work is repeated exactly.
 */
#include "common/fault.h"
#include "common/log.h"
#include "worker/forge/forge.h"
#include "worker/merge_history.h"
#include "worker/plan.h"
#include "worker/services.h"
#include "worker/steps/steps.h"

/* The pull request of this generation, by its branch, which stands in run->branch afterwards. */
static int find_own(struct item_run *run, struct forge_pr *pr, struct err *err)
{
    struct forge *forge = run->services->forge;
    int64_t generation = run->item->generation;

    step_branch_name(run, generation, false, run->branch);
    int r = forge->ops->find_pr(forge, run->item->repository, run->branch, pr, err);
    if (r != 0 || pr->fingerprint[0] == '\0' || str_eq(pr->fingerprint, run->fp))
        return r;
    /* The short name is another fingerprint's: ours is the long one. */
    step_branch_name(run, generation, true, run->branch);
    return forge->ops->find_pr(forge, run->item->repository, run->branch, pr, err);
}

/* While a pull request of any generation is open, it answers all: an earlier one's a finding that
 * came back, a later one's a record that was late. */
static int find_open_or_own(struct item_run *run, struct forge_pr *pr, struct err *err)
{
    int r = step_find_open(run, pr, err);

    return r == FORGE_NO_PR ? find_own(run, pr, err) : r;
}

static bool is_own(const struct item_run *run)
{
    char name[256], long_name[256];

    step_branch_name(run, run->item->generation, false, name);
    step_branch_name(run, run->item->generation, true, long_name);
    return str_eq(run->branch, name) || str_eq(run->branch, long_name);
}

int step_end_with(struct item_run *run, const struct forge_pr *pr)
{
    (void)str_copy(run->end->pr_url, sizeof run->end->pr_url, pr->url);
    (void)str_copy(run->end->branch, sizeof run->end->branch, run->branch);
    if (pr->state == FORGE_MERGED || pr->state == FORGE_CLOSED)
        merge_history_ended(run, pr->state == FORGE_MERGED);
    if (pr->state == FORGE_MERGED)
        return step_end(run, "MERGED", "its pull request is merged");
    if (pr->state == FORGE_CLOSED)
        return step_end(run, "CLOSED_BY_HUMAN", "its pull request was closed without merging");
    if (!is_own(run))
        return step_end(run, "ADOPTED", "the pull request of another of its generations is open");
    return step_end(run, "ADOPTED", "its pull request was open already");
}

static int load_plan(struct item_run *run, struct err *err)
{
    CLEANUP(buf_done) struct buf bytes = BUF(PLAN_MAX_BYTES);
    struct err why;
    int r = claim_store_load_plan(run->services->claims, run->claim.fp, &bytes, err);

    r = FAULT_REPLY("plan.loaded", r, err);
    if (r < 0)
        return step_own_door(run, r);
    if (r == CLAIM_NO_PLAN)
        return 0;
    if (plan_decode(&run->plan, buf_str(&bytes), bytes.len, &why) < 0) {
        LOG_WARN("plan.unreadable", LOG_TEXT("item", run->fp), LOG_ERR(&why));
        return 0; /* it is made anew */
    }
    return STEP_HAS_PLAN;
}

int step_find_pr(struct item_run *run, struct err *err)
{
    struct forge_pr pr = {0};

    if (run->services->shared->dry_run)
        return 0; /* nothing will be opened, so nothing is asked for */
    int r = find_open_or_own(run, &pr, err);
    if (r < 0)
        return err_wrap(err, r, "look for the pull request");
    if (r == 0)
        return step_end_with(run, &pr);
    return load_plan(run, err);
}
