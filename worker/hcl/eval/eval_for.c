/* for expressions and splats. */
#include "worker/hcl/eval/made.h"

const struct hcl_value *eval_element_key(struct hcl_repo *repo, const struct hcl_value *v, size_t i)
{
    if (value_is_set(v))
        return v->items[i];
    return made_from(
        repo, v->kind == HCL_V_OBJECT ? value_text(repo, v->keys[i]) : value_int(repo, (int64_t)i),
        v);
}

/* What one element adds: its value (and key), or what stops the whole. */
struct turn {
    bool skip;
    const struct hcl_value *stop;
    const struct hcl_value *key;
    const struct hcl_value *value;
};

static struct turn take_turn(const struct scope *inner, const struct hcl_for *parts)
{
    struct hcl_repo *repo = inner->repo;
    struct turn turn = {0};

    if (parts->condition != NULL) {
        const struct hcl_value *wanted = value_to_bool(repo, eval(inner, parts->condition));
        turn.skip = wanted->kind == HCL_V_BOOL && !wanted->boolean;
        if (wanted->kind != HCL_V_BOOL)
            turn.stop = value_is_open(wanted)
                            ? value_blocked(repo, wanted)
                            : value_invalid(repo, "a condition is neither true nor false");
        if (turn.skip || turn.stop != NULL)
            return turn;
    }
    if (parts->key != NULL) {
        turn.key = value_to_text(repo, eval(inner, parts->key));
        if (turn.key->kind != HCL_V_TEXT)
            turn.stop = value_is_open(turn.key) ? value_blocked(repo, turn.key)
                                                : value_invalid(repo, "an object key is null");
    }
    if (turn.stop == NULL) {
        bool was_hidden = frame_hide(repo);
        turn.value = eval_written(inner, parts->value);
        frame_show(repo, was_hidden);
    }
    return turn;
}

/* What stands behind a key, in the order met. */
struct place {
    const char *key;
    size_t at;
};

static int by_key(const void *a, const void *b)
{
    const struct place *x = a;
    const struct place *y = b;
    int order = strcmp(x->key, y->key);

    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

/* "k => v..." collects every value of a key in a tuple; without the dots a key may come once. */
static const struct hcl_value *by_keys(struct hcl_repo *repo, struct gather *flat, bool groups)
{
    CLEANUP(mem_freep) struct place *places = calloc(flat->n + 1, sizeof *places);
    struct gather all = {.repo = repo, .failed = flat->failed || places == NULL};

    for (size_t i = 0; places != NULL && i < flat->n; i++)
        places[i] = (struct place){flat->keys[i], i};
    if (places != NULL)
        qsort(places, flat->n, sizeof *places, by_key);
    for (size_t i = 0; i < flat->n && !all.failed;) {
        struct gather one = {.repo = repo};
        const char *key = places[i].key;
        size_t first = i;
        for (; i < flat->n && str_eq(places[i].key, key); i++)
            gather_add(&one, NULL, flat->items[places[i].at]);
        if (!groups && i - first > 1)
            return value_invalid(repo, "two elements have the key \"%.100s\"", key);
        gather_add(&all, key, groups ? gather_tuple(&one) : one.items[0]);
    }
    return gather_object(&all);
}

static const struct hcl_value *run(const struct scope *scope, const struct hcl_node *node,
                                   const struct hcl_for *parts, const struct hcl_value *from)
{
    char names[2][NAME_BYTES_MAX] = {"", ""};
    struct gather gather = {.repo = scope->repo};

    if ((parts->key_name != NULL && !eval_name(scope->file, parts->key_name, names[0])) ||
        !eval_name(scope->file, parts->value_name, names[1]))
        return value_invalid(scope->repo, "a name is too long");
    for (size_t i = 0; i < from->n; i++) {
        const struct binding key = {names[0], eval_element_key(scope->repo, from, i),
                                    scope->bindings};
        const struct binding value = {names[1], from->items[i], &key};
        struct scope inner = *scope;
        inner.bindings = &value;
        struct turn turn = take_turn(&inner, parts);
        if (turn.stop != NULL)
            return turn.stop;
        if (!turn.skip)
            gather_add(&gather, turn.key != NULL ? turn.key->text : NULL, turn.value);
    }
    if (node->kind == HCL_FOR_TUPLE)
        return gather_tuple(&gather);
    return by_keys(scope->repo, &gather, (node->flags & HCL_FLAG_EXPAND) != 0);
}

const struct hcl_value *eval_for(const struct scope *scope, const struct hcl_node *node)
{
    struct hcl_for parts;

    hcl_for_parts(node, &parts);
    const struct hcl_value *from = eval(scope, parts.collection);
    if (value_is_open(from))
        return value_blocked(scope->repo, from);
    if (from->kind != HCL_V_LIST && from->kind != HCL_V_OBJECT)
        return value_invalid(scope->repo, "for runs over something that is no collection");
    return run(scope, node, &parts, from);
}

static const struct hcl_value *each_of(const struct scope *scope, const struct hcl_node *each,
                                       const struct hcl_value *item)
{
    struct scope inner = *scope;
    bool was_hidden = frame_hide(scope->repo);

    inner.each_item = item;
    const struct hcl_value *v = eval(&inner, each);
    frame_show(scope->repo, was_hidden);
    return v;
}

const struct hcl_value *eval_splat(const struct scope *scope, const struct hcl_node *node)
{
    struct gather gather = {.repo = scope->repo};
    const struct hcl_value *from = eval(scope, node->child);
    const struct hcl_node *each = node->child->next;
    enum value_type_kind kind = type_of(from)->kind;

    if (from->kind == HCL_V_UNKNOWN ||
        (from->kind == HCL_V_REFERENCE && str_ends(from->instance->key, "[?]")))
        return value_blocked(scope->repo, from);
    if (from->kind == HCL_V_NULL)
        return kind == TYPE_LIST || kind == TYPE_SET || kind == TYPE_TUPLE
                   ? value_invalid(scope->repo, "a splat meets a null list")
                   : gather_tuple(&gather);
    if (from->kind != HCL_V_LIST) {
        gather_add(&gather, NULL, each_of(scope, each, from));
        return gather_tuple(&gather);
    }
    for (size_t i = 0; i < from->n; i++) {
        const struct hcl_value *item = each_of(scope, each, from->items[i]);
        if (item->kind == HCL_V_UNKNOWN && item->invalid)
            return item;
        gather_add(&gather, NULL, item);
    }
    if (kind == TYPE_TUPLE)
        return gather_tuple(&gather);
    /* Of an empty list only the element's own type is known. */
    if (from->n == 0 && each->kind != HCL_EACH_ITEM)
        return gather_list(&gather, &TYPE_OF_OPEN);
    return gather_list(&gather, from->n == 0 ? from->type->items[0] : type_of(gather.items[0]));
}
