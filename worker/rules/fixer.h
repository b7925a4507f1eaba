/*
 * Fixer: one fix on its way. Everything runs twice: first with edits == NULL, which finds every
 * reason to refuse, then for real. So a fix that cannot be made whole leaves no half behind.
 *
 *     fix*.c (statements) -> owner.h (where a value is written), render.c (text) -> hcl/edit.h
 */
#ifndef WORKER_RULES_FIXER_H
#define WORKER_RULES_FIXER_H

#include "worker/rules/render.h"

#define FIXED_NODES_MAX 64

struct fixer {
    const struct hcl_module *root;
    const struct hcl_resource *subject;
    bool in_any_root;        /* as in struct rule_target */
    struct hcl_edits *edits; /* NULL on the first pass */
    struct render render;
    struct rule_outcome *outcome;
    const struct hcl_node
        *fixed[FIXED_NODES_MAX]; /* replaced already: two instances may share an owner */
    size_t n_fixed;
    char misplaced[512];             /* where a candidate would have to be named and cannot; "" */
    const struct statements *beside; /* the list that the statement at hand stands in */
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
/* An argument that is taken away in one file may be written in another, which then counts. */
int fixer_refuse_argument_overridden(struct fixer *fixer, const struct place *place,
                                     const char *name);
/* The rule does not say what to write. */
int fixer_refuse_to_guess(struct fixer *fixer, const struct statement *statement);
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
/* An element becomes those of text; NULL: it goes, or the argument that node is. Once. */
int fixer_exchange(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *element,
                   const char *text, struct err *err) MUST_USE;
int fixer_set(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *body,
              const char *name, const char *text, struct err *err) MUST_USE;
/* A key of an object written out: set, or (NULL) taken away. */
int fixer_set_key(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *object,
                  const char *key, const char *text, struct err *err) MUST_USE;
int fixer_add_block(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *body,
                    const char *text, struct err *err) MUST_USE;

/* Blocks behind a block, once; a blank line before each. */
int fixer_add_behind(struct fixer *fixer, const struct hcl_file *file, const struct hcl_node *block,
                     const char *text, struct err *err) MUST_USE;

/* What each verb does to make a statement hold (fix.c; the verbs in fix_attribute.c,
 * fix_member.c, fix_companion.c, fix_ports.c). 0, RULE_REFUSED, an error. */
int statement_fix(struct fixer *fixer, const struct place *place, const struct statement *statement,
                  struct err *err) MUST_USE;
int statements_fix(struct fixer *fixer, const struct place *place, const struct statements *list,
                   struct err *err) MUST_USE;
int attribute_fix(struct fixer *fixer, const struct place *place, const struct statement *statement,
                  struct err *err) MUST_USE;
int member_fix(struct fixer *fixer, const struct place *place, const struct statement *statement,
               struct err *err) MUST_USE;
int companion_fix(struct fixer *fixer, const struct place *place, const struct statement *statement,
                  struct err *err) MUST_USE;
/* Closes the ports (fix_ports.c). */
int ports_fix(struct fixer *fixer, const struct place *place, const struct statement *statement,
              struct err *err) MUST_USE;
/* Terraform's address of the top-level block that holds the node, as in the file: "aws_x.y",
 * "variable.v", "locals", "module.m"; in a .tfvars file the name itself. false when there is none.
 */
bool address_of_node(const struct hcl_file *file, const struct hcl_node *node, char *out,
                     size_t size);

#endif
