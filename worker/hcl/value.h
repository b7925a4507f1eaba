/*
 * Values: how the evaluator makes, compares and converts them. All live in the repo's arena; when
 * that is full the answer is one fixed unknown value, so nobody checks for NULL.
 *
 * Unknown and reference values are "open": an operation on one gives an unknown that says why.
 */
#ifndef WORKER_HCL_VALUE_H
#define WORKER_HCL_VALUE_H

#include "worker/hcl/module_inside.h"

#define LIST_MAX        10000
#define TEXT_MAX        ((size_t)1024 * 1024)
#define ORIGINS_MAX     32
#define VALUE_DEPTH_MAX 64

extern const struct hcl_value VALUE_EXHAUSTED, VALUE_NULL, VALUE_TRUE, VALUE_FALSE;

const struct hcl_value *value_bool(bool boolean);
const struct hcl_value *value_number(struct hcl_repo *repo, double number);
const struct hcl_value *value_text(struct hcl_repo *repo, const char *text);
const struct hcl_value *value_text_n(struct hcl_repo *repo, const char *text, size_t len);
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

/* A list or object being built. */
struct gather {
    struct hcl_repo *repo;
    const char **keys;
    const struct hcl_value **items;
    size_t n, cap;
    bool failed;
};
void gather_add(struct gather *gather, const char *key,
                const struct hcl_value *value); /* key NULL in a list */
const struct hcl_value *gather_list(struct gather *gather);
const struct hcl_value *
gather_object(struct gather *gather); /* sorts; of equal keys the last one wins */
const struct hcl_value *
gather_set(struct gather *gather); /* sorts texts and numbers, drops repeats */

static inline bool value_is_open(const struct hcl_value *v)
{
    return v->kind == HCL_V_UNKNOWN || v->kind == HCL_V_REFERENCE;
}
/* v itself, or the first open value inside it; NULL when all of it is known. */
const struct hcl_value *value_open_part(struct hcl_repo *repo, const struct hcl_value *v,
                                        int depth);
const char *value_why(const struct hcl_value
                          *open); /* for a sentence: the reason, or "x is known only after apply" */

const struct hcl_value *value_member(const struct hcl_value *object,
                                     const char *key); /* of an HCL_V_OBJECT; may be NULL */
const struct hcl_value *value_to_text(struct hcl_repo *repo, const struct hcl_value *v);
const struct hcl_value *value_to_number(struct hcl_repo *repo, const struct hcl_value *v);
const struct hcl_value *value_to_bool(struct hcl_repo *repo, const struct hcl_value *v);
/* 1 equal, 0 not, -1 when something open decides it. */
int value_equal(struct hcl_repo *repo, const struct hcl_value *a, const struct hcl_value *b,
                int depth);
void value_print_number(double number, char *out, size_t size);

/* v with origin in front (a copy). Nothing is added when the front is that node already. */
const struct hcl_value *value_from(struct hcl_repo *repo, const struct hcl_value *v,
                                   const struct hcl_origin *origin);

#endif
