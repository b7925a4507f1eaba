/*
 * Type table: aws_types.txt as the program carries it. What the columns mean stands there;
 * type_table.cmake makes the arrays, types.c and arn.c read them.
 */
#ifndef WORKER_HCL_AWS_TYPE_TABLE_H
#define WORKER_HCL_AWS_TYPE_TABLE_H

#include "worker/hcl/aws/types.h"

extern const struct hcl_type_row type_rows[]; /* sorted by type */
extern const size_t type_row_count;

struct arn_form {
    const char *service; /* "id": as terraform import names it */
    bool has_region;
    const char *resource; /* what follows the account, with {placeholders}; see arn_form.h */
    size_t row;           /* in type_rows */
};
extern const struct arn_form arn_forms[]; /* in the order of the rows */
extern const size_t arn_form_count;

struct type_word {
    const char *word; /* letters and digits, lower case, without the aws in front */
    size_t row;
};
extern const struct type_word type_words[]; /* sorted by word */
extern const size_t type_word_count;

#endif
