/*
 * Policy fix: what the parts of the fix share.
 *
 *     policy_statement_fix -> policy_extend, or policy_create where there is no document
 */
#ifndef WORKER_RULES_POLICY_FIX_H
#define WORKER_RULES_POLICY_FIX_H

#include "worker/rules/policy_document.h"
#include "worker/rules/policy_text.h"

struct policy_job { /* one document that gets a statement */
    struct fixer *fixer;
    const struct place *place; /* of the argument */
    const struct statement *statement;
    const struct hcl_resource *subject; /* NULL: not in this root */
    struct policy_document document;
    char self[512];
    char sid[128];
    struct policy_words words;
};

int policy_extend(struct fixer *fixer, const struct place *place, const struct statement *statement,
                  const struct place *subject, struct err *err) MUST_USE;
/* Fills job->self. 0 or RULE_REFUSED. */
int policy_name_subject(struct policy_job *job);
bool policy_same_module(const struct hcl_module *a, const struct hcl_module *b);
/* RULE_REFUSED: where the document is, and why it is not edited. */
int policy_by_hand(struct policy_job *job, const char *why);
/* Writes a document and the companion that holds it after the subject. */
int policy_create(struct fixer *fixer, const struct place *place, const struct statement *statement,
                  struct err *err) MUST_USE;

#endif
