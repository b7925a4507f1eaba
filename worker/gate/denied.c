/*
 * Layer "denied": what no fix may bring in, whoever made it. It compares what the edited files say
 * before and after, so what was there already is not held against the fix.
 */
#include "worker/gate/gate_inside.h"
#include "worker/gate/marks.h"

int gate_denied(struct gate_run *run, struct gate_layer_result *result, struct err *err)
{
    struct marks before = {0};
    struct marks after = {0};
    const char *found = NULL;
    int r = marks_new(&before, err);

    if (r == 0)
        r = marks_new(&after, err);
    before.networks_once = after.networks_once =
        run->in->rule != NULL && rule_splits_ports(run->in->rule);
    for (size_t i = 0; r == 0 && i < run->in->n_edited; i++) {
        const struct hcl_file *was = gate_before(run, run->in->edited[i].path);

        if (was != NULL)
            denied_marks(&before, was);
        denied_marks(&after, gate_after(run, run->in->edited[i].path));
    }
    if (r == 0)
        found = before.failed || after.failed ? "more to compare than there is room for"
                                              : marks_new_one(&before, &after);
    if (r == 0 && found != NULL)
        (void)gate_fail(result, "the fix brings in %.300s", found);
    else if (r == 0)
        (void)gate_pass(result, "no new code execution, credentials, wildcards or open networks");
    marks_done(&before);
    marks_done(&after);
    return r;
}
