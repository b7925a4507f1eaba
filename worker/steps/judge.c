/* The gate over the edits of an item, whoever made them; see steps.h. */
#include "common/config.h"
#include "common/metrics.h"
#include "worker/explain.h"
#include "worker/plan_leave.h"
#include "worker/policy.h"
#include "worker/services.h"
#include "worker/steps/steps.h"

static bool should_stop(void *context)
{
    struct item_run *run = context;
    struct err err;

    return step_may_write(run, &err) < 0;
}

const struct gate_layer_result *gate_first_failed(const struct gate_report *report)
{
    for (size_t i = 0; i < report->n; i++) {
        if (report->layers[i].verdict == GATE_FAILED)
            return &report->layers[i];
    }
    return NULL;
}

int step_judge(struct item_run *run, struct err *err)
{
    const struct shared *shared = run->services->shared;
    struct rule_input inputs[POLICY_INPUTS_MAX];
    struct gate_input input = {
        .rules = shared->rules,
        .rule = run->rule,
        .by_model = run->model != NULL,
        .inputs = inputs,
        .n_inputs = policy_inputs(shared->policy, run->item->repository, inputs),
        .before = run->repo,
        .directory = hcl_module_directory(run->root),
        .address = run->instance != NULL ? run->instance->address : run->resource->address,
        .edited = run->edited,
        .n_edited = run->n_edited,
        .predicted = (const char(*)[256])run->outcome.predicted,
        .n_predicted = run->outcome.n_predicted,
        .terraform_binary = shared->config->terraform_binary,
        .terraform_mirror = shared->config->terraform_mirror,
        .plan = plan_leave_settings(shared->plan_leave),
        .scratch_dir = shared->scratch.path,
        .should_stop = should_stop,
        .stop_context = run,
    };
    int r = gate_run(&input, &run->gate, err);

    if (r < 0)
        return err_wrap(err, r, "gate");
    explain_gate(run->services, &run->gate);
    const struct gate_layer_result *failed = gate_first_failed(&run->gate);
    if (failed != NULL)
        metric_count("plumb_gate_refusals_total", failed->layer, 1);
    return 0;
}
