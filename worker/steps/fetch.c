/* Step 4: the repository's mirror is brought up to date, and its Terraform is read into memory. */
#include "worker/services.h"
#include "worker/steps/steps.h"

static int add_file(void *context, const char *path, const char *bytes, size_t len, struct err *err)
{
    return hcl_repo_add(context, path, bytes, len, err);
}

int step_fetch(struct item_run *run, struct err *err)
{
    int r = step_open_mirror(run, err);

    if (r == 0)
        r = git_mirror_fetch(run->mirror, run->item->base_branch, run->base_branch,
                             run->base_commit, err);
    if (r == GIT_NO_BRANCH)
        return err_set(err, ERR_REJECT, "repository %s has no branch %s", run->item->repository,
                       run->item->base_branch != NULL ? run->item->base_branch : "at all");
    if (r < 0)
        return err_wrap(err, r, "fetch %s", run->item->repository);
    if (run->item->kind == ITEM_DRIFT)
        return 0; /* it is recorded, not searched for */

    r = hcl_repo_new(&run->repo, err);
    if (r == 0)
        r = git_mirror_read(run->mirror, run->base_commit, "", hcl_repo_takes, HCL_FILE_MAX_BYTES,
                            add_file, run->repo, err);
    return r < 0 ? err_wrap(err, r, "read %s", run->item->repository) : 0;
}
