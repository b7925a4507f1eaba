/*
 * Fix ACL: the entry that lets the world reach a port is narrowed to those who may. An entry that
 * allows other ports too is left to a person: what is put before it needs numbers of its own.
 */
#include "worker/rules/acl.h"
#include "worker/rules/closing.h"

static int wide_refuse(struct fixer *fixer, const struct acl_entry *entry,
                       const struct statement *statement, int port)
{
    return fixer_refuse(fixer,
                        "entry %.0f of %s allows other ports too: put an entry before it that "
                        "allows port %d to %s, and one that denies port %d to all others",
                        entry->number, entry->place.resource->address, port, statement->input,
                        port);
}

/* Instances and callers that give other ports may be right to let the world in. */
static bool may_be_others_port(const struct closing *closing)
{
    static const char *const names[] = {"from_port", "to_port"};
    const struct hcl_resource *resource = closing->place->resource;
    bool is_many = resource->has_count || resource->has_for_each ||
                   hcl_module_parent(resource->module) != NULL;
    bool is_computed = false;

    for (size_t i = 0; i < COUNT(names); i++) {
        const struct hcl_node *node = closing_expression(closing, names[i]);
        is_computed = is_computed || (node != NULL && node->kind != HCL_NUMBER);
    }
    return is_many && is_computed;
}

static int entry_fix(struct fixer *fixer, const struct acl_entry *entry, size_t family, int port,
                     const struct statement *statement, struct err *err)
{
    CLEANUP(mem_freep) struct closing *closing = calloc(1, sizeof *closing);
    const char *input = family == 1 ? statement->ipv6_input : statement->input;
    const struct hcl_resource *resource = entry->place.resource;
    int r;

    if (closing == NULL)
        return err_nomem(err);
    *closing = (struct closing){.fixer = fixer,
                                .place = &entry->place,
                                .statement = statement,
                                .opening = &entry->opening,
                                .n_pieces = 1,
                                .what = "entry"};
    if (entry->opening.form == OPENING_DYNAMIC)
        return fixer_refuse(fixer, "entry %.0f of %s is made by a dynamic block: restrict it there",
                            entry->number, resource->address);
    if (range_pieces(statement, &entry->range, closing->pieces, COUNT(closing->pieces)) > 1)
        return wide_refuse(fixer, entry, statement, port);
    if (may_be_others_port(closing))
        return fixer_refuse(fixer,
                            "entry %.0f of %s has ports that may differ by instance or caller: "
                            "restrict it by hand",
                            entry->number, resource->address);
    if (input == NULL)
        return fixer_refuse(fixer, "entry %.0f of %s is open to the IPv6 world: close it by hand",
                            entry->number, resource->address);
    r = approved_read(fixer, input, family == 1, &closing->approved[family]);
    if (r != 0 || closing->approved[family].n == 0)
        return r; /* the pass ends as RULE_NEEDS_INPUT */
    return close_world(closing, family, err);
}

static int opened_fix(struct fixer *fixer, const struct place *place,
                      const struct statement *statement, const struct acl_open *open,
                      struct err *err)
{
    bool is_rule = str_eq(place->resource->type, "aws_network_acl_rule");
    int r = 0;

    for (size_t i = 0; i < open->n && r == 0; i++) {
        const struct acl_entry *entry = open->entries[i];
        const char *name = entry->opening.body == entry->place.body
                               ? entry->opening.sources[open->family]
                               : (statement->egress ? "egress" : "ingress");

        if (is_rule && entry->place.resource != place->resource)
            continue;
        if (fixer_is_ignored(&entry->place, name))
            return fixer_refuse_ignored(fixer, &entry->place, name);
        r = entry_fix(fixer, entry, open->family, open->port, statement, err);
    }
    return r;
}

int acl_fix(struct fixer *fixer, const struct place *place, const struct statement *statement,
            struct err *err)
{
    CLEANUP(mem_freep) struct acl *acl = calloc(1, sizeof *acl);
    const struct hcl_instance *instances = NULL;
    size_t n = place_instances(place, &instances);
    struct acl_open open;
    int r = 0;

    if (acl == NULL)
        return err_nomem(err);
    for (size_t i = 0; i < n && r == 0; i++) {
        acl_read(place, &instances[i], statement->egress, acl);
        for (size_t k = 0; k < statement->ports.n * 2 && r == 0; k++) {
            int port = (int)statement->ports.items[k / 2].number;

            if (acl_port(acl, port, k % 2, &open) == RULE_FAILS)
                r = opened_fix(fixer, place, statement, &open, err);
        }
    }
    return r;
}
