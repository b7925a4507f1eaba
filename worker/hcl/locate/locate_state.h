/*
 * Locating by state: the state knows the address of what a finding names, and the code knows the
 * address. Part of locate.c's way; nobody else includes this but tests.
 */
#ifndef WORKER_HCL_LOCATE_LOCATE_STATE_H
#define WORKER_HCL_LOCATE_LOCATE_STATE_H

#include "worker/hcl/locate/locate.h"

/* As hcl_locate, by the state alone; query->state is not NULL. */
size_t locate_by_state(const struct hcl_module *root, const struct hcl_query *query,
                       struct hcl_match *out, size_t max);
/*
 * Holds the n matches that names gave (the first max are in out) against the state: those that the
 * state knows under another ARN are dropped, and so are candidates when it has the thing elsewhere;
 * the rest say that the state has them not, or at which address. Answers how many are left.
 */
size_t locate_check_names(const struct hcl_module *root, const struct hcl_query *query,
                          struct hcl_match *out, size_t n, size_t max);

#endif
