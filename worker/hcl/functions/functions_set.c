/* Functions over sets, and conversions between kinds of collections. */
#include "worker/hcl/functions/functions.h"

static const struct hcl_value *to_collection(const struct arguments *a, enum value_type_kind kind)
{
    return convert(a->repo, a->items[0], type_collection(a->repo, kind, &TYPE_OF_ANY));
}

static const struct hcl_value *tolist(const struct arguments *a)
{
    return to_collection(a, TYPE_LIST);
}

static const struct hcl_value *toset(const struct arguments *a)
{
    return to_collection(a, TYPE_SET);
}

static const struct hcl_value *tomap(const struct arguments *a)
{
    return to_collection(a, TYPE_MAP);
}

/* --- union, intersection, difference --- */

/* The sets as sets of one type; NULL and why in *stop. An empty one of any says nothing. */
static const struct value_type *one_type(const struct arguments *a, const struct hcl_value **stop)
{
    CLEANUP(mem_freep) const struct value_type **types = calloc(a->n + 1, sizeof *types);
    size_t n = 0;

    *stop = &VALUE_EXHAUSTED;
    for (size_t i = 0; i < a->n && types != NULL; i++)
        if (a->items[i]->n > 0 || type_of(a->items[i])->items[0]->kind != TYPE_ANY)
            types[n++] = type_of(a->items[i])->items[0];
    if (types == NULL)
        return NULL;
    const struct value_type *type = n > 0 ? type_unify(a->repo, types, n) : &TYPE_OF_ANY;
    if (type == NULL && a->repo->budget > 0)
        *stop = refuse(a, "the sets have no type in common");
    return type;
}

static int count_in(const struct arguments *a, const struct hcl_value *set,
                    const struct hcl_value *v)
{
    for (size_t i = 0; i < set->n; i++)
        if (value_equal(a->repo, set->items[i], v, 0) == 1)
            return 1;
    return 0;
}

/* how: '|' all, '&' those in every one, '-' those of the first that are in no other. */
static const struct hcl_value *combine(const struct arguments *a, char how)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *sets[64];
    const struct hcl_value *stop;
    const struct value_type *type = one_type(a, &stop);

    if (type == NULL || a->n > COUNT(sets))
        return type == NULL ? stop : value_unknown(a->repo, "so many sets are not evaluated");
    for (size_t i = 0; i < a->n; i++) {
        sets[i] = convert(a->repo, a->items[i], type_collection(a->repo, TYPE_SET, type));
        const struct hcl_value *open = value_open_part(a->repo, sets[i], 0);
        if (open != NULL)
            return value_blocked(a->repo, open);
    }
    for (size_t i = 0; i < (how == '|' ? a->n : 1); i++)
        for (size_t j = 0; j < sets[i]->n; j++) {
            size_t also = 0;
            for (size_t k = 1; k < a->n && how != '|'; k++)
                also += (size_t)count_in(a, sets[k], sets[i]->items[j]);
            if (how == '|' || (how == '&' && also == a->n - 1) || (how == '-' && also == 0))
                gather_add(&gather, NULL, sets[i]->items[j]);
        }
    return a->repo->budget == 0 ? &VALUE_EXHAUSTED : gather_set(&gather, type);
}

static const struct hcl_value *setunion(const struct arguments *a)
{
    return combine(a, '|');
}

static const struct hcl_value *setintersection(const struct arguments *a)
{
    return combine(a, '&');
}

static const struct hcl_value *setsubtract(const struct arguments *a)
{
    return combine(a, '-');
}

/* --- setproduct --- */

/* Each argument with elements of one type, and how many rows that makes; what stops it, or NULL. */
static const struct hcl_value *prepare(const struct arguments *a, const struct hcl_value **lists,
                                       const struct value_type **types, size_t *rows)
{
    *rows = 1;
    for (size_t i = 0; i < a->n; i++) {
        const struct hcl_value *v = a->items[i];
        const struct value_type *type = type_of(v);
        if (v->kind != HCL_V_LIST)
            return refuse(a, "lists and sets are needed");
        if (type->kind == TYPE_TUPLE)
            v = convert(a->repo, v, type_collection(a->repo, TYPE_LIST, &TYPE_OF_ANY));
        if (v->kind == HCL_V_UNKNOWN)
            return v;
        lists[i] = v;
        types[i] = v->type->items[0];
        *rows *= v->n;
        if (*rows > LIST_MAX)
            return value_unknown(a->repo, "a product has more than %d elements", LIST_MAX);
    }
    return NULL;
}

static const struct hcl_value *setproduct(const struct arguments *a)
{
    struct gather rows = {.repo = a->repo};
    const struct hcl_value *lists[64];
    const struct value_type *types[64];
    size_t n;
    bool some_set = false;

    if (a->n > COUNT(lists))
        return value_unknown(a->repo, "so many sets are not evaluated");
    const struct hcl_value *stop = prepare(a, lists, types, &n);
    if (stop != NULL)
        return stop;
    for (size_t i = 0; i < a->n; i++)
        some_set = some_set || type_of(a->items[i])->kind == TYPE_SET;
    const struct value_type *row_type = type_tuple(a->repo, types, a->n);
    for (size_t row = 0; row < n; row++) {
        struct gather one = {.repo = a->repo};
        size_t block = n;
        for (size_t i = 0; i < a->n; i++) {
            block /= lists[i]->n;
            gather_add(&one, NULL, lists[i]->items[row / block % lists[i]->n]);
        }
        gather_add(&rows, NULL, gather_tuple(&one));
    }
    return some_set ? gather_set(&rows, row_type) : gather_list(&rows, row_type);
}

const struct function SET_FUNCTIONS[] = {
    {"setintersection", "x*", 1, ANY_COUNT, 0, setintersection},
    {"setproduct", "a*", 2, ANY_COUNT, 0, setproduct},
    {"setsubtract", "xx", 2, 2, 0, setsubtract},
    {"setunion", "x*", 1, ANY_COUNT, 0, setunion},
    {"tolist", "a", 1, 1, TAKES_NULL, tolist},
    {"tomap", "a", 1, 1, TAKES_NULL | PASSES_ON, tomap},
    {"toset", "a", 1, 1, TAKES_NULL, toset},
};
const size_t SET_FUNCTION_COUNT = COUNT(SET_FUNCTIONS);
