/*
 * Layer "rescan": every rule over every resource of the module, before and after. What fails after
 * must have failed before: a fix may not trade one finding for another.
 */
#include "worker/gate/gate_inside.h"

static bool failed_before(const struct gate_run *run, const struct rule *rule, const char *address)
{
    const struct hcl_resource *resource = hcl_resource_find(run->before, address);
    char why[64];

    return resource != NULL &&
           rule_check(rule, run->before, resource, why, sizeof why) == RULE_FAILS;
}

int gate_rescan(struct gate_run *run, struct gate_layer_result *result, struct err *err)
{
    size_t n_resources = hcl_resource_count(run->root_after);
    size_t n_rules = rules_count(run->in->rules);

    (void)err;
    for (size_t i = 0; i < n_resources; i++) {
        const struct hcl_resource *resource = hcl_resource_at(run->root_after, i);

        for (size_t k = 0; k < n_rules && !resource->is_data; k++) {
            const struct rule *rule = rules_at(run->in->rules, k);
            char why[200] = "";

            if (rule_check(rule, run->root_after, resource, why, sizeof why) != RULE_FAILS ||
                failed_before(run, rule, resource->address))
                continue;
            return gate_fail(result, "new finding %s on %.100s: %s", rule->id, resource->address,
                             why);
        }
    }
    return gate_pass(result, "%zu rules over %zu resources: no new finding", n_rules, n_resources);
}
