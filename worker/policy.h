/*
 * Policy: what is decided per environment and repository, from policies.yaml (POLICY_FILE).
 *
 *     inputs:                      values that rules ask for, as Terraform expressions
 *       approved_cidrs: '["10.0.0.0/8"]'
 *     drift:
 *       action: review             or pull_request; without it DRIFT_ACTION counts
 *     suppress:                    findings that are answered already
 *       - control: aws-s3-versioning
 *         resource: "*-scratch"
 *         repository: acme/infra
 *         reason: scratch data lives for a day
 *     repositories:                inputs and drift for one repository, before the general ones
 *       acme/platform:
 *         inputs: {approved_cidrs: '["10.9.0.0/16"]'}
 *
 *     terraform_state:             where the states of root modules lie; the first that fits counts
 *       - repository: acme/infra
 *         directory: envs/prod
 *         source: s3://acme-states/prod.tfstate
 *
 * Unknown names are errors with line and column. Read-only after loading: any thread.
 */
#ifndef WORKER_POLICY_H
#define WORKER_POLICY_H

#include "common/base.h"
#include "worker/rules/rules.h"

#define POLICY_INPUTS_MAX 64

struct policy;
struct item;
struct state_source;

/* An absent path ("") gives an empty policy. ERR_FATAL with file, line and column. */
int policy_load(struct policy **out, const char *path, struct err *err) MUST_USE;
void policy_free(struct policy *policy);
DEFINE_CLEANUP(struct policy *, policy_free)

/* Why this item is suppressed, or NULL. control is the canonical one; globs as fnmatch(3). */
const char *policy_suppressed(const struct policy *policy, const struct item *item,
                              const char *control);
/* "pull_request" or "review"; fallback where the file is silent. */
const char *policy_drift_action(const struct policy *policy, const char *repository,
                                const char *fallback);
/* The inputs for a repository, its own before the general ones. Returns how many were written. */
size_t policy_inputs(const struct policy *policy, const char *repository,
                     struct rule_input out[POLICY_INPUTS_MAX]);

/* Where the state of a root module lies ("" is the top of the repository); NULL: the file does not
 * say. Lives as long as the policy. */
const struct state_source *policy_state(const struct policy *policy, const char *repository,
                                        const char *directory);

#endif
