/*
 * Evaluate: what an expression of a module is, with where it was written. It never runs, reads or
 * fetches anything.
 *
 *     hcl_module_open -> hcl_resource_at -> hcl_instances, hcl_eval_attribute, hcl_eval
 *
 * Values belong to the repo and are read-only; one thread per repo.
 */
#ifndef WORKER_HCL_EVAL_EVALUATE_H
#define WORKER_HCL_EVAL_EVALUATE_H

#include "worker/hcl/module/module.h"

/* clang-format off */
enum hcl_value_kind { HCL_V_UNKNOWN, HCL_V_NULL, HCL_V_BOOL, HCL_V_NUMBER, HCL_V_TEXT,
                      HCL_V_LIST, HCL_V_OBJECT, HCL_V_REFERENCE };
/* clang-format on */

struct hcl_origin { /* where a value was written, nearest first */
    const struct hcl_module *module;
    const struct hcl_file *file;
    const struct hcl_node *node; /* the expression */
    const char *what; /* "attribute", "variable default", "tfvars", "local", "module argument" */
};

struct hcl_value {
    enum hcl_value_kind kind;
    bool boolean;
    bool invalid;  /* HCL_V_UNKNOWN: terraform would refuse it too (what try() steps over) */
    double number; /* the nearest; exact (common/bignum.h) is what terraform has */
    const struct bignum *exact;
    const struct value_type *type; /* value_type.h; NULL: any (null, or an open value) */
    const struct hcl_made *made;   /* what it was made from: provenance.h; may be NULL */
    const char *text;              /* HCL_V_TEXT; HCL_V_REFERENCE: a full address and an attribute,
                                      "module.a[\"x\"].aws_kms_key.k[0].arn"; "[?]" for an unknown key */
    const char *unknown;           /* HCL_V_UNKNOWN: why */
    const char *prefix; /* HCL_V_UNKNOWN: what the text surely begins with; NULL: nothing */
    const char *suffix; /* likewise: ends with */
    size_t n;           /* HCL_V_LIST (a set in its order), HCL_V_OBJECT (keys sorted) */
    const char **keys;
    const struct hcl_value **items;
    /* While the value is only passed on; the last is where it is written. */
    const struct hcl_origin *origins;
    size_t n_origins;
    /* Of any kind: the resource, or its attribute ("": all of it), it was read through; or NULL. */
    const struct hcl_resource *resource;
    const struct hcl_instance *instance;
    const char *attribute;
};

struct hcl_instance { /* one element of count or for_each, or the one plain resource */
    const char *key;  /* "[0]", "[\"a\"]"; "" of a plain resource */
    const struct hcl_value *each_key, *each_value, *count_index; /* NULL where absent */
    const char *address;             /* all keys included: "module.a[\"x\"].aws_s3_bucket.b[0]" */
    const struct hcl_module *module; /* by the keys of the calls above; hcl_eval follows it */
};
/* The instances (those of a module called with count or for_each included), or one with key "[?]"
 * when they cannot be known. Never 0 unless count is 0. */
size_t hcl_instances(const struct hcl_resource *resource, const struct hcl_instance **out);

/* Never fails: what cannot be known is HCL_V_UNKNOWN with its reason; a computed attribute of
 * another resource is HCL_V_REFERENCE. expression is of file, file of module; instance or NULL. */
const struct hcl_value *hcl_eval(const struct hcl_module *module, const struct hcl_file *file,
                                 const struct hcl_node *expression,
                                 const struct hcl_instance *instance);
/* The same in the content of a dynamic block: name.key and name.value are the i-th element's. */
struct hcl_turn {
    char name[128];               /* the iterator's */
    const struct hcl_value *over; /* a list, a set or an object */
    size_t i;
};
const struct hcl_value *hcl_eval_turn(const struct hcl_module *module, const struct hcl_file *file,
                                      const struct hcl_node *expression,
                                      const struct hcl_instance *instance,
                                      const struct hcl_turn *turn);
/* The attribute of a body evaluated; NULL when the attribute is absent. */
const struct hcl_value *hcl_eval_attribute(const struct hcl_resource *resource,
                                           const struct hcl_node *body, const char *name,
                                           const struct hcl_instance *instance);

#endif
