/*
 * Convert: values to types, as Terraform does for arguments of functions, branches of conditionals
 * and variables.
 *
 *     convert() for a type;  constraint_apply() for the type expression of a variable block
 *
 * What a type that is not known would decide is unknown afterwards, with the reason.
 */
#ifndef WORKER_HCL_EVAL_CONVERT_H
#define WORKER_HCL_EVAL_CONVERT_H

#include "worker/hcl/eval/eval.h"

/* Invalid when terraform would refuse it. Places and histories are kept. */
const struct hcl_value *convert(struct hcl_repo *repo, const struct hcl_value *v,
                                const struct value_type *type);

/* --- constraint.c --- */
/* The type that a type expression says; NULL: it is none, or cannot be kept. */
const struct value_type *constraint_type(const struct scope *scope, const struct hcl_node *node);

#endif
