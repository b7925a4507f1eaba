/*
 * Together: openings of one group that let in a part of the world each, and all of it together, as
 * two rule resources do that hold one half of IPv4 each.
 */
#include "worker/rules/ports.h"

#define PARTS_MAX  512
#define WIDE_BITS  8 /* a part with a shorter prefix: without one nothing sums up to the world */
#define N_FAMILIES 2

struct parts {
    struct port_range ranges[PARTS_MAX];
    struct network networks[PARTS_MAX];
    size_t n;
    bool is_wide;
};

static void add_value(const struct hcl_value *value, const struct port_range *range,
                      struct parts *out)
{
    if (value->kind != HCL_V_TEXT || out->n >= PARTS_MAX ||
        !network_read(value->text, &out->networks[out->n]))
        return;
    out->is_wide = out->is_wide || out->networks[out->n].bits < WIDE_BITS;
    out->ranges[out->n++] = *range;
}

static void add_opening(const struct place *place, const struct opening *opening, struct parts *out)
{
    struct port_range range;

    if (!opening_range(place, opening, &range))
        return;
    for (size_t family = 0; family < N_FAMILIES; family++) {
        const struct hcl_value *value = opening_value(place, opening, opening->sources[family]);

        if (value == NULL)
            continue;
        add_value(value, &range, out);
        for (size_t i = 0; value->kind == HCL_V_LIST && i < value->n; i++)
            add_value(value->items[i], &range, out);
    }
}

static void add_place(const struct place *place, const struct statement *statement,
                      struct openings *openings, struct parts *out)
{
    const struct hcl_instance *instances = NULL;
    size_t n = place_instances(place, &instances);

    for (size_t i = 0; i < n; i++) {
        openings_of(place, &instances[i], statement->egress, openings);
        for (size_t k = 0; k < openings->n; k++)
            add_opening(place, &openings->items[k], out);
    }
}

static bool is_world_at(const struct parts *parts, int port)
{
    struct network networks[PARTS_MAX];
    size_t n = 0;

    for (size_t i = 0; i < parts->n; i++) {
        if (parts->ranges[i].from <= port && port <= parts->ranges[i].to)
            networks[n++] = parts->networks[i];
    }
    return networks_are_world(networks, n, false) || networks_are_world(networks, n, true);
}

bool openings_are_world_together(const struct place *group, const struct statement *statement,
                                 int *port)
{
    CLEANUP(mem_freep) struct openings *openings = calloc(1, sizeof *openings);
    CLEANUP(mem_freep) struct parts *parts = calloc(1, sizeof *parts);
    const struct hcl_instance *instances = NULL;
    struct group_rules walk = {.group = group};
    enum link_answer link;
    struct place rule;

    /* Of a group with more instances the rule resources may belong to one each. */
    if (openings == NULL || parts == NULL || statement->ports_kind != PORTS_CLOSED ||
        place_instances(group, &instances) != 1)
        return false;
    add_place(group, statement, openings, parts);
    while (group_rules_next(&walk, &rule, &link)) {
        if (link == LINK_YES)
            add_place(&rule, statement, openings, parts);
    }
    for (size_t i = 0; i < statement->ports.n && parts->is_wide; i++) {
        *port = (int)statement->ports.items[i].number;
        if (is_world_at(parts, *port))
            return true;
    }
    return false;
}
