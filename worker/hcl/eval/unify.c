/*
 * Which type several types have in common, and what converts to what. The rules in short: equal
 * shapes unify part by part; tuples of different length become a list, objects of different
 * attributes a map; of primitives the one that all others convert to wins, which is text whenever
 * one is a text.
 */
#include "worker/hcl/eval/value_type.h"

#define UNIFY_DEPTH_MAX 40

typedef const struct value_type *type_ptr;

static type_ptr unify(struct hcl_repo *repo, const type_ptr *types, size_t n, int depth);

static bool spend(struct hcl_repo *repo, size_t n)
{
    bool enough = repo->budget > n;

    repo->budget -= enough ? n : repo->budget;
    return enough;
}

static bool converts(struct hcl_repo *repo, type_ptr from, type_ptr to, int depth);

static bool parts_convert(struct hcl_repo *repo, type_ptr from, type_ptr to, int depth)
{
    for (size_t i = 0; i < from->n; i++)
        if (!converts(repo, from->items[i], to->items[to->kind == TYPE_TUPLE ? i : 0], depth + 1))
            return false;
    return true;
}

static type_ptr attribute_of(type_ptr object, const char *key)
{
    for (size_t i = 0; i < object->n; i++)
        if (str_eq(object->keys[i], key))
            return object->items[i];
    return NULL;
}

static bool object_converts(struct hcl_repo *repo, type_ptr from, type_ptr to, int depth)
{
    for (size_t i = 0; i < to->n; i++) {
        type_ptr given = attribute_of(from, to->keys[i]);
        if (given == NULL && (to->optional == NULL || !to->optional[i]))
            return false;
        if (given != NULL && !converts(repo, given, to->items[i], depth + 1))
            return false;
    }
    return true;
}

/* To a collection of any, the elements need a type in common. */
static bool parts_unify(struct hcl_repo *repo, type_ptr from, int depth)
{
    return from->n == 0 || unify(repo, from->items, from->n, depth + 1) != NULL;
}

static bool converts(struct hcl_repo *repo, type_ptr from, type_ptr to, int depth)
{
    if (from == to || from->kind <= TYPE_ANY || to->kind <= TYPE_ANY)
        return true;
    if (depth > UNIFY_DEPTH_MAX || !spend(repo, 1 + to->n))
        return false;
    bool from_structure = from->kind == TYPE_TUPLE || from->kind == TYPE_OBJECT;
    switch (to->kind) {
    case TYPE_TEXT:
        return type_is_primitive(from);
    case TYPE_NUMBER:
    case TYPE_BOOL:
        return from->kind == TYPE_TEXT;
    case TYPE_LIST:
    case TYPE_SET:
        if (!type_is_sequence(from))
            return false;
        break;
    case TYPE_MAP:
        if (from->kind != TYPE_MAP && from->kind != TYPE_OBJECT)
            return false;
        break;
    case TYPE_TUPLE:
        return from->kind == TYPE_TUPLE && from->n == to->n && parts_convert(repo, from, to, depth);
    default:
        if (from->kind == TYPE_OBJECT)
            return object_converts(repo, from, to, depth);
        for (size_t i = 0; i < to->n && from->kind == TYPE_MAP; i++)
            if (!converts(repo, from->items[0], to->items[i], depth + 1))
                return false;
        return from->kind == TYPE_MAP;
    }
    if (from_structure && to->items[0]->kind <= TYPE_ANY)
        return parts_unify(repo, from, depth);
    return parts_convert(repo, from, to, depth);
}

bool type_converts(struct hcl_repo *repo, type_ptr from, type_ptr to)
{
    return converts(repo, from, to, 0);
}

/* --- unifying --- */

static type_ptr as_collection(struct hcl_repo *repo, const type_ptr *types, size_t n,
                              enum value_type_kind kind, int depth)
{
    size_t total = 0;
    size_t at = 0;

    for (size_t i = 0; i < n; i++)
        total += types[i]->n;
    if (!spend(repo, total))
        return NULL;
    if (total == 0)
        return type_collection(repo, kind, &TYPE_OF_ANY);
    type_ptr *all = arena_alloc(repo->arena, total * sizeof *all);
    if (all == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < types[i]->n; j++)
            all[at++] = types[i]->items[j];
    type_ptr element = unify(repo, all, total, depth + 1);
    type_ptr whole = type_collection(repo, kind, element);
    for (size_t i = 0; i < n && whole != NULL; i++)
        if (!converts(repo, types[i], whole, depth + 1))
            return NULL;
    return whole;
}

static bool same_shape(const type_ptr *types, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (types[i]->n != types[0]->n)
            return false;
        for (size_t j = 0; j < types[0]->n && types[0]->keys != NULL; j++)
            if (!str_eq(types[0]->keys[j], types[i]->keys[j]))
                return false;
    }
    return true;
}

/* Tuples or objects: part by part where the shapes are equal. */
static type_ptr structures(struct hcl_repo *repo, const type_ptr *types, size_t n, int depth)
{
    bool is_tuple = types[0]->kind == TYPE_TUPLE;
    enum value_type_kind looser = is_tuple ? TYPE_LIST : TYPE_MAP;
    size_t parts = types[0]->n;

    if (!same_shape(types, n))
        return as_collection(repo, types, n, looser, depth);
    if (!spend(repo, parts * n))
        return NULL;
    type_ptr *across = arena_alloc(repo->arena, n * sizeof *across);
    type_ptr *items = arena_alloc(repo->arena, (parts + 1) * sizeof *items);
    if (across == NULL || items == NULL)
        return NULL;
    for (size_t j = 0; j < parts; j++) {
        for (size_t i = 0; i < n; i++)
            across[i] = types[i]->items[j];
        items[j] = unify(repo, across, n, depth + 1);
        if (items[j] == NULL)
            return NULL;
    }
    return is_tuple ? type_tuple(repo, items, parts)
                    : type_object(repo, types[0]->keys, items, NULL, parts);
}

/* Several collections with structures that can become one: the structures do. */
static type_ptr mixed(struct hcl_repo *repo, const type_ptr *types, size_t n,
                      enum value_type_kind kind, int depth)
{
    type_ptr *some = arena_alloc(repo->arena, n * sizeof *some);
    type_ptr *all = arena_alloc(repo->arena, n * sizeof *all);
    size_t taken = 0;

    if (some == NULL || all == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (types[i]->kind != kind)
            some[taken++] = types[i];
    type_ptr loose = as_collection(repo, some, taken, kind, depth);
    for (size_t i = 0; i < n && loose != NULL; i++)
        all[i] = types[i]->kind == kind ? types[i] : loose;
    return loose != NULL ? unify(repo, all, n, depth + 1) : NULL;
}

/* The one that all others convert to; text before the others. */
static type_ptr preferred(struct hcl_repo *repo, const type_ptr *types, size_t n, int depth)
{
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < n; i++) {
            bool all = (types[i]->kind == TYPE_TEXT) == (round == 0);
            for (size_t j = 0; j < n && all; j++)
                all = converts(repo, types[j], types[i], depth + 1);
            if (all)
                return types[i];
            if (!spend(repo, 1))
                return NULL;
        }
    return NULL;
}

/* any beside collections or structures of one kind leaves them as they are; else it gives way. */
static type_ptr beside_any(struct hcl_repo *repo, type_ptr *set, size_t n, int depth)
{
    size_t kept = 0;
    bool alike = true;

    for (size_t i = 0; i < n; i++)
        if (set[i]->kind != TYPE_ANY)
            set[kept++] = set[i];
    for (size_t i = 0; i < kept; i++)
        alike = alike && set[i]->kind == set[0]->kind && !type_is_primitive(set[i]);
    return alike ? &TYPE_OF_ANY : unify(repo, set, kept, depth + 1);
}

/* The distinct ones among them, which are few. One that is not known leaves the answer open, but
 * beside a text. */
static type_ptr unify(struct hcl_repo *repo, const type_ptr *types, size_t n, int depth)
{
    size_t counts[TYPE_OBJECT + 1] = {0};
    size_t distinct = 0;

    if (n == 0 || depth > UNIFY_DEPTH_MAX || !spend(repo, n))
        return NULL;
    type_ptr *set = arena_alloc(repo->arena, n * sizeof *set);
    if (set == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        bool again = false;
        for (size_t j = 0; j < distinct && !again; j++)
            again = set[j] == types[i];
        if (again)
            continue;
        if (!spend(repo, distinct))
            return NULL;
        set[distinct++] = types[i];
        counts[types[i]->kind]++;
    }
    if (distinct == 1)
        return set[0];
    if (counts[TYPE_OPEN] > 0)
        return counts[TYPE_TEXT] > 0 && counts[TYPE_TEXT] + counts[TYPE_OPEN] + counts[TYPE_ANY] +
                                                counts[TYPE_BOOL] + counts[TYPE_NUMBER] ==
                                            distinct
                   ? &TYPE_OF_TEXT
                   : &TYPE_OF_OPEN;
    if (counts[TYPE_ANY] > 0)
        return beside_any(repo, set, distinct, depth);
    if (counts[TYPE_OBJECT] > 0 && counts[TYPE_TUPLE] > 0)
        return NULL;
    if (counts[TYPE_OBJECT] == distinct || counts[TYPE_TUPLE] == distinct)
        return structures(repo, set, distinct, depth);
    if (counts[TYPE_MAP] == distinct || counts[TYPE_LIST] == distinct ||
        counts[TYPE_SET] == distinct)
        return as_collection(repo, set, distinct, set[0]->kind, depth);
    if (counts[TYPE_MAP] > 0 && counts[TYPE_MAP] + counts[TYPE_OBJECT] == distinct)
        return mixed(repo, set, distinct, TYPE_MAP, depth);
    if (counts[TYPE_LIST] > 0 && counts[TYPE_LIST] + counts[TYPE_TUPLE] == distinct)
        return mixed(repo, set, distinct, TYPE_LIST, depth);
    return preferred(repo, set, distinct, depth);
}

type_ptr type_unify(struct hcl_repo *repo, const type_ptr *types, size_t n)
{
    return unify(repo, types, n, 0);
}
