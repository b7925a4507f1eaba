/*
 * May a plan be made? `terraform plan` starts what a configuration names: data sources that run
 * programs, modules that are fetched, a provider's credential_process. Nothing of a repository is
 * executed here, so what is not known to be harmless is not planned.
 */
#ifndef WORKER_GATE_PLAN_MAY_H
#define WORKER_GATE_PLAN_MAY_H

#include "worker/hcl/module/module.h"

/* with_state: the configured backend is asked. False: why says what stands in the way, and where.
 */
bool plan_may(const struct hcl_module *root, bool with_state, char *why, size_t size);

#endif
