/*
 * Provider: the block that configures the provider of a resource. A module that configures it
 * itself uses that, whatever its caller has; else what the caller passes, or has.
 *
 * Pure; borrowed from the repo.
 */
#ifndef WORKER_HCL_MODULE_PROVIDER_H
#define WORKER_HCL_MODULE_PROVIDER_H

#include "worker/hcl/module/module.h"

enum hcl_provider_answer {
    HCL_PROVIDER_FOUND,
    HCL_PROVIDER_NONE,  /* no block configures it: all comes from outside */
    HCL_PROVIDER_UNSURE /* the code does not tell which it is */
};
struct hcl_provider {
    const struct hcl_module *module; /* the block's */
    const struct hcl_file *file;
    const struct hcl_node *block;
};
/* name: the provider where the resource names none ("aws"). */
enum hcl_provider_answer hcl_provider_of(const struct hcl_resource *resource, const char *name,
                                         struct hcl_provider *out);

#endif
