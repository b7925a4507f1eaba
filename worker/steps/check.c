/*
 * Step 7: the gate, and then the plan is written ahead of every effect. After this step a successor
 * repeats exactly this change.
 */
#include <stdio.h>

#include "common/config.h"
#include "common/fault.h"
#include "common/json.h"
#include "common/metrics.h"
#include "common/text/redact.h"
#include "worker/audit.h"
#include "worker/explain.h"
#include "worker/lease.h"
#include "worker/merge_history.h"
#include "worker/model_trace.h"
#include "worker/plan.h"
#include "worker/pr_text.h"
#include "worker/services.h"
#include "worker/steps/steps.h"

#define BODY_MAX_BYTES  60000 /* GitHub refuses 65,536 characters */
#define PATCH_MAX_BYTES ((size_t)512 * 1024)

/* A model's fix was judged when it was made, so that it could be told. */
static int run_gate(struct item_run *run, struct err *err)
{
    int r = run->gate.n == 0 ? step_judge(run, err) : 0;
    const struct gate_layer_result *failed = gate_first_failed(&run->gate);

    if (r == 0 && failed != NULL)
        return err_set(err, ERR_REJECT, "the fix did not pass the gate: %s: %s", failed->layer,
                       failed->detail);
    return r;
}

/* A drift record changes no Terraform, so the gate has nothing to judge; the body says so. */
static void note_no_gate(struct item_run *run)
{
    struct gate_layer_result *only = &run->gate.layers[0];

    run->gate.n = 1;
    run->gate.passed = true;
    only->layer = "gate";
    only->verdict = GATE_NOT_RUN;
    (void)str_copy(only->detail, sizeof only->detail,
                   "this records drift and changes no Terraform");
}

static void write_details(const struct item_run *run, const struct git_diff_stat *stat,
                          const char *commit, struct buf *out)
{
    CLEANUP(json_freep) struct json *json = json_object();
    struct json *files = json_array();
    struct json *gate = json_object();

    json_set_text(json, "rule", run->rule != NULL ? run->rule->id : NULL);
    json_set_text(json, "address",
                  run->resource != NULL ? run->resource->address : run->item->address);
    json_set_text(json, "located", run->located_how);
    json_set_text(json, "base_commit", run->base_commit);
    json_set_text(json, "commit", commit);
    for (size_t i = 0; i < run->n_edited; i++)
        json_push_text(files, run->edited[i].path);
    json_set_give(json, "files", files);
    json_set_int(json, "lines_added", (int64_t)stat->added);
    json_set_int(json, "lines_removed", (int64_t)stat->removed);
    for (size_t i = 0; i < run->gate.n; i++)
        json_set_text(gate, run->gate.layers[i].layer,
                      gate_verdict_name(run->gate.layers[i].verdict));
    json_set_give(json, "gate", gate);
    if (run->model != NULL)
        json_set_give(json, "model", model_trace_json(run->model));
    json_write(json, JSON_COMPACT, out);
}

/* Words that leave for the forge: a scanner's text may hold a secret that we know. */
static int set_clean(char **field, const struct buf *text, struct err *err)
{
    CLEANUP(buf_done) struct buf clean = BUF(2 * PATCH_MAX_BYTES);

    redact(&clean, buf_str(text), text->len);
    int r = buf_check(&clean, err);
    return r < 0 ? r : plan_set(field, buf_str(&clean), err);
}

static int fill_facts(struct item_run *run, struct plan *plan, struct err *err)
{
    CLEANUP(buf_done) struct buf text = BUF(4096);
    int r = plan_set(&plan->base_branch, run->base_branch, err);

    if (r == 0)
        r = plan_set(&plan->base_commit, run->base_commit, err);
    for (size_t i = 0; r == 0 && i < run->n_edited; i++)
        r = plan_add_file(plan, run->edited[i].path, run->edited[i].bytes, run->edited[i].len, err);
    if (r < 0)
        return r;
    plan->when_unix_s = run->item->detected_unix_ms > 0 ? run->item->detected_unix_ms / 1000 : 0;
    plan_seal(plan);
    pr_commit_message(run, &text);
    r = set_clean(&plan->message, &text, err);
    buf_reset(&text);
    pr_title(run, &text);
    if (r == 0)
        r = set_clean(&plan->title, &text, err);
    buf_reset(&text);
    pr_labels(run, &text);
    return r == 0 ? set_clean(&plan->labels, &text, err) : r;
}

/* Makes the commit in the mirror (nobody sees it yet) to know its diff, and words the pull request.
 */
static int fill_words(struct item_run *run, struct plan *plan, struct err *err)
{
    CLEANUP(buf_done) struct buf patch = BUF(PATCH_MAX_BYTES);
    CLEANUP(buf_done) struct buf body = BUF(BODY_MAX_BYTES);
    CLEANUP(buf_done) struct buf details = BUF(PATCH_MAX_BYTES);
    struct git_diff_stat stat = {0};
    char commit[GIT_ID_BYTES];
    int r = publish_commit(run, plan, commit, err);

    if (r == 0)
        r = git_mirror_diff(run->mirror, run->base_commit, commit, &patch, &stat, err);
    run->history = merge_history_read(run);
    if (r == 0)
        r = pr_body(run, &stat, plan->digest, &body, err);
    if (r == 0)
        r = plan_set(&plan->patch, buf_str(&patch), err);
    if (r == 0)
        r = set_clean(&plan->body, &body, err);
    if (r < 0)
        return r;
    write_details(run, &stat, commit, &details);
    return set_clean(&plan->details_json, &details, err);
}

/* One run may open so many pull requests; the rest wait for the next window and are not lost. */
static int count_run(struct item_run *run, struct err *err)
{
    const struct config *config = run->services->shared->config;
    int64_t window_ms = config->pr_window_seconds * 1000;
    char name[200];
    int64_t count;

    if (config->max_pr_per_run == 0 || run->item->run_id == NULL)
        return 0;
    snprintf(name, sizeof name, "run:%.150s", run->item->run_id);
    int r = claim_store_count(run->services->claims, name, window_ms, &count, err);
    if (r < 0)
        return step_own_door(run, r);
    if (count <= config->max_pr_per_run)
        return 0;
    return step_defer(run, window_ms, "MAX_PR_PER_RUN (%lld) is reached for this run",
                      (long long)config->max_pr_per_run);
}

static int save(struct item_run *run, struct err *err)
{
    CLEANUP(buf_done) struct buf bytes = BUF(PLAN_MAX_BYTES);
    int r = plan_encode(run->plan, &bytes, err);

    if (r == 0)
        r = step_may_write(run, err);
    if (r < 0)
        return r;
    r = claim_store_save_plan(run->services->claims, &run->claim, bytes.bytes, bytes.len, err);
    r = FAULT_REPLY("plan.saved", r, err);
    if (r == CLAIM_LOST) {
        metric_count("plumb_fences_rejected_total", NULL, 1);
        lease_lose(run->lease);
        return err_set(err, ERR_RETRY, "the lease ran out before the plan was saved");
    }
    if (r < 0)
        return step_own_door(run, r);
    r = FAULT_REPLY("plan.told", audit_item(run, AUDIT_PLAN_SAVED, err), err);
    return r < 0 ? step_own_door(run, r) : 0;
}

int step_check(struct item_run *run, struct err *err)
{
    int r = 0;

    if (run->item->kind == ITEM_DRIFT)
        note_no_gate(run);
    else
        r = run_gate(run, err);
    if (r == 0)
        r = plan_new(&run->plan, err);
    if (r == 0)
        r = fill_facts(run, run->plan, err);
    if (r == 0)
        r = fill_words(run, run->plan, err);
    if (r < 0)
        return r;
    explain_text(run->services, "diff", run->plan->patch);
    run->end->details_json = strdup(run->plan->details_json);
    if (run->services->shared->dry_run) {
        run->end->dry_run = true;
        return step_end(run, "PENDING_REVIEW", "a fix passed the gate; no pull request: %s",
                        run->services->shared->dry_run_why);
    }
    r = count_run(run, err);
    if (r == 0)
        r = save(run, err);
    if (r == 0)
        metric_count("plumb_plans_saved_total", NULL, 1);
    return r;
}
