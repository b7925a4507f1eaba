/*
 * Step 6: the edit. The rule's statement is checked first, so a finding that holds already, or that
 * cannot be judged, never becomes a change. Where no rule answers, or the one that does cannot edit
 * what is written there, the model is asked (generate_model.c), if there is one. A drift event's
 * edit is its record.
 */
#include <stdio.h>

#include "worker/drift_record.h"
#include "worker/model.h"
#include "worker/policy.h"
#include "worker/services.h"
#include "worker/steps/steps.h"

static bool has_model(const struct item_run *run)
{
    return model_may_see(run->services->shared->config, run->item->repository);
}

/* 0: run->rule is the one of this very type, or NULL and the model is to be asked. */
static int choose_rule(struct item_run *run)
{
    const struct rule *exact = rules_for_control(run->services->shared->rules, run->item->source,
                                                 run->item->control, run->resource->type);

    if (exact == NULL && !has_model(run))
        return step_end(run, "PENDING_REVIEW", "no rule answers %s for a %s", run->control,
                        run->resource->type);
    run->rule = exact;
    return 0;
}

static int judge(struct item_run *run)
{
    struct rule_target target = {run->root, run->resource, run->instance};
    char why[400] = "";

    switch (rule_check_at(run->rule, &target, why, sizeof why)) {
    case RULE_HOLDS:
        return step_end(run, "NO_CHANGE", "%s holds already at %.12s%s%s", run->resource->address,
                        run->base_commit, why[0] != '\0' ? ": " : "", why);
    case RULE_UNKNOWN:
        return step_end(run, "PENDING_REVIEW", "%s cannot be judged: %s", run->resource->address,
                        why);
    case RULE_NOT_APPLICABLE:
        /* No NO_CHANGE: a source says that the control fails here. only_when also leaves out what a
         * rule does not know how to judge (an engine's next version), what stands in another root,
         * and what another values file would let it judge; and what has no instances here has one
         * in the account. */
        return step_end(run, "PENDING_REVIEW", "%s: %s", run->resource->address, why);
    case RULE_FAILS:
        break;
    }
    return 0;
}

static int fix(struct item_run *run, struct err *err)
{
    struct rule_target target = {run->root, run->resource, run->instance, run->in_any_root};
    struct rule_input inputs[POLICY_INPUTS_MAX];
    size_t n = policy_inputs(run->services->shared->policy, run->item->repository, inputs);
    int r = hcl_edits_new(&run->edits, err);

    if (r < 0)
        return r;
    r = rule_fix_at(run->rule, &target, inputs, n, run->edits, &run->outcome, err);
    if (r == RULE_NO_CHANGE)
        return step_end(run, "NO_CHANGE", "%s holds already", run->resource->address);
    if (r == RULE_REFUSED && run->rule->class != RULE_BREAK && has_model(run))
        return step_generate_model(run, run->outcome.text, err);
    if (r == RULE_NEEDS_INPUT || r == RULE_REFUSED)
        return step_end(run, "PENDING_REVIEW", "%s", run->outcome.text);
    if (r < 0)
        return err_wrap(err, r, "rule %s", run->rule->id);
    return hcl_edits_apply(run->edits, &run->edited, &run->n_edited, err);
}

int step_generate(struct item_run *run, struct err *err)
{
    if (run->item->kind == ITEM_DRIFT) {
        int r = hcl_edits_new(&run->edits, err);
        if (r == 0)
            r = drift_record_add(run->item, run->fp, run->edits, err);
        return r < 0 ? r : hcl_edits_apply(run->edits, &run->edited, &run->n_edited, err);
    }
    int r = choose_rule(run);
    if (r == 0 && run->rule == NULL)
        return step_generate_model(run, NULL, err);
    if (r == 0)
        r = judge(run);
    return r != 0 ? r : fix(run, err);
}
