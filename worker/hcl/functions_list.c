/* Functions over lists, sets and objects. Elements are passed on as they are, with the place they
 * were written at, so a change can be made there. */
#include <math.h>

#include "worker/hcl/functions.h"

static const struct hcl_value *no_collection(const struct arguments *a)
{
    return value_invalid(a->repo, "a list or a map is needed");
}

static const struct hcl_value *length(const struct arguments *a)
{
    const struct hcl_value *v = a->items[0];
    size_t characters = 0;

    if (v->kind == HCL_V_LIST || v->kind == HCL_V_OBJECT)
        return value_number(a->repo, (double)v->n);
    if (v->kind != HCL_V_TEXT)
        return no_collection(a);
    for (const char *at = v->text; *at != '\0'; at++)
        characters += ((unsigned char)*at & 0xC0) != 0x80;
    return value_number(a->repo, (double)characters);
}

static const struct hcl_value *element(const struct arguments *a)
{
    const struct hcl_value *list = a->items[0];
    const struct hcl_value *place = value_to_number(a->repo, a->items[1]);

    if (list->kind != HCL_V_LIST || list->n == 0 || place->kind != HCL_V_NUMBER ||
        place->number < 0 || place->number != floor(place->number))
        return no_collection(a);
    return list->items[(size_t)fmod(place->number, (double)list->n)];
}

static const struct hcl_value *contains(const struct arguments *a)
{
    const struct hcl_value *list = a->items[0];
    const struct hcl_value *open = NULL;

    if (list->kind != HCL_V_LIST)
        return no_collection(a);
    for (size_t i = 0; i < list->n; i++) {
        int r = value_equal(a->repo, list->items[i], a->items[1], 0);
        if (r == 1)
            return &VALUE_TRUE;
        if (r < 0)
            open = value_open_part(a->repo, list->items[i], 0);
    }
    return open != NULL ? value_blocked(a->repo, open) : &VALUE_FALSE;
}

static const struct hcl_value *keys(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *map = a->items[0];

    if (map->kind != HCL_V_OBJECT)
        return no_collection(a);
    for (size_t i = 0; i < map->n; i++)
        gather_add(&gather, NULL, value_text(a->repo, map->keys[i]));
    return gather_list(&gather);
}

static const struct hcl_value *values(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *map = a->items[0];

    if (map->kind != HCL_V_OBJECT)
        return no_collection(a);
    for (size_t i = 0; i < map->n; i++)
        gather_add(&gather, NULL, map->items[i]);
    return gather_list(&gather);
}

static const struct hcl_value *merge(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};

    for (size_t i = 0; i < a->n; i++) {
        const struct hcl_value *map = a->items[i];
        if (value_is_open(map))
            return value_blocked(a->repo, map);
        if (map->kind == HCL_V_NULL)
            continue;
        if (map->kind != HCL_V_OBJECT)
            return no_collection(a);
        for (size_t j = 0; j < map->n; j++)
            gather_add(&gather, map->keys[j], map->items[j]);
    }
    return gather_object(&gather);
}

static const struct hcl_value *concat(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};

    for (size_t i = 0; i < a->n; i++) {
        if (a->items[i]->kind != HCL_V_LIST)
            return no_collection(a);
        for (size_t j = 0; j < a->items[i]->n; j++)
            gather_add(&gather, NULL, a->items[i]->items[j]);
    }
    return gather_list(&gather);
}

static const struct hcl_value *lookup(const struct arguments *a)
{
    const struct hcl_value *map = a->items[0];
    const struct hcl_value *key = value_to_text(a->repo, a->items[1]);

    if (value_is_open(map) || value_is_open(key))
        return value_blocked(a->repo, value_is_open(map) ? map : key);
    if (map->kind != HCL_V_OBJECT || key->kind != HCL_V_TEXT)
        return no_collection(a);
    const struct hcl_value *found = value_member(map, key->text);
    if (found != NULL)
        return found;
    return a->n == 3 ? a->items[2]
                     : value_invalid(a->repo, "the map has no element \"%.80s\"", key->text);
}

/* False when an open element hides how many there are. */
static bool flatten_into(struct gather *gather, const struct hcl_value *list, int depth,
                         const struct hcl_value **open)
{
    for (size_t i = 0; i < list->n && !gather->failed; i++) {
        const struct hcl_value *v = list->items[i];
        bool too_much = depth > VALUE_DEPTH_MAX || gather->repo->budget == 0;
        if (v->kind == HCL_V_UNKNOWN || too_much) {
            *open = too_much ? &VALUE_EXHAUSTED : v;
            return false;
        }
        gather->repo->budget--;
        if (v->kind != HCL_V_LIST)
            gather_add(gather, NULL, v);
        else if (!flatten_into(gather, v, depth + 1, open))
            return false;
    }
    return true;
}

static const struct hcl_value *flatten(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *open = NULL;

    if (a->items[0]->kind != HCL_V_LIST)
        return no_collection(a);
    if (!flatten_into(&gather, a->items[0], 0, &open))
        return value_blocked(a->repo, open);
    return gather_list(&gather);
}

static const struct hcl_value *distinct(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *list = a->items[0];

    if (list->kind != HCL_V_LIST)
        return no_collection(a);
    for (size_t i = 0; i < list->n; i++) {
        int r = 0;
        for (size_t j = 0; j < gather.n && r == 0; j++)
            r = value_equal(a->repo, gather.items[j], list->items[i], 0);
        if (r < 0)
            return value_unknown(a->repo, "distinct meets a value that is not known");
        if (r == 0)
            gather_add(&gather, NULL, list->items[i]);
    }
    return gather_list(&gather);
}

static const struct hcl_value *compact(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *list = a->items[0];

    if (list->kind != HCL_V_LIST)
        return no_collection(a);
    for (size_t i = 0; i < list->n; i++) {
        const struct hcl_value *v = list->items[i];
        if (v->kind == HCL_V_UNKNOWN)
            return value_blocked(a->repo, v);
        if (v->kind != HCL_V_NULL && !(v->kind == HCL_V_TEXT && v->text[0] == '\0'))
            gather_add(&gather, NULL, v);
    }
    return gather_list(&gather);
}

static const struct hcl_value *reverse(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *list = a->items[0];

    if (list->kind != HCL_V_LIST)
        return no_collection(a);
    for (size_t i = list->n; i > 0; i--)
        gather_add(&gather, NULL, list->items[i - 1]);
    return gather_list(&gather);
}

static const struct hcl_value *as_set(const struct arguments *a)
{
    struct gather gather = {.repo = a->repo};
    const struct hcl_value *list = a->items[0];

    if (list->kind != HCL_V_LIST)
        return no_collection(a);
    for (size_t i = 0; i < list->n; i++)
        gather_add(&gather, NULL, list->items[i]);
    return gather_set(&gather);
}

static const struct hcl_value *as_list(const struct arguments *a)
{
    return a->items[0]->kind == HCL_V_LIST ? a->items[0] : no_collection(a);
}

static const struct hcl_value *as_map(const struct arguments *a)
{
    return a->items[0]->kind == HCL_V_OBJECT ? a->items[0] : no_collection(a);
}

static const struct hcl_value *one(const struct arguments *a)
{
    const struct hcl_value *list = a->items[0];

    if (list->kind != HCL_V_LIST || list->n > 1)
        return no_collection(a);
    return list->n == 1 ? list->items[0] : &VALUE_NULL;
}

const struct function LIST_FUNCTIONS[] = {
    {"compact", 1, 1, true, compact},   {"concat", 1, ANY_COUNT, true, concat},
    {"contains", 2, 2, true, contains}, {"distinct", 1, 1, true, distinct},
    {"element", 2, 2, true, element},   {"flatten", 1, 1, true, flatten},
    {"keys", 1, 1, true, keys},         {"length", 1, 1, true, length},
    {"lookup", 2, 3, false, lookup},    {"merge", 0, ANY_COUNT, false, merge},
    {"one", 1, 1, true, one},           {"reverse", 1, 1, true, reverse},
    {"tolist", 1, 1, true, as_list},    {"tomap", 1, 1, true, as_map},
    {"toset", 1, 1, true, as_set},      {"values", 1, 1, true, values},
};
const size_t LIST_FUNCTION_COUNT = COUNT(LIST_FUNCTIONS);
