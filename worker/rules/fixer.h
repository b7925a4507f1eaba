/*
 * Fixer: one fix on its way. Everything runs twice: first with edits == NULL, which finds every
 * reason to refuse, then for real. So a fix that cannot be made whole leaves no half behind.
 *
 *     fix.c (statements) -> owner.c (where a value is written), render.c (text) -> hcl/edit.h
 */
#ifndef WORKER_RULES_FIXER_H
#define WORKER_RULES_FIXER_H

#include "worker/rules/render.h"

#define FIXED_NODES_MAX 64

struct fixer {
    const struct hcl_module *root;
    bool in_any_root;        /* as in struct rule_target */
    struct hcl_edits *edits; /* NULL on the first pass */
    struct render render;
    struct rule_outcome *outcome;
    const struct hcl_node
        *fixed[FIXED_NODES_MAX]; /* replaced already: two instances may share an owner */
    size_t n_fixed;
};

/* Both give RULE_REFUSED / 0 and write the outcome's text. */
int fixer_refuse(struct fixer *fixer, const char *format, ...) PRINTF_LIKE(2, 3);
void fixer_did(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *at,
               const char *format, ...) PRINTF_LIKE(4, 5);
/* Turns to where the node is really written (override files). 0, or RULE_REFUSED for a place in
 * Terraform's JSON syntax. */
int fixer_place(struct fixer *fixer, const struct hcl_file **file, const struct hcl_node **node);
/* A block of an override file hides all others of its type: RULE_REFUSED where one that is added
 * would not count, else 0. */
int fixer_refuse_overridden(struct fixer *fixer, const struct place *place, const char *type);
/* Does the resource tell Terraform to look away from that argument or block? */
bool fixer_is_ignored(const struct place *place, const char *name);
int fixer_refuse_ignored(struct fixer *fixer, const struct place *place, const char *name);
/* The top-level block around the node may change. */
int fixer_predict(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *node);
int fixer_predict_address(struct fixer *fixer, const char *address);

/* Was it replaced already? Two instances may share one owner. */
bool fixer_has_replaced(const struct fixer *fixer, const struct hcl_node *node);
/* The edits themselves: nothing on the first pass. 0 or an error class. */
int fixer_replace(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *node,
                  const char *text, struct err *err) MUST_USE;
/* Adds elements ("1, 2") at the end of a list, once. */
int fixer_append(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *tuple,
                 const char *text, struct err *err) MUST_USE;
/* An element becomes those of text, or goes (NULL), once. */
int fixer_exchange(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *element,
                   const char *text, struct err *err) MUST_USE;
int fixer_set(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *body,
              const char *name, const char *text, struct err *err) MUST_USE;
int fixer_add_block(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *body,
                    const char *text, struct err *err) MUST_USE;

/* Writes statement's value where the failing value of the attribute is owned. 0, RULE_REFUSED, an
 * error. */
int owner_write(struct fixer *fixer, const struct place *place, const struct hcl_node *attribute,
                const struct hcl_value *value, const struct statement *statement,
                struct err *err) MUST_USE;
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
/* Closes the ports (fix_ports.c). */
int ports_fix(struct fixer *fixer, const struct place *place, const struct statement *statement,
              struct err *err) MUST_USE;
/* Terraform's address of the top-level block that holds the node, as in the file: "aws_x.y",
 * "variable.v", "locals", "module.m"; in a .tfvars file the name itself. false when there is none.
 */
bool address_of_node(const struct hcl_file *file, const struct hcl_node *node, char *out,
                     size_t size);

#endif
