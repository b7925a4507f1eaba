#include "worker/rules/ports.h"

#include <stdio.h>

static const struct hcl_instance *first_instance(const struct place *place)
{
    const struct hcl_instance *instances = NULL;

    return place_instances(place, &instances) > 0 ? &instances[0] : NULL;
}

static const struct hcl_value *get(const struct place *place, const struct ingress *ingress,
                                   const char *name)
{
    return hcl_eval_attribute(place->resource, ingress->body, name,
                              ingress->instance != NULL ? ingress->instance
                                                        : first_instance(place));
}

bool ingress_at(const struct place *place, size_t i, struct ingress *out)
{
    const struct hcl_resource *resource = place->resource;
    const struct hcl_node *block = NULL;

    *out = (struct ingress){
        .body = place->body, .cidrs = {"cidr_blocks", "ipv6_cidr_blocks"}, .cidrs_are_lists = true};
    if (str_eq(resource->type, "aws_security_group_rule"))
        return i == 0;
    if (str_eq(resource->type, "aws_vpc_security_group_ingress_rule")) {
        *out = (struct ingress){.body = place->body, .cidrs = {"cidr_ipv4", "cidr_ipv6"}};
        return i == 0;
    }
    do
        block = hcl_block_next(resource->file, place->body, "ingress", block);
    while (block != NULL && i-- > 0);
    out->body = block;
    return block != NULL;
}

static bool number_of(const struct hcl_value *value, double fallback, double *out)
{
    char *end = NULL;

    *out = fallback;
    if (value == NULL || value->kind == HCL_V_NULL)
        return true;
    if (value->kind == HCL_V_NUMBER)
        *out = value->number;
    else if (value->kind == HCL_V_TEXT)
        *out = strtod(value->text, &end);
    return value->kind == HCL_V_NUMBER || (end != NULL && *end == '\0');
}

/* All protocols, or all ports of one: "-1" and "all" take no port range. */
static bool is_every_port(const struct hcl_value *protocol, double from, double to)
{
    if (protocol != NULL && protocol->kind == HCL_V_TEXT &&
        (str_eq(protocol->text, "-1") || str_eq(protocol->text, "all")))
        return true;
    if (protocol != NULL && protocol->kind == HCL_V_NUMBER && protocol->number == -1)
        return true;
    return from == -1 && to == -1;
}

/* ICMP's from_port and to_port are a type and a code. */
static bool has_no_ports(const struct hcl_value *protocol)
{
    static const char *const names[] = {"icmp", "icmpv6", "1", "58"};

    for (size_t i = 0; protocol != NULL && i < COUNT(names); i++) {
        if (protocol->kind == HCL_V_TEXT && str_eq(protocol->text, names[i]))
            return true;
    }
    return protocol != NULL && protocol->kind == HCL_V_NUMBER &&
           (protocol->number == 1 || protocol->number == 58);
}

struct port_range {
    double from, to;
};

/* false: it cannot be known. */
static bool range_of(const struct place *place, const struct ingress *ingress,
                     struct port_range *out)
{
    const struct hcl_value *protocol = get(place, ingress, "protocol");

    if (protocol == NULL)
        protocol = get(place, ingress, "ip_protocol");
    if (!number_of(get(place, ingress, "from_port"), -1, &out->from) ||
        !number_of(get(place, ingress, "to_port"), -1, &out->to))
        return false;
    if (protocol != NULL && (protocol->kind == HCL_V_UNKNOWN || protocol->kind == HCL_V_REFERENCE))
        return false;
    if (has_no_ports(protocol))
        *out = (struct port_range){-1, -1};
    else if (is_every_port(protocol, out->from, out->to))
        *out = (struct port_range){0, 65535};
    return true;
}

static bool has_port(const struct port_range *range, const struct statement *statement)
{
    for (size_t i = 0; i < statement->ports.n; i++) {
        double port = statement->ports.items[i].number;

        if (range->from <= port && port <= range->to)
            return true;
    }
    return false;
}

/* However it is written ("::/0", "0:0:0:0:0:0:0:0/0"): no bit of the address counts. */
static bool is_world(const struct hcl_value *value)
{
    return value->kind == HCL_V_TEXT && str_ends(value->text, "/0");
}

static enum rule_verdict world_in(const struct hcl_value *value)
{
    enum rule_verdict verdict = RULE_HOLDS;

    if (value == NULL || value->kind == HCL_V_NULL)
        return RULE_HOLDS;
    if (value->kind == HCL_V_TEXT)
        return is_world(value) ? RULE_FAILS : RULE_HOLDS;
    if (value->kind == HCL_V_REFERENCE) /* a VPC's or a subnet's own range */
        return RULE_HOLDS;
    if (value->kind != HCL_V_LIST)
        return RULE_UNKNOWN;
    for (size_t i = 0; i < value->n; i++) {
        if (is_world(value->items[i]))
            return RULE_FAILS;
        if (value->items[i]->kind == HCL_V_UNKNOWN)
            verdict = RULE_UNKNOWN;
    }
    return verdict;
}

/* A rule resource may be an egress rule. */
static bool is_ingress(const struct place *place, const struct ingress *ingress)
{
    const struct hcl_value *type;

    if (!str_eq(place->resource->type, "aws_security_group_rule"))
        return true;
    type = get(place, ingress, "type");
    return type == NULL || type->kind != HCL_V_TEXT || str_eq(type->text, "ingress");
}

enum rule_verdict ingress_check(const struct place *place, const struct ingress *ingress,
                                const struct statement *statement, const char **open,
                                struct why why)
{
    enum rule_verdict verdict = RULE_HOLDS;
    struct port_range range = {0};
    bool ports_known;

    if (!is_ingress(place, ingress))
        return RULE_HOLDS;
    ports_known = range_of(place, ingress, &range);
    if (ports_known && !has_port(&range, statement))
        return RULE_HOLDS;

    for (size_t i = 0; i < COUNT(ingress->cidrs); i++) {
        enum rule_verdict one = world_in(get(place, ingress, ingress->cidrs[i]));

        if (one == RULE_HOLDS)
            continue;
        *open = ingress->cidrs[i];
        if (one == RULE_FAILS && ports_known) {
            why_say(why, "port %s is open to the world through %s", statement->ports.items[0].text,
                    *open);
            return RULE_FAILS;
        }
        why_say(why, "%s cannot be known", ports_known ? *open : "the port range");
        verdict = RULE_UNKNOWN;
    }
    return verdict;
}

bool ingress_is_wider(const struct place *place, const struct ingress *ingress,
                      const struct statement *statement)
{
    struct port_range range = {0};

    if (!range_of(place, ingress, &range))
        return true;
    return range.to - range.from + 1 > (double)statement->ports.n;
}

static enum rule_verdict instance_check(const struct place *place,
                                        const struct statement *statement,
                                        const struct hcl_instance *instance, struct why why)
{
    enum rule_verdict verdict = RULE_HOLDS;
    struct ingress ingress;
    const char *open = NULL;

    for (size_t i = 0; ingress_at(place, i, &ingress) && verdict != RULE_FAILS; i++) {
        char reason[256] = "";
        enum rule_verdict one;

        ingress.instance = instance;
        one = ingress_check(place, &ingress, statement, &open, (struct why){reason, sizeof reason});
        if (one == RULE_HOLDS)
            continue;
        why_say(why, "%s", reason);
        verdict = one;
    }
    return verdict;
}

static enum rule_verdict own_check(const struct place *place, const struct statement *statement,
                                   struct why why)
{
    const struct hcl_instance *instances = NULL;
    size_t n = place_instances(place, &instances);
    enum rule_verdict verdict = RULE_HOLDS;

    for (size_t i = 0; i < n; i++) {
        enum rule_verdict one = instance_check(place, statement, &instances[i], why);

        if (one == RULE_FAILS)
            return one;
        verdict = one == RULE_UNKNOWN ? one : verdict;
    }
    if (str_eq(place->resource->type, "aws_security_group") &&
        (body_has_dynamic(place->resource->file, place->body, "ingress") ||
         hcl_attribute(place->resource->file, place->body, "ingress") != NULL)) {
        why_say(why, "ingress is produced by an expression");
        return RULE_UNKNOWN;
    }
    return verdict;
}

enum link_answer group_rule_at(const struct place *group, size_t i, struct place *out)
{
    static const char *const to[] = {"id", NULL};
    const struct hcl_resource *one = hcl_resource_at(group->root, i);

    if (one->is_data || !str_eq(group->resource->type, "aws_security_group") ||
        (!str_eq(one->type, "aws_security_group_rule") &&
         !str_eq(one->type, "aws_vpc_security_group_ingress_rule")))
        return LINK_NO;
    *out = (struct place){group->root, one, hcl_block_body(one->block), NULL};
    return link_to(one, &(struct link){"security_group_id", NULL}, group->resource, to,
                   (struct why){0});
}

enum rule_verdict ports_check(const struct place *place, const struct statement *statement,
                              struct why why)
{
    enum rule_verdict verdict = own_check(place, statement, why);
    struct place rule;

    for (size_t i = 0; i < hcl_resource_count(place->root) && verdict != RULE_FAILS; i++) {
        enum link_answer link = group_rule_at(place, i, &rule);
        char reason[256] = "";
        enum rule_verdict one =
            link == LINK_NO ? RULE_HOLDS
                            : own_check(&rule, statement, (struct why){reason, sizeof reason});

        if (one == RULE_HOLDS)
            continue;
        verdict = link == LINK_YES ? one : RULE_UNKNOWN;
        why_say(why, "%s%s: %s", rule.resource->address,
                link == LINK_YES ? "" : " may belong to it", reason);
    }
    return verdict;
}
