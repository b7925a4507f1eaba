/*
 * Links: does an expression of one resource refer to another resource? Read off the syntax where it
 * says so plainly, else off the evaluated value; what cannot be known is "maybe", never "no".
 *
 * Pure; borrowed from the module.
 */
#ifndef WORKER_RULES_LINKS_H
#define WORKER_RULES_LINKS_H

#include "worker/rules/check.h"

enum link_answer { LINK_NO, LINK_YES, LINK_MAYBE };

/* The i-th name of a plain traversal ("a.b[0].c" gives a, b, c), or false. Looks through "${…}" and
 * (…). */
bool expr_name(const struct hcl_file *file, const struct hcl_node *node, size_t i, char *out,
               size_t size);
/* Is the expression nothing but names, indexes and splats? */
bool expr_is_traversal(const struct hcl_node *node);
/* Does the expression mention first.second anywhere? */
bool expr_mentions(const struct hcl_file *file, const struct hcl_node *node, const char *first,
                   const char *second);
size_t expr_count_mentions(const struct hcl_file *file, const struct hcl_node *node,
                           const char *first, const char *second);

struct link { /* the argument that names another resource, or a key of it where it is a map */
    const char *name;
    const char *key; /* may be NULL */
};
struct link link_of(const struct statement *statement); /* of a companion */
/* What it says; NULL: nothing. */
const struct hcl_value *link_value(const struct hcl_resource *from, const struct link *link,
                                   const struct hcl_instance *instance);
/* Does from's link name the subject (by reference, or by an equal name in one of the attributes
 * to)? */
enum link_answer link_to(const struct hcl_resource *from, const struct link *link,
                         const struct hcl_resource *subject, const char *const *to, struct why why);
/* Do the linked resources together reach the subject (every instance, or the one that is meant)? */
enum link_answer links_cover(const struct hcl_resource *const *from, size_t n,
                             const struct link *link, const struct place *subject, struct why why);

#endif
