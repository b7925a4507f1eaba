/*
 * Locate: from what a finding names (an ARN, an address, a name, a file and a line) to the resource
 * that is meant, with the evidence.
 *
 *     hcl_type_of_arn or hcl_type_of_word -> hcl_locate -> match.certainty, match.resource
 *
 * Evidence is taken kind by kind: an address, a file and a line, the state, an import block, the
 * arguments that an ARN or a name is made of. The first kind that is sure of anything decides, and
 * what a state knows under another ARN is never found by its name. Where none is,
 * the answer is the candidates: what nothing speaks against. The only candidate of a repository is
 * still a candidate, since the resource may be managed elsewhere.
 *
 * Does not:   guess. A part of a name, or an id that AWS made, makes nothing sure; what stands in
 *             modules from elsewhere is not seen.
 *
 * Answers belong to the repo of root (not to the state); one thread per repo.
 */
#ifndef WORKER_HCL_LOCATE_LOCATE_H
#define WORKER_HCL_LOCATE_LOCATE_H

#include "worker/hcl/eval/evaluate.h"

struct hcl_state;

struct hcl_query {
    const char *arn, *address, *name, *file; /* NULL: unknown */
    const char *type; /* Terraform type wanted, NULL any; see hcl_type_of_arn */
    int64_t line_start, line_end;
    const struct hcl_state *state; /* of this root's directory and of no other; NULL: not known */
    bool state_only;               /* no guessing by names */
};
enum hcl_certainty {
    HCL_SURE,      /* the code leaves no choice; several of them: they bear the same name */
    HCL_CANDIDATE, /* nothing speaks against it; how says what is not known */
};
struct hcl_match {
    const struct hcl_resource *resource;
    enum hcl_certainty certainty;
    const char *instance_key; /* "" or "[…]" */
    /* NULL: the block as a whole (a file and a line, an address without key). */
    const struct hcl_instance *instance;
    /* For the PR: "address", "file and line", "state: arn = arn:…", "bucket = \"logs-prod\"
     * (variable)", … */
    const char *how;
};
/* How many resources fit: 0 none; 1 and sure: found; more: ambiguous. All are of the same
 * certainty; out gets up to max of them. */
size_t hcl_locate(const struct hcl_module *root, const struct hcl_query *query,
                  struct hcl_match *out, size_t max);
/* What the state knows of the thing and the code does not: "the state has X at address A, which
 * this code does not have (moved or removed?)"; NULL: nothing of that kind. Borrowed from the repo.
 */
const char *hcl_state_says(const struct hcl_module *root, const struct hcl_query *query);

#endif
