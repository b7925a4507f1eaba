/* Lists, sets and objects being built, with their cap. */
#include <stdlib.h>

#include "worker/hcl/value.h"

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

static const struct hcl_value *finish(struct gather *gather, enum hcl_value_kind kind)
{
    struct hcl_value *v = arena_alloc(gather->repo->arena, sizeof *v);

    if (v == NULL)
        return &VALUE_EXHAUSTED;
    if (gather->failed)
        return value_unknown(gather->repo, "a list or object has more than %d elements", LIST_MAX);
    *v = (struct hcl_value){.kind = kind,
                            .n = gather->n,
                            .keys = kind == HCL_V_OBJECT ? gather->keys : NULL,
                            .items = gather->items};
    return v;
}

const struct hcl_value *gather_list(struct gather *gather)
{
    return finish(gather, HCL_V_LIST);
}

/* What qsort moves: stable by the place it had. */
struct pair {
    const char *key;
    const struct hcl_value *item;
    size_t place;
};

static int by_key(const void *a, const void *b)
{
    const struct pair *x = a;
    const struct pair *y = b;
    int order = strcmp(x->key, y->key);

    return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static int by_value(const void *a, const void *b)
{
    const struct pair *left = a;
    const struct pair *right = b;
    const struct hcl_value *x = left->item;
    const struct hcl_value *y = right->item;
    int order = 0;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->kind == HCL_V_TEXT)
        order = strcmp(x->text, y->text);
    if (x->kind == HCL_V_NUMBER)
        order = (x->number > y->number) - (x->number < y->number);
    return order != 0 ? order : (left->place > right->place) - (left->place < right->place);
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

const struct hcl_value *gather_object(struct gather *gather)
{
    size_t kept = 0;

    if (gather->failed || gather->n < 2)
        return finish(gather, HCL_V_OBJECT);
    sort_with(gather, by_key);
    for (size_t i = 0; i < gather->n && !gather->failed; i++) {
        bool again = i + 1 < gather->n && str_eq(gather->keys[i], gather->keys[i + 1]);
        if (again)
            continue;
        gather->keys[kept] = gather->keys[i];
        gather->items[kept++] = gather->items[i];
    }
    gather->n = kept;
    return finish(gather, HCL_V_OBJECT);
}

const struct hcl_value *gather_set(struct gather *gather)
{
    size_t kept = 0;

    if (gather->failed || gather->n < 2)
        return finish(gather, HCL_V_LIST);
    sort_with(gather, by_value);
    for (size_t i = 0; i < gather->n && !gather->failed; i++) {
        if (kept > 0 &&
            value_equal(gather->repo, gather->items[kept - 1], gather->items[i], 0) == 1)
            continue;
        gather->items[kept++] = gather->items[i];
    }
    gather->n = kept;
    return finish(gather, HCL_V_LIST);
}
