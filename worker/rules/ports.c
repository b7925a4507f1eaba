#include "worker/rules/ports.h"

#include <stdio.h>

#include "worker/rules/acl.h"

/* --- one opening --- */

static void say_port(const struct statement *statement, const struct opened *opened, char *out,
                     size_t size)
{
    if (statement->ports_kind == PORTS_EVERY ||
        (opened->range.from == 0 && opened->range.to == PORT_LAST &&
         statement->ports_kind == PORTS_OPEN_ONLY))
        (void)snprintf(out, size, "every port is");
    else
        (void)snprintf(out, size, "port %d is", opened->port);
}

/* A values file for another environment may hold the world where this one does not. */
static enum rule_verdict elsewhere(const struct place *place, const struct opening *opening,
                                   size_t family, struct why why)
{
    static struct literal worlds[] = {{.kind = LITERAL_TEXT, .text = "0.0.0.0/0"},
                                      {.kind = LITERAL_TEXT, .text = "::/0"}};
    struct statement lacks = {
        .verb = VERB_ATTRIBUTE,
        .name = opening->sources[family],
        .absent_holds = true,
        .test = {.kind = opening->form == OPENING_VPC_RULE ? TEST_NONE_OF : TEST_CONTAINS_NONE,
                 .values = {worlds, COUNT(worlds), true}}};

    return environments_check(&lacks, opening_value(place, opening, opening->sources[family]), why);
}

enum rule_verdict opening_check(const struct place *place, const struct opening *opening,
                                const struct statement *statement, struct opened *opened,
                                struct why why)
{
    enum rule_verdict verdict = RULE_HOLDS;
    bool ports_known;

    *opened = (struct opened){.port = -1};
    ports_known = opening_range(place, opening, &opened->range);
    if (ports_known && !range_has_closed(statement, &opened->range, &opened->port))
        return RULE_HOLDS;

    for (size_t family = 0; family < COUNT(opened->family); family++) {
        enum rule_verdict one = opening_world(place, opening, family);
        char port[64];

        if (one == RULE_HOLDS)
            one = elsewhere(place, opening, family, why);
        else if (one == RULE_UNKNOWN || !ports_known)
            why_say(why, "%s cannot be known",
                    ports_known ? opening->sources[family] : "the port range");
        if (one == RULE_HOLDS)
            continue;
        if (one == RULE_UNKNOWN || !ports_known) {
            verdict = verdict == RULE_FAILS ? verdict : RULE_UNKNOWN;
            continue;
        }
        say_port(statement, opened, port, sizeof port);
        if (verdict != RULE_FAILS)
            why_say(why, "%s open to the world through %s", port, opening->sources[family]);
        opened->family[family] = true;
        verdict = RULE_FAILS;
    }
    return verdict;
}

/* --- all of a resource --- */

static enum rule_verdict instance_check(const struct place *place,
                                        const struct statement *statement,
                                        const struct hcl_instance *instance, struct why why)
{
    CLEANUP(mem_freep) struct openings *all = calloc(1, sizeof *all);
    enum rule_verdict verdict = RULE_HOLDS;
    struct opened opened;

    if (all == NULL) {
        why_say(why, "there is no memory left to look at it");
        return RULE_UNKNOWN;
    }
    openings_of(place, instance, statement->egress, all);
    for (size_t i = 0; i < all->n && verdict != RULE_FAILS; i++) {
        char reason[256] = "";
        enum rule_verdict one = opening_check(place, &all->items[i], statement, &opened,
                                              (struct why){reason, sizeof reason});

        if (one == RULE_HOLDS)
            continue;
        why_say(why, "%s", reason);
        verdict = one;
    }
    if (verdict == RULE_FAILS || all->unsure[0] == '\0')
        return verdict;
    why_say(why, "%s", all->unsure);
    return RULE_UNKNOWN;
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
    return verdict;
}

bool group_rules_next(struct group_rules *rules, struct place *out, enum link_answer *link)
{
    static const char *const types[] = {"aws_security_group_rule",
                                        "aws_vpc_security_group_ingress_rule",
                                        "aws_vpc_security_group_egress_rule"};
    static const char *const to[] = {"id", NULL};
    static const struct link group_id = {"security_group_id", NULL};
    const struct hcl_resource *group = rules->group->resource;
    const struct hcl_resource *one;

    if (!str_eq(group->type, "aws_security_group") &&
        !str_eq(group->type, "aws_default_security_group"))
        return false;
    for (; rules->type < COUNT(types); rules->type++, rules->is_started = false) {
        const struct hcl_reference reference = {types[rules->type], group_id.name, NULL};

        if (!rules->is_started)
            hcl_referrers_start(rules->group->root, &reference, group, &rules->walk);
        rules->is_started = true;
        while ((one = hcl_referrers_next(&rules->walk)) != NULL) {
            *link = link_to(one, &group_id, group, to, (struct why){0});
            if (*link == LINK_NO)
                continue;
            *out = (struct place){rules->group->root, one, hcl_block_body(one->block), NULL};
            return true;
        }
    }
    return false;
}

enum rule_verdict ports_check(const struct place *place, const struct statement *statement,
                              struct why why)
{
    struct group_rules walk = {.group = place};
    enum rule_verdict verdict;
    enum link_answer link;
    struct place rule;

    if (acl_is_meant(place))
        return acl_check(place, statement, why);
    verdict = own_check(place, statement, why);
    while (verdict != RULE_FAILS && group_rules_next(&walk, &rule, &link)) {
        char reason[256] = "";
        enum rule_verdict one = own_check(&rule, statement, (struct why){reason, sizeof reason});

        if (one == RULE_HOLDS)
            continue;
        verdict = link == LINK_YES ? one : RULE_UNKNOWN;
        why_say(why, "%s%s: %s", rule.resource->address,
                link == LINK_YES ? "" : " may belong to it", reason);
    }
    return verdict;
}

bool rule_splits_ports(const struct rule *rule)
{
    const struct statements *must = &((const struct rule_statement *)rule->statement)->must;

    for (size_t i = 0; i < must->n; i++) {
        if (must->items[i].verb == VERB_PORTS)
            return true;
    }
    return false;
}
