/* Layer "predicate": the rule that was broken holds now, by its own check. */
#include "worker/gate/gate_inside.h"

int gate_predicate(struct gate_run *run, struct gate_layer_result *result, struct err *err)
{
    const struct hcl_resource *resource;
    char why[300] = "";
    enum rule_verdict verdict;

    (void)err;
    if (run->in->rule == NULL)
        return gate_not_run(result, "no rule states what must hold here");
    resource = hcl_resource_find(run->root_after, run->in->address);
    if (resource == NULL)
        return gate_fail(result, "%.300s is gone", run->in->address);
    verdict = rule_check(run->in->rule, run->root_after, resource, why, sizeof why);
    if (verdict != RULE_HOLDS)
        return gate_fail(result, "%s: %s%s%s", run->in->rule->id, rule_verdict_name(verdict),
                         why[0] != '\0' ? ", " : "", why);
    return gate_pass(result, "%s holds for %.200s", run->in->rule->id, run->in->address);
}
