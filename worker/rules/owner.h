/*
 * Owner: where a value is written, and whether it may change there. The story stands in owner.c.
 *
 *     owner.c            the way a value came      owner_list.c     changed by its elements
 *     owner_shared.c     who else reads it         owner_call.c     a module's default
 *     environments.c     values files for -var-file
 *
 * Answers are 0, RULE_REFUSED or an error class, unless said.
 */
#ifndef WORKER_RULES_OWNER_H
#define WORKER_RULES_OWNER_H

#include "worker/rules/fixer.h"

/* Writes statement's value where the failing value of the attribute is owned. 0, RULE_REFUSED, an
 * error. */
int owner_write(struct fixer *fixer, const struct place *place, const struct hcl_node *attribute,
                const struct hcl_value *value, const struct statement *statement,
                struct err *err) MUST_USE;
/* Takes the argument away, where it is written in the resource itself; the same answers. */
int owner_remove(struct fixer *fixer, const struct place *place, const struct hcl_node *attribute,
                 const struct hcl_value *value, const struct statement *statement,
                 struct err *err) MUST_USE;
/* Sets statement's key in the object where the map is written, or takes it away; value: the
 * member's, NULL when absent (owner_member.c). */
int owner_write_member(struct fixer *fixer, const struct place *place,
                       const struct hcl_node *attribute, const struct hcl_value *value,
                       const struct statement *statement, struct err *err) MUST_USE;

/* "{ Owner = x }", one key a line when several are demanded beside each other: a map that holds
 * statement's key (fix_member.c). 0 or an error class. */
int member_map_text(struct fixer *fixer, const struct place *place,
                    const struct statement *statement, struct buf *out, struct err *err) MUST_USE;

/* The way a value came: from the expression that is asked about to the one where it is written. */
#define CHAIN_MAX 16
struct chain {
    struct hcl_origin items[CHAIN_MAX];
    size_t n;
};
bool chain_make(const struct hcl_origin *here, const struct hcl_value *value, struct chain *out);
/* Is the place of the value ours to change: nobody else hangs on the way, and no other file gives
 * the value too? 0 or RULE_REFUSED. */
int chain_is_free(struct fixer *fixer, const struct chain *chain, const char *attribute);
/* Writes statement's value where the value of that expression is owned. */
int owner_write_at(struct fixer *fixer, const struct place *place, const struct hcl_origin *here,
                   const struct hcl_value *value, const struct statement *statement,
                   struct err *err) MUST_USE;
int owner_refuse_computed(struct fixer *fixer, const struct hcl_origin *owner,
                          const char *attribute);

/* A list that is changed by its elements (owner_list.c). */
struct list_owner {
    const struct place *place; /* whose value is asked */
    const struct hcl_origin *owner;
    const struct hcl_value *value;
    const struct statement *statement;
};
/* Is it a list written out, of which something stays? */
bool list_is_kept(const struct list_owner *list);
/* Where elements are dropped: would one that stays be unknown? 0 or RULE_REFUSED. */
int list_refuse_unknown(struct fixer *fixer, const struct list_owner *list);
/* What the whole list is to say. 0 or an error class. */
int list_text(struct fixer *fixer, const struct list_owner *list, struct buf *out,
              struct err *err) MUST_USE;
/* Changes its elements where it is written. 0, RULE_REFUSED, an error. */
int list_write(struct fixer *fixer, const struct list_owner *list, struct err *err) MUST_USE;
/* How often the module reads what the step reads (root.name, or its member): 1 is the step itself.
 */
size_t owner_uses(const struct hcl_origin *step, const char *root, const char *name);
/* The step reads an element of what for_each walks over: does nothing else read that element? 0 or
 * RULE_REFUSED (owner_shared.c). */
int owner_is_unshared(struct fixer *fixer, const struct hcl_origin *step,
                      const struct hcl_origin *owner, const char *attribute);
/* Is the owner a module's default that other calls rely on too, of this root or another? 0 or an
 * error class (owner_call.c). */
int owner_is_others_too(struct fixer *fixer, const struct hcl_origin *owner, bool *out,
                        struct err *err) MUST_USE;
/* Gives the variable whose default the owner is a value of its own at this root's call. 0,
 * RULE_REFUSED, an error. */
int owner_set_at_call(struct fixer *fixer, const struct hcl_origin *owner, const char *text,
                      struct err *err) MUST_USE;
/* Values files for -var-file may give the owner's variable other values than the one that was
 * looked at. 0 or RULE_REFUSED, naming such a file. */
int environments_refuse(struct fixer *fixer, const struct hcl_origin *owner, const char *attribute);

#endif
