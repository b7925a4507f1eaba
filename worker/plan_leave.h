/*
 * Plan leave: what terraform plan is given that no other child process of ours gets: variables from
 * a file of the operator's, read-only credentials above all.
 *
 * A file, and not our own environment, so that nobody hands the worker's own rights on by mistake.
 * NAME=value, a line each; "#" begins a comment; AWS_*, TF_VAR_*, the proxies' variables and
 * SSL_CERT_FILE are taken. It must not be readable by anybody but its owner. Values are registered
 * with redact().
 */
#ifndef WORKER_PLAN_LEAVE_H
#define WORKER_PLAN_LEAVE_H

#include "common/base.h"
#include "worker/gate/gate.h"

struct plan_leave;
struct config;

/* *out stays NULL where TERRAFORM_PLAN is off. ERR_FATAL, naming the line. */
int plan_leave_open(struct plan_leave **out, const struct config *config, struct err *err) MUST_USE;
void plan_leave_free(struct plan_leave *leave);
/* For the gate; NULL: no plan. Borrowed. */
const struct gate_plan_settings *plan_leave_settings(const struct plan_leave *leave);

#endif
