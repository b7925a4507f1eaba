/*
 * Step 1: the item is ours alone, or it is not our turn. The claim is taken by fingerprint, and
 * each later generation has one of its own: how the last one ended is no answer to it. An item that
 * a worker died under waits until it is the only one in this worker (alone.h). Then the resource is
 * locked, so that two findings of one resource never edit at once.
 */
#include <stdio.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/digest.h"
#include "common/fault.h"
#include "common/kafka/queue_consumer.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/retry_budget.h"
#include "proto/replay.h"
#include "proto/topics.h"
#include "worker/alone.h"
#include "worker/lease.h"
#include "worker/services.h"
#include "worker/steps/steps.h"

static void copy_record(struct item_run *run, const struct claim_record *record)
{
    (void)str_copy(run->end->state, sizeof run->end->state, record->state);
    (void)str_copy(run->end->reason, sizeof run->end->reason, record->reason);
    (void)str_copy(run->end->pr_url, sizeof run->end->pr_url, record->pr_url);
    (void)str_copy(run->end->branch, sizeof run->end->branch, record->branch);
    /* Its event is sent again under the id that the end of that run had. */
    run->claim.run = record->run;
    (void)str_copy(run->claim.replay, sizeof run->claim.replay, record->replay);
}

/* A dry run ends items for itself alone: the run that may open pull requests takes them up anew. */
static void claim_name(const struct item_run *run, char out[SHA256_HEX_BYTES])
{
    item_claim_name(run->fp, run->item->generation, out);
    const char *dry[] = {"dry-run", out};
    if (run->services->shared->dry_run)
        sha256_list_hex(dry, COUNT(dry), out);
}

/*
 * An operator sent the record again: an item that is dead opens once more, with a clean slate.
 * Every other end stands, so a replay of everything opens no second pull request. PENDING_REVIEW is
 * an answer and opens only where the replay says so.
 */
static int reopen(struct item_run *run, const char *name, struct err *err)
{
    char replay[REPLAY_ID_BYTES], reopens[32];

    if (run->record == NULL ||
        queue_record_text(run->record, HEADER_REPLAY_ID, replay, sizeof replay) != 0 ||
        !replay_id_is_valid(replay))
        return 0;
    bool review =
        queue_record_text(run->record, HEADER_REPLAY_REOPENS, reopens, sizeof reopens) == 0 &&
        str_eq(reopens, REPLAY_REOPENS_REVIEW);
    int r = claim_store_reopen(run->services->claims, name, replay,
                               review ? REPLAY_REOPENS_REVIEW : REPLAY_REOPENS_DLQ, err);
    if (r < 0)
        return r;
    if (r == 0) {
        metric_count("plumb_items_reopened_total", NULL, 1);
        LOG_INFO("item.reopened", LOG_TEXT("item", run->fp), LOG_TEXT("replay", replay));
    }
    return 0;
}

static int watch(struct item_run *run, struct err *err)
{
    int r = lease_watch(run->services->shared->leases, &run->claim, &run->lease, err);

    run->services->lease = run->lease;
    return r;
}

/* A worker died under it: of it, or of another beside it. */
static int be_alone(struct item_run *run, struct err *err)
{
    if (run->claim.crashes == 0)
        return 0;
    int r = alone_ask(run->services->shared->alone, services_should_stop, run->services);
    if (r == ALONE_TAKEN)
        return step_defer(run, ITEM_WAIT_SHORTEST,
                          "another item that a worker died under is worked on");
    if (r == ALONE_STOPPED)
        return err_set(err, ERR_RETRY, "asked to stop, or its lease ran out");
    run->is_alone = true;
    metric_count("plumb_items_alone_total", NULL, 1);
    LOG_INFO("item.alone", LOG_TEXT("item", run->fp), LOG_INT("crashes", run->claim.crashes));
    return 0;
}

/* A dry run writes nothing, so it stands in nobody's way. */
static int lock_resource(struct item_run *run, struct err *err)
{
    int64_t lease_ms = run->services->shared->config->lease_ms;
    int64_t hold_ms = lease_ms - claim_margin_ms(lease_ms);
    int64_t asked_ms = clock_mono_ms();
    char resource[2048];

    if (run->services->shared->dry_run)
        return 0;
    item_resource_key(run->item, resource, sizeof resource);
    run->lock = resource_lock_name(run->item->repository, resource, run->claim.owner);
    int r = resource_lock_hold(run->services->redis, &run->lock, hold_ms, err);
    if (r == 0) {
        lease_guard(run->lease, &run->lock, asked_ms + hold_ms);
        return 0;
    }
    if (r == RESOURCE_LOCK_HELD) {
        run->lock.key[0] = '\0';
        metric_count("plumb_resource_lock_waits_total", NULL, 1);
        return step_defer(run, ITEM_WAIT_SHORTEST, "another finding of its resource is worked on");
    }
    return step_own_door(run, r);
}

/* Is it back from a wait, whatever it waited for? Then it is not tried for the first time. */
static bool is_back(const struct item_run *run)
{
    const void *value;
    size_t len;

    return run->record != NULL && queue_record_header(run->record, HEADER_NOT_BEFORE, &value, &len);
}

/* A failed attempt is repeated only while such repeats are few among all that is tried. */
static int keep_budget(struct item_run *run)
{
    struct retry_budget *retries = run->services->shared->retries;

    if (run->claim.attempts > 0 && !retry_budget_retry(retries, clock_mono_ms())) {
        metric_count("plumb_retries_held_total", NULL, 1);
        return step_defer(run, 0, "too many items are being tried again");
    }
    if (run->claim.attempts == 0 && !is_back(run))
        retry_budget_first(retries, clock_mono_ms());
    return 0;
}

int step_claim(struct item_run *run, struct err *err)
{
    struct claim_record record = {0};
    int64_t lease_ms = run->services->shared->config->lease_ms;
    char name[SHA256_HEX_BYTES];

    claim_name(run, name);
    int r = reopen(run, name, err);
    if (r == 0)
        r = claim_store_take(run->services->claims, name, lease_ms, clock_mono_ms(), &run->claim,
                             &record, err);
    r = FAULT_REPLY("claim.taken", r, err);
    if (r < 0)
        return step_own_door(run, r);
    run->end->attempts = run->claim.attempts;
    if (r == CLAIM_HELD) {
        metric_count("plumb_claim_conflicts_total", NULL, 1);
        return step_defer(run, ITEM_WAIT_SHORTEST, "another worker has it");
    }
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
    r = be_alone(run, err);
    if (r == 0)
        r = lock_resource(run, err);
    return r == 0 ? keep_budget(run) : r;
}
