/* One item's way; the story stands in item.h. Read step by step: each is a file under steps/. */
#include "worker/item.h"

#include <stdio.h>
#include <strings.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/fault.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/stop.h"
#include "worker/alone.h"
#include "worker/audit.h"
#include "worker/forge/forge.h"
#include "worker/hcl/locate/locate.h"
#include "worker/identity.h"
#include "worker/lease.h"
#include "worker/model_trace.h"
#include "worker/outlet.h"
#include "worker/plan.h"
#include "worker/services.h"
#include "worker/steps/steps.h"

void item_end_done(struct item_end *end)
{
    free(end->details_json);
    end->details_json = NULL;
}

/* Before its claim: who waits there holds nothing. */
static int enter(struct item_run *run, struct err *err)
{
    if (!alone_enter(run->services->shared->alone, services_should_stop, run->services))
        return err_set(err, ERR_RETRY, "asked to stop before it was begun");
    FAULT_SUBJECT(run->item->repository);
    return 0;
}

/* When Redis does not hear it, the lock runs out by itself. */
static void unlock_resource(struct item_run *run)
{
    struct err err;

    if (run->lock.key[0] != '\0' && resource_lock_drop(run->services->redis, &run->lock, &err) < 0)
        LOG_DEBUG("resource.not_unlocked", LOG_TEXT("item", run->fp), LOG_ERR(&err));
}

static void run_done(struct item_run *run)
{
    plan_free(run->plan);
    model_trace_free(run->model);
    hcl_edits_free(run->edits);
    hcl_repo_free(run->repo);
    git_mirror_free(run->mirror);
    run->services->lease = NULL;
    lease_unwatch(run->lease);
    unlock_resource(run); /* after the last renewal, which would take it again */
    alone_leave(run->services->shared->alone, run->is_alone);
    FAULT_SUBJECT(NULL);
}

static void identify(struct item_run *run)
{
    run->rule = identity_of(run->services->shared->rules, run->item, run->control, run->fp);
    (void)str_copy(run->end->fp, sizeof run->end->fp, run->fp);
    (void)str_copy(run->end->control, sizeof run->end->control, run->control);
}

static bool is_urgent(const struct item *item)
{
    return item->severity != NULL &&
           (strcasecmp(item->severity, "critical") == 0 || strcasecmp(item->severity, "high") == 0);
}

typedef int (*step_fn)(struct item_run *run, struct err *err);

static int timed(struct item_run *run, const char *name, step_fn step, struct err *err)
{
    int64_t started_ms = clock_mono_ms();

    run->stage = name;
    int r = step(run, err);
    metric_observe("plumb_stage_duration_seconds", name,
                   (double)(clock_mono_ms() - started_ms) / 1000.0);
    return FAULT_REPLY(name, r, err);
}

/* The way itself, straight down. */
static int walk(struct item_run *run, struct err *err)
{
    int r = timed(run, "find_pr", step_find_pr, err);

    if (r == STEP_HAS_PLAN)
        return timed(run, "publish", step_publish, err);
    if (r == 0)
        r = timed(run, "decide", step_decide, err);
    if (r == 0)
        r = timed(run, "fetch", step_fetch, err);
    if (r == 0)
        r = timed(run, "analyze", step_analyze, err);
    if (r == 0) /* who may not publish makes nothing that costs */
        r = step_may_write(run, err);
    if (r == 0)
        r = timed(run, "generate", step_generate, err);
    if (r == 0)
        r = timed(run, "check", step_check, err);
    if (r == 0)
        r = timed(run, "publish", step_publish, err);
    return r;
}

static int give_back(struct item_run *run, bool charge, struct err *err)
{
    int r =
        run->lease != NULL
            ? FAULT_REPLY("release.ok",
                          claim_store_release(run->services->claims, &run->claim, charge, err), err)
            : 0;

    if (r < 0)
        LOG_WARN("claim.not_released", LOG_TEXT("item", run->fp), LOG_ERR(err));
    return r < 0 ? r : 0;
}

/* Gives the claim back. When even that fails, the lease runs out by itself. */
static void release(struct item_run *run, bool charge)
{
    struct err err;

    (void)give_back(run, charge, &err);
}

static int dead_letter(struct item_run *run, const char *why, struct err *err)
{
    struct err cause;

    (void)str_copy(cause.text, sizeof cause.text, why);
    int r = step_may_write(run, err); /* without the lease its end is another's to tell */
    if (r < 0)
        return r;
    r = outlet_dead_letter(run->services, run->record, run->item, run->fp, run->stage, cause.text,
                           err);
    if (r < 0)
        return step_own_door(run, r);
    (void)step_end(run, "DLQ", "%s", cause.text);
    return timed(run, "record", step_record, err);
}

/* Sent on with its claim still held, it would meet another thread, which counts a crash. */
static int defer(struct item_run *run, bool charge, struct err *err)
{
    struct err release_err;
    int r = run->lease != NULL
                ? FAULT_REPLY("defer.told", audit_item(run, AUDIT_DEFERRED, err), err)
                : 0;
    /* kept, it would be held against our own next walk */
    int released = give_back(run, charge && r == 0, &release_err);

    if (r == 0 && released < 0) {
        *err = release_err;
        r = released;
    }
    if (r < 0)
        return step_own_door(run, r);
    run->end->attempts += charge;
    run->end->charged = charge;
    return ITEM_DEFERRED;
}

/* The world failed during a step: is it ours to wait for, the other side's limit, or an attempt? */
static int after_retry(struct item_run *run, struct err *err)
{
    const struct config *config = run->services->shared->config;
    struct err unused;

    if (run->own_door_failed || stop_requested()) {
        release(run, false);
        return ERR_RETRY;
    }
    LOG_WARN("item.failed", LOG_TEXT("item", run->fp), LOG_TEXT("stage", run->stage), LOG_ERR(err));
    (void)step_defer(run, err->retry_after_ms, "%s: %s", run->stage, err->text);
    if (err->retry_after_ms > 0 && !err->is_failure)
        return defer(run, false, err);
    if (step_may_write(run, &unused) < 0)
        return defer(run, false, err); /* the lease went: not the item's fault */
    if (run->claim.attempts + 1 < config->attempts_max)
        return defer(run, true, err);

    char why[ERR_TEXT_BYTES + 64];
    snprintf(why, sizeof why, "gave up after %lld attempts: %s", (long long)run->claim.attempts + 1,
             err->text);
    int r = dead_letter(run, why, err);
    if (r < 0)
        release(run, false);
    return r;
}

static int conclude(struct item_run *run, int r, struct err *err)
{
    if (r == STEP_ENDED)
        r = timed(run, "record", step_record, err);
    else if (r == STEP_DEFERRED)
        return defer(run, false, err);
    else if (r == ERR_REJECT)
        r = dead_letter(run, err->text, err);
    if (r == ERR_RETRY)
        return after_retry(run, err);
    if (r == ERR_FATAL)
        release(run, false);
    return r;
}

int item_walk(struct services *services, const struct item *item, const struct queue_record *record,
              struct item_end *end, struct err *err)
{
    struct item_run run = {.services = services, .item = item, .record = record, .end = end};

    *end = (struct item_end){0};
    int r = enter(&run, err);
    if (r < 0)
        return r;
    identify(&run);
    services->forge->urgent = is_urgent(item);
    r = timed(&run, "claim", step_claim, err);
    if (r == STEP_RECORDED) {
        end->repeated = true;
        r = step_own_door(&run,
                          FAULT_REPLY("repeat.told", audit_item(&run, AUDIT_ENDED, err), err));
        run_done(&run);
        return r;
    }
    if (r == 0)
        r = walk(&run, err);
    r = conclude(&run, r, err);
    run_done(&run);
    return r;
}
