/*
 * Roots: who runs a module. A directory that several roots call is changed for all of them at once;
 * here is told which they are. Read off the blocks alone, without opening a root.
 *
 *     hcl_other_roots(root, path, &roots, err) -> roots.items
 *     hcl_other_roots_with(module, type, &items, &n, err) -> hcl_beside_open
 *         … -> hcl_beside_close
 *
 * Answers are borrowed from the repo; one thread per repo.
 */
#ifndef WORKER_HCL_MODULE_ROOTS_H
#define WORKER_HCL_MODULE_ROOTS_H

#include "worker/hcl/module/module.h"

#define HCL_ROOTS_MAX 64

struct hcl_roots {
    const char *items[HCL_ROOTS_MAX]; /* directories, sorted unless added to; "" is the top */
    size_t n;
    size_t n_more; /* there was no room for */
};

/* Adds the roots (as hcl_repo_roots has them) other than root whose module trees hold the
 * directory of the file at path; those that stand in out already are not added again. ERR_FATAL. */
int hcl_other_roots(const struct hcl_module *root, const char *path, struct hcl_roots *out,
                    struct err *err) MUST_USE;

/* The roots other than module's own whose module trees hold its directory, and a managed resource
 * of the type somewhere: all of them, sorted. A file that does not parse declares nothing.
 * ERR_REJECT: no memory is left for them. ERR_FATAL. */
int hcl_other_roots_with(const struct hcl_module *module, const char *type, const char *const **out,
                         size_t *n, struct err *err) MUST_USE;

struct hcl_beside {
    struct hcl_module *root;
    struct hcl_aside *aside; /* NULL: it stays open, like the others */
};
/* Opens such a root, as hcl_module_open does. Where the roots that are open leave little memory it
 * gets one of its own: only it, and what belongs to it, may be asked until it is closed. */
int hcl_beside_open(const struct hcl_module *module, const char *directory, struct hcl_beside *out,
                    struct err *err) MUST_USE;
void hcl_beside_close(struct hcl_beside *beside); /* once; {0} is fine */

#endif
