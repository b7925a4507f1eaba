/*
 * Spans: what became of which bytes, gathered step by step. The story stands in edit_spans.c.
 */
#ifndef WORKER_HCL_EDIT_EDIT_SPANS_H
#define WORKER_HCL_EDIT_EDIT_SPANS_H

#include "worker/hcl/edit/edit.h"

struct spans {
    struct hcl_edit_span *items; /* owned: free() */
    size_t n, cap;
    bool no_memory;
};
/* In order of both texts; spans that touch become one. */
void edit_spans_add(struct spans *spans, size_t old_start, size_t old_end, size_t new_start,
                    size_t new_end);
/* Two texts that differ in blanks only. */
void edit_spans_of_blanks(struct spans *out, const char *a, size_t a_len, const char *b,
                          size_t b_len);
/* first: a to b, second: b to c; gives a to c. */
void edit_spans_compose(const struct spans *first, const struct spans *second, struct spans *out);
/* Without what is equal on both sides. */
void edit_spans_trim(struct spans *spans, const char *old, const char *new_bytes);

#endif
