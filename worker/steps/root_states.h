/*
 * Root states: the Terraform states of the root modules that one item is searched in, fetched when
 * they are first needed and held until the search is over.
 *
 *     root_states_new -> root_states_get … -> root_states_free
 *
 * A state that is not to be had is told once for each root; only where the policy file calls it
 * required does the item end with it.
 */
#ifndef WORKER_STEPS_ROOT_STATES_H
#define WORKER_STEPS_ROOT_STATES_H

#include "worker/item.h"

struct root_states;
struct hcl_state;

int root_states_new(struct root_states **out, struct item_run *run, size_t n_roots,
                    struct err *err) MUST_USE;
void root_states_free(struct root_states *states); /* NULL is fine */
DEFINE_CLEANUP(struct root_states *, root_states_free)

/* Does the policy file know a state for any of these directories? Nothing is fetched. */
bool root_states_any(const struct root_states *states, const char *const *roots, size_t n);
/*
 * The state of root i at directory; *out NULL where there is none, with *out_why what to tell of it
 * ("state not available: …"), or NULL when none is configured. Both are borrowed until _free.
 * ERR_RETRY: it could not be fetched now. ERR_REJECT: it is required and cannot be had.
 */
int root_states_get(struct root_states *states, size_t i, const char *directory,
                    const struct hcl_state **out, const char **out_why, struct err *err) MUST_USE;

#endif
