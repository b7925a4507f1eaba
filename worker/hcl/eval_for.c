/* for expressions and splats. */
#include "worker/hcl/eval.h"

const struct hcl_value *eval_element_key(struct hcl_repo *repo, const struct hcl_value *v, size_t i)
{
    if (v->kind == HCL_V_OBJECT)
        return value_text(repo, v->keys[i]);
    return value_number(repo, (double)i);
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
            turn.stop = value_is_open(wanted) ? value_blocked(repo, wanted)
                                              : value_invalid(repo, "a condition is null");
        if (turn.skip || turn.stop != NULL)
            return turn;
    }
    if (parts->key != NULL) {
        turn.key = value_to_text(repo, eval(inner, parts->key));
        if (turn.key->kind != HCL_V_TEXT)
            turn.stop = value_is_open(turn.key) ? value_blocked(repo, turn.key)
                                                : value_invalid(repo, "an object key is null");
    }
    if (turn.stop == NULL)
        turn.value = eval_written(inner, parts->value);
    return turn;
}

/* "k => v..." collects every value of a key in a list. */
static const struct hcl_value *group(struct hcl_repo *repo, struct gather *flat)
{
    struct gather groups = {.repo = repo};

    for (size_t i = 0; i < flat->n && !flat->failed; i++) {
        struct gather one = {.repo = repo};
        bool first = true;
        for (size_t j = 0; j < i && first; j++)
            first = !str_eq(flat->keys[i], flat->keys[j]);
        if (!first || repo->budget == 0)
            continue;
        for (size_t j = i; j < flat->n; j++)
            if (str_eq(flat->keys[i], flat->keys[j]))
                gather_add(&one, NULL, flat->items[j]);
        repo->budget -= repo->budget > flat->n ? flat->n : repo->budget;
        gather_add(&groups, flat->keys[i], gather_list(&one));
    }
    groups.failed = groups.failed || flat->failed || repo->budget == 0;
    return gather_object(&groups);
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
        return gather_list(&gather);
    return node->flags & HCL_FLAG_EXPAND ? group(scope->repo, &gather) : gather_object(&gather);
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

const struct hcl_value *eval_splat(const struct scope *scope, const struct hcl_node *node)
{
    struct gather gather = {.repo = scope->repo};
    const struct hcl_value *from = eval(scope, node->child);
    struct scope inner = *scope;

    if (from->kind == HCL_V_UNKNOWN ||
        (from->kind == HCL_V_REFERENCE && str_ends(from->instance->key, "[?]")))
        return value_blocked(scope->repo, from);
    if (from->kind == HCL_V_NULL)
        return gather_list(&gather);
    if (from->kind != HCL_V_LIST) {
        inner.each_item = from;
        gather_add(&gather, NULL, eval(&inner, node->child->next));
        return gather_list(&gather);
    }
    for (size_t i = 0; i < from->n; i++) {
        inner.each_item = from->items[i];
        gather_add(&gather, NULL, eval(&inner, node->child->next));
    }
    return gather_list(&gather);
}
