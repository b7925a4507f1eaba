/* Types, each made once; the story stands in value_type.h. */
#include "worker/hcl/eval/value_type.h"

#define BUCKETS 1024

struct type_table {
    const struct value_type *buckets[BUCKETS];
};

const struct value_type TYPE_OF_OPEN = {.kind = TYPE_OPEN, .has_open = true, .hash = 5};
const struct value_type TYPE_OF_ANY = {.kind = TYPE_ANY, .hash = 1};
const struct value_type TYPE_OF_BOOL = {.kind = TYPE_BOOL, .hash = 2};
const struct value_type TYPE_OF_NUMBER = {.kind = TYPE_NUMBER, .hash = 3};
const struct value_type TYPE_OF_TEXT = {.kind = TYPE_TEXT, .hash = 4};

static uint32_t mix(uint32_t hash, uint64_t more)
{
    return (hash ^ (uint32_t)(more ^ (more >> 32))) * 0x9E3779B1U + (hash >> 15);
}

static uint32_t hash_of(const struct value_type *type)
{
    uint32_t hash = mix(17, type->kind);

    for (size_t i = 0; i < type->n; i++) {
        hash = mix(hash, type->items[i]->hash);
        hash = mix(hash, type->optional != NULL && type->optional[i]);
        for (const char *at = type->keys != NULL ? type->keys[i] : ""; *at != '\0'; at++)
            hash = mix(hash, (unsigned char)*at);
    }
    return hash;
}

static bool is_same(const struct value_type *a, const struct value_type *b)
{
    if (a->kind != b->kind || a->n != b->n || a->hash != b->hash)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (a->items[i] != b->items[i] ||
            (a->optional != NULL && a->optional[i]) != (b->optional != NULL && b->optional[i]) ||
            (a->keys != NULL && !str_eq(a->keys[i], b->keys[i])))
            return false;
    return true;
}

static void *copy_of(struct hcl_repo *repo, const void *array, size_t bytes)
{
    void *copy = array != NULL ? arena_alloc(repo->arena, bytes + 1) : NULL;

    if (copy != NULL)
        memcpy(copy, array, bytes);
    return copy;
}

static const struct value_type *intern(struct hcl_repo *repo, struct value_type type)
{
    if (repo->types == NULL)
        repo->types = arena_alloc(repo->arena, sizeof *repo->types);
    if (repo->types == NULL)
        return NULL;
    type.hash = hash_of(&type);
    const struct value_type **bucket = &repo->types->buckets[type.hash % BUCKETS];
    for (const struct value_type *at = *bucket; at != NULL; at = at->next)
        if (is_same(at, &type))
            return at;

    struct value_type *made = arena_alloc(repo->arena, sizeof *made);
    const void *items = copy_of(repo, type.items, type.n * sizeof *type.items);
    const void *keys = copy_of(repo, type.keys, type.n * sizeof *type.keys);
    const void *optional = copy_of(repo, type.optional, type.n * sizeof *type.optional);
    if (made == NULL || (items == NULL && type.items != NULL) ||
        (keys == NULL && type.keys != NULL) || (optional == NULL && type.optional != NULL))
        return NULL;
    type.items = items;
    type.keys = keys;
    type.optional = optional;
    for (size_t i = 0; i < type.n; i++)
        type.has_open = type.has_open || type.items[i]->has_open;
    type.next = *bucket;
    *made = type;
    *bucket = made;
    return made;
}

const struct value_type *type_collection(struct hcl_repo *repo, enum value_type_kind kind,
                                         const struct value_type *element)
{
    if (element == NULL)
        return NULL;
    return intern(repo, (struct value_type){.kind = kind, .n = 1, .items = &element});
}

static bool all_there(const struct value_type *const *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (items[i] == NULL)
            return false;
    return true;
}

const struct value_type *type_tuple(struct hcl_repo *repo, const struct value_type *const *items,
                                    size_t n)
{
    if (!all_there(items, n))
        return NULL;
    return intern(repo, (struct value_type){.kind = TYPE_TUPLE, .n = n, .items = items});
}

const struct value_type *type_object(struct hcl_repo *repo, const char *const *keys,
                                     const struct value_type *const *items, const bool *optional,
                                     size_t n)
{
    bool some = false;

    if (!all_there(items, n))
        return NULL;
    for (size_t i = 0; i < n && optional != NULL; i++)
        some = some || optional[i];
    return intern(repo, (struct value_type){.kind = TYPE_OBJECT,
                                            .n = n,
                                            .keys = keys,
                                            .items = items,
                                            .optional = some ? optional : NULL});
}

const struct value_type *type_of(const struct hcl_value *v)
{
    if (v->type != NULL)
        return v->type;
    switch (v->kind) {
    case HCL_V_BOOL:
        return &TYPE_OF_BOOL;
    case HCL_V_NUMBER:
        return &TYPE_OF_NUMBER;
    case HCL_V_TEXT:
        return &TYPE_OF_TEXT;
    case HCL_V_NULL:
        return &TYPE_OF_ANY;
    default:
        return &TYPE_OF_OPEN;
    }
}

const struct value_type *type_settled(struct hcl_repo *repo, const struct value_type *type)
{
    if (type == NULL || type->n == 0 || repo->budget == 0)
        return type;
    repo->budget--;
    const struct value_type **items = arena_alloc(repo->arena, type->n * sizeof *items);
    if (items == NULL)
        return NULL;
    for (size_t i = 0; i < type->n; i++)
        items[i] = type_settled(repo, type->items[i]);
    if (type->kind == TYPE_TUPLE)
        return type_tuple(repo, items, type->n);
    if (type->kind == TYPE_OBJECT)
        return type_object(repo, type->keys, items, NULL, type->n);
    return type_collection(repo, type->kind, items[0]);
}

/* --- as text --- */

static void print_key(const char *key, struct buf *out)
{
    buf_print(out, "%s: ", key);
}

void type_print(const struct value_type *type, struct buf *out)
{
    static const char *const names[] = {"?",    "dynamic", "bool", "number", "string",
                                        "list", "set",     "map",  "tuple",  "object"};

    if (out->len > 65536)
        return;
    buf_text(out, names[type->kind]);
    if (type->kind < TYPE_LIST)
        return;
    bool is_structure = type->kind == TYPE_TUPLE || type->kind == TYPE_OBJECT;
    const char *close = type->kind == TYPE_TUPLE ? "])" : type->kind == TYPE_OBJECT ? "})" : ")";
    buf_text(out, type->kind == TYPE_TUPLE ? "([" : type->kind == TYPE_OBJECT ? "({" : "(");
    for (size_t i = 0; i < type->n; i++) {
        buf_text(out, is_structure ? " " : "");
        if (type->keys != NULL)
            print_key(type->keys[i], out);
        type_print(type->items[i], out);
        buf_text(out, is_structure ? "," : "");
    }
    buf_text(out, is_structure && type->n > 0 ? " " : "");
    buf_text(out, close);
}
