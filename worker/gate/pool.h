/*
 * Pool: how many terraform processes run at once in this process. With the AWS provider each takes
 * hundreds of megabytes, so the number comes from the memory that the machine or the container has.
 *
 *     pool_set_max (once) … pool_enter -> terraform … -> pool_leave
 *
 * Process-wide, any thread.
 */
#ifndef WORKER_GATE_POOL_H
#define WORKER_GATE_POOL_H

#include "common/base.h"

#define POOL_RUN_BYTES ((int64_t)1024 * 1024 * 1024)

/* 0: by memory, at least one. */
void pool_set_max(int64_t max);
int64_t pool_max(void);
/* Waits for a place. false: should_stop said so (it may be NULL). */
bool pool_enter(bool (*should_stop)(void *context), void *context) MUST_USE;
void pool_leave(void);

#endif
