/* What IAM statements say; the story stands in said.h. */
#include "worker/gate/said.h"

#include <stdio.h>
#include <strings.h>

/* --- parts of a statement --- */

bool each_text(const struct policy_node *node, part_fn visit, void *context)
{
    for (size_t i = 0; i < policy_count(node); i++) {
        const struct policy_node *one = policy_at(node, i);

        if (!visit(context, one->kind == POLICY_TEXT ? one->text : NULL))
            return false;
    }
    return true;
}

struct principals {
    part_fn visit;
    void *context;
    const char *kind;
};

static bool visit_principal(void *context, const char *text)
{
    const struct principals *principals = context;
    char whole[700];

    if (text == NULL)
        return principals->visit(principals->context, NULL);
    (void)snprintf(whole, sizeof whole, "%s %.600s", principals->kind, text);
    return principals->visit(principals->context,
                             str_eq(text, "*") && !str_eq(principals->kind, "Service") ? "*"
                                                                                       : whole);
}

/* "*" alone is everyone; an absent principal is whoever has the policy. */
bool each_principal(const struct policy_node *statement, part_fn visit, void *context)
{
    const struct policy_node *principal = policy_get(statement, "Principal");

    if (principal == NULL || principal->kind == POLICY_NULL)
        return visit(context, "");
    if (principal->kind == POLICY_TEXT)
        return visit(context, principal->text);
    if (principal->kind != POLICY_OBJECT)
        return visit(context, NULL);
    for (size_t i = 0; i < principal->n; i++) {
        struct principals inside = {visit, context, principal->keys[i]};

        if (!each_text(principal->items[i], visit_principal, &inside))
            return false;
    }
    return true;
}

/* --- does one statement say what another says? --- */

static bool text_covers(const char *pattern, const char *wanted, bool any_case)
{
    return str_eq(pattern, wanted) || policy_glob_covers(pattern, wanted, any_case) == RULE_HOLDS;
}

struct search {
    const char *wanted;
    bool any_case, found;
};

static bool look(void *context, const char *pattern)
{
    struct search *search = context;

    search->found = search->found ||
                    (pattern != NULL && text_covers(pattern, search->wanted, search->any_case));
    return !search->found;
}

static bool look_principal(void *context, const char *pattern)
{
    struct search *search = context;

    search->found = search->found ||
                    (pattern != NULL && (str_eq(pattern, "*") || str_eq(pattern, search->wanted)));
    return !search->found;
}

const struct policy_node *statement_get(const struct policy_node *statement, const char *name)
{
    const struct policy_node *node = policy_get(statement, name);

    return node != NULL && node->kind != POLICY_NULL ? node : NULL;
}

bool statement_is_negative(const struct policy_node *statement)
{
    return statement_get(statement, "NotAction") != NULL ||
           statement_get(statement, "NotResource") != NULL ||
           statement_get(statement, "NotPrincipal") != NULL;
}

static bool same_node(const struct policy_node *a, const struct policy_node *b, int depth)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (a->kind != b->kind || a->n != b->n || depth == 0 || a->kind == POLICY_OPEN)
        return false;
    if (a->kind == POLICY_TEXT)
        return str_eq(a->text, b->text);
    for (size_t i = 0; i < a->n; i++) {
        if (a->kind == POLICY_OBJECT && !str_eq(a->keys[i], b->keys[i]))
            return false;
        if (!same_node(a->items[i], b->items[i], depth - 1))
            return false;
    }
    return true;
}

/* A negation turns wide and narrow round: such a part must be as it was, and nothing less. */
static bool same_negatives(const struct policy_node *a, const struct policy_node *b)
{
    static const char *const names[] = {"NotAction", "NotResource", "NotPrincipal"};

    for (size_t i = 0; i < COUNT(names); i++) {
        if (!same_node(statement_get(a, names[i]), statement_get(b, names[i]), POLICY_DEPTH_MAX))
            return false;
    }
    return true;
}

/* Are all values of the one line among those of the other? */
static bool values_within(const struct policy_node *few, const struct policy_node *many)
{
    for (size_t i = 0; i < policy_count(few); i++) {
        const struct policy_node *one = policy_at(few, i);
        bool found = false;

        for (size_t k = 0; k < policy_count(many) && !found; k++)
            found = same_node(one, policy_at(many, k), POLICY_DEPTH_MAX);
        if (!found)
            return false;
    }
    return policy_count(few) > 0;
}

static const struct policy_node *line_of(const struct policy_node *condition, const char *operator,
                                         const char * key)
{
    const struct policy_node *keys = condition != NULL && condition->kind == POLICY_OBJECT
                                         ? policy_get(condition, operator)
                                         : NULL;

    for (size_t i = 0; keys != NULL && keys->kind == POLICY_OBJECT && i < keys->n; i++) {
        if (strcasecmp(keys->keys[i], key) == 0)
            return keys->items[i];
    }
    return NULL;
}

/* "…NotEquals" and its kin hold for more the fewer values they have. */
static bool is_reversed(const char *operator)
{
    return strstr(operator, "Not") != NULL || strstr(operator, "Null") != NULL ||
           strstr(operator, "ForAllValues") != NULL || str_ends(operator, "IfExists");
}

/* Every line that narrows the wide one narrows the narrow one at least as much. */
static bool condition_within(const struct policy_node *narrow, const struct policy_node *wide)
{
    if (wide == NULL)
        return true;
    if (wide->kind != POLICY_OBJECT)
        return false;
    for (size_t i = 0; i < wide->n; i++) {
        const struct policy_node *keys = wide->items[i];

        if (keys->kind != POLICY_OBJECT)
            return false;
        for (size_t k = 0; k < keys->n; k++) {
            const struct policy_node *line = line_of(narrow, wide->keys[i], keys->keys[k]);
            bool good = line != NULL && (is_reversed(wide->keys[i])
                                             ? same_node(line, keys->items[k], POLICY_DEPTH_MAX)
                                             : values_within(line, keys->items[k]));

            if (!good)
                return false;
        }
    }
    return true;
}

bool statement_has_effect(const struct policy_node *statement, const char *effect)
{
    const struct policy_node *node = statement_get(statement, "Effect");

    return node != NULL && node->kind == POLICY_TEXT && str_eq(node->text, effect);
}

/* --- one triple against all statements --- */

struct triple {                          /* one action of one principal on one resource */
    const struct policy_node *statement; /* that says it */
    const struct policy_node *others;    /* one of which should cover it */
    const char *effect;
    const char *action, *resource; /* at hand; NULL: it cannot be known */
    bool covered;
};

static bool statement_covers(const struct policy_node *wide, const struct triple *triple,
                             const char *principal)
{
    struct search action = {triple->action, true, false};
    struct search resource = {triple->resource, false, false};
    struct search who = {principal, false, false};

    if (wide->kind != POLICY_OBJECT || !statement_has_effect(wide, triple->effect))
        return false;
    if (same_node(wide, triple->statement, POLICY_DEPTH_MAX))
        return true;
    if (statement_is_negative(wide) || statement_is_negative(triple->statement))
        return same_negatives(wide, triple->statement) &&
               same_node(statement_get(wide, "Action"), statement_get(triple->statement, "Action"),
                         POLICY_DEPTH_MAX) &&
               same_node(statement_get(wide, "Resource"),
                         statement_get(triple->statement, "Resource"), POLICY_DEPTH_MAX) &&
               same_node(statement_get(wide, "Principal"),
                         statement_get(triple->statement, "Principal"), POLICY_DEPTH_MAX) &&
               condition_within(statement_get(triple->statement, "Condition"),
                                statement_get(wide, "Condition"));
    if (triple->action == NULL || triple->resource == NULL || principal == NULL)
        return false;
    (void)each_text(statement_get(wide, "Action"), look, &action);
    if (statement_get(wide, "Resource") == NULL)
        resource.found = triple->resource[0] == '\0';
    else
        (void)each_text(statement_get(wide, "Resource"), look, &resource);
    (void)each_principal(wide, look_principal, &who);
    return action.found && resource.found && who.found &&
           condition_within(statement_get(triple->statement, "Condition"),
                            statement_get(wide, "Condition"));
}

static bool check_principal(void *context, const char *principal)
{
    struct triple *triple = context;

    triple->covered = false;
    for (size_t i = 0; i < policy_count(triple->others) && !triple->covered; i++)
        triple->covered = statement_covers(policy_at(triple->others, i), triple, principal);
    return triple->covered;
}

static bool check_resource(void *context, const char *resource)
{
    struct triple *triple = context;

    triple->resource = resource;
    return each_principal(triple->statement, check_principal, triple) && triple->covered;
}

static bool check_action(void *context, const char *action)
{
    struct triple *triple = context;
    const struct policy_node *resources = statement_get(triple->statement, "Resource");

    triple->action = action;
    return resources == NULL ? check_resource(triple, "")
                             : each_text(resources, check_resource, triple);
}

/* Is all that the statement says said by the others too? */
bool statement_is_said(const struct policy_node *statement, const struct policy_node *others,
                       const char *effect)
{
    struct triple triple = {statement, others, effect, NULL, NULL, false};
    const struct policy_node *actions = statement_get(statement, "Action");

    if (statement->kind != POLICY_OBJECT)
        return false;
    if (actions == NULL) /* NotAction */
        return check_resource(&triple, NULL);
    return each_text(actions, check_action, &triple) && triple.covered;
}
