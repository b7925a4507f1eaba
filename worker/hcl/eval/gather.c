/* Collections and structures being built, with their cap. */
#include <stdio.h>

#include "worker/hcl/eval/value.h"

static void widen(struct gather *gather)
{
    size_t cap = gather->cap == 0 ? 8 : gather->cap * 2;
    struct arena *arena = gather->repo->arena;
    const char **keys = arena_alloc(arena, cap * sizeof *keys);
    const struct hcl_value **items = arena_alloc(arena, cap * sizeof *items);

    gather->failed = keys == NULL || items == NULL;
    if (gather->failed)
        return;
    if (gather->n > 0) {
        memcpy(keys, gather->keys, gather->n * sizeof *keys);
        memcpy(items, gather->items, gather->n * sizeof *items);
    }
    gather->keys = keys;
    gather->items = items;
    gather->cap = cap;
}

void gather_add(struct gather *gather, const char *key, const struct hcl_value *value)
{
    if (gather->n >= LIST_MAX)
        gather->failed = true;
    if (!gather->failed && gather->n == gather->cap)
        widen(gather);
    if (gather->failed)
        return;
    gather->keys[gather->n] = key;
    gather->items[gather->n++] = value;
}

static const struct hcl_value *finish(struct gather *gather, enum hcl_value_kind kind,
                                      const struct value_type *type)
{
    if (gather->failed)
        return value_unknown(gather->repo, "a list or object has more than %d elements", LIST_MAX);
    if (type == NULL)
        return &VALUE_EXHAUSTED;
    return value_keep(gather->repo,
                      &(struct hcl_value){.kind = kind,
                                          .type = type,
                                          .n = gather->n,
                                          .keys = kind == HCL_V_OBJECT ? gather->keys : NULL,
                                          .items = gather->items});
}

/* The types of the elements, or NULL; freed by the caller. */
static const struct value_type **types_of(const struct gather *gather)
{
    const struct value_type **types = calloc(gather->n + 1, sizeof *types);

    for (size_t i = 0; types != NULL && i < gather->n; i++)
        types[i] = type_of(gather->items[i]);
    return types;
}

const struct hcl_value *gather_tuple(struct gather *gather)
{
    CLEANUP(mem_freep) const struct value_type **types = gather->failed ? NULL : types_of(gather);

    return finish(gather, HCL_V_LIST,
                  types != NULL ? type_tuple(gather->repo, types, gather->n) : NULL);
}

const struct hcl_value *gather_list(struct gather *gather, const struct value_type *element)
{
    return finish(gather, HCL_V_LIST, type_collection(gather->repo, TYPE_LIST, element));
}

/* --- order --- */

/* What qsort moves: stable by the place it had. */
struct pair {
    const char *key;
    const struct hcl_value *item;
    size_t place;
};

static int by_place(const struct pair *x, const struct pair *y)
{
    return (x->place > y->place) - (x->place < y->place);
}

static int by_key(const void *a, const void *b)
{
    const struct pair *x = a;
    const struct pair *y = b;
    int order = strcmp(x->key, y->key);

    return order != 0 ? order : by_place(x, y);
}

/* Null comes last; texts by bytes, numbers by size, false before true; the rest by their key. */
static int by_value(const void *a, const void *b)
{
    const struct pair *left = a;
    const struct pair *right = b;
    const struct hcl_value *x = left->item;
    const struct hcl_value *y = right->item;
    int order = 0;

    if (x->kind == HCL_V_NULL || y->kind == HCL_V_NULL)
        order = (x->kind == HCL_V_NULL) - (y->kind == HCL_V_NULL);
    else if (x->kind == HCL_V_TEXT && y->kind == HCL_V_TEXT)
        order = strcmp(x->text, y->text);
    else if (x->kind == HCL_V_NUMBER && y->kind == HCL_V_NUMBER)
        order = bignum_compare(x->exact, y->exact);
    else if (x->kind == HCL_V_BOOL && y->kind == HCL_V_BOOL)
        order = x->boolean - y->boolean;
    else if (left->key != NULL && right->key != NULL)
        order = strcmp(left->key, right->key);
    return order != 0 ? order : by_place(left, right);
}

static void sort_with(struct gather *gather, int (*order)(const void *, const void *))
{
    CLEANUP(mem_freep) struct pair *pairs = calloc(gather->n, sizeof *pairs);

    if (pairs == NULL) {
        gather->failed = true;
        return;
    }
    for (size_t i = 0; i < gather->n; i++)
        pairs[i] = (struct pair){gather->keys[i], gather->items[i], i};
    qsort(pairs, gather->n, sizeof *pairs, order);
    for (size_t i = 0; i < gather->n; i++) {
        gather->keys[i] = pairs[i].key;
        gather->items[i] = pairs[i].item;
    }
}

static void sort_keys(struct gather *gather)
{
    size_t kept = 0;

    if (gather->failed || gather->n < 2)
        return;
    sort_with(gather, by_key);
    for (size_t i = 0; i < gather->n && !gather->failed; i++) {
        bool again = i + 1 < gather->n && str_eq(gather->keys[i], gather->keys[i + 1]);
        if (again)
            continue;
        gather->keys[kept] = gather->keys[i];
        gather->items[kept++] = gather->items[i];
    }
    gather->n = kept;
}

const struct hcl_value *gather_object(struct gather *gather)
{
    sort_keys(gather);
    CLEANUP(mem_freep) const struct value_type **types = gather->failed ? NULL : types_of(gather);

    return finish(gather, HCL_V_OBJECT,
                  types != NULL ? type_object(gather->repo, gather->keys, types, NULL, gather->n)
                                : NULL);
}

const struct hcl_value *gather_map(struct gather *gather, const struct value_type *element)
{
    sort_keys(gather);
    return finish(gather, HCL_V_OBJECT, type_collection(gather->repo, TYPE_MAP, element));
}

/* --- sets --- */

/* False where it cannot be said: Terraform quotes and rounds here in ways not followed. */
static bool write_order(struct hcl_repo *repo, const struct hcl_value *v, struct buf *out)
{
    const struct value_type *type = type_of(v);
    bool is_list = type->kind == TYPE_LIST || type->kind == TYPE_SET;
    bool known = true;

    if (repo->budget == 0 || out->too_long)
        return false;
    repo->budget--;
    switch (v->kind) {
    case HCL_V_NULL:
        buf_char(out, '~');
        return true;
    case HCL_V_BOOL:
        buf_char(out, v->boolean ? 'T' : 'F');
        return true;
    case HCL_V_NUMBER:
        value_print(v, out);
        return bignum_is_integer(v->exact) && v->number < 1e10 && v->number > -1e10;
    case HCL_V_TEXT:
        for (const char *at = v->text; *at != '\0'; at++)
            known = known && *at >= ' ' && *at < 0x7F && *at != '"' && *at != '\\';
        buf_print(out, "\"%s\"", v->text);
        return known;
    default:
        break;
    }
    buf_char(out, type->kind == TYPE_MAP ? '{' : is_list ? '[' : '<');
    for (size_t i = 0; i < v->n && known; i++) {
        if (type->kind == TYPE_MAP)
            buf_print(out, "\"%s\":", v->keys[i]);
        known = write_order(repo, v->items[i], out);
        buf_char(out, ';');
    }
    buf_char(out, type->kind == TYPE_MAP ? '}' : is_list ? ']' : '>');
    return known;
}

/* Elements that are no primitives are ordered by a text made of them. */
static bool note_orders(struct gather *gather)
{
    for (size_t i = 0; i < gather->n; i++) {
        CLEANUP(buf_done) struct buf text = BUF(TEXT_MAX);
        struct err err;
        gather->keys[i] = NULL;
        if (gather->items[i]->kind != HCL_V_LIST && gather->items[i]->kind != HCL_V_OBJECT)
            continue;
        if (!write_order(gather->repo, gather->items[i], &text) || buf_check(&text, &err) < 0)
            return false;
        gather->keys[i] = arena_text(gather->repo->arena, buf_str(&text));
        if (gather->keys[i] == NULL)
            return false;
    }
    return true;
}

const struct hcl_value *gather_set(struct gather *gather, const struct value_type *element)
{
    const struct value_type *type = type_collection(gather->repo, TYPE_SET, element);
    size_t kept = 0;

    if (gather->failed || gather->n < 2)
        return finish(gather, HCL_V_LIST, type);
    for (size_t i = 0; i < gather->n; i++) {
        const struct hcl_value *open = value_open_part(gather->repo, gather->items[i], 0);
        if (open != NULL)
            return value_blocked(gather->repo, open);
    }
    if (!note_orders(gather))
        return value_unknown(gather->repo, "the order of a set is not known");
    sort_with(gather, by_value);
    for (size_t i = 0; i < gather->n && !gather->failed; i++) {
        if (kept > 0 &&
            value_equal(gather->repo, gather->items[kept - 1], gather->items[i], 0) == 1)
            continue;
        gather->items[kept++] = gather->items[i];
    }
    gather->n = kept;
    return finish(gather, HCL_V_LIST, type);
}
