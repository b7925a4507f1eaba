/*
 * Evaluator: an expression under a scope gives a value. Hostile input is bounded by the depth of
 * the recursion, by a budget of node visits per question, and by the caps of value.h.
 *
 *     struct scope scope = {…};  eval(&scope, node)
 *
 * eval.c dispatches; operators, templates and for expressions have a file each; scope.c knows what
 * the names mean; functions.c calls functions; convert.h knows types; made.h notes histories.
 */
#ifndef WORKER_HCL_EVAL_EVAL_H
#define WORKER_HCL_EVAL_EVAL_H

#include "worker/hcl/eval/value.h"

#define EVAL_DEPTH_MAX 400                        /* nested calls of eval */
#define EVAL_BUDGET    200000                     /* node visits for one question */
#define EVAL_BYTES     ((size_t)32 * 1024 * 1024) /* of values for one question */
#define NAME_BYTES_MAX 256

/* A name that a for expression introduces. */
struct binding {
    const char *name;
    const struct hcl_value *value;
    const struct binding *next;
};

struct scope {
    struct hcl_repo *repo;
    const struct hcl_module *module;
    const struct hcl_file *file;
    const struct hcl_instance *instance; /* what each.* and count.index mean; may be NULL */
    const struct binding *bindings;
    const struct hcl_value *each_item; /* inside a splat */
    const char *what;                  /* the origin's word for what is evaluated */
};

/* Gives a new question its budgets; nothing inside of a running one. */
void eval_begin(struct hcl_repo *repo);
const struct hcl_value *eval(const struct scope *scope, const struct hcl_node *node);
/* eval, and the expression becomes the value's nearest origin. */
const struct hcl_value *eval_written(const struct scope *scope, const struct hcl_node *expression);
/* The same; what it reads is its own affair, not that of the expression that runs. */
const struct hcl_value *eval_apart(const struct scope *scope, const struct hcl_node *expression);
/* The text of an expression that is a plain quoted text; NULL for others. */
const char *eval_literal_text(struct hcl_repo *repo, const struct hcl_file *file,
                              const struct hcl_node *expression);
/* The node's name into out; false when it is longer. */
bool eval_name(const struct hcl_file *file, const struct hcl_node *node, char out[NAME_BYTES_MAX]);

/* --- steps of a traversal (eval.c) --- */
const struct hcl_value *eval_member(const struct scope *scope, const struct hcl_value *object,
                                    const char *name);
const struct hcl_value *eval_index(const struct scope *scope, const struct hcl_value *collection,
                                   const struct hcl_value *key);

/* --- eval_operator.c --- */
const struct hcl_value *eval_unary(const struct scope *scope, const struct hcl_node *node);
const struct hcl_value *eval_binary(const struct scope *scope, const struct hcl_node *node);
const struct hcl_value *eval_conditional(const struct scope *scope, const struct hcl_node *node);

/* --- eval_template.c --- */
const struct hcl_value *eval_template(const struct scope *scope, const struct hcl_node *node);

/* --- eval_for.c --- */
const struct hcl_value *eval_for(const struct scope *scope, const struct hcl_node *node);
const struct hcl_value *eval_splat(const struct scope *scope, const struct hcl_node *node);
/* The key of the i-th element of a list or object, as a for meets it. */
const struct hcl_value *eval_element_key(struct hcl_repo *repo, const struct hcl_value *v,
                                         size_t i);

/* --- scope.c --- */
/* node is a traversal's first steps (var.x, data.a.b, module.m, aws_x.y …); NULL when it begins
 * otherwise. */
const struct hcl_value *scope_lookup(const struct scope *scope, const struct hcl_node *node);
/* An attribute of the resource that a reference means. */
const struct hcl_value *scope_attribute(const struct scope *scope,
                                        const struct hcl_value *reference, const char *name);
/* The same resource with an instance that is not known. */
const struct hcl_value *scope_any_instance(const struct scope *scope,
                                           const struct hcl_value *reference);

/* --- names.c --- */
const struct hcl_value *variable_value(const struct hcl_module *module, struct named *variable);
const struct hcl_value *local_value(const struct hcl_module *module, struct named *local);
const struct hcl_value *output_value(const struct hcl_module *module, struct named *output);
bool module_reads_values(const char *path);

/* --- functions.c --- */
const struct hcl_value *eval_call(const struct scope *scope, const struct hcl_node *node);

/* --- constraint.c --- */
/* v as the type expression of a variable block says, defaults of optional attributes filled in. */
const struct hcl_value *convert_to_type(const struct scope *scope, const struct hcl_node *type,
                                        const struct hcl_value *v);

#endif
