/*
 * Locate: from what a finding names (an ARN, an address, a name, a file and a line) to the resource
 * that is meant.
 *
 *     hcl_type_of_arn or hcl_type_of_word -> hcl_locate -> match.resource, match.how
 *
 * Answers belong to the repo of root; one thread per repo.
 */
#ifndef WORKER_HCL_LOCATE_H
#define WORKER_HCL_LOCATE_H

#include "worker/hcl/module.h"

struct hcl_query {
    const char *arn, *address, *name, *file; /* NULL: unknown */
    const char *type; /* Terraform type wanted, NULL any; see hcl_type_of_arn */
    int64_t line_start, line_end;
};
struct hcl_match {
    const struct hcl_resource *resource;
    const char *instance_key; /* "" or "[…]" */
    /* NULL: the block as a whole (a file and a line, an address without key). */
    const struct hcl_instance *instance;
    /* For the PR: "address", "file and line", "bucket = \"logs-prod\" (variable)", … */
    const char *how;
};
/* How many resources fit best (0 none, 1 found, more: ambiguous); out gets up to max of them. */
size_t hcl_locate(const struct hcl_module *root, const struct hcl_query *query,
                  struct hcl_match *out, size_t max);
/* "arn:aws:s3:::x" -> "aws_s3_bucket"; a source's type word (AwsS3Bucket, S3Bucket,
 * AWS::S3::Bucket) likewise. NULL unknown. */
const char *hcl_type_of_arn(const char *arn);
const char *hcl_type_of_word(const char *source_type);

#endif
