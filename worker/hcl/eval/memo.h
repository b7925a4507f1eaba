/*
 * Memo: what arguments were found to be. A scan asks many rules about the same arguments; each
 * value is made once, so that memory follows the configuration and not the number of questions.
 *
 * Owned by the repo: memo_free. Not having room is no error: the value is then made again.
 */
#ifndef WORKER_HCL_EVAL_MEMO_H
#define WORKER_HCL_EVAL_MEMO_H

#include "worker/hcl/eval/evaluate.h"

struct eval_memo;
struct memo_key { /* all by identity */
    const struct hcl_resource *resource;
    const struct hcl_node *expression;
    const struct hcl_instance *instance;
};
const struct hcl_value *memo_find(const struct eval_memo *memo, const struct memo_key *key);
/* *memo is made when it is NULL. */
void memo_add(struct eval_memo **memo, const struct memo_key *key, const struct hcl_value *value);
void memo_free(struct eval_memo *memo);

#endif
