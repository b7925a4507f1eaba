/*
 * Provenance: where a value comes from, so that a change can be made where it is owned.
 *
 *     hcl_eval() -> hcl_spans()
 *
 * hcl_value.origins says where a value was written that is only passed on. This is the wider
 * question: everything that took part. A computed value (template, operator, call, conditional,
 * for, splat) knows the values it was made from; those know theirs, through variables, values
 * files, locals, module arguments and outputs.
 *
 * Holds: a literal that is not listed can be changed without changing the value (while the code
 *        keeps its shape: no block, key, branch or instance comes or goes). Where one member of a
 *        list or an object is taken, the other members are not listed.
 * Does not: promise that each listed literal changes the value: a condition may stay true.
 *
 * One thread per repo, like the evaluation itself.
 */
#ifndef WORKER_HCL_EVAL_PROVENANCE_H
#define WORKER_HCL_EVAL_PROVENANCE_H

#include "worker/hcl/eval/evaluate.h"

struct hcl_span {
    struct hcl_origin at; /* module, file, node and the word for it; bytes: at.node->start, end */
    bool is_literal;      /* the node is, or a template holds, text or a number written there */
    bool is_whole;        /* a whole argument, local, default …, not a literal inside of one */
};

/*
 * The spans that took part in v, nearest first, each once; its elements' too. Answers how many
 * stand in out (at most max). *complete (may be NULL) is false when more were left out: past max,
 * or past the bound of the walk.
 */
size_t hcl_spans(const struct hcl_module *module, const struct hcl_value *v, struct hcl_span *out,
                 size_t max, bool *complete);

/* Is there any values file that terraform reads for the root only when told to (-var-file)? */
bool hcl_may_be_told(const struct hcl_module *root);
/* A values file for -var-file that gives a value to a variable of the root which took part in v, so
 * that v may be another where terraform is told of that file; NULL: there is none. */
const struct hcl_file *hcl_told_otherwise(const struct hcl_module *root, const struct hcl_value *v);

#endif
