/*
 * Layer "denied": what no fix may bring in, whoever made it. It compares what the edited files say
 * before and after, so what was there already is not held against the fix.
 */
#include "worker/gate/gate_inside.h"
#include "worker/gate/marks.h"

#define SENSITIVE_MAX 256

/* The variables of the repository that say they are sensitive, before or after. */
static size_t find_sensitive(const struct hcl_repo *repo, struct arena *arena,
                             const char *out[SENSITIVE_MAX + 1], size_t n)
{
    char label[128];

    for (size_t i = 0; i < hcl_repo_file_count(repo); i++) {
        const struct hcl_file *file = hcl_repo_file_at(repo, i);
        const struct hcl_node *block = NULL;

        while ((block = hcl_block_next(file, file->body, "variable", block)) != NULL) {
            if (n < SENSITIVE_MAX && hcl_attribute(file, block, "sensitive") != NULL &&
                hcl_block_label(file, block, 0, label, sizeof label)) {
                out[n] = arena_text(arena, label);
                n += out[n] != NULL;
            }
        }
    }
    out[n] = NULL;
    return n;
}

int gate_denied(struct gate_run *run, struct gate_layer_result *result, struct err *err)
{
    struct marks before = {0};
    struct marks after = {0};
    const char *sensitive[SENSITIVE_MAX + 1] = {NULL};
    const char *found = NULL;
    int r = marks_new(&before, err);

    if (r == 0)
        r = marks_new(&after, err);
    before.networks_once = after.networks_once =
        run->in->rule != NULL && rule_splits_ports(run->in->rule);
    before.strict = after.strict = run->in->by_model;
    before.sensitive = after.sensitive = sensitive;
    if (r == 0 && run->in->by_model)
        (void)find_sensitive(run->after, after.arena, sensitive,
                             find_sensitive(run->in->before, after.arena, sensitive, 0));
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
