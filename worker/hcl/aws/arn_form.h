/*
 * ARN forms: an ARN held against the forms of the type table, and what it says of each argument.
 *
 *     arn_split() -> arn_form_fits() for a form -> fit.parts;  or arn_fits() for all forms at once
 *
 * A part is a piece of the given text or of the table, so it lives as long as the text. Linear in
 * the text for every form. Holds no state.
 */
#ifndef WORKER_HCL_AWS_ARN_FORM_H
#define WORKER_HCL_AWS_ARN_FORM_H

#include "worker/hcl/aws/type_table.h"

#define ARN_PARTS_MAX 8
#define ARN_FITS_MAX  16

/* The pieces of arn:partition:service:region:account:resource. */
struct arn_pieces {
    char service[32];
    char region[32];
    char account[16];
    const char *resource; /* not empty; in the ARN */
};
/* false: not an ARN of AWS; out is untouched. */
bool arn_split(const char *arn, struct arn_pieces *out);

enum arn_part_kind {
    ARN_PART_VALUE,     /* what the argument holds */
    ARN_PART_PARENT_ID, /* the id of what the argument refers to */
    ARN_PART_ID,        /* an id made by AWS; argument is "" */
};
struct arn_part {
    enum arn_part_kind kind;
    char argument[48];
    const char *absent; /* what the argument means where it is absent; NULL: nothing known */
    size_t absent_len;
    const char *value; /* in the text; of {!a=x}: absent */
    size_t len;
};
struct arn_fit {
    const struct hcl_type_row *row;
    struct arn_part parts[ARN_PARTS_MAX];
    size_t n;
    bool is_whole; /* all of the text is in parts: the form has no {*} */
};
/* The n forms of a row. */
const struct arn_form *arn_forms_of(const struct hcl_type_row *row, size_t *n);
/* false: the text is of another form; out is undefined then. */
bool arn_form_fits(const struct arn_form *form, const char *text, struct arn_fit *out);
/* The forms that the ARN fits, in the table's order; how many (at most max) are in out. */
size_t arn_fits(const struct arn_pieces *pieces, struct arn_fit *out, size_t max);
/* The part that gives the resource's name: that of the row's first identity argument, NULL when
 * the ARN only has an id. */
const struct arn_part *arn_name_part(const struct arn_fit *fit);
/* The last id in it, or NULL. */
const struct arn_part *arn_id_part(const struct arn_fit *fit);

#endif
