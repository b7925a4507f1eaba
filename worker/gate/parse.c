/*
 * Layer "parse": every edited file is Terraform, and the module still opens with it. The repository
 * as the fix leaves it is built here, for all later layers.
 */
#include "worker/gate/gate_inside.h"

static const struct hcl_edited *edited_at(const struct gate_run *run, const char *path)
{
    for (size_t i = 0; i < run->in->n_edited; i++) {
        if (str_eq(run->in->edited[i].path, path))
            return &run->in->edited[i];
    }
    return NULL;
}

static int after_build(struct gate_run *run, struct err *err)
{
    int r = hcl_repo_new(&run->after, err);

    for (size_t i = 0; r == 0 && i < hcl_repo_file_count(run->in->before); i++) {
        const struct hcl_file *file = hcl_repo_file_at(run->in->before, i);

        if (edited_at(run, file->path) == NULL)
            r = hcl_repo_add(run->after, file->path, file->bytes, file->len, err);
    }
    for (size_t i = 0; r == 0 && i < run->in->n_edited; i++)
        r = hcl_repo_add(run->after, run->in->edited[i].path, run->in->edited[i].bytes,
                         run->in->edited[i].len, err);
    return r;
}

int gate_parse(struct gate_run *run, struct gate_layer_result *result, struct err *err)
{
    int r;

    if (run->in->n_edited == 0)
        return gate_fail(result, "the fix changes nothing");
    r = after_build(run, err);
    if (r == ERR_REJECT)
        return gate_fail(result, "%s", err->text);
    if (r < 0)
        return r;

    for (size_t i = 0; i < run->in->n_edited; i++) {
        const char *path = run->in->edited[i].path;

        if (hcl_repo_broken(run->after, path) != NULL)
            return gate_fail(result, "%s", hcl_repo_broken(run->after, path));
        if (gate_after(run, path) == NULL)
            return gate_fail(result, "%s is not a Terraform file", path);
    }
    r = hcl_module_open(run->in->before, run->in->directory, &run->before, err);
    if (r == 0)
        r = hcl_module_open(run->after, run->in->directory, &run->root_after, err);
    if (r == ERR_REJECT)
        return gate_fail(result, "%s", err->text);
    return r < 0 ? r
                 : gate_pass(result, "%zu edited file%s parsed", run->in->n_edited,
                             run->in->n_edited == 1 ? "" : "s");
}
