/*
 * Ports: does a security group, with the rule resources that belong to it, open a port that a
 * statement closes?
 *
 * Pure; borrowed from the module.
 */
#ifndef WORKER_RULES_PORTS_H
#define WORKER_RULES_PORTS_H

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
/* Does the root's i-th resource hold a rule of this security group? out: that resource. */
enum link_answer group_rule_at(const struct place *group, size_t i, struct place *out);

#endif
