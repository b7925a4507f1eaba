/*
 * Outside text: words of a scanner, a plan or a cloud, on their way to where people read.
 *
 *     outside_markdown(out, item->title, 400)        in a pull request's body or a record
 *     outside_plain(out, item->control, 200)         in a title or a commit message
 *
 * Secrets are taken out before escaping, which would hide them, and after it, which may join them.
 * Field by field: a private key's beginning in one field must not take the rest of the page along.
 */
#ifndef WORKER_OUTSIDE_H
#define WORKER_OUTSIDE_H

#include "common/base.h"
#include "common/buf.h"

/* One line, at most max bytes (some more where a replaced secret was shorter than "[redacted]"). */
void outside_markdown(struct buf *out, const char *text, size_t max);
void outside_plain(struct buf *out, const char *text, size_t max);

#endif
