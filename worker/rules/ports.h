/*
 * Ports: does a security group, with the rule resources that belong to it, open a port that a
 * statement closes?
 *
 * Pure; borrowed from the module.
 */
#ifndef WORKER_RULES_PORTS_H
#define WORKER_RULES_PORTS_H

#include "worker/hcl/eval/referrers.h"
#include "worker/rules/opening.h"

struct opened {     /* what an opening opens to the world */
    bool family[2]; /* IPv4, IPv6 */
    struct port_range range;
    int port; /* the first that is closed */
};
/* Does this opening open one of the statement's ports to the world? */
enum rule_verdict opening_check(const struct place *place, const struct opening *opening,
                                const struct statement *statement, struct opened *opened,
                                struct why why);
/* The resources that hold a rule of this security group, or may (link says which):
 *     struct group_rules walk = {.group = place};
 *     while (group_rules_next(&walk, &rule, &link)) … */
struct group_rules {
    const struct place *group;
    size_t type; /* of the rule resources' types */
    bool is_started;
    struct hcl_referrers walk;
};
bool group_rules_next(struct group_rules *rules, struct place *out, enum link_answer *link);

#endif
