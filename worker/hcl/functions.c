/* Calling a function by its name; the tables stand in functions_*.c. */
#include "worker/hcl/functions.h"

#include "worker/hcl/eval.h"

static const struct function *find_in(const struct function *table, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(table[i].name, name))
            return &table[i];
    return NULL;
}

static const struct function *find(const char *name)
{
    const struct function *found = find_in(TEXT_FUNCTIONS, TEXT_FUNCTION_COUNT, name);

    if (found == NULL)
        found = find_in(LIST_FUNCTIONS, LIST_FUNCTION_COUNT, name);
    return found != NULL ? found : find_in(OTHER_FUNCTIONS, OTHER_FUNCTION_COUNT, name);
}

/* "f(list...)": the last argument's elements become arguments; what stops that, or NULL. */
static const struct hcl_value *expand(struct gather *arguments)
{
    const struct hcl_value *last = arguments->items[arguments->n - 1];

    if (value_is_open(last))
        return value_blocked(arguments->repo, last);
    if (last->kind != HCL_V_LIST)
        return value_invalid(arguments->repo, "only a list can be expanded with ...");
    arguments->n--;
    for (size_t i = 0; i < last->n; i++)
        gather_add(arguments, NULL, last->items[i]);
    return NULL;
}

static const struct hcl_value *unmet(struct hcl_repo *repo, const char *name,
                                     const struct gather *arguments)
{
    for (size_t i = 0; i < arguments->n; i++) {
        if (value_is_open(arguments->items[i]))
            return value_blocked(repo, arguments->items[i]);
        if (arguments->items[i]->kind == HCL_V_NULL)
            return value_invalid(repo, "%s does not take null", name);
    }
    return NULL;
}

const struct hcl_value *eval_call(const struct scope *scope, const struct hcl_node *node)
{
    char name[NAME_BYTES_MAX];
    struct hcl_repo *repo = scope->repo;
    struct gather gather = {.repo = repo};
    const struct hcl_value *stop = NULL;

    if (!eval_name(scope->file, node, name))
        return value_invalid(repo, "a function's name is too long");
    const struct function *function = find(name);
    if (function == NULL)
        return value_unknown(repo, "function %s is not evaluated", name);

    for (const struct hcl_node *at = node->child; at != NULL; at = at->next)
        gather_add(&gather, NULL, eval(scope, at));
    if (!gather.failed && gather.n > 0 && (node->flags & HCL_FLAG_EXPAND))
        stop = expand(&gather);
    if (stop == NULL && gather.failed)
        stop = &VALUE_EXHAUSTED;
    if (stop == NULL && function->needs_known)
        stop = unmet(repo, name, &gather);
    if (stop == NULL && (gather.n < function->min || gather.n > function->max))
        stop = value_invalid(repo, "%s takes another number of arguments", name);
    if (stop != NULL)
        return stop;
    return function->call(&(struct arguments){.repo = repo, .items = gather.items, .n = gather.n});
}
