/*
 * Value types: Terraform's, so that a set is no list, an object no map, and 1 and "1" in one list
 * become texts. Each type exists once per repo, so equal types are one pointer.
 *
 * TYPE_ANY is Terraform's own "any": of a bare null, and of what an empty list holds. TYPE_OPEN is
 * a type that exists but is not known here: of a value known only after apply.
 *
 * Written from HashiCorp's documentation of type constraints and conversion, and from what
 * `terraform console` answers (tests/data/hcl/eval). Types live as long as their repo. A NULL type
 * given to a function here makes its answer NULL: memory or the budget ran out.
 */
#ifndef WORKER_HCL_EVAL_VALUE_TYPE_H
#define WORKER_HCL_EVAL_VALUE_TYPE_H

#include "common/buf.h"
#include "worker/hcl/module/module_inside.h"

/* clang-format off */
enum value_type_kind { TYPE_OPEN, TYPE_ANY, TYPE_BOOL, TYPE_NUMBER, TYPE_TEXT,
                       TYPE_LIST, TYPE_SET, TYPE_MAP, TYPE_TUPLE, TYPE_OBJECT };
/* clang-format on */

struct value_type {
    enum value_type_kind kind;
    bool has_open;           /* TYPE_OPEN is it, or stands somewhere inside */
    size_t n;                /* elements of a tuple, attributes; 1: what a list holds */
    const char *const *keys; /* TYPE_OBJECT, sorted */
    const struct value_type *const *items; /* of each element or attribute */
    const bool *optional;                  /* TYPE_OBJECT; NULL: none is */
    uint32_t hash;
    const struct value_type *next; /* in the table */
};

extern const struct value_type TYPE_OF_OPEN, TYPE_OF_ANY, TYPE_OF_BOOL, TYPE_OF_NUMBER,
    TYPE_OF_TEXT;

/* kind: TYPE_LIST, TYPE_SET or TYPE_MAP. */
const struct value_type *type_collection(struct hcl_repo *repo, enum value_type_kind kind,
                                         const struct value_type *element);
const struct value_type *type_tuple(struct hcl_repo *repo, const struct value_type *const *items,
                                    size_t n);
/* keys sorted, without repeats; both arrays are copied, optional may be NULL. */
const struct value_type *type_object(struct hcl_repo *repo, const char *const *keys,
                                     const struct value_type *const *items, const bool *optional,
                                     size_t n);
/* Of any value; TYPE_OF_OPEN where it is not known. */
const struct value_type *type_of(const struct hcl_value *v);

/* The one type all can be converted to; NULL: there is none, or the budget is spent. TYPE_OF_OPEN:
 * it hangs on a type that is not known; part by part, so the rest of a type may still be known. */
const struct value_type *type_unify(struct hcl_repo *repo, const struct value_type *const *types,
                                    size_t n);
bool type_converts(struct hcl_repo *repo, const struct value_type *from,
                   const struct value_type *to);
/* The same without optional marks. */
const struct value_type *type_settled(struct hcl_repo *repo, const struct value_type *type);

static inline bool type_is_primitive(const struct value_type *type)
{
    return type->kind == TYPE_BOOL || type->kind == TYPE_NUMBER || type->kind == TYPE_TEXT;
}
static inline bool type_is_sequence(const struct value_type *type)
{
    return type->kind == TYPE_LIST || type->kind == TYPE_SET || type->kind == TYPE_TUPLE;
}
/* As `terraform console` prints it, on one line: "object({ a: string })". */
void type_print(const struct value_type *type, struct buf *out);

#endif
