/* Values to types; the story stands in convert.h. */
#include "worker/hcl/eval/convert.h"

static const struct hcl_value *to(struct hcl_repo *repo, const struct hcl_value *v,
                                  const struct value_type *type, int depth);

/* The new value stands where the old one was written. */
static const struct hcl_value *same_place(struct hcl_repo *repo, const struct hcl_value *from,
                                          const struct hcl_value *made)
{
    if (from == made || (from->n_origins == 0 && from->made == NULL))
        return made;
    struct hcl_value *copy = arena_alloc(repo->arena, sizeof *copy);
    if (copy == NULL)
        return made;
    *copy = *made;
    if (made->n_origins == 0) {
        copy->origins = from->origins;
        copy->n_origins = from->n_origins;
    }
    if (made->made == NULL)
        copy->made = from->made;
    if (made->resource == NULL) {
        copy->resource = from->resource;
        copy->instance = from->instance;
        copy->attribute = from->attribute;
    }
    return copy;
}

static const struct hcl_value *no_conversion(struct hcl_repo *repo, const struct value_type *type)
{
    CLEANUP(buf_done) struct buf name = BUF(1 << 17);

    if (repo->budget == 0)
        return &VALUE_EXHAUSTED;
    type_print(type, &name);
    return value_invalid(repo, "%.200s is needed", buf_str(&name));
}

/* Null and open values only take the type. */
static const struct hcl_value *retype(struct hcl_repo *repo, const struct hcl_value *v,
                                      const struct value_type *type)
{
    struct hcl_value copy = *v;

    if (value_is_open(v) && !type_converts(repo, type_of(v), type))
        return no_conversion(repo, type);
    copy.type = type_settled(repo, type);
    if (v->kind == HCL_V_UNKNOWN && type->kind != TYPE_TEXT)
        copy.prefix = copy.suffix = NULL;
    return copy.type != NULL ? value_keep(repo, &copy) : &VALUE_EXHAUSTED;
}

static const struct hcl_value *primitive(struct hcl_repo *repo, const struct hcl_value *v,
                                         const struct value_type *type)
{
    if (type->kind == TYPE_TEXT)
        return same_place(repo, v, value_to_text(repo, v));
    if (type->kind == TYPE_NUMBER)
        return same_place(repo, v, value_to_number(repo, v));
    return same_place(repo, v, value_to_bool(repo, v));
}

/* The element type for a collection of any: what the elements have in common. */
static const struct value_type *element_type(struct hcl_repo *repo, const struct hcl_value *v)
{
    const struct value_type *type = type_of(v);

    if (type->kind == TYPE_LIST || type->kind == TYPE_SET || type->kind == TYPE_MAP)
        return type->items[0];
    return type->n == 0 ? &TYPE_OF_ANY : type_unify(repo, type->items, type->n);
}

static bool is_spoilt(const struct hcl_value *v)
{
    return v->kind == HCL_V_UNKNOWN && v->invalid;
}

/* Once converted, elements may still differ where any was asked for inside: they unify again. */
static const struct hcl_value *agree(struct hcl_repo *repo, struct gather *gather,
                                     const struct value_type **element, int depth)
{
    CLEANUP(mem_freep) const struct value_type **types = calloc(gather->n + 1, sizeof *types);
    bool differ = false;

    if (types == NULL || gather->failed)
        return &VALUE_EXHAUSTED;
    for (size_t i = 0; i < gather->n; i++) {
        types[i] = type_of(gather->items[i]);
        differ = differ || types[i] != types[0];
    }
    if (!differ) {
        *element = gather->n > 0 ? types[0] : *element;
        return NULL;
    }
    const struct value_type *common = type_unify(repo, types, gather->n);
    if (common == NULL)
        return no_conversion(repo, *element);
    if (common->kind == TYPE_ANY)
        return value_invalid(repo, "the elements have no type in common");
    for (size_t i = 0; i < gather->n; i++)
        gather->items[i] = to(repo, gather->items[i], common, depth + 1);
    *element = common;
    return NULL;
}

static const struct hcl_value *collection(struct hcl_repo *repo, const struct hcl_value *v,
                                          const struct value_type *type, int depth)
{
    const struct value_type *wanted = type->items[0];
    struct gather gather = {.repo = repo};

    if (wanted->kind == TYPE_ANY)
        wanted = element_type(repo, v);
    if (wanted == NULL)
        return no_conversion(repo, type);
    if (type->kind == type_of(v)->kind && wanted == type_of(v)->items[0])
        return v;
    for (size_t i = 0; i < v->n; i++) {
        const struct hcl_value *item = to(repo, v->items[i], wanted, depth + 1);
        if (is_spoilt(item) && !is_spoilt(v->items[i]))
            return item;
        gather_add(&gather, v->kind == HCL_V_OBJECT ? v->keys[i] : NULL, item);
    }
    const struct hcl_value *stop = agree(repo, &gather, &wanted, depth);
    if (stop != NULL)
        return stop;
    wanted = type_settled(repo, wanted);
    if (type->kind == TYPE_MAP)
        return gather_map(&gather, wanted);
    return type->kind == TYPE_SET ? gather_set(&gather, wanted) : gather_list(&gather, wanted);
}

static const struct hcl_value *tuple(struct hcl_repo *repo, const struct hcl_value *v,
                                     const struct value_type *type, int depth)
{
    struct gather gather = {.repo = repo};

    for (size_t i = 0; i < v->n; i++) {
        const struct hcl_value *item = to(repo, v->items[i], type->items[i], depth + 1);
        if (is_spoilt(item) && !is_spoilt(v->items[i]))
            return item;
        gather_add(&gather, NULL, item);
    }
    return gather_tuple(&gather);
}

/* Exactly the type's attributes come out. */
static const struct hcl_value *object(struct hcl_repo *repo, const struct hcl_value *v,
                                      const struct value_type *type, int depth)
{
    struct gather gather = {.repo = repo};

    for (size_t i = 0; i < type->n; i++) {
        const struct hcl_value *given = value_member(v, type->keys[i]);
        if (given == NULL && (type->optional == NULL || !type->optional[i]))
            return value_invalid(repo, "the attribute %.100s is needed", type->keys[i]);
        if (given == NULL)
            given = &VALUE_NULL;
        const struct hcl_value *item = to(repo, given, type->items[i], depth + 1);
        if (is_spoilt(item) && !is_spoilt(given))
            return item;
        gather_add(&gather, type->keys[i], item);
    }
    return gather_object(&gather);
}

static const struct hcl_value *to(struct hcl_repo *repo, const struct hcl_value *v,
                                  const struct value_type *type, int depth)
{
    const struct value_type *from = type_of(v);

    if (type == NULL || depth > VALUE_DEPTH_MAX || repo->budget == 0)
        return &VALUE_EXHAUSTED;
    repo->budget--;
    if (type->kind == TYPE_ANY || from == type)
        return v;
    if (type->kind == TYPE_OPEN)
        return value_is_open(v) || v->kind == HCL_V_NULL
                   ? v
                   : value_unknown(repo, "its type hangs on a value that is not known");
    if (value_is_open(v) || v->kind == HCL_V_NULL)
        return retype(repo, v, type);
    if (type_is_primitive(type))
        return primitive(repo, v, type);

    bool is_list = type->kind == TYPE_LIST || type->kind == TYPE_SET;
    if (is_list && v->kind == HCL_V_LIST)
        return same_place(repo, v, collection(repo, v, type, depth));
    if (type->kind == TYPE_MAP && v->kind == HCL_V_OBJECT)
        return same_place(repo, v, collection(repo, v, type, depth));
    if (type->kind == TYPE_TUPLE && from->kind == TYPE_TUPLE && from->n == type->n)
        return same_place(repo, v, tuple(repo, v, type, depth));
    if (type->kind == TYPE_OBJECT && v->kind == HCL_V_OBJECT)
        return same_place(repo, v, object(repo, v, type, depth));
    return no_conversion(repo, type);
}

const struct hcl_value *convert(struct hcl_repo *repo, const struct hcl_value *v,
                                const struct value_type *type)
{
    return to(repo, v, type, 0);
}
