/*
 * Companions: the resources that say something about another one (a bucket's versioning), found by
 * what they refer to.
 *
 *     inline_is_used or companions_find -> companion_places -> statements_check
 */
#ifndef WORKER_RULES_COMPANION_H
#define WORKER_RULES_COMPANION_H

#include "worker/rules/check.h"

struct fixer;

enum companion_search { COMPANION_NONE, COMPANION_FOUND, COMPANION_PARTIAL, COMPANION_UNSURE };
struct companions {
    enum companion_search found;
    const struct hcl_resource *items[8];
    size_t n;
};
/* Who in the whole module tree refers to the subject. why is filled for COMPANION_PARTIAL (an
 * instance has none) and COMPANION_UNSURE. */
void companions_find(const struct place *subject, const struct statement *statement,
                     struct companions *out, struct why why);
/* One in the subject's module, or beside the call of that module, that may be it, whose count or
 * for_each is empty with the values that are known here: a second one would meet it where it is
 * not. NULL: none. */
const struct hcl_resource *companion_switched_off(const struct place *subject,
                                                  const struct statement *statement);
/* The places inside the companion one where the subject's instance (or all of it) is answered. */
size_t companion_places(const struct place *subject, const struct statement *statement,
                        const struct hcl_resource *one, struct place *out, size_t max);
enum rule_verdict companion_check(const struct place *place, const struct statement *statement,
                                  struct why why);
/* What is written into a module is there for all its calls, in this root and in all others: where
 * one of them has a companion already, or may have, a second one would meet it. 0, or RULE_REFUSED
 * with who that is (served.c). ERR_REJECT, ERR_FATAL. */
int served_refuse(struct fixer *fixer, const struct place *place, const struct statement *statement,
                  struct err *err) MUST_USE;
/* Is the older form (a block in the subject) the one to look at or to write? */
bool inline_is_used(const struct place *subject, const struct statement *statement);
bool provider_is_older_than(const struct hcl_module *module, const char *provider, int major);
/* Where the rule's must is asked. A finding may name the companion: then the subject is the
 * resource that it refers to, where known. */
struct place rule_place(const struct rule *rule, const struct rule_target *target);

#endif
