/*
 * Linked: the files of a tree that one of its symlinks leads to, and those symlinks.
 *
 * Such a file has several directories around it, and a fix is made for what stands in one of them.
 * So it is never edited: neither through the symlink, which a new file would replace, nor itself.
 */
#ifndef WORKER_FIX_LINKED_H
#define WORKER_FIX_LINKED_H

#include "worker/fix/names.h"
#include "worker/hcl/module/module.h"

/* Adds the paths in the repo of both. directory: where the repo was read from. ERR_FATAL. */
int linked_find(struct names *linked, const struct hcl_repo *repo, const char *directory,
                struct err *err) MUST_USE;

#endif
