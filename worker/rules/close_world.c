/*
 * Close world: in a list the world's elements go and who may come in takes the place of the first;
 * a single range becomes another. Both happen where the value is written, be that a variable's
 * default, a local or the argument of a module call, as long as nobody else reads it.
 */
#include "worker/rules/closing.h"

#include <stdio.h>

#define ELEMENTS_MAX 256

struct element {
    const struct hcl_node *node;
    struct network network;
    bool is_range; /* what it is, is known */
    bool is_world;
};
struct elements {
    struct element items[ELEMENTS_MAX];
    size_t n;
};

static const struct hcl_value *value_of(const struct closing *closing,
                                        const struct hcl_origin *owner, const struct hcl_node *node)
{
    const struct place *place = closing->place;
    bool is_here = str_eq(hcl_module_path(owner->module), hcl_module_path(place->resource->module));

    return hcl_eval(owner->module, owner->file, node, is_here ? place->only : NULL);
}

/* Elements are asked one by one: a set's values stand in another order than its text. */
static bool elements_of(const struct closing *closing, const struct hcl_origin *owner,
                        size_t family, struct elements *out)
{
    struct network networks[ELEMENTS_MAX];
    bool is_part[ELEMENTS_MAX];
    size_t n_networks = 0;
    bool found;

    out->n = 0;
    for (const struct hcl_node *one = owner->node->child; one != NULL; one = one->next) {
        const struct hcl_value *value = value_of(closing, owner, one);
        struct element *element = &out->items[out->n];

        if (out->n >= ELEMENTS_MAX)
            return false;
        *element = (struct element){.node = one};
        element->is_range =
            value->kind == HCL_V_TEXT && network_read(value->text, &element->network);
        if (element->is_range)
            networks[n_networks++] = element->network;
        out->n++;
    }
    found = networks_find_world(networks, n_networks, family == 1, is_part);
    for (size_t i = 0, k = 0; i < out->n; i++) {
        if (out->items[i].is_range)
            out->items[i].is_world = is_part[k++];
    }
    return found;
}

static bool is_plain_text(const struct hcl_node *node)
{
    return node->kind == HCL_TEMPLATE && (node->flags & HCL_FLAG_HEREDOC) == 0 &&
           node->child != NULL && node->child->kind == HCL_LITERAL && node->child->next == NULL;
}

static bool is_many(const struct closing *closing)
{
    const struct hcl_resource *resource = closing->place->resource;

    return resource->has_count || resource->has_for_each ||
           hcl_module_parent(resource->module) != NULL;
}

static bool is_there(const struct elements *elements, const struct network *wanted)
{
    for (size_t i = 0; i < elements->n; i++) {
        const struct element *one = &elements->items[i];

        if (one->is_range && one->network.is_ipv6 == wanted->is_ipv6 &&
            one->network.first == wanted->first && one->network.last == wanted->last)
            return true;
    }
    return false;
}

/* "a, b": who may come in and is not in the list yet. */
static void newcomers(const struct closing *closing, size_t family, const struct elements *elements,
                      struct buf *out)
{
    const struct approved *approved = &closing->approved[family];

    for (size_t i = 0; i < approved->n; i++) {
        if (!is_there(elements, &approved->networks[i]))
            buf_print(out, "%s%s", out->len > 0 ? ", " : "", approved->texts[i]);
    }
}

/* The whole list, as it is to be, without its brackets. */
static void list_inside(const struct closing *closing, size_t family,
                        const struct hcl_origin *owner, const struct elements *elements,
                        struct buf *out)
{
    CLEANUP(buf_done) struct buf more = BUF(64 * 1024);
    bool is_first = true;

    newcomers(closing, family, elements, &more);
    for (size_t i = 0; i < elements->n; i++) {
        const struct element *one = &elements->items[i];
        const char *bytes = owner->file->bytes + one->node->start;
        size_t len = one->node->end - one->node->start;

        if (one->is_world) {
            bytes = is_first ? buf_str(&more) : "";
            len = strlen(bytes);
            is_first = false;
        }
        if (len > 0 && out->len > 0)
            buf_text(out, ", ");
        buf_bytes(out, bytes, len);
    }
}

static void say(const struct closing *closing, size_t family, const struct hcl_origin *owner)
{
    CLEANUP(buf_done) struct buf who = BUF(64 * 1024);
    const struct approved *approved = &closing->approved[family];
    const char *name = closing->opening->sources[family];
    char address[256] = "";

    for (size_t i = 0; i < approved->n; i++)
        buf_print(&who, "%s%s", i > 0 ? ", " : "", approved->texts[i]);
    if (!address_of_node(owner->file, owner->node, address, sizeof address) ||
        str_starts(address, "aws_"))
        (void)str_copy(address, sizeof address, closing->place->resource->address);
    if (approved->n == 0)
        fixer_did(closing->fixer, owner->file, owner->node, "took the world out of %s in %s", name,
                  address);
    else
        fixer_did(closing->fixer, owner->file, owner->node, "restricted %s to %s in %s", name,
                  buf_check(&who, &(struct err){0}) == 0 ? buf_str(&who) : "…", address);
}

static int single_write(const struct closing *closing, size_t family,
                        const struct hcl_origin *owner, bool at_call, struct err *err)
{
    const struct approved *approved = &closing->approved[family];
    struct fixer *fixer = closing->fixer;
    int r;

    if (approved->n != 1)
        return fixer_refuse(fixer,
                            "%s of %s takes one range, and %s names several: write a rule for each "
                            "by hand",
                            closing->opening->sources[family], closing->place->resource->address,
                            family == 1 ? closing->statement->ipv6_input
                                        : closing->statement->input);
    if (at_call)
        return owner_set_at_call(fixer, owner, approved->texts[0], err);
    if (fixer_has_replaced(fixer, owner->node))
        return 0;
    r = fixer_replace(fixer, owner->file, owner->node, approved->texts[0], err);
    if (r == 0)
        say(closing, family, owner);
    return r;
}

static int owned_write(const struct closing *closing, size_t family, const struct hcl_origin *here,
                       const struct hcl_value *value, struct err *err);

/* [var.range]: the element is owned elsewhere. */
static int element_write(const struct closing *closing, size_t family,
                         const struct hcl_origin *owner, const struct hcl_node *node,
                         struct err *err)
{
    struct hcl_origin here = {owner->module, owner->file, node, owner->what};

    return owned_write(closing, family, &here, value_of(closing, owner, node), err);
}

static int elements_write(const struct closing *closing, size_t family,
                          const struct hcl_origin *owner, const struct elements *elements,
                          struct err *err)
{
    CLEANUP(buf_done) struct buf more = BUF(64 * 1024);
    bool changed = false;
    int r;

    newcomers(closing, family, elements, &more);
    r = buf_check(&more, err);
    for (size_t i = 0; i < elements->n && r == 0; i++) {
        const struct hcl_node *node = elements->items[i].node;
        const char *text = changed || more.len == 0 ? NULL : buf_str(&more);

        if (!elements->items[i].is_world || fixer_has_replaced(closing->fixer, node))
            continue;
        if (!is_plain_text(node) && text != NULL)
            r = element_write(closing, family, owner, node, err);
        else if (!is_plain_text(node) && is_many(closing))
            r = owner_refuse_computed(closing->fixer, owner, closing->opening->sources[family]);
        else
            r = fixer_exchange(closing->fixer, owner->file, node, text, err);
        changed = true;
    }
    if (r == 0 && changed)
        say(closing, family, owner);
    return r;
}

static int tuple_write(const struct closing *closing, size_t family, const struct hcl_origin *owner,
                       bool at_call, struct err *err)
{
    CLEANUP(mem_freep) struct elements *elements = calloc(1, sizeof *elements);
    CLEANUP(buf_done) struct buf text = BUF(64 * 1024);
    int r;

    if (elements == NULL)
        return err_nomem(err);
    if (!elements_of(closing, owner, family, elements))
        return owner_refuse_computed(closing->fixer, owner, closing->opening->sources[family]);
    if (!at_call)
        return elements_write(closing, family, owner, elements, err);
    buf_char(&text, '[');
    {
        CLEANUP(buf_done) struct buf inside = BUF(64 * 1024);

        list_inside(closing, family, owner, elements, &inside);
        r = buf_check(&inside, err);
        if (r == 0)
            buf_text(&text, buf_str(&inside));
    }
    buf_char(&text, ']');
    if (r == 0)
        r = buf_check(&text, err);
    return r < 0 ? r : owner_set_at_call(closing->fixer, owner, buf_str(&text), err);
}

static int owned_write(const struct closing *closing, size_t family, const struct hcl_origin *here,
                       const struct hcl_value *value, struct err *err)
{
    const char *name = closing->opening->sources[family];
    struct chain chain = {.items = {*here}, .n = 1};
    const struct hcl_origin *owner;
    bool is_others_too = false;
    int r;

    if (here->node->kind != HCL_TUPLE && !is_plain_text(here->node) &&
        !chain_make(here, value, &chain))
        return owner_refuse_computed(closing->fixer, here, name);
    owner = &chain.items[chain.n - 1];
    if (owner->node->kind != HCL_TUPLE && !is_plain_text(owner->node))
        return owner_refuse_computed(closing->fixer, owner, name);
    r = chain_is_free(closing->fixer, &chain, name);
    if (r == 0)
        r = owner_is_others_too(closing->fixer, owner, &is_others_too, err);
    if (r == 0 && !(is_others_too && chain.n > 1))
        r = bystanders_refuse(closing, family, here, owner, err);
    if (r != 0)
        return r;
    return owner->node->kind == HCL_TUPLE
               ? tuple_write(closing, family, owner, is_others_too && chain.n > 1, err)
               : single_write(closing, family, owner, is_others_too && chain.n > 1, err);
}

static struct hcl_origin origin_of(const struct closing *closing, const struct hcl_node *node)
{
    struct hcl_place written = hcl_written(closing->place->resource->file, node);

    return (struct hcl_origin){closing->place->resource->module, written.file, written.node,
                               "attribute"};
}

int close_world(const struct closing *closing, size_t family, struct err *err)
{
    const char *name = closing->opening->sources[family];
    const struct hcl_node *node = closing_expression(closing, name);
    const struct hcl_resource *resource = closing->place->resource;
    struct hcl_origin here;

    if (node == NULL)
        return fixer_refuse(closing->fixer,
                            "%s of %s is not written in the %s: restrict it by hand", name,
                            resource->address, closing->what);
    here = origin_of(closing, node);
    return owned_write(closing, family, &here,
                       opening_value(closing->place, closing->opening, name), err);
}

/* A list that is one thing here and another for the next instance, caller or environment is not to
 * be written out for all of them. */
static int refuse_to_write_out(const struct closing *closing, const char *name,
                               const struct hcl_value *value)
{
    const struct hcl_resource *resource = closing->place->resource;

    if (is_many(closing))
        return fixer_refuse(closing->fixer,
                            "%s of %s is not a list written there: split the %s by hand", name,
                            resource->address, closing->what);
    return value->n_origins > 0
               ? environments_refuse(closing->fixer, &value->origins[value->n_origins - 1], name)
               : 0;
}

/* What is not written out there is written out now: who is no part of the world stays. */
static int values_inside(const struct closing *closing, size_t family, struct buf *out)
{
    const char *name = closing->opening->sources[family];
    const struct hcl_value *value = opening_value(closing->place, closing->opening, name);
    const struct approved *approved = &closing->approved[family];
    size_t n = value->kind == HCL_V_LIST ? value->n : 0;
    struct network networks[ELEMENTS_MAX];
    bool is_part[ELEMENTS_MAX];
    int r = refuse_to_write_out(closing, name, value);

    if (r != 0)
        return r;
    for (size_t i = 0; i < approved->n; i++)
        buf_print(out, "%s%s", i > 0 ? ", " : "", approved->texts[i]);
    for (size_t i = 0; i < n; i++) {
        if (n > ELEMENTS_MAX || value->items[i]->kind != HCL_V_TEXT ||
            !network_read(value->items[i]->text, &networks[i]))
            return fixer_refuse(closing->fixer,
                                "%s of %s is not a list written there: split the %s by hand", name,
                                closing->place->resource->address, closing->what);
    }
    (void)networks_find_world(networks, n, family == 1, is_part);
    for (size_t i = 0; i < n; i++) {
        if (!is_part[i])
            buf_print(out, "%s\"%s\"", out->len > 0 ? ", " : "", value->items[i]->text);
    }
    return 0;
}

/* Is the world's part of a list all plain texts that stand in the opening itself? Then elements
 * holds the list. */
static bool elements_are_here(const struct closing *closing, size_t family,
                              const struct hcl_origin *here, struct elements *elements)
{
    if (here->node->kind != HCL_TUPLE || !elements_of(closing, here, family, elements))
        return false;
    for (size_t i = 0; i < elements->n; i++) {
        if (elements->items[i].is_world && !is_plain_text(elements->items[i].node))
            return false;
    }
    return true;
}

int close_text(const struct closing *closing, size_t family, bool *is_here, struct buf *out,
               struct err *err)
{
    const struct hcl_node *node = closing_expression(closing, closing->opening->sources[family]);
    CLEANUP(mem_freep) struct elements *elements = calloc(1, sizeof *elements);
    struct hcl_origin here;
    int r = 0;

    if (elements == NULL)
        return err_nomem(err);
    here = origin_of(closing, node);
    *is_here = elements_are_here(closing, family, &here, elements);
    if (*is_here)
        list_inside(closing, family, &here, elements, out);
    else
        r = values_inside(closing, family, out);
    return r != 0 ? r : buf_check(out, err);
}
