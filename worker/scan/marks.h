/*
 * Marks: comments that tell a scanner to look away.
 */
#ifndef WORKER_SCAN_MARKS_H
#define WORKER_SCAN_MARKS_H

#include "worker/rules/rules.h"

struct scan_mark;
struct scan_marks;

int scan_marks_new(struct scan_marks **out, struct err *err) MUST_USE;
void scan_marks_free(struct scan_marks *marks);
DEFINE_CLEANUP(struct scan_marks *, scan_marks_free)
/* The mark that suppresses the rule on the resource's block; NULL: none does. ERR_FATAL. */
int scan_marks_find(struct scan_marks *marks, const struct rule *rule,
                    const struct hcl_resource *resource, const struct scan_mark **out,
                    struct err *err) MUST_USE;

#endif
