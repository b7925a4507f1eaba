/*
 * Local refs: what a bare repository says about its branches, read from its files. Enough for the
 * local forge, which needs no objects. ids are 40 or 64 hex digits.
 */
#ifndef WORKER_FORGE_LOCAL_REF_H
#define WORKER_FORGE_LOCAL_REF_H

#include "common/base.h"

#define LOCAL_ID_BYTES 65

/* The branch HEAD names. ERR_REJECT: no repository there, or HEAD is detached. */
int local_ref_default(const char *repository_dir, char *out, size_t size, struct err *err) MUST_USE;
/* 0, or FORGE_NO_BRANCH. branch has passed forge_check_branch. */
int local_ref_read(const char *repository_dir, const char *branch, char out[LOCAL_ID_BYTES],
                   struct err *err) MUST_USE;

#endif
