/* Operators and the conditional. */
#include "worker/hcl/eval.h"

#include <math.h>

static const struct hcl_value *no_value(struct hcl_repo *repo)
{
    return value_invalid(repo, "an operator meets a value it does not take");
}

const struct hcl_value *eval_unary(const struct scope *scope, const struct hcl_node *node)
{
    struct hcl_repo *repo = scope->repo;
    const struct hcl_value *v = eval(scope, node->child);

    v = node->op == '!' ? value_to_bool(repo, v) : value_to_number(repo, v);
    if (value_is_open(v))
        return value_blocked(repo, v);
    if (v->kind == HCL_V_NULL)
        return no_value(repo);
    return node->op == '!' ? value_bool(!v->boolean) : value_number(repo, -v->number);
}

/* One known side may decide alone. */
static const struct hcl_value *eval_logic(const struct scope *scope, const struct hcl_node *node)
{
    struct hcl_repo *repo = scope->repo;
    bool decides = node->op == '|';
    const struct hcl_value *left = value_to_bool(repo, eval(scope, node->child));

    if (left->kind == HCL_V_BOOL && left->boolean == decides)
        return left->boolean ? &VALUE_TRUE : &VALUE_FALSE;
    const struct hcl_value *right = value_to_bool(repo, eval(scope, node->child->next));
    if (right->kind == HCL_V_BOOL && (right->boolean == decides || left->kind == HCL_V_BOOL))
        return value_bool(right->boolean);
    if (value_is_open(left))
        return value_blocked(repo, left);
    return value_is_open(right) ? value_blocked(repo, right) : no_value(repo);
}

static const struct hcl_value *eval_equality(const struct scope *scope, const struct hcl_node *node)
{
    struct hcl_repo *repo = scope->repo;
    const struct hcl_value *left = eval(scope, node->child);
    const struct hcl_value *right = eval(scope, node->child->next);
    int r = value_equal(repo, left, right, 0);

    if (r >= 0)
        return value_bool((r == 1) == (node->op == 'e'));
    const struct hcl_value *open = value_open_part(repo, left, 0);
    if (open == NULL)
        open = value_open_part(repo, right, 0);
    return open != NULL ? value_blocked(repo, open) : &VALUE_EXHAUSTED;
}

static const struct hcl_value *calculate(struct hcl_repo *repo, uint8_t op, double a, double b)
{
    switch (op) {
    case '+':
        return value_number(repo, a + b);
    case '-':
        return value_number(repo, a - b);
    case '*':
        return value_number(repo, a * b);
    case '/':
        return b == 0 ? value_invalid(repo, "a division by zero") : value_number(repo, a / b);
    case '%':
        return b == 0 ? value_invalid(repo, "a division by zero") : value_number(repo, fmod(a, b));
    case '<':
        return value_bool(a < b);
    case '>':
        return value_bool(a > b);
    case 'l':
        return value_bool(a <= b);
    case 'g':
        return value_bool(a >= b);
    default:
        return no_value(repo);
    }
}

const struct hcl_value *eval_binary(const struct scope *scope, const struct hcl_node *node)
{
    struct hcl_repo *repo = scope->repo;

    if (node->op == '&' || node->op == '|')
        return eval_logic(scope, node);
    if (node->op == 'e' || node->op == 'n')
        return eval_equality(scope, node);

    const struct hcl_value *left = value_to_number(repo, eval(scope, node->child));
    const struct hcl_value *right = value_to_number(repo, eval(scope, node->child->next));
    if (value_is_open(left))
        return value_blocked(repo, left);
    if (value_is_open(right))
        return value_blocked(repo, right);
    if (left->kind != HCL_V_NUMBER || right->kind != HCL_V_NUMBER)
        return no_value(repo);
    return calculate(repo, node->op, left->number, right->number);
}

const struct hcl_value *eval_conditional(const struct scope *scope, const struct hcl_node *node)
{
    struct hcl_repo *repo = scope->repo;
    const struct hcl_node *then = node->child->next;
    const struct hcl_value *condition = value_to_bool(repo, eval(scope, node->child));

    if (condition->kind == HCL_V_BOOL)
        return eval(scope, condition->boolean ? then : then->next);
    if (!value_is_open(condition))
        return value_invalid(repo, "a condition is neither true nor false");

    /* Whatever the condition is: two equal branches have one value. */
    const struct hcl_value *a = eval(scope, then);
    const struct hcl_value *b = eval(scope, then->next);
    if (value_equal(repo, a, b, 0) == 1)
        return a;
    return value_blocked(repo, condition);
}
