/*
 * Widening, inside: who may reach what, and who may do what, before a fix and after it, by what the
 * code means. Texts are compared nowhere else: "0.0.0.0/1" twice is the world, and a condition less
 * is more.
 *
 *     widening.c            the layer           widening_network.c   security groups
 *     widening_policy.c     IAM documents       widening_acl.c       network ACLs
 *     said.c, may_allow.c   their statements    widening_attach.c    managed policies
 *
 * Each looks at all instances of all resources of the root. What cannot be known after, and is not
 * written as it was before, counts as wider.
 */
#ifndef WORKER_GATE_WIDENING_H
#define WORKER_GATE_WIDENING_H

#include "common/arena.h"
#include "worker/gate/gate_inside.h"

#define WIDENING_ARENA_BYTES ((size_t)32 * 1024 * 1024)

struct widening {
    const struct gate_run *run;
    struct arena *arena;
    char found[380]; /* "" nothing is wider */
};

/* 0, found filled or not; ERR_FATAL no memory. */
int widening_network(struct widening *widening, struct err *err) MUST_USE;
int widening_acl(struct widening *widening, struct err *err) MUST_USE;
int widening_policy(struct widening *widening, struct err *err) MUST_USE;
int widening_attach(struct widening *widening, struct err *err) MUST_USE;

/* What a value says, for comparison: a text, a reference's address, "?why" where it is unknown;
 * NULL without memory. */
const char *widening_text(struct widening *widening, const struct hcl_value *value);
/* Calls visit for each element of a list, or for the value itself; not for absent ones. */
typedef bool (*widening_element_fn)(void *context, const struct hcl_value *element);
bool widening_each(const struct hcl_value *value, widening_element_fn visit, void *context);

#endif
