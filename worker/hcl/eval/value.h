/*
 * Values: how the evaluator makes, compares and converts them. All live in the repo's arena; when
 * that is full the answer is one fixed unknown value, so nobody checks for NULL.
 *
 * Unknown and reference values are "open": an operation on one gives an unknown that says why.
 * Texts are in Unicode's normal form C, numbers exact as Terraform's (common/bignum.h).
 */
#ifndef WORKER_HCL_EVAL_VALUE_H
#define WORKER_HCL_EVAL_VALUE_H

#include "common/bignum.h"
#include "worker/hcl/module/module_inside.h"
#include "worker/hcl/eval/value_type.h"

#define LIST_MAX        10000
#define TEXT_MAX        ((size_t)1024 * 1024)
#define ORIGINS_MAX     32
#define VALUE_DEPTH_MAX 64

extern const struct hcl_value VALUE_EXHAUSTED, VALUE_NULL, VALUE_TRUE, VALUE_FALSE;

const struct hcl_value *value_keep(struct hcl_repo *repo, const struct hcl_value *v); /* a copy */
const struct hcl_value *value_bool(bool boolean);
const struct hcl_value *value_number(struct hcl_repo *repo, double number); /* what a float has */
const struct hcl_value *value_int(struct hcl_repo *repo, int64_t integer);
const struct hcl_value *value_exact(struct hcl_repo *repo, const struct bignum *number);
const struct hcl_value *value_text(struct hcl_repo *repo, const char *text);
const struct hcl_value *value_text_n(struct hcl_repo *repo, const char *text, size_t len);
/* What the buffer holds, or an unknown that says it is too long. */
const struct hcl_value *value_from_buf(struct hcl_repo *repo, const struct buf *text);
const struct hcl_value *value_null_of(struct hcl_repo *repo, const struct value_type *type);
const struct hcl_value *value_unknown(struct hcl_repo *repo, const char *format, ...)
    PRINTF_LIKE(2, 3);
const struct hcl_value *value_invalid(struct hcl_repo *repo, const char *format, ...)
    PRINTF_LIKE(2, 3);
/* Unknown text of which an end is known; NULL where it is not. Both are copied. */
const struct hcl_value *value_partial(struct hcl_repo *repo, const char *why, const char *prefix,
                                      const char *suffix);
/* Takes what is unknown about v over: same reason, no ends. v is open. */
const struct hcl_value *value_blocked(struct hcl_repo *repo, const struct hcl_value *v);
/* attribute "" the resource itself; instance is not NULL. */
const struct hcl_value *value_reference(struct hcl_repo *repo, const struct resource *resource,
                                        const struct hcl_instance *instance, const char *attribute);

/* A collection or structure being built. */
struct gather {
    struct hcl_repo *repo;
    const char **keys;
    const struct hcl_value **items;
    size_t n, cap;
    bool failed;
};
void gather_add(struct gather *gather, const char *key,
                const struct hcl_value *value); /* key NULL in a list */
const struct hcl_value *gather_tuple(struct gather *gather);
const struct hcl_value *gather_list(struct gather *gather, const struct value_type *element);
/* Sorts by key; of equal keys the last one wins. */
const struct hcl_value *gather_object(struct gather *gather);
const struct hcl_value *gather_map(struct gather *gather, const struct value_type *element);
/* Drops repeats and takes a set's order. Unknown when an element is open beside others. */
const struct hcl_value *gather_set(struct gather *gather, const struct value_type *element);

static inline bool value_is_open(const struct hcl_value *v)
{
    return v->kind == HCL_V_UNKNOWN || v->kind == HCL_V_REFERENCE;
}
static inline bool value_is_set(const struct hcl_value *v)
{
    return v->type != NULL && v->type->kind == TYPE_SET;
}
/* v itself, or the first open value inside it; NULL when all of it is known. */
const struct hcl_value *value_open_part(struct hcl_repo *repo, const struct hcl_value *v,
                                        int depth);
const char *value_why(const struct hcl_value
                          *open); /* for a sentence: the reason, or "x is known only after apply" */

const struct hcl_value *value_member(const struct hcl_value *object,
                                     const char *key); /* of an HCL_V_OBJECT; may be NULL */
/* Null stays null and open stays open. */
const struct hcl_value *value_to_text(struct hcl_repo *repo, const struct hcl_value *v);
const struct hcl_value *value_to_number(struct hcl_repo *repo, const struct hcl_value *v);
const struct hcl_value *value_to_bool(struct hcl_repo *repo, const struct hcl_value *v);
/* 1 equal, 0 not, -1 when something open decides it. */
int value_equal(struct hcl_repo *repo, const struct hcl_value *a, const struct hcl_value *b,
                int depth);
/* The integer in v, a number; false: none, or beyond ±2^53. */
bool value_index(const struct hcl_value *v, int64_t *out);
void value_print(const struct hcl_value *number, struct buf *out);

/* v with origin in front (a copy). Nothing is added when the front is that node already. */
const struct hcl_value *value_from(struct hcl_repo *repo, const struct hcl_value *v,
                                   const struct hcl_origin *origin);

#endif
