/* A variable's type constraint applied to its value: primitives convert, optional() fills in. What
 * a constraint does not say, or says in a way not understood, leaves the value as it is. */
#include "worker/hcl/eval.h"

/* The new value stands where the old one was written. */
static const struct hcl_value *same_place(struct hcl_repo *repo, const struct hcl_value *from,
                                          const struct hcl_value *to)
{
    if (from == to || to->n_origins > 0 || from->n_origins == 0)
        return to;
    struct hcl_value *copy = arena_alloc(repo->arena, sizeof *copy);
    if (copy == NULL)
        return to;
    *copy = *to;
    copy->origins = from->origins;
    copy->n_origins = from->n_origins;
    return copy;
}

static const struct hcl_value *convert_primitive(struct hcl_repo *repo, const char *type,
                                                 const struct hcl_value *v)
{
    if (str_eq(type, "string"))
        return same_place(repo, v, value_to_text(repo, v));
    if (str_eq(type, "number"))
        return same_place(repo, v, value_to_number(repo, v));
    if (str_eq(type, "bool"))
        return same_place(repo, v, value_to_bool(repo, v));
    return v;
}

static const struct hcl_value *convert_items(const struct scope *scope, const struct hcl_node *type,
                                             const struct hcl_value *v, bool is_set, int depth)
{
    struct gather gather = {.repo = scope->repo};

    for (size_t i = 0; i < v->n; i++)
        gather_add(&gather, v->kind == HCL_V_OBJECT ? v->keys[i] : NULL,
                   convert_to_type(scope, type, v->items[i], depth + 1));
    if (v->kind == HCL_V_OBJECT)
        return gather_object(&gather);
    return is_set ? gather_set(&gather) : gather_list(&gather);
}

/* The type inside optional(type, default); the default through out. */
static const struct hcl_node *optional_type(const struct scope *scope, const struct hcl_node *type,
                                            const struct hcl_node **fallback)
{
    *fallback = NULL;
    if (type->kind != HCL_CALL || !hcl_name_is(scope->file, type, "optional") ||
        type->child == NULL)
        return NULL;
    *fallback = type->child->next;
    return type->child;
}

static const struct hcl_value *convert_attribute(const struct scope *scope,
                                                 const struct hcl_node *type,
                                                 const struct hcl_value *given, int depth)
{
    const struct hcl_node *fallback;
    const struct hcl_node *inner = optional_type(scope, type, &fallback);

    if (inner == NULL)
        return given != NULL ? convert_to_type(scope, type, given, depth + 1)
                             : value_invalid(scope->repo, "an object lacks an attribute");
    if (given == NULL || (given->kind == HCL_V_NULL && fallback != NULL))
        given = fallback != NULL ? eval_written(scope, fallback) : &VALUE_NULL;
    return convert_to_type(scope, inner, given, depth + 1);
}

/* object({ a = string, b = optional(bool, true) }): exactly these attributes come out. */
static const struct hcl_value *convert_object(const struct scope *scope,
                                              const struct hcl_node *type,
                                              const struct hcl_value *v, int depth)
{
    struct gather gather = {.repo = scope->repo};
    char name[NAME_BYTES_MAX];

    for (const struct hcl_node *key = type->child; key != NULL && key->next != NULL;
         key = key->next->next) {
        if (key->kind != HCL_VARIABLE || !eval_name(scope->file, key, name))
            return v;
        const char *kept = arena_text(scope->repo->arena, name);
        if (kept == NULL)
            return &VALUE_EXHAUSTED;
        gather_add(&gather, kept,
                   convert_attribute(scope, key->next, value_member(v, name), depth));
    }
    return gather_object(&gather);
}

static const struct hcl_value *convert_collection(const struct scope *scope,
                                                  const struct hcl_node *call,
                                                  const struct hcl_value *v, int depth)
{
    const struct hcl_file *file = scope->file;
    bool is_list = hcl_name_is(file, call, "list");
    bool is_set = hcl_name_is(file, call, "set");
    const struct hcl_value *to = v;

    if (call->child == NULL)
        return v;
    if ((is_list || is_set) && v->kind == HCL_V_LIST)
        to = convert_items(scope, call->child, v, is_set, depth);
    else if (hcl_name_is(file, call, "map") && v->kind == HCL_V_OBJECT)
        to = convert_items(scope, call->child, v, false, depth);
    else if (hcl_name_is(file, call, "object") && v->kind == HCL_V_OBJECT &&
             call->child->kind == HCL_OBJECT)
        to = convert_object(scope, call->child, v, depth);
    return same_place(scope->repo, v, to);
}

const struct hcl_value *convert_to_type(const struct scope *scope, const struct hcl_node *type,
                                        const struct hcl_value *v, int depth)
{
    char name[NAME_BYTES_MAX];

    if (depth > VALUE_DEPTH_MAX || scope->repo->budget == 0)
        return &VALUE_EXHAUSTED;
    scope->repo->budget--;
    if (value_is_open(v) || v->kind == HCL_V_NULL)
        return v;
    if (type->kind == HCL_VARIABLE && eval_name(scope->file, type, name))
        return convert_primitive(scope->repo, name, v);
    return type->kind == HCL_CALL ? convert_collection(scope, type, v, depth) : v;
}
