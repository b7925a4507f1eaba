/*
 * Moved: where an address of the state is in today's code, by the moved blocks of the module tree.
 *
 *     hcl_moved(root, "aws_s3_bucket.old", out) -> "aws_s3_bucket.new"
 *
 * Written from Terraform's documentation of moved blocks: an address without a key means every
 * instance when both ends have none, else the one without a key; blocks are followed one after the
 * other; those of a called module hold for each of its instances. One thread per repo.
 */
#ifndef WORKER_HCL_LOCATE_MOVED_H
#define WORKER_HCL_LOCATE_MOVED_H

#include "common/buf.h"
#include "worker/hcl/module/module.h"

/* False: no moved block speaks of it; out is untouched. */
bool hcl_moved(const struct hcl_module *root, const char *address, struct buf *out);

#endif
