/* Layer "predicate": the rule that was broken holds now, by its own check. */
#include "worker/gate/gate_inside.h"

/* An address with its keys means one instance; without, or where the keys are unknown, all of them.
 */
static const struct hcl_instance *instance_at(const struct hcl_resource *resource,
                                              const char *address)
{
    const struct hcl_instance *instances = NULL;
    size_t n = hcl_instances(resource, &instances);

    for (size_t i = 0; i < n; i++) {
        if (strchr(address, '[') != NULL && str_eq(instances[i].address, address))
            return &instances[i];
    }
    return NULL;
}

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
    verdict = rule_check_at(
        run->in->rule,
        &(struct rule_target){run->root_after, resource, instance_at(resource, run->in->address)},
        why, sizeof why);
    if (verdict != RULE_HOLDS)
        return gate_fail(result, "%s: %s%s%s", run->in->rule->id, rule_verdict_name(verdict),
                         why[0] != '\0' ? ", " : "", why);
    return gate_pass(result, "%s holds for %.200s", run->in->rule->id, run->in->address);
}
