/*
 * Ports: which ingress of a security group lets the whole world in. Three resource types say it in
 * three ways; they are brought to one form here, and ports.c (the check) and fix.c read that.
 */
#ifndef WORKER_RULES_PORTS_H
#define WORKER_RULES_PORTS_H

#include "worker/rules/links.h"

struct ingress {
    const struct hcl_node *body; /* the ingress block, or the rule resource's body */
    const char *cidrs[2];        /* the arguments that hold CIDRs there (IPv4, IPv6) */
    bool cidrs_are_lists;
    const struct hcl_instance *instance; /* whose values are read */
};
/* The i-th ingress of a resource; false past the end. */
bool ingress_at(const struct place *place, size_t i, struct ingress *out);
/* Does this ingress open one of the statement's ports to the world? open gets the argument that
 * does. */
enum rule_verdict ingress_check(const struct place *place, const struct ingress *ingress,
                                const struct statement *statement, const char **open,
                                struct why why);
/* Does it also open ports that the statement does not name? */
bool ingress_is_wider(const struct place *place, const struct ingress *ingress,
                      const struct statement *statement);
/* Does the root's i-th resource hold a rule of this security group? out: that resource. */
enum link_answer group_rule_at(const struct place *group, size_t i, struct place *out);

#endif
