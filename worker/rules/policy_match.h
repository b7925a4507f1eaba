/*
 * Policy match: do the statements of a document say at least what is wanted? Yes, no, or unknown,
 * by what they mean.
 *
 *     policy_read() -> policy_covers()
 */
#ifndef WORKER_RULES_POLICY_MATCH_H
#define WORKER_RULES_POLICY_MATCH_H

#include "worker/rules/policy_document.h"

struct policy_subject { /* whom the policy is about */
    const char *type;
    const char *address; /* with its keys; NULL: not known, or not in this root */
    const char *name;    /* the name that AWS knows it by; NULL: not known */
    bool is_named_later; /* a name is written, and cannot be known */
};

/* Appends what begins with "{subject}." as the texts that may stand for it, each closed by a NUL;
 * answers how many. Other texts are one. */
size_t policy_resource_forms(const struct policy_subject *subject, const char *wanted,
                             struct buf *out);
/* pattern with * and ?, as IAM reads it, covers all that wanted covers. Case counts for resources.
 */
enum rule_verdict policy_glob_covers(const char *pattern, const char *wanted, bool any_case);
/* The statements are a list, or open. */
enum rule_verdict policy_covers(const struct policy_node *statements,
                                const struct policy_want *want,
                                const struct policy_subject *subject, struct why why);

#endif
