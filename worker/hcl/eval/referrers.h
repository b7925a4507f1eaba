/*
 * Referrers: the resources of a type whose argument may name another resource, without a look at
 * those that surely name others only. What an argument refers to is found out once for a root.
 *
 *     hcl_referrers_start -> hcl_referrers_next … (NULL at the end)
 *
 * Holds: whatever is left out refers, in each of its instances, to another resource of the
 *        subject's type. What is given need not refer to the subject.
 *
 * Everything is the repo's; one thread per repo, like the evaluation itself.
 */
#ifndef WORKER_HCL_EVAL_REFERRERS_H
#define WORKER_HCL_EVAL_REFERRERS_H

#include "worker/hcl/eval/evaluate.h"

struct hcl_reference { /* "argument" of a resource of type, or its key where it is a map */
    const char *type;
    const char *argument;
    const char *key; /* may be NULL */
};
struct hcl_referrers { /* where the walk is; opaque */
    const struct hcl_module *root;
    const char *type;
    const struct reference_index *index; /* NULL: all of the type, one by one */
    size_t next, named, named_end, open;
};
void hcl_referrers_start(const struct hcl_module *root, const struct hcl_reference *reference,
                         const struct hcl_resource *subject, struct hcl_referrers *out);
/* In file order. */
const struct hcl_resource *hcl_referrers_next(struct hcl_referrers *walk);

#endif
