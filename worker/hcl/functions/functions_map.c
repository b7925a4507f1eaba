/* Functions over maps and objects. */
#include "worker/hcl/functions/functions.h"

static const struct hcl_value *no_map(const struct arguments *a)
{
    return refuse(a, "a map or an object is needed");
}

static const struct hcl_value *keys(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *map = a->items[0];

    if (map->kind != HCL_V_OBJECT)
        return no_map(a);
    for (size_t i = 0; i < map->n; i++)
        gather_add(&gather, NULL, value_text(a->repo, map->keys[i]));
    return map->type->kind == TYPE_MAP ? gather_list(&gather, &TYPE_OF_TEXT)
                                       : gather_tuple(&gather);
}

static const struct hcl_value *values(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *map = a->items[0];

    if (map->kind != HCL_V_OBJECT)
        return no_map(a);
    for (size_t i = 0; i < map->n; i++)
        gather_add(&gather, NULL, map->items[i]);
    return map->type->kind == TYPE_MAP ? gather_list(&gather, map->type->items[0])
                                       : gather_tuple(&gather);
}

static const struct hcl_value *merge(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct value_type *type = NULL;
    const struct hcl_value *open = NULL;
    bool same = true;

    for (size_t i = 0; i < a->n; i++) {
        const struct hcl_value *map = a->items[i];
        if (value_is_open(map)) {
            open = map;
            continue;
        }
        if (map->kind != HCL_V_NULL && map->kind != HCL_V_OBJECT)
            return no_map(a);
        same = same && (type == NULL || type == type_of(map));
        type = type_of(map);
        for (size_t j = 0; j < map->n; j++)
            gather_add(&gather, map->keys[j], map->items[j]);
    }
    if (open != NULL)
        return value_blocked(a->repo, open);
    return same && type != NULL && type->kind == TYPE_MAP ? gather_map(&gather, type->items[0])
                                                          : gather_object(&gather);
}

static const struct hcl_value *lookup(const struct arguments *a)
{
    const struct hcl_value *map = a->items[0];
    const struct hcl_value *key = a->items[1];

    if (value_is_open(map) || value_is_open(key))
        return value_blocked(a->repo, value_is_open(map) ? map : key);
    if (map->kind != HCL_V_OBJECT || key->kind != HCL_V_TEXT)
        return no_map(a);
    bool is_map = map->type->kind == TYPE_MAP;
    const struct hcl_value *found = value_member(map, key->text);
    const struct hcl_value *fallback = a->n == 3 ? a->items[2] : NULL;
    if (is_map && fallback != NULL) {
        fallback = convert(a->repo, fallback, map->type->items[0]);
        if (fallback->kind == HCL_V_UNKNOWN && fallback->invalid)
            return fallback;
    }
    if (found != NULL)
        return found;
    return fallback != NULL ? fallback : refuse(a, "the map has no such element");
}

static const struct hcl_value *zipmap(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *keys = a->items[0];
    const struct hcl_value *values = a->items[1];
    bool is_list = type_of(values)->kind == TYPE_LIST;

    if (!is_list && type_of(values)->kind != TYPE_TUPLE)
        return refuse(a, "a list is needed");
    if (keys->n != values->n)
        return refuse(a, "as many values as keys are needed");
    for (size_t i = 0; i < keys->n; i++) {
        if (value_is_open(keys->items[i]))
            return value_blocked(a->repo, keys->items[i]);
        if (keys->items[i]->kind != HCL_V_TEXT)
            return refuse(a, "a key is null");
        gather_add(&gather, keys->items[i]->text, values->items[i]);
    }
    return is_list ? gather_map(&gather, values->type->items[0]) : gather_object(&gather);
}

/* What stands in a list, under which key. */
struct entry {
    const char *text;
    const char *key;
};

static int by_text_and_key(const void *x, const void *y)
{
    const struct entry *one = x;
    const struct entry *two = y;
    int order = strcmp(one->text, two->text);

    return order != 0 ? order : strcmp(one->key, two->key);
}

/* One map entry for all entries from first on with the same text; answers the next. */
static size_t turn_over(const struct arguments *a, const struct entry *entries, size_t first,
                        size_t n, struct gather *out)
{
    struct gather keys = {.repo = a->repo};
    size_t i = first;

    for (; i < n && str_eq(entries[i].text, entries[first].text); i++)
        gather_add(&keys, NULL, value_text(a->repo, entries[i].key));
    gather_add(out, entries[first].text, gather_list(&keys, &TYPE_OF_TEXT));
    return i;
}

static const struct hcl_value *transpose(const struct arguments *a)
{
    const struct hcl_value *map = a->items[0];
    struct gather gather = {.repo = a->repo};
    size_t n = 0;
    size_t cap = 0;

    for (size_t i = 0; i < map->n; i++)
        cap += map->items[i]->n;
    CLEANUP(mem_freep) struct entry *entries = calloc(cap + 1, sizeof *entries);
    if (entries == NULL || cap > LIST_MAX)
        return &VALUE_EXHAUSTED;
    for (size_t i = 0; i < map->n; i++) {
        const struct hcl_value *list = map->items[i];
        const struct hcl_value *open = value_open_part(a->repo, list, 0);
        if (open != NULL)
            return value_blocked(a->repo, open);
        if (list->kind == HCL_V_NULL)
            return value_unknown(a->repo, "transpose of null is not evaluated");
        for (size_t j = 0; j < list->n; j++) {
            if (list->items[j]->kind != HCL_V_TEXT)
                return refuse(a, "a list contains null");
            entries[n++] = (struct entry){list->items[j]->text, map->keys[i]};
        }
    }
    qsort(entries, n, sizeof *entries, by_text_and_key);
    for (size_t i = 0; i < n;)
        i = turn_over(a, entries, i, n, &gather);
    return gather_map(&gather, type_collection(a->repo, TYPE_LIST, &TYPE_OF_TEXT));
}

const struct function MAP_FUNCTIONS[] = {
    {"keys", "a", 1, 1, PASSES_ON, keys},
    {"lookup", "asa", 2, 3, TAKES_OPEN | TAKES_NULL | PASSES_ON, lookup},
    {"merge", "a*", 0, ANY_COUNT, TAKES_OPEN | TAKES_NULL | PASSES_ON, merge},
    {"transpose", "m", 1, 1, 0, transpose},
    {"values", "a", 1, 1, PASSES_ON, values},
    {"zipmap", "ta", 2, 2, 0, zipmap},
};
const size_t MAP_FUNCTION_COUNT = COUNT(MAP_FUNCTIONS);
