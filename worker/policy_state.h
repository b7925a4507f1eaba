/* The terraform_state part of the policy file, for policy.c alone; the story stands in policy.h. */
#ifndef WORKER_POLICY_STATE_H
#define WORKER_POLICY_STATE_H

#include "common/yaml.h"
#include "worker/state_source.h"

struct policy_state_entry {
    const char *repository, *directory; /* globs */
    struct state_source source;
};
struct policy_states {
    struct policy_state_entry *items;
    size_t n;
};

/* list may be NULL. ERR_REJECT with line and column; texts are borrowed from yaml. */
int policy_states_read(struct policy_states *out, const struct yaml *yaml,
                       const struct yaml_node *list, struct err *err) MUST_USE;
void policy_states_done(struct policy_states *states);
const struct state_source *policy_states_find(const struct policy_states *states,
                                              const char *repository, const char *directory);

#endif
