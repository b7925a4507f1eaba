/*
 * Fix ports: what has to change for a statement's ports to be closed. An opening of just these
 * ports loses the world; one of more ports is split first, so that the others stay as they are.
 */
#include <stdio.h>

#include "worker/rules/acl.h"
#include "worker/rules/closing.h"

const struct hcl_node *closing_expression(const struct closing *closing, const char *name)
{
    const struct hcl_file *file = closing->place->resource->file;
    const struct opening *opening = closing->opening;
    const struct hcl_node *node;

    if (opening->body != NULL) {
        node = hcl_attribute(file, opening->body, name);
        return node != NULL ? node->child : NULL;
    }
    node = opening->element != NULL ? hcl_object_key(file, opening->element, name) : NULL;
    return node != NULL ? node->next : NULL;
}

/* --- what is refused before an input is asked for --- */

static int refuse_dynamic(const struct closing *closing)
{
    const struct hcl_file *file = closing->place->resource->file;
    struct hcl_place at = hcl_written(file, closing->opening->block);
    int line = 0;
    int column = 0;

    hcl_position(at.file, at.node->start, &line, &column);
    return fixer_refuse(closing->fixer,
                        "an %s of %s that opens port %d to the world is made by the dynamic block "
                        "at %.200s:%d: restrict it there by hand",
                        closing->what, closing->place->resource->address, closing->opened.port,
                        at.file->path, line);
}

static int shape_refuse(const struct closing *closing)
{
    const struct opening *opening = closing->opening;
    bool is_rule = opening->body == closing->place->body;
    const char *name = closing->opened.family[0] ? opening->sources[0] : opening->sources[1];
    struct hcl_place at = {closing->place->resource->file, closing->place->body};
    int r;

    name = is_rule ? name : closing->what;
    if (fixer_is_ignored(closing->place, name))
        return fixer_refuse_ignored(closing->fixer, closing->place, name);
    if (opening->form == OPENING_DYNAMIC)
        return refuse_dynamic(closing);
    r = fixer_place(closing->fixer, &at.file, &at.node);
    return r != 0 || closing->n_pieces < 2 ? r : split_refuse(closing);
}

/* --- who may come in --- */

/* Without IPv6 ranges in the policy file its world may simply go, if IPv4 is still served. */
static int approved_find(struct closing *closing)
{
    const struct statement *statement = closing->statement;
    const struct hcl_value *ipv4 =
        opening_value(closing->place, closing->opening, closing->opening->sources[0]);
    bool is_served = ipv4 != NULL && ipv4->kind == HCL_V_LIST && ipv4->n > 0;
    int r = 0;

    if (closing->opened.family[0])
        r = approved_read(closing->fixer, statement->input, false, &closing->approved[0]);
    if (r != 0 || !closing->opened.family[1])
        return r;
    if (statement->ipv6_input == NULL)
        return is_served ? 0
                         : fixer_refuse(closing->fixer,
                                        "%s of %s is open to the world, and %s speaks of IPv4: "
                                        "restrict it by hand",
                                        closing->opening->sources[1],
                                        closing->place->resource->address, statement->input);
    if (is_served && !approved_is_given(closing->fixer, statement->ipv6_input))
        return 0;
    return approved_read(closing->fixer, statement->ipv6_input, true, &closing->approved[1]);
}

/* --- the edit --- */

static int closing_write(struct closing *closing, struct err *err)
{
    int r = 0;

    for (size_t family = 0; family < 2 && r == 0 && closing->n_pieces > 1; family++)
        r = closing->opened.family[family] ? bystanders_refuse(closing, family, NULL, NULL, err)
                                           : 0;
    if (r != 0 || closing->n_pieces > 1)
        return r != 0 ? r : split_write(closing, err);
    for (size_t family = 0; family < 2 && r == 0; family++) {
        if (!closing->opened.family[family])
            continue;
        if (closing->opening->form == OPENING_VPC_RULE && closing->approved[family].n > 1)
            r = spread_write(closing, family, err);
        else
            r = close_world(closing, family, err);
    }
    return r;
}

static int one_opening(struct fixer *fixer, const struct place *place,
                       const struct statement *statement, const struct opening *opening,
                       struct err *err)
{
    CLEANUP(mem_freep) struct closing *closing = calloc(1, sizeof *closing);
    const char *missing = fixer->render.missing;
    int r;

    if (closing == NULL)
        return err_nomem(err);
    *closing = (struct closing){.fixer = fixer,
                                .place = place,
                                .statement = statement,
                                .opening = opening,
                                .n_pieces = 1,
                                .what = statement->egress ? "egress" : "ingress"};
    if (opening_check(place, opening, statement, &closing->opened, (struct why){0}) != RULE_FAILS)
        return 0;
    if (statement->ports_kind != PORTS_EVERY)
        closing->n_pieces = range_pieces(statement, &closing->opened.range, closing->pieces,
                                         COUNT(closing->pieces));
    r = shape_refuse(closing);
    if (r == 0)
        r = approved_find(closing);
    if (r != 0 || fixer->render.missing != missing)
        return r; /* the pass ends as RULE_NEEDS_INPUT */
    return closing_write(closing, err);
}

static int instance_fix(struct fixer *fixer, const struct place *place,
                        const struct statement *statement, struct err *err)
{
    CLEANUP(mem_freep) struct openings *all = calloc(1, sizeof *all);
    int r = 0;

    if (all == NULL)
        return err_nomem(err);
    openings_of(place, place->only, statement->egress, all);
    for (size_t i = 0; i < all->n && r == 0; i++)
        r = one_opening(fixer, place, statement, &all->items[i], err);
    return r;
}

static int own_fix(struct fixer *fixer, const struct place *place,
                   const struct statement *statement, struct err *err)
{
    const struct hcl_instance *instances = NULL;
    size_t n = place_instances(place, &instances);
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++) {
        struct place one = {place->root, place->resource, place->body, &instances[i]};

        r = instance_fix(fixer, &one, statement, err);
    }
    return r;
}

int ports_fix(struct fixer *fixer, const struct place *place, const struct statement *statement,
              struct err *err)
{
    struct group_rules walk = {.group = place};
    enum link_answer link;
    size_t n_before = fixer->outcome->n_predicted;
    struct place rule;
    int r;

    if (acl_is_meant(place))
        return acl_fix(fixer, place, statement, err);
    r = own_fix(fixer, place, statement, err);
    while (r == 0 && group_rules_next(&walk, &rule, &link)) {
        if (link == LINK_YES)
            r = own_fix(fixer, &rule, statement, err);
    }
    if (r == 0 && fixer->outcome->n_predicted == n_before && fixer->render.missing == NULL)
        return fixer_refuse(fixer,
                            "several rules of %s let in a part of the world each, and all of it "
                            "together: restrict them by hand",
                            place->resource->address);
    return r;
}
