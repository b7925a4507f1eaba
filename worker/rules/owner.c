/*
 * Owner: a value is changed where somebody wrote it. An argument's value may come from a variable's
 * default, a .tfvars file, a local, or the argument of a module call; the evaluator tells the way
 * it came (its origins). That way must be nothing but plain references, and nobody else may hang on
 * it: else the fix would change what it was not asked to change, and it is refused with the owner's
 * name.
 */
#include "worker/rules/owner.h"

#include <stdio.h>

#include "worker/rules/links.h"

static bool is_written_out(const struct hcl_node *node)
{
    switch (node->kind) {
    case HCL_NUMBER:
    case HCL_BOOL:
    case HCL_NULL:
        return true;
    case HCL_TEMPLATE:
        return (node->flags & HCL_FLAG_HEREDOC) == 0 &&
               (node->child == NULL ||
                (node->child->kind == HCL_LITERAL && node->child->next == NULL));
    case HCL_TUPLE: /* its elements may be anything: they are kept as they are */
        return true;
    case HCL_UNARY:
        return node->op == '-' && node->child != NULL && node->child->kind == HCL_NUMBER;
    default:
        return false;
    }
}

static void where(const struct hcl_file *file, const struct hcl_node *node, char *out, size_t size)
{
    int line = 0;
    int column = 0;

    hcl_position(file, node->start, &line, &column);
    (void)snprintf(out, size, "%s:%d", file->path, line);
}

/* --- the way a value came --- */

/* One step of the way: a plain reference that nothing else in its module shares. */
static int step_is_ours(struct fixer *fixer, const struct hcl_origin *step,
                        const struct hcl_origin *owner, const char *attribute)
{
    char root[128];
    char name[256];
    char at[512];
    size_t uses;

    where(owner->file, owner->node, at, sizeof at);
    if (!expr_name(step->file, step->node, 0, root, sizeof root) ||
        !expr_name(step->file, step->node, 1, name, sizeof name)) {
        where(step->file, step->node, at, sizeof at);
        return fixer_refuse(fixer, "%s is computed by an expression at %s: change it there",
                            attribute, at);
    }
    if (str_eq(root, "each"))
        return owner_is_unshared(fixer, step, owner, attribute);
    if (!str_eq(root, "var") && !str_eq(root, "local"))
        return fixer_refuse(fixer, "%s is taken from %s.%s: change it there", attribute, root,
                            name);

    uses = owner_uses(step, root, name);
    if (uses != 1)
        return fixer_refuse(
            fixer,
            "%s comes from %s.%s, written at %s (%s), which is used in %zu places: change it "
            "there by hand, or give this resource a value of its own",
            attribute, root, name, at, owner->what, uses);
    return 0;
}

static int write_at(struct fixer *fixer, const struct hcl_origin *owner,
                    const struct statement *statement, const char *text, struct err *err)
{
    char address[256] = "";
    int r;

    if (fixer_has_replaced(fixer, owner->node))
        return 0;
    r = fixer_replace(fixer, owner->file, owner->node, text, err);
    if (r != 0)
        return r;
    (void)address_of_node(owner->file, owner->node, address, sizeof address);
    fixer_did(fixer, owner->file, owner->node, "set %s = %s in %s", statement->name, text, address);
    return 0;
}

/* --- the whole way --- */

bool chain_make(const struct hcl_origin *here, const struct hcl_value *value, struct chain *out)
{
    bool listed = value->n_origins > 0 && value->origins[0].node == here->node;

    if (value->n_origins + 1 > CHAIN_MAX)
        return false;
    out->n = 0;
    if (!listed)
        out->items[out->n++] = *here;
    for (size_t i = 0; i < value->n_origins; i++)
        out->items[out->n++] = value->origins[i];
    return true;
}

static int chain_is_ours(struct fixer *fixer, const struct chain *chain, const char *attribute)
{
    int r = 0;

    for (size_t i = 0; i + 1 < chain->n && r == 0; i++)
        r = step_is_ours(fixer, &chain->items[i], &chain->items[chain->n - 1], attribute);
    return r;
}

int chain_is_free(struct fixer *fixer, const struct chain *chain, const char *attribute)
{
    const struct hcl_origin *owner = &chain->items[chain->n - 1];
    struct hcl_place place = {owner->file, owner->node};
    int r = fixer_place(fixer, &place.file, &place.node);

    if (r == 0)
        r = chain_is_ours(fixer, chain, attribute);
    return r != 0 ? r : environments_refuse(fixer, owner, attribute);
}

static int chain_write(struct fixer *fixer, const struct place *at, const struct chain *chain,
                       const struct hcl_value *value, const struct statement *statement,
                       struct err *err)
{
    const struct hcl_origin *owner = &chain->items[chain->n - 1];
    const struct list_owner list = {at, owner, value, statement};
    CLEANUP(buf_done) struct buf text = BUF(64 * 1024);
    bool is_kept = list_is_kept(&list);
    bool at_call = false;
    int r = chain_is_free(fixer, chain, statement->name);

    if (r == 0 && !is_kept && statement->set.n == 0)
        r = fixer_refuse_to_guess(fixer, statement);
    if (r == 0 && is_kept)
        r = list_refuse_unknown(fixer, &list);
    if (r != 0)
        return r;
    r = owner_is_others_too(fixer, owner, &at_call, err);
    if (r < 0)
        return r;
    at_call = at_call && chain->n > 1;
    if (is_kept && !at_call)
        return list_write(fixer, &list, err);
    if (is_kept)
        r = list_text(fixer, &list, &text, err);
    else
        render_literals(&fixer->render, &statement->set, &text);
    if (r == 0)
        r = buf_check(&text, err);
    if (r < 0)
        return r;
    return at_call ? owner_set_at_call(fixer, owner, buf_str(&text), err)
                   : write_at(fixer, owner, statement, buf_str(&text), err);
}

/* --- switches: var.on ? "Enabled" : "Suspended" --- */

static enum rule_verdict branch_check(const struct place *place, const struct hcl_origin *owner,
                                      const struct hcl_node *branch,
                                      const struct statement *statement)
{
    return test_value(statement,
                      hcl_eval(place->resource->module, owner->file, branch, place->only),
                      (struct why){0});
}

/* Which way the condition must go for the statement to hold; false when neither or both would do.
 */
static bool wanted_way(const struct place *place, const struct hcl_origin *owner,
                       const struct statement *statement, bool *out)
{
    const struct hcl_node *yes = owner->node->child->next;
    enum rule_verdict if_true = branch_check(place, owner, yes, statement);
    enum rule_verdict if_false = branch_check(place, owner, yes->next, statement);

    *out = if_true == RULE_HOLDS;
    return (if_true == RULE_HOLDS) != (if_false == RULE_HOLDS);
}

int owner_refuse_computed(struct fixer *fixer, const struct hcl_origin *owner,
                          const char *attribute)
{
    char at[512];

    where(owner->file, owner->node, at, sizeof at);
    return fixer_refuse(fixer, "%s is computed by an expression at %s: change it there", attribute,
                        at);
}

/* The condition is a value like any other: it is turned where it is written. */
static int switch_write(struct fixer *fixer, const struct place *place, const struct chain *chain,
                        const struct statement *statement, struct err *err)
{
    const struct hcl_origin *owner = &chain->items[chain->n - 1];
    struct hcl_origin here = *owner;
    struct literal way = {.kind = LITERAL_BOOL};
    struct statement turn = {.verb = VERB_ATTRIBUTE, .set = {&way, 1, false}};
    const struct hcl_value *value;
    struct chain condition;
    char name[160];
    int r = chain_is_ours(fixer, chain, statement->name);

    if (r != 0)
        return r;
    if (!str_eq(hcl_module_path(owner->module), hcl_module_path(place->resource->module)) ||
        !wanted_way(place, owner, statement, &way.boolean))
        return owner_refuse_computed(fixer, owner, statement->name);
    here.node = owner->node->child;
    value = hcl_eval(place->resource->module, owner->file, here.node, place->only);
    if (value->kind != HCL_V_BOOL || !chain_make(&here, value, &condition) ||
        !is_written_out(condition.items[condition.n - 1].node))
        return owner_refuse_computed(fixer, owner, statement->name);
    way.text = way.boolean ? "true" : "false";
    (void)snprintf(name, sizeof name, "the switch of %.100s", statement->name);
    turn.name = name;
    turn.test = (struct test){.kind = TEST_ONE_OF, .values = turn.set};
    return chain_write(fixer, place, &condition, value, &turn, err);
}

int owner_write_at(struct fixer *fixer, const struct place *place, const struct hcl_origin *here,
                   const struct hcl_value *value, const struct statement *statement,
                   struct err *err)
{
    struct chain chain = {.items = {*here}, .n = 1};
    const struct hcl_origin *owner;

    if (!is_written_out(here->node) && !chain_make(here, value, &chain))
        return owner_refuse_computed(fixer, here, statement->name);
    owner = &chain.items[chain.n - 1];
    if (owner->node->kind == HCL_CONDITIONAL)
        return switch_write(fixer, place, &chain, statement, err);
    if (!is_written_out(owner->node))
        return owner_refuse_computed(fixer, owner, statement->name);
    return chain_write(fixer, place, &chain, value, statement, err);
}

static struct hcl_origin origin_of(const struct place *place, const struct hcl_node *attribute)
{
    struct hcl_place written = hcl_written(place->resource->file, attribute->child);

    return (struct hcl_origin){place->resource->module, written.file, written.node, "attribute"};
}

int owner_write(struct fixer *fixer, const struct place *place, const struct hcl_node *attribute,
                const struct hcl_value *value, const struct statement *statement, struct err *err)
{
    struct hcl_origin here = origin_of(place, attribute);

    return owner_write_at(fixer, place, &here, value, statement, err);
}

/* --- taking an argument away --- */

static int refuse_variable(struct fixer *fixer, const struct chain *chain, const char *attribute)
{
    const struct hcl_origin *owner = &chain->items[chain->n - 1];
    char root[128] = "another place";
    char name[256] = "";
    char at[512];

    where(owner->file, owner->node, at, sizeof at);
    if (expr_name(chain->items[0].file, chain->items[0].node, 0, root, sizeof root))
        (void)expr_name(chain->items[0].file, chain->items[0].node, 1, name, sizeof name);
    return fixer_refuse(fixer,
                        "%s must not be set, and its value comes from %s%s%s, written at %s: make "
                        "it null there, or remove the argument by hand",
                        attribute, root, name[0] != '\0' ? "." : "", name, at);
}

int owner_remove(struct fixer *fixer, const struct place *place, const struct hcl_node *attribute,
                 const struct hcl_value *value, const struct statement *statement, struct err *err)
{
    struct hcl_origin here = origin_of(place, attribute);
    struct chain chain = {.items = {here}, .n = 1};
    int r;

    if (fixer_has_replaced(fixer, attribute))
        return 0;
    if (!is_written_out(attribute->child) && !chain_make(&here, value, &chain))
        return owner_refuse_computed(fixer, &here, statement->name);
    if (chain.items[chain.n - 1].node->kind == HCL_CONDITIONAL)
        return switch_write(fixer, place, &chain, statement, err);
    if (chain.n > 1)
        return refuse_variable(fixer, &chain, statement->name);
    r = fixer_refuse_argument_overridden(fixer, place, statement->name);
    if (r == 0)
        r = fixer_exchange(fixer, place->resource->file, attribute, NULL, err);
    if (r == 0)
        fixer_did(fixer, place->resource->file, place->resource->block, "removed %s from %s",
                  statement->name, place->resource->address);
    return r;
}
