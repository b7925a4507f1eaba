/* Operators and the conditional. */
#include "worker/hcl/eval/convert.h"
#include "worker/hcl/eval/made.h"

static const struct hcl_value *no_value(struct hcl_repo *repo)
{
    return value_invalid(repo, "an operator meets a value it does not take");
}

static bool is_spoilt(const struct hcl_value *v)
{
    return v->kind == HCL_V_NULL || (v->kind == HCL_V_UNKNOWN && v->invalid);
}

/* What stops an operator, which takes neither null nor what is not known; NULL: nothing. */
static const struct hcl_value *stopped(struct hcl_repo *repo, const struct hcl_value *v)
{
    if (v->kind == HCL_V_NULL)
        return no_value(repo);
    return value_is_open(v) ? value_blocked(repo, v) : NULL;
}

const struct hcl_value *eval_unary(const struct scope *scope, const struct hcl_node *node)
{
    struct hcl_repo *repo = scope->repo;
    const struct hcl_value *v = eval(scope, node->child);

    v = node->op == '!' ? value_to_bool(repo, v) : value_to_number(repo, v);
    const struct hcl_value *stop = stopped(repo, v);
    if (stop != NULL)
        return stop;
    if (node->op == '!')
        return value_bool(!v->boolean);
    struct bignum number = *v->exact;
    bignum_negate(&number);
    return value_exact(repo, &number);
}

/* One known side may decide alone, but both must be fit. */
static const struct hcl_value *eval_logic(const struct scope *scope, const struct hcl_node *node)
{
    struct hcl_repo *repo = scope->repo;
    bool decides = node->op == '|';
    const struct hcl_value *left = value_to_bool(repo, eval(scope, node->child));
    const struct hcl_value *right = value_to_bool(repo, eval(scope, node->child->next));

    if (is_spoilt(left) || is_spoilt(right))
        return stopped(repo, is_spoilt(left) ? left : right);
    if (left->kind == HCL_V_BOOL && left->boolean == decides)
        return value_bool(decides);
    if (right->kind == HCL_V_BOOL && (right->boolean == decides || left->kind == HCL_V_BOOL))
        return value_bool(right->boolean);
    return value_blocked(repo, value_is_open(left) ? left : right);
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

static const struct hcl_value *calculate(struct hcl_repo *repo, uint8_t op, const struct bignum *a,
                                         const struct bignum *b)
{
    struct bignum result;

    switch (op) {
    case '<':
        return value_bool(bignum_compare(a, b) < 0);
    case '>':
        return value_bool(bignum_compare(a, b) > 0);
    case 'l':
        return value_bool(bignum_compare(a, b) <= 0);
    case 'g':
        return value_bool(bignum_compare(a, b) >= 0);
    default:
        break;
    }
    if (op == '/' && bignum_sign(b) == 0)
        return value_unknown(repo, "a division by zero");
    return bignum_calculate(&result, (char)op, a, b)
               ? value_exact(repo, &result)
               : value_unknown(repo, "a number is out of range");
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
    const struct hcl_value *stop = is_spoilt(right) ? stopped(repo, right) : NULL;
    if (stop == NULL || is_spoilt(left))
        stop = stopped(repo, left) != NULL ? stopped(repo, left) : stopped(repo, right);
    return stop != NULL ? stop : calculate(repo, node->op, left->exact, right->exact);
}

/* --- the conditional --- */

static bool is_bare_null(const struct hcl_value *v)
{
    return v->kind == HCL_V_NULL && v->type == NULL;
}

/* Both branches become one type; what the other is spoils nothing but that. */
static const struct hcl_value *in_common(struct hcl_repo *repo, const struct hcl_value *taken,
                                         const struct hcl_value *other)
{
    const struct value_type *types[] = {type_of(taken), type_of(other)};
    bool other_fails = other->kind == HCL_V_UNKNOWN && other->invalid;

    if (is_bare_null(other) || other_fails || types[0] == types[1])
        return taken;
    if (is_bare_null(taken))
        return types[1]->kind == TYPE_OPEN ? taken : convert(repo, taken, types[1]);
    const struct value_type *common = type_unify(repo, types, COUNT(types));
    if (common == NULL)
        return repo->budget == 0 ? &VALUE_EXHAUSTED
                                 : value_invalid(repo, "the branches have no type in common");
    return convert(repo, taken, common);
}

/* The branch not taken shapes the type, and is no part of the value's history. */
static const struct hcl_value *choose(const struct scope *scope, const struct hcl_node *taken,
                                      const struct hcl_node *other)
{
    struct hcl_repo *repo = scope->repo;
    const struct hcl_value *v = eval(scope, taken);

    if (v->kind == HCL_V_UNKNOWN)
        return v;
    bool was_hidden = frame_hide(repo);
    const struct hcl_value *not_taken = eval(scope, other);
    frame_show(repo, was_hidden);
    return in_common(repo, v, not_taken);
}

const struct hcl_value *eval_conditional(const struct scope *scope, const struct hcl_node *node)
{
    struct hcl_repo *repo = scope->repo;
    const struct hcl_node *then = node->child->next;
    const struct hcl_value *condition = value_to_bool(repo, eval(scope, node->child));

    if (condition->kind == HCL_V_BOOL)
        return choose(scope, condition->boolean ? then : then->next,
                      condition->boolean ? then->next : then);
    if (!value_is_open(condition))
        return value_invalid(repo, "a condition is neither true nor false");
    if (condition->kind == HCL_V_UNKNOWN && condition->invalid)
        return value_blocked(repo, condition);

    /* Whatever the condition is: two equal branches have one value. */
    const struct hcl_value *a = eval(scope, then);
    const struct hcl_value *b = eval(scope, then->next);
    if (value_equal(repo, a, b, 0) == 1)
        return a;
    return value_blocked(repo, condition);
}
