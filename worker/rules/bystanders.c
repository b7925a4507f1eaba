/*
 * Bystanders: an opening is written once and opened by each instance and each caller, and where its
 * ports are not the same for all of them, the world may be right for some. Who lets the world in
 * without opening a closed port, through the very value that would change, keeps the fix from being
 * made.
 */
#include "worker/hcl/module/roots.h"
#include "worker/rules/closing.h"

struct edit { /* of a value that is written somewhere */
    const struct closing *closing;
    size_t family;
    const struct hcl_origin *here;  /* the expression in the opening */
    const struct hcl_origin *owner; /* where its value is written; NULL: all read what changes */
};

static bool is_same_block(const struct hcl_resource *a, const struct hcl_resource *b)
{
    return str_eq(a->type, b->type) && str_eq(a->name, b->name) &&
           str_eq(hcl_module_directory(a->module), hcl_module_directory(b->module));
}

static bool is_same_opening(const struct opening *a, const struct opening *b)
{
    return a->form == b->form && a->block == b->block && a->body == b->body &&
           a->element == b->element;
}

/* Would the edit change what this instance's opening says? */
static bool is_reached(const struct edit *edit, const struct place *place)
{
    const struct hcl_value *value;
    struct hcl_origin here;
    struct chain chain;

    if (edit->owner == NULL)
        return true;
    value = hcl_eval(place->resource->module, edit->here->file, edit->here->node, place->only);
    here = *edit->here;
    here.module = place->resource->module;
    return !chain_make(&here, value, &chain) || chain.items[chain.n - 1].node == edit->owner->node;
}

static bool is_bystander(const struct edit *edit, const struct place *place)
{
    const struct closing *closing = edit->closing;
    CLEANUP(mem_freep) struct openings *all = calloc(1, sizeof *all);
    struct opened opened;

    if (all == NULL)
        return true; /* the fix is not made */
    openings_of(place, place->only, closing->statement->egress, all);
    for (size_t i = 0; i < all->n; i++) {
        const struct opening *one = &all->items[i];

        if (is_same_opening(one, closing->opening) &&
            opening_world(place, one, edit->family) != RULE_HOLDS &&
            opening_check(place, one, closing->statement, &opened, (struct why){0}) != RULE_FAILS &&
            is_reached(edit, place))
            return true;
    }
    return false;
}

static bool is_one_of_the_resource(const struct edit *edit, const struct hcl_resource *resource)
{
    const struct closing *closing = edit->closing;
    struct place whole = {closing->place->root, resource, closing->place->body, NULL};
    const struct hcl_instance *instances = NULL;
    size_t n = place_instances(&whole, &instances);

    for (size_t i = 0; i < n; i++) {
        struct place one = {whole.root, resource, whole.body, &instances[i]};

        if (is_bystander(edit, &one))
            return true;
    }
    return false;
}

static bool is_written_out(const struct closing *closing, const char *name)
{
    const struct hcl_node *node = closing_expression(closing, name);

    return node == NULL || node->kind == HCL_NUMBER;
}

/* Another root may give other ports, and its values are not looked at. */
static int refuse_other_roots(const struct edit *edit, struct err *err)
{
    const struct closing *closing = edit->closing;
    struct hcl_roots others = {.n = 0};
    int r;

    if (is_written_out(closing, "from_port") && is_written_out(closing, "to_port"))
        return 0;
    r = hcl_other_roots(closing->fixer->root, closing->place->resource->file->path, &others, err);
    if (r < 0 || others.n == 0)
        return r;
    return fixer_refuse(closing->fixer,
                        "the ports of %s are not written there, and %.200s runs the module too: "
                        "restrict it by hand",
                        closing->place->resource->address,
                        others.items[0][0] != '\0' ? others.items[0] : ".");
}

int bystanders_refuse(const struct closing *closing, size_t family, const struct hcl_origin *here,
                      const struct hcl_origin *owner, struct err *err)
{
    const struct edit edit = {closing, family, here, owner};
    const struct hcl_module *root = closing->fixer->root;

    for (size_t i = 0; i < hcl_resource_count(root); i++) {
        const struct hcl_resource *one = hcl_resource_at(root, i);

        if (is_same_block(one, closing->place->resource) && is_one_of_the_resource(&edit, one))
            return fixer_refuse(
                closing->fixer,
                "%s of %s is read by %s too, where it opens other ports: give "
                "this one a value of its own by hand",
                closing->opening->sources[family], closing->place->resource->address,
                one == closing->place->resource ? "other instances of it" : one->address);
    }
    return refuse_other_roots(&edit, err);
}
