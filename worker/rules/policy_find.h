/* Policy find: what the check and the fix of a policy statement both have to know. */
#ifndef WORKER_RULES_POLICY_FIND_H
#define WORKER_RULES_POLICY_FIND_H

#include "worker/rules/policy_match.h"

/* Whom the policy of that instance is about. subject: whose policy it is; NULL: read the link. */
void policy_subject_of(const struct place *place, const struct statement *statement,
                       const struct place *subject, const struct hcl_instance *instance,
                       struct policy_subject *out);
/* Does the document in that argument contain the statement, for every instance of the place? */
enum rule_verdict policy_place_check(const struct place *place, const struct statement *statement,
                                     const char *argument, const struct place *subject,
                                     struct why why);
/* Has the subject a document in the older place? */
bool policy_is_inline(const struct place *place, const struct statement *statement);

#endif
