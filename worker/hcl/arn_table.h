/*
 * ARN table: which ARN form means which Terraform type, and which type words are irregular. Plain
 * data, read by arn.c only.
 */
#ifndef WORKER_HCL_ARN_TABLE_H
#define WORKER_HCL_ARN_TABLE_H

#include "common/base.h"

/* In a pattern "%" is the name and "*" anything; both take one character or more, up to the
 * character that follows in the pattern, or all that is left when they end it. */
enum arn_name {
    ARN_NAME,       /* an argument holds it */
    ARN_ID,         /* AWS made it up */
    ARN_LAST_PART,  /* a path stands before it: the part after the last slash */
    ARN_RANDOM_END, /* AWS adds "-" and six characters */
};

struct arn_row {
    const char *service;
    const char *pattern;
    const char *type;
    enum arn_name name;
};

extern const struct arn_row hcl_arn_rows[];
extern const size_t hcl_arn_row_count;
extern const char *const hcl_type_words[][2];
extern const size_t hcl_type_word_count;

#endif
