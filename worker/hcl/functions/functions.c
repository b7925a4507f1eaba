/* Calling a function by its name: arguments are evaluated, converted and checked here. */
#include "worker/hcl/functions/functions.h"

#include <stdio.h>

#include "worker/hcl/eval/made.h"

static const struct {
    const struct function *rows;
    const size_t *n;
} TABLES[] = {
    {TEXT_FUNCTIONS, &TEXT_FUNCTION_COUNT},       {FORMAT_FUNCTIONS, &FORMAT_FUNCTION_COUNT},
    {REGEX_FUNCTIONS, &REGEX_FUNCTION_COUNT},     {NUMBER_FUNCTIONS, &NUMBER_FUNCTION_COUNT},
    {LIST_FUNCTIONS, &LIST_FUNCTION_COUNT},       {MAP_FUNCTIONS, &MAP_FUNCTION_COUNT},
    {SET_FUNCTIONS, &SET_FUNCTION_COUNT},         {CHOOSE_FUNCTIONS, &CHOOSE_FUNCTION_COUNT},
    {CODE_FUNCTIONS, &CODE_FUNCTION_COUNT},       {JSON_FUNCTIONS, &JSON_FUNCTION_COUNT},
    {NETWORK_FUNCTIONS, &NETWORK_FUNCTION_COUNT}, {TIME_FUNCTIONS, &TIME_FUNCTION_COUNT},
    {OUTSIDE_FUNCTIONS, &OUTSIDE_FUNCTION_COUNT},
};

const struct function *function_at(size_t i)
{
    for (size_t t = 0; t < COUNT(TABLES); i -= *TABLES[t++].n)
        if (i < *TABLES[t].n)
            return &TABLES[t].rows[i];
    return NULL;
}

static const struct function *find(const char *name)
{
    const struct function *function = NULL;

    for (size_t i = 0; (function = function_at(i)) != NULL; i++)
        if (str_eq(function->name, name))
            break;
    return function;
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

static bool is_spoilt(const struct hcl_value *v)
{
    return v->kind == HCL_V_UNKNOWN && v->invalid;
}

/* --- arguments --- */

static char letter_of(const struct function *function, size_t i)
{
    const char *letters = function->parameters;
    size_t len = strlen(letters);
    bool repeats = len > 0 && letters[len - 1] == '*';

    len -= repeats;
    return len == 0 ? 'a' : letters[i < len ? i : len - 1];
}

static const struct value_type *parameter_type(struct hcl_repo *repo, char letter)
{
    switch (letter) {
    case 's':
        return &TYPE_OF_TEXT;
    case 'n':
        return &TYPE_OF_NUMBER;
    case 'b':
        return type_collection(repo, TYPE_LIST, &TYPE_OF_BOOL);
    case 'l':
        return type_collection(repo, TYPE_LIST, &TYPE_OF_ANY);
    case 't':
        return type_collection(repo, TYPE_LIST, &TYPE_OF_TEXT);
    case 'x':
        return type_collection(repo, TYPE_SET, &TYPE_OF_ANY);
    case 'm':
        return type_collection(repo, TYPE_MAP, type_collection(repo, TYPE_LIST, &TYPE_OF_TEXT));
    default:
        return &TYPE_OF_ANY;
    }
}

static const struct hcl_value *convert_all(struct hcl_repo *repo, const struct function *function,
                                           struct gather *arguments)
{
    for (size_t i = 0; i < arguments->n; i++) {
        const struct value_type *type = parameter_type(repo, letter_of(function, i));
        const struct hcl_value *v = arguments->items[i];
        if (!is_spoilt(v))
            v = convert(repo, v, type);
        if (is_spoilt(v))
            return value_blocked(repo, v);
        if (v->kind == HCL_V_NULL && !(function->flags & TAKES_NULL))
            return value_invalid(repo, "%s does not take null", function->name);
        arguments->items[i] = v;
    }
    return NULL;
}

/* Even where the value is not known, what kind it has may be. */
static const struct hcl_value *blocked(struct hcl_repo *repo, const struct function *function,
                                       const struct hcl_value *by)
{
    struct hcl_value v = *value_blocked(repo, by);

    v.type = function->flags & GIVES_TEXT     ? &TYPE_OF_TEXT
             : function->flags & GIVES_NUMBER ? &TYPE_OF_NUMBER
             : function->flags & GIVES_BOOL   ? &TYPE_OF_BOOL
                                              : NULL;
    return value_keep(repo, &v);
}

static const struct hcl_value *call_with(struct hcl_repo *repo, const struct function *function,
                                         struct gather *arguments)
{
    if (arguments->n < function->min || arguments->n > function->max)
        return value_invalid(repo, "%s takes another number of arguments", function->name);
    const struct hcl_value *stop = convert_all(repo, function, arguments);
    if (stop != NULL)
        return stop;
    for (size_t i = 0; i < arguments->n && !(function->flags & TAKES_OPEN); i++)
        if (value_is_open(arguments->items[i]))
            return blocked(repo, function, arguments->items[i]);
    if (function->call == NULL)
        return value_unknown(repo, "%s %s", function->name, function->why);
    return function->call(&(struct arguments){
        .repo = repo, .name = function->name, .items = arguments->items, .n = arguments->n});
}

/* --- those that look at expressions, not at values --- */

/* The first that does not fail. Later ones are not even looked at. */
static const struct hcl_value *try_each(const struct scope *scope, const struct hcl_node *node)
{
    const struct hcl_value *v = value_invalid(scope->repo, "try takes an argument");

    for (const struct hcl_node *at = node->child; at != NULL; at = at->next) {
        v = eval(scope, at);
        if (!is_spoilt(v))
            return v;
    }
    return v;
}

static const struct hcl_value *can(const struct scope *scope, const struct hcl_node *node)
{
    if (node->child == NULL || node->child->next != NULL)
        return value_invalid(scope->repo, "can takes one argument");
    const struct hcl_value *v = eval(scope, node->child);
    if (v->kind == HCL_V_UNKNOWN && !v->invalid)
        return value_blocked(scope->repo, v);
    return value_bool(!is_spoilt(v));
}

static const struct hcl_value *call(const struct scope *scope, const struct hcl_node *node,
                                    const struct function *function)
{
    struct hcl_repo *repo = scope->repo;
    struct gather gather = {.repo = repo};
    const struct hcl_value *stop = NULL;

    repo->frame->whole = !(function->flags & PASSES_ON);
    for (const struct hcl_node *at = node->child; at != NULL; at = at->next)
        gather_add(&gather, NULL, eval(scope, at));
    if (!gather.failed && gather.n > 0 && (node->flags & HCL_FLAG_EXPAND))
        stop = expand(&gather);
    if (stop == NULL && gather.failed)
        stop = &VALUE_EXHAUSTED;
    return stop != NULL ? stop : call_with(repo, function, &gather);
}

const struct hcl_value *eval_call(const struct scope *scope, const struct hcl_node *node)
{
    char text[NAME_BYTES_MAX];
    const char *name = text;
    bool expands = (node->flags & HCL_FLAG_EXPAND) != 0;

    if (!eval_name(scope->file, node, text))
        return value_invalid(scope->repo, "a function's name is too long");
    name += str_starts(name, "core::") ? strlen("core::") : 0;
    if (!expands && str_eq(name, "try"))
        return try_each(scope, node);
    if (!expands && str_eq(name, "can"))
        return can(scope, node);
    const struct function *function = find(name);
    if (function == NULL)
        return value_unknown(scope->repo, "function %s is not evaluated", name);
    return call(scope, node, function);
}
