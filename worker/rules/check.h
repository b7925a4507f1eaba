/*
 * Check: does a statement hold in a place? Yes, no, or unknown, with a sentence that says why.
 *
 *     place (a body of a resource, of one instance or of all) -> statements_check -> verdict
 *
 * check.c goes through the statements; ports.c, companion.c and test_value.c know a verb each.
 */
#ifndef WORKER_RULES_CHECK_H
#define WORKER_RULES_CHECK_H

#include "worker/rules/rules.h"
#include "worker/rules/statement.h"

#define LOOK_AT_INSTANCES_MAX 256 /* of one resource; more are not looked at one by one */

struct place { /* a body inside a resource */
    const struct hcl_module *root;
    const struct hcl_resource *resource;
    const struct hcl_node *body;
    const struct hcl_instance *only; /* the one instance that is meant; NULL: all of them */
};
/* The instances to look at: only, or the first LOOK_AT_INSTANCES_MAX of all. */
size_t place_instances(const struct place *place, const struct hcl_instance **out);
struct why {
    char *text;
    size_t size;
};
void why_say(struct why why, const char *format, ...) PRINTF_LIKE(2, 3);
enum rule_verdict statement_check(const struct place *place, const struct statement *statement,
                                  struct why why);
/* All must hold: one failure decides, then one unknown. */
enum rule_verdict statements_check(const struct place *place, const struct statements *list,
                                   struct why why);
enum rule_verdict ports_check(const struct place *place, const struct statement *statement,
                              struct why why);
/* value NULL or null is "absent". */
enum rule_verdict test_value(const struct statement *statement, const struct hcl_value *value,
                             struct why why);
/* The argument that an attribute statement speaks of, or that holds what it speaks of. */
const char *attribute_argument(const struct statement *statement);
/* What it speaks of (member.c); the provider's default_tags count as tags. NULL: absent. */
const struct hcl_value *attribute_value(const struct place *place,
                                        const struct statement *statement,
                                        const struct hcl_instance *instance);
/* NULL: it surely has none of that key. What is no object has unknown members. */
const struct hcl_value *member_of(const struct hcl_value *object, const char *key);
bool literal_equals(const struct literal *literal, const struct hcl_value *value);
/* Does a block fit statement->match? UNKNOWN where an argument cannot be known. */
enum rule_verdict block_matches(const struct place *place, const struct statement *statement,
                                const struct hcl_node *block);
/* " with name = value": which of several is meant, or "". */
void describe_match(const struct statement *statement, char *out, size_t size);
bool body_has_dynamic(const struct hcl_file *file, const struct hcl_node *body, const char *type);
/* The whole of rule_check but the type test, and the guards apart. */
enum rule_verdict guards_apply(const struct place *place, const struct rule_statement *statement,
                               struct why why);

/* For a value that holds: does it hold too where a values file for -var-file gives the variable
 * that it comes from? RULE_UNKNOWN: not everywhere. */
enum rule_verdict environments_check(const struct statement *statement,
                                     const struct hcl_value *value, struct why why);

#endif
