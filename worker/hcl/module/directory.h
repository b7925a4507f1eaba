/*
 * Directory: a repository's Terraform straight from disk, for what needs no git.
 *
 *     hcl_repo_new -> hcl_repo_add_directory -> hcl_repo_roots …
 *
 * What is below a directory is as hostile as a repository: no symlink is followed, neither to a
 * file nor to a directory, so nothing outside is read; only regular files are opened; depth, number
 * of entries and bytes are capped. ".git", ".terraform" and ".external_modules" are passed over.
 */
#ifndef WORKER_HCL_MODULE_DIRECTORY_H
#define WORKER_HCL_MODULE_DIRECTORY_H

#include "worker/hcl/module/module.h"

#define HCL_DIRECTORY_DEPTH_MAX   64
#define HCL_DIRECTORY_ENTRIES_MAX 1000000
#define HCL_DIRECTORY_MAX_BYTES   ((size_t)512 * 1024 * 1024) /* of Terraform files together */

/* Adds every file that hcl_repo_add takes, with its path from the directory on; the directory's
 * own path may be a symlink. ERR_REJECT: there is no such directory, or a cap is reached;
 * ERR_RETRY: something cannot be read; with the path. ERR_FATAL. Files added before a failure stay.
 */
int hcl_repo_add_directory(struct hcl_repo *repo, const char *directory, struct err *err) MUST_USE;

/* For a person who looks at a tree of his own: what cannot be read is told and passed over, and a
 * symlink to a file below the directory is read (the kernel holds that nothing leads out). Names
 * are taken in order, so equal trees give equal tellings. */
struct hcl_directory_watch {
    void *context;
    void (*unreadable)(void *context, const char *path, const char *why);
};
/* As above, but for ERR_RETRY, which is left for the directory itself. */
int hcl_repo_add_directory_watched(struct hcl_repo *repo, const char *directory,
                                   const struct hcl_directory_watch *watch,
                                   struct err *err) MUST_USE;

#endif
