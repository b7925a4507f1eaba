/*
 * Candidates: an input that the policy file does not give may stand in the repository: where
 * exactly one plain resource of the right type lives in the subject's own module, it is that one.
 *
 *     candidates_find -> render_input (takes it) -> candidate_may_stand (where it can be named)
 */
#ifndef WORKER_RULES_CANDIDATE_H
#define WORKER_RULES_CANDIDATE_H

#include "worker/rules/fixer.h"

/* One entry of out for each of the rule's inputs. */
void candidates_find(const struct hcl_resource *subject, const struct rule_needs *needs,
                     struct render_need out[NEEDS_MAX]);
/* Can a name of the subject's module be written at the node? Not in another module, nor in a
 * variable's default or a values file. */
bool candidate_may_stand(const struct hcl_resource *subject, const struct hcl_file *file,
                         const struct hcl_node *node);
/* What a person reads who has to give the input that the fix lacks. */
void candidate_ask(const struct fixer *fixer, char *out, size_t size);
/* Adds what the fix took to its text. */
void candidate_tell(const struct fixer *fixer, char *text, size_t size);

#endif
