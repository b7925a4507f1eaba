/* The type expressions of variable blocks: string, list(any), object({ a = optional(bool, true) })
 * … and their defaults. */
#include "worker/hcl/eval/convert.h"

#define ATTRIBUTES_MAX 1000

static const struct value_type *read(const struct scope *scope, const struct hcl_node *node,
                                     int depth);

static const struct value_type *named(const struct scope *scope, const struct hcl_node *node)
{
    static const struct {
        const char *name;
        const struct value_type *type;
    } names[] = {{"string", &TYPE_OF_TEXT},
                 {"number", &TYPE_OF_NUMBER},
                 {"bool", &TYPE_OF_BOOL},
                 {"any", &TYPE_OF_ANY}};

    for (size_t i = 0; i < COUNT(names); i++)
        if (hcl_name_is(scope->file, node, names[i].name))
            return names[i].type;
    /* The short forms of old: "list" is a list of any. */
    if (hcl_name_is(scope->file, node, "list"))
        return type_collection(scope->repo, TYPE_LIST, &TYPE_OF_ANY);
    if (hcl_name_is(scope->file, node, "map"))
        return type_collection(scope->repo, TYPE_MAP, &TYPE_OF_ANY);
    return NULL;
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

/* "name" or name before the '='. */
static bool attribute_name(const struct scope *scope, const struct hcl_node *key,
                           char out[NAME_BYTES_MAX])
{
    if (key->kind == HCL_VARIABLE)
        return eval_name(scope->file, key, out);
    const char *text = eval_literal_text(scope->repo, scope->file, key);
    return text != NULL && str_copy(out, NAME_BYTES_MAX, text);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The node of the type of an object's attribute. */
static const struct hcl_node *attribute_node(const struct scope *scope,
                                             const struct hcl_node *object, const char *name)
{
    char here[NAME_BYTES_MAX];

    for (const struct hcl_node *key = object->child; key != NULL && key->next != NULL;
         key = key->next->next)
        if (attribute_name(scope, key, here) && str_eq(here, name))
            return key->next;
    return NULL;
}

static const struct value_type *read_object(const struct scope *scope,
                                            const struct hcl_node *object, int depth)
{
    const char *keys[ATTRIBUTES_MAX];
    CLEANUP(mem_freep) const struct value_type **items = calloc(ATTRIBUTES_MAX, sizeof *items);
    bool optional[ATTRIBUTES_MAX] = {false};
    char name[NAME_BYTES_MAX];
    size_t n = 0;

    for (const struct hcl_node *key = object->child; key != NULL && key->next != NULL;
         key = key->next->next) {
        if (n == ATTRIBUTES_MAX || !attribute_name(scope, key, name))
            return NULL;
        keys[n] = arena_text(scope->repo->arena, name);
        if (keys[n++] == NULL)
            return NULL;
    }
    qsort(keys, n, sizeof keys[0], by_key);
    for (size_t i = 0; i < n && items != NULL; i++) {
        const struct hcl_node *fallback;
        const struct hcl_node *type = attribute_node(scope, object, keys[i]);
        const struct hcl_node *inner = optional_type(scope, type, &fallback);
        optional[i] = inner != NULL;
        items[i] = read(scope, inner != NULL ? inner : type, depth + 1);
        if (i > 0 && str_eq(keys[i - 1], keys[i]))
            return NULL;
    }
    return items != NULL ? type_object(scope->repo, keys, items, optional, n) : NULL;
}

static const struct value_type *read_tuple(const struct scope *scope, const struct hcl_node *tuple,
                                           int depth)
{
    CLEANUP(mem_freep) const struct value_type **items = calloc(ATTRIBUTES_MAX, sizeof *items);
    size_t n = 0;

    for (const struct hcl_node *at = tuple->child; at != NULL && items != NULL; at = at->next) {
        if (n == ATTRIBUTES_MAX)
            return NULL;
        items[n++] = read(scope, at, depth + 1);
    }
    return items != NULL ? type_tuple(scope->repo, items, n) : NULL;
}

static const struct value_type *read_call(const struct scope *scope, const struct hcl_node *call,
                                          int depth)
{
    static const struct {
        const char *name;
        enum value_type_kind kind;
    } names[] = {{"list", TYPE_LIST}, {"set", TYPE_SET}, {"map", TYPE_MAP}};

    if (call->child == NULL || call->child->next != NULL)
        return NULL;
    if (hcl_name_is(scope->file, call, "object") && call->child->kind == HCL_OBJECT)
        return read_object(scope, call->child, depth);
    if (hcl_name_is(scope->file, call, "tuple") && call->child->kind == HCL_TUPLE)
        return read_tuple(scope, call->child, depth);
    for (size_t i = 0; i < COUNT(names); i++)
        if (hcl_name_is(scope->file, call, names[i].name))
            return type_collection(scope->repo, names[i].kind, read(scope, call->child, depth + 1));
    return NULL;
}

static const struct value_type *read(const struct scope *scope, const struct hcl_node *node,
                                     int depth)
{
    if (depth > VALUE_DEPTH_MAX / 2)
        return NULL;
    if (node->kind == HCL_VARIABLE)
        return named(scope, node);
    return node->kind == HCL_CALL ? read_call(scope, node, depth) : NULL;
}

const struct value_type *constraint_type(const struct scope *scope, const struct hcl_node *node)
{
    return read(scope, node, 0);
}

/* --- defaults of optional attributes, filled in before the value is converted --- */

static const struct hcl_value *fill(const struct scope *scope, const struct hcl_node *type,
                                    const struct hcl_value *v, int depth);

static const struct hcl_value *rebuilt(struct hcl_repo *repo, const struct hcl_value *from,
                                       const struct hcl_value *built)
{
    struct hcl_value copy = *built;

    copy.origins = from->origins;
    copy.n_origins = from->n_origins;
    copy.made = from->made;
    return built->kind == HCL_V_UNKNOWN ? built : value_keep(repo, &copy);
}

static const struct hcl_value *fill_object(const struct scope *scope, const struct hcl_node *object,
                                           const struct hcl_value *v, int depth)
{
    struct gather gather = {.repo = scope->repo};
    char name[NAME_BYTES_MAX];

    for (size_t i = 0; i < v->n; i++)
        if (attribute_node(scope, object, v->keys[i]) == NULL)
            gather_add(&gather, v->keys[i], v->items[i]);
    for (const struct hcl_node *key = object->child; key != NULL && key->next != NULL;
         key = key->next->next) {
        const struct hcl_node *fallback;
        const struct hcl_node *inner = optional_type(scope, key->next, &fallback);
        if (!attribute_name(scope, key, name))
            return v;
        const struct hcl_value *given = value_member(v, name);
        if (fallback != NULL && (given == NULL || given->kind == HCL_V_NULL))
            given = eval_written(scope, fallback);
        if (given != NULL)
            gather_add(&gather, arena_text(scope->repo->arena, name),
                       fill(scope, inner != NULL ? inner : key->next, given, depth + 1));
    }
    return rebuilt(scope->repo, v, gather_object(&gather));
}

/* Each element by the one type inside list(…), set(…) or map(…). Of a map the kind is kept. */
static const struct hcl_value *fill_items(const struct scope *scope, const struct hcl_node *type,
                                          const struct hcl_value *v, int depth)
{
    struct gather gather = {.repo = scope->repo};

    for (size_t i = 0; i < v->n; i++)
        gather_add(&gather, v->kind == HCL_V_OBJECT ? v->keys[i] : NULL,
                   fill(scope, type, v->items[i], depth + 1));
    return rebuilt(scope->repo, v,
                   v->kind == HCL_V_OBJECT ? gather_object(&gather) : gather_tuple(&gather));
}

static const struct hcl_value *fill_tuple(const struct scope *scope, const struct hcl_node *tuple,
                                          const struct hcl_value *v, int depth)
{
    struct gather gather = {.repo = scope->repo};
    const struct hcl_node *type = tuple->child;

    for (size_t i = 0; i < v->n; i++, type = type != NULL ? type->next : NULL)
        gather_add(&gather, NULL,
                   type != NULL ? fill(scope, type, v->items[i], depth + 1) : v->items[i]);
    return rebuilt(scope->repo, v, gather_tuple(&gather));
}

static bool has_default(const struct scope *scope, const struct hcl_node *node, int depth)
{
    const struct hcl_node *fallback;

    if (depth > VALUE_DEPTH_MAX || node->kind == HCL_VARIABLE)
        return false;
    if (optional_type(scope, node, &fallback) != NULL && fallback != NULL)
        return true;
    for (const struct hcl_node *at = node->child; at != NULL; at = at->next)
        if (has_default(scope, at, depth + 1))
            return true;
    return false;
}

static const struct hcl_value *fill(const struct scope *scope, const struct hcl_node *type,
                                    const struct hcl_value *v, int depth)
{
    const struct hcl_file *file = scope->file;

    if (depth > VALUE_DEPTH_MAX || scope->repo->budget == 0)
        return &VALUE_EXHAUSTED;
    scope->repo->budget--;
    bool is_full = v->kind == HCL_V_LIST || v->kind == HCL_V_OBJECT;
    if (!is_full || type->kind != HCL_CALL || type->child == NULL || !has_default(scope, type, 0))
        return v;
    if (hcl_name_is(file, type, "object") && v->kind == HCL_V_OBJECT)
        return type->child->kind == HCL_OBJECT ? fill_object(scope, type->child, v, depth) : v;
    if (hcl_name_is(file, type, "tuple") && v->kind == HCL_V_LIST)
        return type->child->kind == HCL_TUPLE ? fill_tuple(scope, type->child, v, depth) : v;
    bool fits = hcl_name_is(file, type, "map") ? v->kind == HCL_V_OBJECT : v->kind == HCL_V_LIST;
    return fits ? fill_items(scope, type->child, v, depth) : v;
}

const struct hcl_value *convert_to_type(const struct scope *scope, const struct hcl_node *type,
                                        const struct hcl_value *v)
{
    const struct value_type *wanted = constraint_type(scope, type);

    /* "string" in quotes, as long ago, and what is no type at all. */
    if (wanted == NULL)
        return type->kind == HCL_TEMPLATE
                   ? value_unknown(scope->repo, "a variable's type is written in quotes")
                   : value_invalid(scope->repo, "a variable's type is not understood");
    if (v->kind == HCL_V_LIST || v->kind == HCL_V_OBJECT)
        v = fill(scope, type, v, 0);
    return convert(scope->repo, v, wanted);
}
