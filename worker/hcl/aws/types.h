/*
 * Types: what the AWS provider calls things, as tables. Which arguments hold a type's name, which
 * ARN and which source word mean which type, and which types answer for one another. The tables
 * are aws_types.txt.
 *
 *     hcl_arn_parse() -> type, name;  hcl_type_find() -> the arguments to compare the name with
 *
 * Holds no state: constant tables, safe from every thread.
 */
#ifndef WORKER_HCL_AWS_TYPES_H
#define WORKER_HCL_AWS_TYPES_H

#include "common/base.h"

#define HCL_ARN_MAX 2048 /* bytes; AWS's own limit */

struct hcl_type_row {
    const char *type;
    /* Arguments that hold its name, best first, one blank between. "^x" is a prefix that Terraform
     * completes, "tags.Name" the Name tag; "" when only an id made by AWS names it. */
    const char *identity;
    /* "=x": of the family that x answers for; "<x": only configures an x; "!5.0": dropped then. */
    const char *kin;
};

/* NULL: the table does not know the type. */
const struct hcl_type_row *hcl_type_find(const char *type);
size_t hcl_type_count(void);
const struct hcl_type_row *hcl_type_at(size_t i); /* sorted by type */
/* The type that answers for its family: aws_alb -> aws_lb; type itself where there is none. */
const char *hcl_type_family(const char *type);
/* A resource of type actual may be what a finding calls wanted (equal, or one ARN form covers
 * both). */
bool hcl_type_fits(const char *wanted, const char *actual);
/* The type whose resource a finding about a companion's parent means: aws_s3_bucket_versioning ->
 * aws_s3_bucket. NULL when it stands for itself. */
const char *hcl_type_parent(const char *type);

struct hcl_arn {
    const char *type;           /* Terraform type; static */
    char account[16];           /* "" when the ARN has none */
    char region[32];            /* likewise */
    char name[HCL_ARN_MAX + 1]; /* the name or id in it, without AWS's random suffix */
    bool is_id;                 /* name is an id that AWS made: no argument holds it */
};
/* false: not an ARN, or of a resource the table does not know; out is untouched. */
bool hcl_arn_parse(const char *arn, struct hcl_arn *out);

/* "arn:aws:s3:::x" -> "aws_s3_bucket"; a source's type word (AwsS3Bucket, S3Bucket,
 * AWS::S3::Bucket) likewise. NULL unknown. */
const char *hcl_type_of_arn(const char *arn);
const char *hcl_type_of_word(const char *source_type);

#endif
