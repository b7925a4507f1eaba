/*
 * Security groups: every way in and out is a grant (group, direction, protocol, ports, source), in
 * whichever of the four styles it is written. After the fix each must lie within what was granted
 * before to the same group.
 */
#include <stdio.h>
#include <strings.h>

#include "worker/gate/widening.h"
#include "worker/rules/network.h"
#include "worker/rules/opening.h"

#define NETWORKS_MAX 512

struct grant {
    const char *group;  /* address of the security group, or what names it */
    const char *where;  /* of the resource, for people */
    const char *source; /* as text; "" with is_unknown */
    const char *text;   /* is_unknown: as it is written */
    const char *protocol_text;
    struct network network;
    struct port_range range;
    enum protocol protocol;
    bool egress, is_network, is_unknown;
    struct grant *next;
};

struct grants {
    struct widening *widening;
    struct grant *first;
    bool failed; /* no memory */
    /* of the opening at hand */
    struct grant shape;
};

static void add(struct grants *grants, const struct grant *grant)
{
    struct grant *one = arena_alloc(grants->widening->arena, sizeof *one);

    if (one == NULL) {
        grants->failed = true;
        return;
    }
    *one = *grant;
    one->next = grants->first;
    grants->first = one;
}

static bool add_source(void *context, const struct hcl_value *value)
{
    struct grants *grants = context;
    struct grant grant = grants->shape;

    if (value->kind == HCL_V_NULL || (value->kind == HCL_V_BOOL && !value->boolean))
        return true;
    grant.source = value->kind == HCL_V_BOOL ? "itself" : widening_text(grants->widening, value);
    if (grant.source == NULL) {
        grants->failed = true;
        return false;
    }
    grant.is_network = value->kind == HCL_V_TEXT && network_read(value->text, &grant.network);
    add(grants, &grant);
    return !grants->failed;
}

static void add_unknown(struct grants *grants, const struct hcl_file *file,
                        const struct hcl_node *node)
{
    struct grant grant = grants->shape;

    grant.is_unknown = true;
    grant.text =
        arena_copy(grants->widening->arena, file->bytes + node->start, node->end - node->start);
    grants->failed = grants->failed || grant.text == NULL;
    if (grant.text != NULL)
        add(grants, &grant);
}

static void add_opening(struct grants *grants, const struct place *place,
                        const struct opening *opening)
{
    static const char *const others[] = {"security_groups",
                                         "prefix_list_ids",
                                         "self",
                                         "source_security_group_id",
                                         "referenced_security_group_id",
                                         "prefix_list_id"};
    bool is_vpc = opening->form == OPENING_VPC_RULE;
    const struct hcl_value *protocol =
        opening_value(place, opening, is_vpc ? "ip_protocol" : "protocol");
    const struct hcl_node *node = opening->element != NULL ? opening->element
                                  : opening->body != NULL  ? opening->body
                                                           : opening->block;

    grants->shape.protocol = protocol_of(protocol);
    grants->shape.protocol_text = widening_text(grants->widening, protocol);
    if (!opening_range(place, opening, &grants->shape.range)) {
        add_unknown(grants, place->resource->file, node);
        return;
    }
    for (size_t i = 0; i < COUNT(opening->sources); i++)
        (void)widening_each(opening_value(place, opening, opening->sources[i]), add_source, grants);
    for (size_t i = 0; i < COUNT(others); i++)
        (void)widening_each(opening_value(place, opening, others[i]), add_source, grants);
}

/* "aws_security_group.a.id" names the group aws_security_group.a. */
static const char *group_of(struct grants *grants, const struct place *place,
                            const struct hcl_instance *instance)
{
    const struct hcl_resource *resource = place->resource;
    const char *text;

    if (strstr(resource->type, "_rule") == NULL)
        return arena_text(grants->widening->arena,
                          instance != NULL ? instance->address : resource->address);
    text = widening_text(grants->widening,
                         hcl_eval_attribute(resource, place->body, "security_group_id", instance));
    if (text != NULL && str_ends(text, ".id"))
        text = arena_copy(grants->widening->arena, text, strlen(text) - strlen(".id"));
    return text;
}

/* Which openings there are cannot be known: then they must be written as they were. */
static void add_unsure(struct grants *grants, const struct place *place)
{
    const struct hcl_resource *resource = place->resource;

    for (const struct hcl_node *child = place->body->child; child != NULL; child = child->next) {
        if (hcl_name_is(resource->file, child, "ingress") ||
            hcl_name_is(resource->file, child, "egress") ||
            hcl_name_is(resource->file, child, "dynamic"))
            add_unknown(grants, resource->file, child);
    }
    if (strstr(resource->type, "_rule") != NULL)
        add_unknown(grants, resource->file, place->body);
}

static bool is_group(const char *type)
{
    static const char *const types[] = {
        "aws_security_group", "aws_default_security_group", "aws_security_group_rule",
        "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"};

    for (size_t i = 0; i < COUNT(types); i++) {
        if (str_eq(types[i], type))
            return true;
    }
    return false;
}

static void collect_instance(struct grants *grants, const struct place *place,
                             const struct hcl_instance *instance, struct openings *openings)
{
    const char *group = group_of(grants, place, instance);

    if (group == NULL) {
        grants->failed = true;
        return;
    }
    for (int egress = 0; egress < 2 && !grants->failed; egress++) {
        grants->shape = (struct grant){
            .group = group, .where = place->resource->address, .source = "", .egress = egress == 1};
        openings_of(place, instance, egress == 1, openings);
        for (size_t i = 0; i < openings->n && !grants->failed; i++)
            add_opening(grants, place, &openings->items[i]);
        if (openings->unsure[0] != '\0')
            add_unsure(grants, place);
    }
}

static void collect(struct grants *grants, const struct hcl_module *root, struct openings *openings)
{
    for (size_t i = 0; i < hcl_resource_count(root) && !grants->failed; i++) {
        const struct hcl_resource *resource = hcl_resource_at(root, i);
        const struct place place = {root, resource, hcl_block_body(resource->block), NULL};
        const struct hcl_instance *instances = NULL;
        size_t n = 0;

        if (resource->is_data || !is_group(resource->type))
            continue;
        n = hcl_instances(resource, &instances);
        for (size_t k = 0; k < n && !grants->failed; k++)
            collect_instance(grants, &place, &instances[k], openings);
    }
}

/* --- is one within the others? --- */

static bool same_door(const struct grant *had, const struct grant *has)
{
    if (had->egress != has->egress || !str_eq(had->group, has->group))
        return false;
    return had->protocol == PROTOCOL_EVERY ||
           (had->protocol == has->protocol &&
            (had->protocol == PROTOCOL_TCP || had->protocol == PROTOCOL_UDP ||
             strcasecmp(had->protocol_text, has->protocol_text) == 0));
}

static bool holds_range(const struct port_range *had, const struct port_range *has)
{
    return has->to < has->from || (had->from <= has->from && has->to <= had->to);
}

static bool is_covered(const struct grants *before, const struct grant *has)
{
    struct network networks[NETWORKS_MAX];
    size_t n = 0;

    for (const struct grant *had = before->first; had != NULL; had = had->next) {
        if (has->is_unknown || had->is_unknown) {
            if (has->is_unknown && had->is_unknown && had->egress == has->egress &&
                str_eq(had->group, has->group) && str_eq(had->text, has->text))
                return true;
            continue;
        }
        if (!same_door(had, has) || !holds_range(&had->range, &has->range))
            continue;
        if (str_eq(had->source, has->source))
            return true;
        if (had->is_network && n < COUNT(networks))
            networks[n++] = had->network;
    }
    if (has->is_network)
        return network_is_within(&has->network, networks, n);
    /* A group or a list of ranges is a part of the world, whatever it is. */
    return !has->is_unknown && networks_are_world(networks, n, false);
}

static void tell(struct widening *widening, const struct grant *grant)
{
    if (grant->is_unknown)
        (void)snprintf(widening->found, sizeof widening->found,
                       "which ports %.120s opens cannot be told any more", grant->where);
    else
        (void)snprintf(widening->found, sizeof widening->found,
                       "%.120s lets %.80s %s, protocol %.20s, ports %d to %d: more than before",
                       grant->where, grant->source, grant->egress ? "out" : "in",
                       grant->protocol_text[0] != '\0' ? grant->protocol_text : "tcp",
                       grant->range.from, grant->range.to);
}

int widening_network(struct widening *widening, struct err *err)
{
    struct grants before = {.widening = widening};
    struct grants after = {.widening = widening};
    struct openings *openings = calloc(1, sizeof *openings);

    if (openings == NULL)
        return err_nomem(err);
    collect(&before, widening->run->before, openings);
    collect(&after, widening->run->root_after, openings);
    free(openings);
    if (before.failed || after.failed)
        return arena_is_full(widening->arena) ? 0 : err_nomem(err);
    for (const struct grant *has = after.first; has != NULL; has = has->next) {
        if (is_covered(&before, has))
            continue;
        tell(widening, has);
        return 0;
    }
    return 0;
}
