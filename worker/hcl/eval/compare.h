/* Compare: which top-level blocks an edit changed, added or removed. One thread per repo. */
#ifndef WORKER_HCL_EVAL_COMPARE_H
#define WORKER_HCL_EVAL_COMPARE_H

#include "worker/hcl/module/module.h"

/* Top-level blocks that differ between two versions of the same module tree, as "address"
 * ("aws_x.y", "variable.v", "locals", "module.m", …) with the file. Returns the count; texts are
 * owned by after's repo. */
struct hcl_change {
    const char *address;
    const char *path;
    enum { HCL_ADDED, HCL_REMOVED, HCL_CHANGED } how;
};
size_t hcl_compare(const struct hcl_repo *before, const struct hcl_repo *after,
                   struct hcl_change *out, size_t max);

#endif
