/*
 * Literals: what nodes of a tree say as text. Part of tree.h, which includes it.
 *
 *     hcl_literal_text() as meant  ->  buf_check()
 */
#ifndef WORKER_HCL_SYNTAX_LITERAL_H
#define WORKER_HCL_SYNTAX_LITERAL_H

#include "common/buf.h"

struct hcl_file;
struct hcl_node;

/* Appends the text an HCL_LITERAL stands for: escapes (\n, \uXXXX, $${, %%{) resolved, '~' trimming
 * done, and in a "<<-" heredoc the common indentation removed. No Unicode normalisation; what is
 * not UTF-8 becomes U+FFFD. */
void hcl_literal_text(const struct hcl_file *file, const struct hcl_node *literal, struct buf *out);
/* Appends the text of an HCL_TEMPLATE without interpolations and directives; false (and nothing)
 * for others. */
bool hcl_constant_text(const struct hcl_file *file, const struct hcl_node *node, struct buf *out);

#endif
