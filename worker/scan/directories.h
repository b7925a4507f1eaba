/*
 * Directories: those of a repo that hold .tf files, and which were looked at.
 *
 *     directories_new -> directories_visit (a root with its children) -> directories_next
 *
 * Borrows its paths from the repo.
 */
#ifndef WORKER_SCAN_DIRECTORIES_H
#define WORKER_SCAN_DIRECTORIES_H

#include "worker/hcl/module/calls.h"

struct directories;

int directories_new(struct directories **out, const struct hcl_repo *repo,
                    struct err *err) MUST_USE;
void directories_free(struct directories *directories);
DEFINE_CLEANUP(struct directories *, directories_free)
size_t directories_count(const struct directories *directories);
/* The root's directory and those of all modules it calls count as looked at. */
void directories_visit(struct directories *directories, const struct hcl_module *root,
                       const struct hcl_call *calls, size_t n_calls);
/* This one alone, as one that cannot be opened. */
void directories_give_up(struct directories *directories, const char *path);
/* The first that was not looked at, in order; NULL: all were. */
const char *directories_next(struct directories *directories);

#endif
