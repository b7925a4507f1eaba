/*
 * By type: a root's managed resources of one type, without a walk over all the others. Made when
 * the root is opened.
 *
 *     size_t next = 0;
 *     while ((one = hcl_resource_of(root, "aws_s3_bucket", &next)) != NULL) …
 */
#ifndef WORKER_HCL_MODULE_BY_TYPE_H
#define WORKER_HCL_MODULE_BY_TYPE_H

#include "worker/hcl/module/module.h"

/* From *next on (0 at first), which moves along, the next one in file order, children's included;
 * NULL at the end. */
const struct hcl_resource *hcl_resource_of(const struct hcl_module *root, const char *type,
                                           size_t *next);
/* For hcl_module_open: ERR_FATAL without memory. */
int by_type_make(struct hcl_module *root, struct err *err) MUST_USE;

#endif
