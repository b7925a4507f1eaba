/*
 * Poll: the role that brings items in. Runs every configured source on its interval (each under a
 * lease in Redis, so replicas share the work) and serves POST /v1/findings, POST /v1/drift.
 *
 *     poll_run(config, err)   until a stop is asked for
 *
 * An intake request is answered 202 {accepted, refused:[{index, error}], run_id} only after Kafka
 * acked what was accepted; malformed wholes get 400, over-long 413, wrong content 415, no or wrong
 * token 401, Kafka away 503.
 */
#ifndef PRODUCER_POLL_H
#define PRODUCER_POLL_H

#include "common/base.h"

struct config;

int poll_run(const struct config *config, struct err *err) MUST_USE;
/* One pass over every source, then back. */
int poll_once(const struct config *config, struct err *err) MUST_USE;

#endif
