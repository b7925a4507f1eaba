/*
 * Names: may this text be a repository or a branch? Both go into URLs and, with the local forge,
 * into paths, and both come from findings. Pure.
 */
#ifndef WORKER_FORGE_NAMES_H
#define WORKER_FORGE_NAMES_H

#include "common/base.h"

#define FORGE_REPOSITORY_MAX 140
#define FORGE_BRANCH_MAX     200

/* owner/name, each of A-Z a-z 0-9 . _ - and not beginning with a dot. ERR_REJECT. */
int forge_check_repository(const char *repository, struct err *err) MUST_USE;
/* What git's own rules for a branch allow, and no more. ERR_REJECT. */
int forge_check_branch(const char *branch, struct err *err) MUST_USE;
/* Is it the branch of some generation of this finding? */
struct forge_kin;
bool forge_is_kin(const struct forge_kin *kin, const char *branch);

#endif
