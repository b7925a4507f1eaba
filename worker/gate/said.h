/*
 * Said, inside: does one IAM statement say no more than others do? Action by action, resource by
 * resource, principal by principal; what a part cannot be known to say, it is not known to say.
 */
#ifndef WORKER_GATE_SAID_H
#define WORKER_GATE_SAID_H

#include "worker/gate/widening.h"
#include "worker/rules/policy_match.h"

/* Calls visit for every text of a part: "s3:GetObject"; NULL for one that is no text. False as soon
 * as visit says so. */
typedef bool (*part_fn)(void *context, const char *text);
bool each_text(const struct policy_node *node, part_fn visit, void *context);
/* "*" is everyone, "" whoever has the policy, "AWS arn:…" or "Service x.amazonaws.com". */
bool each_principal(const struct policy_node *statement, part_fn visit, void *context);

/* NULL where absent or null. */
const struct policy_node *statement_get(const struct policy_node *statement, const char *name);
bool statement_has_effect(const struct policy_node *statement, const char *effect);
/* Has it a NotAction, a NotResource or a NotPrincipal? */
bool statement_is_negative(const struct policy_node *statement);
/* Is all that the statement says with that effect said by the others too? */
bool statement_is_said(const struct policy_node *statement, const struct policy_node *others,
                       const char *effect);

struct document {
    const char *key;                      /* "aws_s3_bucket_policy.a policy" */
    const char *where;                    /* for people */
    const struct policy_node *statements; /* a list, or open */
    const char *text;                     /* the argument as it is written */
    struct document *next;
};
/* May a fix allow this though it was not allowed before? had: NULL where the policy is new
 * (may_allow.c). */
bool statement_may_be_new(const struct gate_input *in, const struct document *has,
                          const struct document *had, const struct policy_node *statement);

#endif
