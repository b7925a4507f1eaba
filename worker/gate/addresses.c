/*
 * Layer "addresses": the blocks that differ are those that the fix was predicted to touch, and none
 * is gone.
 */
#include "worker/gate/gate_inside.h"
#include "worker/hcl/eval/compare.h"

static bool is_predicted(const struct gate_run *run, const char *address)
{
    for (size_t i = 0; i < run->in->n_predicted; i++) {
        if (str_eq(run->in->predicted[i], address))
            return true;
    }
    return false;
}

static bool is_edited(const struct gate_run *run, const char *path)
{
    for (size_t i = 0; i < run->in->n_edited; i++) {
        if (str_eq(run->in->edited[i].path, path))
            return true;
    }
    return false;
}

int gate_addresses(struct gate_run *run, struct gate_layer_result *result, struct err *err)
{
    struct hcl_change changes[GATE_CHANGES_MAX];
    size_t n = hcl_compare(run->in->before, run->after, changes, COUNT(changes));

    (void)err;
    if (n == 0)
        return gate_fail(result, "no block differs: the fix has no effect");
    if (n > COUNT(changes))
        return gate_fail(result, "%zu blocks differ", n);
    for (size_t i = 0; i < n; i++) {
        const struct hcl_change *change = &changes[i];

        if (change->how == HCL_REMOVED)
            return gate_fail(result, "%.200s is gone from %.100s", change->address, change->path);
        if (!is_predicted(run, change->address))
            return gate_fail(result, "%.200s in %.100s changed, but was not predicted to",
                             change->address, change->path);
        if (!is_edited(run, change->path))
            return gate_fail(result, "%.200s changed in a file that the fix does not name",
                             change->path);
    }
    return gate_pass(result, "only predicted blocks differ: %.200s%s", changes[0].address,
                     n > 1 ? " and its companions" : "");
}
