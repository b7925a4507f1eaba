/*
 * Opening: one ingress (or egress) of a security group, whichever way it is written. Four resource
 * types and three styles say it in their own words; here they are brought to one form, which the
 * check (ports.c) and the fix (fix_ports.c) read.
 *
 *     openings_of(place, instance) -> opening_value(), opening_range(), opening_world()
 *
 * A dynamic block is expanded where what it walks over is known.
 */
#ifndef WORKER_RULES_OPENING_H
#define WORKER_RULES_OPENING_H

#include "worker/rules/links.h"
#include "worker/rules/port_set.h"

#define OPENINGS_MAX 256 /* of one instance; more are not looked at one by one */

enum opening_form {
    OPENING_BLOCK,   /* ingress { } */
    OPENING_DYNAMIC, /* dynamic "ingress" { }: one of its elements */
    OPENING_ELEMENT, /* ingress = [{ }]: one of its elements */
    OPENING_RULE,    /* aws_security_group_rule */
    OPENING_VPC_RULE /* aws_vpc_security_group_ingress_rule and its egress twin */
};
struct opening {
    enum opening_form form;
    const struct hcl_node *block; /* BLOCK, DYNAMIC: the block; ELEMENT: the attribute */
    const struct hcl_node *body;  /* what holds its arguments; NULL: object does */
    const struct hcl_value *object;
    const struct hcl_node *element;      /* ELEMENT: its HCL_OBJECT where it is written there */
    const struct hcl_instance *instance; /* whose values are read */
    struct hcl_turn turn;                /* DYNAMIC */
    const char *sources[2];              /* the arguments that hold IPv4 and IPv6 ranges */
};
struct openings {
    struct opening items[OPENINGS_MAX];
    size_t n;
    char unsure[256]; /* why some cannot be known; "" all are */
};
void openings_of(const struct place *place, const struct hcl_instance *instance, bool egress,
                 struct openings *out);
/* NULL: not set. */
const struct hcl_value *opening_value(const struct place *place, const struct opening *opening,
                                      const char *name);
/* Its ports; none where the protocol has no ports. false: it cannot be known. */
bool opening_range(const struct place *place, const struct opening *opening,
                   struct port_range *out);
/* Do the ranges of that family (0 IPv4, 1 IPv6) let the world in? */
enum rule_verdict opening_world(const struct place *place, const struct opening *opening,
                                size_t family);

/* The number in a value, also in a text; fallback when it is absent. false: it cannot be known. */
bool port_number(const struct hcl_value *value, int fallback, int *out);
enum protocol { PROTOCOL_UNKNOWN, PROTOCOL_EVERY, PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_OTHER };
enum protocol protocol_of(const struct hcl_value *value); /* by name or number; absent: TCP */
/* Are these ranges (a list, or one) the world? */
enum rule_verdict world_in(const struct hcl_value *value);

#endif
